//! The commands as their users meet them: exit codes, output, what is left on disk.

use std::{fs, path::Path};

use serde_json::Value;

use crate::{
    command::{Run, rowgate, rowgate_in},
    contents::table_contents,
    server::{Kind, Server},
};

const SEED: &str = "queries/fintax_task";
const CAPTURE: &str = "tests/captures/maria-small.binlog";

fn temporary() -> tempfile::TempDir {
    tempfile::tempdir().expect("the temporary folder is writable")
}

fn write(path: &Path, text: &str) {
    fs::write(path, text).expect("the temporary folder is writable");
}

fn replay(queries: &Path, capture: &Path, out: &Path, more: &[&str]) -> Run {
    let (queries, capture, to) = (queries.display().to_string(), capture.display().to_string(), format!("sql:{}", out.display()));
    rowgate(["replay", &queries, "--from", &capture, "--to", &to].iter().chain(more))
}

fn json_lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("a JSON object a line")).collect()
}

#[test]
fn the_first_command_of_the_readme_writes_a_script_for_each_of_sixteen_tables() {
    let folder = temporary();
    let out = folder.path().join("out");
    let run = replay(Path::new(SEED), Path::new(CAPTURE), &out, &[]).done();
    assert!(run.stdout.contains("fintax_task_0.task_batch_15"), "{}", run.stdout);
    assert_eq!(fs::read_dir(out.join("default")).expect("the folder of the server").count(), 17, "16 scripts and all.sql");
    assert!(!folder.path().join("out.partial").exists());
}

#[test]
fn a_second_replay_needs_restart_and_never_touches_a_foreign_folder() {
    let folder = temporary();
    let out = folder.path().join("out");
    replay(Path::new(SEED), Path::new(CAPTURE), &out, &[]).done();
    let refused = replay(Path::new(SEED), Path::new(CAPTURE), &out, &[]);
    assert_eq!(refused.code, 2);
    assert!(refused.stderr.contains("--restart"), "{}", refused.stderr);
    replay(Path::new(SEED), Path::new(CAPTURE), &out, &["--restart"]).done();

    let foreign = folder.path().join("mine");
    fs::create_dir(&foreign).expect("the temporary folder is writable");
    write(&foreign.join("thesis.txt"), "years of work");
    assert_eq!(replay(Path::new(SEED), Path::new(CAPTURE), &foreign, &["--restart"]).code, 2);
    assert!(foreign.join("thesis.txt").exists());
}

#[test]
fn a_damaged_capture_leaves_no_scripts_that_look_done() {
    let folder = temporary();
    let (cut, out) = (folder.path().join("cut.binlog"), folder.path().join("out"));
    let bytes = fs::read(CAPTURE).expect("the capture is shipped");
    write_bytes(&cut, &bytes[..bytes.len() / 2]);
    let run = replay(Path::new(SEED), &cut, &out, &[]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("cut.binlog:"), "file and offset: {}", run.stderr);
    assert!(!out.exists());
}

fn write_bytes(path: &Path, bytes: &[u8]) {
    fs::write(path, bytes).expect("the temporary folder is writable");
}

#[test]
fn a_moved_row_is_a_delete_and_an_insert_at_one_position() {
    let run = rowgate(["preview", "queries/all_shards", "--from", CAPTURE, "--only", "moved", "--format", "json"]).done();
    let lines = json_lines(&run.stdout);
    assert!(lines.len() >= 2 && lines.len().is_multiple_of(2));
    for pair in lines.chunks(2) {
        assert_eq!((&pair[0]["op"], &pair[1]["op"]), (&Value::from("delete"), &Value::from("insert")));
        assert_eq!((&pair[0]["position"], &pair[0]["row"]), (&pair[1]["position"], &pair[1]["row"]));
        assert!(pair[0]["after"].is_null() && pair[1]["before"].is_null());
        assert_eq!(pair[0]["change"], "update");
    }
}

#[test]
fn the_names_of_a_json_line_are_frozen_and_in_order() {
    let run = rowgate(["preview", SEED, "--from", CAPTURE, "--limit", "1", "--format", "json"]).done();
    let names = ["mapping", "change", "op", "source", "target", "key", "before", "after", "position", "row", "time", "gtid", "reason"];
    let places: Vec<_> = names.iter().map(|name| run.stdout.find(&format!("\"{name}\":")).expect("the name is there")).collect();
    assert!(places.is_sorted(), "{}", run.stdout);
    assert!(run.stdout.contains(r#""position":"maria-small.binlog:"#));
}

#[test]
fn a_summary_counts_what_the_lines_say() {
    let lines = json_lines(&rowgate(["preview", SEED, "--from", CAPTURE, "--format", "json"]).done().stdout);
    let summary = json_lines(&rowgate(["preview", SEED, "--from", CAPTURE, "--summary", "--format", "json"]).done().stdout);
    for op in ["insert", "update", "delete"] {
        let told = lines.iter().filter(|line| line["op"] == op).count() as u64;
        let counted: u64 = summary.iter().map(|line| line[op].as_u64().expect("a count")).sum();
        assert!(told > 0 && told == counted, "{op}: {told} lines, {counted} counted");
    }
}

#[test]
fn a_summary_names_the_tables_that_no_mapping_reads_with_their_events() {
    for capture in [CAPTURE, "tests/captures/mysql97-small-txpayload.binlog"] {
        let summary = json_lines(&rowgate(["preview", SEED, "--from", capture, "--summary", "--format", "json"]).done().stdout);
        let told: Vec<_> = summary.iter().map(|line| &line["unread"]).filter(|unread| !unread.is_null()).cloned().collect();
        let question = r#"SELECT schema, "table", count(DISTINCT position) AS events FROM changes
                          WHERE NOT (schema = 'fintax_task' AND "table" = 'task_batch') GROUP BY 1, 2 ORDER BY 1, 2"#;
        let counted = json_lines(&rowgate(["query", question, "--from", capture, "--format", "json"]).done().stdout);
        assert!(told.len() > 1, "{capture}: {told:?}");
        assert_eq!(told, counted, "{capture}");
    }
    let shown = rowgate(["preview", SEED, "--from", CAPTURE, "--summary"]).done().stdout;
    assert!(shown.contains("tables that no mapping reads: "), "{shown}");
}

#[test]
fn every_rule_of_the_library_passes_check() {
    rowgate(["check", "queries"]).done();
    rowgate(["check", SEED, "--from", CAPTURE]).done();
}

#[test]
fn a_wrong_rule_is_drawn_with_its_code_and_ends_with_two() {
    let folder = temporary();
    let rule = folder.path().join("wrong.sql");
    write(
        &rule,
        "CREATE MAPPING m AS SELECT * FROM task_batch ROUTE TO 'x';\nCREATE MAPPING n AS SELECT nope FROM fintax_task.task_batch;\n",
    );
    write(&folder.path().join("schema.sql"), &fs::read_to_string("queries/fintax_task/schema.sql").expect("it is shipped"));
    let run = rowgate(["check", &folder.path().display().to_string()]);
    assert_eq!(run.code, 2);
    for word in ["wrong.sql:1:", "names no schema", "wrong.sql:2:", "nope", "error[R"] {
        assert!(run.stderr.contains(word), "`{word}` in:\n{}", run.stderr);
    }
}

/// A rule whose route is NULL for some rows, with a policy for them.
fn null_routes(folder: &Path, policy: &str) -> std::path::PathBuf {
    let rule = folder.join(format!("{policy}.sql"));
    let text = "CREATE MAPPING details AS SELECT * FROM fintax_task.task_detail ROUTE TO concat('s_', (qyid >> 22) % 2)";
    write(&rule, &format!("{text} WITH (on_null_route = '{policy}');\n"));
    rule
}

#[test]
fn null_routes_follow_their_policy() {
    let folder = temporary();
    let stopped = replay(&null_routes(folder.path(), "error"), Path::new(CAPTURE), &folder.path().join("error"), &[]);
    assert_eq!(stopped.code, 1, "{}", stopped.stderr);
    assert!(stopped.stderr.contains("maria-small.binlog:") && stopped.stderr.contains("null_route"), "{}", stopped.stderr);
    assert!(!folder.path().join("error").exists());

    replay(&null_routes(folder.path(), "skip"), Path::new(CAPTURE), &folder.path().join("skip"), &[]).done();

    let rule = null_routes(folder.path(), "dead_letter");
    let without_file = replay(&rule, Path::new(CAPTURE), &folder.path().join("letters"), &[]);
    assert_eq!(without_file.code, 2);
    assert!(without_file.stderr.contains("--dead-letters FILE"), "{}", without_file.stderr);
    let file = folder.path().join("letters.jsonl");
    let run = replay(&rule, Path::new(CAPTURE), &folder.path().join("letters"), &["--dead-letters", &file.display().to_string()]);
    assert_eq!(run.code, 1, "a row could not be routed: {}", run.stderr);
    let letters = json_lines(&fs::read_to_string(&file).expect("the letters"));
    assert!(!letters.is_empty());
    for letter in letters {
        assert_eq!(letter["op"], "error");
        assert!(letter["reason"].as_str().expect("a reason").starts_with("null_route"));
        assert!(letter["after"]["id"].is_string(), "the row itself is kept: {letter}");
    }
}

#[test]
fn a_truncated_table_stops_a_replay_and_names_the_way_on() {
    for kind in [Kind::MariaDb1011, Kind::MySql97] {
        let folder = temporary();
        let server = Server::start(kind, &[]);
        let binlogs = server.record("CREATE DATABASE d; CREATE TABLE d.t (id INT PRIMARY KEY); INSERT INTO d.t VALUES (1); TRUNCATE d.t; INSERT INTO d.t VALUES (2);");
        let rule = folder.path().join("rule.sql");
        write(&rule, "CREATE MAPPING same AS SELECT * FROM d.t ROUTE TO 'e';");
        let capture = binlogs.last().expect("a binlog");
        let run = replay(&rule, capture, &folder.path().join("out"), &[]);
        assert_eq!(run.code, 2, "{}", run.stderr);
        assert!(run.stderr.contains("TRUNCATE") && run.stderr.contains("--start"), "{}", run.stderr);
        let start = run.stderr.split("--start ").nth(1).and_then(|rest| rest.split('`').next()).expect("a place to go on").to_owned();
        replay(&rule, capture, &folder.path().join("rest"), &["--start", &start]).done();
        let script = fs::read_to_string(folder.path().join("rest/default/e.t.sql")).expect("a script");
        assert!(script.contains("(2)") && !script.contains("(1)"), "{script}");
    }
}

#[test]
fn hostile_names_and_values_arrive_and_missing_tables_are_made() {
    let folder = temporary();
    let source = Server::start(Kind::MariaDb1011, &[]);
    let binlogs = source.record(
        r"SET NAMES utf8mb4; CREATE DATABASE `d``b` DEFAULT CHARSET utf8mb4;
        CREATE TABLE `d``b`.`t'a;b` (`i``d` INT PRIMARY KEY, `va'l` VARCHAR(100), b VARBINARY(20), e ENUM('a''b', 'c\\d'), f FLOAT, j BIT(9));
        INSERT INTO `d``b`.`t'a;b` VALUES (1, 'x''y\\z\n\r\0\Z;-- ', 0x00FF27, 2, 0.1, b'101010101'), (2, '', '', NULL, -0.0, 0), (3, '\'); DROP', NULL, 1, 1e30, 511);
        UPDATE `d``b`.`t'a;b` SET f = 0.2, `va'l` = NULL WHERE `i``d` = 1; DELETE FROM `d``b`.`t'a;b` WHERE `i``d` = 2;",
    );
    let rule = folder.path().join("rule.sql");
    write(
        &rule,
        "CREATE MAPPING same AS SELECT * FROM `d``b`.`t'a;b` ROUTE TO 'h`o''st', concat(table, '\"税') WITH (on_missing_table = 'create');",
    );
    let out = folder.path().join("out");
    replay(&rule, binlogs.last().expect("a binlog"), &out, &[]).done();
    let expected = two_rows(&source, "d`b", "t'a;b");
    for kind in [Kind::MariaDb1011, Kind::MySql97] {
        let target = Server::start(kind, &[]);
        target.try_script(&out.join("default/all.sql")).expect("the scripts load");
        assert_eq!(two_rows(&target, "h`o'st", "t'a;b\"税"), expected, "{kind:?}");
    }
}

fn two_rows(server: &Server, schema: &str, table: &str) -> Vec<Vec<Option<String>>> {
    let rows = table_contents(server, schema, table);
    assert_eq!(rows.len(), 2);
    rows
}

#[test]
fn a_name_of_65_characters_is_a_failed_row_and_never_a_cut_name() {
    let folder = temporary();
    let rule = folder.path().join("rule.sql");
    write(&rule, "CREATE MAPPING long AS SELECT * FROM fintax_task.task_batch ROUTE TO 's', lpad(batch_no, 65, 'x');");
    let run = replay(&rule, Path::new(CAPTURE), &folder.path().join("out"), &[]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(run.stderr.contains("too_long_name"), "{}", run.stderr);
}

#[test]
fn identity_works_on_minimal_images_and_a_missing_column_is_named() {
    for (kind, option) in [(Kind::MariaDb1011, "--binlog-row-image=MINIMAL"), (Kind::MySql97, "--binlog-row-image=MINIMAL")] {
        let folder = temporary();
        let source = Server::start(kind, &[option]);
        let binlogs = source.record(
            "CREATE DATABASE d; CREATE TABLE d.t (id INT PRIMARY KEY, shard INT, note VARCHAR(20));
             INSERT INTO d.t VALUES (1, 1, 'one'), (2, 2, 'two'), (3, 3, NULL);
             UPDATE d.t SET note = 'uno' WHERE id = 1; UPDATE d.t SET id = 22 WHERE id = 2; DELETE FROM d.t WHERE id = 3;",
        );
        let capture = binlogs.last().expect("a binlog");
        let (same, sharded) = (folder.path().join("same.sql"), folder.path().join("sharded.sql"));
        write(&same, "CREATE MAPPING same AS SELECT * FROM d.t ROUTE TO 'e' WITH (on_missing_table = 'create');");
        write(&sharded, "CREATE MAPPING sharded AS SELECT * FROM d.t ROUTE TO concat('e', shard);");
        replay(&same, capture, &folder.path().join("same"), &[]).done();
        source.try_script(&folder.path().join("same/default/all.sql")).expect("the scripts load");
        assert_eq!(table_contents(&source, "e", "t"), table_contents(&source, "d", "t"), "{kind:?}");
        let run = replay(&sharded, capture, &folder.path().join("sharded"), &[]);
        assert_eq!(run.code, 1);
        for word in ["shard", "binlog_row_image", "sharded"] {
            assert!(run.stderr.contains(word), "`{word}` in: {}", run.stderr);
        }
    }
}

#[test]
fn a_system_versioned_table_is_refused_for_its_history_rows() {
    let folder = temporary();
    let server = Server::start(Kind::MariaDb1011, &[]);
    let binlogs = server.record(
        "CREATE DATABASE d; CREATE TABLE d.t (id INT PRIMARY KEY, v INT) WITH SYSTEM VERSIONING;
         INSERT INTO d.t VALUES (1, 1); UPDATE d.t SET v = 2;",
    );
    let rule = folder.path().join("rule.sql");
    write(&rule, "CREATE MAPPING same AS SELECT * FROM d.t ROUTE TO 'e';");
    let run = replay(&rule, binlogs.last().expect("a binlog"), &folder.path().join("out"), &[]);
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert!(run.stderr.contains("R3011") && run.stderr.contains("`d.t`"), "{}", run.stderr);
}

#[test]
fn without_any_definition_the_error_names_the_ways_out() {
    let folder = temporary();
    let server = Server::start(Kind::MariaDb1011, &[]);
    server.record("CREATE DATABASE d; CREATE TABLE d.t (id INT PRIMARY KEY);");
    let binlogs = server.record("INSERT INTO d.t VALUES (1);");
    let rule = folder.path().join("rule.sql");
    write(&rule, "CREATE MAPPING same AS SELECT * FROM d.t ROUTE TO 'e';");
    let capture = binlogs.last().expect("a binlog");
    let run = replay(&rule, capture, &folder.path().join("out"), &[]);
    assert_eq!(run.code, 2);
    for word in ["`d.t`", "binlog_row_metadata", "--schema"] {
        assert!(run.stderr.contains(word), "`{word}` in: {}", run.stderr);
    }
    write(&folder.path().join("schema.sql"), "CREATE TABLE d.t (id INT PRIMARY KEY);");
    replay(&rule, capture, &folder.path().join("out"), &[]).done();
}

#[test]
fn usage_is_told_with_two_and_help_with_zero() {
    assert_eq!(rowgate(["replay", SEED, "--from", CAPTURE, "--to", "ftp:x"]).code, 2);
    assert_eq!(rowgate(["preview", "no/such/folder", "--from", CAPTURE]).code, 2);
    assert_eq!(rowgate(["preview", SEED, "--from", "no-such.binlog"]).code, 2);
    assert_eq!(rowgate_in(Path::new("/"), ["--help"]).code, 0);
}
