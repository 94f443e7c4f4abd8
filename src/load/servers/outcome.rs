//! What loading did, for the summary.

use std::sync::Arc;

use crate::load::{Conflicts, lane::Tally};

/// What was loaded into one server.
#[derive(Debug, Clone)]
pub struct LoadOutcome {
    /// The server's name.
    pub server: Arc<str>,
    /// Changes of the source that it was told of.
    pub changes: u64,
    pub(crate) tally: Tally,
    /// Windows that were applied.
    pub windows: u64,
}

impl LoadOutcome {
    /// Rows that statements wrote or deleted: fewer than the changes where rows changed more than once in a window.
    pub fn rows(&self) -> u64 {
        self.tally.rows
    }

    /// Transactions of the target.
    pub fn commits(&self) -> u64 {
        self.tally.commits
    }

    /// Attempts that failed and were made again.
    pub fn retries(&self) -> u64 {
        self.tally.retries
    }

    /// Rows in `retl.rowgate_dead_letter`.
    pub fn dead_letters(&self) -> u64 {
        self.tally.dead_letters
    }

    /// What the target held in place of what it should.
    pub fn conflicts(&self) -> &Conflicts {
        &self.tally.conflicts
    }
}
