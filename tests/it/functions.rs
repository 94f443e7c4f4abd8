//! The catalogue of functions: every example has the stated value, here and on the server; the reference lists what there is.

use std::{collections::BTreeSet, fs, path::Path};

use rowgate::mapping::expr::{FAMILIES, functions, refused};
use serde_json::Value;

use crate::{
    command::rowgate,
    expression_table::columns,
    expressions::{Bench, prepare, shown},
    server::Kind,
};

#[test]
fn every_example_has_the_stated_value_here_and_on_mysql() {
    let examples: Vec<(&str, &str)> = functions().map(|function| (function.example, function.result)).collect();
    let texts: Vec<String> = examples.iter().map(|(example, _)| (*example).to_owned()).collect();
    let columns = columns();
    let bench = Bench::new(&columns);
    let theirs = prepare(Kind::MySql97, &columns).ask(&texts);
    let mut wrong = Vec::new();
    for ((example, stated), theirs) in examples.into_iter().zip(theirs) {
        let is_stated = |value: &str| value == stated || value == format!("'{stated}'");
        let (ours, theirs) = (shown(&bench.answer(example)), shown(&theirs));
        if !is_stated(&ours) {
            wrong.push(format!("{example}: stated {stated}, we have {ours}"));
        }
        // MySQL 9.7 has no MD5 and no SHA1; another test compares them with MariaDB's.
        if !is_stated(&theirs) && !["MD5", "SHA1"].iter().any(|name| example.starts_with(name)) {
            wrong.push(format!("{example}: stated {stated}, the server has {theirs}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn no_name_is_listed_twice_or_both_known_and_refused() {
    let mut seen = BTreeSet::new();
    let names = functions().flat_map(|function| function.names.iter().copied()).chain(refused().map(|refused| refused.name));
    let twice: Vec<&str> = names.filter(|name| !seen.insert(*name)).collect();
    assert!(twice.is_empty(), "{twice:?}");
}

#[test]
fn every_signature_and_example_shows_the_usual_name() {
    let shows = |text: &str, name: &str| text.to_lowercase().contains(name);
    let wrong = functions().filter(|function| {
        let name = function.names[0];
        !shows(function.signature, name) || !shows(function.example, name)
    });
    assert_eq!(wrong.map(|function| function.signature).collect::<Vec<_>>(), Vec::<&str>::new());
}

/// Replaces what stands between `<!-- name: begin -->` and `<!-- name: end -->`.
fn replaced(text: &str, name: &str, by: &str) -> String {
    let (begin, end) = (format!("<!-- {name}: begin -->\n"), format!("<!-- {name}: end -->"));
    let (before, rest) = text.split_once(&begin).expect("the reference marks where the list begins");
    let (_, after) = rest.split_once(&end).expect("the reference marks where the list ends");
    format!("{before}{begin}{by}{end}{after}")
}

fn listed() -> String {
    let cell = |text: &str| text.replace('|', "\\|");
    let row = |function: &rowgate::mapping::expr::Function| {
        format!(
            "| `{}` | {} | `{}` is `{}` |\n",
            cell(function.signature),
            cell(function.meaning),
            cell(function.example),
            cell(function.result)
        )
    };
    let family = |family: &rowgate::mapping::expr::Family| {
        format!("| **{}** | | |\n{}", family.name, family.functions.iter().map(row).collect::<String>())
    };
    let families = FAMILIES.iter().filter(|family| !family.functions.is_empty());
    format!("| function | value | example |\n|---|---|---|\n{}", families.map(family).collect::<String>())
}

fn listed_refusals() -> String {
    let all: Vec<_> = refused().collect();
    let mut reasons: Vec<&str> = all.iter().map(|refused| refused.reason).collect();
    reasons.sort_unstable();
    reasons.dedup();
    let row = |reason: &&str| {
        let names = all.iter().filter(|refused| refused.reason == *reason).map(|refused| format!("`{}`", refused.name));
        format!("| {reason} | {} |\n", names.collect::<Vec<_>>().join(", "))
    };
    format!("| it … | functions |\n|---|---|\n{}", reasons.iter().map(row).collect::<String>())
}

#[test]
fn the_reference_lists_the_catalogue() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("dsl/README.md");
    let text = fs::read_to_string(&path).expect("the reference is part of the project");
    let wanted = replaced(&replaced(&text, "functions", &listed()), "refused functions", &listed_refusals());
    if std::env::var("ROWGATE_BLESS").is_ok_and(|value| value == "1") {
        return fs::write(&path, &wanted).expect("the reference is writable");
    }
    let stale = text.lines().zip(wanted.lines()).find(|(is, should)| is != should);
    assert!(text == wanted, "dsl/README.md lists other functions (ROWGATE_BLESS=1 writes them anew), first: {stale:?}");
}

#[test]
fn the_command_shows_one_function_in_full_and_many_in_a_table() {
    let page = rowgate(["functions", "round"]).done().stdout;
    assert!(page.contains("ROUND(x[, places])") && page.contains("ROUND(2.345, 2) = 2.35"), "{page}");
    let table = rowgate(["functions", "*trim"]).done().stdout;
    assert!(table.contains("LTRIM(s)") && table.contains("RTRIM(s)") && !table.contains("ROUND"), "{table}");
    let refused = rowgate(["functions", "now"]).done().stdout;
    assert!(refused.contains("differs at each replay"), "{refused}");
}

#[test]
fn the_command_prints_an_object_for_every_function_and_every_refusal() {
    let lines = rowgate(["functions", "--format", "json"]).done().stdout;
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).expect("a JSON object a line")).collect();
    assert_eq!(lines.len(), functions().count() + refused().count());
    assert!(lines.iter().all(|line| line["name"].is_string()));
}

#[test]
fn a_name_that_is_no_function_is_answered_with_the_nearest() {
    let run = rowgate(["functions", "concta"]);
    assert_eq!(run.code, 1);
    assert!(run.stderr.contains("Did you mean `concat`?"), "{}", run.stderr);
}
