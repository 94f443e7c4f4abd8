//! A capture as DataFusion tables: `changes`, one line a change, and each `schema.table`, one line a row image.
//!
//! The tables read the capture anew for each scan, batch by batch, and decode only what a question needs.

mod error;
mod layout;
mod origin;
mod refusal;
mod scan;
mod session;
mod source;
mod table;
mod tables;
mod value;

pub use error::QueryError;
pub use session::{Answer, ask};
pub use source::CaptureSource;
pub use tables::CaptureTables;
