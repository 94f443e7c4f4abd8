//! Columns that stand beside those of the table: the two images of a change, and lookups.

use std::sync::Arc;

use arrow::array::ArrayRef;
use datafusion::{common::Column, logical_expr::Expr};

use super::{LookupIndex, lookup_key::LookupKey};
use crate::{
    change::ColumnSet,
    schema::{ColumnType, TableSchema},
};

/// Columns under a qualifier that has to be written. Each of them may be NULL.
#[derive(Debug, Clone)]
pub(in crate::mapping) struct Relation {
    pub(super) qualifier: String,
    /// None where something is wrong with the relation, which has been reported.
    pub(super) columns: Option<Vec<RelationColumn>>,
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
        Self { qualifier: qualifier.to_owned(), columns: Some(table.columns.iter().enumerate().map(column).collect()) }
    }

    /// The columns of a lookup that is found by these keys. `content` tells it from every other.
    pub(in crate::mapping) fn of_lookup<'c>(
        qualifier: &str,
        content: &str,
        columns: impl Iterator<Item = (&'c str, &'c ColumnType, &'c ArrayRef)>,
        keys: &[LookupKey],
        index: &Arc<LookupIndex>,
    ) -> Self {
        let names: Vec<&str> = keys.iter().map(|key| key.name.as_str()).collect();
        let row = index.row_of(format!("lookup_{content}({})", names.join(", ")), keys.iter().map(|key| key.row.clone()).collect());
        let reads = keys.iter().fold(ColumnSet::default(), |set, key| set.union(&key.reads));
        let column = |(name, ty, array): (&str, &ColumnType, &ArrayRef)| RelationColumn {
            name: name.to_owned(),
            ty: ty.clone(),
            read: super::lookup_index::value_of(format!("lookup_{content}.{name}"), array, row.clone()),
            reads: reads.clone(),
        };
        Self { qualifier: qualifier.to_owned(), columns: Some(columns.map(column).collect()) }
    }

    /// A relation of which nothing is known: its columns are wrong without a word.
    pub(in crate::mapping) fn unknown(qualifier: &str) -> Self {
        Self { qualifier: qualifier.to_owned(), columns: None }
    }
}
