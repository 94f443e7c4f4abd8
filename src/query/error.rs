//! Why a question has no answer.

use std::sync::Arc;

use thiserror::Error;

use crate::{binlog::BinlogError, fault::FaultClass};

/// Why a question cannot be asked or answered.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum QueryError {
    /// The text is no SQL.
    #[error("the question cannot be read: {reason}")]
    Syntax {
        /// The parser's word.
        reason: String,
    },
    /// A statement that is no question.
    #[error("`{statement}` is not a question: a capture can be read, not changed")]
    NotAQuestion {
        /// Its first words.
        statement: String,
    },
    /// A table that the capture does not have.
    #[error("there is no table `{name}`")]
    UnknownTable {
        /// The name as asked.
        name: String,
        /// The name that may have been meant, as it is written in a question.
        near: Option<String>,
        /// All tables, as they are written in a question.
        tables: Vec<String>,
    },
    /// A column that no table of the question has.
    #[error("there is no column `{name}`")]
    UnknownColumn {
        /// The name as asked.
        name: String,
        /// The name that may have been meant, as it is written in a question.
        near: Option<String>,
        /// The columns there are, as they are written in a question.
        columns: Vec<String>,
    },
    /// A question that makes no sense: types, aggregates, ambiguous names.
    #[error("the question cannot be planned: {reason}")]
    Plan {
        /// What is wrong with it.
        reason: String,
    },
    /// An expression has no value for a row: a text that is no number, an overflow.
    #[error("the question cannot be answered: {reason}")]
    Evaluation {
        /// What went wrong.
        reason: String,
    },
    /// The answer needs more memory than a question may take.
    #[error("the question needs more than {limit_bytes} bytes of memory ({operator})")]
    Memory {
        /// The limit.
        limit_bytes: usize,
        /// What asked for more.
        operator: String,
    },
    /// The capture cannot be read. Shared, because the operators of a plan may share what they read.
    #[error(transparent)]
    Capture(#[from] Arc<BinlogError>),
    /// The machine refuses a thread or a file.
    #[error("the question cannot be run")]
    Runtime(#[from] std::io::Error),
}

impl QueryError {
    /// How it is to be met.
    pub fn class(&self) -> FaultClass {
        match self {
            Self::Capture(error) => error.class(),
            Self::Runtime(error) => FaultClass::of_io(error),
            Self::Syntax { .. }
            | Self::NotAQuestion { .. }
            | Self::UnknownTable { .. }
            | Self::UnknownColumn { .. }
            | Self::Plan { .. }
            | Self::Evaluation { .. }
            | Self::Memory { .. } => FaultClass::Definite,
        }
    }

    /// What the user can do, as a sentence.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::NotAQuestion { .. } => Some("Ask with SELECT, WITH, VALUES, EXPLAIN, DESCRIBE or SHOW TABLES.".to_owned()),
            Self::UnknownTable { near, tables, .. } => Some(match near {
                Some(near) => format!("Did you mean `{near}`? There are {}.", listed(tables)),
                None => format!("There are {}.", listed(tables)),
            }),
            Self::UnknownColumn { near, columns, .. } => Some(match near {
                Some(near) => format!("Did you mean `{near}`? There are {}.", listed(columns)),
                None => format!("There are {}.", listed(columns)),
            }),
            Self::Memory { .. } => Some("Narrow the question by WHERE or --start and --stop, or group by less.".to_owned()),
            Self::Capture(error) => error.hint(),
            Self::Syntax { .. } | Self::Plan { .. } | Self::Evaluation { .. } | Self::Runtime(_) => None,
        }
    }

    /// Whether the machine failed, not the question or the capture.
    pub fn is_unavailable(&self) -> bool {
        matches!(self, Self::Runtime(_))
    }
}

/// The names one after another; a long list is cut, and says how many there are.
fn listed(names: &[String]) -> String {
    const SHOWN: usize = 20;
    let shown = names.iter().take(SHOWN).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    match names.len().checked_sub(SHOWN) {
        None | Some(0) => shown,
        Some(more) => format!("{shown} and {more} more"),
    }
}
