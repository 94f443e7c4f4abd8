//! A table as MySQL keeps it: unique indexes are checked row by row, as each row comes.

use super::{Cell, Row, Shape};

/// A table of a target.
#[derive(Clone)]
pub(super) struct MemoryTable {
    shape: Shape,
    /// The columns of each unique index.
    indexes: Vec<Vec<usize>>,
    pub(super) rows: Vec<Row>,
}

/// An entry of a unique index: its number, and the values as it sees them.
pub(super) type Entry = (usize, Vec<Cell>);

impl MemoryTable {
    pub(super) fn new(shape: &Shape, name: &str) -> Self {
        Self { shape: shape.clone(), indexes: shape.indexes(name), rows: Vec::new() }
    }

    /// What the row puts into the indexes; an entry with a NULL part meets no other.
    pub(super) fn entries(&self, row: &Row) -> Vec<Entry> {
        let entry = |(number, columns): (usize, &Vec<usize>)| {
            let values: Vec<Cell> = columns.iter().map(|&column| self.shape.seen(&row[column])).collect();
            (!values.contains(&Cell::Null)).then_some((number, values))
        };
        self.indexes.iter().enumerate().filter_map(entry).collect()
    }

    /// The rows that hold an entry of this one, those of the primary key first.
    pub(super) fn met_by(&self, row: &Row) -> Vec<Row> {
        let mut met: Vec<Row> = Vec::new();
        for entry in self.entries(row) {
            let holds = |other: &&Row| self.entries(other).contains(&entry) && !met.contains(other);
            let found: Vec<Row> = self.rows.iter().filter(holds).cloned().collect();
            met.extend(found);
        }
        met
    }

    /// The row that `=` finds by these columns.
    pub(super) fn find(&self, columns: &[usize], like: &Row) -> Option<Row> {
        let is_it = |row: &&Row| columns.iter().all(|&column| self.shape.same(&row[column], &like[column]));
        self.rows.iter().find(is_it).cloned()
    }

    /// Takes one of the rows with these bytes away; whether there was one.
    pub(super) fn take(&mut self, row: &Row) -> bool {
        let found = self.rows.iter().position(|other| other == row);
        found.map(|index| self.rows.remove(index)).is_some()
    }
}
