//! The result of an expression as a column: its type, and its values in that type's form of [`crate::columnar`].

use arrow::array::{Decimal128Builder, Decimal256Builder};
use arrow::compute::cast;
use arrow::datatypes::{DataType, i256};
use datafusion::logical_expr::{ColumnarValue, Expr};
use num_traits::ToPrimitive;

use super::cell::Reader;
use super::charset;
use super::function::{call_typed, result, row_error};
use super::row_error::RowError;
use super::sql_type::Kind;
use super::typed::Typed;
use crate::columnar::arrow_type;
use crate::schema::{Charset, Collation, ColumnType, IntegerWidth, TextWidth};

/// The longest VARCHAR in characters of four bytes; longer texts are LONGTEXT.
const LONGEST_VARCHAR: u32 = 16_383;

/// The type of a column that holds the values.
pub(super) fn column_type(typed: &Typed) -> ColumnType {
    if let Some(column) = &typed.column {
        return column.ty.clone();
    }
    match &typed.kind {
        Kind::Null => ColumnType::Varbinary { length: 0 },
        Kind::Boolean => ColumnType::Integer { width: IntegerWidth::Big, unsigned: false },
        Kind::Integer { unsigned, .. } => ColumnType::Integer { width: IntegerWidth::Big, unsigned: *unsigned },
        Kind::Decimal { precision, scale, .. } => ColumnType::Decimal { precision: *precision, scale: *scale, unsigned: false },
        Kind::Float => ColumnType::Float,
        Kind::Double { .. } => ColumnType::Double,
        Kind::Text { length, text } => text_type(*length, text.collation),
        Kind::HexLiteral { length, .. } => text_type(*length, Collation::BINARY),
        Kind::Bit { width } => ColumnType::Bit { width: *width },
        Kind::Year => ColumnType::Year,
        Kind::Date => ColumnType::Date,
        Kind::Time { fsp } => ColumnType::Time { fsp: *fsp },
        Kind::DateTime { fsp } => ColumnType::DateTime { fsp: *fsp },
        Kind::Enum { labels, collation } => ColumnType::Enum { labels: labels.to_vec(), collation: *collation },
        Kind::Set { labels, collation } => ColumnType::Set { labels: labels.to_vec(), collation: *collation },
        Kind::Json => ColumnType::Json,
        Kind::Opaque(ty) => ty.clone(),
    }
}

fn text_type(length: u32, collation: Collation) -> ColumnType {
    match (collation.is_binary(), length <= LONGEST_VARCHAR) {
        (true, true) => ColumnType::Varbinary { length },
        (true, false) => ColumnType::Blob { width: TextWidth::Long },
        (false, true) => ColumnType::Varchar { length, collation },
        (false, false) => ColumnType::Text { width: TextWidth::Long, collation },
    }
}

/// The values in the form of [`column_type`].
pub(super) fn lower(typed: &Typed) -> Expr {
    if let Some(column) = &typed.column {
        return column.read.clone();
    }
    let target = arrow_type(&column_type(typed));
    let value = if typed.kind == Kind::Boolean { typed.as_int() } else { typed.as_native() };
    match (&typed.kind, &target) {
        (Kind::Decimal { precision, scale, .. }, _) => decimal(value, *precision, *scale, target),
        (Kind::Year | Kind::Date | Kind::Enum { .. }, _) => {
            call_typed(format!("narrow_{target}"), target.clone(), vec![value], move |args, rows| {
                let constant = matches!(args[0], ColumnarValue::Scalar(_));
                let array = args[0].clone().into_array(if constant { 1 } else { rows })?;
                result(cast(&array, &target)?, constant)
            })
        }
        _ => value,
    }
}

fn decimal(value: Expr, precision: u8, scale: u8, target: DataType) -> Expr {
    call_typed(format!("decimal_{precision}_{scale}"), target.clone(), vec![value], move |args, rows| {
        let constant = matches!(args[0], ColumnarValue::Scalar(_));
        let rows = if constant { 1 } else { rows };
        let reader = Reader::new(args[0].clone().into_array(rows)?, constant);
        let mut narrow = Decimal128Builder::with_capacity(rows);
        let mut wide = Decimal256Builder::with_capacity(rows);
        let is_narrow = matches!(target, DataType::Decimal128(..));
        for row in 0..rows {
            let cell = reader.cell(row);
            let mantissa = if cell.is_null() {
                None
            } else {
                let value = cell.as_decimal();
                if !value.fits(precision, scale) {
                    return Err(row_error(RowError::overflow("DECIMAL", "a select list")));
                }
                Some(value.rounded(scale.into()))
            };
            if is_narrow {
                narrow.append_option(mantissa.and_then(|value| value.mantissa().to_i128()));
            } else {
                wide.append_option(mantissa.and_then(|value| i256::from_string(&value.mantissa().to_string())));
            }
        }
        if is_narrow {
            let array = narrow.finish().with_data_type(target.clone());
            result(std::sync::Arc::new(array), constant)
        } else {
            let array = wide.finish().with_data_type(target.clone());
            result(std::sync::Arc::new(array), constant)
        }
    })
}

/// The value as text in utf8mb4.
pub(super) fn utf8(typed: &Typed) -> Expr {
    charset::convert(typed.as_text(), typed.text_kind().charset(), Charset::UTF8MB4)
}
