//! The transaction that is being read: where it began, what names it, and whether its rows count.

use crate::{
    change,
    position::{BinlogOffset, Gtid},
};

/// A transaction of the binlog between its first event and its last.
#[derive(Debug)]
pub(super) struct Group {
    /// Its first event.
    pub(super) start: BinlogOffset,
    /// Its GTID.
    pub(super) gtid: Option<Gtid>,
    /// When it was committed, in microseconds since 1970 UTC.
    pub(super) time_us: i64,
    /// Whether BEGIN was seen; until then one statement alone may make it.
    pub(super) is_open: bool,
    /// Whether it lies outside of what is read: only its definitions count.
    pub(super) is_skipped: bool,
    /// Whether the set of changes knows of it.
    pub(super) is_told: bool,
    /// How many images the set held before it.
    pub(super) images_before: usize,
    /// How many bytes the set held before it.
    pub(super) bytes_before: usize,
    /// How many of its rows events were read.
    pub(super) rows_events: u64,
    /// Its savepoints by name, with the rows events before each.
    savepoints: Vec<(String, u64)>,
}

impl Group {
    /// A transaction that begins with its GTID or its BEGIN.
    pub(super) fn new(start: BinlogOffset, gtid: Option<Gtid>, time_us: i64) -> Self {
        Self {
            start,
            gtid,
            time_us,
            is_open: false,
            is_skipped: false,
            is_told: false,
            images_before: 0,
            bytes_before: 0,
            rows_events: 0,
            savepoints: Vec::new(),
        }
    }

    /// What the set of changes is told of it.
    pub(super) fn to_transaction(&self) -> change::Transaction {
        change::Transaction {
            start: self.start.clone(),
            end: None,
            continued: false,
            gtid: self.gtid.as_ref().map(Gtid::to_string),
            time_us: self.time_us,
        }
    }

    /// Marks a savepoint; one of the same name is replaced.
    pub(super) fn set_savepoint(&mut self, name: &str) {
        self.savepoints.retain(|(own, _)| !own.eq_ignore_ascii_case(name));
        self.savepoints.push((name.to_owned(), self.rows_events));
    }

    /// Whether rows that were read would have to be taken back to return to a savepoint.
    pub(super) fn has_rows_since(&self, name: &str) -> bool {
        let savepoint = self.savepoints.iter().find(|(own, _)| own.eq_ignore_ascii_case(name));
        savepoint.map_or(0, |&(_, rows)| rows) != self.rows_events
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_rows_after_the_savepoint_would_be_taken_back() {
        let mut group = Group::new(BinlogOffset { file: "b".into(), offset: 4 }, None, 0);
        group.rows_events = 2;
        group.set_savepoint("`a`");
        assert!(!group.has_rows_since("`A`"));
        assert!(group.has_rows_since("`other`"));
        group.rows_events = 3;
        assert!(group.has_rows_since("`a`"));
        group.set_savepoint("`a`");
        assert!(!group.has_rows_since("`a`"));
    }
}
