//! Texts in quotes and without: JSON_QUOTE, JSON_UNQUOTE, JSON_PRETTY.

use datafusion::logical_expr::Expr;
use dsl::{Code, Span};

use super::coerce::unquoted;
use super::document::{row_error, text_kind, value};
use super::parse::quoted;
use crate::columnar::json::{quote_json, write_json_pretty};
use crate::mapping::expr::bind::{Binder, Failed};
use crate::mapping::expr::cell::{Cell, Form};
use crate::mapping::expr::charset;
use crate::mapping::expr::function::{call_checked, call_strict};
use crate::mapping::expr::row_error::RowError;
use crate::mapping::expr::sql_type::Kind;
use crate::mapping::expr::typed::Typed;
use crate::schema::Charset;

/// The text of an argument that has to be one.
fn text(binder: &mut Binder<'_>, arg: &Typed, name: &str) -> Result<Expr, Failed> {
    let is_text = match &arg.kind {
        Kind::Text { text, .. } => !text.collation.is_binary(),
        Kind::Null | Kind::Enum { .. } | Kind::Set { .. } => true,
        _ => false,
    };
    if !is_text {
        let message = format!("`{name}` takes a text, not a {}", arg.kind.describe());
        return Err(binder.error_with(Code::TYPE_MISMATCH, message, arg.span, "Write `CAST(… AS CHAR)` around it."));
    }
    binder.accept_plain(arg)?;
    Ok(charset::convert(arg.as_text(), arg.text_kind().charset(), Charset::UTF8MB4))
}

/// `JSON_QUOTE(text)`.
pub(in super::super) fn quote(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let plain = text(binder, &args[0], "json_quote")?;
    let result = call_strict("json_quote", Form::Bytes, vec![plain], |args| {
        let mut out = String::new();
        quote_json(&String::from_utf8_lossy(args[0].as_bytes()), &mut out);
        Ok(Cell::bytes(out.into_bytes()))
    });
    // Each character may become six, and two quotes are added.
    let length = args[0].kind.text_length().saturating_mul(6).saturating_add(2);
    binder.json_typed(text_kind(length), true, result, args, span)
}

/// `JSON_UNQUOTE(value)`: a JSON string without its quotes; other JSON values as they print; a text in quotes likewise.
pub(in super::super) fn unquote(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let result = if args[0].kind == Kind::Json {
        call_strict("json_unquote", Form::Bytes, vec![args[0].as_native()], |args| {
            unquoted(value(&args[0])?).map(|text| Cell::bytes(text.into_bytes())).map_err(row_error)
        })
    } else {
        if args[0].constant && args[0].kind != Kind::Null {
            // MySQL may convert it to the charset of what it meets before it takes the quotes away.
            let message = "`json_unquote` of a constant text".to_owned();
            return Err(binder.error_with(Code::TYPE_MISMATCH, message, args[0].span, "Write the text itself."));
        }
        let plain = text(binder, &args[0], "json_unquote")?;
        call_checked("json_unquote_text", Form::Bytes, vec![plain], |args| {
            let text = args[0].as_bytes();
            if text.len() < 2 || !text.starts_with(b"\"") || !text.ends_with(b"\"") {
                return Ok(args[0].clone());
            }
            let found = str::from_utf8(text).ok().and_then(quoted);
            found.map(|text| Cell::bytes(text.into_bytes())).ok_or_else(|| RowError::conversion("a text in quotes is no JSON string"))
        })
    };
    binder.json_typed(text_kind(args[0].kind.text_length()), true, result, args, span)
}

/// `JSON_PRETTY(document)`.
pub(in super::super) fn pretty(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let document = binder.json_document(&args[0])?;
    let result = call_strict("json_pretty", Form::Bytes, vec![document], |args| {
        let mut out = String::new();
        write_json_pretty(args[0].as_bytes(), &mut out).map_err(row_error)?;
        Ok(Cell::bytes(out.into_bytes()))
    });
    binder.json_typed(text_kind(u32::MAX), true, result, args, span)
}
