//! The table map event: which table the next rows events speak of, and how its columns lie in their images.

use super::{
    DecodeError, PhysicalType,
    cursor::{Cursor, bit},
    metadata::RowMetadata,
};
use crate::schema::TableName;

/// A table as the server described it before its rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableMap {
    /// The number rows events name it by.
    pub table_id: u64,
    /// Its name.
    pub name: TableName,
    /// Its columns, in row image order.
    pub columns: Vec<MappedColumn>,
    /// What the server adds with `binlog_row_metadata` MINIMAL or FULL.
    pub metadata: RowMetadata,
}

/// A column as a table map describes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MappedColumn {
    /// How its values lie in row images.
    pub physical: PhysicalType,
    /// Whether it may be NULL.
    pub nullable: bool,
}

impl TableMap {
    /// Reads the body of a table map event, which starts after the event's header and ends before its checksum.
    ///
    /// `post_header_length` is the format description's word for this event type: 6 (ancient) or 8.
    pub fn parse(body: &[u8], post_header_length: u8) -> Result<Self, DecodeError> {
        let mut body = Cursor::new(body);
        let table_id = body.uint(if post_header_length == 6 { 4 } else { 6 }, "a table id")?;
        body.take(2, "the flags of a table map")?;
        let schema = name(&mut body, "a schema name")?;
        let table = name(&mut body, "a table name")?;
        let count = body.count("the number of columns")?;
        let codes = body.take(count, "the column types")?;
        let metadata_length = body.count("the length of the column metadata")?;
        let mut metadata = body.part(metadata_length, "the column metadata")?;
        let nullable = body.bitmap(count, "the NULL bitmap of a table map")?;
        let mut columns = Vec::with_capacity(count);
        for (index, &code) in codes.iter().enumerate() {
            let physical = PhysicalType::read(code, &mut metadata)?;
            columns.push(MappedColumn { physical, nullable: bit(nullable, index) });
            // What metadata an unknown type has is unknown too, so that the columns after it cannot be read.
            if matches!(physical, PhysicalType::Unknown { .. }) && !metadata.is_empty() {
                columns.extend((index + 1..count).map(|index| MappedColumn { physical, nullable: bit(nullable, index) }));
                let metadata = RowMetadata::default();
                return Ok(Self { table_id, name: TableName::new(schema, table), columns, metadata });
            }
        }
        if !metadata.is_empty() {
            return Err(DecodeError::Invalid { what: "the column metadata", offset: metadata.offset() });
        }
        let metadata = RowMetadata::parse(&mut body, &columns)?;
        Ok(Self { table_id, name: TableName::new(schema, table), columns, metadata })
    }
}

/// A name behind its length in one byte, closed by a zero byte.
fn name(body: &mut Cursor<'_>, what: &'static str) -> Result<String, DecodeError> {
    let length = usize::from(body.u8(what)?);
    let offset = body.offset();
    let name = body.take(length, what)?;
    let invalid = || DecodeError::Invalid { what, offset };
    if body.u8(what)? != 0 {
        return Err(invalid());
    }
    String::from_utf8(name.to_vec()).map_err(|_| invalid())
}
