//! Tokens of MySQL's and MariaDB's SQL, with byte spans. Knows quoting, comments and versions; nothing of statements.
//!
//! This is our own because the tokenizer of `sqlparser` takes neither the versions of executable comments nor MariaDB's,
//! nor `sql_mode`, nor nested comments, and copies every token: a dump of some gigabytes passes here without copies.

use std::borrow::Cow;
use std::ops::Range;

use super::DdlError;
use crate::schema::{Flavor, ServerVersion, SqlMode};

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::schema) enum Kind {
    /// A keyword or a name without quotes.
    Word,
    /// A name in backticks (or in double quotes under ANSI_QUOTES); its text is without them.
    Name,
    /// A string; its text is what it means.
    String,
    /// A number in decimal.
    Number,
    /// `x'…'`, `0x…`, `b'…'`, `0b…`; its text is as written.
    Bytes,
    /// Any other character.
    Symbol(char),
    /// The end of a statement (`;`, or what DELIMITER says).
    Delimiter,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::schema) struct Token<'a> {
    pub(in crate::schema) kind: Kind,
    pub(in crate::schema) text: Cow<'a, str>,
    pub(in crate::schema) span: Range<usize>,
}

/// Reads one token after the other; executable comments that the server executes are read as if they were plain text.
#[derive(Debug, Clone)]
pub(in crate::schema) struct Lexer<'a> {
    text: &'a str,
    at: usize,
    server: ServerVersion,
    sql_mode: SqlMode,
    delimiter: &'a str,
    /// Where each executable comment that is still open began.
    open_comments: Vec<usize>,
    /// Where the last token ended, when it was a name or a word: `a.1b` is two names.
    name_end: Option<usize>,
}

impl<'a> Lexer<'a> {
    pub(in crate::schema) fn new(text: &'a str, server: ServerVersion, sql_mode: SqlMode) -> Self {
        Self { text, at: 0, server, sql_mode, delimiter: ";", open_comments: Vec::new(), name_end: None }
    }

    /// Takes the rest of the line as the new delimiter, as the clients' DELIMITER command does.
    pub(in crate::schema) fn read_delimiter(&mut self) {
        let rest = self.rest();
        let line = &rest[..rest.find('\n').unwrap_or(rest.len())];
        self.at += line.len();
        if let Some(word) = line.split_whitespace().next() {
            self.delimiter = word;
        }
    }

    /// Goes on after the next delimiter, or at least after the current character, when a token could not be read.
    pub(in crate::schema) fn recover(&mut self) {
        let found = self.rest().find(self.delimiter).map(|offset| offset + self.delimiter.len());
        self.at = found.map_or(self.text.len(), |offset| self.at + offset);
        self.open_comments.clear();
        self.name_end = None;
    }

    /// The next token; none at the end of the text.
    pub(in crate::schema) fn next_token(&mut self) -> Result<Option<Token<'a>>, DdlError> {
        self.skip_blanks()?;
        let Some(first) = self.rest().chars().next() else {
            return match self.open_comments.pop() {
                Some(start) => Err(self.unterminated("comment", start)),
                None => Ok(None),
            };
        };
        let start = self.at;
        let follows_name = self.name_end == Some(start);
        self.name_end = None;
        if self.rest().starts_with(self.delimiter) {
            return Ok(Some(self.take(self.delimiter.len(), Kind::Delimiter)));
        }
        let token = match first {
            '\'' => self.quoted('\'', Kind::String)?,
            '"' if self.sql_mode.ansi_quotes() => self.quoted('"', Kind::Name)?,
            '"' => self.quoted('"', Kind::String)?,
            '`' => self.quoted('`', Kind::Name)?,
            '.' if follows_name => self.take_dot(),
            '.' if self.byte(1).is_some_and(|byte| byte.is_ascii_digit()) => self.number(),
            '0'..='9' => self.number(),
            c if is_name_char(c) => self.word()?,
            c => self.take(c.len_utf8(), Kind::Symbol(c)),
        };
        if matches!(token.kind, Kind::Word | Kind::Name) {
            self.name_end = Some(self.at);
        }
        Ok(Some(token))
    }

    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn byte(&self, ahead: usize) -> Option<u8> {
        self.text.as_bytes().get(self.at + ahead).copied()
    }

    fn take(&mut self, length: usize, kind: Kind) -> Token<'a> {
        let span = self.at..self.at + length;
        self.at = span.end;
        Token { kind, text: Cow::Borrowed(&self.text[span.clone()]), span }
    }

    /// A dot right after a name: what follows is a name, even if it is digits.
    fn take_dot(&mut self) -> Token<'a> {
        let dot = self.take(1, Kind::Symbol('.'));
        if self.byte(0).is_some_and(|byte| byte.is_ascii_digit()) {
            self.name_end = None;
        }
        dot
    }

    fn skip_blanks(&mut self) -> Result<(), DdlError> {
        loop {
            let rest = self.rest();
            let blank = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '\x0B').len();
            self.at += blank;
            let rest = self.rest();
            let line_comment = rest.starts_with('#')
                || rest
                    .strip_prefix("--")
                    .is_some_and(|rest| rest.chars().next().is_none_or(|c| c.is_ascii_whitespace() || c.is_ascii_control()));
            if line_comment {
                self.at += rest.find('\n').unwrap_or(rest.len());
            } else if rest.starts_with("*/") && self.open_comments.pop().is_some() {
                self.at += 2;
            } else if rest.starts_with("/*") {
                self.comment()?;
            } else if blank == 0 {
                return Ok(());
            }
        }
    }

    /// Skips a comment, or only its opening when the server executes what is in it.
    fn comment(&mut self) -> Result<(), DdlError> {
        let start = self.at;
        let rest = self.rest();
        let maria_db = rest.starts_with("/*M!");
        let Some(body) = rest.strip_prefix("/*!").or_else(|| rest.strip_prefix("/*M!")) else {
            let end = rest[2..].find("*/").ok_or_else(|| self.unterminated("comment", start))?;
            self.at += 2 + end + 2;
            return Ok(());
        };
        let digits = body.bytes().take(6).take_while(u8::is_ascii_digit).count();
        let (version, opening) = match digits {
            5 | 6 => (body[..digits].parse().unwrap_or(u32::MAX), rest.len() - body.len() + digits),
            _ => (0, rest.len() - body.len()),
        };
        if self.executes(version, maria_db) {
            self.open_comments.push(start);
            self.at += opening;
            return Ok(());
        }
        self.skip_nested_comment(start)
    }

    fn executes(&self, version: u32, maria_db_only: bool) -> bool {
        match self.server.flavor {
            Flavor::MySql => !maria_db_only && version <= self.server.number,
            // MariaDB leaves to MySQL what MySQL 5.7 and later introduced.
            Flavor::MariaDb => version <= self.server.number && (maria_db_only || !(50_700..=99_999).contains(&version)),
        }
    }

    fn skip_nested_comment(&mut self, start: usize) -> Result<(), DdlError> {
        let mut depth = 0;
        while let Some(offset) = self.rest().find(['*', '/']) {
            self.at += offset;
            if self.rest().starts_with("/*") {
                depth += 1;
                self.at += 2;
            } else if self.rest().starts_with("*/") {
                depth -= 1;
                self.at += 2;
                if depth == 0 {
                    return Ok(());
                }
            } else {
                self.at += 1;
            }
        }
        self.at = self.text.len();
        Err(self.unterminated("comment", start))
    }

    /// A token between two quotes; a doubled quote stands for itself, and in a string a backslash escapes.
    fn quoted(&mut self, quote: char, kind: Kind) -> Result<Token<'a>, DdlError> {
        let start = self.at;
        let escapes = kind == Kind::String && !self.sql_mode.no_backslash_escapes();
        let body = start + 1;
        let mut text: Cow<'a, str> = Cow::Borrowed("");
        let mut copied = body;
        let mut at = body;
        while let Some(offset) = self.text[at..].find([quote, '\\']) {
            at += offset;
            let after = &self.text[at + 1..];
            if self.text[at..].starts_with(quote) && !after.starts_with(quote) {
                let tail = &self.text[copied..at];
                if text.is_empty() {
                    text = Cow::Borrowed(tail);
                } else {
                    text.to_mut().push_str(tail);
                }
                self.at = at + 1;
                return Ok(Token { kind, text, span: start..self.at });
            }
            if self.text[at..].starts_with('\\') && !escapes {
                at += 1;
                continue;
            }
            let Some(escaped) = after.chars().next() else { break };
            text.to_mut().push_str(&self.text[copied..at]);
            if self.text[at..].starts_with('\\') {
                unescape(escaped, text.to_mut());
            } else {
                text.to_mut().push(quote);
            }
            at += 1 + escaped.len_utf8();
            copied = at;
        }
        Err(self.unterminated(if kind == Kind::Name { "name" } else { "string" }, start))
    }

    fn word(&mut self) -> Result<Token<'a>, DdlError> {
        if self.byte(1) == Some(b'\'') {
            let start = self.at;
            match self.byte(0) {
                Some(b'n' | b'N') => {
                    self.at += 1;
                    let string = self.quoted('\'', Kind::String)?;
                    return Ok(Token { span: start..string.span.end, ..string });
                }
                Some(b'x' | b'X' | b'b' | b'B') => {
                    self.at += 1;
                    let end = self.quoted('\'', Kind::Bytes)?.span.end;
                    return Ok(Token { kind: Kind::Bytes, text: Cow::Borrowed(&self.text[start..end]), span: start..end });
                }
                _ => {}
            }
        }
        Ok(self.take(self.name_length(), Kind::Word))
    }

    fn name_length(&self) -> usize {
        let rest = self.rest();
        rest.find(|c| !is_name_char(c)).unwrap_or(rest.len())
    }

    /// A number, or a name that begins with digits.
    fn number(&mut self) -> Token<'a> {
        let rest = self.rest();
        let after_dot = self.at > 0 && self.text[..self.at].ends_with('.');
        let run = self.name_length();
        let digits = digits(rest);
        let literal = |prefix: [&str; 2], digit: fn(&u8) -> bool| {
            prefix.iter().any(|prefix| rest.starts_with(prefix)) && run > 2 && rest.as_bytes()[2..run].iter().all(digit)
        };
        if after_dot && digits > 0 {
            return self.take(run, Kind::Word);
        }
        if literal(["0x", "0x"], u8::is_ascii_hexdigit) || literal(["0b", "0b"], |byte| matches!(byte, b'0' | b'1')) {
            return self.take(run, Kind::Bytes);
        }
        let mut length = digits;
        if rest[length..].starts_with('.') {
            length += 1 + self::digits(&rest[length + 1..]);
        }
        let exponent = rest[length..].strip_prefix(['e', 'E']).map(|rest| rest.strip_prefix(['+', '-']).unwrap_or(rest));
        if let Some(exponent) = exponent.filter(|exponent| exponent.starts_with(|c: char| c.is_ascii_digit())) {
            length = rest.len() - exponent.len() + self::digits(exponent);
        }
        if run > length { self.take(run, Kind::Word) } else { self.take(length, Kind::Number) }
    }

    fn unterminated(&self, what: &'static str, start: usize) -> DdlError {
        DdlError::Unterminated { what, span: start..self.text.len() }
    }
}

fn digits(text: &str) -> usize {
    text.bytes().take_while(u8::is_ascii_digit).count()
}

fn is_name_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '$' || !c.is_ascii()
}

/// What a backslash and this character mean in a string.
fn unescape(escaped: char, text: &mut String) {
    match escaped {
        '0' => text.push('\0'),
        'b' => text.push('\x08'),
        'n' => text.push('\n'),
        'r' => text.push('\r'),
        't' => text.push('\t'),
        'Z' => text.push('\x1A'),
        // These two keep their backslash, for LIKE.
        '%' | '_' => text.extend(['\\', escaped]),
        other => text.push(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lex_as(text: &str, server: ServerVersion, sql_mode: SqlMode) -> Result<Vec<(Kind, String)>, DdlError> {
        let mut lexer = Lexer::new(text, server, sql_mode);
        let mut tokens = Vec::new();
        while let Some(token) = lexer.next_token()? {
            assert!(text.get(token.span.clone()).is_some());
            tokens.push((token.kind, token.text.into_owned()));
        }
        Ok(tokens)
    }

    fn texts(text: &str) -> Vec<String> {
        let tokens = lex_as(text, ServerVersion::MYSQL_9_7, SqlMode::default()).expect("the text is well-formed");
        tokens.into_iter().map(|(_, text)| text).collect()
    }

    #[test]
    fn strings_and_names_mean_what_they_mean_to_the_server() {
        assert_eq!(texts(r"'it''s' 'a\'b\n\%' `a``b` N'x' _utf8'é'"), ["it's", "a'b\n\\%", "a`b", "x", "_utf8", "é"]);
        let ansi = SqlMode(SqlMode::ANSI_QUOTES | SqlMode::NO_BACKSLASH_ESCAPES);
        let tokens = lex_as(r#""a""b" 'c\'"#, ServerVersion::MYSQL_9_7, ansi);
        assert_eq!(tokens, Ok(vec![(Kind::Name, "a\"b".into()), (Kind::String, "c\\".into())]));
    }

    #[test]
    fn numbers_and_names_that_begin_with_digits_are_told_apart() {
        let kinds = |text| lex_as(text, ServerVersion::MYSQL_9_7, SqlMode::default());
        for number in ["1", "1.5", ".5", "1.", "1e5", "1.5e-3"] {
            assert_eq!(kinds(number), Ok(vec![(Kind::Number, number.into())]));
        }
        for word in ["1a", "2020_t", "1e", "0x", "0b2", "é", "a$b"] {
            assert_eq!(kinds(word), Ok(vec![(Kind::Word, word.into())]));
        }
        for bytes in ["0xFF", "0b01", "x'ff'", "B'01'"] {
            assert_eq!(kinds(bytes), Ok(vec![(Kind::Bytes, bytes.into())]));
        }
        assert_eq!(texts("db.1 db.2t `db`.3"), ["db", ".", "1", "db", ".", "2t", "db", ".", "3"]);
        assert_eq!(texts("1-2,(3.5)"), ["1", "-", "2", ",", "(", "3.5", ")"]);
    }

    #[test]
    fn comments_are_skipped_and_executable_ones_are_read() {
        assert_eq!(texts("a -- b\n# c\n/* d */ e--f"), ["a", "e", "-", "-", "f"]);
        assert_eq!(texts("/*!50100 a*/ /*!999999 b /* c */ d */ /*M!100000 e*/ /*! f */"), ["a", "f"]);
        let maria_db = |text| lex_as(text, ServerVersion::MARIADB_10_11, SqlMode::default()).map(|tokens| tokens.len());
        assert_eq!(maria_db("/*!50100 a*/ /*!80000 b*/ /*M!100000 c*/ /*!100100 d*/ /*M!999999\\- e */"), Ok(3));
        assert_eq!(texts("/*!50100 a /* b */ c*/ d"), ["a", "c", "d"]);
    }

    #[test]
    fn what_never_ends_is_an_error_at_its_start() {
        for (text, what, start) in
            [("a 'b", "string", 2), ("`a", "name", 0), ("/* a", "comment", 0), ("a /*!40000 b", "comment", 2), ("'a\\", "string", 0)]
        {
            let error = lex_as(text, ServerVersion::MYSQL_9_7, SqlMode::default());
            assert_eq!(error, Err(DdlError::Unterminated { what, span: start..text.len() }), "{text}");
        }
    }
}
