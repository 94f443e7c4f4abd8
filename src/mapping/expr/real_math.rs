//! Functions of DOUBLEs: roots, powers, logarithms, angles. Their last digits are those of the C library.

use std::f64::consts::PI;

use dsl::Span;

use super::bind::{Binder, Failed};
use super::cell::{Cell, Form};
use super::function::{call_checked, call_rows, call_strict, constant};
use super::row_error::RowError;
use super::sql_type::{ANY_DECIMALS, Kind};
use super::typed::Typed;

const DOUBLE: Kind = Kind::Double { decimals: ANY_DECIMALS };

/// A function that has no value for some numbers: NULL.
fn partial(
    binder: &mut Binder<'_>,
    args: &[Typed],
    span: Span,
    name: &'static str,
    compute: fn(f64) -> Option<f64>,
) -> Result<Typed, Failed> {
    binder.accept_value(&args[0])?;
    let value =
        call_strict(name, Form::Real, vec![args[0].as_real()], move |args| Ok(compute(args[0].as_real()).map_or(Cell::Null, Cell::Real)));
    Ok(Typed::combine(DOUBLE, true, value, &[&args[0]], span))
}

/// A function that may overflow: an error of the row.
fn bounded(
    binder: &mut Binder<'_>,
    args: &[Typed],
    span: Span,
    name: &'static str,
    compute: impl Fn(f64) -> f64 + Send + Sync + 'static,
) -> Result<Typed, Failed> {
    binder.accept_value(&args[0])?;
    let value = call_checked(name, Form::Real, vec![args[0].as_real()], move |args| finite(compute(args[0].as_real()), name));
    Ok(Typed::combine(DOUBLE, true, value, &[&args[0]], span).may_fail())
}

fn finite<'a>(value: f64, name: &str) -> Result<Cell<'a>, RowError> {
    if value.is_finite() { Ok(Cell::Real(value)) } else { Err(RowError::overflow("DOUBLE", name)) }
}

/// `SQRT(x)`: NULL below zero.
pub(super) fn sqrt(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    partial(binder, args, span, "sqrt", |x| (x >= 0.0).then(|| x.sqrt()))
}

/// `SIN(x)`.
pub(super) fn sin(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    partial(binder, args, span, "sin", |x| Some(x.sin()))
}

/// `COS(x)`.
pub(super) fn cos(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    partial(binder, args, span, "cos", |x| Some(x.cos()))
}

/// `TAN(x)`.
pub(super) fn tan(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    bounded(binder, args, span, "tan", f64::tan)
}

/// `COT(x)`.
pub(super) fn cot(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    bounded(binder, args, span, "cot", |x| 1.0 / x.tan())
}

/// `ASIN(x)`: NULL beyond 1.
pub(super) fn asin(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    partial(binder, args, span, "asin", |x| (-1.0..=1.0).contains(&x).then(|| x.asin()))
}

/// `ACOS(x)`: NULL beyond 1.
pub(super) fn acos(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    partial(binder, args, span, "acos", |x| (-1.0..=1.0).contains(&x).then(|| x.acos()))
}

/// `ATAN(x)`, and `ATAN(y, x)`, which is `ATAN2`.
pub(super) fn atan(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let [y, x] = args else { return partial(binder, args, span, "atan", |x| Some(x.atan())) };
    binder.accept_value(y)?;
    binder.accept_value(x)?;
    let value =
        call_strict("atan2", Form::Real, vec![y.as_real(), x.as_real()], |args| Ok(Cell::Real(args[0].as_real().atan2(args[1].as_real()))));
    Ok(Typed::combine(DOUBLE, true, value, &[y, x], span))
}

/// `DEGREES(x)`.
pub(super) fn degrees(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let nullable = args[0].nullable;
    Ok(Typed { nullable, ..bounded(binder, args, span, "degrees", |x| x * (180.0 / PI) + 0.0)? })
}

/// `RADIANS(x)`.
pub(super) fn radians(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let nullable = args[0].nullable;
    Ok(Typed { nullable, ..bounded(binder, args, span, "radians", |x| x * (PI / 180.0) + 0.0)? })
}

/// `PI()`, shown with six digits and computed with all.
pub(super) fn pi(_: &mut Binder<'_>, _: &[Typed], span: Span) -> Result<Typed, Failed> {
    Ok(Typed::combine(Kind::Double { decimals: 6 }, false, constant(Form::Real, &Cell::Real(PI)), &[], span))
}

/// `EXP(x)`.
pub(super) fn exp(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    bounded(binder, args, span, "exp", f64::exp)
}

/// `POW(x, y)`.
pub(super) fn pow(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    binder.accept_value(&args[0])?;
    binder.accept_value(&args[1])?;
    let value = call_checked("pow", Form::Real, vec![args[0].as_real(), args[1].as_real()], |args| {
        finite(args[0].as_real().powf(args[1].as_real()), "pow")
    });
    Ok(Typed::combine(DOUBLE, true, value, &[&args[0], &args[1]], span).may_fail())
}

fn logarithm(x: f64, compute: fn(f64) -> f64) -> Option<f64> {
    (x > 0.0).then(|| compute(x))
}

/// `LN(x)`, and `LOG(x)`: NULL where `x` is not above zero.
pub(super) fn ln(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    partial(binder, args, span, "ln", |x| logarithm(x, f64::ln))
}

/// `LOG10(x)`.
pub(super) fn log10(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    partial(binder, args, span, "log10", |x| logarithm(x, f64::log10))
}

/// `LOG2(x)`.
pub(super) fn log2(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    partial(binder, args, span, "log2", |x| logarithm(x, f64::log2))
}

/// `LOG([base, ]x)`; a base that is none lets `x` unread.
pub(super) fn log(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let [base, x] = args else { return ln(binder, args, span) };
    binder.accept_value(base)?;
    binder.accept_value(x)?;
    let base_above_zero = partial(binder, std::slice::from_ref(base), base.span, "log_base", |base| (base > 0.0).then_some(base))?;
    let args = super::function::guarded_by(vec![base_above_zero.as_real(), x.as_real()], 1);
    let value = call_rows("log", Form::Real, args, |args| {
        if args.iter().any(Cell::is_null) {
            return Ok(Cell::Null);
        }
        let (base, x) = (args[0].as_real(), args[1].as_real());
        Ok(if base == 1.0 { Cell::Null } else { logarithm(x, f64::ln).map_or(Cell::Null, |x| Cell::Real(x / base.ln())) })
    });
    Ok(Typed::combine(DOUBLE, true, value, &[base, x], span))
}
