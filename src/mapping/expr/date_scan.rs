//! STR_TO_DATE: a date or a time found in a text by a format.

use dsl::Span;

use super::bind::{Binder, Failed};
use super::calendar::{date_of_day, day_number, weekday};
use super::cell::Cell;
use super::date_format::{DAYS, MONTHS};
use super::function::call_on_all;
use super::sql_type::Kind;
use super::temporal::Parts;
use super::temporal_text::{Zeros, checked};
use super::typed::Typed;

/// `STR_TO_DATE(text, format)`: a DATE, TIME or DATETIME as a constant format says, else a DATETIME.
pub(super) fn str_to_date(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let (text, format) = (&args[0], &args[1]);
    binder.accept_value(text)?;
    binder.accept_value(format)?;
    let known = if format.constant { format.literal_text() } else { None };
    let kind = known.map_or(Kind::DateTime { fsp: 6 }, |format| kind_of_format(&format));
    let result = kind.clone();
    let name = format!("str_to_date_{}", kind.describe().to_lowercase());
    let value = call_on_all(name, kind.form(), vec![text.as_text(), format.as_text()], move |args| {
        let parts = scan(args[0].as_bytes(), args[1].as_bytes());
        Ok(parts.and_then(|parts| value_of(&parts, &result)).unwrap_or(Cell::Null))
    });
    Ok(Typed::sum(kind, value, &[text, format], span))
}

/// A TIME has no date; a date has all of year, month and day.
fn value_of(parts: &Parts, kind: &Kind) -> Option<Cell<'static>> {
    if matches!(kind, Kind::Time { .. }) {
        let has_date = parts.year != 0 || parts.month != 0 || parts.day != 0;
        return (!has_date).then(|| Cell::Int(parts.to_time()));
    }
    let parts = checked(*parts, Zeros::NONE).filter(|parts| parts.year != 0)?;
    Some(Cell::UInt(if *kind == Kind::Date { parts.to_date() } else { parts.to_datetime() }))
}

/// What the letters of a format are parts of; days of the month may be part of either.
fn kind_of_format(format: &[u8]) -> Kind {
    let mut letters = Vec::new();
    let mut rest = format;
    while let [byte, after @ ..] = rest {
        rest = after;
        if let (b'%', [letter, after @ ..]) = (byte, after) {
            letters.push(*letter);
            rest = after;
        }
    }
    let any = |of: &[u8]| letters.iter().any(|letter| of.contains(letter));
    let fsp = if any(b"f") { 6 } else { 0 };
    match (any(b"MVUXYWabcjmvuxyw"), any(b"fHISThiklrs")) {
        (true, true) => Kind::DateTime { fsp },
        (false, true) => Kind::Time { fsp },
        (_, false) => Kind::Date,
    }
}

/// What was read of a text.
#[derive(Default)]
struct Scan<'t> {
    rest: &'t [u8],
    parts: Parts,
    /// 1 is Monday.
    weekday: Option<u32>,
    day_of_year: u32,
    week: Option<Week>,
    /// The year of `%X` or `%x`; whether it is `%X`.
    week_year: Option<(u32, bool)>,
}

/// The number of a week.
#[derive(Clone, Copy)]
struct Week {
    number: u32,
    /// `%U` and `%V`.
    sunday_first: bool,
    /// `%V` and `%v`, which need the year of weeks.
    strict: bool,
}

/// Reads a text by a format; none where it does not fit. What is left of either is no matter.
fn scan(text: &[u8], format: &[u8]) -> Option<Parts> {
    let mut scan = Scan { rest: text, ..Scan::default() };
    scan.follow(format)?;
    scan.finished()
}

impl Scan<'_> {
    fn follow(&mut self, format: &[u8]) -> Option<()> {
        let mut is_pm = false;
        let mut twelve_hours = false;
        let mut format = format;
        while let [byte, after @ ..] = format {
            self.skip(is_space);
            if self.rest.is_empty() {
                break;
            }
            format = after;
            match (byte, after) {
                (b'%', [letter, after @ ..]) => {
                    format = after;
                    match letter {
                        b'p' if twelve_hours => is_pm = self.half()?,
                        b'h' | b'I' | b'l' => {
                            twelve_hours = true;
                            self.parts.hour = self.number(2)?.0;
                        }
                        _ => self.part(*letter)?,
                    }
                }
                (space, _) if is_space(*space) => {}
                (literal, _) => {
                    self.rest = self.rest.strip_prefix(std::slice::from_ref(literal))?;
                }
            }
        }
        if twelve_hours {
            let hour = Some(self.parts.hour).filter(|hour| (1..=12).contains(hour))?;
            self.parts.hour = hour % 12 + if is_pm { 12 } else { 0 };
        }
        Some(())
    }

    fn part(&mut self, letter: u8) -> Option<()> {
        match letter {
            b'Y' => {
                let (year, length) = self.number(4)?;
                self.parts.year = if length <= 2 { of_this_century(year) } else { year };
            }
            b'y' => self.parts.year = of_this_century(self.number(2)?.0),
            b'm' | b'c' => self.parts.month = self.number(2)?.0,
            b'M' => self.parts.month = self.word(&MONTHS, usize::MAX)?,
            b'b' => self.parts.month = self.word(&MONTHS, 3)?,
            b'd' | b'e' => self.parts.day = self.number(2)?.0,
            b'D' => {
                self.parts.day = self.number(2)?.0;
                self.rest = self.rest.get(2..).unwrap_or(&[]);
            }
            b'k' | b'H' => self.parts.hour = self.number(2)?.0,
            b'i' => self.parts.minute = self.number(2)?.0,
            b's' | b'S' => self.parts.second = self.number(2)?.0,
            b'f' => {
                let (micros, length) = self.number(6)?;
                self.parts.micros = micros * 10u32.pow(6 - length as u32);
            }
            b'W' => self.weekday = Some(self.word(&DAYS, usize::MAX)?),
            b'a' => self.weekday = Some(self.word(&DAYS, 3)?),
            b'w' => {
                let day = Some(self.number(1)?.0).filter(|day| *day < 7)?;
                self.weekday = Some(if day == 0 { 7 } else { day });
            }
            b'j' => self.day_of_year = self.number(3)?.0,
            b'V' | b'U' | b'v' | b'u' => self.week = Some(self.week(letter)?),
            b'X' | b'x' => self.week_year = Some((self.number(4)?.0, letter == b'X')),
            b'r' => self.follow(b"%I:%i:%S %p")?,
            b'T' => self.follow(b"%H:%i:%S")?,
            b'.' => self.skip(|byte| byte.is_ascii_punctuation()),
            b'@' => self.skip(|byte| byte.is_ascii_alphabetic()),
            b'#' => self.skip(|byte| byte.is_ascii_digit()),
            _ => return None,
        }
        Some(())
    }

    fn skip(&mut self, what: fn(u8) -> bool) {
        let count = self.rest.iter().take_while(|byte| what(**byte)).count();
        self.rest = &self.rest[count..];
    }

    /// A number of at most so many characters, a plus before it among them, and how many it took.
    fn number(&mut self, most: usize) -> Option<(u32, usize)> {
        let within = &self.rest[..most.min(self.rest.len())];
        let sign = usize::from(within.first() == Some(&b'+'));
        let digits = within[sign..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        if digits == 0 {
            return None;
        }
        let number = within[sign..sign + digits].iter().fold(0, |number, digit| number * 10 + u32::from(digit - b'0'));
        self.rest = &self.rest[sign + digits..];
        Some((number, sign + digits))
    }

    /// One of several words, from 1; the start of one that no other begins with will do.
    fn word(&mut self, words: &[&str], most: usize) -> Option<u32> {
        // To the server, letters are those of latin1.
        let length = self.rest.iter().take_while(|byte| byte.is_ascii_alphabetic() || **byte >= 0xC0).count();
        let (found, rest) = self.rest.split_at(length);
        let cut = |word: &str| word.as_bytes()[..word.len().min(most)].to_ascii_lowercase();
        let found = found.to_ascii_lowercase();
        let mut starts = words.iter().zip(1..).filter(|(word, _)| cut(word).starts_with(&found));
        let exact = words.iter().zip(1..).find(|(word, _)| cut(word) == found);
        let index = match (exact, starts.next(), starts.next()) {
            (Some((_, index)), ..) | (None, Some((_, index)), None) => index,
            _ => return None,
        };
        self.rest = rest;
        Some(index)
    }

    /// AM or PM; whether it is PM.
    fn half(&mut self) -> Option<bool> {
        let word = self.rest.get(..2)?.to_ascii_uppercase();
        let is_pm = match word.as_slice() {
            b"PM" => true,
            b"AM" => false,
            _ => return None,
        };
        self.rest = &self.rest[2..];
        Some(is_pm)
    }

    fn week(&mut self, letter: u8) -> Option<Week> {
        let strict = matches!(letter, b'V' | b'v');
        let number = Some(self.number(2)?.0).filter(|number| *number <= 53 && (*number > 0 || !strict))?;
        Some(Week { number, sunday_first: matches!(letter, b'U' | b'V'), strict })
    }

    /// The date of a day of the year, or of a week and its day, takes the place of month and day.
    fn finished(mut self) -> Option<Parts> {
        if self.day_of_year > 0 {
            self.set_day(day_number(self.parts.year, 1, 1) + i64::from(self.day_of_year) - 1)?;
        }
        if let (Some(week), Some(day)) = (self.week, self.weekday) {
            let year = match (week.strict, self.week_year) {
                (true, Some((year, sunday_first))) if sunday_first == week.sunday_first => year,
                (false, None) => self.parts.year,
                _ => return None,
            };
            let first = day_number(year, 1, 1);
            let start = weekday(first, week.sunday_first);
            let days = (i64::from(week.number) - 1) * 7 - start;
            self.set_day(if week.sunday_first {
                first + days + if start == 0 { 0 } else { 7 } + i64::from(day % 7)
            } else {
                first + days + if start <= 3 { 0 } else { 7 } + i64::from(day) - 1
            })?;
        }
        let parts = self.parts;
        let is_in_range = parts.month <= 12 && parts.day <= 31 && parts.hour <= 23 && parts.minute <= 59 && parts.second <= 59;
        is_in_range.then_some(parts)
    }

    fn set_day(&mut self, number: i64) -> Option<()> {
        let (year, month, day) = date_of_day(number)?;
        self.parts = Parts { year, month, day, ..self.parts };
        Some(())
    }
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b'\t'..=b'\r' | b' ')
}

fn of_this_century(year: u32) -> u32 {
    match year {
        0..70 => year + 2000,
        70..100 => year + 1900,
        _ => year,
    }
}
