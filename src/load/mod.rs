//! Where mutations are written: the door that every destination has, and SQL scripts as the first of them.

mod dead_letters;
mod file_name;
mod line;
mod literal;
mod routed;
mod sql_scripts;
mod statement;
mod target_table;

use std::{io, path::PathBuf};

use crate::fault::FaultClass;

pub use dead_letters::DeadLetters;
pub use line::{Line, LineOp};
pub use routed::{RoutedChange, RoutedSet};
pub use sql_scripts::{Existing, SqlScripts};

/// A destination of routed changes.
pub trait Loader {
    /// Takes the changes of one set, in their order.
    fn load(&mut self, routed: &RoutedSet<'_>) -> Result<(), LoadError>;

    /// Makes everything taken so far durable. A loader that is dropped before leaves nothing that looks done.
    fn finish(&mut self) -> Result<(), LoadError>;
}

/// Why a destination could not take changes.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The folder holds something already.
    #[error("`{}` is there already and not empty", path.display())]
    FolderInUse {
        /// The folder.
        path: PathBuf,
        /// Whether an earlier replay left it.
        ours: bool,
    },
    /// A file could not be written.
    #[error("cannot write `{}`", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        #[source]
        cause: io::Error,
    },
    /// A line could not be printed.
    #[error("cannot write the output")]
    Output(#[source] io::Error),
}

impl LoadError {
    /// How it is to be met.
    pub fn class(&self) -> FaultClass {
        match self {
            Self::FolderInUse { .. } => FaultClass::Definite,
            Self::Write { cause, .. } | Self::Output(cause) => FaultClass::of_io(cause),
        }
    }
}
