//! What a table map adds about its columns: signs, charsets, names, labels, keys (`binlog_row_metadata`).

use super::{
    DecodeError, MappedColumn, PhysicalType,
    cursor::{Cursor, bit},
};

/// The optional metadata of a table map. Empty when the server writes none (before MySQL 8.0, or NO_LOG).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RowMetadata {
    /// For each column, what is said about it; empty when nothing is said about any.
    pub columns: Vec<ColumnMetadata>,
    /// Whether it says which columns are UNSIGNED.
    pub has_signs: bool,
    /// Whether the columns have names (`binlog_row_metadata = FULL`).
    pub named: bool,
    /// The primary key's columns, in key order, each with the length of its prefix in characters (0: all of it).
    pub primary_key: Vec<(usize, u64)>,
    /// The collations of the columns that count as text on the server that wrote this; see [`PhysicalType::is_text_on`].
    pub text_collations: CollationNumbers,
    /// The collations of ENUM and SET columns.
    pub label_collations: CollationNumbers,
}

/// The numbers of the collations of some columns, as the table map tells them: by their place among these columns.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum CollationNumbers {
    /// It says nothing.
    #[default]
    Untold,
    /// One for all but a few.
    Default(u16, Vec<(u64, u16)>),
    /// One for each.
    Each(Vec<u16>),
}

impl CollationNumbers {
    /// The collation of the column at this place; 63 for byte strings.
    pub fn get(&self, place: usize) -> Option<u16> {
        match self {
            Self::Untold => None,
            Self::Default(default, others) => {
                let other = others.iter().find(|(other, _)| usize::try_from(*other) == Ok(place));
                Some(other.map_or(*default, |&(_, collation)| collation))
            }
            Self::Each(collations) => collations.get(place).copied(),
        }
    }

    fn with_default(field: &mut Cursor<'_>) -> Result<Self, DecodeError> {
        let default = collation(field)?;
        let mut others = Vec::new();
        while !field.is_empty() {
            others.push((field.packed("the place of a text column")?, collation(field)?));
        }
        Ok(Self::Default(default, others))
    }

    fn each(field: &mut Cursor<'_>) -> Result<Self, DecodeError> {
        let mut collations = Vec::new();
        while !field.is_empty() {
            collations.push(collation(field)?);
        }
        Ok(Self::Each(collations))
    }
}

/// What a table map says about one column beyond its physical type.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ColumnMetadata {
    /// UNSIGNED, for numeric columns.
    pub unsigned: bool,
    /// Its name.
    pub name: Option<String>,
    /// The labels of ENUM and SET, in the column's charset.
    pub labels: Vec<Vec<u8>>,
    /// VECTOR's greatest number of entries.
    pub dimension: Option<u32>,
}

impl RowMetadata {
    /// Reads the fields behind the NULL bitmap; a field of an unknown kind is skipped by its length.
    pub(super) fn parse(body: &mut Cursor<'_>, columns: &[MappedColumn]) -> Result<Self, DecodeError> {
        let mut metadata = Self::default();
        if body.is_empty() {
            return Ok(metadata);
        }
        metadata.columns.resize_with(columns.len(), ColumnMetadata::default);
        while !body.is_empty() {
            let kind = body.u8("a metadata field")?;
            let length = body.count("the length of a metadata field")?;
            let mut field = body.part(length, "a metadata field")?;
            metadata.field(kind, &mut field, columns)?;
        }
        Ok(metadata)
    }

    fn field(&mut self, kind: u8, field: &mut Cursor<'_>, columns: &[MappedColumn]) -> Result<(), DecodeError> {
        let of = |wanted: &dyn Fn(PhysicalType) -> bool| -> Vec<usize> {
            (0..columns.len()).filter(|&column| wanted(columns[column].physical)).collect()
        };
        match kind {
            1 => self.signs(field, &of(&PhysicalType::is_numeric)),
            2 => CollationNumbers::with_default(field).map(|told| self.text_collations = told),
            3 => CollationNumbers::each(field).map(|told| self.text_collations = told),
            4 => self.names(field),
            5 => self.labels(field, &of(&|physical| matches!(physical, PhysicalType::Set { .. }))),
            6 => self.labels(field, &of(&|physical| matches!(physical, PhysicalType::Enum { .. }))),
            8 => self.primary_key(field, |_| Ok(0)),
            9 => self.primary_key(field, |field| field.packed("the length of a key prefix")),
            10 => CollationNumbers::with_default(field).map(|told| self.label_collations = told),
            11 => CollationNumbers::each(field).map(|told| self.label_collations = told),
            13 => self.dimensions(field, &of(&|physical| matches!(physical, PhysicalType::Vector { .. }))),
            // 7, the kind of GEOMETRY, and 12, INVISIBLE columns, change nothing about a value.
            _ => Ok(()),
        }
    }

    fn signs(&mut self, field: &mut Cursor<'_>, numeric: &[usize]) -> Result<(), DecodeError> {
        let signs = field.bitmap(numeric.len(), "the signs of numeric columns")?;
        for (index, &column) in numeric.iter().enumerate() {
            // This bitmap alone counts from the high bit of each byte.
            self.columns[column].unsigned = bit(signs, index ^ 7);
        }
        self.has_signs = true;
        Ok(())
    }

    fn names(&mut self, field: &mut Cursor<'_>) -> Result<(), DecodeError> {
        for column in &mut self.columns {
            let offset = field.offset();
            let name = field.counted("a column name")?.to_vec();
            let invalid = |_| DecodeError::Invalid { what: "a column name", offset };
            column.name = Some(String::from_utf8(name).map_err(invalid)?);
        }
        self.named = true;
        Ok(())
    }

    fn labels(&mut self, field: &mut Cursor<'_>, columns: &[usize]) -> Result<(), DecodeError> {
        for &column in columns {
            let count = field.count("the number of labels")?;
            let labels = (0..count).map(|_| field.counted("a label").map(<[u8]>::to_vec));
            self.columns[column].labels = labels.collect::<Result<_, _>>()?;
        }
        Ok(())
    }

    fn primary_key(
        &mut self,
        field: &mut Cursor<'_>,
        prefix: impl Fn(&mut Cursor<'_>) -> Result<u64, DecodeError>,
    ) -> Result<(), DecodeError> {
        while !field.is_empty() {
            let offset = field.offset();
            let column = field.packed("a column of the primary key")?;
            let column = usize::try_from(column).ok().filter(|&column| column < self.columns.len());
            let column = column.ok_or(DecodeError::Invalid { what: "a column of the primary key", offset })?;
            self.primary_key.push((column, prefix(field)?));
        }
        Ok(())
    }

    fn dimensions(&mut self, field: &mut Cursor<'_>, columns: &[usize]) -> Result<(), DecodeError> {
        for &column in columns {
            let offset = field.offset();
            let dimension = field.packed("the dimension of a VECTOR")?;
            let invalid = |_| DecodeError::Invalid { what: "the dimension of a VECTOR", offset };
            self.columns[column].dimension = Some(u32::try_from(dimension).map_err(invalid)?);
        }
        Ok(())
    }
}

fn collation(field: &mut Cursor<'_>) -> Result<u16, DecodeError> {
    let offset = field.offset();
    let number = field.packed("the number of a collation")?;
    u16::try_from(number).map_err(|_| DecodeError::Invalid { what: "the number of a collation", offset })
}
