//! `tests/corpus/messages`: thirty wrong rules, each with what it is meant to do, the message that `check` prints, and the answer of a reader
//! who had the rule, the message and the schema only. The answer has to pass `check` and to do what is meant, which tests prove that the reader
//! did not see. Run with `ROWGATE_BLESS=1` to write the messages anew; then the answers have to be thought of anew, too.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::command::rowgate;

/// Of so many answers all but two have to be right.
const RULES: usize = 30;
const WRONG_MOST: usize = 2;

fn rules() -> Vec<PathBuf> {
    let entries = fs::read_dir("tests/corpus/messages").expect("the corpus is there");
    let mut folders: Vec<_> = entries.map(|entry| entry.expect("it can be listed").path()).collect();
    folders.sort();
    folders
}

/// What is printed of a wrong rule, under the name of its file alone.
fn message(rule: &Path) -> String {
    let run = rowgate(["check", &rule.join("rule.sql").display().to_string(), "--color", "never"]);
    run.stderr.replace(&format!("{}/", rule.display()), "")
}

/// What is wrong with a text as the rule; nothing where it passes `check` and does what is meant.
fn wrong(rule: &Path, text: &str) -> Option<String> {
    let folder = tempfile::tempdir().expect("the temporary folder is writable");
    let read = |name: &str| fs::read_to_string(rule.join(name)).expect("each rule has its files");
    let write = |name: &str, text: String| fs::write(folder.path().join(name), text).expect("the temporary folder is writable");
    write("rule.sql", read(text));
    for definitions in ["schema.sql", "target.sql"].into_iter().filter(|name| rule.join(name).exists()) {
        write(definitions, read(definitions));
    }
    let checked = rowgate(["check".as_ref(), folder.path().as_os_str(), "--deny".as_ref(), "warnings".as_ref()]);
    if checked.code != 0 {
        return Some(checked.stderr);
    }
    write("rule.sql", format!("{}\n{}", read(text), read("intent.sql")));
    let tested = rowgate(["test".as_ref(), folder.path().as_os_str()]);
    (tested.code != 0).then(|| format!("{}{}", tested.stdout, tested.stderr))
}

#[test]
fn wrong_rules_are_told_as_the_reader_read_it() {
    let bless = std::env::var("ROWGATE_BLESS").is_ok_and(|value| value == "1");
    assert_eq!(rules().len(), RULES);
    let mut other = Vec::new();
    for rule in rules() {
        let (found, expected) = (message(&rule), rule.join("message.txt"));
        if bless {
            fs::write(&expected, &found).expect("the corpus can be written");
        }
        assert!(found.contains("[R"), "{}: nothing is said of the rule\n{found}", rule.display());
        if fs::read_to_string(&expected).unwrap_or_default() != found {
            other.push(format!("{}:\n{found}", rule.display()));
        }
    }
    assert!(other.is_empty(), "not as expected (ROWGATE_BLESS=1 writes anew):\n{}", other.join("\n"));
}

#[test]
fn answers_to_the_messages_do_what_the_rules_mean() {
    let wrong: Vec<_> = rules().iter().filter_map(|rule| Some(format!("{}:\n{}", rule.display(), wrong(rule, "answer.sql")?))).collect();
    assert!(wrong.len() <= WRONG_MOST, "{} of {RULES} answers are wrong:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_rules_themselves_do_not() {
    for rule in rules() {
        assert!(wrong(&rule, "rule.sql").is_some(), "{} does what it means", rule.display());
    }
}
