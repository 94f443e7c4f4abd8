//! What is done by a unit of time: `date ± INTERVAL n unit`, EXTRACT, TIMESTAMPDIFF.

use datafusion::logical_expr::Expr;
use dsl::{Code, Span, TimeUnit, UnitOp};

use super::bind::{Binder, Failed};
use super::calendar::{self, day_number, week};
use super::cell::{Cell, Form};
use super::dates::ascii_text;
use super::function::call_strict;
use super::interval::{Interval, has_micros, is_of_date, is_of_time};
use super::moment::{Moment, Reading};
use super::sql_type::Kind;
use super::temporal::Parts;
use super::typed::{Context, Typed};

impl Binder<'_> {
    /// Types an operation by a unit of time.
    pub(super) fn by_unit(&mut self, op: UnitOp, unit: TimeUnit, args: &[dsl::Expr], span: Span) -> Result<Typed, Failed> {
        let args = self.bind_all(args)?;
        self.accept_no_json(&args.iter().collect::<Vec<_>>(), "an operation by a unit of time")?;
        match (op, args.as_slice()) {
            (UnitOp::Add, [date, amount]) => self.date_add(unit, false, date, amount, span),
            (UnitOp::Subtract, [date, amount]) => self.date_add(unit, true, date, amount, span),
            (UnitOp::Extract, [date]) => self.extract(unit, date, span),
            (UnitOp::Difference, [from, to]) => self.timestamp_diff(unit, from, to, span),
            (UnitOp::Add | UnitOp::Subtract | UnitOp::Extract | UnitOp::Difference, _) => {
                Err(self.error(Code::WRONG_ARGUMENT_COUNT, "the operation takes another number of arguments".into(), span))
            }
        }
    }

    fn date_add(&mut self, unit: TimeUnit, subtracts: bool, date: &Typed, amount: &Typed, span: Span) -> Result<Typed, Failed> {
        let read = self.amount(unit, amount)?;
        let step = Step { unit, subtracts, read: read.0 };
        let amount_fsp = match read.0 {
            _ if has_micros(unit) => 6,
            Read::Seconds => amount.kind.decimals().min(6),
            Read::Integer | Read::Text => 0,
        };
        let name = format!("date_add_{unit}_{subtracts}_{:?}", read.0).to_lowercase();
        match &date.kind {
            Kind::Time { fsp } if is_of_time(unit) => {
                let value = call_strict(format!("{name}_time"), Form::Time, vec![date.as_native(), read.1], move |args| {
                    let moved = step.interval(&args[1]).and_then(|interval| interval.added_to_time(args[0].as_int() as i64));
                    Ok(moved.map_or(Cell::Null, Cell::Int))
                });
                Ok(Typed::sum(Kind::Time { fsp: (*fsp).max(amount_fsp) }, value, &[date, amount], span))
            }
            Kind::Time { .. } => Err(self.no_date_of_its_own(span)),
            Kind::Date | Kind::DateTime { .. } => {
                let kind = match &date.kind {
                    Kind::DateTime { fsp } => Kind::DateTime { fsp: (*fsp).max(amount_fsp) },
                    _ if is_of_date(unit) => Kind::Date,
                    _ => Kind::DateTime { fsp: amount_fsp },
                };
                let is_date = kind == Kind::Date;
                let value = call_strict(format!("{name}_{is_date}"), Form::UInt, vec![self.day(date, span)?, read.1], move |args| {
                    let date = Parts::from_datetime(args[0].as_bits());
                    let moved = step.interval(&args[1]).and_then(|interval| interval.added_to_date(date, unit));
                    Ok(moved.map_or(Cell::Null, |parts| Cell::UInt(if is_date { parts.to_date() } else { parts.to_datetime() })))
                });
                Ok(Typed::sum(kind, value, &[date, amount], span))
            }
            _ => {
                let moment = self.moment(date, Reading::Date, span)?;
                let value = call_strict(format!("{name}_text"), Form::Bytes, vec![moment, read.1], move |args| {
                    let moment = Moment::decode(&args[0]);
                    let moved = step.interval(&args[1]).and_then(|interval| interval.added_to_date(moment.parts(), unit));
                    let Some(parts) = moved else { return Ok(Cell::Null) };
                    let keeps_date = matches!(moment, Moment::Date(_)) && is_of_date(unit);
                    Ok(if keeps_date { Moment::Date(parts) } else { Moment::DateTime(parts) }.text())
                });
                Ok(Typed::dated(value, false, &[date, amount], span))
            }
        }
    }

    /// The amount, as it is read for the unit.
    fn amount(&mut self, unit: TimeUnit, amount: &Typed) -> Result<(Read, Expr), Failed> {
        self.accept_value(amount)?;
        if unit.is_compound() {
            return Ok((Read::Text, ascii_text(amount)));
        }
        if unit == TimeUnit::Second && amount.kind.decimals() > 0 {
            return Ok((Read::Seconds, amount.as_decimal()));
        }
        Ok((Read::Integer, amount.as_context(&Context::Int { unsigned: false })))
    }

    /// `EXTRACT(unit FROM date)`.
    fn extract(&mut self, unit: TimeUnit, date: &Typed, span: Span) -> Result<Typed, Failed> {
        let name = format!("extract_{unit}").to_lowercase();
        let value = if is_of_date(unit) {
            call_strict(name, Form::Int, vec![self.loose_date(date, span)?], move |args| {
                Ok(Cell::Int(part_of_date(&Parts::from_datetime(args[0].as_bits()), unit)))
            })
        } else {
            call_strict(name, Form::Int, vec![self.moment(date, Reading::Part, span)?], move |args| {
                Ok(Cell::Int(part_of_time(&Moment::decode(&args[0]).parts(), unit)))
            })
        };
        Ok(Typed::combine(Kind::Integer { unsigned: false, digits: EXTRACT_DIGITS }, true, value, &[date], span))
    }

    /// `TIMESTAMPDIFF(unit, from, to)`: whole units from one to the other.
    fn timestamp_diff(&mut self, unit: TimeUnit, from: &Typed, to: &Typed, span: Span) -> Result<Typed, Failed> {
        let operands = vec![self.day(from, span)?, self.day(to, span)?];
        let value = call_strict(format!("timestampdiff_{unit}").to_lowercase(), Form::Int, operands, move |args| {
            let [from, to] = [&args[0], &args[1]].map(|cell| Parts::from_datetime(cell.as_bits()));
            Ok(Cell::Int(difference(&from, &to, unit)))
        });
        Ok(Typed::combine(Kind::Integer { unsigned: false, digits: 20 }, true, value, &[from, to], span))
    }
}

/// The digits of DAY_MICROSECOND, which is the longest.
const EXTRACT_DIGITS: u8 = 14;

/// How an amount is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Read {
    Integer,
    Seconds,
    Text,
}

/// How a date is moved.
#[derive(Debug, Clone, Copy)]
struct Step {
    unit: TimeUnit,
    subtracts: bool,
    read: Read,
}

impl Step {
    fn interval(&self, amount: &Cell<'_>) -> Option<Interval> {
        let interval = match self.read {
            Read::Integer => Interval::of_integer(amount.as_int() as i64, self.unit)?,
            Read::Seconds => Interval::of_seconds(&amount.as_decimal())?,
            Read::Text => Interval::of_text(amount.as_bytes(), self.unit)?,
        };
        Some(if self.subtracts { interval.negated() } else { interval })
    }
}

fn part_of_date(date: &Parts, unit: TimeUnit) -> i64 {
    let (year, month) = (i64::from(date.year), i64::from(date.month));
    match unit {
        TimeUnit::Year => year,
        TimeUnit::YearMonth => year * 100 + month,
        TimeUnit::Quarter => (month + 2) / 3,
        TimeUnit::Month => month,
        TimeUnit::Week => week(date, calendar::week_mode(0)).1,
        _ => date.day.into(),
    }
}

/// The digits of the parts from the largest to the smallest of the unit.
fn part_of_time(time: &Parts, unit: TimeUnit) -> i64 {
    use TimeUnit::*;
    let [day, hour, minute, second, micros] = [time.day, time.hour, time.minute, time.second, time.micros].map(i64::from);
    let minutes = minute;
    let value = match unit {
        Hour => hour,
        Minute => minutes,
        Second => second,
        Microsecond => micros,
        DayHour => day * 100 + hour,
        DayMinute => (day * 100 + hour) * 100 + minute,
        DaySecond => ((day * 100 + hour) * 100 + minute) * 100 + second,
        DayMicrosecond => (((day * 100 + hour) * 100 + minute) * 100 + second) * 1_000_000 + micros,
        HourMinute => hour * 100 + minute,
        HourSecond => (hour * 100 + minute) * 100 + second,
        HourMicrosecond => ((hour * 100 + minute) * 100 + second) * 1_000_000 + micros,
        MinuteSecond => minute * 100 + second,
        MinuteMicrosecond => (minute * 100 + second) * 1_000_000 + micros,
        SecondMicrosecond => second * 1_000_000 + micros,
        Year | YearMonth | Quarter | Month | Week | Day => part_of_date(time, unit),
    };
    if time.negative { -value } else { value }
}

/// Microseconds since the start of year 0.
pub(super) fn absolute_micros(parts: &Parts) -> i64 {
    let time = Parts { year: 0, month: 0, day: 0, ..*parts }.to_time();
    day_number(parts.year, parts.month, parts.day) * 86_400_000_000 + time
}

fn difference(from: &Parts, to: &Parts, unit: TimeUnit) -> i64 {
    let micros = absolute_micros(to) - absolute_micros(from);
    let of_seconds = |seconds: i64| micros / (seconds * 1_000_000);
    match unit {
        TimeUnit::Year => months_between(from, to) / 12,
        TimeUnit::Quarter => months_between(from, to) / 3,
        TimeUnit::Month => months_between(from, to),
        TimeUnit::Week => of_seconds(604_800),
        TimeUnit::Day => of_seconds(86_400),
        TimeUnit::Hour => of_seconds(3600),
        TimeUnit::Minute => of_seconds(60),
        TimeUnit::Second => of_seconds(1),
        _ => micros,
    }
}

/// Whole months from one to the other.
fn months_between(from: &Parts, to: &Parts) -> i64 {
    let negative = absolute_micros(to) < absolute_micros(from);
    let (begin, end) = if negative { (to, from) } else { (from, to) };
    let months = |parts: &Parts| i64::from(parts.year) * 12 + i64::from(parts.month);
    let in_month = |parts: &Parts| (parts.day, Parts { year: 0, month: 0, day: 0, ..*parts }.to_time());
    let whole = months(end) - months(begin) - i64::from(in_month(end) < in_month(begin));
    if negative { -whole } else { whole }
}
