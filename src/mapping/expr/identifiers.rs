//! UUIDs: as text, as 16 bytes, as bytes with their time in front.

use dsl::Span;

use super::bind::{Binder, Failed};
use super::cell::{Cell, Form};
use super::function::{call_checked, call_strict, constant};
use super::row_error::RowError;
use super::sql_type::{Kind, TextKind};
use super::typed::Typed;
use crate::schema::Collation;

/// `IS_UUID(s)`.
pub(super) fn is_uuid(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    binder.accept_value(&args[0])?;
    let value = call_strict("is_uuid", Form::Bool, vec![args[0].as_text()], |args| Ok(Cell::Bool(parse(args[0].as_bytes()).is_some())));
    Ok(Typed::combine(Kind::Boolean, true, value, &[&args[0]], span))
}

/// `UUID_TO_BIN(s[, swap])`: what is no UUID is an error of the row.
pub(super) fn uuid_to_bin(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let values = operands(binder, args)?;
    let value = call_checked("uuid_to_bin", Form::Bytes, values, |args| {
        let Some(uuid) = parse(args[0].as_bytes()) else { return Err(RowError::conversion("a text is no UUID")) };
        Ok(Cell::bytes(if args[1] == Cell::Bool(true) { time_first(uuid).to_vec() } else { uuid.to_vec() }))
    });
    let kind = Kind::Text { length: 16, text: TextKind::literal(Collation::BINARY, false) };
    Ok(Typed::combine(kind, true, value, &args.iter().collect::<Vec<_>>(), span).may_fail())
}

/// `BIN_TO_UUID(bytes[, swap])`: other than 16 bytes are an error of the row.
pub(super) fn bin_to_uuid(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let values = operands(binder, args)?;
    let value = call_checked("bin_to_uuid", Form::Bytes, values, |args| {
        let Ok(uuid) = <[u8; 16]>::try_from(args[0].as_bytes()) else { return Err(RowError::conversion("a UUID has 16 bytes")) };
        Ok(Cell::bytes(written(if args[1] == Cell::Bool(true) { time_last(uuid) } else { uuid })))
    });
    let kind = Kind::Text { length: 36, text: TextKind::literal(TextKind::numeric().collation, true) };
    Ok(Typed::combine(kind, true, value, &args.iter().collect::<Vec<_>>(), span).may_fail())
}

/// The value, and whether to swap; NULL is no.
fn operands(binder: &mut Binder<'_>, args: &[Typed]) -> Result<Vec<datafusion::logical_expr::Expr>, Failed> {
    binder.accept_value(&args[0])?;
    let swap = match args.get(1) {
        None => constant(Form::Bool, &Cell::Bool(false)),
        Some(swap) => {
            binder.accept_value(swap)?;
            super::function::call_rows("is_true", Form::Bool, vec![swap.as_bool()], |args| Ok(Cell::Bool(args[0] == Cell::Bool(true))))
        }
    };
    Ok(vec![args[0].as_text(), swap])
}

/// 32 hexadecimal digits, alone or in groups; groups may stand in braces.
fn parse(text: &[u8]) -> Option<[u8; 16]> {
    const GROUP_ENDS: [usize; 4] = [8, 13, 18, 23];
    let digits: Vec<u8> = match text {
        [b'{', inner @ .., b'}'] if text.len() == 38 => return parse(inner).filter(|_| inner.len() == 36),
        _ if text.len() == 32 => text.to_vec(),
        _ if text.len() == 36 && GROUP_ENDS.iter().all(|at| text[*at] == b'-') => {
            text.iter().enumerate().filter(|(at, _)| !GROUP_ENDS.contains(at)).map(|(_, digit)| *digit).collect()
        }
        _ => return None,
    };
    let mut uuid = [0; 16];
    for (byte, pair) in uuid.iter_mut().zip(digits.chunks_exact(2)) {
        let digit = |digit: u8| char::from(digit).to_digit(16).map(|digit| digit as u8);
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(uuid)
}

fn written(uuid: [u8; 16]) -> Vec<u8> {
    let digits: String = uuid.iter().map(|byte| format!("{byte:02x}")).collect();
    [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]].join("-").into_bytes()
}

/// The high part of the time, its middle and its low part, which a UUID has the other way round.
fn time_first(uuid: [u8; 16]) -> [u8; 16] {
    reordered(uuid, [6, 7, 4, 5, 0, 1, 2, 3])
}

fn time_last(uuid: [u8; 16]) -> [u8; 16] {
    reordered(uuid, [4, 5, 6, 7, 2, 3, 0, 1])
}

fn reordered(uuid: [u8; 16], order: [usize; 8]) -> [u8; 16] {
    let mut reordered = uuid;
    for (to, from) in order.into_iter().enumerate() {
        reordered[to] = uuid[from];
    }
    reordered
}
