//! Where a parser stands in its tokens, and how it complains. Knows no grammar beyond single tokens.

use crate::ast::{Name, Text};
use crate::diagnostic::{Code, Diagnostic, Severity, Span};
use crate::lexer::slice;
use crate::outline::{Outline, Role};
use crate::token::{Sign, Token, TokenKind};
use crate::value;

/// What was read, or the mark that a diagnostic has been pushed and the clause is lost.
pub(crate) type Read<T> = Result<T, Reported>;

/// A diagnostic has been pushed; nothing is left to say.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reported;

/// The parser of one file: its tokens, its place in them, and what it found wrong.
pub(crate) struct Parser<'t> {
    pub(crate) text: &'t str,
    tokens: &'t [Token],
    at: usize,
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// How deep the expression at hand is nested.
    pub(crate) depth: usize,
    /// How many CASEs are open around the expression at hand.
    pub(crate) open_cases: usize,
    /// Whether the expression at hand is to be a constant.
    pub(crate) constants_only: bool,
    /// What tokens turned out to be.
    pub(crate) outline: Outline,
}

impl<'t> Parser<'t> {
    /// `tokens` end with an `End`.
    pub(crate) fn new(text: &'t str, tokens: &'t [Token]) -> Self {
        Self { text, tokens, at: 0, diagnostics: Vec::new(), depth: 0, open_cases: 0, constants_only: false, outline: Outline::default() }
    }

    pub(crate) fn peek(&self) -> Token {
        self.peek_at(0)
    }

    /// The token `ahead` of the next one; the `End` for ever.
    pub(crate) fn peek_at(&self, ahead: usize) -> Token {
        let end = Token { kind: TokenKind::End, span: Span::new(self.text_len(), self.text_len()) };
        self.tokens.get(self.at + ahead).or(self.tokens.last()).copied().unwrap_or(end)
    }

    fn text_len(&self) -> u32 {
        u32::try_from(self.text.len()).unwrap_or(u32::MAX)
    }

    /// The end of the token before the next one.
    pub(crate) fn last_span(&self) -> Span {
        self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).map_or(Span::new(0, 0), |t| t.span)
    }

    /// What the token before the next one is.
    pub(crate) fn last_kind(&self) -> Option<TokenKind> {
        self.at.checked_sub(1).and_then(|at| self.tokens.get(at)).map(|t| t.kind)
    }

    pub(crate) fn next(&mut self) -> Token {
        let token = self.peek();
        if token.kind != TokenKind::End {
            self.at += 1;
        }
        token
    }

    /// The number of the next token.
    pub(crate) fn position(&self) -> usize {
        self.at
    }

    pub(crate) fn return_to(&mut self, position: usize) {
        self.at = position;
    }

    /// How many `(` since the token at `start` are open here.
    pub(crate) fn open_parentheses(&self, start: usize) -> usize {
        let since = self.tokens.get(start..self.at).unwrap_or(&[]);
        since.iter().fold(0, |open, token| match token.kind {
            TokenKind::Sign(Sign::LeftParen) => open + 1,
            TokenKind::Sign(Sign::RightParen) => usize::saturating_sub(open, 1),
            _ => open,
        })
    }

    pub(crate) fn slice(&self, span: Span) -> &'t str {
        slice(self.text, span)
    }

    /// Whether the statement is over: at `;` or the end of the file.
    pub(crate) fn at_statement_end(&self) -> bool {
        matches!(self.peek().kind, TokenKind::End | TokenKind::Sign(Sign::Semicolon))
    }

    pub(crate) fn is_sign(&self, ahead: usize, sign: Sign) -> bool {
        self.peek_at(ahead).kind == TokenKind::Sign(sign)
    }

    pub(crate) fn eat_sign(&mut self, sign: Sign) -> Option<Span> {
        self.is_sign(0, sign).then(|| self.next().span)
    }

    pub(crate) fn is_word(&self, ahead: usize, word: &str) -> bool {
        let token = self.peek_at(ahead);
        token.kind == TokenKind::Word && self.slice(token.span).eq_ignore_ascii_case(word)
    }

    pub(crate) fn is_any_word(&self, ahead: usize, words: &[&str]) -> bool {
        words.iter().any(|word| self.is_word(ahead, word))
    }

    pub(crate) fn eat_word(&mut self, word: &str) -> Option<Span> {
        self.is_word(0, word).then(|| self.next().span)
    }

    /// Pushes an error; the mark it returns is for `Err`.
    pub(crate) fn error(&mut self, code: Code, span: Span, message: impl Into<String>, hint: &str) -> Reported {
        let hint = (!hint.is_empty()).then(|| hint.to_owned());
        self.diagnostics.push(Diagnostic { code, severity: Severity::Error, message: message.into(), span, hint });
        Reported
    }

    /// `expected …, found …`. A broken token has been reported by the scanner: nothing is added.
    pub(crate) fn expected(&mut self, what: &str, hint: &str) -> Reported {
        let found = self.peek();
        match found.kind {
            TokenKind::Broken => Reported,
            TokenKind::ExecutedComment => {
                let hint = "Write its content without the comment, or delete it.";
                self.error(Code::EXECUTED_COMMENT, found.span, "a comment that servers execute cannot stand in a rule", hint)
            }
            _ => {
                let span = self.visible(found);
                let shown = self.show(found);
                self.error(Code::SYNTAX, span, format!("expected {what}, found {shown}"), hint)
            }
        }
    }

    /// The end of a text is blamed on the last thing that stands in it.
    pub(crate) fn visible(&self, token: Token) -> Span {
        if token.kind == TokenKind::End { self.last_span() } else { token.span }
    }

    /// A token as messages show it.
    pub(crate) fn show(&self, token: Token) -> String {
        let text = self.slice(token.span);
        match token.kind {
            TokenKind::End => "the end of the file".to_owned(),
            TokenKind::Sign(Sign::Semicolon) => "the end of the statement".to_owned(),
            TokenKind::Text | TokenKind::NationalText => format!("the text {}", shortened(text)),
            TokenKind::Integer | TokenKind::Decimal | TokenKind::Float => format!("the number `{}`", shortened(text)),
            TokenKind::QuotedName => shortened(text),
            _ => format!("`{}`", shortened(text)),
        }
    }

    /// A bare or quoted name.
    pub(crate) fn name(&mut self, what: &str, hint: &str) -> Read<Name> {
        let token = self.peek();
        match token.kind {
            TokenKind::Word | TokenKind::QuotedName => {
                self.next();
                self.outline.mark(token.span.start, Role::Name);
                Ok(self.name_of(token))
            }
            TokenKind::Text | TokenKind::NationalText => {
                let hint = "A name stands bare or in backticks; quotes make a text.";
                Err(self.expected(what, hint))
            }
            _ => Err(self.expected(what, hint)),
        }
    }

    pub(crate) fn name_of(&self, token: Token) -> Name {
        let raw = self.slice(token.span);
        let quoted = token.kind == TokenKind::QuotedName;
        let text = if quoted { value::quoted_name(raw) } else { raw.to_owned() };
        Name { text, quoted, span: token.span }
    }

    /// A text constant of the grammar.
    pub(crate) fn text_constant(&mut self, what: &str, hint: &str) -> Read<Text> {
        let token = self.peek();
        if token.kind != TokenKind::Text {
            return Err(self.expected(what, hint));
        }
        self.next();
        Ok(Text { value: value::text(self.slice(token.span)), span: token.span })
    }

    /// The `)` that closes `open`.
    pub(crate) fn close(&mut self, open: Span, what: &str) -> Read<Span> {
        if let Some(span) = self.eat_sign(Sign::RightParen) {
            return Ok(span);
        }
        if self.at_statement_end() || self.at_clause() || self.at_creation() {
            return Err(self.error(Code::UNCLOSED_PARENTHESIS, open, "this parenthesis is never closed", "Close it with `)`."));
        }
        Err(self.expected(what, ""))
    }

    /// Skips to behind the `)` that closes an already read `(`; stays before the end of the statement.
    pub(crate) fn skip_parenthesis(&mut self) -> Span {
        let mut open = 1_usize;
        while open > 0 && !self.at_statement_end() {
            match self.next().kind {
                TokenKind::Sign(Sign::LeftParen) => open += 1,
                TokenKind::Sign(Sign::RightParen) => open -= 1,
                _ => {}
            }
        }
        self.last_span()
    }
}

/// At most 40 characters of a piece of the text, on one line.
fn shortened(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    match line.char_indices().nth(40) {
        Some((at, _)) => format!("{}…", line.get(..at).unwrap_or("")),
        None => line,
    }
}
