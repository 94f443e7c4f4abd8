//! Cells as exact bytes: what tells two values of one column type apart, bit for bit.
//!
//! Only bytes are compared here; how a target's index sees a value is `index_value`'s.

use arrow::{
    array::{Array, AsArray},
    datatypes::{
        ArrowPrimitiveType, DataType, Decimal128Type, Decimal256Type, DurationMicrosecondType, Float32Type, Float64Type, Int8Type,
        Int16Type, Int32Type, Int64Type, TimestampMicrosecondType, ToByteSlice, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
    },
};

/// Appends the cell so that two cells of one type have the same bytes exactly when they hold the same value; NULL is no value.
///
/// Self-delimiting: cells that follow one another cannot run together.
pub(super) fn write_cell_bytes(array: &dyn Array, row: usize, out: &mut Vec<u8>) {
    if array.is_null(row) {
        out.push(0);
        return;
    }
    out.push(1);
    match array.data_type() {
        DataType::Binary => {
            let bytes = array.as_binary::<i32>().value(row);
            out.extend_from_slice(&(bytes.len() as u32).to_le_bytes());
            out.extend_from_slice(bytes);
        }
        _ => fixed(array, row, |bytes| out.extend_from_slice(bytes)),
    }
}

/// Whether two cells of one type hold the same value, bit for bit; NULL is the same as NULL.
pub(super) fn same_cell(left: (&dyn Array, usize), right: (&dyn Array, usize)) -> bool {
    let ((left, left_row), (right, right_row)) = (left, right);
    match (left.is_null(left_row), right.is_null(right_row)) {
        (true, true) => true,
        (false, false) if left.data_type() != right.data_type() => false,
        (false, false) => match left.data_type() {
            DataType::Binary => left.as_binary::<i32>().value(left_row) == right.as_binary::<i32>().value(right_row),
            _ => fixed(left, left_row, |bytes| fixed(right, right_row, |other| bytes == other)),
        },
        _ => false,
    }
}

/// A number that orders cells about as an index over them does: rows that are near each other lie in one page, and cost the server less
/// when they come together. Cells that it does not tell apart come in any order.
pub(super) fn leading_order(array: &dyn Array, row: usize) -> u64 {
    let signed = |value: i64| (value as u64) ^ (1 << 63);
    if array.is_null(row) {
        return 0;
    }
    match array.data_type() {
        DataType::Int8 => signed(array.as_primitive::<Int8Type>().value(row).into()),
        DataType::Int16 => signed(array.as_primitive::<Int16Type>().value(row).into()),
        DataType::Int32 => signed(array.as_primitive::<Int32Type>().value(row).into()),
        DataType::Int64 => signed(array.as_primitive::<Int64Type>().value(row)),
        DataType::UInt8 => array.as_primitive::<UInt8Type>().value(row).into(),
        DataType::UInt16 => array.as_primitive::<UInt16Type>().value(row).into(),
        DataType::UInt32 => array.as_primitive::<UInt32Type>().value(row).into(),
        DataType::UInt64 => array.as_primitive::<UInt64Type>().value(row),
        DataType::Binary => {
            let bytes = array.as_binary::<i32>().value(row);
            let mut leading = [0; 8];
            let length = bytes.len().min(8);
            leading[..length].copy_from_slice(&bytes[..length]);
            u64::from_be_bytes(leading)
        }
        _ => 0,
    }
}

/// Gives the bytes of a value of fixed width.
fn fixed<R>(array: &dyn Array, row: usize, take: impl FnOnce(&[u8]) -> R) -> R {
    fn of<T: ArrowPrimitiveType, R>(array: &dyn Array, row: usize, take: impl FnOnce(&[u8]) -> R) -> R {
        take(array.as_primitive::<T>().value(row).to_byte_slice())
    }
    match array.data_type() {
        DataType::Int8 => of::<Int8Type, R>(array, row, take),
        DataType::Int16 => of::<Int16Type, R>(array, row, take),
        DataType::Int32 => of::<Int32Type, R>(array, row, take),
        DataType::Int64 => of::<Int64Type, R>(array, row, take),
        DataType::UInt8 => of::<UInt8Type, R>(array, row, take),
        DataType::UInt16 => of::<UInt16Type, R>(array, row, take),
        DataType::UInt32 => of::<UInt32Type, R>(array, row, take),
        DataType::UInt64 => of::<UInt64Type, R>(array, row, take),
        DataType::Float32 => of::<Float32Type, R>(array, row, take),
        DataType::Float64 => of::<Float64Type, R>(array, row, take),
        DataType::Decimal128(..) => of::<Decimal128Type, R>(array, row, take),
        DataType::Decimal256(..) => of::<Decimal256Type, R>(array, row, take),
        DataType::Duration(_) => of::<DurationMicrosecondType, R>(array, row, take),
        DataType::Timestamp(..) => of::<TimestampMicrosecondType, R>(array, row, take),
        other => unreachable!("`columnar::arrow_type` has no {other}"),
    }
}

#[cfg(test)]
mod tests {
    use arrow::array::{ArrayRef, BinaryArray, Float64Array};

    use super::*;

    fn bytes(array: &ArrayRef, rows: &[usize]) -> Vec<u8> {
        let mut out = Vec::new();
        rows.iter().for_each(|&row| write_cell_bytes(array, row, &mut out));
        out
    }

    #[test]
    fn cells_do_not_run_together() {
        let array: ArrayRef = std::sync::Arc::new(BinaryArray::from_vec(vec![b"a", b"bc", b"ab", b"c"]));
        assert_ne!(bytes(&array, &[0, 1]), bytes(&array, &[2, 3]));
    }

    #[test]
    fn null_is_no_value_and_the_same_as_itself() {
        let array: ArrayRef = std::sync::Arc::new(BinaryArray::from_opt_vec(vec![None, Some(b""), None]));
        assert_ne!(bytes(&array, &[0]), bytes(&array, &[1]));
        assert!(same_cell((&array, 0), (&array, 2)));
        assert!(!same_cell((&array, 0), (&array, 1)));
    }

    #[test]
    fn floats_are_told_apart_by_their_bits() {
        let array: ArrayRef = std::sync::Arc::new(Float64Array::from(vec![0.0, -0.0, f64::NAN, f64::NAN]));
        assert!(!same_cell((&array, 0), (&array, 1)));
        assert!(same_cell((&array, 2), (&array, 3)));
    }
}
