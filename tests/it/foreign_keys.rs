//! Foreign keys: as DDL leaves them against the servers, and what a replay does where the binlog does not show their doings.

use std::collections::BTreeMap;

use rowgate::schema::{ReferentialAction, SchemaHistory, StatementContext};

use crate::{
    command::rowgate,
    ddl::{Statement, corpus, script, version},
    loading_case::{Job, Source},
    server::{Kind, Server},
};

/// The foreign keys of a schema, a line each, in order.
type Keys = Vec<String>;

#[test]
fn every_statement_of_the_corpus_leaves_the_foreign_keys_that_the_servers_say() {
    for kind in Kind::ALL {
        let server = Server::shared(kind);
        let mut seen = 0;
        for (_, statements) in corpus(kind).into_iter().filter(|(file, _)| file == "foreign_keys.sql") {
            let schema = server.new_schema("foreign_keys");
            let answers = script(kind, &schema, &statements, |index| question(&schema, index));
            let found = keys_by_statement(server, &answers);
            let ours = follow(kind, &schema, &statements);
            for (index, Statement { place, sql }) in statements.iter().enumerate() {
                let theirs = found.get(&index).cloned().unwrap_or_default();
                assert_eq!(ours[index], theirs, "{place} on {kind:?}: {sql}");
                seen += theirs.len();
            }
        }
        assert!(seen > 100, "{seen} foreign keys were compared on {kind:?}");
    }
}

/// The foreign keys after each statement.
fn follow(kind: Kind, schema: &str, statements: &[Statement]) -> Vec<Keys> {
    let mut history = SchemaHistory::new();
    let context = StatementContext::new(version(kind)).with_schema(schema);
    let after = |statement: &Statement| {
        history.apply(&context, &statement.sql).expect("the statement is understood");
        let mut lines = Keys::new();
        for table in history.tables() {
            for key in history.foreign_keys(&table.name) {
                let [deleted, updated] = [key.on_delete, key.on_update].map(|action| match action {
                    ReferentialAction::Refuse => "-".to_owned(),
                    other => other.to_string(),
                });
                lines.push(format!("{} {} ({}) {} {deleted} {updated}", table.name.table, key.name, key.columns.join(","), key.parent));
            }
        }
        lines.sort();
        lines
    };
    statements.iter().map(after).collect()
}

fn question(schema: &str, statement: usize) -> String {
    format!(
        "SELECT 'foreign', {statement}, k.table_name, k.constraint_name, GROUP_CONCAT(k.column_name ORDER BY k.ordinal_position), \
         k.referenced_table_schema, k.referenced_table_name, r.delete_rule, r.update_rule \
         FROM information_schema.key_column_usage k JOIN information_schema.referential_constraints r \
         ON r.constraint_schema = k.constraint_schema AND r.constraint_name = k.constraint_name AND r.table_name = k.table_name \
         WHERE k.table_schema = '{schema}' AND k.referenced_table_name IS NOT NULL GROUP BY 3, 4, 6, 7, 8, 9;\n"
    )
}

fn keys_by_statement(server: &Server, script: &str) -> BTreeMap<usize, Keys> {
    let mut answers: BTreeMap<usize, Keys> = BTreeMap::new();
    for row in server.query_text(script) {
        let field = |index: usize| row.get(index).and_then(Clone::clone).unwrap_or_default();
        if field(0) != "foreign" {
            continue;
        }
        let [deleted, updated] = [field(7), field(8)].map(|rule| match rule.as_str() {
            "RESTRICT" | "NO ACTION" => "-".to_owned(),
            _ => rule,
        });
        let line = format!("{} {} ({}) {}.{} {deleted} {updated}", field(2), field(3), field(4), field(5), field(6));
        answers.entry(field(1).parse().expect("the statement's number was asked for")).or_default().push(line);
    }
    answers.values_mut().for_each(|lines| lines.sort());
    answers
}

const PARENT: &str = "CREATE TABLE parent (id INT PRIMARY KEY) ENGINE = InnoDB;";
const CHILD: &str = "CREATE TABLE child (id INT PRIMARY KEY, p INT, CONSTRAINT follows FOREIGN KEY (p) REFERENCES parent (id) ON DELETE CASCADE ON UPDATE SET NULL) ENGINE = InnoDB;";
const ROWS: &str = "INSERT INTO parent VALUES (1), (2); INSERT INTO child VALUES (1, 1), (2, 2); DELETE FROM parent WHERE id = 1;";
const TARGETS: &str = "CREATE TABLE parent (id INT PRIMARY KEY); CREATE TABLE child (id INT PRIMARY KEY, p INT);";

/// The servers whose binlogs lack what foreign keys do.
const SILENT: [Kind; 2] = [Kind::MariaDb1011, Kind::MySql56];

fn words(source: &Source, at: &str) -> [String; 4] {
    let (schema, flavor) = (&source.schema, if source.server.kind() == Kind::MariaDb1011 { "MariaDB" } else { "MySQL" });
    [
        format!("{at}rows of `{schema}.child` follow those of `{schema}.parent` (`follows` ON DELETE CASCADE ON UPDATE SET NULL)"),
        format!("{flavor}'s binlog does not show it"),
        format!("`ALTER TABLE {schema}.child DROP FOREIGN KEY follows`"),
        "`--accept-cascades` goes on".to_owned(),
    ]
}

#[test]
fn mariadb_cascade_refused_at_preflight() {
    for kind in SILENT {
        let source = Source::new(kind, "cascades", &format!("{PARENT}{CHILD}{ROWS}"));
        let job = Job::new(&source, Kind::MariaDb1011, TARGETS, &["parent", "child"]);
        let dump = job.folder().join("dump.sql");
        std::fs::write(&dump, format!("USE {};\n{PARENT}\n{CHILD}", source.schema)).expect("the folder is writable");
        let dump = dump.display().to_string();
        // By a file, before anything is read; by the capture's own statement, before a row of the table.
        for arguments in [&["--schema", dump.as_str()] as &[&str], &[]] {
            let run = job.try_replay(source.files(), arguments);
            assert_eq!(run.code, 2, "{kind:?}: {}", run.stderr);
            for words in words(&source, if arguments.is_empty() { "`: " } else { "error: " }) {
                assert!(run.stderr.contains(&words), "`{words}` on {kind:?}: {}", run.stderr);
            }
            assert_eq!(job.contents("child").len(), 0);
        }
        let run = job.try_replay(source.files(), &["--accept-cascades"]).done();
        assert!(run.stderr.contains("warning: rows of"), "{}", run.stderr);
        assert_eq!((source.contents("child").len(), job.contents("child").len()), (1, 2), "what the binlog of {kind:?} shows");
    }
}

#[test]
fn a_cascade_that_comes_by_a_statement_stops_there_and_what_came_before_is_committed() {
    for kind in SILENT {
        let mut source =
            Source::new(kind, "cascade_later", &format!("{PARENT}{}", CHILD.replace(" ON DELETE CASCADE ON UPDATE SET NULL", "")));
        source.run("INSERT INTO parent VALUES (1), (2); INSERT INTO child VALUES (1, 1), (2, 2);");
        let job = Job::new(&source, Kind::MySql97, TARGETS, &["child"]);
        source.run("ALTER TABLE child DROP FOREIGN KEY follows;");
        source.run("ALTER TABLE child ADD CONSTRAINT follows FOREIGN KEY (p) REFERENCES parent (id) ON DELETE CASCADE ON UPDATE SET NULL;");
        // No row event of the child follows.
        source.run("DELETE FROM parent WHERE id = 1;");
        for _ in 0..2 {
            let run = job.try_replay(source.files(), &[]);
            assert_eq!(run.code, 2, "{kind:?}: {}", run.stderr);
            for words in words(&source, "`: ") {
                assert!(run.stderr.contains(&words), "`{words}` on {kind:?}: {}", run.stderr);
            }
            assert_eq!(job.contents("child").len(), 2, "{kind:?}");
        }
        // The parent's own rows need no foreign key of the child.
        let parent = Job::new(&source, Kind::MySql97, TARGETS, &["parent"]);
        parent.replay(&source, &[]);
        parent.assert_same(&source, "parent");
    }
}

#[test]
fn a_start_behind_the_statement_that_made_a_cascade_is_refused_too() {
    let mut source = Source::new(Kind::MariaDb1011, "cascade_before", &format!("{PARENT}{CHILD}INSERT INTO parent VALUES (1), (2);"));
    let behind = source.files().last().and_then(|path| path.file_name()).and_then(|name| name.to_str()).map(str::to_owned);
    source.run("DELETE FROM parent WHERE id = 1;");
    let next =
        source.files().last().and_then(|path| path.file_name()).and_then(|name| name.to_str()).expect("a file has a name").to_owned();
    assert_ne!(behind.as_deref(), Some(next.as_str()));
    let job = Job::new(&source, Kind::MariaDb1011, TARGETS, &["child"]);
    let run = job.try_replay(source.files(), &["--start", &format!("{next}:4")]);
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert!(run.stderr.contains(&words(&source, "`: ")[0]), "{}", run.stderr);
}

#[test]
fn mysql_9_7_shows_what_foreign_keys_do_and_a_replay_follows() {
    let source = Source::new(Kind::MySql97, "cascades_shown", &format!("{PARENT}{CHILD}{ROWS} UPDATE parent SET id = 3;"));
    let job = Job::new(&source, Kind::MariaDb1011, &format!("{PARENT}{CHILD}"), &["parent", "child"]);
    job.replay(&source, &[]);
    for table in ["parent", "child"] {
        job.assert_same(&source, table);
    }
    assert_eq!(job.contents("child").len(), 1);
}

#[test]
fn check_and_preview_warn_of_cascades_that_a_replay_refuses() {
    let source = Source::new(Kind::MariaDb1011, "cascades_told", &format!("{PARENT}{CHILD}{ROWS}"));
    let job = Job::new(&source, Kind::MariaDb1011, TARGETS, &["child"]);
    let queries = job.queries().display().to_string();
    for command in [&["preview", "--summary"] as &[&str], &["check"]] {
        let mut arguments: Vec<String> = command.iter().map(|&word| word.to_owned()).collect();
        arguments.push(queries.clone());
        arguments.push("--from".to_owned());
        arguments.extend(source.files().iter().map(|path| path.display().to_string()));
        let run = rowgate(arguments);
        assert_eq!(run.code, 0, "{}", run.stderr);
        assert!(run.stderr.contains(&words(&source, "warning: ")[0]), "{command:?}: {}", run.stderr);
    }
}
