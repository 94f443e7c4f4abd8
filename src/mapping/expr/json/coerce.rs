//! JSON values as numbers, dates and texts, and as conditions: what MySQL gets of them where it asks for one.

use std::borrow::Cow;

use datafusion::logical_expr::Expr;

use super::document::{row_error, value};
use super::order::{Rank, packed, rank};
use super::scalar::{code, decimal_of};
use crate::columnar::json::{JsonError, Value, write_json};
use crate::mapping::expr::cell::{Cell, Form};
use crate::mapping::expr::decimal::Dec;
use crate::mapping::expr::function::call_strict;
use crate::mapping::expr::number_text::{computed_integer_prefix, decimal_prefix, real_prefix};
use crate::mapping::expr::sql_type::Kind;
use crate::mapping::expr::temporal::{self, Parts};
use crate::mapping::expr::temporal_text::{self, FoundDate, LONGEST_TIME_S, Zeros};

/// A number and whether the whole value is one.
pub(super) struct Coerced<T> {
    pub(super) number: T,
    pub(super) exact: bool,
}

impl<T> Coerced<T> {
    fn exact(number: T) -> Self {
        Self { number, exact: true }
    }

    fn inexact(number: T) -> Self {
        Self { number, exact: false }
    }
}

/// 64 bits, and whether they are a number without sign.
pub(super) struct Bits {
    pub(super) bits: i64,
    pub(super) unsigned: bool,
}

/// The integer of a value; 0 where it has none.
pub(super) fn integer(value: Value<'_>) -> Result<Coerced<Bits>, JsonError> {
    let bits = |bits: i64, unsigned: bool| Bits { bits, unsigned };
    Ok(match value {
        Value::Int(value) => Coerced::exact(bits(value, false)),
        Value::UInt(value) => Coerced::exact(bits(value as i64, true)),
        Value::Bool(value) => Coerced::exact(bits(value.into(), true)),
        Value::Double(value) => {
            let fits = value > i64::MIN as f64 && value < i64::MAX as f64;
            Coerced { number: bits(value.round_ties_even() as i64, false), exact: fits }
        }
        Value::Text(text) => {
            let number = computed_integer_prefix(text.as_bytes());
            let digits = text.trim_start_matches([' ', '\t']);
            let negative = digits.starts_with('-');
            let digits = digits.strip_prefix(['-', '+']).unwrap_or(digits);
            let is_whole = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
            let fits =
                digits.parse::<i128>().is_ok_and(|value| if negative { -value >= i64::MIN.into() } else { value <= u64::MAX.into() });
            Coerced { number: bits(number as i64, !negative), exact: is_whole && fits }
        }
        Value::Opaque(code::DECIMAL, bytes) => {
            let value = decimal_of(bytes)?;
            Coerced::exact(bits(value.to_integer(!value.is_negative()) as i64, !value.is_negative()))
        }
        Value::Null | Value::Opaque(..) | Value::Array(_) | Value::Object(_) => Coerced::inexact(bits(0, false)),
    })
}

/// The DOUBLE of a value; 0 where it has none.
pub(super) fn real(value: Value<'_>) -> Result<Coerced<f64>, JsonError> {
    Ok(match value {
        Value::Int(value) => Coerced::exact(value as f64),
        Value::UInt(value) => Coerced::exact(value as f64),
        Value::Bool(value) => Coerced::exact(value.into()),
        Value::Double(value) => Coerced::exact(value),
        Value::Text(text) => {
            let prefix = decimal_prefix(text.as_bytes());
            let number = real_prefix(text.as_bytes());
            Coerced { number, exact: prefix.length > 0 && prefix.length == text.len() && number.abs() < f64::MAX }
        }
        Value::Opaque(code::DECIMAL, bytes) => Coerced::exact(decimal_of(bytes)?.to_real()),
        Value::Null | Value::Opaque(..) | Value::Array(_) | Value::Object(_) => Coerced::inexact(0.0),
    })
}

/// The DECIMAL of a value; 0 where it has none. A number without sign is read as if it had one.
pub(super) fn decimal(value: Value<'_>) -> Result<Coerced<Dec>, JsonError> {
    Ok(match value {
        Value::Int(value) => Coerced::exact(Dec::from_integer(value.into())),
        Value::UInt(value) => Coerced::exact(Dec::from_integer((value as i64).into())),
        Value::Bool(value) => Coerced::exact(Dec::from_integer(value.into())),
        Value::Double(value) => Coerced { number: Dec::from_real(value), exact: value.abs() < 1e81 },
        Value::Text(text) => {
            let prefix = decimal_prefix(text.as_bytes());
            let is_whole = prefix.length > 0 && text.as_bytes()[prefix.length..].iter().all(u8::is_ascii_whitespace);
            Coerced { number: Dec::from_text(text.as_bytes()), exact: is_whole && !prefix.has_endless_exponent }
        }
        Value::Opaque(code::DECIMAL, bytes) => Coerced::exact(decimal_of(bytes)?),
        Value::Null | Value::Opaque(..) | Value::Array(_) | Value::Object(_) => Coerced::inexact(Dec::from_integer(0)),
    })
}

/// A date and its time as they stand in a value, and whether a text had a time.
pub(super) fn datetime(value: Value<'_>) -> Result<Option<(Parts, bool)>, JsonError> {
    Ok(match value {
        Value::Opaque(code::DATE | code::DATETIME | code::TIMESTAMP, bytes) => {
            Some((Parts::from_datetime(packed(bytes)?.unsigned_abs()), true))
        }
        Value::Text(text) => written(text).map(|found| (found.parts, found.has_time)),
        _ => None,
    })
}

/// A text of a date; a zone behind it is checked, but does not move it.
fn written(text: &str) -> Option<FoundDate> {
    let text = cut_fraction(text);
    let complete = |text: &str| temporal_text::found_datetime(text.as_bytes(), Zeros::NONE).filter(|found| found.complete);
    let found = complete(&text)?;
    match zone_start(&text) {
        Some(at) => complete(&text[..at]),
        None => Some(found),
    }
}

/// Where `+01:00` stands behind a time.
fn zone_start(text: &str) -> Option<usize> {
    let at = text.len().checked_sub(6).filter(|at| *at > 10 && text.is_char_boundary(*at))?;
    let zone = text.as_bytes().get(at..)?;
    (matches!(zone[0], b'+' | b'-') && zone[3] == b':').then_some(at)
}

/// Digits behind the microseconds are cut, not rounded.
fn cut_fraction(text: &str) -> Cow<'_, str> {
    let Some(point) = text.rfind('.') else { return Cow::Borrowed(text) };
    let digits = text[point + 1..].bytes().take_while(u8::is_ascii_digit).count();
    if digits <= 6 {
        return Cow::Borrowed(text);
    }
    Cow::Owned(format!("{}{}", &text[..point + 7], &text[point + 1 + digits..]))
}

/// The microseconds of a time.
pub(super) fn time(value: Value<'_>) -> Result<Option<i64>, JsonError> {
    Ok(match value {
        Value::Opaque(code::TIME, bytes) => {
            let packed = packed(bytes)?;
            let parts = Parts { negative: packed < 0, ..Parts::from_datetime(packed.unsigned_abs()) };
            // Hours beyond 31 reach into the bits of the day.
            let hour = (packed.unsigned_abs() >> 36 & 0x3FF) as u32;
            Some(Parts { year: 0, month: 0, day: 0, hour, ..parts }.to_time())
        }
        Value::Text(text) => {
            let text = cut_fraction(text);
            let text = zone_start(&text).map_or(&*text, |at| &text[..at]);
            let is_plain = |found: &temporal_text::FoundTime| {
                found.complete && found.micros.unsigned_abs() <= LONGEST_TIME_S * 1_000_000 && text.contains(':')
            };
            temporal_text::time(text.as_bytes()).filter(is_plain).map(|found| found.micros)
        }
        _ => None,
    })
}

/// The text of a value: a string stands without its quotes.
pub(super) fn unquoted(value: Value<'_>) -> Result<String, JsonError> {
    let mut text = String::new();
    match value {
        Value::Text(plain) => text.push_str(plain),
        other => {
            write_json(&other.to_document(), &mut text)?;
            // Other scalars in quotes have no escapes but the line breaks of Base64.
            if let (Value::Opaque(..), Some(inner)) = (other, text.strip_prefix('"').and_then(|text| text.strip_suffix('"'))) {
                text = inner.replace("\\n", "\n");
            }
        }
    }
    Ok(text)
}

/// BIGINT.
pub(in super::super) fn to_int(document: Expr) -> Expr {
    call_strict("json_to_int", Form::Int, vec![document], |args| {
        integer(value(&args[0])?).map(|found| Cell::Int(found.number.bits)).map_err(row_error)
    })
}

/// DOUBLE.
pub(in super::super) fn to_real(document: Expr) -> Expr {
    call_strict("json_to_real", Form::Real, vec![document], |args| {
        real(value(&args[0])?).map(|found| Cell::Real(found.number)).map_err(row_error)
    })
}

/// DECIMAL.
pub(in super::super) fn to_decimal(document: Expr) -> Expr {
    call_strict("json_to_decimal", Form::Decimal, vec![document], |args| {
        decimal(value(&args[0])?).map(|found| Cell::Decimal(found.number)).map_err(row_error)
    })
}

/// The document's text.
pub(in super::super) fn to_text(document: Expr) -> Expr {
    call_strict("json_to_text", Form::Bytes, vec![document], |args| {
        let mut text = String::with_capacity(args[0].as_bytes().len());
        write_json(args[0].as_bytes(), &mut text).map_err(row_error)?;
        Ok(Cell::bytes(text.into_bytes()))
    })
}

/// The condition of IF and CASE: a number that is not 0.
pub(in super::super) fn to_bool(document: Expr) -> Expr {
    call_strict("json_is_true", Form::Bool, vec![document], |args| {
        real(value(&args[0])?).map(|found| Cell::Bool(found.number != 0.0)).map_err(row_error)
    })
}

/// The condition of WHERE, AND, OR, XOR, NOT and IS TRUE: anything but the number 0.
pub(in super::super) fn to_condition(document: Expr) -> Expr {
    call_strict("json_is_not_0", Form::Bool, vec![document], |args| {
        let value = value(&args[0])?;
        Ok(Cell::Bool(rank(value) != Rank::Number || real(value).map_err(row_error)?.number != 0.0))
    })
}

/// A date or a time; NULL where the value is none.
pub(in super::super) fn to_temporal(document: Expr, to: &Kind) -> Expr {
    let to = to.clone();
    call_strict(format!("json_to_{}_{}", to.describe(), to.decimals()).to_lowercase(), to.form(), vec![document], move |args| {
        let value = value(&args[0])?;
        Ok(match &to {
            Kind::Time { fsp } => {
                time(value).map_err(row_error)?.map_or(Cell::Null, |micros| Cell::Int(temporal::rounded_time(micros, *fsp)))
            }
            Kind::Date => datetime(value).map_err(row_error)?.map_or(Cell::Null, |(parts, _)| Cell::UInt(parts.to_date())),
            _ => {
                let found = datetime(value).map_err(row_error)?.and_then(|(parts, _)| temporal::rounded(parts, to.decimals()));
                found.map_or(Cell::Null, |parts| Cell::UInt(parts.to_datetime()))
            }
        })
    })
}
