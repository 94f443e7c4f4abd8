//! Why the body of an event cannot be read: what, and where in the body. The reader adds file and offset.

use crate::schema::TableName;

/// Why a table map or a rows event cannot be decoded. Offsets count from the first byte after the event's header.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// The event ends too early.
    #[error("{what} at byte {offset} of the event's body reaches beyond its end")]
    Truncated {
        /// What was being read.
        what: &'static str,
        /// Where it starts.
        offset: usize,
    },
    /// The bytes are there and mean nothing.
    #[error("{what} at byte {offset} of the event's body is not valid")]
    Invalid {
        /// What was being read.
        what: &'static str,
        /// Where it starts.
        offset: usize,
    },
    /// A rows event does not fit the table map it names.
    #[error("the event counts {found} columns, the table map of `{table}` {expected}")]
    ColumnCount {
        /// The table.
        table: Box<TableName>,
        /// As the table map says.
        expected: usize,
        /// As the rows event says.
        found: usize,
    },
    /// A value of a row image.
    #[error("column `{column}` of `{table}` at byte {offset} of the event's body {fault}")]
    Cell {
        /// The table.
        table: Box<TableName>,
        /// The column.
        column: String,
        /// Where the value starts.
        offset: usize,
        /// What is wrong with it.
        fault: CellFault,
    },
    /// A compressed part that would be larger than the limit.
    #[error("{what} is larger than the limit of {limit} bytes (`max_event_bytes`)")]
    TooLarge {
        /// What is compressed.
        what: &'static str,
        /// The most it may be.
        limit: usize,
    },
    /// More than a set of changes can number; the reader closes sets long before.
    #[error("a set of changes would hold more than {limit} {what}")]
    TooMany {
        /// What is counted.
        what: &'static str,
        /// The most it may be.
        limit: usize,
    },
}

/// What is wrong with one value of a row image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CellFault {
    /// The event ends inside the value.
    #[error("reaches beyond the event's end")]
    Truncated,
    /// A length prefix exceeds what the column can hold.
    #[error("is longer than the column's type allows")]
    TooLong,
    /// The bytes are no value of the type.
    #[error("holds no value of its type")]
    Invalid,
    /// NULL in a column that has none.
    #[error("is NULL, though the column is NOT NULL")]
    Null,
    /// A compressed value (MariaDB's COMPRESSED attribute) that cannot be inflated.
    #[error("cannot be decompressed")]
    Compressed,
    /// A JSON value that is no valid binary JSON.
    #[error("holds no valid binary JSON")]
    Json,
    /// A partial JSON update whose before image lacks the column (`binlog_row_image` is not FULL).
    #[error("is a partial JSON update, and the before image lacks the document it changes")]
    NoDocument,
    /// A partial JSON update that does not fit its document.
    #[error("is a partial JSON update that does not fit the document before it")]
    Misfit,
    /// A column's values of one batch exceed what Arrow's 32-bit offsets can address.
    #[error("would make its column in one batch larger than 2 GiB")]
    TooLarge,
}
