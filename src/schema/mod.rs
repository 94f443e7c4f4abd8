//! Tables as nouns: names, column types, definitions, and how DDL changes them over time.
//!
//! Knows nothing of binlogs, Arrow or servers.

mod charset;
mod charset_table;
mod collation;
mod collation_table;
mod column;
mod flavor;
mod table;

pub use charset::{Charset, CharsetError};
pub use collation::Collation;
pub use column::{Column, ColumnType, IntegerWidth, TextWidth};
pub use flavor::{Flavor, ServerVersion};
pub use table::{TableName, TableSchema, UniqueKey};
