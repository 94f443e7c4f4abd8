//! What mappings made of a change, apart from the batches it came from.

use arrow::array::ArrayRef;

use crate::{
    columnar::{Printed, write_text},
    load::{Line, LineOp, RoutedSet},
    mapping::Place,
    schema::ColumnType,
};

/// What one target is told of a row, or why the row has no target.
#[derive(Debug, Clone, PartialEq)]
pub struct Found {
    /// What the target is told.
    pub op: LineOp,
    /// The mapping.
    pub mapping: String,
    /// Where; none where the row has no target.
    pub place: Option<Place>,
    /// Why it has none; its first word is the kind.
    pub reason: Option<String>,
    /// The target row before, empty where there is none.
    pub before: Vec<FoundCell>,
    /// The target row after, empty where there is none.
    pub after: Vec<FoundCell>,
    /// Which change of the test it comes from, from 0.
    pub change: usize,
}

/// A cell of a target row.
#[derive(Debug, Clone, PartialEq)]
pub struct FoundCell {
    /// The column.
    pub name: String,
    /// Its type.
    pub ty: ColumnType,
    /// Whether the column identifies the row.
    pub is_key: bool,
    /// Whether an expression computed it.
    pub is_computed: bool,
    /// Its value.
    pub value: CellValue,
}

/// The value of a cell as MySQL prints it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CellValue {
    /// The image lacks the column, and the column did not change.
    Absent,
    /// NULL.
    Null,
    /// Text.
    Text(String),
    /// `0x…`: bytes.
    Bytes(String),
}

impl CellValue {
    /// The first cell of an array.
    pub(super) fn of(ty: &ColumnType, array: &ArrayRef, row: usize) -> Self {
        let mut text = String::new();
        match write_text(ty, array, row, &mut text) {
            Printed::Null => Self::Null,
            Printed::Text => Self::Text(text),
            Printed::Bytes => Self::Bytes(text),
        }
    }
}

impl std::fmt::Display for CellValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Absent => f.write_str("(absent)"),
            Self::Null => f.write_str("NULL"),
            Self::Text(text) | Self::Bytes(text) => f.write_str(text),
        }
    }
}

impl Found {
    /// Everything that targets are told, in the order of the changes and the mappings; rows outside are left out.
    pub(super) fn all(routed: &RoutedSet) -> Vec<Self> {
        let changes = routed.changes().enumerate();
        let lines = changes.flat_map(|(number, change)| {
            let batches = change.routed.iter();
            batches.flat_map(move |batch| Line::of(routed, change, batch)).map(move |line| (number, line))
        });
        lines.filter(|(_, line)| line.op != LineOp::None).map(|(change, line)| Self::of(change, &line)).collect()
    }

    fn of(change: usize, line: &Line<'_>) -> Self {
        let row = |row: Option<usize>| row.filter(|_| line.place.is_some()).map(|row| cells(line, row)).unwrap_or_default();
        Self {
            op: line.op,
            mapping: line.batch.mapping.name().to_string(),
            place: line.place.cloned(),
            reason: line.reason.clone(),
            before: row(line.before),
            after: row(line.after),
            change,
        }
    }

    /// The kind of an error.
    pub fn error(&self) -> Option<&str> {
        let reason = self.reason.as_deref()?;
        Some(reason.split(':').next().unwrap_or(reason))
    }

    /// A column of a row that became; what an image lacks is as it was.
    pub(super) fn after(&self, column: &str) -> Option<&FoundCell> {
        let after = cell(&self.after, column)?;
        if after.value == CellValue::Absent { cell(&self.before, column).or(Some(after)) } else { Some(after) }
    }

    /// A column of a row that was.
    pub(super) fn before(&self, column: &str) -> Option<&FoundCell> {
        cell(&self.before, column)
    }
}

fn cell<'c>(cells: &'c [FoundCell], column: &str) -> Option<&'c FoundCell> {
    cells.iter().find(|cell| cell.name.to_lowercase() == column.to_lowercase())
}

fn cells(line: &Line<'_>, row: usize) -> Vec<FoundCell> {
    let columns = line.batch.layout().columns.iter().zip(&line.batch.columns).enumerate();
    columns
        .map(|(index, (column, array))| FoundCell {
            name: column.name.clone(),
            ty: column.ty.clone(),
            is_key: column.is_key,
            is_computed: column.source.is_none(),
            value: match array {
                Some(array) if line.batch.presence.has(row, index) => CellValue::of(&column.ty, array, row),
                _ => CellValue::Absent,
            },
        })
        .collect()
}
