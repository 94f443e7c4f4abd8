//! Column values in the types that questions see: numbers as they are, everything that MySQL prints as text as that text.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, StringArray, StringBuilder},
    compute::{CastOptions, cast_with_options},
    datatypes::DataType,
};

use crate::{
    columnar::{CellText, Printed, arrow_type},
    schema::{Charset, ColumnType},
};

/// The type of a column's values in a question.
pub(super) fn value_type(ty: &ColumnType) -> DataType {
    match ty {
        ColumnType::Integer { .. }
        | ColumnType::Decimal { .. }
        | ColumnType::Float
        | ColumnType::Double
        | ColumnType::Bit { .. }
        | ColumnType::Year
        | ColumnType::Timestamp { .. }
        | ColumnType::Binary { .. }
        | ColumnType::Varbinary { .. }
        | ColumnType::Blob { .. }
        | ColumnType::Geometry
        | ColumnType::Vector { .. } => arrow_type(ty),
        // Zero dates exist, TIME reaches 838 hours, and labels say more than their numbers.
        ColumnType::Date
        | ColumnType::Time { .. }
        | ColumnType::DateTime { .. }
        | ColumnType::Char { .. }
        | ColumnType::Varchar { .. }
        | ColumnType::Text { .. }
        | ColumnType::Enum { .. }
        | ColumnType::Set { .. }
        | ColumnType::Json
        | ColumnType::Uuid
        | ColumnType::Inet4
        | ColumnType::Inet6 => DataType::Utf8,
    }
}

/// The values of a column in `target`, which is its [`value_type`], a wider number type, or text.
pub(super) fn as_type(ty: &ColumnType, array: &ArrayRef, target: &DataType) -> ArrayRef {
    if array.data_type() == target {
        return Arc::clone(array);
    }
    if *target != DataType::Utf8 {
        let exact = CastOptions { safe: false, ..CastOptions::default() };
        return cast_with_options(array, target, &exact).expect("the layout chose a type that holds every value of the column");
    }
    if let ColumnType::Char { collation, .. } | ColumnType::Varchar { collation, .. } | ColumnType::Text { collation, .. } = ty
        && (collation.charset() == Charset::UTF8MB4 || collation.charset() == Charset::UTF8MB3)
        && let Ok(texts) = StringArray::try_from_binary(array.as_binary().clone())
    {
        // Text in UTF-8 is checked as a whole and not copied.
        return Arc::new(texts);
    }
    printed(ty, array)
}

/// The text that MySQL prints for each value; bytes that are no text as `0x…`.
fn printed(ty: &ColumnType, array: &ArrayRef) -> ArrayRef {
    let cells = CellText::new(ty, array);
    let mut texts = StringBuilder::with_capacity(array.len(), array.len() * 16);
    let mut text = String::new();
    for row in 0..array.len() {
        text.clear();
        match cells.write(row, &mut text) {
            Printed::Null => texts.append_null(),
            Printed::Text | Printed::Bytes => texts.append_value(&text),
        }
    }
    Arc::new(texts.finish())
}
