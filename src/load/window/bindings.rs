//! The target tables of one server that are bound so far.

use std::sync::Arc;

use super::table::are_keys_alone;
use crate::{
    load::target::TableBinding,
    mapping::{PlaceId, TargetLayout},
};

/// For each place that rows have come with: that it is another server's, or a binding for each layout.
#[derive(Default)]
pub(crate) struct Bindings(Vec<Slot>);

#[derive(Default)]
enum Slot {
    #[default]
    Unknown,
    Foreign,
    Ours(Vec<Arc<TableBinding>>),
}

/// What is known of rows of one layout in one place.
pub(crate) enum Bound<'a> {
    /// Nobody asked yet; another layout may be bound there.
    Unknown(Option<&'a Arc<TableBinding>>),
    /// The place is another server's.
    Foreign,
    /// The place is this server's.
    Ours(&'a Arc<TableBinding>),
}

impl Bindings {
    /// What is known.
    pub(crate) fn get(&self, place: PlaceId, layout: &Arc<TargetLayout>) -> Bound<'_> {
        match self.0.get(place.0 as usize) {
            None | Some(Slot::Unknown) => Bound::Unknown(None),
            Some(Slot::Foreign) => Bound::Foreign,
            Some(Slot::Ours(bindings)) => match bindings.iter().find(|binding| Arc::ptr_eq(&binding.layout, layout)) {
                Some(binding) => Bound::Ours(binding),
                None => Bound::Unknown(bindings.first()),
            },
        }
    }

    /// Whether rows that go to the place, if it is this server's, can only meet where their key bytes are the same.
    pub(super) fn is_key_alone(&self, place: PlaceId) -> bool {
        match self.0.get(place.0 as usize) {
            None | Some(Slot::Unknown | Slot::Foreign) => true,
            Some(Slot::Ours(bindings)) => are_keys_alone(bindings),
        }
    }

    /// Notes that the place is another server's.
    pub(crate) fn add_foreign(&mut self, place: PlaceId) {
        *self.slot(place) = Slot::Foreign;
    }

    /// Keeps a binding.
    pub(crate) fn add(&mut self, place: PlaceId, binding: TableBinding) {
        let binding = Arc::new(binding);
        match self.slot(place) {
            Slot::Ours(bindings) => bindings.push(binding),
            slot => *slot = Slot::Ours(vec![binding]),
        }
    }

    fn slot(&mut self, place: PlaceId) -> &mut Slot {
        let index = place.0 as usize;
        if self.0.len() <= index {
            self.0.resize_with(index + 1, Slot::default);
        }
        &mut self.0[index]
    }
}
