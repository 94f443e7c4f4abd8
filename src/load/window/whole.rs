//! A window while it fills and when it is closed.

use std::{collections::HashMap, sync::Arc};

use super::{
    Bindings, Bound, Span, Step, StepKind,
    batches::{Batches, RowRef, RowView},
    component::stable_hash,
    net::{Belief, Images, Owner, RowChange},
    table::TableChanges,
};
use crate::{
    load::{RoutedSet, cell_bytes::write_cell_bytes, target::TableBinding},
    mapping::{PlaceId, RoutedBatch, Transition},
};

/// How the rows of a window are applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WindowKind {
    /// By the net change of each row.
    Net,
    /// The same without a belief about what the target holds: some lanes may have passed it before.
    Redo,
    /// Change by change, in one lane: some images are partial, or rows of an event mapping may meet others than those of their key bytes.
    InOrder,
}

/// A run of transactions and what they ask of one server.
pub(crate) struct Window {
    kind: WindowKind,
    span: Span,
    batches: Batches,
    /// The batches of the set that is being added, by set batch and mapping.
    entries: HashMap<(usize, usize), Entry>,
    last_entry: Option<((usize, usize), Entry)>,
    tables: Vec<(PlaceId, TableChanges)>,
    table_of_place: HashMap<PlaceId, usize>,
    steps: Vec<Step>,
    /// Reused for each row.
    key: Vec<u8>,
    /// Changes of the source that this server is told of.
    pub(crate) changes: u64,
    /// Bytes that its rows keep alive.
    pub(super) row_bytes: usize,
}

/// A batch in this window.
#[derive(Clone)]
struct Entry {
    number: u32,
    /// The hash of its source table and its mapping.
    source: u64,
    /// Columns that tell source rows of one target key apart.
    identity: Arc<[usize]>,
}

/// What is asked of one target row, by rows of the batch.
#[derive(Clone, Copy)]
enum Asked {
    Put(u32),
    Remove(u32),
    Change(u32, u32),
}

/// One mapping's answer to one change of the source.
#[derive(Clone, Copy)]
pub(super) struct Answer<'a> {
    pub(super) set: &'a RoutedSet,
    /// The batch in the set, and the mapping among those that read it.
    pub(super) batch: (usize, usize),
    pub(super) change: usize,
}

/// Whether changes of tables without a key are taken: a redo leaves out those that their lane has (LD-9).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Keyless {
    Take,
    LeaveOut,
}

impl Window {
    pub(super) fn new(kind: WindowKind, span: Span) -> Self {
        Self {
            kind,
            span,
            batches: Batches::default(),
            entries: HashMap::new(),
            last_entry: None,
            tables: Vec::new(),
            table_of_place: HashMap::new(),
            steps: Vec::new(),
            key: Vec::new(),
            changes: 0,
            row_bytes: 0,
        }
    }

    /// How its rows are applied.
    pub(crate) fn kind(&self) -> WindowKind {
        self.kind
    }

    /// What it covers.
    pub(crate) fn span(&self) -> &Span {
        &self.span
    }

    pub(super) fn span_mut(&mut self) -> &mut Span {
        &mut self.span
    }

    /// The rows behind its numbers.
    pub(crate) fn batches(&self) -> &Batches {
        &self.batches
    }

    /// The same, when nothing else is asked of the window.
    pub(crate) fn into_batches(self) -> Batches {
        self.batches
    }

    /// What it does to each table, in the order in which they were first touched.
    pub(super) fn tables(&self) -> impl Iterator<Item = (PlaceId, &TableChanges)> {
        self.tables.iter().map(|(place, changes)| (*place, changes))
    }

    /// The changes of a window that is applied in order.
    pub(crate) fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// In bytes, with the rows that it keeps alive.
    pub(super) fn memory(&self) -> usize {
        let tables: usize =
            self.tables.iter().map(|(_, changes)| changes.nets.memory() + changes.keyless.len() * size_of::<RowRef>()).sum();
        self.row_bytes + tables + self.steps.capacity() * size_of::<Step>()
    }

    /// The batches of another set have other numbers.
    pub(super) fn begin_set(&mut self) {
        self.entries.clear();
        self.last_entry = None;
    }

    /// Adds what one change asks of this server. Where its rows go is bound already.
    pub(super) fn add(&mut self, answer: Answer<'_>, bindings: &Bindings, keyless: Keyless) {
        let routed = answer.routed();
        let binding = |place| match bindings.get(place, routed.layout()) {
            Bound::Ours(binding) => Some((place, binding)),
            Bound::Foreign => None,
            Bound::Unknown(_) => unreachable!("the layouts of a set are bound before it is added"),
        };
        let (first, second) = match routed.transitions[answer.change] {
            Transition::Nothing(_) | Transition::Failed(_) => return,
            Transition::Insert { to, after } => (binding(to).map(|to| (to, Asked::Put(after))), None),
            Transition::Delete { from, before } => (binding(from).map(|from| (from, Asked::Remove(before))), None),
            Transition::Update { at, before, after } => (binding(at).map(|at| (at, Asked::Change(before, after))), None),
            // An after image that lacks cells can only change the row where it lies.
            Transition::Move { from, to, before, after } if from == to && self.kind == WindowKind::InOrder && !answer.puts(after) => {
                (binding(to).map(|to| (to, Asked::Change(before, after))), None)
            }
            Transition::Move { from, to, before, after } => {
                (binding(from).map(|from| (from, Asked::Remove(before))), binding(to).map(|to| (to, Asked::Put(after))))
            }
        };
        self.changes += u64::from(first.is_some() || second.is_some());
        for ((place, binding), asked) in first.into_iter().chain(second) {
            if keyless == Keyless::Take || !routed.layout().is_keyless() {
                self.take(answer, place, binding, asked);
            }
        }
    }

    fn take(&mut self, answer: Answer<'_>, place: PlaceId, binding: &Arc<TableBinding>, asked: Asked) {
        let entry = self.entry(answer);
        let row = |row: u32| RowRef { batch: entry.number, row };
        if self.kind == WindowKind::InOrder {
            let kind = match asked {
                Asked::Put(after) | Asked::Change(_, after) if answer.puts(after) => StepKind::Put(row(after)),
                Asked::Remove(before) if answer.is_event() => StepKind::Clear(row(before)),
                Asked::Put(after) => StepKind::Insert(row(after)),
                Asked::Remove(before) => StepKind::Delete(row(before)),
                Asked::Change(before, after) => StepKind::Update(row(before), row(after)),
            };
            self.steps.push(Step { place, binding: Arc::clone(binding), kind });
            return;
        }
        let table = self.table(place);
        let changes = &mut self.tables[table].1;
        changes.bind(binding);
        if binding.layout.is_keyless() {
            let (before, after) = match asked {
                Asked::Put(after) => (None, Some(after)),
                Asked::Remove(before) => (Some(before), None),
                Asked::Change(before, after) => (Some(before), Some(after)),
            };
            before.into_iter().for_each(|before| changes.keyless.remove(row(before)));
            after.into_iter().for_each(|after| changes.keyless.put(row(after)));
            return;
        }
        let (change, image) = match asked {
            Asked::Put(after) => (RowChange::Put(row(after)), after),
            Asked::Remove(before) => (RowChange::Remove(row(before)), before),
            Asked::Change(before, after) => (RowChange::Change(row(before), row(after)), after),
        };
        self.key.clear();
        binding.write_key(RowView { batch: answer.routed(), row: image as usize }, &mut self.key);
        let owner = Owner(entry.source ^ identity(answer, &entry, image));
        let belief = if answer.is_event() { Belief::Unknown } else { Belief::Known };
        changes.nets.add(&self.key, owner, change, belief);
    }

    fn entry(&mut self, answer: Answer<'_>) -> Entry {
        if let Some((batch, entry)) = &self.last_entry
            && *batch == answer.batch
        {
            return entry.clone();
        }
        let entry =
            self.entries.entry(answer.batch).or_insert_with(|| Entry::new(self.batches.add(answer.routed_batch()), answer.routed()));
        self.last_entry = Some((answer.batch, entry.clone()));
        entry.clone()
    }

    fn table(&mut self, place: PlaceId) -> usize {
        let images = if self.kind == WindowKind::Redo { Images::All } else { Images::Net };
        *self.table_of_place.entry(place).or_insert_with(|| {
            self.tables.push((place, TableChanges::new(images)));
            self.tables.len() - 1
        })
    }
}

impl<'a> Answer<'a> {
    fn routed_batch(&self) -> &'a Arc<RoutedBatch> {
        &self.set.routed[self.batch.0][self.batch.1]
    }

    fn routed(&self) -> &'a RoutedBatch {
        self.routed_batch()
    }

    /// Whether the mapping lets only some changes through, and its target has a key. (Without one it only inserts.)
    fn is_event(&self) -> bool {
        let routed = self.routed();
        routed.mapping.is_event_mapping() && !routed.layout().is_keyless()
    }

    /// Whether the row is put whatever the target holds. An update whose image lacks cells needs the row that it changes.
    fn puts(&self, after: u32) -> bool {
        let is_update = matches!(self.routed().transitions[self.change], Transition::Update { .. } | Transition::Move { .. });
        let is_whole = || RowView { batch: self.routed(), row: after as usize }.is_whole();
        self.is_event() && (!is_update || is_whole())
    }

    /// Whether its net change would not do: a row of it lacks cells, or the window would not see which rows of an event mapping meet.
    pub(super) fn needs_order(&self, bindings: &Bindings) -> bool {
        let meets_others = || match self.routed().transitions[self.change] {
            Transition::Nothing(_) | Transition::Failed(_) => false,
            Transition::Insert { to: place, .. } | Transition::Delete { from: place, .. } | Transition::Update { at: place, .. } => {
                !bindings.is_key_alone(place)
            }
            Transition::Move { from, to, .. } => !(bindings.is_key_alone(from) && bindings.is_key_alone(to)),
        };
        self.is_partial() || (self.is_event() && meets_others())
    }

    /// Whether a row of the change lacks cells.
    fn is_partial(&self) -> bool {
        let routed = self.routed();
        let whole = |row: u32| RowView { batch: routed, row: row as usize }.is_whole();
        match routed.transitions[self.change] {
            Transition::Nothing(_) | Transition::Failed(_) => false,
            Transition::Insert { after: row, .. } | Transition::Delete { before: row, .. } => !whole(row),
            Transition::Update { before, after, .. } | Transition::Move { before, after, .. } => !(whole(before) && whole(after)),
        }
    }
}

impl Entry {
    fn new(number: u32, routed: &RoutedBatch) -> Self {
        let layout = routed.layout();
        let source = stable_hash(format!("{} {}", layout.source.name, routed.mapping.name()).as_bytes());
        let is_carried = |column: &usize| layout.key.iter().any(|&key| layout.columns[key].source == Some(*column));
        let identity = layout.source.identity().unwrap_or_default();
        // Where the target's key holds the whole identity, rows of one key are one source row.
        let identity = if identity.iter().all(is_carried) { Vec::new() } else { identity.to_vec() };
        Self { number, source, identity: identity.into() }
    }
}

/// What tells the source row from others that may have its target key, as far as it was decoded.
fn identity(answer: Answer<'_>, entry: &Entry, image: u32) -> u64 {
    if entry.identity.is_empty() {
        return 0;
    }
    let columns = &answer.set.set.batches[answer.batch.0].columns;
    let mut bytes = Vec::with_capacity(32);
    for array in entry.identity.iter().filter_map(|&column| columns[column].as_ref()) {
        write_cell_bytes(array, image as usize, &mut bytes);
    }
    stable_hash(&bytes)
}
