//! Why a command ends without doing what was asked, and the exit code that says so.

use std::{fmt, path::Path, process::ExitCode};

/// The exit codes of every command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exit {
    /// Done.
    Done,
    /// The answer is no: a row that could not be routed.
    No,
    /// Wrong input or usage: a rule, a damaged or gapped capture.
    WrongInput,
    /// A source, target, network or disk failed.
    Unavailable,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::No => 1,
            Exit::WrongInput => 2,
            Exit::Unavailable => 3,
        })
    }
}

/// What is told before a command ends with a code other than 0.
#[derive(Debug)]
pub(super) struct Failure {
    pub(super) exit: Exit,
    message: String,
    hint: Option<String>,
}

impl Failure {
    /// The user gave something that cannot be used.
    pub(super) fn wrong_input(message: impl Into<String>) -> Self {
        Self { exit: Exit::WrongInput, message: message.into(), hint: None }
    }

    /// Something outside failed.
    pub(super) fn unavailable(message: impl Into<String>) -> Self {
        Self { exit: Exit::Unavailable, message: message.into(), hint: None }
    }

    /// The answer is no.
    pub(super) fn no(message: impl Into<String>) -> Self {
        Self { exit: Exit::No, message: message.into(), hint: None }
    }

    /// The output cannot be written.
    pub(super) fn output(error: &std::io::Error) -> Self {
        Self::unavailable(format!("cannot write the output: {error}"))
    }

    /// Adds what to do.
    pub(super) fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// A file that cannot be read or written.
    pub(super) fn file(path: &Path, doing: &str, error: &std::io::Error) -> Self {
        let message = format!("cannot {doing} `{}`: {error}", path.display());
        match error.kind() {
            std::io::ErrorKind::NotFound | std::io::ErrorKind::IsADirectory | std::io::ErrorKind::NotADirectory => {
                Self::wrong_input(message)
            }
            _ => Self::unavailable(message),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", self.message)?;
        match &self.hint {
            Some(hint) => write!(f, "\n  help: {hint}"),
            None => Ok(()),
        }
    }
}
