//! Functions that build, cut and measure text.

use datafusion::logical_expr::Expr;
use dsl::{Code, Span};

use super::bind::{Binder, Failed};
use super::cell::{Cell, Form};
use super::characters::Characters;
use super::function::{call_rows, call_strict, guarded_by};
use super::sql_type::{Kind, TextKind};
use super::typed::Typed;

pub(super) fn any_nullable(args: &[Typed]) -> bool {
    args.iter().any(|arg| arg.nullable)
}

pub(super) fn text_result(args: &[Typed], length: u32, text: TextKind, nullable: bool, value: Expr, span: Span) -> Typed {
    Typed::combine(Kind::Text { length, text: text.of_function() }, nullable, value, &args.iter().collect::<Vec<_>>(), span)
}

/// The texts of some arguments, all in the charset that they meet in.
fn common<'t>(binder: &mut Binder<'_>, args: impl IntoIterator<Item = &'t Typed>, span: Span) -> Result<(TextKind, Vec<Expr>), Failed> {
    let args: Vec<&Typed> = args.into_iter().collect();
    let text = binder.common_text(&args, span)?;
    Ok((text, args.into_iter().map(|arg| binder.text_in(arg, &text)).collect()))
}

/// The texts of some arguments, all in the charset of the first.
pub(super) fn in_first<'t>(binder: &mut Binder<'_>, args: impl IntoIterator<Item = &'t Typed>) -> (TextKind, Vec<Expr>) {
    let args: Vec<&Typed> = args.into_iter().collect();
    let first = args.first().map_or_else(TextKind::null, |arg| arg.text_kind());
    let text = TextKind { ascii: args.iter().all(|arg| arg.text_kind().ascii), ..first };
    (text, args.into_iter().map(|arg| binder.text_in(arg, &text)).collect())
}

/// `CONCAT(a, b, …)`: NULL where one is NULL.
pub(super) fn concat(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let (text, values) = common(binder, args, span)?;
    let value = call_strict("concat", Form::Bytes, values, |args| {
        let mut joined = Vec::with_capacity(args.iter().map(|arg| arg.as_bytes().len()).sum());
        args.iter().for_each(|arg| joined.extend_from_slice(arg.as_bytes()));
        Ok(Cell::bytes(joined))
    });
    let length = args.iter().fold(0u32, |sum, arg| sum.saturating_add(arg.kind.text_length()));
    Ok(text_result(args, length, text, any_nullable(args), value, span))
}

/// `CONCAT_WS(separator, a, b, …)`: NULLs are left out.
pub(super) fn concat_ws(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let (text, values) = common(binder, args, span)?;
    let value = call_rows("concat_ws", Form::Bytes, guarded_by(values, 1), |args| {
        if args[0].is_null() {
            return Ok(Cell::Null);
        }
        let parts: Vec<&[u8]> = args[1..].iter().filter(|arg| !arg.is_null()).map(Cell::as_bytes).collect();
        Ok(Cell::bytes(parts.join(args[0].as_bytes())))
    });
    let separator = args[0].kind.text_length();
    let length = args[1..].iter().fold(0u32, |sum, arg| sum.saturating_add(arg.kind.text_length()).saturating_add(separator));
    Ok(text_result(args, length, text, args[0].nullable, value, span))
}

/// Refuses a constant count that fails: the server evaluates it before it reads a row.
pub(super) fn accept_counts(binder: &mut Binder<'_>, counts: &[Typed]) -> Result<(), Failed> {
    for count in counts {
        if count.constant && !matches!(count.as_int(), Expr::Literal(..)) {
            return Err(binder.error(Code::CONSTANT_OUT_OF_RANGE, "the number of characters is out of range".into(), count.span));
        }
    }
    Ok(())
}

/// `SUBSTRING(s, position[, length])`: positions count from 1, or from the end where negative.
pub(super) fn substring(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    accept_counts(binder, &args[1..])?;
    let text = args[0].text_kind();
    let charset = Characters::of(text.charset());
    let mut values = vec![args[0].as_text(), args[1].as_int()];
    values.extend(args.get(2).map(Typed::as_int));
    let unsigned = (args[1].kind.is_unsigned(), args.get(2).is_some_and(|arg| arg.kind.is_unsigned()));
    let name = format!("substring_{}", charset.name());
    let value = call_strict(name, Form::Bytes, values, move |args| {
        let (text, position) = (args[0].as_bytes(), args[1].as_int());
        let wanted = args.get(2).map_or(i128::MAX, Cell::as_int);
        debug_assert!(unsigned.0 || position <= i64::MAX.into());
        if position == 0 || wanted <= 0 {
            return Ok(Cell::bytes(Vec::new()));
        }
        let ends = charset.ends(text);
        let count = ends.len() as i128;
        let start = if position > 0 { position - 1 } else { count + position };
        if start < 0 || start >= count {
            return Ok(Cell::bytes(Vec::new()));
        }
        let end = start.saturating_add(wanted).min(count);
        Ok(Cell::bytes(charset.slice(text, &ends, start as usize, end as usize).to_vec()))
    });
    Ok(text_result(args, args[0].kind.text_length(), text, any_nullable(args), value, span))
}

/// `LEFT(s, count)`.
pub(super) fn left(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    accept_counts(binder, &args[1..])?;
    let text = args[0].text_kind();
    let charset = Characters::of(text.charset());
    let value = call_strict(format!("left_{}", charset.name()), Form::Bytes, vec![args[0].as_text(), args[1].as_int()], move |args| {
        let text = args[0].as_bytes();
        let ends = charset.ends(text);
        let count = args[1].as_int().clamp(0, ends.len() as i128) as usize;
        Ok(Cell::bytes(charset.slice(text, &ends, 0, count).to_vec()))
    });
    Ok(text_result(args, args[0].kind.text_length(), text, any_nullable(args), value, span))
}

/// `RIGHT(s, count)`.
pub(super) fn right(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    accept_counts(binder, &args[1..])?;
    let text = args[0].text_kind();
    let charset = Characters::of(text.charset());
    let value = call_strict(format!("right_{}", charset.name()), Form::Bytes, vec![args[0].as_text(), args[1].as_int()], move |args| {
        let text = args[0].as_bytes();
        let ends = charset.ends(text);
        let count = args[1].as_int().clamp(0, ends.len() as i128) as usize;
        Ok(Cell::bytes(charset.slice(text, &ends, ends.len() - count, ends.len()).to_vec()))
    });
    Ok(text_result(args, args[0].kind.text_length(), text, any_nullable(args), value, span))
}

const COUNT: Kind = Kind::Integer { unsigned: false, digits: 10 };

/// `LENGTH(s)`: bytes.
pub(super) fn length(_: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let value = call_strict("length", Form::Int, vec![args[0].as_text()], |args| Ok(Cell::Int(args[0].as_bytes().len() as i64)));
    Ok(Typed::combine(COUNT, args[0].nullable, value, &[&args[0]], span))
}

/// `BIT_LENGTH(s)`.
pub(super) fn bit_length(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    binder.accept_value(&args[0])?;
    let value = call_strict("bit_length", Form::Int, vec![args[0].as_text()], |args| Ok(Cell::Int(args[0].as_bytes().len() as i64 * 8)));
    Ok(Typed::combine(COUNT, args[0].nullable, value, &[&args[0]], span))
}

/// `CHAR_LENGTH(s)`: characters.
pub(super) fn char_length(_: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let charset = Characters::of(args[0].text_kind().charset());
    let name = format!("char_length_{}", charset.name());
    let value = call_strict(name, Form::Int, vec![args[0].as_text()], move |args| Ok(Cell::Int(charset.count(args[0].as_bytes()) as i64)));
    Ok(Typed::combine(COUNT, args[0].nullable, value, &[&args[0]], span))
}

/// `INSERT(s, position, length, new)`: `new` is read before the numbers, and they both where one is NULL.
pub(super) fn insert(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    accept_counts(binder, &args[1..3])?;
    args[1..3].iter().try_for_each(|count| binder.accept_value(count))?;
    let (text, mut values) = in_first(binder, [&args[0], &args[3]]);
    values.extend([args[1].as_int(), args[2].as_int()]);
    let values = guarded_by(values, 2);
    let charset = Characters::of(text.charset());
    let value = call_rows(format!("insert_{}", charset.name()), Form::Bytes, values, move |args| {
        if args.iter().any(Cell::is_null) {
            return Ok(Cell::Null);
        }
        let (text, new) = (args[0].as_bytes(), args[1].as_bytes());
        let (position, length) = (args[2].as_bits() as i64, args[3].as_bits() as i64);
        let ends = charset.ends(text);
        let Some(start) = usize::try_from(position.saturating_sub(1)).ok().filter(|start| *start < ends.len()) else {
            return Ok(args[0].clone());
        };
        let end = usize::try_from(length).map_or(ends.len(), |length| start.saturating_add(length).min(ends.len()));
        Ok(Cell::bytes([charset.slice(text, &ends, 0, start), new, charset.slice(text, &ends, end, ends.len())].concat()))
    });
    let length = args[0].kind.text_length().saturating_add(args[3].kind.text_length());
    Ok(text_result(args, length, text, true, value, span))
}

/// `REPLACE(s, from, to)`: compares bytes, whatever the collation.
pub(super) fn replace(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let (text, values) = in_first(binder, args);
    let charset = Characters::of(text.charset());
    let value = call_strict(format!("replace_{}", charset.name()), Form::Bytes, values, move |args| {
        let (text, from, to) = (args[0].as_bytes(), args[1].as_bytes(), args[2].as_bytes());
        if from.is_empty() {
            return Ok(args[0].clone());
        }
        let mut replaced = Vec::with_capacity(text.len());
        let mut rest = text;
        while !rest.is_empty() {
            if rest.starts_with(from) {
                replaced.extend_from_slice(to);
                rest = &rest[from.len()..];
            } else {
                let (character, after) = rest.split_at(charset.first(rest));
                replaced.extend_from_slice(character);
                rest = after;
            }
        }
        Ok(Cell::bytes(replaced))
    });
    let (length, from, to) = (args[0].kind.text_length(), args[1].kind.text_length().max(1), args[2].kind.text_length());
    let longest = if to > from { length.saturating_mul(to) } else { length };
    Ok(text_result(args, longest, text, any_nullable(args), value, span))
}

/// Which ends TRIM works on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ends {
    Both,
    Leading,
    Trailing,
}

/// `TRIM([BOTH | LEADING | TRAILING] [what] FROM s)`, LTRIM, RTRIM.
pub(super) fn trim(binder: &mut Binder<'_>, args: &[Typed], span: Span, which: Ends) -> Result<Typed, Failed> {
    let (text, values) = in_first(binder, args);
    let charset = Characters::of(text.charset());
    let space = super::charset::encode(" ", text.charset());
    let value = call_strict(format!("trim_{which:?}_{}", charset.name()).to_lowercase(), Form::Bytes, values, move |args| {
        let what = args.get(1).map_or(space.as_slice(), Cell::as_bytes);
        let mut rest = args[0].as_bytes();
        if what.is_empty() || what.len() > rest.len() {
            return Ok(args[0].clone());
        }
        if which != Ends::Trailing {
            while let Some(after) = rest.strip_prefix(what) {
                rest = after;
            }
        }
        if which != Ends::Leading {
            while let Some(before) = strip_last(rest, what, charset) {
                rest = before;
            }
        }
        Ok(Cell::bytes(rest.to_vec()))
    });
    Ok(text_result(args, args[0].kind.text_length(), text, any_nullable(args), value, span))
}

/// Removes `what` from the end, where it starts at a character.
fn strip_last<'t>(text: &'t [u8], what: &[u8], charset: Characters) -> Option<&'t [u8]> {
    let before = text.strip_suffix(what)?;
    (charset.is_boundary(text, before.len())).then_some(before)
}

/// LTRIM, RTRIM and TRIM with their ends in the name.
pub(super) fn trim_both(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    trim(binder, args, span, Ends::Both)
}

/// See [`trim`].
pub(super) fn trim_leading(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    trim(binder, args, span, Ends::Leading)
}

/// See [`trim`].
pub(super) fn trim_trailing(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    trim(binder, args, span, Ends::Trailing)
}
