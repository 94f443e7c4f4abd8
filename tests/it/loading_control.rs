//! What goes wrong beside the lanes' work: the control connection, processes that are there and do not answer, answers that are lost.

use std::{
    fs, thread,
    time::{Duration, Instant},
};

use crate::{
    contents::table_contents,
    fault_proxy::{Act, Fault, FaultProxy, Others, Point},
    loading::{Replay, TARGETS, address, new_job, target},
    loss::{Loss, Moment},
    server::{Kind, Server},
};

/// A source and its target on one server, with a proxy between.
struct Case {
    server: &'static Server,
    source: String,
    target: String,
    proxy: FaultProxy,
    replay: Replay,
    _folder: tempfile::TempDir,
}

const TABLE: &str = "(id INT PRIMARY KEY, v VARCHAR(20))";

impl Case {
    fn new(kind: Kind, name: &str, options: &str) -> Self {
        let server = target(kind);
        let (source, target) = (server.new_schema(name), server.new_schema(&format!("{name}_to")));
        let rows: String =
            (1..=6).map(|id| format!("INSERT INTO t VALUES ({id}, 'a'); UPDATE t SET v = 'b' WHERE id = {id} - 1;\n")).collect();
        let binlogs = server.record(&format!("USE {source}; CREATE TABLE t {TABLE};\n{rows}"));
        let folder = tempfile::tempdir().expect("the temporary folder is writable");
        let queries = folder.path().join("same.sql");
        let mapping = format!("CREATE MAPPING same AS SELECT * FROM {source}.t ROUTE TO '{target}', table {options};");
        fs::write(&queries, mapping).expect("the temporary folder is writable");
        let proxy = FaultProxy::before(server.port());
        let replay = Replay { lanes: 2, window_rows: 1, ..Replay::new(&new_job(name), &queries, &binlogs, &[address(proxy.port())]) };
        Self { server, source, target, proxy, replay, _folder: folder }
    }

    fn assert_loaded(&self, after: &str) {
        let rows = |schema: &str| table_contents(self.server, schema, "t");
        assert_eq!(rows(&self.source).len(), 6);
        assert_eq!(rows(&self.source), rows(&self.target), "on {:?} after {after}", self.server.kind());
    }
}

/// Words of each statement of the control connection, and how many like it come before.
const STATEMENTS: [(&str, usize); 12] = [
    // The first question is not asked again: who cannot be reached at all is told of at once.
    ("SELECT fingerprint", 1),
    ("START TRANSACTION", 0),
    ("INSERT IGNORE INTO retl.rowgate_job", 0),
    ("INSERT IGNORE INTO retl.rowgate_checkpoint", 0),
    ("SELECT max(epoch)", 0),
    ("SET epoch = ", 0),
    ("SELECT lane, epoch", 0),
    ("COMMIT", 0),
    ("FROM information_schema.TABLES", 0),
    ("SHOW CREATE TABLE", 0),
    ("CREATE TABLE IF NOT EXISTS", 0),
    ("SET low = ", 0),
];

#[test]
fn a_control_connection_that_is_lost_at_any_statement_is_made_anew() {
    for kind in TARGETS {
        for moment in [Moment::Sent, Moment::Answered] {
            for (words, passing) in STATEMENTS {
                let case = Case::new(kind, "control", "WITH (on_missing_table = 'create')");
                case.proxy.lose(&[Loss { words: words.to_owned(), moment, passing }]);
                case.replay.run().done();
                assert_eq!(case.proxy.unlost(), [], "{words} is a statement of the control connection");
                case.assert_loaded(&format!("a loss at {words}, {moment:?}"));
            }
        }
    }
}

#[test]
fn a_target_that_is_lost_at_the_first_question_is_told_of_at_once() {
    let case = Case::new(Kind::MariaDb1011, "control_first", "WITH (on_missing_table = 'create')");
    case.proxy.lose(&[Loss { words: "SELECT fingerprint".to_owned(), moment: Moment::Sent, passing: 0 }]);
    let ended = case.replay.run();
    assert_eq!(ended.code, Some(3), "{}", ended.text);
    assert!(ended.text.contains("The same command goes on"), "{}", ended.text);
    case.replay.run().done();
    case.assert_loaded("a second run");
}

#[test]
fn a_process_that_holds_rows_and_does_not_answer_is_not_waited_for() {
    for kind in TARGETS {
        let case = Case::new(kind, "silent", "WITH (on_missing_table = 'create')");
        let silent = case.replay.start();
        case.proxy.arm(&[Fault { lane: None, window: 2, point: Point::BeforeCommit, others: Others::AsTheyCome, act: Act::Hold }], || ());
        case.proxy.wait_fired(1);
        let started = Instant::now();
        let direct = Replay { to: vec![address(case.server.port())], ..case.replay.clone() };
        direct.run().done();
        assert!(started.elapsed() < Duration::from_secs(30), "it took {:?} on {kind:?}", started.elapsed());
        case.assert_loaded("a take-over");
        case.proxy.release();
        let ended = silent.wait();
        assert_eq!(ended.code, Some(3), "{}", ended.text);
        assert!(ended.text.contains("another process has taken over the job"), "{}", ended.text);
        thread::sleep(Duration::from_millis(200));
        case.assert_loaded("the older process has ended");
    }
}

#[test]
fn a_window_whose_answer_was_lost_counts_with_its_rows() {
    for kind in TARGETS {
        let case = Case::new(kind, "counted", "WITH (on_missing_table = 'create')");
        let replay = Replay { lanes: 1, ..case.replay.clone() };
        let process = replay.start();
        case.proxy.arm(&[Fault { lane: None, window: 2, point: Point::AnswerLost, others: Others::AsTheyCome, act: Act::Cut }], || ());
        let ended = process.wait().done();
        case.proxy.wait_fired(1);
        // Eleven changes; a window is one transaction at most, and no update is left without its row.
        assert!(ended.text.contains("11 changes as 11 rows in 11 transactions, 1 tried again"), "{}", ended.text);
        case.assert_loaded("a lost answer");
    }
}

#[test]
fn rows_that_are_redone_keep_what_the_target_has_in_columns_of_its_own() {
    for kind in TARGETS {
        let case = Case::new(kind, "own_redo", "");
        case.server
            .run(&format!("USE {}; CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(20), own VARCHAR(9) DEFAULT 'default')", case.target));
        let replay = Replay { lanes: 2, window_rows: 100, ..case.replay.clone() };
        let process = replay.start();
        let alone = Fault { lane: None, window: 1, point: Point::AfterCommit, others: Others::Waiting, act: Act::Kill };
        case.proxy.arm(&[alone], process.killer());
        process.wait().killed();
        case.proxy.wait_fired(1);
        let rows = |columns: &str, schema: &str| case.server.query_text(&format!("SELECT {columns} FROM {schema}.t ORDER BY id"));
        let loaded = rows("id", &case.target).len();
        assert!(loaded > 0 && loaded < 6, "one lane has committed {loaded} rows");
        case.server.run(&format!("UPDATE {}.t SET own = 'kept'", case.target));
        replay.run().done();
        assert_eq!(rows("id, v", &case.source), rows("id, v", &case.target), "{kind:?}");
        let kept = rows("own", &case.target).into_iter().flatten().flatten().filter(|own| own == "kept").count();
        assert_eq!(kept, loaded, "{kind:?}");
    }
}
