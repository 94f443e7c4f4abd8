//! A column and its type, as far as a row image or a mapping depends on it.

use super::Collation;

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Column {
    /// The column's name, as the server spells it.
    pub name: String,
    /// Its type.
    pub ty: ColumnType,
    /// Whether it may be NULL.
    pub nullable: bool,
    /// The text of its DEFAULT expression or constant, as the definition has it (`'x'`, `0`, `CURRENT_TIMESTAMP`); of a
    /// generated column the whole `GENERATED ALWAYS AS …` clause, where it is known.
    pub default: Option<String>,
    /// Whether its value is computed (STORED, PERSISTENT or VIRTUAL), so that no statement may set it.
    pub generated: bool,
}

impl Column {
    /// The clause of the column in which a system-versioned table keeps when a row's version began.
    pub const ROW_START: &str = "GENERATED ALWAYS AS ROW START";
    /// The clause of the column in which a system-versioned table keeps when a row's version ended; current versions have
    /// the greatest time, and every other row of the table is history.
    pub const ROW_END: &str = "GENERATED ALWAYS AS ROW END";
    /// How MariaDB names the hidden columns in which it hashes unique keys that are too long for an index.
    pub const HASH_PREFIX: &str = "DB_ROW_HASH_";

    /// Whether this is a hidden column of MariaDB that hashes a long unique key: row images carry it, no statement sees it.
    pub fn is_hash(&self) -> bool {
        self.name.starts_with(Self::HASH_PREFIX)
    }

    /// Whether the server keeps system versions of rows in this column.
    pub fn is_row_time(&self) -> bool {
        self.generated && matches!(self.default.as_deref(), Some(Self::ROW_START | Self::ROW_END))
    }
}

/// MySQL's column types. Everything that changes how a value is stored, compared or printed is here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ColumnType {
    /// TINYINT to BIGINT, BOOL.
    Integer {
        /// Its size.
        width: IntegerWidth,
        /// UNSIGNED (or ZEROFILL, which implies it).
        unsigned: bool,
    },
    /// DECIMAL(precision, scale).
    Decimal {
        /// All digits, 1 to 65.
        precision: u8,
        /// Digits after the point, 0 to 38.
        scale: u8,
        /// UNSIGNED: only refuses negative values.
        unsigned: bool,
    },
    /// FLOAT.
    Float,
    /// DOUBLE.
    Double,
    /// BIT(width), 1 to 64.
    Bit {
        /// In bits.
        width: u8,
    },
    /// YEAR.
    Year,
    /// DATE.
    Date,
    /// TIME(fsp).
    Time {
        /// Digits of the fraction of a second, 0 to 6.
        fsp: u8,
    },
    /// DATETIME(fsp).
    DateTime {
        /// Digits of the fraction of a second, 0 to 6.
        fsp: u8,
    },
    /// TIMESTAMP(fsp).
    Timestamp {
        /// Digits of the fraction of a second, 0 to 6.
        fsp: u8,
    },
    /// CHAR(length).
    Char {
        /// In characters.
        length: u32,
        /// Its charset and collation.
        collation: Collation,
    },
    /// VARCHAR(length).
    Varchar {
        /// In characters.
        length: u32,
        /// Its charset and collation.
        collation: Collation,
    },
    /// TINYTEXT to LONGTEXT. MariaDB's JSON is a LONGTEXT.
    Text {
        /// Its size.
        width: TextWidth,
        /// Its charset and collation.
        collation: Collation,
    },
    /// BINARY(length).
    Binary {
        /// In bytes.
        length: u32,
    },
    /// VARBINARY(length).
    Varbinary {
        /// In bytes.
        length: u32,
    },
    /// TINYBLOB to LONGBLOB.
    Blob {
        /// Its size.
        width: TextWidth,
    },
    /// ENUM(labels).
    Enum {
        /// The labels, in UTF-8; value 1 is the first.
        labels: Vec<String>,
        /// Its charset and collation.
        collation: Collation,
    },
    /// SET(labels).
    Set {
        /// The labels, in UTF-8; bit 0 is the first.
        labels: Vec<String>,
        /// Its charset and collation.
        collation: Collation,
    },
    /// MySQL's binary JSON.
    Json,
    /// GEOMETRY and its kinds.
    Geometry,
    /// VECTOR(dimension) of MySQL 9.
    Vector {
        /// Its greatest number of entries.
        dimension: u32,
    },
    /// UUID of MariaDB 10.7 and later.
    Uuid,
    /// INET4 of MariaDB 10.10 and later.
    Inet4,
    /// INET6 of MariaDB 10.5 and later.
    Inet6,
}

impl ColumnType {
    /// The collation of a text, an ENUM or a SET.
    pub fn collation(&self) -> Option<Collation> {
        match self {
            Self::Char { collation, .. }
            | Self::Varchar { collation, .. }
            | Self::Text { collation, .. }
            | Self::Enum { collation, .. }
            | Self::Set { collation, .. } => Some(*collation),
            Self::Integer { .. }
            | Self::Decimal { .. }
            | Self::Float
            | Self::Double
            | Self::Bit { .. }
            | Self::Year
            | Self::Date
            | Self::Time { .. }
            | Self::DateTime { .. }
            | Self::Timestamp { .. }
            | Self::Binary { .. }
            | Self::Varbinary { .. }
            | Self::Blob { .. }
            | Self::Json
            | Self::Geometry
            | Self::Vector { .. }
            | Self::Uuid
            | Self::Inet4
            | Self::Inet6 => None,
        }
    }
}

/// The sizes of integers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IntegerWidth {
    /// TINYINT, 1 byte.
    Tiny,
    /// SMALLINT, 2 bytes.
    Small,
    /// MEDIUMINT, 3 bytes.
    Medium,
    /// INT, 4 bytes.
    Int,
    /// BIGINT, 8 bytes.
    Big,
}

/// The sizes of TEXT and BLOB: how many bytes count their length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TextWidth {
    /// TINYTEXT, TINYBLOB.
    Tiny,
    /// TEXT, BLOB.
    Regular,
    /// MEDIUMTEXT, MEDIUMBLOB.
    Medium,
    /// LONGTEXT, LONGBLOB.
    Long,
}
