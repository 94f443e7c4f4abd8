//! The definitions that a capture keeps are those that the other commands use.

use std::{fs, path::Path};

use crate::{
    capturing::Capturing,
    command::{Run, rowgate},
    server::{Kind, Server},
};

fn preview(capturing: &Capturing, mapping: &str) -> Run {
    let folder = tempfile::tempdir().expect("the temporary folder is writable");
    let rules = folder.path().join("rules.sql");
    fs::write(&rules, mapping).expect("the temporary folder is writable");
    let text = |path: &Path| path.display().to_string();
    rowgate(["preview", &text(&rules), "--from", &text(capturing.path()), "--format", "json"])
}

#[test]
fn a_capture_knows_tables_that_were_made_before_it() {
    for kind in Kind::ALL {
        let server = Server::start(kind, &[]);
        server.run("CREATE DATABASE s; CREATE TABLE s.t (id INT UNSIGNED PRIMARY KEY, name VARCHAR(20)) ENGINE=InnoDB; FLUSH BINARY LOGS");
        let capturing = Capturing::of(&server);
        capturing.catch_up(&[]).done();
        server.run("INSERT INTO s.t VALUES (4000000000, 'a'); ALTER TABLE s.t ADD COLUMN more INT; INSERT INTO s.t VALUES (2, 'b', 7)");
        capturing.catch_up(&[]).done();
        let mapping = "CREATE MAPPING t AS SELECT * FROM s.t ROUTE TO schema, concat(table, '_', id % 2);";
        let shown = preview(&capturing, mapping).done().stdout;
        assert!(shown.contains("\"id\":\"4000000000\"") && shown.contains("\"more\":\"7\""), "{kind:?}: {shown}");
        let checked =
            rowgate(["query", "SELECT name, more FROM s.t", "--format", "json", "--from", &capturing.path().display().to_string()]);
        assert!(checked.done().stdout.contains("{\"name\":\"b\",\"more\":7}"), "{kind:?}");
    }
}

#[test]
fn changes_of_definitions_before_the_definitions_are_not_made_twice() {
    for kind in Kind::ALL {
        let server = Server::start(kind, &[]);
        server.run("CREATE DATABASE s; CREATE TABLE s.t (id INT PRIMARY KEY, gone INT, name VARCHAR(20)) ENGINE=InnoDB; FLUSH BINARY LOGS");
        // The first file of the capture does not hold the table's beginning.
        server.run("ALTER TABLE s.t ADD COLUMN more INT; ALTER TABLE s.t DROP COLUMN gone; CREATE TABLE s.u (a INT PRIMARY KEY)");
        server.run("ALTER TABLE s.u ADD COLUMN b INT; INSERT INTO s.t VALUES (1, 'a', 7); INSERT INTO s.u VALUES (1, 2)");
        let capturing = Capturing::of(&server);
        capturing.catch_up(&[]).done();
        assert_eq!(capturing.files(), ["binlog.000002"]);
        let mapping = |table: &str| format!("CREATE MAPPING {table} AS SELECT * FROM s.{table} ROUTE TO schema, concat(table, '_x');\n");
        let shown = preview(&capturing, &(mapping("t") + &mapping("u"))).done().stdout;
        assert!(shown.contains("\"more\":\"7\"") && shown.contains("\"b\":\"2\""), "{kind:?}: {shown}");
    }
}
