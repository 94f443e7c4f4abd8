//! Cuts the stream of routed sets into windows for one server.
//!
//! A window ends at a limit, or where the loader asks for what there is. No window ends inside a transaction: one that is
//! larger than the limit goes alone, in parts that one lane applies in one transaction of the target.

use std::collections::VecDeque;

use super::{
    Bindings, Span, Window, WindowKind,
    whole::{Answer, Keyless},
};
use crate::{
    load::{LoadError, RoutedSet},
    position::{BinlogOffset, FileOrder, Rank},
};

/// When a window is closed (INV-8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct WindowLimits {
    /// Changes of the source.
    pub(crate) changes: u64,
    /// Bytes of rows and of what is known about them.
    pub(crate) bytes: usize,
}

/// The range that lanes may have passed apart before a crash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Redo {
    /// Every lane has committed everything up to here; none: nothing.
    pub(crate) from: Option<BinlogOffset>,
    /// No lane has committed anything beyond; no window ends between.
    pub(crate) to: Option<BinlogOffset>,
    /// What the lane of tables without a key has committed.
    pub(crate) keyless: Option<BinlogOffset>,
}

/// A window that is ready to be applied.
pub(crate) enum Closed {
    /// Whole transactions.
    Window(Window),
    /// A part of one large transaction; the last one says where it ends.
    Part {
        /// The part's changes.
        window: Window,
        /// Whether the transaction begins with it.
        is_first: bool,
    },
}

/// The windows of one server.
pub(crate) struct WindowBuilder {
    limits: WindowLimits,
    order: FileOrder,
    /// Transactions up to here are done.
    done: Option<Rank>,
    redo_to: Option<(BinlogOffset, Rank)>,
    keyless_done: Option<Rank>,
    /// The end of the last whole transaction.
    passed: Option<BinlogOffset>,
    open: Option<Window>,
    /// Parts of a transaction whose end is not read yet.
    pending: Vec<Part>,
    pending_bytes: usize,
    /// Whether parts of the pending transaction went ahead.
    is_parted: bool,
    closed: VecDeque<Closed>,
}

/// The changes of one transaction in one set.
struct Part {
    set: RoutedSet,
    /// Batch and change, in the order of the source.
    changes: Vec<(usize, usize)>,
    bytes: usize,
}

impl WindowBuilder {
    /// Begins behind what is done.
    ///
    /// # Errors
    /// [`LoadError::ForeignPosition`] when the redo lies in files that are not among `order`.
    pub(crate) fn new(limits: WindowLimits, order: FileOrder, redo: &Redo) -> Result<Self, LoadError> {
        let rank = |position: &Option<BinlogOffset>| match position {
            None => Ok(None),
            Some(position) => match order.rank(position) {
                Some(rank) => Ok(Some(rank)),
                None => Err(LoadError::ForeignPosition { position: position.clone() }),
            },
        };
        let (done, to, keyless_done) = (rank(&redo.from)?, rank(&redo.to)?, rank(&redo.keyless)?);
        let redo_to = redo.to.clone().zip(to).filter(|(_, to)| done.is_none_or(|done| done < *to));
        Ok(Self {
            limits,
            done,
            redo_to,
            keyless_done,
            passed: redo.from.clone(),
            open: None,
            pending: Vec::new(),
            pending_bytes: 0,
            is_parted: false,
            closed: VecDeque::new(),
            order,
        })
    }

    /// Takes the changes of a set. Layouts that rows of this server have in it are bound already.
    ///
    /// # Errors
    /// [`LoadError::RedoMissed`] when the source passes the end of the redo without stopping there.
    pub(crate) fn push(&mut self, set: &RoutedSet, bindings: &Bindings) -> Result<(), LoadError> {
        let bytes = bytes_of(set);
        let mut by_transaction: Vec<Vec<(usize, usize)>> = vec![Vec::new(); set.set.transactions.len()];
        for (batch, change) in set.in_order() {
            let place = set.set.batches[batch].changes[change].event;
            let transaction = set.set.batches[batch].events[place as usize].transaction;
            by_transaction[transaction as usize].push((batch, change));
        }
        let share = bytes / by_transaction.len().max(1);
        for (transaction, changes) in set.set.transactions.iter().zip(by_transaction) {
            if !self.is_done(&transaction.start) {
                self.pending.push(Part { set: set.clone(), changes, bytes: share });
                self.pending_bytes += share;
            }
            match &transaction.end {
                Some(end) => self.end_transaction(end, bindings)?,
                None if self.pending_bytes > self.limits.bytes && self.redo_to.is_none() => self.part(None, bindings),
                None => {}
            }
        }
        Ok(())
    }

    /// Whether a window is ready.
    pub(crate) fn has_closed(&self) -> bool {
        !self.closed.is_empty()
    }

    /// The next window that is ready.
    pub(crate) fn next_closed(&mut self) -> Option<Closed> {
        self.closed.pop_front()
    }

    /// The same, where it is a window.
    pub(crate) fn next_window(&mut self) -> Option<Window> {
        match self.closed.pop_front()? {
            Closed::Window(window) => Some(window),
            part @ Closed::Part { .. } => {
                self.closed.push_front(part);
                None
            }
        }
    }

    /// Closes the window that is filling, unless it must reach the end of the redo first.
    pub(crate) fn close(&mut self) {
        if self.redo_to.is_none() {
            self.closed.extend(self.open.take().map(Closed::Window));
        }
    }

    /// The end of the last whole transaction seen or done.
    pub(crate) fn passed(&self) -> Option<&BinlogOffset> {
        self.passed.as_ref()
    }

    /// At the end of the source: whether the redo was left unfinished, and where it ends.
    pub(crate) fn unfinished_redo(&self) -> Option<&BinlogOffset> {
        self.redo_to.as_ref().map(|(to, _)| to)
    }

    /// Whether parts of a transaction went ahead whose end was not read.
    pub(crate) fn is_inside_transaction(&self) -> bool {
        self.is_parted
    }

    /// What is done ends where a transaction does, so one that starts before is done whole, whether its end is read or not.
    fn is_done(&self, start: &BinlogOffset) -> bool {
        self.done.zip(self.order.rank(start)).is_some_and(|(done, start)| start < done)
    }

    fn end_transaction(&mut self, end: &BinlogOffset, bindings: &Bindings) -> Result<(), LoadError> {
        let rank = self.order.rank(end).ok_or_else(|| LoadError::ForeignPosition { position: end.clone() })?;
        if self.done.is_some_and(|done| rank <= done) {
            self.forget_pending();
            return Ok(());
        }
        if self.is_parted {
            self.part(Some(end), bindings);
            return Ok(());
        }
        let kind = match (&self.redo_to, self.needs_order(bindings)) {
            (Some(_), _) => WindowKind::Redo,
            (None, true) => WindowKind::InOrder,
            (None, false) => WindowKind::Net,
        };
        if self.open.as_ref().is_some_and(|open| open.kind() != kind) {
            self.closed.extend(self.open.take().map(Closed::Window));
        }
        let span = Span { low: self.passed.clone(), high: None };
        let mut window = self.open.take().unwrap_or_else(|| Window::new(kind, span));
        let keyless = if self.keyless_done.is_some_and(|done| rank <= done) { Keyless::LeaveOut } else { Keyless::Take };
        self.add_pending(&mut window, bindings, keyless);
        window.span_mut().high = Some(end.clone());
        self.passed = Some(end.clone());
        self.open = Some(window);
        self.close_if_due(end, rank)
    }

    fn close_if_due(&mut self, end: &BinlogOffset, rank: Rank) -> Result<(), LoadError> {
        if let Some((to, to_rank)) = &self.redo_to {
            if rank > *to_rank {
                return Err(LoadError::RedoMissed { to: to.clone(), passed: end.clone() });
            }
            if rank == *to_rank {
                self.redo_to = None;
                self.close();
            }
            return Ok(());
        }
        if self.open.as_ref().is_some_and(|open| open.changes >= self.limits.changes || open.memory() >= self.limits.bytes) {
            self.close();
        }
        Ok(())
    }

    /// Sends ahead what is pending of a transaction that is too large to be held.
    fn part(&mut self, end: Option<&BinlogOffset>, bindings: &Bindings) {
        self.close();
        let kind = if self.needs_order(bindings) { WindowKind::InOrder } else { WindowKind::Net };
        let mut window = Window::new(kind, Span { low: self.passed.clone(), high: end.cloned() });
        self.add_pending(&mut window, bindings, Keyless::Take);
        self.closed.push_back(Closed::Part { window, is_first: !self.is_parted });
        self.is_parted = end.is_none();
        if let Some(end) = end {
            self.passed = Some(end.clone());
        }
    }

    fn needs_order(&self, bindings: &Bindings) -> bool {
        self.pending.iter().any(|part| part.answers().any(|answer| answer.needs_order(bindings)))
    }

    fn add_pending(&mut self, window: &mut Window, bindings: &Bindings, keyless: Keyless) {
        for part in &self.pending {
            window.begin_set();
            let changes = window.changes;
            part.answers().for_each(|answer| window.add(answer, bindings, keyless));
            if window.changes > changes {
                window.row_bytes += part.bytes;
            }
        }
        self.forget_pending();
    }

    fn forget_pending(&mut self) {
        self.pending.clear();
        self.pending_bytes = 0;
    }
}

impl Part {
    /// What each mapping answers to each change.
    fn answers(&self) -> impl Iterator<Item = Answer<'_>> {
        let set = &self.set;
        let mappings = move |&(batch, change): &(usize, usize)| {
            (0..set.routed[batch].len()).map(move |mapping| Answer { set, batch: (batch, mapping), change })
        };
        self.changes.iter().flat_map(mappings)
    }
}

/// What the rows of a set take in memory.
fn bytes_of(set: &RoutedSet) -> usize {
    let images = set.set.batches.iter().flat_map(|batch| batch.columns.iter().flatten());
    let changes: usize = set.set.batches.iter().map(|batch| batch.changes.len()).sum();
    images.map(|array| array.get_buffer_memory_size()).sum::<usize>() + changes * 64
}
