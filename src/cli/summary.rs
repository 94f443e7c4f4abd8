//! How many rows went where: the table at the end of a preview or a replay.

use std::{
    cmp::Reverse,
    collections::BTreeMap,
    io::{self, Write},
};

use comfy_table::{Cell, CellAlignment, Table, presets};
use serde_json::{Value, json};

use super::args::Format;
use crate::{
    load::{LoadError, Loader, RoutedSet},
    mapping::{Place, Transition},
    pipeline::Outcome,
    schema::TableName,
};

/// Counts by mapping and target.
#[derive(Debug, Default)]
pub(super) struct Summary {
    by_target: BTreeMap<(String, Option<PlaceName>), Counts>,
    changes: u64,
}

/// A place by its names, so that it outlives the router.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct PlaceName {
    server: String,
    schema: String,
    table: String,
}

/// What the rows of one target are told.
#[derive(Debug, Default, Clone, Copy)]
struct Counts {
    inserts: u64,
    updates: u64,
    deletes: u64,
    /// Rows that come from or go to another place or key; counted as a delete or insert too.
    moved_in: u64,
    moved_out: u64,
    dropped: u64,
    failed: u64,
}

impl Summary {
    /// How many rows could not be evaluated or routed.
    pub(super) fn failed(&self) -> u64 {
        self.by_target.values().map(|counts| counts.failed).sum()
    }

    /// One sentence about all that was read.
    pub(super) fn tell_totals(&self, outcome: &Outcome, out: &mut impl Write) -> io::Result<()> {
        writeln!(out, "{} changes in {} transactions read, {} of them failed", self.changes, outcome.transactions, self.failed())?;
        Ok(())
    }

    /// The table, or one JSON object a line; the tables that no mapping reads follow.
    pub(super) fn render(&self, outcome: &Outcome, format: Format) -> String {
        match format {
            Format::Human => self.table() + &unread_line(&outcome.unread_tables),
            Format::Json => self.json_lines() + &unread_json_lines(&outcome.unread_tables),
        }
    }

    fn table(&self) -> String {
        let mut table = Table::new();
        table.load_preset(presets::UTF8_BORDERS_ONLY);
        table.set_header(["mapping", "server", "target", "insert", "update", "delete", "moved in", "moved out"]);
        for ((mapping, place), counts) in &self.by_target {
            let Some(place) = place else { continue };
            let names = [mapping.clone(), place.server.clone(), format!("{}.{}", place.schema, place.table)];
            let numbers = [counts.inserts, counts.updates, counts.deletes, counts.moved_in, counts.moved_out];
            let cells = names
                .into_iter()
                .map(Cell::new)
                .chain(numbers.into_iter().map(|number| Cell::new(number).set_alignment(CellAlignment::Right)));
            table.add_row(cells);
        }
        let mut text = format!("{table}\n");
        for ((mapping, _), counts) in self.by_target.iter().filter(|((_, place), _)| place.is_none()) {
            text.push_str(&format!("{mapping}: {} changes outside WHERE, {} failed\n", counts.dropped, counts.failed));
        }
        text
    }

    fn json_lines(&self) -> String {
        let line = |((mapping, place), counts): (&(String, Option<PlaceName>), &Counts)| {
            let target = place.as_ref().map(|place| json!({"server": place.server, "schema": place.schema, "table": place.table}));
            json_line(Some(mapping), target, counts, None)
        };
        self.by_target.iter().map(line).collect()
    }
}

fn json_line(mapping: Option<&str>, target: Option<Value>, counts: &Counts, unread: Option<Value>) -> String {
    let line = json!({
        "mapping": mapping, "target": target, "insert": counts.inserts, "update": counts.updates, "delete": counts.deletes,
        "moved_in": counts.moved_in, "moved_out": counts.moved_out, "dropped": counts.dropped, "failed": counts.failed, "unread": unread,
    });
    format!("{line}\n")
}

impl Loader for Summary {
    fn load(&mut self, routed: &RoutedSet) -> Result<(), LoadError> {
        self.changes += routed.set.batches.iter().map(|batch| batch.changes.len() as u64).sum::<u64>();
        for batch in routed.routed.iter().flatten() {
            let mut by_place = vec![Counts::default(); routed.places.len()];
            let mut nowhere = Counts::default();
            for transition in &batch.transitions {
                match transition {
                    Transition::Nothing(_) => nowhere.dropped += 1,
                    Transition::Failed(_) => nowhere.failed += 1,
                    Transition::Insert { to, .. } => by_place[to.0 as usize].inserts += 1,
                    Transition::Delete { from, .. } => by_place[from.0 as usize].deletes += 1,
                    Transition::Update { at, .. } => by_place[at.0 as usize].updates += 1,
                    Transition::Move { from, to, .. } => {
                        by_place[from.0 as usize].deletes += 1;
                        by_place[from.0 as usize].moved_out += 1;
                        by_place[to.0 as usize].inserts += 1;
                        by_place[to.0 as usize].moved_in += 1;
                    }
                }
            }
            let mapping = batch.mapping.name();
            self.add(mapping, None, nowhere);
            for ((_, place), counts) in routed.places.iter().zip(by_place) {
                self.add(mapping, Some(place), counts);
            }
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), LoadError> {
        Ok(())
    }
}

impl Summary {
    fn add(&mut self, mapping: &str, place: Option<&Place>, more: Counts) {
        if more.is_zero() {
            return;
        }
        let name = place.map(|place| PlaceName {
            server: place.server.to_string(),
            schema: place.schema.to_string(),
            table: place.table.to_string(),
        });
        let counts = self.by_target.entry((mapping.to_owned(), name)).or_default();
        counts.inserts += more.inserts;
        counts.updates += more.updates;
        counts.deletes += more.deletes;
        counts.moved_in += more.moved_in;
        counts.moved_out += more.moved_out;
        counts.dropped += more.dropped;
        counts.failed += more.failed;
    }
}

impl Counts {
    fn is_zero(&self) -> bool {
        self.inserts + self.updates + self.deletes + self.dropped + self.failed == 0
    }
}

/// How many tables are named; those with the most events come first.
const UNREAD_NAMED: usize = 10;

/// Their rows are not decoded, so that events are counted: one has one row or more.
fn unread_line(tables: &BTreeMap<TableName, u64>) -> String {
    if tables.is_empty() {
        return String::new();
    }
    let mut by_events: Vec<_> = tables.iter().collect();
    by_events.sort_by_key(|(_, events)| Reverse(*events));
    let named = by_events.iter().take(UNREAD_NAMED).map(|(table, events)| format!("{table} {events}")).collect::<Vec<_>>().join(", ");
    let more = if tables.len() > UNREAD_NAMED { ", …" } else { "" };
    format!(
        "tables that no mapping reads: {} ({} events with rows, not decoded): {named}{more}\n",
        tables.len(),
        tables.values().sum::<u64>()
    )
}

fn unread_json_lines(tables: &BTreeMap<TableName, u64>) -> String {
    let unread = |(table, events): (&TableName, &u64)| json!({"schema": table.schema, "table": table.table, "events": events});
    tables.iter().map(|table| json_line(None, None, &Counts::default(), Some(unread(table)))).collect()
}
