//! Dates and times in the digits of numbers, read as MySQL reads them, with NULL for what is none.

use super::calendar::add_micros;
use super::decimal::Dec;
use super::temporal::Parts;
use super::temporal_text::{Zeros, checked, clipped_time, is_in_range};

/// As [`datetime_of_number`], where only the date is wanted: its time may be any.
pub(super) fn date_of_number(number: &Dec, zeros: Zeros) -> Option<Parts> {
    let whole = number.truncated(0).to_integer(true);
    let number = if whole > 99_991_231 { Dec::from_integer(whole / 1_000_000 * 1_000_000) } else { number.clone() };
    datetime_of_number(&number, zeros).map(|parts| Parts { micros: 0, ..parts })
}

/// Reads the date of a number's digits, whether or not any calendar has it.
pub(super) fn any_date_of_number(number: &Dec) -> Option<Parts> {
    let whole = number.truncated(0).to_integer(true);
    if number.is_negative() && !number.truncated(0).is_zero() {
        return None;
    }
    let date = match if whole > 99_991_231 { whole / 1_000_000 } else { whole } {
        date @ 0..=691_231 => date + 20_000_000,
        date @ 691_232..=991_231 => date + 19_000_000,
        date => date,
    };
    let parts = Parts { year: (date / 10_000) as u32, month: (date / 100 % 100) as u32, day: (date % 100) as u32, ..Parts::default() };
    (date <= 99_991_231 && is_in_range(&parts)).then_some(parts)
}

/// Reads a DATETIME from the digits of a number: YYMMDD, YYYYMMDD, YYMMDDhhmmss or YYYYMMDDhhmmss.
pub(super) fn datetime_of_number(number: &Dec, zeros: Zeros) -> Option<Parts> {
    let (whole, nanos) = number.whole_and_nanos();
    if number.is_negative() && (whole > 0 || nanos > 0) {
        return None;
    }
    let whole = i128::from(whole);
    let micros = number.subtract(&number.truncated(0)).ok()?.rounded(6);
    let micros = u32::try_from(micros.mantissa()).ok()?;
    let digits: i128 = match whole {
        0 => 0,
        1..101 => return None,
        101..=691_231 => (whole + 20_000_000) * 1_000_000,
        691_232..700_101 => return None,
        700_101..=991_231 => (whole + 19_000_000) * 1_000_000,
        991_232..=99_991_231 => whole * 1_000_000,
        99_991_232..101_000_000 => return None,
        101_000_000..=691_231_235_959 => whole + 20_000_000_000_000,
        691_231_235_960..700_101_000_000 => return None,
        700_101_000_000..=991_231_235_959 => whole + 19_000_000_000_000,
        _ => whole,
    };
    if digits > 99_991_231_235_959 {
        return None;
    }
    let part = |divisor: i128, modulus: i128| (digits / divisor % modulus) as u32;
    let parts = Parts {
        negative: false,
        year: part(10_000_000_000, 10_000),
        month: part(100_000_000, 100),
        day: part(1_000_000, 100),
        hour: part(10_000, 100),
        minute: part(100, 100),
        second: part(1, 100),
        micros: 0,
    };
    let parts = checked(parts, zeros)?;
    // A number that is a date only loses its fraction.
    let micros = if (1..=99_991_231).contains(&whole) { 0 } else { micros };
    if micros >= 1_000_000 { add_micros(parts, 1_000_000) } else { Some(Parts { micros, ..parts }) }
}

/// Reads a TIME from the digits of a number: hhmmss.
pub(super) fn time_of_number(number: &Dec) -> Option<i64> {
    let magnitude = if number.is_negative() { number.negated() } else { number.clone() };
    let whole = magnitude.truncated(0).to_integer(true);
    if whole > 8_385_959 || (whole == 8_385_959 && magnitude.whole_and_nanos().1 > 0) {
        let parts = if whole >= 10_000_000_000 && !number.is_negative() { datetime_of_number(&magnitude, Zeros::ANY) } else { None };
        return parts.map(|parts| Parts { year: 0, month: 0, day: 0, ..parts }.to_time());
    }
    let (hour, minute, second) = (whole / 10_000, whole / 100 % 100, whole % 100);
    if minute > 59 || second > 59 {
        return None;
    }
    let micros = magnitude.subtract(&magnitude.truncated(0)).ok()?.rounded(6);
    let micros = u64::try_from(micros.mantissa()).ok()?;
    let seconds = (hour * 3600 + minute * 60 + second) as u64;
    Some(clipped_time(number.is_negative(), seconds + micros / 1_000_000, micros % 1_000_000))
}
