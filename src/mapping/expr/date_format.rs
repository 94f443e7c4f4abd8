//! DATE_FORMAT, TIME_FORMAT, GET_FORMAT, and YEAR.

use datafusion::logical_expr::Expr;
use dsl::{Code, Span};

use super::bind::{Binder, Failed};
use super::calendar::{WeekMode, day_number, week, weekday};
use super::cell::{Cell, Form};
use super::dates::ascii_text;
use super::function::call_strict;
use super::moment::{Moment, Reading};
use super::sql_type::{Kind, TextKind};
use super::temporal::Parts;
use super::typed::Typed;

pub(super) const MONTHS: [&str; 12] =
    ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"];
pub(super) const DAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// `YEAR(date)`.
pub(super) fn year(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let date = binder.any_date(&args[0], span)?;
    let value = call_strict("year", Form::UInt, vec![date], |args| Ok(Cell::UInt(Parts::from_datetime(args[0].as_bits()).year.into())));
    Ok(Typed::year(value, &args[0], span))
}

/// `DATE_FORMAT(date, format)`, with English names.
pub(super) fn date_format(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    formatted(binder, &args[0], &args[1], span)
}

/// A date by a format.
pub(super) fn formatted(binder: &mut Binder<'_>, date: &Typed, format: &Typed, span: Span) -> Result<Typed, Failed> {
    let operand = binder.loose_date(date, span)?;
    let text = format_kind(binder, format)?;
    let value = call_strict("date_format", Form::Bytes, vec![operand, format.as_text()], |args| {
        let text = format_parts(&Parts::from_datetime(args[0].as_bits()), args[1].as_bytes(), part);
        Ok(text.map_or(Cell::Null, Cell::bytes))
    });
    Ok(format_result(value, text, date, format, span))
}

/// `TIME_FORMAT(time, format)`: of a date, its parts can be written, but nothing that takes a day of the week or year.
pub(super) fn time_format(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let operand = binder.moment(&args[0], Reading::Format, span)?;
    let text = format_kind(binder, &args[1])?;
    let value = call_strict("time_format", Form::Bytes, vec![operand, args[1].as_text()], |args| {
        let time = Moment::decode(&args[0]).parts();
        let text = format_parts(&time, args[1].as_bytes(), |time, letter| match letter {
            b'a' | b'W' | b'D' | b'j' | b'U' | b'u' | b'V' | b'v' | b'X' | b'x' | b'w' => None,
            _ => part(time, letter),
        });
        Ok(text.map_or(Cell::Null, Cell::bytes))
    });
    Ok(format_result(value, text, &args[0], &args[1], span))
}

/// The text that comes of a format: in the default collation, as strong as the format's. The server copies the format's bytes.
fn format_kind(binder: &mut Binder<'_>, format: &Typed) -> Result<TextKind, Failed> {
    binder.accept_value(format)?;
    let text = format.text_kind();
    let charset = text.charset();
    if !text.ascii && !charset.is_binary() && !matches!(charset.name(), "utf8mb4" | "utf8mb3") {
        let message = format!("MySQL copies the bytes of a format, and they are of charset `{charset}`");
        return Err(binder.error_with(Code::UNSUPPORTED_COLLATION, message, format.span, "Write `CONVERT(… USING utf8mb4)` around it."));
    }
    Ok(TextKind { collation: TextKind::numeric().collation, ..text })
}

fn format_result(value: Expr, text: TextKind, date: &Typed, format: &Typed, span: Span) -> Typed {
    let length = format.kind.text_length().saturating_mul(10);
    Typed::combine(Kind::Text { length, text }, true, value, &[date, format], span)
}

/// `GET_FORMAT(DATE | TIME | DATETIME, region)`; the parser makes a text of the first.
pub(super) fn get_format(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    binder.accept_value(&args[1])?;
    let column = match args[0].literal_text().as_deref() {
        Some(b"date") => 1,
        Some(b"time") => 3,
        _ => 2,
    };
    let value = call_strict(format!("get_format_{column}"), Form::Bytes, vec![ascii_text(&args[1])], move |args| {
        let region = args[0].as_bytes();
        let found = FORMATS.iter().find(|formats| formats[0].as_bytes().eq_ignore_ascii_case(region));
        Ok(found.map_or(Cell::Null, |formats| Cell::Bytes(formats[column].as_bytes().into())))
    });
    let text = TextKind::literal(TextKind::numeric().collation, true);
    Ok(Typed::combine(Kind::Text { length: 17, text }, true, value, &[&args[1]], span))
}

/// A region, its formats of dates, of both, of times.
const FORMATS: [[&str; 4]; 5] = [
    ["USA", "%m.%d.%Y", "%Y-%m-%d %H.%i.%s", "%h:%i:%s %p"],
    ["JIS", "%Y-%m-%d", "%Y-%m-%d %H:%i:%s", "%H:%i:%s"],
    ["ISO", "%Y-%m-%d", "%Y-%m-%d %H:%i:%s", "%H:%i:%s"],
    ["EUR", "%d.%m.%Y", "%Y-%m-%d %H.%i.%s", "%H.%i.%s"],
    ["INTERNAL", "%Y%m%d", "%Y%m%d%H%i%s", "%H%i%s"],
];

fn format_parts(date: &Parts, format: &[u8], part: fn(&Parts, u8) -> Option<Vec<u8>>) -> Option<Vec<u8>> {
    if format.is_empty() {
        return None;
    }
    let mut out = Vec::with_capacity(format.len() * 2);
    if date.negative {
        out.push(b'-');
    }
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
