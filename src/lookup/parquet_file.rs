//! A lookup in a Parquet file, which has its types.

use std::{collections::BTreeSet, error::Error, fs::File, path::Path, sync::Arc};

use arrow::{
    array::{Array, ArrayRef, AsArray, UInt32Array, UInt64Array},
    compute::{CastOptions, cast_with_options, concat},
    datatypes::{DataType, Date32Type, TimeUnit, TimestampMicrosecondType},
    util::display::FormatOptions,
};
use chrono::Datelike;
use parquet::arrow::{ProjectionMask, arrow_reader::ParquetRecordBatchReaderBuilder};

use super::{LookupError, LookupSource};
use crate::{
    columnar::{Date, DateTime, arrow_type},
    mapping::{LookupColumn, LookupTable, Origin},
    schema::{Collation, ColumnType, IntegerWidth, TextWidth},
};

pub(super) fn read(source: &LookupSource, path: &Path, wanted: &BTreeSet<String>) -> Result<LookupTable, LookupError> {
    let failed = |cause: Box<dyn Error + Send + Sync>| LookupError::Read { lookup: source.name.clone(), path: path.to_owned(), cause };
    let file = File::open(path).map_err(|error| failed(error.into()))?;
    let builder = ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| failed(error.into()))?;
    let rows = u64::try_from(builder.metadata().file_metadata().num_rows()).unwrap_or(u64::MAX);
    source.limits.accept(&source.name, rows, 0)?;
    let fields: Vec<usize> = (0..builder.schema().fields().len())
        .filter(|&field| wanted.contains(&builder.schema().field(field).name().to_lowercase()))
        .collect();
    let mask = ProjectionMask::roots(builder.parquet_schema(), fields.iter().copied());
    let schema = Arc::clone(builder.schema());
    let reader = builder.with_projection(mask).build().map_err(|error| failed(error.into()))?;
    let mut parts: Vec<Vec<ArrayRef>> = vec![Vec::new(); fields.len()];
    let (mut seen_rows, mut bytes) = (0, 0);
    for batch in reader {
        let batch = batch.map_err(|error| failed(error.into()))?;
        seen_rows += batch.num_rows() as u64;
        bytes += batch.columns().iter().map(|column| column.get_buffer_memory_size() as u64).sum::<u64>();
        source.limits.accept(&source.name, seen_rows, bytes)?;
        parts.iter_mut().zip(batch.columns()).for_each(|(part, column)| part.push(Arc::clone(column)));
    }
    let mut columns = Vec::new();
    for (field, part) in fields.into_iter().zip(parts) {
        let (name, of) = (schema.field(field).name(), schema.field(field).data_type());
        let Some(ty) = column_type(of) else {
            return Err(source.column_error(name, format!("has the type {of}, which lookups do not read")));
        };
        let part: Vec<&dyn Array> = part.iter().map(|array| &**array).collect();
        let whole = if part.is_empty() { Ok(arrow::array::new_empty_array(of)) } else { concat(&part) };
        let whole = whole.map_err(|error| failed(error.into()))?;
        let cells = cells(&whole, &ty).map_err(|problem| source.column_error(name, problem))?;
        columns.push(LookupColumn { name: name.clone(), ty, cells });
    }
    Ok(LookupTable::new(&source.name, columns, Origin::Rows { file: path.display().to_string() }))
}

/// The type that MySQL would have for it; none where there is none.
fn column_type(of: &DataType) -> Option<ColumnType> {
    let integer = |width, unsigned| Some(ColumnType::Integer { width, unsigned });
    match of {
        DataType::Boolean | DataType::Int8 => integer(IntegerWidth::Tiny, false),
        DataType::Int16 => integer(IntegerWidth::Small, false),
        DataType::Int32 => integer(IntegerWidth::Int, false),
        DataType::Int64 => integer(IntegerWidth::Big, false),
        DataType::UInt8 => integer(IntegerWidth::Tiny, true),
        DataType::UInt16 => integer(IntegerWidth::Small, true),
        DataType::UInt32 => integer(IntegerWidth::Int, true),
        DataType::UInt64 => integer(IntegerWidth::Big, true),
        DataType::Float32 => Some(ColumnType::Float),
        DataType::Float64 => Some(ColumnType::Double),
        DataType::Decimal32(precision, scale)
        | DataType::Decimal64(precision, scale)
        | DataType::Decimal128(precision, scale)
        | DataType::Decimal256(precision, scale)
            if *precision <= 65 && (0..=30).contains(scale) =>
        {
            Some(ColumnType::Decimal { precision: *precision, scale: *scale as u8, unsigned: false })
        }
        DataType::Utf8 | DataType::LargeUtf8 | DataType::Utf8View => {
            Some(ColumnType::Text { width: TextWidth::Long, collation: Collation::UTF8MB4_0900_AI_CI })
        }
        DataType::Binary | DataType::LargeBinary | DataType::BinaryView | DataType::FixedSizeBinary(_) => {
            Some(ColumnType::Blob { width: TextWidth::Long })
        }
        DataType::Date32 => Some(ColumnType::Date),
        DataType::Timestamp(_, None) => Some(ColumnType::DateTime { fsp: 6 }),
        DataType::Timestamp(_, Some(_)) => Some(ColumnType::Timestamp { fsp: 6 }),
        DataType::Dictionary(_, values) => column_type(values),
        _ => None,
    }
}

/// The cells in the column's form.
fn cells(array: &ArrayRef, ty: &ColumnType) -> Result<ArrayRef, String> {
    let cast = |array: &ArrayRef, to: &DataType| {
        let strict = CastOptions { safe: false, format_options: FormatOptions::default() };
        cast_with_options(array, to, &strict).map_err(|_| "holds a value that its type in MySQL does not".to_owned())
    };
    let array = match array.data_type() {
        DataType::Dictionary(_, values) => cast(array, values)?,
        _ => Arc::clone(array),
    };
    let beyond = || "holds a time that MySQL does not".to_owned();
    match ty {
        ColumnType::Date => {
            let date = |days: i32| {
                let day = chrono::NaiveDate::from_epoch_days(days)?;
                let year = u16::try_from(day.year()).ok().filter(|year| *year <= 9999)?;
                Some(Date { year, month: day.month() as u8, day: day.day() as u8 }.pack())
            };
            let days = array.as_primitive::<Date32Type>();
            let packed = days.iter().map(|days| days.map(|days| date(days).ok_or_else(beyond)).transpose());
            Ok(Arc::new(packed.collect::<Result<UInt32Array, _>>()?))
        }
        ColumnType::DateTime { .. } | ColumnType::Timestamp { .. } => {
            let micros = match array.data_type() {
                DataType::Timestamp(TimeUnit::Nanosecond, _) => return Err("counts nanoseconds, which no type of MySQL holds".to_owned()),
                _ => cast(&array, &DataType::Timestamp(TimeUnit::Microsecond, None))?,
            };
            let micros = micros.as_primitive::<TimestampMicrosecondType>();
            if matches!(ty, ColumnType::Timestamp { .. }) {
                if micros.iter().flatten().any(|micros| micros <= 0) {
                    return Err(beyond());
                }
                return Ok(Arc::new(micros.clone().with_timezone("+00:00")));
            }
            // To `from_timestamp` 0 is the zero timestamp; to a file it is the beginning of 1970.
            let epoch = DateTime { date: Date { year: 1970, month: 1, day: 1 }, ..DateTime::default() };
            let at = |micros: i64| if micros == 0 { Some(epoch) } else { DateTime::from_timestamp(micros) };
            let packed = micros.iter().map(|micros| micros.map(|micros| at(micros).ok_or_else(beyond)).transpose());
            Ok(Arc::new(packed.map(|at| at.map(|at| at.map(DateTime::pack))).collect::<Result<UInt64Array, _>>()?))
        }
        _ => cast(&array, &arrow_type(ty)),
    }
}

#[cfg(test)]
mod tests {
    use arrow::array::TimestampMicrosecondArray;

    use super::*;

    #[test]
    fn the_beginning_of_1970_is_no_zero_date() {
        let array: ArrayRef = Arc::new(TimestampMicrosecondArray::from(vec![Some(0), None, Some(-1)]));
        let packed = cells(&array, &ColumnType::DateTime { fsp: 6 }).expect("MySQL has these times");
        let packed: &UInt64Array = packed.as_primitive();
        assert_eq!(DateTime::unpack(packed.value(0)).date.to_string(), "1970-01-01");
        assert!(packed.is_null(1));
        assert_eq!(DateTime::unpack(packed.value(2)).date.to_string(), "1969-12-31");
    }
}
