//! Numbers in text: what MySQL reads at the start of a string, and how it prints a number.

/// The number at the start of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NumberPrefix {
    /// Its sign.
    pub(super) negative: bool,
    /// All its digits, before and after the point.
    pub(super) digits: String,
    /// How many of them stand after the point.
    pub(super) scale: i64,
    /// The power of ten behind its `e`.
    pub(super) exponent: i64,
    /// Whether that power does not fit into 64 bits: then the text is no DECIMAL.
    pub(super) has_endless_exponent: bool,
    /// How many bytes of the text it takes, leading white space included; 0 where there is no number.
    pub(super) length: usize,
}

/// Reads `[white space][+-]digits[.digits][e[+-]digits]`.
pub(super) fn decimal_prefix(text: &[u8]) -> NumberPrefix {
    let mut at = text.iter().take_while(|byte| is_space(**byte)).count();
    let mut number = NumberPrefix { negative: false, digits: String::new(), scale: 0, exponent: 0, has_endless_exponent: false, length: 0 };
    if let Some(sign @ (b'+' | b'-')) = text.get(at) {
        number.negative = *sign == b'-';
        at += 1;
    }
    at += take_digits(&text[at..], &mut number.digits);
    if text.get(at) == Some(&b'.') {
        let taken = take_digits(&text[at + 1..], &mut number.digits);
        number.scale = taken as i64;
        at += taken + 1;
    }
    if number.digits.is_empty() {
        return NumberPrefix { negative: false, ..number };
    }
    number.length = at;
    if let Some(b'e' | b'E') = text.get(at) {
        read_exponent(&text[at + 1..], &mut number, at + 1);
    }
    number
}

fn read_exponent(rest: &[u8], number: &mut NumberPrefix, at: usize) {
    let (sign, skip) = match rest.first() {
        Some(b'-') => (-1, 1),
        Some(b'+') => (1, 1),
        _ => (1, 0),
    };
    let mut digits = String::new();
    let taken = take_digits(&rest[skip.min(rest.len())..], &mut digits);
    if taken > 0 {
        number.exponent = sign * digits.parse::<i64>().unwrap_or(99_999).min(99_999);
        number.has_endless_exponent = digits.parse::<u64>().is_err();
        number.length = at + skip + taken;
    }
}

fn take_digits(text: &[u8], into: &mut String) -> usize {
    let count = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
    into.extend(text[..count].iter().map(|byte| char::from(*byte)));
    count
}

/// White space as MySQL's single-byte charset tables have it.
pub(super) fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t'..=b'\r')
}

/// The DOUBLE at the start of a text; 0 where there is none, the greatest number where it is beyond.
pub(super) fn real_prefix(text: &[u8]) -> f64 {
    let number = decimal_prefix(text);
    if number.length == 0 {
        return 0.0;
    }
    let sign = if number.negative { "-" } else { "" };
    let value: f64 = format!("{sign}{}e{}", number.digits, number.exponent - number.scale).parse().unwrap_or(0.0);
    value.clamp(f64::MIN, f64::MAX)
}

/// The integer at the start of a text, clipped to 64 bits: above 2^63 it is the unsigned number's.
pub(super) fn integer_prefix(text: &[u8]) -> i128 {
    let at = text.iter().take_while(|byte| is_space(**byte)).count();
    let (negative, at) = match text.get(at) {
        Some(b'-') => (true, at + 1),
        Some(b'+') => (false, at + 1),
        _ => (false, at),
    };
    let mut value: i128 = 0;
    for byte in text[at..].iter().take_while(|byte| byte.is_ascii_digit()) {
        value = (value * 10 + i128::from(byte - b'0')).min(1 << 70);
    }
    if negative { (-value).max(i64::MIN.into()) } else { value.min(u64::MAX.into()) }
}

/// As [`integer_prefix`], for a text that was computed: only spaces and tabs may stand before the number.
pub(super) fn computed_integer_prefix(text: &[u8]) -> i128 {
    let spaces = text.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
    if text.get(spaces).is_some_and(|byte| is_space(*byte)) { 0 } else { integer_prefix(text) }
}

/// The characters that the text of a DOUBLE column may take, of one that was computed, and of a FLOAT.
pub(super) const COLUMN_WIDTH: usize = 24;
const COMPUTED_WIDTH: usize = 22;
const FLOAT_WIDTH: usize = 12;

/// A DOUBLE in as few digits as read back the same, as MySQL prints what it computed.
pub(super) fn real_text(value: f64) -> String {
    real_text_in(value, COMPUTED_WIDTH)
}

/// A DOUBLE in at most so many characters.
pub(super) fn real_text_in(value: f64, width: usize) -> String {
    within(&shortest(value), width, |digits| format!("{value:.digits$e}"))
}

/// A DOUBLE in as few digits as read back the same, never with an exponent.
pub(super) fn plain_text(value: f64) -> String {
    let text = shortest(value);
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    format!("{sign}{}", plain(&digits, exponent.parse::<i32>().unwrap_or(0) + 1))
}

/// The shortest digits that read back the same; of two that are equally near, the even one.
fn shortest(value: f64) -> String {
    let text = format!("{value:e}");
    let digits = text.bytes().take_while(|byte| *byte != b'e').filter(u8::is_ascii_digit).count();
    let even = format!("{value:.*e}", digits.saturating_sub(1));
    if even.parse() == Ok(value) { even } else { text }
}

/// A FLOAT in six digits, as MySQL prints it.
pub(super) fn float_text(value: f32) -> String {
    let value = f64::from(value);
    let six = format!("{value:.5e}");
    let (mantissa, exponent) = six.split_once('e').unwrap_or((&six, "0"));
    let mantissa = mantissa.trim_end_matches('0').trim_end_matches('.');
    within(&format!("{mantissa}e{exponent}"), FLOAT_WIDTH, |digits| format!("{value:.digits$e}"))
}

/// From `d.ddde±x` to MySQL's form: without exponent where that fits and the point is within 15 places of the digits.
fn within(text: &str, width: usize, rounded: impl Fn(usize) -> String) -> String {
    let (mantissa, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let (sign, mantissa) = mantissa.strip_prefix('-').map_or(("", mantissa), |rest| ("-", rest));
    let point = exponent.parse::<i32>().unwrap_or(0) + 1;
    let digits: String = mantissa.chars().filter(char::is_ascii_digit).collect();
    if digits == "0" {
        return format!("{sign}0");
    }
    let room = width - sign.len();
    let has_fraction = point > 15 && digits.len() > point.unsigned_abs() as usize;
    if ((-14..=15).contains(&point) || has_fraction)
        && let plain = plain(&digits, point)
        && plain.len() <= room
    {
        return format!("{sign}{plain}");
    }
    let tail = format!("e{}", point - 1);
    let most = room.saturating_sub(tail.len() + 1);
    let shorter = if digits.len() > most.max(1) { rounded(most.max(1) - 1) } else { text.to_owned() };
    let mantissa = shorter.split_once('e').map_or("", |(mantissa, _)| mantissa);
    let mantissa = if mantissa.contains('.') { mantissa.trim_end_matches('0').trim_end_matches('.') } else { mantissa };
    let exponent = shorter.split_once('e').map_or("0", |(_, exponent)| exponent);
    format!("{mantissa}e{exponent}")
}

fn plain(digits: &str, point: i32) -> String {
    let distance = point.unsigned_abs() as usize;
    if point <= 0 {
        return format!("0.{}{digits}", "0".repeat(distance));
    }
    if digits.len() <= distance {
        return format!("{digits:0<distance$}");
    }
    format!("{}.{}", &digits[..distance], &digits[distance..])
}
