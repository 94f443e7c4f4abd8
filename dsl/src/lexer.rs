//! Text to tokens as MySQL's own scanner cuts it (sql_lex.cc), with spans in bytes. It never gives up: what
//! it cannot read becomes a `Broken` token and a diagnostic, and the scan goes on behind it.
//!
//! It is written by hand because spans, recovery and the cuts have to be exact: `5--3`, `!!a`, `a.1b`, `1e`,
//! `\N`, a quote that is never closed.

use crate::diagnostic::{Code, Diagnostic, Severity, Span};
use crate::token::{SIGNS, Sign, Token, TokenKind};

/// The tokens of a text, an `End` last, and what was wrong with it.
pub(crate) struct Lexed {
    pub(crate) tokens: Vec<Token>,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

/// Cuts `text` into tokens.
pub(crate) fn lex(text: &str) -> Lexed {
    // A quote left open inverts all that follow it. The first text that seems to
    // lie between two others is then the likely culprit: it is cut there, and the rest is read again.
    let mut cuts = Vec::new();
    loop {
        let mut lexer = Lexer { text, at: 0, tokens: Vec::new(), diagnostics: Vec::new(), cuts: &cuts, open: None };
        lexer.run();
        match lexer.open {
            Some(unclosed) if cuts.len() < MAX_CUTS => {
                let culprit = lexer.tokens.iter().find(|t| is_quoted(t.kind) && looks_inverted(text, t.span));
                cuts.push(culprit.map_or(unclosed, |t| t.span.start));
            }
            _ => return Lexed { tokens: lexer.tokens, diagnostics: lexer.diagnostics },
        }
    }
}

/// Whether a text over several lines seems to lie between two others: a statement ends in it, or a word follows it at once.
fn looks_inverted(text: &str, span: Span) -> bool {
    let quoted = slice(text, span);
    let ends_statement = quoted.lines().rev().skip(1).any(|line| line.trim_end().ends_with(';'));
    let behind = text.get(span.end as usize..).unwrap_or("");
    ends_statement || (quoted.contains('\n') && behind.starts_with(is_word))
}

/// Unclosed texts that are reported one by one; later ones spoil the rest of the file.
const MAX_CUTS: usize = 8;

/// The text of a span; empty if the span is not of this text.
pub(crate) fn slice(text: &str, span: Span) -> &str {
    text.get(span.start as usize..span.end as usize).unwrap_or("")
}

struct Lexer<'t> {
    text: &'t str,
    at: usize,
    tokens: Vec<Token>,
    diagnostics: Vec<Diagnostic>,
    /// Starts of texts that end with their line.
    cuts: &'t [u32],
    /// The start of a text that no quote closes.
    open: Option<u32>,
}

impl Lexer<'_> {
    fn run(&mut self) {
        if self.text.starts_with('\u{feff}') {
            self.at = '\u{feff}'.len_utf8();
        }
        while let Some(next) = self.rest().chars().next() {
            self.token(next);
        }
        self.push(TokenKind::End, self.text.len());
    }

    fn token(&mut self, next: char) {
        let start = self.at;
        let after_dot = self.follows_name_and_dot();
        match next {
            ' ' | '\t' | '\n' | '\r' | '\x0b' | '\x0c' => self.at += 1,
            '#' => self.line_comment(),
            '-' if self.opens_dash_comment() => self.line_comment(),
            '/' if self.rest().starts_with("/*") => self.block_comment(),
            '\'' | '"' => self.quoted(start, TokenKind::Text, next),
            '`' => self.quoted(start, TokenKind::QuotedName, next),
            'n' | 'N' if self.second() == Some('\'') => self.prefixed(TokenKind::NationalText),
            'x' | 'X' if self.second() == Some('\'') => self.prefixed(TokenKind::Hex),
            'b' | 'B' if self.second() == Some('\'') => self.prefixed(TokenKind::Bits),
            '\\' if self.second() == Some('N') => self.push(TokenKind::NullEscape, start + 2),
            '@' => self.variable(),
            '0'..='9' if !after_dot => self.number(),
            '.' if self.second().is_some_and(|c| c.is_ascii_digit()) && !self.follows_name() => self.number(),
            _ if is_word(next) => self.push(TokenKind::Word, start + word_len(self.rest())),
            _ => self.sign(next),
        }
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or("")
    }

    fn second(&self) -> Option<char> {
        self.rest().chars().nth(1)
    }

    fn push(&mut self, kind: TokenKind, end: usize) {
        self.tokens.push(Token { kind, span: span(self.at, end) });
        self.at = end;
    }

    fn report(&mut self, code: Code, message: String, span: Span, hint: &str) {
        let hint = (!hint.is_empty()).then(|| hint.to_owned());
        self.diagnostics.push(Diagnostic { code, severity: Severity::Error, message, span, hint });
    }

    /// Whether the last token is a name that ends right here: `.5` behind it is no number.
    fn follows_name(&self) -> bool {
        let last = self.tokens.last();
        last.is_some_and(|t| matches!(t.kind, TokenKind::Word | TokenKind::QuotedName) && t.span.end as usize == self.at)
    }

    /// Behind `name.` digits begin a name: `db.2024_orders`.
    fn follows_name_and_dot(&self) -> bool {
        let [.., name, dot] = self.tokens.as_slice() else { return false };
        matches!(name.kind, TokenKind::Word | TokenKind::QuotedName)
            && dot.kind == TokenKind::Sign(Sign::Dot)
            && name.span.end == dot.span.start
            && dot.span.end as usize == self.at
    }

    /// `--` opens a comment only before white space or the end: `5--3` is 8.
    fn opens_dash_comment(&self) -> bool {
        let Some(behind) = self.rest().strip_prefix("--") else { return false };
        behind.chars().next().is_none_or(|c| c.is_ascii_whitespace() || c.is_ascii_control())
    }

    fn line_comment(&mut self) {
        self.at += self.rest().find('\n').unwrap_or(self.rest().len());
    }

    fn block_comment(&mut self) {
        let body = self.rest().get(2..).unwrap_or("");
        let Some(close) = body.find("*/") else {
            let opening = span(self.at, self.at + 2);
            self.report(Code::UNCLOSED_COMMENT, "this comment is never closed".to_owned(), opening, "Close it with `*/`.");
            self.at = self.text.len();
            return;
        };
        let end = self.at + 2 + close + 2;
        if body.starts_with('!') || body.starts_with("M!") {
            self.push(TokenKind::ExecutedComment, end);
        } else {
            self.at = end;
        }
    }

    fn prefixed(&mut self, kind: TokenKind) {
        let start = self.at;
        self.at += 1;
        self.quoted(start, kind, '\'');
    }

    /// Reads from the opening quote at `self.at`; the token begins at `start`.
    fn quoted(&mut self, start: usize, kind: TokenKind, quote: char) {
        let opening = self.at;
        self.at = start;
        let cut = self.cuts.contains(&span(start, start).start);
        match closing_quote(self.text, opening, quote, is_text(kind)) {
            Some(end) if !cut => self.push(kind, end),
            _ => {
                let line = self.text.get(opening..).unwrap_or("");
                let end = opening + line.find(['\n', '\r']).unwrap_or(line.len());
                if !cut {
                    self.open = Some(span(start, start).start);
                }
                let what = if quote == '`' { "name" } else { "text" };
                let hint = format!("Close it with {}.", if quote == '`' { "a backtick".to_owned() } else { format!("`{quote}`") });
                self.report(Code::UNCLOSED_TEXT, format!("this {what} is never closed"), span(start, end), &hint);
                self.push(TokenKind::Broken, end);
            }
        }
    }

    fn variable(&mut self) {
        let name = self.rest().trim_start_matches('@');
        let signs = self.rest().len() - name.len();
        let quoted = name.chars().next().filter(|c| matches!(c, '`' | '\'' | '"'));
        let start = self.at + signs;
        let end = match quoted {
            Some(quote) => closing_quote(self.text, start, quote, true).unwrap_or(start + 1),
            None => start + name.find(|c| !is_word(c) && c != '.').unwrap_or(name.len()),
        };
        self.push(TokenKind::Variable, end);
    }

    fn number(&mut self) {
        let rest = self.rest();
        let radix = [("0x", TokenKind::Hex, 16), ("0b", TokenKind::Bits, 2)];
        for (prefix, kind, base) in radix {
            let digits = rest.strip_prefix(prefix).map(|r| r.get(..word_len(r)).unwrap_or(""));
            if let Some(digits) = digits.filter(|d| !d.is_empty() && d.chars().all(|c| c.is_digit(base))) {
                let end = self.at + prefix.len() + digits.len();
                return self.push(kind, end);
            }
        }
        let whole = digits_len(rest);
        let fraction = match rest.get(whole..) {
            Some(r) if r.starts_with('.') => Some(1 + digits_len(r.get(1..).unwrap_or(""))),
            _ => None,
        };
        let mantissa = whole + fraction.unwrap_or(0);
        let behind = rest.get(mantissa..).unwrap_or("");
        let exponent = exponent_len(behind);
        let (kind, len) = if exponent > 0 {
            (TokenKind::Float, mantissa + exponent)
        } else if fraction.is_some() {
            (TokenKind::Decimal, mantissa)
        } else if word_len(behind) > 0 {
            // A name may begin with digits: `2024_orders`, `0xyz`.
            (TokenKind::Word, word_len(rest))
        } else {
            (TokenKind::Integer, whole)
        };
        self.push(kind, self.at + len);
    }

    /// MySQL cuts comparison signs greedily: it takes `=!` for one sign and refuses it, and it drops a part of `!!`, so that
    /// `!!a` is `!a` to it.
    /// Answers the end of such a cut.
    fn bad_comparison(&mut self, sign: &str) -> Option<usize> {
        let longest = match sign.chars().next()? {
            '<' => 3,
            '=' | '!' | '>' => 2,
            _ => return None,
        };
        let run: String = self.rest().chars().take(longest).take_while(|c| matches!(c, '<' | '=' | '>' | '!')).collect();
        // The third character counts only if it is no `<`.
        let run = run.strip_suffix('<').filter(|r| r.len() == 2).unwrap_or(&run);
        if run.len() <= sign.len() {
            return None;
        }
        let end = self.at + run.len();
        let hint = match run {
            "==" => "Write `=`.",
            "=>" => "",
            "=<" => "Write `<=`.",
            _ => "Put a space between two operators.",
        };
        self.report(Code::UNEXPECTED_CHARACTER, format!("`{run}` is no operator"), span(self.at, end), hint);
        Some(end)
    }

    /// `::` and `:name` of other languages.
    fn colon(&mut self) {
        let behind = self.rest().get(1..).unwrap_or("");
        let (end, code, message, hint) = if behind.starts_with(':') {
            (self.at + 2, Code::UNEXPECTED_CHARACTER, "`::` is no operator".to_owned(), "Write `CAST(value AS type)`.")
        } else {
            let name = behind.get(..word_len(behind)).unwrap_or("");
            (self.at + 1 + name.len(), Code::PLACEHOLDER, format!("the placeholder `:{name}` is not available"), "Write the value.")
        };
        self.report(code, message, span(self.at, end), hint);
        self.push(TokenKind::Broken, end);
    }

    fn sign(&mut self, next: char) {
        let found = SIGNS.iter().find(|(text, _)| self.rest().starts_with(text));
        if let Some((text, sign)) = found {
            if let Some(end) = self.bad_comparison(text) {
                return self.push(TokenKind::Broken, end);
            }
            let end = self.at + text.len();
            return self.push(TokenKind::Sign(*sign), end);
        }
        if next == ':' {
            return self.colon();
        }
        let end = self.at + next.len_utf8();
        let shown = if next.is_whitespace() || next.is_control() || is_invisible(next) {
            format!("the invisible character U+{:04X}", u32::from(next))
        } else {
            format!("`{next}`")
        };
        let hint = match next {
            '{' | '}' => "Write `DATE 'text'` in place of `{d 'text'}`.".to_owned(),
            '[' | ']' => "Names are quoted with backticks.".to_owned(),
            _ if shown.len() > 10 => "Delete it or write a space.".to_owned(),
            _ => look_alike(next).map(|meant| format!("Write `{meant}`.")).unwrap_or_default(),
        };
        self.report(Code::UNEXPECTED_CHARACTER, format!("{shown} means nothing here"), span(self.at, end), &hint);
        self.push(TokenKind::Broken, end);
    }
}

fn span(start: usize, end: usize) -> Span {
    // A text longer than `MAX_FILE_BYTES` is refused before it comes here.
    Span::new(u32::try_from(start).unwrap_or(u32::MAX), u32::try_from(end).unwrap_or(u32::MAX))
}

fn is_text(kind: TokenKind) -> bool {
    matches!(kind, TokenKind::Text | TokenKind::NationalText)
}

fn is_quoted(kind: TokenKind) -> bool {
    is_text(kind) || kind == TokenKind::QuotedName
}

/// One past the quote that closes the one at `opening`; a doubled quote does not, nor an escaped one in a text.
fn closing_quote(text: &str, opening: usize, quote: char, escapes: bool) -> Option<usize> {
    let body = opening + quote.len_utf8();
    let mut chars = text.get(body..)?.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if c == '\\' && escapes {
            chars.next();
        } else if c == quote && chars.next_if(|(_, next)| *next == quote).is_none() {
            return Some(body + at + quote.len_utf8());
        }
    }
    None
}

/// MySQL's name characters; signs that only look like SQL's and invisible characters are left out, for they are mistakes.
fn is_word(c: char) -> bool {
    let is_letter = !c.is_ascii() && !c.is_whitespace() && !c.is_control() && !is_invisible(c) && look_alike(c).is_none();
    c.is_ascii_alphanumeric() || matches!(c, '_' | '$') || is_letter
}

/// The sign that a typographic or full-width one was meant to be.
fn look_alike(c: char) -> Option<char> {
    Some(match c {
        '‘' | '’' | '´' | '＇' | '“' | '”' | '「' | '」' => '\'',
        '＂' => '"',
        '｀' => '`',
        '，' | '、' => ',',
        '（' => '(',
        '）' => ')',
        '；' => ';',
        '．' | '。' => '.',
        '＝' => '=',
        '＜' => '<',
        '＞' => '>',
        '＋' => '+',
        '－' | '–' | '—' | '−' => '-',
        '＊' | '×' => '*',
        '／' | '÷' => '/',
        '％' => '%',
        '！' => '!',
        _ => return None,
    })
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{ad}')
}

fn word_len(text: &str) -> usize {
    text.find(|c| !is_word(c)).unwrap_or(text.len())
}

fn digits_len(text: &str) -> usize {
    text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len())
}

/// The length of `e5`, `E+5`, `e-5`; nothing without a digit.
fn exponent_len(text: &str) -> usize {
    let Some(behind) = text.strip_prefix(['e', 'E']) else { return 0 };
    let unsigned = behind.strip_prefix(['+', '-']).unwrap_or(behind);
    match digits_len(unsigned) {
        0 => 0,
        digits => text.len() - unsigned.len() + digits,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str) -> Vec<(TokenKind, &str)> {
        let lexed = lex(text);
        assert_eq!(lexed.diagnostics, [], "{text}");
        let all = lexed.tokens.into_iter().map(|t| (t.kind, slice(text, t.span)));
        all.filter(|(kind, _)| *kind != TokenKind::End).collect()
    }

    fn texts(text: &str) -> Vec<&str> {
        cut(text).into_iter().map(|(_, text)| text).collect()
    }

    #[test]
    fn numbers_end_where_mysql_ends_them() {
        use TokenKind::{Bits, Decimal, Float, Hex, Integer, Word};
        let one = |text| {
            let tokens = cut(text);
            assert_eq!(tokens.len(), 1, "{tokens:?}");
            tokens[0].0
        };
        for (text, kind) in
            [("1", Integer), ("1.", Decimal), (".5", Decimal), ("1.5", Decimal), ("1e5", Float), (".5E-1", Float), ("1.e+2", Float)]
        {
            assert_eq!(one(text), kind, "{text}");
        }
        for (text, kind) in [
            ("0x1F", Hex),
            ("0b01", Bits),
            ("x'1f'", Hex),
            ("B'01'", Bits),
            ("0X1F", Word),
            ("0b2", Word),
            ("0xg", Word),
            ("1e", Word),
            ("2nd", Word),
        ] {
            assert_eq!(one(text), kind, "{text}");
        }
        assert_eq!(texts("1..5"), ["1.", ".5"]);
        assert_eq!(texts("1e+x"), ["1e", "+", "x"]);
    }

    #[test]
    fn behind_a_name_a_point_begins_no_number() {
        assert_eq!(texts("a.5b"), ["a", ".", "5b"]);
        assert_eq!(texts("`a`.5"), ["`a`", ".", "5"]);
        assert_eq!(texts("a .5"), ["a", ".5"]);
        assert_eq!(cut("db.2024")[2].0, TokenKind::Word);
    }

    #[test]
    fn dashes_are_a_comment_only_before_white_space_or_the_end() {
        assert_eq!(texts("5--3"), ["5", "-", "-", "3"]);
        assert_eq!(texts("5-- 3\n+1"), ["5", "+", "1"]);
        assert_eq!(texts("5 --"), ["5"]);
        assert_eq!(texts("5--\t3"), ["5"]);
        assert_eq!(texts("5#3"), ["5"]);
        assert_eq!(texts("5/*3*/4"), ["5", "4"]);
    }

    #[test]
    fn quotes_are_closed_by_themselves_alone() {
        assert_eq!(texts(r"'a''b' 'c\'d' 'e\\'"), [r"'a''b'", r"'c\'d'", r"'e\\'"]);
        assert_eq!(texts(r"`a``b` `c\`"), ["`a``b`", r"`c\`"]);
        assert_eq!(texts("n'a' N'b' _x'c'"), ["n'a'", "N'b'", "_x", "'c'"]);
        assert_eq!(texts(r"\N"), [r"\N"]);
        assert_eq!(texts("@a.b @`c d` @@x"), ["@a.b", "@`c d`", "@@x"]);
    }

    #[test]
    fn the_longest_sign_wins_and_a_cut_that_mysql_gets_wrong_is_reported() {
        assert_eq!(texts("a<=>b<<c->>d:=!e>>f"), ["a", "<=>", "b", "<<", "c", "->>", "d", ":=", "!", "e", ">>", "f"]);
        assert_eq!(
            texts("a>=!b a!=!b a<=-b a<=>!b"),
            ["a", ">=", "!", "b", "a", "!=", "!", "b", "a", "<=", "-", "b", "a", "<=>", "!", "b"]
        );
        for text in ["a=!b", "!!a", "a<>!b", "a<!b", "a==b", "a=<b", "a=>b", "a<<=b", "a>!b", "a><b"] {
            assert_eq!(lex(text).diagnostics.len(), 1, "{text}");
        }
    }
}
