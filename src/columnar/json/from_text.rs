//! JSON text to MySQL's binary form, as the server stores what a client writes.

use std::borrow::Cow;

use serde_json::{Number, Value as Text};

use super::{JsonError, Node, node::by_key};

/// The kinds of scalar in the binary form.
const LITERAL: u8 = 4;
const INT16: u8 = 5;
const UINT16: u8 = 6;
const INT32: u8 = 7;
const UINT32: u8 = 8;
const INT64: u8 = 9;
const UINT64: u8 = 10;
const DOUBLE: u8 = 11;
const STRING: u8 = 12;

/// The binary document of a text.
///
/// # Errors
/// [`JsonError::NoText`] where the text is no JSON; [`JsonError::TooDeep`], [`JsonError::TooLarge`].
pub fn document_of_text(text: &str) -> Result<Vec<u8>, JsonError> {
    let value: Text = serde_json::from_str(text).map_err(|_| JsonError::NoText)?;
    let mut scalars = Vec::new();
    collect(&value, &mut scalars);
    let mut rest = scalars.as_slice();
    node(&value, &mut rest).to_document()
}

/// A scalar's kind and bytes.
type Scalar = (u8, Vec<u8>);

/// All scalars in the order of the document: nodes borrow them.
fn collect(value: &Text, scalars: &mut Vec<Scalar>) {
    match value {
        Text::Array(elements) => elements.iter().for_each(|element| collect(element, scalars)),
        Text::Object(members) => members.values().for_each(|member| collect(member, scalars)),
        Text::Null => scalars.push((LITERAL, vec![0])),
        Text::Bool(value) => scalars.push((LITERAL, vec![if *value { 1 } else { 2 }])),
        Text::Number(number) => scalars.push(number_bytes(number)),
        Text::String(text) => scalars.push((STRING, string_bytes(text))),
    }
}

fn node<'s>(value: &'s Text, scalars: &mut &'s [Scalar]) -> Node<'s> {
    match value {
        Text::Array(elements) => Node::Array(elements.iter().map(|element| node(element, scalars)).collect()),
        Text::Object(members) => {
            let mut members: Vec<_> = members.iter().map(|(key, member)| (Cow::Borrowed(key.as_str()), node(member, scalars))).collect();
            members.sort_by(|(left, _), (right, _)| by_key(left, right));
            Node::Object(members)
        }
        Text::Null | Text::Bool(_) | Text::Number(_) | Text::String(_) => {
            let (first, rest) = scalars.split_first().expect("collect visits the same scalars in the same order");
            *scalars = rest;
            Node::Raw(first.0, &first.1)
        }
    }
}

/// The narrowest kind that holds the number.
fn number_bytes(number: &Number) -> Scalar {
    match (number.as_i64(), number.as_u64()) {
        (Some(value), _) => {
            if let Ok(value) = i16::try_from(value) {
                (INT16, value.to_le_bytes().to_vec())
            } else if let Ok(value) = u16::try_from(value) {
                (UINT16, value.to_le_bytes().to_vec())
            } else if let Ok(value) = i32::try_from(value) {
                (INT32, value.to_le_bytes().to_vec())
            } else if let Ok(value) = u32::try_from(value) {
                (UINT32, value.to_le_bytes().to_vec())
            } else {
                (INT64, value.to_le_bytes().to_vec())
            }
        }
        (None, Some(value)) => (UINT64, value.to_le_bytes().to_vec()),
        (None, None) => (DOUBLE, number.as_f64().unwrap_or_default().to_le_bytes().to_vec()),
    }
}

/// The length in groups of seven bits, then the bytes.
fn string_bytes(text: &str) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len() + 2);
    let mut length = text.len();
    while length >= 0x80 {
        bytes.push(length as u8 & 0x7F | 0x80);
        length >>= 7;
    }
    bytes.push(length as u8);
    bytes.extend_from_slice(text.as_bytes());
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::columnar::json::write_json;

    #[test]
    fn a_document_prints_as_the_server_prints_it() {
        let long = "x".repeat(300);
        for (text, printed) in [
            (
                r#"{"bb": [1, -2.5, 70000, 18446744073709551615], "a": null}"#,
                r#"{"a": null, "bb": [1, -2.5, 70000, 18446744073709551615]}"#,
            ),
            ("[true, false, 40000, -40000, 3000000000]", "[true, false, 40000, -40000, 3000000000]"),
            (r#""é""#, r#""é""#),
            (&format!("\"{long}\""), &format!("\"{long}\"")),
        ] {
            let document = document_of_text(text).expect("it is JSON");
            let mut out = String::new();
            write_json(&document, &mut out).expect("the document is sound");
            assert_eq!(out, printed);
        }
        assert_eq!(document_of_text("{a: 1}"), Err(JsonError::NoText));
    }
}
