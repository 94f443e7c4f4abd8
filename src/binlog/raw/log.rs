//! How far a binlog is known: the file at hand, its last whole event, its last whole transaction.

use std::sync::Arc;

use crc32fast::Hasher;

use super::{RawError, boundary::Standing};
use crate::{
    binlog::{
        BinlogError, Bound,
        bounds::{Admission, Bounds},
        event::{self, EventHeader, EventKind, FLAG_ARTIFICIAL, HEADER_BYTES},
        format::{FormatDescription, FormatFault},
        frame::{CHECKSUM_BYTES, Frame},
        gtid_event::{self, Announcement},
        input::MAGIC,
    },
    position::{BinlogOffset, Gtid},
};

/// Follows the events of one file after the other, by their headers and, of a few, their first bytes.
#[derive(Debug)]
pub struct RawLog {
    file: Arc<str>,
    /// Where the last whole event ends.
    end: u64,
    /// Where the last whole transaction ends.
    boundary: u64,
    standing: Standing,
    format: Option<FormatDescription>,
    /// The next file, once the last event named it.
    rotate: Option<String>,
    last: Option<LastEvent>,
    /// Whether the next event is the last one again.
    is_again: bool,
    event: Option<OpenEvent>,
    bounds: Bounds,
    gtid: Option<Gtid>,
    began: Option<BinlogOffset>,
    time_s: u32,
    is_stopped: bool,
}

/// What tells an event from any other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct LastEvent {
    start: u64,
    size: u32,
    /// Of all but its own checksum: with that, the CRC32 of any sound event is the same.
    crc: u32,
}

/// An event of which not all is there yet.
#[derive(Debug)]
struct OpenEvent {
    header: EventHeader,
    fate: Fate,
    hasher: Hasher,
    /// The bytes before its checksum that are still to come.
    content_left: usize,
    /// What came of its checksum.
    checksum: Vec<u8>,
    standing_after: Standing,
    /// The file that it names.
    rotate: Option<String>,
}

/// What becomes of an event's bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fate {
    /// They are the file's.
    Kept,
    /// They are there already.
    Again,
    /// The server made them up for us.
    PassedOver,
    /// What follows is in another file.
    NextFile(String),
    /// Nothing from here on is wanted.
    Stop,
}

/// What is known at the end of an event that is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventEnd {
    /// Whether no transaction is open after it.
    pub boundary: bool,
    /// Whether a transaction ends with it.
    pub transaction: bool,
    /// Whether the file is complete.
    pub closes_file: bool,
}

impl RawLog {
    /// A log that begins with a file's first event.
    pub fn new(file: Arc<str>, stop: Option<Bound>) -> Self {
        let start = MAGIC.len() as u64;
        Self {
            file,
            end: start,
            boundary: start,
            standing: Standing::Between,
            format: None,
            rotate: None,
            last: None,
            is_again: false,
            event: None,
            bounds: Bounds::of_stop(stop),
            gtid: None,
            began: None,
            time_s: 0,
            is_stopped: false,
        }
    }

    /// The file at hand.
    pub fn file(&self) -> &Arc<str> {
        &self.file
    }

    /// Where its last whole event ends.
    pub fn end(&self) -> BinlogOffset {
        self.at(self.end)
    }

    /// Where its last whole transaction ends.
    pub fn boundary(&self) -> BinlogOffset {
        self.at(self.boundary)
    }

    /// When the last event was written, in seconds since 1970 UTC.
    pub fn time_s(&self) -> u32 {
        self.time_s
    }

    /// Whether the stop is reached.
    pub fn is_stopped(&self) -> bool {
        self.is_stopped
    }

    /// Where a server is asked to go on: with the last event that is there, so that both can be compared.
    pub fn resume_at(&self) -> BinlogOffset {
        self.at(self.last.map_or(self.end, |last| last.start))
    }

    /// The next event is the last one again.
    pub(super) fn expect_last_again(&mut self) {
        self.is_again = self.last.is_some();
        self.event = None;
    }

    fn at(&self, offset: u64) -> BinlogOffset {
        BinlogOffset { file: Arc::clone(&self.file), offset }
    }

    /// The first bytes of an event: all of it, or enough of it to tell.
    pub(super) fn begin(&mut self, bytes: &[u8]) -> Result<Fate, RawError> {
        let too_short = || BinlogError::Frame { at: self.at(self.end), reason: "an event is shorter than its header" };
        let header = EventHeader::parse(bytes.first_chunk().ok_or_else(too_short)?);
        let kind = EventKind::of(header.code);
        let is_format = kind == EventKind::FormatDescription;
        let has_checksum = is_format || self.format.as_ref().is_some_and(|format| format.checksummed);
        let trailer = if has_checksum { CHECKSUM_BYTES } else { 0 };
        let Some(content_left) = (header.size as usize).checked_sub(trailer).filter(|&content| content >= HEADER_BYTES) else {
            return Err(too_short().into());
        };
        let body = &bytes[HEADER_BYTES..bytes.len().min(content_left)];
        let (fate, standing_after) = self.fate(&header, kind, bytes, body)?;
        let rotate = (kind == EventKind::Rotate && fate == Fate::Kept).then(|| named_file(body)).flatten();
        self.event = Some(OpenEvent {
            header,
            fate: fate.clone(),
            hasher: Hasher::new(),
            content_left,
            checksum: Vec::new(),
            standing_after,
            rotate,
        });
        self.more(bytes);
        Ok(fate)
    }

    /// What becomes of an event, and where the log stands after it.
    fn fate(&mut self, header: &EventHeader, kind: EventKind, bytes: &[u8], body: &[u8]) -> Result<(Fate, Standing), RawError> {
        /// Made by servers while they have nothing to send.
        const HEARTBEATS: [u8; 2] = [27, 41];
        if HEARTBEATS.contains(&header.code) {
            return Ok((Fate::PassedOver, self.standing));
        }
        if kind == EventKind::Rotate && header.flags & FLAG_ARTIFICIAL != 0 {
            return Ok((self.artificial_rotate(bytes)?, self.standing));
        }
        if kind == EventKind::StartEncryption {
            return Err(BinlogError::Encrypted { file: self.file.to_string(), by: "MariaDB's `encrypt_binlog`" }.into());
        }
        if kind == EventKind::FormatDescription {
            self.format = Some(self.format_of(header, bytes)?);
        }
        if self.is_made_up(header, kind) {
            return Ok((Fate::PassedOver, self.standing));
        }
        if std::mem::take(&mut self.is_again) {
            return Ok((Fate::Again, self.standing));
        }
        let expected = (self.end + u64::from(header.size)) as u32;
        if header.end_position != 0 && header.end_position != expected {
            return Err(RawError::Jump { at: self.at(self.end), expected, found: header.end_position });
        }
        if self.bounds.before_event(&self.file, self.end, self.began.as_ref())? == Admission::Stop {
            return Ok((Fate::Stop, self.standing));
        }
        let after = self.standing.after(header, body);
        if self.admit(header, kind, body, after)? == Admission::Stop {
            return Ok((Fate::Stop, self.standing));
        }
        Ok((Fate::Kept, after))
    }

    /// Whether the server made the event up because we begin within a file.
    fn is_made_up(&self, header: &EventHeader, kind: EventKind) -> bool {
        let at_first_event = self.last.is_none_or(|last| self.is_again && last.start == MAGIC.len() as u64);
        header.flags & FLAG_ARTIFICIAL != 0 || kind == EventKind::FormatDescription && !at_first_event
    }

    /// Learns the GTIDs before the file and of transactions; says whether the stop is before this event.
    fn admit(&mut self, header: &EventHeader, kind: EventKind, body: &[u8], after: Standing) -> Result<Admission, BinlogError> {
        let at = self.at(self.end);
        let malformed = |source| BinlogError::Malformed { at: at.clone(), event: event::name(header.code), source: Box::new(source) };
        let announced = match kind {
            EventKind::PreviousGtids => {
                let previous = gtid_event::parse_previous_gtids(body).map_err(malformed)?;
                self.bounds.before_mysql_capture(&previous)?;
                return Ok(Admission::Read);
            }
            EventKind::MariadbGtidList => {
                let previous = gtid_event::parse_mariadb_list(body).map_err(malformed)?;
                self.bounds.before_mariadb_capture(&previous)?;
                return Ok(Admission::Read);
            }
            EventKind::MysqlGtid => gtid_event::parse_mysql(body, false).map_err(malformed)?,
            EventKind::AnonymousGtid => gtid_event::parse_mysql(body, true).map_err(malformed)?,
            EventKind::MysqlTaggedGtid => gtid_event::parse_mysql_tagged(body).map_err(malformed)?,
            EventKind::MariadbGtid => gtid_event::parse_mariadb(body, header).map_err(malformed)?,
            _ if self.standing == Standing::Between && after != Standing::Between => {
                Announcement { gtid: None, commit_time_us: None, begins: true }
            }
            _ => return Ok(Admission::Read),
        };
        let time_us = announced.commit_time_us.unwrap_or(i64::from(header.time_s) * 1_000_000);
        let admission = self.bounds.admit(announced.gtid.as_ref(), time_us)?;
        self.gtid = announced.gtid;
        self.began = Some(at);
        Ok(admission)
    }

    fn artificial_rotate(&mut self, bytes: &[u8]) -> Result<Fate, RawError> {
        // Before the first format description nothing says whether this event has a checksum; it does if it is right.
        let body = match bytes.split_last_chunk::<CHECKSUM_BYTES>() {
            Some((content, checksum)) if crc32fast::hash(content) == u32::from_le_bytes(*checksum) => &content[HEADER_BYTES..],
            _ => &bytes[HEADER_BYTES..],
        };
        let unnamed = || BinlogError::Sequence { at: self.at(self.end), reason: "a rotate event names no file".to_owned() };
        let next = named_file(body).ok_or_else(unnamed)?;
        if next == *self.file {
            return Ok(Fate::PassedOver);
        }
        let follows = match &self.rotate {
            Some(name) => *name == next,
            None => is_next_in_series(&self.file, &next),
        };
        if follows { Ok(Fate::NextFile(next)) } else { Err(RawError::NextFile { file: self.file.to_string(), next }) }
    }

    fn format_of(&self, header: &EventHeader, bytes: &[u8]) -> Result<FormatDescription, BinlogError> {
        let at = || self.at(self.end);
        let frame = Frame { header: *header, offset: self.end, bytes };
        FormatDescription::parse(&frame, false).map_err(|fault| match fault {
            FormatFault::Unsupported(what) => BinlogError::Unsupported { at: at(), what },
            FormatFault::Frame(_) => BinlogError::Frame { at: at(), reason: "its format description cannot be read" },
        })
    }

    /// Further bytes of the event.
    pub(super) fn more(&mut self, bytes: &[u8]) {
        let Some(event) = &mut self.event else { return };
        let (content, checksum) = bytes.split_at(bytes.len().min(event.content_left));
        event.hasher.update(content);
        event.content_left -= content.len();
        event.checksum.extend_from_slice(checksum);
    }

    /// All bytes of the event are there; something is known when they are kept.
    pub(super) fn finish(&mut self) -> Result<Option<EventEnd>, RawError> {
        let Some(event) = self.event.take() else { return Ok(None) };
        let OpenEvent { header, fate, hasher, content_left, checksum, standing_after, rotate } = event;
        match fate {
            Fate::Kept | Fate::Again => {}
            Fate::PassedOver => return Ok(None),
            Fate::Stop => {
                self.is_stopped = true;
                return Ok(None);
            }
            Fate::NextFile(name) => {
                self.bounds.end_of_file(&self.file)?;
                self.begin_file(name.into());
                return Ok(None);
            }
        }
        let crc = hasher.finalize();
        let damaged = !checksum.is_empty() && checksum != crc.to_le_bytes();
        if content_left > 0 || damaged {
            return Err(BinlogError::Checksum { at: self.at(self.end), event: event::name(header.code) }.into());
        }
        let known = LastEvent { start: self.end, size: header.size, crc };
        if fate == Fate::Again {
            let same = |last: LastEvent| (last.size, last.crc) == (known.size, known.crc);
            return if self.last.is_some_and(same) { Ok(None) } else { Err(RawError::Differs { at: self.resume_at() }) };
        }
        self.end += u64::from(header.size);
        (self.last, self.rotate, self.time_s) = (Some(known), rotate, header.time_s);
        let was = std::mem::replace(&mut self.standing, standing_after);
        let boundary = self.standing == Standing::Between;
        let transaction = boundary && (was != Standing::Between || self.began.is_some());
        if boundary {
            self.boundary = self.end;
            if transaction {
                self.is_stopped |= self.bounds.pass(self.gtid.take().as_ref()) == Admission::Stop;
                self.began = None;
            }
            self.is_stopped |= self.bounds.before_event(&self.file, self.end, None)? == Admission::Stop;
        }
        Ok(Some(EventEnd { boundary, transaction, closes_file: self.rotate.is_some() }))
    }

    /// Goes on to a file's first event.
    fn begin_file(&mut self, file: Arc<str>) {
        let start = MAGIC.len() as u64;
        (self.file, self.end, self.boundary, self.standing) = (file, start, start, Standing::Between);
        (self.rotate, self.last, self.gtid, self.began) = (None, None, None, None);
    }
}

/// The name in a rotate event's body, behind the place in that file.
fn named_file(body: &[u8]) -> Option<String> {
    let name = std::str::from_utf8(body.get(8..)?).ok()?;
    // It becomes the name of a file here, in the folder that was asked for and nowhere else.
    let is_plain = !name.is_empty() && !name.starts_with('.') && !name.contains(['/', '\\', '\0']);
    is_plain.then(|| name.to_owned())
}

fn is_next_in_series(file: &str, next: &str) -> bool {
    use crate::binlog::capture::series;
    match (series(file), series(next)) {
        (Some((own, number)), Some((other, following))) => own == other && following == number + 1,
        _ => false,
    }
}
