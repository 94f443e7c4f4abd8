//! Changes of a table without a key: a multiset of rows, in which only bytes tell rows apart (INV-5).

use std::collections::HashMap;

use super::batches::{Batches, RowRef};
use crate::load::{cell_bytes::write_cell_bytes, target::TableBinding};

/// What a window does to a table without a key.
#[derive(Debug, Default)]
pub(crate) struct KeylessChanges {
    removes: Vec<RowRef>,
    puts: Vec<RowRef>,
}

/// Rows of a table without a key that a lane deletes, and rows that it inserts.
#[derive(Debug, Clone, Default)]
pub(crate) struct KeylessDifference {
    /// Each with the number of its copies that go.
    pub(crate) removes: Vec<(RowRef, u32)>,
    pub(crate) puts: Vec<RowRef>,
}

impl KeylessChanges {
    pub(super) fn remove(&mut self, row: RowRef) {
        self.removes.push(row);
    }

    pub(super) fn put(&mut self, row: RowRef) {
        self.puts.push(row);
    }

    pub(super) fn len(&self) -> usize {
        self.removes.len() + self.puts.len()
    }

    /// What is left when a row that comes and goes, in either order, is left alone.
    pub(super) fn difference(&self, batches: &Batches, binding: impl Fn(RowRef) -> std::sync::Arc<TableBinding>) -> KeylessDifference {
        let bytes = |row: RowRef| {
            let (view, mut out) = (batches.view(row), Vec::new());
            for &column in &binding(row).written {
                out.extend_from_slice(view.layout().columns[column].name.as_bytes());
                write_cell_bytes(view.array(column), view.row, &mut out);
            }
            out
        };
        let mut removed: HashMap<Vec<u8>, (RowRef, u32)> = HashMap::new();
        for &row in &self.removes {
            removed.entry(bytes(row)).or_insert((row, 0)).1 += 1;
        }
        let mut difference = KeylessDifference::default();
        for &row in &self.puts {
            match removed.get_mut(&bytes(row)) {
                Some((_, copies)) if *copies > 0 => *copies -= 1,
                _ => difference.puts.push(row),
            }
        }
        difference.removes = removed.into_values().filter(|&(_, copies)| copies > 0).collect();
        difference.removes.sort_unstable();
        difference
    }
}
