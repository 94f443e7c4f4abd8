//! What a document has: JSON_EXTRACT, JSON_KEYS, JSON_LENGTH, JSON_DEPTH, JSON_TYPE, JSON_VALID.

use datafusion::logical_expr::Expr;
use dsl::{Code, Span};

use super::document::{Incoming, Wildcards, row_error, value};
use super::parse::{ParseError, parse};
use super::path::Path;
use super::scalar::code;
use super::seek::{self, Wrap, find, seek};
use crate::columnar::json::{JsonError, Node, Value};
use crate::mapping::expr::bind::{Binder, Failed};
use crate::mapping::expr::cell::{Cell, Form};
use crate::mapping::expr::function::{call_checked, call_strict, constant};
use crate::mapping::expr::row_error::RowError;
use crate::mapping::expr::sql_type::{Kind, TextKind};
use crate::mapping::expr::typed::Typed;
use crate::schema::Collation;

const COUNT: Kind = Kind::Integer { unsigned: false, digits: 10 };
/// The longest name of a type, `UNSIGNED INTEGER`.
const LONGEST_TYPE_NAME: u32 = 17;

/// NULL, where a path is NULL: the document is asked for before.
pub(super) fn null_of(document: Expr) -> Expr {
    call_strict("json_null", Form::Bytes, vec![document, constant(Form::Bytes, &Cell::Null)], |_| Ok(Cell::Null))
}

/// `JSON_EXTRACT(document, path, …)`: what one path names, or an array of all that paths with wildcards or several paths name.
pub(in super::super) fn extract(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let document = binder.json_document(&args[0])?;
    let mut paths = Vec::new();
    for arg in &args[1..] {
        match binder.json_path(arg, Wildcards::Allowed)? {
            Some(path) => paths.push(path),
            None => return binder.json_result(true, null_of(document), args, span),
        }
    }
    let value = match paths.as_slice() {
        [path] if !path.is_wild() => extract_one(document, path.clone()),
        _ => extract_all(document, paths),
    };
    binder.json_result(true, value, args, span)
}

fn extract_one(document: Expr, path: Path) -> Expr {
    call_strict(format!("json_extract_{path}"), Form::Bytes, vec![document], move |args| {
        let found = find(value(&args[0])?, &path.legs, Wrap::Yes).map_err(row_error)?;
        Ok(found.map_or(Cell::Null, |found| Cell::bytes(found.to_document())))
    })
}

fn extract_all(document: Expr, paths: Vec<Path>) -> Expr {
    call_strict(format!("json_extract_all_{}", listed(&paths)), Form::Bytes, vec![document], move |args| {
        let root = value(&args[0])?;
        let mut found = Vec::new();
        for path in &paths {
            found.extend(seek(root, path, Wrap::Yes).map_err(row_error)?.into_iter().map(|hit| Node::of_value(hit.value)));
        }
        if found.is_empty() {
            return Ok(Cell::Null);
        }
        Node::Array(found).to_document().map(Cell::bytes).map_err(row_error)
    })
}

/// Paths as a part of a function's name.
pub(super) fn listed(paths: &[Path]) -> String {
    paths.iter().map(Path::to_string).collect::<Vec<_>>().join(",")
}

/// The document, or the one value that a path names in it; the second is NULL where the path is.
fn part(binder: &mut Binder<'_>, args: &[Typed], wildcards: Wildcards) -> Result<(Expr, Option<Path>), Failed> {
    let document = binder.json_document(&args[0])?;
    match args.get(1) {
        None => Ok((document, Some(Path::default()))),
        Some(arg) => Ok((document, binder.json_path(arg, wildcards)?)),
    }
}

/// `JSON_LENGTH(document[, path])`: how many parts a container has, 1 for other values.
pub(in super::super) fn length(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let (document, path) = part(binder, args, Wildcards::Allowed)?;
    let Some(path) = path else {
        return binder.json_typed(COUNT, true, call_strict("json_null_length", Form::Int, vec![document], |_| Ok(Cell::Null)), args, span);
    };
    let result = call_strict(format!("json_length_{path}"), Form::Int, vec![document], move |args| {
        let hits = seek(value(&args[0])?, &path, Wrap::Yes).map_err(row_error)?;
        Ok(match hits.as_slice() {
            [] => Cell::Null,
            // What several values make is the array of them.
            several if path.is_wild() => Cell::Int(several.len() as i64),
            [hit, ..] => Cell::Int(parts(hit.value) as i64),
        })
    });
    binder.json_typed(COUNT, true, result, args, span)
}

/// How many parts a value has.
pub(super) fn parts(value: Value<'_>) -> usize {
    match value {
        Value::Array(container) | Value::Object(container) => container.len(),
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::UInt(_) | Value::Double(_) | Value::Text(_) | Value::Opaque(..) => 1,
    }
}

/// `JSON_DEPTH(document)`.
pub(in super::super) fn depth(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let document = binder.json_document(&args[0])?;
    let result = call_strict("json_depth", Form::Int, vec![document], |args| {
        seek::depth(value(&args[0])?).map(|depth| Cell::Int(depth as i64)).map_err(row_error)
    });
    binder.json_typed(COUNT, true, result, args, span)
}

/// `JSON_KEYS(document[, path])`: the keys of an object, NULL for other values.
pub(in super::super) fn keys(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let (document, path) = part(binder, args, Wildcards::Refused)?;
    let Some(path) = path else { return binder.json_result(true, null_of(document), args, span) };
    let result = call_strict(format!("json_keys_{path}"), Form::Bytes, vec![document], move |args| {
        let found = find(value(&args[0])?, &path.legs, Wrap::No).map_err(row_error)?;
        let Some(Value::Object(members)) = found else { return Ok(Cell::Null) };
        let keys: Result<Vec<Node<'_>>, JsonError> =
            (0..members.len()).map(|index| members.key(index).map(|key| Node::of_value(Value::Text(key)))).collect();
        keys.and_then(|keys| Node::Array(keys).to_document()).map(Cell::bytes).map_err(row_error)
    });
    binder.json_result(true, result, args, span)
}

/// `JSON_TYPE(document)`.
pub(in super::super) fn json_type(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    if !args[0].constant && args[0].kind != Kind::Json {
        // The server may hand out the name as bytes, as it does not with a JSON value.
        let message = "`json_type` of a text that is not constant".to_owned();
        return Err(binder.error_with(Code::TYPE_MISMATCH, message, args[0].span, "Write `JSON_TYPE(CAST(… AS JSON))`."));
    }
    let document = binder.json_document(&args[0])?;
    let result =
        call_strict("json_type", Form::Bytes, vec![document], |args| Ok(Cell::bytes(type_name(value(&args[0])?).as_bytes().to_vec())));
    let text = TextKind { disguised: true, ..TextKind::literal(Collation::UTF8MB4_BIN, false) };
    binder.json_typed(Kind::Text { length: LONGEST_TYPE_NAME, text }, true, result, args, span)
}

fn type_name(value: Value<'_>) -> &'static str {
    match value {
        Value::Null => "NULL",
        Value::Bool(_) => "BOOLEAN",
        Value::Int(_) => "INTEGER",
        Value::UInt(_) => "UNSIGNED INTEGER",
        Value::Double(_) => "DOUBLE",
        Value::Text(_) => "STRING",
        Value::Array(_) => "ARRAY",
        Value::Object(_) => "OBJECT",
        Value::Opaque(code, _) => match code {
            code::DECIMAL => "DECIMAL",
            code::DATE => "DATE",
            code::TIME => "TIME",
            code::DATETIME => "DATETIME",
            code::TIMESTAMP => "TIMESTAMP",
            code::BIT => "BIT",
            code::VARCHAR | code::VAR_STRING | code::STRING | code::TINY_BLOB..=code::BLOB => "BLOB",
            _ => "OPAQUE",
        },
    }
}

/// `JSON_VALID(value)`: whether it is a JSON value or the text of one; a text that nests too deep is the row's error.
pub(in super::super) fn valid(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let arg = &args[0];
    let is_text = matches!(&arg.kind, Kind::Text { text, .. } if !text.collation.is_binary())
        || (matches!(arg.kind, Kind::Enum { .. } | Kind::Set { .. }) && arg.column.is_none());
    let result = if is_text || matches!(arg.kind, Kind::Json | Kind::Null) {
        match binder.incoming(arg)? {
            Incoming::Binary(value) => call_strict("json_valid_binary", Form::Bool, vec![value], |_| Ok(Cell::Bool(true))),
            Incoming::Text(text) => {
                call_checked("json_valid", Form::Bool, vec![text], |args| match str::from_utf8(args[0].as_bytes()).map(parse) {
                    Ok(Err(error @ ParseError::TooDeep)) => Err(RowError::conversion(error.to_string())),
                    Ok(Err(ParseError::Syntax(..))) | Err(_) => Ok(Cell::Bool(false)),
                    Ok(Ok(_)) => Ok(Cell::Bool(true)),
                })
            }
        }
    } else if matches!(arg.kind, Kind::Text { .. } | Kind::HexLiteral { .. }) {
        call_strict("json_valid_bytes", Form::Bool, vec![arg.as_text()], |_| Ok(Cell::Bool(false)))
    } else {
        // The server does not even ask whether it is NULL.
        let message = format!("a {} is never the text of a JSON value", arg.kind.describe());
        return Err(binder.error_with(Code::TYPE_MISMATCH, message, arg.span, "Write `CAST(… AS CHAR)` around it."));
    };
    binder.json_typed(Kind::Boolean, arg.nullable, result, args, span)
}
