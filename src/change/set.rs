//! A run of changes in commit order: what the binlog gives and the pipeline passes on.

use super::ImageBatch;
use crate::position::BinlogOffset;

/// Whole transactions in commit order, or a part of one that is larger than the limit.
///
/// The rows lie by table in `batches`; [`super::Change::ordinal`] restores their order across tables.
#[derive(Debug, Clone, Default)]
pub struct ChangeSet {
    /// The transactions, in commit order.
    pub transactions: Vec<Transaction>,
    /// Row images, one batch for each table and schema version.
    pub batches: Vec<ImageBatch>,
}

/// A transaction of the source, as far as this set holds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transaction {
    /// Its first event.
    pub start: BinlogOffset,
    /// The byte after its last event; none while more of it follows in the next set.
    pub end: Option<BinlogOffset>,
    /// Whether its first rows were in an earlier set.
    pub continued: bool,
    /// Its GTID as the server prints it.
    pub gtid: Option<String>,
    /// When it was committed on the server that wrote it first, in microseconds since 1970 UTC;
    /// whole seconds where the server says no more.
    pub time_us: i64,
}
