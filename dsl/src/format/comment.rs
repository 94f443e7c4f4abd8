//! The comments between tokens: where each stands, and what it hangs on.

use crate::lexer::lex;
use crate::token::Token;

/// A comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Comment<'t> {
    /// With its signs; white space at its end is left out.
    pub(super) text: &'t str,
    /// Whether nothing but white space stands before it on its line.
    pub(super) own_line: bool,
    /// Whether an empty line stands before it.
    pub(super) after_blank: bool,
    /// Whether it ends with its line.
    pub(super) ends_line: bool,
}

/// What stands between two tokens.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Gap<'t> {
    /// The comments, in their order.
    pub(super) comments: Vec<Comment<'t>>,
    /// Whether an empty line stands before the token behind the gap.
    pub(super) blank: bool,
}

impl<'t> Gap<'t> {
    /// Reads the text between two tokens; `starts_file` where no token stands before it.
    pub(super) fn read(text: &'t str, starts_file: bool) -> Self {
        let mut rest = text.trim_start_matches('\u{feff}');
        let mut gap = Self::default();
        let mut lines = usize::from(starts_file);
        while let Some(next) = rest.chars().next() {
            if next.is_whitespace() || next.is_control() {
                lines += usize::from(next == '\n');
                rest = &rest[next.len_utf8()..];
                continue;
            }
            let ends_line = !rest.starts_with("/*");
            let end = if ends_line { rest.find('\n').unwrap_or(rest.len()) } else { rest.find("*/").map_or(rest.len(), |at| at + 2) };
            let (comment, behind) = rest.split_at(end);
            gap.comments.push(Comment { text: comment.trim_end(), own_line: lines > 0, after_blank: lines > 1, ends_line });
            lines = 0;
            rest = behind;
        }
        gap.blank = lines > 1;
        gap
    }

    /// The comments that hang on the token before the gap, and those that stand before the one behind it.
    pub(super) fn split(&self) -> (&[Comment<'t>], &[Comment<'t>]) {
        let trailing = self.comments.iter().take_while(|comment| !comment.own_line).count();
        self.comments.split_at(trailing)
    }
}

/// The gap before each token.
pub(super) fn gaps<'t>(text: &'t str, tokens: &[Token]) -> Vec<Gap<'t>> {
    let mut end = 0;
    let gap = |token: &Token| {
        let between = text.get(end..token.span.start as usize).unwrap_or("");
        let gap = Gap::read(between, end == 0);
        end = token.span.end as usize;
        gap
    };
    tokens.iter().map(gap).collect()
}

/// All comments of a text.
pub(super) fn texts(text: &str) -> Vec<String> {
    let lexed = lex(text);
    let gaps = gaps(text, &lexed.tokens);
    gaps.iter().flat_map(|gap| &gap.comments).map(|comment| comment.text.replace("\r\n", "\n")).collect()
}
