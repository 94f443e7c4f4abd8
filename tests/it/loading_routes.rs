//! Rows that change their place: other shards, other servers, in and out of the predicate, tables that are merged.

use crate::{
    contents::columns,
    loading_case::{CROSSED, Job, Rows, Source},
    server::Kind,
};

const SHARDS: usize = 3;
const COLUMNS: &str = "(id INT, qyid BIGINT, big BIGINT UNSIGNED, u INT UNIQUE, note VARCHAR(20), PRIMARY KEY (id, big))";

/// The schema with its shards, `t_0` and on.
fn shards() -> String {
    (0..SHARDS).map(|shard| format!("CREATE TABLE t_{shard} {COLUMNS};\n")).collect()
}

/// The rows that the source's own evaluation of the route sends to a shard.
fn routed_by_the_source(source: &Source, filter: &str, shard: &str) -> Rows {
    let cells: Vec<String> = columns(source.server, &source.schema, "t").iter().map(|column| column.exact()).collect();
    let mut rows = source.server.query_text(&format!("SELECT {} FROM {}.t WHERE {filter} AND {shard}", cells.join(", "), source.schema));
    rows.sort();
    rows
}

/// Changes of rows whose shard is far, absent or about to change; each is a transaction.
const CHANGES: &str = "
    UPDATE t SET qyid = 2 WHERE id = 1;
    UPDATE t SET qyid = 0, id = 20 WHERE id = 2;
    UPDATE t SET big = 18446744073709551615 WHERE id = 3;
    UPDATE t SET big = 9223372036854775808 WHERE id = 3;
    UPDATE t SET note = 'out' WHERE id = 4;
    UPDATE t SET note = 'in' WHERE id = 5;
    UPDATE t SET note = 'in', qyid = -1 WHERE id = 6;
    UPDATE t SET note = NULL, qyid = 1 WHERE id = 7;
    UPDATE t SET qyid = NULL WHERE id = 8;
    UPDATE t SET qyid = 5 WHERE id = 9;
    UPDATE t SET u = NULL WHERE id = 10;
    UPDATE t SET u = 10 WHERE id = 11;
    DELETE FROM t WHERE id = 12;
    INSERT INTO t VALUES (12, 1, 0, 12, 'in');
    UPDATE t SET qyid = 2, big = 1 WHERE id = 12;
    UPDATE t SET qyid = 0 WHERE id = 12;";

#[test]
fn rows_follow_their_shard_column_and_the_predicate() {
    for (source, target) in CROSSED {
        let rows =
            "INSERT INTO t VALUES (1, 0, 1, 1, 'in'), (2, 1, 1, 2, 'in'), (3, 2, 0, 3, 'in'), (4, 0, 4, 4, 'in'), (5, 1, 5, 5, 'out'),
            (6, -7, 6, 6, 'out'), (7, -9223372036854775808, 7, 7, 'in'), (8, 9223372036854775807, 8, 8, 'in'), (9, NULL, 9, 9, 'in'),
            (10, 0, 10, 10, 'in'), (11, 2, 11, 11, 'in'), (12, 1, 12, 12, NULL);";
        let mut source = Source::new(source, "shards", &format!("CREATE TABLE t {COLUMNS}; {rows}"));
        source.run(CHANGES);
        for (filter, shard) in [
            ("note = 'in'", "coalesce((qyid >> 1) % 3, 0)"),
            ("note <> 'out'", "coalesce(abs(qyid % 3), 1)"),
            ("id > 0", "(big >> 62) % 3"),
        ] {
            for lanes in ["1", "4"] {
                let route = format!("concat('t_', {shard})");
                let mapping = |schema: &str| {
                    format!("CREATE MAPPING shards AS SELECT * FROM {}.t WHERE {filter} ROUTE TO '{schema}', {route};", source.schema)
                };
                let assert_routed = |job: &Job, way: &str| {
                    for number in 0..SHARDS {
                        let expected = routed_by_the_source(&source, filter, &format!("{shard} = {number}"));
                        let found = job.contents(&format!("t_{number}"));
                        assert_eq!(expected, found, "shard {number} by {shard} where {filter} on {target:?} with {lanes} lanes, {way}");
                    }
                };
                let whole = Job::without_mapping("shards", target, &shards());
                whole.map(&mapping(&whole.schema));
                assert_eq!(whole.replay(&source, &["--lanes", lanes]).conflicts, [""; 0]);
                assert_routed(&whole, "in one window");
                let apart = Job::without_mapping("shards", target, &shards());
                apart.map(&mapping(&apart.schema));
                apart.try_replay(&source.files()[..1], &["--lanes", lanes]).done();
                assert_eq!(apart.replay(&source, &["--lanes", lanes]).conflicts, [""; 0]);
                assert_routed(&apart, "in two");
            }
        }
    }
}

#[test]
fn a_row_without_a_shard_is_refused_skipped_or_set_aside() {
    for (source, target) in CROSSED {
        let rows =
            "INSERT INTO t VALUES (1, 0, 1, 1, 'in'), (2, NULL, 2, 2, 'in'), (3, 1, 3, 3, 'in'); UPDATE t SET qyid = NULL WHERE id = 3;";
        let source = Source::new(source, "no_shard", &format!("CREATE TABLE t {COLUMNS}; {rows}"));
        let job = |policy: &str| {
            let job = Job::without_mapping("no_shard", target, &shards());
            job.map(&format!(
                "CREATE MAPPING shards AS SELECT * FROM {}.t ROUTE TO '{}', concat('t_', qyid % 3) WITH (on_null_route = '{policy}');",
                source.schema, job.schema
            ));
            job
        };
        let refused = job("error").try_replay(source.files(), &[]);
        assert_eq!(refused.code, 1, "{}", refused.stderr);
        let skipping = job("skip");
        skipping.replay(&source, &[]);
        assert_eq!((skipping.contents("t_0").len(), skipping.contents("t_1").len()), (1, 0));
        let folder = tempfile::tempdir().expect("the temporary folder is writable");
        let letters = folder.path().join("letters");
        let setting_aside = job("dead_letter");
        let run = setting_aside.try_replay(source.files(), &["--dead-letters", &letters.display().to_string()]);
        assert_eq!(run.code, 1, "{}", run.stderr);
        assert_eq!(setting_aside.contents("t_0").len(), 1);
        let letters = std::fs::read_to_string(letters).expect("the file was written");
        assert_eq!(letters.lines().count(), 2, "{letters}");
    }
}

#[test]
fn a_row_copied_to_another_shard_and_deleted_from_the_first_stays() {
    for (source, target) in CROSSED {
        let create = "(id INT PRIMARY KEY, v VARCHAR(20))";
        let mut source = Source::new(
            source,
            "reshard",
            &format!(
                "CREATE TABLE o_0 {create}; CREATE TABLE o_1 {create}; INSERT INTO o_0 VALUES (1, 'a'), (2, 'b'), (3, 'c'), (4, 'd');"
            ),
        );
        source.run(
            "BEGIN; INSERT INTO o_1 SELECT * FROM o_0 WHERE id < 4; DELETE FROM o_0 WHERE id < 4; COMMIT;
             UPDATE o_1 SET v = 'after' WHERE id = 2; DELETE FROM o_1 WHERE id = 3;",
        );
        let merged = || {
            let job = Job::without_mapping("reshard", target, &format!("CREATE TABLE o {create}"));
            let schema = &source.schema;
            job.map(&format!(
                "CREATE MAPPING merged AS SELECT * FROM LIKE '{}'.'o\\_%' ROUTE TO '{}', 'o';",
                schema.replace('_', "\\_"),
                job.schema
            ));
            job
        };
        let expected = {
            let mut rows = source.contents("o_0");
            rows.extend(source.contents("o_1"));
            rows.sort();
            rows
        };
        assert_eq!(expected.len(), 3);
        for lanes in ["1", "4"] {
            let whole = merged();
            whole.replay(&source, &["--lanes", lanes]);
            assert_eq!(whole.contents("o"), expected, "in one window on {target:?}, {lanes} lanes");
            let apart = merged();
            apart.try_replay(&source.files()[..1], &["--lanes", lanes]).done();
            assert_eq!(apart.replay(&source, &["--lanes", lanes]).conflicts, [""; 0]);
            assert_eq!(apart.contents("o"), expected, "copied in the second window on {target:?}, {lanes} lanes");
        }
    }
}

#[test]
fn a_row_moves_between_merged_tables_whose_keys_differ_in_width() {
    for (source, target) in CROSSED {
        // So many that the lane of the last inserts comes to them before another lane has deleted the last rows.
        let rows: Vec<String> = (1..=6000).map(|id| format!("({id}, 'a')")).collect();
        let mut source = Source::new(
            source,
            "widths",
            &format!(
                "CREATE TABLE o_0 (id INT PRIMARY KEY, v VARCHAR(20)); CREATE TABLE o_1 (id BIGINT PRIMARY KEY, v VARCHAR(20));
                 INSERT INTO o_0 VALUES {};",
                rows.join(", ")
            ),
        );
        let job = Job::without_mapping("widths", target, "CREATE TABLE o (id BIGINT PRIMARY KEY, v VARCHAR(20))");
        let schema = source.schema.replace('_', "\\_");
        job.map(&format!("CREATE MAPPING merged AS SELECT * FROM LIKE '{schema}'.'o\\_%' ROUTE TO '{}', 'o';", job.schema));
        job.replay(&source, &["--lanes", "4"]);
        source.run(
            "BEGIN; DELETE FROM o_0 WHERE id < 5500; INSERT INTO o_1 SELECT * FROM o_0; DELETE FROM o_0;
             INSERT INTO o_1 VALUES (4999, 'c'), (4998, 'c'), (4997, 'c'); COMMIT;",
        );
        assert_eq!(job.replay(&source, &["--lanes", "4"]).conflicts, [""; 0]);
        assert_eq!(job.contents("o"), source.contents("o_1"), "on {target:?}");
    }
}

#[test]
fn a_row_moves_between_servers_while_one_of_them_is_away() {
    for target in [Kind::MariaDb1011, Kind::MySql97] {
        let other = if target == Kind::MySql97 { Kind::MariaDb1011 } else { Kind::MySql97 };
        let mut source = Source::new(
            target,
            "two_servers",
            &format!("CREATE TABLE t {COLUMNS}; INSERT INTO t VALUES (1, 0, 1, 1, ''), (2, 1, 2, 2, ''), (3, 0, 3, 3, '');"),
        );
        let first = Job::without_mapping("two_servers", target, &format!("CREATE TABLE t {COLUMNS}"));
        let second = Job::without_mapping("two_servers", other, &format!("CREATE TABLE t {COLUMNS}"));
        first.map(&format!(
            "CREATE MAPPING two AS SELECT * FROM {}.t ROUTE TO if(qyid % 2 = 0, '{}', '{}'), table ON concat('s', qyid % 2);",
            source.schema, first.schema, second.schema
        ));
        let to = |second: String| ["--to".to_owned(), format!("s0={}", first.target.root_url()), "--to".to_owned(), format!("s1={second}")];
        let up = to(second.target.root_url());
        first.try_replay_to(&up, source.files(), &[]).done();
        let expect = |shard: &str| routed_by_the_source(&source, "TRUE", &format!("qyid % 2 = {shard}"));
        assert_eq!((first.contents("t"), second.contents("t")), (expect("0"), expect("1")));

        source.run("UPDATE t SET qyid = 1 WHERE id = 1; UPDATE t SET qyid = 0, note = 'came' WHERE id = 2; DELETE FROM t WHERE id = 3;");
        let down = to("mysql://root@127.0.0.1:1".to_owned());
        let away = first.try_replay_to(&down, source.files(), &[]);
        assert_eq!(away.code, 3, "{}", away.stderr);
        first.try_replay_to(&up, source.files(), &[]).done();
        let expect = |shard: &str| routed_by_the_source(&source, "TRUE", &format!("qyid % 2 = {shard}"));
        assert_eq!((first.contents("t"), second.contents("t")), (expect("0"), expect("1")));
    }
}
