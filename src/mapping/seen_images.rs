//! What the row images of a capture carry and change, as far as mappings depend on it.

use std::{cmp::Ordering, collections::HashMap};

use arrow::{array::make_comparator, compute::SortOptions};

use crate::{
    change::{ColumnSet, ImageBatch, Images, Presence},
    schema::TableName,
};

/// What was seen of each table's row images.
#[derive(Debug, Clone, Default)]
pub struct SeenImages(HashMap<TableName, SeenTable>);

/// What was seen of a table's row images.
#[derive(Debug, Clone, Default)]
pub(super) struct SeenTable {
    absent: ColumnSet,
    updates: u64,
    /// For each column that was decoded, how many updates changed it.
    changed: HashMap<usize, u64>,
}

impl SeenImages {
    /// Takes a batch into account; of updates only the columns that were decoded.
    pub fn see(&mut self, batch: &ImageBatch) {
        let seen = self.0.entry(batch.schema.name.clone()).or_default();
        if let Presence::Partial { sets, .. } = &batch.presence {
            for set in sets {
                (0..batch.schema.columns.len()).filter(|&column| !set.contains(column)).for_each(|column| seen.absent.insert(column));
            }
        }
        let updated: Vec<(usize, usize)> = batch.changes.iter().filter_map(|change| updated(change.images())).collect();
        seen.updates += updated.len() as u64;
        for (column, array) in batch.columns.iter().enumerate() {
            let Some(array) = array else { continue };
            let Ok(compare) = make_comparator(array, array, SortOptions::default()) else { continue };
            let changed = updated.iter().filter(|&&(before, after)| {
                let whole = batch.presence.has(before, column) && batch.presence.has(after, column);
                whole && compare(before, after) != Ordering::Equal
            });
            *seen.changed.entry(column).or_default() += changed.count() as u64;
        }
    }

    /// What was seen of a table; none where no row of it was.
    pub(super) fn of(&self, table: &TableName) -> Option<&SeenTable> {
        self.0.get(table)
    }
}

impl SeenTable {
    /// Whether some image lacked the column.
    pub(super) fn is_absent(&self, column: usize) -> bool {
        self.absent.contains(column)
    }

    /// How many rows were updated.
    pub(super) fn updates(&self) -> u64 {
        self.updates
    }

    /// How many of these updates changed the column.
    pub(super) fn updates_of(&self, column: usize) -> u64 {
        self.changed.get(&column).copied().unwrap_or_default()
    }
}

fn updated(images: Images) -> Option<(usize, usize)> {
    match images {
        Images::Updated { before, after } => Some((before, after)),
        Images::Inserted(_) | Images::Deleted(_) => None,
    }
}
