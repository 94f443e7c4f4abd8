//! The text of INSERT, UPDATE and DELETE for one routed row.

use arrow::array::Array;

use super::{
    cell_bytes::same_cell,
    literal::{write_literal, write_name},
    window::RowView,
};
use crate::{
    mapping::{RoutedBatch, TargetColumn},
    schema::ColumnType,
};

/// Which columns of `row` a statement may set: those the image carries and the target does not compute.
pub(super) fn settable(batch: &RoutedBatch, row: usize) -> Vec<usize> {
    (0..batch.layout().columns.len())
        .filter(|&column| !batch.layout().columns[column].generated && batch.presence.has(row, column))
        .collect()
}

/// `INSERT INTO … (…) VALUES`, without rows; REPLACE is another verb for it.
pub(super) fn write_insert_head(verb: &str, table: &str, batch: &RoutedBatch, columns: &[usize], out: &mut String) {
    out.push_str(verb);
    out.push_str(" INTO ");
    out.push_str(table);
    out.push_str(" (");
    for (nth, &column) in columns.iter().enumerate() {
        if nth > 0 {
            out.push_str(", ");
        }
        write_name(&batch.layout().columns[column].name, out);
    }
    out.push_str(") VALUES");
}

/// `(…)`: the values of one row.
pub(super) fn write_row(batch: &RoutedBatch, columns: &[usize], row: usize, out: &mut String) {
    out.push('(');
    for (nth, &column) in columns.iter().enumerate() {
        if nth > 0 {
            out.push_str(", ");
        }
        write_cell(batch, column, row, out);
    }
    out.push(')');
}

/// `UPDATE … SET … WHERE …` for what changes of these columns, or nothing when none of them does. Both rows have one layout.
pub(super) fn write_update(table: &str, columns: &[usize], before: RowView<'_>, after: RowView<'_>, out: &mut String) {
    let changes = |column: usize| {
        let known = before.batch.presence.has(before.row, column);
        after.batch.presence.has(after.row, column)
            && !(known && same_cell((before.array(column), before.row), (after.array(column), after.row)))
    };
    let mut changed = columns.iter().copied().filter(|&column| changes(column)).peekable();
    if changed.peek().is_none() {
        return;
    }
    out.push_str("UPDATE ");
    out.push_str(table);
    for (nth, column) in changed.enumerate() {
        out.push_str(if nth == 0 { " SET " } else { ", " });
        write_name(&after.layout().columns[column].name, out);
        out.push_str(" = ");
        write_cell(after.batch, column, after.row, out);
    }
    write_where(before.batch, before.row, out);
    out.push_str(";\n");
}

/// `DELETE FROM … WHERE …`.
pub(super) fn write_delete(table: &str, batch: &RoutedBatch, before: usize, out: &mut String) {
    out.push_str("DELETE FROM ");
    out.push_str(table);
    write_where(batch, before, out);
    out.push_str(";\n");
}

/// By key where there is one; else by every byte of the row, and one row only: rows of keyless tables are multisets (INV-5).
fn write_where(batch: &RoutedBatch, row: usize, out: &mut String) {
    out.push_str(" WHERE ");
    if batch.layout().is_keyless() {
        write_same_row(batch, &settable(batch, row), row, out);
        out.push_str(" LIMIT 1");
    } else {
        write_same_key(batch, row, out);
    }
}

/// The condition that finds a row by its key, as the key's index sees it.
pub(super) fn write_same_key(batch: &RoutedBatch, row: usize, out: &mut String) {
    for (nth, &column) in batch.layout().key.iter().enumerate() {
        out.push_str(if nth == 0 { "" } else { " AND " });
        write_equal(batch, column, row, out);
    }
}

/// The condition that finds rows with the same bytes in these columns.
pub(super) fn write_same_row(batch: &RoutedBatch, columns: &[usize], row: usize, out: &mut String) {
    for (nth, &column) in columns.iter().enumerate() {
        out.push_str(if nth == 0 { "" } else { " AND " });
        write_same_bytes(batch, column, row, out);
    }
}

/// Equality as the key's index sees it.
fn write_equal(batch: &RoutedBatch, column: usize, row: usize, out: &mut String) {
    write_name(&batch.layout().columns[column].name, out);
    if cell_array(batch, column).is_null(row) {
        out.push_str(" IS NULL");
        return;
    }
    out.push_str(" = ");
    write_cell(batch, column, row, out);
}

/// Equality of bytes: `<=>` alone takes `'a'` for `'A'` where the collation does.
fn write_same_bytes(batch: &RoutedBatch, column: usize, row: usize, out: &mut String) {
    let TargetColumn { name, ty, .. } = &batch.layout().columns[column];
    let text = matches!(
        ty,
        ColumnType::Char { .. }
            | ColumnType::Varchar { .. }
            | ColumnType::Text { .. }
            | ColumnType::Enum { .. }
            | ColumnType::Set { .. }
            | ColumnType::Json
    );
    if matches!(ty, ColumnType::Vector { .. }) {
        // The server compares no vectors.
        out.push_str("CAST(");
        write_name(name, out);
        out.push_str(" AS BINARY) <=> ");
        write_cell(batch, column, row, out);
        return;
    }
    if !text || cell_array(batch, column).is_null(row) {
        write_name(name, out);
        out.push_str(" <=> ");
        write_cell(batch, column, row, out);
        return;
    }
    out.push_str("CAST(CONVERT(");
    write_name(name, out);
    out.push_str(" USING utf8mb4) AS BINARY) <=> CAST(CONVERT(");
    write_cell(batch, column, row, out);
    out.push_str(" USING utf8mb4) AS BINARY)");
}

/// The value of a cell.
pub(super) fn write_cell(batch: &RoutedBatch, column: usize, row: usize, out: &mut String) {
    write_literal(&batch.layout().columns[column].ty, cell_array(batch, column), row, out);
}

fn cell_array(batch: &RoutedBatch, column: usize) -> &dyn Array {
    batch.columns[column].as_deref().expect("a router with Purpose::Rows fills every column")
}
