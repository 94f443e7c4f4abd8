//! How a column's values lie in row images, as a table map says: type code and metadata.

use std::fmt;

use super::{DecodeError, cursor::Cursor};
use crate::schema::Flavor;

/// The form of a column's values on the wire. Several column types share one: only the definition tells them apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PhysicalType {
    /// TINYINT.
    Tiny,
    /// SMALLINT.
    Short,
    /// MEDIUMINT.
    Int24,
    /// INT.
    Long,
    /// BIGINT.
    LongLong,
    /// FLOAT.
    Float,
    /// DOUBLE.
    Double,
    /// DECIMAL in base 10⁹ groups.
    Decimal {
        /// All digits.
        precision: u8,
        /// Digits after the point.
        scale: u8,
    },
    /// BIT.
    Bit {
        /// In bits.
        width: u8,
    },
    /// YEAR.
    Year,
    /// DATE.
    Date,
    /// TIME of MySQL before 5.6.4.
    Time,
    /// DATETIME of MySQL before 5.6.4.
    DateTime,
    /// TIMESTAMP of MySQL before 5.6.4.
    Timestamp,
    /// TIME(fsp).
    Time2 {
        /// Digits of the fraction.
        fsp: u8,
    },
    /// DATETIME(fsp).
    DateTime2 {
        /// Digits of the fraction.
        fsp: u8,
    },
    /// TIMESTAMP(fsp).
    Timestamp2 {
        /// Digits of the fraction.
        fsp: u8,
    },
    /// CHAR, BINARY, UUID, INET4, INET6: trailing padding is left out.
    Fixed {
        /// The greatest length in bytes.
        bytes: u16,
    },
    /// VARCHAR, VARBINARY.
    Variable {
        /// The greatest length in bytes.
        bytes: u16,
        /// MariaDB's COMPRESSED.
        compressed: bool,
    },
    /// TEXT and BLOB of all sizes.
    Blob {
        /// How many bytes count the length, 1 to 4.
        length_bytes: u8,
        /// MariaDB's COMPRESSED.
        compressed: bool,
    },
    /// MySQL's binary JSON.
    Json {
        /// How many bytes count the length, 1 to 4.
        length_bytes: u8,
    },
    /// GEOMETRY and its kinds.
    Geometry {
        /// How many bytes count the length, 1 to 4.
        length_bytes: u8,
    },
    /// VECTOR of MySQL 9.
    Vector {
        /// How many bytes count the length, 1 to 4.
        length_bytes: u8,
    },
    /// ENUM.
    Enum {
        /// 1 or 2.
        bytes: u8,
    },
    /// SET.
    Set {
        /// 1, 2, 3, 4 or 8.
        bytes: u8,
    },
    /// A type code that no row image has, or that none has had since MySQL 5.0.
    Unknown {
        /// The code.
        code: u8,
    },
}

impl PhysicalType {
    /// Reads the metadata that belongs to a type code.
    pub(super) fn read(code: u8, metadata: &mut Cursor<'_>) -> Result<Self, DecodeError> {
        const WHAT: &str = "the metadata of a column";
        let offset = metadata.offset();
        let invalid = DecodeError::Invalid { what: WHAT, offset };
        let length_bytes = |bytes: u8| if (1..=4).contains(&bytes) { Ok(bytes) } else { Err(invalid.clone()) };
        let fraction = |fsp: u8| if fsp <= 6 { Ok(fsp) } else { Err(invalid.clone()) };
        Ok(match code {
            1 => Self::Tiny,
            2 => Self::Short,
            3 => Self::Long,
            8 => Self::LongLong,
            9 => Self::Int24,
            4 | 5 => match (code, metadata.u8(WHAT)?) {
                (4, 4) => Self::Float,
                (5, 8) => Self::Double,
                _ => return Err(invalid),
            },
            7 => Self::Timestamp,
            10 | 14 => Self::Date,
            11 => Self::Time,
            12 => Self::DateTime,
            13 => Self::Year,
            15 | 253 => Self::Variable { bytes: metadata.uint(2, WHAT)? as u16, compressed: false },
            141 => Self::Variable { bytes: metadata.uint(2, WHAT)? as u16, compressed: true },
            16 => match *metadata.take(2, WHAT)? {
                [bits @ 0..=7, bytes @ 0..=8] if (1..=64).contains(&(bytes * 8 + bits)) => Self::Bit { width: bytes * 8 + bits },
                _ => return Err(invalid),
            },
            17 => Self::Timestamp2 { fsp: fraction(metadata.u8(WHAT)?)? },
            18 => Self::DateTime2 { fsp: fraction(metadata.u8(WHAT)?)? },
            19 => Self::Time2 { fsp: fraction(metadata.u8(WHAT)?)? },
            140 => Self::Blob { length_bytes: length_bytes(metadata.u8(WHAT)?)?, compressed: true },
            249..=252 => Self::Blob { length_bytes: length_bytes(metadata.u8(WHAT)?)?, compressed: false },
            242 => Self::Vector { length_bytes: length_bytes(metadata.u8(WHAT)?)? },
            245 => Self::Json { length_bytes: length_bytes(metadata.u8(WHAT)?)? },
            255 => Self::Geometry { length_bytes: length_bytes(metadata.u8(WHAT)?)? },
            246 => match metadata.take(2, WHAT)? {
                &[precision @ 1..=65, scale] if scale <= precision && scale <= 38 => Self::Decimal { precision, scale },
                _ => return Err(invalid),
            },
            247 | 248 | 254 => match *metadata.take(2, WHAT)? {
                [247, bytes @ 1..=2] => Self::Enum { bytes },
                [248, bytes @ (1..=4 | 8)] => Self::Set { bytes },
                // CHAR columns of more than 255 bytes hide two bits of their length, inverted, in the type byte.
                [real, low] if real | 0x30 == 254 => Self::Fixed { bytes: u16::from(low) | u16::from(!real & 0x30) << 4 },
                _ => return Err(invalid),
            },
            code => Self::Unknown { code },
        })
    }

    /// Whether the optional metadata has a sign bit for such columns.
    pub(super) fn is_numeric(self) -> bool {
        let integer = matches!(self, Self::Tiny | Self::Short | Self::Int24 | Self::Long | Self::LongLong);
        integer || matches!(self, Self::Float | Self::Double | Self::Decimal { .. } | Self::Year)
    }

    /// Whether the optional metadata has a collation for such columns.
    pub fn is_text_on(self, flavor: Flavor) -> bool {
        let text = matches!(self, Self::Fixed { .. } | Self::Variable { .. } | Self::Blob { .. });
        match flavor {
            Flavor::MySql => text || matches!(self, Self::Vector { .. }),
            Flavor::MariaDb => text || matches!(self, Self::Geometry { .. }),
        }
    }

    /// Whether the optional metadata has labels for such columns.
    pub fn has_labels(self) -> bool {
        matches!(self, Self::Enum { .. } | Self::Set { .. })
    }
}

impl fmt::Display for PhysicalType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let compressed = |compressed: bool| if compressed { " COMPRESSED" } else { "" };
        match *self {
            Self::Tiny => write!(f, "TINYINT"),
            Self::Short => write!(f, "SMALLINT"),
            Self::Int24 => write!(f, "MEDIUMINT"),
            Self::Long => write!(f, "INT"),
            Self::LongLong => write!(f, "BIGINT"),
            Self::Float => write!(f, "FLOAT"),
            Self::Double => write!(f, "DOUBLE"),
            Self::Decimal { precision, scale } => write!(f, "DECIMAL({precision},{scale})"),
            Self::Bit { width } => write!(f, "BIT({width})"),
            Self::Year => write!(f, "YEAR"),
            Self::Date => write!(f, "DATE"),
            Self::Time => write!(f, "TIME of the form before MySQL 5.6"),
            Self::DateTime => write!(f, "DATETIME of the form before MySQL 5.6"),
            Self::Timestamp => write!(f, "TIMESTAMP of the form before MySQL 5.6"),
            Self::Time2 { fsp } => write!(f, "TIME({fsp})"),
            Self::DateTime2 { fsp } => write!(f, "DATETIME({fsp})"),
            Self::Timestamp2 { fsp } => write!(f, "TIMESTAMP({fsp})"),
            Self::Fixed { bytes } => write!(f, "CHAR or BINARY of {bytes} bytes"),
            Self::Variable { bytes, compressed: c } => write!(f, "VARCHAR or VARBINARY of {bytes} bytes{}", compressed(c)),
            Self::Blob { length_bytes, compressed: c } => {
                let name = ["TINY", "", "MEDIUM", "LONG"].get(usize::from(length_bytes).wrapping_sub(1)).copied().unwrap_or_default();
                write!(f, "{name}TEXT or {name}BLOB{}", compressed(c))
            }
            Self::Json { .. } => write!(f, "JSON"),
            Self::Geometry { .. } => write!(f, "GEOMETRY"),
            Self::Vector { .. } => write!(f, "VECTOR"),
            Self::Enum { bytes } => write!(f, "ENUM of {bytes} bytes"),
            Self::Set { bytes } => write!(f, "SET of {bytes} bytes"),
            Self::Unknown { code } => write!(f, "a column of type code {code}"),
        }
    }
}
