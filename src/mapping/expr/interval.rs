//! The amount of `INTERVAL amount unit`: how it is read from a number or a text, and what it does to a date or a time.

use dsl::TimeUnit;

use super::calendar::{LAST_DAY, date_of_day, day_number, days_in_month};
use super::decimal::Dec;
use super::temporal::Parts;
use super::temporal_text::LONGEST_TIME_S;

/// A span of time, each part on its own: months are not days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Interval {
    negative: bool,
    years: u64,
    months: u64,
    days: u64,
    hours: u64,
    minutes: u64,
    seconds: u64,
    micros: u64,
}

/// Months from which on no date is reached.
const MANY_MONTHS: u64 = (u32::MAX / 2) as u64;

const DAY_MICROS: i128 = 86_400_000_000;

impl Interval {
    /// A whole number of a unit that is not compound; none where the server takes it for too large.
    pub(super) fn of_integer(amount: i64, unit: TimeUnit) -> Option<Self> {
        if amount == i64::MIN {
            return None;
        }
        let zero = Self { negative: amount < 0, ..Self::default() };
        let amount = amount.unsigned_abs();
        let limited = |factor: u64| (amount < u64::from(u32::MAX) / factor).then(|| amount * factor);
        Some(match unit {
            TimeUnit::Year => Self { years: amount, ..zero },
            TimeUnit::Quarter => Self { months: limited(3)?, ..zero },
            TimeUnit::Month => Self { months: amount, ..zero },
            TimeUnit::Week => Self { days: limited(7)?, ..zero },
            TimeUnit::Day => Self { days: amount, ..zero },
            TimeUnit::Hour => Self { hours: amount, ..zero },
            TimeUnit::Minute => Self { minutes: amount, ..zero },
            TimeUnit::Second => Self { seconds: amount, ..zero },
            _ => Self { micros: amount, ..zero },
        })
    }

    /// Seconds with a fraction, cut to microseconds.
    pub(super) fn of_seconds(amount: &Dec) -> Option<Self> {
        let (seconds, nanos) = amount.whole_and_nanos();
        if seconds >= i64::MAX as u64 {
            return None;
        }
        Some(Self { negative: amount.is_negative(), seconds, micros: (nanos / 1000).into(), ..Self::default() })
    }

    /// The numbers in a text, for the parts of a compound unit; where there are fewer, the largest parts are zero.
    pub(super) fn of_text(text: &[u8], unit: TimeUnit) -> Option<Self> {
        let parts = compound_parts(unit);
        let (negative, numbers) = numbers(text, parts, has_micros(unit))?;
        let mut interval = Self { negative, ..Self::default() };
        for (part, number) in parts.iter().zip(numbers) {
            match part {
                TimeUnit::Year => interval.years = number,
                TimeUnit::Month => interval.months = number,
                TimeUnit::Day => interval.days = number,
                TimeUnit::Hour => interval.hours = number,
                TimeUnit::Minute => interval.minutes = number,
                TimeUnit::Second => interval.seconds = number,
                _ => interval.micros = number,
            }
        }
        Some(interval)
    }

    /// The opposite.
    pub(super) fn negated(self) -> Self {
        Self { negative: !self.negative, ..self }
    }

    fn signed(&self, magnitude: i128) -> i128 {
        if self.negative { -magnitude } else { magnitude }
    }

    /// Days and less, in microseconds.
    fn span_micros(&self) -> i128 {
        let seconds =
            (i128::from(self.days) * 24 + i128::from(self.hours)) * 3600 + i128::from(self.minutes) * 60 + i128::from(self.seconds);
        self.signed(seconds * 1_000_000 + i128::from(self.micros))
    }

    /// A date moved by it; none where no year from 0 to 9999 has the result. The last day of a shorter month is not passed.
    pub(super) fn added_to_date(&self, date: Parts, unit: TimeUnit) -> Option<Parts> {
        match unit {
            TimeUnit::Year => {
                let year = i128::from(date.year) + self.signed(self.years.into());
                let year = u32::try_from(year).ok().filter(|year| *year <= 9999)?;
                Some(clipped_to_month(Parts { year, ..date }))
            }
            TimeUnit::YearMonth | TimeUnit::Quarter | TimeUnit::Month => {
                if self.months >= MANY_MONTHS || self.years >= u64::from(u32::MAX) / 12 {
                    return None;
                }
                let moved = self.signed(i128::from(self.years) * 12 + i128::from(self.months));
                let months = u32::try_from(i128::from(date.year * 12 + date.month) - 1 + moved).ok()?;
                let (year, month) = (months / 12, months % 12 + 1);
                (year <= 9999).then(|| clipped_to_month(Parts { year, month, ..date }))
            }
            _ => {
                let time = i128::from(Parts { year: 0, month: 0, day: 0, ..date }.to_time()) + self.span_micros();
                let days = i64::try_from(time.div_euclid(DAY_MICROS)).ok().filter(|days| days.abs() <= LAST_DAY)?;
                let (year, month, day) = date_of_day(day_number(date.year, date.month, date.day) + days)?;
                Some(Parts { year, month, day, ..Parts::from_time(time.rem_euclid(DAY_MICROS) as i64) })
            }
        }
    }

    /// A TIME in microseconds moved by it; none beyond ±838:59:59, nor where the interval itself is beyond.
    pub(super) fn added_to_time(&self, micros: i64) -> Option<i64> {
        let span = self.span_micros();
        let sum = i128::from(micros) + span;
        let longest = i128::from(LONGEST_TIME_S) * 1_000_000;
        (sum.abs() <= longest && span.abs() <= longest).then_some(sum as i64)
    }
}

fn clipped_to_month(date: Parts) -> Parts {
    Parts { day: date.day.min(days_in_month(date.year, date.month)), ..date }
}

/// Whether a unit is of a time of day: a TIME moved by it is a TIME.
pub(super) fn is_of_time(unit: TimeUnit) -> bool {
    use TimeUnit::*;
    match unit {
        Microsecond | Second | Minute | Hour | SecondMicrosecond | MinuteMicrosecond | MinuteSecond | HourMicrosecond | HourSecond
        | HourMinute => true,
        Day | Week | Month | Quarter | Year | DayMicrosecond | DaySecond | DayMinute | DayHour | YearMonth => false,
    }
}

/// Whether a unit is of whole days: a DATE moved by it is a DATE.
pub(super) fn is_of_date(unit: TimeUnit) -> bool {
    matches!(unit, TimeUnit::Day | TimeUnit::Week | TimeUnit::Month | TimeUnit::Quarter | TimeUnit::Year | TimeUnit::YearMonth)
}

/// Whether microseconds are its smallest part.
pub(super) fn has_micros(unit: TimeUnit) -> bool {
    unit.word().ends_with("MICROSECOND")
}

/// The parts of a compound unit, the largest first.
fn compound_parts(unit: TimeUnit) -> &'static [TimeUnit] {
    const DAY_TO_MICROSECOND: [TimeUnit; 5] = [TimeUnit::Day, TimeUnit::Hour, TimeUnit::Minute, TimeUnit::Second, TimeUnit::Microsecond];
    let (first, end) = match unit {
        TimeUnit::YearMonth => return &[TimeUnit::Year, TimeUnit::Month],
        TimeUnit::DayHour => (0, 2),
        TimeUnit::DayMinute => (0, 3),
        TimeUnit::DaySecond => (0, 4),
        TimeUnit::DayMicrosecond => (0, 5),
        TimeUnit::HourMinute => (1, 3),
        TimeUnit::HourSecond => (1, 4),
        TimeUnit::HourMicrosecond => (1, 5),
        TimeUnit::MinuteSecond => (2, 4),
        TimeUnit::MinuteMicrosecond => (2, 5),
        _ => (3, 5),
    };
    &DAY_TO_MICROSECOND[first..end]
}

/// The sign and the numbers of a text, whatever stands between them; none where there are too many, or one is too large.
/// A last number that is microseconds counts as the digits behind a point.
fn numbers(text: &[u8], parts: &[TimeUnit], last_is_micros: bool) -> Option<(bool, Vec<u64>)> {
    let spaces = text.iter().take_while(|byte| matches!(byte, b'\t'..=b'\r' | b' ')).count();
    let mut rest = &text[spaces..];
    let negative = rest.first() == Some(&b'-');
    let skip_signs = |rest: &[u8]| rest.iter().take_while(|byte| !byte.is_ascii_digit()).count();
    rest = &rest[skip_signs(rest)..];
    let mut numbers = Vec::with_capacity(parts.len());
    while numbers.len() < parts.len() {
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let mut number = 0u64;
        for digit in &rest[..digits] {
            if number > (i64::MAX as u64 - 10) / 10 {
                return None;
            }
            number = number * 10 + u64::from(digit - b'0');
        }
        numbers.push(number);
        rest = &rest[digits..];
        rest = &rest[skip_signs(rest)..];
        if rest.is_empty() {
            if last_is_micros && digits < 6 {
                number *= 10u64.pow(6 - digits as u32);
                *numbers.last_mut().expect("a number was just added") = number;
            }
            break;
        }
    }
    if !rest.is_empty() {
        return None;
    }
    let missing = parts.len() - numbers.len();
    Some((negative, [vec![0; missing], numbers].concat()))
}
