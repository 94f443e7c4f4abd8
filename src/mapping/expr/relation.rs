//! Columns that stand beside those of the table: the two images of a change.

use datafusion::{common::Column, logical_expr::Expr};

use crate::{
    change::ColumnSet,
    schema::{ColumnType, TableSchema},
};

/// Columns under a qualifier that has to be written. Each of them may be NULL.
#[derive(Debug, Clone)]
pub(super) struct Relation {
    pub(super) qualifier: String,
    pub(super) columns: Vec<RelationColumn>,
}

/// A column of a relation.
#[derive(Debug, Clone)]
pub(super) struct RelationColumn {
    pub(super) name: String,
    pub(super) ty: ColumnType,
    /// What gives its value in a batch.
    pub(super) read: Expr,
    /// What it depends on, as columns of the expression's [`super::BoundExpr::columns`].
    pub(super) reads: ColumnSet,
}

impl Relation {
    /// An image of a table's rows: its columns are fields named `qualifier.column`, and count from `first` on.
    pub(super) fn of_image(qualifier: &str, table: &TableSchema, first: usize) -> Self {
        let column = |(index, column): (usize, &crate::schema::Column)| RelationColumn {
            name: column.name.clone(),
            ty: column.ty.clone(),
            read: Expr::Column(Column::new_unqualified(format!("{qualifier}.{}", column.name))),
            reads: [first + index].into_iter().collect(),
        };
        Self { qualifier: qualifier.to_owned(), columns: table.columns.iter().enumerate().map(column).collect() }
    }

    /// Finds a column as the server does: without regard to case.
    pub(super) fn column(&self, name: &str) -> Option<&RelationColumn> {
        self.columns.iter().find(|column| column.name.to_lowercase() == name.to_lowercase())
    }
}
