//! The door: a text in, its statements and every problem of it out.

use crate::ast::{Expr, QueryFile};
use crate::cursor::Parser;
use crate::diagnostic::{Code, Diagnostic, Severity, Span};
use crate::lexer::lex;
use crate::token::TokenKind;

/// A larger text is refused unread.
pub const MAX_FILE_BYTES: usize = 4 << 20;

/// What a text holds.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Parsed {
    /// The statements without an error in them.
    pub file: QueryFile,
    /// Every problem, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

/// Parses a query file. An error costs its own statement only.
pub fn parse(text: &str) -> Parsed {
    if let Some(refusal) = too_large(text) {
        return Parsed { file: QueryFile::default(), diagnostics: vec![refusal] };
    }
    let lexed = lex(text);
    let (file, found, _) = Parser::new(text, &lexed.tokens).file();
    Parsed { file, diagnostics: in_order(lexed.diagnostics, found) }
}

/// Parses one expression, the whole of `text`.
///
/// # Errors
/// Every problem of the text; an expression with a problem is not returned.
pub fn parse_expression(text: &str) -> Result<Expr, Vec<Diagnostic>> {
    if let Some(refusal) = too_large(text) {
        return Err(vec![refusal]);
    }
    let lexed = lex(text);
    let mut parser = Parser::new(text, &lexed.tokens);
    let node = parser.expression();
    if node.is_ok() && parser.peek().kind != TokenKind::End {
        parser.expected("an operator or the end of the expression", "");
    }
    let diagnostics = in_order(lexed.diagnostics, parser.diagnostics);
    match node {
        Ok(node) if diagnostics.is_empty() => Ok(*node.expr),
        _ => Err(diagnostics),
    }
}

pub(crate) fn too_large(text: &str) -> Option<Diagnostic> {
    (text.len() > MAX_FILE_BYTES).then(|| Diagnostic {
        code: Code::TOO_LARGE,
        severity: Severity::Error,
        message: format!("the file has {} bytes, more than {MAX_FILE_BYTES}", text.len()),
        span: Span::new(0, 0),
        hint: Some("Put the mappings into several files of one folder.".to_owned()),
    })
}

pub(crate) fn in_order(scanned: Vec<Diagnostic>, parsed: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut all = scanned;
    all.extend(parsed);
    all.sort_by_key(|d| (d.span.start, d.span.end));
    all
}
