//! A target server in memory: tables, checkpoint rows, transactions with savepoints, and the locks that they hold.

use std::collections::BTreeMap;

use super::{Contents, Dice, MemoryTable, Row, Shape, memory_table::Entry};
use crate::{
    checkpoint::{Claim, JobRecord, LaneRow},
    load::lane::ConflictKind,
    position::BinlogOffset,
};

/// A server.
pub(super) struct MemoryServer {
    tables: BTreeMap<String, MemoryTable>,
    lanes: Vec<LaneRow>,
    pub(super) record: Option<JobRecord>,
    /// The mappings of the process that last began a window.
    pub(super) windows_by: Option<String>,
    transactions: BTreeMap<u64, Open>,
    next_transaction: u64,
    locks: BTreeMap<Lock, u64>,
    pub(super) dice: Dice,
    /// The first thing that should never happen.
    pub(super) violation: Option<String>,
    /// What was done, when somebody will read it.
    pub(super) log: Option<Vec<String>>,
}

/// An open transaction.
#[derive(Default)]
struct Open {
    undo: Vec<Undo>,
    savepoint: usize,
    /// Its lane's row, as it will be.
    row: Option<LaneRow>,
    /// Its client is gone: what the server will find out that it has to do.
    fate: Option<Fate>,
}

/// How a transaction ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Commit,
    RollBack,
}

enum Undo {
    Added(String, Row),
    Taken(String, Row),
}

/// What one transaction at a time may touch.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Lock {
    Lane(u16),
    Entry(String, Entry),
}

/// Why a server does not do what it is asked to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    Conflict(ConflictKind),
    /// Another transaction has to end first.
    Waits,
}

impl MemoryServer {
    pub(super) fn new(shape: &Shape, dice: Dice, has_log: bool) -> Self {
        let tables = ["t0", "t1", "n0", "n1"].map(|name| (name.to_owned(), MemoryTable::new(shape, name)));
        Self {
            tables: tables.into(),
            lanes: Vec::new(),
            record: None,
            windows_by: None,
            transactions: BTreeMap::new(),
            next_transaction: 1,
            locks: BTreeMap::new(),
            dice,
            violation: None,
            log: has_log.then(Vec::new),
        }
    }

    /// What the tables hold, without columns of the target's own.
    pub(super) fn contents(&self, columns: usize) -> Contents {
        let rows = |table: &MemoryTable| {
            let mut rows: Vec<Row> = table.rows.iter().map(|row| row.iter().take(columns).cloned().collect()).collect();
            rows.sort();
            rows
        };
        self.tables.iter().filter(|(_, table)| !table.rows.is_empty()).map(|(name, table)| (name.clone(), rows(table))).collect()
    }

    pub(super) fn say(&mut self, line: impl FnOnce() -> String) {
        if let Some(log) = &mut self.log {
            log.push(line());
        }
    }

    pub(super) fn violate(&mut self, what: impl FnOnce() -> String) {
        if self.violation.is_none() {
            let what = what();
            self.say(|| format!("VIOLATION {what}"));
            self.violation = Some(what);
        }
    }

    /// Whether a transaction has written rows and not ended.
    pub(super) fn has_open_rows(&self) -> bool {
        self.transactions.values().any(|open| !open.undo.is_empty())
    }

    /// `START TRANSACTION` and the claim; a transaction that claimed, or none.
    pub(super) fn claim(&mut self, claim: &Claim) -> Result<Option<u64>, Refused> {
        let transaction = self.next_transaction;
        self.lock(Lock::Lane(claim.lane), transaction)?;
        self.next_transaction += 1;
        let is_ours = |row: &&LaneRow| row.lane == claim.lane && row.epoch == claim.epoch && row.seq == claim.previous;
        let row = self.lanes.iter().find(is_ours).map(|row| LaneRow {
            seq: claim.seq,
            low: claim.low.clone(),
            high: claim.high.clone().or(row.high.clone()),
            single: claim.single,
            ..row.clone()
        });
        if row.is_none() {
            self.unlock(transaction);
            return Ok(None);
        }
        self.transactions.insert(transaction, Open { row, ..Open::default() });
        Ok(Some(transaction))
    }

    /// The committed row of a lane.
    pub(super) fn lane_row(&self, lane: u16) -> Option<LaneRow> {
        self.lanes.iter().find(|row| row.lane == lane).cloned()
    }

    /// The row of a lane that claimed.
    pub(super) fn claimed(&mut self, transaction: u64) -> Option<&mut LaneRow> {
        self.transactions.get_mut(&transaction)?.row.as_mut()
    }

    /// Raises the epoch once older transactions have ended.
    pub(super) fn take_over(&mut self, lanes: u16) -> Result<Vec<LaneRow>, Refused> {
        let known = self.lanes.len() as u16;
        self.lanes.extend((known..lanes).map(|lane| LaneRow { lane, ..LaneRow::default() }));
        self.wait_for_lanes()?;
        let epoch = self.lanes.iter().map(|row| row.epoch).max().unwrap_or(0) + 1;
        self.lanes.iter_mut().for_each(|row| row.epoch = epoch);
        Ok(self.lanes.clone())
    }

    /// Notes on all rows of the epoch that everything is done; whether there are any.
    pub(super) fn complete(&mut self, epoch: u64, low: &BinlogOffset) -> Result<bool, Refused> {
        if let Err(waits) = self.wait_for_lanes() {
            let is_current = self.lanes.iter().all(|row| row.epoch == epoch);
            if is_current && self.transactions.values().any(|open| open.row.is_some() && open.fate.is_none()) {
                self.violate(|| "the end waits for a transaction of the same process".to_owned());
            }
            return Err(waits);
        }
        let mut found = false;
        for row in self.lanes.iter_mut().filter(|row| row.epoch == epoch) {
            (row.low, row.high, row.single) = (Some(low.clone()), Some(low.clone()), false);
            found = true;
        }
        Ok(found)
    }

    fn wait_for_lanes(&mut self) -> Result<(), Refused> {
        let holders: Vec<u64> = self.locks.iter().filter(|(lock, _)| matches!(lock, Lock::Lane(_))).map(|(_, &holder)| holder).collect();
        let remain = holders.into_iter().filter(|&holder| !self.ends_by_itself(holder)).count();
        if remain > 0 { Err(Refused::Waits) } else { Ok(()) }
    }

    /// Inserts a row that no other may meet.
    pub(super) fn insert(&mut self, transaction: u64, table: &str, row: Row) -> Result<(), Refused> {
        let entries = self.table(table).entries(&row);
        self.lock_entries(transaction, table, entries)?;
        if !self.table(table).met_by(&row).is_empty() {
            return Err(Refused::Conflict(ConflictKind::Present));
        }
        self.add(transaction, table, row);
        Ok(())
    }

    /// Deletes the row that is found by these columns; whether there was one.
    pub(super) fn delete(&mut self, transaction: u64, table: &str, columns: &[usize], like: &Row) -> Result<Option<Row>, Refused> {
        // The place of a row that is not there is locked too.
        let sought: Vec<Entry> = self.table(table).entries(like).into_iter().take(1).collect();
        self.lock_entries(transaction, table, sought)?;
        let Some(found) = self.table(table).find(columns, like) else { return Ok(None) };
        let entries = self.table(table).entries(&found);
        self.lock_entries(transaction, table, entries)?;
        self.remove(transaction, table, &found);
        Ok(Some(found))
    }

    /// Deletes one of the rows with these bytes; whether there was one.
    pub(super) fn delete_copy(&mut self, transaction: u64, table: &str, row: &Row) -> bool {
        let found = self.table(table).rows.contains(row);
        if found {
            self.remove(transaction, table, row);
        }
        found
    }

    /// Deletes what the row would meet.
    pub(super) fn clear_way(&mut self, transaction: u64, table: &str, row: &Row) -> Result<(), Refused> {
        for met in self.table(table).met_by(row) {
            let entries = self.table(table).entries(&met);
            self.lock_entries(transaction, table, entries)?;
            self.remove(transaction, table, &met);
        }
        Ok(())
    }

    /// The first row that meets this one.
    pub(super) fn first_met(&mut self, transaction: u64, table: &str, row: &Row) -> Result<Option<Row>, Refused> {
        let entries = self.table(table).entries(row);
        self.lock_entries(transaction, table, entries)?;
        Ok(self.table(table).met_by(row).into_iter().next())
    }

    /// Marks where [`MemoryServer::undo`] returns to.
    pub(super) fn savepoint(&mut self, transaction: u64) {
        if let Some(open) = self.transactions.get_mut(&transaction) {
            open.savepoint = open.undo.len();
        }
    }

    /// How much the transaction has done.
    pub(super) fn progress(&self, transaction: u64) -> usize {
        self.transactions.get(&transaction).map_or(0, |open| open.undo.len())
    }

    /// Takes back what the transaction did since its savepoint, or since some progress.
    pub(super) fn undo(&mut self, transaction: u64, since: Option<usize>) {
        let Some(open) = self.transactions.get_mut(&transaction) else { return };
        let since = since.unwrap_or(open.savepoint).min(open.undo.len());
        for undo in open.undo.split_off(since).into_iter().rev() {
            match undo {
                Undo::Added(table, row) => {
                    self.tables.get_mut(&table).expect("it was written before").take(&row);
                }
                Undo::Taken(table, row) => self.tables.get_mut(&table).expect("it was written before").rows.push(row),
            }
        }
    }

    /// Ends a transaction; one that ended already stays so.
    pub(super) fn end(&mut self, transaction: u64, fate: Fate) {
        if fate == Fate::RollBack {
            self.undo(transaction, Some(0));
        }
        let Some(open) = self.transactions.remove(&transaction) else { return };
        self.unlock(transaction);
        if let (Fate::Commit, Some(row)) = (fate, open.row) {
            self.say(|| format!("  commit of {transaction}"));
            let lane = usize::from(row.lane);
            self.lanes[lane] = row;
        }
    }

    /// The client of a transaction is gone; the server finds out later.
    pub(super) fn leave(&mut self, transaction: u64, fate: Fate) {
        if let Some(open) = self.transactions.get_mut(&transaction) {
            open.fate.get_or_insert(fate);
        }
    }

    /// Ends all transactions whose clients are gone.
    pub(super) fn end_left(&mut self) {
        let left: Vec<(u64, Fate)> = self.transactions.iter().filter_map(|(&number, open)| Some((number, open.fate?))).collect();
        for (number, fate) in left {
            self.say(|| format!("  {number}, left alone, ends: {fate:?}"));
            self.end(number, fate);
        }
    }

    /// A transaction that is waited for ends sooner or later when its client is gone.
    fn ends_by_itself(&mut self, transaction: u64) -> bool {
        let fate = self.transactions.get(&transaction).and_then(|open| open.fate);
        if let Some(fate) = fate.filter(|_| self.dice.chance(40)) {
            self.say(|| format!("  {transaction}, left alone, ends: {fate:?}"));
            self.end(transaction, fate);
            return true;
        }
        false
    }

    fn add(&mut self, transaction: u64, table: &str, row: Row) {
        self.table_mut(table).rows.push(row.clone());
        self.open(transaction).undo.push(Undo::Added(table.to_owned(), row));
    }

    fn remove(&mut self, transaction: u64, table: &str, row: &Row) {
        self.table_mut(table).take(row);
        self.open(transaction).undo.push(Undo::Taken(table.to_owned(), row.clone()));
    }

    fn lock_entries(&mut self, transaction: u64, table: &str, entries: Vec<Entry>) -> Result<(), Refused> {
        for entry in entries {
            let lock = Lock::Entry(table.to_owned(), entry);
            if let Some(&holder) = self.locks.get(&lock)
                && holder != transaction
            {
                // Lanes share no value, and whoever wrote before has ended when a process takes over.
                self.violate(|| format!("transaction {transaction} waits for {holder} on {lock:?}"));
            }
            self.locks.insert(lock, transaction);
        }
        Ok(())
    }

    fn lock(&mut self, lock: Lock, transaction: u64) -> Result<(), Refused> {
        if let Some(&holder) = self.locks.get(&lock)
            && !self.ends_by_itself(holder)
        {
            return Err(Refused::Waits);
        }
        self.locks.insert(lock, transaction);
        Ok(())
    }

    fn unlock(&mut self, transaction: u64) {
        self.locks.retain(|_, &mut holder| holder != transaction);
    }

    fn open(&mut self, transaction: u64) -> &mut Open {
        self.transactions.get_mut(&transaction).expect("a session writes in its own transaction only")
    }

    fn table(&self, table: &str) -> &MemoryTable {
        &self.tables[table]
    }

    fn table_mut(&mut self, table: &str) -> &mut MemoryTable {
        self.tables.get_mut(table).expect("only bound tables are written")
    }
}
