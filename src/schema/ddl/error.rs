//! Why a statement cannot be followed.

use std::ops::Range;

use thiserror::Error;

use crate::schema::TableName;

/// Why a statement's effect on tables is not known. Spans are bytes of the statement's text.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DdlError {
    /// A string, a name in quotes or a comment has no end.
    #[error("the {what} at byte {} never ends", span.start)]
    Unterminated {
        /// `string`, `name` or `comment`.
        what: &'static str,
        /// From its start to the end of the text.
        span: Range<usize>,
    },
    /// The grammar wants something else here.
    #[error("unexpected {found} at byte {}: expected {expected}", span.start)]
    Unexpected {
        /// The token, in backticks; `a string` or `the end` where there is none to show.
        found: String,
        /// What could stand here.
        expected: &'static str,
        /// The token.
        span: Range<usize>,
    },
    /// A statement, a column attribute or an ALTER action that may change columns or keys in an unknown way.
    #[error("{what} {found} at byte {} is not known, so its effect on the table is not", span.start)]
    Unknown {
        /// `statement`, `column type`, `ALTER TABLE action`, …
        what: &'static str,
        /// The token, in backticks.
        found: String,
        /// The token.
        span: Range<usize>,
    },
    /// A charset or collation that no server has.
    #[error("`{name}` at byte {} is no {what}", span.start)]
    NoCollation {
        /// `charset`, `collation`, or `collation of charset …`.
        what: String,
        /// The name as written.
        name: String,
        /// The name.
        span: Range<usize>,
    },
    /// A table without a schema, where the session has none.
    #[error("table `{table}` names no schema")]
    NoSchema {
        /// The table's name.
        table: String,
        /// The name.
        span: Range<usize>,
    },
    /// A column that the table does not have.
    #[error("table `{table}` has no column `{column}`")]
    NoColumn {
        /// The table.
        table: String,
        /// The name as written.
        column: String,
        /// The name.
        span: Range<usize>,
    },
    /// A column that the table has already.
    #[error("table `{table}` has two columns `{column}`")]
    TwoColumns {
        /// The table.
        table: String,
        /// The name as written.
        column: String,
        /// The name.
        span: Range<usize>,
    },
    /// The statement is about this table, whose definition is no longer certain.
    #[error("table `{table}`: {error}")]
    OfTable {
        /// The table.
        table: TableName,
        /// What is wrong.
        #[source]
        error: Box<DdlError>,
    },
}

impl DdlError {
    /// The table that the statement is about, where that could be read.
    pub fn table(&self) -> Option<&TableName> {
        match self {
            Self::OfTable { table, .. } => Some(table),
            _ => None,
        }
    }

    pub(in crate::schema) fn of_table(self, table: TableName) -> Self {
        match self {
            Self::OfTable { .. } => self,
            error => Self::OfTable { table, error: Box::new(error) },
        }
    }

    /// The guilty part of the text, in bytes.
    pub fn span(&self) -> Range<usize> {
        match self {
            Self::Unterminated { span, .. }
            | Self::Unexpected { span, .. }
            | Self::Unknown { span, .. }
            | Self::NoCollation { span, .. }
            | Self::NoSchema { span, .. }
            | Self::NoColumn { span, .. }
            | Self::TwoColumns { span, .. } => span.clone(),
            Self::OfTable { error, .. } => error.span(),
        }
    }
}
