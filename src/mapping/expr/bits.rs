//! Shifts and bit operators: on BIGINT UNSIGNED, or byte by byte on two binary strings.

use arrow::datatypes::UInt64Type;
use datafusion::logical_expr::Expr;
use dsl::{BinaryOp, Span};

use super::cell::{Cell, Form};
use super::function::{call_checked, call_strict, call_vector};
use super::integer::zip;
use super::row_error::RowError;
use super::sql_type::{Kind, TextKind};
use super::typed::Typed;
use crate::schema::Collation;

/// The type of every result on numbers.
pub(super) const UNSIGNED: Kind = Kind::Integer { unsigned: true, digits: 20 };

/// Types and lowers a shift or a bit operator.
pub(super) fn binary(left: &Typed, op: BinaryOp, right: &Typed, span: Span) -> Typed {
    let is_shift = matches!(op, BinaryOp::ShiftLeft | BinaryOp::ShiftRight);
    let bytes = if is_shift {
        is_bytes(&left.kind)
    } else {
        let either = is_bytes(&left.kind) || is_bytes(&right.kind);
        either && [left, right].iter().all(|side| is_bytes(&side.kind) || matches!(side.kind, Kind::HexLiteral { .. } | Kind::Null))
    };
    match (bytes, is_shift) {
        (false, _) => numeric(left, op, right, span),
        (true, true) => shift_bytes(left, op, right, span),
        (true, false) => combine_bytes(left, op, right, span),
    }
}

/// A binary string that is no literal in hexadecimal.
pub(super) fn is_bytes(kind: &Kind) -> bool {
    matches!(kind, Kind::Text { text, .. } if text.collation.is_binary())
}

fn bytes_result(left: &Typed, right: Option<&Typed>, value: Expr, span: Span) -> Typed {
    let text = TextKind::literal(Collation::BINARY, false);
    let length = left.kind.text_length().max(right.map_or(0, |right| right.kind.text_length()));
    let parts: Vec<&Typed> = std::iter::once(left).chain(right).collect();
    let nullable = parts.iter().any(|part| part.nullable);
    Typed::combine(Kind::Text { length, text }, nullable, value, &parts, span)
}

fn combine_bytes(left: &Typed, op: BinaryOp, right: &Typed, span: Span) -> Typed {
    let value = call_checked(format!("bytes_{op:?}").to_lowercase(), Form::Bytes, vec![left.as_text(), right.as_text()], move |args| {
        let (left, right) = (args[0].as_bytes(), args[1].as_bytes());
        if left.len() != right.len() {
            return Err(RowError::conversion("the operands of a bit operator on bytes differ in length"));
        }
        let combine = |(left, right): (&u8, &u8)| match op {
            BinaryOp::BitAnd => left & right,
            BinaryOp::BitOr => left | right,
            _ => left ^ right,
        };
        Ok(Cell::bytes(left.iter().zip(right).map(combine).collect()))
    });
    bytes_result(left, Some(right), value, span)
}

fn shift_bytes(left: &Typed, op: BinaryOp, right: &Typed, span: Span) -> Typed {
    let name = format!("bytes_{op:?}").to_lowercase();
    let value = call_strict(name, Form::Bytes, vec![left.as_text(), right.as_int()], move |args| {
        let (bytes, by) = (args[0].as_bytes(), args[1].as_bits());
        let count = bytes.len() as u64 * 8;
        if by >= count {
            return Ok(Cell::bytes(vec![0; bytes.len()]));
        }
        let (whole, part) = ((by / 8) as usize, (by % 8) as u32);
        let at = |index: Option<usize>| index.and_then(|index| bytes.get(index)).copied().map_or(0, u16::from);
        let shifted = |index: usize| {
            if op == BinaryOp::ShiftLeft {
                ((at(Some(index + whole)) << 8 | at(Some(index + whole + 1))) << part >> 8) as u8
            } else {
                let before = index.checked_sub(whole + 1);
                ((at(before) << 8 | at(index.checked_sub(whole))) >> part) as u8
            }
        };
        Ok(Cell::bytes((0..bytes.len()).map(shifted).collect()))
    });
    bytes_result(left, None, value, span)
}

/// `<<`, `>>`, `&`, `|`, `^` on numbers.
fn numeric(left: &Typed, op: BinaryOp, right: &Typed, span: Span) -> Typed {
    let value = lower(left.as_int(), op, right.as_int());
    Typed::combine(UNSIGNED, left.nullable || right.nullable, value, &[left, right], span)
}

fn lower(left: Expr, op: BinaryOp, right: Expr) -> Expr {
    let args = vec![left, right];
    match op {
        BinaryOp::ShiftLeft => call_vector("shift_left", Form::UInt, args, |args, rows| {
            zip::<UInt64Type>(args, rows, |left, right| if right < 64 { left << right } else { 0 })
        }),
        BinaryOp::ShiftRight => call_vector("shift_right", Form::UInt, args, |args, rows| {
            zip::<UInt64Type>(args, rows, |left, right| if right < 64 { left >> right } else { 0 })
        }),
        BinaryOp::BitAnd => {
            call_vector("bit_and", Form::UInt, args, |args, rows| zip::<UInt64Type>(args, rows, |left, right| left & right))
        }
        BinaryOp::BitOr => call_vector("bit_or", Form::UInt, args, |args, rows| zip::<UInt64Type>(args, rows, |left, right| left | right)),
        _ => call_vector("bit_xor", Form::UInt, args, |args, rows| zip::<UInt64Type>(args, rows, |left, right| left ^ right)),
    }
}

/// `~` on a number.
pub(super) fn not(operand: &Typed, span: Span) -> Typed {
    if is_bytes(&operand.kind) {
        let value = call_strict("bytes_not", Form::Bytes, vec![operand.as_text()], |args| {
            Ok(Cell::bytes(args[0].as_bytes().iter().map(|byte| !byte).collect()))
        });
        return bytes_result(operand, None, value, span);
    }
    let value = call_vector("bit_not", Form::UInt, vec![operand.as_int(), operand.as_int()], |args, rows| {
        zip::<UInt64Type>(args, rows, |value, _| !value)
    });
    Typed::combine(UNSIGNED, operand.nullable, value, &[operand], span)
}
