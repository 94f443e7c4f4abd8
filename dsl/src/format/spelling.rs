//! How a token is spelled, and whether a space stands between two.

use crate::lexer::slice;
use crate::outline::{Outline, Role};
use crate::token::{Sign, Token, TokenKind};
use crate::{value, words};

/// Types whose length stands right behind them.
const MEASURED: [&str; 12] =
    ["BINARY", "CHAR", "CHARACTER", "DATETIME", "DEC", "DECIMAL", "DOUBLE", "FLOAT", "NCHAR", "NUMERIC", "TIME", "YEAR"];

/// The token as it is printed.
pub(super) fn spelled(text: &str, token: Token, outline: &Outline) -> String {
    let raw = slice(text, token.span);
    match (token.kind, outline.role(token.span.start)) {
        (TokenKind::QuotedName, Some(Role::Name)) => {
            let name = value::quoted_name(raw);
            if words::is_plain(&name) && !words::is_reserved(&name) { name } else { raw.to_owned() }
        }
        // The two that take a type read as keywords.
        (TokenKind::Word, Some(Role::Function)) if ["CAST", "CONVERT"].iter().any(|word| raw.eq_ignore_ascii_case(word)) => {
            raw.to_ascii_uppercase()
        }
        (TokenKind::Word, Some(Role::Function | Role::Source)) => raw.to_ascii_lowercase(),
        // A charset before its text is no keyword.
        (TokenKind::Word, Some(Role::Clause | Role::Turn) | None) if !raw.starts_with('_') => raw.to_ascii_uppercase(),
        _ => raw.to_owned(),
    }
}

/// Whether the token is a keyword of this spelling.
pub(super) fn is_keyword(text: &str, token: Token, outline: &Outline, word: &str) -> bool {
    let role = outline.role(token.span.start);
    token.kind == TokenKind::Word
        && matches!(role, None | Some(Role::Clause | Role::Turn))
        && slice(text, token.span).eq_ignore_ascii_case(word)
}

/// A sign that stands before its operand: behind it no operator can have its left side.
pub(super) fn is_prefix(text: &str, before: Option<Token>, token: Token, outline: &Outline) -> bool {
    let is_sign = matches!(token.kind, TokenKind::Sign(Sign::Minus | Sign::Plus | Sign::Tilde | Sign::Bang | Sign::Star));
    let Some(before) = before else { return is_sign };
    let ends_operand = match before.kind {
        TokenKind::Sign(Sign::RightParen) => true,
        TokenKind::Sign(_) => false,
        TokenKind::Word => {
            let role = outline.role(before.span.start);
            let is_value = ["END", "NULL", "TRUE", "FALSE", "UNKNOWN"].iter().any(|word| is_keyword(text, before, outline, word));
            matches!(role, Some(Role::Name | Role::Source | Role::Function)) || is_value
        }
        _ => true,
    };
    is_sign && !ends_operand
}

/// Whether a space stands between two tokens; `prefix` says that the first is a sign before its operand.
pub(super) fn spaced(text: &str, first: Token, prefix: bool, second: Token, outline: &Outline) -> bool {
    use TokenKind::Sign as S;
    match (first.kind, second.kind) {
        (S(Sign::LeftParen | Sign::Dot | Sign::Arrow | Sign::LongArrow), _)
        | (_, S(Sign::RightParen | Sign::Comma | Sign::Dot | Sign::Semicolon | Sign::Arrow | Sign::LongArrow)) => false,
        (S(Sign::Star), _) if prefix => true,
        (S(_), S(Sign::LeftParen)) if prefix => false,
        (S(_), S(_)) => true,
        (S(_), _) => !prefix,
        (TokenKind::Word, S(Sign::LeftParen)) => {
            let is_call = outline.role(first.span.start) == Some(Role::Function);
            !is_call && !MEASURED.iter().any(|word| is_keyword(text, first, outline, word))
        }
        (TokenKind::QuotedName, S(Sign::LeftParen)) => outline.role(first.span.start) != Some(Role::Function),
        // `_latin1'text'`; `_latin1 0x41` would be one word without its space.
        (TokenKind::Word, TokenKind::Text) => !(slice(text, first.span).starts_with('_') && outline.role(first.span.start).is_none()),
        _ => true,
    }
}
