//! Sessions and control of a target in memory, as the loader asks for them.

use std::sync::Arc;

use arrow::array::AsArray;
use arrow::datatypes::{DataType, Int32Type, Int64Type};

use super::{
    Cell, MemoryServer, Refused, Row,
    faults::{Process, World, lost},
    memory_server::Fate,
    routing::number_of,
};
use crate::{
    checkpoint::{Claim, Job, JobRecord, LaneRow},
    load::{
        lane::{ConflictKind, Connector, Failure, Rows, Session, SessionError, Statement},
        servers::target::Target,
        target::UpdateWay,
        window::RowRef,
    },
    mapping::{Place, TargetLayout},
    mysql::TargetDefinition,
    position::BinlogOffset,
};

/// A target as one process sees it.
pub(super) struct MemoryTarget {
    pub(super) world: Arc<World>,
    pub(super) process: Arc<Process>,
}

/// A connection.
pub(super) struct MemorySession {
    world: Arc<World>,
    process: Arc<Process>,
    transaction: Option<u64>,
    /// COMMIT was sent.
    commits: bool,
    is_broken: bool,
}

impl Connector for MemoryTarget {
    type Session = MemorySession;

    async fn connect(&self, _lane: u16) -> Result<MemorySession, Failure> {
        self.process.step(&self.world, "before a connection", true).await?;
        let (world, process) = (Arc::clone(&self.world), Arc::clone(&self.process));
        Ok(MemorySession { world, process, transaction: None, commits: false, is_broken: false })
    }
}

impl Target for MemoryTarget {
    async fn record(&self) -> Result<Option<JobRecord>, Failure> {
        self.process.step(&self.world, "before its record is read", false).await?;
        Ok(self.world.server().record.clone())
    }

    async fn take_over(&self, job: &Job, lanes: u16) -> Result<Vec<LaneRow>, Failure> {
        self.process.step(&self.world, "before it takes over", false).await?;
        let rows = self.world.ask(|server| server.take_over(lanes)).await?;
        self.world.server().record.get_or_insert_with(|| record_of(job));
        self.world.server().say(|| format!("-- a process with {lanes} lanes takes over: {rows:?}"));
        self.process.step(&self.world, "after it took over", true).await?;
        Ok(rows)
    }

    async fn adopt(&self, job: &Job, epoch: u64) -> Result<bool, Failure> {
        self.process.step(&self.world, "before its mappings are noted", true).await?;
        let is_ours = self.world.server().lane_row(0).is_some_and(|row| row.epoch == epoch);
        if is_ours {
            self.world.server().record = Some(record_of(job));
        }
        self.process.step(&self.world, "after its mappings were noted", true).await?;
        Ok(is_ours)
    }

    async fn definition(&self, place: &Place) -> Result<Option<TargetDefinition>, Failure> {
        Ok(Some(self.world.history.shape.target(&place.table)))
    }

    async fn create(&self, _place: &Place, _layout: &Arc<TargetLayout>) -> Result<(), Failure> {
        Err(lost("every table is there"))
    }

    async fn complete(&self, epoch: u64, low: &BinlogOffset) -> Result<bool, Failure> {
        self.process.step(&self.world, "before the end is noted", true).await?;
        let is_ours = self.world.ask(|server| server.complete(epoch, low)).await?;
        self.world.server().say(|| format!("-- complete up to {}: {is_ours}", number_of(Some(low))));
        if is_ours {
            self.world.compare(number_of(Some(low)), "at the end");
        }
        self.process.step(&self.world, "after the end was noted", true).await?;
        Ok(is_ours)
    }
}

fn record_of(job: &Job) -> JobRecord {
    JobRecord { mappings: job.mappings.clone(), fingerprint: job.fingerprint.clone() }
}

impl MemorySession {
    async fn step(&mut self, point: &'static str) -> Result<(), Failure> {
        if self.is_broken {
            return Err(lost("the session is gone"));
        }
        let result = self.process.step(&self.world, point, true).await;
        if result.is_err() {
            self.leave();
        }
        result
    }

    /// The connection is gone; the server may have got a COMMIT before.
    fn leave(&mut self) {
        self.is_broken = true;
        if let Some(transaction) = self.transaction.take() {
            let commits = self.commits && self.world.chance(60);
            self.world.server().leave(transaction, if commits { Fate::Commit } else { Fate::RollBack });
        }
    }

    fn open(&self, what: &str) -> Result<u64, Failure> {
        if self.transaction.is_none() {
            self.world.server().violate(|| format!("{what} outside of a transaction"));
        }
        self.transaction.ok_or_else(|| lost("no transaction"))
    }

    async fn write_row(&mut self, statement: &Statement<'_>, index: usize) -> Result<bool, SessionError> {
        if self.world.chance(30) {
            self.step("between statements").await.map_err(SessionError::Failed)?;
        }
        let transaction = self.open("a write").map_err(SessionError::Failed)?;
        let writer = RowWriter { statement, transaction, has_own: self.world.history.shape.has_own_column };
        let mut server = self.world.server();
        server.say(|| format!("  {transaction} {}", writer.said(index)));
        writer.write(&mut server, index).map_err(|refused| match refused {
            Refused::Conflict(kind) => SessionError::Conflict(kind),
            Refused::Waits => SessionError::Failed(lost("lock wait timeout")),
        })
    }
}

impl Session for MemorySession {
    async fn claim(&mut self, claim: &Claim) -> Result<bool, Failure> {
        if self.transaction.is_some() {
            self.world.server().violate(|| "START TRANSACTION inside a transaction commits it".to_owned());
        }
        self.commits = false;
        self.step("before a claim").await?;
        self.transaction = self.world.ask(|server| server.claim(claim)).await?;
        let transaction = self.transaction;
        self.world.server().say(|| {
            let (low, high) = (number_of(claim.low.as_ref()), claim.high.as_ref().map(|high| number_of(Some(high))));
            let single = if claim.single { " alone" } else { "" };
            format!("  lane {} claims window {} ({low}, {high:?}]{single} under {}: {transaction:?}", claim.lane, claim.seq, claim.epoch)
        });
        if transaction.is_some() && self.process.begins(claim.seq, claim.low.as_ref()) {
            self.world.compare(number_of(claim.low.as_ref()), "before a window");
        }
        self.step("after a claim").await?;
        Ok(transaction.is_some())
    }

    async fn lane_row(&mut self, lane: u16) -> Result<Option<LaneRow>, Failure> {
        self.step("before a checkpoint is read").await?;
        Ok(self.world.server().lane_row(lane))
    }

    async fn seal(&mut self, _lane: u16, high: &BinlogOffset) -> Result<(), Failure> {
        self.step("before a large transaction is sealed").await?;
        let transaction = self.open("a seal")?;
        if let Some(row) = self.world.server().claimed(transaction) {
            row.high = Some(high.clone());
        }
        Ok(())
    }

    async fn write(&mut self, statement: Statement<'_>) -> Result<u64, SessionError> {
        self.step("before a write").await.map_err(SessionError::Failed)?;
        let transaction = self.open("a write").map_err(SessionError::Failed)?;
        let start = self.world.server().progress(transaction);
        let (mut found, mut refused) = (0, None);
        for index in 0..statement.rows.len() {
            match self.write_row(&statement, index).await {
                Ok(true) => found += 1,
                Ok(false) => {}
                Err(SessionError::Conflict(kind)) => {
                    refused = Some(kind);
                    break;
                }
                Err(failed) => return Err(failed),
            }
        }
        let is_short = !matches!(statement.rows, Rows::Clear(_)) && found < statement.rows.len();
        let Some(kind) = refused.or(is_short.then_some(ConflictKind::Missing)) else { return Ok(found as u64) };
        let mut server = self.world.server();
        // Nobody but the loader writes, so nothing may ever be other than it expects.
        server.violate(|| format!("a conflict in {}: {kind}", statement.place.table));
        if server.dice.chance(50) {
            server.undo(transaction, Some(start));
        }
        Err(SessionError::Conflict(kind))
    }

    async fn dead_letter(&mut self, _letter: &str) -> Result<(), Failure> {
        Err(lost("no policy sets rows aside here"))
    }

    async fn savepoint(&mut self) -> Result<(), Failure> {
        self.step("before a savepoint").await?;
        let transaction = self.open("a savepoint")?;
        self.world.server().savepoint(transaction);
        Ok(())
    }

    async fn undo(&mut self) -> Result<(), Failure> {
        self.step("before it returns to a savepoint").await?;
        let transaction = self.open("an undo")?;
        self.world.server().undo(transaction, None);
        Ok(())
    }

    async fn commit(&mut self) -> Result<(), Failure> {
        self.step("before a commit").await?;
        self.commits = true;
        self.step("with a commit on its way").await?;
        let transaction = self.open("a commit")?;
        self.transaction = None;
        self.world.server().end(transaction, Fate::Commit);
        self.step("after a commit").await
    }

    async fn roll_back(&mut self) -> Result<(), Failure> {
        self.step("before a rollback").await?;
        if let Some(transaction) = self.transaction.take() {
            self.world.server().end(transaction, Fate::RollBack);
        }
        Ok(())
    }
}

impl Drop for MemorySession {
    fn drop(&mut self) {
        self.leave();
    }
}

/// Writes the rows of a statement, one by one.
struct RowWriter<'a> {
    statement: &'a Statement<'a>,
    transaction: u64,
    has_own: bool,
}

impl RowWriter<'_> {
    /// Whether the row was found, or came.
    fn write(&self, server: &mut MemoryServer, index: usize) -> Result<bool, Refused> {
        let (transaction, table) = (self.transaction, &*self.statement.place.table);
        let key = &self.statement.binding.layout.key;
        match self.statement.rows {
            Rows::Clear(rows) | Rows::Remove(rows) => Ok(server.delete(transaction, table, key, &self.row(rows[index]))?.is_some()),
            Rows::RemoveCopies(rows) => {
                let (row, copies) = (self.row(rows[index].0), rows[index].1);
                Ok((0..copies).all(|_| server.delete_copy(transaction, table, &row)))
            }
            Rows::Insert(rows) => server.insert(transaction, table, self.row(rows[index])).map(|()| true),
            Rows::Replace(rows) => {
                let row = self.row(rows[index]);
                server.clear_way(transaction, table, &row)?;
                server.insert(transaction, table, row).map(|()| true)
            }
            Rows::Put(rows) => {
                let row = self.row(rows[index]);
                match server.delete(transaction, table, key, &row)? {
                    None => server.insert(transaction, table, row).map(|()| true),
                    Some(found) => server.insert(transaction, table, self.amended(&found, rows[index], |_| true)).map(|()| true),
                }
            }
            Rows::Change(rows) if self.statement.binding.updates == UpdateWay::Upsert => {
                let after = rows[index].1;
                match server.first_met(transaction, table, &self.row(after))? {
                    None => server.insert(transaction, table, self.row(after)).map(|()| false),
                    // The key keeps its bytes.
                    Some(met) => self.replace(server, &met, after, |column| !key.contains(&column)),
                }
            }
            Rows::Change(rows) | Rows::Update(rows) if key.is_empty() => {
                let (before, after) = (self.row(rows[index].0), self.row(rows[index].1));
                Ok(server.delete_copy(transaction, table, &before) && server.insert(transaction, table, after).is_ok())
            }
            Rows::Change(rows) | Rows::Update(rows) => {
                let (before, after) = rows[index];
                match server.delete(transaction, table, key, &self.row(before))? {
                    None => Ok(false),
                    Some(found) => server.insert(transaction, table, self.amended(&found, after, |_| true)).map(|()| true),
                }
            }
        }
    }

    fn replace(&self, server: &mut MemoryServer, met: &Row, after: RowRef, sets: impl Fn(usize) -> bool) -> Result<bool, Refused> {
        let every: Vec<usize> = (0..met.len()).collect();
        let (transaction, table) = (self.transaction, &*self.statement.place.table);
        server.delete(transaction, table, &every, met)?;
        server.insert(transaction, table, self.amended(met, after, sets)).map(|()| true)
    }

    /// The found row with the cells that the image carries.
    fn amended(&self, found: &Row, after: RowRef, sets: impl Fn(usize) -> bool) -> Row {
        let (mut row, image) = (found.clone(), self.row(after));
        let view = self.statement.batches.view(after);
        for &column in self.statement.binding.written.iter().filter(|&&column| sets(column)) {
            if view.batch.presence.has(view.row, column) {
                row[column].clone_from(&image[column]);
            }
        }
        row
    }

    fn row(&self, row: RowRef) -> Row {
        let view = self.statement.batches.view(row);
        let cell = |column: usize| {
            let array = view.array(column);
            if array.is_null(view.row) {
                return Cell::Null;
            }
            match array.data_type() {
                DataType::Binary => Cell::Text(String::from_utf8_lossy(array.as_binary::<i32>().value(view.row)).into_owned()),
                DataType::Int32 => Cell::Number(array.as_primitive::<Int32Type>().value(view.row).into()),
                _ => Cell::Number(array.as_primitive::<Int64Type>().value(view.row)),
            }
        };
        let own = (self.has_own && !view.layout().is_keyless()).then_some(Cell::Null);
        (0..view.layout().columns.len()).map(cell).chain(own).collect()
    }

    fn said(&self, index: usize) -> String {
        let part = self.statement.rows.part(index..index + 1);
        let (verb, rows) = match part {
            Rows::Clear(rows) => ("clears", rows.to_vec()),
            Rows::Remove(rows) => ("removes", rows.to_vec()),
            Rows::RemoveCopies(rows) => ("removes copies", rows.iter().map(|(row, _)| *row).collect()),
            Rows::Insert(rows) => ("inserts", rows.to_vec()),
            Rows::Replace(rows) => ("replaces", rows.to_vec()),
            Rows::Put(rows) => ("puts", rows.to_vec()),
            Rows::Change(rows) => ("changes", rows.iter().flat_map(|&(before, after)| [before, after]).collect()),
            Rows::Update(rows) => ("updates", rows.iter().flat_map(|&(before, after)| [before, after]).collect()),
        };
        let rows: Vec<String> =
            rows.into_iter().map(|row| format!("{:?}", self.row(row).iter().map(Cell::to_string).collect::<Vec<_>>())).collect();
        format!("{verb} in {}: {}", self.statement.place.table, rows.join(" => "))
    }
}
