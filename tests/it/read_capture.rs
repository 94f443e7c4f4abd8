//! A capture as an iterator, for tests.

use std::{path::Path, sync::Arc};

use rowgate::{
    binlog::{BinlogError, Capture, CaptureReader, Interest, Item, ReadOptions},
    change::{ChangeSet, ColumnSet},
    schema::{SchemaHistory, TableName, TableSchema},
};

/// Interest in all columns of the tables of one schema.
struct OneSchema(String);

impl Interest for OneSchema {
    fn wants_table(&mut self, table: &TableName) -> bool {
        table.schema == self.0
    }

    fn columns(&mut self, schema: &Arc<TableSchema>) -> ColumnSet {
        ColumnSet::all(schema.columns.len())
    }
}

/// The changes of one schema's tables, then the error that ended the reading, if one did.
pub(crate) fn read_capture<P: AsRef<Path>>(paths: &[P], schema: &str) -> impl Iterator<Item = Result<ChangeSet, BinlogError>> + use<P> {
    read_with(paths, schema, ReadOptions::default())
}

/// The same with options.
pub(crate) fn read_with<P: AsRef<Path>>(
    paths: &[P],
    schema: &str,
    options: ReadOptions,
) -> impl Iterator<Item = Result<ChangeSet, BinlogError>> + use<P> {
    let interest = OneSchema(schema.to_owned());
    let opened = Capture::open(paths).and_then(|capture| CaptureReader::open(capture, SchemaHistory::new(), interest, options));
    let (mut reader, mut error) = match opened {
        Ok(reader) => (Some(reader), None),
        Err(error) => (None, Some(error)),
    };
    std::iter::from_fn(move || {
        loop {
            let Some(open) = &mut reader else { return error.take().map(Err) };
            match open.next() {
                Ok(Some(Item::Changes(set))) => return Some(Ok(set)),
                Ok(Some(Item::Ddl(_))) => {}
                Ok(None) => return None,
                Err(error) => {
                    reader = None;
                    return Some(Err(error));
                }
            }
        }
    })
}

/// An error's message with those of its causes.
pub(crate) fn with_sources(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        text += &format!(": {inner}");
        cause = inner.source();
    }
    text
}
