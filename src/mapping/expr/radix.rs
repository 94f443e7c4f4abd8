//! Numbers in other bases: HEX, UNHEX, BIN, OCT, CONV; and ASCII, ORD, BIT_COUNT.

use datafusion::logical_expr::Expr;
use dsl::{Code, Span};

use super::bind::{Binder, Failed};
use super::cell::{Cell, Form};
use super::characters::Characters;
use super::charset::convert;
use super::function::{call_rows, call_strict, constant};
use super::sql_type::{Kind, ResultClass, TextKind};
use super::typed::Typed;
use crate::schema::{Charset, Collation};

/// The longest text of a number in another base, with its sign.
const LONGEST: u32 = 65;

fn ascii_result(length: u32, nullable: bool, value: Expr, parts: &[&Typed], span: Span) -> Typed {
    let text = TextKind::literal(TextKind::numeric().collation, true);
    Typed::combine(Kind::Text { length, text }, nullable, value, parts, span)
}

/// `HEX(x)`: the digits of a number, or of the bytes of a text.
pub(super) fn hex(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let x = &args[0];
    binder.accept_value(x)?;
    if x.class() != ResultClass::String {
        let value = call_strict("hex_number", Form::Bytes, vec![x.as_int()], |args| {
            Ok(Cell::bytes(format!("{:X}", args[0].as_bits()).into_bytes()))
        });
        return Ok(ascii_result(16, x.nullable, value, &[x], span));
    }
    let value = call_strict("hex_bytes", Form::Bytes, vec![x.as_text()], |args| {
        Ok(Cell::bytes(args[0].as_bytes().iter().flat_map(|byte| format!("{byte:02X}").into_bytes()).collect()))
    });
    let bytes = x.kind.text_length().saturating_mul(u32::from(x.text_kind().charset().max_bytes_per_char()));
    Ok(ascii_result(bytes.saturating_mul(2), x.nullable, value, &[x], span))
}

/// `UNHEX(s)`: the bytes that hexadecimal digits stand for; NULL where they are none.
pub(super) fn unhex(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    binder.accept_value(&args[0])?;
    let value = call_strict("unhex", Form::Bytes, vec![args[0].as_text()], |args| {
        let digit = |byte: &u8| char::from(*byte).to_digit(16).map(|digit| digit as u8);
        let digits: Option<Vec<u8>> = args[0].as_bytes().iter().map(digit).collect();
        let Some(mut digits) = digits else { return Ok(Cell::Null) };
        if digits.len() % 2 == 1 {
            digits.insert(0, 0);
        }
        Ok(Cell::bytes(digits.chunks(2).map(|pair| pair[0] << 4 | pair[1]).collect()))
    });
    let kind = Kind::Text { length: args[0].kind.text_length().div_ceil(2), text: TextKind::literal(Collation::BINARY, false) };
    Ok(Typed::combine(kind, true, value, &[&args[0]], span))
}

/// The text in a charset whose digits are ASCII's.
pub(super) fn readable(operand: &Typed) -> Expr {
    let charset = operand.text_kind().charset();
    if super::charset::is_ascii_superset(charset) { operand.as_text() } else { convert(operand.as_text(), charset, Charset::UTF8MB4) }
}

/// `BIN(n)`.
pub(super) fn bin(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    in_base(binder, &args[0], 10, 2, span)
}

/// `OCT(n)`.
pub(super) fn oct(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    in_base(binder, &args[0], 10, 8, span)
}

/// `CONV(n, from, to)`: NULL where a base is none.
pub(super) fn conv(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let base = |arg: &Typed| match arg.as_int() {
        Expr::Literal(value, _) => Some(value.to_string().parse::<i64>().unwrap_or(0)),
        _ => None,
    };
    if let (Some(from), Some(to)) = (base(&args[1]), base(&args[2])) {
        return in_base(binder, &args[0], from, to, span);
    }
    args.iter().try_for_each(|arg| binder.accept_value(arg))?;
    let n = &args[0];
    let is_bits = is_bits(n);
    let number = if is_bits { n.as_int() } else { readable(n) };
    // All three are evaluated, also behind a NULL.
    let value = call_rows(format!("conv_{is_bits}"), Form::Bytes, vec![number, args[1].as_int(), args[2].as_int()], move |args| {
        let base = |cell: &Cell<'_>| Some(i64::from(cell.as_bits() as i32)).filter(|base| is_base(*base) && !cell.is_null());
        let (Some(from), Some(to)) = (base(&args[1]), base(&args[2])) else { return Ok(Cell::Null) };
        Ok(match &args[0] {
            Cell::Null => Cell::Null,
            number if is_bits => Cell::bytes(written(number.as_bits(), to)),
            text if text.as_bytes().is_empty() => Cell::Null,
            text => Cell::bytes(written(read(text.as_bytes(), from), to)),
        })
    });
    Ok(ascii_result(LONGEST, true, value, &args.iter().collect::<Vec<_>>(), span))
}

fn is_base(base: i64) -> bool {
    (2..=36).contains(&base.unsigned_abs())
}

/// Whether the number is read as one, and not from its text.
fn is_bits(n: &Typed) -> bool {
    matches!(n.kind, Kind::Bit { .. } | Kind::HexLiteral { .. })
}

/// The digits of a text, read in one base and written in another; a negative base has a sign.
fn in_base(binder: &mut Binder<'_>, n: &Typed, from: i64, to: i64, span: Span) -> Result<Typed, Failed> {
    binder.accept_value(n)?;
    if !is_base(from) || !is_base(to) {
        let value = call_rows("conv_of_no_base", Form::Bytes, vec![n.as_text()], |_| Ok(Cell::Null));
        return Ok(ascii_result(LONGEST, true, value, &[n], span));
    }
    if is_bits(n) {
        let value = call_strict(format!("conv_bits_{to}"), Form::Bytes, vec![n.as_int()], move |args| {
            Ok(Cell::bytes(written(args[0].as_bits(), to)))
        });
        return Ok(ascii_result(LONGEST, true, value, &[n], span));
    }
    let value = call_strict(format!("conv_{from}_{to}"), Form::Bytes, vec![readable(n)], move |args| {
        let text = args[0].as_bytes();
        Ok(if text.is_empty() { Cell::Null } else { Cell::bytes(written(read(text, from), to)) })
    });
    Ok(ascii_result(LONGEST, true, value, &[n], span))
}

/// The number at the start of a text, clipped to 64 bits.
fn read(text: &[u8], base: i64) -> u64 {
    let rest = &text[text.iter().take_while(|byte| matches!(byte, b' ' | b'\t'..=b'\r')).count()..];
    let (negative, rest) = match rest {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    let radix = base.unsigned_abs() as u32;
    let mut value = Some(0u64);
    for digit in rest.iter().map_while(|byte| char::from(*byte).to_digit(radix)) {
        value = value.and_then(|value| value.checked_mul(radix.into())).and_then(|value| value.checked_add(digit.into()));
    }
    if base > 0 {
        return match value {
            Some(value) if negative => value.wrapping_neg(),
            Some(value) => value,
            None if negative => 0,
            None => u64::MAX,
        };
    }
    let limit = if negative { 1 << 63 } else { i64::MAX as u64 };
    let magnitude = value.unwrap_or(limit).min(limit);
    if negative { magnitude.wrapping_neg() } else { magnitude }
}

fn written(value: u64, base: i64) -> Vec<u8> {
    let is_negative = base < 0 && (value as i64) < 0;
    let radix = base.unsigned_abs();
    let mut rest = if is_negative { value.wrapping_neg() } else { value };
    let mut digits = Vec::new();
    loop {
        digits.push(b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"[(rest % radix) as usize]);
        rest /= radix;
        if rest == 0 {
            break;
        }
    }
    if is_negative {
        digits.push(b'-');
    }
    digits.reverse();
    digits
}

/// `ASCII(s)`: the first byte.
pub(super) fn ascii(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    binder.accept_value(&args[0])?;
    let value = call_strict("ascii", Form::Int, vec![args[0].as_text()], |args| {
        Ok(Cell::Int(args[0].as_bytes().first().copied().unwrap_or(0).into()))
    });
    Ok(Typed::combine(Kind::Integer { unsigned: false, digits: 3 }, args[0].nullable, value, &[&args[0]], span))
}

/// `ORD(s)`: the bytes of the first character as one number.
pub(super) fn ord(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    binder.accept_value(&args[0])?;
    let characters = Characters::of(args[0].text_kind().charset());
    let value = call_strict(format!("ord_{}", characters.name()), Form::Int, vec![args[0].as_text()], move |args| {
        let text = args[0].as_bytes();
        let first = if text.is_empty() { &[][..] } else { &text[..characters.first(text)] };
        Ok(Cell::Int(first.iter().fold(0, |number, byte| number << 8 | i64::from(*byte))))
    });
    Ok(Typed::combine(Kind::Integer { unsigned: false, digits: 21 }, args[0].nullable, value, &[&args[0]], span))
}

/// `BIT_COUNT(x)`: of a number's 64 bits, or of bytes.
pub(super) fn bit_count(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let x = &args[0];
    binder.accept_value(x)?;
    if x.computed && matches!(x.kind, Kind::Decimal { .. }) {
        let message = "bits of a computed DECIMAL are used".to_owned();
        return Err(binder.error_with(Code::TYPE_MISMATCH, message, x.span, "Write `CAST(… AS UNSIGNED)`."));
    }
    let kind = Kind::Integer { unsigned: false, digits: 2 };
    if x.is_null_literal() {
        return Ok(Typed::combine(kind, true, constant(Form::Int, &Cell::Null), &[x], span));
    }
    let value = if super::bits::is_bytes(&x.kind) {
        call_strict("bit_count_bytes", Form::Int, vec![x.as_text()], |args| {
            Ok(Cell::Int(args[0].as_bytes().iter().map(|byte| i64::from(byte.count_ones())).sum()))
        })
    } else {
        call_strict("bit_count", Form::Int, vec![x.as_int()], |args| Ok(Cell::Int(args[0].as_bits().count_ones().into())))
    };
    Ok(Typed::combine(kind, x.nullable, value, &[x], span))
}
