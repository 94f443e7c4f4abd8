//! Binlogs of files and servers: framing, events, and row images decoded straight into Arrow builders.
//!
//! Only this room sees wire events (INV-2).

mod bounds;
mod builder;
mod capture;
mod cascades;
mod cells;
mod column_builder;
mod compressed;
mod compressed_column;
mod continuity;
mod cursor;
mod decode_error;
mod definition;
mod definitions;
mod error;
mod event;
mod follower;
mod format;
mod frame;
mod gtid_event;
mod image;
mod input;
mod item;
mod json_update;
mod metadata;
mod options;
mod payload;
mod physical;
mod query_event;
mod raw;
mod reader;
mod resolved;
mod rows_event;
mod statement;
mod table_batch;
mod table_map;
mod tables;
mod transaction;

pub use builder::{ChangeSetBuilder, RowsPlace};
pub use capture::{Capture, file_number};
pub use cascades::{CascadePolicy, UnseenCascade};
pub use decode_error::{CellFault, DecodeError};
pub use error::BinlogError;
pub use item::{DdlStatement, Everything, Interest, Item, Progress};
pub use metadata::{CollationNumbers, ColumnMetadata, RowMetadata};
pub use options::{Bound, Checksums, Limits, ReadOptions};
pub use physical::PhysicalType;
pub use raw::{EventEnd, FileHead, RawError, RawItem, RawLog, RawStream};
pub use reader::CaptureReader;
pub use resolved::{DefinitionError, ResolvedTable};
pub use rows_event::{RowsEventKind, RowsHead};
pub use table_map::{MappedColumn, TableMap};
