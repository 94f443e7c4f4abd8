//! How much of a capture is read, and within which limits.

use std::{fmt, str::FromStr};

use chrono::DateTime;

use super::CascadePolicy;
use crate::position::{BinlogOffset, GtidSet, PositionError};

/// A state between two transactions: what lies before it is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bound {
    /// Before the event at this offset, which begins a transaction.
    Offset(BinlogOffset),
    /// After these transactions.
    ///
    /// A MySQL set covers what it lists; one GTID alone stands for all up to and including it. A MariaDB list covers each of its domains up to its GTID.
    Gtids(GtidSet),
    /// Before the first transaction of this time or later, in microseconds since 1970 UTC.
    Time(i64),
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Offset(offset) => offset.fmt(f),
            Self::Gtids(gtids) => gtids.fmt(f),
            Self::Time(time_us) => match DateTime::from_timestamp_micros(*time_us) {
                Some(time) => f.write_str(&time.to_rfc3339()),
                None => time_us.fmt(f),
            },
        }
    }
}

impl FromStr for Bound {
    type Err = PositionError;

    /// Reads an RFC 3339 time with its zone, a GTID or a set of them, or `file:offset`, whichever the text is.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.trim();
        if let Ok(time) = DateTime::parse_from_rfc3339(text) {
            return Ok(Self::Time(time.timestamp_micros()));
        }
        if is_dated(text) {
            return Err(PositionError::Time { text: text.to_owned() });
        }
        let gtids = text.parse();
        match (text.parse(), gtids) {
            (_, Ok(gtids)) if !text.is_empty() => Ok(Self::Gtids(gtids)),
            (Ok(offset), _) => Ok(Self::Offset(offset)),
            // A dash before the first colon is more likely a UUID than a file's name.
            (Err(_), Err(gtid)) if text.split(':').next().is_some_and(|head| head.contains('-')) => Err(gtid),
            (Err(offset), _) => Err(offset),
        }
    }
}

/// Whether the text begins as a date with a time does.
fn is_dated(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() > 10
        && matches!(bytes[10], b'T' | b't' | b' ')
        && bytes[..10].iter().enumerate().all(|(at, byte)| match at {
            4 | 7 => *byte == b'-',
            _ => byte.is_ascii_digit(),
        })
}

/// How to read a capture.
#[derive(Debug, Clone, Default)]
pub struct ReadOptions {
    /// What lies before is read for definitions only; none: all of the capture.
    pub start: Option<Bound>,
    /// Where reading ends; none: at the capture's end.
    pub stop: Option<Bound>,
    /// As of where the definitions are that reading begins with; none: as of the first event. A change of a definition before that place
    /// that does not fit is one that they hold already.
    pub definitions_as_of: Option<BinlogOffset>,
    /// Bounds of memory.
    pub limits: Limits,
    /// What is done about checksums.
    pub checksums: Checksums,
    /// What is done about foreign keys whose doings the binlog does not show.
    pub cascades: CascadePolicy,
}

/// Whether the CRC32 of events is checked where they have one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Checksums {
    /// A wrong one is an error.
    #[default]
    Verify,
    /// They are not looked at.
    Ignore,
}

/// The limits of the reader (INV-8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// A set is closed at the end of the transaction that brings it to so many row images; a transaction that has so many by itself is split.
    pub images_per_set: usize,
    /// The same in bytes of decoded values.
    pub bytes_per_set: usize,
    /// The largest event, also when inflated. MySQL's own is `max_allowed_packet`, at most 1 GiB.
    pub max_event_bytes: usize,
    /// The most tables whose maps are kept from one statement to the next.
    pub max_table_maps: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { images_per_set: 8192, bytes_per_set: 8 << 20, max_event_bytes: (1 << 30) + (1 << 20), max_table_maps: 4096 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bound(text: &str) -> Bound {
        text.parse().expect("a bound")
    }

    #[test]
    fn the_kind_of_bound_is_told_from_its_text() {
        assert!(matches!(bound("binlog.000007:4"), Bound::Offset(_)));
        assert!(matches!(bound("mysql-bin.000007:4"), Bound::Offset(_)));
        assert!(matches!(bound("0-1-2,1-1-5"), Bound::Gtids(GtidSet::Mariadb(_))));
        assert!(matches!(bound("3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5"), Bound::Gtids(GtidSet::Mysql(_))));
        assert!(matches!(bound("3e11fa47-71ca-11e1-9e33-c80aa9429562:tag:5"), Bound::Gtids(GtidSet::Mysql(_))));
        assert_eq!(bound("2026-11-23T01:50:04.5+01:00"), Bound::Time(1_795_395_004_500_000));
    }

    #[test]
    fn bounds_are_read_back_as_printed() {
        for text in ["binlog.000007:4", "0-1-2", "3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5", "2026-11-23T00:50:04.500+00:00"] {
            assert_eq!(bound(text).to_string(), text);
        }
    }

    #[test]
    fn text_that_is_no_bound_is_refused() {
        for text in
            ["", "yesterday", "2026-11-23T00:00:00", "2026-11-23 00:00:00Z:4", "binlog.000007", "3e11fa47-71ca-11e1-9e33-c80aa9429562:x"]
        {
            assert!(text.parse::<Bound>().is_err(), "{text}");
        }
    }
}
