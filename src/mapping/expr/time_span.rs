//! Times made of numbers, and what is added to or taken from dates and times: MAKETIME, SEC_TO_TIME, TIME_TO_SEC, ADDTIME,
//! SUBTIME, TIMEDIFF; DATE, TIME and TIMESTAMP of a value.

use dsl::Span;

use super::bind::{Binder, Failed};
use super::calendar::date_of_day;
use super::cell::{Cell, Form};
use super::date_add::absolute_micros;
use super::date_parts::of_time;
use super::dates::{datetime_digits, time_digits};
use super::function::call_strict;
use super::moment::{Moment, Reading};
use super::sql_type::Kind;
use super::temporal::Parts;
use super::temporal_text::LONGEST_TIME_S;
use super::typed::{Context, Typed};

const DAY_MICROS: i64 = 86_400_000_000;
const LONGEST_TIME: i64 = LONGEST_TIME_S as i64 * 1_000_000;

/// `DATE(x)`.
pub(super) fn date(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    binder.accept_value(&args[0])?;
    binder.cast_temporal(&args[0], Kind::Date, span)
}

/// `TIME(x)`, with as many digits behind the point as `x` has.
pub(super) fn time(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    binder.accept_value(&args[0])?;
    binder.cast_temporal(&args[0], Kind::Time { fsp: time_digits(&args[0]) }, span)
}

/// `TIMESTAMP(x)`, and `TIMESTAMP(date, time)`: their sum.
pub(super) fn timestamp(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let [date, time] = args else {
        binder.accept_value(&args[0])?;
        return binder.cast_temporal(&args[0], Kind::DateTime { fsp: datetime_digits(&args[0]) }, span);
    };
    let operands = vec![binder.day(date, span)?, binder.time_of_day(time)?];
    let value = call_strict("timestamp_sum", Form::UInt, operands, |args| {
        let moved = moved(&Parts::from_datetime(args[0].as_bits()), args[1].as_int() as i64);
        Ok(moved.map_or(Cell::Null, |parts| Cell::UInt(parts.to_datetime())))
    });
    let fsp = datetime_digits(date).max(time_digits(time));
    Ok(Typed::sum(Kind::DateTime { fsp }, value, &[date, time], span))
}

/// A date moved by microseconds; none outside of the calendar. The zeros of a date count as the days before it.
fn moved(date: &Parts, micros: i64) -> Option<Parts> {
    let sum = absolute_micros(date) + micros;
    let (year, month, day) = date_of_day(sum.div_euclid(DAY_MICROS))?;
    Some(Parts { year, month, day, ..Parts::from_time(sum.rem_euclid(DAY_MICROS)) })
}

/// `ADDTIME(x, time)`.
pub(super) fn add_time(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    sum(binder, args, span, "addtime", 1)
}

/// `SUBTIME(x, time)`.
pub(super) fn subtract_time(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    sum(binder, args, span, "subtime", -1)
}

fn sum(binder: &mut Binder<'_>, args: &[Typed], span: Span, name: &str, sign: i64) -> Result<Typed, Failed> {
    let (to, time) = (&args[0], &args[1]);
    let fsp = time_digits(time);
    match &to.kind {
        Kind::Time { fsp: own } => {
            let operands = vec![to.as_native(), binder.time_of_day(time)?];
            let value = call_strict(format!("{name}_to_time"), Form::Time, operands, move |args| {
                let sum = args[0].as_int() as i64 + sign * args[1].as_int() as i64;
                Ok(if sum.abs() > LONGEST_TIME { Cell::Null } else { Cell::Int(sum) })
            });
            Ok(Typed::sum(Kind::Time { fsp: (*own).max(fsp) }, value, &[to, time], span))
        }
        Kind::Date | Kind::DateTime { .. } => {
            let operands = vec![binder.day(to, span)?, binder.time_of_day(time)?];
            let value = call_strict(format!("{name}_to_date"), Form::UInt, operands, move |args| {
                let moved = moved(&Parts::from_datetime(args[0].as_bits()), sign * args[1].as_int() as i64);
                Ok(moved.map_or(Cell::Null, |parts| Cell::UInt(parts.to_datetime())))
            });
            Ok(Typed::sum(Kind::DateTime { fsp: to.kind.decimals().max(fsp) }, value, &[to, time], span))
        }
        _ => {
            let operands = vec![binder.moment(to, Reading::Sum, span)?, binder.time_of_day(time)?];
            let value = call_strict(format!("{name}_to_text"), Form::Bytes, operands, move |args| {
                let micros = sign * args[1].as_int() as i64;
                let sum = match Moment::decode(&args[0]) {
                    Moment::Time(time) => Some(Moment::Time(clipped(time + micros))),
                    Moment::Date(date) | Moment::DateTime(date) => moved(&date, micros).map(Moment::DateTime),
                };
                Ok(sum.map_or(Cell::Null, Moment::text))
            });
            Ok(Typed::dated(value, true, &[to, time], span))
        }
    }
}

fn clipped(micros: i64) -> i64 {
    micros.clamp(-LONGEST_TIME, LONGEST_TIME)
}

/// `TIMEDIFF(a, b)`: the time from `b` to `a`, both times or both dates.
pub(super) fn time_diff(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let operands = vec![binder.moment(&args[0], Reading::Difference, span)?, binder.moment(&args[1], Reading::Difference, span)?];
    let value = call_strict("timediff", Form::Time, operands, |args| {
        Ok(match (Moment::decode(&args[0]), Moment::decode(&args[1])) {
            (Moment::Time(a), Moment::Time(b)) => Cell::Int(clipped(a - b)),
            (Moment::Time(_), _) | (_, Moment::Time(_)) => Cell::Null,
            (a, b) => Cell::Int(clipped(absolute_micros(&a.parts()) - absolute_micros(&b.parts()))),
        })
    });
    let fsp = time_digits(&args[0]).max(time_digits(&args[1]));
    Ok(Typed::combine(Kind::Time { fsp }, true, value, &[&args[0], &args[1]], span))
}

/// `TIME_TO_SEC(time)`.
pub(super) fn time_to_sec(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    of_time(binder, args, span, ("time_to_sec", 9), |time| time.to_time() / 1_000_000)
}

/// `SEC_TO_TIME(seconds)`.
pub(super) fn sec_to_time(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    binder.accept_value(&args[0])?;
    let value = call_strict("sec_to_time", Form::Time, vec![args[0].as_decimal()], |args| {
        let seconds = args[0].as_decimal();
        let (whole, nanos) = seconds.whole_and_nanos();
        let micros = if whole > LONGEST_TIME_S { LONGEST_TIME } else { whole as i64 * 1_000_000 + rounded_micros(nanos) };
        let micros = if micros >= LONGEST_TIME + 1_000_000 { LONGEST_TIME } else { micros };
        Ok(Cell::Int(if seconds.is_negative() { -micros } else { micros }))
    });
    let fsp = args[0].kind.decimals().min(6);
    Ok(Typed::combine(Kind::Time { fsp }, true, value, &[&args[0]], span))
}

/// Rounded half up.
pub(super) fn rounded_micros(nanos: u32) -> i64 {
    (i64::from(nanos) + 500) / 1000
}

/// `MAKETIME(hour, minute, second)`.
pub(super) fn make_time(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    for arg in args {
        binder.accept_value(arg)?;
    }
    let operands = vec![args[0].as_int(), args[1].as_context(&Context::Int { unsigned: false }), args[2].as_decimal()];
    let value = call_strict("maketime", Form::Time, operands, |args| {
        let (hour, minute, second) = (args[0].as_int(), args[1].as_int(), args[2].as_decimal());
        let (whole, nanos) = second.whole_and_nanos();
        if !(0..60).contains(&minute) || whole > 59 || (second.is_negative() && (whole > 0 || nanos > 0)) {
            return Ok(Cell::Null);
        }
        let hours = hour.unsigned_abs().min(1000) as i64;
        let written = ((hours * 60 + minute as i64) * 60 + whole as i64) * 1_000_000;
        // To the server, 838 hours and any fraction of a second are beyond the longest time.
        let is_beyond = hours > 838 || (hours == 838 && nanos >= 1000);
        let micros = if is_beyond { LONGEST_TIME } else { (written + rounded_micros(nanos)).min(LONGEST_TIME) };
        Ok(Cell::Int(if hour < 0 { -micros } else { micros }))
    });
    let fsp = args[2].kind.decimals().min(6);
    Ok(Typed::combine(Kind::Time { fsp }, true, value, &args.iter().collect::<Vec<_>>(), span))
}
