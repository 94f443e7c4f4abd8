//! Text as a literal that MySQL and MariaDB read back exactly, while a backslash escapes ([`super::Session`] sees to it).

/// Appends text in quotes, with backslash escapes for what ends a string, a line or a file somewhere.
pub fn write_string(text: &str, out: &mut String) {
    out.reserve(text.len() + 2);
    out.push('\'');
    let mut rest = text;
    while let Some(at) = rest.find(['\0', '\n', '\r', '\u{1a}', '\'', '\\']) {
        let (plain, after) = rest.split_at(at);
        out.push_str(plain);
        out.push_str(match after.as_bytes()[0] {
            0 => "\\0",
            b'\n' => "\\n",
            b'\r' => "\\r",
            0x1a => "\\Z",
            b'\'' => "\\'",
            _ => "\\\\",
        });
        rest = &after[1..];
    }
    out.push_str(rest);
    out.push('\'');
}

/// Text in quotes.
pub(super) fn quoted_string(text: &str) -> String {
    let mut quoted = String::new();
    write_string(text, &mut quoted);
    quoted
}
