//! QUOTE and SOUNDEX, and Base64: texts in another spelling.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use dsl::{Code, Span};

use super::bind::{Binder, Failed};
use super::cell::{Cell, Form};
use super::characters::Characters;
use super::charset::encode;
use super::function::{call_rows, call_strict};
use super::radix::readable;
use super::sql_type::{Coercibility, Kind, TextKind};
use super::text::text_result;
use super::typed::Typed;
use crate::schema::Collation;

/// `QUOTE(s)`: a constant of SQL; `NULL` without quotes for NULL.
pub(super) fn quote(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let s = &args[0];
    binder.accept_value(s)?;
    let text = s.text_kind();
    if text.charset().is_binary() && s.kind != Kind::Null {
        let message = "bytes are quoted as if they were a text".to_owned();
        return Err(binder.error_with(Code::TYPE_MISMATCH, message, s.span, "Write `HEX(…)`, or `CONVERT(… USING utf8mb4)`."));
    }
    let (charset, characters) = (text.charset(), Characters::of(text.charset()));
    let special: Vec<(Vec<u8>, Vec<u8>)> = [("\0", "\\0"), ("'", "\\'"), ("\\", "\\\\"), ("\x1A", "\\Z")]
        .map(|(plain, escaped)| (encode(plain, charset), encode(escaped, charset)))
        .to_vec();
    let (mark, null) = (encode("'", charset), encode("NULL", charset));
    let value = call_rows(format!("quote_{}", characters.name()), Form::Bytes, vec![s.as_text()], move |args| {
        if args[0].is_null() {
            return Ok(Cell::bytes(null.clone()));
        }
        let mut quoted = mark.clone();
        let mut rest = args[0].as_bytes();
        while !rest.is_empty() {
            let (character, after) = rest.split_at(characters.first(rest));
            let escaped = special.iter().find(|(plain, _)| plain == character).map_or(character, |(_, escaped)| escaped.as_slice());
            quoted.extend_from_slice(escaped);
            rest = after;
        }
        quoted.extend_from_slice(&mark);
        Ok(Cell::bytes(quoted))
    });
    let text = if s.kind == Kind::Null { TextKind { coercibility: Coercibility::Ignorable, ..TextKind::numeric() } } else { text };
    let kind = Kind::Text { length: s.kind.text_length().saturating_mul(2).saturating_add(4), text };
    Ok(Typed::combine(kind, true, value, &[s], span))
}

/// `SOUNDEX(s)`: the first letter, and digits for the consonants behind it.
pub(super) fn soundex(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let s = &args[0];
    binder.accept_value(s)?;
    let text = s.text_kind();
    let name = text.charset().name();
    let is_unicode = matches!(name, "utf8mb4" | "utf8mb3");
    if !is_unicode && !matches!(name, "latin1" | "ascii" | "binary") {
        let message = format!("the letters of charset `{name}` are not known here");
        return Err(binder.error_with(Code::UNSUPPORTED_COLLATION, message, s.span, "Write `CONVERT(… USING utf8mb4)` around it."));
    }
    let characters = Characters::of(text.charset());
    let is_latin1 = name == "latin1";
    let value = call_strict(format!("soundex_{name}"), Form::Bytes, vec![s.as_text()], move |args| {
        Ok(Cell::bytes(sound(args[0].as_bytes(), characters, is_unicode, is_latin1)))
    });
    Ok(text_result(args, s.kind.text_length().max(4), TextKind { ascii: false, ..text }, true, value, span))
}

fn sound(text: &[u8], characters: Characters, is_unicode: bool, is_latin1: bool) -> Vec<u8> {
    let mut sound: Vec<u8> = Vec::new();
    let (mut letters, mut last) = (0, b'0');
    let mut rest = text;
    while !rest.is_empty() {
        let (character, after) = rest.split_at(characters.first(rest));
        rest = after;
        let is_letter = match *character {
            [byte] if byte < 0x80 || !is_unicode => byte.is_ascii_alphabetic() || (is_latin1 && is_latin1_letter(byte)),
            // What is no text ends it.
            [_] => break,
            // All characters from U+00C0 on count as letters.
            _ => character > "\u{BF}".as_bytes(),
        };
        if !is_letter {
            continue;
        }
        let code = consonant(character);
        if letters == 0 {
            sound.extend(character.iter().map(u8::to_ascii_uppercase));
            letters = 1;
            last = code;
        } else if code != b'0' && code != last {
            sound.push(code);
            letters += 1;
            last = code;
        }
    }
    if letters > 0 {
        sound.extend(std::iter::repeat_n(b'0', 4usize.saturating_sub(letters)));
    }
    sound
}

fn is_latin1_letter(byte: u8) -> bool {
    matches!(byte, 0x83 | 0x8A | 0x8C | 0x8E | 0x9A | 0x9C | 0x9E | 0x9F | 0xC0..=0xD6 | 0xD8..=0xF6 | 0xF8..=0xFF)
}

/// The digit of a letter; 0 for vowels and letters beyond ASCII.
fn consonant(character: &[u8]) -> u8 {
    match character {
        [byte] if byte.is_ascii_alphabetic() => b"01230120022455012623010202"[usize::from(byte.to_ascii_uppercase() - b'A')],
        _ => b'0',
    }
}

/// The characters of a line of Base64.
const LINE: usize = 76;

/// `TO_BASE64(s)`: in lines of 76 characters.
pub(super) fn to_base64(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let s = &args[0];
    binder.accept_value(s)?;
    let value = call_strict("to_base64", Form::Bytes, vec![s.as_text()], |args| {
        let encoded = STANDARD.encode(args[0].as_bytes());
        Ok(Cell::bytes(encoded.as_bytes().chunks(LINE).collect::<Vec<_>>().join(b"\n".as_slice())))
    });
    let bytes = s.kind.text_length().saturating_mul(u32::from(s.text_kind().charset().max_bytes_per_char()));
    let kind = Kind::Text { length: bytes.saturating_mul(2), text: TextKind::literal(TextKind::numeric().collation, true) };
    Ok(Typed::combine(kind, true, value, &[s], span))
}

/// `FROM_BASE64(s)`: white space is skipped; NULL where it is no Base64.
pub(super) fn from_base64(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let s = &args[0];
    binder.accept_value(s)?;
    let value =
        call_strict("from_base64", Form::Bytes, vec![readable(s)], |args| Ok(decoded(args[0].as_bytes()).map_or(Cell::Null, Cell::bytes)));
    let kind = Kind::Text { length: s.kind.text_length(), text: TextKind::literal(Collation::BINARY, false) };
    Ok(Typed::combine(kind, true, value, &[s], span))
}

/// Groups of four; only the last may be padded, and bits beyond its bytes do not count.
fn decoded(text: &[u8]) -> Option<Vec<u8>> {
    let signs: Vec<u8> = text.iter().copied().filter(|byte| !matches!(byte, b' ' | b'\t'..=b'\r')).collect();
    if !signs.len().is_multiple_of(4) {
        return None;
    }
    let padding = signs.iter().rev().take_while(|sign| **sign == b'=').count();
    let digits = &signs[..signs.len() - padding];
    let mut bits = 0u32;
    let mut decoded = Vec::with_capacity(signs.len() / 4 * 3);
    for (index, sign) in digits.iter().enumerate() {
        bits = bits << 6 | u32::from(digit(*sign)?);
        if index % 4 == 3 {
            decoded.extend_from_slice(&bits.to_be_bytes()[1..]);
        }
    }
    match padding {
        0 => {}
        1 => decoded.extend_from_slice(&(bits << 6).to_be_bytes()[1..3]),
        2 => decoded.extend_from_slice(&(bits << 12).to_be_bytes()[1..2]),
        _ => return None,
    }
    Some(decoded)
}

fn digit(sign: u8) -> Option<u8> {
    Some(match sign {
        b'A'..=b'Z' => sign - b'A',
        b'a'..=b'z' => sign - b'a' + 26,
        b'0'..=b'9' => sign - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    })
}
