//! The syntax tree of a `TEST` statement: changes of the source, and what the mappings of the file are to make of them.

use crate::ast::{Expr, MappingOption, Name, Text};
use crate::diagnostic::Span;

/// `TEST 'name' [WITH (…)] GIVEN … EXPECT …`.
#[derive(Debug, Clone, PartialEq)]
pub struct Test {
    /// What the test says.
    pub name: Text,
    /// `WITH (image = 'minimal')`.
    pub options: Vec<MappingOption>,
    /// The changes of the source, in their order; never empty.
    pub given: Vec<GivenChange>,
    /// What targets are to be told, in any order; empty for `NOTHING`.
    pub expected: Vec<ExpectedResult>,
    /// What stands behind `EXPECT`.
    pub expected_span: Span,
    /// The whole statement.
    pub span: Span,
}

/// A change of one source row.
#[derive(Debug, Clone, PartialEq)]
pub struct GivenChange {
    /// The schema of the row's table.
    pub schema: Name,
    /// The row's table.
    pub table: Name,
    /// What is done to the row.
    pub change: RowChange,
    /// The whole change.
    pub span: Span,
}

/// What one target is told of a row, or why the row has no target.
#[derive(Debug, Clone, PartialEq)]
pub enum ExpectedResult {
    /// `INSERT INTO place (…)` and its like.
    Row {
        /// Where.
        place: ExpectedPlace,
        /// What. The row of an update without `TO` is the row as it becomes.
        change: RowChange,
        /// The whole result.
        span: Span,
    },
    /// `ERROR reason`: the first word of the reason that `preview` gives.
    Error {
        /// The word.
        reason: Name,
        /// The whole result.
        span: Span,
    },
}

/// `schema.table [ON 'server']`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpectedPlace {
    /// The target schema.
    pub schema: Name,
    /// The target table.
    pub table: Name,
    /// The target server; any when absent.
    pub server: Option<Text>,
}

/// What happens to a row.
#[derive(Debug, Clone, PartialEq)]
pub enum RowChange {
    /// `INSERT INTO … (…)`
    Insert(TestRow),
    /// `DELETE FROM … (…)`
    Delete(TestRow),
    /// `UPDATE … (…) [TO (…)]`; a change of the source always has its `TO`.
    Update(TestRow, Option<TestRow>),
}

/// `(column = constant, …)`.
#[derive(Debug, Clone, PartialEq)]
pub struct TestRow {
    /// The cells, in the order written; never empty.
    pub cells: Vec<(Name, Expr)>,
    /// With its parentheses.
    pub span: Span,
}

impl ExpectedResult {
    /// Where it stands.
    pub fn span(&self) -> Span {
        match self {
            Self::Row { span, .. } | Self::Error { span, .. } => *span,
        }
    }
}

impl ExpectedPlace {
    /// Where it stands.
    pub fn span(&self) -> Span {
        let names = self.schema.span.to(self.table.span);
        self.server.as_ref().map_or(names, |server| names.to(server.span))
    }
}

impl RowChange {
    /// The rows, in the order written.
    pub fn rows(&self) -> impl Iterator<Item = &TestRow> {
        let (first, second) = match self {
            Self::Insert(row) | Self::Delete(row) => (row, None),
            Self::Update(row, to) => (row, to.as_ref()),
        };
        std::iter::once(first).chain(second)
    }
}
