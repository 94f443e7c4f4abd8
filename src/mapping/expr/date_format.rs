//! DATE_FORMAT, YEAR, MONTH.

use dsl::{Code, Span};

use super::bind::{Binder, Failed};
use super::calendar::{WeekMode, day_number, week, weekday};
use super::cell::{Cell, Form};
use super::function::call_strict;
use super::sql_type::{Kind, TextKind};
use super::temporal::{self, Parts};
use super::typed::Typed;

const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// An operand as DATETIME; a TIME has no date of its own.
fn datetime(binder: &mut Binder<'_>, operand: &Typed, span: Span) -> Result<datafusion::logical_expr::Expr, Failed> {
    binder.accept_value(operand)?;
    if operand.may_be_number() {
        let message = format!("a {} is not a date", operand.kind.describe());
        return Err(binder.error_with(Code::TYPE_MISMATCH, message, operand.span, "Write `CAST(… AS DATE)`."));
    }
    let target = Kind::DateTime { fsp: 6 };
    if temporal::converts(&operand.kind, &target) && !operand.may_be_time() {
        return Ok(operand.as_context(&super::typed::Context::LooseDateTime));
    }
    Err(binder.error(Code::TYPE_MISMATCH, "a TIME has a date by the current date only".into(), span))
}

/// `YEAR(date)`.
pub(super) fn year(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let date = datetime(binder, &args[0], span)?;
    let value = call_strict("year", Form::UInt, vec![date], |args| Ok(Cell::UInt(Parts::from_datetime(args[0].as_bits()).year.into())));
    Ok(Typed::year(value, &args[0], span))
}

/// `MONTH(date)`.
pub(super) fn month(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let date = datetime(binder, &args[0], span)?;
    let value = call_strict("month", Form::Int, vec![date], |args| Ok(Cell::Int(Parts::from_datetime(args[0].as_bits()).month.into())));
    Ok(Typed::combine(Kind::Integer { unsigned: false, digits: 2 }, true, value, &[&args[0]], span))
}

/// `DATE_FORMAT(date, format)`, with English names.
pub(super) fn date_format(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let date = datetime(binder, &args[0], span)?;
    let text = TextKind::literal(TextKind::numeric().collation, args[1].text_kind().ascii);
    let format = binder.text_in(&args[1], &text);
    let value = call_strict("date_format", Form::Bytes, vec![date, format], |args| {
        let formatted = format_date(&Parts::from_datetime(args[0].as_bits()), args[1].as_bytes());
        Ok(formatted.map_or(Cell::Null, Cell::bytes))
    });
    let length = args[1].kind.text_length().saturating_mul(10);
    Ok(Typed::combine(Kind::Text { length, text }, true, value, &[&args[0], &args[1]], span))
}

fn format_date(date: &Parts, format: &[u8]) -> Option<Vec<u8>> {
    if format.is_empty() {
        return None;
    }
    let mut out = Vec::with_capacity(format.len() * 2);
    let mut rest = format;
    while let [byte, after @ ..] = rest {
        rest = after;
        match (byte, after) {
            (b'%', [letter, after @ ..]) => {
                out.extend_from_slice(part(date, *letter)?.as_slice());
                rest = after;
            }
            _ => out.push(*byte),
        }
    }
    Some(out)
}

const fn mode(monday_first: bool, week_year: bool, first_weekday: bool) -> WeekMode {
    WeekMode { monday_first, week_year, first_weekday }
}

/// What a letter behind `%` stands for; none where the date lacks it.
fn part(date: &Parts, letter: u8) -> Option<Vec<u8>> {
    let number = || day_number(date.year, date.month, date.day);
    let has_weekday = date.month != 0 || date.year != 0;
    let name = |names: &'static [&'static str], index: i64| usize::try_from(index).ok().and_then(|index| names.get(index).copied());
    let day_name = || if has_weekday { name(&DAYS, weekday(number(), false)) } else { None };
    let month_name = || name(&MONTHS, i64::from(date.month) - 1);
    let hour12 = (date.hour % 24 + 11) % 12 + 1;
    let half = if date.hour % 24 < 12 { "AM" } else { "PM" };
    let text = match letter {
        b'a' => day_name()?[..3].to_owned(),
        b'W' => day_name()?.to_owned(),
        b'b' => month_name()?[..3].to_owned(),
        b'M' => month_name()?.to_owned(),
        b'c' => date.month.to_string(),
        b'm' => format!("{:02}", date.month),
        b'D' => ordinal(date.day),
        b'd' => format!("{:02}", date.day),
        b'e' => date.day.to_string(),
        b'f' => format!("{:06}", date.micros),
        b'H' => format!("{:02}", date.hour),
        b'h' | b'I' => format!("{hour12:02}"),
        b'i' => format!("{:02}", date.minute),
        b'j' => format!("{:03}", number() - day_number(date.year, 1, 1) + 1),
        b'k' => date.hour.to_string(),
        b'l' => hour12.to_string(),
        b'p' => half.to_owned(),
        b'r' => format!("{hour12:02}:{:02}:{:02} {half}", date.minute, date.second),
        b'S' | b's' => format!("{:02}", date.second),
        b'T' => format!("{:02}:{:02}:{:02}", date.hour, date.minute, date.second),
        b'U' => format!("{:02}", week(date, mode(false, false, true)).1),
        b'u' => format!("{:02}", week(date, mode(true, false, false)).1),
        b'V' => format!("{:02}", week(date, mode(false, true, true)).1),
        b'v' => format!("{:02}", week(date, mode(true, true, false)).1),
        b'X' => format!("{:04}", week(date, mode(false, true, true)).0 as u32),
        b'x' => format!("{:04}", week(date, mode(true, true, false)).0 as u32),
        b'w' if has_weekday => weekday(number(), true).to_string(),
        b'w' => return None,
        b'Y' => format!("{:04}", date.year),
        b'y' => format!("{:02}", date.year % 100),
        other => return Some(vec![other]),
    };
    Some(text.into_bytes())
}

fn ordinal(day: u32) -> String {
    let ending = match day {
        11..=13 => "th",
        _ => match day % 10 {
            1 => "st",
            2 => "nd",
            3 => "rd",
            _ => "th",
        },
    };
    format!("{day}{ending}")
}
