//! Seconds since 1970 and time zones: FROM_UNIXTIME, UNIX_TIMESTAMP, CONVERT_TZ. The session's time zone is `+00:00`.

use datafusion::logical_expr::Expr;
use dsl::{Code, Span};
use num_bigint::BigInt;

use super::bind::{Binder, Failed};
use super::calendar::{add_micros, day_number};
use super::cell::{Cell, Form};
use super::date_add::absolute_micros;
use super::date_format::formatted;
use super::dates::datetime_digits;
use super::decimal::Dec;
use super::function::{call_rows, call_strict};
use super::sql_type::Kind;
use super::temporal::{Parts, datetime_of_timestamp};
use super::time_span::rounded_micros;
use super::typed::{Context, Typed};

/// 3001-01-18 23:59:59, the last second that MySQL 9.7 counts.
const LAST_SECOND: i64 = 32_536_771_199;

/// `FROM_UNIXTIME(seconds[, format])`.
pub(super) fn from_unixtime(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let seconds = &args[0];
    binder.accept_value(seconds)?;
    let fsp = seconds.kind.decimals().min(6);
    let value = if fsp == 0 {
        call_strict("from_unixtime", Form::UInt, vec![seconds.as_context(&Context::Int { unsigned: false })], |args| {
            let seconds = args[0].as_int() as i64;
            Ok(if (0..=LAST_SECOND).contains(&seconds) { packed(seconds * 1_000_000) } else { Cell::Null })
        })
    } else {
        call_strict("from_unixtime_fraction", Form::UInt, vec![seconds.as_decimal()], |args| {
            let seconds = args[0].as_decimal();
            let (whole, nanos) = seconds.whole_and_nanos();
            if whole > LAST_SECOND as u64 || (seconds.is_negative() && (whole > 0 || nanos > 0)) {
                return Ok(Cell::Null);
            }
            let micros = whole as i64 * 1_000_000 + rounded_micros(nanos);
            Ok(if micros >= (LAST_SECOND + 1) * 1_000_000 { Cell::Null } else { packed(micros) })
        })
    };
    let date = Typed::combine(Kind::DateTime { fsp }, true, value, &[seconds], span);
    match args.get(1) {
        Some(format) => formatted(binder, &date, format, span),
        None => Ok(date),
    }
}

fn packed(micros: i64) -> Cell<'static> {
    // 0 is no zero timestamp here.
    let epoch = Parts { year: 1970, month: 1, day: 1, ..Parts::default() };
    Cell::UInt(if micros == 0 { epoch.to_datetime() } else { datetime_of_timestamp(micros) })
}

/// Microseconds since 1970; none before its first and behind the last second that MySQL counts.
fn unix_micros(date: &Parts) -> Option<i64> {
    let micros = absolute_micros(date) - day_number(1970, 1, 1) * 86_400_000_000;
    (1..=LAST_SECOND).contains(&micros.div_euclid(1_000_000)).then_some(micros)
}

/// `UNIX_TIMESTAMP(date)`: 0 for what is no date and for dates out of range.
pub(super) fn unix_timestamp(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let Some(date) = args.first() else {
        let message = "`unix_timestamp()` differs at each replay".to_owned();
        return Err(binder.error_with(Code::NONDETERMINISTIC_FUNCTION, message, span, "Write `unix_timestamp(column)`."));
    };
    if date.is_choice() && !date.kind.is_temporal() {
        let message = "`unix_timestamp` reads one of several results that are no dates".to_owned();
        return Err(binder.error_with(Code::TYPE_MISMATCH, message, date.span, "Write `CAST(… AS DATETIME)` around it."));
    }
    let digits = datetime_digits(date);
    let operands = vec![date.as_native(), binder.loose_date(date, span)?];
    let form = if digits == 0 { Form::Int } else { Form::Decimal };
    let value = call_rows(format!("unix_timestamp_{digits}"), form, operands, move |args| {
        if args[0].is_null() {
            return Ok(Cell::Null);
        }
        let date = Parts::from_datetime(if args[1].is_null() { 0 } else { args[1].as_bits() });
        let micros = if date.month > 0 && date.day > 0 { unix_micros(&date).unwrap_or(0) } else { 0 };
        Ok(if digits == 0 { Cell::Int(micros / 1_000_000) } else { Cell::Decimal(Dec::new(BigInt::from(micros), 6).truncated(digits)) })
    });
    let kind = if digits == 0 {
        Kind::Integer { unsigned: false, digits: 20 }
    } else {
        Kind::Decimal { precision: 11 + digits, scale: digits, unsigned: false }
    };
    Ok(Typed::combine(kind, date.nullable, value, &[date], span))
}

/// `CONVERT_TZ(date, from, to)` between offsets; a date that MySQL does not count in seconds stays as it is.
pub(super) fn convert_tz(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let date = binder.day(&args[0], span)?;
    let (from, to) = (offset(binder, &args[1]), offset(binder, &args[2]));
    let (from, to) = (from?, to?);
    let kind = Kind::DateTime { fsp: datetime_digits(&args[0]) };
    let parts = [&args[0], &args[1], &args[2]];
    let (Some(from), Some(to)) = (from, to) else {
        let null = super::function::constant(Form::UInt, &Cell::Null);
        return Ok(Typed::combine(kind, true, null, &parts, span));
    };
    let value: Expr = call_strict(format!("convert_tz_{from}_{to}"), Form::UInt, vec![date], move |args| {
        let date = Parts::from_datetime(args[0].as_bits());
        let moved = add_micros(date, -from * 60_000_000).filter(|utc| unix_micros(utc).is_some());
        let moved = moved.and_then(|utc| add_micros(utc, to * 60_000_000)).unwrap_or(date);
        Ok(Cell::UInt(moved.to_datetime()))
    });
    Ok(Typed::combine(kind, true, value, &parts, span))
}

/// The minutes of a constant offset; none where it is NULL.
fn offset(binder: &mut Binder<'_>, zone: &Typed) -> Result<Option<i64>, Failed> {
    let hint = "Write an offset as a constant: `'+01:00'`.";
    if !zone.constant {
        let message = "a time zone of `convert_tz` is not a constant".to_owned();
        return Err(binder.error_with(Code::TYPE_MISMATCH, message, zone.span, hint));
    }
    if zone.is_null_constant() {
        return Ok(None);
    }
    let text = zone.literal_text().unwrap_or_default();
    match offset_minutes(&text) {
        Some(minutes) => Ok(Some(minutes)),
        None => {
            let message = "named time zones differ between servers and are not available in `convert_tz`".to_owned();
            Err(binder.error_with(Code::UNSUPPORTED_FUNCTION, message, zone.span, hint))
        }
    }
}

/// `[+-]h:mm`, from -13:59 to +14:00.
fn offset_minutes(text: &[u8]) -> Option<i64> {
    let text = std::str::from_utf8(text).ok()?;
    let (negative, rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+')?),
    };
    let (hours, minutes) = rest.split_once(':')?;
    let number = |digits: &str| digits.bytes().all(|digit| digit.is_ascii_digit()).then(|| digits.parse::<i64>().ok()).flatten();
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    let total = hours.checked_mul(60)?.checked_add(minutes)?;
    let is_possible = text.len() >= 4 && minutes <= 59 && if negative { total < 14 * 60 } else { total <= 14 * 60 };
    is_possible.then_some(if negative { -total } else { total })
}
