//! Constants as columns of dates and times store them.

use super::cell::Cell;
use super::sql_type::{Kind, ResultClass};
use super::stored::{Constant, Misfit, misfit};
use super::temporal::{Parts, rounded, rounded_time};
use super::temporal_number;
use super::temporal_text::{self, Zeros};

/// A DATE; the time of a DATETIME is cut.
pub(super) fn as_date(constant: &Constant<'_>) -> Result<Cell<'static>, Misfit> {
    Ok(Cell::UInt(moment(constant)?.to_date()))
}

/// A DATETIME, rounded to its digits.
pub(super) fn as_datetime(constant: &Constant<'_>, fsp: u8) -> Result<Cell<'static>, Misfit> {
    match rounded(moment(constant)?, fsp) {
        Some(parts) => Ok(Cell::UInt(parts.to_datetime())),
        None => misfit("it ends with the year 9999"),
    }
}

/// A TIMESTAMP, whose text is read in UTC.
pub(super) fn as_timestamp(constant: &Constant<'_>, fsp: u8) -> Result<Cell<'static>, Misfit> {
    let parts = rounded(moment(constant)?, fsp).unwrap_or_default();
    if parts == Parts::default() {
        return Ok(Cell::Int(0));
    }
    let day = chrono::NaiveDate::from_ymd_opt(parts.year as i32, parts.month, parts.day);
    let time = day.and_then(|day| day.and_hms_micro_opt(parts.hour, parts.minute, parts.second, parts.micros));
    let micros = time.map(|time| time.and_utc().timestamp_micros());
    // The last second is 2038-01-19 03:14:07, or with MariaDB 11.5 2106-02-07 06:28:15.
    match micros.filter(|micros| (1_000_000..4_294_967_296_000_000).contains(micros)) {
        Some(micros) => Ok(Cell::Int(micros)),
        None => misfit("it holds 1970-01-01 00:00:01 to 2106-02-07 06:28:15"),
    }
}

/// A TIME, rounded to its digits.
pub(super) fn as_time(constant: &Constant<'_>, fsp: u8) -> Result<Cell<'static>, Misfit> {
    let micros = match constant.kind() {
        Kind::Time { .. } => constant.native()?.as_int() as i64,
        Kind::DateTime { .. } => Parts { year: 0, month: 0, day: 0, ..Parts::from_datetime(constant.native()?.as_bits()) }.to_time(),
        Kind::Date => 0,
        Kind::Text { .. } | Kind::HexLiteral { .. } => match temporal_text::time(&constant.text()?) {
            Some(found) if found.complete => found.micros,
            _ => return misfit("the text is no time"),
        },
        _ => match temporal_number::time_of_number(&constant.number()?) {
            Some(micros) => micros,
            None => return misfit("the number is no time"),
        },
    };
    Ok(Cell::Int(rounded_time(micros, fsp)))
}

/// A YEAR: 0 and 1901 to 2155, one and two digits stand for 1970 to 2069.
pub(super) fn as_year(constant: &Constant<'_>) -> Result<Cell<'static>, Misfit> {
    if matches!(constant.kind(), Kind::Date | Kind::DateTime { .. }) {
        return match moment(constant)?.year {
            year @ 1901..=2155 => Ok(Cell::UInt(year.into())),
            _ => misfit("it holds 1901 to 2155"),
        };
    }
    let number = constant.number()?;
    if number.is_negative() {
        return misfit("it holds nothing below zero");
    }
    let is_real = matches!(constant.kind(), Kind::Float | Kind::Double { .. });
    let number = if is_real { number.truncated(0) } else { number.rounded(0) }.to_integer(false);
    let is_text = constant.is_text();
    match number {
        0 if is_text => Ok(Cell::UInt(2000)),
        0 => Ok(Cell::UInt(0)),
        1..=69 => Ok(Cell::UInt(number as u64 + 2000)),
        70..=99 => Ok(Cell::UInt(number as u64 + 1900)),
        1901..=2155 => Ok(Cell::UInt(number as u64)),
        _ => misfit("it holds 1901 to 2155, and 0"),
    }
}

/// The date, and the time if it has one.
fn moment(constant: &Constant<'_>) -> Result<Parts, Misfit> {
    let any_date = Zeros { in_date: true, whole: true, any_day: true };
    match (constant.kind(), constant.kind().class()) {
        (Kind::Date, _) => Ok(Parts::from_date(constant.native()?.as_bits())),
        (Kind::DateTime { .. }, _) => Ok(Parts::from_datetime(constant.native()?.as_bits())),
        (Kind::Time { .. }, _) => misfit("a TIME becomes a date by the current date"),
        (Kind::Text { .. }, _) => {
            let text = constant.text()?;
            let text: &[u8] = text.trim_ascii_end();
            match temporal_text::found_datetime(text, any_date) {
                Some(found) if found.complete => Ok(found.parts),
                _ => misfit("the text is no date"),
            }
        }
        (_, ResultClass::Int | ResultClass::Decimal | ResultClass::Real) => {
            temporal_number::datetime_of_number(&constant.number()?, any_date).ok_or(Misfit("the number is no date".to_owned()))
        }
        _ => misfit("it is no date"),
    }
}
