//! Why a server's binlog cannot be kept on.

use crate::{binlog::BinlogError, fault::FaultClass, mysql::MysqlError, position::BinlogOffset};

/// What stops the bytes.
#[derive(Debug, thiserror::Error)]
pub enum RawError {
    /// The server or the network.
    #[error(transparent)]
    Server(#[from] MysqlError),
    /// What was sent is no binlog, or not all of it.
    #[error(transparent)]
    Binlog(#[from] BinlogError),
    /// The server has other bytes where ours end.
    #[error("`{at}`: the source has another event here than was captured")]
    Differs {
        /// Where the last whole event of ours begins.
        at: BinlogOffset,
    },
    /// An event is missing before this one.
    #[error("`{at}`: the source sends an event that ends at {found}, and {expected} was expected")]
    Jump {
        /// Where the event would begin.
        at: BinlogOffset,
        /// Where it would end there, modulo 2^32.
        expected: u32,
        /// Where it says to end.
        found: u32,
    },
    /// The next file is not the one after ours.
    #[error("`{next}` does not follow `{file}`")]
    NextFile {
        /// The file at hand.
        file: String,
        /// The one that the server names.
        next: String,
    },
}

impl RawError {
    /// Whether the same bytes, asked for again, may do better.
    pub fn class(&self) -> FaultClass {
        match self {
            Self::Server(error) => error.class(),
            // What was damaged on its way arrives whole the next time.
            Self::Binlog(BinlogError::Checksum { .. }) => FaultClass::Transient,
            Self::Binlog(error) => error.class(),
            Self::Differs { .. } | Self::Jump { .. } | Self::NextFile { .. } => FaultClass::Definite,
        }
    }
}
