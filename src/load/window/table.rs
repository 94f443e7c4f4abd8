//! What a window does to one target table.

use std::sync::Arc;

use super::{
    batches::{Batches, RowRef},
    keyless::KeylessChanges,
    net::{Images, NetChanges},
};
use crate::{load::target::TableBinding, mapping::TargetLayout, schema::ColumnType};

/// The changes of one target table, with a binding for each layout that its rows have.
pub(crate) struct TableChanges {
    pub(crate) nets: NetChanges,
    pub(crate) keyless: KeylessChanges,
    bindings: Vec<Arc<TableBinding>>,
}

impl TableChanges {
    pub(super) fn new(images: Images) -> Self {
        Self { nets: NetChanges::new(images), keyless: KeylessChanges::default(), bindings: Vec::new() }
    }

    /// Whether rows with other key bytes can never meet: keys are the only unique values, and all layouts write them alike.
    pub(super) fn is_key_alone(&self) -> bool {
        are_keys_alone(&self.bindings)
    }

    /// The binding of a row's layout.
    pub(crate) fn binding(&self, batches: &Batches, row: RowRef) -> &Arc<TableBinding> {
        self.find(batches.view(row).layout()).expect("a row enters a window only after its layout was bound")
    }

    /// Makes sure that the layout is bound.
    pub(super) fn bind(&mut self, binding: &Arc<TableBinding>) {
        if self.find(&binding.layout).is_none() {
            self.bindings.push(Arc::clone(binding));
        }
    }

    fn find(&self, layout: &Arc<TargetLayout>) -> Option<&Arc<TableBinding>> {
        self.bindings.iter().find(|binding| Arc::ptr_eq(&binding.layout, layout))
    }
}

/// Whether rows of these layouts, which go to one table, can only meet where their key bytes are the same.
pub(super) fn are_keys_alone(bindings: &[Arc<TableBinding>]) -> bool {
    let key = |binding: &Arc<TableBinding>| -> Vec<(String, ColumnType)> {
        let layout = &binding.layout;
        layout.key.iter().map(|&column| (layout.columns[column].name.clone(), layout.columns[column].ty.clone())).collect()
    };
    let is_alike = |pair: &[Arc<TableBinding>]| key(&pair[0]) == key(&pair[1]);
    bindings.iter().all(|binding| binding.is_key_alone) && bindings.windows(2).all(is_alike)
}
