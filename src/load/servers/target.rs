//! What loading asks of a target server besides its lanes' transactions.

use std::{future::Future, sync::Arc};

use crate::{
    checkpoint::{Job, JobRecord, LaneRow},
    load::lane::{Connector, Failure},
    mapping::{Place, TargetLayout},
    mysql::TargetDefinition,
    position::BinlogOffset,
};

/// A target server.
pub(crate) trait Target: Connector {
    /// What it remembers of the job.
    fn record(&self) -> impl Future<Output = Result<Option<JobRecord>, Failure>> + Send;

    /// Fences all who wrote before, and says how far each lane is; see [`crate::checkpoint::Store::take_over`].
    fn take_over(&self, job: &Job, lanes: u16) -> impl Future<Output = Result<Vec<LaneRow>, Failure>> + Send;

    /// Remembers these mappings in place of others that the job had; false when another process has taken over.
    fn adopt(&self, job: &Job, epoch: u64) -> impl Future<Output = Result<bool, Failure>> + Send;

    /// A table's definition; none where there is no such table.
    fn definition(&self, place: &Place) -> impl Future<Output = Result<Option<TargetDefinition>, Failure>> + Send;

    /// Makes the table that rows of this layout need.
    fn create(&self, place: &Place, layout: &Arc<TargetLayout>) -> impl Future<Output = Result<(), Failure>> + Send;

    /// Notes that every lane has committed everything up to `low`; false when another process has taken over.
    fn complete(&self, epoch: u64, low: &BinlogOffset) -> impl Future<Output = Result<bool, Failure>> + Send;
}
