//! Live servers as sources: what they are, where their binlogs begin and end, and the sessions on which they send them.
//!
//! Knows nothing of files on disk or of mappings.

mod definitions;
mod error;
mod preflight;
mod server;
mod settings;
mod start;

pub use definitions::Definitions;
pub use error::SourceError;
pub use preflight::{Identity, ListedFile, ServerState};
pub use server::Source;
pub use settings::SourceSettings;
pub use start::Start;
