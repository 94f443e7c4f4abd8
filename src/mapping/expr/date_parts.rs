//! Functions that look at a part of a date or of a time: DAY, WEEK, HOUR and their kin, the names of days and months.

use dsl::Span;

use super::bind::{Binder, Failed};
use super::calendar::{WeekMode, day_number, week, week_mode, weekday};
use super::cell::{Cell, Form};
use super::date_format::{DAYS, MONTHS};
use super::function::{call_rows, call_strict};
use super::sql_type::{Kind, TextKind};
use super::temporal::Parts;
use super::typed::{Context, Typed};

fn number(digits: u8) -> Kind {
    Kind::Integer { unsigned: false, digits }
}

/// A part of a date, zeros in it allowed.
fn of_date(
    binder: &mut Binder<'_>,
    args: &[Typed],
    span: Span,
    (name, digits): (&str, u8),
    part: fn(&Parts) -> u32,
) -> Result<Typed, Failed> {
    let date = binder.any_date(&args[0], span)?;
    let value = call_strict(name, Form::Int, vec![date], move |args| Ok(Cell::Int(part(&Parts::from_datetime(args[0].as_bits())).into())));
    Ok(Typed::combine(number(digits), true, value, &[&args[0]], span))
}

/// A number of a day that there is.
fn of_day(
    binder: &mut Binder<'_>,
    args: &[Typed],
    span: Span,
    (name, digits): (&str, u8),
    part: fn(&Parts) -> i64,
) -> Result<Typed, Failed> {
    let date = binder.day_alone(&args[0], span)?;
    let value = call_strict(name, Form::Int, vec![date], move |args| Ok(Cell::Int(part(&Parts::from_date(args[0].as_bits())))));
    Ok(Typed::combine(number(digits), true, value, &[&args[0]], span))
}

/// A part of a time of day.
pub(super) fn of_time(
    binder: &mut Binder<'_>,
    args: &[Typed],
    span: Span,
    (name, digits): (&str, u8),
    part: fn(&Parts) -> i64,
) -> Result<Typed, Failed> {
    let time = binder.time_of_day(&args[0])?;
    let value = call_strict(name, Form::Int, vec![time], move |args| Ok(Cell::Int(part(&Parts::from_time(args[0].as_int() as i64)))));
    Ok(Typed::combine(number(digits), true, value, &[&args[0]], span))
}

/// `MONTH(date)`.
pub(super) fn month(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    of_date(binder, args, span, ("month", 2), |date| date.month)
}

/// `DAY(date)` and `DAYOFMONTH(date)`.
pub(super) fn day(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    of_date(binder, args, span, ("day", 2), |date| date.day)
}

/// `QUARTER(date)`.
pub(super) fn quarter(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    of_date(binder, args, span, ("quarter", 1), |date| date.month.div_ceil(3))
}

fn number_of_day(date: &Parts) -> i64 {
    day_number(date.year, date.month, date.day)
}

/// `DAYOFWEEK(date)`: 1 is Sunday.
pub(super) fn day_of_week(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    of_day(binder, args, span, ("dayofweek", 1), |date| weekday(number_of_day(date), true) + 1)
}

/// `WEEKDAY(date)`: 0 is Monday.
pub(super) fn week_day(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    of_day(binder, args, span, ("weekday", 1), |date| weekday(number_of_day(date), false))
}

/// `DAYOFYEAR(date)`.
pub(super) fn day_of_year(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    of_day(binder, args, span, ("dayofyear", 3), |date| number_of_day(date) - day_number(date.year, 1, 1) + 1)
}

/// `WEEKOFYEAR(date)`: the week of ISO 8601.
pub(super) fn week_of_year(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    of_day(binder, args, span, ("weekofyear", 2), |date| week(date, week_mode(3)).1)
}

/// `WEEK(date[, mode])`.
pub(super) fn week_function(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    weekly(binder, args, span, ("week", 2), |date, mode| week(date, mode.unwrap_or(week_mode(0))).1)
}

/// `YEARWEEK(date[, mode])`.
pub(super) fn year_week(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    weekly(binder, args, span, ("yearweek", 6), |date, mode| {
        let mode = mode.map_or(week_mode(0), |mode| WeekMode { week_year: true, ..mode });
        let (year, week) = week(date, mode);
        year * 100 + week
    })
}

/// What `part` makes of a date and a mode; the mode is none where the server does not look at its bits.
fn weekly(
    binder: &mut Binder<'_>,
    args: &[Typed],
    span: Span,
    (name, digits): (&str, u8),
    part: fn(&Parts, Option<WeekMode>) -> i64,
) -> Result<Typed, Failed> {
    let date = binder.day_alone(&args[0], span)?;
    let Some(mode) = args.get(1) else {
        let value = call_strict(name, Form::Int, vec![date], move |args| {
            Ok(Cell::Int(part(&Parts::from_date(args[0].as_bits()), Some(week_mode(0)))))
        });
        return Ok(Typed::combine(number(digits), true, value, &[&args[0]], span));
    };
    binder.accept_value(mode)?;
    // Without a mode the server answers 0, not NULL.
    let mode_bits = call_rows("week_mode", Form::Int, vec![mode.as_context(&Context::Int { unsigned: false })], |args| {
        Ok(Cell::Int(if args[0].is_null() { NO_WEEK_MODE } else { i64::from(args[0].as_bits() as u32) }))
    });
    let value = call_strict(format!("{name}_by_mode"), Form::Int, vec![date, mode_bits], move |args| {
        let mode = args[1].as_int() as i64;
        let known = (mode <= i32::MAX.into()).then(|| week_mode(args[1].as_bits()));
        Ok(Cell::Int(if mode == NO_WEEK_MODE { 0 } else { part(&Parts::from_date(args[0].as_bits()), known) }))
    });
    Ok(Typed::combine(number(digits), true, value, &[&args[0], mode], span))
}

/// Stands for a mode that is NULL.
const NO_WEEK_MODE: i64 = -1;

/// `HOUR(time)`.
pub(super) fn hour(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    of_time(binder, args, span, ("hour", 3), |time| time.hour.into())
}

/// `MINUTE(time)`.
pub(super) fn minute(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    of_time(binder, args, span, ("minute", 2), |time| time.minute.into())
}

/// `SECOND(time)`.
pub(super) fn second(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    of_time(binder, args, span, ("second", 2), |time| time.second.into())
}

/// `MICROSECOND(time)`.
pub(super) fn microsecond(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    of_time(binder, args, span, ("microsecond", 20), |time| time.micros.into())
}

/// `DAYNAME(date)`, in English.
pub(super) fn day_name(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let date = binder.day(&args[0], span)?;
    Ok(name(args, span, "dayname", date, |date| DAYS.get(weekday(number_of_day(date), false) as usize).copied()))
}

/// `MONTHNAME(date)`, in English.
pub(super) fn month_name(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let date = binder.any_date(&args[0], span)?;
    Ok(name(args, span, "monthname", date, |date| MONTHS.get((date.month as usize).wrapping_sub(1)).copied()))
}

fn name(
    args: &[Typed],
    span: Span,
    function: &str,
    date: datafusion::logical_expr::Expr,
    name: fn(&Parts) -> Option<&'static str>,
) -> Typed {
    let value = call_strict(function, Form::Bytes, vec![date], move |args| {
        let name = name(&Parts::from_datetime(args[0].as_bits()));
        Ok(name.map_or(Cell::Null, |name| Cell::Bytes(name.as_bytes().into())))
    });
    let text = TextKind { claims_ascii: false, ..TextKind::literal(TextKind::numeric().collation, true) };
    Typed::combine(Kind::Text { length: 9, text }, true, value, &[&args[0]], span)
}
