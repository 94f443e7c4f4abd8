//! `rowgate capture` as its users run it, and its folder beside the server's own files.

use std::{
    fs::{self, File},
    os::unix::fs::FileExt,
    path::{Path, PathBuf},
    process::{Child, Command},
    thread,
    time::{Duration, Instant},
};

use tempfile::TempDir;

use crate::server::Server;

/// Longer than any capture of a test takes.
const RUN_LIMIT: Duration = Duration::from_secs(240);

/// The place of the flag in a file's first event that says that its server has it open.
const IN_USE: usize = 4 + 17;

/// The size of the event that MariaDB may write at any time after all else, when its engines have what is in the files before.
const CHECKPOINT: usize = 40;

/// A capture of a server into a folder of its own.
pub(crate) struct Capturing {
    pub(crate) source: String,
    pub(crate) folder: TempDir,
}

/// A running capture.
pub(crate) struct Running {
    child: Child,
    output: File,
}

/// How a capture ended.
#[derive(Debug)]
pub(crate) struct Ended {
    /// None when it was killed.
    pub(crate) code: Option<i32>,
    /// What it printed.
    pub(crate) text: String,
}

impl Capturing {
    /// A capture of this server, as its `root`.
    pub(crate) fn of(server: &Server) -> Self {
        Self::from(server.root_url())
    }

    /// A capture of whatever has this address.
    pub(crate) fn from(source: String) -> Self {
        Self { source, folder: tempfile::tempdir().expect("the temporary folder is writable") }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Starts it; its output is JSON.
    pub(crate) fn start(&self, options: &[&str]) -> Running {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rowgate"));
        command.current_dir(self.path()).arg("capture").args(["--source", &self.source, "--format", "json"]);
        command.arg("--to").arg(self.path()).args(options).env("ROWGATE_PASSWORD_SECRET", "p@ss: word");
        let output = tempfile::tempfile().expect("the temporary folder is writable");
        let copy = || output.try_clone().expect("the system has descriptors left");
        let child = command.stdout(copy()).stderr(copy()).spawn().expect("the binary of this package runs");
        Running { child, output }
    }

    /// Captures up to where the server is now.
    pub(crate) fn catch_up(&self, options: &[&str]) -> Ended {
        self.start(&[&["--stop-at-end"], options].concat()).wait()
    }

    /// The names of the binlogs in the folder.
    pub(crate) fn files(&self) -> Vec<String> {
        let names = fs::read_dir(self.path()).expect("the folder is readable");
        let names = names.map(|entry| entry.expect("the folder is readable").file_name().into_string().expect("names are text"));
        let mut names: Vec<String> = names.filter(|name| name.starts_with("binlog.")).collect();
        names.sort();
        names
    }

    /// The content of a binlog in the folder.
    pub(crate) fn bytes(&self, name: &str) -> Vec<u8> {
        fs::read(self.path().join(name)).expect("the file is readable")
    }

    /// Asserts that the folder holds the server's files from this number on: the same bytes, but for the mark of the one that is open.
    pub(crate) fn assert_same(&self, server: &Server, first: u32) {
        let index = fs::read_to_string(server.data().join("binlog.index")).expect("the server keeps an index of its binlogs");
        let wanted = |line: &&str| *line >= format!("binlog.{first:06}").as_str();
        let names = index.lines().map(|line| line.trim_start_matches("./")).filter(wanted);
        let listed: Vec<PathBuf> = names.map(|name| server.data().join(name)).collect();
        let name = |path: &PathBuf| path.file_name().expect("a file has a name").to_string_lossy().into_owned();
        assert_eq!(self.files(), listed.iter().map(name).collect::<Vec<_>>());
        for path in &listed {
            let (mut expected, mut found) = (fs::read(path).expect("the server's file is readable"), self.bytes(&name(path)));
            (expected[IN_USE], found[IN_USE]) = (expected[IN_USE] & !1, found[IN_USE] & !1);
            if path == listed.last().expect("there is a file") && expected.len().saturating_sub(found.len()) <= CHECKPOINT {
                expected.truncate(found.len());
            }
            let difference = expected.iter().zip(&found).position(|(expected, found)| expected != found);
            assert!(expected == found, "{}: {} bytes for {}, first difference at {difference:?}", name(path), found.len(), expected.len());
        }
    }

    /// Whether the binlogs in the folder end as those of the server do now.
    pub(crate) fn is_level_with(&self, server: &Server) -> bool {
        let index = fs::read_to_string(server.data().join("binlog.index")).expect("the server keeps an index of its binlogs");
        let size = |folder: &Path, name: &str| fs::metadata(folder.join(name)).map(|file| file.len()).unwrap_or_default();
        let last = index.lines().last().expect("an index is never empty").trim_start_matches("./");
        size(self.path(), last) == size(server.data(), last)
    }
}

impl Running {
    /// Kills it with SIGKILL.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("the process is ours");
        self.child.wait().expect("a killed process ends");
    }

    /// Asks it to end, by a signal.
    pub(crate) fn signal(&self, signal: &str) {
        let sent = Command::new("kill").args([signal, &self.child.id().to_string()]).status().expect("kill can be run");
        assert!(sent.success(), "the capture runs");
    }

    /// What it printed so far.
    pub(crate) fn text(&self) -> String {
        // The position of the file is shared with the process that writes, so none is moved.
        let length = self.output.metadata().expect("the file is open").len();
        let mut bytes = vec![0; length as usize];
        self.output.read_exact_at(&mut bytes, 0).expect("the file is readable");
        String::from_utf8(bytes).expect("rowgate prints UTF-8")
    }

    /// Waits until something is so.
    pub(crate) fn until(&self, what: &str, is_so: impl Fn(&str) -> bool) {
        let started = Instant::now();
        while !is_so(&self.text()) {
            assert!(started.elapsed() < RUN_LIMIT, "never {what}:\n{}", self.text());
            thread::sleep(Duration::from_millis(50));
        }
    }

    /// Waits for its end.
    pub(crate) fn wait(mut self) -> Ended {
        let started = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("the process is ours") {
                break status;
            }
            if started.elapsed() > RUN_LIMIT {
                self.child.kill().expect("the process is ours");
            }
            thread::sleep(Duration::from_millis(10));
        };
        Ended { code: status.code(), text: self.text() }
    }
}

impl Ended {
    /// Asserts that it came to its end.
    pub(crate) fn done(self) -> Self {
        assert_eq!(self.code, Some(0), "{}", self.text);
        self
    }

    /// Asserts that it was refused with this code, for these words.
    pub(crate) fn refused(self, code: i32, words: &[&str]) {
        assert_eq!(self.code, Some(code), "{}", self.text);
        for word in words {
            assert!(self.text.contains(word), "no `{word}` in:\n{}", self.text);
        }
    }
}
