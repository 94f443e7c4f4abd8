//! The outcome of tests for machines: one JSON object a test, one for each branch that no test reaches, one for the counts.

use std::io::Write;

use serde::Serialize;

use super::{diagnostic_lines::place, failure::Failure, test_report::Totals};
use crate::{
    mapping::{BranchKind, MappingSet},
    rule_test::{CellDifference, CellValue, Comparison, Run, TestRun, shown},
};

/// The names are frozen; more may be added.
#[derive(Serialize)]
struct TestLine<'t> {
    file: &'t str,
    line: usize,
    test: &'t str,
    passed: bool,
    differences: Vec<Difference<'t>>,
}

#[derive(Serialize)]
struct Difference<'t> {
    /// `differs`, `missing` or `unexpected`.
    kind: &'static str,
    expected: Option<String>,
    found: Option<String>,
    mapping: Option<&'t str>,
    reason: Option<&'t str>,
    cells: Vec<Cell<'t>>,
}

#[derive(Serialize)]
struct Cell<'t> {
    column: &'t str,
    side: &'static str,
    expected: &'t str,
    found: Option<String>,
}

#[derive(Serialize)]
struct UnreachedLine<'t> {
    file: &'t str,
    line: usize,
    column: usize,
    mapping: &'t str,
    unreached: &'static str,
}

#[derive(Serialize)]
struct TotalsLine {
    passed: usize,
    failed: usize,
    blessed: usize,
    branches: usize,
    branches_reached: usize,
}

/// Writes the tests of one set, and what they do not reach if all of them were run.
pub(super) fn write(out: &mut impl Write, set: &MappingSet, run: &Run, all: bool) -> Result<(), Failure> {
    for test in &run.tests {
        let file = &set.files()[test.file];
        let (line, _) = place(&file.text, test.test.span.start);
        let differences = test.comparisons.iter().filter_map(|comparison| difference(test, comparison)).collect();
        write_line(out, &TestLine { file: &file.path, line, test: &test.test.name.value, passed: test.passed(), differences })?;
    }
    for branch in run.coverage.unreached().into_iter().filter(|_| all) {
        let file = &set.files()[branch.file];
        let (line, column) = place(&file.text, branch.span.start);
        let unreached = word(branch.kind);
        write_line(out, &UnreachedLine { file: &file.path, line, column, mapping: &branch.mapping, unreached })?;
    }
    Ok(())
}

/// Writes the last line.
pub(super) fn write_totals(out: &mut impl Write, totals: &Totals) -> Result<(), Failure> {
    let Totals { passed, failed, blessed, branches, reached } = *totals;
    write_line(out, &TotalsLine { passed, failed, blessed, branches, branches_reached: reached })
}

fn write_line(out: &mut impl Write, line: &impl Serialize) -> Result<(), Failure> {
    let json = serde_json::to_string(line).expect("texts and numbers have a JSON form");
    writeln!(out, "{json}").map_err(|error| Failure::output(&error))
}

fn difference<'t>(test: &'t TestRun, comparison: &'t Comparison) -> Option<Difference<'t>> {
    let (kind, expected, found, cells): (_, _, _, &[CellDifference]) = match comparison {
        Comparison::Met { .. } => return None,
        Comparison::Missing { expected } => ("missing", Some(*expected), None, &[]),
        Comparison::Unexpected { found } => ("unexpected", None, Some(*found), &[]),
        Comparison::Differs { expected, found, cells, .. } => ("differs", Some(*expected), Some(*found), cells),
    };
    let expected = expected.map(|index| &test.test.expected[index]);
    let found = found.map(|index| &test.found[index]);
    Some(Difference {
        kind,
        expected: expected.map(ToString::to_string),
        found: found.map(|found| shown(&test.test, found, expected)),
        mapping: found.map(|found| found.mapping.as_str()),
        reason: found.and_then(|found| found.reason.as_deref()),
        cells: cells.iter().map(cell).collect(),
    })
}

fn cell(difference: &CellDifference) -> Cell<'_> {
    let found = match &difference.found {
        Some(CellValue::Text(text) | CellValue::Bytes(text)) => Some(text.clone()),
        Some(CellValue::Absent | CellValue::Null) | None => None,
    };
    let side = if difference.is_before { "before" } else { "after" };
    Cell { column: &difference.column, side, expected: &difference.expected, found }
}

fn word(kind: BranchKind) -> &'static str {
    match kind {
        BranchKind::Mapping => "mapping",
        BranchKind::WhereTrue => "where_true",
        BranchKind::WhereFalse => "where_false",
        BranchKind::WhenTrue => "when_true",
        BranchKind::WhenFalse => "when_false",
        BranchKind::Arm => "arm",
        BranchKind::NoArm => "no_arm",
        BranchKind::RouteNull => "route_null",
        BranchKind::RouteError => "route_error",
    }
}
