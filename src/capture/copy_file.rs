//! The file that is being written: it appears under its name with its first event in it, and is durable where a capture may end.

use std::{
    fs::{self, File, OpenOptions},
    io::{BufWriter, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use super::CaptureError;
use crate::binlog::RawStream;

/// What is written at once.
const BUFFER_BYTES: usize = 256 << 10;

/// At most so much may be lost to a power cut, while the source sends without a pause, before it is asked for again.
const SYNC_BYTES: u64 = 64 << 20;

/// How often a pause of the source is used to make durable what came.
const SYNC_PAUSE: Duration = Duration::from_secs(1);

#[derive(Debug)]
pub(super) struct CopyFile {
    out: BufWriter<File>,
    path: PathBuf,
    /// Where it is until its first event is whole.
    hidden: Option<PathBuf>,
    unsynced_bytes: u64,
    synced_at: Instant,
}

impl CopyFile {
    /// A new file. Under its own name it is none yet: a file without an event is no binlog to those who read the folder.
    pub(super) fn begin(folder: &Path, name: &str) -> Result<Self, CaptureError> {
        let hidden = folder.join(format!(".{name}.new"));
        let file = File::create(&hidden).map_err(|cause| CaptureError::File { doing: "create", path: hidden.clone(), cause })?;
        let mut begun = Self::new(file, folder.join(name), Some(hidden));
        begun.append(&RawStream::MAGIC)?;
        Ok(begun)
    }

    /// A file that is there, cut to its first bytes.
    pub(super) fn resume(path: &Path, end: u64) -> Result<Self, CaptureError> {
        let failed = |doing| move |cause| CaptureError::File { doing, path: path.to_owned(), cause };
        let mut file = OpenOptions::new().write(true).open(path).map_err(failed("open"))?;
        file.set_len(end).map_err(failed("cut"))?;
        file.seek(SeekFrom::Start(end)).map_err(failed("seek in"))?;
        Ok(Self::new(file, path.to_owned(), None))
    }

    fn new(file: File, path: PathBuf, hidden: Option<PathBuf>) -> Self {
        Self { out: BufWriter::with_capacity(BUFFER_BYTES, file), path, hidden, unsynced_bytes: 0, synced_at: Instant::now() }
    }

    pub(super) fn append(&mut self, bytes: &[u8]) -> Result<(), CaptureError> {
        self.out.write_all(bytes).map_err(|cause| CaptureError::File { doing: "write", path: self.path.clone(), cause })?;
        self.unsynced_bytes += bytes.len() as u64;
        Ok(())
    }

    /// An event is whole, and perhaps a transaction.
    pub(super) fn event_ended(&mut self, is_boundary: bool) -> Result<(), CaptureError> {
        if self.hidden.is_some() {
            self.flush()?;
            self.show()?;
        }
        if is_boundary && self.unsynced_bytes >= SYNC_BYTES { self.sync() } else { Ok(()) }
    }

    /// The source pauses: others may read what is there, and from time to time it is made durable.
    pub(super) fn pause(&mut self) -> Result<(), CaptureError> {
        if self.unsynced_bytes == 0 {
            return Ok(());
        }
        if self.synced_at.elapsed() >= SYNC_PAUSE { self.sync() } else { self.flush() }
    }

    /// Everything that was appended is durable.
    pub(super) fn sync(&mut self) -> Result<(), CaptureError> {
        self.flush()?;
        self.out.get_ref().sync_data().map_err(|cause| CaptureError::File { doing: "sync", path: self.path.clone(), cause })?;
        (self.unsynced_bytes, self.synced_at) = (0, Instant::now());
        Ok(())
    }

    /// Ends the file at a place before its end, durably. A file that never had an event goes away.
    pub(super) fn finish(mut self, end: u64) -> Result<(), CaptureError> {
        if let Some(hidden) = &self.hidden {
            return fs::remove_file(hidden).map_err(|cause| CaptureError::File { doing: "remove", path: hidden.clone(), cause });
        }
        self.flush()?;
        self.out.get_ref().set_len(end).map_err(|cause| CaptureError::File { doing: "cut", path: self.path.clone(), cause })?;
        self.sync()
    }

    fn flush(&mut self) -> Result<(), CaptureError> {
        self.out.flush().map_err(|cause| CaptureError::File { doing: "write", path: self.path.clone(), cause })
    }

    fn show(&mut self) -> Result<(), CaptureError> {
        let Some(hidden) = self.hidden.take() else { return Ok(()) };
        put_in_place(&hidden, &self.path)
    }
}

/// Gives a written file its name, durably.
pub(super) fn put_in_place(written: &Path, path: &Path) -> Result<(), CaptureError> {
    let failed = |cause| CaptureError::File { doing: "create", path: path.to_owned(), cause };
    fs::rename(written, path).map_err(failed)?;
    let folder = path.parent().unwrap_or(Path::new(""));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)
}
