//! The names that an expression may use.

use super::relation::Relation;
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
    /// Columns beside them, which are named with their qualifier.
    relations: Vec<Relation>,
    view: View,
}

/// What an expression is asked of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum View {
    /// A row image.
    Image,
    /// A change: both of its images, and no column without saying which.
    Change,
}

impl Scope {
    /// The columns of a table under a qualifier.
    pub fn new(source: TableName, qualifier: String, columns: Vec<ScopeColumn>) -> Self {
        Self { source, qualifier, columns, relations: Vec::new(), view: View::Image }
    }

    /// Both images of a table's rows, as `before.` and `after.`: the columns of the image before come first in
    /// [`super::BoundExpr::columns`], then those of the image after.
    pub(in crate::mapping) fn of_change(table: &TableSchema, alias: Option<&str>) -> Self {
        let relations = vec![Relation::of_image("before", table, 0), Relation::of_image("after", table, table.columns.len())];
        Self { relations, view: View::Change, ..Self::of_table(table, alias) }
    }

    /// The columns of a table, under its alias where it has one.
    pub fn of_table(table: &TableSchema, alias: Option<&str>) -> Self {
        let columns = table
            .columns
            .iter()
            .enumerate()
            .map(|(index, column)| ScopeColumn { name: column.name.clone(), ty: column.ty.clone(), nullable: column.nullable, index })
            .collect();
        Self::new(table.name.clone(), alias.unwrap_or(&table.name.table).to_owned(), columns)
    }

    /// The columns beside the table's under this qualifier.
    pub(super) fn relation(&self, qualifier: &str) -> Option<&Relation> {
        self.relations.iter().find(|relation| relation.qualifier.eq_ignore_ascii_case(qualifier))
    }

    /// Whether a change is asked, not a row image.
    pub(super) fn is_of_change(&self) -> bool {
        self.view == View::Change
    }

    /// Finds a column as the server does: without regard to case.
    pub(super) fn column(&self, name: &str) -> Option<&ScopeColumn> {
        self.columns.iter().find(|column| column.name.to_lowercase() == name.to_lowercase())
    }
}
