//! The outcome of tests for people: names, what differs column by column, what no test reaches, counts.

use std::io::{self, Write};

use dsl::{ExpectedResult, RowChange, Span};

use super::{diagnostic_lines::place, failure::Failure, style::Style};
use crate::{
    mapping::{Branch, BranchKind, MappingSet},
    rule_test::{CellDifference, Comparison, Run, TestRun, shown},
};

/// Prints the tests of one set.
pub(super) struct Report<'s> {
    pub(super) style: Style,
    pub(super) set: &'s MappingSet,
}

/// The counts of all sets.
#[derive(Debug, Default)]
pub(super) struct Totals {
    pub(super) passed: usize,
    pub(super) failed: usize,
    pub(super) blessed: usize,
    pub(super) branches: usize,
    pub(super) reached: usize,
}

impl Report<'_> {
    /// Prints the tests, failed ones with what differs; answers a line for each branch that none of them reaches.
    pub(super) fn write(&self, out: &mut impl Write, run: &Run) -> Result<Vec<String>, Failure> {
        self.names(out, run).and_then(|()| self.failures(out, run)).map_err(|error| Failure::output(&error))?;
        Ok(run.coverage.unreached().into_iter().map(|branch| self.unreached(branch)).collect())
    }

    fn names(&self, out: &mut impl Write, run: &Run) -> io::Result<()> {
        let mut file = None;
        for test in &run.tests {
            if file.replace(test.file) != Some(test.file) {
                writeln!(out, "{}", self.style.strong(&self.set.files()[test.file].path))?;
            }
            let verdict = if test.passed() { self.style.good("ok  ") } else { self.style.bad("FAIL") };
            writeln!(out, "  {verdict}  {}", test.test.name.value)?;
        }
        Ok(())
    }

    fn failures(&self, out: &mut impl Write, run: &Run) -> io::Result<()> {
        for test in run.tests.iter().filter(|test| !test.passed()) {
            let file = &self.set.files()[test.file];
            let (line, column) = place(&file.text, test.test.span.start);
            writeln!(out, "\n{}  {}", self.style.bad("FAIL"), self.style.strong(&test.test.name.value))?;
            writeln!(out, "{}", self.style.faint(&format!("  {}:{line}:{column}", file.path)))?;
            for comparison in &test.comparisons {
                self.comparison(out, test, comparison)?;
            }
            if test.test.expected.is_empty() {
                writeln!(out, "  expected NOTHING")?;
            }
        }
        Ok(())
    }

    fn comparison(&self, out: &mut impl Write, test: &TestRun, comparison: &Comparison) -> io::Result<()> {
        let expected = |index: &usize| &test.test.expected[*index];
        match comparison {
            Comparison::Met { expected: index, .. } => writeln!(out, "  {}", self.style.faint(&format!("  {}", expected(index)))),
            Comparison::Missing { expected: index } => {
                writeln!(out, "  {}", self.style.bad(&format!("- {}", expected(index))))?;
                writeln!(out, "      did not come out")
            }
            Comparison::Unexpected { found } => {
                let found = &test.found[*found];
                writeln!(out, "  {}", self.style.good(&format!("+ {}", shown(&test.test, found, None))))?;
                let reason = found.reason.as_deref().map(|reason| format!(": {reason}")).unwrap_or_default();
                writeln!(out, "      came out of mapping `{}` and was not expected{reason}", found.mapping)
            }
            Comparison::Differs { expected: index, found, place, cells } => {
                let (expected, found) = (expected(index), &test.found[*found]);
                if *place {
                    writeln!(out, "  {}", self.style.bad(&format!("- {}", headline(&expected.to_string()))))?;
                    let shown = shown(&test.test, found, Some(expected));
                    writeln!(out, "  {}", self.style.good(&format!("+ {}", headline(&shown))))?;
                } else {
                    writeln!(out, "    {}", headline(&expected.to_string()))?;
                }
                self.cells(out, expected, cells, &self.set.files()[test.file].text)?;
                found.reason.as_ref().map_or(Ok(()), |reason| writeln!(out, "      {reason}"))
            }
        }
    }

    /// All columns that the test lists; of those that differ, both values.
    fn cells(&self, out: &mut impl Write, expected: &ExpectedResult, different: &[CellDifference], text: &str) -> io::Result<()> {
        let ExpectedResult::Row { change, .. } = expected else { return Ok(()) };
        let width = change.rows().flat_map(|row| &row.cells).map(|(name, _)| name.text.chars().count()).max().unwrap_or(0);
        let has_two = matches!(change, RowChange::Update(_, Some(_)));
        for (number, row) in change.rows().enumerate() {
            let is_before = matches!(change, RowChange::Delete(_)) || (has_two && number == 0);
            if has_two {
                writeln!(out, "      {}", if number == 0 { "before" } else { "after" })?;
            }
            for (name, value) in &row.cells {
                let column = &name.text;
                match different.iter().find(|cell| cell.column == *column && cell.is_before == is_before) {
                    None => writeln!(out, "      {column:width$}  {}", slice(text, value.span))?,
                    Some(cell) => {
                        writeln!(out, "    {}", self.style.bad(&format!("- {column:width$}  {}", cell.expected)))?;
                        let found = cell.found.as_ref().map_or_else(|| "(no such column)".to_owned(), ToString::to_string);
                        writeln!(out, "    {}", self.style.good(&format!("+ {column:width$}  {found}")))?;
                    }
                }
            }
        }
        Ok(())
    }

    fn unreached(&self, branch: &Branch) -> String {
        let file = &self.set.files()[branch.file];
        let (line, column) = place(&file.text, branch.span.start);
        let part = slice(&file.text, branch.span);
        let part = part.split_whitespace().collect::<Vec<_>>().join(" ");
        let what = match branch.kind {
            BranchKind::Mapping => "no row reaches it".to_owned(),
            BranchKind::WhereTrue => "`WHERE` is never true".to_owned(),
            BranchKind::WhereFalse => "`WHERE` is never false".to_owned(),
            BranchKind::WhenTrue => "`WHEN` is never true".to_owned(),
            BranchKind::WhenFalse => "`WHEN` is never false".to_owned(),
            BranchKind::Arm => format!("the arm `{part}` is never taken"),
            BranchKind::NoArm => format!("`{part}` never goes without an arm"),
            BranchKind::RouteNull => format!("`{part}` is never NULL"),
            BranchKind::RouteError => format!("`{part}` never fails"),
        };
        format!("{}:{line}:{column}  mapping `{}`: {what}", file.path, branch.mapping)
    }
}

impl Totals {
    pub(super) fn add(&mut self, run: &Run, blessed: usize) {
        let passed = run.tests.iter().filter(|test| test.passed()).count();
        self.passed += passed;
        self.failed += run.tests.len() - passed;
        self.blessed += blessed;
        self.branches += run.coverage.len();
        self.reached += run.coverage.reached();
    }

    pub(super) fn tests(&self) -> usize {
        self.passed + self.failed
    }

    /// What no test reaches, then the counts.
    pub(super) fn write(&self, out: &mut impl Write, style: Style, unreached: &[String]) -> Result<(), Failure> {
        self.try_write(out, style, unreached).map_err(|error| Failure::output(&error))
    }

    fn try_write(&self, out: &mut impl Write, style: Style, unreached: &[String]) -> io::Result<()> {
        if !unreached.is_empty() {
            writeln!(out, "\nno test reaches:")?;
            unreached.iter().try_for_each(|line| writeln!(out, "  {line}"))?;
        }
        let passed = format!("{} passed", self.passed);
        let failed = format!("{} failed", self.failed);
        let failed = if self.failed > 0 { style.bad(&failed) } else { failed };
        let blessed = if self.blessed > 0 { format!(", {} of them blessed", self.blessed) } else { String::new() };
        writeln!(out, "\n{}{blessed}, {failed} · {} of {} branches reached", style.good(&passed), self.reached, self.branches)
    }
}

/// A result without its columns.
fn headline(result: &str) -> &str {
    result.split(" (").next().unwrap_or(result)
}

fn slice(text: &str, span: Span) -> &str {
    text.get(span.start as usize..span.end as usize).unwrap_or_default()
}
