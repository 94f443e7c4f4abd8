//! Damaged captures: an error with file and offset, never a panic, never a row from a damaged event.

use std::{
    fs::{self, OpenOptions},
    path::{Path, PathBuf},
};

use proptest::prelude::*;
use rowgate::{
    binlog::{BinlogError, Bound, Capture, CaptureReader, Checksums, Everything, Interest, Item, ReadOptions},
    change::ColumnSet,
    position::BinlogOffset,
    schema::{SchemaHistory, TableName, TableSchema},
};
use tempfile::TempDir;

const TINY: [&str; 2] = ["maria-tiny.binlog", "mysql97-tiny.binlog"];

fn bytes(capture: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/captures").join(capture);
    fs::read(path).expect("the capture is shipped")
}

/// All captures that are shipped, by their file names.
fn all() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/captures");
    let entries = fs::read_dir(folder).expect("captures are shipped");
    let names = entries.map(|entry| entry.expect("a readable folder").file_name().to_string_lossy().into_owned());
    names.filter(|name| name.ends_with(".binlog")).collect()
}

/// Where each event begins, and the end.
fn boundaries(bytes: &[u8]) -> Vec<usize> {
    let mut places = vec![4];
    let mut at = 4;
    while at < bytes.len() {
        at += u32::from_le_bytes(bytes[at + 9..at + 13].try_into().expect("four bytes")) as usize;
        places.push(at);
    }
    places
}

/// Makes the checksum of the event at `start` right again.
fn seal(bytes: &mut [u8], start: usize, end: usize) {
    let checksum = crc32fast::hash(&bytes[start..end - 4]);
    bytes[end - 4..end].copy_from_slice(&checksum.to_le_bytes());
}

/// Interest in no table: events are framed and checked, rows are not decoded.
struct Nothing;

impl Interest for Nothing {
    fn wants_table(&mut self, _table: &TableName) -> bool {
        false
    }

    fn columns(&mut self, _schema: &TableSchema) -> ColumnSet {
        ColumnSet::default()
    }
}

/// How many changes there are before the end, or the error.
fn read(path: &Path, interest: impl Interest, options: ReadOptions) -> Result<usize, BinlogError> {
    let mut reader = CaptureReader::open(Capture::open(&[path])?, SchemaHistory::new(), interest, options)?;
    let mut changes = 0;
    while let Some(item) = reader.next()? {
        if let Item::Changes(set) = item {
            changes += set.batches.iter().map(|batch| batch.changes.len()).sum::<usize>();
        }
    }
    Ok(changes)
}

fn save(folder: &TempDir, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join("b.000001");
    fs::write(&path, bytes).expect("the temporary folder is writable");
    path
}

/// Asserts that the error names the file, and unless it is no binlog at all, a place in it.
fn names_a_place(error: &BinlogError) {
    let message = error.to_string();
    let placed = message.contains("b.000001:") || matches!(error, BinlogError::NotABinlog { .. } | BinlogError::Encrypted { .. });
    assert!(message.contains("b.000001") && placed, "{message}");
}

#[test]
fn a_tiny_capture_cut_anywhere_gives_an_error_or_whole_transactions() {
    for capture in TINY {
        let whole = bytes(capture);
        assert!(whole.len() <= 16 << 10, "small enough to be cut everywhere");
        let places = boundaries(&whole);
        let folder = TempDir::new().expect("a temporary folder");
        let mut sound = 0;
        for length in 0..whole.len() {
            match read(&save(&folder, &whole[..length]), Everything, ReadOptions::default()) {
                Err(error) => names_a_place(&error),
                Ok(_) => {
                    assert!(places.contains(&length), "{capture} cut at {length}");
                    sound += 1;
                }
            }
        }
        assert!(sound > 5, "a copy may end between transactions: {sound}");
    }
}

#[test]
fn captures_cut_beside_an_event_give_an_error_at_that_event() {
    for capture in all() {
        let whole = bytes(&capture);
        let places = boundaries(&whole);
        let folder = TempDir::new().expect("a temporary folder");
        let path = save(&folder, &whole);
        let file = OpenOptions::new().write(true).open(&path).expect("the file was written");
        for pair in places.windows(2).rev() {
            for (length, event) in [(pair[1] - 1, pair[0]), (pair[0] + 1, pair[0])] {
                file.set_len(length as u64).expect("the file can be cut");
                let error = read(&path, Nothing, ReadOptions::default()).expect_err("a cut event");
                assert!(
                    matches!(&error, BinlogError::Truncated { at, .. } if at.offset == event as u64),
                    "{capture} cut at {length}: {error}"
                );
            }
        }
    }
}

#[test]
fn starts_and_stops_beside_an_event_are_refused() {
    for capture in all() {
        let whole = bytes(&capture);
        let folder = TempDir::new().expect("a temporary folder");
        let path = save(&folder, &whole);
        for place in boundaries(&whole) {
            for offset in [place - 1, place + 1].into_iter().filter(|&offset| offset > 4) {
                let bound = || Some(Bound::Offset(BinlogOffset { file: "b.000001".into(), offset: offset as u64 }));
                let start = ReadOptions { start: bound(), ..ReadOptions::default() };
                let stop = ReadOptions { stop: bound(), ..ReadOptions::default() };
                for options in [start, stop] {
                    let error = read(&path, Nothing, options).expect_err("no event begins there");
                    assert!(matches!(error, BinlogError::Bound { .. }), "{capture} at {offset}: {error}");
                }
            }
        }
    }
}

#[test]
fn every_flipped_byte_is_noticed() {
    for capture in TINY {
        let whole = bytes(capture);
        let folder = TempDir::new().expect("a temporary folder");
        for at in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[at] ^= 0x40;
            names_a_place(&read(&save(&folder, &damaged), Everything, ReadOptions::default()).expect_err("a damaged event"));
        }
    }
}

#[test]
fn damaged_compressed_files_give_an_error_with_a_place() {
    let whole = bytes("maria-tiny.binlog");
    let packed = zstd::encode_all(whole.as_slice(), 3).expect("memory is read");
    let folder = TempDir::new().expect("a temporary folder");
    let sound = read(&save(&folder, &whole), Everything, ReadOptions::default()).expect("a sound file");
    assert_eq!(read(&save(&folder, &packed), Everything, ReadOptions::default()).expect("a sound file"), sound);
    for length in (10..packed.len()).step_by(7) {
        names_a_place(&read(&save(&folder, &packed[..length]), Everything, ReadOptions::default()).expect_err("a cut file"));
    }
}

proptest! {
    /// Damage that no checksum tells of: whatever comes out, nothing panics and every error has a place.
    #[test]
    fn damage_behind_a_right_checksum_is_survived(capture in 0..TINY.len(), event in 1usize.., changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let mut damaged = bytes(TINY[capture]);
        let places = boundaries(&damaged);
        let event = event % (places.len() - 1);
        let (start, end) = (places[event], places[event + 1]);
        for (index, value) in changes {
            damaged[start + 19 + index.index(end - start - 23)] = value;
        }
        seal(&mut damaged, start, end);
        let folder = TempDir::new().expect("a temporary folder");
        if let Err(error) = read(&save(&folder, &damaged), Everything, ReadOptions::default()) {
            prop_assert!(error.to_string().contains("b.000001"), "{}", error);
        }
    }

    /// Damage anywhere, with checksums not looked at.
    #[test]
    fn damage_without_checksums_is_survived(capture in 0..TINY.len(), changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let mut damaged = bytes(TINY[capture]);
        for (index, value) in changes {
            let at = index.index(damaged.len());
            damaged[at] = value;
        }
        let folder = TempDir::new().expect("a temporary folder");
        let options = ReadOptions { checksums: Checksums::Ignore, ..ReadOptions::default() };
        if let Err(error) = read(&save(&folder, &damaged), Everything, options) {
            prop_assert!(error.to_string().contains("b.000001"), "{}", error);
        }
    }
}
