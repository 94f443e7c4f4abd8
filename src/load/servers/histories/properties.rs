//! What must hold of every history.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicU64, Ordering::Relaxed},
};

use tokio::runtime::{Builder, Runtime};

use super::{
    Dice, History, Shape,
    routing::Routers,
    run::{Broken, load},
};

/// The first seed of both runs.
const SEED: u64 = 3_000_000;
/// Histories of one length that are tried when one has to be shown.
const TRIED: u64 = 3_000;

/// What one thread needs for any number of histories.
struct Bench {
    routers: Routers,
    runtime: Runtime,
}

impl Bench {
    fn new() -> Self {
        let runtime = Builder::new_current_thread().enable_time().build().expect("a thread can have a runtime");
        Self { routers: Routers::default(), runtime }
    }

    /// Loads the history of a seed into both servers; with a number of transactions, a history of that length.
    fn check(&mut self, seed: u64, transactions: Option<usize>, has_log: bool) -> Result<(), (Arc<History>, i64, Broken)> {
        let mut dice = Dice::new(seed);
        let transactions = transactions.unwrap_or_else(|| 3 + dice.below(7));
        let shape = Shape::random(transactions, &mut dice);
        let history = Arc::new(History::new(shape, &mut dice));
        let chunks = Arc::new(self.routers.route(&history, &mut dice));
        let servers = if history.shape.is_partial { 1 } else { 2 };
        for number in 0..servers {
            let fate = Dice::new(seed.wrapping_mul(2).wrapping_add(number as u64) ^ 0x5EED);
            load(&self.runtime, &history, &chunks, number, fate, has_log).map_err(|broken| (Arc::clone(&history), number, broken))?;
        }
        Ok(())
    }

    /// The shortest history that breaks, as a text.
    fn shortest(&mut self, failed: u64) -> String {
        let short = (1..=9).flat_map(|transactions| (0..TRIED).map(move |seed| (seed, Some(transactions))));
        for (seed, transactions) in short.chain([(failed, None)]) {
            if let Err((history, number, broken)) = self.check(seed, transactions, true) {
                let log = broken.log.join("\n");
                return format!("seed {seed}, server {number}\n{history}{log}\n==> {}", broken.what);
            }
        }
        format!("seed {failed} failed once and not again")
    }
}

#[test]
fn a_loader_that_is_killed_anywhere_leaves_what_the_mappings_say() {
    let histories = if std::env::var_os("ROWGATE_SLOW").is_some_and(|value| value == "1") { 100_000 } else { 2_000 };
    let (next, has_failed) = (AtomicU64::new(0), AtomicBool::new(false));
    let work = || {
        let mut bench = Bench::new();
        loop {
            let number = next.fetch_add(1, Relaxed);
            if number >= histories || has_failed.load(Relaxed) {
                return None;
            }
            if bench.check(SEED + number, None, false).is_err() {
                has_failed.store(true, Relaxed);
                return Some(bench.shortest(SEED + number));
            }
        }
    };
    let failures: Vec<String> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..2).map(|_| scope.spawn(work)).collect();
        threads.into_iter().filter_map(|thread| thread.join().expect("a history that panics has failed")).collect()
    });
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}
