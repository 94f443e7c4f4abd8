//! A table's definition from its table map alone, where the server writes all of it (`binlog_row_metadata = FULL`).

use super::{ColumnMetadata, DefinitionError, PhysicalType, TableMap};
use crate::schema::{Collation, Column, ColumnType, Flavor, IntegerWidth, TableSchema, TextWidth};

impl TableMap {
    /// The definition that the metadata gives; none unless it is FULL.
    ///
    /// It knows no defaults, no generated columns, and of the keys only the primary one; a primary key over prefixes
    /// identifies no row by whole values and is left out. MariaDB's UUID and INET6 look like BINARY(16) and INET4 like
    /// BINARY(4): their values in row images are what such columns take.
    pub fn definition(&self, flavor: Flavor) -> Result<Option<TableSchema>, DefinitionError> {
        if !self.metadata.named {
            return Ok(None);
        }
        let (mut texts, mut label_columns) = (0, 0);
        let mut columns = Vec::with_capacity(self.columns.len());
        for (index, (mapped, said)) in self.columns.iter().zip(&self.metadata.columns).enumerate() {
            let mut number = None;
            if mapped.physical.is_text_on(flavor) {
                number = self.metadata.text_collations.get(texts);
                texts += 1;
            } else if mapped.physical.has_labels() {
                number = self.metadata.label_collations.get(label_columns);
                label_columns += 1;
            }
            let ty = self.column_type(index, mapped.physical, said, || self.collation(number, flavor))?;
            let name = said.name.clone().unwrap_or_default();
            columns.push(Column { name, ty, nullable: mapped.nullable, default: None, generated: false });
        }
        let prefixed = self.metadata.primary_key.iter().any(|&(_, prefix)| prefix != 0);
        let primary_key = if prefixed { Vec::new() } else { self.metadata.primary_key.iter().map(|&(column, _)| column).collect() };
        Ok(Some(TableSchema { name: self.name.clone(), columns, primary_key, unique_keys: Vec::new() }))
    }

    fn column_type(
        &self,
        index: usize,
        physical: PhysicalType,
        said: &ColumnMetadata,
        collation: impl Fn() -> Result<Collation, DefinitionError>,
    ) -> Result<ColumnType, DefinitionError> {
        let unsigned = said.unsigned;
        let integer = |width| ColumnType::Integer { width, unsigned };
        Ok(match physical {
            PhysicalType::Tiny => integer(IntegerWidth::Tiny),
            PhysicalType::Short => integer(IntegerWidth::Small),
            PhysicalType::Int24 => integer(IntegerWidth::Medium),
            PhysicalType::Long => integer(IntegerWidth::Int),
            PhysicalType::LongLong => integer(IntegerWidth::Big),
            PhysicalType::Float => ColumnType::Float,
            PhysicalType::Double => ColumnType::Double,
            PhysicalType::Decimal { precision, scale } => ColumnType::Decimal { precision, scale, unsigned },
            PhysicalType::Bit { width } => ColumnType::Bit { width },
            PhysicalType::Year => ColumnType::Year,
            PhysicalType::Date => ColumnType::Date,
            PhysicalType::Time => ColumnType::Time { fsp: 0 },
            PhysicalType::DateTime => ColumnType::DateTime { fsp: 0 },
            PhysicalType::Timestamp => ColumnType::Timestamp { fsp: 0 },
            PhysicalType::Time2 { fsp } => ColumnType::Time { fsp },
            PhysicalType::DateTime2 { fsp } => ColumnType::DateTime { fsp },
            PhysicalType::Timestamp2 { fsp } => ColumnType::Timestamp { fsp },
            PhysicalType::Fixed { bytes } => match collation()? {
                binary if binary.is_binary() => ColumnType::Binary { length: u32::from(bytes) },
                collation => ColumnType::Char { length: characters(bytes, collation), collation },
            },
            PhysicalType::Variable { bytes, compressed } => {
                // The byte that says how a value is compressed is part of the length.
                let bytes = if compressed { bytes.saturating_sub(1) } else { bytes };
                match collation()? {
                    binary if binary.is_binary() => ColumnType::Varbinary { length: u32::from(bytes) },
                    collation => ColumnType::Varchar { length: characters(bytes, collation), collation },
                }
            }
            PhysicalType::Blob { length_bytes, .. } => match (collation()?, text_width(length_bytes)) {
                (binary, width) if binary.is_binary() => ColumnType::Blob { width },
                (collation, width) => ColumnType::Text { width, collation },
            },
            PhysicalType::Enum { .. } => ColumnType::Enum { labels: self.labels(said, collation()?)?, collation: collation()? },
            PhysicalType::Set { .. } => ColumnType::Set { labels: self.labels(said, collation()?)?, collation: collation()? },
            PhysicalType::Json { .. } => ColumnType::Json,
            PhysicalType::Geometry { .. } => ColumnType::Geometry,
            PhysicalType::Vector { .. } => ColumnType::Vector { dimension: said.dimension.unwrap_or(0) },
            PhysicalType::Unknown { .. } => {
                return Err(DefinitionError::Unsupported { table: self.name.clone(), column: index + 1, found: physical.to_string() });
            }
        })
    }

    fn collation(&self, number: Option<u16>, flavor: Flavor) -> Result<Collation, DefinitionError> {
        let unknown = |what| DefinitionError::Metadata { table: self.name.clone(), what };
        let number = number.ok_or_else(|| unknown("a text column without a collation".into()))?;
        Collation::by_id(u32::from(number), flavor).ok_or_else(|| unknown(format!("collation {number}")))
    }

    fn labels(&self, said: &ColumnMetadata, collation: Collation) -> Result<Vec<String>, DefinitionError> {
        let decode = |label: &Vec<u8>| collation.charset().decode(label).map(String::from);
        let labels: Result<Vec<_>, _> = said.labels.iter().map(decode).collect();
        labels.map_err(|error| DefinitionError::Metadata { table: self.name.clone(), what: format!("a label in which {error}, one") })
    }
}

/// Whether a column of type `known` looks like `said` to who has nothing but the metadata.
pub(super) fn looks_like(known: &ColumnType, said: &ColumnType) -> bool {
    match (known, said) {
        (ColumnType::Uuid | ColumnType::Inet6, ColumnType::Binary { length: 16 }) => true,
        (ColumnType::Inet4, ColumnType::Binary { length: 4 }) => true,
        // MariaDB's VECTOR is a VARBINARY to the binlog.
        (ColumnType::Vector { dimension }, ColumnType::Varbinary { length }) => dimension.checked_mul(4) == Some(*length),
        (known, said) => known == said,
    }
}

fn characters(bytes: u16, collation: Collation) -> u32 {
    u32::from(bytes) / u32::from(collation.charset().max_bytes_per_char().max(1))
}

fn text_width(length_bytes: u8) -> TextWidth {
    match length_bytes {
        1 => TextWidth::Tiny,
        2 => TextWidth::Regular,
        3 => TextWidth::Medium,
        _ => TextWidth::Long,
    }
}
