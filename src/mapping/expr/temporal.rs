//! DATE, TIME and DATETIME values: their packed forms, their numbers, their text.

use datafusion::logical_expr::Expr;
use num_bigint::BigInt;

use super::cell::{Cell, Form};
use super::decimal::Dec;
use super::function::call_strict;
use super::sql_type::Kind;
use super::temporal_number;
use super::temporal_text::{self, Zeros};
use super::typed::Context;

/// A point in the calendar or a span of time, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Parts {
    pub(super) negative: bool,
    pub(super) year: u32,
    pub(super) month: u32,
    pub(super) day: u32,
    pub(super) hour: u32,
    pub(super) minute: u32,
    pub(super) second: u32,
    pub(super) micros: u32,
}

impl Parts {
    /// Reads the packed form of DATE.
    pub(super) fn from_date(packed: u64) -> Self {
        Self { year: (packed >> 9) as u32, month: (packed >> 5 & 15) as u32, day: (packed & 31) as u32, ..Self::default() }
    }

    /// Reads the packed form of DATETIME.
    pub(super) fn from_datetime(packed: u64) -> Self {
        let seconds = packed >> 24;
        let (date, time) = (seconds >> 17, seconds & 0x1_FFFF);
        let months = date >> 5;
        Self {
            negative: false,
            year: (months / 13) as u32,
            month: (months % 13) as u32,
            day: (date & 31) as u32,
            hour: (time >> 12) as u32,
            minute: (time >> 6 & 63) as u32,
            second: (time & 63) as u32,
            micros: (packed & 0xFF_FFFF) as u32,
        }
    }

    /// Reads a TIME in microseconds.
    pub(super) fn from_time(micros: i64) -> Self {
        let magnitude = micros.unsigned_abs();
        let seconds = magnitude / 1_000_000;
        Self {
            negative: micros < 0,
            hour: (seconds / 3600) as u32,
            minute: (seconds / 60 % 60) as u32,
            second: (seconds % 60) as u32,
            micros: (magnitude % 1_000_000) as u32,
            ..Self::default()
        }
    }

    /// Reads a native value of a temporal type.
    pub(super) fn of(kind: &Kind, cell: &Cell<'_>) -> Self {
        match kind {
            Kind::Date => Self::from_date(cell.as_bits()),
            Kind::Time { .. } => Self::from_time(cell.as_int() as i64),
            _ => Self::from_datetime(cell.as_bits()),
        }
    }

    /// The packed form of DATE.
    pub(super) fn to_date(self) -> u64 {
        u64::from(self.year << 9 | self.month << 5 | self.day)
    }

    /// The packed form of DATETIME.
    pub(super) fn to_datetime(self) -> u64 {
        let date = u64::from(self.year * 13 + self.month) << 5 | u64::from(self.day);
        let time = u64::from(self.hour << 12 | self.minute << 6 | self.second);
        (date << 17 | time) << 24 | u64::from(self.micros)
    }

    /// TIME in microseconds.
    pub(super) fn to_time(self) -> i64 {
        let seconds = i64::from(self.hour * 3600 + self.minute * 60 + self.second);
        let micros = seconds * 1_000_000 + i64::from(self.micros);
        if self.negative { -micros } else { micros }
    }

    fn digits(&self, kind: &Kind) -> i128 {
        let date = i128::from(self.year) * 10_000 + i128::from(self.month) * 100 + i128::from(self.day);
        let time = i128::from(self.hour) * 10_000 + i128::from(self.minute) * 100 + i128::from(self.second);
        let value = match kind {
            Kind::Date => date,
            Kind::Time { .. } => time,
            _ => date * 1_000_000 + time,
        };
        if self.negative { -value } else { value }
    }

    /// Its number with `fsp` digits after the point: YYYYMMDD, HHMMSS or both.
    pub(super) fn number(&self, kind: &Kind, fsp: u8) -> Dec {
        let micros = if self.negative { -i128::from(self.micros) } else { i128::from(self.micros) };
        // Without a fraction it is a whole number to MySQL, and divides as one.
        if self.micros == 0 {
            return Dec::from_integer(self.digits(kind));
        }
        let whole = Dec::new(BigInt::from(self.digits(kind) * 1_000_000 + micros), 6);
        whole.truncated(if fsp == 0 { 0 } else { 6 })
    }

    /// Its text with `fsp` digits after the point.
    pub(super) fn text(&self, kind: &Kind, fsp: u8) -> String {
        let date = format!("{:04}-{:02}-{:02}", self.year, self.month, self.day);
        let sign = if self.negative { "-" } else { "" };
        let mut time = format!("{sign}{:02}:{:02}:{:02}", self.hour, self.minute, self.second);
        if fsp > 0 {
            let micros = format!("{:06}", self.micros);
            time = format!("{time}.{}", &micros[..usize::from(fsp.min(6))]);
        }
        match kind {
            Kind::Date => date,
            Kind::Time { .. } => time,
            _ => format!("{date} {time}"),
        }
    }
}

/// The packed DATETIME of a TIMESTAMP in microseconds since 1970; 0 is the zero timestamp.
pub(super) fn datetime_of_timestamp(micros: i64) -> u64 {
    if micros == 0 {
        return 0;
    }
    let seconds = micros.div_euclid(1_000_000);
    let (days, second_of_day) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400) as u32);
    let (year, month, day) = civil_date(days);
    let parts = Parts {
        negative: false,
        year,
        month,
        day,
        hour: second_of_day / 3600,
        minute: second_of_day / 60 % 60,
        second: second_of_day % 60,
        micros: micros.rem_euclid(1_000_000) as u32,
    };
    parts.to_datetime()
}

/// The date of a number of days since 1970-01-01.
fn civil_date(days: i64) -> (u32, u32, u32) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 { shifted_month + 3 } else { shifted_month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    (year as u32, month as u32, day as u32)
}

fn fsp_of(kind: &Kind) -> u8 {
    kind.decimals().min(6)
}

/// The text of a native temporal value.
pub(super) fn to_text(kind: &Kind, value: Expr) -> Expr {
    let kind = kind.clone();
    let fsp = fsp_of(&kind);
    call_strict(format!("{}_to_text_{fsp}", kind.describe().to_lowercase()), Form::Bytes, vec![value], move |args| {
        Ok(Cell::bytes(Parts::of(&kind, &args[0]).text(&kind, fsp).into_bytes()))
    })
}

/// The number of a native temporal value, with its fraction.
pub(super) fn to_decimal(kind: &Kind, value: Expr) -> Expr {
    let kind = kind.clone();
    let fsp = fsp_of(&kind);
    call_strict(format!("{}_to_decimal_{fsp}", kind.describe().to_lowercase()), Form::Decimal, vec![value], move |args| {
        Ok(Cell::Decimal(Parts::of(&kind, &args[0]).number(&kind, fsp)))
    })
}

/// The number of a native temporal value, rounded to whole seconds of the calendar.
pub(super) fn to_int(kind: &Kind, value: Expr) -> Expr {
    let kind = kind.clone();
    call_strict(format!("{}_to_int", kind.describe().to_lowercase()), Form::Int, vec![value], move |args| {
        let parts = match &kind {
            Kind::Time { .. } => Parts::from_time(rounded_time(args[0].as_int() as i64, 0)),
            _ => {
                let parts = Parts::of(&kind, &args[0]);
                rounded(parts, 0).unwrap_or(parts)
            }
        };
        Ok(Cell::Int(parts.number(&kind, 0).to_integer(false) as i64))
    })
}

/// Whether a value of `from` becomes one of `to` without looking at the clock.
pub(super) fn converts(from: &Kind, to: &Kind) -> bool {
    !(matches!(from, Kind::Time { .. }) && matches!(to, Kind::Date | Kind::DateTime { .. }))
}

/// A value of any type as a DATE, TIME or DATETIME, rounded to its digits; NULL where it is none.
pub(super) fn to_kind(from: &Kind, value: Expr, to: &Kind) -> Expr {
    if from == to {
        return value;
    }
    to_kind_with(from, value, to, Reading::Branch)
}

/// `CAST(… AS DATE)` and its kin: zero dates are NULL.
pub(super) fn cast(from: &Kind, value: Expr, to: &Kind) -> Expr {
    if from == to && matches!(to, Kind::Time { .. }) {
        return value;
    }
    to_kind_with(from, value, to, Reading::Cast)
}

/// A value of any type as a DATETIME with six digits, zeros in it allowed: what YEAR and its kin ask for.
pub(super) fn to_loose_datetime(from: &Kind, value: Expr) -> Expr {
    to_kind_with(from, value, &Kind::DateTime { fsp: 6 }, Reading::Loose)
}

/// As [`to_loose_datetime`], of a number by the digits of its date alone, however few: 3 is the third of no month.
pub(super) fn to_any_date(from: &Kind, value: Expr) -> Expr {
    to_kind_with(from, value, &Kind::DateTime { fsp: 6 }, Reading::AnyDate)
}

/// A value of any type as a DATE of a day that there is; a number's may be one that its month has not: the 31st of February.
pub(super) fn to_day_number_date(from: &Kind, value: Expr) -> Expr {
    to_kind_with(from, value, &Kind::Date, Reading::DayNumber)
}

/// A value of any type as a DATETIME with six digits; what is no date is the zero date.
pub(super) fn to_compared_datetime(from: &Kind, value: Expr) -> Expr {
    to_kind_with(from, value, &Kind::DateTime { fsp: 6 }, Reading::Compared)
}

/// What a date is read for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reading {
    Cast,
    Branch,
    Loose,
    AnyDate,
    DayNumber,
    Compared,
}

impl Reading {
    fn zeros(self) -> Zeros {
        match self {
            Self::Cast | Self::Branch | Self::DayNumber | Self::Compared => Zeros::NONE,
            Self::Loose | Self::AnyDate => Zeros::LOOSE,
        }
    }
}

fn to_kind_with(from: &Kind, value: Expr, to: &Kind, reading: Reading) -> Expr {
    let (from, to) = (from.clone(), to.clone());
    let source = source_of(&from);
    let value = match source {
        Source::Temporal => value,
        Source::Text => super::convert::to_context(&from, value, &Context::Text),
        // A BIGINT UNSIGNED is read as if it were signed.
        Source::Number if matches!(from, Kind::Integer { .. }) => {
            super::convert::to_context(&from, value, &Context::Int { unsigned: false })
        }
        Source::Number => super::convert::to_context(&from, value, &Context::Decimal),
    };
    let name = format!("{}_to_{}_{}_{reading:?}", from.describe(), to.describe(), fsp_of(&to)).to_lowercase();
    let invalid = if reading == Reading::Compared { Cell::UInt(0) } else { Cell::Null };
    call_strict(name, to.form(), vec![value], move |args| {
        Ok(converted(&args[0], source, &from, &to, reading).unwrap_or_else(|| invalid.clone()))
    })
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    Temporal,
    Text,
    Number,
}

fn source_of(kind: &Kind) -> Source {
    match kind {
        Kind::Date | Kind::Time { .. } | Kind::DateTime { .. } => Source::Temporal,
        Kind::Boolean | Kind::Integer { .. } | Kind::Decimal { .. } | Kind::Float | Kind::Double { .. } | Kind::Bit { .. } | Kind::Year => {
            Source::Number
        }
        Kind::Null | Kind::Text { .. } | Kind::HexLiteral { .. } | Kind::Enum { .. } | Kind::Set { .. } | Kind::Json | Kind::Opaque(_) => {
            Source::Text
        }
    }
}

fn converted(cell: &Cell<'_>, source: Source, from: &Kind, to: &Kind, reading: Reading) -> Option<Cell<'static>> {
    if let Kind::Time { fsp } = to {
        let micros = match source {
            Source::Temporal => Parts { year: 0, month: 0, day: 0, ..Parts::of(from, cell) }.to_time(),
            Source::Text => temporal_text::time(cell.as_bytes())?.micros,
            Source::Number if *from == Kind::Year => 0,
            Source::Number => temporal_number::time_of_number(&cell.as_decimal())?,
        };
        return Some(Cell::Int(rounded_time(micros, *fsp)));
    }
    let parts = match source {
        Source::Number if *from == Kind::Year => {
            Parts { year: cell.as_decimal().to_integer(true) as u32, month: 1, day: 1, ..Parts::default() }
        }
        Source::Temporal if matches!(reading, Reading::Cast | Reading::DayNumber) => {
            temporal_text::checked(Parts::of(from, cell), reading.zeros())?
        }
        Source::Temporal => Parts::of(from, cell),
        Source::Text => temporal_text::datetime(cell.as_bytes(), reading.zeros())?,
        // What only looks at a part of a date takes a number of any day, and 0 for the zero date.
        Source::Number if reading == Reading::Loose => temporal_number::datetime_of_number(&cell.as_decimal(), Zeros::ANY)?,
        Source::Number if reading == Reading::DayNumber => {
            temporal_number::any_date_of_number(&cell.as_decimal()).filter(|date| date.month > 0 && date.day > 0)?
        }
        Source::Number if reading == Reading::AnyDate => temporal_number::any_date_of_number(&cell.as_decimal())?,
        Source::Number if *to == Kind::Date => temporal_number::date_of_number(&cell.as_decimal(), reading.zeros())?,
        Source::Number => temporal_number::datetime_of_number(&cell.as_decimal(), reading.zeros())?,
    };
    Some(match to {
        Kind::Date => Cell::UInt(parts.to_date()),
        _ => Cell::UInt(rounded(parts, fsp_of(to))?.to_datetime()),
    })
}

/// Rounded half up to `fsp` digits; none beyond year 9999.
pub(super) fn rounded(parts: Parts, fsp: u8) -> Option<Parts> {
    let unit = 10u32.pow(6 - u32::from(fsp.min(6)));
    let (rest, half) = (parts.micros % unit, unit / 2);
    let floor = Parts { micros: parts.micros - rest, ..parts };
    if unit > 1 && rest >= half { super::calendar::add_micros(floor, unit.into()) } else { Some(floor) }
}

/// A TIME rounded half up to `fsp` digits.
pub(super) fn rounded_time(micros: i64, fsp: u8) -> i64 {
    let unit = 10i64.pow(6 - u32::from(fsp.min(6)));
    let magnitude = (micros.abs() + unit / 2) / unit * unit;
    let magnitude = magnitude.min(3_020_399_000_000);
    if micros < 0 { -magnitude } else { magnitude }
}
