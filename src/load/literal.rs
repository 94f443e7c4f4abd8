//! Cell values as SQL literals that MySQL and MariaDB read back exactly, under the session that [`super::sql_scripts`] sets.

use std::fmt::Write;

use arrow::{
    array::{Array, AsArray},
    datatypes::{Float32Type, Float64Type, UInt16Type, UInt64Type},
};

use super::json_literal::{holds_decimals, write_json_expression};
pub(super) use crate::schema::write_name;
use crate::{
    columnar::{Printed, write_double_literal, write_hex, write_text},
    mysql::write_string,
    schema::{Charset, ColumnType},
};

/// Appends the value of `row` in a form that can be stored in a column of the same type, byte for byte.
pub(super) fn write_literal(ty: &ColumnType, array: &dyn Array, row: usize, out: &mut String) {
    if array.is_null(row) {
        out.push_str("NULL");
        return;
    }
    match ty {
        // A FLOAT is written as the double it equals, so that `WHERE f = 0.10000000149011612` finds what `f = 0.1` does not.
        ColumnType::Float => write_double(f64::from(array.as_primitive::<Float32Type>().value(row)), out),
        ColumnType::Double => write_double(array.as_primitive::<Float64Type>().value(row), out),
        ColumnType::Bit { .. } => write!(out, "{}", array.as_primitive::<UInt64Type>().value(row)).expect("a String takes any text"),
        ColumnType::Char { collation, .. } | ColumnType::Varchar { collation, .. } | ColumnType::Text { collation, .. } => {
            write_characters(collation.charset(), array.as_binary::<i32>().value(row), out);
        }
        // The error value has no label; its number is the only way to write it.
        ColumnType::Enum { .. } if array.as_primitive::<UInt16Type>().value(row) == 0 => out.push('0'),
        ColumnType::Integer { .. } | ColumnType::Decimal { .. } | ColumnType::Year => {
            write_text(ty, array, row, out);
        }
        ColumnType::Binary { .. }
        | ColumnType::Varbinary { .. }
        | ColumnType::Blob { .. }
        | ColumnType::Geometry
        | ColumnType::Vector { .. } => {
            write_bytes(array.as_binary::<i32>().value(row), out);
        }
        ColumnType::Json if holds_decimals(array.as_binary::<i32>().value(row)) => {
            write_json_expression(array.as_binary::<i32>().value(row), out);
        }
        ColumnType::Date
        | ColumnType::Time { .. }
        | ColumnType::DateTime { .. }
        | ColumnType::Timestamp { .. }
        | ColumnType::Uuid
        | ColumnType::Inet4
        | ColumnType::Inet6
        | ColumnType::Enum { .. }
        | ColumnType::Set { .. }
        | ColumnType::Json => write_printed(ty, array, row, out),
    }
}

/// What MySQL prints, in quotes.
fn write_printed(ty: &ColumnType, array: &dyn Array, row: usize, out: &mut String) {
    let mut text = String::new();
    match write_text(ty, array, row, &mut text) {
        Printed::Text => write_string(&text, out),
        Printed::Bytes | Printed::Null => out.push_str(&text),
    }
}

/// Text in a charset: readable where its bytes mean the same in UTF-8, else as bytes named with their charset.
fn write_characters(charset: Charset, bytes: &[u8], out: &mut String) {
    let ascii = !matches!(charset.name(), "ucs2" | "utf16" | "utf16le" | "utf32") && bytes.is_ascii();
    let utf8 = matches!(charset.name(), "utf8mb4" | "utf8mb3" | "utf8" | "ascii");
    match std::str::from_utf8(bytes) {
        Ok(text) if ascii || utf8 => write_string(text, out),
        _ => {
            out.push('_');
            out.push_str(charset.name());
            out.push(' ');
            write_bytes(bytes, out);
        }
    }
}

/// `0x…`; the empty string has no such form.
fn write_bytes(bytes: &[u8], out: &mut String) {
    if bytes.is_empty() {
        out.push_str("''");
    } else {
        write_hex(bytes, out);
    }
}

fn write_double(value: f64, out: &mut String) {
    write_double_literal(value, out).expect("a String takes any text");
}
