//! Event mappings against the servers' own triggers: what passes is applied change by change, whatever windows and lanes make of it.

use std::fmt::Write as _;

use crate::{
    command::rowgate,
    loading_case::{CROSSED, Job, Source, assert_same_rows},
};

/// The columns that all tables have.
const COLUMNS: &str = "id INT NOT NULL, k VARCHAR(10) COLLATE utf8mb4_general_ci NOT NULL, status INT";

/// What a table that follows events is called, what is unique in it, and its mapping behind the source.
const FOLLOWERS: [(&str, &str, &str); 7] = [
    ("inserted", "PRIMARY KEY (id)", "{to} FOR INSERT"),
    ("kept", "PRIMARY KEY (id)", "{to} FOR INSERT, UPDATE"),
    ("stepped", "PRIMARY KEY (id)", "WHEN before.status = 1 AND after.status = 2 {to}"),
    ("changed", "PRIMARY KEY (id)", "WHERE status > 0 WHEN NOT before.status <=> after.status {to} FOR UPDATE, DELETE"),
    ("by_text", "PRIMARY KEY (k)", "{to} KEY (k) FOR INSERT, UPDATE, DELETE"),
    ("twice_unique", "PRIMARY KEY (id), UNIQUE (status, id)", "{to} FOR INSERT, UPDATE"),
    ("even", "PRIMARY KEY (id)", "WHERE status % 2 = 0 {to} FOR INSERT, UPDATE"),
];

/// Triggers that do to a follower what its mapping says; `{e}` is the follower.
const TRIGGERS: [(&str, &str, &str); 12] = [
    ("inserted", "INSERT", "REPLACE INTO {e} VALUES (NEW.id, NEW.k, NEW.status)"),
    ("kept", "INSERT", "REPLACE INTO {e} VALUES (NEW.id, NEW.k, NEW.status)"),
    ("stepped", "UPDATE", "DELETE FROM {e} WHERE id = OLD.id AND OLD.status = 1 AND NEW.status = 2"),
    ("stepped", "UPDATE", "REPLACE INTO {e} SELECT NEW.id, NEW.k, NEW.status FROM dual WHERE OLD.status = 1 AND NEW.status = 2"),
    ("changed", "UPDATE", "DELETE FROM {e} WHERE id = OLD.id AND OLD.status > 0 AND NOT OLD.status <=> NEW.status"),
    (
        "changed",
        "UPDATE",
        "REPLACE INTO {e} SELECT NEW.id, NEW.k, NEW.status FROM dual WHERE NEW.status > 0 AND NOT OLD.status <=> NEW.status",
    ),
    ("changed", "DELETE", "DELETE FROM {e} WHERE id = OLD.id AND OLD.status > 0"),
    ("by_text", "INSERT", "REPLACE INTO {e} VALUES (NEW.id, NEW.k, NEW.status)"),
    ("by_text", "DELETE", "DELETE FROM {e} WHERE k = OLD.k"),
    ("twice_unique", "INSERT", "REPLACE INTO {e} VALUES (NEW.id, NEW.k, NEW.status)"),
    ("even", "INSERT", "REPLACE INTO {e} SELECT NEW.id, NEW.k, NEW.status FROM dual WHERE NEW.status % 2 = 0"),
    ("even", "UPDATE", "DELETE FROM {e} WHERE id = OLD.id AND OLD.status % 2 = 0"),
];

/// Of an update: the old place is left, the new one is taken.
const MOVING: [(&str, &str); 3] = [("kept", "id"), ("by_text", "k"), ("twice_unique", "id")];

fn tables(prefix: &str) -> String {
    FOLLOWERS.iter().map(|(name, keys, _)| format!("CREATE TABLE {prefix}{name} ({COLUMNS}, {keys});\n")).collect()
}

fn source_tables() -> String {
    let mut sql = format!("CREATE TABLE t ({COLUMNS}, PRIMARY KEY (id));\n{}", tables("e_"));
    let mut number = 0;
    let mut trigger = |event: &str, body: &str| {
        number += 1;
        writeln!(sql, "CREATE TRIGGER tr{number} AFTER {event} ON t FOR EACH ROW {body};").expect("a string takes any text");
    };
    for (name, event, body) in TRIGGERS {
        trigger(event, &body.replace("{e}", &format!("e_{name}")));
    }
    trigger("UPDATE", "REPLACE INTO e_even SELECT NEW.id, NEW.k, NEW.status FROM dual WHERE NEW.status % 2 = 0");
    for (name, key) in MOVING {
        trigger("UPDATE", &format!("DELETE FROM e_{name} WHERE {key} = OLD.{key}"));
        trigger("UPDATE", &format!("REPLACE INTO e_{name} VALUES (NEW.id, NEW.k, NEW.status)"));
    }
    sql
}

fn mappings(source: &Source, job: &Job, names: &[&str]) -> String {
    let used = FOLLOWERS.iter().filter(|(name, ..)| names.contains(name));
    used.map(|(name, _, clauses)| {
        let to = format!("ROUTE TO '{}', 'e_{name}'", job.schema);
        format!("CREATE MAPPING {name} AS SELECT * FROM {}.t {};\n", source.schema, clauses.replace("{to}", &to))
    })
    .collect()
}

/// Statements in which rows come, change, go and come back; the same for the same seed.
fn statements(seed: u64, count: usize) -> String {
    let mut state = seed;
    let mut dice = |sides: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % sides
    };
    let mut sql = String::new();
    for _ in 0..count {
        let (id, other) = (dice(15), dice(15));
        let k = ["a", "A", "b", "B ", "c", "ç", "d"][dice(7) as usize];
        let status = ["NULL", "0", "1", "2", "3"][dice(5) as usize];
        let statement = match dice(10) {
            0..3 => format!("INSERT IGNORE INTO t VALUES ({id}, '{k}', {status});"),
            3 => format!("DELETE FROM t WHERE id = {id};"),
            4 => format!("DELETE FROM t WHERE id > {id} AND id < {other};"),
            // Not by IGNORE: MariaDB fires triggers for a row that it then leaves as it is.
            5 => format!(
                "UPDATE t SET id = {other} WHERE id = {id} AND NOT EXISTS (SELECT 1 FROM (SELECT id FROM t) x WHERE x.id = {other});"
            ),
            6 => format!("UPDATE t SET k = '{k}' WHERE id = {id};"),
            7 => "UPDATE t SET status = 2 WHERE status = 1;".to_owned(),
            8 => format!("START TRANSACTION; UPDATE t SET status = status + 1; INSERT IGNORE INTO t VALUES ({other}, '{k}', 1); COMMIT;"),
            _ => format!("UPDATE t SET status = {status} WHERE id = {id} OR id = {other};"),
        };
        sql.push_str(&statement);
        sql.push('\n');
    }
    sql
}

fn assert_followed(source: &Source, job: &Job, names: &[&str], what: &str) {
    for name in names {
        let (expected, found) = (source.contents(&format!("e_{name}")), job.contents(&format!("e_{name}")));
        assert_same_rows(&expected, &found, &format!("{name}, {what}, {:?} to {:?}", source.server.kind(), job.target.kind()));
    }
}

/// All of them.
const ALL: [&str; 7] = ["inserted", "kept", "stepped", "changed", "by_text", "twice_unique", "even"];
/// Those whose key is all that can be unique: their windows are net.
const NET: [&str; 5] = ["inserted", "kept", "stepped", "changed", "even"];

#[test]
fn passing_changes_do_to_servers_what_triggers_do() {
    for (kind, target) in CROSSED {
        let mut source = Source::new(kind, "events", &source_tables());
        for seed in 1..4 {
            source.run(&statements(seed, 120));
        }
        for (names, arguments) in [
            (&ALL[..], &["--lanes", "4"][..]),
            (&NET, &["--lanes", "4"]),
            (&NET, &["--lanes", "3", "--window-rows", "7"]),
            (&ALL, &["--lanes", "1", "--window-rows", "1"]),
        ] {
            let job = Job::without_mapping("events", target, &tables("e_"));
            job.map(&mappings(&source, &job, names));
            assert_eq!(job.replay(&source, arguments).conflicts, [""; 0]);
            assert_followed(&source, &job, names, &format!("{arguments:?}"));
        }
    }
}

#[test]
fn a_script_of_passing_changes_does_what_triggers_do() {
    for (kind, target) in CROSSED {
        let mut source = Source::new(kind, "event_scripts", &source_tables());
        source.run(&statements(7, 250));
        let job = Job::without_mapping("event_scripts", target, &tables("e_"));
        job.map(&mappings(&source, &job, &ALL));
        let folder = tempfile::tempdir().expect("the temporary folder is writable");
        let scripts = folder.path().join("out");
        job.try_replay_to(&["--to".to_owned(), format!("sql:{}", scripts.display())], source.files(), &[]).done();
        target_runs(&job, &scripts);
        assert_followed(&source, &job, &ALL, "scripts");
    }
}

fn target_runs(job: &Job, scripts: &std::path::Path) {
    job.target.try_script(&scripts.join("default/all.sql")).expect("the scripts load");
}

#[test]
fn an_event_mapping_and_a_view_go_side_by_side() {
    for (kind, target) in CROSSED {
        let mut source = Source::new(kind, "events_and_view", &source_tables());
        source.run(&statements(11, 200));
        let create = format!("{}CREATE TABLE t ({COLUMNS}, PRIMARY KEY (id));", tables("e_"));
        let job = Job::without_mapping("events_and_view", target, &create);
        let view = format!("CREATE MAPPING whole AS SELECT * FROM {}.t ROUTE TO '{}';", source.schema, job.schema);
        job.map(&(mappings(&source, &job, &ALL) + &view));
        assert_eq!(job.replay(&source, &["--lanes", "4"]).conflicts, [""; 0]);
        assert_followed(&source, &job, &ALL, "beside a view");
        job.assert_same(&source, "t");
    }
}

#[test]
fn columns_of_the_target_alone_stay_when_its_row_is_put_again() {
    for (kind, target) in CROSSED {
        let create = format!("CREATE TABLE t ({COLUMNS}, PRIMARY KEY (id));");
        let mut source = Source::new(kind, "events_own", &create);
        source.run("INSERT INTO t VALUES (1, 'a', 1), (2, 'b', 1);");
        let seen = "CREATE TABLE alone (id INT PRIMARY KEY, status INT, seen INT DEFAULT 7);
            CREATE TABLE more (id INT PRIMARY KEY, status INT, seen INT DEFAULT 7, UNIQUE (seen, id));";
        let job = Job::without_mapping("events_own", target, seen);
        let mapping = |table: &str| {
            let from = format!("SELECT id, status FROM {}.t ROUTE TO '{}', '{table}'", source.schema, job.schema);
            format!("CREATE MAPPING {table} AS {from} FOR INSERT, UPDATE;\n")
        };
        job.map(&(mapping("alone") + &mapping("more")));
        job.replay(&source, &[]);
        job.target.run(&format!("USE `{}`; UPDATE alone SET seen = 8; UPDATE more SET seen = 8;", job.schema));
        source.run("DELETE FROM t; INSERT INTO t VALUES (1, 'a', 5), (3, 'c', 6); UPDATE t SET status = status + 10;");
        job.replay(&source, &[]);
        for table in ["alone", "more"] {
            let rows = job.target.query_text(&format!("SELECT id, status, seen FROM `{}`.{table} ORDER BY id", job.schema));
            let rows: Vec<String> = rows.into_iter().map(|row| row.into_iter().flatten().collect::<Vec<_>>().join(" ")).collect();
            assert_eq!(rows, ["1 15 8", "2 1 8", "3 16 7"], "{table} on {target:?}");
        }
    }
}

#[test]
fn a_row_in_the_way_of_an_event_is_a_conflict_that_the_policy_decides() {
    for (kind, target) in CROSSED {
        let mut source = Source::new(kind, "events_conflict", "CREATE TABLE t (id INT PRIMARY KEY, u INT UNIQUE);");
        source.run("INSERT INTO t VALUES (1, 10); DELETE FROM t; INSERT INTO t VALUES (2, 10);");
        let run = |options: &str| {
            let job = Job::without_mapping("events_conflict", target, "CREATE TABLE t (id INT PRIMARY KEY, u INT UNIQUE);");
            let from = format!("SELECT * FROM {}.t ROUTE TO '{}' FOR INSERT {options}", source.schema, job.schema);
            job.map(&format!("CREATE MAPPING m AS {from};"));
            (job.try_replay(source.files(), &[]), job)
        };
        let (stopped, _) = run("");
        assert_eq!(stopped.code, 1, "{}", stopped.stderr);
        assert!(stopped.stderr.contains("conflict in") && stopped.stderr.contains("mapping `m`"), "{}", stopped.stderr);
        let (repaired, job) = run("WITH (on_conflict = 'repair')");
        repaired.done();
        assert_eq!(job.contents("t").len(), 1, "the new row holds the unique value");
        let (set_aside, job) = run("WITH (on_conflict = 'dead_letter')");
        assert_eq!(set_aside.code, 1, "{}", set_aside.stderr);
        assert_eq!(job.dead_letters().len(), 1);
    }
}

#[test]
fn partial_images_put_what_they_hold_and_change_what_is_there() {
    for (kind, target) in CROSSED {
        let create = format!("CREATE TABLE t ({COLUMNS}, note VARCHAR(10) DEFAULT 'none', PRIMARY KEY (id));");
        let mut source = Source::new(kind, "events_minimal", &create);
        source.run(
            "SET SESSION binlog_row_image = 'MINIMAL'; INSERT INTO t VALUES (1, 'a', 1, 'x'); UPDATE t SET status = 2 WHERE id = 1;
             DELETE FROM t; INSERT INTO t (id, k, status) VALUES (1, 'b', 3); UPDATE t SET note = 'y' WHERE id = 1;",
        );
        let job = Job::without_mapping("events_minimal", target, &create);
        let map = |when: &str| {
            let from = format!("SELECT * FROM {}.t {when} ROUTE TO '{}' FOR INSERT, UPDATE", source.schema, job.schema);
            job.map(&format!("CREATE MAPPING m AS {from};"));
        };
        map("");
        assert_eq!(job.replay(&source, &[]).conflicts, [""; 0]);
        job.assert_same(&source, "t");
        map("WHEN before.status = 1");
        let run = job.try_replay(source.files(), &["--restart"]);
        assert_eq!(run.code, 1, "{}", run.stderr);
        assert!(run.stderr.contains("`WHEN` of mapping `m` reads column `status`"), "{}", run.stderr);
    }
}

#[test]
fn a_preview_says_why_a_change_was_not_heard_of() {
    let folder = tempfile::tempdir().expect("the temporary folder is writable");
    let queries = folder.path().join("queries.sql");
    let schema = "CREATE TABLE s.t (id INT PRIMARY KEY, status INT);";
    let mapping = "CREATE MAPPING m AS SELECT * FROM s.t WHEN after.status = 2 FOR INSERT, UPDATE;";
    std::fs::write(&queries, format!("{schema}\n{mapping}\n")).expect("the temporary folder is writable");
    let checked = rowgate([std::ffi::OsStr::new("check"), queries.as_os_str()]).done();
    assert!(checked.stderr.contains("R3040") && checked.stderr.contains("is no view of `s.t`"), "{}", checked.stderr);
    let mut source = Source::new(CROSSED[0].0, "events_preview", "CREATE TABLE t (id INT PRIMARY KEY, status INT);");
    source.run("INSERT INTO t VALUES (1, 1); UPDATE t SET status = 2; DELETE FROM t;");
    std::fs::write(&queries, mapping.replace("s.t", &format!("{}.t", source.schema))).expect("the temporary folder is writable");
    let mut arguments =
        vec!["preview".to_owned(), queries.display().to_string(), "--format".to_owned(), "json".to_owned(), "--from".to_owned()];
    arguments.extend(source.files().iter().map(|file| file.display().to_string()));
    let preview = rowgate(arguments).done();
    let lines: Vec<serde_json::Value> = preview.stdout.lines().map(|line| serde_json::from_str(line).expect("a line is JSON")).collect();
    let said: Vec<String> = lines.iter().map(|line| format!("{} {} {}", line["change"], line["op"], line["reason"])).collect();
    let expected =
        [r#""insert" "none" "when_false: WHEN is false""#, r#""update" "update" null"#, r#""delete" "none" "not_for: not FOR DELETE""#];
    assert_eq!(said, expected);
}
