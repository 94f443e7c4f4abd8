//! Jobs: where a run goes on, and what happens when it is not what it was.

use crate::{
    loading_case::{CROSSED, Job, Loaded, Source},
    server::{Kind, Server},
};

const CREATE: &str = "CREATE TABLE t (id INT PRIMARY KEY, v VARCHAR(20));";

fn source(kind: Kind) -> Source {
    Source::new(kind, "jobs", &format!("{CREATE} INSERT INTO t VALUES (1, 'a'), (2, 'b');"))
}

fn source_alone(kind: Kind) -> Source {
    Source::alone(kind, "jobs", &format!("{CREATE} INSERT INTO t VALUES (1, 'a'), (2, 'b');"))
}

#[test]
fn a_second_run_goes_on_where_the_first_one_ended() {
    for (kind, target) in CROSSED {
        let mut source = source_alone(kind);
        let job = Job::new(&source, target, CREATE, &["t"]);
        assert_eq!(job.replay(&source, &[]).changes, 2);
        assert_eq!(job.replay(&source, &[]).changes, 0);
        job.assert_same(&source, "t");
        source.run("UPDATE t SET v = 'c' WHERE id = 1;");
        assert_eq!(job.replay(&source, &["--lanes", "1"]).changes, 1);
        source.run("DELETE FROM t WHERE id = 1;");
        assert_eq!(job.replay(&source, &["--lanes", "8"]).changes, 1);
        job.assert_same(&source, "t");
        // The capture may have lost what was loaded long ago.
        let last = source.files().last().expect("there are files").clone();
        let run = job.try_replay(&[last], &[]);
        assert_eq!(run.code, 0, "{}", run.stderr);
    }
}

#[test]
fn other_mappings_are_refused_until_the_user_says_how_to_go_on() {
    for (kind, target) in CROSSED {
        let mut source = source(kind);
        let job = Job::new(&source, target, CREATE, &["t"]);
        job.replay(&source, &[]);
        source.run("INSERT INTO t VALUES (3, 'c');");
        // The same mapping in other words is the same.
        let text = format!("/* a remark */ create mapping same_t as\nselect * from {}.t route to '{}', table;", source.schema, job.schema);
        job.map(&text);
        assert_eq!(job.replay(&source, &[]).changes, 1);
        job.map(&text.replace("route", "where id <> 4 route"));
        source.run("INSERT INTO t VALUES (4, 'd'), (5, 'e');");
        let refused = job.try_replay(source.files(), &[]);
        assert_eq!(refused.code, 2, "{}", refused.stderr);
        for word in ["begun with other mappings", &job.name, "--accept-mapping-change", "--restart", "--job"] {
            assert!(refused.stderr.contains(word), "{word}: {}", refused.stderr);
        }
        assert_eq!(job.contents("t").len(), 3);
        assert_eq!(job.replay(&source, &["--accept-mapping-change"]).changes, 1);
        assert_eq!(job.contents("t").len(), 4);
        // Accepted once, it is what the job goes on with.
        assert_eq!(job.replay(&source, &[]).changes, 0);
    }
}

#[test]
fn a_restart_loads_all_again() {
    for (kind, target) in CROSSED {
        let source = source(kind);
        let job = Job::new(&source, target, CREATE, &["t"]);
        job.replay(&source, &[]);
        let met = job.try_replay(source.files(), &["--restart"]);
        assert_eq!(met.code, 1, "the rows are there already: {}", met.stderr);
        job.target.run(&format!("DELETE FROM {}.t", job.schema));
        assert_eq!(job.replay(&source, &["--restart"]).changes, 2);
        job.assert_same(&source, "t");
        job.map_same(&source, &["t"], "WITH (on_conflict = 'repair')");
        assert_eq!(job.replay(&source, &["--restart"]).conflicts, ["t present 2"]);
        job.assert_same(&source, "t");
    }
}

#[test]
fn a_restart_fences_who_was_at_the_job() {
    for (kind, target) in CROSSED {
        let source = source(kind);
        let job = Job::new(&source, target, CREATE, &["t"]);
        let epoch = || -> u64 {
            let rows = job.target.query_text(&format!("SELECT max(epoch) FROM retl.rowgate_checkpoint WHERE job = '{}'", job.name));
            rows[0][0].as_deref().and_then(|epoch| epoch.parse().ok()).expect("the job has lanes")
        };
        job.replay(&source, &[]);
        let before = epoch();
        job.target.run(&format!("DELETE FROM {}.t", job.schema));
        job.replay(&source, &["--restart"]);
        assert!(epoch() > before, "an older process would take the job for its own");
    }
}

#[test]
fn a_start_that_a_job_has_passed_moves_nothing() {
    for (kind, target) in CROSSED {
        let mut source = source_alone(kind);
        let job = Job::new(&source, target, CREATE, &["t"]);
        let file = source.files()[0].file_name().expect("a file has a name").to_string_lossy().into_owned();
        let start = format!("{file}:4");
        job.replay(&source, &["--start", &start]);
        source.run("UPDATE t SET v = 'c' WHERE id = 1;");
        // The same command again, as after a crash.
        let again = job.try_replay(source.files(), &["--start", &start]);
        assert!(again.stderr.contains("already, behind `--start`, and goes on there"), "{}", again.stderr);
        assert_eq!(Loaded::of(&again.done()).changes, 1);
        job.assert_same(&source, "t");
        let refused = job.try_replay(source.files(), &["--start", "2001-01-01T00:00:00Z"]);
        assert_eq!(refused.code, 2, "{}", refused.stderr);
        for word in ["is not known", &job.name, "--restart"] {
            assert!(refused.stderr.contains(word), "{word}: {}", refused.stderr);
        }
    }
}

#[test]
fn a_run_stops_where_it_is_told_and_goes_on_there() {
    for (kind, target) in CROSSED {
        let mut source = source_alone(kind);
        source.run("INSERT INTO t VALUES (3, 'c');");
        let job = Job::new(&source, target, CREATE, &["t"]);
        let file = source.files()[1].file_name().expect("a file has a name").to_string_lossy().into_owned();
        assert_eq!(job.replay(&source, &["--stop", &format!("{file}:4")]).changes, 2);
        assert_eq!(job.contents("t").len(), 2);
        assert_eq!(job.replay(&source, &[]).changes, 1);
        job.assert_same(&source, "t");
    }
}

#[test]
fn a_checkpoint_in_a_file_that_is_not_given_is_refused() {
    for (kind, target) in CROSSED {
        let mut source = source_alone(kind);
        source.run("INSERT INTO t VALUES (3, 'c');");
        let job = Job::new(&source, target, CREATE, &["t"]);
        job.replay(&source, &[]);
        let refused = job.try_replay(&source.files()[..1], &[]);
        assert_eq!(refused.code, 2, "{}", refused.stderr);
        assert!(refused.stderr.contains("in a file that the capture does not have"), "{}", refused.stderr);
    }
}

#[test]
fn an_alter_is_followed_where_the_target_matches_and_named_where_it_does_not() {
    for (kind, target) in CROSSED {
        let mut source = source_alone(kind);
        let job = Job::new(&source, target, CREATE, &["t"]);
        source.run("ALTER TABLE t ADD COLUMN w INT; INSERT INTO t VALUES (3, 'c', 7);");
        let stopped = job.try_replay(source.files(), &[]);
        assert_eq!(stopped.code, 2, "{}", stopped.stderr);
        assert!(stopped.stderr.contains("has no column `w`"), "{}", stopped.stderr);
        assert_eq!(job.contents("t").len(), 2, "what came before the ALTER is committed");
        job.target.run(&format!("ALTER TABLE {}.t ADD COLUMN w INT", job.schema));
        assert_eq!(job.replay(&source, &[]).changes, 1);
        job.assert_same(&source, "t");
    }
}

#[test]
fn a_truncate_stops_a_job_which_goes_on_behind_it() {
    for (kind, target) in CROSSED {
        let mut source = source_alone(kind);
        let job = Job::new(&source, target, CREATE, &["t"]);
        source.run("TRUNCATE TABLE t; INSERT INTO t VALUES (9, 'z');");
        for _ in 0..2 {
            let stopped = job.try_replay(source.files(), &[]);
            assert_eq!(stopped.code, 2, "{}", stopped.stderr);
            assert!(stopped.stderr.contains("truncates the mapped table"), "{}", stopped.stderr);
        }
        assert_eq!(job.contents("t").len(), 2);
        let told = job.try_replay(source.files(), &[]).stderr;
        let (_, rest) = told.split_once("go on with `--start ").expect("the way on is told");
        let start = rest.split('`').next().expect("split gives one part at least");
        job.target.run(&format!("TRUNCATE TABLE {}.t", job.schema));
        assert_eq!(job.replay(&source, &["--start", start]).changes, 1);
        job.assert_same(&source, "t");
        assert_eq!(job.replay(&source, &[]).changes, 0);
    }
}

#[test]
fn two_jobs_on_one_server_do_not_know_of_one_another() {
    for (kind, target) in CROSSED {
        let source = source(kind);
        let (one, other) = (Job::new(&source, target, CREATE, &["t"]), Job::new(&source, target, CREATE, &["t"]));
        one.replay(&source, &["--lanes", "2"]);
        assert_eq!(other.replay(&source, &["--lanes", "3"]).changes, 2);
        other.assert_same(&source, "t");
        let lanes = one.target.query_text(&format!("SELECT count(*) FROM retl.rowgate_checkpoint WHERE job = '{}'", one.name));
        assert_eq!(lanes, [[Some("2".to_owned())]]);
    }
}

#[test]
fn a_job_that_is_begun_anew_fences_who_was_at_it() {
    for (from, to) in CROSSED {
        let mut source = Source::new(from, "anew", CREATE);
        let job = Job::new(&source, to, CREATE, &["t"]);
        source.run("INSERT INTO t VALUES (1, 1)");
        job.replay(&source, &[]);
        let before = epoch(job.target, &job);
        job.target.run(&format!("DELETE FROM `{}`.t", job.schema));
        job.replay(&source, &["--restart"]);
        assert_eq!(job.contents("t"), source.contents("t"));
        assert!(epoch(job.target, &job) > before, "an older process finds another epoch");
    }
}

fn epoch(server: &Server, job: &Job) -> u64 {
    let rows = server.query_text(&format!("SELECT max(epoch) FROM retl.rowgate_checkpoint WHERE job = '{}'", job.name));
    rows[0][0].as_deref().and_then(|epoch| epoch.parse().ok()).expect("the job has lanes")
}
