//! What a change of a source row means for the target: both images, each inside a place or outside, make one
//! transition.

use std::borrow::Cow;

use super::{PlaceId, RowPolicy};
use crate::change::Op;

/// What one change of a source row asks of the target. Rows are row numbers of the batch's images.
///
/// | before | after | transition |
/// |---|---|---|
/// | outside | inside | `Insert` |
/// | inside | outside | `Delete` |
/// | inside | inside, same place and key | `Update` |
/// | inside | inside, other place or key | `Move` |
///
/// Keys are the same when their bytes are: a key that changes only its letters' case is another key, so that the
/// target's row ends up with the new letters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Transition {
    /// No image is inside.
    Nothing(DropReason),
    /// The row enters.
    Insert {
        /// Where it goes.
        to: PlaceId,
        /// The row as it is there.
        after: u32,
    },
    /// The row leaves.
    Delete {
        /// Where it was.
        from: PlaceId,
        /// The row as it was there.
        before: u32,
    },
    /// The row stays in its place under its key.
    Update {
        /// Where it is.
        at: PlaceId,
        /// The row before.
        before: u32,
        /// The row after; cells that its image lacks did not change.
        after: u32,
    },
    /// The row leaves one place or key for another.
    ///
    /// The after image is whole when the places differ. When they are the same (another key), it may lack cells
    /// that did not change: only an update of the old row keeps these.
    Move {
        /// Where it was.
        from: PlaceId,
        /// Where it goes; perhaps the same place.
        to: PlaceId,
        /// The row as it was.
        before: u32,
        /// The row as it becomes.
        after: u32,
    },
    /// The change cannot be evaluated; its policy is not `'skip'`.
    Failed(Box<RowFailure>),
}

/// Why a change concerns no target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum DropReason {
    /// `WHERE` is false or NULL for every image.
    WhereFalse,
    /// `FOR` does not have the operation.
    NotFor(Op),
    /// `WHEN` is false or NULL for the change.
    WhenFalse,
    /// The row failed in this way, and its policy is `'skip'`.
    Skipped(FailureKind),
}

impl DropReason {
    /// The first word of the reason that `preview` prints.
    pub fn word(self) -> &'static str {
        match self {
            Self::WhereFalse => "where_false",
            Self::NotFor(_) => "not_for",
            Self::WhenFalse => "when_false",
            Self::Skipped(kind) => kind.word(),
        }
    }

    /// The reason as `preview` prints it: its word, and what it says where that is more.
    pub fn text(self) -> String {
        let says = match self {
            Self::WhereFalse | Self::Skipped(_) => return self.word().to_owned(),
            Self::NotFor(Op::Insert) => "not FOR INSERT",
            Self::NotFor(Op::Update) => "not FOR UPDATE",
            Self::NotFor(Op::Delete) => "not FOR DELETE",
            Self::WhenFalse => "WHEN is false",
        };
        format!("{}: {says}", self.word())
    }
}

/// Which image of a change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Side {
    /// The row before the change.
    Before,
    /// The row after it.
    After,
}

impl Side {
    /// `before` or `after`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::After => "after",
        }
    }
}

/// A change that a mapping cannot evaluate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowFailure {
    /// What went wrong.
    pub kind: FailureKind,
    /// In which image.
    pub side: Side,
    /// One fragment that names rule, column and setting but no value (INV-7).
    pub message: Cow<'static, str>,
    /// What the mapping wants done: [`RowPolicy::Error`] or [`RowPolicy::DeadLetter`].
    pub policy: RowPolicy,
}

impl RowFailure {
    /// The reason as `preview` prints it: its word, then what it says.
    pub fn reason(&self) -> String {
        format!("{}: {} image: {}", self.kind.word(), self.side.word(), self.message)
    }
}

/// The kinds of failure. Their words are frozen: tests and dead letters name them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FailureKind {
    /// A part of `ROUTE TO` is NULL.
    NullRoute,
    /// A partial image lacks a column that the mapping needs.
    MissingColumn,
    /// A name of the route is empty.
    EmptyName,
    /// A name of the route is longer than 64 characters.
    TooLongName,
    /// A name of the route holds what no name may hold.
    BadName,
    /// `ON` gives a server that is not configured.
    UnknownServer,
    /// An expression has no value for this row: `overflow`, `conversion`, …
    Expression(&'static str),
}

impl FailureKind {
    /// Its frozen word.
    pub fn word(self) -> &'static str {
        match self {
            Self::NullRoute => "null_route",
            Self::MissingColumn => "missing_column",
            Self::EmptyName => "empty_name",
            Self::TooLongName => "too_long_name",
            Self::BadName => "bad_name",
            Self::UnknownServer => "unknown_server",
            Self::Expression(word) => word,
        }
    }
}
