//! What a lane did, for the summary.

use super::Conflicts;

/// Counts of committed work.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Tally {
    /// Rows that statements wrote or deleted.
    pub(crate) rows: u64,
    /// Transactions of the target.
    pub(crate) commits: u64,
    /// Attempts that failed and were made again.
    pub(crate) retries: u64,
    /// Rows that a policy set aside.
    pub(crate) dead_letters: u64,
    /// What the target held in place of what it should.
    pub(crate) conflicts: Conflicts,
}

impl Tally {
    /// Adds another lane's counts.
    pub(crate) fn add(&mut self, other: &Self) {
        self.rows += other.rows;
        self.commits += other.commits;
        self.retries += other.retries;
        self.dead_letters += other.dead_letters;
        self.conflicts.add(&other.conflicts);
    }
}
