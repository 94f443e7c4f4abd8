//! Constants.

use dsl::{Code, Literal, Span};
use num_traits::ToPrimitive;

use super::bind::{Binder, Failed};
use super::cell::{Cell, Form};
use super::decimal::{Dec, MAX_PRECISION, MAX_SCALE};
use super::function::constant;
use super::number_text::real_prefix;
use super::sql_type::{ANY_DECIMALS, Kind, TextKind};
use super::typed::Typed;
use crate::schema::{Charset, Collation, ServerVersion};

impl Binder<'_> {
    /// Types a constant.
    pub(super) fn literal(&mut self, literal: &Literal, span: Span) -> Result<Typed, Failed> {
        let typed = |kind, form, cell: &Cell<'_>| Ok(Typed::literal(kind, constant(form, cell), span));
        match literal {
            Literal::Null => typed(Kind::Null, Form::Bytes, &Cell::Null),
            Literal::Bool(value) => typed(Kind::Integer { unsigned: false, digits: 1 }, Form::Int, &Cell::Int(i64::from(*value))),
            Literal::Integer(digits) => self.integer(digits, span),
            Literal::Decimal(text) => self.decimal(text, span),
            Literal::Float(text) => {
                let value = real_prefix(text.as_bytes());
                typed(Kind::Double { decimals: ANY_DECIMALS }, Form::Real, &Cell::Real(value))
            }
            Literal::Text { value, introducer } => self.text(value, introducer.as_deref(), span),
            Literal::Bits(value) => {
                typed(Kind::HexLiteral { length: value.len() as u32, signed: true }, Form::Bytes, &Cell::bytes(value.clone()))
            }
            Literal::Bytes { value, introducer } => self.bytes(value, introducer.as_deref(), span),
            Literal::Date(text) | Literal::Time(text) | Literal::Timestamp(text) => self.temporal_literal(literal, text, span),
        }
    }

    fn integer(&mut self, digits: &str, span: Span) -> Result<Typed, Failed> {
        let significant = digits.trim_start_matches('0');
        let length = significant.len().max(1) as u8;
        if let Ok(value) = digits.parse::<i64>() {
            let kind = Kind::Integer { unsigned: false, digits: length };
            return Ok(Typed::literal(kind, constant(Form::Int, &Cell::Int(value)), span));
        }
        match digits.parse::<u64>() {
            Ok(value) => {
                let kind = Kind::Integer { unsigned: true, digits: length };
                Ok(Typed::literal(kind, constant(Form::UInt, &Cell::UInt(value)), span))
            }
            Err(_) => self.decimal(digits, span),
        }
    }

    fn decimal(&mut self, text: &str, span: Span) -> Result<Typed, Failed> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let whole_digits = whole.trim_start_matches('0').len();
        if whole_digits > 81 || fraction.len() > usize::from(MAX_SCALE) || whole_digits + fraction.len() > usize::from(MAX_PRECISION) {
            let message = "a number has more than 65 digits, or more than 30 behind its point".to_owned();
            return Err(self.error(Code::CONSTANT_OUT_OF_RANGE, message, span));
        }
        let value = Dec::from_digits(whole, fraction, false);
        let kind = Kind::Decimal { precision: (whole_digits + fraction.len()).max(1) as u8, scale: fraction.len() as u8, unsigned: false };
        Ok(Typed::literal(kind, constant(Form::Decimal, &Cell::Decimal(value)), span))
    }

    fn text(&mut self, value: &str, introducer: Option<&str>, span: Span) -> Result<Typed, Failed> {
        let collation = match introducer {
            None => Collation::UTF8MB4_0900_AI_CI,
            Some(name) => self.charset(name, span)?.1,
        };
        // An introducer says what the bytes are; it converts nothing.
        let bytes = value.as_bytes();
        if collation.charset().decode(bytes).is_err() && !collation.is_binary() {
            let message = format!("the text is not valid in charset `{}`", collation.charset());
            return Err(self.error(Code::BAD_LITERAL, message, span));
        }
        Ok(text_literal(bytes, collation, span))
    }

    fn bytes(&mut self, value: &[u8], introducer: Option<&str>, span: Span) -> Result<Typed, Failed> {
        let Some(name) = introducer else {
            let kind = Kind::HexLiteral { length: value.len() as u32, signed: false };
            return Ok(Typed::literal(kind, constant(Form::Bytes, &Cell::bytes(value.to_vec())), span));
        };
        let (charset, collation) = self.charset(name, span)?;
        if charset.decode(value).is_err() && !charset.is_binary() {
            return Err(self.error(Code::BAD_LITERAL, format!("the bytes are not valid in charset `{charset}`"), span));
        }
        Ok(text_literal(value, collation, span))
    }

    /// A charset by name, with the collation that MySQL 9.7 gives its texts.
    pub(super) fn charset(&mut self, name: &str, span: Span) -> Result<(Charset, Collation), Failed> {
        match Charset::by_name(name) {
            Some(charset) => Ok((charset, default_collation(charset))),
            None => Err(self.error(Code::UNKNOWN_CHARSET, format!("`{name}` is not a charset"), span)),
        }
    }
}

/// The collation that MySQL 9.7 gives a text of this charset.
pub(super) fn default_collation(charset: Charset) -> Collation {
    charset.default_collation(ServerVersion::MYSQL_9_7)
}

fn text_literal(bytes: &[u8], collation: Collation, span: Span) -> Typed {
    let length = collation.charset().decode(bytes).map_or(bytes.len(), |text| text.chars().count());
    let text = TextKind::literal(collation, bytes.is_ascii() && !collation.is_binary());
    let kind = Kind::Text { length: length.to_u32().unwrap_or(u32::MAX), text };
    Typed::literal(kind, constant(Form::Bytes, &Cell::bytes(bytes.to_vec())), span)
}
