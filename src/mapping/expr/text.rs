//! Functions on text: CONCAT and its kin.

use dsl::Span;

use super::bind::{Binder, Failed};
use super::cell::{Cell, Form};
use super::function::call_strict;
use super::sql_type::Kind;
use super::typed::Typed;

/// `CONCAT(a, b, …)`: NULL where one is NULL.
pub(super) fn concat(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let parts: Vec<&Typed> = args.iter().collect();
    let text = binder.common_text(&parts, span)?;
    let values = args.iter().map(|arg| binder.text_in(arg, &text)).collect();
    let value = call_strict("concat", Form::Bytes, values, |args| {
        let mut joined = Vec::with_capacity(args.iter().map(|arg| arg.as_bytes().len()).sum());
        args.iter().for_each(|arg| joined.extend_from_slice(arg.as_bytes()));
        Ok(Cell::bytes(joined))
    });
    let length = args.iter().fold(0u32, |sum, arg| sum.saturating_add(arg.kind.text_length()));
    Ok(Typed::combine(Kind::Text { length, text }, args.iter().any(|arg| arg.nullable), value, &parts, span))
}
