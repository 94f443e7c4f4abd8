//! Reads lookups: small tables from CSV and Parquet files and from tables of configured servers, whole and once, at start.
//!
//! Knows nothing of `ON` and keys: `mapping` joins what is read here.

mod cells;
mod column;
mod csv_file;
mod error;
mod limits;
mod parquet_file;
mod server_table;
mod source;
mod time_text;

pub use column::column_type;
pub use error::LookupError;
pub use limits::Limits;
pub use source::{LookupSource, Place};
