//! A table map together with the table's definition: how each column is decoded, settled once per table.

use std::sync::Arc;

use super::{
    PhysicalType, TableMap,
    cells::{BytesForm, CellForm, Extent},
};
use crate::{
    change::ColumnSet,
    columnar::DecimalForm,
    schema::{Collation, Column, ColumnType, IntegerWidth, TableName, TableSchema, TextWidth},
};

/// How the row images of one table and one schema version are decoded.
#[derive(Debug, Clone, PartialEq)]
pub struct ResolvedTable {
    schema: Arc<TableSchema>,
    /// For each column, its decoder and whether it is MySQL's JSON, which partial updates speak of.
    pub(super) columns: Vec<ResolvedColumn>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct ResolvedColumn {
    pub(super) form: CellForm,
    pub(super) extent: Extent,
    pub(super) nullable: bool,
    pub(super) json: bool,
}

/// Why a definition does not describe the rows of a table map.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DefinitionError {
    /// Another number of columns.
    #[error("table `{table}` has {found} columns in the binlog, {expected} in its definition")]
    ColumnCount {
        /// The table.
        table: TableName,
        /// By its definition.
        expected: usize,
        /// By the table map.
        found: usize,
    },
    /// Another type.
    #[error("column `{column}` of table `{table}` is {found} in the binlog, which its definition ({expected}) does not fit")]
    Type {
        /// The table.
        table: TableName,
        /// The column.
        column: String,
        /// By its definition.
        expected: String,
        /// By the table map.
        found: String,
    },
    /// A type that this version does not decode.
    #[error("column {column} of table `{table}` is {found}, which Rowgate does not read")]
    Unsupported {
        /// The table.
        table: TableName,
        /// The column's number, from 1.
        column: usize,
        /// By the table map.
        found: String,
    },
    /// The table map's own description is unusable.
    #[error("the row metadata of table `{table}` names {what} that Rowgate does not know")]
    Metadata {
        /// The table.
        table: TableName,
        /// Such as: collation 4711.
        what: String,
    },
}

impl ResolvedTable {
    /// Checks a definition against a table map; only the `wanted` columns will be decoded, the others are skipped by length.
    ///
    /// Whether a column may be NULL is taken from the table map, which cannot be wrong.
    pub fn new(map: &TableMap, schema: Arc<TableSchema>, wanted: &ColumnSet) -> Result<Self, DefinitionError> {
        if schema.columns.len() != map.columns.len() {
            let (expected, found) = (schema.columns.len(), map.columns.len());
            return Err(DefinitionError::ColumnCount { table: map.name.clone(), expected, found });
        }
        let mut columns = Vec::with_capacity(map.columns.len());
        for (index, (mapped, column)) in map.columns.iter().zip(&schema.columns).enumerate() {
            let physical = mapped.physical;
            let Some(extent) = Extent::new(physical) else {
                return Err(DefinitionError::Unsupported { table: map.name.clone(), column: index + 1, found: physical.to_string() });
            };
            let mismatch = |found| {
                let (table, column, expected) = (map.name.clone(), column.name.clone(), describe(&column.ty));
                DefinitionError::Type { table, column, expected, found }
            };
            let form = form(physical, &column.ty).ok_or_else(|| mismatch(physical.to_string()))?;
            if let (ColumnType::Integer { unsigned, .. }, Some(said)) = (&column.ty, map.metadata.columns.get(index))
                && map.metadata.has_signs
                && *unsigned != said.unsigned
            {
                return Err(mismatch(format!("{physical} {}", if said.unsigned { "UNSIGNED" } else { "SIGNED" })));
            }
            let form = if wanted.contains(index) { form } else { CellForm::Skipped };
            let json = matches!(physical, PhysicalType::Json { .. });
            columns.push(ResolvedColumn { form, extent, nullable: mapped.nullable, json });
        }
        Ok(Self { schema: with_nullability(schema, map), columns })
    }

    /// For a table without a definition: its rows are counted, and their columns skipped by length. The definition has no columns.
    pub fn undefined(map: &TableMap) -> Result<Self, DefinitionError> {
        let mut columns = Vec::with_capacity(map.columns.len());
        for (index, mapped) in map.columns.iter().enumerate() {
            let Some(extent) = Extent::new(mapped.physical) else {
                return Err(DefinitionError::Unsupported {
                    table: map.name.clone(),
                    column: index + 1,
                    found: mapped.physical.to_string(),
                });
            };
            let json = matches!(mapped.physical, PhysicalType::Json { .. });
            columns.push(ResolvedColumn { form: CellForm::Skipped, extent, nullable: mapped.nullable, json });
        }
        let schema = TableSchema { name: map.name.clone(), columns: Vec::new(), primary_key: Vec::new(), unique_keys: Vec::new() };
        Ok(Self { schema: Arc::new(schema), columns })
    }

    /// The definition its batches carry.
    pub fn schema(&self) -> &Arc<TableSchema> {
        &self.schema
    }
}

fn with_nullability(schema: Arc<TableSchema>, map: &TableMap) -> Arc<TableSchema> {
    let agrees = |(column, mapped): (&Column, &super::MappedColumn)| column.nullable == mapped.nullable;
    if schema.columns.iter().zip(&map.columns).all(agrees) {
        return schema;
    }
    let mut schema = TableSchema::clone(&schema);
    for (column, mapped) in schema.columns.iter_mut().zip(&map.columns) {
        column.nullable = mapped.nullable;
    }
    Arc::new(schema)
}

/// The decoder of a column, or none when its definition contradicts the table map.
fn form(physical: PhysicalType, ty: &ColumnType) -> Option<CellForm> {
    use PhysicalType as P;
    Some(match (ty, physical) {
        (ColumnType::Integer { width, unsigned }, physical) => integer(physical, *width, *unsigned)?,
        (&ColumnType::Decimal { precision, scale, .. }, P::Decimal { precision: found, scale: found_scale }) => {
            if (precision, scale) != (found, found_scale) {
                return None;
            }
            let form = DecimalForm::new(precision, scale)?;
            if precision <= 38 { CellForm::Decimal128(form) } else { CellForm::Decimal256(form) }
        }
        (ColumnType::Float, P::Float) => CellForm::Float,
        (ColumnType::Double, P::Double) => CellForm::Double,
        (ColumnType::Bit { width }, P::Bit { width: found }) if *width == found => CellForm::Bit { width: found },
        (ColumnType::Year, P::Year) => CellForm::Year,
        (ColumnType::Date, P::Date) => CellForm::Date,
        (ColumnType::Time { fsp: 0 }, P::Time) => CellForm::OldTime,
        (ColumnType::DateTime { fsp: 0 }, P::DateTime) => CellForm::OldDateTime,
        (ColumnType::Timestamp { fsp: 0 }, P::Timestamp) => CellForm::OldTimestamp,
        (ColumnType::Time { fsp }, P::Time2 { fsp: found }) if *fsp == found => CellForm::Time { fsp: found },
        (ColumnType::DateTime { fsp }, P::DateTime2 { fsp: found }) if *fsp == found => CellForm::DateTime { fsp: found },
        (ColumnType::Timestamp { fsp }, P::Timestamp2 { fsp: found }) if *fsp == found => CellForm::Timestamp { fsp: found },
        (ColumnType::Enum { labels, .. }, P::Enum { bytes }) if enum_bytes(labels.len()) == bytes => {
            CellForm::Enum { bytes, labels: labels.len() as u16 }
        }
        (ColumnType::Set { labels, .. }, P::Set { bytes }) if set_bytes(labels.len()) == bytes => {
            CellForm::Set { bytes, labels: labels.len() as u8 }
        }
        (ty, physical) => CellForm::Bytes(bytes(physical, ty)?),
    })
}

fn integer(physical: PhysicalType, width: IntegerWidth, unsigned: bool) -> Option<CellForm> {
    use PhysicalType as P;
    Some(match (physical, width, unsigned) {
        (P::Tiny, IntegerWidth::Tiny, false) => CellForm::Int8,
        (P::Tiny, IntegerWidth::Tiny, true) => CellForm::UInt8,
        (P::Short, IntegerWidth::Small, false) => CellForm::Int16,
        (P::Short, IntegerWidth::Small, true) => CellForm::UInt16,
        (P::Int24, IntegerWidth::Medium, false) => CellForm::Int24,
        (P::Int24, IntegerWidth::Medium, true) => CellForm::UInt24,
        (P::Long, IntegerWidth::Int, false) => CellForm::Int32,
        (P::Long, IntegerWidth::Int, true) => CellForm::UInt32,
        (P::LongLong, IntegerWidth::Big, false) => CellForm::Int64,
        (P::LongLong, IntegerWidth::Big, true) => CellForm::UInt64,
        _ => return None,
    })
}

/// The decoder of a value that stays bytes.
fn bytes(physical: PhysicalType, ty: &ColumnType) -> Option<BytesForm> {
    use PhysicalType as P;
    let plain = |length_bytes: u8, most: u32| BytesForm { length_bytes, most, padded: 0, compressed: false };
    let fixed = |bytes: u16| plain(length_bytes(bytes), u32::from(bytes));
    let padded = |bytes: u16| BytesForm { padded: u32::from(bytes), ..fixed(bytes) };
    Some(match (ty, physical) {
        (ColumnType::Char { length, collation }, P::Fixed { bytes }) if most_bytes(*length, *collation) == u32::from(bytes) => fixed(bytes),
        (ColumnType::Binary { length }, P::Fixed { bytes }) if *length == u32::from(bytes) => padded(bytes),
        (ColumnType::Uuid | ColumnType::Inet6, P::Fixed { bytes: 16 }) => padded(16),
        (ColumnType::Inet4, P::Fixed { bytes: 4 }) => padded(4),
        // MariaDB's metadata of a compressed column counts the byte that says how it is compressed.
        (ColumnType::Varchar { length, collation }, P::Variable { bytes, compressed })
            if most_bytes(*length, *collation) + u32::from(compressed) == u32::from(bytes) =>
        {
            BytesForm { compressed, ..fixed(bytes) }
        }
        (ColumnType::Varbinary { length }, P::Variable { bytes, compressed }) if *length + u32::from(compressed) == u32::from(bytes) => {
            BytesForm { compressed, ..fixed(bytes) }
        }
        (ColumnType::Text { width, .. } | ColumnType::Blob { width }, P::Blob { length_bytes, compressed })
            if text_bytes(*width) == length_bytes =>
        {
            BytesForm { compressed, ..plain(length_bytes, u32::MAX) }
        }
        (ColumnType::Json, P::Json { length_bytes })
        | (ColumnType::Geometry, P::Geometry { length_bytes })
        | (ColumnType::Vector { .. }, P::Vector { length_bytes }) => plain(length_bytes, u32::MAX),
        // MariaDB's VECTOR is a VARBINARY of four bytes an entry.
        (ColumnType::Vector { dimension }, P::Variable { bytes, compressed: false }) if u32::from(bytes) == dimension * 4 => fixed(bytes),
        _ => return None,
    })
}

/// The most bytes that so many characters take.
fn most_bytes(length: u32, collation: Collation) -> u32 {
    length.saturating_mul(u32::from(collation.charset().max_bytes_per_char()))
}

/// How many bytes count the length of a CHAR or VARCHAR.
pub(super) fn length_bytes(most: u16) -> u8 {
    if most > 255 { 2 } else { 1 }
}

fn enum_bytes(labels: usize) -> u8 {
    if labels > 255 { 2 } else { 1 }
}

fn set_bytes(labels: usize) -> u8 {
    match labels.div_ceil(8) {
        0 => 1,
        few @ 1..=4 => few as u8,
        _ => 8,
    }
}

fn text_bytes(width: TextWidth) -> u8 {
    match width {
        TextWidth::Tiny => 1,
        TextWidth::Regular => 2,
        TextWidth::Medium => 3,
        TextWidth::Long => 4,
    }
}

/// A type for an error message.
fn describe(ty: &ColumnType) -> String {
    match ty {
        ColumnType::Integer { width, unsigned } => {
            let name = match width {
                IntegerWidth::Tiny => "TINYINT",
                IntegerWidth::Small => "SMALLINT",
                IntegerWidth::Medium => "MEDIUMINT",
                IntegerWidth::Int => "INT",
                IntegerWidth::Big => "BIGINT",
            };
            format!("{name}{}", if *unsigned { " UNSIGNED" } else { "" })
        }
        ColumnType::Decimal { precision, scale, .. } => format!("DECIMAL({precision},{scale})"),
        ColumnType::Float => "FLOAT".into(),
        ColumnType::Double => "DOUBLE".into(),
        ColumnType::Bit { width } => format!("BIT({width})"),
        ColumnType::Year => "YEAR".into(),
        ColumnType::Date => "DATE".into(),
        ColumnType::Time { fsp } => format!("TIME({fsp})"),
        ColumnType::DateTime { fsp } => format!("DATETIME({fsp})"),
        ColumnType::Timestamp { fsp } => format!("TIMESTAMP({fsp})"),
        ColumnType::Char { length, .. } => format!("CHAR({length})"),
        ColumnType::Varchar { length, .. } => format!("VARCHAR({length})"),
        ColumnType::Text { width, .. } => format!("{}TEXT", size_name(*width)),
        ColumnType::Binary { length } => format!("BINARY({length})"),
        ColumnType::Varbinary { length } => format!("VARBINARY({length})"),
        ColumnType::Blob { width } => format!("{}BLOB", size_name(*width)),
        ColumnType::Enum { labels, .. } => format!("ENUM of {} labels", labels.len()),
        ColumnType::Set { labels, .. } => format!("SET of {} labels", labels.len()),
        ColumnType::Json => "JSON".into(),
        ColumnType::Geometry => "GEOMETRY".into(),
        ColumnType::Vector { dimension } => format!("VECTOR({dimension})"),
        ColumnType::Uuid => "UUID".into(),
        ColumnType::Inet4 => "INET4".into(),
        ColumnType::Inet6 => "INET6".into(),
    }
}

fn size_name(width: TextWidth) -> &'static str {
    match width {
        TextWidth::Tiny => "TINY",
        TextWidth::Regular => "",
        TextWidth::Medium => "MEDIUM",
        TextWidth::Long => "LONG",
    }
}
