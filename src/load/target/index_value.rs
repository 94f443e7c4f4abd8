//! A value as a unique index of the target sees it.
//!
//! Two values that the index takes for one have the same bytes here. The reverse need not hold: coarser is safe, finer loses
//! rows (LD-7). Where no such bytes can be made, the whole table counts as one component.

use arrow::{
    array::{Array, AsArray},
    datatypes::{
        DataType, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
    },
};

use crate::{load::cell_bytes::write_cell_bytes, mapping::CollationKey, schema::ColumnType};

/// How the values of a mapping's column enter one part of an index.
#[derive(Clone)]
pub(super) enum IndexValue {
    /// Integers of any width and sign, as numbers.
    Integer,
    /// Bit for bit.
    Exact,
    /// −0 is 0.
    Float,
    /// As the index's collation compares.
    Text {
        key: CollationKey,
        /// CHAR stores no trailing spaces, whatever its collation makes of them.
        trims: bool,
    },
    /// The first so many bytes.
    Bytes(Option<u32>),
}

/// Whether an index part holds a value; one NULL part makes a whole entry unequal to every other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seen {
    Value,
    Null,
}

impl IndexValue {
    /// For values of type `from` in an index part over a column of type `to` that covers `prefix` characters or bytes;
    /// none where the index's equality cannot be told from the value.
    pub(super) fn of(from: &ColumnType, to: &ColumnType, prefix: Option<u32>) -> Option<Self> {
        match (from, to) {
            (ColumnType::Integer { .. }, ColumnType::Integer { .. }) => Some(Self::Integer),
            (ColumnType::Float, ColumnType::Float) | (ColumnType::Double, ColumnType::Double) => Some(Self::Float),
            (
                ColumnType::Char { .. } | ColumnType::Varchar { .. } | ColumnType::Text { .. },
                ColumnType::Char { .. } | ColumnType::Varchar { .. } | ColumnType::Text { .. },
            ) => text(from, to, prefix),
            (ColumnType::Varbinary { .. } | ColumnType::Blob { .. }, ColumnType::Varbinary { .. } | ColumnType::Blob { .. }) => {
                Some(Self::Bytes(shorter(byte_length(to), prefix)))
            }
            (ColumnType::Json | ColumnType::Geometry | ColumnType::Vector { .. }, _) => None,
            _ if from != to => None,
            (ColumnType::Binary { .. }, _) => Some(Self::Bytes(prefix)),
            _ => prefix.is_none().then_some(Self::Exact),
        }
    }

    /// Whether values have the same bytes exactly when their cells have: no other row can share an index entry.
    pub(super) fn is_exact(&self) -> bool {
        matches!(self, Self::Exact | Self::Integer | Self::Bytes(None))
    }

    /// Appends a cell's value, self-delimiting.
    pub(super) fn write(&self, array: &dyn Array, row: usize, out: &mut Vec<u8>) -> Seen {
        if array.is_null(row) {
            return Seen::Null;
        }
        match self {
            Self::Integer => out.extend_from_slice(&integer(array, row).to_le_bytes()),
            Self::Exact => write_cell_bytes(array, row, out),
            Self::Float => out.extend_from_slice(&(float(array, row) + 0.0).to_bits().to_le_bytes()),
            Self::Text { key, trims } => {
                let text = array.as_binary::<i32>().value(row);
                let end = text.iter().rposition(|&byte| !trims || byte != b' ').map_or(0, |last| last + 1);
                delimited(out, |out| key.write(&text[..end], out));
            }
            Self::Bytes(most) => {
                let bytes = array.as_binary::<i32>().value(row);
                let end = most.map_or(bytes.len(), |most| bytes.len().min(most as usize));
                delimited(out, |out| out.extend_from_slice(&bytes[..end]));
            }
        }
        Seen::Value
    }
}

/// Texts that the target cuts count up to where it cuts them.
fn text(from: &ColumnType, to: &ColumnType, prefix: Option<u32>) -> Option<IndexValue> {
    let (source, target) = (from.collation()?.charset(), to.collation()?);
    let trims = matches!(to, ColumnType::Char { .. });
    let has_wide_spaces = matches!(source.name(), "ucs2" | "utf16" | "utf16le" | "utf32");
    let key = CollationKey::of(source, target, shorter(character_length(to), prefix)).filter(|_| !(trims && has_wide_spaces))?;
    Some(IndexValue::Text { key, trims })
}

/// None where a column holds more than any key.
fn character_length(ty: &ColumnType) -> Option<u32> {
    match ty {
        ColumnType::Char { length, .. } | ColumnType::Varchar { length, .. } => Some(*length),
        _ => None,
    }
}

fn byte_length(ty: &ColumnType) -> Option<u32> {
    match ty {
        ColumnType::Varbinary { length } => Some(*length),
        _ => None,
    }
}

fn shorter(length: Option<u32>, prefix: Option<u32>) -> Option<u32> {
    length.into_iter().chain(prefix).min()
}

fn delimited(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.extend_from_slice(&[0; 4]);
    write(out);
    let length = (out.len() - start - 4) as u32;
    out[start..start + 4].copy_from_slice(&length.to_le_bytes());
}

fn integer(array: &dyn Array, row: usize) -> i128 {
    match array.data_type() {
        DataType::Int8 => array.as_primitive::<Int8Type>().value(row).into(),
        DataType::Int16 => array.as_primitive::<Int16Type>().value(row).into(),
        DataType::Int32 => array.as_primitive::<Int32Type>().value(row).into(),
        DataType::Int64 => array.as_primitive::<Int64Type>().value(row).into(),
        DataType::UInt8 => array.as_primitive::<UInt8Type>().value(row).into(),
        DataType::UInt16 => array.as_primitive::<UInt16Type>().value(row).into(),
        DataType::UInt32 => array.as_primitive::<UInt32Type>().value(row).into(),
        _ => array.as_primitive::<UInt64Type>().value(row).into(),
    }
}

fn float(array: &dyn Array, row: usize) -> f64 {
    match array.data_type() {
        DataType::Float32 => array.as_primitive::<Float32Type>().value(row).into(),
        _ => array.as_primitive::<Float64Type>().value(row),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::array::{ArrayRef, BinaryArray, Float64Array, Int32Array, UInt64Array};

    use super::*;
    use crate::schema::{Collation, IntegerWidth};

    fn varchar(length: u32) -> ColumnType {
        ColumnType::Varchar { length, collation: Collation::UTF8MB4_GENERAL_CI }
    }

    fn seen(from: &ColumnType, to: &ColumnType, prefix: Option<u32>, array: &ArrayRef, row: usize) -> Vec<u8> {
        let mut out = Vec::new();
        let value = IndexValue::of(from, to, prefix).expect("the equality is known");
        assert_eq!(value.write(array, row, &mut out), Seen::Value);
        out
    }

    #[test]
    fn texts_that_a_shorter_column_cuts_are_one_value() {
        let array: ArrayRef = Arc::new(BinaryArray::from_vec(vec![b"abcd", b"ABCe"]));
        assert_eq!(seen(&varchar(10), &varchar(3), None, &array, 0), seen(&varchar(10), &varchar(3), None, &array, 1));
        assert_ne!(seen(&varchar(10), &varchar(4), None, &array, 0), seen(&varchar(10), &varchar(4), None, &array, 1));
        assert_eq!(seen(&varchar(10), &varchar(10), Some(2), &array, 0), seen(&varchar(10), &varchar(10), Some(2), &array, 1));
    }

    #[test]
    fn integers_of_two_widths_and_zeros_of_two_signs_are_one_value() {
        let int = ColumnType::Integer { width: IntegerWidth::Int, unsigned: false };
        let big = ColumnType::Integer { width: IntegerWidth::Big, unsigned: true };
        let (ints, bigs): (ArrayRef, ArrayRef) = (Arc::new(Int32Array::from(vec![7])), Arc::new(UInt64Array::from(vec![7])));
        assert_eq!(seen(&int, &big, None, &ints, 0), seen(&big, &big, None, &bigs, 0));
        let floats: ArrayRef = Arc::new(Float64Array::from(vec![0.0, -0.0]));
        let double = ColumnType::Double;
        assert_eq!(seen(&double, &double, None, &floats, 0), seen(&double, &double, None, &floats, 1));
    }

    #[test]
    fn a_rounded_time_and_an_unknown_collation_are_not_told_apart() {
        assert!(IndexValue::of(&ColumnType::DateTime { fsp: 6 }, &ColumnType::DateTime { fsp: 0 }, None).is_none());
        let german = Collation::by_name("utf8mb4_de_pb_0900_ai_ci").expect("the server has it");
        assert!(IndexValue::of(&varchar(5), &ColumnType::Varchar { length: 5, collation: german }, None).is_none());
    }

    #[test]
    fn null_is_no_value() {
        let array: ArrayRef = Arc::new(BinaryArray::from_opt_vec(vec![None]));
        let value = IndexValue::of(&varchar(5), &varchar(5), None).expect("the equality is known");
        assert_eq!(value.write(&array, 0, &mut Vec::new()), Seen::Null);
    }
}
