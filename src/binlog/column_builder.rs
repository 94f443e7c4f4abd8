//! The values of one column, appended cell by cell as the rows come, and given away as an Arrow array.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, BinaryArray, BooleanBufferBuilder, PrimitiveArray},
    buffer::{Buffer, NullBuffer, OffsetBuffer, ScalarBuffer},
    datatypes::{
        ArrowPrimitiveType, DataType, Decimal128Type, Decimal256Type, DurationMicrosecondType, Float32Type, Float64Type, Int8Type,
        Int16Type, Int32Type, Int64Type, TimestampMicrosecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type, i256,
    },
};

use super::{
    CellFault,
    cells::{self, BytesForm, CellForm, Extent},
    compressed_column,
    resolved::ResolvedColumn,
};

/// One column of a batch in the making.
#[derive(Debug)]
pub(super) struct ColumnBuilder {
    cells: Cells,
    /// The rows whose value is NULL, ascending: most columns have few, and a value that is there costs nothing.
    nulls: Vec<u32>,
}

/// The values, each kind with the form it is read from; a NULL leaves a zero or an empty value.
#[derive(Debug)]
enum Cells {
    Skipped(Extent),
    Int8(Vec<i8>),
    UInt8(Vec<u8>),
    Int16(Vec<i16>),
    UInt16(Vec<u16>),
    Int24(Vec<i32>),
    UInt24(Vec<u32>),
    Int32(Vec<i32>),
    UInt32(Vec<u32>),
    Int64(Vec<i64>),
    UInt64(Vec<u64>),
    Float(Vec<f32>),
    Double(Vec<f64>),
    Decimal128(Vec<i128>, crate::columnar::DecimalForm),
    Decimal256(Vec<i256>, crate::columnar::DecimalForm),
    Bit(Vec<u64>, u8),
    Year(Vec<u16>),
    Date(Vec<u32>),
    OldTime(Vec<i64>),
    OldDateTime(Vec<u64>),
    OldTimestamp(Vec<i64>),
    Time(Vec<i64>, u8),
    DateTime(Vec<u64>, u8),
    Timestamp(Vec<i64>, u8),
    Enum(Vec<u16>, u8, u16),
    Set(Vec<u64>, u8, u8),
    Bytes(ByteCells, BytesForm),
}

/// Values of any length, one behind the other.
#[derive(Debug)]
struct ByteCells {
    /// Where each value begins, and at last where the last one ends: one more than there are values.
    offsets: Vec<i32>,
    bytes: Vec<u8>,
}

/// Runs one expression for the vector of whatever kind; byte cells and skipped columns have their own.
macro_rules! each_kind {
    ($cells:expr, $values:ident => $fixed:expr, $bytes:ident => $counted:expr, $skipped:expr) => {
        match $cells {
            Cells::Skipped(_) => $skipped,
            Cells::Int8($values) => $fixed,
            Cells::UInt8($values) => $fixed,
            Cells::Int16($values) => $fixed,
            Cells::UInt16($values) | Cells::Year($values) | Cells::Enum($values, ..) => $fixed,
            Cells::Int24($values) | Cells::Int32($values) => $fixed,
            Cells::UInt24($values) | Cells::UInt32($values) | Cells::Date($values) => $fixed,
            Cells::Int64($values) | Cells::OldTime($values) | Cells::OldTimestamp($values) => $fixed,
            Cells::Time($values, _) | Cells::Timestamp($values, _) => $fixed,
            Cells::UInt64($values) | Cells::Bit($values, _) | Cells::OldDateTime($values) => $fixed,
            Cells::DateTime($values, _) | Cells::Set($values, ..) => $fixed,
            Cells::Float($values) => $fixed,
            Cells::Double($values) => $fixed,
            Cells::Decimal128($values, _) => $fixed,
            Cells::Decimal256($values, _) => $fixed,
            Cells::Bytes($bytes, _) => $counted,
        }
    };
}

impl ColumnBuilder {
    /// A column with room for `rows` values, and for `bytes` where their length differs.
    pub(super) fn with_room(column: &ResolvedColumn, rows: usize, bytes: usize) -> Self {
        let cells = match column.form {
            CellForm::Skipped => Cells::Skipped(column.extent),
            CellForm::Int8 => Cells::Int8(Vec::with_capacity(rows)),
            CellForm::UInt8 => Cells::UInt8(Vec::with_capacity(rows)),
            CellForm::Int16 => Cells::Int16(Vec::with_capacity(rows)),
            CellForm::UInt16 => Cells::UInt16(Vec::with_capacity(rows)),
            CellForm::Int24 => Cells::Int24(Vec::with_capacity(rows)),
            CellForm::UInt24 => Cells::UInt24(Vec::with_capacity(rows)),
            CellForm::Int32 => Cells::Int32(Vec::with_capacity(rows)),
            CellForm::UInt32 => Cells::UInt32(Vec::with_capacity(rows)),
            CellForm::Int64 => Cells::Int64(Vec::with_capacity(rows)),
            CellForm::UInt64 => Cells::UInt64(Vec::with_capacity(rows)),
            CellForm::Float => Cells::Float(Vec::with_capacity(rows)),
            CellForm::Double => Cells::Double(Vec::with_capacity(rows)),
            CellForm::Decimal128(form) => Cells::Decimal128(Vec::with_capacity(rows), form),
            CellForm::Decimal256(form) => Cells::Decimal256(Vec::with_capacity(rows), form),
            CellForm::Bit { width } => Cells::Bit(Vec::with_capacity(rows), width),
            CellForm::Year => Cells::Year(Vec::with_capacity(rows)),
            CellForm::Date => Cells::Date(Vec::with_capacity(rows)),
            CellForm::OldTime => Cells::OldTime(Vec::with_capacity(rows)),
            CellForm::OldDateTime => Cells::OldDateTime(Vec::with_capacity(rows)),
            CellForm::OldTimestamp => Cells::OldTimestamp(Vec::with_capacity(rows)),
            CellForm::Time { fsp } => Cells::Time(Vec::with_capacity(rows), fsp),
            CellForm::DateTime { fsp } => Cells::DateTime(Vec::with_capacity(rows), fsp),
            CellForm::Timestamp { fsp } => Cells::Timestamp(Vec::with_capacity(rows), fsp),
            CellForm::Enum { bytes, labels } => Cells::Enum(Vec::with_capacity(rows), bytes, labels),
            CellForm::Set { bytes, labels } => Cells::Set(Vec::with_capacity(rows), bytes, labels),
            CellForm::Bytes(form) => Cells::Bytes(ByteCells::with_room(rows, bytes), form),
        };
        Self { cells, nulls: Vec::new() }
    }

    pub(super) fn is_skipped(&self) -> bool {
        matches!(self.cells, Cells::Skipped(_))
    }

    /// Appends the value that comes next in the image.
    #[inline]
    pub(super) fn push(&mut self, rest: &mut &[u8]) -> Result<(), CellFault> {
        match &mut self.cells {
            Cells::Skipped(extent) => extent.skip(rest)?,
            Cells::Int8(values) => values.push(i8::from_le_bytes(cells::array(rest)?)),
            Cells::UInt8(values) => values.push(u8::from_le_bytes(cells::array(rest)?)),
            Cells::Int16(values) => values.push(i16::from_le_bytes(cells::array(rest)?)),
            Cells::UInt16(values) => values.push(u16::from_le_bytes(cells::array(rest)?)),
            Cells::Int24(values) => values.push(cells::int24(rest)?),
            Cells::UInt24(values) => values.push(cells::uint24(rest)?),
            Cells::Int32(values) => values.push(i32::from_le_bytes(cells::array(rest)?)),
            Cells::UInt32(values) => values.push(u32::from_le_bytes(cells::array(rest)?)),
            Cells::Int64(values) => values.push(i64::from_le_bytes(cells::array(rest)?)),
            Cells::UInt64(values) => values.push(u64::from_le_bytes(cells::array(rest)?)),
            Cells::Float(values) => values.push(f32::from_le_bytes(cells::array(rest)?)),
            Cells::Double(values) => values.push(f64::from_le_bytes(cells::array(rest)?)),
            Cells::Decimal128(values, form) => values.push(cells::decimal_128(*form, rest)?),
            Cells::Decimal256(values, form) => values.push(cells::decimal_256(*form, rest)?),
            Cells::Bit(values, width) => values.push(cells::bit_value(*width, rest)?),
            Cells::Year(values) => values.push(cells::year(rest)?),
            Cells::Date(values) => values.push(cells::date(rest)?),
            Cells::OldTime(values) => values.push(cells::old_time(rest)?),
            Cells::OldDateTime(values) => values.push(cells::old_date_time(rest)?),
            Cells::OldTimestamp(values) => values.push(cells::old_timestamp(rest)?),
            Cells::Time(values, fsp) => values.push(cells::time(*fsp, rest)?),
            Cells::DateTime(values, fsp) => values.push(cells::date_time(*fsp, rest)?),
            Cells::Timestamp(values, fsp) => values.push(cells::timestamp(*fsp, rest)?),
            Cells::Enum(values, bytes, labels) => values.push(cells::enum_value(*bytes, *labels, rest)?),
            Cells::Set(values, bytes, labels) => values.push(cells::set_value(*bytes, *labels, rest)?),
            Cells::Bytes(values, form) => values.push_from(*form, rest)?,
        }
        Ok(())
    }

    /// Appends NULL as the value of `row`.
    #[inline]
    pub(super) fn push_null(&mut self, row: u32) {
        each_kind!(&mut self.cells, values => values.push(Default::default()), bytes => bytes.push_empty(), return);
        self.nulls.push(row);
    }

    /// Appends the value of the row before `row` again.
    pub(super) fn push_last(&mut self, row: u32) -> Result<(), CellFault> {
        if self.nulls.last().is_some_and(|&last| last + 1 == row) {
            self.push_null(row);
            return Ok(());
        }
        each_kind!(&mut self.cells, values => values.extend_from_within(values.len().saturating_sub(1)..), bytes => bytes.push_last()?, {});
        Ok(())
    }

    /// Appends bytes that were computed, not read.
    pub(super) fn push_bytes(&mut self, value: &[u8]) -> Result<(), CellFault> {
        if let Cells::Bytes(values, _) = &mut self.cells { values.push(value) } else { Ok(()) }
    }

    /// The bytes of the last row, which is `row`; none when it is NULL or the column holds no bytes.
    pub(super) fn last_bytes(&self, row: u32) -> Option<&[u8]> {
        match &self.cells {
            Cells::Bytes(values, _) if self.nulls.last() != Some(&row) => values.last(),
            _ => None,
        }
    }

    /// Forgets all rows from `rows` on.
    pub(super) fn truncate(&mut self, rows: usize) {
        each_kind!(&mut self.cells, values => values.truncate(rows), bytes => bytes.truncate(rows), return);
        let kept = self.nulls.partition_point(|&row| (row as usize) < rows);
        self.nulls.truncate(kept);
    }

    /// Whether its values differ in length.
    pub(super) fn is_bytes(&self) -> bool {
        matches!(self.cells, Cells::Bytes(..))
    }

    /// How many bytes every value takes, whatever its length.
    pub(super) fn value_bytes(&self) -> usize {
        fn of<T>(_: &[T]) -> usize {
            size_of::<T>()
        }
        each_kind!(&self.cells, values => of(values), bytes => of(&bytes.offsets), 0)
    }

    /// How many bytes its values of any length take beyond that.
    pub(super) fn counted_bytes(&self) -> usize {
        match &self.cells {
            Cells::Bytes(values, _) => values.bytes.len(),
            _ => 0,
        }
    }

    /// The column as an array of `rows` rows in the type of [`crate::columnar::arrow_type`]; none when it was skipped.
    pub(super) fn finish(self, rows: usize, data_type: DataType) -> Option<ArrayRef> {
        let nulls = null_buffer(&self.nulls, rows);
        Some(match self.cells {
            Cells::Skipped(_) => return None,
            Cells::Int8(values) => primitive::<Int8Type>(values, nulls, data_type),
            Cells::UInt8(values) => primitive::<UInt8Type>(values, nulls, data_type),
            Cells::Int16(values) => primitive::<Int16Type>(values, nulls, data_type),
            Cells::UInt16(values) | Cells::Year(values) | Cells::Enum(values, ..) => primitive::<UInt16Type>(values, nulls, data_type),
            Cells::Int24(values) | Cells::Int32(values) => primitive::<Int32Type>(values, nulls, data_type),
            Cells::UInt24(values) | Cells::UInt32(values) | Cells::Date(values) => primitive::<UInt32Type>(values, nulls, data_type),
            Cells::Int64(values) => primitive::<Int64Type>(values, nulls, data_type),
            Cells::UInt64(values) | Cells::Bit(values, _) | Cells::OldDateTime(values) => primitive::<UInt64Type>(values, nulls, data_type),
            Cells::DateTime(values, _) | Cells::Set(values, ..) => primitive::<UInt64Type>(values, nulls, data_type),
            Cells::OldTime(values) | Cells::Time(values, _) => primitive::<DurationMicrosecondType>(values, nulls, data_type),
            Cells::OldTimestamp(values) | Cells::Timestamp(values, _) => primitive::<TimestampMicrosecondType>(values, nulls, data_type),
            Cells::Float(values) => primitive::<Float32Type>(values, nulls, data_type),
            Cells::Double(values) => primitive::<Float64Type>(values, nulls, data_type),
            Cells::Decimal128(values, _) => primitive::<Decimal128Type>(values, nulls, data_type),
            Cells::Decimal256(values, _) => primitive::<Decimal256Type>(values, nulls, data_type),
            Cells::Bytes(values, _) => Arc::new(values.finish(nulls)),
        })
    }
}

fn primitive<T: ArrowPrimitiveType>(values: Vec<T::Native>, nulls: Option<NullBuffer>, data_type: DataType) -> ArrayRef {
    Arc::new(PrimitiveArray::<T>::new(ScalarBuffer::from(values), nulls).with_data_type(data_type))
}

fn null_buffer(nulls: &[u32], rows: usize) -> Option<NullBuffer> {
    if nulls.is_empty() {
        return None;
    }
    let mut valid = BooleanBufferBuilder::new(rows);
    valid.append_n(rows, true);
    nulls.iter().for_each(|&row| valid.set_bit(row as usize, false));
    Some(NullBuffer::new(valid.finish()))
}

impl ByteCells {
    fn with_room(rows: usize, bytes: usize) -> Self {
        let mut offsets = Vec::with_capacity(rows + 1);
        offsets.push(0);
        Self { offsets, bytes: Vec::with_capacity(bytes) }
    }

    #[inline]
    fn push_from(&mut self, form: BytesForm, rest: &mut &[u8]) -> Result<(), CellFault> {
        let value = cells::counted(rest, form.length_bytes)?;
        if value.len() > form.most as usize {
            return Err(CellFault::TooLong);
        }
        if form.compressed {
            compressed_column::inflate(value, &mut self.bytes)?;
        } else {
            self.bytes.extend_from_slice(value);
            let padding = (form.padded as usize).saturating_sub(value.len());
            if padding > 0 {
                self.bytes.resize(self.bytes.len() + padding, 0);
            }
        }
        self.close()
    }

    fn push(&mut self, value: &[u8]) -> Result<(), CellFault> {
        self.bytes.extend_from_slice(value);
        self.close()
    }

    #[inline]
    fn close(&mut self) -> Result<(), CellFault> {
        self.offsets.push(i32::try_from(self.bytes.len()).map_err(|_| CellFault::TooLarge)?);
        Ok(())
    }

    #[inline]
    fn push_empty(&mut self) {
        self.offsets.push(self.end(self.rows()));
    }

    fn push_last(&mut self) -> Result<(), CellFault> {
        let rows = self.rows();
        let start = self.end(rows.saturating_sub(1)) as usize;
        self.bytes.extend_from_within(start..self.end(rows) as usize);
        self.close()
    }

    fn last(&self) -> Option<&[u8]> {
        let rows = self.rows();
        self.bytes.get(self.end(rows.checked_sub(1)?) as usize..self.end(rows) as usize)
    }

    fn rows(&self) -> usize {
        self.offsets.len() - 1
    }

    /// Where the bytes of the first `rows` rows end.
    #[inline]
    fn end(&self, rows: usize) -> i32 {
        self.offsets[rows]
    }

    fn truncate(&mut self, rows: usize) {
        self.offsets.truncate(rows + 1);
        self.bytes.truncate(self.end(self.rows()) as usize);
    }

    fn finish(self, nulls: Option<NullBuffer>) -> BinaryArray {
        BinaryArray::new(OffsetBuffer::new(ScalarBuffer::from(self.offsets)), Buffer::from_vec(self.bytes), nulls)
    }
}
