//! Internet addresses as texts, numbers and bytes.

use datafusion::logical_expr::Expr;
use dsl::Span;

use super::bind::{Binder, Failed};
use super::cell::{Cell, Form};
use super::function::{call_strict, constant};
use super::radix::readable;
use super::sql_type::{Kind, ResultClass, TextKind};
use super::typed::Typed;
use crate::schema::Collation;

/// `INET_ATON(s)`: short forms as `127.1` are addresses too.
pub(super) fn inet_aton(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    binder.accept_value(&args[0])?;
    let value = call_strict("inet_aton", Form::UInt, vec![readable(&args[0])], |args| {
        Ok(short_address(args[0].as_bytes()).map_or(Cell::Null, Cell::UInt))
    });
    Ok(Typed::combine(Kind::Integer { unsigned: true, digits: 20 }, true, value, &[&args[0]], span))
}

/// A group may be empty, but for the last; missing groups are zeros before the last.
fn short_address(text: &[u8]) -> Option<u64> {
    let (mut address, mut group, mut dots) = (0u64, 0u64, 0u32);
    for byte in text {
        match byte {
            b'0'..=b'9' => {
                group = group * 10 + u64::from(byte - b'0');
                if group > 255 {
                    return None;
                }
            }
            b'.' => {
                dots += 1;
                address = address << 8 | group;
                group = 0;
            }
            _ => return None,
        }
    }
    if dots > 3 || text.last().is_none_or(|last| *last == b'.') {
        return None;
    }
    let missing = if matches!(dots, 1 | 2) { 3 - dots } else { 0 };
    Some(address << (8 * missing) << 8 | group)
}

/// `INET_NTOA(n)`: NULL beyond 32 bits.
pub(super) fn inet_ntoa(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    binder.accept_value(&args[0])?;
    let value = call_strict("inet_ntoa", Form::Bytes, vec![args[0].as_int()], |args| {
        Ok(u32::try_from(args[0].as_bits()).map_or(Cell::Null, |address| Cell::bytes(dotted(address.to_be_bytes()).into_bytes())))
    });
    Ok(ascii_text(31, value, &args[0], span))
}

fn ascii_text(length: u32, value: Expr, of: &Typed, span: Span) -> Typed {
    let text = TextKind::literal(TextKind::numeric().collation, true);
    Typed::combine(Kind::Text { length, text }, true, value, &[of], span)
}

fn dotted([a, b, c, d]: [u8; 4]) -> String {
    format!("{a}.{b}.{c}.{d}")
}

/// `INET6_ATON(s)`: 4 or 16 bytes; NULL where it is no address.
pub(super) fn inet6_aton(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    binder.accept_value(&args[0])?;
    let value = call_strict("inet6_aton", Form::Bytes, vec![readable(&args[0])], |args| {
        let text = args[0].as_bytes();
        let bytes = ipv4(text).map(|bytes| bytes.to_vec()).or_else(|| ipv6(text).map(|bytes| bytes.to_vec()));
        Ok(bytes.map_or(Cell::Null, Cell::bytes))
    });
    let kind = Kind::Text { length: 16, text: TextKind::literal(Collation::BINARY, false) };
    Ok(Typed::combine(kind, true, value, &[&args[0]], span))
}

/// `INET6_NTOA(bytes)`: NULL for other than 4 or 16 bytes, and for texts.
pub(super) fn inet6_ntoa(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    binder.accept_value(&args[0])?;
    let is_bytes = args[0].text_kind().charset().is_binary();
    let value = call_strict(format!("inet6_ntoa_{is_bytes}"), Form::Bytes, vec![args[0].as_text()], move |args| {
        let bytes = args[0].as_bytes();
        if !is_bytes {
            return Ok(Cell::Null);
        }
        if let Ok(bytes) = <[u8; 4]>::try_from(bytes) {
            return Ok(Cell::bytes(dotted(bytes).into_bytes()));
        }
        Ok(<[u8; 16]>::try_from(bytes).map_or(Cell::Null, |bytes| Cell::bytes(with_colons(bytes).into_bytes())))
    });
    Ok(ascii_text(39, value, &args[0], span))
}

/// The first longest run of zeros is `::`; behind one of 96 bits, or of 80 bits and `ffff`, stands an IPv4 address.
fn with_colons(bytes: [u8; 16]) -> String {
    let words: Vec<u16> = bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect();
    let run = |start: usize| words[start..].iter().take_while(|word| **word == 0).count();
    let (mut gap, mut length) = (usize::MAX, 0);
    for start in 0..8 {
        if run(start) > length {
            (gap, length) = (start, run(start));
        }
    }
    let mut text = String::new();
    let mut at = 0;
    while at < 8 {
        if at == gap {
            text.push_str(if at == 0 { "::" } else { ":" });
            at += length;
        } else if at == 6 && gap == 0 && (length == 6 || (length == 5 && words[5] == 0xFFFF)) {
            return text + &dotted([bytes[12], bytes[13], bytes[14], bytes[15]]);
        } else {
            text.push_str(&format!("{:x}{}", words[at], if at == 7 { "" } else { ":" }));
            at += 1;
        }
    }
    text
}

/// What stands before a zero byte: the server reads addresses as C does.
fn before_zero(text: &[u8]) -> &[u8] {
    text.split(|byte| *byte == 0).next().unwrap_or(&[])
}

/// Four groups of one to three digits.
fn ipv4(text: &[u8]) -> Option<[u8; 4]> {
    if !(7..=15).contains(&text.len()) {
        return None;
    }
    let mut bytes = [0; 4];
    let mut groups = before_zero(text).split(|byte| *byte == b'.');
    for byte in &mut bytes {
        let group = groups.next().filter(|group| (1..=3).contains(&group.len()) && group.iter().all(u8::is_ascii_digit))?;
        *byte = u8::try_from(group.iter().fold(0u32, |value, digit| value * 10 + u32::from(digit - b'0'))).ok()?;
    }
    groups.next().is_none().then_some(bytes)
}

fn ipv6(text: &[u8]) -> Option<[u8; 16]> {
    if !(2..=39).contains(&text.len()) {
        return None;
    }
    let text = before_zero(text);
    // It may start with `::`, but not with one colon.
    let mut rest = match text {
        [b':', b':', ..] => &text[1..],
        [b':', ..] => return None,
        _ => text,
    };
    let (mut bytes, mut gap) = (Vec::with_capacity(16), None);
    loop {
        let end = rest.iter().position(|byte| matches!(byte, b':' | b'.')).unwrap_or(rest.len());
        let (group, after) = rest.split_at(end);
        match after.first() {
            Some(b':') if group.is_empty() => {
                if gap.replace(bytes.len()).is_some() {
                    return None;
                }
                rest = &after[1..];
            }
            Some(b':') if after.len() == 1 => return None,
            Some(b':') => {
                bytes.extend(hexadecimal(group)?);
                rest = &after[1..];
            }
            Some(_) => {
                bytes.extend(ipv4(rest)?);
                break;
            }
            None if group.is_empty() => break,
            None => {
                bytes.extend(hexadecimal(group)?);
                break;
            }
        }
    }
    let missing = 16usize.checked_sub(bytes.len())?;
    if let Some(gap) = gap {
        if missing == 0 {
            return None;
        }
        bytes.splice(gap..gap, std::iter::repeat_n(0, missing));
    }
    bytes.try_into().ok()
}

fn hexadecimal(group: &[u8]) -> Option<[u8; 2]> {
    if group.len() > 4 {
        return None;
    }
    let value = group.iter().try_fold(0u16, |value, digit| Some(value << 4 | char::from(*digit).to_digit(16)? as u16))?;
    Some(value.to_be_bytes())
}

/// A test of a text; what is no text at all passes none and is not evaluated.
fn test(
    binder: &mut Binder<'_>,
    arg: &Typed,
    name: &'static str,
    span: Span,
    passes: fn(&[u8]) -> bool,
    value: fn(&Typed) -> Option<Expr>,
) -> Result<Typed, Failed> {
    binder.accept_value(arg)?;
    let value = match value(arg).filter(|_| arg.class() == ResultClass::String) {
        Some(text) => call_strict(name, Form::Bool, vec![text], move |args| Ok(Cell::Bool(passes(args[0].as_bytes())))),
        None if arg.class() == ResultClass::String => {
            call_strict(format!("{name}_of_text"), Form::Bool, vec![arg.as_text()], |_| Ok(Cell::Bool(false)))
        }
        None => constant(Form::Bool, &Cell::Bool(false)),
    };
    Ok(Typed::combine(Kind::Boolean, arg.nullable, value, &[arg], span))
}

fn bytes_only(arg: &Typed) -> Option<Expr> {
    arg.text_kind().charset().is_binary().then(|| arg.as_text())
}

/// `IS_IPV4(s)`.
pub(super) fn is_ipv4(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    test(binder, &args[0], "is_ipv4", span, |text| ipv4(text).is_some(), |arg| Some(readable(arg)))
}

/// `IS_IPV6(s)`.
pub(super) fn is_ipv6(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    test(binder, &args[0], "is_ipv6", span, |text| ipv6(text).is_some(), |arg| Some(readable(arg)))
}

/// `IS_IPV4_COMPAT(bytes)`: an IPv4 address behind 96 bits of zeros.
pub(super) fn is_ipv4_compat(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let passes = |bytes: &[u8]| bytes.len() == 16 && bytes[..12].iter().all(|byte| *byte == 0) && bytes[12..] > [0, 0, 0, 1][..];
    test(binder, &args[0], "is_ipv4_compat", span, passes, bytes_only)
}

/// `IS_IPV4_MAPPED(bytes)`: an IPv4 address behind 80 bits of zeros and `ffff`.
pub(super) fn is_ipv4_mapped(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let passes = |bytes: &[u8]| bytes.len() == 16 && bytes[..10].iter().all(|byte| *byte == 0) && bytes[10..12] == [0xFF; 2];
    test(binder, &args[0], "is_ipv4_mapped", span, passes, bytes_only)
}
