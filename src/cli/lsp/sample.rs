//! A value of each column from a capture, so that who writes a rule sees what comes. Shown on hover only.

use std::{
    collections::HashMap,
    path::PathBuf,
    sync::{Arc, Mutex},
    thread,
};

use arrow::array::Array;

use super::super::{definitions::server_of, failure::Failure};
use crate::{
    binlog::{Capture, CaptureReader, Interest, Item, ReadOptions},
    change::ColumnSet,
    columnar::write_text,
    schema::{SchemaHistory, TableName, TableSchema},
};

/// The changes that are looked through for values, at most (INV-8).
const MOST_CHANGES: usize = 20_000;
/// The characters of a value that are shown.
const SHOWN: usize = 60;

/// What a capture holds, as far as it has been read: another thread reads it.
#[derive(Debug, Clone, Default)]
pub(super) struct Samples(Arc<Mutex<Found>>);

#[derive(Debug, Default)]
struct Found {
    tables: Vec<Arc<TableSchema>>,
    values: HashMap<(TableName, String), String>,
}

impl Samples {
    /// Begins to read a capture; nothing where there is none.
    ///
    /// # Errors
    /// When the capture cannot be opened.
    pub(super) fn gather(capture: &[PathBuf]) -> Result<Self, Failure> {
        let samples = Self::default();
        if capture.is_empty() {
            return Ok(samples);
        }
        let capture = Capture::open(capture)?;
        let shared = samples.clone();
        thread::spawn(move || shared.read(capture));
        Ok(samples)
    }

    /// The tables that the capture defines.
    pub(super) fn tables(&self) -> Vec<Arc<TableSchema>> {
        self.0.lock().map(|found| found.tables.clone()).unwrap_or_default()
    }

    /// A value of a column.
    pub(super) fn value(&self, table: &TableName, column: &str) -> Option<String> {
        self.0.lock().ok()?.values.get(&(table.clone(), column.to_lowercase())).cloned()
    }

    /// A capture that is damaged further on has given what stood before.
    fn read(&self, capture: Capture) {
        let _server = server_of(&capture);
        let Ok(mut reader) = CaptureReader::open(capture, SchemaHistory::new(), AllTables, ReadOptions::default()) else { return };
        let mut changes = 0;
        while let Ok(Some(item)) = reader.next() {
            let Item::Changes(set) = item else { continue };
            let Ok(mut found) = self.0.lock() else { return };
            for batch in &set.batches {
                changes += batch.changes.len();
                for (column, array) in batch.schema.columns.iter().zip(&batch.columns) {
                    let Some(array) = array else { continue };
                    let key = (batch.schema.name.clone(), column.name.to_lowercase());
                    let Some(row) = (0..batch.image_count).find(|row| array.is_valid(*row)).filter(|_| !found.values.contains_key(&key))
                    else {
                        continue;
                    };
                    let mut text = String::new();
                    write_text(&column.ty, array, row, &mut text);
                    found.values.insert(key, shortened(&text));
                }
            }
            found.tables = reader.history().tables().cloned().collect();
            if changes >= MOST_CHANGES {
                return;
            }
        }
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}

/// Interest in all columns of all tables whose definition is known.
struct AllTables;

impl Interest for AllTables {
    fn wants_table(&mut self, _table: &TableName) -> bool {
        true
    }

    fn columns(&mut self, schema: &Arc<TableSchema>) -> ColumnSet {
        ColumnSet::all(schema.columns.len())
    }

    fn needs_definition(&self, _table: &TableName) -> bool {
        false
    }
}
