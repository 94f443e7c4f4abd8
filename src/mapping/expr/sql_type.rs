//! The type of an expression: what MySQL derives from the types of its parts.

use std::sync::Arc;

use super::cell::Form;
use crate::schema::{Charset, Collation, ColumnType, IntegerWidth, TextWidth};

/// Digits after the point of a DOUBLE that prints as many as it needs.
pub(super) const ANY_DECIMALS: u8 = 31;

/// How strongly an operand insists on its collation; the lower, the stronger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Coercibility {
    /// `COLLATE` says it.
    Explicit = 0,
    /// Two columns disagree.
    None = 1,
    /// A column.
    Implicit = 2,
    /// A literal.
    Coercible = 4,
    /// A number or a time.
    Numeric = 5,
    /// NULL.
    Ignorable = 6,
}

/// What a text knows about its characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct TextKind {
    pub(super) collation: Collation,
    pub(super) coercibility: Coercibility,
    /// Whether all characters are certainly ASCII.
    pub(super) ascii: bool,
    /// Whether the server takes them for ASCII: of several texts it asks only the one whose collation won.
    pub(super) claims_ascii: bool,
}

impl TextKind {
    /// A literal.
    pub(super) fn literal(collation: Collation, ascii: bool) -> Self {
        Self { collation, coercibility: Coercibility::Coercible, ascii, claims_ascii: ascii }
    }

    /// A column.
    pub(super) fn column(collation: Collation) -> Self {
        Self::implicit(collation, collation.charset() == Charset::ASCII)
    }

    /// What counts as much as a column.
    pub(super) fn implicit(collation: Collation, ascii: bool) -> Self {
        Self { collation, coercibility: Coercibility::Implicit, ascii, claims_ascii: ascii }
    }

    /// What a function makes of it: digits become a text like any other.
    pub(super) fn of_function(self) -> Self {
        let coercibility = if self.coercibility == Coercibility::Numeric { Coercibility::Coercible } else { self.coercibility };
        Self { coercibility, ..self }
    }

    /// A number or a time in digits.
    pub(super) fn numeric() -> Self {
        Self { collation: Collation::UTF8MB4_0900_AI_CI, coercibility: Coercibility::Numeric, ascii: true, claims_ascii: true }
    }

    /// NULL.
    pub(super) fn null() -> Self {
        Self { collation: Collation::BINARY, coercibility: Coercibility::Ignorable, ascii: true, claims_ascii: true }
    }

    /// The charset.
    pub(super) fn charset(&self) -> Charset {
        self.collation.charset()
    }
}

/// The type of an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqlType(pub(super) Kind);

/// The kinds of type. Each has one native Arrow form (see `Typed`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// The type of `NULL`.
    Null,
    /// A condition: BIGINT 0 or 1, natively a Boolean.
    Boolean,
    /// BIGINT.
    Integer { unsigned: bool, digits: u8 },
    /// DECIMAL.
    Decimal { precision: u8, scale: u8, unsigned: bool },
    /// FLOAT.
    Float,
    /// DOUBLE, printed with so many digits after the point.
    Double { decimals: u8 },
    /// A string of at most so many characters; with collation `binary`, of bytes.
    Text { length: u32, text: TextKind },
    /// `0x…`, and `b'…'` with a sign: bytes that are a number among numbers.
    HexLiteral { length: u32, signed: bool },
    /// BIT.
    Bit { width: u8 },
    /// YEAR.
    Year,
    /// DATE.
    Date,
    /// TIME.
    Time { fsp: u8 },
    /// DATETIME and TIMESTAMP.
    DateTime { fsp: u8 },
    /// ENUM.
    Enum { labels: Arc<[String]>, collation: Collation },
    /// SET.
    Set { labels: Arc<[String]>, collation: Collation },
    /// JSON.
    Json,
    /// A type that is only carried along.
    Opaque(ColumnType),
}

/// What MySQL computes with when it has a value of a type: its `Item_result`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ResultClass {
    Int,
    Decimal,
    Real,
    String,
}

impl Kind {
    /// The type that a column's values have in an expression.
    pub(super) fn of_column(ty: &ColumnType) -> Self {
        let text = |length: u32, collation: Collation| Self::Text { length, text: TextKind::column(collation) };
        match ty {
            ColumnType::Integer { width, unsigned } => Self::Integer { unsigned: *unsigned, digits: integer_digits(*width, *unsigned) },
            ColumnType::Decimal { precision, scale, unsigned } => {
                Self::Decimal { precision: *precision, scale: *scale, unsigned: *unsigned }
            }
            ColumnType::Float => Self::Float,
            ColumnType::Double => Self::Double { decimals: ANY_DECIMALS },
            ColumnType::Bit { width } => Self::Bit { width: *width },
            ColumnType::Year => Self::Year,
            ColumnType::Date => Self::Date,
            ColumnType::Time { fsp } => Self::Time { fsp: *fsp },
            ColumnType::DateTime { fsp } | ColumnType::Timestamp { fsp } => Self::DateTime { fsp: *fsp },
            ColumnType::Char { length, collation } | ColumnType::Varchar { length, collation } => text(*length, *collation),
            ColumnType::Text { width, collation } => text(text_length(*width), *collation),
            ColumnType::Binary { length } | ColumnType::Varbinary { length } => text(*length, Collation::BINARY),
            ColumnType::Blob { width } => text(text_length(*width), Collation::BINARY),
            ColumnType::Enum { labels, collation } => Self::Enum { labels: labels.clone().into(), collation: *collation },
            ColumnType::Set { labels, collation } => Self::Set { labels: labels.clone().into(), collation: *collation },
            ColumnType::Json => Self::Json,
            ColumnType::Geometry | ColumnType::Vector { .. } | ColumnType::Uuid | ColumnType::Inet4 | ColumnType::Inet6 => {
                Self::Opaque(ty.clone())
            }
        }
    }

    /// The native Arrow form that a computed value has; a column's may be narrower.
    pub(super) fn form(&self) -> Form {
        match self {
            Self::Boolean => Form::Bool,
            Self::Integer { unsigned: false, .. } => Form::Int,
            Self::Integer { unsigned: true, .. }
            | Self::Bit { .. }
            | Self::Year
            | Self::Date
            | Self::DateTime { .. }
            | Self::Enum { .. }
            | Self::Set { .. } => Form::UInt,
            Self::Time { .. } => Form::Time,
            Self::Decimal { .. } => Form::Decimal,
            Self::Float => Form::Float,
            Self::Double { .. } => Form::Real,
            Self::Null | Self::Text { .. } | Self::HexLiteral { .. } | Self::Json | Self::Opaque(_) => Form::Bytes,
        }
    }

    /// What MySQL computes with.
    pub(super) fn class(&self) -> ResultClass {
        match self {
            Self::Boolean | Self::Integer { .. } | Self::Year | Self::Bit { .. } => ResultClass::Int,
            Self::Decimal { .. } => ResultClass::Decimal,
            Self::Float | Self::Double { .. } => ResultClass::Real,
            Self::Null
            | Self::Text { .. }
            | Self::HexLiteral { .. }
            | Self::Date
            | Self::Time { .. }
            | Self::DateTime { .. }
            | Self::Enum { .. }
            | Self::Set { .. }
            | Self::Json
            | Self::Opaque(_) => ResultClass::String,
        }
    }

    /// What MySQL computes with where a number is needed: times are numbers, other strings DOUBLE.
    pub(super) fn numeric_class(&self) -> ResultClass {
        match self {
            Self::Date | Self::Time { fsp: 0 } | Self::DateTime { fsp: 0 } | Self::HexLiteral { .. } => ResultClass::Int,
            Self::Time { .. } | Self::DateTime { .. } => ResultClass::Decimal,
            _ => match self.class() {
                ResultClass::String => ResultClass::Real,
                class => class,
            },
        }
    }

    /// Whether its integer is BIGINT UNSIGNED.
    pub(super) fn is_unsigned(&self) -> bool {
        matches!(self, Self::Integer { unsigned: true, .. } | Self::Decimal { unsigned: true, .. } | Self::Bit { .. } | Self::Year)
    }

    /// Digits after the point.
    pub(super) fn decimals(&self) -> u8 {
        match self {
            Self::Decimal { scale, .. } => *scale,
            Self::Double { decimals } => *decimals,
            Self::Time { fsp } | Self::DateTime { fsp } => *fsp,
            Self::Null | Self::Boolean | Self::Integer { .. } | Self::Bit { .. } | Self::Year | Self::Date | Self::HexLiteral { .. } => 0,
            Self::Float | Self::Text { .. } | Self::Enum { .. } | Self::Set { .. } | Self::Json | Self::Opaque(_) => ANY_DECIMALS,
        }
    }

    /// All digits, where it becomes a DECIMAL.
    pub(super) fn precision(&self) -> u8 {
        match self {
            Self::Null | Self::Boolean => 1,
            Self::Integer { digits, .. } => *digits,
            Self::Decimal { precision, .. } => *precision,
            Self::Bit { width } => (u32::from(*width) * 30103 / 100_000 + 1) as u8,
            Self::Year => 4,
            Self::Date => 8,
            Self::Time { fsp } => 7 + fsp,
            Self::DateTime { fsp } => 14 + fsp,
            Self::HexLiteral { .. } => 20,
            Self::Float | Self::Double { .. } => 53,
            Self::Text { .. } | Self::Enum { .. } | Self::Set { .. } | Self::Json | Self::Opaque(_) => 65,
        }
    }

    /// The characters that its text takes at most.
    pub(super) fn text_length(&self) -> u32 {
        match self {
            Self::Null => 0,
            Self::Boolean => 1,
            Self::Integer { digits, unsigned } => u32::from(*digits) + u32::from(!unsigned),
            Self::Decimal { precision, .. } => u32::from(*precision) + 3,
            Self::Float => 13,
            Self::Double { .. } => 330,
            Self::Text { length, .. } | Self::HexLiteral { length, .. } => *length,
            Self::Bit { width } => u32::from(width.div_ceil(8)),
            Self::Year => 4,
            Self::Date => 10,
            Self::Time { fsp } => 11 + u32::from(*fsp),
            Self::DateTime { fsp } => 20 + u32::from(*fsp),
            Self::Enum { labels, .. } => labels.iter().map(|label| label.chars().count() as u32).max().unwrap_or(0),
            Self::Set { labels, .. } => labels.iter().map(|label| label.chars().count() as u32 + 1).sum(),
            Self::Json | Self::Opaque(_) => u32::MAX,
        }
    }

    /// What its text knows about its characters.
    pub(super) fn text_kind(&self) -> TextKind {
        match self {
            Self::Null => TextKind::null(),
            Self::Text { text, .. } => *text,
            Self::HexLiteral { .. } => TextKind::literal(Collation::BINARY, false),
            Self::Enum { collation, .. } | Self::Set { collation, .. } => TextKind::column(*collation),
            Self::Bit { .. } | Self::Opaque(_) => TextKind::column(Collation::BINARY),
            Self::Json => TextKind::implicit(Collation::UTF8MB4_BIN, false),
            Self::Boolean
            | Self::Integer { .. }
            | Self::Decimal { .. }
            | Self::Float
            | Self::Double { .. }
            | Self::Year
            | Self::Date
            | Self::Time { .. }
            | Self::DateTime { .. } => TextKind::numeric(),
        }
    }

    /// Whether it holds a date, a time or both.
    pub(super) fn is_temporal(&self) -> bool {
        matches!(self, Self::Date | Self::Time { .. } | Self::DateTime { .. })
    }

    /// The type as a user would write it.
    pub(super) fn describe(&self) -> String {
        match self {
            Self::Null => "NULL".into(),
            Self::Boolean => "BIGINT".into(),
            Self::Integer { unsigned, .. } => if *unsigned { "BIGINT UNSIGNED" } else { "BIGINT" }.into(),
            Self::Decimal { precision, scale, .. } => format!("DECIMAL({precision}, {scale})"),
            Self::Float => "FLOAT".into(),
            Self::Double { .. } => "DOUBLE".into(),
            Self::Text { text, .. } if text.collation.is_binary() => "VARBINARY".into(),
            Self::Text { .. } => "VARCHAR".into(),
            Self::HexLiteral { .. } => "VARBINARY".into(),
            Self::Bit { .. } => "BIT".into(),
            Self::Year => "YEAR".into(),
            Self::Date => "DATE".into(),
            Self::Time { .. } => "TIME".into(),
            Self::DateTime { .. } => "DATETIME".into(),
            Self::Enum { .. } => "ENUM".into(),
            Self::Set { .. } => "SET".into(),
            Self::Json => "JSON".into(),
            Self::Opaque(ty) => match ty {
                ColumnType::Geometry => "GEOMETRY".into(),
                ColumnType::Vector { .. } => "VECTOR".into(),
                ColumnType::Uuid => "UUID".into(),
                ColumnType::Inet4 => "INET4".into(),
                ColumnType::Inet6 => "INET6".into(),
                _ => "a type that is only carried".into(),
            },
        }
    }
}

impl std::fmt::Display for SqlType {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.describe())
    }
}

fn integer_digits(width: IntegerWidth, unsigned: bool) -> u8 {
    match (width, unsigned) {
        (IntegerWidth::Tiny, _) => 3,
        (IntegerWidth::Small, _) => 5,
        (IntegerWidth::Medium, false) => 7,
        (IntegerWidth::Medium, true) => 8,
        (IntegerWidth::Int, _) => 10,
        (IntegerWidth::Big, false) => 19,
        (IntegerWidth::Big, true) => 20,
    }
}

fn text_length(width: TextWidth) -> u32 {
    match width {
        TextWidth::Tiny => u8::MAX.into(),
        TextWidth::Regular => u16::MAX.into(),
        TextWidth::Medium => (1 << 24) - 1,
        TextWidth::Long => u32::MAX,
    }
}
