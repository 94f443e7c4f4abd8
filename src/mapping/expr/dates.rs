//! How functions read an operand as a date, as a time, or as either; what cannot be one without the clock is refused.

use datafusion::logical_expr::Expr;
use dsl::{Code, Span};

use super::bind::{Binder, Failed};
use super::charset;
use super::moment::Reading;
use super::sql_type::{Kind, ResultClass};
use super::temporal_text::{self, Zeros};
use super::typed::{Context, Typed};
use crate::schema::Charset;

pub(super) const DATETIME: Kind = Kind::DateTime { fsp: 6 };
pub(super) const TIME: Kind = Kind::Time { fsp: 6 };

/// A text whose digits and letters are ASCII's.
pub(super) fn ascii_text(operand: &Typed) -> Expr {
    let from = operand.text_kind().charset();
    if charset::is_ascii_superset(from) || from.is_binary() {
        operand.as_text()
    } else {
        charset::convert(operand.as_text(), from, Charset::UTF8MB4)
    }
}

/// The digits behind the point of a DATETIME made of the operand; a constant text is looked at.
pub(super) fn datetime_digits(operand: &Typed) -> u8 {
    let found = constant_text(operand).and_then(|text| temporal_text::found_datetime(&text, Zeros::ANY));
    found.map_or_else(|| operand.kind.decimals().min(6), |found| found.fraction_digits)
}

/// The digits behind the point of a TIME made of the operand; a constant text is looked at.
pub(super) fn time_digits(operand: &Typed) -> u8 {
    let found = constant_text(operand).and_then(|text| temporal_text::time(&text));
    found.map_or_else(|| operand.kind.decimals().min(6), |found| found.fraction_digits)
}

fn constant_text(operand: &Typed) -> Option<Vec<u8>> {
    let is_text = operand.class() == ResultClass::String && !operand.kind.is_temporal();
    if operand.constant && is_text { operand.literal_text() } else { None }
}

impl Binder<'_> {
    /// A packed DATETIME of a day that there is, else NULL.
    pub(super) fn day(&mut self, operand: &Typed, span: Span) -> Result<Expr, Failed> {
        self.accept_own_date(operand, span)?;
        Ok(operand.as_context(&Context::Cast(DATETIME)))
    }

    /// A packed DATETIME of any day that can be written, zeros in it allowed.
    pub(super) fn any_date(&mut self, operand: &Typed, span: Span) -> Result<Expr, Failed> {
        self.accept_own_date(operand, span)?;
        Ok(operand.as_context(&Context::AnyDate))
    }

    /// A packed DATETIME, zeros in it allowed.
    pub(super) fn loose_date(&mut self, operand: &Typed, span: Span) -> Result<Expr, Failed> {
        self.accept_own_date(operand, span)?;
        Ok(operand.as_context(&Context::LooseDateTime))
    }

    /// The packed DATE of a day that there is, else NULL; what else a number says is no matter.
    pub(super) fn day_alone(&mut self, operand: &Typed, span: Span) -> Result<Expr, Failed> {
        self.accept_own_date(operand, span)?;
        Ok(operand.as_context(&Context::Cast(Kind::Date)))
    }

    /// The packed DATE whose number is asked for, else NULL.
    pub(super) fn numbered_day(&mut self, operand: &Typed, span: Span) -> Result<Expr, Failed> {
        self.accept_own_date(operand, span)?;
        Ok(operand.as_context(&Context::DayNumber))
    }

    /// A TIME; a date's time of day.
    pub(super) fn time_of_day(&mut self, operand: &Typed) -> Result<Expr, Failed> {
        self.accept_dated(operand)?;
        Ok(operand.as_context(&Context::Cast(TIME)))
    }

    /// A date or a time, whichever it is, as the code of a moment.
    pub(super) fn moment(&mut self, operand: &Typed, reading: Reading, span: Span) -> Result<Expr, Failed> {
        if reading == Reading::Date {
            self.accept_own_date(operand, span)?;
        } else {
            self.accept_dated(operand)?;
        }
        Ok(operand.as_context(&Context::Moment(reading)))
    }

    fn accept_own_date(&mut self, operand: &Typed, span: Span) -> Result<(), Failed> {
        self.accept_dated(operand)?;
        if operand.may_be_time() {
            return Err(self.no_date_of_its_own(span));
        }
        Ok(())
    }

    /// A TIME becomes a date only where the clock is asked.
    pub(super) fn no_date_of_its_own(&mut self, span: Span) -> Failed {
        self.error(Code::TYPE_MISMATCH, "a TIME has a date by the current date only".into(), span)
    }

    fn accept_dated(&mut self, operand: &Typed) -> Result<(), Failed> {
        self.accept_value(operand)?;
        if operand.may_be_real_cast() {
            let message = "a cast to DOUBLE is read as a date or a time".to_owned();
            return Err(self.error_with(Code::TYPE_MISMATCH, message, operand.span, "Write `CAST(… AS DECIMAL(…))` around it."));
        }
        if operand.may_be_bit() {
            let message = "a BIT is read as a date or a time".to_owned();
            return Err(self.error_with(Code::TYPE_MISMATCH, message, operand.span, "Write `column + 0` for its number."));
        }
        Ok(())
    }
}
