//! What may happen to a process between any two things that it asks of its server: it dies, pauses, or loses a connection.

use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicBool, AtomicU32, AtomicU64, AtomicUsize, Ordering::Relaxed},
};

use tokio::{sync::Notify, task::yield_now};

use super::{Contents, History, MemoryServer, Refused, history::V, routing::number_of};
use crate::{fault::FaultClass, load::lane::Failure, position::BinlogOffset};

/// A server, and all processes that load into it.
pub(super) struct World {
    server: Mutex<MemoryServer>,
    pub(super) history: Arc<History>,
    /// The server's number.
    pub(super) number: i64,
    /// Processes that stand still.
    paused: Mutex<Vec<Arc<Process>>>,
}

/// A process that loads.
pub(super) struct Process {
    /// The step at which it stops.
    stop_at: Option<u32>,
    loses_connections: bool,
    steps: AtomicU32,
    /// Whether it is the last that was started.
    pub(super) is_current: AtomicBool,
    is_stopped: AtomicBool,
    /// Whether it may go on after a stop, and find itself fenced.
    pub(super) may_resume: AtomicBool,
    pub(super) stopped: Notify,
    resumed: Notify,
    /// The last window before which the target was compared.
    compared: AtomicU64,
    /// Transactions that some lane may have passed before.
    redo_end: AtomicUsize,
}

/// How often something is waited for.
const PATIENCE: usize = 60;

/// What a server says of a connection that is gone, or of a wait that took too long.
pub(super) fn lost(what: &'static str) -> Failure {
    Failure { class: FaultClass::Transient, source: what.into() }
}

impl World {
    pub(super) fn new(server: MemoryServer, history: Arc<History>, number: i64) -> Self {
        Self { server: Mutex::new(server), history, number, paused: Mutex::default() }
    }

    pub(super) fn server(&self) -> MutexGuard<'_, MemoryServer> {
        self.server.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn chance(&self, percent: usize) -> bool {
        self.server().dice.chance(percent)
    }

    pub(super) fn below(&self, limit: usize) -> usize {
        self.server().dice.below(limit)
    }

    pub(super) fn pause(&self, process: &Arc<Process>) {
        self.paused.lock().unwrap_or_else(PoisonError::into_inner).push(Arc::clone(process));
    }

    /// Lets a process that stands still go on.
    pub(super) fn resume_one(&self) -> bool {
        let process = self.paused.lock().unwrap_or_else(PoisonError::into_inner).pop();
        if let Some(process) = &process {
            self.server().say(|| "-- a paused process goes on".to_owned());
            process.is_stopped.store(false, Relaxed);
            process.resumed.notify_waiters();
        }
        process.is_some()
    }

    /// Asks the server again until nothing is waited for.
    pub(super) async fn ask<A>(&self, mut question: impl FnMut(&mut MemoryServer) -> Result<A, Refused>) -> Result<A, Failure> {
        for _ in 0..PATIENCE {
            match question(&mut self.server()) {
                Ok(answer) => return Ok(answer),
                Err(Refused::Waits) => {}
                Err(Refused::Conflict(_)) => return Err(lost("checkpoint rows do not conflict")),
            }
            if self.chance(10) {
                self.resume_one();
            }
            yield_now().await;
        }
        Err(lost("lock wait timeout"))
    }

    /// Compares the target with what the mappings make of the source after so many transactions.
    pub(super) fn compare(&self, transactions: usize, when: &str) {
        let expected = self.history.expected(transactions, self.number);
        let mut server = self.server();
        let found = server.contents(V + 1);
        if server.has_open_rows() {
            server.violate(|| format!("{when}: a transaction is still open"));
        }
        if found != expected {
            server.violate(|| format!("{when} after {transactions}: the target holds\n{}not\n{}", said(&found), said(&expected)));
        }
    }
}

impl Process {
    pub(super) fn new(stop_at: Option<u32>, loses_connections: bool) -> Self {
        Self {
            stop_at,
            loses_connections,
            steps: AtomicU32::new(0),
            is_current: AtomicBool::new(true),
            is_stopped: AtomicBool::new(false),
            may_resume: AtomicBool::new(false),
            stopped: Notify::new(),
            resumed: Notify::new(),
            compared: AtomicU64::new(0),
            redo_end: AtomicUsize::new(0),
        }
    }

    /// Notes what has to be redone.
    pub(super) fn set_redo_end(&self, to: Option<&BinlogOffset>) {
        self.redo_end.store(number_of(to), Relaxed);
    }

    pub(super) fn redo_end(&self) -> usize {
        self.redo_end.load(Relaxed)
    }

    /// Whether a window is the first of its number to begin, behind what had to be redone.
    pub(super) fn begins(&self, seq: u64, low: Option<&BinlogOffset>) -> bool {
        let is_first = self.compared.fetch_max(seq, Relaxed) < seq;
        is_first && self.is_current.load(Relaxed) && number_of(low) >= self.redo_end()
    }

    /// Whatever may happen here happens.
    pub(super) async fn step(&self, world: &World, point: &'static str, may_resume: bool) -> Result<(), Failure> {
        for _ in 0..world.below(3) {
            yield_now().await;
        }
        self.stand_still().await;
        if Some(self.steps.fetch_add(1, Relaxed)) == self.stop_at {
            world.server().say(|| format!("** the process stops: {point}"));
            self.is_stopped.store(true, Relaxed);
            self.may_resume.store(may_resume, Relaxed);
            self.stopped.notify_one();
            self.stand_still().await;
        }
        if self.is_current.load(Relaxed) && world.chance(4) {
            world.resume_one();
        }
        if self.loses_connections && world.chance(3) {
            world.server().say(|| format!("  connection lost: {point}"));
            return Err(lost("the connection is gone"));
        }
        Ok(())
    }

    async fn stand_still(&self) {
        while self.is_stopped.load(Relaxed) {
            self.resumed.notified().await;
        }
    }
}

/// Contents, a table a line.
pub(super) fn said(contents: &Contents) -> String {
    let row = |row: &super::Row| format!("({})", row.iter().map(|cell| cell.to_string()).collect::<Vec<_>>().join(" "));
    let table = |(name, rows): (&String, &Vec<super::Row>)| format!("  {name}: {}\n", rows.iter().map(row).collect::<Vec<_>>().join(" "));
    contents.iter().map(table).collect()
}
