//! Tables as nouns: names, column types, definitions, and how DDL changes them over time.
//!
//! Knows nothing of binlogs, Arrow or servers.

mod collation;
mod column;
mod table;

pub use collation::{Charset, Collation};
pub use column::{Column, ColumnType, IntegerWidth, TextWidth};
pub use table::{TableName, TableSchema, UniqueKey};
