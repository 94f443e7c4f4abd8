//! Why mappings cannot work: refused by a table, or a defect of ours. A row that fails is neither.

use arrow::error::ArrowError;
use datafusion::common::DataFusionError;

use super::{FileDiagnostic, Place, Places};
use crate::{fault::FaultClass, schema::TableName};

/// What stops a table, or all of them.
#[derive(Debug, thiserror::Error)]
pub enum MappingError {
    /// A mapping does not fit the definition that a table has by now.
    #[error("table `{table}` does not fit its mappings: {}", summary(diagnostics))]
    Refused {
        /// The table.
        table: TableName,
        /// What is wrong, by file.
        diagnostics: Vec<FileDiagnostic>,
    },
    /// Routes name more places than a pipeline may have.
    #[error("more than {} target tables: the next would be `{}`.`{}`", Places::MOST, place.schema, place.table)]
    TooManyPlaces {
        /// The first place too many.
        place: Box<Place>,
    },
    /// A batch lacks a column that [`super::Router::columns_read`] asked for.
    #[error("column `{column}` of `{table}` is needed and was not decoded")]
    ColumnNotDecoded {
        /// The table.
        table: TableName,
        /// The column.
        column: String,
    },
    /// `WHERE` was compiled to something that is no condition.
    #[error("`WHERE` was compiled to no condition")]
    NoCondition,
    /// A part of `ROUTE TO` was compiled to something that is no text.
    #[error("a part of `ROUTE TO` was compiled to no text")]
    RouteNotText,
    /// Arrow refused what we built.
    #[error("arrays do not fit together")]
    Arrow(#[from] ArrowError),
    /// DataFusion refused what we built, or failed for other reasons than a row.
    #[error("a mapping cannot be evaluated")]
    Plan(#[from] DataFusionError),
}

impl MappingError {
    /// How it is to be met: a rule is at fault, or we are.
    pub fn class(&self) -> FaultClass {
        match self {
            Self::Refused { .. } | Self::TooManyPlaces { .. } => FaultClass::Definite,
            Self::ColumnNotDecoded { .. } | Self::NoCondition | Self::RouteNotText | Self::Arrow(_) | Self::Plan(_) => FaultClass::Defect,
        }
    }
}

fn summary(diagnostics: &[FileDiagnostic]) -> String {
    diagnostics.iter().map(|found| found.diagnostic.message.as_str()).collect::<Vec<_>>().join("; ")
}
