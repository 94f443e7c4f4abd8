//! Decoded row images against the servers that wrote them: every value, row for row.
//!
//! Each image is checked: an inserted row's key is new, each before image is what came before, and what is left is what the server has.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::{
    end_state::EndState,
    read_capture::{read_capture, with_sources},
    server::{Kind, Server},
};

/// 50,800 row events; the slow run writes the million.
fn workload_inserts() -> u32 {
    if slow() { 520_000 } else { 26_000 }
}

/// The variants of settings change how the same values are written.
fn variant_inserts() -> u32 {
    if slow() { 60_000 } else { 2_000 }
}

fn slow() -> bool {
    std::env::var_os("ROWGATE_SLOW").is_some_and(|value| value == "1")
}

/// Records the workload under session settings, and holds what it decodes to against the server's tables.
fn check_workload(server: &Server, schema: &str, session: &str, inserts: u32) -> EndState {
    let files = server.record(&format!("{session};\n{}", server.workload(schema, inserts)));
    let decoded = decode(&files, schema);
    decoded.assert_equals(&EndState::of_server(server, schema));
    decoded
}

fn decode(files: &[PathBuf], schema: &str) -> EndState {
    let mut state = EndState::default();
    for set in read_capture(files, schema) {
        state.apply(&set.expect("a capture of a real server is sound"));
    }
    state
}

#[test]
fn mariadb_workload_is_decoded_as_the_server_stores_it() {
    let state = check_workload(Server::shared(Kind::MariaDb1011), "decode_maria", "DO 1", workload_inserts());
    assert!(state.row_events() >= 50_000 && state.absent_cells() == 0, "{:?}", state.counts);
}

#[test]
fn mysql_97_workload_is_decoded_as_the_server_stores_it() {
    let state = check_workload(Server::shared(Kind::MySql97), "decode_mysql97", "DO 1", workload_inserts());
    assert!(state.row_events() >= 50_000 && state.absent_cells() == 0, "{:?}", state.counts);
}

#[test]
fn mysql_56_workload_is_decoded_as_the_server_stores_it() {
    let state = check_workload(Server::shared(Kind::MySql56), "decode_mysql56", "DO 1", workload_inserts());
    assert!(state.row_events() >= 50_000 && state.absent_cells() == 0, "{:?}", state.counts);
}

#[test]
fn minimal_images_add_up_to_the_servers_rows() {
    for kind in Kind::ALL {
        let state = check_workload(Server::shared(kind), "decode_minimal", "SET SESSION binlog_row_image = 'MINIMAL'", variant_inserts());
        assert!(state.row_events() > 3_000, "{kind:?}: {:?}", state.counts);
    }
}

#[test]
fn noblob_images_add_up_to_the_servers_rows() {
    for kind in Kind::ALL {
        let state = check_workload(Server::shared(kind), "decode_noblob", "SET SESSION binlog_row_image = 'NOBLOB'", variant_inserts());
        assert!(state.row_events() > 3_000, "{kind:?}: {:?}", state.counts);
    }
}

#[test]
fn compressed_transactions_of_mysql_hold_the_same_rows() {
    let session = "SET SESSION binlog_transaction_compression = ON, SESSION binlog_rows_query_log_events = ON";
    check_workload(Server::shared(Kind::MySql97), "decode_payload", session, variant_inserts());
}

#[test]
fn compressed_events_and_full_metadata_of_mariadb_hold_the_same_rows() {
    let options = ["--log-bin-compress=ON", "--log-bin-compress-min-len=10", "--binlog-row-metadata=FULL", "--binlog-checksum=NONE"];
    let server = Server::start(Kind::MariaDb1011, &options);
    check_workload(&server, "decode_compressed", "DO 1", variant_inserts());
    check_workload(&server, "decode_compressed_minimal", "SET SESSION binlog_row_image = 'MINIMAL'", variant_inserts());
    check_edges(&server);
}

#[test]
fn full_metadata_of_mysql_holds_the_same_rows() {
    let server = Server::start(
        Kind::MySql97,
        &["--binlog-row-metadata=FULL", "--gtid-mode=ON", "--enforce-gtid-consistency=ON", "--binlog-checksum=NONE"],
    );
    check_workload(&server, "decode_full", "SET SESSION binlog_rows_query_log_events = ON", variant_inserts());
    check_edges(&server);
}

#[test]
fn row_events_of_version_1_hold_the_same_rows() {
    let options = [
        "--log-bin-use-v1-row-events=1",
        "--binlog-checksum=NONE",
        "--gtid-mode=ON",
        "--enforce-gtid-consistency=ON",
        "--log-slave-updates",
    ];
    let server = Server::start(Kind::MySql56, &options);
    check_workload(&server, "decode_v1", "DO 1", variant_inserts());
    check_edges(&server);
}

/// MariaDB writes fractions in that format too, but the binlog does not say how many digits.
#[test]
fn times_in_the_format_before_mysql_56_are_decoded_or_refused() {
    let server = Server::start(Kind::MariaDb1011, &["--mysql56-temporal-format=OFF"]);
    let times = |schema: &str, fsp: &str| {
        format!(
            "CREATE DATABASE {schema}; CREATE TABLE {schema}.t (id INT PRIMARY KEY, t TIME{fsp}, dt DATETIME{fsp}, ts TIMESTAMP{fsp} NULL, d DATE);
             INSERT INTO {schema}.t VALUES (1, '-838:59:59', '9999-12-31 23:59:59', '2038-01-19 03:14:07', '9999-12-31'), (2, 0, 0, 0, 0),
             (3, '00:00:01', '2024-02-29 12:34:56', '1970-01-01 00:00:01', '2024-02-29'), (4, NULL, NULL, NULL, NULL);"
        )
    };
    let decoded = decode(&server.record(&format!("SET SESSION sql_mode = '';\n{}", times("seconds", ""))), "seconds");
    decoded.assert_equals(&EndState::of_server(&server, "seconds"));
    let error = read_capture(&server.record(&times("fractions", "(3)")), "fractions").find_map(Result::err);
    let text = with_sources(&error.expect("the digits are not known"));
    assert!(text.contains("binlog.0") && text.contains("before MySQL 5.6"), "{text}");
}

#[test]
fn every_type_is_decoded_at_its_edges() {
    for kind in Kind::ALL {
        check_edges(Server::shared(kind));
    }
}

/// Records inserts, updates and deletes of rows of every type, under each kind of row image.
///
/// The definitions are in the capture, or, where the server writes FULL row metadata, only there.
fn check_edges(server: &Server) {
    let edges = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/servers/edges.sql"))
        .expect("the script is in the package");
    let source = server.new_schema("edges");
    server.run(&format!("USE `{source}`;\n{edges}"));
    let tables = server.query_text(&format!("SELECT table_name FROM information_schema.tables WHERE table_schema = '{source}' ORDER BY 1"));
    let has_metadata = server.query_text("SHOW VARIABLES LIKE 'binlog_row_metadata'")
        == [[Some("binlog_row_metadata".to_owned()), Some("FULL".to_owned())]];
    for image in ["FULL", "NOBLOB", "MINIMAL"] {
        let schema = server.new_schema("edges_copy");
        let (mut definitions, mut work) = (format!("USE `{schema}`;\n{}", definitions_of(&edges)), String::new());
        for table in tables.iter().flatten().flatten() {
            work += &format!("INSERT INTO {schema}.{table} SELECT * FROM {source}.{table};\n");
            work += &format!("UPDATE {schema}.{table} SET id = id + 1000;\nDELETE FROM {schema}.{table} WHERE id = 1000;\n");
        }
        if has_metadata {
            server.run(&std::mem::take(&mut definitions));
        }
        let session = format!("SET SESSION sql_mode = 'ALLOW_INVALID_DATES', SESSION binlog_row_image = '{image}'");
        let state = decode(&server.record(&format!("{session};\n{definitions}{work}")), &schema);
        state.assert_equals(&EndState::of_server(server, &schema));
        assert_eq!(state.tables.len(), tables.len(), "{image}");
    }
}

/// The script without its rows.
fn definitions_of(edges: &str) -> String {
    let is_insert = |statement: &&str| {
        statement.trim_start().trim_start_matches(|first: char| !first.is_ascii_uppercase() || first == 'M').starts_with("INSERT")
    };
    edges.split_inclusive(";\n").filter(|statement| !is_insert(statement)).collect()
}

#[test]
fn partial_json_updates_leave_the_servers_documents() {
    let server = Server::shared(Kind::MySql97);
    for image in ["FULL", "NOBLOB"] {
        let schema = format!("partial_json_{}", image.to_lowercase());
        let work =
            format!("SET SESSION binlog_row_value_options = 'PARTIAL_JSON', SESSION binlog_row_image = '{image}';\n{}", json_work(&schema));
        let decoded = decode(&server.record(&work), &schema);
        decoded.assert_equals(&EndState::of_server(server, &schema));
        assert!(decoded.row_events() > 500, "{:?}", decoded.counts);
    }
}

/// Such an image has a difference, and not what it differs from.
#[test]
fn partial_json_updates_of_minimal_images_are_refused_by_column() {
    let server = Server::shared(Kind::MySql97);
    let session = "SET SESSION binlog_row_value_options = 'PARTIAL_JSON', SESSION binlog_row_image = 'MINIMAL'";
    let files = server.record(&format!("{session};\n{}", json_work("partial_json_minimal")));
    let error =
        read_capture(&files, "partial_json_minimal").find_map(Result::err).expect("the document before the update is not in the image");
    let text = with_sources(&error);
    assert!(text.contains("`j`") && text.contains("binlog.0") && text.contains("partial JSON"), "{text}");
}

/// Documents, and several hundred updates that change a part of them in each way that the server logs as a difference.
fn json_work(schema: &str) -> String {
    let mut sql = format!("CREATE DATABASE {schema}; CREATE TABLE {schema}.d (id INT PRIMARY KEY, j JSON, n INT, k JSON);\n");
    for id in 0..20 {
        let filler = "x".repeat(50 * id);
        sql += &format!(
            "INSERT INTO {schema}.d VALUES ({id}, '{{\"a\": {id}, \"b\": [1, 2, {{\"c\": \"税\"}}], \"d\": \"{filler}\", \"e\": {{}}}}', 0, '[0, 1]');\n"
        );
    }
    let changes = [
        "j = JSON_SET(j, '$.a', n)",
        "j = JSON_SET(j, '$.b[2].c', CONCAT('税', n))",
        "j = JSON_SET(j, '$.new', JSON_ARRAY(n, NULL, 1.5), '$.b[0]', 'first')",
        "j = JSON_REMOVE(j, '$.new')",
        "j = JSON_REPLACE(j, '$.d', REPEAT('y', n % 300))",
        "j = JSON_SET(j, '$.e', JSON_OBJECT('n', n, 'long', REPEAT('z', 200)))",
        "j = JSON_REMOVE(j, '$.b[1]'), k = JSON_SET(k, '$[0]', n)",
        "j = JSON_SET(j, '$.b[9]', n), k = JSON_SET(k, '$[1]', CAST('2024-02-29' AS DATE))",
        "j = JSON_SET(JSON_REMOVE(j, '$.e'), '$.a', 'replaced and removed')",
        "j = JSON_SET(j, '$.\"quoted key\"', TRUE)",
        "j = NULL WHERE id = 7 AND n > 20 OR FALSE",
        "k = JSON_ARRAY(n)",
        "j = JSON_SET(j, '$', JSON_OBJECT('b', JSON_ARRAY(1, 2, 3), 'whole', n)) WHERE id = 3",
    ];
    for round in 0..5 {
        for change in changes {
            sql += &match change.split_once(" WHERE ") {
                Some((set, condition)) => format!("UPDATE {schema}.d SET {set}, n = n + 1 WHERE {condition};\n"),
                None => format!("UPDATE {schema}.d SET {change}, n = n + {} WHERE id % 3 <> {};\n", round * 7 + 1, round % 3),
            };
        }
    }
    sql
}

#[test]
fn shipped_captures_hold_what_their_manifest_counts_and_their_end_state() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/captures");
    let manifest: Value = serde_json::from_slice(&std::fs::read(folder.join("manifest.json")).expect("it is there")).expect("it is JSON");
    for capture in manifest.as_array().expect("the manifest is a list") {
        let text = |name: &str| capture[name].as_str().expect("the manifest gives it").to_owned();
        let schema = if capture["script"].is_null() { "fintax_task" } else { "tiny" };
        let mut state = EndState::default();
        let mut transactions = 0;
        for set in read_capture(&[folder.join(text("file"))], schema) {
            let set = set.expect("a shipped capture is sound");
            state.apply(&set);
            let with_rows =
                |transaction: &u32| set.batches.iter().flat_map(|batch| &batch.events).any(|event| event.transaction == *transaction);
            transactions += (0..set.transactions.len() as u32).filter(with_rows).count();
        }
        assert_eq!(transactions as u64, capture["transactions"].as_u64().expect("a number"), "{}", text("file"));
        for (table, rows) in capture["rows"].as_object().expect("rows by table") {
            let counts = ["insert", "update", "delete"].map(|op| rows[op].as_u64().expect("a number"));
            assert_eq!(state.counts[&format!("{schema}.{table}")], counts, "{}: {table}", text("file"));
        }
        assert_eq!(state.row_events(), capture["total_row_events"].as_u64().expect("a number"));
        if schema == "fintax_task" {
            let (kind, dump) =
                if text("server").starts_with("MariaDB") { (Kind::MariaDb1011, "maria-small") } else { (Kind::MySql97, "mysql97-small") };
            let server = Server::shared(kind);
            let loaded = server.new_schema("end_state");
            let dump = std::fs::read_to_string(folder.join(format!("{dump}.endstate.sql"))).expect("it is there");
            server.run(&format!("USE {loaded};\n{dump}"));
            state.assert_equals(&EndState::of_server(server, &loaded).renamed("fintax_task"));
        }
    }
}
