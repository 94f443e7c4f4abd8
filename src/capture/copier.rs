//! From a source into a folder, across everything that interrupts it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant, SystemTime},
};

use super::{CaptureError, CaptureOutcome, CaptureStatus, Folder, Notice, copy_file::CopyFile, folder::Resumed};
use crate::{
    binlog::{Bound, EventEnd, RawItem, RawLog, RawStream, file_number},
    fault::{FaultClass, Patience},
    mysql::Dump,
    position::BinlogOffset,
    source::{ServerState, Source, Start},
};

/// From where to where.
#[derive(Debug, Clone, Default)]
pub struct CapturePlan {
    /// Where a folder without binlogs begins; none: with the file that the source writes now.
    pub start: Option<Start>,
    /// Where to end.
    pub stop: Option<Bound>,
    /// End where the source's last file ends at the beginning.
    pub stop_at_end: bool,
}

/// A source that is gone is waited for about a day.
const PATIENCE: Patience = Patience { attempts: 8_640, first_wait: Duration::from_millis(100), longest_wait: Duration::from_secs(10) };

/// How often the state is told.
const STATUS_EVERY: Duration = Duration::from_secs(1);

/// How often the source is asked how far it is.
const ASK_EVERY: Duration = Duration::from_secs(5);

/// Copies the source's binlogs into the folder until the stop, or until `is_ended` says so; then everything is durable and the last
/// file ends with a transaction.
///
/// # Errors
/// A source that cannot be reached at first; later, what does not pass. The folder can be gone on with in any case.
pub fn capture(
    source: &Source,
    folder: &mut Folder,
    plan: &CapturePlan,
    is_ended: &AtomicBool,
    tell: &mut dyn FnMut(&Notice<'_>),
) -> Result<CaptureOutcome, CaptureError> {
    let mut copier = Copier { source, folder, plan, is_ended, tell, goal: None, tally: Tally::default() };
    let mut reconnects = 0;
    let mut waits = None;
    loop {
        let before = copier.tally.events;
        let error = match copier.attempt() {
            Ok(position) => return Ok(CaptureOutcome { status: copier.status(position, 0), reconnects }),
            Err(error) => error,
        };
        if error.class() != FaultClass::Transient || copier.goal.is_none() {
            return Err(error);
        }
        if copier.tally.events > before {
            waits = None;
        }
        let Some(wait) = waits.get_or_insert_with(|| Box::new(PATIENCE.waits())).next() else { return Err(error) };
        source.hang_up();
        (copier.tell)(&Notice::Waiting { error: &error, wait });
        reconnects += 1;
        if !copier.wait(wait) {
            return copier.end_without_source(reconnects);
        }
    }
}

struct Copier<'a> {
    source: &'a Source,
    folder: &'a mut Folder,
    plan: &'a CapturePlan,
    is_ended: &'a AtomicBool,
    tell: &'a mut dyn FnMut(&Notice<'_>),
    /// Where the source ended when it was first reached.
    goal: Option<BinlogOffset>,
    tally: Tally,
}

/// What this process wrote, and what was last heard of the source's end.
#[derive(Debug, Default)]
struct Tally {
    bytes: u64,
    events: u64,
    transactions: u64,
    behind_bytes: Option<u64>,
}

/// A file and how far its log is.
struct Copying {
    stream: RawStream,
    file: CopyFile,
    told_at: Instant,
    asked_at: Instant,
}

impl Copier<'_> {
    /// Goes on where the folder ends, until the end or an error.
    fn attempt(&mut self) -> Result<BinlogOffset, CaptureError> {
        let state = self.source.look()?;
        self.folder.check(&state.identity, &self.source.server())?;
        if self.goal.is_none() {
            self.source.check_privileges()?;
        }
        let is_first = self.goal.is_none();
        self.goal.get_or_insert_with(|| state.end.clone());
        let (log, file) = match self.folder.resume(&state, self.plan.stop.as_ref(), &self.source.server())? {
            Some(resumed) => self.go_on(resumed, &state, is_first)?,
            None => self.begin(&state)?,
        };
        if log.is_stopped() || self.is_past_goal(&log) {
            let end = log.boundary();
            file.finish(end.offset)?;
            return Ok(end);
        }
        let connection = self.source.open(state.version, &Dump::From(log.resume_at()))?;
        let stream = RawStream::new(connection, log, self.source.silence_limit());
        let now = Instant::now();
        self.copy(Copying { stream, file, told_at: now, asked_at: now })
    }

    fn go_on(&mut self, resumed: Resumed, state: &ServerState, is_first: bool) -> Result<(RawLog, CopyFile), CaptureError> {
        let Resumed { log, path, cut } = resumed;
        let (end, folder) = (log.end(), self.folder.path().to_owned());
        if is_first && let Some(start) = &self.plan.start {
            return Err(CaptureError::AlreadyBegun { path: folder, end, start: start.to_string() });
        }
        if is_first {
            (self.tell)(&Notice::Resumed { at: &end, cut, state });
        }
        let file = CopyFile::resume(&path, end.offset)?;
        Ok((log, file))
    }

    /// Begins in a folder without binlogs: definitions first, then whose they are, then the first file.
    fn begin(&mut self, state: &ServerState) -> Result<(RawLog, CopyFile), CaptureError> {
        let (first_file, start) = match (&self.plan.start, self.folder.first_file()) {
            // An earlier process ended before the first event.
            (None, Some(file)) => (file.to_owned(), format!("{file}:4")),
            (start, _) => {
                let start = start.as_ref().unwrap_or(&Start::Current);
                (self.source.first_file(state, start)?, start.to_string())
            }
        };
        let definitions = self.source.definitions()?;
        // What a statement did before this place is in them; one that is not in them comes later.
        let as_of = self.source.look()?.end;
        self.folder.keep(&definitions, &as_of, &self.source.server())?;
        self.folder.begin(state, start, &first_file)?;
        let tables = definitions.tables.len();
        (self.tell)(&Notice::Begun { first_file: &first_file, end: &as_of, tables, state });
        let file = CopyFile::begin(self.folder.path(), &first_file)?;
        Ok((RawLog::new(Arc::from(first_file), self.plan.stop.clone()), file))
    }

    fn copy(&mut self, mut copying: Copying) -> Result<BinlogOffset, CaptureError> {
        loop {
            if self.is_ended.load(Ordering::Relaxed) {
                return copying.finish();
            }
            let failed = |error| CaptureError::of_stream(error, self.source.server_id());
            let is_idle = match copying.stream.next().map_err(failed)? {
                RawItem::Nothing => true,
                RawItem::Stop => return copying.finish(),
                RawItem::File(name) => {
                    let next = CopyFile::begin(self.folder.path(), name)?;
                    std::mem::replace(&mut copying.file, next).sync()?;
                    false
                }
                RawItem::Bytes { bytes, end } => {
                    copying.file.append(bytes)?;
                    self.tally.bytes += bytes.len() as u64;
                    if let Some(end) = end {
                        self.event_ended(&mut copying.file, end)?;
                        if end.boundary && self.is_past_goal(copying.stream.log()) {
                            return copying.finish();
                        }
                    }
                    false
                }
            };
            if is_idle {
                copying.file.pause()?;
            }
            self.tell_status(&mut copying, is_idle);
        }
    }

    fn event_ended(&mut self, file: &mut CopyFile, end: EventEnd) -> Result<(), CaptureError> {
        self.tally.events += 1;
        self.tally.transactions += u64::from(end.transaction);
        file.event_ended(end.boundary)?;
        if end.closes_file { file.sync() } else { Ok(()) }
    }

    /// Whether all is here that the source had at first, and no more is wanted.
    fn is_past_goal(&self, log: &RawLog) -> bool {
        let Some(goal) = self.goal.as_ref().filter(|_| self.plan.stop_at_end) else { return false };
        let end = log.boundary();
        (file_number(&end.file), end.offset) >= (file_number(&goal.file), goal.offset)
    }

    fn tell_status(&mut self, copying: &mut Copying, is_idle: bool) {
        if copying.told_at.elapsed() < STATUS_EVERY {
            return;
        }
        copying.told_at = Instant::now();
        let position = copying.stream.log().end();
        if copying.asked_at.elapsed() >= ASK_EVERY {
            copying.asked_at = Instant::now();
            // A source that does not answer now is met by the stream.
            self.tally.behind_bytes = self.source.look().ok().and_then(|state| state.bytes_after(&position));
        }
        let now_s = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).map_or(0, |now| now.as_secs());
        let behind_s = if is_idle { 0 } else { now_s.saturating_sub(copying.stream.log().time_s().into()) };
        let status = self.status(position, behind_s);
        (self.tell)(&Notice::Status(&status));
    }

    fn status(&self, position: BinlogOffset, behind_s: u64) -> CaptureStatus {
        let Tally { bytes, events, transactions, behind_bytes } = self.tally;
        CaptureStatus { position, bytes, events, transactions, behind_s, behind_bytes }
    }

    /// Waits; no when the capture is to end.
    fn wait(&self, wait: Duration) -> bool {
        const STEP: Duration = Duration::from_millis(50);
        let until = Instant::now() + wait;
        while Instant::now() < until {
            if self.is_ended.load(Ordering::Relaxed) {
                return false;
            }
            thread::sleep(STEP.min(wait));
        }
        !self.is_ended.load(Ordering::Relaxed)
    }

    /// Ends the capture while the source is away.
    fn end_without_source(&self, reconnects: u64) -> Result<CaptureOutcome, CaptureError> {
        let nothing_yet = || BinlogOffset { file: self.folder.first_file().unwrap_or_default().into(), offset: 4 };
        let position = self.folder.settle()?.unwrap_or_else(nothing_yet);
        Ok(CaptureOutcome { status: self.status(position, 0), reconnects })
    }
}

impl Copying {
    /// Ends in order: with the last whole transaction.
    fn finish(self) -> Result<BinlogOffset, CaptureError> {
        let end = self.stream.log().boundary();
        self.file.finish(end.offset)?;
        Ok(end)
    }
}
