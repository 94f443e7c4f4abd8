//! The words around the cursor. It reads text that is no rule yet, so it knows words, quotes and parentheses only.

/// A word or sign with its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Piece<'t> {
    pub(super) text: &'t str,
}

/// The statement that the cursor is in, cut at the cursor.
#[derive(Debug)]
pub(super) struct Around<'t> {
    /// The pieces before the word that is being typed.
    pub(super) before: Vec<Piece<'t>>,
    /// All pieces of the statement.
    pub(super) all: Vec<Piece<'t>>,
    /// Whether the cursor is in a text or a comment.
    pub(super) quoted: bool,
}

impl<'t> Around<'t> {
    /// Reads the statement around a byte.
    pub(super) fn read(text: &'t str, byte: usize) -> Self {
        let (mut around, mut passed) = (Self { before: Vec::new(), all: Vec::new(), quoted: false }, false);
        let mut at = 0;
        while let Some(next) = text[at..].chars().next() {
            let end = at + piece_length(&text[at..], next);
            let is_quiet = next.is_whitespace() || is_comment(&text[at..]);
            let is_literal = matches!(next, '\'' | '"') || is_comment(&text[at..]);
            around.quoted |= is_literal && at < byte && byte < end;
            passed |= at >= byte;
            if next == ';' {
                if passed || end > byte {
                    break;
                }
                around = Self { before: Vec::new(), all: Vec::new(), quoted: false };
            } else if !is_quiet {
                let piece = Piece { text: &text[at..end] };
                around.all.push(piece);
                // A word that reaches the cursor is being typed.
                let is_typed = end == byte && is_word(next);
                if end <= byte && !is_typed {
                    around.before.push(piece);
                }
            }
            at = end;
        }
        around
    }

    /// The last of some words before the cursor.
    pub(super) fn last_of(&self, words: &[&'static str]) -> Option<&'static str> {
        self.before.iter().rev().find_map(|piece| words.iter().copied().find(|word| piece.text.eq_ignore_ascii_case(word)))
    }

    /// What stands before the point that the cursor follows.
    pub(super) fn qualifier(&self) -> Option<String> {
        let [.., name, point] = self.before.as_slice() else { return None };
        (point.text == ".").then(|| bare(name.text))
    }

    /// Whether a word is the last before the cursor.
    pub(super) fn follows(&self, word: &str) -> bool {
        self.before.last().is_some_and(|piece| piece.text.eq_ignore_ascii_case(word))
    }

    /// The table behind FROM, with its alias.
    pub(super) fn source(&self) -> Option<(String, String, Option<String>)> {
        let from = self.all.iter().position(|piece| piece.text.eq_ignore_ascii_case("FROM"))?;
        let [schema, point, table, rest @ ..] = self.all.get(from + 1..)? else { return None };
        let alias = match rest {
            [word, alias, ..] if word.text.eq_ignore_ascii_case("AS") => Some(bare(alias.text)),
            _ => None,
        };
        (point.text == ".").then(|| (bare(schema.text), bare(table.text), alias))
    }

    /// The first table that a test changes.
    pub(super) fn given_table(&self) -> Option<(String, String)> {
        let verb = self.all.iter().position(|piece| ["INTO", "UPDATE", "FROM"].iter().any(|verb| piece.text.eq_ignore_ascii_case(verb)))?;
        let [schema, point, table, ..] = self.all.get(verb + 1..)? else { return None };
        (point.text == ".").then(|| (bare(schema.text), bare(table.text)))
    }

    /// The table whose row the cursor is in: `db.t (…`, also behind TO.
    pub(super) fn row_table(&self) -> Option<(String, String)> {
        let mut depth = 0_usize;
        let open = self.before.iter().rposition(|piece| match piece.text {
            ")" => {
                depth += 1;
                false
            }
            "(" if depth > 0 => {
                depth -= 1;
                false
            }
            "(" => true,
            _ => false,
        })?;
        let verbs = ["INTO", "UPDATE", "FROM"];
        let verb = self.before[..open].iter().rposition(|piece| verbs.iter().any(|verb| piece.text.eq_ignore_ascii_case(verb)))?;
        let [schema, point, table, ..] = self.before.get(verb + 1..)? else { return None };
        (point.text == ".").then(|| (bare(schema.text), bare(table.text)))
    }

    /// Whether the cursor is behind a clause word with an open parenthesis: `KEY (a,`.
    pub(super) fn is_in_list_of(&self, word: &str) -> bool {
        let open = self.before.iter().rposition(|piece| piece.text == "(");
        let is_open = open.is_some_and(|open| !self.before[open..].iter().any(|piece| piece.text == ")"));
        is_open && open.and_then(|open| open.checked_sub(1)).is_some_and(|at| self.before[at].text.eq_ignore_ascii_case(word))
    }

    /// Whether the statement begins at the cursor.
    pub(super) fn is_empty(&self) -> bool {
        self.before.is_empty()
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '$' | '`')
}

fn is_comment(rest: &str) -> bool {
    rest.starts_with('#')
        || rest.starts_with("/*")
        || rest.strip_prefix("--").is_some_and(|behind| behind.starts_with([' ', '\t', '\n', '\r']) || behind.is_empty())
}

fn piece_length(rest: &str, next: char) -> usize {
    if is_comment(rest) {
        let end = if rest.starts_with("/*") { rest.find("*/").map(|at| at + 2) } else { rest.find('\n') };
        return end.unwrap_or(rest.len());
    }
    if matches!(next, '\'' | '"' | '`') {
        return rest[1..].find(next).map_or(rest.len(), |at| at + 2);
    }
    if is_word(next) {
        return rest.find(|c| !is_word(c) || c == '`').unwrap_or(rest.len());
    }
    next.len_utf8()
}

/// A name without its backticks.
fn bare(name: &str) -> String {
    name.trim_matches('`').replace("``", "`")
}
