//! The tables that rows events speak of by number: which are wanted, and how each is decoded.

use std::{collections::HashMap, sync::Arc};

use super::{BinlogError, DecodeError, Interest, ResolvedTable, TableMap, cursor::Cursor, definition::looks_like};
use crate::{
    position::BinlogOffset,
    schema::{Flavor, SchemaHistory, TableName, TableSchema},
};

/// The table maps of the file at hand, by number.
#[derive(Debug)]
pub(super) struct Tables {
    by_number: HashMap<u64, Mapped>,
    /// Tables that were settled under the present definitions, by their map without its number: servers number a table anew whenever they open it.
    settled: HashMap<Box<[u8]>, Settled>,
    /// Counts transactions: a table's number is only good in the one that maps it.
    transaction: u64,
    most: usize,
    unread: UnreadTables,
}

/// The tables that nobody wants. Each name is kept once, as the history keeps each definition.
#[derive(Debug, Default)]
struct UnreadTables {
    numbers: HashMap<TableName, usize>,
    /// How many rows events were passed over, by the table's number.
    rows_events: Vec<(TableName, u64)>,
}

#[derive(Debug)]
struct Mapped {
    /// The map without its number.
    map: Box<[u8]>,
    transaction: u64,
    settled: Settled,
}

/// What is done with a table's rows.
#[derive(Debug, Clone)]
pub(super) enum Settled {
    /// They are passed over, and counted under this number.
    Unread(usize),
    /// They are decoded.
    Wanted(Arc<ResolvedTable>),
}

/// What a table map is settled with.
pub(super) struct Settling<'a, I> {
    pub(super) interest: &'a mut I,
    pub(super) history: &'a mut SchemaHistory,
    pub(super) flavor: Flavor,
}

/// Table number and flags.
const HEAD_BYTES: usize = 8;
/// What the format description says of this length, which is the only one that is taken.
const POST_HEADER: u8 = HEAD_BYTES as u8;

impl Tables {
    /// Keeps about `most` tables from one transaction to the next.
    pub(super) fn new(most: usize) -> Self {
        Self { by_number: HashMap::new(), settled: HashMap::new(), transaction: 0, most, unread: UnreadTables::default() }
    }

    /// A transaction begins: it must map its tables itself.
    pub(super) fn begin_transaction(&mut self) {
        self.transaction += 1;
    }

    /// A file begins: tables are numbered anew.
    pub(super) fn begin_file(&mut self) {
        self.by_number.clear();
    }

    /// Definitions changed: every table is settled anew when it is mapped next.
    pub(super) fn forget(&mut self) {
        self.by_number.clear();
        self.settled.clear();
    }

    /// Takes a table map.
    pub(super) fn map<I: Interest>(
        &mut self,
        body: &[u8],
        settling: Settling<'_, I>,
        at: impl Fn() -> BinlogOffset,
    ) -> Result<(), BinlogError> {
        let malformed = |source| BinlogError::Malformed { at: at(), event: "table map", source: Box::new(source) };
        let mut fields = Cursor::new(body);
        let number = fields.uint(6, "the table's number").map_err(malformed)?;
        fields.take(2, "the flags of a table map").map_err(malformed)?;
        let map = fields.rest();
        if let Some(mapped) = self.by_number.get_mut(&number)
            && *mapped.map == *map
        {
            mapped.transaction = self.transaction;
            return Ok(());
        }
        let settled = match self.settled.get(map) {
            Some(settled) => settled.clone(),
            None => {
                let settled = settling.settle(body, map, &mut self.unread, &at)?;
                if self.settled.len() >= self.most {
                    self.settled.clear();
                }
                self.settled.insert(map.into(), settled.clone());
                settled
            }
        };
        if self.by_number.len() >= self.most {
            let transaction = self.transaction;
            self.by_number.retain(|_, mapped| mapped.transaction == transaction);
        }
        self.by_number.insert(number, Mapped { map: map.into(), transaction: self.transaction, settled });
        Ok(())
    }

    /// A rows event of an unread table was passed over.
    pub(super) fn pass_over(&mut self, table: usize) {
        self.unread.rows_events[table].1 += 1;
    }

    /// The tables whose rows were passed over, with how many rows events that were.
    pub(super) fn unread(&self) -> impl Iterator<Item = (&TableName, u64)> {
        self.unread.rows_events.iter().filter(|(_, events)| *events > 0).map(|(table, events)| (table, *events))
    }

    /// The table of a number; none when the transaction at hand has not mapped it.
    pub(super) fn get(&self, number: u64) -> Option<&Settled> {
        self.by_number.get(&number).filter(|mapped| mapped.transaction == self.transaction).map(|mapped| &mapped.settled)
    }
}

impl UnreadTables {
    fn number(&mut self, table: TableName) -> usize {
        *self.numbers.entry(table).or_insert_with_key(|table| {
            self.rows_events.push((table.clone(), 0));
            self.rows_events.len() - 1
        })
    }
}

impl<I: Interest> Settling<'_, I> {
    fn settle(self, body: &[u8], map: &[u8], unread: &mut UnreadTables, at: &impl Fn() -> BinlogOffset) -> Result<Settled, BinlogError> {
        let malformed = |source| BinlogError::Malformed { at: at(), event: "table map", source: Box::new(source) };
        let name = name(map).map_err(malformed)?;
        if !self.interest.wants_table(&name) {
            return Ok(Settled::Unread(unread.number(name)));
        }
        let map = TableMap::parse(body, POST_HEADER).map_err(malformed)?;
        let mismatch = |source| BinlogError::Mismatch { at: at(), source: Box::new(source) };
        let schema = match (map.definition(self.flavor).map_err(mismatch)?, self.history.get(&map.name)) {
            // Row metadata knows neither defaults nor generated columns, so a definition that agrees with it is better.
            (Some(said), Some(known)) if has_the_columns(&known, &said) => known,
            (Some(said), _) => {
                self.history.insert(&said);
                Arc::new(said)
            }
            (None, Some(known)) => known,
            (None, None) if !self.interest.needs_definition(&map.name) => {
                return ResolvedTable::undefined(&map).map(|table| Settled::Wanted(Arc::new(table))).map_err(mismatch);
            }
            (None, None) => return Err(BinlogError::NoDefinition { at: at(), table: map.name }),
        };
        let columns = self.interest.columns(&schema);
        ResolvedTable::new(&map, schema, &columns).map(|table| Settled::Wanted(Arc::new(table))).map_err(mismatch)
    }
}

/// Whether a definition has the columns that row metadata tells of, by name and type, in the same order.
fn has_the_columns(known: &TableSchema, said: &TableSchema) -> bool {
    let mut pairs = known.columns.iter().zip(&said.columns);
    known.columns.len() == said.columns.len() && pairs.all(|(known, said)| known.name == said.name && looks_like(&known.ty, &said.ty))
}

/// The table's name, which stands first: each part behind its length and before a NUL.
fn name(map: &[u8]) -> Result<TableName, DecodeError> {
    let mut fields = Cursor::new(map);
    let mut part = |what| {
        let length = fields.u8(what)?;
        let bytes = fields.take(usize::from(length), what)?;
        fields.u8(what)?;
        std::str::from_utf8(bytes).map_err(|_| DecodeError::Invalid { what, offset: HEAD_BYTES })
    };
    let schema = part("a schema name")?;
    Ok(TableName::new(schema, part("a table name")?))
}
