//! Two sets of mappings over one capture: what each makes of every change.

use std::sync::Arc;

use super::PipelineError;
use crate::{
    binlog::{CaptureReader, Interest, Item, Progress},
    change::{ChangeSet, ColumnSet},
    load::RoutedSet,
    mapping::{MappingError, Router},
    schema::{TableName, TableSchema},
};

/// The routers of two sets of mappings that see the same changes.
#[derive(Debug)]
pub struct TwoRouters {
    /// Under the rules as they are.
    pub old: Router,
    /// Under the rules as they would be.
    pub new: Router,
}

/// Whose mappings do not fit a table.
#[derive(Debug)]
pub enum ComparisonError {
    /// The old ones.
    Old(MappingError),
    /// The new ones.
    New(MappingError),
    /// The capture cannot be read on.
    Flow(PipelineError),
}

impl Interest for TwoRouters {
    fn wants_table(&mut self, table: &TableName) -> bool {
        self.old.reads(table) || self.new.reads(table)
    }

    fn columns(&mut self, schema: &Arc<TableSchema>) -> ColumnSet {
        // Where a mapping does not fit, routing the first batch says so.
        let columns = |router: &mut Router| router.columns_read(schema).unwrap_or_default();
        columns(&mut self.old).union(&columns(&mut self.new))
    }
}

/// Gives each set of changes as both route it, in the order of the binlog; definitions that change on the way are followed.
///
/// # Errors
/// Where the capture cannot be read, or a mapping does not fit a table.
pub fn compare(
    mut reader: CaptureReader<TwoRouters>,
    mut see: impl FnMut(&RoutedSet, &RoutedSet),
    mut watch: impl FnMut(&Progress),
) -> Result<(), ComparisonError> {
    while let Some(item) = reader.next().map_err(|error| ComparisonError::Flow(error.into()))? {
        if let Item::Changes(set) = item {
            let (set, routers) = (Arc::new(set), reader.interest_mut());
            let old = route(&mut routers.old, &set).map_err(ComparisonError::Old)?;
            let new = route(&mut routers.new, &set).map_err(ComparisonError::New)?;
            see(&old, &new);
        }
        watch(&reader.progress());
    }
    Ok(())
}

fn route(router: &mut Router, set: &Arc<ChangeSet>) -> Result<RoutedSet, MappingError> {
    let mut route = |batch| router.route(batch).map(|routed| routed.into_iter().map(Arc::new).collect());
    let routed = set.batches.iter().map(&mut route).collect::<Result<_, _>>()?;
    Ok(RoutedSet { set: Arc::clone(set), routed, places: router.places().clone() })
}
