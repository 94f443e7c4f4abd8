//! The row images that a window refers to: rows stay where they were decoded, a window holds numbers.

use std::sync::Arc;

use arrow::array::{Array, AsArray};

use crate::{
    change::Presence,
    load::cell_bytes::same_cell,
    mapping::{RoutedBatch, TargetLayout},
};

/// A row image of a window: its batch and its row there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct RowRef {
    pub(crate) batch: u32,
    pub(crate) row: u32,
}

/// The batches that a window's rows lie in.
#[derive(Debug, Clone, Default)]
pub(crate) struct Batches(Vec<Arc<RoutedBatch>>);

/// A row image seen through its batch.
#[derive(Clone, Copy)]
pub(crate) struct RowView<'a> {
    pub(crate) batch: &'a RoutedBatch,
    pub(crate) row: usize,
}

impl Batches {
    /// Keeps a batch alive and numbers it.
    pub(super) fn add(&mut self, batch: &Arc<RoutedBatch>) -> u32 {
        self.0.push(Arc::clone(batch));
        self.0.len() as u32 - 1
    }

    /// The row behind a number that this window gave.
    pub(crate) fn view(&self, row: RowRef) -> RowView<'_> {
        RowView { batch: &self.0[row.batch as usize], row: row.row as usize }
    }
}

impl<'a> RowView<'a> {
    /// What the row holds.
    pub(crate) fn layout(&self) -> &'a Arc<TargetLayout> {
        self.batch.layout()
    }

    /// A column's array, in which this row has [`RowView::row`].
    pub(crate) fn array(&self, column: usize) -> &'a dyn Array {
        self.batch.columns[column].as_deref().expect("a router with Purpose::Rows fills every column")
    }

    /// What the values of these columns take, where they differ in length.
    pub(crate) fn bytes(&self, columns: &[usize]) -> usize {
        let length = |&column: &usize| self.array(column).as_binary_opt::<i32>().map_or(0, |cells| cells.value(self.row).len());
        columns.iter().map(length).sum()
    }

    /// Whether the image carries every column of its layout.
    pub(crate) fn is_whole(&self) -> bool {
        match &self.batch.presence {
            Presence::Full => true,
            Presence::Partial { .. } => (0..self.layout().columns.len()).all(|column| self.batch.presence.has(self.row, column)),
        }
    }

    /// Whether these columns hold the same bytes in both rows; rows of different layouts are not compared.
    pub(crate) fn is_same(&self, other: &Self, columns: impl IntoIterator<Item = usize>) -> bool {
        Arc::ptr_eq(self.layout(), other.layout())
            && columns.into_iter().all(|column| same_cell((self.array(column), self.row), (other.array(column), other.row)))
    }
}
