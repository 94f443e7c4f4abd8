//! ABS, SIGN, FLOOR, CEILING, ROUND, TRUNCATE.

use std::sync::LazyLock;

use datafusion::logical_expr::Expr;
use dsl::Span;

use super::bind::{Binder, Failed};
use super::cell::{Cell, Form};
use super::decimal::MAX_PRECISION;
use super::function::{call_checked, call_strict};
use super::row_error::RowError;
use super::sql_type::{ANY_DECIMALS, Kind, ResultClass};
use super::typed::{Typed, Value};

/// `ABS(x)`.
pub(super) fn abs(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let x = &args[0];
    binder.accept_value(x)?;
    let unsigned = x.kind.is_unsigned();
    let (kind, value) = match x.kind.class() {
        ResultClass::Int if unsigned => (Kind::Integer { unsigned, digits: x.kind.precision() }, x.as_int()),
        ResultClass::Int => {
            let value = call_checked("abs_int", Form::Int, vec![x.as_int()], |args| {
                i64::try_from(args[0].as_int().abs()).map(Cell::Int).map_err(|_| RowError::overflow("BIGINT", "abs"))
            });
            (Kind::Integer { unsigned: false, digits: x.kind.precision() }, value)
        }
        ResultClass::Decimal => {
            let value = call_strict("abs_decimal", Form::Decimal, vec![x.as_decimal()], |args| {
                let value = args[0].as_decimal();
                Ok(Cell::Decimal(if value.is_negative() { value.negated() } else { value }))
            });
            (Kind::Decimal { precision: x.kind.precision(), scale: x.kind.decimals(), unsigned }, value)
        }
        ResultClass::Real | ResultClass::String => {
            let value = call_strict("abs_real", Form::Real, vec![x.as_real()], |args| Ok(Cell::Real(args[0].as_real().abs())));
            (Kind::Double { decimals: x.kind.decimals() }, value)
        }
    };
    let shell = Typed::combine(kind, x.nullable, value.clone(), &[x], span).may_fail();
    // Bytes in digits have no sign, and DIV knows it.
    Ok(if matches!(x.kind, Kind::HexLiteral { .. }) { Typed { value: Value::UnsignedReal(value), ..shell } } else { shell })
}

/// `FLOOR(x)`.
pub(super) fn floor(_: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    Ok(whole(&args[0], Toward::Floor, span))
}

/// `CEILING(x)`.
pub(super) fn ceiling(_: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    Ok(whole(&args[0], Toward::Ceiling, span))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Toward {
    Floor,
    Ceiling,
}

/// Digits before the point up to which a whole number is a BIGINT.
const BIGINT_DIGITS: u8 = 17;

fn whole(x: &Typed, toward: Toward, span: Span) -> Typed {
    let word = format!("{toward:?}").to_lowercase();
    let (kind, value) = match x.kind.class() {
        ResultClass::Int => (Kind::Integer { unsigned: x.kind.is_unsigned(), digits: x.kind.precision() }, x.as_int()),
        ResultClass::Decimal => {
            let (digits, unsigned) = (x.kind.precision().saturating_sub(x.kind.decimals()), x.kind.is_unsigned());
            let value = call_strict(format!("{word}_decimal"), Form::Decimal, vec![x.as_decimal()], move |args| {
                let value = args[0].as_decimal();
                Ok(Cell::Decimal(if toward == Toward::Floor { value.floor() } else { value.ceiling() }))
            });
            if digits <= BIGINT_DIGITS {
                (Kind::Integer { unsigned, digits: digits + 1 }, to_int(value, unsigned))
            } else {
                (Kind::Decimal { precision: (digits + 1).min(MAX_PRECISION), scale: 0, unsigned }, value)
            }
        }
        ResultClass::Real | ResultClass::String => {
            let value = call_strict(format!("{word}_real"), Form::Real, vec![x.as_real()], move |args| {
                let value = args[0].as_real();
                Ok(Cell::Real(if toward == Toward::Floor { value.floor() } else { value.ceil() }))
            });
            (Kind::Double { decimals: ANY_DECIMALS }, value)
        }
    };
    Typed::combine(kind, x.nullable, value, &[x], span)
}

fn to_int(decimal: Expr, unsigned: bool) -> Expr {
    super::convert::to_context(
        &Kind::Decimal { precision: MAX_PRECISION, scale: 0, unsigned },
        decimal,
        &super::typed::Context::Int { unsigned },
    )
}

/// `SIGN(x)`: -1, 0 or 1.
pub(super) fn sign(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    binder.accept_value(&args[0])?;
    let value = call_strict("sign", Form::Int, vec![args[0].as_real()], |args| {
        let value = args[0].as_real();
        Ok(Cell::Int(i64::from(value > 0.0) - i64::from(value < 0.0)))
    });
    Ok(Typed::combine(Kind::Integer { unsigned: false, digits: 21 }, args[0].nullable, value, &[&args[0]], span))
}

/// `ROUND(x[, places])`.
pub(super) fn round(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    shortened(binder, args, Shorten::Round, span)
}

/// `TRUNCATE(x, places)`: digits are cut.
pub(super) fn truncate(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    shortened(binder, args, Shorten::Truncate, span)
}

/// From here on, more places change nothing.
const MOST_PLACES: i64 = 400;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shorten {
    Round,
    Truncate,
}

impl Shorten {
    fn word(self) -> &'static str {
        match self {
            Self::Round => "round",
            Self::Truncate => "truncate",
        }
    }
}

fn shortened(binder: &mut Binder<'_>, args: &[Typed], shorten: Shorten, span: Span) -> Result<Typed, Failed> {
    let x = &args[0];
    let word = shorten.word();
    let places = match args.get(1) {
        None => Some(0),
        Some(places) => constant_places(places),
    };
    binder.accept_value(x)?;
    let Some(places) = places else {
        let places = &args[1];
        binder.accept_value(places)?;
        return Ok(shortened_by(x, places, shorten, span));
    };
    let places = places.clamp(-MOST_PLACES, MOST_PLACES) as i32;
    let (kind, value) = match x.kind.class() {
        ResultClass::Int => shorten_int(x, places, shorten),
        ResultClass::Decimal => {
            let scale = places.clamp(0, x.kind.decimals().into()) as u8;
            let whole = x.kind.precision().saturating_sub(x.kind.decimals());
            let grows = u8::from(shorten == Shorten::Round && i32::from(x.kind.decimals()) > places);
            let precision = (whole + grows + scale).clamp(1, MAX_PRECISION);
            let places = places.min(scale.into());
            let value = call_strict(format!("{word}_decimal_{places}"), Form::Decimal, vec![x.as_decimal()], move |args| {
                let value = args[0].as_decimal();
                Ok(Cell::Decimal(if shorten == Shorten::Round { value.rounded(places) } else { value.cut(places) }))
            });
            (Kind::Decimal { precision, scale, unsigned: false }, value)
        }
        ResultClass::Real | ResultClass::String => {
            let value = call_strict(format!("{word}_real_{places}"), Form::Real, vec![x.as_real()], move |args| {
                Ok(Cell::Real(shorten_real(args[0].as_real(), places, shorten)))
            });
            (Kind::Double { decimals: ANY_DECIMALS }, value)
        }
    };
    Ok(Typed::combine(kind, x.nullable || args.get(1).is_some_and(|arg| arg.nullable), value, &[x], span).may_fail())
}

/// To as many places as each row says; the type keeps all digits of its operand.
fn shortened_by(x: &Typed, places: &Typed, shorten: Shorten, span: Span) -> Typed {
    let word = shorten.word();
    let is_unsigned = places.kind.is_unsigned();
    let clamped = move |cell: &Cell<'_>| {
        if is_unsigned {
            cell.as_int().min(MOST_PLACES.into()) as i32
        } else {
            (cell.as_bits() as i64).clamp(-MOST_PLACES, MOST_PLACES) as i32
        }
    };
    let (kind, value) = match x.kind.class() {
        ResultClass::Int => {
            let unsigned = x.kind.is_unsigned();
            let form = if unsigned { Form::UInt } else { Form::Int };
            let name = format!("{word}_int_by_{unsigned}_{is_unsigned}");
            let value = call_checked(name, form, vec![x.as_int(), places.as_int()], move |args| {
                shorter_int(args[0].as_int(), clamped(&args[1]), shorten, unsigned)
            });
            (Kind::Integer { unsigned, digits: x.kind.precision() }, value)
        }
        ResultClass::Decimal => {
            let scale = x.kind.decimals();
            let name = format!("{word}_decimal_by_{scale}_{is_unsigned}");
            let value = call_checked(name, Form::Decimal, vec![x.as_decimal(), places.as_int()], move |args| {
                let (value, places) = (args[0].as_decimal(), clamped(&args[1]).min(scale.into()));
                Ok(Cell::Decimal(if shorten == Shorten::Round { value.rounded(places) } else { value.cut(places) }))
            });
            (Kind::Decimal { precision: x.kind.precision(), scale, unsigned: false }, value)
        }
        ResultClass::Real | ResultClass::String => {
            let name = format!("{word}_real_by_{is_unsigned}");
            let value = call_strict(name, Form::Real, vec![x.as_real(), places.as_int()], move |args| {
                Ok(Cell::Real(shorten_real(args[0].as_real(), clamped(&args[1]), shorten)))
            });
            (Kind::Double { decimals: ANY_DECIMALS }, value)
        }
    };
    Typed::combine(kind, x.nullable || places.nullable, value, &[x, places], span).may_fail()
}

/// The constant number of places.
fn constant_places(places: &Typed) -> Option<i64> {
    match places.as_int() {
        Expr::Literal(datafusion::common::ScalarValue::Int64(Some(places)), _) => Some(places),
        Expr::Literal(datafusion::common::ScalarValue::UInt64(Some(places)), _) => Some(i64::try_from(places).unwrap_or(i64::MAX)),
        _ => None,
    }
}

fn shorten_int(x: &Typed, places: i32, shorten: Shorten) -> (Kind, Expr) {
    let unsigned = x.kind.is_unsigned();
    let kind = Kind::Integer { unsigned, digits: x.kind.precision() };
    if places >= 0 {
        return (kind, x.as_int());
    }
    let form = if unsigned { Form::UInt } else { Form::Int };
    let word = shorten.word();
    let value = call_checked(format!("{word}_int_{places}_{unsigned}"), form, vec![x.as_int()], move |args| {
        shorter_int(args[0].as_int(), places, shorten, unsigned)
    });
    (kind, value)
}

fn shorter_int<'a>(value: i128, places: i32, shorten: Shorten, unsigned: bool) -> Result<Cell<'a>, RowError> {
    if places >= 0 {
        return Ok(if unsigned { Cell::UInt(value as u64) } else { Cell::Int(value as i64) });
    }
    let Some(unit) = 10i128.checked_pow(places.unsigned_abs()).filter(|unit| *unit <= i128::from(u64::MAX)) else {
        return Ok(if unsigned { Cell::UInt(0) } else { Cell::Int(0) });
    };
    let half = if shorten == Shorten::Round { unit / 2 } else { 0 };
    let magnitude = (value.abs() + half) / unit * unit;
    let rounded = if value < 0 { -magnitude } else { magnitude };
    if unsigned {
        u64::try_from(rounded).map(Cell::UInt).map_err(|_| RowError::overflow("BIGINT UNSIGNED", shorten.word()))
    } else {
        i64::try_from(rounded).map(Cell::Int).map_err(|_| RowError::overflow("BIGINT", shorten.word()))
    }
}

/// A DOUBLE rounded to so many places.
pub(super) fn rounded_real(value: f64, places: i32) -> f64 {
    shorten_real(value, places, Shorten::Round)
}

/// Rounds or cuts a DOUBLE as MySQL does: scaled by a power of ten, then half to even.
fn shorten_real(value: f64, places: i32, shorten: Shorten) -> f64 {
    let power = power_of_ten(places.unsigned_abs());
    let scaled = if places < 0 { value / power } else { value * power };
    if places < 0 && power.is_infinite() {
        return 0.0;
    }
    if places >= 0 && !(power.is_finite() && scaled.is_finite()) {
        return value;
    }
    let rounded = if shorten == Shorten::Round { scaled.round_ties_even() } else { scaled.trunc() };
    if places < 0 { rounded * power } else { rounded / power }
}

/// 10^`exponent`, to the last bit.
fn power_of_ten(exponent: u32) -> f64 {
    static POWERS: LazyLock<Vec<f64>> = LazyLock::new(|| (0..=308).filter_map(|exponent| format!("1e{exponent}").parse().ok()).collect());
    POWERS.get(exponent as usize).copied().unwrap_or(f64::INFINITY)
}
