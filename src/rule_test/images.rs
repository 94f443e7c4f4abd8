//! The row images of a test's changes, as a binlog would have carried them.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, new_null_array},
    compute::concat,
};
use dsl::{Code, Diagnostic, Expr, GivenChange, Name, RowChange, Severity, Test, TestRow, nearest};

use super::RowImages;
use crate::{
    change::{Change, ChangeSet, ColumnSet, EventPlace, ImageBatch, Op, Presence, Transaction},
    columnar::arrow_type,
    mapping::expr::store,
    position::BinlogOffset,
    schema::{Column, ColumnType, TableName, TableSchema},
};

/// The changes of a test as one transaction. Everything that is wrong with them comes with it, and nothing is made of a change
/// that is.
pub(super) fn change_set(test: &Test, tables: &[Arc<TableSchema>], carried: RowImages) -> (ChangeSet, Vec<Diagnostic>) {
    let mut problems = Vec::new();
    let mut rows: Vec<TableRows> = Vec::new();
    for (ordinal, given) in (0..).zip(&test.given) {
        let Some(table) = find_table(given, tables, &mut problems) else { continue };
        let Some((op, images)) = images(given, table, carried, &mut problems) else { continue };
        let index = rows.iter().position(|rows| Arc::ptr_eq(&rows.table, table)).unwrap_or_else(|| {
            rows.push(TableRows { table: Arc::clone(table), images: Vec::new(), changes: Vec::new() });
            rows.len() - 1
        });
        let place = &mut rows[index];
        place.changes.push(Change { op, image: place.images.len() as u32, event: 0, row: ordinal, ordinal });
        place.images.extend(images);
    }
    // Ordinals are to be dense, also where a wrong change was left out.
    let mut ordinals: Vec<u32> = rows.iter().flat_map(|rows| rows.changes.iter().map(|change| change.ordinal)).collect();
    ordinals.sort_unstable();
    for change in rows.iter_mut().flat_map(|rows| &mut rows.changes) {
        change.ordinal = ordinals.partition_point(|ordinal| *ordinal < change.ordinal) as u32;
    }
    let nowhere = BinlogOffset { file: "test".into(), offset: 0 };
    let transaction = Transaction { start: nowhere.clone(), end: Some(nowhere), continued: false, gtid: None, time_us: 0 };
    let batches = rows.into_iter().map(|rows| rows.into_batch(carried)).collect();
    (ChangeSet { transactions: vec![transaction], batches }, problems)
}

/// An error at a part of a test.
pub(super) fn error(code: Code, message: String, span: dsl::Span, hint: Option<String>) -> Diagnostic {
    Diagnostic { code, severity: Severity::Error, message, span, hint }
}

/// The images of one table.
struct TableRows {
    table: Arc<TableSchema>,
    images: Vec<Image>,
    changes: Vec<Change>,
}

/// One row image: an array of one row for each column, and the columns that it carries.
#[derive(Debug, Clone)]
struct Image {
    cells: Vec<ArrayRef>,
    carried: ColumnSet,
}

impl TableRows {
    fn into_batch(self, carried: RowImages) -> ImageBatch {
        let columns = (0..self.table.columns.len()).map(|column| {
            let absent = new_null_array(&arrow_type(&self.table.columns[column].ty), 1);
            let cell = |image: &Image| if image.carried.contains(column) { Arc::clone(&image.cells[column]) } else { Arc::clone(&absent) };
            let cells: Vec<ArrayRef> = self.images.iter().map(cell).collect();
            let parts: Vec<&dyn Array> = cells.iter().map(|cell| &**cell).collect();
            Some(concat(&parts).expect("all cells of a column have its form"))
        });
        let presence = match carried {
            RowImages::Full => Presence::Full,
            RowImages::NoBlob | RowImages::Minimal => Presence::Partial {
                sets: self.images.iter().map(|image| image.carried.clone()).collect(),
                set_of_row: (0..self.images.len() as u32).collect(),
            },
        };
        ImageBatch {
            columns: columns.collect(),
            image_count: self.images.len(),
            presence,
            changes: self.changes,
            events: vec![EventPlace { offset: 0, inner: None, time_s: 0, transaction: 0 }],
            schema: self.table,
        }
    }
}

fn find_table<'t>(given: &GivenChange, tables: &'t [Arc<TableSchema>], problems: &mut Vec<Diagnostic>) -> Option<&'t Arc<TableSchema>> {
    let name = TableName::new(&given.schema.text, &given.table.text);
    let found = tables.iter().find(|table| table.name == name);
    if found.is_none() {
        let known: Vec<String> = tables.iter().map(|table| table.name.to_string()).collect();
        let meant = nearest(&name.to_string(), known.iter().map(String::as_str)).map(|table| format!("Did you mean `{table}`?"));
        let message = format!("there is no definition of table `{name}`");
        problems.push(error(Code::UNKNOWN_TABLE, message, given.schema.span.to(given.table.span), meant));
    }
    found
}

/// The images of a change, before and after; none where the change is wrong.
fn images(given: &GivenChange, table: &TableSchema, carried: RowImages, problems: &mut Vec<Diagnostic>) -> Option<(Op, Vec<Image>)> {
    let before = problems.len();
    let (op, row, to) = match &given.change {
        RowChange::Insert(row) => (Op::Insert, row, None),
        RowChange::Delete(row) => (Op::Delete, row, None),
        RowChange::Update(row, to) => (Op::Update, row, to.as_ref()),
    };
    let written = cells(row, table, problems);
    let changed = to.map(|to| cells(to, table, problems)).unwrap_or_default();
    if problems.len() > before {
        return None;
    }
    let columns = table.columns.iter().enumerate();
    let cell = |cells: &[(usize, ArrayRef)], index| cells.iter().find(|(column, _)| *column == index).map(|(_, cell)| Arc::clone(cell));
    let first: Vec<ArrayRef> = columns.map(|(index, column)| cell(&written, index).unwrap_or_else(|| default_cell(column))).collect();
    let set = |cells: &[(usize, ArrayRef)]| cells.iter().map(|(column, _)| *column).collect::<ColumnSet>();
    let image = |cells: &[ArrayRef], carried| Image { cells: cells.to_vec(), carried };
    Some((
        op,
        match op {
            Op::Insert => vec![image(&first, carried_by_insert(table, carried, set(&written)))],
            Op::Delete => vec![image(&first, carried_before(table, carried))],
            Op::Update => {
                let second: Vec<ArrayRef> =
                    first.iter().enumerate().map(|(index, old)| cell(&changed, index).unwrap_or_else(|| Arc::clone(old))).collect();
                let before = carried_before(table, carried);
                // An after image that lacks a column takes it from the before image.
                let after = before.union(&set(&changed));
                vec![image(&first, before), image(&second, after)]
            }
        },
    ))
}

/// The cells of a row as their columns store them.
fn cells(row: &TestRow, table: &TableSchema, problems: &mut Vec<Diagnostic>) -> Vec<(usize, ArrayRef)> {
    let mut cells: Vec<(usize, ArrayRef)> = Vec::new();
    for (name, value) in &row.cells {
        let Some(index) = table.column_index(&name.text) else {
            problems.push(unknown_column(name, table));
            continue;
        };
        if cells.iter().any(|(other, _)| *other == index) {
            problems.push(error(Code::DUPLICATE_COLUMN, format!("`{}` stands here twice", name.text), name.span, None));
            continue;
        }
        match store(value, &table.columns[index].ty) {
            Ok(cell) if cell.is_null(0) && !table.columns[index].nullable => {
                problems.push(error(Code::TEST_MISFIT, format!("`{}` is NOT NULL", name.text), value.span, None));
            }
            Ok(cell) => cells.push((index, cell)),
            Err(found) => problems.extend(found),
        }
    }
    cells
}

fn unknown_column(name: &Name, table: &TableSchema) -> Diagnostic {
    let meant = nearest(&name.text, table.columns.iter().map(|column| column.name.as_str()));
    let message = format!("`{}` is not a column of `{}`", name.text, table.name);
    error(Code::UNKNOWN_COLUMN, message, name.span, meant.map(|column| format!("Did you mean `{column}`?")))
}

/// What a column holds that a test leaves out: its DEFAULT where that is a constant, else NULL.
fn default_cell(column: &Column) -> ArrayRef {
    let text = column.default.as_deref().filter(|_| !column.generated);
    let tree: Option<Expr> = text.and_then(|text| dsl::parse_expression(text).ok());
    let stored = tree.and_then(|tree| store(&tree, &column.ty).ok());
    stored.unwrap_or_else(|| new_null_array(&arrow_type(&column.ty), 1))
}

fn carried_by_insert(table: &TableSchema, carried: RowImages, written: ColumnSet) -> ColumnSet {
    match carried {
        RowImages::Full | RowImages::NoBlob => ColumnSet::all(table.columns.len()),
        RowImages::Minimal => written,
    }
}

/// Without a key, a before image is whole whatever the setting.
fn carried_before(table: &TableSchema, carried: RowImages) -> ColumnSet {
    let all = ColumnSet::all(table.columns.len());
    let Some(identity) = table.identity() else { return all };
    match carried {
        RowImages::Full => all,
        RowImages::NoBlob => all.iter().filter(|column| identity.contains(column) || !is_long(&table.columns[*column].ty)).collect(),
        RowImages::Minimal => identity.iter().copied().collect(),
    }
}

/// What `binlog_row_image = NOBLOB` leaves out.
fn is_long(ty: &ColumnType) -> bool {
    matches!(ty, ColumnType::Text { .. } | ColumnType::Blob { .. } | ColumnType::Json | ColumnType::Geometry | ColumnType::Vector { .. })
}
