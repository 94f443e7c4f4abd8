//! Pairs the images of each change: two answers make one transition.

use std::cmp::Ordering;

use arrow::{
    array::{ArrayRef, DynComparator, make_comparator},
    compute::SortOptions,
};

use super::{
    CompiledMapping, DropReason, FailureKind, MappingError, PlaceId, RowFailure, RowPolicy, Side, Transition,
    gaps::Gaps,
    image_state::{ImageState, ImageStates, missing_column, policy_for},
};
use crate::change::{ImageBatch, Images, Op};

/// The transitions of a batch's changes, in their order.
pub(super) fn transitions(
    mapping: &CompiledMapping,
    batch: &ImageBatch,
    gaps: &Gaps<'_>,
    images: &ImageStates,
    columns: &[Option<ArrayRef>],
) -> Result<Vec<Transition>, MappingError> {
    let has_updates = batch.changes.iter().any(|change| change.op == Op::Update);
    let key = if has_updates { key_comparators(mapping, columns)? } else { Vec::new() };
    let pairing = Pairing { mapping, batch, gaps, images, key };
    let plain = gaps.is_empty();
    // Collecting results would let the vector grow step by step.
    let mut transitions = Vec::with_capacity(batch.changes.len());
    for change in &batch.changes {
        let images = change.images();
        // What most rows are is written where it stays: what is put together elsewhere first waits for its own bytes.
        match images {
            Images::Inserted(row) if plain => match pairing.images.states[row] {
                ImageState::Inside(to) => {
                    transitions.push(Transition::Insert { to, after: row as u32 });
                    continue;
                }
                ImageState::Outside => {
                    transitions.push(Transition::Nothing(DropReason::WhereFalse));
                    continue;
                }
                ImageState::Unheard(reason) => {
                    transitions.push(Transition::Nothing(reason));
                    continue;
                }
                ImageState::Skipped(_) | ImageState::Unknown(_) | ImageState::Failed(_) => {}
            },
            Images::Inserted(_) | Images::Updated { .. } | Images::Deleted(_) => {}
        }
        transitions.push(pairing.transition(images)?);
    }
    Ok(transitions)
}

/// Compare the bytes of two rows' key columns.
fn key_comparators(mapping: &CompiledMapping, columns: &[Option<ArrayRef>]) -> Result<Vec<DynComparator>, MappingError> {
    let layout = mapping.layout();
    let array = |&index: &usize| {
        let not_decoded =
            || MappingError::ColumnNotDecoded { table: layout.source.name.clone(), column: layout.columns[index].name.clone() };
        let array = columns[index].as_ref().ok_or_else(not_decoded)?;
        Ok(make_comparator(array, array, SortOptions::default())?)
    };
    layout.key.iter().map(array).collect()
}

struct Pairing<'a> {
    mapping: &'a CompiledMapping,
    batch: &'a ImageBatch,
    gaps: &'a Gaps<'a>,
    images: &'a ImageStates,
    key: Vec<DynComparator>,
}

impl Pairing<'_> {
    fn transition(&self, images: Images) -> Result<Transition, MappingError> {
        match images {
            Images::Inserted(row) => Ok(self.inserted(row)),
            Images::Deleted(row) => Ok(self.deleted(row)),
            Images::Updated { before, after } => self.updated(before, after),
        }
    }

    fn deleted(&self, row: usize) -> Transition {
        match self.side(row, Side::Before) {
            Ok(Some(from)) => Transition::Delete { from, before: row as u32 },
            Ok(None) => Transition::Nothing(self.drop_reason(row)),
            Err(other) => other,
        }
    }

    fn inserted(&self, row: usize) -> Transition {
        match self.side(row, Side::After) {
            // A column that the image of an INSERT lacks has its default, in the target as in the source.
            Ok(Some(to)) => match self.item_gap(row) {
                None => Transition::Insert { to, after: row as u32 },
                Some(gap) => self.lacks(gap),
            },
            Ok(None) => Transition::Nothing(self.drop_reason(row)),
            Err(other) => other,
        }
    }

    fn updated(&self, before: usize, after: usize) -> Result<Transition, MappingError> {
        let sides = self.side(before, Side::Before).and_then(|from| Ok((from, self.side(after, Side::After)?)));
        let (from, to) = match sides {
            Ok(sides) => sides,
            Err(other) => return Ok(other),
        };
        let (before_row, after_row) = (before as u32, after as u32);
        Ok(match (from, to) {
            (None, None) => Transition::Nothing(self.drop_reason(after)),
            (Some(from), None) => Transition::Delete { from, before: before_row },
            (None, Some(to)) => match self.any_gap(after) {
                None => Transition::Insert { to, after: after_row },
                Some(gap) => self.lacks(gap),
            },
            (Some(from), Some(to)) if from == to => {
                if let Some(gap) = self.changed_item_gap(before, after)? {
                    return Ok(self.lacks(gap));
                }
                if self.key.iter().all(|compare| compare(before, after) == Ordering::Equal) {
                    Transition::Update { at: to, before: before_row, after: after_row }
                } else {
                    Transition::Move { from, to, before: before_row, after: after_row }
                }
            }
            (Some(from), Some(to)) => match self.any_gap(after) {
                None => Transition::Move { from, to, before: before_row, after: after_row },
                Some(gap) => self.lacks(gap),
            },
        })
    }

    /// The image's place, none if it is outside; or what becomes of the whole change.
    fn side(&self, row: usize, side: Side) -> Result<Option<PlaceId>, Transition> {
        match self.images.states[row] {
            ImageState::Inside(place) => Ok(Some(place)),
            ImageState::Outside | ImageState::Unheard(_) | ImageState::Skipped(_) => Ok(None),
            ImageState::Unknown(_) => Err(Transition::Nothing(self.drop_reason(row))),
            ImageState::Failed(number) => Err(Transition::Failed(self.images.problems[number as usize].failure(side))),
        }
    }

    fn drop_reason(&self, row: usize) -> DropReason {
        match self.images.states[row] {
            ImageState::Inside(_) | ImageState::Outside => DropReason::WhereFalse,
            ImageState::Unheard(reason) => reason,
            ImageState::Skipped(number) | ImageState::Unknown(number) | ImageState::Failed(number) => {
                DropReason::Skipped(self.images.problems[number as usize].kind)
            }
        }
    }

    /// What an image lacks of the computed columns.
    fn item_gap(&self, row: usize) -> Option<Gap> {
        if self.gaps.is_empty() {
            return None;
        }
        (0..self.mapping.items.len()).find_map(|item| Some(Gap { item: Some(item), column: self.gaps.item(row as u32, item)? }))
    }

    /// What an image lacks of a whole target row.
    fn any_gap(&self, row: usize) -> Option<Gap> {
        let passed = self.gaps.passed(row as u32).map(|column| Gap { item: None, column });
        passed.or_else(|| self.item_gap(row))
    }

    /// What an after image lacks of a computed column that may have changed, because something that it reads did.
    fn changed_item_gap(&self, before: usize, after: usize) -> Result<Option<Gap>, MappingError> {
        if self.gaps.is_empty() {
            return Ok(None);
        }
        for (number, item) in self.mapping.items.iter().enumerate() {
            let Some(column) = self.gaps.item(after as u32, number) else { continue };
            for read in item.reads.iter().filter(|&read| self.batch.presence.has(after, read)) {
                if !self.batch.presence.has(before, read) || self.differs(read, before, after)? {
                    return Ok(Some(Gap { item: Some(number), column }));
                }
            }
        }
        Ok(None)
    }

    fn differs(&self, column: usize, before: usize, after: usize) -> Result<bool, MappingError> {
        let Some(array) = self.batch.columns.get(column).and_then(Option::as_ref) else { return Ok(true) };
        Ok(make_comparator(array, array, SortOptions::default())?(before, after) != Ordering::Equal)
    }

    /// The transition of a change whose after image is not enough.
    fn lacks(&self, gap: Gap) -> Transition {
        let kind = FailureKind::MissingColumn;
        let policy = policy_for(self.mapping, kind);
        if policy == RowPolicy::Skip {
            return Transition::Nothing(DropReason::Skipped(kind));
        }
        let reader = match gap.item {
            Some(item) => format!("column `{}`", self.mapping.layout().columns[self.mapping.items[item].column].name),
            None => "the whole row that enters a place".to_owned(),
        };
        let message = missing_column(self.mapping, gap.column, &reader).into();
        Transition::Failed(Box::new(RowFailure { kind, side: Side::After, message, policy }))
    }
}

/// A source column that an image lacks, and the computed column that reads it, if it is one.
#[derive(Debug, Clone, Copy)]
struct Gap {
    item: Option<usize>,
    column: usize,
}
