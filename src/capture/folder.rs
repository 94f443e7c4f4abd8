//! The folder of a capture: one process writes it, and it is one server's.

use std::{
    fs::{self, File, TryLockError},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    CaptureError, SchemaFile,
    copy_file::{CopyFile, put_in_place},
    record::{Record, words_of},
};
use crate::{
    binlog::{BinlogError, Bound, Capture, RawLog, file_number},
    position::BinlogOffset,
    source::{Definitions, Identity, ServerState, SourceError},
};

/// A folder that this process alone writes, until it is dropped.
#[derive(Debug)]
pub struct Folder {
    path: PathBuf,
    record: Option<Record>,
    /// Holds the lock.
    _lock: File,
}

const RECORD: &str = "capture.json";
const LOCK: &str = ".capture.lock";

/// Where a capture goes on.
pub(super) struct Resumed {
    pub(super) log: RawLog,
    pub(super) path: PathBuf,
    /// Bytes behind the last whole event.
    pub(super) cut: u64,
}

impl Folder {
    /// Opens a folder, or makes it, for this process alone.
    pub fn open(path: &Path) -> Result<Self, CaptureError> {
        let failed = |doing, path: &Path| {
            let path = path.to_owned();
            move |cause| CaptureError::File { doing, path, cause }
        };
        fs::create_dir_all(path).map_err(failed("create", path))?;
        // The name in the record of a server must not hang on the folder this process was started in.
        let path = path.canonicalize().map_err(failed("open", path))?;
        let lock_path = path.join(LOCK);
        let lock = File::create(&lock_path).map_err(failed("create", &lock_path))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(CaptureError::InUse(path)),
            Err(TryLockError::Error(cause)) => return Err(failed("lock", &lock_path)(cause)),
        }
        let record_path = path.join(RECORD);
        let record = match fs::read_to_string(&record_path) {
            Ok(text) => Some(Record::parse(&text).map_err(|problem| CaptureError::Record { path: record_path, problem })?),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(cause) => return Err(failed("read", &record_path)(cause)),
        };
        let folder = Self { path, record, _lock: lock };
        if folder.record.is_none() && folder.last_file()?.is_some() {
            return Err(CaptureError::Foreign(folder.path));
        }
        Ok(folder)
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Refuses a server that is not the folder's.
    pub(super) fn check(&self, identity: &Identity, server: &str) -> Result<(), CaptureError> {
        match &self.record {
            Some(record) if !record.is_of(identity) => Err(CaptureError::OtherServer {
                path: self.path.clone(),
                recorded: record.server(),
                server: server.to_owned(),
                found: words_of(identity),
            }),
            _ => Ok(()),
        }
    }

    /// The file that a capture was begun with, though none of it may be here yet.
    pub(super) fn first_file(&self) -> Option<&str> {
        self.record.as_ref().map(Record::first_file)
    }

    /// Remembers whose binlogs these are; the definitions are there before.
    pub(super) fn begin(&mut self, state: &ServerState, start: String, first_file: &str) -> Result<(), CaptureError> {
        let record = Record::new(state, start, first_file.to_owned());
        self.write(RECORD, record.text().as_bytes())?;
        self.record = Some(record);
        Ok(())
    }

    /// Keeps the definitions.
    pub(super) fn keep(&self, definitions: &Definitions, as_of: &BinlogOffset, server: &str) -> Result<(), CaptureError> {
        self.write(SchemaFile::NAME, SchemaFile::script(definitions, as_of, server).as_bytes())
    }

    /// Where the capture ends; none before its first event. What the source no longer has is an error before anything is cut off here.
    pub(super) fn resume(&self, state: &ServerState, stop: Option<&Bound>, server: &str) -> Result<Option<Resumed>, CaptureError> {
        let Some(name) = self.last_file()? else { return Ok(None) };
        let path = self.path.join(&*name);
        let bytes = fs::metadata(&path).map_err(|cause| CaptureError::File { doing: "read", path: path.clone(), cause })?.len();
        if let Some(stop @ Bound::Offset(place)) = stop
            && (file_number(&place.file), place.offset) < (file_number(&name), bytes)
        {
            let end = BinlogOffset { file: name, offset: bytes };
            return Err(CaptureError::Passed { path: self.path.clone(), end, stop: stop.to_string() });
        }
        let log = RawLog::of_file(&path, Arc::clone(&name), stop.cloned())?;
        let Some(listed) = state.files.iter().find(|file| file.name == *name) else {
            let first = state.files.first().map(|file| file.name.clone()).unwrap_or_default();
            return Err(SourceError::Purged { server: server.to_owned(), place: format!("`{}`", log.end()), first }.into());
        };
        if listed.bytes < log.end().offset {
            return Err(CaptureError::Shorter { captured: log.end(), source_end: listed.bytes });
        }
        let cut = bytes.saturating_sub(log.end().offset);
        Ok(Some(Resumed { log, path, cut }))
    }

    /// Ends the last file with its last whole transaction; says where that is.
    pub(super) fn settle(&self) -> Result<Option<BinlogOffset>, CaptureError> {
        let Some(name) = self.last_file()? else { return Ok(None) };
        let path = self.path.join(&*name);
        let end = RawLog::of_file(&path, name, None)?.boundary();
        CopyFile::resume(&path, end.offset)?.sync()?;
        Ok(Some(end))
    }

    /// The last binlog that is here.
    fn last_file(&self) -> Result<Option<Arc<str>>, CaptureError> {
        match Capture::open(&[&self.path]) {
            Ok(capture) => Ok(capture.file_names().last().map(Arc::from)),
            Err(BinlogError::Empty { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), CaptureError> {
        let (path, written) = (self.path.join(name), self.path.join(format!(".{name}.new")));
        let failed = |cause| CaptureError::File { doing: "write", path: path.clone(), cause };
        let mut file = File::create(&written).map_err(failed)?;
        file.write_all(bytes).and_then(|()| file.sync_all()).map_err(failed)?;
        put_in_place(&written, &path)
    }
}
