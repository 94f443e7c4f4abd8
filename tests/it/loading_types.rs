//! What columns hold: every type at its edges, generated and invisible columns, columns of the target's own, tables without a key.

use crate::{
    loading::{mysql_with_files, target},
    loading_case::{CROSSED, Job, Source},
    server::{Kind, Server},
};

/// As the edges were stored.
const LENIENT: &str = "SET SESSION sql_mode = 'ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION';\n";

/// Every type at its edges, but for an ENUM without a label: strict sessions refuse it.
fn edges() -> String {
    include_str!("../servers/edges.sql").replace("'no such label', 'no', 'no'", "'a', '零', 'a'")
}

/// The tables of the edges that a kind of server has.
fn edge_tables(source: &Source) -> Vec<String> {
    let tables = source.server.query_text(&format!(
        "SELECT table_name FROM information_schema.tables WHERE table_schema = '{}' ORDER BY table_name",
        source.schema
    ));
    tables.into_iter().flatten().flatten().collect()
}

/// Rows of all edges, with this in place of their key: each table some times, so that some are sent as files and some are not.
fn assert_edges_arrive(name: &str, id: &str) {
    for server in [target(Kind::MariaDb1011), target(Kind::MySql97), mysql_with_files()] {
        let mut source = Source::on(server, name, &edges().replace("id INT PRIMARY KEY", id));
        let tables = edge_tables(&source);
        assert!(tables.len() >= 7, "{tables:?}");
        let names: Vec<&str> = tables.iter().map(String::as_str).collect();
        let create: String = names.iter().map(|table| format!("CREATE TABLE {table} LIKE {}.{table};\n", source.schema)).collect();
        let job = Job::into(&source, server, &create, &names);
        job.replay(&source, &["--lanes", "4"]);
        names.iter().for_each(|table| job.assert_same(&source, table));
        for change in [
            "INSERT INTO $ SELECT * FROM $; INSERT INTO $ SELECT * FROM $; INSERT INTO $ SELECT * FROM $;",
            "UPDATE $ SET id = id + 100;",
            "DELETE FROM $ WHERE id % 2 = 0 LIMIT 20; UPDATE $ SET id = id + 1 LIMIT 7;",
        ] {
            source.run(&format!("{LENIENT}{}", names.iter().map(|table| change.replace('$', table)).collect::<String>()));
            assert_eq!(job.replay(&source, &["--lanes", "4"]).conflicts, [""; 0], "{change}");
            names.iter().for_each(|table| job.assert_same(&source, table));
        }
    }
}

#[test]
fn every_type_at_its_edges_arrives_as_it_is() {
    assert_edges_arrive("edges", "id INT, n INT AUTO_INCREMENT INVISIBLE PRIMARY KEY");
}

#[test]
fn every_type_at_its_edges_arrives_where_other_columns_are_unique_too() {
    assert_edges_arrive("unique_edges", "id INT, n INT AUTO_INCREMENT INVISIBLE PRIMARY KEY, UNIQUE KEY (id, n)");
}

#[test]
fn every_type_is_told_apart_byte_for_byte_where_no_key_does() {
    assert_edges_arrive("keyless_edges", "id INT");
}

#[test]
fn rows_that_only_their_bytes_tell_apart_are_not_mistaken() {
    for (source, target) in CROSSED {
        let create = "CREATE TABLE t (s VARCHAR(20), d DOUBLE, f FLOAT, b VARBINARY(9), n INT) DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci;";
        let rows = "INSERT INTO t VALUES ('a', 0.1, 0.1, 'x', 1), ('A', 0.1, 0.1, 'x', 1), ('a ', 0.1, 0.1, 'x', 1), ('a', 0.1, 0.1, 'x', 1),
            (NULL, NULL, NULL, NULL, NULL), (NULL, NULL, NULL, NULL, NULL), ('á', 1e300, 1.17549435e-38, 0x00, 1), ('a', 1e300, 1.17549435e-38, '', 1);";
        let mut source = Source::new(source, "bytes", &format!("{create} {rows}"));
        let job = Job::new(&source, target, create, &["t"]);
        job.replay(&source, &["--lanes", "4"]);
        job.assert_same(&source, "t");
        for change in [
            "DELETE FROM t WHERE BINARY s = 'A'; DELETE FROM t WHERE s IS NULL LIMIT 1;",
            "UPDATE t SET n = 2 WHERE BINARY s = 'a ' ; UPDATE t SET b = 'y' WHERE s = 'á' AND b = '';",
            "INSERT INTO t SELECT * FROM t; DELETE FROM t WHERE BINARY s = 'a' LIMIT 1; UPDATE t SET s = 'A' WHERE BINARY s = 'a' LIMIT 2;",
            "BEGIN; INSERT INTO t VALUES ('passing', 1, 1, '', 1); UPDATE t SET n = 9 WHERE s = 'passing'; DELETE FROM t WHERE s = 'passing'; COMMIT;",
        ] {
            source.run(change);
            assert_eq!(job.replay(&source, &["--lanes", "4"]).conflicts, [""; 0]);
            job.assert_same(&source, "t");
        }
    }
}

#[test]
fn generated_and_invisible_columns_are_computed_and_carried() {
    for (source, target) in CROSSED {
        let create = "CREATE TABLE t (id INT PRIMARY KEY, a INT, stored_sum INT AS (a + 1) STORED, sum INT AS (a * 2) VIRTUAL, hidden VARCHAR(9) INVISIBLE, UNIQUE KEY (sum));
            CREATE TABLE plain (id INT PRIMARY KEY, a INT, stored_sum INT, sum INT, hidden VARCHAR(9));
";
        let rows = "INSERT INTO t (id, a, hidden) VALUES (1, 10, 'h'), (2, 20, NULL), (3, NULL, 'x');";
        let mut source = Source::new(source, "generated", &format!("{create} {rows}"));
        let job = Job::without_mapping("generated", target, create);
        job.map_same(&source, &["t"], "");
        job.replay(&source, &["--lanes", "4"]);
        job.assert_same(&source, "t");
        source.run(
            "UPDATE t SET a = 30 WHERE id = 1; UPDATE t SET a = 10 WHERE id = 2; UPDATE t SET hidden = 'new' WHERE id = 3; DELETE FROM t WHERE id = 1;
             INSERT INTO t (id, a) VALUES (4, 30);",
        );
        assert_eq!(job.replay(&source, &["--lanes", "4"]).conflicts, [""; 0]);
        job.assert_same(&source, "t");
    }
}

#[test]
fn columns_of_the_targets_own_keep_what_they_hold() {
    for (source, target) in CROSSED {
        let own = "own VARCHAR(9) DEFAULT 'default'";
        let create = |own: &str| {
            format!(
                "CREATE TABLE alone (id INT PRIMARY KEY, v INT {own}); CREATE TABLE with_unique (id INT PRIMARY KEY, u INT UNIQUE, v INT {own});
                 CREATE TABLE with_text (id VARCHAR(9) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci PRIMARY KEY, u FLOAT UNIQUE, v INT {own});"
            )
        };
        let rows = "INSERT INTO alone VALUES (1, 1), (2, 2), (3, 3); INSERT INTO with_unique VALUES (1, 10, 1), (2, 20, 2), (3, 30, 3);
            INSERT INTO with_text VALUES ('a', 0.1, 1), ('税', 0.2, 2), ('c ', 0.3, 3);";
        let mut source = Source::new(source, "own_columns", &format!("{} {rows}", create("")));
        let tables = ["alone", "with_unique", "with_text"];
        let job = Job::new(&source, target, &create(&format!(", {own}")), &tables);
        job.replay(&source, &["--lanes", "4"]);
        job.target.run(&tables.map(|table| format!("UPDATE {}.{table} SET own = 'kept';", job.schema)).concat());
        source.run(&tables.map(|table| format!("UPDATE {table} SET v = v + 10 WHERE v < 3;")).concat());
        assert_eq!(job.replay(&source, &["--lanes", "4"]).conflicts, [""; 0]);
        let found = |table: &str| job.target.query_text(&format!("SELECT v, own FROM {}.{table} ORDER BY v", job.schema));
        for table in tables {
            assert_eq!(
                found(table),
                [["3", "kept"], ["11", "kept"], ["12", "kept"]].map(|row| row.map(|cell| Some(cell.to_owned()))),
                "{table}"
            );
        }
    }
}

#[test]
fn a_key_of_nullable_columns_finds_its_rows() {
    for (source, target) in CROSSED {
        let create = "CREATE TABLE t (id INT PRIMARY KEY, a INT, b INT, v INT, UNIQUE KEY (a, b));";
        let to = "CREATE TABLE t (id INT, a INT, b INT, v INT, UNIQUE KEY (a, b));";
        let mut source =
            Source::new(source, "null_key", &format!("{create} INSERT INTO t VALUES (1, 1, NULL, 1), (2, 2, 2, 2), (3, NULL, 3, 3);"));
        let job = Job::without_mapping("null_key", target, to);
        job.map(&format!("CREATE MAPPING by_pair AS SELECT * FROM {}.t ROUTE TO '{}', table KEY (a, b);", source.schema, job.schema));
        let run = job.try_replay(source.files(), &[]);
        if run.code == 2 {
            assert!(run.stderr.contains("NULL"), "{}", run.stderr);
            continue;
        }
        run.done();
        source.run("UPDATE t SET v = 10 WHERE id = 1; UPDATE t SET v = 20 WHERE id = 2; UPDATE t SET b = 1 WHERE id = 1; UPDATE t SET v = 30 WHERE id = 3;");
        assert_eq!(job.replay(&source, &[]).conflicts, [""; 0]);
        job.assert_same(&source, "t");
    }
}

#[test]
fn hidden_keys_of_the_server_are_carried_or_left_alone() {
    let mut source = Source::new(
        Kind::MySql97,
        "hidden_key",
        "SET sql_generate_invisible_primary_key = ON; CREATE TABLE t (v INT); INSERT INTO t VALUES (1), (1), (2);",
    );
    let job = Job::without_mapping("hidden_key", Kind::MySql97, "SET sql_generate_invisible_primary_key = ON; CREATE TABLE t (v INT);");
    job.map_same(&source, &["t"], "");
    job.replay(&source, &[]);
    job.assert_same(&source, "t");
    source.run("DELETE FROM t WHERE v = 1 LIMIT 1; UPDATE t SET v = 5 WHERE v = 2;");
    job.replay(&source, &[]);
    job.assert_same(&source, "t");
}

#[test]
fn an_enum_that_holds_no_label_is_refused_by_its_column() {
    for (source, target) in CROSSED {
        let create = "CREATE TABLE t (id INT PRIMARY KEY, e ENUM('a', 'b'));";
        let source = Source::new(source, "no_label", &format!("{create} {LENIENT} INSERT INTO t VALUES (1, 'a'), (2, 'none');"));
        let job = Job::new(&source, target, create, &["t"]);
        let run = job.try_replay(source.files(), &["--lanes", "1"]);
        assert_eq!(run.code, 3, "{}", run.stderr);
        assert!(run.stderr.contains("column 'e'") && run.stderr.contains("does not fit"), "{}", run.stderr);
        assert_eq!(job.contents("t").len(), 0);
    }
}

#[test]
fn decimal_numbers_inside_of_json_keep_their_digits() {
    let create = "CREATE TABLE t (id INT PRIMARY KEY, j JSON);";
    let document = "JSON_OBJECT('a', 1.50, 'it''s', JSON_ARRAY(NULL, true, -7, 18446744073709551615, 1.5e0, '税', CAST(5 AS DECIMAL(5, 0)), DATE'2024-02-29'))";
    let rows: Vec<String> = (10..60).map(|id| format!("({id}, {document})")).collect();
    let rows = format!(
        "INSERT INTO t VALUES (1, {document}), (2, CAST(12345678901234567890.123456789 AS JSON)), (3, '1.50'); INSERT INTO t VALUES {};",
        rows.join(", ")
    );
    let mut source = Source::new(Kind::MySql97, "json_decimals", &format!("{create} {rows}"));
    source.run("UPDATE t SET j = JSON_SET(j, '$.a', 2.500) WHERE id = 1; UPDATE t SET j = CAST(0.10 AS JSON) WHERE id = 3;");
    let job = Job::new(&source, Kind::MySql97, create, &["t"]);
    job.replay(&source, &[]);
    job.assert_same(&source, "t");
    let other = Job::new(&source, Kind::MariaDb1011, create, &["t"]);
    other.replay(&source, &[]);
    let texts = |server: &Server, schema: &str| server.query_text(&format!("SELECT id, CAST(j AS CHAR) FROM {schema}.t ORDER BY id"));
    assert_eq!(texts(source.server, &source.schema), texts(other.target, &other.schema));
}

#[test]
fn bytes_that_are_other_characters_in_the_targets_charset_arrive_as_the_same_characters() {
    for (source, target) in CROSSED {
        for (from, to, text) in [("gbk", "utf8mb4", "_gbk 0xC4A3"), ("latin1", "utf8mb4", "'Ã©'"), ("utf8mb4", "latin1", "'é'")] {
            let create = |charset: &str| format!("CREATE TABLE t (id INT PRIMARY KEY, c VARCHAR(9) CHARACTER SET {charset});");
            let rows: Vec<String> = (0..100).map(|id| format!("({id}, {text})")).collect();
            let mut source = Source::new(source, "other_charset", &format!("{} INSERT INTO t VALUES {};", create(from), rows.join(", ")));
            let job = Job::new(&source, target, &create(to), &["t"]);
            let texts = |server: &Server, schema: &str| {
                server.query_text(&format!("SELECT id, hex(CONVERT(c USING utf8mb4)) FROM {schema}.t ORDER BY id"))
            };
            job.replay(&source, &["--lanes", "1"]);
            assert_eq!(texts(source.server, &source.schema), texts(job.target, &job.schema), "{from} in {to} on {target:?}");
            source.run("UPDATE t SET c = concat(c, c)");
            job.replay(&source, &["--lanes", "1"]);
            assert_eq!(texts(source.server, &source.schema), texts(job.target, &job.schema), "{from} in {to} on {target:?}");
        }
    }
}

/// Bytes that end fields and lines of a file, or begin an escape, alone and side by side.
const ODD_TEXTS: [&str; 9] = ["''", "0x00", "'\\t'", "'\\n'", "'\\r\\n'", "'\\\\'", "'\\\\N'", "'NULL'", "'\\\\.'"];

#[test]
fn bytes_that_mean_something_in_a_file_arrive_as_they_are() {
    for server in [target(Kind::MariaDb1011), mysql_with_files()] {
        let create = "CREATE TABLE t (id INT PRIMARY KEY AUTO_INCREMENT, c VARCHAR(40) CHARACTER SET utf8mb4, b VARBINARY(40), g VARCHAR(40) CHARACTER SET gbk,
             x TEXT, j JSON, f BIT(20), u INT NULL UNIQUE);";
        let mut rows = Vec::new();
        for (number, one) in ODD_TEXTS.iter().enumerate() {
            for other in ODD_TEXTS {
                let text = format!("concat({one}, 'a', {other}, '税', {one})");
                rows.push(format!(
                    "(NULL, {text}, {text}, concat({other}, {one}), {text}, json_array({one}, {other}), {number} * 256 + 9, NULL)"
                ));
            }
        }
        rows.push("(NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL)".to_owned());
        let mut source = Source::on(server, "odd_bytes", &format!("{create} INSERT INTO t VALUES {};", rows.join(", ")));
        let job = Job::into(&source, server, create, &["t"]);
        job.replay(&source, &["--lanes", "1"]);
        job.assert_same(&source, "t");
        let loaded = || {
            let counted = server.query_text("SHOW GLOBAL STATUS LIKE 'Com_load'");
            counted[0][1].as_deref().and_then(|count| count.parse::<u64>().ok()).expect("a status is a number")
        };
        let before = loaded();
        source.run("UPDATE t SET c = concat(c, b), u = id; UPDATE t SET id = id + 1000;");
        job.replay(&source, &["--lanes", "1"]);
        job.assert_same(&source, "t");
        assert!(loaded() > before, "rows go as files on {:?}", server.kind());
    }
}
