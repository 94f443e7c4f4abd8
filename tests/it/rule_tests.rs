//! `rowgate test` as the people who write rules meet it.

use std::{fs, path::Path};

use serde_json::Value;

use crate::command::{Run, rowgate};

const TABLE: &str = "CREATE TABLE s.t (id BIGINT PRIMARY KEY, k INT NULL, name VARCHAR(5) NOT NULL DEFAULT 'none', b BLOB);\n";

/// Runs `rowgate test` over one query file beside a `schema.sql`.
fn tested(folder: &Path, rules: &str, more: &[&str]) -> Run {
    fs::write(folder.join("schema.sql"), TABLE).expect("the temporary folder is writable");
    fs::write(folder.join("rules.sql"), rules).expect("the temporary folder is writable");
    let path = folder.display().to_string();
    rowgate(["test", path.as_str()].iter().chain(more))
}

fn run(rules: &str, more: &[&str]) -> Run {
    tested(tempfile::tempdir().expect("the temporary folder is writable").path(), rules, more)
}

fn lines(run: &Run) -> Vec<Value> {
    run.stdout.lines().map(|line| serde_json::from_str(line).expect("a JSON object a line")).collect()
}

#[test]
fn every_rule_of_the_library_passes_its_tests() {
    let run = rowgate(["test", "queries"]).done();
    assert!(run.stdout.contains("ok    a tax payer who changes shard moves"), "{}", run.stdout);
}

#[test]
fn no_branch_of_the_readmes_rule_is_untested() {
    let run = rowgate(["test", "queries/fintax_task"]).done();
    assert!(!run.stdout.contains("no test reaches"), "{}", run.stdout);
}

#[test]
fn a_failed_test_shows_what_differs_column_by_column() {
    let rules = "CREATE MAPPING m AS SELECT * FROM s.t ROUTE TO concat('s_', k);
TEST 'wrong' GIVEN INSERT INTO s.t (id = 1, k = 7) EXPECT INSERT INTO s_7.t (id = 2, k = 7, name = 'none');
TEST 'right' GIVEN INSERT INTO s.t (id = 1, k = 7) EXPECT INSERT INTO s_7.t (id = 1);";
    let run = run(rules, &[]);
    assert_eq!(run.code, 1);
    for line in
        ["  FAIL  wrong", "  ok    right", "    INSERT INTO s_7.t", "    - id    2", "    + id    1", "      k     7", "1 passed, 1 failed"]
    {
        assert!(run.stdout.lines().any(|shown| shown.starts_with(line)), "`{line}` in:\n{}", run.stdout);
    }
    assert!(!run.stdout.contains('\x1b'), "no colour where nobody looks");
    assert!(self::run(rules, &["--color", "always"]).stdout.contains("\x1b[31m"));
}

#[test]
fn json_lines_name_tests_branches_and_counts() {
    let rules = "CREATE MAPPING m AS SELECT * FROM s.t WHERE k > 0 ROUTE TO concat('s_', k);
TEST 'unexpected' GIVEN INSERT INTO s.t (id = 1, k = 7) EXPECT NOTHING;";
    let run = run(rules, &["--format", "json"]);
    assert_eq!(run.code, 1);
    let lines = lines(&run);
    assert_eq!((&lines[0]["test"], &lines[0]["line"], &lines[0]["passed"]), (&"unexpected".into(), &2.into(), &false.into()));
    let difference = &lines[0]["differences"][0];
    assert_eq!((&difference["kind"], &difference["expected"]), (&"unexpected".into(), &Value::Null));
    assert_eq!(difference["found"], "INSERT INTO s_7.t (id = 1, k = 7)");
    let unreached: Vec<_> = lines[1..lines.len() - 1].iter().map(|line| line["unreached"].as_str().expect("a word")).collect();
    assert_eq!(unreached, ["where_false", "route_null"]);
    assert_eq!(lines[lines.len() - 1]["failed"], 1);
}

#[test]
fn wrong_tests_are_drawn_and_end_with_two() {
    let run =
        run("CREATE MAPPING m AS SELECT * FROM s.t;\nTEST 'x' GIVEN INSERT INTO s.t (k = 'abc', nam = 1) EXPECT ERROR null_rout;", &[]);
    assert_eq!(run.code, 2);
    for word in ["error[R4002]", "error[R1001]", "Did you mean `name`?", "error[R4005]", "Did you mean `null_route`?"] {
        assert!(run.stderr.contains(word), "`{word}` in:\n{}", run.stderr);
    }
    assert!(run.stdout.is_empty(), "nothing ran:\n{}", run.stdout);
}

#[test]
fn a_file_without_tests_and_a_filter_that_finds_none_are_said() {
    let none = run("CREATE MAPPING m AS SELECT * FROM s.t;", &[]);
    assert!(none.code == 2 && none.stderr.contains("no query file holds a test"), "{}", none.stderr);
    let rules = "CREATE MAPPING m AS SELECT * FROM s.t;\nTEST 'one' GIVEN INSERT INTO s.t (id = 1) EXPECT INSERT INTO s.t (id = 1);";
    let filtered = run(rules, &["--filter", "two"]);
    assert!(filtered.code == 2 && filtered.stderr.contains("no test has `two` in its name"), "{}", filtered.stderr);
    assert_eq!(run(rules, &["--filter", "on"]).code, 0);
}

#[test]
fn tests_run_over_the_mappings_of_their_own_file() {
    let folder = tempfile::tempdir().expect("the temporary folder is writable");
    fs::write(folder.path().join("other.sql"), "CREATE MAPPING other AS SELECT * FROM s.t ROUTE TO 'elsewhere';").expect("it is writable");
    let rules = "CREATE MAPPING m AS SELECT * FROM s.t;\nTEST 'one' GIVEN INSERT INTO s.t (id = 1) EXPECT INSERT INTO s.t (id = 1);";
    let run = tested(folder.path(), rules, &[]).done();
    assert!(run.stdout.contains("mapping `other`: no row reaches it"), "{}", run.stdout);
}

#[test]
fn partial_images_carry_what_the_servers_write() {
    let rule = "CREATE MAPPING m AS SELECT id, k, name, b, if(k > 1, 'x', 'y') AS c FROM s.t;\n";
    for (image, given, expected) in [
        ("minimal", "UPDATE s.t (id = 1, k = 1) TO (name = 'a')", "UPDATE s.t (id = 1) TO (name = 'a')"),
        ("minimal", "DELETE FROM s.t (id = 1, k = 1)", "DELETE FROM s.t (id = 1)"),
        ("minimal", "UPDATE s.t (id = 1, k = 1) TO (id = 2)", "DELETE FROM s.t (id = 1), INSERT INTO s.t (id = 2)"),
        ("minimal", "INSERT INTO s.t (id = 1)", "ERROR missing_column"),
        ("noblob", "DELETE FROM s.t (id = 1, k = 1)", "DELETE FROM s.t (id = 1, k = 1)"),
        ("noblob", "UPDATE s.t (id = 1, b = 'b') TO (k = 2)", "UPDATE s.t (k = 2, c = 'x')"),
        ("full", "DELETE FROM s.t (id = 1, k = 1, b = 'b')", "DELETE FROM s.t (b = 0x62)"),
    ] {
        let rules = format!("{rule}TEST 'x' WITH (image = '{image}') GIVEN {given} EXPECT {expected};");
        let run = run(&rules, &[]);
        assert_eq!(run.code, 0, "{rules}\n{}{}", run.stdout, run.stderr);
    }
}

#[test]
fn bless_rewrites_the_expectations_alone() {
    let head = "-- A comment.\nCREATE MAPPING m AS SELECT *  FROM s.t WHERE k <> 3 ROUTE TO concat('s_', k); # kept\n";
    let rules = format!(
        "{head}TEST 'a'  GIVEN UPDATE s.t (id=1,k=1) TO (k=2) /* also kept */\n  EXPECT NOTHING ; -- here\nTEST 'b' GIVEN INSERT INTO s.t (id = 1) \
         EXPECT ERROR overflow;\r\nTEST 'c' GIVEN INSERT INTO s.t (id = 4, k = 4) EXPECT INSERT INTO s_4.t (id=4);\n"
    );
    let folder = tempfile::tempdir().expect("the temporary folder is writable");
    let run = tested(folder.path(), &rules, &["--bless"]).done();
    assert!(run.stdout.contains("3 passed, 2 of them blessed, 0 failed"), "{}", run.stdout);
    let blessed = fs::read_to_string(folder.path().join("rules.sql")).expect("the file is there");
    let expected = format!(
        "{head}TEST 'a'  GIVEN UPDATE s.t (id=1,k=1) TO (k=2) /* also kept */\n  EXPECT DELETE FROM s_1.t (id = 1, k = 1),\n         \
         INSERT INTO s_2.t (id = 1, k = 2) ; -- here\nTEST 'b' GIVEN INSERT INTO s.t (id = 1) \
         EXPECT NOTHING;\r\nTEST 'c' GIVEN INSERT INTO s.t (id = 4, k = 4) EXPECT INSERT INTO s_4.t (id=4);\n"
    );
    assert_eq!(blessed, expected);
    let again = rowgate(["test", &folder.path().display().to_string()]).done();
    assert!(again.stdout.contains("3 passed, 0 failed"), "{}", again.stdout);
}

#[test]
fn arms_that_no_test_takes_are_named() {
    let rules = "CREATE MAPPING m AS SELECT id, CASE WHEN k > 5 THEN 'big' WHEN k < 0 THEN if(k < -5, 'low', 'neg') END AS size FROM s.t;
TEST 'one' GIVEN INSERT INTO s.t (id = 1, k = -1) EXPECT INSERT INTO s.t (size = 'neg');";
    let run = run(rules, &[]).done();
    for line in ["the arm `'big'` is never taken", "the arm `'low'` is never taken", "END` never goes without an arm"] {
        assert!(run.stdout.contains(line), "`{line}` in:\n{}", run.stdout);
    }
    assert!(!run.stdout.contains("the arm `'neg'`"), "{}", run.stdout);
}
