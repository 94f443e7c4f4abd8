//! A closed window as the work of its lanes: net changes become rows to remove, to insert and to change.

use std::sync::Arc;

use super::{
    Window,
    batches::{Batches, RowRef},
    component::{Components, stable_hash},
    net::{Belief, Net},
    table::TableChanges,
};
use crate::{
    load::target::{TableBinding, UpdateWay},
    mapping::PlaceId,
};

/// What one lane does in one window, in one transaction: first the removes of all its tables, then the puts.
#[derive(Clone, Default)]
pub(crate) struct LaneWork {
    /// In the order in which tables were first touched.
    pub(crate) tables: Vec<TableWork>,
}

/// What one lane does to one table with rows of one layout.
#[derive(Clone)]
pub(crate) struct TableWork {
    pub(crate) place: PlaceId,
    pub(crate) binding: Arc<TableBinding>,
    /// Rows that go where they are there: a redo does not know, nor does an event mapping.
    pub(crate) clears: Vec<RowRef>,
    /// Rows that are there go.
    pub(crate) removes: Vec<RowRef>,
    /// Rows without a key go, each with the number of its copies.
    pub(crate) copies: Vec<(RowRef, u32)>,
    /// Rows that are not there come.
    pub(crate) inserts: Vec<RowRef>,
    /// Rows that are there change under their key: before and after.
    pub(crate) changes: Vec<(RowRef, RowRef)>,
    /// Rows come, or become what has their key: those of event mappings, and in a redo where the target has columns of its own.
    pub(crate) puts: Vec<RowRef>,
}

impl LaneWork {
    pub(crate) fn is_empty(&self) -> bool {
        self.tables.is_empty()
    }

    fn of(&mut self, place: PlaceId, binding: &Arc<TableBinding>) -> &mut TableWork {
        let is_it = |work: &TableWork| work.place == place && Arc::ptr_eq(&work.binding, binding);
        let index = self.tables.iter().rposition(is_it).unwrap_or_else(|| {
            self.tables.push(TableWork::new(place, binding));
            self.tables.len() - 1
        });
        &mut self.tables[index]
    }
}

impl TableWork {
    fn new(place: PlaceId, binding: &Arc<TableBinding>) -> Self {
        let binding = Arc::clone(binding);
        let (removes, inserts) = (Vec::new(), Vec::new());
        Self { place, binding, clears: Vec::new(), removes, copies: Vec::new(), inserts, changes: Vec::new(), puts: Vec::new() }
    }
}

/// Spreads a window over `lanes`: one work for each, some of them empty. Tables without a key are lane 0's.
pub(crate) fn lane_works(window: &Window, lanes: usize) -> Vec<LaneWork> {
    let mut works = vec![LaneWork::default(); lanes];
    let rows: usize = window.tables().map(|(_, changes)| changes.nets.rows().len()).sum();
    let mut shares = Shares { share: rows.div_ceil(lanes).max(1), placed: 0 };
    for (place, changes) in window.tables() {
        let order = index_order(window.batches(), changes);
        let lane_of_row = spread(window.batches(), changes, &order, &mut shares);
        for row in order {
            add(&mut works[lane_of_row[row]], window, place, changes, &changes.nets.rows()[row]);
        }
        let binding = |row| Arc::clone(changes.binding(window.batches(), row));
        let difference = changes.keyless.difference(window.batches(), binding);
        for copies in difference.removes {
            works[0].of(place, changes.binding(window.batches(), copies.0)).copies.push(copies);
        }
        for row in difference.puts {
            works[0].of(place, changes.binding(window.batches(), row)).inserts.push(row);
        }
    }
    works
}

/// Adds what a row's net change asks for.
fn add(work: &mut LaneWork, window: &Window, place: PlaceId, changes: &TableChanges, net: &Net) {
    let binding = |row| changes.binding(window.batches(), row);
    if net.belief == Belief::Unknown {
        match (net.after, net.images.first()) {
            (Some(after), _) => work.of(place, binding(after)).puts.push(after),
            (None, Some(&image)) => work.of(place, binding(image)).clears.push(image),
            (None, None) => {}
        }
        return;
    }
    // In a redo nobody knows what the target holds: every row that was touched goes, and comes back as it ends. Where it can meet nothing but
    // itself it stays instead, with what the target has in columns of its own.
    if let Some(&image) = net.images.first() {
        if let Some(after) = net.after.filter(|&after| binding(after).keeps_own_columns()) {
            work.of(place, binding(after)).puts.push(after);
            return;
        }
        work.of(place, binding(image)).clears.push(image);
        if let Some(after) = net.after {
            work.of(place, binding(after)).inserts.push(after);
        }
        return;
    }
    match (net.before, net.after) {
        (None, None) => {}
        (Some(before), None) => work.of(place, binding(before)).removes.push(before),
        (None, Some(after)) => work.of(place, binding(after)).inserts.push(after),
        (Some(before), Some(after)) => {
            let (old, new) = (window.batches().view(before), window.batches().view(after));
            let binding_after = binding(after);
            if old.is_same(&new, binding_after.written.iter().copied()) {
                return;
            }
            let stays = Arc::ptr_eq(binding(before), binding_after) && binding_after.keeps_unique_values(old, new);
            if stays && binding_after.updates != UpdateWay::Replace {
                work.of(place, binding_after).changes.push((before, after));
            } else {
                work.of(place, binding(before)).removes.push(before);
                work.of(place, binding_after).inserts.push(after);
            }
        }
    }
}

/// The rows about in the order of the target's index.
fn index_order(batches: &Batches, changes: &TableChanges) -> Vec<usize> {
    let place = |net: &Net| {
        let image = net.after.or(net.before).or(net.images.first().copied());
        image.map_or(0, |row| changes.binding(batches, row).place_in_index(batches.view(row)))
    };
    let nets = changes.nets.rows();
    let mut order: Vec<usize> = (0..nets.len()).collect();
    order.sort_by_cached_key(|&row| place(&nets[row]));
    order
}

/// Fills one lane after the other, so that at most one table less than there are lanes is split.
struct Shares {
    share: usize,
    placed: usize,
}

impl Shares {
    /// The lane of the next component, which has so many rows.
    fn place(&mut self, rows: usize) -> usize {
        let lane = self.placed / self.share;
        self.placed += rows;
        lane
    }
}

/// The lane of each row: whole components, about as many rows to each lane, and each lane in tables, or a range of a table's index, of its
/// own as far as that goes. Lanes that write side by side into the same pages wait for each other in the server.
fn spread(batches: &Batches, changes: &TableChanges, order: &[usize], shares: &mut Shares) -> Vec<usize> {
    let nets = changes.nets.rows();
    let mut lane_of_row = vec![0; nets.len()];
    if changes.is_key_alone() {
        order.iter().for_each(|&row| lane_of_row[row] = shares.place(1));
        return lane_of_row;
    }
    let mut components = Components::new(nets.len());
    for (number, net) in (0u32..).zip(nets) {
        for row in net.before.into_iter().chain(net.after).chain(net.images.iter().copied()) {
            changes.binding(batches, row).unique_values(batches.view(row), stable_hash, |value| components.add(number, value));
        }
    }
    let roots: Vec<usize> = (0..nets.len() as u32).map(|row| components.root(row) as usize).collect();
    let mut sizes = vec![0_usize; nets.len()];
    roots.iter().for_each(|&root| sizes[root] += 1);
    let mut lane_of_root = vec![None; nets.len()];
    for &row in order {
        let root = roots[row];
        lane_of_row[row] = *lane_of_root[root].get_or_insert_with(|| shares.place(sizes[root]));
    }
    lane_of_row
}
