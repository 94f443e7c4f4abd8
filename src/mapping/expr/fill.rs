//! Texts made longer or turned round: LPAD, RPAD, REPEAT, SPACE, REVERSE.

use datafusion::common::ScalarValue;
use datafusion::logical_expr::Expr;
use dsl::Span;

use super::bind::{Binder, Failed};
use super::cell::{Cell, Form};
use super::characters::Characters;
use super::function::call_strict;
use super::sql_type::TextKind;
use super::text::{accept_counts, any_nullable, in_first, text_result};
use super::typed::Typed;

/// The longest result (`max_allowed_packet`).
const LONGEST: usize = 64 << 20;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Left,
    Right,
}

/// `LPAD(s, length, padding)`: filled on the left, or cut.
pub(super) fn lpad(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    pad(binder, args, Side::Left, span)
}

/// `RPAD(s, length, padding)`: filled on the right, or cut.
pub(super) fn rpad(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    pad(binder, args, Side::Right, span)
}

fn pad(binder: &mut Binder<'_>, args: &[Typed], side: Side, span: Span) -> Result<Typed, Failed> {
    accept_counts(binder, &args[1..2])?;
    let (text, mut values) = in_first(binder, [&args[0], &args[2]]);
    values.push(args[1].as_int());
    let charset = Characters::of(text.charset());
    let value = call_strict(format!("pad_{side:?}_{}", charset.name()).to_lowercase(), Form::Bytes, values, move |args| {
        let (text, padding) = (args[0].as_bytes(), args[1].as_bytes());
        let wanted = args[2].as_int();
        let (ends, padding_ends) = (charset.ends(text), charset.ends(padding));
        if wanted < 0 || wanted > LONGEST as i128 {
            return Ok(Cell::Null);
        }
        let wanted = wanted as usize;
        let Some(missing) = wanted.checked_sub(ends.len()).filter(|missing| *missing > 0) else {
            return Ok(Cell::bytes(charset.slice(text, &ends, 0, wanted).to_vec()));
        };
        if padding_ends.is_empty() {
            return Ok(args[0].clone());
        }
        let mut filling = padding.repeat(missing / padding_ends.len());
        filling.extend_from_slice(charset.slice(padding, &padding_ends, 0, missing % padding_ends.len()));
        let padded = if side == Side::Left { [&filling, text].concat() } else { [text, &filling].concat() };
        Ok(if padded.len() > LONGEST { Cell::Null } else { Cell::bytes(padded) })
    });
    Ok(text_result(args, constant_count(&args[1]).unwrap_or(u32::MAX), text, true, value, span))
}

/// `REPEAT(s, count)`.
pub(super) fn repeat(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    accept_counts(binder, &args[1..])?;
    let text = args[0].text_kind();
    let length = constant_count(&args[1]).map_or(u32::MAX, |count| args[0].kind.text_length().saturating_mul(count));
    Ok(text_result(args, length, text, any_nullable(args), repeated(args[0].as_text(), args[1].as_int()), span))
}

/// `SPACE(count)`.
pub(super) fn space(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    accept_counts(binder, args)?;
    let space = super::function::constant(Form::Bytes, &Cell::bytes(b" ".to_vec()));
    let text = TextKind::literal(TextKind::numeric().collation, true);
    let length = constant_count(&args[0]).unwrap_or(u32::MAX);
    Ok(text_result(args, length, text, true, repeated(space, args[0].as_int()), span))
}

fn repeated(text: Expr, count: Expr) -> Expr {
    call_strict("repeat", Form::Bytes, vec![text, count], |args| {
        let (text, count) = (args[0].as_bytes(), args[1].as_int().clamp(0, i32::MAX.into()) as usize);
        Ok(if text.len().saturating_mul(count) > LONGEST { Cell::Null } else { Cell::bytes(text.repeat(count)) })
    })
}

fn constant_count(count: &Typed) -> Option<u32> {
    match count.as_int() {
        Expr::Literal(ScalarValue::Int64(Some(count)), _) => Some(u32::try_from(count).unwrap_or(0)),
        _ => None,
    }
}

/// `REVERSE(s)`: its characters from the last to the first.
pub(super) fn reverse(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    binder.accept_value(&args[0])?;
    let text = args[0].text_kind();
    let characters = Characters::of(text.charset());
    let value = call_strict(format!("reverse_{}", characters.name()), Form::Bytes, vec![args[0].as_text()], move |args| {
        let text = args[0].as_bytes();
        let ends = characters.ends(text);
        Ok(Cell::bytes((0..ends.len()).rev().flat_map(|index| characters.slice(text, &ends, index, index + 1).to_vec()).collect()))
    });
    Ok(text_result(args, args[0].kind.text_length(), text, args[0].nullable, value, span))
}
