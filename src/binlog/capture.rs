//! A capture: binlog files in their order. Looks at names and first bytes only; what lies between files is checked while reading.

use std::{
    fs, io,
    path::{Path, PathBuf},
    sync::{Arc, atomic::AtomicU64},
};

use super::{
    BinlogError, Limits,
    format::FormatDescription,
    frame::FrameReader,
    input::{self, ENCRYPTED_MAGIC, Input, MAGIC},
};
use crate::schema::ServerVersion;

/// Binlog files in the order in which they were written.
#[derive(Debug, Clone)]
pub struct Capture {
    files: Vec<CaptureFile>,
}

/// One file of a capture.
#[derive(Debug, Clone)]
pub(super) struct CaptureFile {
    /// The server's name of it: without folder, `.gz` and `.zst`; `-` for standard input.
    pub(super) name: Arc<str>,
    /// None for standard input.
    path: Option<PathBuf>,
    /// Its size on disk.
    bytes: Option<u64>,
}

impl Capture {
    /// Finds the files that the paths name: files, folders, index files, or `-` alone.
    ///
    /// A folder gives its binlogs and nothing else that is in it. Files whose names end in numbers are put in that order.
    pub fn open<P: AsRef<Path>>(paths: &[P]) -> Result<Self, BinlogError> {
        let mut files = Vec::new();
        let mut order = Order::Given;
        for path in paths.iter().map(AsRef::as_ref) {
            if path.as_os_str() == "-" {
                files.push(CaptureFile { name: "-".into(), path: None, bytes: None });
            } else if fs::metadata(path).map_err(io_error(path))?.is_dir() {
                let found = in_folder(path)?;
                if found.len() > 1 {
                    order = Order::Numbers;
                }
                files.extend(found);
            } else if path.extension().is_some_and(|extension| extension == "index") {
                files.extend(in_index(path)?);
            } else {
                files.push(CaptureFile::open(path)?.ok_or_else(|| BinlogError::NotABinlog { path: path.display().to_string() })?);
            }
        }
        if files.is_empty() {
            let path = paths.first().map(|path| path.as_ref().display().to_string()).unwrap_or_default();
            return Err(BinlogError::Empty { path });
        }
        sort(&mut files, order)?;
        Ok(Self { files })
    }

    /// The files' names, in order, as positions use them.
    pub fn file_names(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(|file| &*file.name)
    }

    /// The size of all files on disk; none when standard input is read.
    pub fn bytes(&self) -> Option<u64> {
        self.files.iter().map(|file| file.bytes).sum()
    }

    /// The server that wrote the first file, by that file's own word; none where it cannot be read twice, or does not say.
    pub fn server(&self) -> Option<ServerVersion> {
        let first = self.files.first().filter(|file| file.path.is_some())?;
        let mut input = first.read(&Arc::default()).ok()?;
        let (head, _) = input::head(&mut input).ok()?;
        let mut frames = FrameReader::new(input, MAGIC.len() as u64, Limits::default().max_event_bytes);
        let frame = frames.next().ok()?.filter(|_| head == MAGIC)?;
        // What is wrong with it is said when it is read in earnest.
        FormatDescription::parse(&frame, false).ok().map(|format| format.server)
    }

    pub(super) fn files(&self) -> &[CaptureFile] {
        &self.files
    }
}

/// Who says in which order the files are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    /// The user, unless all names end in numbers.
    Given,
    /// Their numbers alone.
    Numbers,
}

impl CaptureFile {
    /// Looks at the first bytes; none when they are not a binlog's.
    fn open(path: &Path) -> Result<Option<Self>, BinlogError> {
        let file_name = path.file_name().unwrap_or_default().to_string_lossy();
        let name = file_name.strip_suffix(".gz").or_else(|| file_name.strip_suffix(".zst")).unwrap_or(&file_name);
        let bytes = fs::metadata(path).map_err(io_error(path))?.len();
        let head = input::open(path, &Arc::default()).and_then(input::head);
        let (head, _) = match head {
            // Something that only looks compressed.
            Err(error)
                if matches!(error.kind(), io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::UnexpectedEof) =>
            {
                return Ok(None);
            }
            other => other.map_err(io_error(path))?,
        };
        if head == ENCRYPTED_MAGIC {
            return Err(BinlogError::Encrypted { file: name.to_owned(), by: "MySQL's `binlog_encryption`" });
        }
        Ok((head == MAGIC).then(|| Self { name: name.into(), path: Some(path.to_owned()), bytes: Some(bytes) }))
    }

    /// Its bytes from the start; `read` counts them as they are on disk.
    pub(super) fn read(&self, read: &Arc<AtomicU64>) -> Result<Input, BinlogError> {
        match &self.path {
            Some(path) => input::open(path, read).map_err(io_error(path)),
            None => input::open_stdin(read).map_err(io_error(Path::new("-"))),
        }
    }

    /// What stands before the number of its name, and the number.
    pub(super) fn series(&self) -> Option<(&str, u64)> {
        series(&self.name)
    }
}

/// The number at the end of a file's name, by which servers order their files.
pub fn file_number(name: &str) -> Option<u64> {
    series(name).map(|(_, number)| number)
}

/// Splits `binlog.000007` as servers number files: at least six digits.
pub(super) fn series(name: &str) -> Option<(&str, u64)> {
    let (series, digits) = name.rsplit_once('.')?;
    let numbered = digits.len() >= 6 && digits.bytes().all(|byte| byte.is_ascii_digit());
    Some((series, digits.parse().ok().filter(|_| numbered)?))
}

/// The binlogs of a folder. What is none is passed over, unless its name says that it belongs between them.
fn in_folder(folder: &Path) -> Result<Vec<CaptureFile>, BinlogError> {
    let (mut found, mut others) = (Vec::new(), Vec::new());
    for entry in fs::read_dir(folder).map_err(io_error(folder))? {
        let path = entry.map_err(io_error(folder))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !path.is_file() || name.starts_with('.') || name.ends_with(".index") {
            continue;
        }
        match CaptureFile::open(&path)? {
            Some(file) => found.push(file),
            None => others.push((name, path)),
        }
    }
    let belongs =
        |name: &str| series(name).is_some_and(|(base, _)| found.iter().any(|file| file.series().is_some_and(|(own, _)| own == base)));
    if let Some((_, path)) = others.iter().find(|(name, _)| belongs(name)) {
        return Err(BinlogError::NotABinlog { path: path.display().to_string() });
    }
    if found.is_empty() {
        return Err(BinlogError::Empty { path: folder.display().to_string() });
    }
    found.sort_by(|left, right| left.name.cmp(&right.name));
    Ok(found)
}

/// The files that a server's index lists, beside it or where it says.
fn in_index(index: &Path) -> Result<Vec<CaptureFile>, BinlogError> {
    let folder = index.parent().unwrap_or(Path::new(""));
    let mut found = Vec::new();
    for line in fs::read_to_string(index).map_err(io_error(index))?.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let beside = folder.join(Path::new(line).file_name().unwrap_or_default());
        let path = if beside.is_file() { beside } else { folder.join(line) };
        found.push(CaptureFile::open(&path)?.ok_or_else(|| BinlogError::NotABinlog { path: path.display().to_string() })?);
    }
    Ok(found)
}

/// Puts numbered files in their order; others stay as the user gave them.
fn sort(files: &mut [CaptureFile], order: Order) -> Result<(), BinlogError> {
    let unknown = |first: &CaptureFile, second: &CaptureFile, reason| BinlogError::Order {
        first: first.name.to_string(),
        second: second.name.to_string(),
        reason,
    };
    if files.len() > 1
        && let Some(input) = files.iter().find(|file| file.path.is_none())
    {
        let other = files.iter().find(|file| file.path.is_some()).unwrap_or(input);
        return Err(unknown(input, other, "standard input is a capture by itself"));
    }
    let all_numbered = files.iter().all(|file| file.series().is_some());
    if all_numbered {
        files.sort_by(|left, right| left.series().cmp(&right.series()));
    }
    for pair in files.windows(2) {
        let [first, second] = pair else { continue };
        if first.name == second.name {
            return Err(unknown(first, second, "both have the same name"));
        }
        if all_numbered && first.series().map(|(base, _)| base) != second.series().map(|(base, _)| base) {
            return Err(unknown(first, second, "they belong to two series of files"));
        }
        if !all_numbered && order == Order::Numbers {
            return Err(unknown(first, second, "their names do not end in numbers"));
        }
    }
    Ok(())
}

fn io_error(path: &Path) -> impl Fn(io::Error) -> BinlogError + '_ {
    move |source| BinlogError::Io { path: path.display().to_string(), source }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use tempfile::TempDir;

    use super::*;

    /// A folder of files with the given names and contents.
    fn folder(files: &[(&str, &[u8])]) -> TempDir {
        let folder = TempDir::new().expect("a temporary folder");
        for (name, content) in files {
            fs::write(folder.path().join(name), content).expect("a writable folder");
        }
        folder
    }

    fn names(capture: Result<Capture, BinlogError>) -> Vec<String> {
        capture.expect("a capture").file_names().map(str::to_owned).collect()
    }

    #[test]
    fn a_folder_gives_its_binlogs_by_number() {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(&MAGIC).expect("memory is written");
        let gzip = gzip.finish().expect("memory is written");
        let folder = folder(&[
            ("b.1000000", &MAGIC),
            ("b.999999.gz", &gzip),
            ("b.index", b"./b.999999\n"),
            ("ib_logfile0", b"x"),
            (".b.000001", &MAGIC),
            ("notes.gz", &[0x1F, 0x8B, 1]),
            ("empty", b""),
        ]);
        fs::create_dir(folder.path().join("mysql")).expect("a writable folder");
        assert_eq!(names(Capture::open(&[folder.path()])), ["b.999999", "b.1000000"]);
        assert_eq!(Capture::open(&[folder.path()]).expect("a capture").bytes(), Some(4 + gzip.len() as u64));
    }

    #[test]
    fn files_given_in_any_order_are_put_in_theirs() {
        let folder = folder(&[
            ("b.000001", &MAGIC),
            ("b.000002", &MAGIC),
            ("x", &MAGIC),
            ("a", &MAGIC),
            ("b.index", b"./b.000001\n/gone/b.000002\n\n"),
        ]);
        let path = |name: &str| folder.path().join(name);
        assert_eq!(names(Capture::open(&[path("b.000002"), path("b.000001")])), ["b.000001", "b.000002"]);
        assert_eq!(names(Capture::open(&[path("x"), path("a")])), ["x", "a"]);
        assert_eq!(names(Capture::open(&[path("b.index")])), ["b.000001", "b.000002"]);
    }

    #[test]
    fn an_order_that_is_not_known_is_refused() {
        let two = folder(&[("x", &MAGIC), ("y", &MAGIC)]);
        assert!(matches!(Capture::open(&[two.path()]), Err(BinlogError::Order { .. })));
        let series = folder(&[("a.000001", &MAGIC), ("b.000002", &MAGIC)]);
        assert!(matches!(Capture::open(&[series.path()]), Err(BinlogError::Order { .. })));
        let twice = folder(&[("a.000001", &MAGIC)]);
        let path = twice.path().join("a.000001");
        assert!(matches!(Capture::open(&[&path, &path]), Err(BinlogError::Order { .. })));
        assert!(matches!(Capture::open(&[Path::new("-"), &path]), Err(BinlogError::Order { .. })));
    }

    #[test]
    fn what_is_no_binlog_is_refused_by_name() {
        let folder = folder(&[("b.000001", &MAGIC), ("b.000002", b""), ("e", &ENCRYPTED_MAGIC)]);
        let path = |name: &str| folder.path().join(name);
        assert!(matches!(Capture::open(&[path("b.000002")]), Err(BinlogError::NotABinlog { .. })));
        assert!(matches!(Capture::open(&[path("e")]), Err(BinlogError::Encrypted { .. })));
        fs::remove_file(path("e")).expect("a writable folder");
        assert!(matches!(Capture::open(&[folder.path()]), Err(BinlogError::NotABinlog { .. })));
        assert!(matches!(Capture::open(&[path("gone")]), Err(BinlogError::Io { .. })));
        let empty = TempDir::new().expect("a temporary folder");
        assert!(matches!(Capture::open(&[empty.path()]), Err(BinlogError::Empty { .. })));
    }
}
