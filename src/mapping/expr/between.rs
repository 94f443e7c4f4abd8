//! BETWEEN: all three operands meet in one domain.

use std::cmp::Ordering;

use datafusion::common::ScalarValue;
use datafusion::logical_expr::Expr;
use dsl::{Code, Span};

use super::bind::{Binder, Failed};
use super::cell::{Cell, Form};
use super::compare::{Domain, domain};
use super::date_compare::packed;
use super::function::{call_rows, guarded_by};
use super::sql_type::{Kind, ResultClass};
use super::temporal_text::{Zeros, datetime};
use super::typed::{Context, Typed};

impl Binder<'_> {
    /// Refuses a constant text that is no date where a date meets it, as MySQL does (error 1525).
    pub(super) fn accept_date(&mut self, operand: &Typed) -> Result<(), Failed> {
        let is_text = matches!(operand.kind, Kind::Text { .. } | Kind::HexLiteral { .. });
        if operand.constant
            && is_text
            && let Some(text) = operand.literal_text()
            && datetime(&text, Zeros::NONE).is_none()
        {
            return Err(self.error(Code::BAD_LITERAL, "the text is no date, and a date is compared with it".into(), operand.span));
        }
        Ok(())
    }

    /// Refuses constants that a YEAR takes for years of two digits.
    fn accept_years(&mut self, bounds: &[&Typed]) -> Result<(), Failed> {
        for bound in bounds.iter().filter(|bound| bound.constant && !bound.is_null_literal()) {
            let is_short = matches!(bound.as_int(), Expr::Literal(ScalarValue::Int64(Some(1..=99)), _));
            if is_short || !matches!(bound.kind, Kind::Integer { .. } | Kind::Boolean) {
                let message = "a YEAR lies between years of four digits only".to_owned();
                return Err(self.error_with(Code::TYPE_MISMATCH, message, bound.span, "Write all four digits of the year."));
            }
        }
        Ok(())
    }

    /// `operand BETWEEN low AND high`.
    pub(super) fn range_test(&mut self, operand: &Typed, low: &Typed, high: &Typed, span: Span) -> Result<Expr, Failed> {
        let all = [operand, low, high];
        self.accept_no_json(&all, "`BETWEEN`")?;
        for side in all {
            self.accept_value(side)?;
            self.accept_beside(operand, side)?;
        }
        let is_constant_text = |side: &Typed| side.constant && side.class() == ResultClass::String;
        let is_plain = [low, high].iter().all(|side| side.text_kind().ascii);
        if operand.class() != ResultClass::String && is_constant_text(low) && is_constant_text(high) && !is_plain {
            let message = "a number lies between texts that are not ASCII".to_owned();
            return Err(self.error(Code::TYPE_MISMATCH, message, span));
        }
        let has_date = |typed: &&Typed| matches!(typed.kind, Kind::Date | Kind::DateTime { .. });
        let has_time = |typed: &&Typed| matches!(typed.kind, Kind::Time { .. });
        if all.iter().any(has_time) && !all.iter().all(has_time) && !all.iter().any(has_date) {
            let message = "a TIME lies between times only".to_owned();
            return Err(self.error_with(Code::TYPE_MISMATCH, message, span, "Write `CAST(… AS TIME)` around each."));
        }
        if all.iter().any(has_date) && all.iter().any(has_time) {
            return Err(self.error(Code::TYPE_MISMATCH, "a TIME has a date by the current date only".into(), span));
        }
        let met = meeting(operand, low, high);
        if operand.kind == Kind::Year && operand.column.is_some() {
            self.accept_years(&[low, high])?;
        }
        let text_between_dates = all.iter().any(has_date) && !has_date(&operand);
        if (met != Domain::Text || text_between_dates) && all.iter().any(|side| side.kind.is_temporal()) {
            let message = "a date or a time lies between dates, times or texts only".to_owned();
            return Err(self.error_with(Code::TYPE_MISMATCH, message, span, "Write `CAST(… AS DATETIME)` around the number."));
        }
        let args = |context: &Context| all.iter().map(|side| side.as_context(context)).collect::<Vec<_>>();
        let natives = || all.iter().map(|side| side.as_native()).collect::<Vec<_>>();
        Ok(match met {
            Domain::Text if all.iter().all(has_time) => range("time", natives(), |left, right| left.as_int().cmp(&right.as_int())),
            Domain::Text if all.iter().any(has_date) => {
                for side in all {
                    self.accept_date(side)?;
                }
                self.accept_texts(&all, span)?;
                if all.iter().all(|side| side.kind == Kind::Date) {
                    return Ok(range("date", natives(), packed));
                }
                let mut dates = Vec::new();
                for side in all {
                    dates.push(self.compared_date(side, None, span)?);
                }
                range("datetime", dates, packed)
            }
            Domain::Text => {
                let kind = self.common_text(&all, span)?;
                let collator = self.compared_in(&kind, span)?;
                let values = all.iter().map(|side| self.text_in(side, &kind)).collect();
                range(&format!("text_{}", collator.name()), values, move |left, right| collator.compare(left.as_bytes(), right.as_bytes()))
            }
            Domain::Int => range("int", all.iter().map(|side| side.as_int()).collect(), |left, right| left.as_int().cmp(&right.as_int())),
            Domain::Decimal => range("decimal", args(&Context::Decimal), |left, right| left.as_decimal().cmp(&right.as_decimal())),
            Domain::Real => {
                range("real", args(&Context::Real), |left, right| left.as_real().partial_cmp(&right.as_real()).unwrap_or(Ordering::Equal))
            }
        })
    }
}

fn meeting(operand: &Typed, low: &Typed, high: &Typed) -> Domain {
    let pairs = [domain(operand.class(), low.class()), domain(low.class(), high.class()), domain(operand.class(), high.class())];
    if pairs.iter().all(|pair| *pair == pairs[0]) {
        return pairs[0];
    }
    if pairs.iter().all(|pair| matches!(pair, Domain::Int | Domain::Decimal)) { Domain::Decimal } else { Domain::Real }
}

/// Three-valued `low <= operand AND operand <= high`; a NULL operand makes NULL.
fn range(name: &str, args: Vec<Expr>, compare: impl Fn(&Cell<'_>, &Cell<'_>) -> Ordering + Send + Sync + 'static) -> Expr {
    call_rows(format!("between_{name}"), Form::Bool, guarded_by(args, 1), move |args| {
        let [operand, low, high] = args else { return Ok(Cell::Null) };
        if operand.is_null() {
            return Ok(Cell::Null);
        }
        let above = (!low.is_null()).then(|| compare(operand, low).is_ge());
        let below = (!high.is_null()).then(|| compare(operand, high).is_le());
        Ok(match (above, below) {
            (Some(false), _) | (_, Some(false)) => Cell::Bool(false),
            (Some(true), Some(true)) => Cell::Bool(true),
            _ => Cell::Null,
        })
    })
}
