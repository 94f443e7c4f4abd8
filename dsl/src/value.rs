//! What a literal or quoted token stands for: escapes undone, digits read. Pure functions over a token's text.

/// The value of `'…'`, `"…"` or `N'…'`, quotes included in `raw`.
///
/// `\%` and `\_` keep their backslash, as in MySQL: LIKE needs it.
pub(crate) fn text(raw: &str) -> String {
    let raw = raw.strip_prefix(['n', 'N']).unwrap_or(raw);
    let Some(quote) = raw.chars().next() else { return String::new() };
    let mut value = String::with_capacity(raw.len());
    let mut chars = inner(raw, quote).chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => escaped(chars.next(), &mut value),
            c if c == quote => {
                // The second of a doubled quote.
                chars.next();
                value.push(c);
            }
            c => value.push(c),
        }
    }
    value
}

/// The name between backticks, doubled ones undone.
pub(crate) fn quoted_name(raw: &str) -> String {
    inner(raw, '`').replace("``", "`")
}

/// The bytes of `x'…'` or `0x…`. `None` if a digit is none, or the quoted form has an odd number of them.
pub(crate) fn hex(raw: &str) -> Option<Vec<u8>> {
    let (digits, quoted) = digits_of(raw, "0x");
    if quoted && digits.len() % 2 == 1 {
        return None;
    }
    from_digits(digits, 16, 2)
}

/// The bytes of `b'…'` or `0b…`. `None` if a digit is none.
pub(crate) fn bits(raw: &str) -> Option<Vec<u8>> {
    from_digits(digits_of(raw, "0b").0, 2, 8)
}

fn inner(raw: &str, quote: char) -> &str {
    raw.strip_prefix(quote).and_then(|r| r.strip_suffix(quote)).unwrap_or("")
}

fn escaped(after: Option<char>, value: &mut String) {
    match after {
        Some('0') => value.push('\0'),
        Some('b') => value.push('\x08'),
        Some('n') => value.push('\n'),
        Some('r') => value.push('\r'),
        Some('t') => value.push('\t'),
        Some('Z') => value.push('\x1a'),
        Some(wildcard @ ('%' | '_')) => value.extend(['\\', wildcard]),
        Some(other) => value.push(other),
        None => {}
    }
}

fn digits_of<'r>(raw: &'r str, prefix: &str) -> (&'r str, bool) {
    match raw.strip_prefix(prefix) {
        Some(digits) => (digits, false),
        None => (inner(raw.get(1..).unwrap_or(""), '\''), true),
    }
}

/// Groups of `width` digits, the first one filled with zeros on its left.
fn from_digits(digits: &str, radix: u32, width: usize) -> Option<Vec<u8>> {
    if !digits.chars().all(|c| c.is_digit(radix)) {
        return None;
    }
    let missing = digits.len().next_multiple_of(width) - digits.len();
    let padded = format!("{}{digits}", "0".repeat(missing));
    let starts = (0..padded.len()).step_by(width);
    starts.map(|at| u8::from_str_radix(padded.get(at..at + width)?, radix).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_mean_what_mysql_means() {
        assert_eq!(text(r"'a\'b''c\n\0\Z\%\_\q\\'"), "a'b'c\n\0\x1a\\%\\_q\\");
        assert_eq!(text(r#""a""b'c''""#), "a\"b'c''");
        assert_eq!(text(r"'\a\f\v'"), "afv");
        assert_eq!(quoted_name("`a``b\\`"), "a`b\\");
    }

    #[test]
    fn odd_digits_are_filled_on_the_left_except_in_quotes() {
        assert_eq!(hex("0xABC"), Some(vec![0x0a, 0xbc]));
        assert_eq!(hex("x'ABC'"), None);
        assert_eq!(hex("X''"), Some(vec![]));
        assert_eq!(bits("0b101"), Some(vec![5]));
        assert_eq!(bits("b'100000001'"), Some(vec![1, 1]));
        assert_eq!(bits("b'12'"), None);
    }
}
