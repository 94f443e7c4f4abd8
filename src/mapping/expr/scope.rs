//! The names that an expression may use.

use crate::schema::{ColumnType, TableName, TableSchema};

/// A column that an expression may read.
#[derive(Debug, Clone)]
pub struct ScopeColumn {
    /// The column's name.
    pub name: String,
    /// Its type.
    pub ty: ColumnType,
    /// Whether it may be NULL.
    pub nullable: bool,
    /// Its place in the table's definition.
    pub index: usize,
}

/// The columns of one table, under the names that qualify them.
#[derive(Debug, Clone)]
pub struct Scope {
    /// The table; its names are what `schema` and `table` mean.
    pub source: TableName,
    /// What may stand before the point of `t.column`: the table's name or its alias.
    pub qualifier: String,
    /// The columns.
    pub columns: Vec<ScopeColumn>,
}

impl Scope {
    /// The columns of a table, under its alias where it has one.
    pub fn of_table(table: &TableSchema, alias: Option<&str>) -> Self {
        let columns = table
            .columns
            .iter()
            .enumerate()
            .map(|(index, column)| ScopeColumn { name: column.name.clone(), ty: column.ty.clone(), nullable: column.nullable, index })
            .collect();
        Self { source: table.name.clone(), qualifier: alias.unwrap_or(&table.name.table).to_owned(), columns }
    }

    /// Finds a column as the server does: without regard to case.
    pub(super) fn column(&self, name: &str) -> Option<&ScopeColumn> {
        self.columns.iter().find(|column| column.name.to_lowercase() == name.to_lowercase())
    }
}
