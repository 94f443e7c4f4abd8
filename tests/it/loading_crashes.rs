//! The cases by which simpler loaders lose or double rows after a crash, each on real servers.

use std::{fs, path::PathBuf, time::Duration};

use crate::{
    contents::table_contents,
    fault_proxy::{Act, Fault, FaultProxy, Others, Point},
    loading::{Ended, Replay, TARGETS, address, new_job, target},
    server::{Kind, Server},
};

const KEYED: &str = "t (id INT PRIMARY KEY, u VARCHAR(20) NULL UNIQUE, note VARCHAR(40) NULL)";
const KEYLESS: &str = "n (x INT NULL, s VARCHAR(20) COLLATE utf8mb4_general_ci)";

/// A source, a target with the same tables, and the mapping that keeps them the same.
struct Case {
    server: &'static Server,
    source: String,
    target: String,
    proxy: FaultProxy,
    folder: tempfile::TempDir,
    replay: Replay,
}

impl Case {
    /// Each of `transactions` is one of the source.
    fn new(kind: Kind, name: &str, transactions: &[&str]) -> Self {
        let sql: String = transactions.iter().map(|statements| format!("BEGIN; {statements}; COMMIT;\n")).collect();
        Self::with(kind, name, &sql)
    }

    fn with(kind: Kind, name: &str, sql: &str) -> Self {
        let server = target(kind);
        let (source, target) = (server.new_schema(name), server.new_schema(&format!("{name}_to")));
        let tables = |schema: &str| format!("USE {schema}; CREATE TABLE {KEYED}; CREATE TABLE {KEYLESS};\n");
        server.run(&tables(&target));
        let binlogs = server.record(&(tables(&source) + sql));
        let folder = tempfile::tempdir().expect("the temporary folder is writable");
        let proxy = FaultProxy::before(server.port());
        let queries = folder.path().join("same.sql");
        let mut replay = Replay::new(&new_job(name), &queries, &binlogs, &[address(proxy.port())]);
        replay.window_rows = 1;
        let case = Self { server, source, target, proxy, folder, replay };
        case.write_mappings("");
        case
    }

    /// The query file with mappings that take what a filter leaves.
    fn write_mappings(&self, filter: &str) -> PathBuf {
        let mapping = |table: &str, filter: &str| {
            format!("CREATE MAPPING {table} AS SELECT * FROM {}.{table} {filter} ROUTE TO '{}', table;\n", self.source, self.target)
        };
        let path = self.folder.path().join("same.sql");
        fs::write(&path, mapping("t", filter) + &mapping("n", "")).expect("the temporary folder is writable");
        path
    }

    fn replay(&self, lanes: u16, window_rows: u64) -> Replay {
        Replay { lanes, window_rows, ..self.replay.clone() }
    }

    /// Runs it with a fault, which has to happen.
    fn run_with(&self, replay: &Replay, fault: Fault) -> Ended {
        let process = replay.start();
        self.proxy.arm(&[fault], process.killer());
        let ended = process.wait();
        self.proxy.wait_fired(1);
        ended
    }

    /// Kills it when this lane alone has committed the window.
    fn kill_after(&self, replay: &Replay, lane: u16, window: usize) {
        self.run_with(replay, Fault { lane: Some(lane), window, point: Point::AfterCommit, others: Others::Waiting, act: Act::Kill })
            .killed();
    }

    /// Kills it when all lanes but this one have committed the window.
    fn kill_before(&self, replay: &Replay, lane: u16, window: usize) {
        let others = Others::Committed(usize::from(replay.lanes) - 1);
        self.run_with(replay, Fault { lane: Some(lane), window, point: Point::AfterClaim, others, act: Act::Kill }).killed();
    }

    fn assert_loaded(&self) {
        for table in ["t", "n"] {
            let (expected, found) = (self.rows(&self.source, table), self.rows(&self.target, table));
            assert_eq!(expected, found, "{} of {} on {:?}", table, self.target, self.server.kind());
        }
    }

    fn rows(&self, schema: &str, table: &str) -> Vec<Vec<Option<String>>> {
        table_contents(self.server, schema, table)
    }

    fn count(&self, table: &str) -> usize {
        self.rows(&self.target, table).len()
    }
}

/// LOADER: redo_reassigns_component_then_crashes_again.
#[test]
fn a_redo_that_gives_rows_to_other_lanes_may_crash_again() {
    for kind in TARGETS {
        let swap = "UPDATE t SET u = 'x' WHERE id = 1; UPDATE t SET u = 'u1' WHERE id = 4; UPDATE t SET u = 'u4' WHERE id = 1;
                    UPDATE t SET note = 'b' WHERE id IN (2, 3, 5, 6, 7, 8); DELETE FROM t WHERE id = 6; UPDATE t SET id = 6 WHERE id = 8";
        let fill = "INSERT INTO t VALUES (1,'u1','a'), (2,'u2','a'), (3,'u3','a'), (4,'u4','a'), (5,'u5','a'), (6,'u6','a'), (7,'u7','a'), (8,'u8','a')";
        let case = Case::new(kind, "reassigned", &[fill, swap]);
        case.kill_after(&case.replay(4, 1), 1, 2);
        case.kill_after(&case.replay(3, 1), 2, 1);
        case.kill_before(&case.replay(2, 1), 0, 1);
        case.replay(3, 1).run().done();
        case.assert_loaded();
    }
}

/// LOADER: redo_meets_unique_value_from_the_future.
#[test]
fn a_unique_value_that_a_later_row_has_taken_already_stops_no_redo() {
    for kind in TARGETS {
        let case = Case::new(
            kind,
            "future",
            &["INSERT INTO t VALUES (1,'p','a')", "UPDATE t SET u = 'q' WHERE id = 1", "INSERT INTO t VALUES (2,'p','a')"],
        );
        // Row 2 is the second lane's; smaller windows would insert row 1 with its value.
        case.kill_after(&case.replay(2, 100), 1, 1);
        assert_eq!(case.count("t"), 1);
        case.replay(2, 1).run().done();
        case.assert_loaded();
    }
}

/// LOADER: redo_wider_window_elides_insert_delete.
#[test]
fn a_row_that_comes_before_a_crash_and_goes_after_it_is_gone() {
    for kind in TARGETS {
        let case = Case::new(kind, "comes_and_goes", &["INSERT INTO t VALUES (1,'a','a'), (2,'b','a')", "DELETE FROM t WHERE id = 1"]);
        case.kill_after(&case.replay(2, 1), 0, 1);
        assert_eq!(case.count("t"), 1);
        case.replay(2, 100).run().done();
        case.assert_loaded();
        assert_eq!(case.count("t"), 1);
    }
}

/// LOADER: redo_wider_window_elides_A_B_A.
#[test]
fn a_row_that_changes_before_a_crash_and_back_after_it_is_as_it_was() {
    for kind in TARGETS {
        let changes = ["INSERT INTO t VALUES (1,'a','A'), (2,'b','A')", "UPDATE t SET note = 'B'", "UPDATE t SET note = 'A'"];
        let case = Case::new(kind, "and_back", &changes);
        case.kill_after(&case.replay(2, 1), 0, 2);
        case.replay(2, 100).run().done();
        case.assert_loaded();
    }
}

/// LOADER: minimal_redo_no_null_columns.
#[test]
fn partial_images_leave_no_nulls_wherever_the_replay_is_killed() {
    for kind in TARGETS {
        for point in Point::ALL {
            let sql = "INSERT INTO t VALUES (1,'u1','a'), (2,'u2','a'), (3,NULL,'a');
                       SET SESSION binlog_row_image = 'MINIMAL';
                       BEGIN; UPDATE t SET note = 'b' WHERE id = 1; UPDATE t SET u = 'x' WHERE id = 2; UPDATE t SET u = 'u2' WHERE id = 3;
                       UPDATE t SET id = 4 WHERE id = 2; INSERT INTO n VALUES (1, 'a'), (1, 'A'), (NULL, 'a'); COMMIT;
                       BEGIN; UPDATE n SET x = 2 WHERE s = 'a' LIMIT 2; UPDATE t SET note = 'c'; DELETE FROM t WHERE id = 1; COMMIT;\n";
            let case = Case::with(kind, "partial", sql);
            for window in [2, 1] {
                case.run_with(&case.replay(3, 1), Fault { lane: Some(0), window, point, others: Others::AsTheyCome, act: Act::Kill })
                    .killed();
            }
            case.replay(2, 100).run().done();
            case.assert_loaded();
        }
    }
}

/// LOADER: keyless_twice_after_lane_crash.
#[test]
fn rows_without_a_key_come_once_when_their_lane_has_committed_and_others_have_not() {
    for kind in TARGETS {
        let case = Case::new(
            kind,
            "twins",
            &[
                "INSERT INTO t VALUES (1,'a','a'), (2,'b','a'), (3,'c','a'); INSERT INTO n VALUES (1,'a'), (1,'a'), (1,'A')",
                "UPDATE t SET note = 'b'; DELETE FROM n WHERE s = 'a' LIMIT 1; INSERT INTO n VALUES (1,'a'), (2,NULL)",
            ],
        );
        case.kill_after(&case.replay(3, 1), 0, 1);
        assert_eq!(case.count("n"), 3);
        case.kill_after(&case.replay(3, 1), 0, 2);
        case.kill_before(&case.replay(2, 1), 1, 1);
        case.replay(4, 100).run().done();
        case.assert_loaded();
    }
}

/// LOADER: keyless_lost_commit_answer.
#[test]
fn rows_without_a_key_come_once_when_the_answer_to_their_commit_is_lost() {
    for kind in TARGETS {
        let case =
            Case::new(kind, "answer", &["INSERT INTO n VALUES (1,'a'), (1,'a')", "DELETE FROM n LIMIT 1; INSERT INTO n VALUES (2,'b')"]);
        for (window, act) in [(1, Act::Kill), (1, Act::Cut)] {
            let ended = case
                .run_with(&case.replay(2, 1), Fault { lane: Some(0), window, point: Point::AnswerLost, others: Others::AsTheyCome, act });
            if act == Act::Cut {
                ended.done();
            }
        }
        case.assert_loaded();
    }
}

/// LOADER: zombie_commits_after_takeover.
#[test]
fn what_a_killed_process_sent_last_may_arrive_while_the_next_one_takes_over() {
    for kind in TARGETS {
        let case = Case::new(
            kind,
            "zombie",
            &[
                "INSERT INTO t VALUES (1,'a','a'), (2,'b','a'); INSERT INTO n VALUES (1,'a')",
                "UPDATE t SET note = 'b'; INSERT INTO n VALUES (1,'a')",
            ],
        );
        let act = Act::KillThenDeliver(Duration::from_millis(1500));
        for (lane, window, point) in [(0, 1, Point::BeforeCommit), (0, 1, Point::BeforeClaim), (1, 1, Point::BeforeCommit)] {
            case.run_with(&case.replay(2, 1), Fault { lane: Some(lane), window, point, others: Others::AsTheyCome, act }).killed();
        }
        case.replay(2, 1).run().done();
        case.assert_loaded();
    }
}

/// LOADER: zombie_commits_after_takeover, of a process that is slow and not dead.
#[test]
fn a_process_that_wakes_up_after_another_took_over_writes_nothing() {
    for kind in TARGETS {
        let case = Case::new(
            kind,
            "sleeper",
            &[
                "INSERT INTO t VALUES (1,'a','a'), (2,'b','a'); INSERT INTO n VALUES (1,'a')",
                "UPDATE t SET note = 'b'; INSERT INTO n VALUES (1,'a')",
            ],
        );
        let sleeper = case.replay(2, 1).start();
        let fault = Fault { lane: Some(0), window: 2, point: Point::BeforeClaim, others: Others::Committed(1), act: Act::Hold };
        case.proxy.arm(&[fault], sleeper.killer());
        case.proxy.wait_fired(1);
        Replay { to: vec![address(case.server.port())], ..case.replay(2, 1) }.run().done();
        case.proxy.release();
        let ended = sleeper.wait();
        assert_eq!(ended.code, Some(3), "{}", ended.text);
        assert!(ended.text.contains("another process has taken over the job"), "{}", ended.text);
        case.assert_loaded();
    }
}

/// LOADER: lost_commit_answer_same_epoch.
#[test]
fn a_lane_whose_commit_arrives_after_its_connection_was_lost_commits_once() {
    for kind in TARGETS {
        for lane in 0..2 {
            let case = Case::new(
                kind,
                "late",
                &[
                    "INSERT INTO t VALUES (1,'a','a'), (2,'b','a'); INSERT INTO n VALUES (1,'a')",
                    "UPDATE t SET note = 'b'; INSERT INTO n VALUES (1,'a')",
                ],
            );
            let late = Act::CutThenDeliver(Duration::from_millis(700));
            let faults = [(1, Point::BeforeCommit, late), (2, Point::AnswerLost, Act::Cut)];
            let process = case.replay(2, 1).start();
            let faults = faults.map(|(window, point, act)| Fault { lane: Some(lane), window, point, others: Others::AsTheyCome, act });
            case.proxy.arm(&faults, process.killer());
            let ended = process.wait().done();
            assert_eq!(case.proxy.fired().len(), 2);
            assert!(ended.text.contains("2 tried again"), "{}", ended.text);
            case.assert_loaded();
        }
    }
}

/// LOADER: lanes_4_to_2_to_4_between_crashes.
#[test]
fn the_number_of_lanes_may_change_between_crashes() {
    for kind in TARGETS {
        let fill = "INSERT INTO t VALUES (1,'u1','a'), (2,'u2','a'), (3,'u3','a'), (4,'u4','a'), (5,'u5','a'), (6,'u6','a'); INSERT INTO n VALUES (1,'a')";
        let change = "UPDATE t SET note = concat(note, 'b'); UPDATE t SET id = id + 10 WHERE id < 3; INSERT INTO n VALUES (1,'a')";
        let case = Case::new(kind, "lanes", &[fill, change, "UPDATE t SET note = concat(note, 'c')", "DELETE FROM t WHERE id = 4"]);
        case.kill_after(&case.replay(4, 1), 3, 2);
        case.kill_after(&case.replay(2, 1), 1, 1);
        case.kill_before(&case.replay(4, 1), 2, 2);
        case.kill_before(&case.replay(2, 1), 0, 1);
        case.replay(4, 1).run().done();
        case.assert_loaded();
    }
}

/// LOADER: lane_never_splits_commit.
#[test]
fn a_lanes_rows_and_its_checkpoint_are_there_together_or_not_at_all() {
    for kind in TARGETS {
        for point in Point::ALL {
            let case = Case::new(kind, "whole", &["INSERT INTO t VALUES (1,'a','a'), (2,'b','a'); INSERT INTO n VALUES (1,'a')"]);
            case.run_with(&case.replay(1, 1), Fault { lane: Some(0), window: 1, point, others: Others::AsTheyCome, act: Act::Kill })
                .killed();
            let job = &case.replay.job;
            let high = case.server.query_text(&format!("SELECT high FROM retl.rowgate_checkpoint WHERE job = '{job}'"));
            let is_committed = matches!(point, Point::AnswerLost | Point::AfterCommit);
            assert_eq!(high[0][0].is_some(), is_committed, "{point:?} on {kind:?}");
            assert_eq!((case.count("t"), case.count("n")), if is_committed { (2, 1) } else { (0, 0) }, "{point:?} on {kind:?}");
            case.replay(4, 1).run().done();
            case.assert_loaded();
        }
    }
}

/// LOADER: rule_changed_inside_redo_range.
#[test]
fn a_rule_that_changes_while_lanes_stand_apart_is_refused_until_the_old_one_has_brought_them_together() {
    for kind in TARGETS {
        let case = Case::new(kind, "rule", &["INSERT INTO t VALUES (1,'a','a'), (2,'b','a')", "UPDATE t SET note = 'b'"]);
        let replay = case.replay(2, 1);
        case.kill_after(&replay, 0, 2);
        case.write_mappings("WHERE id <> 7");
        let accepting = Replay { more: vec!["--accept-mapping-change".to_owned()], ..replay.clone() };
        for (refused, word) in [(&replay, "was begun with other mappings"), (&accepting, "stopped inside a window of other mappings")] {
            let ended = refused.run();
            assert_eq!(ended.code, Some(2), "{}", ended.text);
            assert!(ended.text.contains(word), "{}", ended.text);
        }
        case.write_mappings("");
        replay.run().done();
        case.assert_loaded();
        case.write_mappings("WHERE id <> 7");
        assert_eq!(replay.run().code, Some(2));
        accepting.run().done();
        replay.run().done();
        case.write_mappings("");
        assert_eq!(replay.run().code, Some(2), "the job goes by the new rule now");
    }
}
