//! What a capture tells while it runs, and at its end.

use std::time::Duration;

use crate::{position::BinlogOffset, source::ServerState};

/// How far a capture is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaptureStatus {
    /// Where the last whole event in the folder ends.
    pub position: BinlogOffset,
    /// Bytes that this process wrote.
    pub bytes: u64,
    /// Events that this process wrote.
    pub events: u64,
    /// Transactions that this process wrote to their end.
    pub transactions: u64,
    /// How old the last event is while more follow; 0 when the source has nothing more.
    pub behind_s: u64,
    /// How much the source has beyond; none when it was not asked, or did not say.
    pub behind_bytes: Option<u64>,
}

/// What was captured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaptureOutcome {
    /// The state at the end; everything up to its position is durable.
    pub status: CaptureStatus,
    /// How often the source was connected to again.
    pub reconnects: u64,
}

/// Something worth telling.
#[derive(Debug)]
pub enum Notice<'a> {
    /// A capture is begun.
    Begun {
        /// The file with which it begins.
        first_file: &'a str,
        /// Where the source's last file ends now: the definitions are as of there.
        end: &'a BinlogOffset,
        /// How many tables are defined in the folder.
        tables: usize,
        /// The source.
        state: &'a ServerState,
    },
    /// A capture goes on.
    Resumed {
        /// Where.
        at: &'a BinlogOffset,
        /// How many bytes of a part of an event were cut off the end.
        cut: u64,
        /// The source.
        state: &'a ServerState,
    },
    /// It goes on after a failure that passes.
    Waiting {
        /// What failed.
        error: &'a super::CaptureError,
        /// How long until it is tried again.
        wait: Duration,
    },
    /// About once a second.
    Status(&'a CaptureStatus),
}
