//! The door of all target servers together: each gets every set, and takes what is routed to it.

use std::sync::Arc;

use tokio::{
    runtime::{Builder, Runtime},
    sync::{
        mpsc::{self, Sender},
        oneshot,
    },
    task::JoinHandle,
};

use super::{
    LoadOptions, LoadOutcome, SqlTarget,
    server::{Order, Server},
    start::take_over,
    target::Target,
};
use crate::{
    checkpoint::Job,
    load::{Follows, LoadError, Loader, RoutedSet, lane::Failure, window::Redo},
    position::{BinlogOffset, FileOrder},
};

/// Sets that wait for a server; a set is some thousand rows.
const WAITING_SETS: usize = 4;

/// Loads into servers, each at its own pace.
pub struct ToServers {
    runtime: Runtime,
    servers: Vec<Running>,
    standings: Vec<Redo>,
    resume_at: Option<BinlogOffset>,
    outcomes: Vec<LoadOutcome>,
}

struct Running {
    orders: Sender<Order>,
    task: JoinHandle<Result<LoadOutcome, LoadError>>,
}

impl ToServers {
    /// Takes the job over on every target; nothing is written into a business table yet.
    ///
    /// # Errors
    /// Those of the targets; [`LoadError::MappingsChanged`]; [`LoadError::ForeignPosition`] when a checkpoint lies outside of `order`.
    pub fn start(targets: Vec<(Arc<str>, Arc<SqlTarget>)>, job: &Job, order: &FileOrder, options: &LoadOptions) -> Result<Self, LoadError> {
        let runtime = new_runtime()?;
        let mut servers = Vec::new();
        let mut standings = Vec::new();
        for (name, target) in targets {
            let (server, redo) = runtime.block_on(start_one(&name, target, job, order, options))?;
            standings.push(redo);
            servers.push(server);
        }
        // One target that has nothing yet needs everything.
        let positions = standings.iter().map(|redo| redo.from.as_ref().map(|from| (order.rank(from), from)));
        let resume_at = positions.min().flatten().map(|(_, from)| from.clone());
        Ok(Self { runtime, servers, standings, resume_at, outcomes: Vec::new() })
    }

    /// Forgets how far the job is on every target.
    ///
    /// # Errors
    /// Those of the targets.
    pub fn forget(targets: &[(Arc<str>, Arc<SqlTarget>)]) -> Result<(), LoadError> {
        let runtime = new_runtime()?;
        for (_, target) in targets {
            runtime.block_on(target.forget()).map_err(Failure::from)?;
        }
        Ok(())
    }

    /// Where the source has to be read from; none: from where the user says.
    pub fn resume_at(&self) -> Option<&BinlogOffset> {
        self.resume_at.as_ref()
    }

    /// Whether every server may go on at a later position: none has a window to redo, and none is beyond it.
    pub fn may_skip_to(&self, start: &BinlogOffset, order: &FileOrder) -> bool {
        let start = order.rank(start);
        start.is_some()
            && self.standings.iter().all(|redo| redo.from == redo.to && redo.from.as_ref().and_then(|from| order.rank(from)) <= start)
    }

    /// What was done, once all is finished.
    pub fn outcomes(&self) -> &[LoadOutcome] {
        &self.outcomes
    }

    /// Why a server's task ended before its time.
    fn failure(&mut self, index: usize) -> LoadError {
        let Running { task, .. } = self.servers.swap_remove(index);
        match self.runtime.block_on(task) {
            Ok(Err(error)) => error,
            Ok(Ok(_)) => LoadError::Lane { cause: "it stopped taking changes".to_owned() },
            Err(error) => LoadError::Lane { cause: error.to_string() },
        }
    }
}

fn new_runtime() -> Result<Runtime, LoadError> {
    let threads = std::thread::available_parallelism().map_or(2, |threads| threads.get().min(8));
    let built = Builder::new_multi_thread().worker_threads(threads).enable_all().build();
    built.map_err(|cause| LoadError::Lane { cause: cause.to_string() })
}

async fn start_one<T: Target>(
    name: &Arc<str>,
    target: Arc<T>,
    job: &Job,
    order: &FileOrder,
    options: &LoadOptions,
) -> Result<(Running, Redo), LoadError> {
    let standing = take_over(&*target, job, order, options).await?;
    let server = Server::new(Arc::clone(name), target, &standing, order.clone(), options)?;
    let (orders, waiting) = mpsc::channel(WAITING_SETS);
    Ok((Running { orders, task: tokio::spawn(server.run(waiting)) }, standing.redo))
}

impl Loader for ToServers {
    fn load(&mut self, routed: &RoutedSet) -> Result<(), LoadError> {
        for index in 0..self.servers.len() {
            if self.servers[index].orders.blocking_send(Order::Take(routed.clone())).is_err() {
                return Err(self.failure(index));
            }
        }
        Ok(())
    }

    fn settle(&mut self) -> Result<Follows, LoadError> {
        for index in 0..self.servers.len() {
            let (done, settled) = oneshot::channel();
            let is_sent = self.servers[index].orders.blocking_send(Order::Settle(done)).is_ok();
            if !is_sent || settled.blocking_recv().is_err() {
                return Err(self.failure(index));
            }
        }
        Ok(Follows::Alterations)
    }

    fn finish(&mut self) -> Result<(), LoadError> {
        let mut failed = None;
        // All learn of the end before the first is waited for.
        let tasks: Vec<_> = std::mem::take(&mut self.servers).into_iter().map(|server| server.task).collect();
        for task in tasks {
            match self.runtime.block_on(task) {
                Ok(Ok(outcome)) => self.outcomes.push(outcome),
                Ok(Err(error)) => failed = failed.or(Some(error)),
                Err(error) => failed = failed.or(Some(LoadError::Lane { cause: error.to_string() })),
            }
        }
        failed.map_or(Ok(()), Err)
    }
}
