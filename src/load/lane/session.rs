//! What a lane asks of its target. A real server's sessions answer it in SQL; the tests' table model answers it too.

use std::{error::Error, future::Future};

use super::ConflictKind;
use crate::{
    checkpoint::{Claim, LaneRow},
    fault::FaultClass,
    load::{
        target::TableBinding,
        window::{Batches, RowRef},
    },
    mapping::Place,
    position::BinlogOffset,
};

/// Rows of one target table to be written.
#[derive(Clone, Copy)]
pub(crate) struct Statement<'a> {
    pub(crate) place: &'a Place,
    pub(crate) binding: &'a TableBinding,
    pub(crate) batches: &'a Batches,
    pub(crate) rows: Rows<'a>,
}

/// What becomes of the rows. The session sends as many statements as it takes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Rows<'a> {
    /// They are deleted by key where they are there.
    Clear(&'a [RowRef]),
    /// They are deleted by key; each must be found.
    Remove(&'a [RowRef]),
    /// So many copies of rows without a key are deleted; each must be found.
    RemoveCopies(&'a [(RowRef, u32)]),
    /// They are inserted; none may be there.
    Insert(&'a [RowRef]),
    /// They are changed under their keys; each must be found.
    Change(&'a [(RowRef, RowRef)]),
    /// The cells that the second image carries are set where the first one lies; each must be found.
    Update(&'a [(RowRef, RowRef)]),
    /// They are inserted; whatever holds one of their unique values goes.
    Replace(&'a [RowRef]),
    /// Whatever row has their key becomes them, and where none has it they are inserted; in their order. No other row may be in their way.
    Put(&'a [RowRef]),
}

impl<'a> Rows<'a> {
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Clear(rows) | Self::Remove(rows) | Self::Insert(rows) | Self::Replace(rows) | Self::Put(rows) => rows.len(),
            Self::RemoveCopies(rows) => rows.len(),
            Self::Change(rows) | Self::Update(rows) => rows.len(),
        }
    }

    /// The rows of a range.
    pub(crate) fn part(self, range: std::ops::Range<usize>) -> Self {
        match self {
            Self::Clear(rows) => Self::Clear(&rows[range]),
            Self::Remove(rows) => Self::Remove(&rows[range]),
            Self::RemoveCopies(rows) => Self::RemoveCopies(&rows[range]),
            Self::Insert(rows) => Self::Insert(&rows[range]),
            Self::Change(rows) => Self::Change(&rows[range]),
            Self::Update(rows) => Self::Update(&rows[range]),
            Self::Replace(rows) => Self::Replace(&rows[range]),
            Self::Put(rows) => Self::Put(&rows[range]),
        }
    }
}

/// Why a session did not do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SessionError {
    /// The target holds other rows than it should. The transaction goes on; the statement may have done a part.
    #[error("{0}")]
    Conflict(ConflictKind),
    /// Anything else: the transaction is over.
    #[error(transparent)]
    Failed(Failure),
}

/// What stopped a session.
#[derive(Debug, thiserror::Error)]
#[error("{source}")]
pub(crate) struct Failure {
    pub(crate) class: FaultClass,
    #[source]
    pub(crate) source: Box<dyn Error + Send + Sync>,
}

/// A lane's connection to its target.
pub(crate) trait Session: Send + 'static {
    /// Begins a transaction with the lane's claim; whether its row was as this process left it.
    fn claim(&mut self, claim: &Claim) -> impl Future<Output = Result<bool, Failure>> + Send;

    /// The lane's checkpoint row, outside of any transaction.
    fn lane_row(&mut self, lane: u16) -> impl Future<Output = Result<Option<LaneRow>, Failure>> + Send;

    /// Writes where the claimed window ends.
    fn seal(&mut self, lane: u16, high: &BinlogOffset) -> impl Future<Output = Result<(), Failure>> + Send;

    /// Writes rows, and counts what the statements found.
    fn write(&mut self, statement: Statement<'_>) -> impl Future<Output = Result<u64, SessionError>> + Send;

    /// Keeps a row that a policy sets aside, in the same transaction.
    fn dead_letter(&mut self, letter: &str) -> impl Future<Output = Result<(), Failure>> + Send;

    /// Marks where [`Session::undo`] returns to.
    fn savepoint(&mut self) -> impl Future<Output = Result<(), Failure>> + Send;

    /// Takes back what was done since the savepoint.
    fn undo(&mut self) -> impl Future<Output = Result<(), Failure>> + Send;

    /// Ends the transaction, and makes it durable.
    fn commit(&mut self) -> impl Future<Output = Result<(), Failure>> + Send;

    /// Ends the transaction without effect.
    fn roll_back(&mut self) -> impl Future<Output = Result<(), Failure>> + Send;
}

/// Makes sessions of one target.
pub(crate) trait Connector: Send + Sync + 'static {
    /// What it makes.
    type Session: Session;

    /// A new session of this lane.
    fn connect(&self, lane: u16) -> impl Future<Output = Result<Self::Session, Failure>> + Send;
}
