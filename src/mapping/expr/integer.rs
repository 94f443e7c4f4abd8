//! Whole arrays of 64-bit integers: the loops under arithmetic, shifts, bit operators and comparisons.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray, BooleanBufferBuilder, Int64Array, PrimitiveArray, UInt64Array};
use arrow::buffer::{BooleanBuffer, NullBuffer, ScalarBuffer};
use arrow::compute::cast;
use arrow::datatypes::{ArrowPrimitiveType, DataType, Int64Type, UInt64Type};
use datafusion::common::{Result, ScalarValue};
use datafusion::logical_expr::ColumnarValue;

use super::function::row_error;
use super::row_error::RowError;

/// The 64 bits of each row; a constant has one row that stands for all.
pub(super) struct Bits {
    values: UInt64Array,
    constant: bool,
}

impl Bits {
    /// Reads an argument of any integer type; a BIGINT's buffer is shared, not copied.
    pub(super) fn read(arg: &ColumnarValue) -> Result<Self> {
        let (array, constant) = match arg {
            ColumnarValue::Array(array) => (Arc::clone(array), false),
            ColumnarValue::Scalar(value) => (value.to_array()?, true),
        };
        Ok(Self { values: bits(&array)?, constant })
    }

    fn nulls(&self) -> Option<&NullBuffer> {
        if self.constant { None } else { self.values.nulls() }
    }

    /// The value that stands for all rows; outer none where rows differ, inner none where it is NULL.
    fn the_value(&self) -> Option<Option<u64>> {
        self.constant.then(|| self.values.is_valid(0).then(|| self.values.value(0)))
    }
}

fn bits(array: &ArrayRef) -> Result<UInt64Array> {
    Ok(match array.data_type() {
        DataType::UInt64 => array.as_primitive::<UInt64Type>().clone(),
        DataType::Int64 => unsigned(array.as_primitive::<Int64Type>()),
        DataType::UInt8 | DataType::UInt16 | DataType::UInt32 => cast(array, &DataType::UInt64)?.as_primitive::<UInt64Type>().clone(),
        _ => unsigned(cast(array, &DataType::Int64)?.as_primitive::<Int64Type>()),
    })
}

/// The same buffer, read as unsigned.
fn unsigned(array: &Int64Array) -> UInt64Array {
    UInt64Array::new(ScalarBuffer::from(array.values().inner().clone()), array.nulls().cloned())
}

/// What became of a row.
pub(super) type Outcome<T> = std::result::Result<Option<T>, RowError>;

/// Applies `apply` to each row where neither side is NULL. It may answer NULL or an error.
pub(super) fn zip_checked<T: ArrowPrimitiveType>(
    args: &[ColumnarValue],
    rows: usize,
    apply: impl Fn(u64, u64) -> Outcome<T::Native>,
) -> Result<ColumnarValue> {
    let (left, right) = (Bits::read(&args[0])?, Bits::read(&args[1])?);
    match (left.the_value(), right.the_value()) {
        (Some(left), Some(right)) => {
            let value = match (left, right) {
                (Some(left), Some(right)) => apply(left, right).map_err(row_error)?,
                _ => None,
            };
            let array: PrimitiveArray<T> = [value].into_iter().collect();
            Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(&array, 0)?))
        }
        (Some(None), _) | (_, Some(None)) => Ok(ColumnarValue::Array(Arc::new(PrimitiveArray::<T>::new_null(rows)))),
        (None, Some(Some(right))) => checked::<T>(&left, rows, |row| apply(left.values.value(row), right)),
        (Some(Some(left)), None) => checked::<T>(&right, rows, |row| apply(left, right.values.value(row))),
        (None, None) => {
            let nulls = NullBuffer::union(left.nulls(), right.nulls());
            checked_with::<T>(nulls, rows, |row| apply(left.values.value(row), right.values.value(row)))
        }
    }
}

fn checked<T: ArrowPrimitiveType>(side: &Bits, rows: usize, apply: impl Fn(usize) -> Outcome<T::Native>) -> Result<ColumnarValue> {
    checked_with::<T>(side.nulls().cloned(), rows, apply)
}

fn checked_with<T: ArrowPrimitiveType>(
    nulls: Option<NullBuffer>,
    rows: usize,
    apply: impl Fn(usize) -> Outcome<T::Native>,
) -> Result<ColumnarValue> {
    let mut values = Vec::with_capacity(rows);
    let mut absent = Vec::new();
    for row in 0..rows {
        let is_null = nulls.as_ref().is_some_and(|nulls| nulls.is_null(row));
        let value = if is_null { None } else { apply(row).map_err(row_error)? };
        values.push(value.unwrap_or_default());
        if value.is_none() {
            absent.push(row);
        }
    }
    let nulls = (!absent.is_empty()).then(|| {
        let mut valid = BooleanBufferBuilder::new(rows);
        valid.append_n(rows, true);
        absent.iter().for_each(|&row| valid.set_bit(row, false));
        NullBuffer::new(valid.finish())
    });
    Ok(ColumnarValue::Array(Arc::new(PrimitiveArray::<T>::new(ScalarBuffer::from(values), nulls))))
}

/// Applies `apply` to each row; a NULL side makes NULL. It never fails, so it runs on NULL rows too.
pub(super) fn zip<T: ArrowPrimitiveType>(
    args: &[ColumnarValue],
    rows: usize,
    apply: impl Fn(u64, u64) -> T::Native,
) -> Result<ColumnarValue> {
    let (left, right) = (Bits::read(&args[0])?, Bits::read(&args[1])?);
    let values: ScalarBuffer<T::Native> = match (left.the_value(), right.the_value()) {
        (Some(_), Some(_)) => return zip_checked::<T>(args, rows, |left, right| Ok(Some(apply(left, right)))),
        (Some(None), _) | (_, Some(None)) => return Ok(ColumnarValue::Array(Arc::new(PrimitiveArray::<T>::new_null(rows)))),
        (None, Some(Some(right))) => left.values.values().iter().map(|&left| apply(left, right)).collect(),
        (Some(Some(left)), None) => right.values.values().iter().map(|&right| apply(left, right)).collect(),
        (None, None) => left.values.values().iter().zip(right.values.values()).map(|(&left, &right)| apply(left, right)).collect(),
    };
    let nulls = NullBuffer::union(left.nulls(), right.nulls());
    Ok(ColumnarValue::Array(Arc::new(PrimitiveArray::<T>::new(values, nulls))))
}

/// Compares each row; a NULL side makes NULL.
pub(super) fn compare(args: &[ColumnarValue], rows: usize, apply: impl Fn(u64, u64) -> bool) -> Result<ColumnarValue> {
    let (left, right) = (Bits::read(&args[0])?, Bits::read(&args[1])?);
    let values = match (left.the_value(), right.the_value()) {
        (Some(left), Some(right)) => {
            let value = left.zip(right).map(|(left, right)| apply(left, right));
            return Ok(ColumnarValue::Scalar(ScalarValue::Boolean(value)));
        }
        (Some(None), _) | (_, Some(None)) => return Ok(ColumnarValue::Array(Arc::new(BooleanArray::new_null(rows)))),
        (None, Some(Some(right))) => {
            let left = left.values.values();
            BooleanBuffer::collect_bool(rows, |row| apply(left[row], right))
        }
        (Some(Some(left)), None) => {
            let right = right.values.values();
            BooleanBuffer::collect_bool(rows, |row| apply(left, right[row]))
        }
        (None, None) => {
            let (left, right) = (left.values.values(), right.values.values());
            BooleanBuffer::collect_bool(rows, |row| apply(left[row], right[row]))
        }
    };
    let nulls = NullBuffer::union(left.nulls(), right.nulls());
    Ok(ColumnarValue::Array(Arc::new(BooleanArray::new(values, nulls))))
}
