//! A constant as a column stores it, by MySQL's rules of assignment in strict mode: what a server refuses is refused.
//!
//! Zero and impossible dates are stored, because a source with another `sql_mode` has them.

use std::sync::Arc;

use arrow::array::{Array, ArrayRef, BinaryArray, Decimal128Array, Decimal256Array, Float32Array, Float64Array, Int64Array, UInt64Array};
use arrow::array::{RecordBatch, RecordBatchOptions, new_null_array};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Schema, i256};
use datafusion::logical_expr::Expr;
use dsl::{Code, Diagnostic, Severity};
use num_traits::ToPrimitive;

use super::bind::Binder;
use super::bound::CompiledExpr;
use super::cell::{Cell, Reader};
use super::charset;
use super::collation::Collator;
use super::decimal::Dec;
use super::number_text::{decimal_prefix, is_space};
use super::row_error::RowError;
use super::scope::Scope;
use super::sql_type::{Kind, ResultClass};
use super::stored_text::{as_bytes, as_characters, as_json, label_number, label_set};
use super::stored_time::{as_date, as_datetime, as_time, as_timestamp, as_year};
use super::typed::{Context, Typed};
use crate::columnar::arrow_type;
use crate::schema::{Charset, ColumnType, Flavor, IntegerWidth, TableName};

/// Evaluates an expression that reads no column, and stores its value: one row in the form of [`arrow_type`].
///
/// # Errors
/// What is wrong with the expression, or that the column cannot hold its value ([`Code::TEST_MISFIT`]).
pub fn store(tree: &dsl::Expr, ty: &ColumnType) -> Result<ArrayRef, Vec<Diagnostic>> {
    let nowhere = Scope::new(TableName::new("", ""), String::new(), Vec::new());
    let mut binder = Binder::new(&nowhere);
    let bound = binder.bind(tree);
    let (Ok(typed), true) = (bound, binder.diagnostics.is_empty()) else { return Err(binder.diagnostics) };
    stored(&typed, ty).and_then(|cell| array_of(&cell, ty)).map_err(|Misfit(why)| {
        let declared = ty.declared(Flavor::MySql);
        let name = declared.split(" CHARACTER SET ").next().unwrap_or(&declared);
        let message = format!("the constant does not fit `{name}`: {why}");
        vec![Diagnostic { code: Code::TEST_MISFIT, severity: Severity::Error, message, span: tree.span, hint: None }]
    })
}

/// Why a column cannot hold a value: a fragment for people.
#[derive(Debug)]
pub(super) struct Misfit(pub(super) String);

impl From<RowError> for Misfit {
    fn from(error: RowError) -> Self {
        Self(error.to_string())
    }
}

pub(super) fn misfit<T>(why: impl Into<String>) -> Result<T, Misfit> {
    Err(Misfit(why.into()))
}

/// A constant on its way into a column.
pub(super) struct Constant<'t> {
    typed: &'t Typed,
}

impl Constant<'_> {
    /// Its type.
    pub(super) fn kind(&self) -> &Kind {
        &self.typed.kind
    }

    /// Whether it is a text or bytes.
    pub(super) fn is_text(&self) -> bool {
        matches!(self.typed.kind, Kind::Text { .. })
    }

    /// Its text in UTF-8; of bytes the bytes.
    pub(super) fn text(&self) -> Result<Vec<u8>, Misfit> {
        let charset = self.typed.text_kind().charset();
        let text = charset::convert_exactly(self.typed.as_text(), charset, if charset.is_binary() { charset } else { Charset::UTF8MB4 });
        Ok(value(&text)?.as_bytes().to_vec())
    }

    /// Its bytes in a charset.
    pub(super) fn text_in(&self, to: Charset) -> Result<Vec<u8>, Misfit> {
        Ok(value(&charset::convert_exactly(self.typed.as_text(), self.typed.text_kind().charset(), to))?.as_bytes().to_vec())
    }

    /// Its native value.
    pub(super) fn native(&self) -> Result<Cell<'static>, Misfit> {
        Ok(value(&self.typed.as_native())?)
    }

    /// Its number; a text has to be one as a whole.
    pub(super) fn number(&self) -> Result<Dec, Misfit> {
        match self.kind() {
            Kind::Text { .. } => {
                let text = self.text()?;
                let length = decimal_prefix(&text).length;
                if length == 0 || !text[length..].iter().all(|byte| is_space(*byte)) {
                    return misfit("the text is no number");
                }
                Ok(Dec::from_text(&text))
            }
            Kind::HexLiteral { .. } | Kind::Bit { .. } => Ok(value(&self.typed.as_context(&Context::Int { unsigned: true }))?.as_decimal()),
            Kind::Float | Kind::Double { .. } => Ok(Dec::from_real(self.real()?)),
            _ => Ok(value(&self.typed.as_decimal())?.as_decimal()),
        }
    }

    fn real(&self) -> Result<f64, Misfit> {
        if self.is_text() {
            self.number()?;
        }
        Ok(value(&self.typed.as_real())?.as_real())
    }

    /// Its number, rounded to a whole one: decimals half up, floating ones half to even.
    fn whole(&self) -> Result<i128, Misfit> {
        if matches!(self.kind(), Kind::Float | Kind::Double { .. }) {
            return self.real()?.round_ties_even().to_i128().ok_or(Misfit("it is out of range".to_owned()));
        }
        self.number()?.rounded(0).mantissa().to_i128().ok_or(Misfit("it is out of range".to_owned()))
    }

    /// Its number without what stands behind the point: how bits and labels take one.
    fn cut(&self) -> Result<i128, Misfit> {
        let number =
            if matches!(self.kind(), Kind::Float | Kind::Double { .. }) { Dec::from_real(self.real()?.trunc()) } else { self.number()? };
        number.truncated(0).mantissa().to_i128().ok_or(Misfit("it is out of range".to_owned()))
    }

    fn cut_within(&self, least: i128, most: i128) -> Result<i128, Misfit> {
        within(self.cut()?, least, most)
    }

    fn whole_within(&self, least: i128, most: i128) -> Result<i128, Misfit> {
        within(self.whole()?, least, most)
    }
}

fn within(whole: i128, least: i128, most: i128) -> Result<i128, Misfit> {
    if (least..=most).contains(&whole) { Ok(whole) } else { misfit(format!("it holds {least} to {most}")) }
}

fn stored(typed: &Typed, ty: &ColumnType) -> Result<Cell<'static>, Misfit> {
    let constant = Constant { typed };
    if constant.native()?.is_null() {
        return Ok(Cell::Null);
    }
    match ty {
        ColumnType::Integer { width, unsigned } => {
            let (least, most) = integer_range(*width, *unsigned);
            let whole = constant.whole_within(least, most)?;
            Ok(if *unsigned { Cell::UInt(whole as u64) } else { Cell::Int(whole as i64) })
        }
        ColumnType::Decimal { precision, scale, unsigned } => {
            let number = constant.number()?;
            if *unsigned && number.is_negative() {
                return misfit("it holds nothing below zero");
            }
            if !number.fits(*precision, *scale) {
                return misfit(format!("it holds {} digits before the point", precision - scale));
            }
            Ok(Cell::Decimal(number.rounded((*scale).into())))
        }
        ColumnType::Float => {
            let value = constant.real()? as f32;
            if value.is_finite() { Ok(Cell::Float(value)) } else { misfit("it is out of range") }
        }
        ColumnType::Double => Ok(Cell::Real(constant.real()?)),
        ColumnType::Bit { width } => bits(&constant, *width),
        ColumnType::Year => as_year(&constant),
        ColumnType::Date => as_date(&constant),
        ColumnType::Time { fsp } => as_time(&constant, *fsp),
        ColumnType::DateTime { fsp } => as_datetime(&constant, *fsp),
        ColumnType::Timestamp { fsp } => as_timestamp(&constant, *fsp),
        ColumnType::Char { length, collation } => as_characters(&constant, collation.charset(), Some(*length), true),
        ColumnType::Varchar { length, collation } => as_characters(&constant, collation.charset(), Some(*length), false),
        ColumnType::Text { width, collation } => {
            let text = as_characters(&constant, collation.charset(), None, false)?;
            if text.as_bytes().len() as u64 > width.max_bytes() { misfit("the text is too long") } else { Ok(text) }
        }
        ColumnType::Binary { length } => {
            let mut bytes = as_bytes(&constant, u64::from(*length))?;
            bytes.resize(*length as usize, 0);
            Ok(Cell::bytes(bytes))
        }
        ColumnType::Varbinary { length } => as_bytes(&constant, u64::from(*length)).map(Cell::bytes),
        ColumnType::Blob { width } => as_bytes(&constant, width.max_bytes()).map(Cell::bytes),
        ColumnType::Enum { labels, collation } => match constant.typed.class() {
            ResultClass::String => label_number(&constant.text()?, labels, Collator::of(*collation)).map(Cell::UInt),
            _ => constant.cut_within(0, labels.len() as i128).map(|number| Cell::UInt(number as u64)),
        },
        ColumnType::Set { labels, collation } => match constant.typed.class() {
            ResultClass::String => label_set(&constant.text()?, labels, Collator::of(*collation)).map(Cell::UInt),
            _ => constant.cut_within(0, (1_i128 << labels.len()) - 1).map(|bits| Cell::UInt(bits as u64)),
        },
        ColumnType::Json => as_json(&constant).map(Cell::bytes),
        ColumnType::Geometry | ColumnType::Vector { .. } => as_bytes(&constant, u64::MAX).map(Cell::bytes),
        ColumnType::Uuid => super::stored_text::as_uuid(&constant).map(Cell::bytes),
        ColumnType::Inet4 => super::stored_text::as_inet4(&constant).map(Cell::bytes),
        ColumnType::Inet6 => super::stored_text::as_inet6(&constant).map(Cell::bytes),
    }
}

/// The least and the greatest integer of a column.
fn integer_range(width: IntegerWidth, unsigned: bool) -> (i128, i128) {
    let bits = match width {
        IntegerWidth::Tiny => 8,
        IntegerWidth::Small => 16,
        IntegerWidth::Medium => 24,
        IntegerWidth::Int => 32,
        IntegerWidth::Big => 64,
    };
    if unsigned { (0, (1 << bits) - 1) } else { (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) }
}

fn bits(constant: &Constant<'_>, width: u8) -> Result<Cell<'static>, Misfit> {
    let most = (1_i128 << width) - 1;
    if !constant.is_text() {
        let is_real = matches!(constant.kind(), Kind::Float | Kind::Double { .. });
        let number = if is_real { constant.cut_within(0, most) } else { constant.whole_within(0, most) };
        return number.map(|bits| Cell::UInt(bits as u64));
    }
    // A text is its bytes.
    let bytes = constant.text()?;
    let value = bytes.iter().try_fold(0_i128, |value, byte| value.checked_mul(256)?.checked_add(i128::from(*byte)));
    match value {
        Some(value) if value <= most => Ok(Cell::UInt(value as u64)),
        _ => misfit(format!("it holds {width} bits")),
    }
}

/// The value of an expression that reads no column.
fn value(expression: &Expr) -> Result<Cell<'static>, RowError> {
    let schema = Arc::new(Schema::empty());
    let defect = |error: &dyn std::fmt::Display| RowError::conversion(error.to_string());
    let compiled = CompiledExpr::new(expression, &schema).map_err(|error| defect(&error))?;
    let one_row = RecordBatchOptions::new().with_row_count(Some(1));
    let batch = RecordBatch::try_new_with_options(schema, Vec::new(), &one_row).map_err(|error| defect(&error))?;
    let reader = Reader::new(compiled.evaluate_array(&batch)?, false);
    Ok(match reader.cell(0) {
        Cell::Null => Cell::Null,
        Cell::Bool(value) => Cell::Bool(value),
        Cell::Int(value) => Cell::Int(value),
        Cell::UInt(value) => Cell::UInt(value),
        Cell::Float(value) => Cell::Float(value),
        Cell::Real(value) => Cell::Real(value),
        Cell::Decimal(value) => Cell::Decimal(value),
        Cell::Bytes(bytes) => Cell::bytes(bytes.into_owned()),
    })
}

/// One row of a column.
fn array_of(cell: &Cell<'_>, ty: &ColumnType) -> Result<ArrayRef, Misfit> {
    let form = arrow_type(ty);
    if cell.is_null() {
        return Ok(new_null_array(&form, 1));
    }
    let array: ArrayRef = match &form {
        DataType::Binary => Arc::new(BinaryArray::from_vec(vec![cell.as_bytes()])),
        DataType::Float32 => Arc::new(Float32Array::from(vec![cell.as_real() as f32])),
        DataType::Float64 => Arc::new(Float64Array::from(vec![cell.as_real()])),
        DataType::Decimal128(..) => {
            let digits = cell.as_decimal().mantissa().to_i128();
            Arc::new(Decimal128Array::from(vec![digits]).with_data_type(form.clone()))
        }
        DataType::Decimal256(..) => {
            let digits = i256::from_string(&cell.as_decimal().mantissa().to_string());
            Arc::new(Decimal256Array::from(vec![digits]).with_data_type(form.clone()))
        }
        _ => match cell {
            Cell::Int(value) => Arc::new(Int64Array::from(vec![*value])),
            _ => Arc::new(UInt64Array::from(vec![cell.as_bits()])),
        },
    };
    if array.data_type() == &form { Ok(array) } else { cast(&array, &form).map_err(|error| Misfit(error.to_string())) }
}
