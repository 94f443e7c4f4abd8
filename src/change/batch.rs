//! Row images of one table and one schema version, column by column.

use std::sync::Arc;

use arrow::array::ArrayRef;

use crate::schema::TableSchema;

/// What the source did to a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Op {
    /// One image: after.
    Insert,
    /// Two images: before, then after.
    Update,
    /// One image: before.
    Delete,
}

/// One change of one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// What was done.
    pub op: Op,
    /// The row of its first image in the batch's columns; an update's after image is the row after it.
    pub image: u32,
    /// Its event, as an index into [`ImageBatch::events`].
    pub event: u32,
    /// Its number within that event, from 0; with the event's [`EventPlace::position`] it tells the change from all others.
    pub row: u32,
    /// Its place among all changes of the [`super::ChangeSet`], from 0.
    pub ordinal: u32,
}

/// The row numbers of a change's images in its batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Images {
    /// The row as inserted.
    Inserted(usize),
    /// The row before and after the update.
    Updated {
        /// Before.
        before: usize,
        /// After.
        after: usize,
    },
    /// The row as deleted.
    Deleted(usize),
}

impl Change {
    /// Where this change's images lie.
    pub fn images(&self) -> Images {
        let first = self.image as usize;
        match self.op {
            Op::Insert => Images::Inserted(first),
            Op::Update => Images::Updated { before: first, after: first + 1 },
            Op::Delete => Images::Deleted(first),
        }
    }
}

/// The event that carried a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventPlace {
    /// In bytes from the start of the transaction's file; that of the whole where the event is part of a compressed transaction.
    pub offset: u64,
    /// Inside a compressed transaction of MySQL: in bytes from the start of what it inflates to.
    pub inner: Option<u64>,
    /// The event's own time, in seconds since 1970 UTC.
    pub time_s: u32,
    /// Its transaction, as an index into [`super::ChangeSet::transactions`].
    pub transaction: u32,
}

impl EventPlace {
    /// `file:offset`, inside a compressed transaction `file:offset+inner`; the same whichever tables are read.
    pub fn position(&self, file: &str) -> String {
        match self.inner {
            None => format!("{file}:{}", self.offset),
            Some(inner) => format!("{file}:{}+{inner}", self.offset),
        }
    }
}

/// A set of columns, by their index in the table's definition.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct ColumnSet(Vec<u64>);

impl ColumnSet {
    /// The first `count` columns.
    pub fn all(count: usize) -> Self {
        (0..count).collect()
    }

    /// Whether the column is in the set.
    pub fn contains(&self, column: usize) -> bool {
        self.0.get(column / 64).is_some_and(|word| word >> (column % 64) & 1 == 1)
    }

    /// Adds a column.
    pub fn insert(&mut self, column: usize) {
        if self.0.len() <= column / 64 {
            self.0.resize(column / 64 + 1, 0);
        }
        self.0[column / 64] |= 1 << (column % 64);
    }

    /// The columns of either set.
    pub fn union(&self, other: &Self) -> Self {
        let longer = self.0.len().max(other.0.len());
        let word = |set: &Self, index: usize| set.0.get(index).copied().unwrap_or(0);
        Self((0..longer).map(|index| word(self, index) | word(other, index)).collect())
    }

    /// The columns, in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.0.len() * 64).filter(|&column| self.contains(column))
    }
}

impl FromIterator<usize> for ColumnSet {
    fn from_iter<I: IntoIterator<Item = usize>>(columns: I) -> Self {
        let mut set = Self::default();
        columns.into_iter().for_each(|column| set.insert(column));
        set
    }
}

/// Which cells the row images carry. A cell that is absent is NULL in its array; only this tells the two apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Presence {
    /// Every image carries every column (`binlog_row_image = FULL`).
    Full,
    /// Images carry some columns (MINIMAL, NOBLOB).
    ///
    /// An after image that lacks a column its before image has was completed from it: the column did not change.
    Partial {
        /// The distinct sets of columns.
        sets: Vec<ColumnSet>,
        /// For each image row, its set.
        set_of_row: Vec<u32>,
    },
}

impl Presence {
    /// Whether the image in `row` carries `column`.
    pub fn has(&self, row: usize, column: usize) -> bool {
        match self {
            Self::Full => true,
            Self::Partial { sets, set_of_row } => sets[set_of_row[row] as usize].contains(column),
        }
    }
}

/// Row images of one table and one schema version, in binlog order.
#[derive(Debug, Clone)]
pub struct ImageBatch {
    /// The table's definition when these rows were written.
    pub schema: Arc<TableSchema>,
    /// One array for each column of the definition, in the type of [`crate::columnar::arrow_type`];
    /// none where nobody asked for the column. All have [`ImageBatch::image_count`] rows.
    pub columns: Vec<Option<ArrayRef>>,
    /// How many images the batch holds.
    pub image_count: usize,
    /// Which cells the images carry.
    pub presence: Presence,
    /// The changes, in binlog order.
    pub changes: Vec<Change>,
    /// The events they came from.
    pub events: Vec<EventPlace>,
}
