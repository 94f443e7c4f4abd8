//! What is refused before a row moves, with what the user is told to do about it.

use crate::{
    command::Run,
    loading_case::{ALIKE, Job, Source},
    server::{Kind, Server},
};

const CREATE: &str = "CREATE TABLE t (id INT PRIMARY KEY, qyid BIGINT, v VARCHAR(20));";

fn source(kind: Kind) -> Source {
    Source::new(kind, "preflight", &format!("{CREATE} INSERT INTO t VALUES (1, 10, 'a'), (2, 20, 'b');"))
}

/// Replays into the table that `create` makes.
fn run(source: &Source, kind: Kind, create: &str, mapping_tail: &str) -> (Job, Run) {
    let job = Job::without_mapping("preflight", kind, create);
    job.map(&format!("CREATE MAPPING same AS SELECT * FROM {}.t ROUTE TO '{}', table {mapping_tail};", source.schema, job.schema));
    let run = job.try_replay(source.files(), &["--lanes", "1"]);
    (job, run)
}

/// Asserts a refusal of wrong input; `$` stands for the target's schema.
fn assert_refused(source: &Source, kind: Kind, create: &str, mapping_tail: &str, [message, hint]: [&str; 2]) {
    let (job, run) = run(source, kind, create, mapping_tail);
    assert_eq!(run.code, 2, "{create} on {kind:?}: {}", run.stderr);
    for words in [message, hint] {
        assert!(run.stderr.contains(&words.replace('$', &job.schema)), "`{words}` on {kind:?}: {}", run.stderr);
    }
    if !create.is_empty() {
        assert_eq!(job.contents("t").len(), 0);
    }
}

#[test]
fn tables_whose_rows_would_not_be_what_statements_make_them_are_refused_by_name() {
    for (source_kind, kind) in ALIKE {
        let source = source(source_kind);
        let refused = |create: &str, words| assert_refused(&source, kind, create, "", words);
        refused(
            "CREATE TABLE t (id INT PRIMARY KEY, qyid BIGINT, v VARCHAR(20)) ENGINE = MyISAM",
            ["target table `$.t` is of engine MyISAM, which has no transactions", "`ALTER TABLE $.t ENGINE = InnoDB`"],
        );
        refused(
            &format!("{CREATE} CREATE TRIGGER shout BEFORE INSERT ON t FOR EACH ROW SET NEW.v = upper(NEW.v)"),
            ["target table `$.t` has the trigger `shout`", "`DROP TRIGGER shout` on the target"],
        );
        refused("CREATE TABLE t (id INT PRIMARY KEY, qyid BIGINT)", ["target table `$.t` has no column `v`", "`SELECT * EXCEPT (`v`)`"]);
        refused("", ["target table `$.t` is not there on `default`", "`WITH (on_missing_table = 'create')`"]);
        if kind == Kind::MariaDb1011 {
            refused(
                &CREATE.replace(");", ") WITH SYSTEM VERSIONING;"),
                ["target table `$.t` is system-versioned", "DROP SYSTEM VERSIONING"],
            );
        }
    }
}

#[test]
fn a_key_of_which_the_target_has_no_unique_index_is_refused_and_a_longer_one_is_not() {
    for (source_kind, kind) in ALIKE {
        let source = source(source_kind);
        for create in [
            "CREATE TABLE t (id INT, qyid BIGINT, v VARCHAR(20), KEY (id))",
            "CREATE TABLE t (id INT, qyid BIGINT, v VARCHAR(20), PRIMARY KEY (id, qyid))",
        ] {
            assert_refused(
                &source,
                kind,
                create,
                "",
                ["target table `$.t` has no PRIMARY or UNIQUE index within the mapping's key (id)", "`PRIMARY KEY (id)`"],
            );
        }
        let (job, run) = run(&source, kind, CREATE, "KEY (qyid, id)");
        run.done();
        job.assert_same(&source, "t");
    }
}

#[test]
fn a_longer_key_than_the_targets_finds_its_rows_and_follows_their_moves() {
    for (source_kind, kind) in ALIKE {
        let mut source = source(source_kind);
        let (job, run) = run(&source, kind, CREATE, "KEY (qyid, id)");
        run.done();
        source.run("UPDATE t SET v = 'changed' WHERE id = 1; UPDATE t SET qyid = 11 WHERE id = 1; UPDATE t SET id = 3 WHERE id = 2; UPDATE t SET qyid = NULL WHERE id = 1;");
        assert_eq!(job.replay(&source, &[]).conflicts, [""; 0]);
        job.assert_same(&source, "t");
        source.run("UPDATE t SET v = 'again' WHERE id = 1; UPDATE t SET qyid = 4 WHERE id = 1; DELETE FROM t WHERE id = 3;");
        assert_eq!(job.replay(&source, &[]).conflicts, [""; 0]);
        job.assert_same(&source, "t");
    }
}

#[test]
fn a_missing_table_is_made_where_the_mapping_says_so() {
    for (source_kind, kind) in ALIKE {
        let source = Source::new(
            source_kind,
            "made",
            "CREATE TABLE t (id INT UNSIGNED NOT NULL, v VARCHAR(20) CHARACTER SET gbk NOT NULL DEFAULT 'x', d DECIMAL(20, 5), t TIMESTAMP(3) NULL, UNIQUE KEY (id, v));
             INSERT INTO t VALUES (1, '发票', 1.5, '2024-01-01 00:00:00.001'), (1, 'b', NULL, NULL); UPDATE t SET d = 2 WHERE v = 'b';",
        );
        let (job, run) = run(&source, kind, "", "WITH (on_missing_table = 'create')");
        run.done();
        job.assert_same(&source, "t");
        let created = job.target.query_text(&format!("SHOW CREATE TABLE {}.t", job.schema))[0][1].clone().expect("a definition");
        assert!(created.contains("PRIMARY KEY (`id`,`v`)") && created.contains("gbk"), "{created}");
    }
}

/// Types, a narrower one, and a value that only the wider one holds.
const BENT: [(&str, &str, &str); 22] = [
    ("VARCHAR(20)", "VARCHAR(3)", "'long enough'"),
    ("INT", "TINYINT", "999"),
    ("INT UNSIGNED", "INT", "4294967295"),
    ("VARCHAR(20) CHARACTER SET utf8mb4", "VARCHAR(20) CHARACTER SET latin1", "'发票'"),
    ("VARBINARY(3)", "VARCHAR(3) CHARACTER SET utf8mb4", "0xFF0000"),
    ("DATETIME(6)", "DATETIME(3)", "'2024-01-01 00:00:00.000001'"),
    ("TIMESTAMP(3) NULL", "DATETIME", "'2024-01-01 00:00:01.5'"),
    ("TIME(6)", "TIME", "'00:00:00.5'"),
    ("DATETIME(3)", "DATE", "'2024-01-01 00:00:01'"),
    ("DATETIME(3)", "TIME(3)", "'2024-01-01 00:00:01'"),
    ("DATETIME", "TIMESTAMP NULL", "'1960-01-01 00:00:01'"),
    ("DECIMAL(20, 5)", "DECIMAL(20, 2)", "1.00001"),
    ("DECIMAL(20, 5)", "INT", "1.5"),
    ("DECIMAL(20, 5)", "DOUBLE", "0.1"),
    ("DOUBLE", "INT", "1.5"),
    ("DOUBLE", "FLOAT", "0.1"),
    ("BIGINT", "DOUBLE", "9007199254740993"),
    ("INT", "FLOAT", "16777217"),
    ("VARCHAR(20)", "CHAR(20)", "'trailing  '"),
    ("VARBINARY(3)", "BINARY(5)", "'abc'"),
    ("BIT(20)", "BIT(10)", "5000"),
    ("ENUM('a', 'b')", "ENUM('b')", "'a'"),
];

/// Types, another one that holds all their values, and a value.
const CARRIED: [(&str, &str, &str); 18] = [
    // These bytes are other characters in the target's charset, and no mistake there.
    ("VARCHAR(10) CHARACTER SET gbk", "VARCHAR(10) CHARACTER SET utf8mb4", "_gbk 0xC4A3"),
    ("VARCHAR(10) CHARACTER SET latin1", "VARCHAR(10) CHARACTER SET utf8mb4", "'Ã©'"),
    ("VARCHAR(10) CHARACTER SET utf8mb4", "VARCHAR(10) CHARACTER SET latin1", "'é'"),
    ("DATETIME(3)", "DATETIME(6)", "'2024-01-01 00:00:00.001'"),
    ("TIMESTAMP(3) NULL", "DATETIME(3)", "'2024-01-01 00:00:00.001'"),
    ("TINYINT UNSIGNED", "INT", "255"),
    ("INT", "DOUBLE", "-2147483648"),
    ("MEDIUMINT", "FLOAT", "-8388607"),
    ("FLOAT", "DOUBLE", "0.1"),
    ("DECIMAL(20, 0)", "BIGINT", "9223372036854775807"),
    ("DECIMAL(10, 2)", "DECIMAL(20, 5)", "-1.25"),
    ("CHAR(10) CHARACTER SET latin1", "VARCHAR(10) CHARACTER SET utf8mb4", "'é'"),
    ("VARCHAR(10) CHARACTER SET gbk", "TEXT CHARACTER SET utf8mb4", "'发票 '"),
    ("VARBINARY(3)", "BLOB", "0xFF0000"),
    ("ENUM('a', 'b')", "ENUM('c', 'b', 'a')", "'a'"),
    ("SET('a', 'b')", "SET('b', 'c', 'a')", "'b'"),
    ("BIT(10)", "BIT(20)", "1023"),
    ("YEAR", "SMALLINT", "2155"),
];

/// A table with a column `c0` and on for each of the types.
fn columns<'t>(types: impl Iterator<Item = &'t str>) -> String {
    let columns: String = types.enumerate().map(|(number, ty)| format!(", c{number} {ty}")).collect();
    format!("CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY{columns});")
}

#[test]
fn a_value_that_the_target_would_bend_names_its_column_and_nothing_is_committed() {
    for (source_kind, kind) in ALIKE {
        let values: String = BENT.iter().map(|(.., value)| format!(", {value}")).collect();
        let nulls = ", NULL".repeat(BENT.len());
        let changes = format!(
            "INSERT INTO t VALUES (1{nulls}), (2{nulls}); BEGIN; UPDATE t SET id = 3 WHERE id = 1; INSERT INTO t VALUES (4{values}); COMMIT;"
        );
        let source = Source::new(source_kind, "bent", &format!("{}\n{changes}", columns(BENT.iter().map(|(wide, ..)| *wide))));
        for (number, (wide, narrow, value)) in BENT.iter().enumerate() {
            let job = Job::without_mapping("bent", kind, &format!("CREATE TABLE t (id INT PRIMARY KEY, c{number} {narrow})"));
            job.map(&format!("CREATE MAPPING one AS SELECT id, c{number} FROM {}.t ROUTE TO '{}', table;", source.schema, job.schema));
            let run = job.try_replay(source.files(), &["--lanes", "1"]);
            assert_ne!(run.code, 0, "{value} of {wide} in {narrow} on {kind:?}");
            let named = [format!("`c{number}`"), format!("'c{number}'"), format!(".c{number}")];
            assert!(named.iter().any(|name| run.stderr.contains(name)), "{value} of {wide} in {narrow} on {kind:?}: {}", run.stderr);
            assert_eq!(job.contents("t").len(), 0, "{value} of {wide} in {narrow} on {kind:?}");
        }
    }
}

#[test]
fn a_bent_value_is_found_among_many_changes_of_rows() {
    for (source_kind, kind) in ALIKE {
        let create = |scale: u8| format!("CREATE TABLE t (id INT PRIMARY KEY, u INT UNIQUE, c DECIMAL(20, {scale}));");
        let rows: Vec<String> = (1..=40).map(|id| format!("({id}, {id}, 1)")).collect();
        let mut source = Source::new(source_kind, "bent_change", &format!("{} INSERT INTO t VALUES {};", create(5), rows.join(", ")));
        let own = create(2).replace(");", ", own INT);");
        let jobs = [create(2), own].map(|create| {
            let job = Job::new(&source, kind, &create, &["t"]);
            job.replay(&source, &[]);
            job
        });
        source.run("BEGIN; UPDATE t SET c = 2; UPDATE t SET c = 1.00001 WHERE id = 7; COMMIT;");
        for job in jobs {
            let run = job.try_replay(source.files(), &["--lanes", "1"]);
            assert_eq!(run.code, 3, "{}", run.stderr);
            assert!(run.stderr.contains("bends a value") && run.stderr.contains('c'), "{}", run.stderr);
            let changed = job.target.query_text(&format!("SELECT count(*) FROM {}.t WHERE c <> 1", job.schema));
            assert_eq!(changed, [[Some("0".to_owned())]], "{kind:?}");
        }
    }
}

#[test]
fn a_value_that_fits_another_type_arrives_whole() {
    for (source_kind, kind) in ALIKE {
        let values: String = CARRIED.iter().map(|(.., value)| format!(", {value}")).collect();
        // Few rows and many: these are sent as a file.
        for rows in [2, 40] {
            let inserts = vec![format!("(NULL{values})"); rows].join(", ");
            let change = format!("INSERT INTO t VALUES {inserts}; UPDATE t SET id = 1000 WHERE id = 1;");
            let source = Source::new(source_kind, "carried", &format!("{}\n{change}", columns(CARRIED.iter().map(|(narrow, ..)| *narrow))));
            let job = Job::new(&source, kind, &columns(CARRIED.iter().map(|(_, wide, _)| *wide)), &["t"]);
            job.replay(&source, &["--lanes", "1"]);
            for (number, (narrow, wide, value)) in CARRIED.iter().enumerate() {
                let same = format!("count(*), min(CONVERT(c{number}, CHAR CHARACTER SET utf8mb4)), max(c{number} + 0e0)");
                let values = |server: &Server, schema: &str| server.query_text(&format!("SELECT {same} FROM {schema}.t"));
                let (given, found) = (values(source.server, &source.schema), values(job.target, &job.schema));
                let as_text = given[0][1] == found[0][1];
                let as_number = given[0][2] == found[0][2] && given[0][2].as_deref() != Some("0");
                assert!(
                    given[0][0] == found[0][0] && (as_text || as_number),
                    "{value} of {narrow} in {wide} on {kind:?}, {rows} rows: {given:?} {found:?}"
                );
            }
        }
    }
}
