//! One value of one row on its way through a kernel, and how it is read from and written to Arrow.

use std::borrow::Cow;
use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, BinaryBuilder, BooleanBuilder, DurationMicrosecondBuilder, FixedSizeBinaryBuilder, Float32Builder,
    Float64Builder, Int64Builder, UInt64Builder,
};
use arrow::datatypes::{
    DataType, Decimal128Type, Decimal256Type, DurationMicrosecondType, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    TimeUnit, TimestampMicrosecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use num_bigint::BigInt;

use super::decimal::{DECIMAL_BYTES, Dec};

/// The Arrow forms that kernels produce. They read these and the forms of [`crate::columnar`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Form {
    /// The result of a condition.
    Bool,
    /// A signed integer.
    Int,
    /// An unsigned integer, BIT, ENUM, SET, DATE and DATETIME in their packed forms.
    UInt,
    /// FLOAT.
    Float,
    /// DOUBLE.
    Real,
    /// DECIMAL with its own scale in each row, as MySQL computes.
    Decimal,
    /// Bytes in the charset of the type; JSON.
    Bytes,
    /// TIME in microseconds.
    Time,
}

impl Form {
    /// The Arrow type of an array of this form.
    pub(super) fn data_type(self) -> DataType {
        match self {
            Self::Bool => DataType::Boolean,
            Self::Int => DataType::Int64,
            Self::UInt => DataType::UInt64,
            Self::Float => DataType::Float32,
            Self::Real => DataType::Float64,
            Self::Decimal => DataType::FixedSizeBinary(DECIMAL_BYTES as i32),
            Self::Bytes => DataType::Binary,
            Self::Time => DataType::Duration(TimeUnit::Microsecond),
        }
    }
}

/// A value of one row. Packed temporal values, ENUM, SET and BIT are `UInt`; TIME and TIMESTAMP are `Int` (µs).
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Cell<'a> {
    /// NULL.
    Null,
    /// A condition.
    Bool(bool),
    /// Signed.
    Int(i64),
    /// Unsigned or packed.
    UInt(u64),
    /// FLOAT.
    Float(f32),
    /// DOUBLE.
    Real(f64),
    /// DECIMAL.
    Decimal(Dec),
    /// Text or bytes.
    Bytes(Cow<'a, [u8]>),
}

impl<'a> Cell<'a> {
    /// Owned bytes.
    pub(super) fn bytes(bytes: Vec<u8>) -> Cell<'static> {
        Cell::Bytes(Cow::Owned(bytes))
    }

    /// Whether it is NULL.
    pub(super) fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    /// The bytes; none where it holds no bytes.
    pub(super) fn as_bytes(&self) -> &[u8] {
        match self {
            Self::Bytes(bytes) => bytes,
            _ => &[],
        }
    }

    /// The integer; both signs and conditions.
    pub(super) fn as_int(&self) -> i128 {
        match self {
            Self::Bool(value) => i128::from(*value),
            Self::Int(value) => i128::from(*value),
            Self::UInt(value) => i128::from(*value),
            _ => 0,
        }
    }

    /// The 64 bits of an integer.
    pub(super) fn as_bits(&self) -> u64 {
        self.as_int() as u64
    }

    /// The floating point number.
    pub(super) fn as_real(&self) -> f64 {
        match self {
            Self::Float(value) => f64::from(*value),
            Self::Real(value) => *value,
            _ => self.as_int() as f64,
        }
    }

    /// The decimal number; an integer counts as one.
    pub(super) fn as_decimal(&self) -> Dec {
        match self {
            Self::Decimal(value) => value.clone(),
            _ => Dec::from_integer(self.as_int()),
        }
    }
}

/// Reads an argument row by row; a constant has one row that stands for all.
pub(super) struct Reader {
    array: ArrayRef,
    constant: bool,
}

impl Reader {
    /// Reads `array`, whose only row stands for all where it is `constant`.
    pub(super) fn new(array: ArrayRef, constant: bool) -> Self {
        Self { array, constant }
    }

    /// The value of `row`.
    pub(super) fn cell(&self, row: usize) -> Cell<'_> {
        let row = if self.constant { 0 } else { row };
        let array = &self.array;
        if array.is_null(row) {
            return Cell::Null;
        }
        match array.data_type() {
            DataType::Boolean => Cell::Bool(array.as_boolean().value(row)),
            DataType::Int8 => Cell::Int(array.as_primitive::<Int8Type>().value(row).into()),
            DataType::Int16 => Cell::Int(array.as_primitive::<Int16Type>().value(row).into()),
            DataType::Int32 => Cell::Int(array.as_primitive::<Int32Type>().value(row).into()),
            DataType::Int64 => Cell::Int(array.as_primitive::<Int64Type>().value(row)),
            DataType::UInt8 => Cell::UInt(array.as_primitive::<UInt8Type>().value(row).into()),
            DataType::UInt16 => Cell::UInt(array.as_primitive::<UInt16Type>().value(row).into()),
            DataType::UInt32 => Cell::UInt(array.as_primitive::<UInt32Type>().value(row).into()),
            DataType::UInt64 => Cell::UInt(array.as_primitive::<UInt64Type>().value(row)),
            DataType::Float32 => Cell::Float(array.as_primitive::<Float32Type>().value(row)),
            DataType::Float64 => Cell::Real(array.as_primitive::<Float64Type>().value(row)),
            DataType::Decimal128(_, scale) => {
                Cell::Decimal(Dec::new(BigInt::from(array.as_primitive::<Decimal128Type>().value(row)), scale.unsigned_abs()))
            }
            DataType::Decimal256(_, scale) => {
                let bytes = array.as_primitive::<Decimal256Type>().value(row).to_le_bytes();
                Cell::Decimal(Dec::new(BigInt::from_signed_bytes_le(&bytes), scale.unsigned_abs()))
            }
            DataType::FixedSizeBinary(_) => Cell::Decimal(Dec::from_bytes(array.as_fixed_size_binary().value(row))),
            DataType::Binary => Cell::Bytes(Cow::Borrowed(array.as_binary::<i32>().value(row))),
            DataType::Duration(TimeUnit::Microsecond) => Cell::Int(array.as_primitive::<DurationMicrosecondType>().value(row)),
            DataType::Timestamp(TimeUnit::Microsecond, _) => Cell::Int(array.as_primitive::<TimestampMicrosecondType>().value(row)),
            _ => Cell::Null,
        }
    }
}

/// Collects the values that a kernel returns.
pub(super) enum Writer {
    /// See [`Form`].
    Bool(BooleanBuilder),
    Int(Int64Builder),
    UInt(UInt64Builder),
    Float(Float32Builder),
    Real(Float64Builder),
    Decimal(FixedSizeBinaryBuilder),
    Bytes(BinaryBuilder),
    Time(DurationMicrosecondBuilder),
}

impl Writer {
    /// An empty array of `form` with room for `rows`.
    pub(super) fn new(form: Form, rows: usize) -> Self {
        match form {
            Form::Bool => Self::Bool(BooleanBuilder::with_capacity(rows)),
            Form::Int => Self::Int(Int64Builder::with_capacity(rows)),
            Form::UInt => Self::UInt(UInt64Builder::with_capacity(rows)),
            Form::Float => Self::Float(Float32Builder::with_capacity(rows)),
            Form::Real => Self::Real(Float64Builder::with_capacity(rows)),
            Form::Decimal => Self::Decimal(FixedSizeBinaryBuilder::with_capacity(rows, DECIMAL_BYTES as i32)),
            Form::Bytes => Self::Bytes(BinaryBuilder::with_capacity(rows, rows * 16)),
            Form::Time => Self::Time(DurationMicrosecondBuilder::with_capacity(rows)),
        }
    }

    /// Adds a row.
    pub(super) fn push(&mut self, cell: &Cell<'_>) {
        if cell.is_null() {
            return self.push_null();
        }
        match self {
            Self::Bool(builder) => builder.append_value(cell.as_int() != 0),
            Self::Int(builder) => builder.append_value(cell.as_int() as i64),
            Self::UInt(builder) => builder.append_value(cell.as_bits()),
            Self::Float(builder) => builder.append_value(cell.as_real() as f32),
            Self::Real(builder) => builder.append_value(cell.as_real()),
            Self::Decimal(builder) => {
                builder.append_value(cell.as_decimal().to_bytes()).expect("a decimal always has this many bytes");
            }
            Self::Bytes(builder) => builder.append_value(cell.as_bytes()),
            Self::Time(builder) => builder.append_value(cell.as_int() as i64),
        }
    }

    fn push_null(&mut self) {
        match self {
            Self::Bool(builder) => builder.append_null(),
            Self::Int(builder) => builder.append_null(),
            Self::UInt(builder) => builder.append_null(),
            Self::Float(builder) => builder.append_null(),
            Self::Real(builder) => builder.append_null(),
            Self::Decimal(builder) => builder.append_null(),
            Self::Bytes(builder) => builder.append_null(),
            Self::Time(builder) => builder.append_null(),
        }
    }

    /// The array.
    pub(super) fn finish(self) -> ArrayRef {
        match self {
            Self::Bool(mut builder) => Arc::new(builder.finish()),
            Self::Int(mut builder) => Arc::new(builder.finish()),
            Self::UInt(mut builder) => Arc::new(builder.finish()),
            Self::Float(mut builder) => Arc::new(builder.finish()),
            Self::Real(mut builder) => Arc::new(builder.finish()),
            Self::Decimal(mut builder) => Arc::new(builder.finish()),
            Self::Bytes(mut builder) => Arc::new(builder.finish()),
            Self::Time(mut builder) => Arc::new(builder.finish()),
        }
    }
}
