//! The cells of one column, from the texts that files hold and servers print.

use std::sync::Arc;

use arrow::{
    array::{
        ArrayRef, BinaryBuilder, Decimal256Builder, DurationMicrosecondBuilder, Float32Builder, Float64Builder, Int64Builder,
        TimestampMicrosecondBuilder, UInt16Builder, UInt32Builder, UInt64Builder,
    },
    compute::cast,
    datatypes::{DataType, i256},
    error::ArrowError,
};

use super::time_text;
use crate::{
    columnar::{DateTime, arrow_type},
    schema::{Charset, ColumnType, IntegerWidth, TextWidth},
};

/// Collects the cells of a column.
pub(super) struct Cells {
    ty: ColumnType,
    values: Values,
}

enum Values {
    Signed(Int64Builder),
    Unsigned(UInt64Builder),
    Decimal(Decimal256Builder),
    Float(Float32Builder),
    Double(Float64Builder),
    Year(UInt16Builder),
    Date(UInt32Builder),
    Time(DurationMicrosecondBuilder),
    DateTime(UInt64Builder),
    Timestamp(TimestampMicrosecondBuilder),
    Bytes(BinaryBuilder),
}

/// Who wrote the bytes of a text column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Writer {
    /// A file in UTF-8: whether they fit is asked.
    Utf8,
    /// A server, as it stores them.
    Server,
}

impl Cells {
    /// For a column of that type; none where lookups do not read it.
    pub(super) fn of(ty: &ColumnType) -> Option<Self> {
        let values = match ty {
            ColumnType::Integer { unsigned: false, .. } => Values::Signed(Int64Builder::new()),
            ColumnType::Integer { unsigned: true, .. } => Values::Unsigned(UInt64Builder::new()),
            ColumnType::Decimal { scale, .. } => {
                let builder = Decimal256Builder::new().with_precision_and_scale(76, *scale as i8);
                Values::Decimal(builder.ok()?)
            }
            ColumnType::Float => Values::Float(Float32Builder::new()),
            ColumnType::Double => Values::Double(Float64Builder::new()),
            ColumnType::Year => Values::Year(UInt16Builder::new()),
            ColumnType::Date => Values::Date(UInt32Builder::new()),
            ColumnType::Time { .. } => Values::Time(DurationMicrosecondBuilder::new()),
            ColumnType::DateTime { .. } => Values::DateTime(UInt64Builder::new()),
            ColumnType::Timestamp { .. } => Values::Timestamp(TimestampMicrosecondBuilder::new().with_timezone("+00:00")),
            ColumnType::Char { .. }
            | ColumnType::Varchar { .. }
            | ColumnType::Text { .. }
            | ColumnType::Binary { .. }
            | ColumnType::Varbinary { .. }
            | ColumnType::Blob { .. } => Values::Bytes(BinaryBuilder::new()),
            ColumnType::Bit { .. }
            | ColumnType::Enum { .. }
            | ColumnType::Set { .. }
            | ColumnType::Json
            | ColumnType::Geometry
            | ColumnType::Vector { .. }
            | ColumnType::Uuid
            | ColumnType::Inet4
            | ColumnType::Inet6 => return None,
        };
        Some(Self { ty: ty.clone(), values })
    }

    /// Adds NULL.
    pub(super) fn push_null(&mut self) {
        match &mut self.values {
            Values::Signed(builder) => builder.append_null(),
            Values::Unsigned(builder) | Values::DateTime(builder) => builder.append_null(),
            Values::Decimal(builder) => builder.append_null(),
            Values::Float(builder) => builder.append_null(),
            Values::Double(builder) => builder.append_null(),
            Values::Year(builder) => builder.append_null(),
            Values::Date(builder) => builder.append_null(),
            Values::Time(builder) => builder.append_null(),
            Values::Timestamp(builder) => builder.append_null(),
            Values::Bytes(builder) => builder.append_null(),
        }
    }

    /// Adds a value as MySQL prints it; or says what it is not.
    pub(super) fn push(&mut self, bytes: &[u8], writer: Writer) -> Result<(), &'static str> {
        if let Values::Bytes(builder) = &mut self.values {
            match writer {
                Writer::Server => builder.append_value(bytes),
                Writer::Utf8 => builder.append_value(fitting(&self.ty, bytes)?),
            }
            return Ok(());
        }
        let text = std::str::from_utf8(bytes).map_err(|_| "is no UTF-8 text")?;
        match &mut self.values {
            Values::Signed(builder) => builder.append_value(integer(text, &self.ty)? as i64),
            Values::Unsigned(builder) => builder.append_value(integer(text, &self.ty)? as u64),
            Values::Decimal(builder) => builder.append_value(decimal(text, &self.ty)?),
            Values::Float(builder) => builder.append_value(real(text)? as f32),
            Values::Double(builder) => builder.append_value(real(text)?),
            Values::Year(builder) => builder.append_value(year(text)?),
            Values::Date(builder) => builder.append_value(time_text::date(text).ok_or("is no date `YYYY-MM-DD`")?.pack()),
            Values::Time(builder) => builder.append_value(time_text::time(text).ok_or("is no time `HH:MM:SS`")?.micros()),
            Values::DateTime(builder) => builder.append_value(datetime(text)?.pack()),
            Values::Timestamp(builder) => builder.append_value(timestamp(datetime(text)?)?),
            Values::Bytes(_) => {}
        }
        Ok(())
    }

    /// The cells in the column's form.
    pub(super) fn finish(self) -> Result<ArrayRef, ArrowError> {
        let array: ArrayRef = match self.values {
            Values::Signed(mut builder) => Arc::new(builder.finish()),
            Values::Unsigned(mut builder) | Values::DateTime(mut builder) => Arc::new(builder.finish()),
            Values::Decimal(mut builder) => Arc::new(builder.finish()),
            Values::Float(mut builder) => Arc::new(builder.finish()),
            Values::Double(mut builder) => Arc::new(builder.finish()),
            Values::Year(mut builder) => Arc::new(builder.finish()),
            Values::Date(mut builder) => Arc::new(builder.finish()),
            Values::Time(mut builder) => Arc::new(builder.finish()),
            Values::Timestamp(mut builder) => Arc::new(builder.finish()),
            Values::Bytes(mut builder) => Arc::new(builder.finish()),
        };
        let form: DataType = arrow_type(&self.ty);
        if *array.data_type() == form { Ok(array) } else { cast(&array, &form) }
    }
}

fn integer(text: &str, ty: &ColumnType) -> Result<i128, &'static str> {
    let value: i128 = text.parse().map_err(|_| "is no integer")?;
    let ColumnType::Integer { width, unsigned } = ty else { return Ok(value) };
    let bits = match width {
        IntegerWidth::Tiny => 8,
        IntegerWidth::Small => 16,
        IntegerWidth::Medium => 24,
        IntegerWidth::Int => 32,
        IntegerWidth::Big => 64,
    };
    let (least, most) = if *unsigned { (0, (1_i128 << bits) - 1) } else { (-(1_i128 << (bits - 1)), (1_i128 << (bits - 1)) - 1) };
    if (least..=most).contains(&value) { Ok(value) } else { Err("is out of the range of its type") }
}

fn decimal(text: &str, ty: &ColumnType) -> Result<i256, &'static str> {
    const NONE: &str = "is no decimal number";
    let ColumnType::Decimal { precision, scale, unsigned } = ty else { return Err(NONE) };
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |digits| ("-", digits));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let is_number = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if (whole.is_empty() && fraction.is_empty()) || !is_number(whole) || !is_number(fraction) {
        return Err(NONE);
    }
    let (whole, fraction) = (whole.trim_start_matches('0'), fraction.trim_end_matches('0'));
    let scale = usize::from(*scale);
    if fraction.len() > scale || whole.len() + scale > usize::from(*precision) || (*unsigned && sign == "-") {
        return Err("does not fit its type");
    }
    i256::from_string(&format!("{sign}0{whole}{fraction:0<scale$}")).ok_or(NONE)
}

fn real(text: &str) -> Result<f64, &'static str> {
    text.parse().ok().filter(|value: &f64| value.is_finite()).ok_or("is no number")
}

fn year(text: &str) -> Result<u16, &'static str> {
    text.parse().ok().filter(|year| *year == 0 || (1901..=2155).contains(year)).ok_or("is no year")
}

fn datetime(text: &str) -> Result<DateTime, &'static str> {
    time_text::datetime(text).ok_or("is no date and time `YYYY-MM-DD HH:MM:SS`")
}

/// Microseconds since 1970; the zero timestamp is 0.
fn timestamp(at: DateTime) -> Result<i64, &'static str> {
    if at == DateTime::default() {
        return Ok(0);
    }
    let day = chrono::NaiveDate::from_ymd_opt(at.date.year.into(), at.date.month.into(), at.date.day.into());
    let time = day.and_then(|day| day.and_hms_micro_opt(at.hour.into(), at.minute.into(), at.second.into(), at.microsecond));
    let micros = time.map(|time| time.and_utc().timestamp_micros());
    micros.filter(|micros| *micros > 0).ok_or("is no time that a TIMESTAMP holds")
}

/// The bytes that the column stores for a text in UTF-8.
fn fitting(ty: &ColumnType, bytes: &[u8]) -> Result<Vec<u8>, &'static str> {
    const LONG: &str = "is longer than its type allows";
    let most = |width: &TextWidth| match width {
        TextWidth::Tiny => 255,
        TextWidth::Regular => 65_535,
        TextWidth::Medium => (1 << 24) - 1,
        TextWidth::Long => u32::MAX as usize,
    };
    let stored = match ty {
        ColumnType::Binary { length } => {
            let mut padded = bytes.to_vec();
            padded.resize(padded.len().max(*length as usize), 0);
            return if padded.len() > *length as usize { Err(LONG) } else { Ok(padded) };
        }
        ColumnType::Varbinary { length } => return if bytes.len() > *length as usize { Err(LONG) } else { Ok(bytes.to_vec()) },
        ColumnType::Blob { width } => return if bytes.len() > most(width) { Err(LONG) } else { Ok(bytes.to_vec()) },
        _ => std::str::from_utf8(bytes).map_err(|_| "is no UTF-8 text")?,
    };
    if ty.collation().is_some_and(|collation| collation.charset() == Charset::ASCII) && !stored.is_ascii() {
        return Err("is no ASCII text");
    }
    match ty {
        ColumnType::Char { length, .. } => {
            let text = stored.trim_end_matches(' ');
            if text.chars().count() > *length as usize { Err(LONG) } else { Ok(text.as_bytes().to_vec()) }
        }
        ColumnType::Varchar { length, .. } if stored.chars().count() > *length as usize => Err(LONG),
        ColumnType::Text { width, .. } if stored.len() > most(width) => Err(LONG),
        _ => Ok(bytes.to_vec()),
    }
}

#[cfg(test)]
mod tests {
    use arrow::array::Array;

    use super::{super::column_type, *};

    fn read(ty: &str, text: &str) -> Result<String, &'static str> {
        let ty = column_type(ty).expect("the test gives a type");
        let mut cells = Cells::of(&ty).expect("lookups read it");
        cells.push(text.as_bytes(), Writer::Utf8)?;
        let array = cells.finish().expect("the cells have the column's form");
        assert_eq!(array.len(), 1);
        let mut printed = String::new();
        crate::columnar::write_text(&ty, &array, 0, &mut printed);
        Ok(printed)
    }

    #[test]
    fn values_come_out_as_they_were_written() {
        for (ty, text) in [
            ("tinyint", "-128"),
            ("mediumint unsigned", "16777215"),
            ("bigint unsigned", "18446744073709551615"),
            ("decimal(65,30)", "12345678901234567890123456789012345.123456789012345678901234567890"),
            ("decimal(10,2)", "-0.50"),
            ("double", "1.5"),
            ("year", "2024"),
            ("date", "2024-02-29"),
            ("time(3)", "-01:02:03.500"),
            ("datetime(6)", "2024-02-29 10:00:00.000001"),
            ("timestamp", "2024-02-29 10:00:00"),
            ("varchar(3)", "héé"),
            ("text", ""),
        ] {
            assert_eq!(read(ty, text).as_deref(), Ok(text), "{ty}");
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        for (ty, text, problem) in [
            ("tinyint", "128", "is out of the range of its type"),
            ("int unsigned", "-1", "is out of the range of its type"),
            ("int", "1.0", "is no integer"),
            ("int", " 1", "is no integer"),
            ("decimal(4,2)", "123.4", "does not fit its type"),
            ("decimal(4,2)", "1.234", "does not fit its type"),
            ("decimal(4,2)", ".", "is no decimal number"),
            ("double", "inf", "is no number"),
            ("date", "29.2.2024", "is no date `YYYY-MM-DD`"),
            ("varchar(2)", "abc", "is longer than its type allows"),
            ("char(2) character set ascii", "é", "is no ASCII text"),
        ] {
            assert_eq!(read(ty, text), Err(problem), "{ty} {text}");
        }
    }
}
