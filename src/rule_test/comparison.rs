//! What was expected against what came out: as multisets, and where they differ, side by side.

use dsl::{ExpectedResult, RowChange, Test, TestRow};

use super::{
    expected::expected_value,
    found::{CellValue, Found},
};
use crate::load::LineOp;

/// The verdict on one expected or found result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Comparison {
    /// An expected result came out.
    Met {
        /// Of the expected results.
        expected: usize,
        /// Of the found ones.
        found: usize,
    },
    /// The nearest to an expected result that came out.
    Differs {
        /// Of the expected results.
        expected: usize,
        /// Of the found ones.
        found: usize,
        /// Whether the target is another.
        place: bool,
        /// The listed cells that differ.
        cells: Vec<CellDifference>,
    },
    /// Nothing like this expected result came out.
    Missing {
        /// Of the expected results.
        expected: usize,
    },
    /// This came out and was not expected.
    Unexpected {
        /// Of the found results.
        found: usize,
    },
}

/// A cell that is not as expected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellDifference {
    /// The column.
    pub column: String,
    /// Whether it is the row before an update.
    pub is_before: bool,
    /// What the test says; as written where the column cannot hold it.
    pub expected: String,
    /// What came out; none where the target has no such column.
    pub found: Option<CellValue>,
}

/// Compares all; expected results in their order, then what came out besides.
pub(super) fn compare(test: &Test, text: &str, found: &[Found]) -> Vec<Comparison> {
    let expected = &test.expected;
    let differences: Vec<Vec<Difference>> =
        expected.iter().map(|expected| found.iter().map(|found| Difference::of(expected, found, text)).collect()).collect();
    let met = matching(&differences, found.len());
    let mut taken: Vec<bool> = (0..found.len()).map(|found| met.contains(&Some(found))).collect();
    let mut verdicts = Vec::new();
    for (index, row) in differences.iter().enumerate() {
        if let Some(found) = met[index] {
            verdicts.push(Comparison::Met { expected: index, found });
            continue;
        }
        let free = row.iter().enumerate().filter(|(found, difference)| !taken[*found] && !difference.op);
        match free.min_by_key(|(_, difference)| difference.weight()) {
            Some((found, difference)) => {
                taken[found] = true;
                verdicts.push(Comparison::Differs { expected: index, found, place: difference.place, cells: difference.cells.clone() });
            }
            None => verdicts.push(Comparison::Missing { expected: index }),
        }
    }
    let unexpected = taken.iter().enumerate().filter(|(_, taken)| !**taken);
    verdicts.extend(unexpected.map(|(found, _)| Comparison::Unexpected { found }));
    verdicts
}

/// In what an expected and a found result differ.
#[derive(Debug, Clone)]
struct Difference {
    op: bool,
    place: bool,
    cells: Vec<CellDifference>,
}

impl Difference {
    fn of(expected: &ExpectedResult, found: &Found, text: &str) -> Self {
        match expected {
            ExpectedResult::Error { reason, .. } => {
                Self { op: found.op != LineOp::Error, place: found.error() != Some(&reason.text.to_ascii_lowercase()), cells: Vec::new() }
            }
            ExpectedResult::Row { place, change, .. } => {
                let same_place = found.place.as_ref().is_some_and(|other| {
                    let same_server = place.server.as_ref().is_none_or(|server| *server.value == *other.server);
                    *place.schema.text == *other.schema && *place.table.text == *other.table && same_server
                });
                let op = match change {
                    RowChange::Insert(_) => LineOp::Insert,
                    RowChange::Delete(_) => LineOp::Delete,
                    RowChange::Update(..) => LineOp::Update,
                };
                let cells = match change {
                    RowChange::Insert(row) | RowChange::Update(row, None) => differing(row, found, false, text),
                    RowChange::Delete(row) => differing(row, found, true, text),
                    RowChange::Update(row, Some(to)) => {
                        differing(row, found, true, text).into_iter().chain(differing(to, found, false, text)).collect()
                    }
                };
                Self { op: found.op != op, place: !same_place, cells }
            }
        }
    }

    fn is_none(&self) -> bool {
        !self.op && !self.place && self.cells.is_empty()
    }

    fn weight(&self) -> usize {
        self.cells.len() + if self.place { 2 } else { 0 }
    }
}

fn differing(row: &TestRow, found: &Found, is_before: bool, text: &str) -> Vec<CellDifference> {
    let mut cells = Vec::new();
    for (name, value) in &row.cells {
        let cell = if is_before { found.before(&name.text) } else { found.after(&name.text) };
        let wanted = cell.and_then(|cell| expected_value(value, &cell.ty));
        if wanted.is_some() && wanted.as_ref() == cell.map(|cell| &cell.value) {
            continue;
        }
        let written = || text.get(value.span.start as usize..value.span.end as usize).unwrap_or_default().to_owned();
        let expected = wanted.map_or_else(written, |wanted| wanted.to_string());
        cells.push(CellDifference { column: name.text.clone(), is_before, expected, found: cell.map(|cell| cell.value.clone()) });
    }
    cells
}

/// For each expected result the found one that it is paired with: as many pairs as can be, because an expected result that
/// lists few columns may fit several.
fn matching(differences: &[Vec<Difference>], found: usize) -> Vec<Option<usize>> {
    let mut owner: Vec<Option<usize>> = vec![None; found];
    for expected in 0..differences.len() {
        let mut tried = vec![false; found];
        augment(expected, differences, &mut owner, &mut tried);
    }
    (0..differences.len()).map(|expected| owner.iter().position(|owner| *owner == Some(expected))).collect()
}

/// Finds a place for one more expected result, moving others where they have another.
fn augment(expected: usize, differences: &[Vec<Difference>], owner: &mut [Option<usize>], tried: &mut [bool]) -> bool {
    for found in 0..owner.len() {
        if tried[found] || !differences[expected][found].is_none() {
            continue;
        }
        tried[found] = true;
        let is_free = owner[found].is_none_or(|other| augment(other, differences, owner, tried));
        if is_free {
            owner[found] = Some(expected);
            return true;
        }
    }
    false
}
