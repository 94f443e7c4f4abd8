//! Places in a binlog: offsets in files, and GTIDs with their sets. Pure values and their algebra.

mod file_order;
mod gtid;
mod mariadb;
mod mysql;
mod offset;

pub use file_order::{FileOrder, Rank};
pub use gtid::{Gtid, GtidSet, PositionError};
pub use mariadb::{MariadbGtid, MariadbGtidSet};
pub use mysql::{Interval, MysqlGtid, MysqlGtidSet, ServerUuid, Source, Tag};
pub use offset::BinlogOffset;
