//! Changes that are applied one by one as the source made them: rows of partial images, whose net change is not known, and rows of event
//! mappings whose target key is not all that its unique indexes see.

use std::sync::Arc;

use super::batches::RowRef;
use crate::{load::target::TableBinding, mapping::PlaceId};

/// One change of one target row.
#[derive(Clone)]
pub(crate) struct Step {
    pub(crate) place: PlaceId,
    pub(crate) binding: Arc<TableBinding>,
    pub(crate) kind: StepKind,
}

/// What is done to the row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StepKind {
    /// It comes.
    Insert(RowRef),
    /// It goes.
    Delete(RowRef),
    /// The cells that the after image carries change, perhaps the key too.
    Update(RowRef, RowRef),
    /// It comes, or becomes what has its key.
    Put(RowRef),
    /// It goes where it is there.
    Clear(RowRef),
}
