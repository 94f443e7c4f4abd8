//! JSON documents that hold decimal numbers, as SQL that makes them: read from text, 1.50 would be the double 1.5.

use std::fmt::Write;

use crate::{
    columnar::{
        json::{Value, write_json, write_json_scalar},
        write_double_literal,
    },
    mysql::write_string,
};

/// The type code of a decimal number inside of a document.
const DECIMAL: u8 = 246;

/// Whether a sound document holds a decimal number.
pub(super) fn holds_decimals(document: &[u8]) -> bool {
    // No UTF-8 has this byte, so that most documents are not read for it.
    document.contains(&DECIMAL) && write_json(document, &mut String::new()).is_ok() && Value::document(document).is_ok_and(holds)
}

fn holds(value: Value<'_>) -> bool {
    match value {
        Value::Opaque(code, _) => code == DECIMAL,
        Value::Array(parts) | Value::Object(parts) => (0..parts.len()).any(|index| parts.value(index).is_ok_and(holds)),
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::UInt(_) | Value::Double(_) | Value::Text(_) => false,
    }
}

/// Appends an expression whose value is the document, on MySQL and, as text, on MariaDB. What JSON keeps of dates and bytes
/// becomes the string that it is printed as; MariaDB writes a whole double without its `.0`.
pub(super) fn write_json_expression(document: &[u8], out: &mut String) {
    let value = Value::document(document).expect("only sound documents are said to hold decimals");
    // MariaDB cannot cast a number to JSON.
    out.push_str("JSON_EXTRACT(JSON_ARRAY(");
    write_value(value, out);
    out.push_str("), '$[0]')");
}

fn write_value(value: Value<'_>, out: &mut String) {
    const SOUND: &str = "only sound documents are said to hold decimals";
    match value {
        Value::Null => out.push_str("NULL"),
        Value::Bool(value) => write!(out, "{value}").expect("a String takes any text"),
        Value::Int(value) => write!(out, "{value}").expect("a String takes any text"),
        Value::UInt(value) => write!(out, "{value}").expect("a String takes any text"),
        Value::Double(value) => write_double_literal(value, out).expect("a String takes any text"),
        Value::Text(text) => write_string(text, out),
        Value::Opaque(DECIMAL, _) => {
            let start = out.len();
            write_json_scalar(value, out).expect(SOUND);
            // A literal with a point is a decimal number, however few digits it has.
            if !out[start..].contains('.') {
                out.push('.');
            }
        }
        Value::Opaque(..) => {
            let mut text = String::new();
            write_json_scalar(value, &mut text).expect(SOUND);
            write_string(text.trim_matches('"'), out);
        }
        Value::Array(elements) => {
            out.push_str("JSON_ARRAY(");
            for index in 0..elements.len() {
                out.push_str(if index == 0 { "" } else { ", " });
                write_value(elements.value(index).expect(SOUND), out);
            }
            out.push(')');
        }
        Value::Object(members) => {
            out.push_str("JSON_OBJECT(");
            for index in 0..members.len() {
                out.push_str(if index == 0 { "" } else { ", " });
                write_string(members.key(index).expect(SOUND), out);
                out.push_str(", ");
                write_value(members.value(index).expect(SOUND), out);
            }
            out.push(')');
        }
    }
}
