//! A row that could not be written, as a line of JSON: what `retl.rowgate_dead_letter` keeps.

use serde::{Serialize, Serializer};

use super::{
    lane::{ConflictKind, Rows},
    target::TableBinding,
    window::{Batches, RowView},
};
use crate::{columnar, mapping::Place};

/// The names are those of a preview's line, as far as a net change has them.
#[derive(Serialize)]
struct DeadRow<'a> {
    mapping: &'a str,
    op: &'static str,
    target: Target<'a>,
    key: Image<'a>,
    before: Option<Image<'a>>,
    after: Option<Image<'a>>,
    reason: String,
}

#[derive(Serialize)]
struct Target<'a> {
    server: &'a str,
    schema: &'a str,
    table: &'a str,
}

/// Cells of one image by their column's name; absent ones are left out.
struct Image<'a> {
    row: RowView<'a>,
    columns: Vec<usize>,
}

/// The line of one row.
pub(super) fn dead_row(place: &Place, binding: &TableBinding, batches: &Batches, row: Rows<'_>, kind: ConflictKind) -> String {
    let (op, before, after) = match row {
        Rows::Clear(rows) | Rows::Remove(rows) => ("delete", Some(rows[0]), None),
        Rows::RemoveCopies(rows) => ("delete", Some(rows[0].0), None),
        Rows::Insert(rows) | Rows::Replace(rows) | Rows::Put(rows) => ("insert", None, Some(rows[0])),
        Rows::Change(rows) | Rows::Update(rows) => ("update", Some(rows[0].0), Some(rows[0].1)),
    };
    let view = |row| batches.view(row);
    let all: Vec<usize> = (0..binding.layout.columns.len()).collect();
    let image = |row| Image { row: view(row), columns: all.clone() };
    let shown = view(after.or(before).expect("each kind of change has an image"));
    let letter = DeadRow {
        mapping: shown.batch.mapping.name(),
        op,
        target: Target { server: &place.server, schema: &place.schema, table: &place.table },
        key: Image { row: shown, columns: binding.layout.key.clone() },
        before: before.map(image),
        after: after.map(image),
        reason: format!("{}: {kind}", kind.word()),
    };
    serde_json::to_string(&letter).expect("names are strings, and a string takes any text")
}

impl Serialize for Image<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let present = self.columns.iter().filter(|&&column| self.row.batch.presence.has(self.row.row, column));
        serializer.collect_map(present.map(|&column| {
            let target = &self.row.layout().columns[column];
            let array = self.row.array(column);
            let text = arrow::array::Array::is_valid(array, self.row.row).then(|| {
                let mut text = String::new();
                columnar::write_text(&target.ty, array, self.row.row, &mut text);
                text
            });
            (&target.name, text)
        }))
    }
}
