//! Dates as numbers of days, and dates made of numbers: TO_DAYS, FROM_DAYS, TO_SECONDS, DATEDIFF, MAKEDATE, LAST_DAY, and
//! the periods YYMM and YYYYMM.

use dsl::Span;

use super::bind::{Binder, Failed};
use super::calendar::{LAST_DAY, date_of_day, day_number, days_in_month};
use super::cell::{Cell, Form};
use super::date_add::absolute_micros;
use super::function::{call_checked, call_on_all, call_strict};
use super::row_error::RowError;
use super::sql_type::Kind;
use super::temporal::Parts;
use super::typed::{Context, Typed, Value};

/// `TO_DAYS(date)`.
pub(super) fn to_days(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let date = binder.numbered_day(&args[0], span)?;
    let value = call_strict("to_days", Form::Int, vec![date], |args| Ok(Cell::Int(number_of(&args[0]))));
    Ok(Typed::combine(Kind::Integer { unsigned: false, digits: 7 }, true, value, &[&args[0]], span))
}

/// `TO_SECONDS(date)`.
pub(super) fn to_seconds(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let date = binder.day(&args[0], span)?;
    let value = call_strict("to_seconds", Form::Int, vec![date], |args| {
        Ok(Cell::Int(absolute_micros(&Parts::from_datetime(args[0].as_bits())) / 1_000_000))
    });
    Ok(Typed::combine(Kind::Integer { unsigned: false, digits: 20 }, true, value, &[&args[0]], span))
}

/// `DATEDIFF(a, b)`: days from `b` to `a`.
pub(super) fn date_diff(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let operands = vec![binder.numbered_day(&args[0], span)?, binder.numbered_day(&args[1], span)?];
    let value = call_on_all("datediff", Form::Int, operands, |args| Ok(Cell::Int(number_of(&args[0]) - number_of(&args[1]))));
    Ok(Typed::combine(Kind::Integer { unsigned: false, digits: 8 }, true, value, &[&args[0], &args[1]], span))
}

/// The number of a packed DATE.
fn number_of(cell: &Cell<'_>) -> i64 {
    let date = Parts::from_date(cell.as_bits());
    day_number(date.year, date.month, date.day)
}

fn packed(date: Option<(u32, u32, u32)>) -> Cell<'static> {
    date.map_or(Cell::Null, |(year, month, day)| Cell::UInt(Parts { year, month, day, ..Parts::default() }.to_date()))
}

fn integer(operand: &Typed) -> datafusion::logical_expr::Expr {
    operand.as_context(&Context::Int { unsigned: false })
}

/// `FROM_DAYS(n)`.
pub(super) fn from_days(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    binder.accept_value(&args[0])?;
    let value = call_strict("from_days", Form::UInt, vec![integer(&args[0])], |args| Ok(packed(date_of_day(args[0].as_int() as i64))));
    Ok(Typed::combine(Kind::Date, true, value, &[&args[0]], span))
}

/// `MAKEDATE(year, day of the year)`; a year below 100 is of this century or the last one.
pub(super) fn make_date(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    binder.accept_value(&args[0])?;
    binder.accept_value(&args[1])?;
    let value = call_on_all("makedate", Form::UInt, vec![integer(&args[0]), integer(&args[1])], |args| {
        let (year, day) = (args[0].as_int() as i64, args[1].as_int() as i64);
        if !(0..=9999).contains(&year) || !(1..=LAST_DAY).contains(&day) {
            return Ok(Cell::Null);
        }
        let year = year_of_two_digits(year as u64);
        Ok(packed(date_of_day(day_number(year as u32, 1, 1) + day - 1)))
    });
    Ok(Typed::combine(Kind::Date, true, value, &[&args[0], &args[1]], span))
}

/// `LAST_DAY(date)`: the last day of its month.
pub(super) fn last_day(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let last = |name: &str, date| {
        call_strict(name, Form::UInt, vec![date], |args| {
            let Parts { year, month, .. } = Parts::from_datetime(args[0].as_bits());
            Ok(packed((month > 0).then(|| (year, month, days_in_month(year, month)))))
        })
    };
    let lenient = last("last_day", binder.any_date(&args[0], span)?);
    let strict = last("last_day_of_day", binder.day(&args[0], span)?);
    let shell = Typed::combine(Kind::Date, true, lenient.clone(), &[&args[0]], span);
    Ok(Typed { value: Value::Lenient { lenient, strict }, ..shell })
}

/// `PERIOD_ADD(period, months)`.
pub(super) fn period_add(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    period_function(binder, args, span, "period_add", |args| {
        let months = months_of_period(args[0].as_int() as i64).ok_or_else(|| no_period("period_add"))?;
        Ok(Cell::Int(period_of_months(months.wrapping_add(args[1].as_bits())) as i64))
    })
}

/// `PERIOD_DIFF(a, b)`: months from `b` to `a`.
pub(super) fn period_diff(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    period_function(binder, args, span, "period_diff", |args| {
        let [a, b] = [&args[0], &args[1]].map(|cell| months_of_period(cell.as_int() as i64).ok_or_else(|| no_period("period_diff")));
        Ok(Cell::Int(a?.wrapping_sub(b?) as i64))
    })
}

fn period_function(
    binder: &mut Binder<'_>,
    args: &[Typed],
    span: Span,
    name: &str,
    kernel: impl for<'a> Fn(&[Cell<'a>]) -> Result<Cell<'a>, RowError> + Send + Sync + 'static,
) -> Result<Typed, Failed> {
    binder.accept_value(&args[0])?;
    binder.accept_value(&args[1])?;
    let value = call_checked(name, Form::Int, vec![integer(&args[0]), integer(&args[1])], kernel);
    let nullable = args[0].nullable || args[1].nullable;
    Ok(Typed::combine(Kind::Integer { unsigned: false, digits: 20 }, nullable, value, &[&args[0], &args[1]], span).may_fail())
}

fn no_period(name: &str) -> RowError {
    RowError::conversion(format!("`{name}` takes a period YYMM or YYYYMM"))
}

fn year_of_two_digits(year: u64) -> u64 {
    match year {
        0..70 => year + 2000,
        70..100 => year + 1900,
        _ => year,
    }
}

/// Months since year 0; none where the number is no period.
fn months_of_period(period: i64) -> Option<u64> {
    let period = u64::try_from(period).ok().filter(|period| (1..=12).contains(&(period % 100)))?;
    Some(year_of_two_digits(period / 100) * 12 + period % 100 - 1)
}

/// MySQL counts in 64 bits without a sign, and wraps around.
fn period_of_months(months: u64) -> u64 {
    if months == 0 { 0 } else { year_of_two_digits(months / 12).wrapping_mul(100) + months % 12 + 1 }
}
