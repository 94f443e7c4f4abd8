//! The `rowgate` binary as its users run it.

use std::{path::Path, process::Command};

/// What a run of the binary gave.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    /// Asserts that the command was done.
    pub(crate) fn done(self) -> Self {
        assert_eq!(self.code, 0, "stderr:\n{}\nstdout:\n{}", self.stderr, self.stdout);
        self
    }
}

/// Runs `rowgate` with these arguments in the project's folder.
pub(crate) fn rowgate<A: AsRef<std::ffi::OsStr>>(arguments: impl IntoIterator<Item = A>) -> Run {
    rowgate_in(Path::new(env!("CARGO_MANIFEST_DIR")), arguments)
}

/// Runs `rowgate` with these arguments in a folder.
pub(crate) fn rowgate_in<A: AsRef<std::ffi::OsStr>>(folder: &Path, arguments: impl IntoIterator<Item = A>) -> Run {
    let output =
        Command::new(env!("CARGO_BIN_EXE_rowgate")).args(arguments).current_dir(folder).output().expect("the binary of this package runs");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("rowgate prints UTF-8");
    Run { code: output.status.code().expect("rowgate is not killed"), stdout: text(output.stdout), stderr: text(output.stderr) }
}
