//! What a reader gives out, and what it asks back.

use std::sync::Arc;

use crate::{
    change::{ChangeSet, ColumnSet},
    position::BinlogOffset,
    schema::{DdlEffect, TableName, TableSchema},
};

/// Which tables and columns the reader decodes.
pub trait Interest {
    /// Asked by name before anything of a table is decoded; false skips its row events whole.
    fn wants_table(&mut self, table: &TableName) -> bool;

    /// Which columns to decode; asked when a definition is first met, and again when it may have changed.
    fn columns(&mut self, schema: &Arc<TableSchema>) -> ColumnSet;

    /// Whether rows of the table are of use only with its definition. Else they are given without columns where it is not known.
    fn needs_definition(&self, _table: &TableName) -> bool {
        true
    }
}

/// Interest in everything.
#[derive(Debug, Clone, Copy, Default)]
pub struct Everything;

impl Interest for Everything {
    fn wants_table(&mut self, _table: &TableName) -> bool {
        true
    }

    fn columns(&mut self, schema: &Arc<TableSchema>) -> ColumnSet {
        ColumnSet::all(schema.columns.len())
    }
}

/// What comes next in a capture.
#[derive(Debug, Clone)]
pub enum Item {
    /// Changes of rows: whole transactions, or a part of a large one.
    Changes(ChangeSet),
    /// A statement that changed definitions; all changes before it were given out before it.
    Ddl(DdlStatement),
}

/// A statement that changed definitions.
#[derive(Debug, Clone)]
pub struct DdlStatement {
    /// Its event.
    pub position: BinlogOffset,
    /// The byte after it.
    pub end: BinlogOffset,
    /// Its text.
    pub sql: String,
    /// The schema that unqualified names mean.
    pub default_schema: Option<String>,
    /// What it did to tables.
    pub effects: Vec<DdlEffect>,
    /// The GTID of its transaction, as the server prints it.
    pub gtid: Option<String>,
    /// When it was committed on the server that wrote it first, in microseconds since 1970 UTC;
    /// whole seconds where the server says no more.
    pub time_us: i64,
}

/// How far a reader is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Progress {
    /// Bytes read, as they are on disk.
    pub bytes_read: u64,
    /// Bytes of the whole capture; none when it comes from standard input.
    pub bytes_total: Option<u64>,
    /// Changes of rows given out.
    pub row_events: u64,
    /// Transactions given out; one that is split counts once.
    pub transactions: u64,
}
