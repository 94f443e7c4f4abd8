//! New documents of SQL values: JSON_ARRAY and JSON_OBJECT.

use std::borrow::Cow;

use dsl::{Code, Span};

use super::document::row_error;
use super::parse;
use crate::columnar::json::{JsonError, Node, Value};
use crate::mapping::expr::bind::{Binder, Failed};
use crate::mapping::expr::cell::{Cell, Form};
use crate::mapping::expr::charset;
use crate::mapping::expr::function::{call_rows, call_rows_checked};
use crate::mapping::expr::row_error::RowError;
use crate::mapping::expr::sql_type::Kind;
use crate::mapping::expr::typed::Typed;
use crate::schema::Charset;

/// A part of a new document; SQL's NULL is JSON's.
pub(super) fn node<'a>(cell: &'a Cell<'_>) -> Result<Node<'a>, JsonError> {
    if cell.is_null() { Ok(Node::of_value(Value::Null)) } else { Node::document(cell.as_bytes()) }
}

/// `JSON_ARRAY(a, b, …)`.
pub(in super::super) fn array(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let atoms: Vec<_> = args.iter().map(|arg| binder.json_atom(arg)).collect::<Result<_, _>>()?;
    let value = call_rows("json_array", Form::Bytes, atoms, |args| {
        let elements = args.iter().map(node).collect::<Result<Vec<_>, _>>();
        elements.and_then(|elements| Node::Array(elements).to_document()).map(Cell::bytes).map_err(row_error)
    });
    binder.json_result(false, value, args, span)
}

/// `JSON_OBJECT(key, value, …)`: a key that is NULL is the row's error.
pub(in super::super) fn object(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    if !args.len().is_multiple_of(2) {
        return Err(binder.error(Code::WRONG_ARGUMENT_COUNT, "`json_object` takes keys and values in pairs".into(), span));
    }
    let mut values = Vec::with_capacity(args.len());
    for pair in args.chunks(2) {
        let key = &pair[0];
        let from = key.text_kind().charset();
        if from.is_binary() && key.kind != Kind::Null {
            let message = "bytes are a key of `json_object`".to_owned();
            return Err(binder.error_with(Code::TYPE_MISMATCH, message, key.span, "Write `CONVERT(… USING utf8mb4)` around them."));
        }
        binder.accept_plain(key)?;
        values.push(charset::convert(key.as_text(), from, Charset::UTF8MB4));
        values.push(binder.json_atom(&pair[1])?);
    }
    let value = call_rows_checked("json_object", Form::Bytes, values, |args| {
        let mut members = Vec::with_capacity(args.len() / 2);
        for pair in args.chunks(2) {
            if pair[0].is_null() {
                return Err(RowError::conversion("a key of `json_object` is NULL"));
            }
            members.push((String::from_utf8_lossy(pair[0].as_bytes()), node(&pair[1]).map_err(row_error)?));
        }
        let members: Vec<(Cow<'_, str>, Node<'_>)> = members;
        parse::object(members).to_document().map(Cell::bytes).map_err(row_error)
    });
    binder.json_result(false, value, args, span)
}
