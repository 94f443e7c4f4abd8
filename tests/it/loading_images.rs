//! Partial row images: only what changed is known of a row, and only that is written.

use crate::{
    loading_case::{CROSSED, Job, Source},
    server::Kind,
};

const IMAGES: [&str; 2] = ["MINIMAL", "NOBLOB"];

/// A source whose later changes have partial images.
fn source(kind: Kind, name: &str, create: &str, rows: &str, image: &str, changes: &str) -> Source {
    let mut source = Source::new(kind, name, &format!("{create}\n{rows}"));
    source.run(&format!("SET SESSION binlog_row_image = '{image}';\n{changes}"));
    source
}

/// Loads it behind its first rows, and all at once.
fn assert_arrives(source: &Source, target: Kind, create: &str, tables: &[&str], what: &str) {
    for lanes in ["1", "4"] {
        let apart = Job::new(source, target, create, tables);
        apart.try_replay(&source.files()[..1], &["--lanes", lanes]).done();
        assert_eq!(apart.replay(source, &["--lanes", lanes]).conflicts, [""; 0], "{what}");
        let whole = Job::new(source, target, create, tables);
        assert_eq!(whole.replay(source, &["--lanes", lanes]).conflicts, [""; 0], "{what}");
        for table in tables {
            apart.assert_same(source, table);
            whole.assert_same(source, table);
        }
    }
}

#[test]
fn a_swap_of_unique_values_keeps_the_other_columns() {
    for (kind, target) in CROSSED {
        for image in IMAGES {
            let create = "CREATE TABLE t (id INT PRIMARY KEY, u VARCHAR(20) COLLATE utf8mb4_general_ci UNIQUE, v INT NOT NULL, note TEXT, d DATETIME(6) DEFAULT NULL);
                CREATE TABLE many (id INT PRIMARY KEY, v INT NOT NULL, note TEXT);";
            let rows = "INSERT INTO t VALUES (1, 'A', 1, 'first', NULL), (2, 'B', 2, 'second', '2024-01-01'), (3, 'C', 3, NULL, NULL), (4, 'D', 4, '', NULL);
                INSERT INTO many VALUES (1, 1, 'one'), (2, 2, 'two'), (3, 3, 'three');";
            let changes = "UPDATE t SET u = 'third' WHERE id = 1; UPDATE t SET u = 'A' WHERE id = 2; UPDATE t SET u = 'B' WHERE id = 1;
                UPDATE t SET id = 30 WHERE id = 3; UPDATE t SET v = 31 WHERE id = 30; UPDATE t SET id = 3, u = 'E' WHERE id = 4;
                UPDATE t SET note = 'new' WHERE id = 30; UPDATE t SET d = '2024-02-02', note = NULL WHERE id = 2;
                INSERT INTO t (id, u, v) VALUES (5, 'C ', 5) ON DUPLICATE KEY UPDATE v = 50; INSERT INTO t (id, v) VALUES (6, 6); DELETE FROM t WHERE id = 6;
                UPDATE many SET v = v + 1; DELETE FROM many WHERE id = 2; INSERT INTO many (id, v) VALUES (2, 5); UPDATE many SET note = 'x' WHERE id = 2;";
            let source = source(kind, "minimal", create, rows, image, changes);
            assert_arrives(&source, target, create, &["t", "many"], image);
        }
    }
}

#[test]
fn a_table_without_a_key_follows_partial_images() {
    for (kind, target) in CROSSED {
        for image in IMAGES {
            let create = "CREATE TABLE t (a INT, b VARCHAR(20), note TEXT);";
            let rows = "INSERT INTO t VALUES (1, 'x', 'one'), (1, 'x', 'one'), (2, NULL, NULL), (3, 'z', 'three');";
            let changes = "UPDATE t SET b = 'y' WHERE a = 1 LIMIT 1; UPDATE t SET a = 5 WHERE a = 2; DELETE FROM t WHERE a = 3; INSERT INTO t (a) VALUES (7); UPDATE t SET note = 'n' WHERE a = 7;";
            let source = source(kind, "minimal_keyless", create, rows, image, changes);
            assert_arrives(&source, target, create, &["t"], image);
        }
    }
}

#[test]
fn whole_images_after_partial_ones_go_through_lanes_again() {
    for (kind, target) in CROSSED {
        let create = "CREATE TABLE t (id INT PRIMARY KEY, u INT UNIQUE, v INT, note VARCHAR(20));";
        let rows = "INSERT INTO t VALUES (1, 10, 1, 'a'), (2, 20, 2, 'b'), (3, 30, 3, 'c'), (4, 40, 4, 'd'), (5, 50, 5, 'e');";
        let mut source = source(kind, "mixed_images", create, rows, "MINIMAL", "UPDATE t SET v = v + 10; UPDATE t SET u = u + 1;");
        source.run("UPDATE t SET v = v + 100; UPDATE t SET u = 10 WHERE id = 5;");
        source.run(
            "SET SESSION binlog_row_image = 'MINIMAL'; UPDATE t SET u = 41 WHERE id = 1; "
                .replace("u = 41 WHERE id = 1", "u = 60 WHERE id = 4")
                .as_str(),
        );
        source.run("UPDATE t SET u = 41 WHERE id = 1; DELETE FROM t WHERE id = 3;");
        let job = Job::new(&source, target, create, &["t"]);
        let loaded = job.replay(&source, &["--lanes", "4"]);
        assert_eq!(loaded.conflicts, [""; 0]);
        assert!(loaded.windows >= 5, "partial and whole images never share a window: {loaded:?}");
        job.assert_same(&source, "t");
    }
}

#[test]
fn a_row_whose_partial_image_lacks_its_shard_is_never_sent_astray() {
    for (kind, target) in CROSSED {
        let create = "CREATE TABLE t (id INT PRIMARY KEY, qyid BIGINT, v INT);";
        let rows = "INSERT INTO t VALUES (1, 0, 1), (2, 1, 2), (3, 0, 3);";
        let source = source(
            kind,
            "no_shard_in_image",
            create,
            rows,
            "MINIMAL",
            "UPDATE t SET v = 10 WHERE id = 1; UPDATE t SET v = 20 WHERE id = 2;",
        );
        let job =
            Job::without_mapping("no_shard_in_image", target, &create.replace("TABLE t", "TABLE t_0").repeat(2).replacen("t_0", "t_1", 1));
        job.map(&format!("CREATE MAPPING shards AS SELECT * FROM {}.t ROUTE TO '{}', concat('t_', qyid % 2);", source.schema, job.schema));
        let run = job.try_replay(source.files(), &["--lanes", "1"]);
        assert_eq!(run.code, 1, "{}", run.stderr);
        assert!(run.stderr.contains("qyid") || run.stderr.contains("image"), "{}", run.stderr);
    }
}
