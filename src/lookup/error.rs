//! Why a lookup cannot be read. No error quotes a cell (INV-7).

use std::{error::Error, path::PathBuf};

use crate::{fault::FaultClass, mysql::MysqlError, schema::TableName};

/// Why a lookup cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum LookupError {
    /// The file cannot be read.
    #[error("lookup `{lookup}`: cannot read `{}`", path.display())]
    Read {
        /// The lookup.
        lookup: String,
        /// The file.
        path: PathBuf,
        /// What the system or the reader of the format says.
        #[source]
        cause: Box<dyn Error + Send + Sync>,
    },
    /// A line of a CSV file.
    #[error("lookup `{lookup}`: `{}`, line {line}: {problem}", path.display())]
    Line {
        /// The lookup.
        lookup: String,
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: u64,
        /// What is wrong.
        problem: String,
    },
    /// A column that cannot be read.
    #[error("lookup `{lookup}`: column `{column}` {problem}")]
    Column {
        /// The lookup.
        lookup: String,
        /// The column.
        column: String,
        /// What is wrong.
        problem: String,
    },
    /// It is larger than it may be.
    #[error("lookup `{lookup}` has more than {most} {what}")]
    TooLarge {
        /// The lookup.
        lookup: String,
        /// What there is too much of.
        what: &'static str,
        /// The limit.
        most: u64,
        /// The key that sets it.
        key: &'static str,
    },
    /// The server does not give it.
    #[error("lookup `{lookup}`: the server failed")]
    Server {
        /// The lookup.
        lookup: String,
        /// What it says.
        #[source]
        cause: Box<MysqlError>,
    },
    /// The server has no such table.
    #[error("lookup `{lookup}`: there is no table `{table}` on `{server}`")]
    NoTable {
        /// The lookup.
        lookup: String,
        /// The table.
        table: TableName,
        /// The server's configured name.
        server: String,
    },
}

impl LookupError {
    /// How it is to be met.
    pub fn class(&self) -> FaultClass {
        match self {
            Self::Server { cause, .. } => cause.class(),
            Self::Read { .. } | Self::Line { .. } | Self::Column { .. } | Self::TooLarge { .. } | Self::NoTable { .. } => {
                FaultClass::Definite
            }
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::TooLarge { key, .. } => Some(format!("A lookup is held in memory; `{key}` of its section in rowgate.toml allows more.")),
            Self::Read { .. } | Self::Line { .. } | Self::Column { .. } | Self::Server { .. } | Self::NoTable { .. } => None,
        }
    }
}
