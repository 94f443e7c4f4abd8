//! Dates in comparisons: what MySQL takes an operand for once a date is beside it.

use std::cmp::Ordering;

use datafusion::logical_expr::Expr;
use dsl::{Code, Span};

use super::bind::{Binder, Failed};
use super::cell::{Cell, Form};
use super::charset::is_ascii_superset;
use super::convert;
use super::function::{call_rows, call_strict};
use super::sql_type::{Coercibility, Kind, ResultClass};
use super::temporal::Parts;
use super::typed::{Context, Typed};

const DATETIME: Kind = Kind::DateTime { fsp: 6 };

/// The type that the server casts both sides to before it compares a row; none where it takes them as they are.
pub(super) fn injected_cast(left: &Typed, right: &Typed) -> Option<Kind> {
    let is_datetime = |typed: &Typed| matches!(typed.kind, Kind::DateTime { .. });
    let alike = left.kind == right.kind || (is_datetime(left) && is_datetime(right));
    if left.constant || right.constant || alike {
        return None;
    }
    Some(if is_datetime(left) || is_datetime(right) { DATETIME } else { Kind::Date })
}

impl Binder<'_> {
    /// An operand as a packed DATETIME, where it meets a date.
    ///
    /// A text that is no date is the zero date; a computed date with zeros in it is NULL, and so is what a choice casts to none.
    pub(super) fn compared_date(&mut self, operand: &Typed, cast: Option<&Kind>, span: Span) -> Result<Expr, Failed> {
        if operand.may_be_time() {
            return Err(self.error(Code::TYPE_MISMATCH, "a TIME has a date by the current date only".into(), span));
        }
        self.accept_readable(operand)?;
        if operand.has_date() {
            return Ok(if operand.computed { computed_date(operand) } else { operand.as_context(&Context::ComparedDateTime) });
        }
        let Some(cast) = cast else {
            let text = Kind::Text { length: operand.kind.text_length(), text: operand.text_kind() };
            return Ok(convert::to_context(&text, operand.as_text(), &Context::ComparedDateTime));
        };
        let value = if operand.is_choice() {
            cast_choice(operand, cast)
        } else {
            let text = Kind::Text { length: operand.kind.text_length(), text: operand.text_kind() };
            convert::to_context(&text, operand.as_text(), &Context::ComparedDateTime)
        };
        Ok(if cast == &Kind::Date { without_time(value) } else { value })
    }

    /// Refuses texts whose digits are not ASCII's: the server does not find the date in them.
    fn accept_readable(&mut self, operand: &Typed) -> Result<(), Failed> {
        if is_ascii_superset(operand.text_kind().charset()) {
            return Ok(());
        }
        let message = format!("a text of charset `{}` is compared with a date", operand.text_kind().charset());
        Err(self.error_with(Code::UNSUPPORTED_COLLATION, message, operand.span, "Write `CONVERT(… USING utf8mb4)` around it."))
    }

    /// Refuses texts of which no collation wins: the server looks for it even where it compares dates.
    pub(super) fn accept_texts(&mut self, operands: &[&Typed], span: Span) -> Result<(), Failed> {
        if operands.iter().all(|operand| operand.class() == ResultClass::String) {
            let met = self.common_text(operands, span)?;
            if met.coercibility == Coercibility::None {
                self.compared_in(&met, span)?;
            }
        }
        Ok(())
    }
}

/// Each branch is cast as what it is.
fn cast_choice(operand: &Typed, cast: &Kind) -> Expr {
    let value = operand.as_context(&Context::Cast(cast.clone()));
    let value = if cast == &Kind::Date {
        call_strict("date_as_datetime", Form::UInt, vec![value], |args| Ok(Cell::UInt(Parts::from_date(args[0].as_bits()).to_datetime())))
    } else {
        value
    };
    if operand.nullable {
        return value;
    }
    call_rows("null_as_zero_date", Form::UInt, vec![value], |args| Ok(if args[0].is_null() { Cell::UInt(0) } else { args[0].clone() }))
}

/// A computed date with zeros in it counts as none.
fn computed_date(operand: &Typed) -> Expr {
    operand.as_context(&Context::Cast(DATETIME))
}

fn without_time(value: Expr) -> Expr {
    call_strict("date_without_time", Form::UInt, vec![value], |args| {
        let Parts { year, month, day, .. } = Parts::from_datetime(args[0].as_bits());
        Ok(Cell::UInt(Parts { year, month, day, ..Parts::default() }.to_datetime()))
    })
}

/// The order of packed values.
pub(super) fn packed(left: &Cell<'_>, right: &Cell<'_>) -> Ordering {
    left.as_int().cmp(&right.as_int())
}
