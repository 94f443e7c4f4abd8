//! The text of INSERT, UPDATE and DELETE for one routed row.

use arrow::array::Array;

use super::literal::{write_literal, write_name};
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

/// `INSERT INTO … (…) VALUES`, without rows.
pub(super) fn write_insert_head(table: &str, batch: &RoutedBatch, columns: &[usize], out: &mut String) {
    out.push_str("INSERT INTO ");
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

/// `UPDATE … SET … WHERE …`, or nothing when no column of the target row changes.
pub(super) fn write_update(table: &str, batch: &RoutedBatch, before: usize, after: usize, out: &mut String) {
    let changed: Vec<usize> = settable(batch, after)
        .into_iter()
        .filter(|&column| !batch.presence.has(before, column) || differs(batch, column, before, after))
        .collect();
    if changed.is_empty() {
        return;
    }
    out.push_str("UPDATE ");
    out.push_str(table);
    out.push_str(" SET ");
    for (nth, &column) in changed.iter().enumerate() {
        if nth > 0 {
            out.push_str(", ");
        }
        write_name(&batch.layout().columns[column].name, out);
        out.push_str(" = ");
        write_cell(batch, column, after, out);
    }
    write_where(batch, before, out);
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
    let keyless = batch.layout().key.is_empty();
    let settable_columns = if keyless { settable(batch, row) } else { Vec::new() };
    let columns = if keyless { &settable_columns } else { &batch.layout().key };
    for (nth, &column) in columns.iter().enumerate() {
        out.push_str(if nth == 0 { " WHERE " } else { " AND " });
        if keyless {
            write_same_bytes(batch, column, row, out);
        } else {
            write_equal(batch, column, row, out);
        }
    }
    if keyless {
        out.push_str(" LIMIT 1");
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

fn write_cell(batch: &RoutedBatch, column: usize, row: usize, out: &mut String) {
    write_literal(&batch.layout().columns[column].ty, cell_array(batch, column), row, out);
}

fn differs(batch: &RoutedBatch, column: usize, one: usize, other: usize) -> bool {
    let array = cell_array(batch, column);
    array.slice(one, 1).to_data() != array.slice(other, 1).to_data()
}

fn cell_array(batch: &RoutedBatch, column: usize) -> &dyn Array {
    batch.columns[column].as_deref().expect("a router with Purpose::Rows fills every column")
}
