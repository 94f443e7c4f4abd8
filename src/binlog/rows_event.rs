//! The rows event: which columns its images carry, and where its rows start.

use super::{DecodeError, cursor::Cursor};
use crate::change::Op;

/// What kind of rows an event carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct RowsEventKind {
    /// What was done to the rows.
    pub op: Op,
    /// Whether the post-header has extra data (version 2, MySQL 5.6 and later).
    pub has_extra: bool,
    /// Whether after images may hold differences of JSON documents (`PARTIAL_UPDATE_ROWS`).
    pub is_partial: bool,
}

impl RowsEventKind {
    /// The kind of an event type code; MariaDB's compressed ones are meant to be inflated already. None for other events.
    pub fn from_type_code(code: u8) -> Option<Self> {
        let (op, has_extra) = match code {
            23 | 166 => (Op::Insert, false),
            24 | 167 => (Op::Update, false),
            25 | 168 => (Op::Delete, false),
            30 | 169 => (Op::Insert, true),
            31 | 39 | 170 => (Op::Update, true),
            32 | 171 => (Op::Delete, true),
            _ => return None,
        };
        Some(Self { op, has_extra, is_partial: code == 39 })
    }
}

/// The start of a rows event's body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowsHead {
    /// The table map it speaks of.
    pub table_id: u64,
    /// Its flags; see [`RowsHead::ends_statement`].
    pub flags: u16,
}

impl RowsHead {
    /// Reads table id and flags; `post_header_length` is the format description's word for this event type.
    pub fn parse(body: &[u8], post_header_length: u8) -> Result<Self, DecodeError> {
        let mut body = Cursor::new(body);
        let table_id = body.uint(if post_header_length == 6 { 4 } else { 6 }, "a table id")?;
        let flags = body.uint(2, "the flags of a rows event")? as u16;
        Ok(Self { table_id, flags })
    }

    /// Whether this is the last rows event of its statement, after which table ids are free again.
    pub fn ends_statement(self) -> bool {
        self.flags & 1 == 1
    }

    /// Whether the event only closes its statement and has no rows: old servers write it with a table id that no table has.
    pub fn is_dummy(self) -> bool {
        self.ends_statement() && (self.table_id == 0xFF_FFFF || self.table_id == 0xFFFF_FFFF || self.table_id == 0xFFFF_FFFF_FFFF)
    }
}

/// A rows event, read up to its first row.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rows<'a> {
    /// The number of columns it speaks of.
    pub(super) columns: usize,
    /// Which columns the first image of each row carries.
    pub(super) first: &'a [u8],
    /// Which columns the after image of an update carries; else as `first`.
    pub(super) second: &'a [u8],
    /// The rows.
    pub(super) rows: &'a [u8],
    /// Where in the body they start.
    pub(super) offset: usize,
}

impl<'a> Rows<'a> {
    pub(super) fn parse(kind: RowsEventKind, body: &'a [u8], post_header_length: u8) -> Result<Self, DecodeError> {
        let mut body = Cursor::new(body);
        body.take(if post_header_length == 6 { 4 } else { 6 }, "a table id")?;
        body.take(2, "the flags of a rows event")?;
        if kind.has_extra {
            let offset = body.offset();
            let length = body.uint(2, "the length of extra row data")? as usize;
            let length = length.checked_sub(2).ok_or(DecodeError::Invalid { what: "the length of extra row data", offset })?;
            body.take(length, "extra row data")?;
        }
        let offset = body.offset();
        let what = "the number of columns";
        let columns = usize::try_from(body.packed(what)?).map_err(|_| DecodeError::Invalid { what, offset })?;
        let first = body.bitmap(columns, "the bitmap of columns")?;
        let second = if kind.op == Op::Update { body.bitmap(columns, "the bitmap of updated columns")? } else { first };
        Ok(Self { columns, first, second, rows: body.rest(), offset: body.offset() })
    }
}
