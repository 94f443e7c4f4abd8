//! A change set together with what every mapping makes of it.

use crate::{
    change::{Change, ChangeSet, EventPlace, ImageBatch, Transaction},
    mapping::{Places, RoutedBatch},
};

/// What a loader is given: a change set and, for each of its batches, one routed batch a mapping.
#[derive(Debug, Clone, Copy)]
pub struct RoutedSet<'a> {
    /// The changes of the source.
    pub set: &'a ChangeSet,
    /// For each batch of the set, what each mapping that reads the table makes of it.
    pub routed: &'a [Vec<RoutedBatch>],
    /// The names behind the places.
    pub places: &'a Places,
}

/// One change of the source with what every mapping makes of it.
#[derive(Debug, Clone, Copy)]
pub struct RoutedChange<'a> {
    /// The change.
    pub change: &'a Change,
    /// Its images.
    pub batch: &'a ImageBatch,
    /// Its index in the batch, and in the transitions of each routed batch.
    pub index: usize,
    /// One a mapping, in the mappings' order.
    pub routed: &'a [RoutedBatch],
}

impl<'a> RoutedSet<'a> {
    /// All changes in the order of the binlog, across tables.
    pub fn changes(&self) -> impl Iterator<Item = RoutedChange<'a>> + use<'a> {
        let Self { set, routed, .. } = *self;
        let count = set.batches.iter().map(|batch| batch.changes.len()).sum();
        let mut by_ordinal = vec![(0_usize, 0_usize); count];
        for (batch_index, batch) in set.batches.iter().enumerate() {
            for (index, change) in batch.changes.iter().enumerate() {
                by_ordinal[change.ordinal as usize] = (batch_index, index);
            }
        }
        by_ordinal.into_iter().map(move |(batch_index, index)| {
            let batch = &set.batches[batch_index];
            RoutedChange { change: &batch.changes[index], batch, index, routed: &routed[batch_index] }
        })
    }

    /// The transaction of a change.
    pub fn transaction(&self, change: &RoutedChange<'_>) -> &'a Transaction {
        &self.set.transactions[change.event().transaction as usize]
    }
}

impl RoutedChange<'_> {
    /// The event that carried the change.
    pub fn event(&self) -> &EventPlace {
        &self.batch.events[self.change.event as usize]
    }
}
