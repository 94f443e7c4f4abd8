//! Reads a capture: file after file, event after event, into changes and definitions.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use super::{
    BinlogError, Capture, Checksums, Interest, Item, Progress, ReadOptions, UnseenCascade,
    bounds::{Admission, Bounds},
    event::{self, EventKind, FLAG_ARTIFICIAL},
    follower::{Flow, Follower, Site},
    format::{FormatDescription, FormatFault},
    frame::{Frame, FrameFault, FrameReader, Trailer},
    input::{self, ENCRYPTED_MAGIC, Input, MAGIC},
    payload::Payload,
    transaction::Group,
};
use crate::{
    position::BinlogOffset,
    schema::{SchemaHistory, TableName},
};

/// Reads the row changes and definitions of a capture in commit order.
///
/// A file may end without rotate or stop event, as a copy of the file at hand does; but neither within an event nor within a transaction.
pub struct CaptureReader<I> {
    capture: Capture,
    /// The number of files begun.
    files_begun: usize,
    file: Option<OpenFile>,
    payload: FrameReader<Payload>,
    /// The place of the payload at hand.
    inside: Option<(u64, u64)>,
    /// Whether the stop was reached inside it.
    stops_after_payload: bool,
    follower: Follower<I>,
    verify: bool,
    max_event_bytes: usize,
    bytes_read: Arc<AtomicU64>,
    progress: Progress,
    is_done: bool,
}

/// A file that is being read.
struct OpenFile {
    name: Arc<str>,
    frames: FrameReader<Input>,
    format: Option<FormatDescription>,
    trailer: Trailer,
    /// The next file by the last event.
    rotate: Option<String>,
    /// How much events' own end positions differ from their places; only watched where there are no checksums.
    shift: Option<u32>,
}

impl<I: Interest> CaptureReader<I> {
    /// Begins to read. `history` holds the definitions as of the first event; those that the capture itself tells are added.
    pub fn open(capture: Capture, history: SchemaHistory, interest: I, options: ReadOptions) -> Result<Self, BinlogError> {
        let bounds = Bounds::new(&options, &capture)?;
        let payload = Payload::new().map_err(|source| BinlogError::Io { path: "zstd".to_owned(), source })?;
        let max_event_bytes = options.limits.max_event_bytes;
        Ok(Self {
            files_begun: 0,
            file: None,
            payload: FrameReader::new(payload, 0, max_event_bytes),
            inside: None,
            stops_after_payload: false,
            verify: options.checksums == Checksums::Verify,
            follower: Follower::new(history, interest, bounds, options),
            max_event_bytes,
            bytes_read: Arc::default(),
            progress: Progress { bytes_total: capture.bytes(), ..Progress::default() },
            capture,
            is_done: false,
        })
    }

    /// What comes next; none at the end. After an error nothing comes.
    #[expect(clippy::should_implement_trait, reason = "it is fallible as `Iterator::next` is not")]
    pub fn next(&mut self) -> Result<Option<Item>, BinlogError> {
        while !self.is_done && self.follower.ready.is_empty() {
            if let Err(error) = self.step() {
                self.is_done = true;
                self.follower.ready.clear();
                return Err(error);
            }
        }
        let item = self.follower.ready.pop_front();
        if let Some(Item::Changes(set)) = &item {
            self.progress.row_events += set.batches.iter().map(|batch| batch.changes.len() as u64).sum::<u64>();
            self.progress.transactions += set.transactions.iter().filter(|transaction| !transaction.continued).count() as u64;
        }
        Ok(item)
    }

    /// The definitions as of the last event read; this may lie after the last item.
    pub fn history(&self) -> &SchemaHistory {
        &self.follower.history
    }

    /// The tables whose rows nobody wanted, in the order in which they were met: how many rows events of each were passed over.
    ///
    /// An event has one row or more; how many is not known without decoding it.
    pub fn unread_tables(&self) -> impl Iterator<Item = (&TableName, u64)> {
        self.follower.unread_tables()
    }

    /// The foreign keys of wanted tables whose doings the binlog does not show, as far as it is read.
    pub fn unseen_cascades(&self) -> &[UnseenCascade] {
        self.follower.unseen_cascades()
    }

    /// What the reader asks about tables.
    pub fn interest_mut(&mut self) -> &mut I {
        &mut self.follower.interest
    }

    /// How far it is.
    pub fn progress(&self) -> Progress {
        Progress { bytes_read: self.bytes_read.load(Ordering::Relaxed), ..self.progress }
    }

    /// Reads events until something is ready, a file ends or all is done.
    fn step(&mut self) -> Result<(), BinlogError> {
        let flow = match (&self.inside, &self.file) {
            (Some(_), _) => self.read_payload()?,
            (None, Some(_)) => self.read_file()?,
            (None, None) => self.begin_file()?,
        };
        if flow == Flow::Stop {
            self.is_done = true;
            self.follower.flush();
        }
        Ok(())
    }

    /// Opens the next file.
    fn begin_file(&mut self) -> Result<Flow, BinlogError> {
        let Some(next) = self.capture.files().get(self.files_begun) else {
            self.follower.bounds.end_of_capture()?;
            return Ok(Flow::Stop);
        };
        self.files_begun += 1;
        let name = Arc::clone(&next.name);
        let mut input = next.read(&self.bytes_read)?;
        let unreadable = |source| BinlogError::Unreadable { at: BinlogOffset { file: Arc::clone(&name), offset: 0 }, source };
        match input::head(&mut input).map_err(unreadable)?.0 {
            MAGIC => {}
            ENCRYPTED_MAGIC => return Err(BinlogError::Encrypted { file: name.to_string(), by: "MySQL's `binlog_encryption`" }),
            _ => return Err(BinlogError::NotABinlog { path: name.to_string() }),
        }
        let frames = FrameReader::new(input, MAGIC.len() as u64, self.max_event_bytes);
        self.file = Some(OpenFile { name, frames, format: None, trailer: Trailer::None, rotate: None, shift: None });
        Ok(Flow::Next)
    }

    /// Reads events of the file until something is ready, a payload begins, or the file ends.
    fn read_file(&mut self) -> Result<Flow, BinlogError> {
        let Some(file) = &mut self.file else { return Ok(Flow::Next) };
        let name = Arc::clone(&file.name);
        while self.follower.ready.is_empty() {
            let offset = file.frames.offset();
            let fault = |code, found| fault_error(found, code, BinlogOffset { file: Arc::clone(&name), offset });
            let began = self.follower.group.as_ref().map(|group| &group.start);
            if self.follower.bounds.before_event(&name, offset, began)? == Admission::Stop {
                return Ok(Flow::Stop);
            }
            let Some(frame) = file.frames.next().map_err(|found| fault(0, found))? else { return self.end_file() };
            let header = frame.header;
            let site = Site { file: &name, offset, end: frame.end(), inner: None };
            if EventKind::of(header.code) == EventKind::FormatDescription {
                let format = format(&frame, self.verify, site)?;
                self.follower.begin_file(format.server);
                (file.trailer, file.shift) = (format.trailer(self.verify), None);
                file.format = Some(format);
                continue;
            }
            if file.format.is_none() {
                return Err(fault(header.code, FrameFault::NoEvent("a binlog begins with a format description")));
            }
            let body = frame.body(file.trailer).map_err(|found| fault(header.code, found))?;
            if file.trailer == Trailer::None && is_shifted(&mut file.shift, &frame) {
                return Err(fault(header.code, FrameFault::NoEvent("the end position in its header is not where it ends")));
            }
            file.rotate = None;
            match self.follower.follow(site, &header, body)? {
                Flow::Next => {}
                Flow::Rotate(next) => file.rotate = Some(next),
                Flow::Stop => return Ok(Flow::Stop),
                Flow::Payload => {
                    begin_payload(&mut self.payload, body, site, self.follower.group.as_ref())?;
                    self.inside = Some((offset, frame.end()));
                    return Ok(Flow::Payload);
                }
            }
        }
        Ok(Flow::Next)
    }

    /// The file ended between events.
    fn end_file(&mut self) -> Result<Flow, BinlogError> {
        let Some(file) = self.file.take() else { return Ok(Flow::Next) };
        let at = BinlogOffset { file: Arc::clone(&file.name), offset: file.frames.offset() };
        if file.format.is_none() {
            return Err(BinlogError::Truncated { at, expected: event::HEADER_BYTES as u64, found: 0 });
        }
        if let Some(group) = &self.follower.group {
            return Err(BinlogError::InsideTransaction { at, began: group.start.clone() });
        }
        self.follower.bounds.end_of_file(&file.name)?;
        if let Some(next) = self.capture.files().get(self.files_begun) {
            self.follower.continuity.next_file(&file.name, file.rotate.as_deref(), &next.name)?;
        }
        Ok(Flow::Next)
    }

    /// Reads events of the payload until something is ready or it ends.
    fn read_payload(&mut self) -> Result<Flow, BinlogError> {
        let (Some(file), Some((offset, end))) = (&self.file, self.inside) else { return Ok(Flow::Next) };
        let site = Site { file: &file.name, offset, end, inner: None };
        while self.follower.ready.is_empty() {
            let damaged = |fault| inner_error(fault, site);
            let Some(frame) = self.payload.next().map_err(damaged)? else {
                if !self.payload.source().is_finished() {
                    return Err(inner_error(FrameFault::NoEvent("the payload ends before or after its inflated size"), site));
                }
                self.inside = None;
                if let Some(group) = &self.follower.group {
                    let reason = format!("the compressed transaction that begins at `{}` has no end", group.start);
                    return Err(BinlogError::Sequence { at: site.start(), reason });
                }
                return Ok(if self.stops_after_payload { Flow::Stop } else { Flow::Next });
            };
            let body = frame.body(Trailer::None).map_err(damaged)?;
            match self.follower.follow(Site { inner: Some(frame.offset), ..site }, &frame.header, body)? {
                Flow::Next => {}
                Flow::Stop => self.stops_after_payload = true,
                Flow::Payload | Flow::Rotate(_) => {
                    let reason = format!("a {} event inside a compressed transaction", event::name(frame.header.code));
                    return Err(BinlogError::Sequence { at: site.start(), reason });
                }
            }
        }
        Ok(Flow::Next)
    }
}

/// Reads a format description.
fn format(frame: &Frame<'_>, verify: bool, site: Site<'_>) -> Result<FormatDescription, BinlogError> {
    FormatDescription::parse(frame, verify).map_err(|found| match found {
        FormatFault::Frame(found) => fault_error(found, frame.header.code, site.start()),
        FormatFault::Unsupported(what) => BinlogError::Unsupported { at: site.start(), what },
    })
}

/// Whether an event says another end than the events before it led to expect: a damaged size shows so where no checksum does.
///
/// The difference need not be 0: relay logs and partial copies keep the end positions of the file they were copied from.
fn is_shifted(expected: &mut Option<u32>, frame: &Frame<'_>) -> bool {
    let header = &frame.header;
    if header.end_position == 0 || header.flags & FLAG_ARTIFICIAL != 0 {
        return false;
    }
    let shift = header.end_position.wrapping_sub(frame.end() as u32);
    *expected.get_or_insert(shift) != shift
}

/// Takes a compressed transaction in hand; its GTID goes before it.
fn begin_payload(payload: &mut FrameReader<Payload>, body: &[u8], site: Site<'_>, group: Option<&Group>) -> Result<(), BinlogError> {
    if group.is_none_or(|group| group.is_open) {
        let reason = "a compressed transaction without a GTID before it".to_owned();
        return Err(BinlogError::Sequence { at: site.start(), reason });
    }
    payload.restart();
    payload.source_mut().load(body).map_err(|source| BinlogError::Malformed {
        at: site.start(),
        event: "transaction payload",
        source: Box::new(source),
    })
}

/// Adds the place to what is wrong with a frame.
fn fault_error(fault: FrameFault, code: u8, at: BinlogOffset) -> BinlogError {
    match fault {
        FrameFault::Io(source) => BinlogError::Unreadable { at, source },
        FrameFault::Truncated { expected, found } => BinlogError::Truncated { at, expected, found },
        FrameFault::NoEvent(reason) => BinlogError::Frame { at, reason },
        FrameFault::TooLarge { size, limit } => BinlogError::TooLarge { at, size, limit },
        FrameFault::Checksum => BinlogError::Checksum { at, event: event::name(code) },
    }
}

/// The same inside a payload, where nothing has a place of its own.
fn inner_error(fault: FrameFault, site: Site<'_>) -> BinlogError {
    let at = site.start();
    match fault {
        FrameFault::Io(source) => BinlogError::Payload { at, source },
        FrameFault::Truncated { .. } => BinlogError::Payload { at, source: io::ErrorKind::UnexpectedEof.into() },
        other => fault_error(other, 0, at),
    }
}
