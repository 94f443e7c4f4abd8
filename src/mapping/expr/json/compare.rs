//! Comparisons of which one side is JSON: the other becomes JSON too, and both are ordered as JSON values.

use std::cmp::Ordering;

use datafusion::logical_expr::Expr;
use dsl::{BinaryOp, Code};

use super::document::{row_error, value};
use super::order::compare;
use crate::mapping::expr::bind::{Binder, Failed};
use crate::mapping::expr::cell::{Cell, Form};
use crate::mapping::expr::compare::{holds, word};
use crate::mapping::expr::function::{call_rows, call_strict};
use crate::mapping::expr::row_error::RowError;
use crate::mapping::expr::sql_type::ResultClass;
use crate::mapping::expr::typed::Typed;

/// How two documents that are not NULL are ordered.
pub(super) fn ordering(left: &Cell<'_>, right: &Cell<'_>) -> Result<Ordering, RowError> {
    compare(value(left)?, value(right)?).map_err(row_error)
}

/// Lowers a comparison in which one side is JSON.
pub(in super::super) fn comparison(binder: &mut Binder<'_>, left: &Typed, op: BinaryOp, right: &Typed) -> Result<Expr, Failed> {
    for (json, column) in [(left, right), (right, left)] {
        let is_folded = column.class() == ResultClass::Int || column.kind.is_temporal();
        if column.column.is_some() && is_folded && json.constant {
            let message = format!("MySQL makes a {} of this JSON constant", column.kind.describe());
            return Err(binder.error_with(Code::TYPE_MISMATCH, message, json.span, "Compare with a number or a date itself."));
        }
    }
    let args = vec![binder.json_atom(left)?, binder.json_atom(right)?];
    let name = format!("json_{}", word(op));
    if op == BinaryOp::NullSafeEq {
        return Ok(call_rows(name, Form::Bool, args, |args| {
            Ok(Cell::Bool(match (args[0].is_null(), args[1].is_null()) {
                (false, false) => ordering(&args[0], &args[1])?.is_eq(),
                (left, right) => left == right,
            }))
        }));
    }
    Ok(call_strict(name, Form::Bool, args, move |args| Ok(Cell::Bool(holds(op, ordering(&args[0], &args[1])?)))))
}
