//! What the rows of a capture add up to, and what a server's tables hold: the same form on both sides.

use std::collections::BTreeMap;

use rowgate::change::{ChangeSet, ImageBatch, Images};

use crate::{
    server::{Kind, Server},
    stored_value,
};

/// A cell: not known (a partial image never had it), or the value in the form of [`stored_value`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Cell {
    Absent,
    Value(Option<Vec<u8>>),
}

/// The rows of one table.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct TableRows {
    columns: Vec<String>,
    /// The columns that identify a row; none: a row is identified by all its cells, and may be there many times.
    key: Vec<usize>,
    /// By key; the rows of a table without one lie under their own cells, as often as they are there.
    rows: BTreeMap<Vec<Cell>, Vec<Vec<Cell>>>,
    /// Cells that no image ever carried.
    absent: usize,
}

impl TableRows {
    fn key_of(&self, row: &[Cell]) -> Vec<Cell> {
        if self.key.is_empty() { row.to_vec() } else { self.key.iter().map(|&column| row[column].clone()).collect() }
    }

    fn put(&mut self, row: Vec<Cell>) -> Result<(), String> {
        let key = self.key_of(&row);
        self.absent += row.iter().filter(|cell| **cell == Cell::Absent).count();
        let rows = self.rows.entry(key).or_default();
        rows.push(row);
        if rows.len() > 1 && !self.key.is_empty() { Err("a row is inserted under a key that is there".to_owned()) } else { Ok(()) }
    }

    /// Takes the row that `before` identifies; every cell that `before` has must be that row's.
    fn take(&mut self, before: &[Cell]) -> Result<Vec<Cell>, String> {
        let key = self.key_of(before);
        let rows = self.rows.get_mut(&key).ok_or_else(|| format!("no row has the key of the before image {before:?}"))?;
        let row = rows.pop().expect("an empty list is removed");
        if rows.is_empty() {
            self.rows.remove(&key);
        }
        for (index, (cell, seen)) in row.iter().zip(before).enumerate() {
            if *seen != Cell::Absent && *cell != Cell::Absent && cell != seen {
                return Err(format!("`{}` of the before image is {seen:?}, and was {cell:?}", self.columns[index]));
            }
        }
        Ok(row)
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.values().map(Vec::len).sum()
    }
}

/// Tables by `schema.table`.
#[derive(Debug, Default)]
pub(crate) struct EndState {
    pub(crate) tables: BTreeMap<String, TableRows>,
    /// Row events applied, as inserts, updates, deletes, by table.
    pub(crate) counts: BTreeMap<String, [u64; 3]>,
}

impl EndState {
    /// Applies changes in their order; each before image must be what came before.
    pub(crate) fn apply(&mut self, set: &ChangeSet) {
        let mut changes: Vec<(u32, &ImageBatch, usize)> = Vec::new();
        for batch in &set.batches {
            changes.extend(batch.changes.iter().enumerate().map(|(index, change)| (change.ordinal, batch, index)));
        }
        changes.sort_by_key(|(ordinal, ..)| *ordinal);
        for (_, batch, index) in changes {
            if let Err(message) = self.apply_one(batch, index) {
                assert!(message.is_empty(), "{}: change {index}: {message}", batch.schema.name);
            }
        }
    }

    fn apply_one(&mut self, batch: &ImageBatch, index: usize) -> Result<(), String> {
        let name = batch.schema.name.to_string();
        let table = self.tables.entry(name.clone()).or_default();
        if table.columns.len() != batch.schema.columns.len() {
            table.adopt(batch);
        }
        let counts = self.counts.entry(name).or_default();
        match batch.changes[index].images() {
            Images::Inserted(row) => {
                counts[0] += 1;
                table.put(image(batch, row))
            }
            Images::Updated { before, after } => {
                counts[1] += 1;
                let mut row = table.take(&image(batch, before))?;
                for (cell, new) in row.iter_mut().zip(image(batch, after)) {
                    if new != Cell::Absent {
                        *cell = new;
                    }
                }
                table.put(row)
            }
            Images::Deleted(row) => {
                counts[2] += 1;
                table.take(&image(batch, row)).map(|_| ())
            }
        }
    }

    /// The tables of a server's schema, all of them.
    pub(crate) fn of_server(server: &Server, schema: &str) -> Self {
        let columns = "SELECT table_name, column_name, data_type, column_key FROM information_schema.columns";
        let answer = server.query_text(&format!("{columns} WHERE table_schema = '{schema}' ORDER BY table_name, ordinal_position"));
        let mut tables: BTreeMap<String, Vec<[String; 3]>> = BTreeMap::new();
        for row in answer {
            let mut row = row.into_iter().map(|value| value.expect("none of these columns is NULL"));
            let mut next = || row.next().expect("four columns were asked for");
            tables.entry(next()).or_default().push([next(), next(), next()]);
        }
        let rows = tables.into_iter().map(|(table, columns)| {
            let rows = TableRows::of_server(server, schema, &table, &columns);
            (format!("{schema}.{table}"), rows)
        });
        Self { tables: rows.collect(), counts: BTreeMap::new() }
    }

    /// The same tables as if they lay in another schema.
    pub(crate) fn renamed(self, schema: &str) -> Self {
        let rename = |name: String| format!("{schema}.{}", name.split_once('.').map_or("", |(_, table)| table));
        Self { tables: self.tables.into_iter().map(|(name, rows)| (rename(name), rows)).collect(), counts: self.counts }
    }

    /// Fails with the first difference; rows and values are named.
    pub(crate) fn assert_equals(&self, server: &Self) {
        for (name, expected) in &server.tables {
            let empty = TableRows::default();
            let found = self.tables.get(name).unwrap_or(&empty);
            assert!(expected.len() == 0 || found.columns == expected.columns, "{name}: {:?} against {:?}", found.columns, expected.columns);
            for (key, rows) in &expected.rows {
                let decoded = found.rows.get(key);
                assert!(decoded.is_some(), "{name}: no decoded row has the key {}", shown(key));
                for (row, expected_row) in decoded.into_iter().flatten().zip(rows) {
                    for (index, (cell, expected_cell)) in row.iter().zip(expected_row).enumerate() {
                        let same = *cell == Cell::Absent || cell == expected_cell;
                        assert!(
                            same,
                            "{name}.{}, key {}: decoded {}, the server has {}",
                            expected.columns[index],
                            shown(key),
                            show(cell),
                            show(expected_cell)
                        );
                    }
                }
            }
            assert_eq!(found.len(), expected.len(), "{name}: rows");
        }
    }

    /// All row events.
    pub(crate) fn row_events(&self) -> u64 {
        self.counts.values().flatten().sum()
    }

    /// Cells that no image carried, over all tables.
    pub(crate) fn absent_cells(&self) -> usize {
        self.tables.values().map(|table| table.absent).sum()
    }
}

impl TableRows {
    /// Takes the columns of a definition, at first sight or after an ALTER that adds columns at the end.
    fn adopt(&mut self, batch: &ImageBatch) {
        self.columns = batch.schema.columns.iter().map(|column| column.name.clone()).collect();
        self.key = batch.schema.primary_key.clone();
        self.key.sort_unstable();
        let width = self.columns.len();
        self.rows.values_mut().flatten().for_each(|row| row.resize(width, Cell::Absent));
    }

    fn of_server(server: &Server, schema: &str, table: &str, columns: &[[String; 3]]) -> Self {
        let kind: Kind = server.kind();
        let expressions: Vec<String> = columns.iter().map(|[name, data_type, _]| stored_value::expression(kind, name, data_type)).collect();
        let mut rows = Self {
            columns: columns.iter().map(|[name, ..]| name.clone()).collect(),
            key: (0..columns.len()).filter(|&index| columns[index][2] == "PRI").collect(),
            ..Self::default()
        };
        for row in server.query(&format!("SELECT {} FROM `{schema}`.`{table}`", expressions.join(", "))) {
            let cell = |value: Option<Vec<u8>>| Cell::Value(value.map(|hex| stored_value::answered(&hex)));
            rows.put(row.into_iter().map(cell).collect()).expect("the server's keys are unique");
        }
        rows
    }
}

fn image(batch: &ImageBatch, row: usize) -> Vec<Cell> {
    let cell = |(index, column): (usize, &rowgate::schema::Column)| match &batch.columns[index] {
        Some(array) if batch.presence.has(row, index) => Cell::Value(stored_value::decoded(array, row, &column.ty)),
        _ => Cell::Absent,
    };
    batch.schema.columns.iter().enumerate().map(cell).collect()
}

fn shown(key: &[Cell]) -> String {
    key.iter().map(show).collect::<Vec<_>>().join(", ")
}

fn show(cell: &Cell) -> String {
    match cell {
        Cell::Absent => "(absent)".to_owned(),
        Cell::Value(None) => "NULL".to_owned(),
        Cell::Value(Some(bytes)) => {
            let text = String::from_utf8_lossy(bytes);
            let hex: String = bytes.iter().take(40).map(|byte| format!("{byte:02x}")).collect();
            format!("`{}` ({} bytes, 0x{hex})", text.chars().take(80).collect::<String>(), bytes.len())
        }
    }
}
