//! `rowgate explain` as its users run it.

use std::fs;

use serde_json::{Value, json};

use crate::command::rowgate;

fn explained(rule: &str) -> Value {
    let folder = tempfile::tempdir().expect("the temporary folder is writable");
    let table = "CREATE TABLE shop.orders (id BIGINT NOT NULL PRIMARY KEY, code VARCHAR(20) NOT NULL, region VARCHAR(10), kind ENUM('a','b') NOT NULL,
      price INT NOT NULL);\n";
    fs::write(folder.path().join("rule.sql"), format!("{table}{rule}")).expect("the temporary folder is writable");
    let run = rowgate(["explain".as_ref(), folder.path().as_os_str(), "--format".as_ref(), "json".as_ref()]).done();
    serde_json::from_str(&run.stdout).expect("one object")
}

#[test]
fn the_seed_is_laid_open() {
    let run = rowgate(["explain", "queries/fintax_task"]).done();
    for line in [
        "mapping task_batch_shards (queries/fintax_task/task_batch.sql)",
        "  reads     fintax_task.task_batch",
        "  columns   in expressions: qyid; decoded: all 12",
        "  targets   16 at most",
        "  key       (qyid, id), as `KEY` says",
        "  can fail  nothing",
    ] {
        assert!(run.stdout.lines().any(|found| found == line), "{line}\n{}", run.stdout);
    }
    assert!(run.stdout.contains("  fintax_task_0 on default: task_batch_0, task_batch_1, task_batch_2"), "{}", run.stdout);
    assert!(run.stdout.contains("TableScan: fintax_task_task_batch"), "{}", run.stdout);
}

#[test]
fn targets_are_listed_where_the_route_has_few_values() {
    let targets = |route: &str| {
        let told = explained(&format!("CREATE MAPPING m AS SELECT * FROM shop.orders {route};"));
        match &told["targets"] {
            Value::Array(places) => {
                let name = |place: &Value| format!("{}.{}@{}", place["schema"], place["table"], place["server"]).replace('"', "");
                places.iter().map(name).collect::<Vec<_>>().join(" ")
            }
            _ => told["targets_unlisted"].as_str().expect("one of both is there").to_owned(),
        }
    };
    assert_eq!(targets(""), "shop.orders@default");
    assert_eq!(targets("ROUTE TO concat('s_', kind)"), "s_a.orders@default s_b.orders@default");
    assert_eq!(targets("WHERE kind = 'b' ROUTE TO concat('s_', kind)"), "s_b.orders@default");
    assert_eq!(targets("ROUTE TO schema, concat('o', abs(id) % 2) ON if(id % 2 = 0, 'x', 'y')"), "shop.o0@x shop.o1@x shop.o0@y shop.o1@y");
    assert_eq!(targets("ROUTE TO if(price > 100, 'dear', 'cheap')"), "cheap.orders@default dear.orders@default");
    assert_eq!(targets("WHERE price % 4 IN (1, 3) AND price > 0 ROUTE TO concat('s', price % 4)"), "s1.orders@default s3.orders@default");
    assert_eq!(targets("ROUTE TO concat('s_', region)"), "`region` (VARCHAR(10)) may hold anything");
    assert_eq!(targets("ROUTE TO concat('s', price)"), "`price` (INT) may hold anything");
    assert_eq!(targets("ROUTE TO concat(abs(price) % 1000), concat(abs(id) % 1000)"), "there are more than 65536");
}

#[test]
fn what_can_fail_is_named_with_what_can_happen() {
    let told = explained(
        "CREATE MAPPING m AS SELECT id, id + price AS sum, left(code, 3) AS short, price * 2 + 1 AS more FROM shop.orders WHERE -id < 5;",
    );
    // An INT doubled fits a BIGINT.
    let expected = json!([
        {"place": "WHERE", "expression": "-id", "kinds": ["overflow"]},
        {"place": "sum", "expression": "id + price", "kinds": ["overflow"]},
    ]);
    assert_eq!(told["fallible"], expected);
    assert_eq!(told["columns_read"], json!(["id", "code", "price"]));
    assert_eq!(told["columns_decoded"], json!(["id", "code", "price"]));
    assert_eq!(told["key"], json!({"columns": ["id"], "reason": "primary_key"}));
}

#[test]
fn a_rule_with_an_error_is_not_explained() {
    let folder = tempfile::tempdir().expect("the temporary folder is writable");
    let rule = folder.path().join("rule.sql");
    fs::write(&rule, "CREATE MAPPING m AS SELECT * FROM shop.orders;").expect("the temporary folder is writable");
    let run = rowgate(["explain".as_ref(), rule.as_os_str()]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("R1007") && run.stdout.is_empty(), "{}", run.stderr);
}
