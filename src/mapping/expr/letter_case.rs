//! LOWER and UPPER: MySQL's tables of one letter for one, which are not Unicode's.

use dsl::{Code, Span};

use super::bind::{Binder, Failed};
use super::cell::{Cell, Form};
use super::charset::encode;
use super::collation_table::{CaseMap, byte_case, unicode_case};
use super::function::call_strict;
use super::sql_type::Kind;
use super::typed::Typed;
use crate::schema::Charset;

/// Which case.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Case {
    Lower,
    Upper,
}

/// `LOWER(s)`.
pub(super) fn lower(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    convert(binder, &args[0], Case::Lower, span)
}

/// `UPPER(s)`.
pub(super) fn upper(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    convert(binder, &args[0], Case::Upper, span)
}

fn convert(binder: &mut Binder<'_>, operand: &Typed, case: Case, span: Span) -> Result<Typed, Failed> {
    let text = operand.text_kind();
    let (charset, collation) = (text.charset(), text.collation);
    let name = format!("{case:?}_{collation}").to_lowercase();
    let value = operand.as_text();
    let unicode = unicode_case(collation, case);
    let value = match (charset.name(), unicode, byte_case(charset, case)) {
        ("binary", ..) => value,
        (_, _, Some(table)) => call_strict(name, Form::Bytes, vec![value], |args| {
            Ok(Cell::bytes(args[0].as_bytes().iter().map(|byte| table[usize::from(*byte)]).collect()))
        }),
        ("utf8mb4" | "utf8mb3", Some(map), _) => {
            call_strict(name, Form::Bytes, vec![value], |args| Ok(Cell::bytes(in_place(args[0].as_bytes().to_vec(), map))))
        }
        ("ucs2" | "utf16" | "utf16le" | "utf32", Some(map), _) => call_strict(name, Form::Bytes, vec![value], move |args| {
            let Ok(text) = charset.decode(args[0].as_bytes()) else { return Ok(args[0].clone()) };
            Ok(Cell::bytes(encode(&text.chars().map(|letter| map.map(letter)).collect::<String>(), charset)))
        }),
        _ => {
            let message = format!("letters of collation `{collation}` have no known case here");
            let hint = format!("Write `CONVERT(… USING {})` around the text.", Charset::UTF8MB4);
            return Err(binder.error_with(Code::UNSUPPORTED_COLLATION, message, span, &hint));
        }
    };
    Ok(Typed::combine(
        Kind::Text { length: operand.kind.text_length(), text: text.of_function() },
        operand.nullable,
        value,
        &[operand],
        span,
    ))
}

/// Works in one buffer as MySQL does: a letter that grows overwrites what comes next, and what does not fit is cut.
fn in_place(mut buffer: Vec<u8>, map: &CaseMap) -> Vec<u8> {
    if buffer.is_ascii() && map.is_plain_in_ascii() {
        buffer.iter_mut().for_each(|byte| *byte = map.map(char::from(*byte)) as u8);
        return buffer;
    }
    let (mut from, mut to) = (0, 0);
    while from < buffer.len() {
        let Some(letter) = first_character(&buffer[from..]) else { break };
        from += letter.len_utf8();
        let mapped = map.map(letter);
        if to + mapped.len_utf8() > buffer.len() {
            break;
        }
        mapped.encode_utf8(&mut buffer[to..to + mapped.len_utf8()]);
        to += mapped.len_utf8();
    }
    buffer.truncate(to);
    buffer
}

fn first_character(text: &[u8]) -> Option<char> {
    let text = &text[..text.len().min(4)];
    let valid = match str::from_utf8(text) {
        Ok(valid) => valid,
        Err(error) => str::from_utf8(&text[..error.valid_up_to()]).unwrap_or(""),
    };
    valid.chars().next()
}
