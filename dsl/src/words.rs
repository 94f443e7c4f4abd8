//! Which words mean something where an operand stands, and so need backticks as names.

/// Words that begin no operand; also no call, except for MOD.
const NOT_OPERANDS: [&str; 24] = [
    "AND", "AS", "BETWEEN", "COLLATE", "CREATE", "DISTINCT", "DIV", "ELSE", "FROM", "IN", "IS", "JOIN", "LIKE", "MOD", "ON", "OR",
    "REGEXP", "RLIKE", "SELECT", "THEN", "USING", "WHEN", "WHERE", "XOR",
];

/// Words that begin an operand of their own, or could be taken for a clause or a part of a call.
const MEANINGFUL: [&str; 22] = [
    "BINARY",
    "BOTH",
    "CASE",
    "DATE",
    "END",
    "FALSE",
    "FOR",
    "INTERVAL",
    "KEY",
    "LEADING",
    "NOT",
    "NULL",
    "OVER",
    "ROUTE",
    "SCHEMA",
    "TABLE",
    "TIME",
    "TIMESTAMP",
    "TO",
    "TRAILING",
    "TRUE",
    "WITH",
];

/// Functions that MySQL calls without parentheses.
const BARE_FUNCTIONS: [&str; 9] = [
    "CURRENT_DATE",
    "CURRENT_TIME",
    "CURRENT_TIMESTAMP",
    "CURRENT_USER",
    "LOCALTIME",
    "LOCALTIMESTAMP",
    "UTC_DATE",
    "UTC_TIME",
    "UTC_TIMESTAMP",
];

fn is_one_of(word: &str, list: &[&str]) -> bool {
    list.iter().any(|w| w.eq_ignore_ascii_case(word))
}

/// No operand begins with this word, unless it stands in backticks.
pub(crate) fn is_not_operand(word: &str) -> bool {
    is_one_of(word, &NOT_OPERANDS)
}

/// A function that is called without parentheses.
pub(crate) fn is_bare_function(word: &str) -> bool {
    is_one_of(word, &BARE_FUNCTIONS)
}

/// The canonical text puts this name into backticks.
pub(crate) fn is_reserved(word: &str) -> bool {
    is_not_operand(word) || is_one_of(word, &MEANINGFUL) || is_bare_function(word)
}

/// A `(` behind this word does not make it a call.
pub(crate) fn is_uncallable(word: &str) -> bool {
    (is_not_operand(word) && !word.eq_ignore_ascii_case("MOD"))
        || is_one_of(word, &["BINARY", "CASE", "END", "INTERVAL", "KEY", "NOT", "WITH"])
}

/// A word that reads as one name wherever names stand: ASCII letters, digits and `_`, no digit in front, and not
/// taken for a charset introducer.
pub(crate) fn is_plain(word: &str) -> bool {
    word.starts_with(|c: char| c.is_ascii_alphabetic()) && word.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
