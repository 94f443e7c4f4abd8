//! The header of an event and the kinds of events. Bodies are read elsewhere.

use super::RowsEventKind;
use crate::change::Op;

/// The length of every event's header since binlog version 4.
pub(super) const HEADER_BYTES: usize = 19;

/// The 19 bytes before an event's body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct EventHeader {
    /// When the statement began, in seconds since 1970 UTC.
    pub(super) time_s: u32,
    /// What the event is.
    pub(super) code: u8,
    /// The server that first wrote it; a part of MariaDB's GTIDs.
    pub(super) server_id: u32,
    /// Header, body and checksum together.
    pub(super) size: u32,
    /// The place after the event in the file it was first written to, modulo 2^32; 0 where the server does not say.
    pub(super) end_position: u32,
    /// See the constants below.
    pub(super) flags: u16,
}

/// The file was not closed when it was copied; only in the format description.
pub(super) const FLAG_IN_USE: u16 = 0x1;
/// Made up by a server for one reader; not in the file it was first written to.
pub(super) const FLAG_ARTIFICIAL: u16 = 0x20;
/// A reader that does not know the event may skip it.
pub(super) const FLAG_IGNORABLE: u16 = 0x80;

impl EventHeader {
    /// Reads the header.
    pub(super) fn parse(bytes: &[u8; HEADER_BYTES]) -> Self {
        let [t0, t1, t2, t3, code, i0, i1, i2, i3, s0, s1, s2, s3, p0, p1, p2, p3, f0, f1] = *bytes;
        Self {
            time_s: u32::from_le_bytes([t0, t1, t2, t3]),
            code,
            server_id: u32::from_le_bytes([i0, i1, i2, i3]),
            size: u32::from_le_bytes([s0, s1, s2, s3]),
            end_position: u32::from_le_bytes([p0, p1, p2, p3]),
            flags: u16::from_le_bytes([f0, f1]),
        }
    }
}

/// What a reader does with an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EventKind {
    /// The layout of the file's events.
    FormatDescription,
    /// A statement.
    Query,
    /// A statement, compressed by MariaDB.
    QueryCompressed,
    /// The end of a transaction.
    Xid,
    /// The end of a prepared or one-phase XA transaction.
    XaPrepare,
    /// The table that following row events speak of.
    TableMap,
    /// Changed rows.
    Rows {
        /// What was done to them.
        kind: RowsEventKind,
        /// Whether MariaDB compressed them.
        compressed: bool,
    },
    /// The GTID of what follows.
    MysqlGtid,
    /// The GTID with a tag of what follows.
    MysqlTaggedGtid,
    /// No GTID, but what else its event says, of what follows.
    AnonymousGtid,
    /// The GTID of what follows.
    MariadbGtid,
    /// All that was done before this file.
    PreviousGtids,
    /// The last GTIDs before this file.
    MariadbGtidList,
    /// A transaction, compressed.
    TransactionPayload,
    /// The name of the next file.
    Rotate,
    /// The server stopped.
    Stop,
    /// The server lost events.
    Incident,
    /// What follows is encrypted.
    StartEncryption,
    /// A part of a change logged as a statement: its file or the file's end.
    LoadData,
    /// A value that the next statement uses; that statement decides.
    StatementContext,
    /// Speaks of no rows: comments, checkpoints, group replication, heartbeats.
    Nothing,
    /// Written by servers before 5.1.
    Ancient,
    /// Not known here.
    Unknown,
}

impl EventKind {
    /// Tells the kind from the event's code.
    pub(super) fn of(code: u8) -> Self {
        match code {
            2 => Self::Query,
            3 => Self::Stop,
            4 => Self::Rotate,
            5 | 13 | 14 => Self::StatementContext,
            6 | 8..=12 | 17 | 18 => Self::LoadData,
            15 => Self::FormatDescription,
            16 => Self::Xid,
            19 => Self::TableMap,
            1 | 7 | 20..=22 => Self::Ancient,
            26 => Self::Incident,
            // Heartbeats, ignorable, rows-query, the two of group replication.
            27 | 28 | 29 | 36 | 37 | 41 => Self::Nothing,
            33 => Self::MysqlGtid,
            34 => Self::AnonymousGtid,
            35 => Self::PreviousGtids,
            38 => Self::XaPrepare,
            40 => Self::TransactionPayload,
            42 => Self::MysqlTaggedGtid,
            // Annotation of rows, binlog checkpoint.
            160 | 161 => Self::Nothing,
            162 => Self::MariadbGtid,
            163 => Self::MariadbGtidList,
            164 => Self::StartEncryption,
            165 => Self::QueryCompressed,
            _ => match RowsEventKind::from_type_code(code) {
                Some(kind) => Self::Rows { kind, compressed: (166..=171).contains(&code) },
                None => Self::Unknown,
            },
        }
    }
}

/// The server's name of an event, for errors.
pub(super) fn name(code: u8) -> &'static str {
    match EventKind::of(code) {
        EventKind::FormatDescription => "format description",
        EventKind::Query => "query",
        EventKind::QueryCompressed => "compressed query",
        EventKind::Xid => "xid",
        EventKind::XaPrepare => "XA prepare",
        EventKind::TableMap => "table map",
        EventKind::Rows { kind: RowsEventKind { op: Op::Insert, .. }, .. } => "write rows",
        EventKind::Rows { kind: RowsEventKind { op: Op::Update, .. }, .. } => "update rows",
        EventKind::Rows { kind: RowsEventKind { op: Op::Delete, .. }, .. } => "delete rows",
        EventKind::MysqlGtid | EventKind::MariadbGtid => "GTID",
        EventKind::MysqlTaggedGtid => "tagged GTID",
        EventKind::AnonymousGtid => "anonymous GTID",
        EventKind::PreviousGtids => "previous GTIDs",
        EventKind::MariadbGtidList => "GTID list",
        EventKind::TransactionPayload => "transaction payload",
        EventKind::Rotate => "rotate",
        EventKind::Stop => "stop",
        EventKind::Incident => "incident",
        EventKind::StartEncryption => "start encryption",
        EventKind::LoadData => "LOAD DATA",
        EventKind::StatementContext => "statement context",
        EventKind::Nothing => "informational",
        EventKind::Ancient => "pre-5.1",
        EventKind::Unknown => "unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_that_carries_rows_is_known_as_such() {
        let rows: Vec<u8> = (0..=255).filter(|&code| matches!(EventKind::of(code), EventKind::Rows { .. })).collect();
        assert_eq!(rows, [23, 24, 25, 30, 31, 32, 39, 166, 167, 168, 169, 170, 171]);
        assert!(matches!(
            EventKind::of(170),
            EventKind::Rows { kind: RowsEventKind { op: Op::Update, has_extra: true, .. }, compressed: true }
        ));
        assert_eq!(EventKind::of(43), EventKind::Unknown);
        assert_eq!(EventKind::of(172), EventKind::Unknown);
    }

    #[test]
    fn header_fields_are_little_endian() {
        let bytes = [1, 0, 0, 0, 15, 9, 9, 9, 9, 2, 1, 0, 0, 3, 0, 0, 1, 0x81, 0];
        let header = EventHeader { time_s: 1, code: 15, server_id: 0x0909_0909, size: 0x102, end_position: 0x0100_0003, flags: 0x81 };
        assert_eq!(EventHeader::parse(&bytes), header);
    }
}
