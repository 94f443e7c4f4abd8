//! The order of positions within one run of binlog files.

use std::sync::Arc;

use super::BinlogOffset;

/// The files of one binlog, in the order in which they were written. Offsets alone have no order across files: names of a
/// capture may be any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileOrder(Arc<[Arc<str>]>);

/// Where a position lies among all of one [`FileOrder`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rank {
    file: usize,
    offset: u64,
}

impl FileOrder {
    /// The files as given.
    pub fn new<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        Self(names.into_iter().map(Arc::from).collect())
    }

    /// Where the position lies; none where its file is not one of these.
    pub fn rank(&self, position: &BinlogOffset) -> Option<Rank> {
        let file = self.0.iter().position(|name| *name == position.file)?;
        Some(Rank { file, offset: position.offset })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_are_in_the_order_of_their_files_and_then_of_their_offsets() {
        let order = FileOrder::new(["z", "a"]);
        let rank = |file: &str, offset| order.rank(&BinlogOffset { file: file.into(), offset });
        assert!(rank("z", 900) < rank("a", 4));
        assert!(rank("a", 4) < rank("a", 900));
        assert_eq!(rank("b", 4), None);
    }
}
