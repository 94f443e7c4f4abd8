//! JSON documents among the arguments of functions: JSON values, and texts that are parsed.

use datafusion::logical_expr::Expr;
use dsl::{Code, Span};

use super::parse::parse;
use super::path::Path;
use crate::columnar::json::{JsonError, Value};
use crate::mapping::expr::bind::{Binder, Failed};
use crate::mapping::expr::cell::{Cell, Form};
use crate::mapping::expr::charset;
use crate::mapping::expr::function::{call_checked, constant, is_fallible};
use crate::mapping::expr::row_error::RowError;
use crate::mapping::expr::sql_type::{Kind, TextKind};
use crate::mapping::expr::typed::Typed;
use crate::schema::{Charset, Collation};

/// How a document comes in.
pub(super) enum Incoming {
    /// Binary JSON, or NULL.
    Binary(Expr),
    /// A text in utf8mb4 that is yet to be parsed.
    Text(Expr),
}

/// Whether a path may name several values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wildcards {
    Allowed,
    Refused,
}

pub(super) fn row_error(error: JsonError) -> RowError {
    RowError::conversion(error.to_string())
}

/// The value of a document that a cell holds.
pub(super) fn value<'a>(cell: &'a Cell<'_>) -> Result<Value<'a>, RowError> {
    Value::document(cell.as_bytes()).map_err(row_error)
}

/// Text that a JSON function makes.
pub(super) fn text_kind(length: u32) -> Kind {
    Kind::Text { length, text: TextKind::literal(Collation::UTF8MB4_BIN, false) }
}

impl Binder<'_> {
    /// An argument that has to be a document, in binary form.
    pub(super) fn json_document(&mut self, arg: &Typed) -> Result<Expr, Failed> {
        let value = match self.incoming(arg)? {
            Incoming::Binary(value) => value,
            Incoming::Text(text) => parsed(text),
        };
        self.accept_known(arg.constant, &value, arg.span)?;
        Ok(value)
    }

    /// An argument that has to be a document.
    pub(super) fn incoming(&mut self, arg: &Typed) -> Result<Incoming, Failed> {
        let is_label = matches!(arg.kind, Kind::Enum { .. } | Kind::Set { .. });
        match &arg.kind {
            Kind::Json => Ok(Incoming::Binary(arg.as_native())),
            Kind::Null => Ok(Incoming::Binary(constant(Form::Bytes, &Cell::Null))),
            Kind::Text { text, .. } if !text.collation.is_binary() => {
                self.accept_plain(arg)?;
                Ok(Incoming::Text(utf8(arg)))
            }
            Kind::Enum { .. } | Kind::Set { .. } if arg.column.is_none() => Ok(Incoming::Text(utf8(arg))),
            Kind::Text { .. } | Kind::HexLiteral { .. } => {
                let message = "bytes are no JSON text".to_owned();
                Err(self.error_with(Code::TYPE_MISMATCH, message, arg.span, "Write `CONVERT(… USING utf8mb4)` around them."))
            }
            kind => {
                let message = format!("a {} is no JSON document", kind.describe());
                let hint = if is_label { "Write `CAST(… AS CHAR)` around it." } else { "Write `CAST(… AS JSON)` around it." };
                Err(self.error_with(Code::TYPE_MISMATCH, message, arg.span, hint))
            }
        }
    }

    /// `CAST(operand AS JSON)`: a text is parsed, other values become JSON values.
    pub(in super::super) fn cast_json(&mut self, operand: &Typed, span: Span) -> Result<Typed, Failed> {
        let is_text = matches!(&operand.kind, Kind::Text { text, .. } if !text.collation.is_binary())
            || (matches!(operand.kind, Kind::Enum { .. } | Kind::Set { .. }) && operand.column.is_none());
        let value = if is_text { self.json_document(operand)? } else { self.json_atom(operand)? };
        self.json_result(operand.nullable, value, std::slice::from_ref(operand), span)
    }

    /// A path, which has to be a constant; none where it is NULL.
    pub(super) fn json_path(&mut self, arg: &Typed, wildcards: Wildcards) -> Result<Option<Path>, Failed> {
        if !arg.constant {
            let message = "a JSON path is computed from the row".to_owned();
            return Err(self.error_with(Code::COMPUTED_JSON_PATH, message, arg.span, "Write the path as a text: `'$.name'`."));
        }
        if arg.is_null_constant() {
            return Ok(None);
        }
        let from = arg.text_kind().charset();
        let text = match charset::convert(arg.as_text(), from, Charset::UTF8MB4) {
            Expr::Literal(datafusion::common::ScalarValue::Binary(Some(bytes)), _) if !from.is_binary() => String::from_utf8(bytes).ok(),
            _ => None,
        };
        let Some(text) = text else { return Err(self.error(Code::BAD_JSON_PATH, "this is no text of a JSON path".into(), arg.span)) };
        match Path::parse(&text) {
            Ok(path) if path.is_wild() && wildcards == Wildcards::Refused => {
                let message = "this JSON path may name several values".to_owned();
                Err(self.error_with(Code::BAD_JSON_PATH, message, arg.span, "`*`, `**` and ranges cannot stand in this path."))
            }
            Ok(path) => Ok(Some(path)),
            Err(at) => {
                let hint = "Paths look like this: `'$.name'`, `'$.\"two words\"[0]'`, `'$.list[last]'`.";
                Err(self.error_with(
                    Code::BAD_JSON_PATH,
                    format!("`{text}` is no JSON path: it stops making sense at byte {at}"),
                    arg.span,
                    hint,
                ))
            }
        }
    }

    /// A JSON result.
    pub(super) fn json_result(&mut self, nullable: bool, value: Expr, parts: &[Typed], span: Span) -> Result<Typed, Failed> {
        self.json_typed(Kind::Json, nullable, value, parts, span)
    }

    /// A result of a JSON function. A constant that has no value is refused: the server computes it before it reads a row.
    pub(super) fn json_typed(&mut self, kind: Kind, nullable: bool, value: Expr, parts: &[Typed], span: Span) -> Result<Typed, Failed> {
        self.accept_known(parts.iter().all(|part| part.constant), &value, span)?;
        Ok(Typed::combine(kind, nullable, value, &parts.iter().collect::<Vec<_>>(), span))
    }

    fn accept_known(&mut self, constant: bool, value: &Expr, span: Span) -> Result<(), Failed> {
        if constant && !matches!(value, Expr::Literal(..)) && is_fallible(value) {
            return Err(self.error(Code::BAD_LITERAL, "this constant has no value: a JSON text in it is none, or it fails".into(), span));
        }
        Ok(())
    }
}

fn utf8(arg: &Typed) -> Expr {
    charset::convert(arg.as_text(), arg.text_kind().charset(), Charset::UTF8MB4)
}

/// A text in utf8mb4 as a document; a text that is none is the row's error.
pub(super) fn parsed(text: Expr) -> Expr {
    call_checked("json_parse", Form::Bytes, vec![text], |args| {
        let text = str::from_utf8(args[0].as_bytes()).map_err(|_| RowError::conversion("the text is not valid in its charset"))?;
        let node = parse(text).map_err(|error| RowError::conversion(error.to_string()))?;
        node.to_document().map(Cell::bytes).map_err(row_error)
    })
}
