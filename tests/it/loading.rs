//! Servers that can be loaded into, and `rowgate replay` as a process that loads into them and may be killed.

use std::{
    fs::File,
    io::{Read, Seek},
    path::{Path, PathBuf},
    process::{Child, Command},
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use crate::server::{Kind, Server};

/// Servers that changes are loaded into.
pub(crate) const TARGETS: [Kind; 2] = [Kind::MariaDb1011, Kind::MySql97];

/// The loader's user, who comes in over TCP.
const USER: &str = "loader";
const PASSWORD: &str = "pass word";

/// How long one replay of the tests may take.
const RUN_LIMIT: Duration = Duration::from_secs(600);

/// The shared server of this kind, with all that loading needs.
pub(crate) fn target(kind: Kind) -> &'static Server {
    static PREPARED: [OnceLock<()>; 3] = [const { OnceLock::new() }; 3];
    let server = Server::shared(kind);
    PREPARED[kind as usize].get_or_init(|| prepare(server));
    server
}

/// A MySQL that takes LOAD DATA LOCAL, which the shared one does not by default, with all that loading needs.
pub(crate) fn mysql_with_files() -> &'static Server {
    static SERVER: OnceLock<Server> = OnceLock::new();
    SERVER.get_or_init(|| {
        let server = Server::start(Kind::MySql97, &["--local-infile=ON"]);
        prepare(&server);
        server
    })
}

/// Makes the loader's user and the tables of `retl`.
pub(crate) fn prepare(server: &Server) {
    server.run(&format!("CREATE USER IF NOT EXISTS {USER}@'%' IDENTIFIED BY '{PASSWORD}'; GRANT ALL ON *.* TO {USER}@'%'"));
    let mut init = Command::new(env!("CARGO_BIN_EXE_rowgate"));
    let made = init.env("ROWGATE_PASSWORD", PASSWORD).args(["init", "--to", &address(server.port())]).output();
    let made = made.expect("the binary of this package runs");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

/// The same through the socket, for a server that takes encrypted connections only; its user has no password.
pub(crate) fn prepare_over_tls(server: &Server) {
    server.run("CREATE USER tls_user@'%'; GRANT ALL ON *.* TO tls_user@'%'");
    let made = Command::new(env!("CARGO_BIN_EXE_rowgate")).args(["init", "--to", &server.root_url()]).output();
    let made = made.expect("the binary of this package runs");
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
}

/// The address of whatever listens on a port: a server, or a proxy before it.
pub(crate) fn address(port: u16) -> String {
    format!("mysql://{USER}@127.0.0.1:{port}?tls=off")
}

/// A name for a job that no other test has.
pub(crate) fn new_job(name: &str) -> String {
    static JOBS: AtomicU32 = AtomicU32::new(0);
    format!("{name}_{}", JOBS.fetch_add(1, Ordering::Relaxed))
}

/// A replay that may be run again and again.
#[derive(Debug, Clone)]
pub(crate) struct Replay {
    pub(crate) job: String,
    pub(crate) queries: PathBuf,
    pub(crate) binlogs: Vec<PathBuf>,
    pub(crate) to: Vec<String>,
    pub(crate) lanes: u16,
    pub(crate) window_rows: u64,
    /// Further flags.
    pub(crate) more: Vec<String>,
}

impl Replay {
    /// A replay of these files with the defaults of the command.
    pub(crate) fn new(job: &str, queries: &Path, binlogs: &[PathBuf], to: &[String]) -> Self {
        let (queries, binlogs, to) = (queries.to_owned(), binlogs.to_vec(), to.to_vec());
        Self { job: job.to_owned(), queries, binlogs, to, lanes: 4, window_rows: 100_000, more: Vec::new() }
    }

    /// Starts it.
    pub(crate) fn start(&self) -> Process {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rowgate"));
        command.current_dir(env!("CARGO_MANIFEST_DIR")).env("ROWGATE_PASSWORD", PASSWORD);
        command.arg("replay").arg(&self.queries).args(["--job", &self.job]);
        command.args(["--lanes", &self.lanes.to_string(), "--window-rows", &self.window_rows.to_string()]);
        self.to.iter().for_each(|to| {
            command.args(["--to", to]);
        });
        command.args(&self.more).arg("--from").args(&self.binlogs);
        let output = tempfile::tempfile().expect("the temporary folder is writable");
        let copy = || output.try_clone().expect("the system has descriptors left");
        let child = command.stdout(copy()).stderr(copy()).spawn().expect("the binary of this package runs");
        Process { child: Arc::new(Mutex::new(child)), output }
    }

    /// Runs it to its end.
    pub(crate) fn run(&self) -> Ended {
        self.start().wait()
    }
}

/// A running replay.
pub(crate) struct Process {
    child: Arc<Mutex<Child>>,
    output: File,
}

/// How a replay ended.
#[derive(Debug)]
pub(crate) struct Ended {
    /// None when it was killed.
    pub(crate) code: Option<i32>,
    /// What it printed.
    pub(crate) text: String,
}

impl Process {
    /// What kills it, with SIGKILL, and returns when it is gone.
    pub(crate) fn killer(&self) -> impl Fn() + Send + 'static {
        let child = Arc::clone(&self.child);
        move || {
            let mut child = child.lock().expect("no thread panics with it");
            child.kill().expect("the process is ours");
            child.wait().expect("a killed process ends");
        }
    }

    /// Whether it has ended.
    pub(crate) fn has_ended(&self) -> bool {
        self.child.lock().expect("no thread panics with it").try_wait().expect("the process is ours").is_some()
    }

    /// Waits for its end.
    pub(crate) fn wait(mut self) -> Ended {
        let started = Instant::now();
        let status = loop {
            let ended = self.child.lock().expect("no thread panics with it").try_wait().expect("the process is ours");
            if let Some(status) = ended {
                break status;
            }
            if started.elapsed() > RUN_LIMIT {
                self.killer()();
            }
            thread::sleep(Duration::from_millis(2));
        };
        let mut text = String::new();
        self.output.rewind().expect("a file can be rewound");
        self.output.read_to_string(&mut text).expect("rowgate prints UTF-8");
        Ended { code: status.code(), text }
    }
}

impl Ended {
    /// Asserts that all was loaded.
    pub(crate) fn done(self) -> Self {
        assert_eq!(self.code, Some(0), "{}", self.text);
        self
    }

    /// Asserts that it was killed.
    pub(crate) fn killed(self) {
        assert_eq!(self.code, None, "{}", self.text);
    }
}
