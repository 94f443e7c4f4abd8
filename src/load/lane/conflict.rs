//! Conflicts: the target holds other rows than the window says. Each is counted, whatever the policy does about it.

use std::{collections::BTreeMap, fmt};

use crate::schema::TableName;

/// What the target holds in place of what it should.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ConflictKind {
    /// A row to be changed or deleted is not there.
    Missing,
    /// A row to be inserted, or another row with one of its unique values, is there already.
    Present,
}

impl ConflictKind {
    /// Its word in output.
    pub fn word(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Present => "present",
        }
    }
}

impl fmt::Display for ConflictKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Missing => "a row to be changed or deleted is not there",
            Self::Present => "a row to be inserted, or another row with one of its unique values, is there already",
        })
    }
}

/// Conflicts by table and kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Conflicts(BTreeMap<(TableName, ConflictKind), u64>);

impl Conflicts {
    /// Counts one.
    pub(crate) fn count(&mut self, table: &TableName, kind: ConflictKind) {
        *self.0.entry((table.clone(), kind)).or_default() += 1;
    }

    /// Adds all of another count.
    pub(crate) fn add(&mut self, other: &Self) {
        other.0.iter().for_each(|(key, count)| *self.0.entry(key.clone()).or_default() += count);
    }

    /// Each table and kind with its count.
    pub fn iter(&self) -> impl Iterator<Item = (&TableName, ConflictKind, u64)> {
        self.0.iter().map(|((table, kind), count)| (table, *kind, *count))
    }

    /// Whether there was none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
