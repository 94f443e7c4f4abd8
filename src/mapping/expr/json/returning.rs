//! JSON_VALUE: one value of a document as an SQL type, with an answer where it is missing or does not convert.

use datafusion::common::ScalarValue;
use datafusion::logical_expr::Expr;
use dsl::{CastType, Code, JsonAnswer, Span};

use super::coerce::{datetime, decimal, integer, real, time, unquoted};
use super::document::{Incoming, Wildcards, parsed, row_error};
use super::parse;
use super::path::Path;
use super::seek::{Wrap, seek};
use crate::columnar::json::{JsonError, Value};
use crate::mapping::expr::bind::{Binder, Failed};
use crate::mapping::expr::cell::Cell;
use crate::mapping::expr::charset;
use crate::mapping::expr::decimal::Dec;
use crate::mapping::expr::function::call_checked;
use crate::mapping::expr::number_text::{decimal_prefix, real_prefix};
use crate::mapping::expr::row_error::RowError;
use crate::mapping::expr::sql_type::{ANY_DECIMALS, Kind, TextKind};
use crate::mapping::expr::temporal::Parts;
use crate::mapping::expr::temporal_text::{self, Zeros};
use crate::mapping::expr::typed::{Typed, Value as TypedValue};
use crate::schema::{Charset, Collation};

/// The characters of a result whose type is not written.
const DEFAULT_LENGTH: u32 = 512;

/// What stands in the place of a value.
#[derive(Debug, Clone, PartialEq)]
enum Answer {
    Null,
    Error,
    Default(Cell<'static>),
}

/// What a value is looked for.
#[derive(Debug, Clone)]
struct Request {
    path: Path,
    returns: Kind,
    on_empty: Answer,
    on_error: Answer,
}

impl Binder<'_> {
    /// `JSON_VALUE(document, path [RETURNING type] [… ON EMPTY] [… ON ERROR])`.
    pub(in super::super) fn json_value(&mut self, value: &dsl::JsonValue, span: Span) -> Result<Typed, Failed> {
        let dsl::JsonValue { document, path, returning, on_empty, on_error } = value;
        let (document, path) = (self.bind(document)?, self.bind(path)?);
        let returns = self.returned_kind(returning.as_ref(), span)?;
        let Some(path) = self.json_path(&path, Wildcards::Allowed)? else {
            return Err(self.error(Code::BAD_JSON_PATH, "the path of `json_value` is NULL".into(), path.span));
        };
        let (on_empty, on_error) = (self.answer(on_empty.as_ref(), &returns)?, self.answer(on_error.as_ref(), &returns)?);
        let request = Request { path, returns: returns.clone(), on_empty, on_error };
        let name = format!("json_value_{}_{request:?}", request.path);
        let form = returns.form();
        let value = match self.incoming(&document)? {
            Incoming::Text(text) if request.on_error == Answer::Error => {
                call_checked(name, form, vec![parsed(text)], move |args| request.of_document(args[0].as_bytes()))
            }
            Incoming::Text(text) => call_checked(format!("{name}_of_text"), form, vec![text], move |args| {
                let document = str::from_utf8(args[0].as_bytes()).map_err(|_| JsonError::Malformed).and_then(parse::document);
                match document {
                    Ok(document) => request.of_document(&document),
                    // Nesting too deep is no question of the clause.
                    Err(error @ JsonError::TooDeep) => Err(row_error(error)),
                    Err(_) => request.on_error.cell("the text is no JSON"),
                }
            }),
            Incoming::Binary(value) => call_checked(name, form, vec![value], move |args| request.of_document(args[0].as_bytes())),
        };
        let typed = self.json_typed(returns, true, value.clone(), &[document], span)?;
        let is_plain = matches!(typed.kind, Kind::Text { .. } | Kind::Double { .. });
        Ok(if is_plain { typed } else { Typed { value: TypedValue::Returned(value), ..typed } })
    }

    fn returned_kind(&mut self, returning: Option<&CastType>, span: Span) -> Result<Kind, Failed> {
        let text = |length: u32, collation: Collation| Kind::Text { length, text: TextKind::literal(collation, false) };
        let json_default = Collation::by_name("utf8mb4_0900_bin").unwrap_or(Collation::UTF8MB4_BIN);
        Ok(match returning {
            None => text(DEFAULT_LENGTH, json_default),
            Some(CastType::Char { length, charset }) => {
                let collation = match charset {
                    None => json_default,
                    Some(name) => self.charset(&name.text, name.span)?.1,
                };
                if collation.charset() != Charset::UTF8MB4 {
                    let message = "`json_value` returns a text in utf8mb4 only".to_owned();
                    return Err(self.error_with(Code::UNSUPPORTED_FORM, message, span, "Write `CONVERT(json_value(…) USING …)`."));
                }
                text(length.unwrap_or(u32::MAX), collation)
            }
            Some(CastType::Signed) => Kind::Integer { unsigned: false, digits: 19 },
            Some(CastType::Unsigned) => Kind::Integer { unsigned: true, digits: 20 },
            Some(CastType::Decimal { precision, scale }) => Kind::Decimal { precision: *precision, scale: *scale, unsigned: false },
            Some(CastType::Double) => Kind::Double { decimals: ANY_DECIMALS },
            Some(CastType::Date) => Kind::Date,
            Some(CastType::Time { fsp }) => Kind::Time { fsp: *fsp },
            Some(CastType::DateTime { fsp }) => Kind::DateTime { fsp: *fsp },
            Some(CastType::Json) => Kind::Json,
            Some(to @ (CastType::Float | CastType::Binary { .. } | CastType::Year)) => {
                let message = format!("`json_value` does not return {to} here");
                return Err(self.error_with(Code::UNSUPPORTED_FORM, message, span, "Return a CHAR, a number or a date, and cast it."));
            }
        })
    }

    fn answer(&mut self, answer: Option<&JsonAnswer>, returns: &Kind) -> Result<Answer, Failed> {
        let default = match answer {
            None | Some(JsonAnswer::Null) => return Ok(Answer::Null),
            Some(JsonAnswer::Error) => return Ok(Answer::Error),
            Some(JsonAnswer::Default(default)) => default,
        };
        let typed = self.bind(default)?;
        let text = charset::convert(typed.as_text(), typed.text_kind().charset(), Charset::UTF8MB4);
        let text = match text {
            Expr::Literal(ScalarValue::Binary(Some(bytes)), _) => String::from_utf8(bytes).ok(),
            _ => None,
        };
        match text.and_then(|text| default_cell(&text, returns)) {
            Some(cell) => Ok(Answer::Default(cell)),
            None => {
                let message = format!("this default is no {} as it stands", returns.describe());
                Err(self.error(Code::BAD_LITERAL, message, default.span))
            }
        }
    }
}

/// A default in the form of the type; none where it does not convert without loss.
fn default_cell(text: &str, returns: &Kind) -> Option<Cell<'static>> {
    let trimmed = text.trim_start_matches([' ', '\t']);
    match returns {
        Kind::Integer { unsigned: false, .. } => trimmed.parse().ok().map(Cell::Int),
        Kind::Integer { .. } => trimmed.parse().ok().map(Cell::UInt),
        Kind::Decimal { precision, scale, .. } => {
            let value = Dec::from_text(text.as_bytes());
            let is_number = decimal_prefix(text.as_bytes()).length == text.len();
            (is_number && value.fits(*precision, *scale) && value.at_most(*scale) == value).then_some(Cell::Decimal(value))
        }
        Kind::Double { .. } => (decimal_prefix(text.as_bytes()).length == text.len()).then(|| Cell::Real(real_prefix(text.as_bytes()))),
        Kind::Text { length, .. } => fitted(text, *length).map(Cell::bytes),
        Kind::Date | Kind::DateTime { .. } => {
            let found = temporal_text::found_datetime(text.as_bytes(), Zeros::NONE).filter(|found| found.complete)?;
            match returns {
                Kind::Date => (!found.has_time).then(|| Cell::UInt(found.parts.to_date())),
                _ => (found.has_time && fits_digits(found.parts.micros, returns)).then(|| Cell::UInt(found.parts.to_datetime())),
            }
        }
        Kind::Time { .. } => {
            let found = temporal_text::time(text.as_bytes()).filter(|found| found.complete)?;
            fits_digits(Parts::from_time(found.micros).micros, returns).then_some(Cell::Int(found.micros))
        }
        Kind::Json => parse::document(text).ok().map(Cell::bytes),
        _ => None,
    }
}

fn fits_digits(micros: u32, kind: &Kind) -> bool {
    micros.is_multiple_of(10u32.pow(6 - u32::from(kind.decimals().min(6))))
}

/// A text as bytes; none where it is too long.
fn fitted(text: &str, length: u32) -> Option<Vec<u8>> {
    (text.chars().count() <= length as usize).then(|| text.as_bytes().to_vec())
}

impl Answer {
    fn cell(&self, problem: &str) -> Result<Cell<'static>, RowError> {
        match self {
            Self::Null => Ok(Cell::Null),
            Self::Error => Err(RowError::conversion(problem)),
            Self::Default(cell) => Ok(cell.clone()),
        }
    }
}

impl Request {
    fn of_document(&self, document: &[u8]) -> Result<Cell<'static>, RowError> {
        let root = Value::document(document).map_err(row_error)?;
        let hits = seek(root, &self.path, Wrap::Yes).map_err(row_error)?;
        match hits.as_slice() {
            [] => self.on_empty.cell("the document has no such value"),
            [hit] if hit.value == Value::Null => Ok(Cell::Null),
            [hit] => match self.converted(hit.value).map_err(row_error)? {
                Some(cell) => Ok(cell),
                None => self.on_error.cell("the value does not convert to the type that is returned"),
            },
            _ => self.on_error.cell("the path names several values"),
        }
    }

    /// The value in the form of the type; none where it does not convert.
    fn converted(&self, value: Value<'_>) -> Result<Option<Cell<'static>>, JsonError> {
        Ok(match &self.returns {
            Kind::Integer { unsigned, .. } => {
                let found = integer(value)?;
                let fits = *unsigned == found.number.unsigned || found.number.bits >= 0;
                let cell = if *unsigned { Cell::UInt(found.number.bits as u64) } else { Cell::Int(found.number.bits) };
                (found.exact && fits).then_some(cell)
            }
            Kind::Decimal { precision, scale, .. } => {
                let found = decimal(value)?;
                let fits = found.number.whole_digits() <= u32::from(precision - scale);
                (found.exact && fits).then_some(Cell::Decimal(found.number))
            }
            Kind::Double { .. } => Some(real(value)?).filter(|found| found.exact).map(|found| Cell::Real(found.number)),
            Kind::Text { length, .. } => fitted(&unquoted(value)?, *length).map(Cell::bytes),
            Kind::Date => datetime(value)?.map(|(parts, _)| Cell::UInt(parts.to_date())),
            Kind::DateTime { .. } => datetime(value)?.filter(|(_, has_time)| *has_time).map(|(parts, _)| Cell::UInt(parts.to_datetime())),
            Kind::Time { .. } => time(value)?.map(Cell::Int),
            _ => Some(Cell::bytes(value.to_document())),
        })
    }
}
