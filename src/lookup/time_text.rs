//! Dates and times in the one form in which MySQL prints them; nothing else is taken.

use crate::columnar::{Date, DateTime, Time};

/// `2024-02-29`.
pub(super) fn date(text: &str) -> Option<Date> {
    let mut parts = text.split('-');
    let date =
        Date { year: digits(parts.next()?, 4)? as u16, month: digits(parts.next()?, 2)? as u8, day: digits(parts.next()?, 2)? as u8 };
    (parts.next().is_none() && date.is_valid()).then_some(date)
}

/// `2024-02-29 10:00:00.5`, with a space or a `T`.
pub(super) fn datetime(text: &str) -> Option<DateTime> {
    let (day, clock) = text.split_once([' ', 'T'])?;
    let time = time(clock).filter(|time| !time.negative && time.hours <= 23)?;
    Some(DateTime { date: date(day)?, hour: time.hours as u8, minute: time.minutes, second: time.seconds, microsecond: time.microseconds })
}

/// `-838:59:59.999999`.
pub(super) fn time(text: &str) -> Option<Time> {
    let (negative, text) = text.strip_prefix('-').map_or((false, text), |text| (true, text));
    let (clock, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let mut parts = clock.split(':');
    let hours = parts.next()?;
    let time = Time {
        negative,
        hours: digits(hours, hours.len().clamp(2, 3))?,
        minutes: digits(parts.next()?, 2)? as u8,
        seconds: digits(parts.next()?, 2)? as u8,
        microseconds: digits(&format!("{fraction:0<6}"), 6)?,
    };
    (parts.next().is_none() && !fraction.is_empty() && time.is_valid()).then_some(time)
}

/// So many digits and nothing else.
fn digits(text: &str, count: usize) -> Option<u32> {
    (text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_they_are_printed() {
        let printed = |time: Time| {
            let mut text = String::new();
            time.write(6, &mut text).expect("a string takes any text");
            text
        };
        assert_eq!(time("-838:59:59.5").map(printed).as_deref(), Some("-838:59:59.500000"));
        assert_eq!(date("2024-02-29").map(|date| date.to_string()).as_deref(), Some("2024-02-29"));
        assert_eq!(datetime("2024-02-29T10:00:00.000001").map(|at| at.microsecond), Some(1));
    }

    #[test]
    fn other_forms_are_refused() {
        for text in ["2024-2-29", "24-02-29", "2024-02-29 10:00:00", "2024/02/29", "", "2024-02-32"] {
            assert_eq!(date(text), None, "{text}");
        }
        for text in ["10:00", "1:00:00", "10:00:00.1234567", "839:00:00", "10:00:00.", "10:60:00"] {
            assert_eq!(time(text), None, "{text}");
        }
        assert_eq!(datetime("2024-02-29"), None);
        assert_eq!(datetime("2024-02-29 24:00:00"), None);
    }
}
