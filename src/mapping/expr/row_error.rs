//! Why a row has no value: what MySQL answers with an error, not with a warning.

/// An error of one row of a batch; the batch's caller finds out which.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct RowError {
    /// What went wrong.
    pub kind: RowErrorKind,
    /// One sentence without cell values.
    pub message: String,
}

/// The kinds of row error; the words are part of the language (`EXPECT ERROR overflow`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RowErrorKind {
    /// A result that its type cannot hold (MySQL's error 1690).
    Overflow,
    /// A value that does not convert where MySQL insists.
    Conversion,
}

impl RowErrorKind {
    /// The word that stands for it in tests, previews and dead letters.
    pub fn word(self) -> &'static str {
        match self {
            Self::Overflow => "overflow",
            Self::Conversion => "conversion",
        }
    }
}

impl RowError {
    /// A result of `what` that its type `of` cannot hold.
    pub(super) fn overflow(of: &str, what: &str) -> Self {
        Self { kind: RowErrorKind::Overflow, message: format!("the {of} value of `{what}` is out of range") }
    }

    /// A value that does not convert.
    pub(super) fn conversion(message: impl Into<String>) -> Self {
        Self { kind: RowErrorKind::Conversion, message: message.into() }
    }
}
