//! A change set together with what every mapping makes of it.

use std::sync::Arc;

use crate::{
    change::{Change, ChangeSet, EventPlace, ImageBatch, Transaction},
    mapping::{MappingError, Places, RoutedBatch, Router},
};

/// What a loader is given: a change set and, for each of its batches, one routed batch a mapping. A clone shares all of it.
#[derive(Debug, Clone)]
pub struct RoutedSet {
    /// The changes of the source.
    pub set: Arc<ChangeSet>,
    /// For each batch of the set, what each mapping that reads the table makes of it.
    pub routed: Arc<[Vec<Arc<RoutedBatch>>]>,
    /// The names behind the places.
    pub places: Places,
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
    pub routed: &'a [Arc<RoutedBatch>],
}

impl RoutedSet {
    /// Routes every batch of the set.
    ///
    /// # Errors
    /// As [`Router::route`].
    pub fn of(set: ChangeSet, router: &mut Router) -> Result<Self, MappingError> {
        let mut route = |batch| router.route(batch).map(|routed| routed.into_iter().map(Arc::new).collect());
        let routed = set.batches.iter().map(&mut route).collect::<Result<_, _>>()?;
        Ok(Self { set: Arc::new(set), routed, places: router.places().clone() })
    }

    /// All changes in the order of the binlog, across tables.
    pub fn changes(&self) -> impl Iterator<Item = RoutedChange<'_>> {
        self.in_order().into_iter().map(|(batch_index, index)| {
            let batch = &self.set.batches[batch_index];
            RoutedChange { change: &batch.changes[index], batch, index, routed: &self.routed[batch_index] }
        })
    }

    /// The same as numbers: of the batch, and of the change in it.
    pub(super) fn in_order(&self) -> Vec<(usize, usize)> {
        let count = self.set.batches.iter().map(|batch| batch.changes.len()).sum();
        let mut by_ordinal = vec![(0, 0); count];
        for (batch_index, batch) in self.set.batches.iter().enumerate() {
            for (index, change) in batch.changes.iter().enumerate() {
                by_ordinal[change.ordinal as usize] = (batch_index, index);
            }
        }
        by_ordinal
    }

    /// The transaction of a change.
    pub fn transaction(&self, change: &RoutedChange<'_>) -> &Transaction {
        &self.set.transactions[change.event().transaction as usize]
    }
}

impl RoutedChange<'_> {
    /// The event that carried the change.
    pub fn event(&self) -> &EventPlace {
        &self.batch.events[self.change.event as usize]
    }
}
