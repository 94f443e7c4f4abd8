//! Dates and times in text and in numbers, read as MySQL reads them: generously, with NULL for what is none.

use super::calendar::days_in_month;
use super::decimal::Dec;
use super::temporal::Parts;

/// What is done with dates that no calendar has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Zeros {
    /// `2020-00-10` counts.
    pub(super) in_date: bool,
    /// `0000-00-00` counts.
    pub(super) whole: bool,
}

/// The seconds of the longest TIME, 838:59:59.
pub(super) const LONGEST_TIME_S: u64 = 838 * 3600 + 59 * 60 + 59;

struct Cursor<'t> {
    text: &'t [u8],
    at: usize,
}

impl Cursor<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn skip_spaces(&mut self) {
        while self.peek().is_some_and(|byte| byte.is_ascii_whitespace() || byte == 0x0B) {
            self.at += 1;
        }
    }

    /// Reads up to `most` digits.
    fn digits(&mut self, most: usize) -> Option<(u64, usize)> {
        let start = self.at;
        let mut value = 0u64;
        while self.at - start < most
            && let Some(byte) = self.peek().filter(u8::is_ascii_digit)
        {
            value = value.saturating_mul(10).saturating_add(u64::from(byte - b'0'));
            self.at += 1;
        }
        (self.at > start).then_some((value, self.at - start))
    }

    /// Reads the digits behind a point: microseconds, and whether the next digit rounds up.
    fn fraction(&mut self) -> (u32, bool) {
        let start = self.at;
        let (mut micros, mut count, mut up) = (0, 0, false);
        while let Some(byte) = self.peek().filter(u8::is_ascii_digit) {
            if count < 6 {
                micros = micros * 10 + u32::from(byte - b'0');
            } else if count == 6 {
                up = byte >= b'5';
            }
            count += 1;
            self.at += 1;
        }
        debug_assert!(self.at >= start);
        (micros * 10u32.pow(6 - count.min(6)), up)
    }
}

/// Reads a DATETIME (or DATE) at the start of a text.
pub(super) fn datetime(text: &[u8], zeros: Zeros) -> Option<Parts> {
    let mut cursor = Cursor { text, at: 0 };
    cursor.skip_spaces();
    if !cursor.peek()?.is_ascii_digit() {
        return None;
    }
    let read = fields(&mut cursor)?;
    if read.count < 3 {
        return None;
    }
    let [year, month, day, hour, minute, second] = read.values;
    let mut parts = Parts { negative: false, year, month, day, hour, minute, second, micros: read.micros };
    if read.year_digits == 2 && (read.values.iter().any(|field| *field > 0) || read.micros > 0) {
        parts.year += if parts.year < 70 { 2000 } else { 1900 };
    }
    let offset = zone(&mut cursor, read.count)?;
    let parts = checked(parts, zeros)?;
    let parts = if read.rounds_up { super::calendar::add_micros(parts, 1)? } else { parts };
    if offset == 0 { Some(parts) } else { super::calendar::add_micros(parts, -offset * 60_000_000) }
}

/// Year to second as read, before they are checked.
#[derive(Default)]
struct Fields {
    values: [u32; 6],
    count: usize,
    year_digits: usize,
    micros: u32,
    rounds_up: bool,
}

/// Digits without signs between them are cut in pairs behind the year; else signs cut them.
fn fields(cursor: &mut Cursor<'_>) -> Option<Fields> {
    let run = cursor.text[cursor.at..].iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'T').count();
    let packed = matches!(cursor.text.get(cursor.at + run), None | Some(b'.'));
    let mut read = Fields::default();
    if packed {
        read.year_digits = if run == 4 || run == 8 || run >= 14 { 4 } else { 2 };
    }
    while read.count < 6 {
        let most = match (packed, read.count) {
            (false, _) => usize::MAX,
            (true, 0) => read.year_digits,
            (true, _) => 2,
        };
        let Some((value, length)) = cursor.digits(most) else { break };
        if read.count == 0 && !packed {
            read.year_digits = length;
        }
        read.values[read.count] = u32::try_from(value).ok().filter(|value| *value <= 999_999)?;
        read.count += 1;
        match (read.count, cursor.peek()) {
            (_, None) => break,
            (3, Some(b'T')) => cursor.at += 1,
            (6, Some(b'.')) => {
                cursor.at += 1;
                (read.micros, read.rounds_up) = cursor.fraction();
            }
            (6, _) => break,
            (count, _) => skip_signs(cursor, count == 3)?,
        }
    }
    Some(read)
}

/// Skips punctuation, and white space where it may stand: between date and time.
fn skip_signs(cursor: &mut Cursor<'_>, spaces: bool) -> Option<()> {
    while let Some(byte) = cursor.peek() {
        if byte.is_ascii_whitespace() || byte == 0x0B {
            if !spaces {
                return None;
            }
        } else if !byte.is_ascii_punctuation() {
            break;
        }
        cursor.at += 1;
    }
    Some(())
}

/// The minutes of a time zone offset behind a time; none where it is no possible one.
fn zone(cursor: &mut Cursor<'_>, fields: usize) -> Option<i64> {
    let sign = match cursor.peek() {
        Some(b'+') => 1,
        Some(b'-') => -1,
        _ => return Some(0),
    };
    let rest = &cursor.text[cursor.at + 1..];
    let [a @ b'0'..=b'9', b @ b'0'..=b'9', b':', c @ b'0'..=b'9', d @ b'0'..=b'9'] = rest else { return Some(0) };
    if fields < 6 {
        return Some(0);
    }
    let number = |tens: u8, ones: u8| i64::from(tens - b'0') * 10 + i64::from(ones - b'0');
    let minutes = number(*a, *b) * 60 + number(*c, *d);
    (minutes <= 14 * 60 && number(*c, *d) < 60).then_some(sign * minutes)
}

/// The date where it is one of the calendar, or one of the zeros allowed.
pub(super) fn checked(parts: Parts, zeros: Zeros) -> Option<Parts> {
    if parts.year > 9999 || parts.month > 12 || parts.day > 31 || parts.hour > 23 || parts.minute > 59 || parts.second > 59 {
        return None;
    }
    let is_zero = parts.year == 0 && parts.month == 0 && parts.day == 0;
    if is_zero {
        return (zeros.whole || parts.to_datetime() != 0).then_some(parts).filter(|_| zeros.whole);
    }
    if parts.month == 0 || parts.day == 0 {
        return zeros.in_date.then_some(parts);
    }
    (parts.day <= days_in_month(parts.year, parts.month)).then_some(parts)
}

/// Reads a DATETIME from the digits of a number: YYMMDD, YYYYMMDD, YYMMDDhhmmss or YYYYMMDDhhmmss.
pub(super) fn datetime_of_number(number: &Dec, zeros: Zeros) -> Option<Parts> {
    if number.is_negative() {
        return None;
    }
    let whole = number.truncated(0).to_integer(true);
    let micros = number.subtract(&number.truncated(0)).ok()?.rounded(6);
    let micros = u32::try_from(micros.mantissa()).ok()?;
    let digits: i128 = match whole {
        0 => 0,
        1..101 => return None,
        101..=691_231 => (whole + 20_000_000) * 1_000_000,
        691_232..700_101 => return None,
        700_101..=991_231 => (whole + 19_000_000) * 1_000_000,
        991_232..10_000_101 if whole < 10_000_000 => return None,
        991_232..=99_991_231 => whole * 1_000_000,
        99_991_232..101_000_000 => return None,
        101_000_000..=691_231_235_959 => whole + 20_000_000_000_000,
        691_231_235_960..700_101_000_000 => return None,
        700_101_000_000..=991_231_235_959 => whole + 19_000_000_000_000,
        _ => whole,
    };
    if digits > 99_991_231_235_959 {
        return None;
    }
    let part = |divisor: i128, modulus: i128| (digits / divisor % modulus) as u32;
    let parts = Parts {
        negative: false,
        year: part(10_000_000_000, 10_000),
        month: part(100_000_000, 100),
        day: part(1_000_000, 100),
        hour: part(10_000, 100),
        minute: part(100, 100),
        second: part(1, 100),
        micros: 0,
    };
    let parts = checked(parts, zeros)?;
    if micros >= 1_000_000 { super::calendar::add_micros(parts, 1_000_000) } else { Some(Parts { micros, ..parts }) }
}

/// Reads a TIME at the start of a text; one beyond ±838:59:59 is clipped.
pub(super) fn time(text: &[u8]) -> Option<i64> {
    let mut cursor = Cursor { text, at: 0 };
    cursor.skip_spaces();
    let negative = cursor.peek() == Some(b'-');
    if negative {
        cursor.at += 1;
    }
    if cursor.at >= text.len() {
        return None;
    }
    if text.len() - cursor.at >= 12
        && let Some(parts) = datetime(&text[cursor.at..], Zeros { in_date: true, whole: true })
        && !negative
    {
        return Some(Parts { year: 0, month: 0, day: 0, ..parts }.to_time());
    }
    let first = cursor.digits(usize::MAX).map(|(value, _)| value).filter(|value| *value <= u32::MAX.into())?;
    let mut days = 0;
    let mut fields: [u64; 3] = [0; 3];
    if cursor.peek() == Some(b' ') && cursor.text.get(cursor.at + 1).is_some_and(u8::is_ascii_digit) {
        days = first;
        cursor.at += 1;
        fields[0] = cursor.digits(usize::MAX)?.0;
        colon_fields(&mut cursor, &mut fields);
    } else if cursor.peek() == Some(b':') && cursor.text.get(cursor.at + 1).is_some_and(u8::is_ascii_digit) {
        fields[0] = first;
        colon_fields(&mut cursor, &mut fields);
    } else {
        fields = [first / 10_000, first / 100 % 100, first % 100];
    }
    let mut micros = (0, false);
    if cursor.peek() == Some(b'.') {
        cursor.at += 1;
        micros = cursor.fraction();
    }
    let has_exponent = matches!(text[cursor.at..], [b'e' | b'E', b'0'..=b'9', ..] | [b'e' | b'E', b'+' | b'-', b'0'..=b'9', ..]);
    if fields[1] > 59 || fields[2] > 59 || has_exponent {
        return None;
    }
    let seconds = days.saturating_mul(24).saturating_add(fields[0]).saturating_mul(3600).saturating_add(fields[1] * 60 + fields[2]);
    Some(clipped_time(negative, seconds, u64::from(micros.0) + u64::from(micros.1)))
}

fn colon_fields(cursor: &mut Cursor<'_>, fields: &mut [u64; 3]) {
    for field in &mut fields[1..] {
        if cursor.peek() != Some(b':') || !cursor.text.get(cursor.at + 1).is_some_and(u8::is_ascii_digit) {
            return;
        }
        cursor.at += 1;
        *field = cursor.digits(usize::MAX).map_or(0, |(value, _)| value);
    }
}

fn clipped_time(negative: bool, seconds: u64, micros: u64) -> i64 {
    let magnitude = if seconds > LONGEST_TIME_S || (seconds == LONGEST_TIME_S && micros > 0) {
        LONGEST_TIME_S * 1_000_000
    } else {
        seconds * 1_000_000 + micros
    };
    if negative { -(magnitude as i64) } else { magnitude as i64 }
}

/// Reads a TIME from the digits of a number: hhmmss.
pub(super) fn time_of_number(number: &Dec) -> Option<i64> {
    let magnitude = if number.is_negative() { number.negated() } else { number.clone() };
    let whole = magnitude.truncated(0).to_integer(true);
    if whole > 8_385_959 {
        let parts = if whole >= 10_000_000_000 { datetime_of_number(&magnitude, Zeros { in_date: true, whole: true }) } else { None };
        return parts.map(|parts| Parts { year: 0, month: 0, day: 0, ..parts }.to_time());
    }
    let (hour, minute, second) = (whole / 10_000, whole / 100 % 100, whole % 100);
    if minute > 59 || second > 59 {
        return None;
    }
    let micros = magnitude.subtract(&magnitude.truncated(0)).ok()?.rounded(6);
    let micros = u64::try_from(micros.mantissa()).ok()?;
    let seconds = (hour * 3600 + minute * 60 + second) as u64;
    Some(clipped_time(number.is_negative(), seconds + micros / 1_000_000, micros % 1_000_000))
}
