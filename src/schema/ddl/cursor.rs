//! Walking over the tokens of one statement.

use std::ops::Range;

use super::{DdlError, Kind, ObjectName, Token};
use crate::schema::StatementContext;

/// The tokens of one statement, and how far they are read.
pub(in crate::schema) struct Cursor<'a> {
    text: &'a str,
    tokens: Vec<Token<'a>>,
    at: usize,
    pub(super) context: &'a StatementContext,
}

impl<'a> Cursor<'a> {
    /// `text` is what the tokens' spans point into.
    pub(in crate::schema) fn new(text: &'a str, tokens: Vec<Token<'a>>, context: &'a StatementContext) -> Self {
        Self { text, tokens, at: 0, context }
    }

    pub(super) fn peek(&self) -> Option<&Token<'a>> {
        self.tokens.get(self.at)
    }

    pub(super) fn next(&mut self) -> Option<&Token<'a>> {
        let token = self.tokens.get(self.at)?;
        self.at += 1;
        Some(token)
    }

    pub(super) fn at_end(&self) -> bool {
        self.at >= self.tokens.len()
    }

    /// Whether the token `ahead` of the next is this keyword.
    pub(super) fn sees_at(&self, ahead: usize, keyword: &str) -> bool {
        self.tokens.get(self.at + ahead).is_some_and(|token| token.kind == Kind::Word && token.text.eq_ignore_ascii_case(keyword))
    }

    pub(super) fn sees(&self, keyword: &str) -> bool {
        self.sees_at(0, keyword)
    }

    pub(super) fn sees_any(&self, keywords: &[&str]) -> bool {
        keywords.iter().any(|keyword| self.sees(keyword))
    }

    /// Whether the next tokens are these keywords, in order.
    pub(super) fn sees_all(&self, keywords: &[&str]) -> bool {
        keywords.iter().enumerate().all(|(ahead, keyword)| self.sees_at(ahead, keyword))
    }

    pub(super) fn sees_kind_at(&self, ahead: usize, kind: Kind) -> bool {
        self.tokens.get(self.at + ahead).is_some_and(|token| token.kind == kind)
    }

    pub(super) fn sees_symbol(&self, symbol: char) -> bool {
        self.sees_kind_at(0, Kind::Symbol(symbol))
    }

    pub(super) fn eat(&mut self, keyword: &str) -> bool {
        let found = self.sees(keyword);
        self.at += usize::from(found);
        found
    }

    /// Eats all of these keywords, or none.
    pub(super) fn eat_all(&mut self, keywords: &[&str]) -> bool {
        let found = self.sees_all(keywords);
        self.at += if found { keywords.len() } else { 0 };
        found
    }

    pub(super) fn eat_any(&mut self, keywords: &[&str]) -> bool {
        keywords.iter().any(|keyword| self.eat(keyword))
    }

    pub(super) fn eat_symbol(&mut self, symbol: char) -> bool {
        let found = self.sees_symbol(symbol);
        self.at += usize::from(found);
        found
    }

    pub(super) fn expect(&mut self, keyword: &'static str) -> Result<(), DdlError> {
        if self.eat(keyword) { Ok(()) } else { Err(self.unexpected(keyword)) }
    }

    pub(super) fn expect_symbol(&mut self, symbol: char, expected: &'static str) -> Result<(), DdlError> {
        if self.eat_symbol(symbol) { Ok(()) } else { Err(self.unexpected(expected)) }
    }

    /// A name, with or without quotes; its span with it.
    pub(super) fn name(&mut self, expected: &'static str) -> Result<(String, Range<usize>), DdlError> {
        match self.peek() {
            Some(token) if matches!(token.kind, Kind::Word | Kind::Name) => {
                let name = (token.text.clone().into_owned(), token.span.clone());
                self.at += 1;
                Ok(name)
            }
            _ => Err(self.unexpected(expected)),
        }
    }

    /// `[schema.]name`.
    pub(super) fn object_name(&mut self, expected: &'static str) -> Result<ObjectName, DdlError> {
        // `.t` is the table of the session's schema, as ODBC writes it.
        let _ = self.eat_symbol('.');
        let (first, start) = self.name(expected)?;
        if !self.eat_symbol('.') {
            return Ok(ObjectName { schema: None, name: first, span: start });
        }
        let (second, end) = self.name(expected)?;
        Ok(ObjectName { schema: Some(first), name: second, span: start.start..end.end })
    }

    pub(super) fn string(&mut self, expected: &'static str) -> Result<String, DdlError> {
        match self.peek() {
            Some(token) if token.kind == Kind::String => {
                let text = token.text.clone().into_owned();
                self.at += 1;
                Ok(text)
            }
            _ => Err(self.unexpected(expected)),
        }
    }

    pub(super) fn number(&mut self, expected: &'static str) -> Result<u32, DdlError> {
        let number = self.peek().filter(|token| token.kind == Kind::Number).and_then(|token| token.text.parse::<u64>().ok());
        let Some(number) = number else { return Err(self.unexpected(expected)) };
        self.at += 1;
        // LONGTEXT(4294967296) is refused by the servers; a greater number only ever chooses the widest type.
        Ok(u32::try_from(number).unwrap_or(u32::MAX))
    }

    /// Steps over one token, or over everything from `(` to its `)`.
    pub(super) fn skip_group(&mut self) -> Result<(), DdlError> {
        let mut depth = 0usize;
        loop {
            let Some(token) = self.next() else { return Err(self.unexpected("`)`")) };
            match token.kind {
                Kind::Symbol('(') => depth += 1,
                Kind::Symbol(')') => depth = depth.saturating_sub(1),
                _ => {}
            }
            if depth == 0 {
                return Ok(());
            }
        }
    }

    /// Steps over everything up to the next `,` or `)` of this level, or the end.
    pub(super) fn skip_element(&mut self) -> Result<(), DdlError> {
        while self.peek().is_some_and(|token| !matches!(token.kind, Kind::Symbol(',' | ')') | Kind::Delimiter)) {
            self.skip_group()?;
        }
        Ok(())
    }

    /// The table that the statement is about, for an error: what stands after TABLE, or after ON in a statement about an index.
    pub(in crate::schema) fn subject(&mut self) -> Option<ObjectName> {
        const HEAD: usize = 10;
        let table = (1..HEAD).find(|&at| self.keyword(at, "TABLE"));
        let on = (1..HEAD).find(|&at| self.keyword(at, "ON"));
        self.at = 1 + table.or(on.filter(|_| (1..4).any(|at| self.keyword(at, "INDEX"))))?;
        let _ = self.eat("IF") && (self.eat("NOT"), self.eat("EXISTS")).1;
        self.object_name("a table's name").ok()
    }

    fn keyword(&self, at: usize, keyword: &str) -> bool {
        self.tokens.get(at).is_some_and(|token| token.kind == Kind::Word && token.text.eq_ignore_ascii_case(keyword))
    }

    /// Steps back over the last token.
    pub(super) fn back(&mut self) {
        self.at = self.at.saturating_sub(1);
    }

    /// Where the next token starts.
    pub(super) fn start(&self) -> usize {
        self.peek().map_or(self.text.len(), |token| token.span.start)
    }

    /// The text from `start` to the end of the last token read.
    pub(super) fn text_from(&self, start: usize) -> String {
        let end = self.at.checked_sub(1).and_then(|last| self.tokens.get(last)).map_or(start, |token| token.span.end);
        self.text.get(start..end).unwrap_or_default().to_owned()
    }

    /// Where the last token read lies.
    pub(super) fn last_span(&self) -> Range<usize> {
        self.at.checked_sub(1).and_then(|last| self.tokens.get(last)).map_or(0..0, |token| token.span.clone())
    }

    fn next_span(&self) -> Range<usize> {
        self.peek().map_or(self.text.len()..self.text.len(), |token| token.span.clone())
    }

    /// The next token as an error shows it. Strings may hold values of users, so they are not shown (INV-7).
    fn found(&self) -> String {
        match self.peek() {
            None => "end of the statement".to_owned(),
            Some(token) if token.kind == Kind::String => "string".to_owned(),
            Some(token) if token.kind == Kind::Bytes => "literal".to_owned(),
            Some(token) => format!("`{}`", token.text),
        }
    }

    /// The next token is not what may stand here.
    pub(super) fn unexpected(&self, expected: &'static str) -> DdlError {
        DdlError::Unexpected { found: self.found(), expected, span: self.next_span() }
    }

    /// The next token begins something that this reader does not know.
    pub(super) fn unknown(&self, what: &'static str) -> DdlError {
        DdlError::Unknown { what, found: self.found(), span: self.next_span() }
    }
}
