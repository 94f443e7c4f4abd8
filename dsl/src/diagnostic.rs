//! What is said about a text: a stable code, one sentence, the smallest guilty span, at most one hint.

use std::fmt;

/// A range of bytes in the text of one file; `end` is exclusive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The range from `start` to `end`, in bytes.
    pub const fn new(start: u32, end: u32) -> Self {
        Self { start, end }
    }

    /// The smallest range that holds both.
    pub fn to(self, other: Self) -> Self {
        Self { start: self.start.min(other.start), end: self.end.max(other.end) }
    }
}

/// How much a diagnostic weighs: an error stops the command, a warning or a note does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Good to know; nothing is wrong.
    Note,
    /// Probably not what was meant.
    Warning,
    /// The mapping cannot be used.
    Error,
}

/// A stable name of a kind of problem. Codes are registered in [`Code::ALL`] and never reused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Code(pub(crate) &'static str);

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// One problem of one text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Its kind.
    pub code: Code,
    /// Its weight.
    pub severity: Severity,
    /// One sentence: lower case, no full stop, names in backticks.
    pub message: String,
    /// The smallest guilty part of the text.
    pub span: Span,
    /// What to do, where there is one good answer.
    pub hint: Option<String>,
}
