//! What each statement does to the tables that a history knows.

use super::{Charset, Collation, DdlEffect, SchemaHistory, ServerVersion, StatementContext, TableName};

/// Follows statements in schema `s` and gives the last one's effects in words.
fn last_effects(server: ServerVersion, statements: &[&str]) -> String {
    let mut history = SchemaHistory::new();
    let context = StatementContext::new(server).with_schema("s");
    let told = statements.iter().map(|statement| match history.apply(&context, statement) {
        Ok(effects) => effects.iter().map(in_words).collect::<Vec<_>>().join(", "),
        Err(error) => format!("error: {error}"),
    });
    told.last().unwrap_or_default()
}

fn in_words(effect: &DdlEffect) -> String {
    match effect {
        DdlEffect::Created(schema) => format!("created {}", schema.name),
        DdlEffect::CreatedUnknown(table) => format!("created unknown {table}"),
        DdlEffect::Altered { after, .. } => format!("altered {}", after.name),
        DdlEffect::AlteredUnknown(table) => format!("altered unknown {table}"),
        DdlEffect::Unchanged(table) => format!("unchanged {table}"),
        DdlEffect::Dropped { table, before, .. } => format!("dropped {}{table}", if before.is_some() { "" } else { "unknown " }),
        DdlEffect::Renamed { from, to } => format!("renamed {from} {to}"),
        DdlEffect::Truncated(table) => format!("truncated {table}"),
        DdlEffect::SchemaCreated(schema) => format!("schema created {schema}"),
        DdlEffect::SchemaAltered(schema) => format!("schema altered {schema}"),
        DdlEffect::SchemaDropped { schema, tables } => format!("schema dropped {schema} with {}", tables.len()),
        DdlEffect::ChangedRows { verb } => format!("rows changed by {verb}"),
    }
}

fn mysql(statements: &[&str]) -> String {
    last_effects(ServerVersion::MYSQL_9_7, statements)
}

const T: &str = "CREATE TABLE t (a INT PRIMARY KEY, b VARCHAR(5))";

#[test]
fn an_alter_counts_only_where_columns_or_keys_change() {
    for neutral in [
        "ALTER TABLE t ENGINE = InnoDB, COMMENT = 'x'",
        "ALTER TABLE t ADD INDEX (b)",
        "CREATE INDEX i ON t (b)",
        "ALTER TABLE t ALTER b SET DEFAULT 'y'",
        "ALTER TABLE t MODIFY b VARCHAR(5) COMMENT 'new'",
        "ALTER TABLE t",
        "/* tool */ ALTER TABLE `t` -- why\n ADD KEY k (a, b);",
    ] {
        assert_eq!(mysql(&[T, neutral]), "unchanged s.t", "{neutral}");
    }
    for change in
        ["ALTER TABLE t ADD c INT", "CREATE UNIQUE INDEX u ON t (b)", "ALTER TABLE t MODIFY b VARCHAR(6)", "ALTER TABLE t DROP PRIMARY KEY"]
    {
        assert_eq!(mysql(&[T, change]), "altered s.t", "{change}");
    }
}

#[test]
fn rows_that_go_without_row_events_are_told() {
    assert_eq!(mysql(&[T, "TRUNCATE t"]), "truncated s.t");
    assert_eq!(mysql(&[T, "TRUNCATE TABLE other.t;"]), "truncated other.t");
    assert_eq!(mysql(&[T, "ALTER TABLE t TRUNCATE PARTITION p1, p2"]), "truncated s.t, unchanged s.t");
    assert_eq!(mysql(&[T, "ALTER TABLE t DROP PARTITION p1"]), "truncated s.t, unchanged s.t");
    assert_eq!(mysql(&[T, "ALTER TABLE t EXCHANGE PARTITION p WITH TABLE u"]), "truncated s.t, truncated s.u, unchanged s.t");
    assert_eq!(mysql(&[T, "ALTER TABLE t IMPORT TABLESPACE"]), "truncated s.t, unchanged s.t");
    assert_eq!(mysql(&[T, "DROP TABLE IF EXISTS t, u"]), "dropped s.t, dropped unknown s.u");
    assert_eq!(mysql(&[T, "DROP DATABASE s"]), "schema dropped s with 1");
    assert_eq!(mysql(&["CREATE OR REPLACE TABLE t (a INT)"]), "dropped unknown s.t, created s.t");
    assert_eq!(mysql(&["insert into t values (1)"]), "rows changed by INSERT");
    assert_eq!(mysql(&["CREATE TABLE t (a INT) IGNORE AS SELECT 1 AS b"]), "created unknown s.t");
    assert_eq!(mysql(&["CREATE TABLE t (a INT) START TRANSACTION"]), "created s.t");
}

#[test]
fn names_move_in_the_order_of_the_statement() {
    assert_eq!(mysql(&[T, "RENAME TABLE t TO u, u TO other.v"]), "renamed s.t s.u, renamed s.u other.v");
    assert_eq!(mysql(&[T, "ALTER TABLE t ADD c INT, RENAME other.v"]), "altered s.t, renamed s.t other.v");
    assert_eq!(mysql(&[T, "RENAME TABLE t TO u", "ALTER TABLE u ADD x INT"]), "altered s.u");
    assert_eq!(mysql(&[T, "RENAME TABLE t TO u", "ALTER TABLE t ADD x INT"]), "altered unknown s.t");
}

#[test]
fn what_changes_no_table_has_no_effect() {
    for sql in [
        "",
        "BEGIN",
        "/* only a comment */",
        "GRANT ALL ON *.* TO 'a'@'b'",
        "CREATE USER x IDENTIFIED BY 'y'",
        "CREATE DEFINER=`r`@`%` PROCEDURE p() BEGIN DROP TABLE t; TRUNCATE t; END",
        "CREATE ALGORITHM=MERGE VIEW v AS SELECT 1",
        "CREATE OR REPLACE VIEW v AS SELECT 1",
        "ALTER EVENT e DISABLE",
        "CREATE TEMPORARY TABLE t (a INT)",
        "DROP /*!40005 TEMPORARY */ TABLE IF EXISTS t",
        "SET @a = 'DROP TABLE t'",
        "FLUSH TABLES",
        "DROP SPATIAL REFERENCE SYSTEM 5",
        "XA COMMIT 'x'",
        "CREATE TABLE IF NOT EXISTS t (other INT)",
    ] {
        assert_eq!(mysql(&[T, sql]), "", "{sql}");
    }
}

#[test]
fn what_is_not_understood_is_an_error_that_names_table_and_token() {
    assert_eq!(
        mysql(&[T, "ALTER TABLE t FROBNICATE x"]),
        "error: table `s.t`: ALTER TABLE action `FROBNICATE` at byte 14 is not known, so its effect on the table is not"
    );
    assert_eq!(mysql(&[T, "ALTER TABLE t DROP nothing"]), "error: table `s.t`: table `s.t` has no column `nothing`");
    assert_eq!(mysql(&["CREATE TABLE x (a INT, A INT)"]), "error: table `s.x`: table `s.x` has two columns `A`");
    assert_eq!(mysql(&["CREATE TABLE x (a INT"]), "error: table `s.x`: unexpected end of the statement at byte 21: expected `,` or `)`");
    assert_eq!(mysql(&["CREATE TABLE x (a CHAR(3) COLLATE latin9_x)"]), "error: table `s.x`: `latin9_x` at byte 34 is no collation");
    assert_eq!(mysql(&["FROBNICATE"]), "error: statement `FROBNICATE` at byte 0 is not known, so its effect on the table is not");
    assert_eq!(mysql(&["DROP TABLE t; DROP TABLE u"]), "error: unexpected `DROP` at byte 14: expected one statement");
    assert_eq!(mysql(&["DROP TABLE t u 'secret'"]), "error: table `s.t`: unexpected `u` at byte 13: expected the end");
}

#[test]
fn a_failed_statement_leaves_the_history_as_it_was() {
    let mut history = SchemaHistory::new();
    let context = StatementContext::new(ServerVersion::MYSQL_9_7).with_schema("s");
    history.apply(&context, T).expect("the statement is understood");
    let before = history.get(&TableName::new("s", "t"));
    let error = history.apply(&context, "ALTER TABLE t ADD c INT, FROBNICATE").expect_err("the action is unknown");
    assert_eq!(error.table(), Some(&TableName::new("s", "t")));
    assert_eq!(history.get(&TableName::new("s", "t")), before);
}

#[test]
fn hidden_columns_of_mariadb_lie_behind_the_others() {
    let names = |statements: &[&str]| {
        let mut history = SchemaHistory::new();
        let context = StatementContext::new(ServerVersion::MARIADB_10_11).with_schema("s");
        for statement in statements {
            history.apply(&context, statement).expect("the statement is understood");
        }
        let table = history.get(&TableName::new("s", "t")).expect("the table is known");
        table.columns.iter().map(|column| column.name.clone()).collect::<Vec<_>>().join(" ")
    };
    let create = "CREATE TABLE t (a INT PRIMARY KEY, b TEXT UNIQUE) WITH SYSTEM VERSIONING";
    assert_eq!(names(&[create]), "a b row_start row_end DB_ROW_HASH_1");
    let add = "ALTER TABLE t ADD c TEXT, ADD UNIQUE (c), ADD d INT FIRST";
    assert_eq!(names(&[create, add]), "d a b c row_start row_end DB_ROW_HASH_1 DB_ROW_HASH_2");
    assert_eq!(names(&[create, add, "ALTER TABLE t DROP SYSTEM VERSIONING, DROP KEY b"]), "d a b c DB_ROW_HASH_1");
    assert_eq!(names(&["CREATE TABLE t (b VARCHAR(3072) CHARACTER SET latin1 UNIQUE)"]), "b");
    assert_eq!(names(&["CREATE TABLE t (b VARCHAR(3073) CHARACTER SET latin1 UNIQUE)"]), "b DB_ROW_HASH_1");
}

#[test]
fn a_definition_from_elsewhere_can_be_altered() {
    let mut history = SchemaHistory::new();
    let context = StatementContext::new(ServerVersion::MARIADB_10_11).with_schema("s");
    history.apply(&context, "CREATE TABLE t (a INT PRIMARY KEY, b TEXT UNIQUE, c INT UNIQUE)").expect("the statement is understood");
    let given = history.get(&TableName::new("s", "t")).expect("the table is known");
    let mut other = SchemaHistory::new();
    other.insert(&given);
    let effects = other.apply(&context, "ALTER TABLE t DROP PRIMARY KEY, ADD d INT AFTER a").expect("the statement is understood");
    let [DdlEffect::Altered { after, .. }] = effects.as_slice() else { return assert_eq!(effects, []) };
    let names: Vec<_> = after.columns.iter().map(|column| column.name.as_str()).collect();
    assert_eq!(names, ["a", "d", "b", "c", "DB_ROW_HASH_1"]);
    assert_eq!(after.unique_keys[1].columns, [3]);
    assert!(after.primary_key.is_empty());
}

#[test]
fn charsets_come_from_the_schema_and_the_session() {
    let mut history = SchemaHistory::new();
    let mut context = StatementContext::new(ServerVersion::MYSQL_9_7).with_schema("s");
    context.server_collation = Some(Collation::LATIN1_SWEDISH_CI);
    let mut collation = |context: &StatementContext, statements: &[&str]| {
        for statement in statements {
            history.apply(context, statement).expect("the statement is understood");
        }
        let table = history.get(&TableName::new("s", "t")).expect("the table is known");
        table.columns[0].ty.collation().map(Collation::name)
    };
    assert_eq!(collation(&context, &["CREATE TABLE t (a CHAR(3))"]), Some("latin1_swedish_ci"));
    assert_eq!(collation(&context, &["ALTER DATABASE s CHARACTER SET utf8mb4", "CREATE TABLE t (a CHAR(3))"]), Some("utf8mb4_0900_ai_ci"));
    context.charset_collations.push((Charset::UTF8MB4, Collation::UTF8MB4_GENERAL_CI));
    assert_eq!(collation(&context, &["CREATE TABLE t (a CHAR(3) CHARSET utf8mb4)"]), Some("utf8mb4_general_ci"));
    assert_eq!(collation(&context, &["CREATE OR REPLACE DATABASE s COLLATE latin1_bin", "CREATE TABLE t (a CHAR(3))"]), Some("latin1_bin"));
}
