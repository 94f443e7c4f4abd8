//! What a target row holds: the select list, expanded over one table definition.

use std::sync::Arc;

use crate::schema::{ColumnType, TableSchema};

/// The columns of a mapping's target rows, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetLayout {
    /// The source table's definition.
    pub source: Arc<TableSchema>,
    /// The target columns, in the order of the select list.
    pub columns: Vec<TargetColumn>,
    /// What identifies a target row, as indices into `columns`, in key order; empty when nothing does.
    pub key: Vec<usize>,
}

/// A column of a target row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetColumn {
    /// Its name in the target.
    pub name: String,
    /// Its type: the source column's, or what MySQL would give the expression.
    pub ty: ColumnType,
    /// Whether it may be NULL.
    pub nullable: bool,
    /// The source column whose value it is; none where an expression computes it.
    pub source: Option<usize>,
    /// Whether it is part of the target's key.
    pub is_key: bool,
    /// Whether it passes on a column that the source computes: its target column is taken to be computed likewise,
    /// so no statement sets it. An expression's value is always set.
    pub generated: bool,
}

impl TargetLayout {
    /// Finds a column as the server does: without regard to case.
    pub fn column_index(&self, name: &str) -> Option<usize> {
        let lower = name.to_lowercase();
        self.columns.iter().position(|column| column.name.to_lowercase() == lower)
    }

    /// Whether nothing identifies a target row: its rows are multisets (INV-5).
    pub fn is_keyless(&self) -> bool {
        self.key.is_empty()
    }

    /// The columns that a statement sets: all but the generated ones.
    pub fn written(&self) -> impl Iterator<Item = (usize, &TargetColumn)> {
        self.columns.iter().enumerate().filter(|(_, column)| !column.generated)
    }
}
