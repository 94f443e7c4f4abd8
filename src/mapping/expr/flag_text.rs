//! Bits as lists of texts: EXPORT_SET, MAKE_SET; and CHAR, bytes from numbers.

use datafusion::logical_expr::{Case, Expr};
use dsl::{Code, Span};

use super::bind::{Binder, Failed};
use super::cell::{Cell, Form};
use super::charset::{encode, is_valid};
use super::function::{call_rows, call_strict, constant, is_fallible};
use super::literal::default_collation;
use super::sql_type::{Kind, TextKind};
use super::text::{any_nullable, text_result};
use super::typed::Typed;
use crate::schema::{Charset, Collation};

/// `EXPORT_SET(bits, on, off[, separator[, count]])`: a text for each bit, from the lowest on.
pub(super) fn export_set(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    binder.accept_value(&args[0])?;
    let texts: Vec<&Typed> = args[1..].iter().take(3).collect();
    let text = binder.common_text(&texts, span)?;
    let mut values = vec![args[0].as_int()];
    values.extend(texts.iter().map(|arg| binder.text_in(arg, &text)));
    if texts.len() == 2 {
        values.push(constant(Form::Bytes, &Cell::bytes(encode(",", text.charset()))));
    }
    if let Some(count) = args.get(4) {
        // It is read before the separator.
        binder.accept_value(count)?;
        values.insert(3, count.as_int());
    }
    let has_count = args.len() == 5;
    let value = call_strict(format!("export_set_{has_count}"), Form::Bytes, values, move |args| {
        let count = if has_count { usize::try_from(args[3].as_bits() as i64).unwrap_or(64) } else { 64 };
        let (bits, separator) = (args[0].as_bits(), args[args.len() - 1].as_bytes());
        let each = (0..count.min(64)).map(|bit| if bits >> bit & 1 == 1 { args[1].as_bytes() } else { args[2].as_bytes() });
        Ok(Cell::bytes(each.collect::<Vec<_>>().join(separator)))
    });
    let longest = args[1].kind.text_length().max(args[2].kind.text_length());
    let separator = args.get(3).map_or(1, |separator| separator.kind.text_length());
    Ok(text_result(args, longest.saturating_add(separator).saturating_mul(64), text, true, value, span))
}

/// `MAKE_SET(bits, a, b, …)`: the texts whose bits are set, with commas between them; NULLs are left out.
pub(super) fn make_set(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let (bits, texts) = (&args[0], &args[1..]);
    binder.accept_value(bits)?;
    let text = binder.common_text(&texts.iter().collect::<Vec<_>>(), span)?;
    let mut values = vec![bits.as_int()];
    for (arg, bit) in texts.iter().zip(0u32..) {
        let value = binder.text_in(arg, &text);
        values.push(where_set(bits, bit, value));
    }
    let comma = encode(",", text.charset());
    let value = call_rows(format!("make_set_{}", text.charset()), Form::Bytes, values, move |args| {
        if args[0].is_null() {
            return Ok(Cell::Null);
        }
        let bits = args[0].as_bits();
        let is_set = |bit: usize| bit < 64 && bits >> bit & 1 == 1;
        let chosen = args[1..].iter().enumerate().filter(|(bit, text)| is_set(*bit) && !text.is_null());
        Ok(Cell::bytes(chosen.map(|(_, text)| text.as_bytes()).collect::<Vec<_>>().join(comma.as_slice())))
    });
    let length = texts.iter().fold(0u32, |sum, arg| sum.saturating_add(arg.kind.text_length()).saturating_add(1));
    Ok(text_result(args, length, text, any_nullable(args), value, span))
}

/// A text that may fail is evaluated only where its bit is set.
fn where_set(bits: &Typed, bit: u32, value: Expr) -> Expr {
    if !is_fallible(&value) {
        return value;
    }
    let is_set = call_strict(format!("has_bit_{bit}"), Form::Bool, vec![bits.as_int()], move |args| {
        Ok(Cell::Bool(args[0].as_bits().checked_shr(bit).unwrap_or(0) & 1 == 1))
    });
    Expr::Case(Case::new(None, vec![(Box::new(is_set), Box::new(value))], None))
}

/// `CHAR(n, …)`: the bytes of numbers, without leading zeros; NULLs are left out.
pub(super) fn char(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let value = bytes_of(binder, args)?;
    Ok(char_result(args, Collation::BINARY, false, value, span))
}

/// `CHAR(n, … USING charset)`, the charset first: NULL where the bytes are no text of it.
pub(super) fn char_using(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let (name, numbers) = (&args[0], &args[1..]);
    let text = String::from_utf8(name.literal_text().unwrap_or_default()).unwrap_or_default();
    let (charset, _) = binder.charset(&text, name.span)?;
    let value = bytes_of(binder, numbers)?;
    if charset.is_binary() {
        return Ok(char_result(numbers, Collation::BINARY, false, value, span));
    }
    let is_known = charset.max_bytes_per_char() == 1 || matches!(charset.name(), "utf8mb4" | "utf8mb3");
    if charset == Charset::ASCII || !is_known {
        let message = format!("bytes cannot be read as charset `{charset}` here yet");
        return Err(binder.error(Code::UNSUPPORTED_COLLATION, message, span));
    }
    let value = call_strict(format!("bytes_as_{charset}"), Form::Bytes, vec![value], move |args| {
        let is_text = charset.max_bytes_per_char() == 1 || is_valid(args[0].as_bytes(), charset);
        Ok(if is_text { args[0].clone() } else { Cell::Null })
    });
    Ok(char_result(numbers, default_collation(charset), false, value, span))
}

fn char_result(numbers: &[Typed], collation: Collation, ascii: bool, value: Expr, span: Span) -> Typed {
    let kind = Kind::Text { length: 4 * numbers.len() as u32, text: TextKind::literal(collation, ascii) };
    Typed::combine(kind, true, value, &numbers.iter().collect::<Vec<_>>(), span)
}

fn bytes_of(binder: &mut Binder<'_>, numbers: &[Typed]) -> Result<Expr, Failed> {
    for number in numbers {
        binder.accept_value(number)?;
    }
    Ok(call_rows("char", Form::Bytes, numbers.iter().map(Typed::as_int).collect(), |args| {
        let mut bytes = Vec::with_capacity(args.len());
        for number in args.iter().filter(|arg| !arg.is_null()) {
            let number = (number.as_bits() as u32).to_be_bytes();
            let zeros = number.iter().take(3).take_while(|byte| **byte == 0).count();
            bytes.extend_from_slice(&number[zeros..]);
        }
        Ok(Cell::bytes(bytes))
    }))
}
