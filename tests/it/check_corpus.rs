//! `tests/corpus/check`: rules with something wrong, one file a code, and beside each what `rowgate check` prints of it. A `.target` file beside
//! a rule defines the target's tables. Run with `ROWGATE_BLESS=1` to write the expectations anew; read them before you keep them.

use std::{
    fs,
    path::{Path, PathBuf},
};

use dsl::Code;

use crate::command::rowgate;

/// Codes without a file, with the reason.
const WITHOUT_FILE: [(&str, &str); 4] = [
    ("R0016", "it takes 4 MiB, and `dsl/tests/corpus.rs` makes them"),
    ("R1013", "`check` knows no configured servers"),
    ("R1014", "a mapping reads one table"),
    ("R3006", "`check` knows no configured servers"),
];

fn rules(folder: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("the corpus is there");
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("it can be listed").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "sql"));
    paths.sort();
    paths
}

fn printed(rule: &Path) -> String {
    let target = rule.with_extension("target");
    let mut arguments = vec!["check".to_owned(), "--color".to_owned(), "never".to_owned(), rule.display().to_string()];
    if target.exists() {
        arguments.extend(["--target-schema".to_owned(), target.display().to_string()]);
    }
    let run = rowgate(arguments);
    format!("{}{}exit code {}\n", run.stderr, run.stdout, run.code)
}

#[test]
fn every_wrong_rule_is_told_as_expected() {
    let bless = std::env::var("ROWGATE_BLESS").is_ok_and(|value| value == "1");
    let mut wrong = Vec::new();
    for rule in rules("tests/corpus/check") {
        let found = printed(&rule);
        let expected = rule.with_extension("expected");
        if bless {
            fs::write(&expected, &found).expect("the corpus can be written");
        }
        if fs::read_to_string(&expected).unwrap_or_default() != found {
            wrong.push(format!("{}:\n{found}", rule.display()));
        }
        let name = rule.file_name().expect("a file has a name").to_string_lossy().to_uppercase();
        let code = &name[..5];
        assert!(found.contains(&format!("[{code}]")), "{} shows no {code}:\n{found}", rule.display());
    }
    assert!(wrong.is_empty(), "not as expected (ROWGATE_BLESS=1 writes anew):\n{}", wrong.join("\n"));
}

#[test]
fn every_code_has_a_file_that_shows_its_message() {
    let folders = ["tests/corpus/dsl", "tests/corpus/check"];
    let shown: String = folders
        .iter()
        .flat_map(|folder| rules(folder))
        .map(|rule| fs::read_to_string(rule.with_extension("expected")).unwrap_or_default())
        .collect();
    let lacking: Vec<String> = Code::ALL
        .iter()
        .map(ToString::to_string)
        .filter(|code| !WITHOUT_FILE.iter().any(|(never, _)| never == code) && !shown.contains(code.as_str()))
        .collect();
    assert!(lacking.is_empty(), "no file of {folders:?} shows {lacking:?}");
}

/// What is printed of good rules: notes at most.
fn only_notes(run: &str) -> bool {
    !run.contains("warning[") && !run.contains("error[")
}

#[test]
fn good_rules_raise_no_alarm() {
    for folder in ["queries/fintax_task", "queries/all_shards", "queries/merge_like", "queries/rewrite", "queries/two_servers"] {
        let run = rowgate(["check", folder, "--deny", "warnings"]).done();
        assert!(only_notes(&run.stderr), "{folder}:\n{}", run.stderr);
    }
    let capture = ["check", "queries/fintax_task", "--from", "tests/captures/mysql97-small.binlog", "--deny", "warnings"];
    let run = rowgate(capture).done();
    assert_eq!(run.stderr.matches("note[").count(), 1, "the capture changes qyid, and lacks nothing: {}", run.stderr);
}

#[test]
fn the_examples_of_the_reference_raise_no_alarm() {
    let tables = "CREATE TABLE fintax_task.task_batch (id BIGINT UNSIGNED NOT NULL PRIMARY KEY, qyid BIGINT NOT NULL);
        CREATE TABLE shop.orders (id BIGINT NOT NULL PRIMARY KEY, customer_id BIGINT NOT NULL, amount DECIMAL(9,2) NOT NULL,
          status INT NOT NULL, updated_at DATETIME NOT NULL);
        CREATE TABLE shop_1.orders LIKE shop.orders; CREATE TABLE shop_2.orders LIKE shop.orders;
        CREATE TABLE bank.account (id BIGINT NOT NULL PRIMARY KEY);
        CREATE TABLE billing.invoice (id BIGINT NOT NULL PRIMARY KEY, internal_note TEXT, currency CHAR(3) NOT NULL, amount_cents BIGINT NOT NULL,
          state VARCHAR(10) NOT NULL, region VARCHAR(10));";
    let documents = [include_str!("../../dsl/README.md"), include_str!("../../README.md")];
    let fenced = documents.iter().flat_map(|text| text.split("```sql\n").skip(1)).filter_map(|behind| behind.split("```").next());
    let mut checked = 0;
    for rule in fenced.filter(|sql| sql.contains("CREATE MAPPING")) {
        let folder = tempfile::tempdir().expect("the temporary folder is writable");
        fs::write(folder.path().join("schema.sql"), tables).expect("the temporary folder is writable");
        fs::write(folder.path().join("rule.sql"), rule).expect("the temporary folder is writable");
        let run = rowgate(["check".as_ref(), "--deny".as_ref(), "warnings".as_ref(), folder.path().as_os_str()]);
        assert!(run.code == 0 && only_notes(&run.stderr), "{rule}\n{}", run.stderr);
        checked += 1;
    }
    assert!(checked >= 5, "only {checked} rules");
}
