//! Why a capture cannot go on.

use std::{io, path::PathBuf};

use crate::{
    binlog::{BinlogError, RawError},
    fault::FaultClass,
    position::BinlogOffset,
    source::SourceError,
};

/// What stops a capture.
#[derive(Debug, thiserror::Error)]
pub enum CaptureError {
    /// The source.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// What is in the folder already.
    #[error(transparent)]
    Binlog(#[from] BinlogError),
    /// A file or folder.
    #[error("cannot {doing} `{}`", path.display())]
    File {
        /// What was done.
        doing: &'static str,
        /// To what.
        path: PathBuf,
        /// The system's word.
        #[source]
        cause: io::Error,
    },
    /// Another process captures into the folder.
    #[error("another process captures into `{}`", .0.display())]
    InUse(PathBuf),
    /// Binlogs without the record of a capture.
    #[error("`{}` holds binlogs that no capture made", .0.display())]
    Foreign(PathBuf),
    /// The record is not readable.
    #[error("`{}` is not the record of a capture: {problem}", path.display())]
    Record {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// The folder is that of another server.
    #[error("`{}` holds binlogs of {recorded}, and {server} is {found}", path.display())]
    OtherServer {
        /// The folder.
        path: PathBuf,
        /// The server that was captured.
        recorded: String,
        /// The address that was given.
        server: String,
        /// The server that is there.
        found: String,
    },
    /// A start, although there is a capture that has an end.
    #[error("the capture in `{}` ends at `{end}` and goes on there, not at `--start {start}`", path.display())]
    AlreadyBegun {
        /// The folder.
        path: PathBuf,
        /// Where the capture ends.
        end: BinlogOffset,
        /// What was asked for.
        start: String,
    },
    /// A stop before the end of what is there.
    #[error("the capture in `{}` ends at `{end}`, behind `--stop {stop}`", path.display())]
    Passed {
        /// The folder.
        path: PathBuf,
        /// Where the capture ends.
        end: BinlogOffset,
        /// What was asked for.
        stop: String,
    },
    /// The source lost what it had sent.
    #[error("the source's `{}` ends at {source_end}, before the capture's end at {}", captured.file, captured.offset)]
    Shorter {
        /// Where the capture ends.
        captured: BinlogOffset,
        /// Where the source's file ends.
        source_end: u64,
    },
}

impl From<RawError> for CaptureError {
    /// What is wrong with a file that is here.
    fn from(error: RawError) -> Self {
        match error {
            RawError::Binlog(error) => Self::Binlog(error),
            error => Self::Source(SourceError::Stream(error)),
        }
    }
}

impl CaptureError {
    /// What a stream's error is for a source that knows us by this number.
    pub(super) fn of_stream(error: RawError, server_id: u32) -> Self {
        Self::Source(SourceError::of_stream(error, server_id))
    }

    /// How it is to be met.
    pub fn class(&self) -> FaultClass {
        match self {
            Self::Source(error) => error.class(),
            Self::Binlog(error) => error.class(),
            Self::File { cause, .. } => FaultClass::of_io(cause),
            Self::InUse(_)
            | Self::Foreign(_)
            | Self::Record { .. }
            | Self::OtherServer { .. }
            | Self::AlreadyBegun { .. }
            | Self::Passed { .. }
            | Self::Shorter { .. } => FaultClass::Definite,
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Source(error) => return error.hint(),
            Self::Binlog(error) => return error.hint(),
            Self::InUse(_) => "Let it end first: two would write the same bytes twice.",
            Self::Foreign(_) | Self::Record { .. } => "Name a new or an empty folder.",
            Self::OtherServer { .. } => {
                "The files of another server are other files, whatever transactions they hold: name a new folder. A source behind an address \
                 that moves from one server to another cannot be captured in one folder."
            }
            Self::AlreadyBegun { .. } => "Leave `--start` out to go on, or name a new folder.",
            Self::Passed { .. } => "Everything up to there is captured: `--stop` of `replay` and `preview` ends reading where you want.",
            Self::Shorter { .. } => {
                "The source lost its last transactions, in a crash with `sync_binlog` other than 1 or in a restore, and writes others in \
                 their place. Begin a capture in a new folder."
            }
            Self::File { .. } => return None,
        };
        Some(hint.to_owned())
    }
}
