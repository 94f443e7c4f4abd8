//! Where mutations are written: the door that every destination has, SQL scripts, and servers.
//!
//! Loading into servers keeps the algorithm of `docs/loading.md`: `window` cuts the stream into windows and their net change,
//! `lane` applies a lane's part of one in one transaction with its checkpoint row, `servers` keeps a server's lanes at work.

mod cell_bytes;
mod dead_letters;
mod dead_row;
mod difference;
mod error;
mod file_name;
mod json_literal;
mod lane;
mod line;
mod literal;
mod load_data;
mod put_rows;
mod routed;
mod servers;
mod sql_scripts;
mod sql_writer;
mod statement;
mod target;
mod target_table;
mod window;

pub use dead_letters::DeadLetters;
pub use difference::{Difference, DifferingRow, Side, Whereabouts, cell_text, differing_columns, differing_row};
pub use error::LoadError;
pub use lane::{ConflictKind, Conflicts};
pub use line::{Line, LineOp};
pub use routed::{RoutedChange, RoutedSet};
pub use servers::{LoadOptions, LoadOutcome, MappingChange, SqlTarget, ToServers};
pub use sql_scripts::{Existing, SqlScripts};
pub use target::{BindError, check_targets};

/// A destination of routed changes.
pub trait Loader {
    /// Takes the changes of one set, in their order.
    fn load(&mut self, routed: &RoutedSet) -> Result<(), LoadError>;

    /// Makes what was taken so far durable, where a part of the whole is worth something, and says behind which changes of definitions it
    /// would go on. Asked where the flow cannot simply go on; a loader without an answer of its own does neither.
    fn settle(&mut self) -> Result<Follows, LoadError> {
        Ok(Follows::Nothing)
    }

    /// Makes everything taken so far durable. A loader that is dropped before leaves nothing that looks done.
    fn finish(&mut self) -> Result<(), LoadError>;
}

/// Which changes of definitions a loader goes on behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Follows {
    /// None.
    Nothing,
    /// An ALTER: whether the target matches the new definition is seen at the first row.
    Alterations,
}
