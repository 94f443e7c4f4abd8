//! What a lane does in one open transaction: rows in their order, and conflicts by their mapping's policy.

use std::{iter, ops::Range, sync::Arc};

use super::{
    ConflictKind, Session, SessionError, Tally,
    session::{Failure, Rows, Statement},
};
use crate::{
    load::{
        LoadError,
        dead_row::dead_row,
        target::TableBinding,
        window::{Batches, LaneWork, RowRef, Step, StepKind},
    },
    mapping::{Conflict, PlaceId, Places},
};

/// What is to be done in one window.
#[derive(Clone)]
pub(crate) enum Work {
    /// The net changes of rows.
    Net(LaneWork),
    /// Changes one by one.
    InOrder(Arc<[Step]>),
}

/// Whether a savepoint goes before every statement, so that a conflict can be taken back alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Care {
    Quick,
    Careful,
}

/// Why the transaction cannot be committed.
pub(super) enum Stop {
    /// The target holds other rows than it should; only a careful attempt can tell which.
    Conflict,
    Failed(Failure),
    Refused(LoadError),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

/// A lane's open transaction.
pub(super) struct Transaction<'a, S> {
    session: &'a mut S,
    source: Source<'a>,
    care: Care,
    tally: Tally,
}

/// Where the rows lie, and the names of where they go.
#[derive(Clone, Copy)]
struct Source<'a> {
    batches: &'a Batches,
    places: &'a Places,
}

/// The table that rows go to.
#[derive(Clone, Copy)]
struct Table<'a> {
    place: PlaceId,
    binding: &'a TableBinding,
}

impl<'a, S: Session> Transaction<'a, S> {
    pub(super) fn new(session: &'a mut S, batches: &'a Batches, places: &'a Places, care: Care) -> Self {
        Self { session, source: Source { batches, places }, care, tally: Tally::default() }
    }

    /// What was done.
    pub(super) fn into_tally(self) -> Tally {
        self.tally
    }

    /// Does all of it.
    pub(super) async fn run(&mut self, work: &Work) -> Result<(), Stop> {
        match work {
            Work::Net(work) => self.run_net(work).await,
            Work::InOrder(steps) => self.run_in_order(steps).await,
        }
    }

    async fn run_net(&mut self, work: &LaneWork) -> Result<(), Stop> {
        for work in &work.tables {
            let table = Table { place: work.place, binding: &work.binding };
            for rows in [Rows::Clear(&work.clears), Rows::Remove(&work.removes), Rows::RemoveCopies(&work.copies)] {
                self.write(table, rows).await?;
            }
        }
        for work in &work.tables {
            let table = Table { place: work.place, binding: &work.binding };
            for rows in [Rows::Insert(&work.inserts), Rows::Change(&work.changes), Rows::Put(&work.puts)] {
                self.write(table, rows).await?;
            }
        }
        Ok(())
    }

    /// Steps of one kind that follow one another in one table go together.
    async fn run_in_order(&mut self, steps: &[Step]) -> Result<(), Stop> {
        let alike = |left: &Step, right: &Step| {
            left.place == right.place
                && Arc::ptr_eq(&left.binding, &right.binding)
                && std::mem::discriminant(&left.kind) == std::mem::discriminant(&right.kind)
        };
        for run in steps.chunk_by(alike) {
            let (mut one, mut two) = (Vec::new(), Vec::new());
            for step in run {
                match step.kind {
                    StepKind::Insert(row) | StepKind::Delete(row) | StepKind::Put(row) | StepKind::Clear(row) => one.push(row),
                    StepKind::Update(before, after) => two.push((before, after)),
                }
            }
            let table = Table { place: run[0].place, binding: &run[0].binding };
            match run[0].kind {
                StepKind::Insert(_) => self.write(table, Rows::Insert(&one)).await?,
                StepKind::Delete(_) if table.binding.layout.is_keyless() => {
                    let copies: Vec<(RowRef, u32)> = one.into_iter().map(|row| (row, 1)).collect();
                    self.write(table, Rows::RemoveCopies(&copies)).await?;
                }
                StepKind::Delete(_) => self.write(table, Rows::Remove(&one)).await?,
                StepKind::Put(_) => self.write(table, Rows::Put(&one)).await?,
                StepKind::Clear(_) => self.write(table, Rows::Clear(&one)).await?,
                StepKind::Update(..) => self.write(table, Rows::Update(&two)).await?,
            }
        }
        Ok(())
    }

    async fn write(&mut self, table: Table<'_>, rows: Rows<'_>) -> Result<(), Stop> {
        if rows.len() == 0 {
            return Ok(());
        }
        if self.care == Care::Careful {
            return self.write_carefully(table, rows).await;
        }
        match self.session.write(self.source.statement(table, rows)).await {
            Ok(written) => {
                self.tally.rows += written;
                Ok(())
            }
            Err(SessionError::Conflict(_)) => Err(Stop::Conflict),
            Err(SessionError::Failed(failure)) => Err(failure.into()),
        }
    }

    /// Halves what conflicts until single rows are left, which their mapping's policy decides about.
    async fn write_carefully(&mut self, table: Table<'_>, rows: Rows<'_>) -> Result<(), Stop> {
        let mut waiting: Vec<Range<usize>> = iter::once(0..rows.len()).collect();
        while let Some(range) = waiting.pop() {
            self.session.savepoint().await?;
            let part = rows.part(range.clone());
            match self.session.write(self.source.statement(table, part)).await {
                Ok(written) => self.tally.rows += written,
                Err(SessionError::Failed(failure)) => return Err(failure.into()),
                Err(SessionError::Conflict(kind)) => {
                    self.session.undo().await?;
                    if range.len() == 1 {
                        self.settle(table, part, kind).await?;
                        continue;
                    }
                    let middle = range.start + range.len() / 2;
                    waiting.push(middle..range.end);
                    waiting.push(range.start..middle);
                }
            }
        }
        Ok(())
    }

    /// Does what the policy says about one row.
    async fn settle(&mut self, table: Table<'_>, row: Rows<'_>, kind: ConflictKind) -> Result<(), Stop> {
        let shown = shown_row(row);
        let mapping = &self.source.batches.view(shown).batch.mapping;
        let name = &table.binding.definition.table.name;
        let refused =
            |policy| Stop::Refused(LoadError::Conflict { table: name.clone(), mapping: mapping.name().to_string(), kind, policy });
        match mapping.policies().on_conflict {
            Conflict::Error => return Err(refused(Conflict::Error)),
            Conflict::DeadLetter => {
                let letter = dead_row(self.source.places.get(table.place), table.binding, self.source.batches, row, kind);
                self.session.dead_letter(&letter).await?;
                self.tally.dead_letters += 1;
            }
            Conflict::Repair => match row {
                Rows::Clear(_) | Rows::Remove(_) | Rows::RemoveCopies(_) => {}
                Rows::Insert(_) | Rows::Change(_) | Rows::Update(_) | Rows::Replace(_) | Rows::Put(_) => {
                    if !self.source.batches.view(shown).is_whole() || table.binding.layout.is_keyless() {
                        return Err(refused(Conflict::Repair));
                    }
                    match self.session.write(self.source.statement(table, Rows::Replace(&[shown]))).await {
                        Ok(written) => self.tally.rows += written,
                        Err(SessionError::Conflict(_)) => return Err(refused(Conflict::Repair)),
                        Err(SessionError::Failed(failure)) => return Err(failure.into()),
                    }
                }
            },
        }
        self.tally.conflicts.count(name, kind);
        Ok(())
    }
}

impl<'a> Source<'a> {
    fn statement<'s>(self, table: Table<'s>, rows: Rows<'s>) -> Statement<'s>
    where
        'a: 's,
    {
        Statement { place: self.places.get(table.place), binding: table.binding, batches: self.batches, rows }
    }
}

/// The row as it should be in the end, or as it was.
fn shown_row(row: Rows<'_>) -> RowRef {
    match row {
        Rows::Clear(rows) | Rows::Remove(rows) | Rows::Insert(rows) | Rows::Replace(rows) | Rows::Put(rows) => rows[0],
        Rows::RemoveCopies(rows) => rows[0].0,
        Rows::Change(rows) | Rows::Update(rows) => rows[0].1,
    }
}
