//! Texts looked for in texts: LOCATE, INSTR, FIND_IN_SET, FIELD, ELT, STRCMP, SUBSTRING_INDEX.

use std::cmp::Ordering;

use datafusion::logical_expr::Expr;
use dsl::{Code, Span};

use super::bind::{Binder, Failed};
use super::cell::{Cell, Form};
use super::characters::Characters;
use super::charset::is_ascii_superset;
use super::collation::Collator;
use super::compare::domain;
use super::function::{call_strict, constant};
use super::sql_type::{Coercibility, Kind, ResultClass, TextKind};
use super::typed::{Typed, Value, choose};

const POSITION: Kind = Kind::Integer { unsigned: false, digits: 11 };

/// The charset and collation of a search: those of the text that is searched, whatever the others insist on.
fn searched(binder: &mut Binder<'_>, text: &Typed, others: &[&Typed], span: Span) -> Result<TextKind, Failed> {
    let all: Vec<&Typed> = std::iter::once(text).chain(others.iter().copied()).collect();
    let met = binder.common_text(&all, span)?;
    if met.coercibility == Coercibility::None {
        binder.compared_in(&met, span)?;
    }
    for operand in &all {
        binder.accept_value(operand)?;
        let charset = operand.text_kind().charset();
        if !is_ascii_superset(charset) {
            let message = format!("a text of charset `{charset}` is searched");
            return Err(binder.error_with(
                Code::UNSUPPORTED_COLLATION,
                message,
                operand.span,
                "Write `CONVERT(… USING utf8mb4)` around it.",
            ));
        }
    }
    Ok(text.text_kind())
}

/// `LOCATE(needle, text[, position])`, `POSITION(needle IN text)`: positions are characters and count from 1.
pub(super) fn locate(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let kind = searched(binder, &args[1], &[&args[0]], span)?;
    let collator = binder.compared_in(&kind, span)?;
    let (needle, text) = (binder.text_in(&args[0], &kind), binder.text_in(&args[1], &kind));
    let characters = Characters::of(collator.charset());
    let mut values = vec![text, needle];
    values.extend(args.get(2).map(Typed::as_int));
    let value = call_strict(format!("locate_{}", collator.name()), Form::Int, values, move |args| {
        let start = args.get(2).map_or(1, Cell::as_int) - 1;
        Ok(Cell::Int(position(args[0].as_bytes(), args[1].as_bytes(), start, characters, &collator)))
    });
    let nullable = args.iter().any(|arg| arg.nullable);
    Ok(found_in(&kind, nullable, value, &args.iter().collect::<Vec<_>>(), span))
}

fn found_in(text: &TextKind, nullable: bool, value: Expr, parts: &[&Typed], span: Span) -> Typed {
    let shell = Typed::combine(POSITION, nullable, value.clone(), parts, span);
    Typed { value: Value::FoundIn(value, *text), ..shell }
}

/// `INSTR(text, needle)`.
pub(super) fn instr(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    locate(binder, &[args[1].clone(), args[0].clone()], span)
}

/// The position of `needle` from the character `start` on; 0 where it is not.
fn position(text: &[u8], needle: &[u8], start: i128, characters: Characters, collator: &Collator) -> i64 {
    let ends = characters.ends(text);
    let Some(start) = usize::try_from(start).ok().filter(|start| *start <= ends.len()) else { return 0 };
    if needle.is_empty() {
        return start as i64 + 1;
    }
    let at = |character: usize| if character == 0 { 0 } else { ends[character - 1] };
    (start..ends.len()).find(|character| collator.starts_with(&text[at(*character)..], needle)).map_or(0, |found| found as i64 + 1)
}

/// `FIND_IN_SET(text, list)`: the number of the element, between commas, that equals the text.
pub(super) fn find_in_set(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    if args[0].text_kind().charset().is_binary() != args[1].text_kind().charset().is_binary() {
        let message = "bytes and a text are compared by `find_in_set`".to_owned();
        return Err(binder.error_with(Code::TYPE_MISMATCH, message, span, "Write `CAST(… AS CHAR)` or `BINARY` around one of them."));
    }
    if args[1].column.is_some() && matches!(args[1].kind, Kind::Set { .. }) {
        let message = "`find_in_set` numbers the members of a SET column by its definition".to_owned();
        return Err(binder.error_with(Code::TYPE_MISMATCH, message, args[1].span, "Write `concat(…)` around it."));
    }
    let (text, list, collator) = binder.comparable(&args[0], &args[1], span)?;
    let comma = super::charset::encode(",", collator.charset());
    let characters = Characters::of(collator.charset());
    let value = call_strict(format!("find_in_set_{}", collator.name()), Form::Int, vec![text, list], move |args| {
        let (text, list) = (args[0].as_bytes(), args[1].as_bytes());
        if list.is_empty() {
            return Ok(Cell::Int(0));
        }
        let found = elements(list, &comma, characters).position(|element| collator.equals(element, text));
        Ok(Cell::Int(found.map_or(0, |index| index as i64 + 1)))
    });
    Ok(Typed::combine(POSITION, args[0].nullable || args[1].nullable, value, &[&args[0], &args[1]], span))
}

/// What stands between the commas of a list.
fn elements<'t>(list: &'t [u8], comma: &'t [u8], characters: Characters) -> impl Iterator<Item = &'t [u8]> {
    let ends = characters.ends(list);
    let starts = std::iter::once(0).chain(ends.iter().copied());
    let commas: Vec<(usize, usize)> = starts.zip(ends.iter().copied()).filter(|(start, end)| &list[*start..*end] == comma).collect();
    let starts = std::iter::once(0).chain(commas.iter().map(|(_, end)| *end)).collect::<Vec<_>>();
    let ends = commas.iter().map(|(start, _)| *start).chain([list.len()]).collect::<Vec<_>>();
    starts.into_iter().zip(ends).map(|(start, end)| &list[start..end])
}

/// `FIELD(x, a, b, …)`: the number of the first argument that equals `x`.
pub(super) fn field(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let (operand, list) = (&args[0], &args[1..]);
    let all: Vec<&Typed> = args.iter().collect();
    let is_alike = list.iter().all(|item| domain(operand.class(), item.class()) == domain(operand.class(), list[0].class()));
    let has_odd = args.iter().any(|arg| arg.kind.is_temporal() || arg.kind == Kind::Null);
    if !is_alike || has_odd {
        let message = "the arguments of `field` are of different types".to_owned();
        return Err(binder.error_with(Code::TYPE_MISMATCH, message, span, "Write a cast around each."));
    }
    let has_text = operand.class() == ResultClass::String;
    let text = if has_text { Some(searched(binder, operand, &list.iter().collect::<Vec<_>>(), span)?) } else { None };
    let tests = binder.tests_in(operand, list, text.as_ref(), span)?;
    let number = |number: i64| constant(Form::Int, &Cell::Int(number));
    let branches = tests.iter().zip(1..).map(|(test, index)| (Box::new(test.as_bool()), Box::new(number(index)))).collect();
    let value = choose(branches, number(0));
    Ok(match &text {
        Some(text) => found_in(text, false, value, &all, span),
        None => Typed::combine(POSITION, false, value, &all, span),
    })
}

/// `ELT(n, a, b, …)`: the n-th text; NULL where there is none.
pub(super) fn elt(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let all: Vec<&Typed> = args.iter().collect();
    let text = binder.common_text(&all[1..], span)?;
    let mut branches = Vec::new();
    for (arg, index) in args[1..].iter().zip(1i128..) {
        let _ = binder.text_in(arg, &text);
        let is_it = call_strict(format!("is_number_{index}"), Form::Bool, vec![args[0].as_int()], move |args| {
            Ok(Cell::Bool(args[0].as_int() == index))
        });
        branches.push((is_it, arg.clone()));
    }
    let length = args[1..].iter().map(|arg| arg.kind.text_length()).max().unwrap_or(0);
    let kind = Kind::Text { length, text: text.of_function() };
    let shell = Typed::combine(kind, true, constant(Form::Bytes, &Cell::Null), &all, span);
    Ok(Typed { value: Value::Choose { branches, otherwise: None }, ..shell })
}

/// `STRCMP(a, b)`: -1, 0 or 1.
pub(super) fn strcmp(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let (left, right, collator) = binder.comparable(&args[0], &args[1], span)?;
    let value = call_strict(format!("strcmp_{}", collator.name()), Form::Int, vec![left, right], move |args| {
        Ok(Cell::Int(match collator.compare(args[0].as_bytes(), args[1].as_bytes()) {
            Ordering::Less => -1,
            Ordering::Equal => 0,
            Ordering::Greater => 1,
        }))
    });
    let kind = Kind::Integer { unsigned: false, digits: 1 };
    Ok(Typed::combine(kind, args[0].nullable || args[1].nullable, value, &[&args[0], &args[1]], span))
}

/// `SUBSTRING_INDEX(text, delimiter, count)`: up to the count-th delimiter, or from it to the end where the count is negative.
pub(super) fn substring_index(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    super::text::accept_counts(binder, &args[2..])?;
    let (text, mut values) = super::text::in_first(binder, &args[..2]);
    values.insert(1, args[2].as_int());
    let characters = Characters::of(text.charset());
    let value = call_strict(format!("substring_index_{}", characters.name()), Form::Bytes, values, move |args| {
        let cut = before_or_behind(args[0].as_bytes(), args[2].as_bytes(), args[1].as_int(), characters);
        Ok(Cell::bytes(cut.to_vec()))
    });
    let kind = Kind::Text { length: args[0].kind.text_length(), text: text.of_function() };
    let nullable = args.iter().any(|arg| arg.nullable);
    Ok(Typed::combine(kind, nullable, value, &args.iter().collect::<Vec<_>>(), span))
}

fn before_or_behind<'t>(text: &'t [u8], delimiter: &[u8], count: i128, characters: Characters) -> &'t [u8] {
    if text.is_empty() || delimiter.is_empty() || count == 0 {
        return &[];
    }
    let found = if count < 0 && characters.is_single_byte() {
        // From the right, where no character is longer than a byte.
        let mut found = Vec::new();
        let mut end = text.len();
        while let Some(at) = (0..=end.saturating_sub(delimiter.len())).rev().find(|at| text[*at..end].starts_with(delimiter)) {
            found.push(at);
            end = at;
        }
        found.reverse();
        found
    } else {
        let mut found = Vec::new();
        let mut at = 0;
        while at < text.len() {
            if text[at..].starts_with(delimiter) {
                found.push(at);
                at += delimiter.len();
            } else {
                at += characters.first(&text[at..]);
            }
        }
        found
    };
    let wanted = usize::try_from(count.unsigned_abs()).unwrap_or(usize::MAX);
    if wanted > found.len() {
        return text;
    }
    if count > 0 { &text[..found[wanted - 1]] } else { &text[found[found.len() - wanted] + delimiter.len()..] }
}

/// `ISNULL(x)` with its operand typed.
pub(super) fn is_null(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let value: Expr = binder.null_test(&args[0], false)?;
    Ok(Typed::combine(Kind::Boolean, false, value, &[&args[0]], span))
}
