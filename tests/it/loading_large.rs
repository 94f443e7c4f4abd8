//! A source transaction that is larger than the loader's memory, and crashes around it.

use std::{fs, path::PathBuf, thread, time::Duration};

use crate::{
    fault_proxy::{Act, Fault, FaultProxy, Others, Point},
    loading::{Replay, TARGETS, address, new_job, target},
    server::{Kind, Server},
};

const TABLES: &str =
    "CREATE TABLE big (id INT PRIMARY KEY, body LONGBLOB NOT NULL); CREATE TABLE n (x INT NOT NULL, body VARCHAR(20) NULL);\n";

/// A transaction of 48 MB between two small ones, on its way to two servers.
struct Large {
    source: (&'static Server, String),
    targets: [(&'static Server, String); 2],
    proxies: [FaultProxy; 2],
    folder: tempfile::TempDir,
    binlogs: Vec<PathBuf>,
    job: String,
}

impl Large {
    fn new(kind: Kind) -> Self {
        let server = target(kind);
        let source = (server, server.new_schema("large"));
        let targets = TARGETS.map(|kind| (target(kind), target(kind).new_schema("large_to")));
        targets.iter().for_each(|(server, schema)| server.run(&format!("USE {schema}; {TABLES}")));
        let numbers = "WITH RECURSIVE number (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM number WHERE i < 48)";
        let binlogs = server.record(&format!(
            "USE {}; {TABLES}
             BEGIN; INSERT INTO big VALUES (0, 'small'); INSERT INTO n VALUES (0, 'a'); COMMIT;
             BEGIN; INSERT INTO n VALUES (1, 'a'), (1, 'a');
             INSERT INTO big {numbers} SELECT i, REPEAT(char(65 + i % 26), 1000000) FROM number;
             UPDATE big SET body = 'changed' WHERE id IN (0, 7); DELETE FROM n WHERE x = 1 LIMIT 1; INSERT INTO n VALUES (1, 'b'); COMMIT;
             BEGIN; UPDATE big SET body = 'after' WHERE id = 8; INSERT INTO n VALUES (1, 'a'); COMMIT;\n",
            source.1
        ));
        let folder = tempfile::tempdir().expect("the temporary folder is writable");
        let mut mappings = String::new();
        for table in ["big", "n"] {
            for (number, (_, schema)) in targets.iter().enumerate() {
                let from = &source.1;
                mappings.push_str(&format!(
                    "CREATE MAPPING {table}_{number} AS SELECT * FROM {from}.{table} ROUTE TO '{schema}', table ON 's{number}';\n"
                ));
            }
        }
        fs::write(folder.path().join("large.sql"), mappings).expect("the temporary folder is writable");
        let proxies = [0, 1].map(|number: usize| FaultProxy::before(targets[number].0.port()));
        Self { source, targets, proxies, folder, binlogs, job: new_job("large") }
    }

    fn replay(&self) -> Replay {
        let to = [0, 1].map(|number: usize| format!("s{number}={}", address(self.proxies[number].port())));
        Replay { lanes: 3, window_rows: 1, ..Replay::new(&self.job, &self.folder.path().join("large.sql"), &self.binlogs, &to) }
    }

    fn assert_loaded(&self) {
        let sums = |(server, schema): &(&Server, String)| {
            server.query_text(&format!(
                "SELECT id, length(body), SHA2(body, 256) FROM {schema}.big UNION ALL SELECT x, -1, body FROM {schema}.n ORDER BY 1, 2, 3"
            ))
        };
        let expected = sums(&self.source);
        assert_eq!(expected.len(), 49 + 4);
        for target in &self.targets {
            assert_eq!(expected, sums(target), "{} on {:?}", target.1, target.0.kind());
        }
    }
}

/// LOADER: big_transaction_committed_is_not_redone.
#[test]
fn a_transaction_larger_than_memory_is_applied_once_wherever_the_replay_is_killed() {
    for number in 0..TARGETS.len() {
        let large = Large::new(Kind::MariaDb1011);
        let proxy = &large.proxies[number];
        for (window, point) in [(2, Point::BeforeCommit), (1, Point::AnswerLost), (1, Point::BeforeCommit)] {
            let process = large.replay().start();
            proxy.arm(&[Fault { lane: Some(0), window, point, others: Others::AsTheyCome, act: Act::Kill }], process.killer());
            process.wait().killed();
            proxy.wait_fired(1);
        }
        large.replay().run().done();
        large.assert_loaded();
    }
}

/// LOADER: big_transaction_committed_is_not_redone, though another server needs it.
#[test]
fn a_transaction_larger_than_memory_is_left_out_where_only_the_other_server_lacks_it() {
    let large = Large::new(Kind::MySql97);
    let process = large.replay().start();
    let [ahead, behind] = &large.proxies;
    ahead.arm(&[], || ());
    let held = Fault { lane: Some(0), window: 2, point: Point::BeforeClaim, others: Others::AsTheyCome, act: Act::Hold };
    behind.arm(&[held], || ());
    behind.wait_fired(1);
    while ahead.committed(2).is_empty() {
        thread::sleep(Duration::from_millis(20));
    }
    process.killer()();
    process.wait().killed();
    behind.release();
    large.replay().run().done();
    large.assert_loaded();
}

#[test]
fn a_connection_that_is_lost_before_or_behind_a_large_transaction_does_not_end_the_replay() {
    for number in 0..TARGETS.len() {
        let large = Large::new(Kind::MariaDb1011);
        let process = large.replay().start();
        let lost = |point| Fault { lane: Some(0), window: 2, point, others: Others::AsTheyCome, act: Act::Cut };
        large.proxies[number].arm(&[lost(Point::BeforeClaim), lost(Point::AnswerLost)], || ());
        process.wait().done();
        large.proxies[number].wait_fired(2);
        large.assert_loaded();
    }
}
