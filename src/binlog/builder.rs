//! Rows events gathered into a set of changes: whole transactions, table by table.

use std::{collections::HashMap, sync::Arc};

use super::{DecodeError, ResolvedTable, RowsEventKind, rows_event::Rows, table_batch::TableBatch};
use crate::{
    change::{ChangeSet, EventPlace, Transaction},
    position::BinlogOffset,
};

/// Gathers rows events until the reader closes the set.
#[derive(Debug, Default)]
pub struct ChangeSetBuilder {
    transactions: Vec<Transaction>,
    /// Whether the last transaction has not ended yet.
    is_open: bool,
    batches: Vec<TableBatch>,
    /// The batch of a resolved table, by its address, which the batch keeps alive.
    batch_of: HashMap<usize, usize>,
    images: usize,
    changes: u32,
    bytes: usize,
}

/// Where a rows event lies and when it was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowsPlace {
    /// In bytes from the start of the file; the whole compressed transaction's where it is part of one.
    pub offset: u64,
    /// The event's own time, in seconds since 1970 UTC.
    pub time_s: u32,
    /// The length of the post-header of its event type, as the format description says.
    pub post_header_length: u8,
}

impl ChangeSetBuilder {
    /// An empty set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Opens a transaction; what follows belongs to it until it ends.
    pub fn begin_transaction(&mut self, transaction: Transaction) {
        self.transactions.push(transaction);
        self.is_open = true;
    }

    /// Appends the rows of an event of the open transaction: all of them, or in case of an error none.
    ///
    /// `body` starts after the event's header and ends before its checksum.
    pub fn rows_event(
        &mut self,
        kind: RowsEventKind,
        body: &[u8],
        table: &Arc<ResolvedTable>,
        place: RowsPlace,
    ) -> Result<(), DecodeError> {
        let Some(transaction) = self.transactions.len().checked_sub(1).filter(|_| self.is_open) else {
            return Err(DecodeError::Invalid { what: "a rows event outside a transaction", offset: 0 });
        };
        let rows = Rows::parse(kind, body, place.post_header_length)?;
        let limit = u32::MAX as usize;
        if self.images.saturating_add(2 * rows.rows.len() + 2) > limit {
            return Err(DecodeError::TooMany { what: "row images", limit });
        }
        let place = EventPlace { offset: place.offset, time_s: place.time_s, transaction: transaction as u32 };
        let ordinal = self.changes;
        let batch = self.batch(table);
        let (images, bytes) = (batch.images(), batch.bytes());
        let changes = batch.append(kind, &rows, place, ordinal)?;
        let (images, bytes) = ((batch.images() - images) as usize, batch.bytes() - bytes);
        self.changes += changes;
        self.images += images;
        self.bytes += bytes;
        Ok(())
    }

    /// Closes the open transaction; `end` is the byte after its last event.
    pub fn end_transaction(&mut self, end: BinlogOffset) {
        if let Some(transaction) = self.transactions.last_mut().filter(|_| self.is_open) {
            transaction.end = Some(end);
        }
        self.is_open = false;
    }

    /// How many row images the set holds.
    pub fn images(&self) -> usize {
        self.images
    }

    /// How many bytes they take in memory.
    pub fn bytes(&self) -> usize {
        self.bytes
    }

    /// Whether there is neither a transaction nor a row.
    pub fn is_empty(&self) -> bool {
        self.transactions.is_empty()
    }

    /// Gives the set away and starts the next one. A transaction that is still open goes on in it.
    pub fn finish(&mut self) -> ChangeSet {
        let done = std::mem::take(self);
        if let Some(open) = done.transactions.last().filter(|_| done.is_open) {
            self.begin_transaction(Transaction { continued: true, ..open.clone() });
        }
        let batches = done.batches.into_iter().filter(|batch| batch.images() > 0).map(TableBatch::finish).collect();
        ChangeSet { transactions: done.transactions, batches }
    }

    fn batch(&mut self, table: &Arc<ResolvedTable>) -> &mut TableBatch {
        let address = Arc::as_ptr(table) as usize;
        let batches = &mut self.batches;
        let index = *self.batch_of.entry(address).or_insert_with(|| {
            batches.push(TableBatch::new(Arc::clone(table)));
            batches.len() - 1
        });
        &mut batches[index]
    }
}
