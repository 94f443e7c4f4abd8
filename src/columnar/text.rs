//! Cells as the text that MySQL prints; what is no text as `0x…`.

use std::fmt::{self, Write};

use arrow::{
    array::{Array, AsArray, BinaryArray, PrimitiveArray},
    datatypes::{
        Decimal128Type, Decimal256Type, DurationMicrosecondType, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
        TimestampMicrosecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
    },
};
use itoa::Buffer;

use super::{Date, DateTime, Time, decimal::write_scaled, json, write_double, write_float};
use crate::schema::{Charset, ColumnType, IntegerWidth};

/// What was written for a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Printed {
    /// Nothing: the cell is NULL.
    Null,
    /// The text that MySQL prints, in UTF-8.
    Text,
    /// `0x…`: the column holds bytes, or the bytes are no text of the column's charset.
    Bytes,
}

/// One column, ready to print its cells.
#[derive(Debug)]
pub struct CellText<'a> {
    ty: &'a ColumnType,
    cells: Cells<'a>,
}

#[derive(Debug)]
enum Cells<'a> {
    Int8(&'a PrimitiveArray<Int8Type>),
    Int16(&'a PrimitiveArray<Int16Type>),
    Int32(&'a PrimitiveArray<Int32Type>),
    Int64(&'a PrimitiveArray<Int64Type>),
    UInt8(&'a PrimitiveArray<UInt8Type>),
    UInt16(&'a PrimitiveArray<UInt16Type>),
    UInt32(&'a PrimitiveArray<UInt32Type>),
    UInt64(&'a PrimitiveArray<UInt64Type>),
    Float(&'a PrimitiveArray<Float32Type>),
    Double(&'a PrimitiveArray<Float64Type>),
    Decimal128(&'a PrimitiveArray<Decimal128Type>, u8),
    Decimal256(&'a PrimitiveArray<Decimal256Type>, u8),
    Bit(&'a PrimitiveArray<UInt64Type>, u8),
    Year(&'a PrimitiveArray<UInt16Type>),
    Date(&'a PrimitiveArray<UInt32Type>),
    Time(&'a PrimitiveArray<DurationMicrosecondType>, u8),
    DateTime(&'a PrimitiveArray<UInt64Type>, u8),
    Timestamp(&'a PrimitiveArray<TimestampMicrosecondType>, u8),
    Enum(&'a PrimitiveArray<UInt16Type>, &'a [String]),
    Set(&'a PrimitiveArray<UInt64Type>, &'a [String]),
    Text(&'a BinaryArray, Charset),
    Json(&'a BinaryArray),
    Uuid(&'a BinaryArray),
    Inet4(&'a BinaryArray),
    Inet6(&'a BinaryArray),
    Bytes(&'a BinaryArray),
}

/// Appends one cell as MySQL prints it. The array has the type of [`super::arrow_type`] for `ty`; another one is a defect and panics.
pub fn write_text(ty: &ColumnType, array: &dyn Array, row: usize, out: &mut String) -> Printed {
    CellText::new(ty, array).write(row, out)
}

impl<'a> CellText<'a> {
    /// Looks a column's type up once. The array has the type of [`super::arrow_type`] for `ty`; another one is a defect and panics.
    pub fn new(ty: &'a ColumnType, array: &'a dyn Array) -> Self {
        let cells = match ty {
            ColumnType::Integer { width, unsigned } => match (width, unsigned) {
                (IntegerWidth::Tiny, false) => Cells::Int8(array.as_primitive()),
                (IntegerWidth::Tiny, true) => Cells::UInt8(array.as_primitive()),
                (IntegerWidth::Small, false) => Cells::Int16(array.as_primitive()),
                (IntegerWidth::Small, true) => Cells::UInt16(array.as_primitive()),
                (IntegerWidth::Medium | IntegerWidth::Int, false) => Cells::Int32(array.as_primitive()),
                (IntegerWidth::Medium | IntegerWidth::Int, true) => Cells::UInt32(array.as_primitive()),
                (IntegerWidth::Big, false) => Cells::Int64(array.as_primitive()),
                (IntegerWidth::Big, true) => Cells::UInt64(array.as_primitive()),
            },
            ColumnType::Decimal { precision, scale, .. } if *precision <= 38 => Cells::Decimal128(array.as_primitive(), *scale),
            ColumnType::Decimal { scale, .. } => Cells::Decimal256(array.as_primitive(), *scale),
            ColumnType::Float => Cells::Float(array.as_primitive()),
            ColumnType::Double => Cells::Double(array.as_primitive()),
            ColumnType::Bit { width } => Cells::Bit(array.as_primitive(), *width),
            ColumnType::Year => Cells::Year(array.as_primitive()),
            ColumnType::Date => Cells::Date(array.as_primitive()),
            ColumnType::Time { fsp } => Cells::Time(array.as_primitive(), *fsp),
            ColumnType::DateTime { fsp } => Cells::DateTime(array.as_primitive(), *fsp),
            ColumnType::Timestamp { fsp } => Cells::Timestamp(array.as_primitive(), *fsp),
            ColumnType::Enum { labels, .. } => Cells::Enum(array.as_primitive(), labels),
            ColumnType::Set { labels, .. } => Cells::Set(array.as_primitive(), labels),
            ColumnType::Char { collation, .. } | ColumnType::Varchar { collation, .. } | ColumnType::Text { collation, .. } => {
                Cells::Text(array.as_binary(), collation.charset())
            }
            ColumnType::Json => Cells::Json(array.as_binary()),
            ColumnType::Uuid => Cells::Uuid(array.as_binary()),
            ColumnType::Inet4 => Cells::Inet4(array.as_binary()),
            ColumnType::Inet6 => Cells::Inet6(array.as_binary()),
            ColumnType::Binary { .. }
            | ColumnType::Varbinary { .. }
            | ColumnType::Blob { .. }
            | ColumnType::Geometry
            | ColumnType::Vector { .. } => Cells::Bytes(array.as_binary()),
        };
        Self { ty, cells }
    }

    /// The column's type.
    pub fn column_type(&self) -> &'a ColumnType {
        self.ty
    }

    /// Appends one cell.
    pub fn write(&self, row: usize, out: &mut String) -> Printed {
        if self.is_null(row) {
            return Printed::Null;
        }
        let start = out.len();
        match self.write_value(row, out) {
            Ok(printed) => printed,
            // A string takes any text: the cell itself was not what its type says, such as a JSON document that is none.
            Err(fmt::Error) => {
                out.truncate(start);
                write_hex(self.bytes(row), out);
                Printed::Bytes
            }
        }
    }

    /// Whether the cell is NULL.
    pub fn is_null(&self, row: usize) -> bool {
        let nulls = match &self.cells {
            Cells::Int8(array) => array.nulls(),
            Cells::Int16(array) => array.nulls(),
            Cells::Int32(array) => array.nulls(),
            Cells::Int64(array) => array.nulls(),
            Cells::UInt8(array) => array.nulls(),
            Cells::UInt16(array) | Cells::Year(array) | Cells::Enum(array, _) => array.nulls(),
            Cells::UInt32(array) | Cells::Date(array) => array.nulls(),
            Cells::UInt64(array) | Cells::Bit(array, _) | Cells::DateTime(array, _) | Cells::Set(array, _) => array.nulls(),
            Cells::Float(array) => array.nulls(),
            Cells::Double(array) => array.nulls(),
            Cells::Decimal128(array, _) => array.nulls(),
            Cells::Decimal256(array, _) => array.nulls(),
            Cells::Time(array, _) => array.nulls(),
            Cells::Timestamp(array, _) => array.nulls(),
            Cells::Text(array, _) | Cells::Json(array) | Cells::Bytes(array) => array.nulls(),
            Cells::Uuid(array) | Cells::Inet4(array) | Cells::Inet6(array) => array.nulls(),
        };
        nulls.is_some_and(|nulls| nulls.is_null(row))
    }

    /// The bytes of a cell that is held as bytes; else none.
    pub fn bytes(&self, row: usize) -> &'a [u8] {
        match &self.cells {
            Cells::Text(array, _) | Cells::Json(array) | Cells::Bytes(array) => array.value(row),
            Cells::Uuid(array) | Cells::Inet4(array) | Cells::Inet6(array) => array.value(row),
            _ => &[],
        }
    }

    fn write_value(&self, row: usize, out: &mut String) -> Result<Printed, fmt::Error> {
        match &self.cells {
            Cells::Int8(array) => out.push_str(Buffer::new().format(array.value(row))),
            Cells::Int16(array) => out.push_str(Buffer::new().format(array.value(row))),
            Cells::Int32(array) => out.push_str(Buffer::new().format(array.value(row))),
            Cells::Int64(array) => out.push_str(Buffer::new().format(array.value(row))),
            Cells::UInt8(array) => out.push_str(Buffer::new().format(array.value(row))),
            Cells::UInt16(array) => out.push_str(Buffer::new().format(array.value(row))),
            Cells::UInt32(array) => out.push_str(Buffer::new().format(array.value(row))),
            Cells::UInt64(array) => out.push_str(Buffer::new().format(array.value(row))),
            Cells::Float(array) => write_float(array.value(row), out)?,
            Cells::Double(array) => write_double(array.value(row), out)?,
            Cells::Decimal128(array, scale) => write_scaled(Buffer::new().format(array.value(row)), *scale, out)?,
            Cells::Decimal256(array, scale) => write_scaled(&array.value(row).to_string(), *scale, out)?,
            Cells::Bit(array, width) => {
                let bytes = array.value(row).to_be_bytes();
                write_hex(&bytes[8 - usize::from(width.div_ceil(8)).min(8)..], out);
                return Ok(Printed::Bytes);
            }
            Cells::Year(array) => write!(out, "{:04}", array.value(row))?,
            Cells::Date(array) => write!(out, "{}", Date::unpack(array.value(row)))?,
            Cells::Time(array, fsp) => Time::from_micros(array.value(row)).write(*fsp, out)?,
            Cells::DateTime(array, fsp) => DateTime::unpack(array.value(row)).write(*fsp, out)?,
            Cells::Timestamp(array, fsp) => DateTime::from_timestamp(array.value(row)).ok_or(fmt::Error)?.write(*fsp, out)?,
            Cells::Enum(array, labels) => {
                let label = usize::from(array.value(row)).checked_sub(1).map_or(Some(""), |index| labels.get(index).map(String::as_str));
                out.write_str(label.ok_or(fmt::Error)?)?;
            }
            Cells::Set(array, labels) => write_set(array.value(row), labels, out)?,
            Cells::Text(array, charset) => {
                let text = charset.decode(array.value(row)).map_err(|_| fmt::Error)?;
                out.write_str(&text)?;
            }
            Cells::Json(array) => json::write_json(array.value(row), out).map_err(|_| fmt::Error)?,
            Cells::Uuid(array) => write_uuid(array.value(row), out)?,
            Cells::Inet4(array) => write!(out, "{}", std::net::Ipv4Addr::from(address(array.value(row))?))?,
            Cells::Inet6(array) => write!(out, "{}", std::net::Ipv6Addr::from(address(array.value(row))?))?,
            Cells::Bytes(array) => {
                write_hex(array.value(row), out);
                return Ok(Printed::Bytes);
            }
        }
        Ok(Printed::Text)
    }
}

/// Appends bytes as `0x…`, in upper case as `HEX()` has it.
pub fn write_hex(bytes: &[u8], out: &mut String) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    out.reserve(2 + 2 * bytes.len());
    out.push_str("0x");
    for byte in bytes {
        out.push(char::from(DIGITS[usize::from(byte >> 4)]));
        out.push(char::from(DIGITS[usize::from(byte & 0xF)]));
    }
}

fn write_set(bits: u64, labels: &[String], out: &mut String) -> fmt::Result {
    let mut separator = "";
    for index in (0..64).filter(|index| bits >> index & 1 == 1) {
        let label = labels.get(index).ok_or(fmt::Error)?;
        out.push_str(separator);
        out.push_str(label);
        separator = ",";
    }
    Ok(())
}

fn address<const N: usize>(bytes: &[u8]) -> Result<[u8; N], fmt::Error> {
    bytes.try_into().map_err(|_| fmt::Error)
}

/// Writes a MariaDB UUID. Tables keep it in another byte order to sort by time; row images never do.
fn write_uuid(bytes: &[u8], out: &mut String) -> fmt::Result {
    for (index, byte) in address::<16>(bytes)?.iter().enumerate() {
        out.push_str(if matches!(index, 4 | 6 | 8 | 10) { "-" } else { "" });
        write!(out, "{byte:02x}")?;
    }
    Ok(())
}
