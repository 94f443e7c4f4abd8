//! Dates and times in text, read as MySQL reads them: generously, with NULL for what is none.

use super::calendar::days_in_month;
use super::temporal::Parts;

/// What is done with dates that no calendar has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Zeros {
    /// `2020-00-10` counts.
    pub(super) in_date: bool,
    /// `0000-00-00` counts.
    pub(super) whole: bool,
    /// So does `2021-02-31`.
    pub(super) any_day: bool,
}

impl Zeros {
    /// Only dates of the calendar count.
    pub(super) const NONE: Self = Self { in_date: false, whole: false, any_day: false };
    /// Where a part of the date is wanted, others may be zero.
    pub(super) const LOOSE: Self = Self { in_date: true, ..Self::NONE };
    /// Where only the time is wanted, the date is hardly looked at.
    pub(super) const ANY: Self = Self { in_date: true, whole: true, any_day: true };
}

/// The seconds of the longest TIME, 838:59:59.
pub(super) const LONGEST_TIME_S: u64 = 838 * 3600 + 59 * 60 + 59;

/// A DATETIME at the start of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Found {
    /// The text does not look like one.
    Nothing,
    /// It looks like one, but no clock has it.
    Impossible,
    /// It looks like one, but no calendar has it; `proper` is as in [`FoundDate`].
    NoDay { proper: bool },
    /// It is one.
    Date(FoundDate),
}

/// A DATETIME (or DATE) at the start of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FoundDate {
    pub(super) parts: Parts,
    /// As it is written, whatever its time zone.
    pub(super) written: Parts,
    /// Whether more than year, month and day were given.
    pub(super) has_time: bool,
    /// Whether nothing but white space follows.
    pub(super) complete: bool,
    /// Whether nothing at all follows, and all signs are those of `2020-02-29 10:10:10.5`.
    pub(super) proper: bool,
    /// Digits behind the point, at most 6.
    pub(super) fraction_digits: u8,
    /// Whether digits behind the microseconds round them up; the parts are as they were written.
    rounds_up: bool,
}

struct Cursor<'t> {
    text: &'t [u8],
    at: usize,
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b'\t'..=b'\r' | b' ')
}

impl Cursor<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn rest(&self) -> &[u8] {
        &self.text[self.at..]
    }

    fn is_at_digit(&self) -> bool {
        self.peek().is_some_and(|byte| byte.is_ascii_digit())
    }

    fn skip_spaces(&mut self) {
        while self.peek().is_some_and(is_space) {
            self.at += 1;
        }
    }

    /// Reads all digits; a number beyond 64 bits wraps around, as MySQL's does.
    fn number(&mut self) -> u64 {
        let mut value = 0u64;
        while let Some(byte) = self.peek().filter(u8::is_ascii_digit) {
            value = value.wrapping_mul(10).wrapping_add(u64::from(byte - b'0'));
            self.at += 1;
        }
        value
    }

    /// Reads up to `most` digits of a part of a date; none where the part is impossible.
    fn part(&mut self, most: usize) -> Option<u32> {
        let start = self.at;
        let mut value = 0u32;
        while self.at - start < most
            && let Some(byte) = self.peek().filter(u8::is_ascii_digit)
        {
            value = value * 10 + u32::from(byte - b'0');
            self.at += 1;
            if value > 999_999 {
                return None;
            }
        }
        Some(value)
    }
}

/// Reads a DATETIME (or DATE) at the start of a text.
pub(super) fn datetime(text: &[u8], zeros: Zeros) -> Option<Parts> {
    found_datetime(text, zeros).map(|found| found.parts)
}

/// As [`datetime`], with what else there is to say of it.
pub(super) fn found_datetime(text: &[u8], zeros: Zeros) -> Option<FoundDate> {
    match find_datetime(text, zeros, false) {
        Found::Date(found) if found.rounds_up => {
            let rounded = |parts| super::calendar::add_micros(parts, 1);
            Some(FoundDate { parts: rounded(found.parts)?, written: rounded(found.written)?, ..found })
        }
        Found::Date(found) => Some(found),
        Found::Nothing | Found::Impossible | Found::NoDay { .. } => None,
    }
}

/// A text that is written as a date is written, of a day that no calendar has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NoDay;

/// A DATETIME (or DATE) that is all of a text, written as it should be; none where the text may be something else.
pub(super) fn proper_datetime(text: &[u8], zeros: Zeros) -> Result<Option<FoundDate>, NoDay> {
    match find_datetime(text, zeros, false) {
        Found::NoDay { proper: true } => Err(NoDay),
        Found::Date(FoundDate { proper: true, .. }) => Ok(found_datetime(text, zeros)),
        Found::Date(_) | Found::Nothing | Found::Impossible | Found::NoDay { .. } => Ok(None),
    }
}

/// Looks for a DATETIME; where `only_datetime`, one with signs in it needs a space before its time.
fn find_datetime(text: &[u8], zeros: Zeros, only_datetime: bool) -> Found {
    let mut cursor = Cursor { text, at: 0 };
    cursor.skip_spaces();
    let start = cursor.at;
    if !cursor.is_at_digit() {
        return Found::Nothing;
    }
    let Some(read) = fields(&mut cursor) else { return Found::Nothing };
    if only_datetime && read.has_sign && !read.has_space {
        return Found::Nothing;
    }
    let [year, month, day, hour, minute, second, micros] = read.values;
    let mut parts = Parts { negative: false, year, month, day, hour, minute, second, micros };
    if read.year_digits == 2 && read.values.iter().any(|field| *field > 0) {
        parts.year += if parts.year < 70 { 2000 } else { 1900 };
    }
    if read.count < 3 {
        return Found::Impossible;
    }
    let proper = start == 0 && !read.is_odd;
    let Some(parts) = checked(parts, zeros) else {
        return if is_in_range(&parts) { Found::NoDay { proper: proper && cursor.rest().is_empty() } } else { Found::Impossible };
    };
    let mut rounds_up = false;
    if read.fraction_digits == 6 && cursor.is_at_digit() {
        rounds_up = cursor.peek().is_some_and(|digit| digit >= b'5');
        cursor.number();
    }
    let offset = match (read.offset, cursor.peek()) {
        (0, Some(b'+' | b'-')) => match zone(cursor.rest()) {
            Some(offset) => offset,
            None => return Found::Nothing,
        },
        (offset, _) => offset,
    };
    let written = parts;
    let moved = if offset == 0 { Some(parts) } else { super::calendar::add_micros(parts, -offset * 60_000_000) };
    let complete = cursor.rest().iter().all(|byte| is_space(*byte)) || read.offset != 0 || offset != 0;
    let proper = proper && (cursor.rest().is_empty() || offset != 0);
    let has_time = read.count > 3;
    moved.map_or(Found::Impossible, |parts| {
        Found::Date(FoundDate { parts, written, has_time, complete, proper, fraction_digits: read.fraction_digits as u8, rounds_up })
    })
}

/// Year to microsecond as read, before they are checked.
#[derive(Default)]
struct Fields {
    values: [u32; 7],
    count: usize,
    year_digits: usize,
    fraction_digits: usize,
    /// Whether a sign or a space stands between two of them.
    has_sign: bool,
    has_space: bool,
    /// Whether a sign is not the one that belongs in its place.
    is_odd: bool,
    /// Minutes ahead of UTC.
    offset: i64,
}

/// What stands behind each part of `2020-02-29 10:10:10.5`.
const SIGNS: [&[u8]; 7] = [b"-", b"-", b" ", b":", b":", b".", b""];

/// Digits without signs between them are cut in pairs behind the year; else signs cut them. None where they are no date.
fn fields(cursor: &mut Cursor<'_>) -> Option<Fields> {
    let run = cursor.rest().iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'T').count();
    let packed = matches!(cursor.rest().get(run), None | Some(b'.'));
    let mut read = Fields::default();
    if packed {
        read.year_digits = if run == 4 || run == 8 || run >= 14 { 4 } else { 2 };
    }
    let mut last = cursor.at;
    while read.count < 7 && cursor.is_at_digit() {
        let index = read.count;
        let start = cursor.at;
        let most = match (packed, index) {
            (_, 6) => 6,
            (false, _) => usize::MAX,
            (true, 0) => read.year_digits,
            (true, _) => 2,
        };
        read.values[index] = cursor.part(most)?;
        read.count += 1;
        if index == 0 && !packed {
            read.year_digits = cursor.at - start;
        }
        if index == 6 {
            read.fraction_digits = cursor.at - start;
            read.values[6] *= 10u32.pow(6 - read.fraction_digits as u32);
        }
        last = cursor.at;
        match (index, cursor.peek()) {
            (_, None) => break,
            (2, Some(b'T')) => cursor.at += 1,
            (5, Some(b'.')) => {
                cursor.at += 1;
                last = cursor.at;
            }
            (5 | 6, Some(b'+' | b'-')) => {
                read.offset = zone(cursor.rest())?;
                cursor.at = cursor.text.len();
                last = cursor.at;
            }
            (5, Some(_)) => break,
            (index, Some(_)) => {
                let start = cursor.at;
                skip_signs(cursor, &mut read, index == 2 || index == 6)?;
                last = cursor.at;
                let signs = &cursor.text[start..last];
                let is_usual = if packed { signs.is_empty() || (signs == b"." && (index == 2 || run == 1)) } else { signs == SIGNS[index] };
                read.is_odd |= !is_usual || !cursor.is_at_digit();
            }
        }
    }
    cursor.at = last;
    Some(read)
}

/// Skips punctuation, and white space where it may stand: between date and time, and behind the fraction.
fn skip_signs(cursor: &mut Cursor<'_>, read: &mut Fields, spaces: bool) -> Option<()> {
    while let Some(byte) = cursor.peek().filter(|byte| is_space(*byte) || byte.is_ascii_punctuation()) {
        if is_space(byte) && !spaces {
            return None;
        }
        read.has_space |= is_space(byte);
        read.has_sign = true;
        cursor.at += 1;
    }
    Some(())
}

/// The minutes of a time zone offset that is all the rest of a text; none where it is no possible one.
fn zone(rest: &[u8]) -> Option<i64> {
    let [sign, a @ b'0'..=b'9', b @ b'0'..=b'9', b':', c @ b'0'..=b'9', d @ b'0'..=b'9'] = rest else { return None };
    let number = |tens: u8, ones: u8| i64::from(tens - b'0') * 10 + i64::from(ones - b'0');
    let minutes = number(*a, *b) * 60 + number(*c, *d);
    let is_minus_zero = *sign == b'-' && minutes == 0;
    let is_possible = minutes <= 14 * 60 && number(*c, *d) < 60 && !is_minus_zero;
    is_possible.then_some(if *sign == b'-' { -minutes } else { minutes })
}

pub(super) fn is_in_range(parts: &Parts) -> bool {
    parts.year <= 9999 && parts.month <= 12 && parts.day <= 31 && parts.hour <= 23 && parts.minute <= 59 && parts.second <= 59
}

/// The date where it is one of the calendar, or one of the zeros allowed.
pub(super) fn checked(parts: Parts, zeros: Zeros) -> Option<Parts> {
    if !is_in_range(&parts) {
        return None;
    }
    let is_zero = parts.year == 0 && parts.month == 0 && parts.day == 0;
    if is_zero {
        return (zeros.whole || (zeros.in_date && parts.to_datetime() != 0)).then_some(parts);
    }
    if parts.month == 0 || parts.day == 0 {
        return zeros.in_date.then_some(parts);
    }
    (zeros.any_day || parts.day <= days_in_month(parts.year, parts.month)).then_some(parts)
}

/// A TIME at the start of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FoundTime {
    /// Clipped to ±838:59:59.
    pub(super) micros: i64,
    /// Whether it was neither clipped nor followed by something else.
    pub(super) complete: bool,
    /// Whether it is complete and no white space is around it.
    pub(super) exact: bool,
    /// Digits behind the point, at most 6.
    pub(super) fraction_digits: u8,
}

/// Reads a TIME at the start of a text; one beyond ±838:59:59 is clipped.
pub(super) fn time(text: &[u8]) -> Option<FoundTime> {
    let mut cursor = Cursor { text, at: 0 };
    cursor.skip_spaces();
    let negative = cursor.peek() == Some(b'-');
    if negative {
        cursor.at += 1;
    }
    let start = cursor.at;
    if cursor.rest().is_empty() {
        return None;
    }
    if cursor.rest().len() >= 12 {
        match find_datetime(cursor.rest(), Zeros::ANY, true) {
            Found::Date(found) if !negative => {
                let micros = Parts { year: 0, month: 0, day: 0, ..found.parts }.to_time() + i64::from(found.rounds_up);
                return Some(FoundTime { micros, complete: found.complete, exact: false, fraction_digits: found.fraction_digits });
            }
            Found::Date(_) | Found::Impossible | Found::NoDay { .. } => return None,
            Found::Nothing => {}
        }
    }
    let [days, hours, minutes, seconds] = day_to_second(&mut cursor)?;
    let whole_end = cursor.at;
    let (micros, rounds_up) = time_fraction(&mut cursor);
    let fraction_digits = (cursor.at - whole_end).saturating_sub(1).min(6) as u8;
    let has_exponent = matches!(cursor.rest(), [b'e' | b'E', b'0'..=b'9', ..] | [b'e' | b'E', b'+' | b'-', b'0'..=b'9', ..]);
    let is_wide = [days, hours, minutes, seconds].iter().any(|field| *field > u32::MAX.into());
    if has_exponent || is_wide || minutes > 59 || seconds > 59 {
        return None;
    }
    // The server forgets the sign of zero, and rounds then.
    let negative = negative && days + hours + minutes + seconds + micros > 0;
    let micros = micros + u64::from(rounds_up);
    let rest_is_empty = cursor.rest().iter().all(|byte| is_space(*byte));
    if cursor.at == start && !rest_is_empty {
        return None;
    }
    let hours = u64::from((hours + days * 24) as u32);
    let seconds = hours * 3600 + minutes * 60 + seconds;
    let complete = rest_is_empty && (seconds < LONGEST_TIME_S || (seconds == LONGEST_TIME_S && micros == 0));
    let exact = complete && cursor.rest().is_empty() && !text.first().copied().is_some_and(is_space);
    Some(FoundTime { micros: clipped_time(negative, seconds, micros), complete, exact, fraction_digits })
}

/// `days hh[:mm[:ss]]`, `hh:mm[:ss]`, or the digits of hhmmss.
fn day_to_second(cursor: &mut Cursor<'_>) -> Option<[u64; 4]> {
    let first = cursor.number();
    if first > u32::MAX.into() {
        return None;
    }
    let end_of_digits = cursor.at;
    cursor.skip_spaces();
    let mut fields = [0; 4];
    let mut next = match cursor.rest() {
        [b'0'..=b'9', _, ..] if cursor.at > end_of_digits => {
            fields[0] = first;
            1
        }
        [b':', b'0'..=b'9', ..] => {
            fields[1] = first;
            cursor.at += 1;
            2
        }
        _ => return Some([0, first / 10_000, first / 100 % 100, first % 100]),
    };
    loop {
        fields[next] = cursor.number();
        next += 1;
        if next == 4 || !matches!(cursor.rest(), [b':', b'0'..=b'9', ..]) {
            return Some(fields);
        }
        cursor.at += 1;
    }
}

/// The microseconds behind a point, and whether the last digit of more than six rounds them up.
fn time_fraction(cursor: &mut Cursor<'_>) -> (u64, bool) {
    match cursor.rest() {
        [b'.', b'0'..=b'9', ..] => {}
        [b'.'] => {
            cursor.at += 1;
            return (0, false);
        }
        _ => return (0, false),
    }
    cursor.at += 1;
    let digits = cursor.rest().iter().take_while(|byte| byte.is_ascii_digit()).count();
    let kept = &cursor.rest()[..digits.min(6)];
    let micros = kept.iter().fold(0, |micros, digit| micros * 10 + u64::from(digit - b'0')) * 10u64.pow(6 - kept.len() as u32);
    let rounds_up = digits > 6 && cursor.rest()[digits - 1] >= b'5';
    cursor.at += digits;
    (micros, rounds_up)
}

/// A TIME in microseconds, at most ±838:59:59.
pub(super) fn clipped_time(negative: bool, seconds: u64, micros: u64) -> i64 {
    let magnitude = if seconds > LONGEST_TIME_S || (seconds == LONGEST_TIME_S && micros > 0) {
        LONGEST_TIME_S * 1_000_000
    } else {
        seconds * 1_000_000 + micros
    };
    if negative { -(magnitude as i64) } else { magnitude as i64 }
}
