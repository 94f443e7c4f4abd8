//! The range of the source's binlog that a window covers.

use crate::position::BinlogOffset;

/// From the end of one transaction to the end of a later one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Span {
    /// What lies before is done; none: nothing is.
    pub(crate) low: Option<BinlogOffset>,
    /// The end of the last transaction; none while it is not read to its end.
    pub(crate) high: Option<BinlogOffset>,
}
