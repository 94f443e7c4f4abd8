//! What a server's file says of itself before its first transaction.

use std::time::{Duration, Instant};

use super::RawError;
use crate::{
    binlog::{
        BinlogError,
        event::{self, EventHeader, EventKind, FLAG_ARTIFICIAL, HEADER_BYTES},
        format::FormatDescription,
        frame::{CHECKSUM_BYTES, Frame},
        gtid_event,
    },
    mysql::{Heard, MysqlError, ReplicaConnection},
    position::{BinlogOffset, GtidSet},
};

/// The head of a binlog file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileHead {
    /// When the server began the file, in seconds since 1970 UTC.
    pub begun_s: u32,
    /// What was done before it; none where the file does not say.
    pub before: Option<GtidSet>,
}

/// How long a server may take to send the first events of a file.
const LIMIT: Duration = Duration::from_secs(20);

impl FileHead {
    /// Reads it from a connection on which the file's first event comes next. What else comes is the caller's to end.
    pub fn read(connection: &mut ReplicaConnection, file: &str) -> Result<Self, RawError> {
        let until = Instant::now() + LIMIT;
        let server = connection.server().to_owned();
        let mut found: Option<(u32, bool)> = None;
        loop {
            let bytes = match connection.hear()? {
                Heard::Event { bytes, begins: true, .. } => bytes,
                Heard::Silence if Instant::now() > until => {
                    return Err(MysqlError::Silent { server, statement: "BINLOG DUMP".to_owned(), limit: LIMIT }.into());
                }
                Heard::Event { .. } | Heard::Silence => continue,
                Heard::End => return Ok(Self { begun_s: found.map_or(0, |(begun_s, _)| begun_s), before: None }),
            };
            let at = || BinlogOffset { file: file.into(), offset: 4 };
            let short = || BinlogError::Frame { at: at(), reason: "an event is shorter than its header" };
            let header = EventHeader::parse(bytes.first_chunk().ok_or_else(short)?);
            let kind = EventKind::of(header.code);
            let checksummed = found.is_some_and(|(_, checksummed)| checksummed);
            let end = if checksummed { bytes.len().saturating_sub(CHECKSUM_BYTES) } else { bytes.len() };
            let body = bytes.get(HEADER_BYTES..end).ok_or_else(short)?;
            let malformed = |source| BinlogError::Malformed { at: at(), event: event::name(header.code), source: Box::new(source) };
            let before = match (kind, found) {
                (EventKind::FormatDescription, _) => {
                    let format = FormatDescription::parse(&Frame { header, offset: 4, bytes }, false);
                    found = Some((header.time_s, format.is_ok_and(|format| format.checksummed)));
                    continue;
                }
                (EventKind::PreviousGtids, _) => Some(GtidSet::Mysql(gtid_event::parse_previous_gtids(body).map_err(malformed)?)),
                (EventKind::MariadbGtidList, _) => Some(GtidSet::Mariadb(gtid_event::parse_mariadb_list(body).map_err(malformed)?)),
                (_, Some(_)) if header.flags & FLAG_ARTIFICIAL == 0 => None,
                // The rotate event before the file, and heartbeats.
                _ => continue,
            };
            return Ok(Self { begun_s: found.map_or(header.time_s, |(begun_s, _)| begun_s), before });
        }
    }
}
