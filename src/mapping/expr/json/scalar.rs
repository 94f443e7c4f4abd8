//! SQL values as JSON values: what `JSON_ARRAY`, a comparison or `CAST(… AS JSON)` makes of each type.

use datafusion::logical_expr::Expr;
use dsl::Code;
use num_bigint::BigInt;

use crate::columnar::DecimalForm;
use crate::columnar::json::{JsonError, Value};
use crate::mapping::expr::bind::{Binder, Failed};
use crate::mapping::expr::cell::{Cell, Form};
use crate::mapping::expr::charset;
use crate::mapping::expr::decimal::{Dec, MAX_PRECISION};
use crate::mapping::expr::function::{call_strict, constant};
use crate::mapping::expr::sql_type::Kind;
use crate::mapping::expr::temporal::Parts;
use crate::mapping::expr::typed::{Typed, Value as TypedValue};
use crate::schema::{Charset, ColumnType, TextWidth};

/// The type codes of MySQL's columns that opaque values carry.
pub(super) mod code {
    pub(in super::super) const TIMESTAMP: u8 = 7;
    pub(in super::super) const DATE: u8 = 10;
    pub(in super::super) const TIME: u8 = 11;
    pub(in super::super) const DATETIME: u8 = 12;
    pub(in super::super) const VARCHAR: u8 = 15;
    pub(in super::super) const BIT: u8 = 16;
    pub(in super::super) const DECIMAL: u8 = 246;
    pub(in super::super) const TINY_BLOB: u8 = 249;
    pub(in super::super) const MEDIUM_BLOB: u8 = 250;
    pub(in super::super) const LONG_BLOB: u8 = 251;
    pub(in super::super) const BLOB: u8 = 252;
    pub(in super::super) const VAR_STRING: u8 = 253;
    pub(in super::super) const STRING: u8 = 254;
}

/// The number in the bytes of an opaque DECIMAL.
pub(super) fn decimal_of(bytes: &[u8]) -> Result<Dec, JsonError> {
    let (&[precision, scale], digits) = bytes.split_first_chunk().ok_or(JsonError::Malformed)?;
    let form = DecimalForm::new(precision, scale).filter(|form| form.bytes() == digits.len());
    let value = form.and_then(|form| form.read_256(digits)).ok_or(JsonError::Malformed)?;
    Ok(Dec::new(BigInt::from_signed_bytes_le(&value.to_le_bytes()), scale))
}

/// The bytes of an opaque DECIMAL.
fn decimal_bytes(value: &Dec) -> Option<Vec<u8>> {
    let text = value.to_text();
    let unsigned = text.strip_prefix('-').unwrap_or(&text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let whole = whole.trim_start_matches('0');
    let digits = if whole.is_empty() && fraction.is_empty() { "0".to_owned() } else { format!("{whole}{fraction}") };
    let (precision, scale) = (u8::try_from(digits.len()).ok()?, u8::try_from(fraction.len()).ok()?);
    let bytes = DecimalForm::new(precision, scale)?.write(value.is_negative(), &digits)?;
    Some([vec![precision, scale], bytes].concat())
}

fn document(value: Value<'_>) -> Cell<'static> {
    Cell::bytes(value.to_document())
}

impl Binder<'_> {
    /// A value of any type as a JSON document; SQL's NULL stays NULL.
    pub(super) fn json_atom(&mut self, typed: &Typed) -> Result<Expr, Failed> {
        Ok(match &typed.kind {
            Kind::Json => typed.as_native(),
            Kind::Null => constant(Form::Bytes, &Cell::Null),
            Kind::Boolean if !typed.is_choice() => {
                call_strict("json_of_bool", Form::Bytes, vec![typed.as_bool()], |args| Ok(document(Value::Bool(args[0].as_int() != 0))))
            }
            Kind::Integer { .. } if matches!(typed.value, TypedValue::Truth(_)) => {
                call_strict("json_of_truth", Form::Bytes, vec![typed.as_int()], |args| Ok(document(Value::Bool(args[0].as_int() != 0))))
            }
            Kind::Boolean | Kind::Integer { .. } | Kind::Year => integer(typed),
            Kind::Decimal { precision: MAX_PRECISION, .. } if typed.computed => {
                let message = "a number of more than 65 digits may become a JSON value".to_owned();
                return Err(self.error_with(Code::TYPE_MISMATCH, message, typed.span, "Write `CAST(… AS DECIMAL(…))` around it."));
            }
            Kind::Decimal { scale, .. } => {
                // JSON_VALUE keeps the digits that it found.
                let scale = if matches!(typed.value, TypedValue::Returned(_)) { u8::MAX } else { *scale };
                call_strict(format!("json_of_decimal_{scale}"), Form::Bytes, vec![typed.as_decimal()], move |args| {
                    let value = args[0].as_decimal().at_most(scale);
                    Ok(decimal_bytes(&value).map_or(Cell::Null, |bytes| document(Value::Opaque(code::DECIMAL, &bytes))))
                })
            }
            Kind::Float | Kind::Double { .. } => {
                call_strict("json_of_real", Form::Bytes, vec![typed.as_real()], |args| Ok(document(Value::Double(args[0].as_real()))))
            }
            kind if kind.is_temporal() && (typed.is_choice() || matches!(typed.value, TypedValue::First { .. })) => {
                // What MySQL does with zeros in it differs from one function to the next.
                let message = "one of several dates or times becomes a JSON value".to_owned();
                return Err(self.error_with(Code::TYPE_MISMATCH, message, typed.span, "Write a cast around it: `CAST(… AS DATETIME)`."));
            }
            Kind::Date | Kind::Time { .. } | Kind::DateTime { .. } => temporal(typed),
            Kind::Bit { .. } => opaque(code::BIT, typed),
            Kind::Text { text, .. } if text.collation.is_binary() => return self.json_bytes(typed),
            Kind::HexLiteral { .. } => return self.json_bytes(typed),
            Kind::Text { .. } | Kind::Enum { .. } | Kind::Set { .. } => return self.json_text(typed),
            Kind::Opaque(_) => {
                let message = format!("a {} becomes a JSON value", typed.kind.describe());
                return Err(self.error(Code::TYPE_MISMATCH, message, typed.span));
            }
        })
    }

    /// Refuses a text that the server may hold as bytes, so that its JSON functions find bytes.
    pub(super) fn accept_plain(&mut self, typed: &Typed) -> Result<(), Failed> {
        if !typed.text_kind().disguised {
            return Ok(());
        }
        let message = "MySQL may hold this text as bytes, and JSON functions take it for such".to_owned();
        Err(self.error_with(Code::TYPE_MISMATCH, message, typed.span, "Write `CONVERT(… USING utf8mb4)` around it."))
    }

    fn json_text(&mut self, typed: &Typed) -> Result<Expr, Failed> {
        self.accept_plain(typed)?;
        let from = typed.text_kind().charset();
        if !charset::is_ascii_superset(from) {
            let message = format!("a text of charset `{from}` becomes a JSON value");
            return Err(self.error_with(Code::UNSUPPORTED_COLLATION, message, typed.span, "Write `CONVERT(… USING utf8mb4)` around it."));
        }
        let value = charset::convert(typed.as_text(), from, Charset::UTF8MB4);
        Ok(call_strict("json_of_text", Form::Bytes, vec![value], |args| {
            Ok(document(Value::Text(&String::from_utf8_lossy(args[0].as_bytes()))))
        }))
    }

    /// Bytes carry the code of their column's type.
    fn json_bytes(&mut self, typed: &Typed) -> Result<Expr, Failed> {
        let code = match typed.column.as_ref().map(|column| &column.ty) {
            Some(ColumnType::Binary { .. }) => code::STRING,
            Some(ColumnType::Blob { width: TextWidth::Tiny }) => code::TINY_BLOB,
            Some(ColumnType::Blob { width: TextWidth::Regular }) => code::BLOB,
            Some(ColumnType::Blob { width: TextWidth::Medium }) => code::MEDIUM_BLOB,
            Some(ColumnType::Blob { width: TextWidth::Long }) => code::LONG_BLOB,
            Some(_) => code::VARCHAR,
            None if !typed.computed => code::VARCHAR,
            None => {
                let message = "computed bytes become a JSON value".to_owned();
                return Err(self.error_with(Code::TYPE_MISMATCH, message, typed.span, "Write `hex(…)` or `CONVERT(… USING utf8mb4)`."));
            }
        };
        Ok(opaque(code, typed))
    }
}

fn integer(typed: &Typed) -> Expr {
    if typed.kind.is_unsigned() {
        return call_strict("json_of_uint", Form::Bytes, vec![typed.as_int()], |args| Ok(document(Value::UInt(args[0].as_bits()))));
    }
    call_strict("json_of_int", Form::Bytes, vec![typed.as_int()], |args| Ok(document(Value::Int(args[0].as_int() as i64))))
}

fn opaque(code: u8, typed: &Typed) -> Expr {
    call_strict(format!("json_of_bytes_{code}"), Form::Bytes, vec![typed.as_text()], move |args| {
        Ok(document(Value::Opaque(code, args[0].as_bytes())))
    })
}

fn temporal(typed: &Typed) -> Expr {
    let is_timestamp = typed.column.as_ref().is_some_and(|column| matches!(column.ty, ColumnType::Timestamp { .. }));
    let kind = typed.kind.clone();
    let code = match kind {
        Kind::Date => code::DATE,
        Kind::Time { .. } => code::TIME,
        _ if is_timestamp => code::TIMESTAMP,
        _ => code::DATETIME,
    };
    call_strict(format!("json_of_time_{code}"), Form::Bytes, vec![typed.as_native()], move |args| {
        let parts = Parts::of(&kind, &args[0]);
        let magnitude = Parts { negative: false, ..parts }.to_datetime() as i64;
        let packed = if parts.negative { -magnitude } else { magnitude };
        Ok(document(Value::Opaque(code, &packed.to_le_bytes())))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_survive_the_way_into_a_document_and_back() {
        for text in
            ["0", "0.00", "-1.50", "0.05", "12345678901234567890123456789012345.678901234567890123456789012345", "-999999999.999999999"]
        {
            let value = Dec::from_text(text.as_bytes());
            let bytes = decimal_bytes(&value).expect("it fits");
            assert_eq!(decimal_of(&bytes).map(|value| value.to_text()), Ok(value.to_text()), "{text}");
        }
    }
}
