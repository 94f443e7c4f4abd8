//! The whole workload of every kind of source, loaded into both kinds of target, undisturbed and with a process that is killed
//! again and again: each target is byte for byte what the source's own evaluation of the rules gives.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::Mutex,
    thread,
    time::Duration,
};

use crate::{
    contents::table_contents,
    fault_proxy::FaultProxy,
    loading::{Ended, Replay, TARGETS, address, new_job, target},
    random_history::Random,
    recorded::{Recorded, TABLES, comparable, create_tables, inserts, routed_by_the_server},
    server::{Kind, Server},
};

/// How often a replay is killed on its way through the workload.
const KILLS: u64 = 30;

/// Shards have the names that the rules give them, so that one test at a time has them.
static SHARDS: Mutex<()> = Mutex::new(());

/// Both targets with the workload's tables in a new schema, and mappings that keep them the same as a source's.
struct Same {
    source: &'static Recorded,
    schema: String,
    folder: tempfile::TempDir,
}

impl Same {
    fn new(source: Kind, name: &str) -> Self {
        let (source, schema) = (Recorded::shared(source), format!("{name}_{source:?}").to_lowercase());
        let mut mappings = String::new();
        for (number, kind) in TARGETS.into_iter().enumerate() {
            create_tables(&source.server, target(kind), &schema);
            for table in TABLES {
                mappings.push_str(&format!(
                    "CREATE MAPPING {table}_{number} AS SELECT * FROM fintax_task.{table} ROUTE TO '{schema}', table ON 's{number}';\n"
                ));
            }
        }
        let folder = tempfile::tempdir().expect("the temporary folder is writable");
        fs::write(folder.path().join("same.sql"), mappings).expect("the temporary folder is writable");
        Self { source, schema, folder }
    }

    /// A replay into whatever listens on these ports: the targets, or proxies before them.
    fn replay(&self, ports: [u16; 2]) -> Replay {
        let to = [0, 1].map(|number: usize| format!("s{number}={}", address(ports[number])));
        Replay::new(&new_job(&self.schema), &self.queries(), &self.source.binlogs, &to)
    }

    fn queries(&self) -> PathBuf {
        self.folder.path().join("same.sql")
    }

    fn assert_loaded(&self) {
        for table in TABLES {
            let expected = comparable(&self.source.server, "fintax_task", table);
            assert!(!expected.is_empty());
            for target in TARGETS.map(target) {
                // assert_eq! would print all of both.
                let found = comparable(target, &self.schema, table);
                let first = expected.iter().zip(&found).find(|(expected, found)| expected != found);
                let lengths = (expected.len(), found.len());
                assert!(expected == found, "{}.{table} on {:?}: {lengths:?} rows, first difference {first:?}", self.schema, target.kind());
            }
        }
        TARGETS.map(target).iter().for_each(|target| target.run(&format!("DROP DATABASE {}", self.schema)));
    }
}

#[test]
fn the_workload_of_every_source_is_the_same_on_both_targets() {
    for source in Kind::ALL {
        let same = Same::new(source, "loaded");
        let ended = same.replay(TARGETS.map(|kind| target(kind).port())).run().done();
        assert!(!ended.text.contains("conflicts"), "{}", ended.text);
        same.assert_loaded();
    }
}

#[test]
fn a_replay_that_is_killed_thirty_times_leaves_the_same_rows() {
    for source in Kind::ALL {
        let same = Same::new(source, "killed");
        let proxies = TARGETS.map(|kind| FaultProxy::before(target(kind).port()));
        let replay = Replay { window_rows: u64::from(inserts()) / 130, ..same.replay([proxies[0].port(), proxies[1].port()]) };
        let killed = kill_again_and_again(&replay, &proxies, &mut Random::new(source as u64), KILLS);
        assert_eq!(killed, KILLS, "{source:?}");
        same.assert_loaded();
    }
}

/// Kills a replay so often, each time a few windows further on, and lets it end; says how often it was there to be killed.
fn kill_again_and_again(replay: &Replay, proxies: &[FaultProxy], random: &mut Random, kills: u64) -> u64 {
    let mut killed = 0;
    for _ in 0..kills {
        let replay = Replay { lanes: 1 + random.below(4) as u16, ..replay.clone() };
        let process = replay.start();
        proxies.iter().for_each(|proxy| proxy.arm(&[], || ()));
        let (proxy, windows) = (&proxies[random.below(proxies.len() as u64) as usize], random.below(5) as usize);
        while proxy.windows() < windows && !process.has_ended() {
            thread::sleep(Duration::from_millis(1));
        }
        thread::sleep(Duration::from_millis(random.below(40)));
        process.killer()();
        match process.wait() {
            Ended { code: None, .. } => killed += 1,
            ended => {
                ended.done();
            }
        }
    }
    replay.run().done();
    killed
}

/// The tables that the shards' rules write.
fn create_shards(server: &Server) {
    for schema in 0..2 {
        let tables: String =
            (0..16).map(|table| format!("CREATE TABLE fintax_task_{schema}.task_batch_{table} LIKE fintax_task.task_batch;\n")).collect();
        server.run(&format!("DROP DATABASE IF EXISTS fintax_task_{schema}; CREATE DATABASE fintax_task_{schema};\n{tables}"));
    }
}

/// The rules of the library that shard the workload, each with the rows that it takes.
const SEED: (&str, &str) = ("fintax_task", "(qyid >> 22) % 2 = 0");
const TWO_SERVERS: (&str, &str) = ("two_servers", "TRUE");

fn shards_replay(source: &Recorded, rule: &str, to: &[String]) -> Replay {
    let queries = Path::new(env!("CARGO_MANIFEST_DIR")).join("queries").join(rule);
    Replay::new(&new_job(rule), &queries, &source.binlogs, to)
}

/// Compares each shard; `server_of` is the server that a schema lies on.
fn hold_shards(source: &Recorded, (rule, filter): (&str, &str), server_of: impl Fn(usize) -> &'static Server) {
    let expected = routed_by_the_server(&source.server, filter);
    assert!(expected.len() >= 16, "the workload reaches every shard");
    for schema in 0..2 {
        for table in 0..16 {
            let place = (format!("fintax_task_{schema}"), format!("task_batch_{table}"));
            let found = table_contents(server_of(schema), &place.0, &place.1);
            assert_eq!(expected.get(&place).cloned().unwrap_or_default(), found, "{place:?} by {rule} from {:?}", source.server.kind());
        }
    }
}

#[test]
fn each_row_is_loaded_where_its_source_evaluates_the_route_to_be() {
    let _shards = SHARDS.lock().expect("no test panics with it");
    let targets = TARGETS.map(|kind| &Recorded::shared(kind).server);
    for source in Kind::ALL.map(Recorded::shared) {
        for target in targets {
            create_shards(target);
            shards_replay(source, SEED.0, &[address(target.port())]).run().done();
            hold_shards(source, SEED, |_| target);
        }
        targets.iter().for_each(|target| create_shards(target));
        let to = [0, 1].map(|shard: usize| format!("shard{shard}={}", address(targets[shard].port())));
        shards_replay(source, TWO_SERVERS.0, &to).run().done();
        hold_shards(source, TWO_SERVERS, |schema| targets[schema]);
    }
}

#[test]
fn shards_are_the_same_though_the_replay_is_killed_again_and_again() {
    let _shards = SHARDS.lock().expect("no test panics with it");
    let kills = if std::env::var_os("ROWGATE_SLOW").is_some() { KILLS } else { 6 };
    let targets = TARGETS.map(|kind| &Recorded::shared(kind).server);
    let proxies = targets.map(|target| FaultProxy::before(target.port()));
    let window_rows = u64::from(inserts()) / 260;
    for (number, source) in Kind::ALL.into_iter().enumerate() {
        let (recorded, mut random) = (Recorded::shared(source), Random::new(100 + number as u64));
        for (proxy, target) in proxies.iter().zip(targets) {
            create_shards(target);
            let replay = Replay { window_rows, ..shards_replay(recorded, SEED.0, &[address(proxy.port())]) };
            let killed = kill_again_and_again(&replay, std::slice::from_ref(proxy), &mut random, kills);
            assert!(killed * 2 > kills, "{killed} kills on {:?}", target.kind());
            hold_shards(recorded, SEED, |_| target);
        }
        targets.iter().for_each(|target| create_shards(target));
        let to = [0, 1].map(|shard: usize| format!("shard{shard}={}", address(proxies[shard].port())));
        let replay = Replay { window_rows, ..shards_replay(recorded, TWO_SERVERS.0, &to) };
        let killed = kill_again_and_again(&replay, &proxies, &mut random, kills);
        assert!(killed * 2 > kills, "{killed} kills of {source:?}");
        hold_shards(recorded, TWO_SERVERS, |schema| targets[schema]);
    }
}
