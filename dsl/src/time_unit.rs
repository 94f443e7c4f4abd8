//! The units of time that INTERVAL, EXTRACT and TIMESTAMPDIFF name.

use std::fmt::{self, Display, Formatter};

/// A unit of time; a compound one reads several numbers out of a text, the largest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TimeUnit {
    /// `MICROSECOND`
    Microsecond,
    /// `SECOND`
    Second,
    /// `MINUTE`
    Minute,
    /// `HOUR`
    Hour,
    /// `DAY`
    Day,
    /// `WEEK`
    Week,
    /// `MONTH`
    Month,
    /// `QUARTER`
    Quarter,
    /// `YEAR`
    Year,
    /// `SECOND_MICROSECOND`
    SecondMicrosecond,
    /// `MINUTE_MICROSECOND`
    MinuteMicrosecond,
    /// `MINUTE_SECOND`
    MinuteSecond,
    /// `HOUR_MICROSECOND`
    HourMicrosecond,
    /// `HOUR_SECOND`
    HourSecond,
    /// `HOUR_MINUTE`
    HourMinute,
    /// `DAY_MICROSECOND`
    DayMicrosecond,
    /// `DAY_SECOND`
    DaySecond,
    /// `DAY_MINUTE`
    DayMinute,
    /// `DAY_HOUR`
    DayHour,
    /// `YEAR_MONTH`
    YearMonth,
}

impl TimeUnit {
    /// Every unit, the simple ones first.
    pub const ALL: [Self; 20] = [
        Self::Microsecond,
        Self::Second,
        Self::Minute,
        Self::Hour,
        Self::Day,
        Self::Week,
        Self::Month,
        Self::Quarter,
        Self::Year,
        Self::SecondMicrosecond,
        Self::MinuteMicrosecond,
        Self::MinuteSecond,
        Self::HourMicrosecond,
        Self::HourSecond,
        Self::HourMinute,
        Self::DayMicrosecond,
        Self::DaySecond,
        Self::DayMinute,
        Self::DayHour,
        Self::YearMonth,
    ];

    /// Its word, in upper case.
    pub fn word(self) -> &'static str {
        match self {
            Self::Microsecond => "MICROSECOND",
            Self::Second => "SECOND",
            Self::Minute => "MINUTE",
            Self::Hour => "HOUR",
            Self::Day => "DAY",
            Self::Week => "WEEK",
            Self::Month => "MONTH",
            Self::Quarter => "QUARTER",
            Self::Year => "YEAR",
            Self::SecondMicrosecond => "SECOND_MICROSECOND",
            Self::MinuteMicrosecond => "MINUTE_MICROSECOND",
            Self::MinuteSecond => "MINUTE_SECOND",
            Self::HourMicrosecond => "HOUR_MICROSECOND",
            Self::HourSecond => "HOUR_SECOND",
            Self::HourMinute => "HOUR_MINUTE",
            Self::DayMicrosecond => "DAY_MICROSECOND",
            Self::DaySecond => "DAY_SECOND",
            Self::DayMinute => "DAY_MINUTE",
            Self::DayHour => "DAY_HOUR",
            Self::YearMonth => "YEAR_MONTH",
        }
    }

    /// Whether it is made of several.
    pub fn is_compound(self) -> bool {
        self.word().contains('_')
    }

    /// The unit of that word, in either case. `SQL_TSI_DAY` is ODBC's word for `DAY`; no such word is there for
    /// microseconds or compound units.
    pub fn find(word: &str) -> Option<Self> {
        let word = word.to_ascii_uppercase();
        match word.strip_prefix("SQL_TSI_") {
            Some(simple) => Self::ALL.into_iter().find(|unit| unit.word() == simple && !unit.is_compound() && *unit != Self::Microsecond),
            None => Self::ALL.into_iter().find(|unit| unit.word() == word),
        }
    }
}

impl Display for TimeUnit {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}
