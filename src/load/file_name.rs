//! File names for schemas and tables with any characters, escaped as MySQL escapes them.

use std::fmt::Write;

/// Letters, digits and `_` of ASCII stay; any other UTF-16 unit becomes `@` and four hex digits.
///
/// Source: "Mapping of Identifiers to File Names" in the MySQL manual. MySQL has shorter codes for some
/// letters beyond ASCII; the four-digit form is the one it accepts for all of them.
pub(super) fn escape(name: &str) -> String {
    let mut escaped = String::with_capacity(name.len());
    let mut units = [0; 2];
    for character in name.chars() {
        if character.is_ascii_alphanumeric() || character == '_' {
            escaped.push(character);
            continue;
        }
        for unit in character.encode_utf16(&mut units) {
            write!(escaped, "@{unit:04x}").expect("a String takes any text");
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn plain_names_stay() {
        assert_eq!(escape("fintax_task_0"), "fintax_task_0");
    }

    #[test]
    fn a_name_cannot_leave_its_folder_or_hide() {
        assert_eq!(escape("../a.b"), "@002e@002e@002fa@002eb");
        assert_eq!(escape("税\u{1f600}"), "@7a0e@d83d@de00");
    }
}
