//! What a mapping says of each row image by itself: inside a place, outside, or no answer.

use std::borrow::Cow;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};

use super::{
    CompiledMapping, DropReason, FailureKind, MappingError, PlaceId, Places, RowFailure, RowPolicy, Side,
    decisions::Decisions,
    event::{Events, image},
    expr::RowError,
    gaps::Gaps,
    known_routes::KnownRoutes,
    route::Routed,
};
use crate::change::{Change, ImageBatch};

/// The answer for one image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ImageState {
    /// The mapping takes the row to this place.
    Inside(PlaceId),
    /// `WHERE` is not true.
    Outside,
    /// The mapping does not hear of the change.
    Unheard(DropReason),
    /// The row failed and counts as outside; see the problem of that number.
    Skipped(u32),
    /// Whether the row is inside cannot be known, and its change is to be dropped; see the problem of that number.
    Unknown(u32),
    /// The row failed; see the problem of that number.
    Failed(u32),
}

/// Why a row has no answer.
#[derive(Debug)]
pub(super) struct Problem {
    pub(super) kind: FailureKind,
    pub(super) message: Cow<'static, str>,
    pub(super) policy: RowPolicy,
}

impl Problem {
    /// The failure of a change whose image on `side` has this problem.
    pub(super) fn failure(&self, side: Side) -> Box<RowFailure> {
        Box::new(RowFailure { kind: self.kind, side, message: self.message.clone(), policy: self.policy })
    }
}

/// The answers for all images of a batch, with the values of the computed columns.
#[derive(Debug)]
pub(super) struct ImageStates {
    pub(super) states: Vec<ImageState>,
    pub(super) problems: Vec<Problem>,
    /// One array for each computed column, in the order of [`CompiledMapping::items`].
    pub(super) items: Vec<ArrayRef>,
}

impl ImageStates {
    /// Asks `FOR`, `WHERE`, `WHEN`, then the route of the rows inside, then the computed columns of the rows with a place: an error in
    /// something that a row does not need is none.
    pub(super) fn evaluate(
        mapping: &CompiledMapping,
        batch: &ImageBatch,
        input: RecordBatch,
        gaps: &Gaps,
        known: &mut KnownRoutes,
        places: &mut Places,
    ) -> Result<Self, MappingError> {
        let (input, decisions) = mapping.decisions.choose(input);
        let states = vec![ImageState::Outside; input.num_rows()];
        let mut asked = Asked { mapping, decisions, states, problems: Vec::new() };
        let heard = asked.heard(batch);
        let inside = asked.filter(&input, gaps, heard)?;
        let inside = asked.when(batch, gaps, inside)?;
        let inside = asked.route(&input, gaps, inside, known, places)?;
        let items = asked.items(&input, inside)?;
        Ok(Self { states: asked.states, problems: asked.problems, items })
    }
}

struct Asked<'a> {
    mapping: &'a CompiledMapping,
    decisions: &'a Decisions,
    states: Vec<ImageState>,
    problems: Vec<Problem>,
}

impl Asked<'_> {
    /// The rows of changes that `FOR` lets through; none where it lets all through.
    fn heard(&mut self, batch: &ImageBatch) -> Option<Vec<u32>> {
        let events = self.mapping.events.as_ref().filter(|events| !events.hears_all())?;
        let mut heard = Vec::with_capacity(batch.image_count);
        for change in &batch.changes {
            match events.unheard(change.op) {
                None => heard.extend(images(change).map(|(_, row)| row as u32)),
                Some(reason) => images(change).for_each(|(_, row)| self.states[row] = ImageState::Unheard(reason)),
            }
        }
        Some(heard)
    }

    /// The rows for which `WHERE` is true, of those heard of: of all where there is no list of them.
    fn filter(&mut self, input: &RecordBatch, gaps: &Gaps, heard: Option<Vec<u32>>) -> Result<Vec<u32>, MappingError> {
        let all = || (0..input.num_rows() as u32).collect::<Vec<u32>>();
        let Some(filter) = &self.decisions.filter else {
            return Ok(heard.unwrap_or_else(all));
        };
        let candidates = match heard {
            None if gaps.is_empty() => None,
            heard => Some(self.without_gap(heard.unwrap_or_else(all).into_iter(), "`WHERE`", |row| gaps.filter(row))),
        };
        let values = match &candidates {
            None => filter.evaluate(input)?,
            Some(candidates) => filter.evaluate_rows(input, candidates)?,
        };
        let conditions = values.array.as_boolean_opt().ok_or(MappingError::NoCondition)?;
        let mut inside: Vec<u32> = Vec::with_capacity(input.num_rows());
        if candidates.is_none() && conditions.null_count() == 0 {
            inside.extend(conditions.values().set_indices_u32());
        } else {
            let rows = candidates.unwrap_or_else(all);
            inside.extend(rows.into_iter().filter(|&row| conditions.is_valid(row as usize) && conditions.value(row as usize)));
        }
        for (row, error) in values.failures {
            self.expression_failed(row, "`WHERE`", &error);
        }
        Ok(inside)
    }

    /// Of the rows inside, those of changes for which `WHEN` is true.
    fn when(&mut self, batch: &ImageBatch, gaps: &Gaps, inside: Vec<u32>) -> Result<Vec<u32>, MappingError> {
        let Some(events) = self.mapping.events.as_ref() else { return Ok(inside) };
        let mut is_inside = vec![false; batch.image_count];
        inside.iter().for_each(|&row| is_inside[row as usize] = true);
        let candidates: Vec<&Change> = batch.changes.iter().filter(|change| images(change).any(|(_, row)| is_inside[row])).collect();
        let candidates = self.without_when_gap(candidates, gaps, &mut is_inside);
        self.ask_when(events, batch, &candidates, &mut is_inside)?;
        Ok(inside.into_iter().filter(|&row| is_inside[row as usize]).collect())
    }

    /// The changes whose images hold all that `WHEN` reads; the others fail.
    fn without_when_gap<'c>(&mut self, changes: Vec<&'c Change>, gaps: &Gaps, is_inside: &mut [bool]) -> Vec<&'c Change> {
        if gaps.is_empty() {
            return changes;
        }
        let is_whole = |change: &&Change| {
            let lacks = images(change).find_map(|(side, row)| Some((row, gaps.when(row as u32, side)?)));
            let Some((row, column)) = lacks else { return true };
            images(change).for_each(|(_, row)| is_inside[row] = false);
            let message = missing_column(self.mapping, column, "`WHEN`");
            self.failed(row as u32, FailureKind::MissingColumn, message.into());
            false
        };
        changes.into_iter().filter(is_whole).collect()
    }

    fn ask_when(&mut self, events: &Events, batch: &ImageBatch, changes: &[&Change], is_inside: &mut [bool]) -> Result<(), MappingError> {
        let Some(heard) = events.ask(batch, changes)? else { return Ok(()) };
        for (position, change) in changes.iter().enumerate() {
            if !heard.is_true(position) {
                for (_, row) in images(change) {
                    is_inside[row] = false;
                    self.states[row] = ImageState::Unheard(DropReason::WhenFalse);
                }
            }
        }
        for (position, error) in &heard.failures {
            // The last image: of an update, the row as it is now.
            if let Some((_, row)) = images(changes[*position as usize]).last() {
                self.expression_failed(row as u32, "`WHEN`", error);
            }
        }
        Ok(())
    }

    /// Of the rows inside, those that have a place.
    fn route(
        &mut self,
        input: &RecordBatch,
        gaps: &Gaps,
        mut inside: Vec<u32>,
        known: &mut KnownRoutes,
        places: &mut Places,
    ) -> Result<Vec<u32>, MappingError> {
        if !gaps.is_empty() {
            inside = self.without_gap(inside.into_iter(), "`ROUTE TO`", |row| gaps.route(row));
            inside = self.without_gap(inside.into_iter(), "`KEY`", |row| gaps.key(row));
        }
        let routes = self.mapping.route.evaluate(self.decisions.atoms.as_deref(), input, &inside, known, places)?;
        for (position, error) in &routes.failures {
            self.expression_failed(inside[*position], "`ROUTE TO`", error);
        }
        let mut position = 0;
        inside.retain(|&row| {
            let routed = routes.routed[position];
            position += 1;
            match routed {
                Some(Routed::To(place)) => self.states[row as usize] = ImageState::Inside(place),
                Some(Routed::Nowhere(part, why)) => self.failed(row, why.kind(), why.message(part).into()),
                None => {}
            }
            matches!(routed, Some(Routed::To(_)))
        });
        Ok(inside)
    }

    /// The computed columns of the rows that have a place.
    fn items(&mut self, input: &RecordBatch, mut inside: Vec<u32>) -> Result<Vec<ArrayRef>, MappingError> {
        let mut arrays = Vec::with_capacity(self.mapping.items.len());
        for item in &self.mapping.items {
            let values = item.value.evaluate_rows(input, &inside)?;
            if !values.failures.is_empty() {
                let name = &self.mapping.layout().columns[item.column].name;
                for (row, error) in &values.failures {
                    self.expression_failed(*row, &format!("column `{name}`"), error);
                }
                inside.retain(|&row| matches!(self.states[row as usize], ImageState::Inside(_)));
            }
            arrays.push(values.array);
        }
        Ok(arrays)
    }

    /// The rows whose images hold all that is asked of them; the others fail.
    fn without_gap(&mut self, rows: impl Iterator<Item = u32>, reader: &str, gap: impl Fn(u32) -> Option<usize>) -> Vec<u32> {
        let whole = |&row: &u32| match gap(row) {
            None => true,
            Some(column) => {
                let message = missing_column(self.mapping, column, reader);
                self.failed(row, FailureKind::MissingColumn, message.into());
                false
            }
        };
        rows.filter(whole).collect()
    }

    fn expression_failed(&mut self, row: u32, reader: &str, error: &RowError) {
        let message = format!("{reader} of mapping `{}`: {error}", self.mapping.name());
        self.failed(row, FailureKind::Expression(error.kind.word()), message.into());
    }

    fn failed(&mut self, row: u32, kind: FailureKind, message: Cow<'static, str>) {
        let policy = policy_for(self.mapping, kind);
        let number = self.problems.len() as u32;
        self.problems.push(Problem { kind, message, policy });
        self.states[row as usize] = match (policy, kind) {
            (RowPolicy::Skip, FailureKind::MissingColumn) => ImageState::Unknown(number),
            (RowPolicy::Skip, _) => ImageState::Skipped(number),
            (RowPolicy::Error | RowPolicy::DeadLetter, _) => ImageState::Failed(number),
        };
    }
}

/// The images that a change has, by their rows.
fn images(change: &Change) -> impl Iterator<Item = (Side, usize)> {
    [Side::Before, Side::After].into_iter().filter_map(|side| Some((side, image(change, side)?)))
}

/// What the mapping wants done with a failure of this kind.
pub(super) fn policy_for(mapping: &CompiledMapping, kind: FailureKind) -> RowPolicy {
    match kind {
        FailureKind::NullRoute => mapping.policies().on_null_route,
        _ => mapping.policies().on_row_error,
    }
}

/// What is said when `reader` needs a column that a partial image lacks.
pub(super) fn missing_column(mapping: &CompiledMapping, column: usize, reader: &str) -> String {
    let table = &mapping.layout().source;
    let name = table.columns.get(column).map_or("", |column| column.name.as_str());
    format!(
        "{reader} of mapping `{}` reads column `{name}` of `{}`, which the row image lacks: the source's `binlog_row_image` is not FULL",
        mapping.name(),
        table.name
    )
}
