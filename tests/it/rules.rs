//! The rule library under `queries/`: every folder binds to its own definitions, and its plans build.

use std::{fs, path::Path, sync::Arc};

use dsl::Severity;
use rowgate::{
    mapping::{MappingSet, Policies, Purpose, QueryText, Router, Servers},
    schema::{ServerVersion, TableSchema, read_schema_file},
};

/// The rules of a folder and the tables that its `schema.sql` defines.
fn folder(name: &str) -> (MappingSet, Vec<Arc<TableSchema>>) {
    let path = Path::new("queries").join(name);
    let read = |file: &Path| fs::read_to_string(file).expect("the file is part of the project");
    let (history, problems) = read_schema_file(&read(&path.join("schema.sql")), ServerVersion::MYSQL_9_7);
    assert!(problems.is_empty(), "{name}: {problems:?}");
    let mut files: Vec<_> =
        fs::read_dir(&path).expect("the folder is part of the project").map(|entry| entry.expect("it can be listed").path()).collect();
    files.retain(|file| file.extension().is_some_and(|end| end == "sql") && file.file_name().is_some_and(|file| file != "schema.sql"));
    files.sort();
    let queries = files.iter().map(|file| QueryText { path: file.display().to_string(), text: read(file) }).collect();
    let (set, problems) = MappingSet::parse(queries);
    assert!(problems.iter().all(|problem| problem.diagnostic.severity < Severity::Error), "{name}: {problems:?}");
    (set, history.tables().cloned().collect())
}

fn any_server() -> Servers {
    Servers::Any { default: "default".into() }
}

fn folders() -> Vec<String> {
    let entries = fs::read_dir("queries").expect("the folder is part of the project");
    let mut names: Vec<String> = entries.map(|entry| entry.expect("it can be listed").file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn every_rule_of_the_library_binds_to_its_definitions() {
    for name in folders() {
        let (set, tables) = folder(&name);
        let found = set.check(tables.clone(), &Policies::default(), &any_server());
        let said: Vec<_> = found.iter().filter(|found| found.diagnostic.severity > Severity::Note).collect();
        assert!(said.is_empty(), "{name}: {said:?}");
        let mut router = Router::new(set, Policies::default(), any_server(), Purpose::Rows);
        let mut plans = 0;
        for table in tables.iter().filter(|table| router.set().reads(&table.name)).cloned().collect::<Vec<_>>() {
            for mapping in router.mappings(&table).expect("it was checked") {
                let plan = mapping.plan().explain().expect("the plan builds");
                assert!(plan.starts_with("Projection\n"), "{name}: {plan}");
                plans += 1;
            }
        }
        assert!(plans > 0, "{name}: no table of `schema.sql` is read");
    }
}

#[test]
fn a_fingerprint_is_of_what_a_rule_says() {
    let fingerprint = |text: &str| MappingSet::parse(vec![QueryText { path: "m.sql".to_owned(), text: text.to_owned() }]).0.fingerprint();
    let rule = fs::read_to_string("queries/fintax_task/task_batch.sql").expect("the file is part of the project");
    let laid_out = rule.replace("\nWHERE", " -- the shards of one server\n  where").replace("SELECT", "select");
    assert_eq!(fingerprint(&rule), fingerprint(&laid_out));
    assert_ne!(fingerprint(&rule), fingerprint(&rule.replace(">> 22", ">> 23")));
}

#[test]
fn only_the_columns_that_decide_are_read_for_places() {
    let (set, tables) = folder("fintax_task");
    let mut router = Router::new(set, Policies::default(), any_server(), Purpose::Place);
    let read = router.columns_read(&tables[0]).expect("it binds");
    let names: Vec<&str> = read.iter().map(|index| tables[0].columns[index].name.as_str()).collect();
    assert_eq!(names, ["id", "qyid"]);
}
