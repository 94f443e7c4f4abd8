//! Tables as nouns: names, column types, definitions, and how DDL changes them over time.
//!
//! Knows nothing of binlogs, Arrow or servers.

mod alteration;
mod charset;
mod charset_exceptions;
mod charset_table;
mod collation;
mod collation_table;
mod column;
mod context;
mod create_statement;
mod ddl;
mod definition;
mod effect;
mod flavor;
mod foreign_key;
mod history;
#[cfg(test)]
mod history_tests;
mod quote;
mod resolve;
mod schema_file;
mod table;
mod type_words;

pub use charset::{Charset, CharsetError};
pub use collation::Collation;
pub use column::{Column, ColumnType, IntegerWidth, TextWidth};
pub use context::{SqlMode, StatementContext};
pub use ddl::DdlError;
pub use effect::DdlEffect;
pub use flavor::{Flavor, ServerVersion};
pub use foreign_key::{ForeignKey, ReferentialAction};
pub use history::SchemaHistory;
pub use quote::write_name;
pub use schema_file::{SchemaProblem, read_schema_file};
pub use table::{TableName, TableSchema, UniqueKey};
