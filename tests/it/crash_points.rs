//! A replay that is killed at every named point of every lane's transaction, in its first window, in a later one and in a redo.

use std::{collections::BTreeSet, fmt::Write, fs, path::PathBuf, time::Duration};

use crate::{
    contents::{contents_where, table_contents},
    fault_proxy::{Act, Fault, FaultProxy, Others, Point},
    loading::{Replay, address, new_job, target},
    server::{Kind, Server},
};

const LANES: u16 = 4;
const TRANSACTIONS: i64 = 10;

/// Rows and their keys trade places, move between two target tables, come and go; rows without a key have twins.
struct History {
    server: &'static Server,
    source: String,
    target: String,
    folder: tempfile::TempDir,
    binlogs: Vec<PathBuf>,
}

impl History {
    fn new(kind: Kind) -> Self {
        let server = target(kind);
        let (source, target) = (server.new_schema("points"), server.new_schema("points_to"));
        let keyed = "(id INT PRIMARY KEY, u VARCHAR(20) NULL UNIQUE, r INT NOT NULL, note VARCHAR(40))";
        let keyless = "(r INT NOT NULL, x INT NULL, s VARCHAR(20) COLLATE utf8mb4_general_ci)";
        for table in 0..2 {
            server.run(&format!("CREATE TABLE {target}.t_{table} {keyed}; CREATE TABLE {target}.n_{table} {keyless}"));
        }
        let mut sql = format!("CREATE TABLE {source}.t {keyed}; CREATE TABLE {source}.n {keyless}; USE {source};\n");
        (0..TRANSACTIONS).for_each(|number| sql.push_str(&transaction(number)));
        let binlogs = server.record(&sql);
        let folder = tempfile::tempdir().expect("the temporary folder is writable");
        let mappings: String = ["t", "n"]
            .map(|table| {
                format!("CREATE MAPPING {table} AS SELECT * FROM {source}.{table} ROUTE TO '{target}', concat('{table}_', r % 2);\n")
            })
            .concat();
        fs::write(folder.path().join("points.sql"), mappings).expect("the temporary folder is writable");
        Self { server, source, target, folder, binlogs }
    }

    /// A replay of it, window by window, each a transaction of the source.
    fn replay(&self, port: u16) -> Replay {
        let queries = self.folder.path().join("points.sql");
        Replay { lanes: LANES, window_rows: 1, ..Replay::new(&new_job("points"), &queries, &self.binlogs, &[address(port)]) }
    }

    fn assert_loaded(&self, after: &str) {
        for table in ["t", "n"] {
            for number in 0..2 {
                let expected = contents_where(self.server, &self.source, table, &format!("r % 2 = {number}"));
                let found = table_contents(self.server, &self.target, &format!("{table}_{number}"));
                assert!(!expected.is_empty());
                assert_eq!(expected, found, "{table}_{number} on {:?} after {after}", self.server.kind());
            }
        }
    }
}

/// A transaction that keeps every lane at work.
fn transaction(number: i64) -> String {
    let mut sql = String::from("BEGIN;\n");
    let row = |sql: &mut String, statement: String| writeln!(sql, "{statement};").expect("a String takes any text");
    for place in 0..16 {
        let id = number * 16 + place;
        row(&mut sql, format!("INSERT INTO t VALUES ({id}, 'u{id}', {}, 'new')", place / 2));
        row(&mut sql, format!("INSERT INTO n VALUES ({place}, {}, 'Twin'), ({place}, NULL, 'twin')", number % 3));
    }
    for id in (0..number * 16).step_by(3) {
        row(&mut sql, format!("UPDATE t SET note = 'seen by {number}' WHERE id = {id}"));
    }
    let earlier = |offset: i64| (number * 7 + offset * 5) % (number * 16).max(1);
    for offset in 0..if number > 0 { 3 } else { 0 } {
        let (a, b) = (earlier(offset), earlier(offset + 4));
        let swap_keys = [(a, -1), (b, a), (-1, b)];
        swap_keys.iter().for_each(|(from, to)| row(&mut sql, format!("UPDATE t SET id = {to} WHERE id = {from}")));
        row(&mut sql, format!("SELECT u INTO @a FROM t WHERE id = {a}; SELECT u INTO @b FROM t WHERE id = {b}"));
        row(&mut sql, format!("UPDATE t SET u = 'between' WHERE id = {a}; UPDATE t SET u = @a WHERE id = {b}"));
        row(&mut sql, format!("UPDATE t SET u = @b WHERE id = {a} AND {a} <> {b}"));
        row(&mut sql, format!("UPDATE t SET r = r + 1 WHERE id IN ({}, {})", earlier(offset + 8), a));
        let gone = earlier(offset + 11);
        row(&mut sql, format!("DELETE FROM t WHERE id = {gone}; INSERT INTO t VALUES ({gone}, NULL, {offset}, 'again')"));
        row(&mut sql, format!("DELETE FROM n WHERE r = {} LIMIT 2; UPDATE n SET r = r + 1 WHERE r = {offset} LIMIT 1", offset * 2));
    }
    sql.push_str("COMMIT;\n");
    sql
}

fn survive_kills_at_every_point(kind: Kind) {
    let proxy = FaultProxy::with_patience(target(kind).port(), Duration::from_millis(500));
    for point in Point::ALL {
        let history = History::new(kind);
        let replay = history.replay(proxy.port());
        // The target is at its most uneven when all lanes but one, or one alone, have committed.
        let others = match point {
            Point::BeforeClaim | Point::AfterClaim | Point::BeforeCommit => Others::Committed(usize::from(LANES) - 1),
            Point::AnswerLost | Point::AfterCommit => Others::Waiting,
        };
        for window in [1, 2] {
            for lane in 0..LANES {
                let process = replay.start();
                proxy.arm(&[Fault { lane: Some(lane), window, point, others, act: Act::Kill }], process.killer());
                process.wait().killed();
                proxy.wait_fired(1);
                assert_others(point, lane, &proxy.committed(window));
            }
        }
        replay.run().done();
        history.assert_loaded(&format!("kills at {point:?}"));
    }
}

/// That the target was as uneven as it was meant to be. Where a lane holds locks, others may have to wait for it.
fn assert_others(point: Point, lane: u16, committed: &BTreeSet<u16>) {
    let is_committed = committed.contains(&lane);
    match point {
        Point::BeforeClaim | Point::AfterClaim => assert_eq!(committed.len(), usize::from(LANES) - 1, "{point:?} lane {lane}"),
        Point::BeforeCommit => assert!(!is_committed, "{point:?} lane {lane}"),
        Point::AnswerLost | Point::AfterCommit => assert!(is_committed, "{point:?} lane {lane}"),
    }
}

#[test]
fn mariadb_gets_every_change_once_though_the_replay_is_killed_at_every_point_of_every_lane() {
    survive_kills_at_every_point(Kind::MariaDb1011);
}

#[test]
fn mysql_gets_every_change_once_though_the_replay_is_killed_at_every_point_of_every_lane() {
    survive_kills_at_every_point(Kind::MySql97);
}
