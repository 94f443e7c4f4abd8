//! Cells of an answer: as JSON for machines, as a line of text for people.

use std::{
    fmt::Write as _,
    io::{self, Write},
};

use arrow::{
    array::{Array, ArrayRef, AsArray, RecordBatch},
    datatypes::{DataType, Float16Type, Float32Type, Float64Type, Int64Type, UInt64Type},
    error::ArrowError,
    util::display::{ArrayFormatter, FormatOptions},
};

/// The cells of one column of a batch.
pub(super) struct Cells<'a> {
    array: &'a ArrayRef,
    formatter: ArrayFormatter<'a>,
}

/// The greatest integer that every reader of JSON keeps exactly.
const EXACT_IN_JSON: u64 = (1 << 53) - 1;
/// Longer cells are cut in tables for people.
const SHOWN_CHARACTERS: usize = 200;

impl<'a> Cells<'a> {
    /// The columns of a batch.
    pub(super) fn of(batch: &'a RecordBatch) -> Result<Vec<Self>, ArrowError> {
        let options = FormatOptions::new().with_display_error(false);
        let cells = |array| Ok(Self { array, formatter: ArrayFormatter::try_new(array, &options)? });
        batch.columns().iter().map(cells).collect()
    }

    /// Writes a cell as a JSON value.
    ///
    /// Integers beyond 2^53, decimals and floats without a number are strings, bytes are `0x…`, times are RFC 3339.
    pub(super) fn write_json(&self, row: usize, out: &mut impl Write) -> io::Result<()> {
        if self.array.is_null(row) {
            return out.write_all(b"null");
        }
        match self.array.data_type() {
            DataType::Null => out.write_all(b"null"),
            DataType::Int8
            | DataType::Int16
            | DataType::Int32
            | DataType::UInt8
            | DataType::UInt16
            | DataType::UInt32
            | DataType::Boolean => {
                write!(out, "{}", self.formatter.value(row))
            }
            DataType::Int64 => {
                write_integer(self.array.as_primitive::<Int64Type>().value(row).unsigned_abs(), self.formatter.value(row), out)
            }
            DataType::UInt64 => write_integer(self.array.as_primitive::<UInt64Type>().value(row), self.formatter.value(row), out),
            DataType::Float16 => write_float(f32::from(self.array.as_primitive::<Float16Type>().value(row)), out),
            DataType::Float32 => write_float(self.array.as_primitive::<Float32Type>().value(row), out),
            DataType::Float64 => write_float(self.array.as_primitive::<Float64Type>().value(row), out),
            DataType::Utf8 => Ok(serde_json::to_writer(out, self.array.as_string::<i32>().value(row))?),
            DataType::Utf8View => Ok(serde_json::to_writer(out, self.array.as_string_view().value(row))?),
            // Decimals, times and nested values are their text.
            _ => Ok(serde_json::to_writer(out, &self.text(row))?),
        }
    }

    /// The cell in one line for people, and whether that is all of it.
    pub(super) fn shown(&self, row: usize) -> (String, bool) {
        if self.array.is_null(row) {
            return ("NULL".to_owned(), true);
        }
        let text = self.text(row);
        let mut shown = String::with_capacity(text.len().min(SHOWN_CHARACTERS));
        for (index, character) in text.chars().enumerate() {
            if index == SHOWN_CHARACTERS {
                shown.push('…');
                return (shown, false);
            }
            // What moves the cursor or colours the terminal is written as an escape.
            if character.is_control() {
                shown.extend(character.escape_debug());
            } else {
                shown.push(character);
            }
        }
        (shown, true)
    }

    fn text(&self, row: usize) -> String {
        let bytes = match self.array.data_type() {
            DataType::Binary => self.array.as_binary::<i32>().value(row),
            DataType::LargeBinary => self.array.as_binary::<i64>().value(row),
            DataType::BinaryView => self.array.as_binary_view().value(row),
            DataType::FixedSizeBinary(_) => self.array.as_fixed_size_binary().value(row),
            _ => return self.formatter.value(row).to_string(),
        };
        let mut text = String::with_capacity(2 + bytes.len() * 2);
        text.push_str("0x");
        for byte in bytes {
            write!(text, "{byte:02X}").expect("writing to a String does not fail");
        }
        text
    }
}

/// Whether cells of this type stand at the right of their column.
pub(super) fn is_number(ty: &DataType) -> bool {
    ty.is_numeric()
}

fn write_integer(magnitude: u64, digits: impl std::fmt::Display, out: &mut impl Write) -> io::Result<()> {
    if magnitude <= EXACT_IN_JSON { write!(out, "{digits}") } else { write!(out, "\"{digits}\"") }
}

fn write_float<F: Into<f64> + Copy + serde::Serialize + std::fmt::Display>(value: F, out: &mut impl Write) -> io::Result<()> {
    if Into::<f64>::into(value).is_finite() { Ok(serde_json::to_writer(out, &value)?) } else { write!(out, "\"{value}\"") }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow::{
        array::{
            BinaryArray, Decimal128Array, Float32Array, Float64Array, Int64Array, StringArray, TimestampMicrosecondArray, UInt64Array,
        },
        datatypes::{Field, Schema},
    };

    use super::*;

    fn batch(array: ArrayRef) -> RecordBatch {
        let schema = Schema::new(vec![Field::new("c", array.data_type().clone(), true)]);
        RecordBatch::try_new(Arc::new(schema), vec![array]).expect("one column of the schema's type")
    }

    fn json(array: ArrayRef) -> Vec<String> {
        let batch = batch(array);
        let cells = Cells::of(&batch).expect("a type that can be shown");
        let cell = |row| {
            let mut out = Vec::new();
            cells[0].write_json(row, &mut out).expect("a Vec takes all bytes");
            String::from_utf8(out).expect("JSON is UTF-8")
        };
        (0..batch.num_rows()).map(cell).collect()
    }

    #[test]
    fn integers_that_some_readers_would_round_are_strings() {
        let signed = Int64Array::from(vec![9_007_199_254_740_991, 9_007_199_254_740_992, -9_007_199_254_740_992, i64::MIN]);
        assert_eq!(
            json(Arc::new(signed)),
            ["9007199254740991", "\"9007199254740992\"", "\"-9007199254740992\"", "\"-9223372036854775808\""]
        );
        assert_eq!(json(Arc::new(UInt64Array::from(vec![0, u64::MAX]))), ["0", "\"18446744073709551615\""]);
    }

    #[test]
    fn values_keep_their_digits() {
        let decimals = Decimal128Array::from(vec![Some(1_500_000), None]).with_precision_and_scale(20, 6).expect("20 digits");
        assert_eq!(json(Arc::new(decimals)), ["\"1.500000\"", "null"]);
        assert_eq!(json(Arc::new(Float32Array::from(vec![0.1, f32::NAN]))), ["0.1", "\"NaN\""]);
        assert_eq!(json(Arc::new(Float64Array::from(vec![1e200, f64::INFINITY]))), ["1e+200", "\"inf\""]);
        assert_eq!(json(Arc::new(BinaryArray::from(vec![&b"\x00\xab"[..], b""]))), ["\"0x00AB\"", "\"0x\""]);
        assert_eq!(json(Arc::new(StringArray::from(vec!["a\"b\n税"]))), [r#""a\"b\n税""#]);
        let times = TimestampMicrosecondArray::from(vec![1_700_000_000_000_000, 1_700_000_000_123_000]).with_timezone("+00:00");
        assert_eq!(json(Arc::new(times)), ["\"2023-11-14T22:13:20Z\"", "\"2023-11-14T22:13:20.123Z\""]);
    }

    #[test]
    fn what_people_see_is_one_short_line() {
        let long = "长".repeat(SHOWN_CHARACTERS + 1);
        let batch = batch(Arc::new(StringArray::from(vec!["a\nb\u{1b}[31m", long.as_str()])));
        let cells = Cells::of(&batch).expect("a type that can be shown");
        assert_eq!(cells[0].shown(0), (r"a\nb\u{1b}[31m".to_owned(), true));
        assert_eq!(cells[0].shown(1), (format!("{}…", "长".repeat(SHOWN_CHARACTERS)), false));
    }
}
