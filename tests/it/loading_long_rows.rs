//! Rows about as long as the longest statement that a target takes.

use crate::{
    loading,
    loading_case::{Job, Source},
    server::{Kind, Server},
};

const CREATE: &str = "CREATE TABLE t (id INT PRIMARY KEY, u INT UNIQUE, body LONGTEXT CHARACTER SET utf8mb4);";
const BYTES: &str = "CREATE TABLE b (id INT PRIMARY KEY, body LONGBLOB);";

/// A server of this kind with MariaDB's own limit.
fn narrow(kind: Kind) -> &'static Server {
    let server = Box::leak(Box::new(Server::start(kind, &["--max-allowed-packet=16M"])));
    loading::prepare(server);
    server
}

fn sums(server: &Server, schema: &str, table: &str) -> Vec<Vec<Option<String>>> {
    server.query_text(&format!("SELECT id, length(body), sha2(body, 256) FROM {schema}.{table} ORDER BY id"))
}

#[test]
fn a_long_row_among_short_ones_is_sent_alone() {
    for kind in [Kind::MariaDb1011, Kind::MySql97] {
        let mut source = Source::new(
            Kind::MariaDb1011,
            "long_rows",
            &format!(
                "{CREATE} BEGIN; INSERT INTO t VALUES (1, 1, repeat('a', 400000)), (2, 2, repeat('b', 400000)), (3, 3, repeat('c', 16500000)), (4, 4, 'd'); COMMIT;"
            ),
        );
        let target = narrow(kind);
        // A column of the target's own makes it change rows by UPDATE.
        for own in ["", ", own INT"] {
            let job = Job::into(&source, target, &CREATE.replace(");", &format!("{own});")), &["t"]);
            job.replay(&source, &["--lanes", "1"]);
            assert_eq!(sums(source.server, &source.schema, "t"), sums(target, &job.schema, "t"), "{kind:?}");
            source.run(
                "BEGIN; UPDATE t SET body = concat(body, 'x') WHERE id < 3; UPDATE t SET body = repeat('z', 16600000) WHERE id = 3; UPDATE t SET body = 'e' WHERE id = 4; COMMIT;",
            );
            job.replay(&source, &["--lanes", "1"]);
            assert_eq!(sums(source.server, &source.schema, "t"), sums(target, &job.schema, "t"), "{kind:?}");
        }
    }
}

#[test]
fn a_transaction_that_ends_where_a_set_is_full_is_loaded() {
    for kind in [Kind::MariaDb1011, Kind::MySql97] {
        let long = "repeat('a', 9000000)";
        let mut source = Source::new(kind, "full_set", &format!("{CREATE} INSERT INTO t VALUES (1, 1, {long});"));
        let job = Job::new(&source, kind, CREATE, &["t"]);
        assert_eq!(job.replay(&source, &[]).changes, 1);
        // Its last row fills a set; then the definition changes.
        source.run(
            "INSERT INTO t VALUES (2, 2, repeat('b', 9000000)); ALTER TABLE t MODIFY u INT NOT NULL; UPDATE t SET u = 3 WHERE id = 1;",
        );
        assert_eq!(job.replay(&source, &[]).changes, 2);
        assert_eq!(sums(source.server, &source.schema, "t"), sums(job.target, &job.schema, "t"), "{kind:?}");
    }
}

#[test]
fn bytes_that_are_too_long_for_a_statement_go_as_a_file_or_are_named() {
    let source = Source::new(
        Kind::MariaDb1011,
        "long_bytes",
        &format!(
            "{BYTES} INSERT INTO b VALUES (1, 'a'), (2, repeat(0xFF00, 6000000)), (3, 'c'); UPDATE b SET body = repeat(0x00FF, 6000001) WHERE id = 2;"
        ),
    );
    let taken = Job::into(&source, narrow(Kind::MariaDb1011), BYTES, &["b"]);
    taken.replay(&source, &["--lanes", "1", "--window-rows", "1"]);
    assert_eq!(sums(source.server, &source.schema, "b"), sums(taken.target, &taken.schema, "b"));
    let refused = Job::into(&source, narrow(Kind::MySql97), BYTES, &["b"]);
    let run = refused.try_replay(source.files(), &["--lanes", "1"]);
    assert_eq!(run.code, 3, "{}", run.stderr);
    for words in ["but `max_allowed_packet` of", "SET GLOBAL max_allowed_packet = ", "goes on where the checkpoint is"] {
        assert!(run.stderr.contains(words), "{words}: {}", run.stderr);
    }
}
