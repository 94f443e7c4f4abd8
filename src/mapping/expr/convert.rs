//! Reading a value of one type as a number, as text or as a condition.

use std::borrow::Cow;

use datafusion::logical_expr::Expr;

use super::cell::{Cell, Form};
use super::charset;
use super::decimal::Dec;
use super::function::{call_checked, call_strict, constant};
use super::number_text::{COLUMN_WIDTH, computed_integer_prefix, float_text, integer_prefix, real_prefix, real_text, real_text_in};
use super::row_error::RowError;
use super::sql_type::{ANY_DECIMALS, Kind};
use super::typed::Context;
use super::{moment, temporal};
use crate::schema::{Charset, Collation};

/// Lowers the question that `context` asks of a native value of type `kind`.
pub(super) fn to_context(kind: &Kind, value: Expr, context: &Context) -> Expr {
    match context {
        Context::Int { unsigned } => {
            let value = to_int(kind, ascii_text(kind, value));
            if *unsigned == kind.is_unsigned() { value } else { reinterpreted(value, *unsigned) }
        }
        Context::Real => to_real(kind, ascii_text(kind, value)),
        Context::Decimal => to_decimal(kind, ascii_text(kind, value)),
        Context::Text => to_text(kind, value),
        Context::Bool => to_bool(kind, ascii_text(kind, value)),
        Context::Kind(target) => to_kind(kind, value, target),
        Context::Cast(target) => temporal::cast(kind, ascii_text(kind, value), target),
        Context::ComparedDateTime => temporal::to_compared_datetime(kind, ascii_text(kind, value)),
        Context::LooseDateTime => temporal::to_loose_datetime(kind, ascii_text(kind, value)),
        Context::AnyDate => temporal::to_any_date(kind, ascii_text(kind, value)),
        Context::DayNumber => temporal::to_day_number_date(kind, ascii_text(kind, value)),
        Context::Moment(reading) => moment::to_moment(kind, ascii_text(kind, value), *reading),
    }
}

/// A text in a charset whose digits are not ASCII's, as utf8mb4.
fn ascii_text(kind: &Kind, value: Expr) -> Expr {
    match kind {
        Kind::Text { text, .. } if !charset::is_ascii_superset(text.charset()) => charset::convert(value, text.charset(), Charset::UTF8MB4),
        _ => value,
    }
}

/// The same 64 bits with or without a sign.
fn reinterpreted(value: Expr, unsigned: bool) -> Expr {
    if unsigned {
        call_strict("as_unsigned", Form::UInt, vec![value], |args| Ok(Cell::UInt(args[0].as_bits())))
    } else {
        call_strict("as_signed", Form::Int, vec![value], |args| Ok(Cell::Int(args[0].as_bits() as i64)))
    }
}

/// A native value of one type as one of another; what does not convert is NULL.
fn to_kind(kind: &Kind, value: Expr, target: &Kind) -> Expr {
    if kind == &Kind::Null {
        return constant(target.form(), &Cell::Null);
    }
    match target {
        Kind::Boolean => to_bool(kind, value),
        Kind::Integer { unsigned, .. } => to_context(kind, value, &Context::Int { unsigned: *unsigned }),
        Kind::Bit { .. } | Kind::Year => to_context(kind, value, &Context::Int { unsigned: true }),
        Kind::Decimal { .. } => to_context(kind, value, &Context::Decimal),
        Kind::Double { .. } => to_context(kind, value, &Context::Real),
        Kind::Float if kind == target => value,
        Kind::Float => {
            let real = to_context(kind, value, &Context::Real);
            call_strict("real_to_float", Form::Float, vec![real], |args| Ok(Cell::Float(args[0].as_real() as f32)))
        }
        Kind::Date | Kind::Time { .. } | Kind::DateTime { .. } => temporal::to_kind(kind, ascii_text(kind, value), target),
        Kind::Null | Kind::Text { .. } | Kind::HexLiteral { .. } => to_text(kind, value),
        Kind::Enum { .. } | Kind::Set { .. } | Kind::Json | Kind::Opaque(_) => value,
    }
}

fn to_int(kind: &Kind, value: Expr) -> Expr {
    match kind {
        Kind::Null => constant(Form::Int, &Cell::Null),
        Kind::Integer { .. } => value,
        Kind::Boolean => call_strict("boolean_to_int", Form::Int, vec![value], |args| Ok(Cell::Int(args[0].as_int() as i64))),
        Kind::Bit { .. } | Kind::Year => value,
        Kind::Decimal { unsigned: true, .. } => {
            call_strict("decimal_to_uint", Form::UInt, vec![value], |args| Ok(Cell::UInt(args[0].as_decimal().to_integer(true) as u64)))
        }
        Kind::Decimal { .. } => {
            call_strict("decimal_to_int", Form::Int, vec![value], |args| Ok(Cell::Int(args[0].as_decimal().to_integer(false) as i64)))
        }
        Kind::Float | Kind::Double { .. } => {
            call_strict("real_to_int", Form::Int, vec![value], |args| Ok(Cell::Int(real_to_int(args[0].as_real()))))
        }
        Kind::Text { .. } => {
            call_strict("text_to_int", Form::Int, vec![value], |args| Ok(Cell::Int(computed_integer_prefix(args[0].as_bytes()) as i64)))
        }
        Kind::HexLiteral { .. } => {
            call_strict("hex_to_int", Form::Int, vec![value], |args| Ok(Cell::Int(hex_number(args[0].as_bytes()) as i64)))
        }
        Kind::Enum { .. } | Kind::Set { .. } => {
            call_strict("label_to_int", Form::Int, vec![value], |args| Ok(Cell::Int(args[0].as_bits() as i64)))
        }
        Kind::Date | Kind::Time { .. } | Kind::DateTime { .. } => temporal::to_int(kind, value),
        Kind::Json | Kind::Opaque(_) => constant(Form::Int, &Cell::Null),
    }
}

fn to_real(kind: &Kind, value: Expr) -> Expr {
    match kind {
        Kind::Null => constant(Form::Real, &Cell::Null),
        Kind::Double { .. } => value,
        Kind::Text { .. } => call_strict("text_to_real", Form::Real, vec![value], |args| Ok(Cell::Real(real_prefix(args[0].as_bytes())))),
        Kind::Decimal { .. } => {
            call_strict("decimal_to_real", Form::Real, vec![value], |args| Ok(Cell::Real(args[0].as_decimal().to_real())))
        }
        Kind::HexLiteral { .. } => {
            call_strict("hex_to_real", Form::Real, vec![value], |args| Ok(Cell::Real(hex_number(args[0].as_bytes()) as f64)))
        }
        Kind::Date | Kind::Time { .. } | Kind::DateTime { .. } => {
            let decimal = temporal::to_decimal(kind, value);
            call_strict("decimal_to_real", Form::Real, vec![decimal], |args| Ok(Cell::Real(args[0].as_decimal().to_real())))
        }
        Kind::Boolean | Kind::Integer { .. } | Kind::Bit { .. } | Kind::Year | Kind::Float | Kind::Enum { .. } | Kind::Set { .. } => {
            call_strict("number_to_real", Form::Real, vec![value], |args| Ok(Cell::Real(args[0].as_real())))
        }
        Kind::Json | Kind::Opaque(_) => constant(Form::Real, &Cell::Null),
    }
}

fn to_decimal(kind: &Kind, value: Expr) -> Expr {
    match kind {
        Kind::Null => constant(Form::Decimal, &Cell::Null),
        Kind::Float => {
            call_strict("float_to_decimal", Form::Decimal, vec![value], |args| Ok(Cell::Decimal(Dec::from_real(args[0].as_real()))))
        }
        Kind::Double { .. } => {
            call_strict("real_to_decimal", Form::Decimal, vec![value], |args| Ok(Cell::Decimal(Dec::from_real(args[0].as_real()))))
        }
        Kind::Text { .. } => {
            call_strict("text_to_decimal", Form::Decimal, vec![value], |args| Ok(Cell::Decimal(Dec::from_text(args[0].as_bytes()))))
        }
        Kind::HexLiteral { .. } => call_strict("hex_to_decimal", Form::Decimal, vec![value], |args| {
            Ok(Cell::Decimal(Dec::from_integer(hex_number(args[0].as_bytes()).into())))
        }),
        Kind::Date | Kind::Time { .. } | Kind::DateTime { .. } => temporal::to_decimal(kind, value),
        Kind::Boolean
        | Kind::Integer { .. }
        | Kind::Decimal { .. }
        | Kind::Bit { .. }
        | Kind::Year
        | Kind::Enum { .. }
        | Kind::Set { .. } => call_strict("number_to_decimal", Form::Decimal, vec![value], |args| Ok(Cell::Decimal(args[0].as_decimal()))),
        Kind::Json | Kind::Opaque(_) => constant(Form::Decimal, &Cell::Null),
    }
}

fn to_text(kind: &Kind, value: Expr) -> Expr {
    match kind {
        Kind::Null => constant(Form::Bytes, &Cell::Null),
        Kind::Text { .. } | Kind::HexLiteral { .. } | Kind::Json | Kind::Opaque(_) => value,
        Kind::Boolean | Kind::Integer { .. } => call_strict("int_to_text", Form::Bytes, vec![value], |args| Ok(integer_text(&args[0]))),
        Kind::Year => {
            call_strict("year_to_text", Form::Bytes, vec![value], |args| Ok(Cell::bytes(format!("{:04}", args[0].as_int()).into())))
        }
        Kind::Bit { width } => {
            let bytes = usize::from(width.div_ceil(8));
            call_strict(format!("bit_to_bytes_{bytes}"), Form::Bytes, vec![value], move |args| {
                Ok(Cell::bytes(args[0].as_bits().to_be_bytes()[8 - bytes..].to_vec()))
            })
        }
        Kind::Decimal { scale, .. } => {
            let scale = *scale;
            call_strict(format!("decimal_to_text_{scale}"), Form::Bytes, vec![value], move |args| {
                Ok(Cell::bytes(args[0].as_decimal().rounded(scale.into()).to_text().into_bytes()))
            })
        }
        Kind::Float => call_strict("float_to_text", Form::Bytes, vec![value], |args| {
            Ok(Cell::bytes(float_text(args[0].as_real() as f32).into_bytes()))
        }),
        Kind::Double { decimals } => {
            let decimals = *decimals;
            call_strict(format!("real_to_text_{decimals}"), Form::Bytes, vec![value], move |args| {
                Ok(Cell::bytes(fixed_real_text(args[0].as_real(), decimals).into_bytes()))
            })
        }
        Kind::Date | Kind::Time { .. } | Kind::DateTime { .. } => temporal::to_text(kind, value),
        Kind::Enum { labels, collation } => {
            let labels = encoded(labels, *collation);
            call_strict(format!("enum_to_text_{labels:?}"), Form::Bytes, vec![value], move |args| {
                let label = usize::try_from(args[0].as_int() - 1).ok().and_then(|index| labels.get(index));
                Ok(Cell::bytes(label.cloned().unwrap_or_default()))
            })
        }
        Kind::Set { labels, collation } => {
            let labels = encoded(labels, *collation);
            let comma = charset::encode(",", collation.charset());
            call_strict(format!("set_to_text_{labels:?}"), Form::Bytes, vec![value], move |args| {
                let bits = args[0].as_bits();
                let chosen = labels.iter().enumerate().filter(|(index, _)| bits >> index & 1 == 1).map(|(_, label)| label.as_slice());
                Ok(Cell::bytes(chosen.collect::<Vec<_>>().join(comma.as_slice())))
            })
        }
    }
}

/// Labels in the bytes of their column's charset.
fn encoded(labels: &[String], collation: Collation) -> Vec<Vec<u8>> {
    labels.iter().map(|label| charset::encode(label, collation.charset())).collect()
}

fn to_bool(kind: &Kind, value: Expr) -> Expr {
    match kind {
        Kind::Boolean => value,
        Kind::Null => constant(Form::Bool, &Cell::Null),
        Kind::Decimal { .. } => {
            call_strict("decimal_is_true", Form::Bool, vec![value], |args| Ok(Cell::Bool(!args[0].as_decimal().is_zero())))
        }
        Kind::Integer { .. } | Kind::Bit { .. } | Kind::Year | Kind::Enum { .. } | Kind::Set { .. } => {
            call_strict("int_is_true", Form::Bool, vec![value], |args| Ok(Cell::Bool(args[0].as_int() != 0)))
        }
        Kind::Float
        | Kind::Double { .. }
        | Kind::Text { .. }
        | Kind::HexLiteral { .. }
        | Kind::Date
        | Kind::Time { .. }
        | Kind::DateTime { .. }
        | Kind::Json
        | Kind::Opaque(_) => {
            let real = to_real(kind, value);
            call_strict("real_is_true", Form::Bool, vec![real], |args| Ok(Cell::Bool(args[0].as_real() != 0.0)))
        }
    }
}

/// A column in the form that computed values of its type have, so that it can be one branch beside them.
pub(super) fn widened(value: Expr, form: Form) -> Expr {
    match value {
        Expr::Column(_) => call_strict(format!("as_{form:?}").to_lowercase(), form, vec![value], |args| Ok(args[0].clone())),
        computed => computed,
    }
}

/// The integer at the start of a text column, clipped to BIGINT; a computed text may go up to BIGINT UNSIGNED.
pub(super) fn column_text_to_int(kind: &Kind, value: Expr, unsigned: bool) -> Expr {
    let value = call_strict("column_text_to_int", Form::Int, vec![ascii_text(kind, value)], |args| {
        Ok(Cell::Int(i64::try_from(integer_prefix(args[0].as_bytes())).unwrap_or(i64::MAX)))
    });
    if unsigned { reinterpreted(value, true) } else { value }
}

/// The text of a DOUBLE column, which may take more characters than a computed one.
pub(super) fn column_real_to_text(value: Expr) -> Expr {
    call_strict("column_real_to_text", Form::Bytes, vec![value], |args| {
        Ok(Cell::bytes(real_text_in(args[0].as_real(), COLUMN_WIDTH).into_bytes()))
    })
}

/// A computed DOUBLE as BIGINT; out of range is an error.
pub(super) fn computed_real_to_int(value: Expr, unsigned: bool) -> Expr {
    let value = call_checked("computed_real_to_int", Form::Int, vec![value], |args| {
        let value = args[0].as_real().round_ties_even();
        let fits = (-9_223_372_036_854_775_808.0..9_223_372_036_854_775_808.0).contains(&value);
        if fits { Ok(Cell::Int(value as i64)) } else { Err(RowError::overflow("BIGINT", "a number")) }
    });
    if unsigned { reinterpreted(value, true) } else { value }
}

/// As [`computed_real_to_int`] for a cast to DOUBLE: the server takes both ends of the range for an overflow.
pub(super) fn cast_real_to_int(value: Expr, unsigned: bool) -> Expr {
    let value = call_checked("cast_real_to_int", Form::Int, vec![value], |args| {
        let value = args[0].as_real().round_ties_even();
        if value.abs() < 9_223_372_036_854_775_808.0 { Ok(Cell::Int(value as i64)) } else { Err(RowError::overflow("BIGINT", "a cast")) }
    });
    if unsigned { reinterpreted(value, true) } else { value }
}

/// The number that a hexadecimal literal's bytes are: its last eight.
pub(super) fn hex_number(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |number: u64, byte| number << 8 | u64::from(*byte))
}

/// Rounds half to even and clips to BIGINT.
pub(super) fn real_to_int(value: f64) -> i64 {
    value.round_ties_even() as i64
}

/// A DOUBLE with a fixed number of digits after the point, or as many as it needs.
pub(super) fn fixed_real_text(value: f64, decimals: u8) -> String {
    if decimals >= ANY_DECIMALS {
        return real_text(value);
    }
    let (decimals, shortest) = (usize::from(decimals), format!("{value}"));
    let (whole, fraction) = shortest.split_once('.').unwrap_or((&shortest, ""));
    if fraction.len() > decimals {
        return format!("{value:.decimals$}");
    }
    if decimals == 0 { whole.to_owned() } else { format!("{whole}.{fraction:0<decimals$}") }
}

fn integer_text<'a>(cell: &Cell<'_>) -> Cell<'a> {
    Cell::Bytes(Cow::Owned(cell.as_int().to_string().into_bytes()))
}
