//! Dates and times as MySQL knows them: zero and partial dates, hours to 838. Packed, they are what Arrow columns hold.

use std::fmt;

use chrono::{Datelike, Timelike};

/// DATE: any part may be zero. Packed as `year << 9 | month << 5 | day`, so that packed dates order as dates do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Date {
    /// 0 to 9999.
    pub year: u16,
    /// 0 to 12.
    pub month: u8,
    /// 0 to 31.
    pub day: u8,
}

impl Date {
    /// Reads the packed form.
    pub fn unpack(packed: u32) -> Self {
        Self { year: (packed >> 9) as u16, month: (packed >> 5 & 0xF) as u8, day: (packed & 0x1F) as u8 }
    }

    /// The packed form.
    pub fn pack(self) -> u32 {
        u32::from(self.year) << 9 | u32::from(self.month) << 5 | u32::from(self.day)
    }

    fn put(self, text: &mut [u8]) {
        put(&mut text[..4], self.year.into());
        put(&mut text[5..7], self.month.into());
        put(&mut text[8..10], self.day.into());
    }

    /// Whether each part is within its bounds; the day may exceed its month's, as `ALLOW_INVALID_DATES` lets it.
    pub fn is_valid(self) -> bool {
        self.year <= 9999 && self.month <= 12 && self.day <= 31
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = *b"0000-00-00";
        self.put(&mut text);
        f.write_str(ascii(&text)?)
    }
}

/// DATETIME. Packed as `((year × 13 + month) << 5 | day) << 17 | hour << 12 | minute << 6 | second`, then `<< 24 | µs`,
/// so that packed values order as times do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct DateTime {
    /// Its day.
    pub date: Date,
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// 0 to 59.
    pub second: u8,
    /// 0 to 999,999.
    pub microsecond: u32,
}

impl DateTime {
    /// Reads the packed form.
    pub fn unpack(packed: u64) -> Self {
        let months = packed >> 46;
        Self {
            date: Date { year: (months / 13) as u16, month: (months % 13) as u8, day: (packed >> 41 & 0x1F) as u8 },
            hour: (packed >> 36 & 0x1F) as u8,
            minute: (packed >> 30 & 0x3F) as u8,
            second: (packed >> 24 & 0x3F) as u8,
            microsecond: (packed & 0xFF_FFFF) as u32,
        }
    }

    /// The packed form.
    pub fn pack(self) -> u64 {
        let months = u64::from(self.date.year) * 13 + u64::from(self.date.month);
        let day = months << 5 | u64::from(self.date.day);
        let second = day << 17 | u64::from(self.hour) << 12 | u64::from(self.minute) << 6 | u64::from(self.second);
        second << 24 | u64::from(self.microsecond)
    }

    /// The UTC time of a TIMESTAMP, which counts microseconds since 1970; 0 is the zero timestamp. None outside year 0 to 9999.
    pub fn from_timestamp(us: i64) -> Option<Self> {
        if us == 0 {
            return Some(Self::default());
        }
        let time = chrono::DateTime::from_timestamp_micros(us)?;
        let year = u16::try_from(time.year()).ok().filter(|&year| year <= 9999)?;
        Some(Self {
            date: Date { year, month: time.month() as u8, day: time.day() as u8 },
            hour: time.hour() as u8,
            minute: time.minute() as u8,
            second: time.second() as u8,
            microsecond: time.timestamp_subsec_micros(),
        })
    }

    /// Whether each part is within its bounds; see [`Date::is_valid`].
    pub fn is_valid(self) -> bool {
        self.date.is_valid() && self.hour <= 23 && self.minute <= 59 && self.second <= 59 && self.microsecond <= 999_999
    }

    /// Writes it with `fsp` digits of the fraction.
    pub fn write(self, fsp: u8, out: &mut impl fmt::Write) -> fmt::Result {
        let mut text = *b"0000-00-00 00:00:00";
        self.date.put(&mut text);
        put(&mut text[11..13], self.hour.into());
        put(&mut text[14..16], self.minute.into());
        put(&mut text[17..19], self.second.into());
        out.write_str(ascii(&text)?)?;
        write_fraction(self.microsecond, fsp, out)
    }
}

/// TIME, a span of up to ±838:59:59.999999. Arrow holds it as microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Time {
    /// Whether it is below zero.
    pub negative: bool,
    /// 0 to 838.
    pub hours: u32,
    /// 0 to 59.
    pub minutes: u8,
    /// 0 to 59.
    pub seconds: u8,
    /// 0 to 999,999.
    pub microseconds: u32,
}

impl Time {
    /// Reads a count of microseconds.
    pub fn from_micros(us: i64) -> Self {
        let positive = us.unsigned_abs();
        let seconds = positive / 1_000_000;
        Self {
            negative: us < 0,
            hours: u32::try_from(seconds / 3600).unwrap_or(u32::MAX),
            minutes: (seconds / 60 % 60) as u8,
            seconds: (seconds % 60) as u8,
            microseconds: (positive % 1_000_000) as u32,
        }
    }

    /// The count of microseconds.
    pub fn micros(self) -> i64 {
        let seconds = i64::from(self.hours) * 3600 + i64::from(self.minutes) * 60 + i64::from(self.seconds);
        let positive = seconds * 1_000_000 + i64::from(self.microseconds);
        if self.negative { -positive } else { positive }
    }

    /// Whether each part is within its bounds.
    pub fn is_valid(self) -> bool {
        self.hours <= 838 && self.minutes <= 59 && self.seconds <= 59 && self.microseconds <= 999_999
    }

    /// Writes it with `fsp` digits of the fraction; hours have at least two digits.
    pub fn write(self, fsp: u8, out: &mut impl fmt::Write) -> fmt::Result {
        let sign = if self.negative { "-" } else { "" };
        write!(out, "{sign}{:02}:{:02}:{:02}", self.hours, self.minutes, self.seconds)?;
        write_fraction(self.microseconds, fsp, out)
    }
}

fn write_fraction(microseconds: u32, fsp: u8, out: &mut impl fmt::Write) -> fmt::Result {
    let mut text = *b".000000";
    put(&mut text[1..], microseconds);
    out.write_str(ascii(&text[..if fsp == 0 { 0 } else { 1 + usize::from(fsp.min(6)) }])?)
}

/// Puts the last digits of a number over the zeros that are there: times are printed for every row that is loaded.
fn put(zeros: &mut [u8], mut number: u32) {
    for digit in zeros.iter_mut().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
    }
}

fn ascii(text: &[u8]) -> Result<&str, fmt::Error> {
    str::from_utf8(text).map_err(|_| fmt::Error)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(write: impl Fn(&mut String) -> fmt::Result) -> String {
        let mut text = String::new();
        write(&mut text).expect("a string takes any text");
        text
    }

    #[test]
    fn zero_and_partial_dates_survive_packing() {
        for (year, month, day) in [(0, 0, 0), (2026, 0, 0), (0, 12, 31), (9999, 12, 31), (2024, 2, 30)] {
            let date = Date { year, month, day };
            assert_eq!(Date::unpack(date.pack()), date);
            let time = DateTime { date, hour: 23, minute: 59, second: 58, microsecond: 999_999 };
            assert_eq!(DateTime::unpack(time.pack()), time);
        }
    }

    #[test]
    fn packed_times_order_as_times_do() {
        let at = |year, month, microsecond| DateTime { date: Date { year, month, day: 1 }, microsecond, ..DateTime::default() }.pack();
        assert!(at(2025, 12, 0) < at(2026, 1, 0));
        assert!(at(2026, 1, 0) < at(2026, 1, 1));
    }

    #[test]
    fn times_print_as_the_server_prints_them() {
        let time = Time::from_micros(-(838 * 3600 + 59 * 60 + 59) * 1_000_000 - 999_999);
        assert_eq!(printed(|out| time.write(6, out)), "-838:59:59.999999");
        assert_eq!(printed(|out| Time::from_micros(-10_000).write(2, out)), "-00:00:00.01");
        assert_eq!(Time::from_micros(-10_000).micros(), -10_000);
        let second = DateTime::from_timestamp(1_000_000).expect("within range");
        assert_eq!(printed(|out| second.write(3, out)), "1970-01-01 00:00:01.000");
        assert_eq!(printed(|out| DateTime::default().write(0, out)), "0000-00-00 00:00:00");
        assert_eq!(DateTime::from_timestamp(0), Some(DateTime::default()));
    }
}
