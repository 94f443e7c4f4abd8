//! A source's tables, a mapping and a target server, with the runs of `rowgate replay` between them.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicU32, Ordering},
};

use serde_json::Value;
use tempfile::TempDir;

use crate::{
    command::{Run, rowgate},
    contents::table_contents,
    loading,
    server::{Kind, Server},
};

/// Targets and sources of both families: each is a source once, and a target once.
pub(crate) const CROSSED: [(Kind, Kind); 2] = [(Kind::MariaDb1011, Kind::MySql97), (Kind::MySql97, Kind::MariaDb1011)];
/// Sources and targets of one kind.
pub(crate) const ALIKE: [(Kind, Kind); 2] = [(Kind::MariaDb1011, Kind::MariaDb1011), (Kind::MySql97, Kind::MySql97)];

/// Rows as the exact text of their cells.
pub(crate) type Rows = Vec<Vec<Option<String>>>;

/// Tables of a source in a schema of their own, with all the binlogs since it was made.
pub(crate) struct Source {
    pub(crate) server: &'static Server,
    pub(crate) schema: String,
    first_file: usize,
    files: Vec<PathBuf>,
}

impl Source {
    /// A schema with the tables that `create` makes.
    pub(crate) fn new(kind: Kind, name: &str, create: &str) -> Self {
        Self::on(Server::shared(kind), name, create)
    }

    /// The same on a server that nobody else works on: its binlog files end with this source's statements only.
    pub(crate) fn alone(kind: Kind, name: &str, create: &str) -> Self {
        Self::on(Box::leak(Box::new(Server::start(kind, &[]))), name, create)
    }

    /// The same on a server that the test has.
    pub(crate) fn on(server: &'static Server, name: &str, create: &str) -> Self {
        let schema = server.new_schema(name);
        let first_file = server.binlog_files().len();
        let mut source = Self { server, schema, first_file, files: Vec::new() };
        source.run(create);
        source
    }

    /// Runs statements in the schema. The binlog file ends with them.
    pub(crate) fn run(&mut self, sql: &str) {
        self.server.run(&format!("USE `{}`;\n{sql}", self.schema));
        self.files = self.server.binlog_files().split_off(self.first_file);
    }

    /// The binlogs so far, in order.
    pub(crate) fn files(&self) -> &[PathBuf] {
        &self.files
    }

    pub(crate) fn contents(&self, table: &str) -> Rows {
        table_contents(self.server, &self.schema, table)
    }
}

/// A job: mappings of a source's tables into a schema of a target.
pub(crate) struct Job {
    pub(crate) target: &'static Server,
    /// The target's schema.
    pub(crate) schema: String,
    pub(crate) name: String,
    folder: TempDir,
}

impl Job {
    /// A job that carries these tables as they are into a new schema with the tables that `create` makes.
    pub(crate) fn new(source: &Source, kind: Kind, create: &str, tables: &[&str]) -> Self {
        Self::into(source, loading::target(kind), create, tables)
    }

    /// The same into a server that the test has prepared.
    pub(crate) fn into(source: &Source, target: &'static Server, create: &str, tables: &[&str]) -> Self {
        let job = Self::without_mapping_into(&source.schema, target, create);
        job.map_same(source, tables, "");
        job
    }

    /// A job that has its target tables only.
    pub(crate) fn without_mapping(name: &str, kind: Kind, create: &str) -> Self {
        Self::without_mapping_into(name, loading::target(kind), create)
    }

    fn without_mapping_into(name: &str, target: &'static Server, create: &str) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let schema = target.new_schema(&format!("{name}_to"));
        target.run(&format!("USE `{schema}`;\n{create}"));
        let name = format!("{schema}_{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        let folder = tempfile::tempdir().expect("the temporary folder is writable");
        Self { target, schema, name, folder }
    }

    /// Maps tables onto those of the same names, with options after each mapping.
    pub(crate) fn map_same(&self, source: &Source, tables: &[&str], options: &str) {
        let mapping = |table: &&str| {
            format!("CREATE MAPPING same_{table} AS SELECT * FROM {}.{table} ROUTE TO '{}', table {options};\n", source.schema, self.schema)
        };
        self.map(&tables.iter().map(mapping).collect::<String>());
    }

    /// Writes the query file.
    pub(crate) fn map(&self, queries: &str) {
        fs::write(self.queries(), queries).expect("the temporary folder is writable");
    }

    /// A temporary folder of its own.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The query file.
    pub(crate) fn queries(&self) -> PathBuf {
        self.folder.path().join("queries.sql")
    }

    /// Replays binlogs with further arguments; JSON comes out.
    pub(crate) fn try_replay(&self, files: &[PathBuf], arguments: &[&str]) -> Run {
        let to = ["--to".to_owned(), self.target.root_url()];
        self.try_replay_to(&to, files, arguments)
    }

    /// The same into servers that the arguments name.
    pub(crate) fn try_replay_to(&self, to: &[String], files: &[PathBuf], arguments: &[&str]) -> Run {
        self.run(to, files, &[&["--format", "json"], arguments].concat())
    }

    /// The same with what a terminal shows.
    pub(crate) fn try_replay_for_people(&self, files: &[PathBuf], arguments: &[&str]) -> Run {
        self.run(&["--to".to_owned(), self.target.root_url()], files, arguments)
    }

    fn run(&self, to: &[String], files: &[PathBuf], arguments: &[&str]) -> Run {
        let mut all = vec!["replay".to_owned(), self.queries().display().to_string(), "--job".to_owned(), self.name.clone()];
        all.extend_from_slice(to);
        all.extend(arguments.iter().map(|&argument| argument.to_owned()));
        all.push("--from".to_owned());
        all.extend(files.iter().map(|path| path.display().to_string()));
        rowgate(all)
    }

    /// Replays all of a source's binlogs, which must succeed.
    pub(crate) fn replay(&self, source: &Source, arguments: &[&str]) -> Loaded {
        Loaded::of(&self.try_replay(source.files(), arguments).done())
    }

    pub(crate) fn contents(&self, table: &str) -> Rows {
        table_contents(self.target, &self.schema, table)
    }

    /// The job's lines in the target's dead letters.
    pub(crate) fn dead_letters(&self) -> Vec<Value> {
        let rows = self.target.query_text(&format!("SELECT letter FROM retl.rowgate_dead_letter WHERE job = '{}' ORDER BY id", self.name));
        rows.into_iter().flatten().flatten().map(|letter| serde_json::from_str(&letter).expect("a letter is JSON")).collect()
    }

    /// Asserts that a table of the target holds what the source's does.
    pub(crate) fn assert_same(&self, source: &Source, table: &str) {
        let what = format!("{table} from {:?} on {:?} ({})", source.server.kind(), self.target.kind(), self.name);
        assert_same_rows(&source.contents(table), &self.contents(table), &what);
    }
}

/// What a run said of its one server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Loaded {
    pub(crate) windows: u64,
    pub(crate) changes: u64,
    pub(crate) rows: u64,
    pub(crate) transactions: u64,
    /// `table kind count`, in order.
    pub(crate) conflicts: Vec<String>,
    pub(crate) dead_letters: u64,
}

impl Loaded {
    /// Reads the line of the one server.
    pub(crate) fn of(run: &Run) -> Self {
        let mut lines = run.stdout.lines().map(|line| serde_json::from_str::<Value>(line).expect("stdout is one JSON object a line"));
        let line = lines.rfind(|line| line.get("windows").is_some()).expect("each server has a line");
        let number = |name: &str| line[name].as_u64().expect("counts are numbers");
        let conflicts = line["conflicts"].as_array().expect("conflicts are a list").iter();
        let word = |value: &Value| value.as_str().expect("names are texts").to_owned();
        Self {
            windows: number("windows"),
            changes: number("changes"),
            rows: number("rows"),
            transactions: number("transactions"),
            conflicts: conflicts.map(|one| format!("{} {} {}", word(&one["table"]), word(&one["kind"]), one["count"])).collect(),
            dead_letters: number("dead_letters"),
        }
    }
}

/// Asserts that two tables hold the same rows; shows only those that differ.
pub(crate) fn assert_same_rows(expected: &Rows, found: &Rows, what: &str) {
    const SHOWN: usize = 300;
    let beyond = |rows: &Rows, others: &Rows| -> Vec<String> {
        let mut others = others.clone();
        let mut is_there =
            |row: &Vec<Option<String>>| others.iter().position(|other| other == row).map(|at| others.swap_remove(at)).is_some();
        rows.iter().filter(|row| !is_there(row)).map(|row| format!("{row:?}").chars().take(SHOWN).collect()).collect()
    };
    let (missing, extra) = (beyond(expected, found), beyond(found, expected));
    assert!(missing.is_empty() && extra.is_empty(), "{what}: missing {missing:#?}, extra {extra:#?}");
}
