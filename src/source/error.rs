//! Why a source does not give its binlog.

use std::io;

use crate::{
    binlog::RawError,
    fault::FaultClass,
    mysql::{MysqlError, Refusal},
};

/// What is wrong between us and a source.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The server or the network.
    #[error(transparent)]
    Server(#[from] MysqlError),
    /// What it sends.
    #[error(transparent)]
    Stream(RawError),
    /// The user may not read binlogs.
    #[error("the user of {server} lacks {privileges}")]
    Privileges {
        /// The server's address.
        server: String,
        /// What is missing.
        privileges: String,
        /// The statement that grants it.
        grant: String,
    },
    /// There is nothing to read.
    #[error("{server} writes no binlog (`log_bin` is off)")]
    NoBinlog {
        /// The server's address.
        server: String,
    },
    /// The server keeps its files encrypted and would send them plain.
    #[error("{server} encrypts its binlogs (`{variable}` is on)")]
    Encrypted {
        /// The server's address.
        server: String,
        /// The setting.
        variable: &'static str,
    },
    /// Two with one number.
    #[error("{server} knows another server or replica by the number {server_id}")]
    ServerIdTaken {
        /// The server's address.
        server: String,
        /// The number.
        server_id: u32,
    },
    /// The binlogs from there on are gone.
    #[error("{server} has purged what follows {place}; its binlogs begin with `{first}`")]
    Purged {
        /// The server's address.
        server: String,
        /// From where on they are wanted.
        place: String,
        /// The first file that is left.
        first: String,
    },
    /// A start that the source does not have.
    #[error("start `{place}`: {reason}")]
    Start {
        /// What was asked for.
        place: String,
        /// Why it cannot be.
        reason: String,
    },
    /// Text that names no start.
    #[error("`{0}` is no start: it takes `current`, `earliest`, `file:offset`, a GTID or a set of them, or an RFC 3339 time")]
    NoStart(String),
    /// No thread to wait in.
    #[error("the system gives no event loop")]
    Runtime(#[source] io::Error),
}

/// `ER_MASTER_FATAL_ERROR_READING_BINLOG`: why is in the words.
const NO_BINLOG_FOR_YOU: u16 = 1236;

/// MariaDB's `ER_SLAVE_SAME_ID`.
const SAME_ID: u16 = 4052;

impl SourceError {
    /// How it is to be met.
    pub fn class(&self) -> FaultClass {
        match self {
            // A server that is down has no socket.
            Self::Server(MysqlError::Connect { cause, .. }) if cause.kind() == io::ErrorKind::NotFound => FaultClass::Transient,
            Self::Server(error) => error.class(),
            Self::Stream(error) => error.class(),
            Self::Runtime(cause) => FaultClass::of_io(cause),
            Self::Privileges { .. }
            | Self::NoBinlog { .. }
            | Self::Encrypted { .. }
            | Self::ServerIdTaken { .. }
            | Self::Purged { .. }
            | Self::Start { .. }
            | Self::NoStart(_) => FaultClass::Definite,
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Privileges { grant, .. } => Some(format!("An administrator runs: {grant}")),
            Self::NoBinlog { .. } => Some("Start the server with `log_bin` and `binlog_format = ROW`.".to_owned()),
            Self::Encrypted { .. } => {
                Some("A capture would hold plain what the server keeps encrypted. Turn the setting off, or capture another server.".to_owned())
            }
            Self::ServerIdTaken { .. } => Some(
                "Give this one a number of its own: `--server-id N`, or `server_id = N` in rowgate.toml. Two that share one push each other out."
                    .to_owned(),
            ),
            Self::Purged { .. } => Some(
                "Keep binlogs longer there (`binlog_expire_logs_seconds`, `expire_logs_days`), or copy the missing files from a backup or a \
                 replica of the same server into the folder; or begin a capture in a new folder: `--start earliest`, which leaves a gap."
                    .to_owned(),
            ),
            Self::Stream(RawError::Differs { .. }) => Some(
                "The source was reset or restored, or lost its last transactions in a crash. Begin a capture in a new folder.".to_owned(),
            ),
            Self::Stream(RawError::Binlog(error)) => error.hint(),
            Self::Server(_) | Self::Stream(_) | Self::Start { .. } | Self::NoStart(_) | Self::Runtime(_) => None,
        }
    }

    /// The server's word for what is asked of its binlog, as an error of ours where it has a meaning of its own.
    pub fn of_stream(error: RawError, server_id: u32) -> Self {
        let RawError::Server(MysqlError::Refused { server, refusal, .. }) = &error else { return Self::Stream(error) };
        match (refusal.code, words(refusal)) {
            (NO_BINLOG_FOR_YOU | SAME_ID, Words::SameId) => Self::ServerIdTaken { server: server.clone(), server_id },
            (NO_BINLOG_FOR_YOU, Words::Gone) => {
                Self::Purged { server: server.clone(), place: "what was captured".to_owned(), first: "a later file".to_owned() }
            }
            _ => Self::Stream(error),
        }
    }
}

/// What the words of error 1236 mean.
#[derive(Debug, PartialEq, Eq)]
enum Words {
    SameId,
    Gone,
    Other,
}

fn words(refusal: &Refusal) -> Words {
    let has = |part: &str| refusal.message.contains(part);
    if has("same server_uuid/server_id") || has("same server_uuid or server_id") {
        Words::SameId
    } else if has("purged") || has("Could not find first log file") {
        Words::Gone
    } else {
        Words::Other
    }
}
