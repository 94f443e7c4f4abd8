//! Private MariaDB and MySQL servers for tests: started on demand on 127.0.0.1, gone when the test process is gone.
//!
//! Each statement goes through the server's own command line client, so that nothing of ours stands between a test and its oracle.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    net::TcpListener,
    os::unix::process::CommandExt,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

/// How long a server may take to answer for the first time; other tests use the same cores.
const START_LIMIT: Duration = Duration::from_secs(180);

/// The servers that the tests know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    MariaDb1011,
    MySql97,
    MySql56,
}

impl Kind {
    pub(crate) const ALL: [Self; 3] = [Self::MariaDb1011, Self::MySql97, Self::MySql56];

    /// Its word in the workload's `--flavor`.
    fn flavor(self) -> &'static str {
        match self {
            Self::MariaDb1011 => "maria",
            Self::MySql97 => "mysql",
            Self::MySql56 => "mysql56",
        }
    }

    /// The start of `version()`.
    fn version(self) -> &'static str {
        match self {
            Self::MariaDb1011 => "10.11.",
            Self::MySql97 => "9.7.",
            Self::MySql56 => "5.6.",
        }
    }

    fn script(self) -> PathBuf {
        let name = match self {
            Self::MariaDb1011 => "mariadb.sh",
            Self::MySql97 => "mysql97.sh",
            Self::MySql56 => "mysql56.sh",
        };
        scripts().join(name)
    }

    /// The folder that `tests/setup.sh` installed it into, where it is not a package of the system.
    fn root(self) -> Option<PathBuf> {
        let (folder, binary) = match self {
            Self::MariaDb1011 => {
                let found =
                    std::env::var_os("PATH").is_some_and(|path| std::env::split_paths(&path).any(|dir| dir.join("mariadbd").exists()));
                assert!(found || Path::new("/usr/sbin/mariadbd").exists(), "MariaDB is not installed: run tests/setup.sh");
                return None;
            }
            Self::MySql97 => ("mysql97", "usr/sbin/mysqld"),
            Self::MySql56 => ("mysql56", "package/server/mysqld"),
        };
        let servers = std::env::var_os("ROWGATE_TEST_SERVERS")
            .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("target/test-servers"), PathBuf::from);
        let root = servers.join(folder);
        assert!(root.join(binary).exists(), "{self:?} is not in {}: run tests/setup.sh", root.display());
        Some(root)
    }

    /// A server of the tests need not survive a power cut, and reads times as the binlog has them.
    fn options(self) -> &'static [&'static str] {
        match self {
            Self::MariaDb1011 | Self::MySql56 => &[],
            Self::MySql97 => &["--performance-schema=OFF"],
        }
    }
}

/// A running server. Dropping it ends the server and removes its folder; so does the end of the process.
#[derive(Debug)]
pub(crate) struct Server {
    kind: Kind,
    data: PathBuf,
    port: u16,
    process: u32,
    /// The last one started the process; all hold the folder.
    watchdogs: Vec<Child>,
    options: Vec<String>,
    schemas: AtomicU32,
}

/// A row of an answer: each value as the client prints it, or NULL.
pub(crate) type Row = Vec<Option<Vec<u8>>>;

impl Server {
    /// The server of this kind with its default settings, one for the whole test binary.
    ///
    /// Tests run side by side on it: each works in a schema of its own, and a binlog holds the work of all of them.
    pub(crate) fn shared(kind: Kind) -> &'static Self {
        static SHARED: [OnceLock<Server>; 3] = [const { OnceLock::new() }; 3];
        SHARED[kind as usize].get_or_init(|| Self::start(kind, &[]))
    }

    /// A server of its own for one test, with further command line options.
    pub(crate) fn start(kind: Kind, options: &[&str]) -> Self {
        let folder = tempfile::Builder::new().prefix("rowgate-").tempdir().expect("the temporary folder is writable").keep();
        let data = folder.join("data");
        let port = free_port();
        let options = options.iter().map(|option| (*option).to_owned()).collect();
        let mut server = Self { kind, data, port, process: 0, watchdogs: Vec::new(), options, schemas: AtomicU32::new(0) };
        server.serve();
        server
    }

    /// Kills the server as a crash does, and starts it again.
    pub(crate) fn crash(&mut self) {
        self.end("-KILL");
        self.serve();
    }

    /// Stops the server in order, and starts it again.
    pub(crate) fn restart(&mut self) {
        self.end("-TERM");
        self.serve();
    }

    fn end(&self, signal: &str) {
        let process = self.process.to_string();
        let sent = Command::new("kill").args([signal, &process]).status().expect("kill can be run");
        assert!(sent.success(), "the server of process {process} runs");
        while self.is_alive() {
            thread::sleep(Duration::from_millis(20));
        }
    }

    fn serve(&mut self) {
        let mut command = Command::new(scripts().join("watch.sh"));
        // A group of its own: Ctrl-C must reach the watchdog as the end of the pipe, not as a signal.
        command.process_group(0).arg(self.folder()).arg(self.kind.script()).arg("serve").args(self.kind.root()).arg(&self.data);
        command.arg(self.port.to_string());
        command.args(["--default-time-zone=+00:00", "--innodb-flush-log-at-trx-commit=0", "--sync-binlog=0", "--innodb-doublewrite=0"]);
        command.args(["--skip-name-resolve", "--max-allowed-packet=256M"]).args(self.kind.options()).args(&self.options);
        let mut watchdog = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("tests/servers/watch.sh can be run");
        let mut first_line = String::new();
        let stdout = watchdog.stdout.take().expect("it is piped");
        BufReader::new(stdout).read_line(&mut first_line).expect("the watchdog prints the process id");
        self.process = first_line.trim().parse().expect("a process id is a number");
        self.watchdogs.push(watchdog);
        self.wait_until_it_answers();
    }

    fn wait_until_it_answers(&self) {
        let started = Instant::now();
        while self.try_run("DO 1").is_err() {
            let log = || fs::read_to_string(self.folder().join("server.log")).unwrap_or_default();
            let init_log = || fs::read_to_string(self.folder().join("data.init.log")).unwrap_or_default();
            assert!(self.is_alive(), "{:?} ended at once:\n{}{}", self.kind, init_log(), log());
            assert!(started.elapsed() < START_LIMIT, "{:?} does not answer:\n{}{}", self.kind, init_log(), log());
            thread::sleep(Duration::from_millis(100));
        }
    }

    fn is_alive(&self) -> bool {
        Path::new("/proc").join(self.process.to_string()).exists()
    }

    /// The temporary folder that dies with the server.
    pub(crate) fn folder(&self) -> &Path {
        self.data.parent().expect("the data folder is made inside the temporary one")
    }

    /// Where the server keeps its files.
    pub(crate) fn data(&self) -> &Path {
        &self.data
    }

    pub(crate) fn kind(&self) -> Kind {
        self.kind
    }

    /// The address of `root`, who has no password and, on MySQL, comes in through the socket only.
    pub(crate) fn root_url(&self) -> String {
        format!("mysql://root@localhost?socket={}.sock", self.data.display())
    }

    /// The TCP port on 127.0.0.1.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Makes an empty schema (utf8mb4) for one test and names it after the test.
    pub(crate) fn new_schema(&self, name: &str) -> String {
        let schema = format!("{name}_{}", self.schemas.fetch_add(1, Ordering::Relaxed));
        self.run(&format!("CREATE DATABASE `{schema}` DEFAULT CHARACTER SET utf8mb4"));
        schema
    }

    /// The text of the workload for this server, in a schema that it makes itself; the same text for the same arguments.
    pub(crate) fn workload(&self, schema: &str, inserts: u32) -> String {
        let mut command = Command::new("python3");
        command.arg(scripts().join("workload.py")).args(["--flavor", self.kind.flavor(), "--schema", schema]);
        let output = command.args(["--inserts", &inserts.to_string()]).output().expect("python3 is installed (tests/setup.sh)");
        assert!(output.status.success(), "workload.py failed: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("the workload is UTF-8")
    }

    /// Runs statements, which may be many; the first error fails the test.
    pub(crate) fn run(&self, sql: &str) {
        if let Err(message) = self.try_run(sql) {
            assert!(message.is_empty(), "{:?} refused a statement of the test: {message}", self.kind);
        }
    }

    /// Runs statements and answers the client's message when one fails.
    pub(crate) fn try_run(&self, sql: &str) -> Result<(), String> {
        self.client(self.folder(), &[], sql.as_bytes()).map(|_| ())
    }

    /// Runs a script in its own folder, so that its `SOURCE` lines find their files.
    pub(crate) fn try_script(&self, script: &Path) -> Result<(), String> {
        let text = fs::read(script).expect("the script exists");
        // The client of 9.7 reads `SOURCE` only when it is told to; the other clients do not know the option.
        let options: &[&str] = if self.kind == Kind::MySql97 { &["--commands"] } else { &[] };
        self.client(script.parent().expect("a file has a folder"), options, &text).map(|_| ())
    }

    /// The rows of one SELECT. NULL and the text `NULL` differ; a NUL byte arrives as a space, so ask for `HEX(…)` of bytes.
    pub(crate) fn query(&self, sql: &str) -> Vec<Row> {
        match self.client(self.folder(), &["--xml"], sql.as_bytes()) {
            Ok(xml) => rows_of_xml(&xml),
            Err(message) => {
                assert!(message.is_empty(), "{:?} refused a query of the test: {message}", self.kind);
                Vec::new()
            }
        }
    }

    /// The rows of one SELECT whose values are all text.
    pub(crate) fn query_text(&self, sql: &str) -> Vec<Vec<Option<String>>> {
        let text = |value: Option<Vec<u8>>| value.map(|bytes| String::from_utf8(bytes).expect("the query gives text"));
        self.query(sql).into_iter().map(|row| row.into_iter().map(text).collect()).collect()
    }

    /// The one column of each SELECT, or the message of the one that failed; no statement may hold a line break.
    pub(crate) fn query_each(&self, statements: &[String]) -> Vec<Result<Vec<String>, String>> {
        let lines: Vec<String> = statements.iter().enumerate().map(|(index, sql)| format!("SELECT '#{index}'; {sql};\n")).collect();
        let mut command = Command::new(self.kind.script());
        command.arg("client").args(self.kind.root()).arg(&self.data).current_dir(self.folder());
        command.args(["--default-character-set=utf8mb4", "--batch", "--skip-column-names", "--force"]);
        let mut client =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the client can be run");
        let mut stdin = client.stdin.take().expect("it is piped");
        let output = thread::scope(|scope| {
            scope.spawn(move || stdin.write_all(lines.concat().as_bytes()));
            client.wait_with_output().expect("the client ends")
        });
        let mut answers: Vec<Result<Vec<String>, String>> = Vec::new();
        for line in String::from_utf8_lossy(&output.stdout).lines() {
            match (line.strip_prefix('#'), answers.last_mut()) {
                (Some(_), _) => answers.push(Ok(Vec::new())),
                (None, Some(Ok(values))) => values.push(line.to_owned()),
                _ => {}
            }
        }
        let last = answers.len().checked_sub(1).and_then(|last| statements.get(last));
        assert_eq!(answers.len(), statements.len(), "the server is lost after {last:?}");
        for message in String::from_utf8_lossy(&output.stderr).lines() {
            let number =
                message.split("at line ").nth(1).and_then(|rest| rest.split(':').next()).and_then(|line| line.parse::<usize>().ok());
            if let Some(answer) = number.and_then(|line| answers.get_mut(line - 1)) {
                *answer = Err(message.to_owned());
            }
        }
        answers
    }

    fn client(&self, folder: &Path, options: &[&str], input: &[u8]) -> Result<Vec<u8>, String> {
        let mut command = Command::new(self.kind.script());
        command.arg("client").args(self.kind.root()).arg(&self.data).current_dir(folder);
        command.args(["--default-character-set=utf8mb4", "--max-allowed-packet=256M"]).args(options);
        let mut client = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the client of tests/servers can be run");
        let mut stdin = client.stdin.take().expect("it is piped");
        thread::scope(|scope| {
            // A client that ends early closes its pipe: its own message says more than ours would.
            scope.spawn(move || stdin.write_all(input));
            let output = client.wait_with_output().expect("the client ends");
            if output.status.success() { Ok(output.stdout) } else { Err(String::from_utf8_lossy(&output.stderr).into_owned()) }
        })
    }

    /// Runs statements and answers the binlog files that hold them, closed, in order.
    pub(crate) fn record(&self, sql: &str) -> Vec<PathBuf> {
        let earlier = self.binlog_files().len();
        self.run(sql);
        self.binlog_files().split_off(earlier)
    }

    /// Starts a new binlog file and answers all the closed ones, in order.
    pub(crate) fn binlog_files(&self) -> Vec<PathBuf> {
        self.run("FLUSH BINARY LOGS");
        let index = fs::read_to_string(self.data.join("binlog.index")).expect("the server keeps an index of its binlogs");
        let mut files: Vec<PathBuf> = index.lines().map(|line| self.data.join(line.trim_start_matches("./"))).collect();
        files.pop();
        files
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        while let Some(mut watchdog) = self.watchdogs.pop() {
            drop(watchdog.stdin.take());
            watchdog.wait().expect("the watchdog ends when its pipe closes");
        }
    }
}

fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/servers")
}

fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a loopback port is free");
    listener.local_addr().expect("a bound socket has an address").port()
}

/// Reads what the client's `--xml` prints: the one form in which NULL cannot be mistaken.
fn rows_of_xml(xml: &[u8]) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut rest = xml;
    while let Some(tag_start) = find(rest, b"<") {
        // In the text of a value each `<` is escaped, so this is a tag.
        rest = &rest[tag_start..];
        let tag_end = find(rest, b">").expect("the client closes its tags") + 1;
        let (tag, after) = rest.split_at(tag_end);
        rest = after;
        if tag == b"<row>" {
            rows.push(Row::new());
        } else if tag.starts_with(b"<field ") {
            let row = rows.last_mut().expect("a field stands in a row");
            if tag.ends_with(b"xsi:nil=\"true\" />") {
                row.push(None);
            } else {
                let end = find(rest, b"</field>").expect("the client closes its tags");
                row.push(Some(unescape_xml(&rest[..end])));
                rest = &rest[end..];
            }
        }
    }
    rows
}

fn unescape_xml(text: &[u8]) -> Vec<u8> {
    const ENTITIES: [(&[u8], u8); 4] = [(b"&lt;", b'<'), (b"&gt;", b'>'), (b"&quot;", b'"'), (b"&amp;", b'&')];
    let mut plain = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [byte, after @ ..] = rest {
        let entity = ENTITIES.iter().find(|(name, _)| rest.starts_with(name));
        plain.push(entity.map_or(*byte, |(_, byte)| *byte));
        rest = entity.map_or(after, |(name, _)| &rest[name.len()..]);
    }
    plain
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}

#[test]
fn each_kind_of_server_answers_with_its_version() {
    for kind in Kind::ALL {
        let answer = Server::shared(kind).query_text("SELECT version()");
        let version = answer[0][0].clone().expect("a version is not NULL");
        assert!(version.starts_with(kind.version()), "{kind:?} is {version}");
    }
}

#[test]
fn the_oracle_tells_null_from_the_text_null_and_keeps_markup() {
    for kind in Kind::ALL {
        let answer =
            Server::shared(kind).query_text(r#"SELECT NULL, 'NULL', '', '<a b="&amp;">\n\t\\', '税' UNION ALL SELECT 1, 2, 3, 4, 5"#);
        let some = |text: &str| Some(text.to_owned());
        assert_eq!(answer[0], [None, some("NULL"), some(""), some("<a b=\"&amp;\">\n\t\\"), some("税")]);
        assert_eq!(answer[1], ["1", "2", "3", "4", "5"].map(some));
    }
}

#[test]
fn a_refused_statement_is_told_with_the_servers_message() {
    let server = Server::shared(Kind::MariaDb1011);
    let message = server.try_run("SELECT no_such_column").expect_err("the column does not exist");
    assert!(message.contains("no_such_column"), "{message}");
}

#[test]
fn a_recording_holds_the_work_of_its_statements() {
    for kind in Kind::ALL {
        let server = Server::shared(kind);
        let schema = server.new_schema("recording");
        server.run(&format!("CREATE TABLE {schema}.t (id INT PRIMARY KEY, note VARCHAR(40))"));
        let files = server.record(&format!("INSERT INTO {schema}.t VALUES (1, 'words nobody else writes')"));
        let bytes: Vec<u8> = files.iter().flat_map(|file| fs::read(file).expect("a closed binlog is readable")).collect();
        assert!(find(&bytes, b"words nobody else writes").is_some(), "{:?}", server.kind());
        assert!(
            find(&bytes, format!("CREATE DATABASE `{schema}`").as_bytes()).is_none(),
            "{:?}: what came before is not in it",
            server.kind()
        );
    }
}

#[test]
fn a_script_is_run_in_its_own_folder() {
    let server = Server::shared(Kind::MySql97);
    let schema = server.new_schema("scripts");
    let folder = tempfile::tempdir().expect("the temporary folder is writable");
    fs::write(folder.path().join("all.sql"), "SOURCE part.sql\n").expect("the folder is writable");
    fs::write(folder.path().join("part.sql"), format!("CREATE TABLE {schema}.made (id INT PRIMARY KEY);")).expect("the folder is writable");
    server.try_script(&folder.path().join("all.sql")).expect("the script is sound");
    assert_eq!(server.query_text(&format!("SELECT count(*) FROM {schema}.made")), [[Some("0".to_owned())]]);
}

#[test]
fn a_server_of_its_own_takes_options_and_leaves_nothing_behind() {
    let server = Server::start(Kind::MariaDb1011, &["--binlog-row-metadata=FULL"]);
    assert_eq!(server.query_text("SELECT @@binlog_row_metadata, @@port"), [[Some("FULL".to_owned()), Some(server.port().to_string())]]);
    let (folder, process) = (server.folder().to_owned(), server.process);
    drop(server);
    assert!(!folder.exists() && !Path::new("/proc").join(process.to_string()).exists());
}

#[test]
fn every_server_takes_the_workload_and_keeps_the_same_rows() {
    let counts = Kind::ALL.map(|kind| {
        let server = Server::shared(kind);
        assert_eq!(server.workload("twice", 300), server.workload("twice", 300));
        server.run(&server.workload("workload_300", 300));
        server.query_text("SELECT (SELECT count(*) FROM workload_300.task_batch), (SELECT count(*) FROM workload_300.task_detail)")
    });
    assert!(counts[0][0][0] != Some("0".to_owned()));
    assert!(counts.iter().all(|count| *count == counts[0]), "{counts:?}");
}
