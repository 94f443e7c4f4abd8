//! Days of the proleptic Gregorian calendar as MySQL counts them, weekdays and weeks.

use super::temporal::Parts;

/// The days of a month; 0 for month 0.
pub(super) fn days_in_month(year: u32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if is_leap(year) => 29,
        2 => 28,
        0 => 0,
        _ => 31,
    }
}

fn is_leap(year: u32) -> bool {
    days_in_year(year.into()) == 366
}

/// The days of a year; MySQL's year 0 has 365.
fn days_in_year(year: i64) -> i64 {
    if year % 4 == 0 && (year % 100 != 0 || (year % 400 == 0 && year != 0)) { 366 } else { 365 }
}

/// The number of a day since year 0; 0 for dates without year and month.
pub(super) fn day_number(year: u32, month: u32, day: u32) -> i64 {
    if year == 0 && month == 0 {
        return 0;
    }
    let (mut year, month, day) = (i64::from(year), i64::from(month), i64::from(day));
    let mut sum = 365 * year + 31 * (month - 1) + day;
    if month <= 2 {
        year -= 1;
    } else {
        sum -= (month * 4 + 23) / 10;
    }
    sum + year / 4 - ((year / 100 + 1) * 3) / 4
}

/// The last day of year 9999.
pub(super) const LAST_DAY: i64 = 3_652_424;

/// The date of a day number; none beyond year 9999.
pub(super) fn date_of_day(number: i64) -> Option<(u32, u32, u32)> {
    if !(1..=LAST_DAY).contains(&number) {
        return None;
    }
    let mut year = (number * 100 / 36_525) as u32;
    while day_number(year + 1, 1, 1) <= number {
        year += 1;
    }
    while day_number(year, 1, 1) > number {
        year -= 1;
    }
    let mut rest = (number - day_number(year, 1, 1)) as u32;
    let mut month = 1;
    while rest >= days_in_month(year, month) {
        rest -= days_in_month(year, month);
        month += 1;
    }
    Some((year, month, rest + 1))
}

/// Moves a DATETIME; none beyond year 9999, and for dates that are none.
pub(super) fn add_micros(parts: Parts, micros: i64) -> Option<Parts> {
    let time = i64::from(parts.hour * 3600 + parts.minute * 60 + parts.second) * 1_000_000 + i64::from(parts.micros) + micros;
    let day_micros = 86_400_000_000;
    let time_of_day = Parts::from_time(time.rem_euclid(day_micros));
    let days = time.div_euclid(day_micros);
    if days == 0 {
        return Some(Parts { year: parts.year, month: parts.month, day: parts.day, ..time_of_day });
    }
    if parts.month == 0 || parts.day == 0 {
        return None;
    }
    let (year, month, day) = date_of_day(day_number(parts.year, parts.month, parts.day) + days)?;
    Some(Parts { year, month, day, ..time_of_day })
}

/// The day of the week, 0 for Monday, or for Sunday where that is first.
pub(super) fn weekday(day_number: i64, sunday_first: bool) -> i64 {
    (day_number + 5 + i64::from(sunday_first)).rem_euclid(7)
}

/// How weeks are counted (the bits of WEEK's mode).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct WeekMode {
    pub(super) monday_first: bool,
    /// Weeks 1 to 53 of a year of weeks; else 0 to 53.
    pub(super) week_year: bool,
    /// Week 1 is the first with a first weekday; else the first with four days.
    pub(super) first_weekday: bool,
}

/// The meaning of WEEK's mode: of a number its last three bits.
pub(super) fn week_mode(mode: u64) -> WeekMode {
    let (monday_first, week_year, first_weekday) = (mode & 1 != 0, mode & 2 != 0, mode & 4 != 0);
    // Where weeks begin on Sunday, the last bit means the opposite.
    WeekMode { monday_first, week_year, first_weekday: first_weekday != !monday_first }
}

/// The year and week of a date.
pub(super) fn week(parts: &Parts, mode: WeekMode) -> (i64, i64) {
    let WeekMode { monday_first, mut week_year, first_weekday } = mode;
    let day = day_number(parts.year, parts.month, parts.day);
    let mut first = day_number(parts.year, 1, 1);
    let mut start = weekday(first, !monday_first);
    let mut year = i64::from(parts.year);
    let starts_later = |start: i64| if first_weekday { start != 0 } else { start >= 4 };
    if parts.month == 1 && i64::from(parts.day) <= 7 - start {
        if !week_year && starts_later(start) {
            return (year, 0);
        }
        week_year = true;
        year -= 1;
        let days = days_in_year(year);
        first -= days;
        start = (start + 53 * 7 - days).rem_euclid(7);
    }
    let days = if starts_later(start) { day - (first + 7 - start) } else { day - (first - start) };
    // MySQL counts in 32 bits without a sign: the weeks of the zero date are huge.
    let days = i64::from(days as u32);
    if week_year && days >= 52 * 7 {
        let next = (start + days_in_year(year)).rem_euclid(7);
        if !starts_later(next) {
            return (year + 1, 1);
        }
    }
    (year, days / 7 + 1)
}
