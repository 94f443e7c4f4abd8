//! Binlog files: framing, events, and row images decoded straight into Arrow builders.
//!
//! Only this room sees wire events (INV-2).

mod builder;
mod cells;
mod column_builder;
mod compressed_column;
mod cursor;
mod decode_error;
mod definition;
mod image;
mod json_update;
mod metadata;
mod physical;
mod resolved;
mod rows_event;
mod table_batch;
mod table_map;

pub use builder::{ChangeSetBuilder, RowsPlace};
pub use decode_error::{CellFault, DecodeError};
pub use metadata::{CollationNumbers, ColumnMetadata, RowMetadata};
pub use physical::PhysicalType;
pub use resolved::{DefinitionError, ResolvedTable};
pub use rows_event::{RowsEventKind, RowsHead};
pub use table_map::{MappedColumn, TableMap};
