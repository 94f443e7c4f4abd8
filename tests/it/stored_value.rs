//! A column's value in one form on both sides: as the server says it stores it, and as it was decoded into Arrow.
//!
//! It does not use Rowgate's own text forms: a mistake there must not hide one in the decoder.

use arrow::{
    array::{Array, ArrayRef, AsArray},
    datatypes::{
        DataType, Decimal128Type, Decimal256Type, DecimalType, DurationMicrosecondType, Float32Type, Float64Type, Int8Type, Int16Type,
        Int32Type, Int64Type, TimestampMicrosecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
    },
};
use rowgate::{columnar::json::write_json, schema::ColumnType};

use crate::server::Kind;

/// The SQL expression whose value, in hexadecimal digits, is what [`decoded`] gives; `data_type` is that of information_schema.
pub(crate) fn expression(kind: Kind, column: &str, data_type: &str) -> String {
    let column = format!("`{column}`");
    match data_type {
        // The number itself: no zero fill, no label in whatever charset.
        "tinyint" | "smallint" | "mediumint" | "int" | "bigint" | "bit" | "year" => format!("HEX(CAST({column} + 0 AS CHAR))"),
        "enum" | "set" => format!("HEX(CAST(CAST({column} AS UNSIGNED) AS CHAR))"),
        // As text a number loses bits: a FLOAT has six digits and a DOUBLE at most 22 characters. A point has all of them.
        "float" | "double" => format!("SUBSTRING(HEX(ST_AsBinary(POINT({column}, 0))), 11, 16)"),
        "decimal" | "date" | "time" | "datetime" | "timestamp" => format!("HEX(CAST({column} AS BINARY))"),
        "json" if kind == Kind::MySql97 => format!("HEX(CAST({column} AS CHAR))"),
        "inet4" => format!("HEX(CAST({column} AS BINARY(4)))"),
        "uuid" | "inet6" => format!("HEX(CAST({column} AS BINARY(16)))"),
        // Text in its own charset, byte strings, geometry, vectors: the stored bytes.
        _ => format!("HEX({column})"),
    }
}

/// What the server answered to [`expression`], as bytes.
pub(crate) fn answered(hex: &[u8]) -> Vec<u8> {
    let digit = |byte: u8| char::from(byte).to_digit(16).expect("the server prints hexadecimal digits") as u8;
    hex.chunks_exact(2).map(|pair| digit(pair[0]) << 4 | digit(pair[1])).collect()
}

/// A decoded value in the same form; none for NULL.
pub(crate) fn decoded(array: &ArrayRef, row: usize, ty: &ColumnType) -> Option<Vec<u8>> {
    if array.is_null(row) {
        return None;
    }
    let text = match array.data_type() {
        DataType::Int8 => array.as_primitive::<Int8Type>().value(row).to_string(),
        DataType::Int16 => array.as_primitive::<Int16Type>().value(row).to_string(),
        DataType::Int32 => array.as_primitive::<Int32Type>().value(row).to_string(),
        DataType::Int64 => array.as_primitive::<Int64Type>().value(row).to_string(),
        DataType::UInt8 => array.as_primitive::<UInt8Type>().value(row).to_string(),
        DataType::UInt16 => array.as_primitive::<UInt16Type>().value(row).to_string(),
        DataType::UInt32 if matches!(ty, ColumnType::Date) => date(array.as_primitive::<UInt32Type>().value(row)),
        DataType::UInt32 => array.as_primitive::<UInt32Type>().value(row).to_string(),
        DataType::UInt64 => match ty {
            ColumnType::DateTime { fsp } => date_time(array.as_primitive::<UInt64Type>().value(row), *fsp),
            _ => array.as_primitive::<UInt64Type>().value(row).to_string(),
        },
        DataType::Float32 => return Some(f64::from(array.as_primitive::<Float32Type>().value(row)).to_le_bytes().to_vec()),
        DataType::Float64 => return Some(array.as_primitive::<Float64Type>().value(row).to_le_bytes().to_vec()),
        DataType::Decimal128(precision, scale) => {
            Decimal128Type::format_decimal(array.as_primitive::<Decimal128Type>().value(row), *precision, *scale)
        }
        DataType::Decimal256(precision, scale) => {
            Decimal256Type::format_decimal(array.as_primitive::<Decimal256Type>().value(row), *precision, *scale)
        }
        DataType::Duration(_) => {
            let ColumnType::Time { fsp } = ty else { return Some(b"a duration is a TIME".to_vec()) };
            time(array.as_primitive::<DurationMicrosecondType>().value(row), *fsp)
        }
        DataType::Timestamp(..) => {
            let ColumnType::Timestamp { fsp } = ty else { return Some(b"a timestamp is a TIMESTAMP".to_vec()) };
            timestamp(array.as_primitive::<TimestampMicrosecondType>().value(row), *fsp)
        }
        DataType::Binary => return Some(bytes(array.as_binary::<i32>().value(row), ty)),
        other => format!("no column has the type {other}"),
    };
    Some(text.into_bytes())
}

fn date(packed: u32) -> String {
    format!("{:04}-{:02}-{:02}", packed >> 9, packed >> 5 & 15, packed & 31)
}

fn date_time(packed: u64, fsp: u8) -> String {
    let (time, days) = (packed >> 24 & 0x1_FFFF, packed >> 41);
    let (year, month, day) = ((days >> 5) / 13, (days >> 5) % 13, days & 31);
    let (hour, minute, second) = (time >> 12, time >> 6 & 63, time & 63);
    format!("{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}{}", fraction(packed & 0xFF_FFFF, fsp))
}

fn time(us: i64, fsp: u8) -> String {
    let sign = if us < 0 { "-" } else { "" };
    let (seconds, micros) = (us.unsigned_abs() / 1_000_000, us.unsigned_abs() % 1_000_000);
    format!("{sign}{:02}:{:02}:{:02}{}", seconds / 3600, seconds / 60 % 60, seconds % 60, fraction(micros, fsp))
}

fn timestamp(us: i64, fsp: u8) -> String {
    let zero = "0000-00-00 00:00:00".to_owned();
    let moment = if us == 0 { zero } else { moment(us) };
    format!("{moment}{}", fraction(us.rem_euclid(1_000_000) as u64, fsp))
}

fn moment(us: i64) -> String {
    let moment = chrono::DateTime::from_timestamp_micros(us).expect("a TIMESTAMP is between 1970 and 2106");
    moment.format("%Y-%m-%d %H:%M:%S").to_string()
}

fn fraction(us: u64, fsp: u8) -> String {
    if fsp == 0 { String::new() } else { format!(".{:06}", us)[..=usize::from(fsp)].to_owned() }
}

fn bytes(stored: &[u8], ty: &ColumnType) -> Vec<u8> {
    match ty {
        ColumnType::Json => json(stored),
        _ => stored.to_vec(),
    }
}

/// The server's text of a binary document; there is no other form of it to compare.
fn json(stored: &[u8]) -> Vec<u8> {
    let mut text = String::new();
    write_json(stored, &mut text).expect("a decoded document is sound");
    text.into_bytes()
}
