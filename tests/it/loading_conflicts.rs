//! Targets that hold other rows than they should: each policy, each kind, and what is counted.

use crate::{
    loading_case::{CROSSED, Job, Loaded, Source},
    server::Kind,
};

const PLAIN: &str = "CREATE TABLE t (id INT PRIMARY KEY, u INT UNIQUE, v VARCHAR(20))";
/// No other row can be in the way, so that rows are upserted.
const KEY_ALONE: &str = "CREATE TABLE t (id INT PRIMARY KEY, u INT, v VARCHAR(20))";

/// A conflict: what the target holds beside what the source began with, and the source's change.
struct Clash {
    name: &'static str,
    create: &'static str,
    /// Done to the target behind the loader's back.
    meddling: &'static str,
    change: &'static str,
    kind: &'static str,
}

const CLASHES: [Clash; 8] = [
    Clash {
        name: "deleted row is not there",
        create: PLAIN,
        meddling: "DELETE FROM t WHERE id = 1",
        change: "DELETE FROM t WHERE id = 1",
        kind: "missing",
    },
    Clash {
        name: "changed row is not there",
        create: PLAIN,
        meddling: "DELETE FROM t WHERE id = 1",
        change: "UPDATE t SET v = 'new' WHERE id = 1",
        kind: "missing",
    },
    Clash {
        name: "upserted row is not there",
        create: KEY_ALONE,
        meddling: "DELETE FROM t WHERE id = 1",
        change: "UPDATE t SET v = 'new' WHERE id = 1",
        kind: "missing",
    },
    Clash {
        name: "moved row is not there",
        create: PLAIN,
        meddling: "DELETE FROM t WHERE id = 1",
        change: "UPDATE t SET id = 7 WHERE id = 1",
        kind: "missing",
    },
    Clash {
        name: "inserted row is there",
        create: PLAIN,
        meddling: "INSERT INTO t VALUES (9, 9, 'foreign')",
        change: "INSERT INTO t VALUES (9, 90, 'new')",
        kind: "present",
    },
    Clash {
        name: "inserted key alone is there",
        create: KEY_ALONE,
        meddling: "INSERT INTO t VALUES (9, 9, 'foreign')",
        change: "INSERT INTO t VALUES (9, 90, 'new')",
        kind: "present",
    },
    Clash {
        name: "another row has our unique value",
        create: PLAIN,
        meddling: "INSERT INTO t VALUES (9, 90, 'foreign')",
        change: "INSERT INTO t VALUES (10, 90, 'new')",
        kind: "present",
    },
    Clash {
        name: "another row has our new unique value",
        create: PLAIN,
        meddling: "INSERT INTO t VALUES (9, 90, 'foreign')",
        change: "UPDATE t SET u = 90 WHERE id = 1",
        kind: "present",
    },
];

/// A job that met a conflict among many changes that meet none.
struct Met {
    source: Source,
    job: Job,
}

impl Met {
    fn new(clash: &Clash, kinds: (Kind, Kind), policy: &str) -> Self {
        let rows = "INSERT INTO t VALUES (1, 10, 'a'), (2, 20, 'b'), (3, 30, 'c'), (4, 40, 'd');";
        let mut source = Source::new(kinds.0, "clash", &format!("{};\n{rows}", clash.create));
        let job = Job::without_mapping("clash", kinds.1, clash.create);
        job.map_same(&source, &["t"], &format!("WITH (on_conflict = '{policy}')"));
        job.replay(&source, &["--lanes", "2"]);
        job.target.run(&format!("USE {}; {}", job.schema, clash.meddling));
        source.run(&format!("UPDATE t SET v = 'good' WHERE id > 1; {}; INSERT INTO t VALUES (100, 100, 'good');", clash.change));
        Self { source, job }
    }

    fn rerun(&self) -> crate::command::Run {
        self.job.try_replay(self.source.files(), &["--lanes", "2"])
    }
}

#[test]
fn a_repaired_conflict_leaves_what_the_mapping_says_and_is_counted() {
    for kinds in CROSSED {
        for clash in &CLASHES {
            let met = Met::new(clash, kinds, "repair");
            let loaded = Loaded::of(&met.rerun().done());
            assert_eq!(loaded.conflicts, [format!("t {} 1", clash.kind)], "{} on {:?}", clash.name, kinds.1);
            met.job.assert_same(&met.source, "t");
        }
    }
}

#[test]
fn a_conflict_that_stops_commits_nothing_of_its_lane_and_names_table_mapping_and_kind() {
    for kinds in CROSSED {
        for clash in &CLASHES {
            let met = Met::new(clash, kinds, "error");
            let before = met.job.contents("t");
            let run = met.job.try_replay(met.source.files(), &["--lanes", "1"]);
            assert_eq!(run.code, 1, "{} on {:?}: {}", clash.name, kinds.1, run.stderr);
            let words = match clash.kind {
                "missing" => "a row to be changed or deleted is not there",
                _ => "a row to be inserted, or another row with one of its unique values, is there already",
            };
            assert!(run.stderr.contains(&format!("conflict in `{}.t`, mapping `same_t`: {words}", met.job.schema)), "{}", run.stderr);
            assert!(run.stderr.contains("on_conflict = 'repair'"), "{}", run.stderr);
            assert_eq!(met.job.contents("t"), before, "{} on {:?}", clash.name, kinds.1);
            // The user mends the target's row by a policy, without losing the place.
            met.job.map_same(&met.source, &["t"], "WITH (on_conflict = 'repair')");
            met.job.try_replay(met.source.files(), &["--accept-mapping-change"]).done();
            met.job.assert_same(&met.source, "t");
        }
    }
}

#[test]
fn a_conflict_set_aside_leaves_the_targets_row_and_the_rest_goes_on() {
    for kinds in CROSSED {
        for clash in &CLASHES {
            let met = Met::new(clash, kinds, "dead_letter");
            let run = met.rerun();
            assert_eq!(run.code, 1, "{} on {:?}: {}", clash.name, kinds.1, run.stderr);
            let loaded = Loaded::of(&run);
            assert_eq!(
                (loaded.conflicts, loaded.dead_letters),
                (vec![format!("t {} 1", clash.kind)], 1),
                "{} on {:?}",
                clash.name,
                kinds.1
            );
            let letters = met.job.dead_letters();
            assert_eq!(letters.len(), 1);
            assert_eq!(letters[0]["mapping"], "same_t");
            assert_eq!(letters[0]["target"]["table"], "t");
            assert!(letters[0]["reason"].as_str().is_some_and(|reason| reason.starts_with(clash.kind)), "{}", letters[0]);
            let found = met.job.contents("t");
            let good = found.iter().filter(|row| row[2].as_deref() == Some("676F6F64")).count();
            assert_eq!(good, 4, "{} on {:?}: {found:?}", clash.name, kinds.1);
            if clash.meddling.contains("foreign") {
                assert!(found.iter().any(|row| row[2].as_deref() == Some("666F726569676E")), "{} on {:?}: {found:?}", clash.name, kinds.1);
            }
        }
    }
}

#[test]
fn people_are_told_of_conflicts_by_table_and_kind() {
    let create = "CREATE TABLE t (id INT PRIMARY KEY, u INT UNIQUE, v VARCHAR(20));";
    let mut source =
        Source::new(Kind::MySql97, "told", &format!("{create} INSERT INTO t VALUES (1, 10, 'a'), (2, 20, 'b'), (3, 30, 'c');"));
    let job = Job::without_mapping("told", Kind::MariaDb1011, create);
    job.map_same(&source, &["t"], "WITH (on_conflict = 'repair')");
    job.replay(&source, &[]);
    job.target.run(&format!("USE {}; DELETE FROM t WHERE id > 1; INSERT INTO t VALUES (9, 90, 'foreign')", job.schema));
    source.run("DELETE FROM t WHERE id > 1; INSERT INTO t VALUES (4, 90, 'd');");
    let run = job.try_replay_for_people(source.files(), &[]).done();
    let (missing, present) =
        (format!("  conflicts in `{}.t`: 2 missing\n", job.schema), format!("  conflicts in `{}.t`: 1 present\n", job.schema));
    assert!(run.stderr.contains(&missing) && run.stderr.contains(&present), "{}", run.stderr);
    job.assert_same(&source, "t");
}
