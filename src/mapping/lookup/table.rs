//! The content of a lookup.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, Mutex, PoisonError},
};

use arrow::{
    array::{ArrayRef, RecordBatch, RecordBatchOptions},
    datatypes::{Field, Schema},
    error::ArrowError,
};

use super::content::digest;
use crate::{
    columnar::arrow_type,
    mapping::expr::{CompiledExpr, LookupIndex, LookupKey},
    schema::ColumnType,
};

/// A small table, whole.
#[derive(Debug)]
pub struct LookupTable {
    name: String,
    columns: Vec<LookupColumn>,
    rows: usize,
    origin: Origin,
    /// SHA-256 of columns and rows, in hex; the order of rows does not count.
    digest: String,
    /// The indexes that mappings asked for, by the names of their keys.
    indexes: Mutex<HashMap<String, IndexOrTwins>>,
}

/// An index, or two rows that have one key.
type IndexOrTwins = Result<Arc<LookupIndex>, (u32, u32)>;

/// Why rows cannot be found by a key.
pub(super) enum NoIndex {
    /// Two of them have one key; which.
    Twice(String),
    /// The key of one of them has no value.
    Failed(String),
}

/// A column of a lookup.
#[derive(Debug, Clone)]
pub struct LookupColumn {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: ColumnType,
    /// Its cells, in the type of [`crate::columnar::arrow_type`].
    pub cells: ArrayRef,
}

/// Where the rows of a lookup come from, so that messages can name them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A text file.
    Lines {
        /// The file.
        file: String,
        /// The line of each row.
        lines: Vec<u64>,
    },
    /// A file of rows.
    Rows {
        /// The file.
        file: String,
    },
    /// A table of a server.
    Table {
        /// `schema.table`.
        table: String,
        /// The server's configured name.
        server: String,
    },
}

impl Origin {
    /// Two rows, by their numbers from 0.
    fn two_rows(&self, (first, second): (u32, u32)) -> String {
        match self {
            Self::Lines { file, lines } => {
                let line = |row: u32| lines.get(row as usize).copied().unwrap_or_default();
                format!("lines {} and {} of `{file}`", line(first), line(second))
            }
            Self::Rows { file } => format!("rows {} and {} of `{file}`", first + 1, second + 1),
            Self::Table { table, server } => format!("two rows of `{table}` on `{server}`"),
        }
    }
}

impl LookupTable {
    /// A lookup with these columns, all of one length.
    pub fn new(name: &str, columns: Vec<LookupColumn>, origin: Origin) -> Self {
        let rows = columns.first().map_or(0, |column| column.cells.len());
        let digest = digest(&columns, rows);
        Self { name: name.to_owned(), columns, rows, origin, digest, indexes: Mutex::default() }
    }

    /// Its configured name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its columns.
    pub fn columns(&self) -> &[LookupColumn] {
        &self.columns
    }

    /// How many rows it has.
    pub fn rows(&self) -> usize {
        self.rows
    }

    pub(super) fn digest(&self) -> &str {
        &self.digest
    }

    /// Its rows by these keys.
    pub(super) fn index(&self, keys: &[LookupKey]) -> Result<Arc<LookupIndex>, NoIndex> {
        let name = keys.iter().map(|key| key.name.as_str()).collect::<Vec<_>>().join(", ");
        let mut indexes = self.indexes.lock().unwrap_or_else(PoisonError::into_inner);
        let index = match indexes.get(&name) {
            Some(known) => known.clone(),
            None => {
                let columns = self.key_columns(keys)?;
                let built = LookupIndex::build(keys, columns, self.rows).map(Arc::new);
                indexes.insert(name, built.clone());
                built
            }
        };
        index.map_err(|rows| NoIndex::Twice(self.origin.two_rows(rows)))
    }

    fn key_columns(&self, keys: &[LookupKey]) -> Result<Vec<ArrayRef>, NoIndex> {
        let failed = |error: &dyn std::fmt::Display| NoIndex::Failed(error.to_string());
        let batch = self.batch().map_err(|error| failed(&error))?;
        let column = |key: &LookupKey| {
            let side = CompiledExpr::new(&key.lookup, batch.schema_ref()).map_err(|error| failed(&error))?;
            side.evaluate_array(&batch).map_err(|error| failed(&error))
        };
        keys.iter().map(column).collect()
    }

    fn batch(&self) -> Result<RecordBatch, ArrowError> {
        let field = |column: &LookupColumn| Field::new(&column.name, arrow_type(&column.ty), true);
        let schema = Arc::new(Schema::new(self.columns.iter().map(field).collect::<Vec<_>>()));
        let options = RecordBatchOptions::new().with_row_count(Some(self.rows));
        let cells = self.columns.iter().map(|column| Arc::clone(&column.cells)).collect();
        RecordBatch::try_new_with_options(schema, cells, &options)
    }
}

/// The lookups that mappings may join, by name. A clone is cheap.
#[derive(Debug, Clone, Default)]
pub struct Lookups(Arc<BTreeMap<String, Arc<LookupTable>>>);

impl Lookups {
    /// These lookups.
    pub fn new(tables: impl IntoIterator<Item = LookupTable>) -> Self {
        Self(Arc::new(tables.into_iter().map(|table| (table.name.clone(), Arc::new(table))).collect()))
    }

    /// The lookup of that name.
    pub(in crate::mapping) fn get(&self, name: &str) -> Option<&Arc<LookupTable>> {
        self.0.get(name)
    }

    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}
