//! A folder that keeps a source's binlogs as a replica keeps them, and the definitions of its tables: the same files, byte for byte.
//!
//! Whatever ends a capture, the next one goes on behind the last whole event in the folder: without a gap, without a doubled byte.

mod copier;
mod copy_file;
mod error;
mod folder;
mod record;
mod schema_file;
mod status;

pub use copier::{CapturePlan, capture};
pub use error::CaptureError;
pub use folder::Folder;
pub use schema_file::SchemaFile;
pub use status::{CaptureOutcome, CaptureStatus, Notice};
