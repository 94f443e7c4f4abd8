//! A file from its first statement to its last, with the comments and empty lines between them.

use std::ops::Range;

use super::comment::{Comment, gaps};
use super::doc::{Doc, Printer};
use super::layout::Layout;
use crate::diagnostic::Span;
use crate::lexer::slice;
use crate::outline::{Outline, StatementKind};
use crate::token::{Sign, Token, TokenKind};

/// The whole file in canonical layout.
pub(super) fn print(text: &str, tokens: &[Token], outline: &Outline) -> String {
    let gaps = gaps(text, tokens);
    let layout = Layout { text, tokens, gaps: &gaps, outline };
    let mut printer = Printer::new(newline(text, tokens));
    let mut waiting: Vec<Comment<'_>> = Vec::new();
    // The gap that is read next: the comments of those before it are printed, or wait.
    let mut next_gap = 0;
    for (kind, range) in &outline.statements {
        waiting.extend(gaps.get(next_gap..=range.start).unwrap_or(&[]).iter().flat_map(|gap| gap.comments.clone()));
        between(&mut printer, &std::mem::take(&mut waiting), gaps[range.start].blank);
        match kind {
            StatementKind::Mapping => printer.print(&layout.mapping(range.clone()), 0),
            StatementKind::Test => printer.print(&layout.test(range.clone()), 0),
            StatementKind::Verbatim => printer.print(&Doc::text(verbatim(text, tokens, range.clone())), 0),
        }
        printer.print(&Doc::text(";"), 0);
        let ends = tokens.get(range.end).is_some_and(|token| token.kind == TokenKind::Sign(Sign::Semicolon));
        next_gap = range.end + 1 + usize::from(ends);
        for gap in gaps.get(range.end..next_gap).unwrap_or(&[]) {
            for comment in &gap.comments {
                // Behind a comment that waits, or that ended the line, others wait too.
                if comment.own_line || !waiting.is_empty() || printer.line_is_over() {
                    waiting.push(comment.clone());
                } else {
                    printer.print(&Doc::Trailing(comment.text.to_owned(), comment.ends_line), 0);
                }
            }
        }
        printer.end_line();
    }
    waiting.extend(gaps.get(next_gap..).unwrap_or(&[]).iter().flat_map(|gap| gap.comments.clone()));
    if !waiting.is_empty() {
        between(&mut printer, &waiting, false);
    }
    printer.finish()
}

/// How the first line of the file ends that does not end inside a token.
fn newline(text: &str, tokens: &[Token]) -> &'static str {
    let mut end = 0;
    for token in tokens {
        let gap = text.get(end..token.span.start as usize).unwrap_or("");
        if let Some(at) = gap.find('\n') {
            return if gap[..at].ends_with('\r') { "\r\n" } else { "\n" };
        }
        end = token.span.end as usize;
    }
    "\n"
}

/// A statement as it is written.
fn verbatim(text: &str, tokens: &[Token], range: Range<usize>) -> String {
    let span = |index: usize| tokens.get(index).map_or(Span::default(), |token| token.span);
    slice(text, span(range.start).to(span(range.end.saturating_sub(1)))).to_owned()
}

/// What stands before a statement, or behind the last one: comments, and an empty line behind the statement before.
fn between(printer: &mut Printer, comments: &[Comment<'_>], blank: bool) {
    printer.blank_line();
    for (index, comment) in comments.iter().enumerate() {
        if comment.after_blank && index > 0 {
            printer.blank_line();
        }
        printer.print(&Doc::text(comment.text), 0);
        printer.end_line();
    }
    if blank && !comments.is_empty() {
        printer.blank_line();
    }
}
