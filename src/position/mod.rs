//! Places in a binlog: offsets in files, and GTIDs with their sets. Pure values and their algebra.

mod offset;

pub use offset::BinlogOffset;
