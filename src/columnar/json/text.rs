//! Binary JSON as the text that MySQL prints.

use std::fmt::{self, Write};

use super::{Container, JsonError, MAX_DEPTH, Value};
use crate::columnar::{Date, DateTime, DecimalForm, Time, write_decimal, write_double};

/// Appends a document's text, exactly as `CAST(document AS CHAR)` gives it. In case of an error `out` holds a part of it.
pub fn write_json(document: &[u8], out: &mut String) -> Result<(), JsonError> {
    print(document, Layout::Line, out)
}

/// Appends a document's text over several lines, as `JSON_PRETTY` gives it. In case of an error `out` holds a part of it.
pub fn write_json_pretty(document: &[u8], out: &mut String) -> Result<(), JsonError> {
    print(document, Layout::Lines, out)
}

/// Appends one value that is no container, as it stands in its document's text.
pub fn write_json_scalar(value: Value<'_>, out: &mut String) -> Result<(), JsonError> {
    Printer { budget: usize::MAX, layout: Layout::Line }.write(value, MAX_DEPTH, out)
}

/// Appends a text in quotes, as it stands in a document's text.
pub fn quote_json(text: &str, out: &mut String) {
    write_quoted(text, out).expect("a string takes any text");
}

fn print(document: &[u8], layout: Layout, out: &mut String) -> Result<(), JsonError> {
    // Entries of a sound document do not overlap; those of a forged one could name one value a million times.
    Printer { budget: document.len() + 1, layout }.write(Value::document(document)?, 0, out)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Layout {
    /// All on one line.
    Line,
    /// Each part on its own, two spaces deeper than what holds it.
    Lines,
}

struct Printer {
    budget: usize,
    layout: Layout,
}

impl Printer {
    fn spend(&mut self, size: usize) -> Result<(), JsonError> {
        self.budget = self.budget.checked_sub(size).ok_or(JsonError::Malformed)?;
        Ok(())
    }

    /// Writes a value that lies in so many containers.
    fn write(&mut self, value: Value<'_>, depth: usize, out: &mut String) -> Result<(), JsonError> {
        self.spend(match value {
            Value::Text(text) => 1 + text.len(),
            Value::Opaque(_, bytes) => 2 + bytes.len(),
            Value::Null | Value::Bool(_) | Value::Int(_) | Value::UInt(_) | Value::Double(_) | Value::Array(_) | Value::Object(_) => 1,
        })?;
        let written = match value {
            Value::Null => out.write_str("null"),
            Value::Bool(value) => write!(out, "{value}"),
            Value::Int(value) => write!(out, "{value}"),
            Value::UInt(value) => write!(out, "{value}"),
            Value::Double(value) => write_json_double(value, out),
            Value::Text(text) => write_quoted(text, out),
            Value::Opaque(code, bytes) => return write_opaque(code, bytes, out),
            Value::Array(elements) => return self.write_parts(elements, false, depth, out),
            Value::Object(members) => return self.write_parts(members, true, depth, out),
        };
        written.map_err(|_| JsonError::Malformed)
    }

    fn write_parts(&mut self, parts: Container<'_>, has_keys: bool, depth: usize, out: &mut String) -> Result<(), JsonError> {
        if depth == MAX_DEPTH {
            return Err(JsonError::TooDeep);
        }
        out.push(if has_keys { '{' } else { '[' });
        for index in 0..parts.len() {
            out.push_str(if index == 0 { "" } else { "," });
            self.separate(index == 0, depth + 1, out);
            if has_keys {
                let key = parts.key(index)?;
                self.spend(key.len())?;
                write_quoted(key, out).map_err(|_| JsonError::Malformed)?;
                out.push_str(": ");
            }
            self.write(parts.value(index)?, depth + 1, out)?;
        }
        if self.layout == Layout::Lines && !parts.is_empty() {
            self.separate(false, depth, out);
        }
        out.push(if has_keys { '}' } else { ']' });
        Ok(())
    }

    /// What stands before a part.
    fn separate(&self, is_first: bool, depth: usize, out: &mut String) {
        match self.layout {
            Layout::Line if is_first => {}
            Layout::Line => out.push(' '),
            Layout::Lines => {
                out.push('\n');
                out.extend(std::iter::repeat_n("  ", depth));
            }
        }
    }
}

/// A double of a whole number keeps a zero after the point, so that it stays a double when it is read back.
fn write_json_double(value: f64, out: &mut String) -> fmt::Result {
    let start = out.len();
    write_double(value, out)?;
    if out[start..].contains(['.', 'e']) { Ok(()) } else { out.write_str(".0") }
}

fn write_quoted(text: &str, out: &mut String) -> fmt::Result {
    out.push('"');
    let mut plain = 0;
    for (index, byte) in text.bytes().enumerate() {
        let escape = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            0x08 => "\\b",
            0x0C => "\\f",
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            0..=0x1F => "",
            _ => continue,
        };
        out.push_str(&text[plain..index]);
        if escape.is_empty() {
            write!(out, "\\u{byte:04x}")?;
        } else {
            out.push_str(escape);
        }
        plain = index + 1;
    }
    out.push_str(&text[plain..]);
    out.write_char('"')
}

/// Decimals are numbers, dates and times are strings with six digits of the fraction, all else is base64 behind its type code.
fn write_opaque(code: u8, bytes: &[u8], out: &mut String) -> Result<(), JsonError> {
    const DECIMAL: u8 = 246;
    let packed = || bytes.try_into().map(i64::from_le_bytes).map_err(|_| JsonError::Malformed);
    let written = match code {
        DECIMAL => {
            let (&[precision, scale], digits) = bytes.split_first_chunk().ok_or(JsonError::Malformed)?;
            let form = DecimalForm::new(precision, scale).filter(|form| form.bytes() == digits.len());
            let value = form.and_then(|form| form.read_256(digits)).ok_or(JsonError::Malformed)?;
            write_decimal(value, scale, out)
        }
        7 | 10 | 12 => {
            let time = DateTime::unpack(packed()?.unsigned_abs());
            out.push('"');
            match code {
                10 => write!(out, "{}", Date { ..time.date }),
                _ => time.write(6, out),
            }
            .and_then(|()| out.write_char('"'))
        }
        11 => {
            out.push('"');
            unpack_time(packed()?).write(6, out).and_then(|()| out.write_char('"'))
        }
        code => {
            write!(out, "\"base64:type{code}:").map_err(|_| JsonError::Malformed)?;
            write_base64(bytes, out);
            out.write_char('"')
        }
    };
    written.map_err(|_| JsonError::Malformed)
}

/// A packed TIME: its magnitude is `(hours << 12 | minutes << 6 | seconds) << 24 | µs`.
fn unpack_time(packed: i64) -> Time {
    let positive = packed.unsigned_abs();
    let whole = positive >> 24;
    Time {
        negative: packed < 0,
        hours: (whole >> 12 & 0x3FF) as u32,
        minutes: (whole >> 6 & 0x3F) as u8,
        seconds: (whole & 0x3F) as u8,
        microseconds: (positive & 0xFF_FFFF) as u32,
    }
}

/// Base64 in lines of 76 characters, as the server's own encoder breaks them; in a JSON string the breaks are escaped.
fn write_base64(bytes: &[u8], out: &mut String) {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const GROUPS_A_LINE: usize = 19;
    for (index, group) in bytes.chunks(3).enumerate() {
        if index > 0 && index % GROUPS_A_LINE == 0 {
            out.push_str("\\n");
        }
        let bits = group.iter().fold(0_u32, |bits, &byte| bits << 8 | u32::from(byte)) << (8 * (3 - group.len()));
        for place in 0..4 {
            let digit = ALPHABET[(bits >> (18 - 6 * place) & 0x3F) as usize];
            out.push(if place <= group.len() { char::from(digit) } else { '=' });
        }
    }
}
