//! Rows as the file of a LOAD DATA LOCAL INFILE: fields after tabs, lines after line feeds, a backslash before what would end one.
//!
//! The statement says `CHARACTER SET binary`, so that bytes reach their columns as they are.

use std::fmt::Write;

use arrow::array::{Array, AsArray};
use arrow::datatypes::{Float32Type, UInt16Type, UInt64Type};

use super::{json_literal::holds_decimals, window::RowView};
use crate::{
    columnar::{write_double_literal, write_text},
    schema::{Charset, ColumnType, write_name},
};

/// Whether values of the type arrive exactly as a field.
///
/// Left out are types that the servers read from a binary string in another way than from text, and labels whose charset is not
/// UTF-8, in which they are known here.
pub(super) fn takes_fields(ty: &ColumnType) -> bool {
    match ty {
        ColumnType::Geometry | ColumnType::Vector { .. } | ColumnType::Uuid | ColumnType::Inet4 | ColumnType::Inet6 => false,
        ColumnType::Enum { labels, collation } | ColumnType::Set { labels, collation } => {
            is_utf8(collation.charset()) || labels.iter().all(|label| label.is_ascii()) && is_ascii_superset(collation.charset())
        }
        ColumnType::Integer { .. }
        | ColumnType::Decimal { .. }
        | ColumnType::Float
        | ColumnType::Double
        | ColumnType::Bit { .. }
        | ColumnType::Year
        | ColumnType::Date
        | ColumnType::Time { .. }
        | ColumnType::DateTime { .. }
        | ColumnType::Timestamp { .. }
        | ColumnType::Char { .. }
        | ColumnType::Varchar { .. }
        | ColumnType::Text { .. }
        | ColumnType::Binary { .. }
        | ColumnType::Varbinary { .. }
        | ColumnType::Blob { .. }
        | ColumnType::Json => true,
    }
}

/// Whether this value arrives exactly: the error value of an ENUM has no label, and JSON's text no decimal numbers.
pub(super) fn takes_row(row: RowView<'_>, columns: &[usize]) -> bool {
    columns.iter().all(|&column| {
        let array = row.array(column);
        match row.layout().columns[column].ty {
            _ if array.is_null(row.row) => true,
            ColumnType::Enum { .. } => array.as_primitive::<UInt16Type>().value(row.row) != 0,
            ColumnType::Json => !holds_decimals(array.as_binary::<i32>().value(row.row)),
            _ => true,
        }
    })
}

/// `(column, …)`, and how columns are set that a field cannot reach directly: MySQL makes no JSON of a binary string.
pub(super) fn write_columns(row: RowView<'_>, columns: &[usize], out: &mut String) {
    let mut set = String::new();
    for (nth, &column) in columns.iter().enumerate() {
        out.push_str(if nth == 0 { "(" } else { ", " });
        let target = &row.layout().columns[column];
        if target.ty == ColumnType::Json {
            write!(out, "@rowgate{column}").expect("a String takes any text");
            set.push_str(if set.is_empty() { " SET " } else { ", " });
            write_name(&target.name, &mut set);
            write!(set, " = CONVERT(@rowgate{column} USING utf8mb4)").expect("a String takes any text");
        } else {
            write_name(&target.name, out);
        }
    }
    out.push(')');
    out.push_str(&set);
}

/// Appends one line. `text` is reused for values that are printed.
pub(super) fn write_line(row: RowView<'_>, columns: &[usize], text: &mut String, out: &mut Vec<u8>) {
    for (nth, &column) in columns.iter().enumerate() {
        if nth > 0 {
            out.push(b'\t');
        }
        write_field(&row.layout().columns[column].ty, row.array(column), row.row, text, out);
    }
    out.push(b'\n');
}

fn write_field(ty: &ColumnType, array: &dyn Array, row: usize, text: &mut String, out: &mut Vec<u8>) {
    if array.is_null(row) {
        out.extend_from_slice(b"\\N");
        return;
    }
    text.clear();
    match ty {
        ColumnType::Char { .. }
        | ColumnType::Varchar { .. }
        | ColumnType::Text { .. }
        | ColumnType::Binary { .. }
        | ColumnType::Varbinary { .. }
        | ColumnType::Blob { .. } => return write_escaped(array.as_binary::<i32>().value(row), out),
        ColumnType::Bit { width } => {
            let bytes = array.as_primitive::<UInt64Type>().value(row).to_be_bytes();
            return write_escaped(&bytes[8 - usize::from(width.div_ceil(8))..], out);
        }
        // As the double it equals: a shorter text is read back as another FLOAT by way of a double.
        ColumnType::Float => {
            write_double_literal(f64::from(array.as_primitive::<Float32Type>().value(row)), text).expect("a String takes any text");
        }
        ColumnType::Enum { .. } | ColumnType::Set { .. } | ColumnType::Json => {
            write_text(ty, array, row, text);
            return write_escaped(text.as_bytes(), out);
        }
        _ => {
            write_text(ty, array, row, text);
        }
    }
    // Numbers and times hold nothing to escape.
    out.extend_from_slice(text.as_bytes());
}

fn write_escaped(bytes: &[u8], out: &mut Vec<u8>) {
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|byte| matches!(byte, b'\t' | b'\n' | b'\\' | 0)) {
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(match rest[at] {
            b'\t' => b"\\t",
            b'\n' => b"\\n",
            0 => b"\\0",
            _ => b"\\\\",
        });
        rest = &rest[at + 1..];
    }
    out.extend_from_slice(rest);
}

fn is_utf8(charset: Charset) -> bool {
    matches!(charset.name(), "utf8mb4" | "utf8mb3")
}

fn is_ascii_superset(charset: Charset) -> bool {
    !matches!(charset.name(), "ucs2" | "utf16" | "utf16le" | "utf32" | "swe7")
}
