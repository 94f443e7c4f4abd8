//! Random histories, replayed by processes that are killed and connections that are lost at random points: in the end the target is
//! what the mappings say.
//!
//! Histories of one round share the transactions of the source, so that one crash hits all of them.

use std::{
    fmt::Write,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use crate::{
    fault_proxy::{Act, Fault, FaultProxy, Others, Point},
    loading::{Replay, address, new_job, target},
    random_history::{History, Random},
    server::{Kind, Server},
};

type Rows = Vec<Vec<Option<String>>>;

/// Rounds, of one to four histories each.
fn rounds() -> u64 {
    if std::env::var_os("ROWGATE_SLOW").is_some() { 600 } else { 16 }
}

/// The seed of the first round; `ROWGATE_SEED` repeats another one.
fn first_seed() -> u64 {
    std::env::var("ROWGATE_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(20_261_124)
}

/// Histories that share a source schema, a target schema and a job.
struct Round {
    server: &'static Server,
    from: String,
    to: String,
    histories: Vec<History>,
    binlogs: Vec<PathBuf>,
}

impl Round {
    fn new(server: &'static Server, random: &mut Random) -> Self {
        // Lanes split few tables: with many of them, rows that get into each other's way would hardly ever be in two lanes.
        let count = random.pick(&[1, 1, 2, 4]);
        let routed = random.is_in(70);
        let histories: Vec<History> = (0..count).map(|number| History::random(random, number, routed)).collect();
        let (from, to) = (server.new_schema("history"), server.new_schema("history_to"));
        let tables: String = histories.iter().map(History::target_tables).collect();
        server.run(&format!("USE {to};\n{tables}"));
        let mut sql = format!("USE {from};\n");
        histories.iter().for_each(|history| sql.push_str(&history.source_tables()));
        let longest = histories.iter().map(|history| history.transactions.len()).max().unwrap_or(0);
        for place in 0..longest {
            let image = if !routed && random.is_in(50) { "MINIMAL" } else { "FULL" };
            write!(sql, "SET SESSION binlog_row_image = '{image}';\nBEGIN;\n").expect("a String takes any text");
            for statement in histories.iter().filter_map(|history| history.transactions.get(place)).flatten() {
                writeln!(sql, "{statement};").expect("a String takes any text");
            }
            sql.push_str("COMMIT;\n");
        }
        let binlogs = server.record(&sql);
        Self { server, from, to, histories, binlogs }
    }

    /// Replays until a process ends by itself; tells what happened on the way.
    fn replay(&self, random: &mut Random, proxy: &FaultProxy, queries: &Path, told: &mut String) -> Result<(), String> {
        let mut replay = Replay::new(&new_job("history"), queries, &self.binlogs, &[address(proxy.port())]);
        let mut crashes = 1 + random.below(3);
        loop {
            replay.lanes = random.pick(&[1, 2, 2, 3, 3, 4, 4]);
            replay.window_rows = 1 + random.below(8 * self.histories.len() as u64);
            let faults = random_faults(random, replay.lanes, crashes > 0);
            let process = replay.start();
            proxy.arm(&faults, process.killer());
            let ended = process.wait();
            writeln!(told, "lanes {}, window rows {}: {:?} of {faults:?}", replay.lanes, replay.window_rows, proxy.fired())
                .expect("a String takes any text");
            match ended.code {
                None => crashes -= 1,
                Some(0) => return Ok(()),
                Some(code) => return Err(format!("exit code {code}: {}", ended.text)),
            }
        }
    }

    /// The histories whose target tables are not what the mappings say.
    fn differences(&self) -> String {
        let expected = self.rows(|history| history.expected(&self.from));
        let found = self.rows(|history| history.found(&self.to));
        let of = |rows: &Rows, history: &History| -> Rows {
            let names = [format!("k{}_", history.number), format!("n{}_", history.number)];
            let is_its =
                |row: &&Vec<Option<String>>| row[0].as_ref().is_some_and(|name| names.iter().any(|prefix| name.starts_with(prefix)));
            rows.iter().filter(is_its).cloned().collect()
        };
        let mut text = String::new();
        for history in &self.histories {
            let (expected, found) = (of(&expected, history), of(&found, history));
            if expected != found {
                write!(text, "{history:#?}\nexpected {expected:?}\nfound    {found:?}\n").expect("a String takes any text");
            }
        }
        text
    }

    fn rows(&self, selects: impl Fn(&History) -> Vec<String>) -> Rows {
        let selects: Vec<String> = self.histories.iter().flat_map(selects).collect();
        let mut rows = self.server.query_text(&selects.join(" UNION ALL "));
        rows.sort();
        rows
    }
}

impl Drop for Round {
    fn drop(&mut self) {
        // A failed test leaves its rows for whoever looks.
        if !std::thread::panicking() {
            self.server.run(&format!("DROP DATABASE {}; DROP DATABASE {}", self.from, self.to));
        }
    }
}

/// A crash, while some are left, and a lost connection.
fn random_faults(random: &mut Random, lanes: u16, crashes: bool) -> Vec<Fault> {
    let mut fault = |acts: &[Act]| {
        let point = random.pick(&Point::ALL);
        // Mostly so that lanes stand apart, which is what a redo is for.
        let apart = match point {
            Point::BeforeClaim | Point::AfterClaim | Point::BeforeCommit => Others::Committed(1),
            Point::AnswerLost | Point::AfterCommit => Others::Waiting,
        };
        let others = random.pick(&[Others::AsTheyCome, apart, apart]);
        let lane = if random.is_in(60) { None } else { Some(random.below(lanes.into()) as u16) };
        Fault { lane, window: 1 + random.below(2) as usize, point, others, act: random.pick(acts) }
    };
    let mut faults = Vec::new();
    if crashes {
        faults.push(fault(&[Act::Kill, Act::Kill, Act::KillThenDeliver(Duration::from_millis(400))]));
    }
    faults.push(fault(&[Act::Cut, Act::CutThenDeliver(Duration::from_millis(100))]));
    faults
}

fn hold_random_histories(kind: Kind) {
    let server = target(kind);
    let proxy = FaultProxy::with_patience(server.port(), Duration::from_millis(200));
    let folder = tempfile::tempdir().expect("the temporary folder is writable");
    for seed in first_seed()..first_seed() + rounds() {
        let mut random = Random::new(seed);
        let round = Round::new(server, &mut random);
        let queries = folder.path().join(format!("round_{seed}.sql"));
        let mappings: String = round.histories.iter().map(|history| history.mappings(&round.from, &round.to)).collect();
        fs::write(&queries, mappings).expect("the temporary folder is writable");
        let mut told = String::new();
        let ended = round.replay(&mut random, &proxy, &queries, &mut told);
        let differences = round.differences();
        assert!(
            ended.is_ok() && differences.is_empty(),
            "ROWGATE_SEED={seed} on {kind:?}, {} to {}\n{told}{ended:?}\n{differences}",
            round.from,
            round.to
        );
    }
}

#[test]
fn random_histories_with_crashes_leave_on_mariadb_what_the_mappings_say() {
    hold_random_histories(Kind::MariaDb1011);
}

#[test]
fn random_histories_with_crashes_leave_on_mysql_what_the_mappings_say() {
    hold_random_histories(Kind::MySql97);
}
