//! Histories as the loader gets them: row images in batches, routed by real mappings.

use std::{collections::HashMap, sync::Arc};

use arrow::array::{ArrayRef, BinaryArray, Int32Array, Int64Array};

use super::{
    Cell, Dice, History, Keys, Shape,
    hearing::Hearing,
    history::{Edit, Image, LOOSE},
};
use crate::{
    change::{Change, ChangeSet, ColumnSet, EventPlace, ImageBatch, Op, Presence, Transaction},
    load::RoutedSet,
    mapping::{MappingSet, Policies, Purpose, QueryText, Router, Servers},
    position::{BinlogOffset, FileOrder},
    schema::{ColumnType, IntegerWidth, TableSchema},
};

/// Routers are kept from one history to the next: binding a mapping takes longer than all that a history asks of it.
#[derive(Default)]
pub(super) struct Routers(HashMap<(bool, bool, bool, Hearing), Router>);

/// A set with the transactions that it holds.
pub(super) struct Chunk {
    pub(super) routed: RoutedSet,
    /// Transactions that end before it begins.
    pub(super) done_before: usize,
    /// Transactions that end in it or before.
    pub(super) done: usize,
    /// Whether it begins inside a transaction.
    pub(super) continues: bool,
}

/// A part of a transaction: its number from 0, its edits, and whether they begin and end it.
struct Part<'a> {
    transaction: usize,
    edits: &'a [Edit],
    begins: bool,
    ends: bool,
}

/// The end of the transaction that is the `number`th from 1; the second file has the smaller name.
pub(super) fn position(number: usize) -> BinlogOffset {
    let (file, offset) = if number <= 3 { ("z", number) } else { ("a", number - 3) };
    BinlogOffset { file: file.into(), offset: 100 * offset as u64 }
}

/// The number of the transaction that ends there.
pub(super) fn number_of(position: Option<&BinlogOffset>) -> usize {
    position.map_or(0, |position| position.offset as usize / 100 + if &*position.file == "z" { 0 } else { 3 })
}

pub(super) fn order() -> FileOrder {
    FileOrder::new(["z", "a"])
}

impl Routers {
    /// Cuts the history into sets, sometimes inside a transaction, and routes them.
    pub(super) fn route(&mut self, history: &History, dice: &mut Dice) -> Vec<Chunk> {
        let shape = &history.shape;
        let has_route_in_key = shape.keys != Keys::Id;
        let router = self
            .0
            .entry((shape.is_caseless, shape.is_partial, has_route_in_key, shape.hearing))
            .or_insert_with(|| router(shape.is_partial, has_route_in_key, shape.hearing));
        let sources: Vec<_> = (0..=LOOSE).map(|table| shape.source(table)).collect();
        let mut done = 0;
        let chunk = |parts: Vec<Part<'_>>| {
            let set = change_set(&parts, &sources, shape);
            let mut route = |batch| router.route(batch).expect("the mapping fits the table").into_iter().map(Arc::new).collect::<Vec<_>>();
            let routed = set.batches.iter().map(&mut route).collect();
            let done_before = done;
            done = parts.iter().filter(|part| part.ends).map(|part| part.transaction + 1).max().unwrap_or(done);
            let continues = parts.first().is_some_and(|part| !part.begins);
            Chunk { routed: RoutedSet { set: Arc::new(set), routed, places: router.places().clone() }, done_before, done, continues }
        };
        cut(history, dice).into_iter().map(chunk).collect()
    }
}

fn router(is_partial: bool, has_route_in_key: bool, hearing: Hearing) -> Router {
    // Where `r` is a part of the key, it changes within one table.
    let place = match (is_partial, has_route_in_key) {
        (true, _) => "'t0' ON 's0'",
        (false, true) => "'t0' ON concat('s', r >> 1)",
        (false, false) => "concat('t', r % 2) ON concat('s', r >> 1)",
    };
    let filter = if is_partial { "" } else { "WHERE f = 1" };
    let key = if has_route_in_key { "KEY (r, id)" } else { "" };
    let (when, operations) = hearing.clauses();
    let text = format!(
        "CREATE MAPPING keyed AS SELECT * FROM LIKE 's'.'t%' {filter} {when} ROUTE TO 'd', {place} {key} {operations};
         CREATE MAPPING loose AS SELECT * FROM s.n ROUTE TO 'd', concat('n', r % 2) ON concat('s', r >> 1);"
    );
    let (set, diagnostics) = MappingSet::parse(vec![QueryText { path: "rules.sql".to_owned(), text }]);
    let errors: Vec<_> = diagnostics.iter().filter(|found| found.diagnostic.severity == dsl::Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:?}");
    Router::new(set, Policies::default(), Servers::Named(vec!["s0".into(), "s1".into()]), Purpose::Rows)
}

/// Parts of transactions, by set.
fn cut<'h>(history: &'h History, dice: &mut Dice) -> Vec<Vec<Part<'h>>> {
    let mut sets: Vec<Vec<Part<'h>>> = vec![Vec::new()];
    for (transaction, edits) in history.transactions.iter().enumerate() {
        let mut rest = &edits[..];
        let mut begins = true;
        while begins || !rest.is_empty() {
            let splits = rest.len() > 1 && dice.chance(30);
            let (edits, after) = rest.split_at(if splits { 1 + dice.below(rest.len() - 1) } else { rest.len() });
            let set = sets.last_mut().expect("there is one from the start");
            set.push(Part { transaction, edits, begins, ends: after.is_empty() });
            if splits || dice.chance(35) {
                sets.push(Vec::new());
            }
            (rest, begins) = (after, false);
        }
    }
    sets.retain(|set| !set.is_empty());
    sets
}

fn change_set(parts: &[Part<'_>], sources: &[Arc<TableSchema>], shape: &Shape) -> ChangeSet {
    let transactions = parts.iter().map(|part| Transaction {
        start: start_of(part.transaction),
        end: part.ends.then(|| position(part.transaction + 1)),
        continued: !part.begins,
        gtid: None,
        time_us: 0,
    });
    let numbered: Vec<(u32, &Edit)> =
        (0u32..).zip(parts).flat_map(|(number, part)| part.edits.iter().map(move |edit| (number, edit))).collect();
    let batches = (0..=LOOSE).filter_map(|table| {
        let edits: Vec<(u32, u32, &Edit)> = (0u32..)
            .zip(&numbered)
            .filter(|(_, (_, edit))| edit.table == table)
            .map(|(ordinal, &(transaction, edit))| (ordinal, transaction, edit))
            .collect();
        (!edits.is_empty()).then(|| image_batch(&sources[table], &edits, parts.len(), shape))
    });
    ChangeSet { transactions: transactions.collect(), batches: batches.collect() }
}

/// A transaction begins where the one before it ends, or in the next file.
fn start_of(transaction: usize) -> BinlogOffset {
    let (start, end) = (position(transaction), position(transaction + 1));
    if start.file == end.file { start } else { BinlogOffset { offset: 4, ..end } }
}

fn image_batch(schema: &Arc<TableSchema>, edits: &[(u32, u32, &Edit)], transactions: usize, shape: &Shape) -> ImageBatch {
    let (mut images, mut changes): (Vec<&Image>, Vec<Change>) = Default::default();
    for &(ordinal, transaction, edit) in edits {
        let op = match (&edit.before, &edit.after) {
            (None, _) => Op::Insert,
            (Some(_), Some(_)) => Op::Update,
            (Some(_), None) => Op::Delete,
        };
        changes.push(Change { op, image: images.len() as u32, event: transaction, row: ordinal, ordinal });
        images.extend(edit.before.iter().chain(&edit.after));
    }
    let column = |column: usize| -> ArrayRef {
        let cells = images.iter().map(|image| Some(&image.row[column]).filter(|_| !image.absent.contains(&column)));
        match schema.columns[column].ty {
            ColumnType::Varchar { .. } => Arc::new(cells.map(|cell| cell.and_then(bytes)).collect::<BinaryArray>()),
            ColumnType::Integer { width: IntegerWidth::Int, .. } => {
                Arc::new(cells.map(|cell| cell.and_then(number).map(|number| number as i32)).collect::<Int32Array>())
            }
            _ => Arc::new(cells.map(|cell| cell.and_then(number)).collect::<Int64Array>()),
        }
    };
    let set_of = |image: &&Image| (0..image.row.len()).filter(|column| !image.absent.contains(column)).collect::<ColumnSet>();
    let presence = if shape.is_partial && images.iter().any(|image| !image.absent.is_empty()) {
        Presence::Partial { sets: images.iter().map(set_of).collect(), set_of_row: (0..images.len() as u32).collect() }
    } else {
        Presence::Full
    };
    ImageBatch {
        schema: Arc::clone(schema),
        image_count: images.len(),
        columns: (0..schema.columns.len()).map(|index| Some(column(index))).collect(),
        presence,
        changes,
        events: (0..transactions as u32).map(|transaction| EventPlace { offset: 4, inner: None, time_s: 0, transaction }).collect(),
    }
}

fn number(cell: &Cell) -> Option<i64> {
    match cell {
        Cell::Number(number) => Some(*number),
        Cell::Null | Cell::Text(_) => None,
    }
}

fn bytes(cell: &Cell) -> Option<&[u8]> {
    match cell {
        Cell::Text(text) => Some(text.as_bytes()),
        Cell::Null | Cell::Number(_) => None,
    }
}
