//! A binlog file on disk that a copy ended in: as far as its events are whole.

use std::{fs::File, io, path::Path, sync::Arc};

use super::{RawError, RawLog, log::Fate};
use crate::{
    binlog::{
        BinlogError, Bound, Limits,
        frame::{FrameFault, FrameReader},
        input::{self, MAGIC},
    },
    position::BinlogOffset,
};

/// The largest offset at which a server can be asked to go on.
const REACHABLE: u64 = u32::MAX as u64;

impl RawLog {
    /// Follows a file up to where its events are whole and right, and a server can be asked for the last of them.
    ///
    /// # Errors
    /// When the file cannot be read or is no binlog, and when the stop is in it already.
    pub fn of_file(path: &Path, name: Arc<str>, stop: Option<Bound>) -> Result<Self, RawError> {
        let unreadable = |source: io::Error| BinlogError::Io { path: path.display().to_string(), source };
        let mut file = File::open(path).map_err(unreadable)?;
        let (head, _) = input::head(&mut file).map_err(unreadable)?;
        if head != MAGIC {
            return Err(BinlogError::NotABinlog { path: path.display().to_string() }.into());
        }
        let mut log = Self::new(name, stop);
        let mut frames = FrameReader::new(file, MAGIC.len() as u64, Limits::default().max_event_bytes);
        loop {
            if frames.offset() > REACHABLE {
                return Ok(log);
            }
            let at = BinlogOffset { file: Arc::clone(log.file()), offset: frames.offset() };
            let bytes = match frames.next() {
                Ok(Some(frame)) => frame.bytes,
                Ok(None) => return Ok(log),
                Err(FrameFault::Io(source)) => return Err(BinlogError::Unreadable { at, source }.into()),
                // The event that was being written when the copy ended.
                Err(FrameFault::Truncated { .. } | FrameFault::NoEvent(_) | FrameFault::TooLarge { .. } | FrameFault::Checksum) => {
                    return Ok(log);
                }
            };
            if log.is_stopped() {
                return Err(passed(&log));
            }
            match log.begin(bytes) {
                Ok(Fate::Kept) => {}
                Ok(Fate::Stop) => return Err(passed(&log)),
                Ok(Fate::Again | Fate::PassedOver | Fate::NextFile(_)) | Err(RawError::Jump { .. }) => return Ok(log),
                Err(RawError::Binlog(BinlogError::Frame { .. })) => return Ok(log),
                Err(error) => return Err(error),
            }
            match log.finish() {
                Ok(_) => {}
                Err(RawError::Binlog(BinlogError::Checksum { .. })) => return Ok(log),
                Err(error) => return Err(error),
            }
        }
    }
}

/// The stop lies before the end of what is there.
fn passed(log: &RawLog) -> RawError {
    let reason = "the capture holds it already, and more".to_owned();
    BinlogError::Bound { bound: "stop", place: log.end().to_string(), reason }.into()
}
