//! `rowgate diff` as its users run it, against what `preview` says of the same rules.

use std::{collections::BTreeMap, fs, path::Path};

use serde_json::Value;

use crate::command::{Run, rowgate};

const CAPTURE: &str = "tests/captures/mysql97-small.binlog";

/// Runs `diff` from the seed's rule to the same rule with words replaced.
fn diff(replace: &[(&str, &str)], more: &[&str]) -> Run {
    let folder = tempfile::tempdir().expect("the temporary folder is writable");
    let rule = changed("queries/all_shards/task_batch.sql", replace);
    fs::write(folder.path().join("task_batch.sql"), rule).expect("the temporary folder is writable");
    let new = folder.path().display().to_string();
    rowgate(["diff", "queries/all_shards", &new, "--from", CAPTURE].iter().chain(more))
}

fn changed(path: &str, replace: &[(&str, &str)]) -> String {
    let rule = fs::read_to_string(path).expect("the rule is part of the project");
    replace.iter().fold(rule, |rule, (from, to)| {
        assert!(rule.contains(from), "{from} is not in {path}");
        rule.replace(from, to)
    })
}

fn lines(run: &Run) -> Vec<Value> {
    run.stdout.lines().map(|line| serde_json::from_str(line).expect("each line is an object")).collect()
}

fn totals(run: &Run) -> Value {
    lines(run).into_iter().find(|line| line["changes"].is_number()).expect("a line of totals")
}

#[test]
fn rules_that_mean_the_same_differ_in_no_row() {
    let run = diff(&[("(qyid >> 22) % 2", "mod(qyid >> 22, 2)"), ("% 16", "& 15")], &["--format", "json"]).done();
    let total = totals(&run);
    assert_eq!((&total["differing"], &total["status"]), (&0.into(), &"kept".into()));
    assert!(total["changes"].as_u64().is_some_and(|changes| changes > 1000), "{total}");
}

#[test]
fn rows_that_change_place_are_counted_as_preview_places_them() {
    let run = diff(&[("% 16", "% 8")], &["--format", "json", "--sample", "3"]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    let total = totals(&run);
    assert_eq!(total["moved"], total["differing"]);
    // What both rules say of every change, line by line.
    let new = tempfile::tempdir().expect("the temporary folder is writable");
    fs::write(new.path().join("m.sql"), changed("queries/all_shards/task_batch.sql", &[("% 16", "% 8")])).expect("it can be written");
    let (old, new) = (places(Path::new("queries/all_shards")), places(new.path()));
    assert_eq!(old.len(), new.len());
    let moved = old.iter().filter(|(change, places)| new[*change] != **places).count();
    assert_eq!(total["moved"], moved, "{total}");
    let samples: Vec<_> = lines(&run).into_iter().filter(|line| line["sample"].is_string()).collect();
    assert_eq!(samples.len(), 3);
    for sample in samples {
        assert_ne!(sample["old"]["target"], sample["new"]["target"]);
        assert_eq!(sample["old"]["row"], sample["new"]["row"]);
    }
}

/// Where preview has each change's row before and after it.
fn places(rules: &Path) -> BTreeMap<String, [Value; 2]> {
    let run = rowgate(["preview", &rules.display().to_string(), "--from", CAPTURE, "--format", "json"]).done();
    let mut places: BTreeMap<String, [Value; 2]> = BTreeMap::new();
    for line in lines(&run) {
        let [before, after] = places.entry(format!("{} {}", line["position"], line["row"])).or_default();
        if line["op"] != "insert" {
            *before = line["target"].clone();
        }
        if line["op"] != "delete" {
            *after = line["target"].clone();
        }
    }
    places
}

#[test]
fn values_rows_and_keys_that_change_are_told_apart() {
    let counts = |replace: &[(&str, &str)]| {
        let run = diff(replace, &["--format", "json"]);
        let total = totals(&run);
        let word = |word: &str| total[word].as_u64().expect("a number");
        let all = [word("moved"), word("appears"), word("vanishes"), word("changed"), word("fails"), word("mended")];
        (run.code, all.map(|count| count > 0), word("changes"), all.iter().sum::<u64>())
    };
    let only = |index: usize| std::array::from_fn(|other| other == index);
    let (code, kinds, changes, differing) = counts(&[("SELECT *", "SELECT * REPLACE (status + 1 AS status)")]);
    assert_eq!((code, kinds, differing), (1, only(3), changes), "every row has another status");
    let (code, kinds, ..) = counts(&[("ROUTE TO", "WHERE status < 1 ROUTE TO")]);
    assert_eq!((code, kinds), (1, only(2)), "rows outside of the new condition vanish");
    let (code, kinds, ..) = counts(&[("SELECT *", "SELECT * REPLACE (id + 1 AS id)")]);
    assert_eq!((code, kinds), (1, only(0)), "another key is another place");
    let (code, kinds, ..) = counts(&[("concat(schema,", "nullif(concat(schema,"), ("% 2),", "% 2), concat(schema, '_1')),")]);
    assert_eq!((code, kinds), (1, only(4)), "a route that is NULL fails");
    let (code, kinds, ..) = counts(&[("SELECT *", "SELECT * EXCEPT (remark)")]);
    assert_eq!((code, kinds), (1, only(3)), "a column less is another value");
}

#[test]
fn renamed_added_and_removed_mappings_are_said() {
    let renamed = diff(&[("task_batch_all_shards", "shards")], &[]).done();
    assert!(renamed.stdout.starts_with("shards (renamed from task_batch_all_shards): "), "{}", renamed.stdout);
    let other = diff(&[("task_batch_all_shards", "shards"), ("% 16", "% 8")], &[]);
    assert_eq!(other.code, 1);
    assert!(other.stdout.contains("shards (added): ") && other.stdout.contains("task_batch_all_shards (removed): "), "{}", other.stdout);
    assert!(other.stdout.contains("nowhere → "), "{}", other.stdout);
}

#[test]
fn values_are_shown_only_where_samples_are_asked_for() {
    let replace = [("SELECT *", "SELECT * REPLACE (upper('changed') AS remark)")];
    let without = diff(&replace, &[]);
    assert!(!without.stdout.contains("CHANGED") && without.stdout.contains(" changed"), "{}", without.stdout);
    let with = diff(&replace, &["--sample", "1"]);
    assert_eq!(with.stdout.matches("remark=CHANGED").count(), 1, "{}", with.stdout);
}

#[test]
fn rules_that_do_not_fit_are_refused() {
    let run = diff(&[("qyid >> 22", "qid >> 22")], &[]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("`qid` is not a column") && run.stdout.is_empty(), "{}", run.stderr);
}
