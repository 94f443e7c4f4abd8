//! What can go wrong between us and a server, without a cell value (INV-7).

use std::{io, time::Duration};

use super::Refusal;
use crate::{fault::FaultClass, schema::TableName};

/// Why a server did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum MysqlError {
    /// No session came about.
    #[error("cannot connect to {server}")]
    Connect {
        /// The server's address.
        server: String,
        /// Whether a further attempt can do better.
        class: FaultClass,
        /// What the network or the driver says.
        #[source]
        cause: io::Error,
    },
    /// The server says no.
    #[error("{server} refuses {statement}")]
    Refused {
        /// The server's address.
        server: String,
        /// The verb of the statement.
        statement: String,
        /// Its word.
        #[source]
        refusal: Refusal,
    },
    /// The session is gone. Whether the server carried the statement out is not known.
    #[error("the connection to {server} is lost during {statement}")]
    Lost {
        /// The server's address.
        server: String,
        /// The verb of the statement.
        statement: String,
        /// What the network or the driver says.
        #[source]
        cause: io::Error,
    },
    /// The server did not answer in time. Whether it carried the statement out is not known.
    #[error("{server} has not answered {statement} for {} s", limit.as_secs())]
    Silent {
        /// The server's address.
        server: String,
        /// The verb of the statement.
        statement: String,
        /// How long it had.
        limit: Duration,
    },
    /// The statement was not sent: the server would close the connection on it.
    #[error("{statement} has {bytes} bytes, but `max_allowed_packet` of {server} is {limit}")]
    TooLong {
        /// The server's address.
        server: String,
        /// The verb of the statement.
        statement: String,
        /// Its length.
        bytes: usize,
        /// The longest that the server takes.
        limit: usize,
    },
    /// An answer has another form than was asked for.
    #[error("the answer of {server} to {statement} has no {missing}")]
    Unreadable {
        /// The server's address.
        server: String,
        /// The verb of the statement.
        statement: String,
        /// What was looked for.
        missing: &'static str,
    },
    /// The name is that of a view or a sequence.
    #[error("`{table}` of {server} is no table but a {kind}")]
    NoTable {
        /// The server's address.
        server: String,
        /// The name.
        table: TableName,
        /// What it is.
        kind: String,
    },
    /// A definition cannot be followed.
    #[error("the definition of `{table}` of {server} is not understood: {problem}")]
    Definition {
        /// The server's address.
        server: String,
        /// The table.
        table: TableName,
        /// What about it.
        problem: String,
    },
}

impl MysqlError {
    /// Whether another attempt, on a new connection, can do better.
    pub fn class(&self) -> FaultClass {
        match self {
            Self::Connect { class, .. } => *class,
            Self::Refused { refusal, .. } => refusal.class(),
            Self::Lost { .. } | Self::Silent { .. } => FaultClass::Transient,
            Self::TooLong { .. } | Self::NoTable { .. } | Self::Definition { .. } => FaultClass::Definite,
            Self::Unreadable { .. } => FaultClass::Defect,
        }
    }

    /// The server's number for what it refused.
    pub fn code(&self) -> Option<u16> {
        self.refusal().map(|refusal| refusal.code)
    }

    /// The server's word, where it gave one.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused { refusal, .. } => Some(refusal),
            Self::Connect { .. }
            | Self::Lost { .. }
            | Self::Silent { .. }
            | Self::TooLong { .. }
            | Self::Unreadable { .. }
            | Self::NoTable { .. }
            | Self::Definition { .. } => None,
        }
    }
}
