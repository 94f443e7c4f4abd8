//! One capture, one set of mappings, one loader, from the first change to the last.

use std::{collections::BTreeMap, sync::Arc};

use super::{DefinitionChange, definition_change::DefinitionChangeKind};
use crate::{
    binlog::{BinlogError, CaptureReader, Interest, Item, Progress, UnseenCascade},
    change::{ChangeSet, ColumnSet},
    fault::FaultClass,
    load::{DeadLetters, Follows, LoadError, Loader, RoutedSet},
    mapping::{MappingError, Router, RowFailure, RowPolicy, Transition},
    schema::{TableName, TableSchema},
};

/// What the flow does about a row that cannot be routed and a definition that changes.
pub enum Trouble {
    /// Count it and go on: a preview shows everything.
    Show,
    /// Follow the mappings' policies: stop, skip, or set the row aside.
    Obey {
        /// Where rows are set aside; none when no policy does.
        dead_letters: Option<DeadLetters>,
    },
}

/// What a flow did.
#[derive(Debug, Default)]
pub struct Outcome {
    /// Transactions with at least one change that some mapping read.
    pub transactions: u64,
    /// Changes of mapped tables.
    pub changes: u64,
    /// Failed changes that a policy skipped.
    pub skipped: u64,
    /// Failed changes in the dead letters.
    pub dead_letters: u64,
    /// Failed changes, by the word of their kind.
    pub failures: BTreeMap<String, u64>,
    /// Statements that would stop a replay.
    pub definition_changes: Vec<DefinitionChange>,
    /// Foreign keys of mapped tables whose doings the binlog does not show.
    pub unseen_cascades: Vec<UnseenCascade>,
    /// The tables that no mapping reads, with how many rows events of each were passed over undecoded.
    pub unread_tables: BTreeMap<TableName, u64>,
    /// How much was read.
    pub progress: Progress,
}

/// Why a flow stopped.
#[derive(Debug, thiserror::Error)]
pub enum PipelineError {
    /// The capture cannot be read on.
    #[error(transparent)]
    Capture(#[from] BinlogError),
    /// A mapping cannot be bound or evaluated.
    #[error(transparent)]
    Mapping(#[from] MappingError),
    /// The destination cannot take the changes.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// A row cannot be routed, and its mapping's policy is to stop.
    #[error("`{position}`, row {row}: mapping `{mapping}` cannot route a row of `{table}`: {}", failure.reason())]
    Row {
        /// The event's [`crate::change::EventPlace::position`].
        position: String,
        /// The row's number in the event.
        row: u32,
        /// The mapping's name.
        mapping: String,
        /// The source table.
        table: TableName,
        /// What is wrong.
        failure: Box<RowFailure>,
    },
    /// The capture changes the definition of a mapped table.
    #[error("{0}")]
    Definition(Box<DefinitionChange>),
}

impl PipelineError {
    /// How it is to be met.
    pub fn class(&self) -> FaultClass {
        match self {
            Self::Capture(error) => error.class(),
            Self::Mapping(error) => error.class(),
            Self::Load(error) => error.class(),
            Self::Row { .. } | Self::Definition(_) => FaultClass::Definite,
        }
    }
}

/// A capture on its way through the mappings.
pub struct Pipeline {
    reader: CaptureReader<Router>,
    trouble: Trouble,
    outcome: Outcome,
}

impl Interest for Router {
    fn wants_table(&mut self, table: &TableName) -> bool {
        self.reads(table)
    }

    fn columns(&mut self, schema: &Arc<TableSchema>) -> ColumnSet {
        // Where a mapping does not fit, routing the first batch says so.
        self.columns_read(schema).unwrap_or_default()
    }
}

impl Pipeline {
    /// A flow from `reader`, whose interest is the router of the mappings.
    pub fn new(reader: CaptureReader<Router>, trouble: Trouble) -> Self {
        Self { reader, trouble, outcome: Outcome::default() }
    }

    /// Carries everything over and finishes the loader; `watch` is told of the progress after every set.
    ///
    /// # Errors
    /// What stopped the flow. What came before it is made durable where the loader can do that.
    pub fn run(mut self, loader: &mut dyn Loader, watch: impl FnMut(&Progress)) -> Result<Outcome, PipelineError> {
        match self.carry_all(loader, watch) {
            Ok(()) => {}
            Err(error @ (PipelineError::Load(_) | PipelineError::Definition(_))) => return Err(error),
            Err(error) => {
                loader.settle()?;
                return Err(error);
            }
        }
        if let Trouble::Obey { dead_letters: Some(letters) } = self.trouble {
            self.outcome.dead_letters = letters.finish()?;
        }
        loader.finish()?;
        self.outcome.unread_tables = self.reader.unread_tables().map(|(table, events)| (table.clone(), events)).collect();
        self.outcome.unseen_cascades = self.reader.unseen_cascades().to_vec();
        self.outcome.progress = self.reader.progress();
        Ok(self.outcome)
    }

    fn carry_all(&mut self, loader: &mut dyn Loader, mut watch: impl FnMut(&Progress)) -> Result<(), PipelineError> {
        while let Some(item) = self.reader.next()? {
            match item {
                Item::Changes(set) => self.carry(set, loader)?,
                Item::Ddl(statement) => {
                    let router = self.reader.interest_mut();
                    let change = DefinitionChange::of(&statement, |table| router.reads(table));
                    if let Some(change) = change {
                        self.definition_changed(change, loader)?;
                    }
                }
            }
            watch(&self.reader.progress());
        }
        Ok(())
    }

    fn carry(&mut self, set: ChangeSet, loader: &mut dyn Loader) -> Result<(), PipelineError> {
        let routed = RoutedSet::of(set, self.reader.interest_mut())?;
        self.outcome.transactions += routed.set.transactions.iter().filter(|transaction| !transaction.continued).count() as u64;
        self.outcome.changes += routed.set.batches.iter().map(|batch| batch.changes.len() as u64).sum::<u64>();
        settle(&routed, &mut self.trouble, &mut self.outcome)?;
        Ok(loader.load(&routed)?)
    }

    fn definition_changed(&mut self, change: DefinitionChange, loader: &mut dyn Loader) -> Result<(), PipelineError> {
        match self.trouble {
            Trouble::Show => {
                self.outcome.definition_changes.push(change);
                Ok(())
            }
            Trouble::Obey { .. } => match (loader.settle()?, change.kind) {
                (Follows::Alterations, DefinitionChangeKind::Alters) => Ok(()),
                _ => Err(PipelineError::Definition(Box::new(change))),
            },
        }
    }
}

/// Counts the changes that failed and does what the policies say, in the order of the binlog.
fn settle(routed: &RoutedSet, trouble: &mut Trouble, outcome: &mut Outcome) -> Result<(), PipelineError> {
    let failed = |transition: &Transition| matches!(transition, Transition::Failed(_));
    if !routed.routed.iter().flatten().any(|batch| batch.transitions.iter().any(failed)) {
        return Ok(());
    }
    for change in routed.changes() {
        for batch in change.routed {
            let Transition::Failed(failure) = &batch.transitions[change.index] else { continue };
            *outcome.failures.entry(failure.kind.word().to_owned()).or_default() += 1;
            let Trouble::Obey { dead_letters } = trouble else { continue };
            match (failure.policy, dead_letters) {
                (RowPolicy::Skip, _) => outcome.skipped += 1,
                (RowPolicy::DeadLetter, Some(letters)) => letters.add(routed, change, batch)?,
                (RowPolicy::DeadLetter, None) | (RowPolicy::Error, _) => {
                    return Err(PipelineError::Row {
                        position: change.event().position(&routed.transaction(&change).start.file),
                        row: change.change.row,
                        mapping: batch.mapping.name().to_string(),
                        table: change.batch.schema.name.clone(),
                        failure: failure.clone(),
                    });
                }
            }
        }
    }
    Ok(())
}
