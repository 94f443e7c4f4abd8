//! A value that may be a date or a time: what functions read that take either, as one integer a row.

use datafusion::logical_expr::Expr;

use super::cell::{Cell, Form};
use super::convert;
use super::decimal::Dec;
use super::function::call_strict;
use super::sql_type::Kind;
use super::temporal::Parts;
use super::temporal_number;
use super::temporal_text::{self, FoundDate, NoDay, Zeros};
use super::typed::Context;

/// The type of the number that a text made of a date or a time is.
pub(super) const NUMBER: Kind = Kind::Decimal { precision: 20, scale: 6, unsigned: false };

/// What a moment is read for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reading {
    /// A sum: a date where a text is written as one, of a day that there is.
    Sum,
    /// A difference: as [`Self::Sum`], of any day.
    Difference,
    /// A format: as [`Self::Difference`], in the time zone that is written.
    Format,
    /// A part of a time: a date only where a text is written as it should be, of a day that there is.
    Part,
    /// A date to which something is added; a time is none.
    Date,
    /// As [`Self::Date`], with a time of day in any case.
    DateTime,
}

/// A date or a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Moment {
    /// In microseconds.
    Time(i64),
    /// A date without a time of day.
    Date(Parts),
    /// Date and time.
    DateTime(Parts),
}

/// Set in the code of a date without a time of day; microseconds take fewer bits.
const DATE_ONLY: i64 = 1 << 23;

/// What is added to a TIME, so that its code is below zero whatever its sign.
const TIME_OFFSET: i64 = i64::MIN + (1 << 43);

impl Moment {
    /// The code of [`Self::decode`].
    fn encode(self) -> i64 {
        match self {
            Self::Time(micros) => TIME_OFFSET + micros,
            Self::Date(parts) => parts.to_datetime() as i64 | DATE_ONLY,
            Self::DateTime(parts) => parts.to_datetime() as i64,
        }
    }

    /// Reads the value of [`Context::Moment`].
    pub(super) fn decode(cell: &Cell<'_>) -> Self {
        let code = cell.as_int() as i64;
        if code < 0 {
            Self::Time(code - TIME_OFFSET)
        } else if code & DATE_ONLY != 0 {
            Self::Date(Parts::from_datetime((code & !DATE_ONLY) as u64))
        } else {
            Self::DateTime(Parts::from_datetime(code as u64))
        }
    }

    /// The parts of the date, or of the time alone.
    pub(super) fn parts(self) -> Parts {
        match self {
            Self::Time(micros) => Parts::from_time(micros),
            Self::Date(parts) | Self::DateTime(parts) => parts,
        }
    }

    /// The text that a function of a text makes of it: with six digits of a fraction, or none.
    pub(super) fn text(self) -> Cell<'static> {
        let parts = self.parts();
        let fsp = if parts.micros == 0 { 0 } else { 6 };
        let kind = match self {
            Self::Time(_) => Kind::Time { fsp },
            Self::Date(_) => Kind::Date,
            Self::DateTime(_) => Kind::DateTime { fsp },
        };
        Cell::bytes(parts.text(&kind, fsp).into_bytes())
    }

    fn of(parts: Parts, has_time: bool) -> Self {
        if has_time { Self::DateTime(parts) } else { Self::Date(parts) }
    }

    fn found(found: FoundDate) -> Self {
        Self::of(found.parts, found.has_time)
    }
}

/// The text of a TIME as [`Moment::text`] writes it.
pub(super) fn text_of_time(time: Expr) -> Expr {
    call_strict("moment_time_to_text", Form::Bytes, vec![time], |args| Ok(Moment::Time(args[0].as_int() as i64).text()))
}

/// The time of day of a text of [`Moment::text`], as a TIME of so many digits.
pub(super) fn time_of_text(text: Expr, time: &Kind) -> Expr {
    let micros = call_strict("moment_text_to_time", Form::Time, vec![text], |args| {
        let text = args[0].as_bytes();
        Ok(Cell::Int(match temporal_text::proper_datetime(text, Zeros::ANY) {
            Ok(Some(found)) => Parts { year: 0, month: 0, day: 0, ..found.parts }.to_time(),
            Ok(None) | Err(NoDay) => {
                let Some(time) = temporal_text::time(text) else { return Ok(Cell::Null) };
                time.micros
            }
        }))
    });
    convert::to_context(&Kind::Time { fsp: 6 }, micros, &Context::Cast(time.clone()))
}

/// The number of a text of [`Moment::text`].
pub(super) fn number_of_text(text: Expr) -> Expr {
    call_strict("moment_text_to_number", Form::Decimal, vec![text], |args| {
        let text = args[0].as_bytes();
        let (parts, kind) = match temporal_text::proper_datetime(text, Zeros::ANY) {
            Ok(Some(found)) if found.has_time => (found.parts, Kind::DateTime { fsp: 6 }),
            Ok(Some(found)) => (found.parts, Kind::Date),
            Ok(None) | Err(NoDay) => {
                let Some(time) = temporal_text::time(text) else { return Ok(Cell::Null) };
                (Parts::from_time(time.micros), Kind::Time { fsp: 6 })
            }
        };
        Ok(Cell::Decimal(parts.number(&kind, 6)))
    })
}

/// A native value of any type as a moment; NULL where it is none.
pub(super) fn to_moment(kind: &Kind, value: Expr, reading: Reading) -> Expr {
    let name = format!("{}_to_moment_{reading:?}", kind.describe()).to_lowercase();
    let kind = kind.clone();
    match &kind {
        Kind::Date => {
            call_strict(name, Form::Int, vec![value], move |args| Ok(of_column(Moment::Date(Parts::from_date(args[0].as_bits())), reading)))
        }
        Kind::DateTime { .. } => call_strict(name, Form::Int, vec![value], move |args| {
            Ok(of_column(Moment::DateTime(Parts::from_datetime(args[0].as_bits())), reading))
        }),
        Kind::Time { .. } => {
            call_strict(name, Form::Int, vec![value], |args| Ok(Cell::Int(Moment::Time(args[0].as_int() as i64).encode())))
        }
        Kind::Boolean | Kind::Integer { .. } | Kind::Decimal { .. } | Kind::Float | Kind::Double { .. } | Kind::Bit { .. } | Kind::Year => {
            let is_year = kind == Kind::Year;
            let number = match kind {
                Kind::Integer { .. } => convert::to_context(&kind, value.clone(), &Context::Int { unsigned: false }),
                _ => convert::to_context(&kind, value.clone(), &Context::Decimal),
            };
            if reading != Reading::Part {
                return call_strict(name, Form::Int, vec![number], move |args| Ok(coded(of_number(&args[0], is_year, reading))));
            }
            let text = convert::to_context(&kind, value, &Context::Text);
            call_strict(name, Form::Int, vec![number, text], move |args| {
                let number = args[0].as_decimal();
                Ok(coded(if is_year { of_number(&args[0], true, reading) } else { part_of_number(&number, args[1].as_bytes()) }))
            })
        }
        Kind::Null | Kind::Text { .. } | Kind::HexLiteral { .. } | Kind::Enum { .. } | Kind::Set { .. } | Kind::Json | Kind::Opaque(_) => {
            let text = convert::to_context(&kind, value, &Context::Text);
            call_strict(name, Form::Int, vec![text], move |args| Ok(coded(of_text(args[0].as_bytes(), reading))))
        }
    }
}

fn coded(moment: Option<Moment>) -> Cell<'static> {
    moment.map_or(Cell::Null, |moment| Cell::Int(moment.encode()))
}

fn of_column(moment: Moment, reading: Reading) -> Cell<'static> {
    let is_added_to = matches!(reading, Reading::Date | Reading::DateTime);
    if is_added_to && temporal_text::checked(moment.parts(), Zeros::NONE).is_none() {
        return Cell::Null;
    }
    // Only a text or a number is moved as a date without a time of day.
    Cell::Int(if is_added_to { Moment::DateTime(moment.parts()) } else { moment }.encode())
}

fn of_number(cell: &Cell<'_>, is_year: bool, reading: Reading) -> Option<Moment> {
    let number = cell.as_decimal();
    let first_of_year = Parts { year: number.to_integer(true) as u32, month: 1, day: 1, ..Parts::default() };
    match reading {
        Reading::Part if is_year => Some(Moment::Time(0)),
        Reading::Date | Reading::DateTime if is_year => Some(Moment::DateTime(first_of_year)),
        Reading::Date | Reading::DateTime => {
            let parts = temporal_number::datetime_of_number(&number, Zeros::NONE)?;
            let is_date = number.truncated(0).to_integer(true) <= LAST_DATE_NUMBER;
            Some(if is_date && reading == Reading::Date { Moment::Date(parts) } else { Moment::DateTime(parts) })
        }
        Reading::Sum | Reading::Difference | Reading::Format | Reading::Part => time_of(&number).or_else(|| {
            let zeros = if reading == Reading::Sum { Zeros::NONE } else { Zeros::ANY };
            temporal_number::datetime_of_number(&number, zeros).map(Moment::DateTime)
        }),
    }
}

/// The server looks at a number's text to see whether it is a date, and at its digits for which.
fn part_of_number(number: &Dec, text: &[u8]) -> Option<Moment> {
    let is_date = !matches!(temporal_text::proper_datetime(text, Zeros::ANY), Ok(None));
    if is_date { temporal_number::datetime_of_number(number, Zeros::ANY).map(Moment::DateTime) } else { time_of(number) }
}

/// The time of a number hhmmss; a greater one is none.
fn time_of(number: &Dec) -> Option<Moment> {
    let micros = temporal_number::time_of_number(number)?;
    (number.whole_and_nanos().0 <= LONGEST_TIME_NUMBER).then_some(Moment::Time(micros))
}

/// The greatest number that is a date without a time of day: YYYYMMDD.
const LAST_DATE_NUMBER: i128 = 99_991_231;

/// The greatest number that is a time: hhmmss.
const LONGEST_TIME_NUMBER: u64 = 8_385_959;

fn of_text(text: &[u8], reading: Reading) -> Option<Moment> {
    match reading {
        Reading::Date => temporal_text::found_datetime(text, Zeros::NONE).map(Moment::found),
        Reading::DateTime => temporal_text::found_datetime(text, Zeros::NONE).map(|found| Moment::DateTime(found.parts)),
        Reading::Part => {
            let zeros = Zeros { any_day: false, ..Zeros::ANY };
            match temporal_text::proper_datetime(text, zeros) {
                Ok(Some(found)) => (found.parts.to_datetime() != 0).then(|| Moment::found(found)),
                Ok(None) => temporal_text::time(text).map(|time| Moment::Time(time.micros)),
                Err(NoDay) => None,
            }
        }
        Reading::Sum | Reading::Difference | Reading::Format => {
            if let Ok(Some(found)) = temporal_text::proper_datetime(text, Zeros::ANY) {
                let counts = reading != Reading::Sum || temporal_text::checked(found.parts, Zeros::NONE).is_some();
                let parts = if reading == Reading::Format { found.written } else { found.parts };
                return counts.then(|| Moment::of(parts, found.has_time));
            }
            let time = temporal_text::time(text);
            if let Some(time) = time.filter(|time| time.exact) {
                return Some(Moment::Time(time.micros));
            }
            let date = temporal_text::found_datetime(text, Zeros::ANY).map(Moment::found);
            date.or_else(|| time.map(|time| Moment::Time(time.micros)))
        }
    }
}
