//! CAST and CONVERT, BINARY, COLLATE, and the literals DATE, TIME and TIMESTAMP.

use datafusion::logical_expr::Expr;
use dsl::{CastType, Code, Literal, Name, Span};

use super::bind::{Binder, Failed};
use super::cell::{Cell, Form};
use super::characters::Characters;
use super::function::{call_checked, call_strict, constant};
use super::literal::default_collation;
use super::number_text::integer_prefix;
use super::row_error::RowError;
use super::sql_type::{ANY_DECIMALS, Coercibility, Kind, ResultClass, TextKind};
use super::temporal_text::{Zeros, found_datetime, time};
use super::typed::{Context, Typed, Value};
use super::{charset, temporal};
use crate::schema::{Charset, Collation};

const SIGNED: Kind = Kind::Integer { unsigned: false, digits: 19 };
const UNSIGNED: Kind = Kind::Integer { unsigned: true, digits: 20 };

impl Binder<'_> {
    /// `CAST(expr AS type)`.
    pub(super) fn cast(&mut self, operand: &dsl::Expr, to: &CastType, span: Span) -> Result<Typed, Failed> {
        let operand = self.bind(operand)?;
        if matches!((&operand.kind, to), (Kind::Json, CastType::Json)) {
            return Ok(operand);
        }
        self.accept_value(&operand)?;
        let result = |kind: Kind, nullable: bool, value: Expr| Ok(Typed::combine(kind, nullable, value, &[&operand], span));
        match to {
            CastType::Signed => result(SIGNED, operand.nullable, to_integer(&operand, false)),
            CastType::Unsigned => result(UNSIGNED, operand.nullable, to_integer(&operand, true)),
            CastType::Decimal { precision, scale } => {
                let (precision, scale) = (*precision, *scale);
                let value =
                    call_strict(format!("cast_decimal_{precision}_{scale}"), Form::Decimal, vec![operand.as_decimal()], move |args| {
                        Ok(Cell::Decimal(args[0].as_decimal().clipped(precision, scale)))
                    });
                result(Kind::Decimal { precision, scale, unsigned: false }, operand.nullable, value)
            }
            CastType::Double => Ok(real_cast(Kind::Double { decimals: ANY_DECIMALS }, &operand, operand.as_real(), span)),
            CastType::Float => {
                let value = call_checked("cast_float", Form::Float, vec![operand.as_real()], |args| {
                    let value = args[0].as_real() as f32;
                    if value.is_finite() { Ok(Cell::Float(value)) } else { Err(RowError::overflow("FLOAT", "cast")) }
                });
                Ok(real_cast(Kind::Float, &operand, value, span).may_fail())
            }
            CastType::Char { length, charset } => self.cast_char(&operand, *length, charset.as_ref(), span),
            CastType::Binary { length } => self.cast_binary(&operand, *length, span),
            CastType::Date => self.cast_temporal(&operand, Kind::Date, span),
            CastType::Time { fsp } => self.cast_temporal(&operand, Kind::Time { fsp: *fsp }, span),
            CastType::DateTime { fsp } => self.cast_temporal(&operand, Kind::DateTime { fsp: *fsp }, span),
            CastType::Year => self.cast_year(&operand, span),
            CastType::Json => {
                Err(self.error(Code::UNSUPPORTED_FUNCTION, format!("a {} cannot be cast to JSON yet", operand.kind.describe()), span))
            }
        }
    }

    /// `CAST(operand AS DATE)` and its kin.
    pub(super) fn cast_temporal(&mut self, operand: &Typed, kind: Kind, span: Span) -> Result<Typed, Failed> {
        if matches!(operand.kind, Kind::Bit { .. }) {
            let message = "a BIT is cast to a date or a time".to_owned();
            return Err(self.error_with(Code::TYPE_MISMATCH, message, operand.span, "Write `column + 0` for its number."));
        }
        if matches!(kind, Kind::Time { .. }) && operand.may_be_real_cast() {
            let message = "a cast to DOUBLE is cast to a TIME".to_owned();
            return Err(self.error_with(Code::TYPE_MISMATCH, message, operand.span, "Write `CAST(… AS DECIMAL(…))` around it."));
        }
        if !temporal::converts(&operand.kind, &kind)
            || (kind != operand.kind && !matches!(kind, Kind::Time { .. }) && operand.may_be_time())
        {
            let message = format!("a {} becomes a {} by the current date", operand.kind.describe(), kind.describe());
            return Err(self.error(Code::TYPE_MISMATCH, message, span));
        }
        Ok(Typed::combine(kind.clone(), true, operand.as_context(&Context::Cast(kind)), &[operand], span))
    }

    fn cast_year(&mut self, operand: &Typed, span: Span) -> Result<Typed, Failed> {
        let value = match operand.kind {
            Kind::Date | Kind::DateTime { .. } => {
                let date = operand.as_context(&Context::LooseDateTime);
                call_strict("year_of_date", Form::UInt, vec![date], |args| {
                    Ok(match temporal::Parts::from_datetime(args[0].as_bits()).year {
                        year @ (0 | 1901..=2155) => Cell::UInt(year.into()),
                        _ => Cell::Null,
                    })
                })
            }
            Kind::Year => operand.as_int(),
            Kind::Time { .. } => {
                return Err(self.error(Code::TYPE_MISMATCH, "a TIME becomes a YEAR by the current date".into(), span));
            }
            _ => {
                let is_label = matches!(operand.kind, Kind::Enum { .. } | Kind::Set { .. } | Kind::HexLiteral { .. });
                let is_text = matches!(operand.class(), ResultClass::String) && !is_label;
                let value = if is_text {
                    charset::convert(operand.as_text(), operand.text_kind().charset(), Charset::UTF8MB4)
                } else {
                    operand.as_context(&Context::Int { unsigned: false })
                };
                call_strict(format!("cast_year_{is_text}"), Form::UInt, vec![value], move |args| Ok(year_of(&args[0], is_text)))
            }
        };
        Ok(Typed::year(value, operand, span))
    }

    fn cast_char(&mut self, operand: &Typed, length: Option<u32>, charset: Option<&Name>, span: Span) -> Result<Typed, Failed> {
        let collation = match charset {
            None => Collation::UTF8MB4_0900_AI_CI,
            Some(name) => self.charset(&name.text, name.span)?.1,
        };
        if collation.is_binary() {
            return self.cast_binary(operand, length, span);
        }
        let from = operand.text_kind();
        let value = self.converted(operand, collation.charset(), span)?;
        let characters = Characters::of(collation.charset());
        let value = match length {
            None => value,
            Some(length) => call_strict(format!("cut_{length}_{}", characters.name()), Form::Bytes, vec![value], move |args| {
                let text = args[0].as_bytes();
                let ends = characters.ends(text);
                Ok(Cell::bytes(characters.slice(text, &ends, 0, (length as usize).min(ends.len())).to_vec()))
            }),
        };
        let ascii = collation.charset() == Charset::ASCII;
        let text = TextKind::implicit(collation, ascii);
        let length = length.unwrap_or_else(|| operand.kind.text_length());
        Ok(Typed::combine(Kind::Text { length, text }, operand.nullable || from.charset().is_binary(), value, &[operand], span))
    }

    /// The text in another charset; bytes are taken for that charset's, and are NULL where they are not.
    fn converted(&mut self, operand: &Typed, to: Charset, span: Span) -> Result<Expr, Failed> {
        let text = operand.text_kind();
        let from = text.charset();
        if text.claims_ascii && !text.ascii && from != to {
            let message = "MySQL takes this text for ASCII, because its first part is".to_owned();
            return Err(self.error_with(Code::UNSUPPORTED_COLLATION, message, operand.span, "Convert the other parts, each by itself."));
        }
        if !from.is_binary() {
            return Ok(charset::convert(operand.as_text(), from, to));
        }
        let is_read = to != Charset::ASCII && (to.max_bytes_per_char() == 1 || matches!(to.name(), "utf8mb4" | "utf8mb3"));
        if !is_read {
            let message = format!("bytes cannot be read as charset `{to}` here yet");
            return Err(self.error(Code::UNSUPPORTED_COLLATION, message, span));
        }
        Ok(call_strict(format!("bytes_to_{to}"), Form::Bytes, vec![operand.as_text()], move |args| {
            let is_valid = to.max_bytes_per_char() == 1 || charset::is_valid(args[0].as_bytes(), to);
            Ok(if is_valid { args[0].clone() } else { Cell::Null })
        }))
    }

    /// `BINARY expr` and `CAST(expr AS BINARY[(length)])`.
    pub(super) fn cast_binary(&mut self, operand: &Typed, length: Option<u32>, span: Span) -> Result<Typed, Failed> {
        let value = match length {
            None => operand.as_text(),
            Some(length) => call_strict(format!("binary_{length}"), Form::Bytes, vec![operand.as_text()], move |args| {
                let mut bytes = args[0].as_bytes().to_vec();
                bytes.resize(length as usize, 0);
                Ok(Cell::bytes(bytes))
            }),
        };
        let text = TextKind::implicit(Collation::BINARY, false);
        let widest = u32::from(operand.text_kind().charset().max_bytes_per_char());
        let length = length.unwrap_or_else(|| operand.kind.text_length().saturating_mul(widest));
        Ok(Typed::combine(Kind::Text { length, text }, operand.nullable, value, &[operand], span))
    }

    /// `CONVERT(expr USING charset)`.
    pub(super) fn convert_using(&mut self, operand: &dsl::Expr, charset: &Name, span: Span) -> Result<Typed, Failed> {
        let operand = self.bind(operand)?;
        self.accept_value(&operand)?;
        let (charset, _) = self.charset(&charset.text, charset.span)?;
        if charset.is_binary() {
            return self.cast_binary(&operand, None, span);
        }
        let ascii = charset == Charset::ASCII;
        let value = self.converted(&operand, charset, span)?;
        let text = TextKind::implicit(default_collation(charset), ascii);
        let nullable = operand.nullable || operand.text_kind().charset().is_binary();
        Ok(Typed::combine(Kind::Text { length: operand.kind.text_length(), text }, nullable, value, &[&operand], span))
    }

    /// `expr COLLATE collation`.
    pub(super) fn collate(&mut self, operand: &dsl::Expr, name: &Name, span: Span) -> Result<Typed, Failed> {
        let operand = self.bind(operand)?;
        self.accept_value(&operand)?;
        let Some(collation) = Collation::by_name(&name.text) else {
            return Err(self.error(Code::UNKNOWN_CHARSET, format!("`{}` is not a collation", name.text), name.span));
        };
        let from = operand.text_kind();
        if from.charset() != collation.charset() && operand.kind != Kind::Null {
            let message = format!("collation `{collation}` is not one of charset `{}`", from.charset());
            return Err(self.error(Code::COLLATION_CONFLICT, message, name.span));
        }
        let text = TextKind { collation, coercibility: Coercibility::Explicit, ..from };
        let kind = Kind::Text { length: operand.kind.text_length(), text };
        Ok(Typed::combine(kind, operand.nullable, operand.as_text(), &[&operand], span))
    }

    /// `DATE '…'`, `TIME '…'`, `TIMESTAMP '…'`.
    pub(super) fn temporal_literal(&mut self, literal: &Literal, text: &str, span: Span) -> Result<Typed, Failed> {
        let digits = text.rsplit_once('.').map_or(0, |(_, fraction)| fraction.bytes().take_while(u8::is_ascii_digit).count());
        let fsp = digits.min(6) as u8;
        let date = || found_datetime(text.as_bytes(), Zeros::NONE).filter(|found| found.complete);
        let found = match literal {
            Literal::Date(_) => {
                date().filter(|found| !found.has_time).map(|found| (Kind::Date, constant(Form::UInt, &Cell::UInt(found.parts.to_date()))))
            }
            Literal::Time(_) => time(text.as_bytes())
                .filter(|found| found.complete)
                .map(|found| (Kind::Time { fsp }, constant(Form::Time, &Cell::Int(found.micros)))),
            _ => date()
                .filter(|found| found.has_time)
                .map(|found| (Kind::DateTime { fsp }, constant(Form::UInt, &Cell::UInt(found.parts.to_datetime())))),
        };
        match found {
            Some((kind, value)) => Ok(Typed::literal(kind, value, span)),
            None => Err(self.error(Code::BAD_LITERAL, "the text is no date or time of this kind".into(), span)),
        }
    }
}

fn real_cast(kind: Kind, operand: &Typed, value: Expr, span: Span) -> Typed {
    let shell = Typed::combine(kind, operand.nullable, value.clone(), &[operand], span);
    Typed { value: Value::RealCast(value), ..shell }
}

fn to_integer(operand: &Typed, unsigned: bool) -> Expr {
    if matches!(operand.kind, Kind::Decimal { .. }) && unsigned {
        return call_strict("decimal_to_unsigned", Form::UInt, vec![operand.as_decimal()], |args| {
            let value = args[0].as_decimal();
            Ok(Cell::UInt(value.to_integer(!value.is_negative()) as u64))
        });
    }
    if operand.is_choice() && operand.class() == ResultClass::String && !operand.kind.is_temporal() {
        // The cast reads the text of what was chosen.
        let text = Kind::Text { length: operand.kind.text_length(), text: operand.text_kind() };
        return super::convert::to_context(&text, operand.as_text(), &Context::Int { unsigned });
    }
    if matches!(operand.kind, Kind::Text { .. }) && (operand.column.is_some() || matches!(operand.value, Value::Dated { .. })) {
        return super::convert::to_context(&operand.kind, operand.as_text(), &Context::Int { unsigned });
    }
    operand.as_context(&Context::Int { unsigned })
}

/// 1901 to 2155 and 0; 1 to 69 are of this century and 70 to 99 of the last one; NULL for others.
fn year_of(cell: &Cell<'_>, is_text: bool) -> Cell<'static> {
    let value = if is_text {
        let text = cell.as_bytes();
        let spaces = text.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let digits = &text[spaces..];
        let digits = digits.strip_prefix(b"+").unwrap_or(digits);
        if !digits.first().is_some_and(u8::is_ascii_digit) {
            return Cell::Null;
        }
        integer_prefix(text)
    } else {
        cell.as_int()
    };
    match value {
        0 if is_text => Cell::UInt(2000),
        0 => Cell::UInt(0),
        1..=69 => Cell::UInt(value as u64 + 2000),
        70..=99 => Cell::UInt(value as u64 + 1900),
        1901..=2155 => Cell::UInt(value as u64),
        _ => Cell::Null,
    }
}
