//! What a mapping says of each row image by itself: inside a place, outside, or no answer.

use std::borrow::Cow;

use arrow::array::{Array, ArrayRef, AsArray, RecordBatch};

use super::{
    CompiledMapping, FailureKind, MappingError, PlaceId, Places, RowFailure, RowPolicy, Side, decisions::Decisions, expr::RowError,
    gaps::Gaps, known_routes::KnownRoutes, route::Routed,
};

/// The answer for one image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ImageState {
    /// The mapping takes the row to this place.
    Inside(PlaceId),
    /// `WHERE` is not true.
    Outside,
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
    /// Asks `WHERE`, then the route of the rows inside, then the computed columns of the rows with a place: an error in
    /// something that a row does not need is none.
    pub(super) fn evaluate(
        mapping: &CompiledMapping,
        input: RecordBatch,
        gaps: &Gaps,
        known: &mut KnownRoutes,
        places: &mut Places,
    ) -> Result<Self, MappingError> {
        let (input, decisions) = mapping.decisions.choose(input);
        let states = vec![ImageState::Outside; input.num_rows()];
        let mut asked = Asked { mapping, decisions, states, problems: Vec::new() };
        let inside = asked.filter(&input, gaps)?;
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
    /// The rows for which `WHERE` is true.
    fn filter(&mut self, input: &RecordBatch, gaps: &Gaps) -> Result<Vec<u32>, MappingError> {
        let Some(filter) = &self.decisions.filter else {
            return Ok((0..input.num_rows() as u32).collect());
        };
        let mut candidates = Vec::new();
        let values = if gaps.is_empty() {
            filter.evaluate(input)?
        } else {
            candidates = self.without_gap(0..input.num_rows() as u32, "`WHERE`", |row| gaps.filter(row));
            filter.evaluate_rows(input, &candidates)?
        };
        let conditions = values.array.as_boolean_opt().ok_or(MappingError::NoCondition)?;
        let mut inside: Vec<u32> = Vec::with_capacity(input.num_rows());
        if gaps.is_empty() && conditions.null_count() == 0 {
            inside.extend(conditions.values().set_indices_u32());
        } else {
            let rows = if gaps.is_empty() { (0..input.num_rows() as u32).collect() } else { candidates };
            inside.extend(rows.into_iter().filter(|&row| conditions.is_valid(row as usize) && conditions.value(row as usize)));
        }
        for (row, error) in values.failures {
            self.expression_failed(row, "`WHERE`", &error);
        }
        Ok(inside)
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
