//! The Arrow type of a column.

use arrow::datatypes::{DataType, TimeUnit};

use crate::schema::{ColumnType, IntegerWidth};

/// The Arrow type that holds every value of a column exactly; see the table of [`crate::columnar`].
pub fn arrow_type(ty: &ColumnType) -> DataType {
    match ty {
        ColumnType::Integer { width, unsigned } => match (width, unsigned) {
            (IntegerWidth::Tiny, false) => DataType::Int8,
            (IntegerWidth::Tiny, true) => DataType::UInt8,
            (IntegerWidth::Small, false) => DataType::Int16,
            (IntegerWidth::Small, true) => DataType::UInt16,
            (IntegerWidth::Medium | IntegerWidth::Int, false) => DataType::Int32,
            (IntegerWidth::Medium | IntegerWidth::Int, true) => DataType::UInt32,
            (IntegerWidth::Big, false) => DataType::Int64,
            (IntegerWidth::Big, true) => DataType::UInt64,
        },
        ColumnType::Decimal { precision, scale, .. } if *precision <= 38 => DataType::Decimal128(*precision, *scale as i8),
        ColumnType::Decimal { precision, scale, .. } => DataType::Decimal256(*precision, *scale as i8),
        ColumnType::Float => DataType::Float32,
        ColumnType::Double => DataType::Float64,
        ColumnType::Bit { .. } | ColumnType::DateTime { .. } | ColumnType::Set { .. } => DataType::UInt64,
        ColumnType::Year | ColumnType::Enum { .. } => DataType::UInt16,
        ColumnType::Date => DataType::UInt32,
        ColumnType::Time { .. } => DataType::Duration(TimeUnit::Microsecond),
        ColumnType::Timestamp { .. } => DataType::Timestamp(TimeUnit::Microsecond, Some("+00:00".into())),
        ColumnType::Char { .. }
        | ColumnType::Varchar { .. }
        | ColumnType::Text { .. }
        | ColumnType::Binary { .. }
        | ColumnType::Varbinary { .. }
        | ColumnType::Blob { .. }
        | ColumnType::Json
        | ColumnType::Geometry
        | ColumnType::Vector { .. }
        | ColumnType::Uuid
        | ColumnType::Inet4
        | ColumnType::Inet6 => DataType::Binary,
    }
}
