//! A server's binlog on its way into files.

use std::{
    io,
    time::{Duration, Instant},
};

use super::{EventEnd, RawError, RawLog, log::Fate};
use crate::mysql::{Heard, MysqlError, ReplicaConnection};

/// The bytes that a server sends, behind those that a log knows.
#[derive(Debug)]
pub struct RawStream {
    connection: ReplicaConnection,
    server: String,
    log: RawLog,
    fate: Fate,
    heard_at: Instant,
    silence_limit: Duration,
}

/// What comes next.
#[derive(Debug, PartialEq, Eq)]
pub enum RawItem<'a> {
    /// Nothing for a tick, or nothing that is kept.
    Nothing,
    /// The file of this name begins. Its first four bytes are not sent: they are [`RawStream::MAGIC`].
    File(&'a str),
    /// Bytes that belong at the end of the file at hand.
    Bytes {
        /// The bytes.
        bytes: &'a [u8],
        /// What is known when an event ends with them.
        end: Option<EventEnd>,
    },
    /// The stop is reached; what comes now is not wanted.
    Stop,
}

/// How the request is called in errors.
const DUMP: &str = "BINLOG DUMP";

impl RawStream {
    /// The first bytes of every binlog file.
    pub const MAGIC: [u8; 4] = crate::binlog::input::MAGIC;

    /// Goes on where `log` ends. The connection was asked for [`RawLog::resume_at`]; it may be silent for so long, heartbeats included.
    pub fn new(connection: ReplicaConnection, mut log: RawLog, silence_limit: Duration) -> Self {
        log.expect_last_again();
        Self { server: connection.server().to_owned(), connection, log, fate: Fate::PassedOver, heard_at: Instant::now(), silence_limit }
    }

    /// How far it is.
    pub fn log(&self) -> &RawLog {
        &self.log
    }

    /// The next bytes.
    #[expect(clippy::should_implement_trait, reason = "what it gives borrows from it, and it is fallible")]
    pub fn next(&mut self) -> Result<RawItem<'_>, RawError> {
        if self.log.is_stopped() {
            return Ok(RawItem::Stop);
        }
        let (bytes, begins, ends) = match self.connection.hear()? {
            Heard::Event { bytes, begins, ends } => (bytes, begins, ends),
            Heard::Silence if self.heard_at.elapsed() > self.silence_limit => {
                let (server, statement) = (self.server.clone(), DUMP.to_owned());
                return Err(MysqlError::Silent { server, statement, limit: self.silence_limit }.into());
            }
            Heard::Silence => return Ok(RawItem::Nothing),
            Heard::End => {
                let (server, statement) = (self.server.clone(), DUMP.to_owned());
                let cause = io::Error::new(io::ErrorKind::UnexpectedEof, "the server ended the binlog");
                return Err(MysqlError::Lost { server, statement, cause }.into());
            }
        };
        self.heard_at = Instant::now();
        if begins {
            self.fate = self.log.begin(bytes)?;
        } else {
            self.log.more(bytes);
        }
        let end = if ends { self.log.finish()? } else { None };
        Ok(match &self.fate {
            Fate::Kept => RawItem::Bytes { bytes, end },
            Fate::NextFile(name) if ends => RawItem::File(name),
            Fate::Stop => RawItem::Stop,
            Fate::NextFile(_) | Fate::Again | Fate::PassedOver => RawItem::Nothing,
        })
    }
}
