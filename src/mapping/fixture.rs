//! Hand-made batches for the tests of this room: the table `s.t (id BIGINT PRIMARY KEY, k BIGINT, b BIGINT UNSIGNED,
//! name VARCHAR(20), g INT generated)`, its rows written as texts.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BinaryArray, Int32Array, Int64Array, UInt64Array};

use super::{MappingSet, Place, PlaceId, Policies, Purpose, QueryText, RoutedBatch, Router, Servers, Transition};
use crate::{
    change::{Change, ColumnSet, EventPlace, ImageBatch, Op, Presence},
    schema::{Collation, Column, ColumnType, IntegerWidth, TableName, TableSchema},
};

/// A row of `s.t`; the columns in `absent` are not in its image.
#[derive(Debug, Clone, Default)]
pub(super) struct Row {
    pub(super) id: i64,
    pub(super) k: Option<i64>,
    pub(super) b: u64,
    pub(super) name: String,
    pub(super) absent: &'static [usize],
}

/// A whole row.
pub(super) fn row(id: i64, k: impl Into<Option<i64>>, name: &str) -> Row {
    Row { id, k: k.into(), b: 0, name: name.to_owned(), absent: &[] }
}

/// A row without some of its columns.
pub(super) fn partial(row: Row, absent: &'static [usize]) -> Row {
    Row { absent, ..row }
}

/// A change of a row.
#[derive(Debug, Clone)]
pub(super) enum Edit {
    Insert(Row),
    Update(Row, Row),
    Delete(Row),
}

pub(super) fn table(schema: &str, table: &str) -> Arc<TableSchema> {
    let integer = |width, unsigned| ColumnType::Integer { width, unsigned };
    let column = |name: &str, ty, nullable| Column { name: name.to_owned(), ty, nullable, default: None, generated: false };
    let text = ColumnType::Varchar { length: 20, collation: Collation::UTF8MB4_BIN };
    let columns = vec![
        column("id", integer(IntegerWidth::Big, false), false),
        column("k", integer(IntegerWidth::Big, false), true),
        column("b", integer(IntegerWidth::Big, true), false),
        column("name", text, false),
        Column { generated: true, ..column("g", integer(IntegerWidth::Int, false), true) },
    ];
    Arc::new(TableSchema { name: TableName::new(schema, table), columns, primary_key: vec![0], unique_keys: Vec::new() })
}

pub(super) fn batch_of(schema: &Arc<TableSchema>, edits: &[Edit]) -> ImageBatch {
    let (mut rows, mut changes): (Vec<&Row>, Vec<Change>) = Default::default();
    for (ordinal, edit) in (0u32..).zip(edits) {
        let op = match edit {
            Edit::Insert(_) => Op::Insert,
            Edit::Update(..) => Op::Update,
            Edit::Delete(_) => Op::Delete,
        };
        changes.push(Change { op, image: rows.len() as u32, event: 0, row: ordinal, ordinal });
        match edit {
            Edit::Insert(row) | Edit::Delete(row) => rows.push(row),
            Edit::Update(before, after) => rows.extend([before, after]),
        }
    }
    let has = |row: &Row, column: usize| !row.absent.contains(&column);
    let columns: Vec<ArrayRef> = vec![
        Arc::new(rows.iter().map(|row| has(row, 0).then_some(row.id)).collect::<Int64Array>()),
        Arc::new(rows.iter().map(|row| row.k.filter(|_| has(row, 1))).collect::<Int64Array>()),
        Arc::new(rows.iter().map(|row| has(row, 2).then_some(row.b)).collect::<UInt64Array>()),
        Arc::new(rows.iter().map(|row| has(row, 3).then_some(row.name.as_bytes())).collect::<BinaryArray>()),
        Arc::new(rows.iter().map(|row| has(row, 4).then_some(row.name.len() as i32)).collect::<Int32Array>()),
    ];
    let set_of = |row: &&Row| (0..5).filter(|column| has(row, *column)).collect::<ColumnSet>();
    let presence = if rows.iter().all(|row| row.absent.is_empty()) {
        Presence::Full
    } else {
        Presence::Partial { sets: rows.iter().map(set_of).collect(), set_of_row: (0..rows.len() as u32).collect() }
    };
    ImageBatch {
        schema: Arc::clone(schema),
        image_count: rows.len(),
        columns: columns.into_iter().map(Some).collect(),
        presence,
        changes,
        events: vec![EventPlace { offset: 4, inner: None, time_s: 0, transaction: 0 }],
    }
}

pub(super) fn router_for(text: &str) -> Router {
    let files = vec![QueryText { path: "rules.sql".to_owned(), text: text.to_owned() }];
    let (set, diagnostics) = MappingSet::parse(files);
    let errors: Vec<_> = diagnostics.iter().filter(|found| found.diagnostic.severity == dsl::Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:?}");
    Router::new(set, Policies::default(), Servers::Any { default: "default".into() }, Purpose::Rows)
}

/// A transition with its place's name, as `insert s.t`; a failure as its reason.
pub(super) fn said(router: &Router, transition: &Transition) -> String {
    let place = |id: &PlaceId| {
        let Place { server, schema, table } = router.places().get(*id);
        if &**server == "default" { format!("{schema}.{table}") } else { format!("{schema}.{table}@{server}") }
    };
    match transition {
        Transition::Nothing(reason) => format!("nothing {}", reason.word()),
        Transition::Insert { to, .. } => format!("insert {}", place(to)),
        Transition::Delete { from, .. } => format!("delete {}", place(from)),
        Transition::Update { at, .. } => format!("update {}", place(at)),
        Transition::Move { from, to, .. } => format!("move {} {}", place(from), place(to)),
        Transition::Failed(failure) => format!("failed {}", failure.reason()),
    }
}

/// What the only mapping of `text` makes of the edits of `s.t`.
pub(super) fn route(text: &str, edits: &[Edit]) -> Vec<String> {
    let mut router = router_for(text);
    let routed = routed(&mut router, edits);
    routed.transitions.iter().map(|transition| said(&router, transition)).collect()
}

pub(super) fn routed(router: &mut Router, edits: &[Edit]) -> RoutedBatch {
    let batch = batch_of(&table("s", "t"), edits);
    router.route(&batch).expect("the mapping fits the table").remove(0)
}

/// A cell as text; `NULL` where it is.
pub(super) fn cell(routed: &RoutedBatch, column: &str, row: u32) -> String {
    let index = routed.layout().column_index(column).expect("the column was selected");
    let array = routed.columns[index].as_ref().expect("the router was asked for rows");
    if array.is_null(row as usize) {
        return "NULL".to_owned();
    }
    match array.as_any().downcast_ref::<BinaryArray>() {
        Some(bytes) => String::from_utf8_lossy(bytes.value(row as usize)).into_owned(),
        None => arrow::util::display::array_value_to_string(array, row as usize).expect("every array prints"),
    }
}
