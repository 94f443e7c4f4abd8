//! A lookup as it is configured.

use std::{collections::BTreeSet, path::PathBuf};

use super::{Limits, LookupError, csv_file, parquet_file, server_table};
use crate::{
    mapping::LookupTable,
    mysql::Endpoint,
    schema::{ColumnType, TableName},
};

/// A lookup as it is configured.
#[derive(Debug, Clone)]
pub struct LookupSource {
    /// Its name.
    pub name: String,
    /// Where it is.
    pub place: Place,
    /// How large it may be.
    pub limits: Limits,
}

/// Where a lookup is.
#[derive(Debug, Clone)]
pub enum Place {
    /// A CSV file in UTF-8 with a header.
    Csv {
        /// The file.
        path: PathBuf,
        /// The columns that are declared; others of the file are not read.
        columns: Vec<(String, ColumnType)>,
        /// The field that is NULL.
        null: String,
    },
    /// A Parquet file, which has its types.
    Parquet {
        /// The file.
        path: PathBuf,
    },
    /// A table of a server, which has its types.
    Table {
        /// The table.
        table: TableName,
        /// The server's configured name.
        server: String,
        /// How it is reached.
        endpoint: Endpoint,
    },
}

impl LookupSource {
    /// Reads the columns of these names, given in lower case.
    ///
    /// # Errors
    /// [`LookupError`], which names the lookup, and the line of a file.
    pub fn read(&self, wanted: &BTreeSet<String>) -> Result<LookupTable, LookupError> {
        match &self.place {
            Place::Csv { path, columns, null } => csv_file::read(self, path, columns, null, wanted),
            Place::Parquet { path } => parquet_file::read(self, path, wanted),
            Place::Table { table, server, endpoint } => server_table::read(self, table, server, endpoint, wanted),
        }
    }

    pub(super) fn column_error(&self, column: &str, problem: impl Into<String>) -> LookupError {
        LookupError::Column { lookup: self.name.clone(), column: column.to_owned(), problem: problem.into() }
    }
}
