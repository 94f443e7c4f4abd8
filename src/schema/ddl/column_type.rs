//! Column types as written, with all their synonyms.

use super::clauses::CollationName;
use super::{Cursor, DdlError, Kind};
use crate::schema::{Charset, ColumnType, Flavor, IntegerWidth, TextWidth};

/// A type as written; texts wait for the table's charset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::schema) enum TypeSpec {
    /// A type without a charset.
    Plain(ColumnType),
    /// SERIAL: BIGINT UNSIGNED NOT NULL AUTO_INCREMENT UNIQUE.
    Serial,
    Char {
        length: u32,
    },
    Varchar {
        length: u32,
    },
    /// TINYTEXT to LONGTEXT.
    Text(TextWidth),
    /// TEXT(n): the width that n characters need.
    SizedText(u32),
    Enum(Vec<String>),
    Set(Vec<String>),
}

/// The charset clauses of a column.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::schema) struct CharsetSpec {
    pub(in crate::schema) charset: Option<Charset>,
    pub(in crate::schema) collation: Option<CollationName>,
    /// BINARY: the charset's `_bin` collation.
    pub(in crate::schema) binary: bool,
}

impl CharsetSpec {
    fn of(charset: Charset) -> Self {
        Self { charset: Some(charset), ..Self::default() }
    }
}

impl Cursor<'_> {
    /// A type with its length and sign, up to where its charset may stand.
    pub(super) fn column_type(&mut self) -> Result<(TypeSpec, CharsetSpec), DdlError> {
        let integer = |width| Some(ColumnType::Integer { width, unsigned: false });
        let Some(word) = self.peek().filter(|token| token.kind == Kind::Word).map(|token| token.text.to_ascii_uppercase()) else {
            return Err(self.unexpected("a column type"));
        };
        let number = match word.as_str() {
            "TINYINT" | "INT1" => integer(IntegerWidth::Tiny),
            "SMALLINT" | "INT2" => integer(IntegerWidth::Small),
            "MEDIUMINT" | "INT3" | "MIDDLEINT" => integer(IntegerWidth::Medium),
            "INT" | "INTEGER" | "INT4" => integer(IntegerWidth::Int),
            "BIGINT" | "INT8" => integer(IntegerWidth::Big),
            "DECIMAL" | "DEC" | "NUMERIC" | "FIXED" | "NUMBER" => {
                let _ = self.next();
                return self.decimal();
            }
            "REAL" if self.context.sql_mode.real_as_float() => Some(ColumnType::Float),
            "DOUBLE" | "FLOAT8" | "REAL" => Some(ColumnType::Double),
            "FLOAT" | "FLOAT4" => {
                let _ = self.next();
                return self.float();
            }
            _ => None,
        };
        if let Some(ty) = number {
            let _ = self.next();
            let _ = self.eat("PRECISION");
            let _ = self.arguments()?;
            return Ok((TypeSpec::Plain(self.signed(ty)), CharsetSpec::default()));
        }
        if let Some(text) = self.text_type(&word)? {
            return Ok(text);
        }
        let Some(ty) = self.other_type(&word)? else { return Err(self.unknown("column type")) };
        Ok((ty, CharsetSpec::default()))
    }

    fn decimal(&mut self) -> Result<(TypeSpec, CharsetSpec), DdlError> {
        let (precision, scale) = self.arguments()?;
        // DECIMAL(0) is the default precision.
        let precision = precision.filter(|&precision| precision > 0 || scale.unwrap_or(0) > 0).unwrap_or(10);
        let within = |value: u32, most: u8| u8::try_from(value).unwrap_or(most).min(most);
        let ty = ColumnType::Decimal { precision: within(precision, 65), scale: within(scale.unwrap_or(0), 38), unsigned: false };
        Ok((TypeSpec::Plain(self.signed(ty)), CharsetSpec::default()))
    }

    /// FLOAT(p) is a DOUBLE from p = 25 on; FLOAT(m, d) is a FLOAT.
    fn float(&mut self) -> Result<(TypeSpec, CharsetSpec), DdlError> {
        let ty = match self.arguments()? {
            (Some(25..), None) => ColumnType::Double,
            _ => ColumnType::Float,
        };
        Ok((TypeSpec::Plain(self.signed(ty)), CharsetSpec::default()))
    }

    /// SIGNED, UNSIGNED and ZEROFILL, in any order and number.
    fn signed(&mut self, ty: ColumnType) -> ColumnType {
        let mut negative = true;
        while let Some(keyword) = ["SIGNED", "UNSIGNED", "ZEROFILL"].into_iter().find(|keyword| self.eat(keyword)) {
            negative &= keyword == "SIGNED";
        }
        match ty {
            ColumnType::Integer { width, .. } => ColumnType::Integer { width, unsigned: !negative },
            ColumnType::Decimal { precision, scale, .. } => ColumnType::Decimal { precision, scale, unsigned: !negative },
            other => other,
        }
    }

    /// `(a)`, `(a, b)` or nothing.
    fn arguments(&mut self) -> Result<(Option<u32>, Option<u32>), DdlError> {
        if !self.eat_symbol('(') {
            return Ok((None, None));
        }
        let first = self.number("a length")?;
        let second = if self.eat_symbol(',') { Some(self.number("a number of digits")?) } else { None };
        self.expect_symbol(')', "`)`")?;
        Ok((Some(first), second))
    }

    fn length(&mut self) -> Result<Option<u32>, DdlError> {
        self.arguments().map(|(length, _)| length)
    }

    /// CHAR, VARCHAR, TEXT, BINARY, BLOB, ENUM, SET and their synonyms.
    fn text_type(&mut self, word: &str) -> Result<Option<(TypeSpec, CharsetSpec)>, DdlError> {
        let national = CharsetSpec::of(Charset::UTF8MB3);
        let plain = CharsetSpec::default();
        let (spec, charset) = match word {
            "CHAR" | "CHARACTER" | "NCHAR" => {
                let _ = self.next();
                let charset = if word == "NCHAR" { national } else { plain };
                if self.eat_any(&["VARYING", "VARCHAR", "VARCHARACTER"]) { (self.varchar()?, charset) } else { (self.char()?, charset) }
            }
            "VARCHAR" | "VARCHARACTER" | "NVARCHAR" | "VARCHAR2" => {
                let _ = self.next();
                (self.varchar()?, if word == "NVARCHAR" { national } else { plain })
            }
            "NATIONAL" => {
                let _ = self.next();
                let varchar = self.eat_any(&["VARCHAR", "VARCHARACTER"]);
                if !varchar && !self.eat_any(&["CHAR", "CHARACTER"]) {
                    return Err(self.unexpected("`CHAR` or `VARCHAR`"));
                }
                (if varchar || self.eat("VARYING") { self.varchar()? } else { self.char()? }, national)
            }
            "LONG" => {
                let _ = self.next();
                let binary = self.eat("VARBINARY");
                let _ =
                    !binary && (self.eat_any(&["VARCHAR", "VARCHARACTER"]) || self.eat_any(&["CHAR", "CHARACTER"]) && self.eat("VARYING"));
                let blob = TypeSpec::Plain(ColumnType::Blob { width: TextWidth::Medium });
                (if binary { blob } else { TypeSpec::Text(TextWidth::Medium) }, plain)
            }
            "TINYTEXT" => (self.text(TextWidth::Tiny), plain),
            "MEDIUMTEXT" => (self.text(TextWidth::Medium), plain),
            "LONGTEXT" | "CLOB" => (self.text(TextWidth::Long), plain),
            "TEXT" => {
                let _ = self.next();
                let length = self.sized()?;
                (length.map_or(TypeSpec::Text(TextWidth::Regular), TypeSpec::SizedText), plain)
            }
            "ENUM" | "SET" => {
                let _ = self.next();
                let labels = self.labels()?;
                (if word == "ENUM" { TypeSpec::Enum(labels) } else { TypeSpec::Set(labels) }, plain)
            }
            _ => return Ok(None),
        };
        Ok(Some((spec, charset)))
    }

    /// The length of a TEXT or BLOB; 0 counted as none before MySQL 8.0, and does in MariaDB.
    fn sized(&mut self) -> Result<Option<u32>, DdlError> {
        let zero_counts = self.context.server.is_mysql_from(80_000);
        Ok(self.length()?.filter(|&length| length > 0 || zero_counts))
    }

    fn char(&mut self) -> Result<TypeSpec, DdlError> {
        Ok(TypeSpec::Char { length: self.length()?.unwrap_or(1) })
    }

    fn varchar(&mut self) -> Result<TypeSpec, DdlError> {
        match self.length()? {
            Some(length) => Ok(TypeSpec::Varchar { length }),
            None => Err(self.unexpected("a length")),
        }
    }

    fn text(&mut self, width: TextWidth) -> TypeSpec {
        let _ = self.next();
        TypeSpec::Text(width)
    }

    fn labels(&mut self) -> Result<Vec<String>, DdlError> {
        self.expect_symbol('(', "`(`")?;
        let mut labels = Vec::new();
        loop {
            // `_utf8mb4'x'`: the label is text already.
            if self.sees_kind_at(0, Kind::Word) && self.sees_kind_at(1, Kind::String) {
                let _ = self.next();
            }
            labels.push(match self.hex_string() {
                Some(label) => label,
                None => self.string("a label")?,
            });
            if !self.eat_symbol(',') {
                break;
            }
        }
        self.expect_symbol(')', "`,` or `)`")?;
        Ok(labels)
    }

    /// `x'…'` as text, as long as it is UTF-8.
    fn hex_string(&mut self) -> Option<String> {
        let token = self.peek().filter(|token| token.kind == Kind::Bytes)?;
        let digits = token.text.strip_prefix("0x").or_else(|| token.text.get(2..token.text.len() - 1))?;
        let byte = |at: usize| digits.get(at..at + 2).and_then(|pair| u8::from_str_radix(pair, 16).ok());
        let bytes: Option<Vec<u8>> = (0..digits.len()).step_by(2).map(byte).collect();
        let text = String::from_utf8(bytes?).ok()?;
        let _ = self.next();
        Some(text)
    }

    /// Times, bits, bytes, documents, shapes, and MariaDB's own.
    fn other_type(&mut self, word: &str) -> Result<Option<TypeSpec>, DdlError> {
        let _ = self.next();
        let fsp = |length: Option<u32>| length.map_or(0, |length| u8::try_from(length).unwrap_or(6).min(6));
        let maria_db = self.context.server.flavor == Flavor::MariaDb;
        let blob = |width| ColumnType::Blob { width };
        let ty = match word {
            "BOOL" | "BOOLEAN" => ColumnType::Integer { width: IntegerWidth::Tiny, unsigned: false },
            "SERIAL" => return Ok(Some(TypeSpec::Serial)),
            "BIT" => ColumnType::Bit {
                width: self.length()?.filter(|&bits| bits > 0).map_or(1, |bits| u8::try_from(bits).unwrap_or(64).min(64)),
            },
            "YEAR" => {
                let _ = self.length()?;
                let _ = self.signed(ColumnType::Year);
                ColumnType::Year
            }
            "DATE" => ColumnType::Date,
            "TIME" => ColumnType::Time { fsp: fsp(self.length()?) },
            "DATETIME" => ColumnType::DateTime { fsp: fsp(self.length()?) },
            "TIMESTAMP" => ColumnType::Timestamp { fsp: fsp(self.length()?) },
            "BINARY" => ColumnType::Binary { length: self.length()?.unwrap_or(1) },
            "VARBINARY" | "RAW" => match self.length()? {
                Some(length) => ColumnType::Varbinary { length },
                None => return Err(self.unexpected("a length")),
            },
            "TINYBLOB" => blob(TextWidth::Tiny),
            "MEDIUMBLOB" => blob(TextWidth::Medium),
            "LONGBLOB" => blob(TextWidth::Long),
            "BLOB" => blob(self.sized()?.map_or(TextWidth::Regular, |length| TextWidth::for_bytes(length.into()))),
            "JSON" => ColumnType::Json,
            "GEOMETRY" | "POINT" | "LINESTRING" | "POLYGON" | "MULTIPOINT" | "MULTILINESTRING" | "MULTIPOLYGON" | "GEOMETRYCOLLECTION"
            | "GEOMCOLLECTION" => {
                // PostGIS-like `POINT(…)` does not exist; MariaDB's REF_SYSTEM_ID is an attribute.
                ColumnType::Geometry
            }
            // MariaDB 11.7 stores a vector as the bytes of its floats, in a VARBINARY.
            "VECTOR" if maria_db => ColumnType::Varbinary { length: self.length()?.unwrap_or(0).saturating_mul(4) },
            "VECTOR" => ColumnType::Vector { dimension: self.length()?.unwrap_or(2048) },
            "UUID" => ColumnType::Uuid,
            "INET4" => ColumnType::Inet4,
            "INET6" => ColumnType::Inet6,
            _ => {
                self.back();
                return Ok(None);
            }
        };
        Ok(Some(TypeSpec::Plain(ty)))
    }
}

impl TextWidth {
    /// The smallest width that holds so many bytes.
    pub(in crate::schema) fn for_bytes(bytes: u64) -> Self {
        match bytes {
            0..=0xFF => Self::Tiny,
            0x100..=0xFFFF => Self::Regular,
            0x1_0000..=0xFF_FFFF => Self::Medium,
            _ => Self::Long,
        }
    }

    /// The most bytes that a value of this width has.
    pub fn max_bytes(self) -> u64 {
        match self {
            Self::Tiny => 0xFF,
            Self::Regular => 0xFFFF,
            Self::Medium => 0xFF_FFFF,
            Self::Long => 0xFFFF_FFFF,
        }
    }
}
