//! The flags of every command, as clap reads them.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::{binlog::Bound, config::PasswordFile, load::LoadOptions, retl::Account, source::Start};

/// Carries row changes from MySQL and MariaDB to MySQL and MariaDB through mapping rules written in SQL.
#[derive(Debug, Parser)]
#[command(name = "rowgate", version, max_term_width = 110, arg_required_else_help = true)]
#[command(
    after_help = "Exit codes: 0 done · 1 the answer is no (a failed test, a row that could not be routed or would go elsewhere) · 2 wrong input or usage (a rule, a \
                        damaged or gapped capture) · 3 a source, target or the disk failed."
)]
pub(super) struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub(super) command: Command,
    /// When to use colour.
    #[arg(long, global = true, value_enum, default_value_t = When::Auto)]
    pub(super) color: When,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Parse and bind mappings; report every problem of every file.
    Check(CheckArguments),
    /// Tell of each mapping what it reads, where its rows can go, what can fail, what identifies a row, and its plan.
    Explain(ExplainArguments),
    /// Give query files their canonical layout.
    #[command(
        after_help = "What a file says, its comments and the fingerprint of its mappings stay as they are; definitions of tables keep their \
                            text, `schema.sql` is left alone. Exit code 1 with `--check` when a file would change."
    )]
    Fmt(FmtArguments),
    /// Run the `TEST` statements of query files; exit code 1 when one fails.
    #[command(
        after_help = "A test is `TEST 'name' GIVEN INSERT INTO db.t (id = 1) EXPECT INSERT INTO db_0.t_1 (id = 1);` in a query file, and \
                            runs over the mappings of that file, without a server. What no test reaches is told at the end."
    )]
    Test(TestArguments),
    /// Show where every row of a capture would go; nothing is written.
    Preview(PreviewArguments),
    /// Show which rows of a capture would be elsewhere, or others, under new rules; the exit code is 1 when any would.
    Diff(DiffArguments),
    /// Apply a capture through the mappings.
    Replay(ReplayArguments),
    /// Keep a live server's binlogs and table definitions in a folder, like a replica; the other commands read it as a capture.
    #[command(
        after_help = "The files are the server's, byte for byte. Stopped by Ctrl-C, SIGTERM or a crash, the same command goes on behind \
                            the last whole event in the folder. The user needs REPLICATION SLAVE, REPLICATION CLIENT (MariaDB: BINLOG \
                            MONITOR), and SELECT on the tables whose definitions are to be kept."
    )]
    Capture(SourceArguments),
    /// Ask a capture in SQL: which tables, rows, transactions, when.
    #[command(after_help = "Tables: `changes`, one line a row event (position, row, gtid, time, schema, table, op, …), and each \
                            \"schema\".\"table\", one line a row image (side = 'before' or 'after', op, position, row and the table's columns).")]
    Query(QueryArguments),
    /// List the functions and operators of rules: signature, meaning, an example; and what is refused.
    Functions(FunctionsArguments),
    /// Serve an editor by the Language Server Protocol over standard input and output.
    #[command(
        after_help = "Diagnostics as you type, hover with types and sample values, completion, layout. The definitions of tables come from \
                            the `schema.sql` beside a query file, `--schema` and `--from`."
    )]
    Lsp(LspArguments),
    /// Make the schema `retl` on targets: what Rowgate remembers there, and Otter's tables.
    #[command(
        after_help = "Run it again at any time: what is there stays as it is. Who lacks the privileges gives `--print` to an administrator."
    )]
    Init(InitArguments),
}

/// Where the captured binlogs are, and which part of them counts.
#[derive(Debug, Args)]
pub(super) struct CaptureArguments {
    /// Binlog files, a folder of them, or `-`; .gz and .zst are read as they are.
    #[arg(long, value_name = "CAPTURE", required = true, num_args = 1..)]
    pub(super) from: Vec<PathBuf>,
    /// A dump with the table definitions as of the first event.
    #[arg(long, value_name = "FILE")]
    pub(super) schema: Option<PathBuf>,
    /// Begin here: before `file:offset`, after a GTID or a set of them, or at an RFC 3339 time.
    #[arg(long, value_name = "PLACE")]
    pub(super) start: Option<Bound>,
    /// End here: before `file:offset`, after a GTID or a set of them, or before an RFC 3339 time.
    #[arg(long, value_name = "PLACE")]
    pub(super) stop: Option<Bound>,
}

/// What declares lookups.
#[derive(Debug, Args)]
pub(super) struct LookupArguments {
    /// Where lookups are declared; default: rowgate.toml, when it exists.
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
}

/// `rowgate check`.
#[derive(Debug, Args)]
pub(super) struct CheckArguments {
    /// Query files and folders; each folder is one set of mappings.
    #[arg(default_value = "queries")]
    pub(super) paths: Vec<PathBuf>,
    /// Bind against the table definitions of a capture too, and tell what its row images lack and which routes its updates move.
    #[arg(long, value_name = "CAPTURE", num_args = 1..)]
    pub(super) from: Vec<PathBuf>,
    /// A dump with table definitions.
    #[arg(long, value_name = "FILE")]
    pub(super) schema: Option<PathBuf>,
    /// Where lookups are.
    #[command(flatten)]
    pub(super) lookups: LookupArguments,
    /// A dump with the definitions of the targets' tables, in addition to `target.sql` beside the query files: do all values fit?
    #[arg(long, value_name = "FILE")]
    pub(super) target_schema: Option<PathBuf>,
    /// What else than an error ends the command with code 2.
    #[arg(long, value_enum, value_name = "WHAT")]
    pub(super) deny: Option<Deny>,
    /// Print the page of a diagnostic's code and stop.
    #[arg(long, value_name = "CODE")]
    pub(super) explain: Option<String>,
    /// How to print.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub(super) format: Format,
}

/// `rowgate explain`.
#[derive(Debug, Args)]
pub(super) struct ExplainArguments {
    /// Query files and folders; each folder is one set of mappings.
    #[arg(default_value = "queries")]
    pub(super) paths: Vec<PathBuf>,
    /// Take the table definitions of a capture too.
    #[arg(long, value_name = "CAPTURE", num_args = 1..)]
    pub(super) from: Vec<PathBuf>,
    /// A dump with table definitions.
    #[arg(long, value_name = "FILE")]
    pub(super) schema: Option<PathBuf>,
    /// Where lookups are.
    #[command(flatten)]
    pub(super) lookups: LookupArguments,
    /// How to print.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub(super) format: Format,
}

/// `rowgate fmt`.
#[derive(Debug, Args)]
pub(super) struct FmtArguments {
    /// Query files and folders; `-` reads standard input and writes to standard output.
    #[arg(default_value = "queries")]
    pub(super) paths: Vec<PathBuf>,
    /// Write nothing; name the files that would change.
    #[arg(long)]
    pub(super) check: bool,
}

/// `rowgate test`.
#[derive(Debug, Args)]
pub(super) struct TestArguments {
    /// Query files and folders; each folder is one set of mappings.
    #[arg(default_value = "queries")]
    pub(super) paths: Vec<PathBuf>,
    /// A dump with table definitions.
    #[arg(long, value_name = "FILE")]
    pub(super) schema: Option<PathBuf>,
    /// Where lookups are.
    #[command(flatten)]
    pub(super) lookups: LookupArguments,
    /// Run only the tests whose name holds this text.
    #[arg(long, value_name = "TEXT")]
    pub(super) filter: Option<String>,
    /// Rewrite the EXPECT parts of failed tests to what came out; read them before you keep them.
    #[arg(long)]
    pub(super) bless: bool,
    /// How to print.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub(super) format: Format,
}

/// `rowgate preview`.
#[derive(Debug, Args)]
pub(super) struct PreviewArguments {
    /// Query files, or a folder of them.
    #[arg(required = true)]
    pub(super) paths: Vec<PathBuf>,
    /// The capture.
    #[command(flatten)]
    pub(super) capture: CaptureArguments,
    /// Where lookups are.
    #[command(flatten)]
    pub(super) lookups: LookupArguments,
    /// Only count: one line a target.
    #[arg(long, conflicts_with_all = ["limit", "sample", "only"])]
    pub(super) summary: bool,
    /// Print at most this many lines; the summary still counts all.
    #[arg(long, value_name = "N")]
    pub(super) limit: Option<u64>,
    /// Print one in N changes, evenly over the capture.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) sample: Option<u64>,
    /// Print only changes of this kind.
    #[arg(long, value_enum)]
    pub(super) only: Option<Only>,
    /// How to print.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub(super) format: Format,
}

/// `rowgate diff`.
#[derive(Debug, Args)]
pub(super) struct DiffArguments {
    /// The rules as they are: a query file, or a folder of them.
    pub(super) old: PathBuf,
    /// The rules as they would be. Mappings are matched by their names; one that says the same under another name is renamed.
    pub(super) new: PathBuf,
    /// The capture.
    #[command(flatten)]
    pub(super) capture: CaptureArguments,
    /// Print up to this many of the rows that differ, of each mapping, with their values.
    #[arg(long, value_name = "N")]
    pub(super) sample: Option<usize>,
    /// Where lookups are.
    #[command(flatten)]
    pub(super) lookups: LookupArguments,
    /// How to print.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub(super) format: Format,
}

/// `rowgate replay`.
#[derive(Debug, Args)]
pub(super) struct ReplayArguments {
    /// Query files, or a folder of them.
    #[arg(required = true)]
    pub(super) paths: Vec<PathBuf>,
    /// The capture.
    #[command(flatten)]
    pub(super) capture: CaptureArguments,
    /// Where to: `[NAME=]mysql://user@host:port` loads into a server (repeatable; mappings name it with `ON`); `sql:DIR` writes one
    /// script a target table under DIR/<server>/, and all.sql that runs them.
    #[arg(long, value_name = "DEST", required = true)]
    pub(super) to: Vec<String>,
    /// What opens the servers.
    #[command(flatten)]
    pub(super) servers: ServerArguments,
    /// The name under which servers remember how far this replay is; default: the name of the query folder.
    #[arg(long, value_name = "NAME")]
    pub(super) job: Option<String>,
    /// Connections to each server. With one, every transaction of the source is whole on each server; with more, readers may see a part of one.
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..=i64::from(LoadOptions::LANES_MOST)))]
    pub(super) lanes: u16,
    /// Changes of the source in one target transaction, at most, where transactions of the source are smaller; fewer when nothing more waits.
    #[arg(long, value_name = "N", default_value_t = LoadOptions::WINDOW_ROWS, value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) window_rows: u64,
    /// Go on with other mappings than the job was begun with.
    #[arg(long)]
    pub(super) accept_mapping_change: bool,
    /// Go on although foreign keys of mapped tables change rows that the binlog does not show (all but MySQL from 9.6 on): right where no
    /// row that others refer to goes or gets another key.
    #[arg(long)]
    pub(super) accept_cascades: bool,
    /// Begin anew: forget how far the job is (what it loaded stays), or replace the scripts that an earlier replay left in DIR.
    #[arg(long)]
    pub(super) restart: bool,
    /// Where rows go that a mapping's policy sends to the dead letters, one JSON object a line.
    #[arg(long, value_name = "FILE")]
    pub(super) dead_letters: Option<PathBuf>,
    /// How to print.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub(super) format: Format,
}

/// `rowgate capture`.
#[derive(Debug, Args)]
pub(super) struct SourceArguments {
    /// The server: `mysql://user@host:port`, or the NAME of a source of rowgate.toml.
    #[arg(long, value_name = "SOURCE", required = true)]
    pub(super) source: String,
    /// The folder; it is made when it is missing, and belongs to one server.
    #[arg(long, value_name = "DIR")]
    pub(super) to: PathBuf,
    /// Where an empty folder begins: with the file that is written now (`current`, the default), with the first (`earliest`), or with the
    /// one that holds `file:offset`, what follows a GTID or a set of them, or an RFC 3339 time. Files are kept whole.
    #[arg(long, value_name = "PLACE")]
    pub(super) start: Option<Start>,
    /// End here: before `file:offset`, after a GTID or a set of them, or before an RFC 3339 time.
    #[arg(long, value_name = "PLACE")]
    pub(super) stop: Option<Bound>,
    /// End where the server's binlog ends now.
    #[arg(long, conflicts_with = "stop")]
    pub(super) stop_at_end: bool,
    /// The number under which the server knows this replica, unlike that of any other; default: that of rowgate.toml, else one derived from
    /// machine and folder.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub(super) server_id: Option<u32>,
    /// What opens the server.
    #[command(flatten)]
    pub(super) servers: ServerArguments,
    /// How to print.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub(super) format: Format,
}

/// `rowgate query`.
#[derive(Debug, Args)]
pub(super) struct QueryArguments {
    /// The question; the SQL is DataFusion's.
    pub(super) sql: String,
    /// The capture.
    #[command(flatten)]
    pub(super) capture: CaptureArguments,
    /// How to print.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub(super) format: Format,
}

/// `rowgate functions`.
#[derive(Debug, Args)]
pub(super) struct FunctionsArguments {
    /// A function or an operator, to see its example; or a part of names: `json_*`, `trim`.
    #[arg(value_name = "NAME|PATTERN")]
    pub(super) name: Option<String>,
    /// How to print.
    #[arg(long, value_enum, default_value_t = Format::Human)]
    pub(super) format: Format,
}

/// What tells servers and opens them.
#[derive(Debug, Args)]
pub(super) struct ServerArguments {
    /// Where servers have their addresses and passwords, and where lookups are declared; default: rowgate.toml, when it exists.
    #[arg(long, value_name = "FILE")]
    pub(super) config: Option<PathBuf>,
    /// A file with the password of all servers, or of one: `NAME=FILE` (repeatable). Else the environment has it: ROWGATE_PASSWORD_<NAME>
    /// or ROWGATE_PASSWORD.
    #[arg(long, value_name = "[NAME=]FILE")]
    pub(super) password_file: Vec<PasswordFile>,
}

/// `rowgate init`.
#[derive(Debug, Args)]
pub(super) struct InitArguments {
    /// Where: `[NAME=]mysql://user@host:port`, or the NAME of a target of rowgate.toml (repeatable); default: all targets of rowgate.toml.
    #[arg(long, value_name = "DEST")]
    pub(super) to: Vec<String>,
    /// The servers.
    #[command(flatten)]
    pub(super) servers: ServerArguments,
    /// Connect to nothing; print what an administrator runs on a target: the schema, the user and the privileges it needs.
    #[arg(long, conflicts_with_all = ["to", "config", "password_file"])]
    pub(super) print: bool,
    /// The user in what is printed.
    #[arg(long, value_name = "NAME@HOST", default_value = "rowgate@%", requires = "print")]
    pub(super) user: Account,
    /// A schema that mappings load into, in what is printed (repeatable); `%` stands for any characters.
    #[arg(long, value_name = "SCHEMA", requires = "print")]
    pub(super) into: Vec<String>,
}

/// `rowgate lsp`.
#[derive(Debug, Args)]
pub(super) struct LspArguments {
    /// A dump with table definitions.
    #[arg(long, value_name = "FILE")]
    pub(super) schema: Option<PathBuf>,
    /// A capture: hover shows a value of it for each column, and its table definitions count.
    #[arg(long, value_name = "CAPTURE", num_args = 1..)]
    pub(super) from: Vec<PathBuf>,
}

/// How results are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// For people.
    Human,
    /// For machines: one object a line, names that stay.
    Json,
}

/// What `check` does not let pass, beside errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Deny {
    /// Warnings.
    Warnings,
}

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum When {
    /// On a terminal.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Which changes a preview prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Only {
    /// Rows that change place: deleted here, inserted there.
    Moved,
    /// Rows that no target gets.
    Dropped,
    /// Rows that could not be evaluated or routed.
    Failed,
}
