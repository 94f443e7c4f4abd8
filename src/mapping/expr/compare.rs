//! `= <=> <> < <= > >=`: which domain two operands meet in, and the comparison there.

use std::cmp::Ordering;

use datafusion::common::ScalarValue;
use datafusion::logical_expr::{Expr, is_null};
use dsl::{BinaryOp, Code, Span};

use super::bind::{Binder, Failed};
use super::cell::{Cell, Form};
use super::function::{call_rows, call_strict, call_vector, constant, is_fallible};
use super::sql_type::{ANY_DECIMALS, Kind, ResultClass};
use super::typed::{Context, Typed, choose};
use super::{date_compare, integer, json, temporal_text};

/// Where two operands meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Domain {
    Int,
    Decimal,
    Real,
    Text,
}

/// The domain of two classes.
pub(super) fn domain(left: ResultClass, right: ResultClass) -> Domain {
    match (left, right) {
        (ResultClass::String, ResultClass::String) => Domain::Text,
        (ResultClass::Int, ResultClass::Int) => Domain::Int,
        (ResultClass::Int | ResultClass::Decimal, ResultClass::Int | ResultClass::Decimal) => Domain::Decimal,
        _ => Domain::Real,
    }
}

/// Whether an ordering satisfies the operator.
pub(super) fn holds(op: BinaryOp, ordering: Ordering) -> bool {
    match op {
        BinaryOp::Eq | BinaryOp::NullSafeEq => ordering.is_eq(),
        BinaryOp::NotEq => ordering.is_ne(),
        BinaryOp::Lt => ordering.is_lt(),
        BinaryOp::LtEq => ordering.is_le(),
        BinaryOp::Gt => ordering.is_gt(),
        _ => ordering.is_ge(),
    }
}

pub(super) fn word(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Eq => "eq",
        BinaryOp::NullSafeEq => "null_safe_eq",
        BinaryOp::NotEq => "not_eq",
        BinaryOp::Lt => "lt",
        BinaryOp::LtEq => "lt_eq",
        BinaryOp::Gt => "gt",
        _ => "gt_eq",
    }
}

/// Who compares: an operator casts both sides to the type of a date, NULLIF takes them as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Asker {
    Operator,
    Nullif,
}

/// Types and lowers a comparison.
pub(super) fn comparison(binder: &mut Binder<'_>, left: &Typed, op: BinaryOp, right: &Typed, span: Span) -> Result<Typed, Failed> {
    compare_for(binder, Asker::Operator, left, op, right, span)
}

/// As [`comparison`], for another asker.
pub(super) fn compare_for(
    binder: &mut Binder<'_>,
    asker: Asker,
    left: &Typed,
    op: BinaryOp,
    right: &Typed,
    span: Span,
) -> Result<Typed, Failed> {
    binder.accept_value(left)?;
    binder.accept_value(right)?;
    binder.accept_beside(left, right)?;
    binder.accept_beside(right, left)?;
    if op == BinaryOp::NullSafeEq {
        accept_constants(binder, left, right)?;
    }
    let has_json = left.kind == Kind::Json || right.kind == Kind::Json;
    let other = if has_json {
        Some(json::comparison(binder, left, op, right)?)
    } else {
        temporal_operands(binder, asker, left, op, right, span)?.map(|operands| packed(op, operands.into()))
    };
    let value = match other {
        Some(value) => value,
        None => match exact_domain(left, right).unwrap_or_else(|| domain(left.class(), right.class())) {
            Domain::Int => integers(left, op, right),
            Domain::Decimal => {
                rows(op, "decimal", vec![left.as_decimal(), right.as_decimal()], |left, right| left.as_decimal().cmp(&right.as_decimal()))
            }
            Domain::Real => reals(left, op, right),
            Domain::Text => {
                let (left, right, collator) = binder.comparable(left, right, span)?;
                let name = format!("text_{}", collator.name());
                rows(op, &name, vec![left, right], move |left, right| collator.compare(left.as_bytes(), right.as_bytes()))
            }
        },
    };
    let value = if op == BinaryOp::NullSafeEq && is_fallible(&value) {
        // Behind a NULL the other side is not converted, and a number that cannot be NULL is not even asked for.
        let is_computed_before = right.constant && (left.constant || left.class() != right.class());
        let is_asked = right.nullable || is_computed_before || right.class() == ResultClass::String;
        let both = if is_asked { is_null(right.as_native()) } else { constant(Form::Bool, &Cell::Bool(false)) };
        choose(vec![(Box::new(is_null(left.as_native())), Box::new(both))], value)
    } else {
        value
    };
    let may_lack_date = left.has_date() || right.has_date();
    let nullable = op != BinaryOp::NullSafeEq && (left.nullable || right.nullable || may_lack_date);
    Ok(Typed::combine(Kind::Boolean, nullable, value, &[left, right], span))
}

/// Refuses a constant that fails beside another one: whether the server computes it beside a NULL depends on the types.
fn accept_constants(binder: &mut Binder<'_>, left: &Typed, right: &Typed) -> Result<(), Failed> {
    let failing = [left, right].into_iter().find(|side| is_fallible(&side.as_native()));
    match failing.filter(|_| left.constant && right.constant) {
        Some(failing) => Err(binder.error(Code::CONSTANT_OUT_OF_RANGE, "this constant has no value".into(), failing.span)),
        None => Ok(()),
    }
}

/// DOUBLEs of a fixed number of digits are equal where they differ by less than half of the last one.
fn reals(left: &Typed, op: BinaryOp, right: &Typed) -> Expr {
    let args = vec![left.as_real(), right.as_real()];
    let decimals = left.kind.decimals().max(right.kind.decimals());
    if decimals >= ANY_DECIMALS {
        return rows(op, "real", args, |left, right| left.as_real().partial_cmp(&right.as_real()).unwrap_or(Ordering::Equal));
    }
    let tolerance = 5.0 / 10f64.powi(i32::from(decimals) + 1);
    rows(op, &format!("real_{decimals}"), args, move |left, right| {
        let (left, right) = (left.as_real(), right.as_real());
        if (left - right).abs() < tolerance { Ordering::Equal } else { left.partial_cmp(&right).unwrap_or(Ordering::Equal) }
    })
}

/// Where a number meets a constant text without becoming a DOUBLE, so that no digit is lost.
pub(super) fn exact_domain(left: &Typed, right: &Typed) -> Option<Domain> {
    let decimal = |number: &Typed, text: &Typed| {
        let is_decimal = number.class() == ResultClass::Decimal && !number.constant;
        (is_decimal && text.constant && text.class() == ResultClass::String).then_some(Domain::Decimal)
    };
    whole_number(left, right).or_else(|| decimal(left, right)).or_else(|| decimal(right, left))
}

/// A column of integers meets a constant text that is an integer as one, not as DOUBLE: no digit is lost.
fn whole_number(left: &Typed, right: &Typed) -> Option<Domain> {
    let fits = |column: &Typed, other: &Typed| {
        let text = if other.constant { other.literal_text() } else { None }?;
        let text = std::str::from_utf8(&text).ok()?;
        let is_text = matches!(other.kind, Kind::Text { .. });
        let is_number = text.parse::<i64>().is_ok() || (column.kind.is_unsigned() && text.parse::<u64>().is_ok());
        (is_text && column.column.is_some() && matches!(column.kind, Kind::Integer { .. }) && is_number).then_some(Domain::Decimal)
    };
    fits(left, right).or_else(|| fits(right, left))
}

/// The packed operands of a comparison with a date or a time that is not made as numbers or texts.
pub(super) fn temporal_operands(
    binder: &mut Binder<'_>,
    asker: Asker,
    left: &Typed,
    op: BinaryOp,
    right: &Typed,
    span: Span,
) -> Result<Option<[Expr; 2]>, Failed> {
    let is_time = |typed: &Typed| matches!(typed.kind, Kind::Time { .. });
    if (left.is_year() && right.kind.is_temporal()) || (left.kind.is_temporal() && right.is_year()) {
        return Err(binder.error(Code::TYPE_MISMATCH, "a YEAR is compared with a date or a time".into(), span));
    }
    for (column, other) in [(left, right), (right, left)] {
        accept_constant(binder, column, other)?;
    }
    if (is_time(left) && is_time(right)) || (left.kind == Kind::Date && right.kind == Kind::Date) {
        return Ok(Some([left.as_native(), right.as_native()]));
    }
    let are_strings = left.class() == ResultClass::String && right.class() == ResultClass::String;
    if (left.has_date() || right.has_date()) && are_strings {
        binder.accept_date(left)?;
        binder.accept_date(right)?;
        let cast = if asker == Asker::Operator { date_compare::injected_cast(left, right) } else { None };
        let is_soft = |side: &Typed| side.computed && (side.has_date() || side.is_choice());
        if op == BinaryOp::NullSafeEq && (is_soft(left) || is_soft(right)) {
            let message = "`<=>` with a computed date asks what a zero date is".to_owned();
            return Err(binder.error_with(Code::TYPE_MISMATCH, message, span, "Write `=` and `IS NULL`."));
        }
        let (left, right) = (binder.compared_date(left, cast.as_ref(), span)?, binder.compared_date(right, cast.as_ref(), span)?);
        return Ok(Some([left, right]));
    }
    // A constant becomes what the column is, where it can.
    for (column, other) in [(left, right), (right, left)] {
        let Some((kind, constant)) = as_column(column, other) else { continue };
        let read = if matches!(kind, Kind::DateTime { .. }) { column.as_context(&Context::ComparedDateTime) } else { column.as_native() };
        return Ok(Some(if std::ptr::eq(column, left) { [read, constant] } else { [constant, read] }));
    }
    Ok(None)
}

/// Refuses constants that a column of dates, times or years takes for something else than they are.
fn accept_constant(binder: &mut Binder<'_>, column: &Typed, other: &Typed) -> Result<(), Failed> {
    if column.column.is_none() || !other.constant || other.kind == Kind::Null {
        return Ok(());
    }
    let is_small = |value: Expr| matches!(value, Expr::Literal(ScalarValue::Int64(Some(101..=9999)), _));
    let is_number = matches!(other.kind, Kind::Integer { .. }) && (is_small(other.as_int()) || !matches!(column.kind, Kind::Year));
    let is_odd = match column.kind {
        Kind::Year => !is_number,
        Kind::Time { .. } => other.computed,
        Kind::Date | Kind::DateTime { .. } => {
            other.class() != ResultClass::String
                && matches!(other.as_kind(&Kind::DateTime { fsp: 6 }), Expr::Literal(value, _) if value.is_null())
        }
        _ => false,
    };
    if !is_odd {
        return Ok(());
    }
    let message = format!("this constant is no {} as it stands", column.kind.describe());
    Err(binder.error(Code::TYPE_MISMATCH, message, other.span))
}

/// A constant in the type of the column beside it; none where it does not convert without loss.
fn as_column(column: &Typed, other: &Typed) -> Option<(Kind, Expr)> {
    let kind = match column.kind {
        Kind::Date if matches!(other.kind, Kind::Integer { .. }) => Kind::Date,
        Kind::Date | Kind::DateTime { .. } if other.class() != ResultClass::String => Kind::DateTime { fsp: 6 },
        Kind::Time { fsp } if other.kind != Kind::Null => Kind::Time { fsp },
        _ => return None,
    };
    if column.column.is_none() || !other.constant {
        return None;
    }
    if matches!(other.kind, Kind::Text { .. })
        && !other.literal_text().and_then(|text| temporal_text::time(&text)).is_some_and(|time| time.complete)
    {
        return None;
    }
    if matches!(other.as_int(), Expr::Literal(ScalarValue::UInt64(Some(value)), _) if value > i64::MAX as u64) {
        return None;
    }
    let constant = other.as_kind(&kind);
    let is_clipped = |micros: i64| micros.unsigned_abs() >= temporal_text::LONGEST_TIME_S * 1_000_000;
    match &constant {
        Expr::Literal(ScalarValue::DurationMicrosecond(Some(micros)), _) if !is_clipped(*micros) => Some((kind, constant)),
        Expr::Literal(ScalarValue::UInt64(Some(_)), _) => Some((kind, constant)),
        _ => None,
    }
}

/// Compares times in one packed form.
fn packed(op: BinaryOp, args: Vec<Expr>) -> Expr {
    rows(op, "packed", args, date_compare::packed)
}

fn rows(op: BinaryOp, domain: &str, args: Vec<Expr>, compare: impl Fn(&Cell<'_>, &Cell<'_>) -> Ordering + Send + Sync + 'static) -> Expr {
    let name = format!("{}_{domain}", word(op));
    if op == BinaryOp::NullSafeEq {
        return call_rows(name, Form::Bool, args, move |args| {
            let equal = match (args[0].is_null(), args[1].is_null()) {
                (false, false) => compare(&args[0], &args[1]).is_eq(),
                (left, right) => left == right,
            };
            Ok(Cell::Bool(equal))
        });
    }
    call_strict(name, Form::Bool, args, move |args| Ok(Cell::Bool(holds(op, compare(&args[0], &args[1])))))
}

fn integers(left: &Typed, op: BinaryOp, right: &Typed) -> Expr {
    let args = vec![left.as_int(), right.as_int()];
    let (left_unsigned, right_unsigned) = (left.kind.is_unsigned(), right.kind.is_unsigned());
    if op == BinaryOp::NullSafeEq {
        return rows(op, "int", args, |left, right| left.as_int().cmp(&right.as_int()));
    }
    let name = format!("{}_{}_{}", word(op), sign(left_unsigned), sign(right_unsigned));
    // Two's complement compares like an unsigned number once its sign bit is flipped.
    let flip = if left_unsigned { 0 } else { 1 << 63 };
    match (left_unsigned, right_unsigned) {
        (left, right) if left == right => same_sign(name, op, args, flip),
        (true, false) => call_vector(name, Form::Bool, args, move |args, rows| {
            integer::compare(args, rows, |left, right| holds(op, i128::from(left).cmp(&i128::from(right as i64))))
        }),
        _ => call_vector(name, Form::Bool, args, move |args, rows| {
            integer::compare(args, rows, |left, right| holds(op, i128::from(left as i64).cmp(&i128::from(right))))
        }),
    }
}

/// One loop for each operator, so that none of them asks a row which it is.
fn same_sign(name: String, op: BinaryOp, args: Vec<Expr>, flip: u64) -> Expr {
    match op {
        BinaryOp::Eq => call_vector(name, Form::Bool, args, |args, rows| integer::compare(args, rows, |left, right| left == right)),
        BinaryOp::NotEq => call_vector(name, Form::Bool, args, |args, rows| integer::compare(args, rows, |left, right| left != right)),
        BinaryOp::Lt => {
            call_vector(name, Form::Bool, args, move |args, rows| integer::compare(args, rows, |left, right| left ^ flip < right ^ flip))
        }
        BinaryOp::LtEq => {
            call_vector(name, Form::Bool, args, move |args, rows| integer::compare(args, rows, |left, right| left ^ flip <= right ^ flip))
        }
        BinaryOp::Gt => {
            call_vector(name, Form::Bool, args, move |args, rows| integer::compare(args, rows, |left, right| left ^ flip > right ^ flip))
        }
        _ => call_vector(name, Form::Bool, args, move |args, rows| integer::compare(args, rows, |left, right| left ^ flip >= right ^ flip)),
    }
}

fn sign(unsigned: bool) -> &'static str {
    if unsigned { "unsigned" } else { "signed" }
}
