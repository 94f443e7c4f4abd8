//! `--bless`: the EXPECT parts of a file become what came out; every other byte stays.

use dsl::{ExpectedPlace, ExpectedResult, Name, RowChange, Span, Test, TestRow, Text};

use super::{
    comparison::Comparison,
    found::{CellValue, Found, FoundCell},
    literal::literal,
    run::TestRun,
};
use crate::load::LineOp;

/// The file's text with the EXPECT parts of its failed tests rewritten.
pub fn blessed(text: &str, runs: &[&TestRun]) -> String {
    let mut out = text.to_owned();
    let mut failed: Vec<&&TestRun> = runs.iter().filter(|run| !run.passed()).collect();
    failed.sort_by_key(|run| std::cmp::Reverse(run.test.expected_span.start));
    for run in failed {
        let Span { start, end } = run.test.expected_span;
        // Each result stands under the first.
        let line = text.get(..start as usize).unwrap_or_default().rsplit('\n').next().unwrap_or_default();
        let indent = " ".repeat(line.chars().count());
        let results: Vec<String> = results(run).iter().map(ToString::to_string).collect();
        let written = if results.is_empty() { "NOTHING".to_owned() } else { results.join(&format!(",\n{indent}")) };
        out.replace_range(start as usize..end as usize, &written);
    }
    out
}

/// What came out in the words of a test; with the columns of the result it is compared with, where there is one.
pub fn shown(test: &Test, found: &Found, expected: Option<&ExpectedResult>) -> String {
    result(test, found, expected).to_string()
}

fn results(run: &TestRun) -> Vec<ExpectedResult> {
    // What came out in the order of the results that it stands for, then the rest.
    let order = run.comparisons.iter().filter_map(|comparison| match comparison {
        Comparison::Met { expected, found } | Comparison::Differs { expected, found, .. } => Some((*found, Some(*expected))),
        Comparison::Unexpected { found } => Some((*found, None)),
        Comparison::Missing { .. } => None,
    });
    order.map(|(found, expected)| result(&run.test, &run.found[found], expected.map(|index| &run.test.expected[index]))).collect()
}

fn result(test: &Test, found: &Found, expected: Option<&ExpectedResult>) -> ExpectedResult {
    let span = Span::default();
    let Some(place) = &found.place else {
        return ExpectedResult::Error { reason: name(found.error().unwrap_or_default()), span };
    };
    let names_server = match expected {
        Some(ExpectedResult::Row { place, .. }) => place.server.is_some(),
        Some(ExpectedResult::Error { .. }) | None => &*place.server != "default",
    };
    let server = names_server.then(|| Text { value: place.server.to_string(), span });
    let place = ExpectedPlace { schema: name(&place.schema), table: name(&place.table), server };
    let written = match expected {
        Some(ExpectedResult::Row { change, .. }) => Some(change),
        Some(ExpectedResult::Error { .. }) | None => None,
    };
    let listed = |at: usize| written.and_then(|change| change.rows().nth(at));
    let change = match found.op {
        LineOp::Insert => RowChange::Insert(row(&found.after, test, found, listed(0))),
        LineOp::Delete => RowChange::Delete(row(&found.before, test, found, listed(0))),
        LineOp::Update if matches!(written, Some(RowChange::Update(_, None))) => {
            RowChange::Update(row(&found.after, test, found, listed(0)), None)
        }
        LineOp::Update | LineOp::None | LineOp::Error => {
            let to = listed(1).map_or_else(|| changed(found), |listed| row(&found.after, test, found, Some(listed)));
            RowChange::Update(row(&found.before, test, found, listed(0)), Some(to))
        }
    };
    ExpectedResult::Row { place, change, span }
}

/// The columns that the test listed for this result; else the key, the columns that the change names, and what was computed.
fn row(cells: &[FoundCell], test: &Test, found: &Found, listed: Option<&TestRow>) -> TestRow {
    let mentions = |row: &TestRow, cell: &FoundCell| row.cells.iter().any(|(name, _)| name.text.eq_ignore_ascii_case(&cell.name));
    let given = test.given.get(found.change);
    let wanted = |cell: &&FoundCell| match listed {
        Some(row) => mentions(row, cell),
        None => cell.is_key || cell.is_computed || given.is_some_and(|given| given.change.rows().any(|row| mentions(row, cell))),
    };
    test_row(cells.iter().filter(wanted))
}

/// The cells of an update that are other than before; the key where none is.
fn changed(found: &Found) -> TestRow {
    let is_new = |(before, after): &(&FoundCell, &FoundCell)| after.value != CellValue::Absent && before.value != after.value;
    let pairs = || found.before.iter().zip(&found.after);
    if pairs().any(|pair| is_new(&pair)) {
        return test_row(pairs().filter(is_new).map(|(_, after)| after));
    }
    test_row(found.after.iter().filter(|cell| cell.is_key))
}

fn test_row<'c>(cells: impl Iterator<Item = &'c FoundCell>) -> TestRow {
    let cells = cells.filter_map(|cell| Some((name(&cell.name), literal(cell)?)));
    TestRow { cells: cells.collect(), span: Span::default() }
}

fn name(text: &str) -> Name {
    Name { text: text.to_owned(), quoted: false, span: Span::default() }
}
