//! `FORMAT`: a number rounded and written with commas between thousands.

use dsl::{Code, Span};

use super::bind::{Binder, Failed};
use super::cell::{Cell, Form};
use super::convert::fixed_real_text;
use super::function::call_strict;
use super::numeric::rounded_real;
use super::sql_type::{Kind, ResultClass, TextKind};
use super::typed::Typed;

/// The most digits after the point.
const MOST_PLACES: i32 = 30;

/// `FORMAT(x, places[, 'en_US'])`.
pub(super) fn format(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let (x, places) = (&args[0], &args[1]);
    binder.accept_value(x)?;
    binder.accept_value(places)?;
    if let Some(locale) = args.get(2)
        && !locale.literal_text().is_some_and(|name| name.eq_ignore_ascii_case(b"en_US"))
    {
        let message = "`format` knows no locale but `'en_US'`".to_owned();
        return Err(binder.error_with(Code::UNSUPPORTED_FUNCTION, message, locale.span, "Leave it out."));
    }
    let is_exact = matches!(x.class(), ResultClass::Int | ResultClass::Decimal);
    let number = if is_exact { x.as_decimal() } else { x.as_real() };
    let value = call_strict(format!("format_{is_exact}"), Form::Bytes, vec![places.as_int(), number], move |args| {
        let places = (args[0].as_bits() as i32).clamp(0, MOST_PLACES);
        let digits = if is_exact {
            args[1].as_decimal().rounded(places).to_text()
        } else {
            fixed_real_text(rounded_real(args[1].as_real(), places), places as u8)
        };
        Ok(Cell::bytes(grouped(digits.as_bytes(), places as usize)))
    });
    let text = TextKind::literal(TextKind::numeric().collation, true);
    let kind = Kind::Text { length: x.kind.text_length().saturating_mul(2).saturating_add(32), text };
    Ok(Typed::combine(kind, true, value, &[x, places], span))
}

/// Commas between thousands, counted from `places` digits and the point before the end.
fn grouped(digits: &[u8], places: usize) -> Vec<u8> {
    let tail = if places == 0 { 0 } else { places + 1 };
    let (whole, tail) = digits.split_at(digits.len().saturating_sub(tail));
    let mut written = Vec::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in whole.iter().enumerate() {
        let left = whole.len() - index;
        if index > 0 && left.is_multiple_of(3) && whole[index - 1] != b'-' {
            written.push(b',');
        }
        written.push(*digit);
    }
    written.extend_from_slice(tail);
    written
}
