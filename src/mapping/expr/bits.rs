//! Shifts and bit operators: on BIGINT UNSIGNED, or byte by byte on two binary strings.

use arrow::datatypes::UInt64Type;
use datafusion::logical_expr::Expr;
use dsl::{BinaryOp, Span};

use super::bind::{Binder, Failed};
use super::cell::Form;
use super::function::call_vector;
use super::integer::zip;
use super::sql_type::Kind;
use super::typed::Typed;

/// The type of every result on numbers.
pub(super) const UNSIGNED: Kind = Kind::Integer { unsigned: true, digits: 20 };

/// Types and lowers a shift or a bit operator.
pub(super) fn binary(_: &mut Binder<'_>, left: &Typed, op: BinaryOp, right: &Typed, span: Span) -> Result<Typed, Failed> {
    Ok(numeric(left, op, right, span))
}

/// `<<`, `>>`, `&`, `|`, `^` on numbers.
fn numeric(left: &Typed, op: BinaryOp, right: &Typed, span: Span) -> Typed {
    let value = lower(left.as_bits(), op, right.as_bits());
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
    let value = call_vector("bit_not", Form::UInt, vec![operand.as_bits(), operand.as_bits()], |args, rows| {
        zip::<UInt64Type>(args, rows, |value, _| !value)
    });
    Typed::combine(UNSIGNED, operand.nullable, value, &[operand], span)
}
