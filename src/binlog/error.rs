//! Everything that can stop the reading of a capture: what and where, with a way out where there is one.

use std::io;

use thiserror::Error;

use super::{DecodeError, DefinitionError, UnseenCascade};
use crate::{
    fault::FaultClass,
    position::BinlogOffset,
    schema::{CharsetError, DdlError, TableName},
};

/// Why a capture cannot be read on.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum BinlogError {
    /// A file or folder cannot be opened or read.
    #[error("cannot read `{path}`")]
    Io {
        /// Its path.
        path: String,
        /// The system's word.
        #[source]
        source: io::Error,
    },
    /// A file cannot be read on; also when it is compressed and damaged.
    #[error("`{at}`: the file cannot be read on")]
    Unreadable {
        /// The event at which reading ended.
        at: BinlogOffset,
        /// The system's word.
        #[source]
        source: io::Error,
    },
    /// Not a binlog.
    #[error("`{path}` is not a binlog: it does not begin with the four bytes of one")]
    NotABinlog {
        /// Its path.
        path: String,
    },
    /// An encrypted file.
    #[error("`{file}` is encrypted ({by})")]
    Encrypted {
        /// Its name.
        file: String,
        /// Whose encryption.
        by: &'static str,
    },
    /// No binlog at all where a capture was named.
    #[error("`{path}` holds no binlog file")]
    Empty {
        /// Its path.
        path: String,
    },
    /// The order of files is not known.
    #[error("the order of `{first}` and `{second}` is not known: {reason}")]
    Order {
        /// One of them.
        first: String,
        /// The other.
        second: String,
        /// Why not.
        reason: &'static str,
    },
    /// Something is missing between two files.
    #[error("`{next}` does not follow `{file}`: {reason}")]
    Gap {
        /// The earlier file.
        file: String,
        /// The later one.
        next: String,
        /// How that is known.
        reason: String,
    },
    /// The file ends within an event.
    #[error("`{at}`: the file ends inside an event: {expected} bytes expected, {found} found")]
    Truncated {
        /// Where the event begins.
        at: BinlogOffset,
        /// The event's size, or its header's.
        expected: u64,
        /// How many of them are there.
        found: u64,
    },
    /// An event's CRC32 is not that of its bytes.
    #[error("`{at}`: the checksum of the {event} event does not match its bytes")]
    Checksum {
        /// Where the event begins.
        at: BinlogOffset,
        /// What it says it is.
        event: &'static str,
    },
    /// The bytes at this place are no event.
    #[error("`{at}`: no event begins here: {reason}")]
    Frame {
        /// The place.
        at: BinlogOffset,
        /// What speaks against it.
        reason: &'static str,
    },
    /// An event larger than the limit.
    #[error("`{at}`: the event has {size} bytes, more than the limit of {limit} (`max_event_bytes`)")]
    TooLarge {
        /// Where the event begins.
        at: BinlogOffset,
        /// Its size.
        size: u64,
        /// The limit.
        limit: u64,
    },
    /// A compressed transaction that cannot be inflated.
    #[error("`{at}`: the compressed transaction cannot be inflated")]
    Payload {
        /// Where its event begins.
        at: BinlogOffset,
        /// The decompressor's word.
        #[source]
        source: io::Error,
    },
    /// An event whose body is not what its kind has.
    #[error("`{at}`: the {event} event cannot be read")]
    Malformed {
        /// Where the event begins.
        at: BinlogOffset,
        /// What it says it is.
        event: &'static str,
        /// What is wrong.
        #[source]
        source: Box<DecodeError>,
    },
    /// Events in an order no server writes.
    #[error("`{at}`: {reason}")]
    Sequence {
        /// Where the event begins.
        at: BinlogOffset,
        /// What is wrong.
        reason: String,
    },
    /// An event that is not known and may carry rows.
    #[error("`{at}`: event type {code} is not known and may carry rows")]
    UnknownEvent {
        /// Where the event begins.
        at: BinlogOffset,
        /// Its type.
        code: u8,
    },
    /// A server, format or feature that is known and not read.
    #[error("`{at}`: {what}")]
    Unsupported {
        /// Where the event begins.
        at: BinlogOffset,
        /// What is met.
        what: String,
    },
    /// Rows were changed by a statement whose text is all the binlog has.
    #[error("`{at}`: a statement-based change ({statement}): the binlog has its text, not its rows")]
    StatementBased {
        /// Where the event begins.
        at: BinlogOffset,
        /// The statement's first word.
        statement: String,
    },
    /// The server says that it lost events.
    #[error("`{at}`: the server recorded that events were lost here (incident event)")]
    Incident {
        /// Where the event begins.
        at: BinlogOffset,
    },
    /// The capture or a file of it ends within a transaction.
    #[error("`{at}`: the file ends inside the transaction that begins at `{began}`")]
    InsideTransaction {
        /// Where it ends.
        at: BinlogOffset,
        /// Where the transaction begins.
        began: BinlogOffset,
    },
    /// Rows of a table that nothing defines.
    #[error("`{at}`: table `{table}` has no definition")]
    NoDefinition {
        /// Where its table map is.
        at: BinlogOffset,
        /// The table.
        table: TableName,
    },
    /// A definition that the table map contradicts, or columns that are not read.
    #[error("`{at}`: the rows of a table cannot be decoded")]
    Mismatch {
        /// Where its table map is.
        at: BinlogOffset,
        /// Which table and column, what was expected and what was found.
        #[source]
        source: Box<DefinitionError>,
    },
    /// A statement that is not in the charset it claims.
    #[error("`{at}`: the text of a statement cannot be read")]
    Charset {
        /// Where the statement is.
        at: BinlogOffset,
        /// What is wrong.
        #[source]
        source: CharsetError,
    },
    /// A statement that changes a definition in a way that is not understood.
    #[error("`{at}`: the definition of a table cannot be followed")]
    Ddl {
        /// Where the statement is.
        at: BinlogOffset,
        /// What is wrong.
        #[source]
        source: Box<DdlError>,
    },
    /// A foreign key by which rows change unseen.
    #[error("`{at}`: {cascade}")]
    Cascade {
        /// Where what is read begins, or the statement that made it.
        at: BinlogOffset,
        /// Which.
        cascade: Box<UnseenCascade>,
    },
    /// A start or stop that the capture does not have.
    #[error("{bound} `{place}`: {reason}")]
    Bound {
        /// `start` or `stop`.
        bound: &'static str,
        /// The place asked for.
        place: String,
        /// Why it cannot be used.
        reason: String,
    },
}

impl BinlogError {
    /// How it is to be met: the same bytes fail again, only the system may answer otherwise the next time.
    pub fn class(&self) -> FaultClass {
        match self {
            Self::Io { source, .. } | Self::Unreadable { source, .. } => FaultClass::of_io(source),
            Self::NotABinlog { .. }
            | Self::Encrypted { .. }
            | Self::Empty { .. }
            | Self::Order { .. }
            | Self::Gap { .. }
            | Self::Truncated { .. }
            | Self::Checksum { .. }
            | Self::Frame { .. }
            | Self::TooLarge { .. }
            | Self::Payload { .. }
            | Self::Malformed { .. }
            | Self::Sequence { .. }
            | Self::UnknownEvent { .. }
            | Self::Unsupported { .. }
            | Self::StatementBased { .. }
            | Self::Incident { .. }
            | Self::InsideTransaction { .. }
            | Self::NoDefinition { .. }
            | Self::Mismatch { .. }
            | Self::Charset { .. }
            | Self::Ddl { .. }
            | Self::Cascade { .. }
            | Self::Bound { .. } => FaultClass::Definite,
        }
    }

    /// What the user can do, as a sentence.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Encrypted { .. } => {
                "Let the server decrypt it: `mysqlbinlog --read-from-remote-server --raw`, or turn `binlog_encryption` off."
            }
            Self::Order { .. } => "Name the files as the server did (`binlog.000007`), or give one of them at a time.",
            Self::Gap { .. } => "Add the files between the two, or read them apart.",
            Self::Truncated { .. } => "Copy the file again once the server has closed it, or `--stop` before this place.",
            Self::Checksum { .. } | Self::Frame { .. } => "Copy the file again: its bytes are not those that the server wrote.",
            Self::StatementBased { .. } => "Set `binlog_format = ROW` on the source and begin after this place.",
            Self::Incident { .. } => "The source and its replicas may differ from here: take the tables anew and begin after this place.",
            Self::InsideTransaction { began, .. } => {
                return Some(format!("Use `--stop {began}` to end before it, or add what the server wrote next."));
            }
            Self::NoDefinition { .. } => {
                "Give its definition by `schema.sql` or `--schema dump.sql`, begin with a file that holds its CREATE TABLE, or set \
                 `binlog_row_metadata = FULL` on the source."
            }
            Self::Mismatch { .. } => "Give the definition as of the first event of the capture.",
            Self::Ddl { .. } | Self::Charset { .. } => {
                "Begin after this place, with the definitions as of there in `schema.sql` or `--schema dump.sql`."
            }
            Self::Cascade { cascade, .. } => return Some(cascade.hint()),
            Self::UnknownEvent { .. } => "A newer server wrote it: nothing is skipped that may carry rows.",
            Self::Io { .. }
            | Self::NotABinlog { .. }
            | Self::Empty { .. }
            | Self::TooLarge { .. }
            | Self::Malformed { .. }
            | Self::Payload { .. }
            | Self::Sequence { .. }
            | Self::Unsupported { .. }
            | Self::Unreadable { .. }
            | Self::Bound { .. } => return None,
        };
        Some(hint.to_owned())
    }
}
