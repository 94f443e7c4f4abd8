//! Where reading a source begins, and which of its files that is in.

use std::str::FromStr;

use super::{ListedFile, ServerState, SourceError};
use crate::{
    binlog::{Bound, FileHead},
    position::{BinlogOffset, GtidSet, MysqlGtid},
};

/// Where to begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Start {
    /// With the file that the server writes now.
    Current,
    /// With the first file that the server has.
    Earliest,
    /// With the file that holds this.
    At(Bound),
}

impl std::fmt::Display for Start {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Current => f.write_str("current"),
            Self::Earliest => f.write_str("earliest"),
            Self::At(bound) => bound.fmt(f),
        }
    }
}

impl FromStr for Start {
    type Err = SourceError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.trim() {
            "current" => Ok(Self::Current),
            "earliest" => Ok(Self::Earliest),
            other => other.parse().map(Self::At).map_err(|_| SourceError::NoStart(text.to_owned())),
        }
    }
}

/// The file to begin with. `head` asks the server for what a file says of itself; a few files are asked for, however many there are.
pub(super) fn first_file(
    server: &str,
    state: &ServerState,
    start: &Start,
    head: impl Fn(&str) -> Result<FileHead, SourceError>,
) -> Result<String, SourceError> {
    let first = &state.files[0];
    let purged = |place: String| SourceError::Purged { server: server.to_owned(), place, first: first.name.clone() };
    let refused = |reason: String| SourceError::Start { place: start.to_string(), reason };
    match start {
        Start::Current => Ok(state.end.file.to_string()),
        Start::Earliest => Ok(first.name.clone()),
        Start::At(Bound::Offset(place)) => holding(state, place, first, purged, refused),
        Start::At(Bound::Time(time_us)) => {
            let begun_before = |file: &ListedFile| Ok(i64::from(head(&file.name)?.begun_s) * 1_000_000 <= *time_us);
            match last_that(&state.files, begun_before)? {
                // A file tells when the statement began that ended the one before it, so that may hold what was committed meanwhile.
                Some(index) => Ok(state.files[index.saturating_sub(1)].name.clone()),
                None => Err(purged(format!("`{start}`"))),
            }
        }
        Start::At(Bound::Gtids(gtids)) => {
            let before = |file: &ListedFile| {
                let before = head(&file.name)?.before;
                before.ok_or_else(|| refused(format!("`{}` does not say which GTIDs went before it", file.name)))
            };
            match gtids {
                GtidSet::Mysql(set) if set.single().is_some() => {
                    let gtid = set.single().expect("the guard saw it");
                    match last_that(&state.files, |file| Ok(!contains(&before(file)?, &gtid)))? {
                        Some(index) => Ok(state.files[index].name.clone()),
                        None if contains(&before(first)?, &next(&gtid)) => Err(purged(format!("`{gtid}`"))),
                        None => Ok(first.name.clone()),
                    }
                }
                set => match last_that(&state.files, |file| Ok(set.is_superset(&before(file)?)))? {
                    Some(index) => Ok(state.files[index].name.clone()),
                    None => Err(purged(format!("`{set}`"))),
                },
            }
        }
    }
}

fn holding(
    state: &ServerState,
    place: &BinlogOffset,
    first: &ListedFile,
    purged: impl Fn(String) -> SourceError,
    refused: impl Fn(String) -> SourceError,
) -> Result<String, SourceError> {
    match state.files.iter().find(|file| file.name == *place.file) {
        Some(file) if place.offset > file.bytes => Err(refused(format!("the file ends at {}", file.bytes))),
        Some(file) => Ok(file.name.clone()),
        None if crate::binlog::file_number(&place.file) < crate::binlog::file_number(&first.name) => Err(purged(format!("`{place}`"))),
        None => Err(refused("the source has no such file".to_owned())),
    }
}

fn contains(set: &GtidSet, gtid: &MysqlGtid) -> bool {
    matches!(set, GtidSet::Mysql(set) if set.contains(gtid))
}

fn next(gtid: &MysqlGtid) -> MysqlGtid {
    MysqlGtid { number: gtid.number + 1, ..gtid.clone() }
}

/// The last file for which something is true that is true of all files before it too; halves the files until one is left.
fn last_that(files: &[ListedFile], is_true: impl Fn(&ListedFile) -> Result<bool, SourceError>) -> Result<Option<usize>, SourceError> {
    let (mut low, mut high) = (0, files.len());
    while low < high {
        let middle = low + (high - low) / 2;
        if is_true(&files[middle])? {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    Ok(low.checked_sub(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        position::MysqlGtidSet,
        schema::{Flavor, ServerVersion},
        source::Identity,
    };

    const UUID: &str = "3e11fa47-71ca-11e1-9e33-c80aa9429562";

    /// Files 4 to 7; the n-th is begun at second 100 n, after the transactions 1 to 10 n.
    fn state() -> ServerState {
        let files: Vec<ListedFile> = (4..8).map(|number| ListedFile { name: format!("b.{number:06}"), bytes: 1000 }).collect();
        ServerState {
            version: ServerVersion::MYSQL_9_7,
            identity: Identity { flavor: Flavor::MySql, uuid: None, server_id: 1 },
            end: BinlogOffset { file: "b.000007".into(), offset: 1000 },
            files,
            notes: Vec::new(),
        }
    }

    fn file(start: &str) -> Result<String, String> {
        let head = |file: &str| {
            let number: u32 = file[2..].parse().expect("a number");
            let before: MysqlGtidSet = format!("{UUID}:1-{}", number * 10).parse().expect("a set");
            Ok(FileHead { begun_s: number * 100, before: Some(GtidSet::Mysql(before)) })
        };
        let start: Start = start.replace('U', UUID).parse().map_err(|error: SourceError| error.to_string())?;
        first_file("it", &state(), &start, head).map_err(|error| error.to_string())
    }

    #[test]
    fn the_file_that_holds_a_start_is_found() {
        for (start, expected) in [
            ("current", "b.000007"),
            ("earliest", "b.000004"),
            ("b.000005:4", "b.000005"),
            ("1970-01-01T00:06:40Z", "b.000004"),
            ("1970-01-01T00:10:00Z", "b.000005"),
            ("1970-01-01T00:10:39Z", "b.000005"),
            ("1971-01-01T00:00:00Z", "b.000006"),
            ("U:1-55", "b.000005"),
            ("U:1-60", "b.000006"),
            ("U:1-1000", "b.000007"),
            ("U:55", "b.000005"),
            ("U:40", "b.000004"),
        ] {
            assert_eq!(file(start).as_deref(), Ok(expected), "{start}");
        }
    }

    #[test]
    fn what_is_purged_or_was_never_there_is_told() {
        for start in ["b.000003:4", "1970-01-01T00:06:39Z", "U:1-39", "U:39"] {
            let error = file(start).expect_err(start);
            assert!(error.contains("has purged") && error.contains("`b.000004`"), "{start}: {error}");
        }
        assert!(file("b.000005:1001").expect_err("beyond its end").contains("ends at 1000"));
        assert!(file("b.000009:4").expect_err("no such file").contains("no such file"));
        assert!(file("yesterday").expect_err("no start").contains("is no start"));
    }
}
