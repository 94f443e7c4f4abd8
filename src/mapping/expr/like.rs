//! LIKE: character by character, equal as the collation says.

use dsl::{Code, Span};

use super::bind::{Binder, Failed, negated};
use super::cell::{Cell, Form};
use super::characters::Characters;
use super::collation::Collator;
use super::function::call_strict;
use super::sql_type::Kind;
use super::typed::Typed;

impl Binder<'_> {
    /// `expr [NOT] LIKE pattern [ESCAPE text]`.
    pub(super) fn like(
        &mut self,
        operand: &dsl::Expr,
        pattern: &dsl::Expr,
        escape: Option<&dsl::Expr>,
        negated_test: bool,
        span: Span,
    ) -> Result<Typed, Failed> {
        let (operand, pattern) = (self.bind(operand), self.bind(pattern));
        let escape = self.escape(escape)?;
        let (operand, pattern) = (operand?, pattern?);
        self.accept_value(&operand)?;
        self.accept_value(&pattern)?;
        let (left, right, collator) = self.comparable(&operand, &pattern, span)?;
        let name = format!("like_{}_{escape:?}", collator.name());
        let value = call_strict(name, Form::Bool, vec![left, right], move |args| {
            Ok(Cell::Bool(Pattern::new(args[1].as_bytes(), collator, escape).matches(args[0].as_bytes())))
        });
        let value = if negated_test { negated(value) } else { value };
        Ok(Typed::combine(Kind::Boolean, operand.nullable || pattern.nullable, value, &[&operand, &pattern], span))
    }

    /// The escape character; none where it is the empty text.
    fn escape(&mut self, escape: Option<&dsl::Expr>) -> Result<Option<char>, Failed> {
        let Some(escape) = escape else { return Ok(Some('\\')) };
        let escape = self.bind(escape)?;
        self.escape_of(&escape)
    }

    /// As [`Self::escape`], of an operand that is typed.
    pub(super) fn escape_of(&mut self, escape: &Typed) -> Result<Option<char>, Failed> {
        let text = escape.literal_text().and_then(|bytes| String::from_utf8(bytes).ok());
        let mut characters = text.as_deref().unwrap_or("too long").chars();
        match (characters.next(), characters.next()) {
            (first, None) => Ok(first),
            _ => Err(self.error(Code::TYPE_MISMATCH, "ESCAPE wants a constant of one character".into(), escape.span)),
        }
    }
}

/// A pattern, ready to be compared with many texts.
pub(super) struct Pattern<'p> {
    tokens: Vec<Token<'p>>,
    characters: Characters,
    collator: Collator,
}

impl<'p> Pattern<'p> {
    /// A pattern in the collator's charset.
    pub(super) fn new(pattern: &'p [u8], collator: Collator, escape: Option<char>) -> Self {
        let characters = Characters::of(collator.charset());
        Self { tokens: tokens(pattern, characters, escape), characters, collator }
    }

    /// Whether a text in the same charset matches as a whole.
    pub(super) fn matches(&self, text: &[u8]) -> bool {
        let ends = self.characters.ends(text);
        let letters: Vec<&[u8]> = (0..ends.len()).map(|index| self.characters.slice(text, &ends, index, index + 1)).collect();
        matches(&letters, &self.tokens, &self.collator)
    }
}

/// A part of a pattern.
enum Token<'p> {
    /// `%`
    Any,
    /// `_`
    One,
    Letter(&'p [u8]),
}

fn tokens(pattern: &[u8], characters: Characters, escape: Option<char>) -> Vec<Token<'_>> {
    let charset = characters.charset();
    let sign = |sign: char| super::charset::encode(&sign.to_string(), charset);
    let (any, one, escape) = (sign('%'), sign('_'), escape.map(sign));
    let ends = characters.ends(pattern);
    let mut tokens = Vec::with_capacity(ends.len());
    let mut index = 0;
    while index < ends.len() {
        let letter = characters.slice(pattern, &ends, index, index + 1);
        index += 1;
        if escape.as_deref() == Some(letter) && index < ends.len() {
            tokens.push(Token::Letter(characters.slice(pattern, &ends, index, index + 1)));
            index += 1;
        } else if letter == any {
            tokens.push(Token::Any);
        } else if letter == one {
            tokens.push(Token::One);
        } else {
            tokens.push(Token::Letter(letter));
        }
    }
    tokens
}

/// Whether the whole text matches; goes back to the last `%` only.
fn matches(text: &[&[u8]], pattern: &[Token<'_>], collator: &Collator) -> bool {
    let (mut at, mut token) = (0, 0);
    let mut last_any: Option<(usize, usize)> = None;
    while at < text.len() {
        match pattern.get(token) {
            Some(Token::Any) => {
                last_any = Some((token, at));
                token += 1;
                continue;
            }
            Some(Token::One) => {
                (at, token) = (at + 1, token + 1);
                continue;
            }
            Some(Token::Letter(letter)) if collator.same_character(text[at], letter) => {
                (at, token) = (at + 1, token + 1);
                continue;
            }
            _ => {}
        }
        let Some((any, start)) = last_any else { return false };
        last_any = Some((any, start + 1));
        (at, token) = (start + 1, any + 1);
    }
    pattern[token..].iter().all(|token| matches!(token, Token::Any))
}
