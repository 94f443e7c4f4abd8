//! A byte offset in a binlog file.

use std::{fmt, sync::Arc};

/// `file:offset`, the place of an event; printed as such.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BinlogOffset {
    /// The file's name, without its folder.
    pub file: Arc<str>,
    /// In bytes from the start of the file; not limited to 4 GiB as the event header's field is.
    pub offset: u64,
}

impl fmt::Display for BinlogOffset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.offset)
    }
}
