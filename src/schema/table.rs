//! A table's name and its definition at one position.

use std::fmt;

use super::Column;

/// `schema.table`, as the server spells them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TableName {
    /// The schema (database).
    pub schema: String,
    /// The table.
    pub table: String,
}

impl TableName {
    /// Names a table.
    pub fn new(schema: impl Into<String>, table: impl Into<String>) -> Self {
        Self { schema: schema.into(), table: table.into() }
    }
}

impl fmt::Display for TableName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.schema, self.table)
    }
}

/// The definition of a table: what a row image of it holds and what identifies a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableSchema {
    /// The table's name.
    pub name: TableName,
    /// All columns a row image carries, in binlog order.
    pub columns: Vec<Column>,
    /// The columns of the primary key, as indices into `columns`, in key order; empty when there is none.
    pub primary_key: Vec<usize>,
    /// The other unique keys, in the order of the definition.
    pub unique_keys: Vec<UniqueKey>,
}

impl TableSchema {
    /// Finds a column as the server does: without regard to case.
    pub fn column_index(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name.eq_ignore_ascii_case(name) || column.name.to_lowercase() == name.to_lowercase())
    }

    /// Whether a row of one is a row of the other: the same columns and keys. Defaults and the names of keys may differ.
    pub fn holds_same_rows(&self, other: &Self) -> bool {
        let same_columns = self.columns.len() == other.columns.len()
            && self.columns.iter().zip(&other.columns).all(|(left, right)| {
                let (left_shape, right_shape) = ((&left.ty, left.nullable, left.generated), (&right.ty, right.nullable, right.generated));
                left.name == right.name && left_shape == right_shape
            });
        let same_keys = self.unique_keys.len() == other.unique_keys.len()
            && self
                .unique_keys
                .iter()
                .zip(&other.unique_keys)
                .all(|(left, right)| left.columns == right.columns && left.partial == right.partial);
        same_columns && self.primary_key == other.primary_key && same_keys
    }

    /// What identifies a row: the primary key, else the first unique key whose columns are all NOT NULL.
    pub fn identity(&self) -> Option<&[usize]> {
        if !self.primary_key.is_empty() {
            return Some(&self.primary_key);
        }
        let whole_and_not_null = |key: &&UniqueKey| !key.partial && key.columns.iter().all(|&column| !self.columns[column].nullable);
        self.unique_keys.iter().find(whole_and_not_null).map(|key| key.columns.as_slice())
    }
}

/// A unique key that is not the primary one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UniqueKey {
    /// The key's name.
    pub name: String,
    /// Its columns, as indices into the table's columns, in key order.
    pub columns: Vec<usize>,
    /// Whether it covers prefixes or expressions, so that whole column values do not identify a row.
    pub partial: bool,
}
