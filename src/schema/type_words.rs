//! A column's type in the words of a definition, without charset and labels: what messages say of it.

use super::ColumnType;

impl ColumnType {
    /// `BIGINT UNSIGNED`, `VARCHAR(20)`, `ENUM`.
    pub fn words(&self) -> String {
        let fsp = |name: &str, fsp: u8| if fsp == 0 { name.to_owned() } else { format!("{name}({fsp})") };
        match self {
            Self::Integer { width, unsigned } => {
                format!("{}{}", width.name().to_uppercase(), if *unsigned { " UNSIGNED" } else { "" })
            }
            Self::Decimal { precision, scale, unsigned } => {
                format!("DECIMAL({precision},{scale}){}", if *unsigned { " UNSIGNED" } else { "" })
            }
            Self::Float => "FLOAT".to_owned(),
            Self::Double => "DOUBLE".to_owned(),
            Self::Bit { width } => format!("BIT({width})"),
            Self::Year => "YEAR".to_owned(),
            Self::Date => "DATE".to_owned(),
            Self::Time { fsp: digits } => fsp("TIME", *digits),
            Self::DateTime { fsp: digits } => fsp("DATETIME", *digits),
            Self::Timestamp { fsp: digits } => fsp("TIMESTAMP", *digits),
            Self::Char { length, .. } => format!("CHAR({length})"),
            Self::Varchar { length, .. } => format!("VARCHAR({length})"),
            Self::Text { width, .. } => format!("{}TEXT", width.prefix().to_uppercase()),
            Self::Binary { length } => format!("BINARY({length})"),
            Self::Varbinary { length } => format!("VARBINARY({length})"),
            Self::Blob { width } => format!("{}BLOB", width.prefix().to_uppercase()),
            Self::Enum { .. } => "ENUM".to_owned(),
            Self::Set { .. } => "SET".to_owned(),
            Self::Json => "JSON".to_owned(),
            Self::Geometry => "GEOMETRY".to_owned(),
            Self::Vector { dimension } => format!("VECTOR({dimension})"),
            Self::Uuid => "UUID".to_owned(),
            Self::Inet4 => "INET4".to_owned(),
            Self::Inet6 => "INET6".to_owned(),
        }
    }
}
