//! Loads one history into one server, by as many processes as it takes.

use std::sync::{Arc, atomic::Ordering::Relaxed};

use tokio::{
    runtime::Runtime,
    sync::{mpsc, oneshot},
    task::{JoinHandle, yield_now},
};

use super::{
    Dice, History, MemoryServer, MemoryTarget,
    faults::{Process, World},
    routing::{Chunk, number_of, order},
};
use crate::{
    checkpoint::Job,
    fault::FaultClass,
    load::{
        LoadError, LoadOptions, LoadOutcome, MappingChange,
        lane::Patience,
        servers::{
            server::{Order, Server},
            start::take_over,
        },
        window::WindowLimits,
    },
};

/// What went wrong, and what was done until then.
#[derive(Debug)]
pub(super) struct Broken {
    pub(super) what: String,
    pub(super) log: Vec<String>,
}

/// Processes that die or pause.
const STOPS_MOST: usize = 3;
/// Processes from here on meet no more faults.
const FAULTS_UNTIL: usize = 12;
const PROCESSES_MOST: usize = 40;

type Task = JoinHandle<Result<LoadOutcome, LoadError>>;

/// Loads the history into the server of this number, and compares at every point where the target is whole.
pub(super) fn load(
    runtime: &Runtime,
    history: &Arc<History>,
    chunks: &Arc<Vec<Chunk>>,
    number: i64,
    dice: Dice,
    has_log: bool,
) -> Result<(), Broken> {
    let server = MemoryServer::new(&history.shape, dice, has_log);
    let world = Arc::new(World::new(server, Arc::clone(history), number));
    let ended = runtime.block_on(run(&world, chunks));
    let mut server = world.server();
    if let Err(what) = ended {
        server.violate(|| what);
    }
    match server.violation.take() {
        None => Ok(()),
        Some(what) => Err(Broken { what, log: server.log.take().unwrap_or_default() }),
    }
}

async fn run(world: &Arc<World>, chunks: &Arc<Vec<Chunk>>) -> Result<(), String> {
    let mut stops = 0;
    let mut paused: Vec<Task> = Vec::new();
    for number in 0..PROCESSES_MOST {
        let has_faults = number < FAULTS_UNTIL;
        let stop_at = (has_faults && stops < STOPS_MOST && world.chance(75)).then(|| world.below(70) as u32);
        let process = Arc::new(Process::new(stop_at, has_faults && world.chance(50)));
        let ends_early = has_faults && world.chance(20);
        let upto = if ends_early { 1 + world.below(chunks.len()) } else { chunks.len() };
        let words = words(world, has_faults);
        let is_other = world.server().windows_by.as_ref().is_some_and(|by| *by != words);
        let mut task = tokio::spawn(one_process(Arc::clone(world), Arc::clone(&process), Arc::clone(chunks), upto, words));
        let ended = tokio::select! {
            biased;
            () = process.stopped.notified() => None,
            ended = &mut task => Some(ended.map_err(|error| error.to_string())?),
        };
        process.is_current.store(false, Relaxed);
        match ended {
            None if process.may_resume.load(Relaxed) && world.chance(40) => {
                stops += 1;
                world.pause(&process);
                paused.push(task);
            }
            None => {
                stops += 1;
                task.abort();
                // Its lanes end with it.
                let _ = task.await;
            }
            Some(Ok(_)) if upto == chunks.len() => return end(world, chunks, paused).await,
            Some(Ok(_)) => {}
            Some(Err(LoadError::MappingsChangedInRedo { .. })) if is_other => {}
            Some(Err(error)) => excuse(world, &error, chunks[upto - 1].done < process.redo_end())?,
        }
        if world.server().violation.is_some() {
            return Ok(());
        }
    }
    Err("no process gets to the end".to_owned())
}

/// What a process calls its mappings: other words for the same rules now and then. What they make of rows is the same, but nobody
/// can know that.
fn words(world: &World, may_differ: bool) -> String {
    let last = world.server().windows_by.clone().unwrap_or_else(|| "rules".to_owned());
    if !(may_differ && world.chance(20)) {
        return last;
    }
    if last == "rules" { "other rules".to_owned() } else { "rules".to_owned() }
}

/// Everything is loaded: whoever is left over finds out that it is fenced, and changes nothing.
async fn end(world: &World, chunks: &[Chunk], paused: Vec<Task>) -> Result<(), String> {
    while world.resume_one() {}
    for task in paused {
        match task.await {
            // One whose source ended early may be told of that first.
            Ok(Ok(_) | Err(LoadError::Fenced { .. } | LoadError::RedoUnreached { .. } | LoadError::MappingsChangedInRedo { .. })) => {}
            Ok(Err(error)) => excuse(world, &error, false)?,
            Err(error) => return Err(error.to_string()),
        }
    }
    for _ in 0..3 {
        yield_now().await;
    }
    world.server().end_left();
    let done = chunks.last().map_or(0, |chunk| chunk.done);
    world.compare(done, "when all is over");
    Ok(())
}

/// Errors that a process may end with.
fn excuse(world: &World, error: &LoadError, misses_redo: bool) -> Result<(), String> {
    world.server().say(|| format!("-- the process ends: {error}: {:?}", std::error::Error::source(error).map(ToString::to_string)));
    match error {
        LoadError::Target { class: FaultClass::Transient, .. } => Ok(()),
        LoadError::RedoUnreached { .. } if misses_redo => Ok(()),
        error => Err(format!("a process ends: {error}")),
    }
}

async fn one_process(
    world: Arc<World>,
    process: Arc<Process>,
    chunks: Arc<Vec<Chunk>>,
    upto: usize,
    words: String,
) -> Result<LoadOutcome, LoadError> {
    let mut dice = Dice::new(world.below(usize::MAX) as u64);
    let options = LoadOptions {
        lanes: 1 + dice.below(4) as u16,
        mapping_change: MappingChange::Accept,
        window: WindowLimits { changes: dice.pick(&[1, 2, 4, 8, 100]), bytes: dice.pick(&[1, 3_000, 1 << 20, 1 << 20]) },
        patience: Patience { attempts: 12, first_wait: std::time::Duration::ZERO, longest_wait: std::time::Duration::ZERO },
    };
    let target = Arc::new(MemoryTarget { world: Arc::clone(&world), process: Arc::clone(&process) });
    let job = Job::new("job".to_owned(), words.clone());
    let standing = take_over(&*target, &job, &order(), &options).await?;
    if process.is_current.load(Relaxed) {
        world.server().windows_by = Some(words);
    }
    let from = standing.redo.from.as_ref();
    process.set_redo_end(standing.redo.to.as_ref());
    if from == standing.redo.to.as_ref() && process.is_current.load(Relaxed) {
        world.compare(number_of(from), "at the start");
    }
    // The source may begin earlier than it has to, at any transaction.
    let starts: Vec<usize> = (0..upto).filter(|&chunk| !chunks[chunk].continues && chunks[chunk].done_before <= number_of(from)).collect();
    let first = dice.pick(&starts);
    let server = Server::new(format!("s{}", world.number).into(), target, &standing, order(), &options)?;
    let (orders, waiting) = mpsc::channel(1 + dice.below(4));
    let feed = feed(&world, &process, &chunks[first..upto], orders, dice);
    let (_, outcome) = tokio::join!(feed, server.run(waiting));
    outcome
}

/// Gives the server its chunks, and lets it commit what it has in between, as a change of definitions does. None: it has ended.
async fn feed(world: &World, process: &Process, chunks: &[Chunk], orders: mpsc::Sender<Order>, mut dice: Dice) -> Option<()> {
    for chunk in chunks {
        for _ in 0..dice.pick(&[0, 0, 1, 20]) {
            yield_now().await;
        }
        if !chunk.continues && dice.chance(10) {
            let (done, settled) = oneshot::channel();
            orders.send(Order::Settle(done)).await.ok()?;
            settled.await.ok()?;
            if process.is_current.load(Relaxed) && chunk.done_before >= process.redo_end() {
                world.compare(chunk.done_before, "when all was to be settled");
            }
        }
        orders.send(Order::Take(chunk.routed.clone())).await.ok()?;
    }
    Some(())
}
