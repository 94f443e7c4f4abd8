//! REGEXP and its functions, with patterns that mean the same to ICU and to the regex crate.

use datafusion::logical_expr::Expr;
use dsl::{Code, Span};
use regex::Regex;

use super::bind::{Binder, Failed};
use super::cell::{Cell, Form};
use super::charset::{convert, is_ascii_superset};
use super::function::{call_checked, call_strict, constant};
use super::pattern::{Reading, Translated, translate};
use super::row_error::RowError;
use super::sql_type::{Coercibility, Kind, TextKind};
use super::text::{any_nullable, text_result};
use super::typed::{Typed, Value};
use crate::schema::Charset;

/// A pattern, compiled.
#[derive(Debug, Clone)]
struct Pattern {
    regex: Regex,
    groups: usize,
    tails: usize,
    /// All that it depends on.
    name: String,
}

/// Where a group lies in a text, in bytes.
type Extent = (usize, usize);

impl Pattern {
    /// The match at or behind `start`, and its groups: `$` looks at a line terminator without taking it.
    fn find(&self, text: &str, start: usize) -> Option<Vec<Option<Extent>>> {
        if self.groups == 0 && self.tails == 0 {
            return self.regex.find_at(text, start).map(|found| vec![Some((found.start(), found.end()))]);
        }
        let captures = self.regex.captures_at(text, start)?;
        let tail = (0..self.tails).filter_map(|tail| captures.name(&format!("tail{tail}"))).map(|tail| tail.start()).next();
        let clipped = |extent: regex::Match<'_>| (extent.start(), tail.map_or(extent.end(), |tail| extent.end().min(tail)));
        let names = self.regex.capture_names().enumerate().filter(|(_, name)| name.is_none());
        Some(names.map(|(index, _)| captures.get(index).map(clipped)).collect())
    }

    /// All matches from `start` on. Behind an empty one the search goes on one character further.
    fn matches<'t>(&'t self, text: &'t str, start: usize) -> impl Iterator<Item = Vec<Option<Extent>>> + 't {
        let mut next = Some(start);
        std::iter::from_fn(move || {
            let groups = self.find(text, next?)?;
            let (start, end) = whole(&groups);
            next = if end > start { Some(end) } else { text[end..].chars().next().map(|character| end + character.len_utf8()) };
            Some(groups)
        })
    }
}

impl Pattern {
    /// The text with the `wanted`-th match from `start` on replaced, or with all of them where it is 0.
    fn replaced(&self, text: &str, start: usize, parts: &[Part], wanted: usize) -> String {
        let (mut replaced, mut kept) = (String::with_capacity(text.len()), 0);
        let wanted_ones = self.matches(text, start).zip(1..).filter(|(_, index)| wanted == 0 || *index == wanted);
        for (groups, _) in wanted_ones.take(if wanted == 0 { usize::MAX } else { 1 }) {
            let (start, end) = whole(&groups);
            replaced.push_str(&text[kept..start]);
            for part in parts {
                match part {
                    Part::Text(part) => replaced.push_str(part),
                    Part::Group(group) => {
                        let (start, end) = groups.get(*group).copied().flatten().unwrap_or((0, 0));
                        replaced.push_str(&text[start..end]);
                    }
                }
            }
            kept = end;
        }
        replaced.push_str(&text[kept..]);
        replaced
    }
}

fn whole(groups: &[Option<Extent>]) -> Extent {
    groups.first().copied().flatten().unwrap_or((0, 0))
}

/// What the texts of a call agree on: each is brought into that charset.
fn met(binder: &mut Binder<'_>, texts: &[&Typed], span: Span) -> Result<TextKind, Failed> {
    for side in texts {
        binder.accept_value(side)?;
        if side.text_kind().charset().is_binary() && side.kind != Kind::Null {
            let message = "bytes are searched for a pattern".to_owned();
            return Err(binder.error_with(Code::TYPE_MISMATCH, message, side.span, "Write `CONVERT(… USING utf8mb4)` around it."));
        }
    }
    let met = binder.common_text(texts, span)?;
    if !is_ascii_superset(met.charset()) {
        let message = format!("a text of charset `{}` is searched for a pattern", met.charset());
        return Err(binder.error_with(Code::UNSUPPORTED_COLLATION, message, span, "Write `CONVERT(… USING utf8mb4)` around it."));
    }
    if met.coercibility == Coercibility::None {
        binder.compared_in(&met, span)?;
    }
    let before = binder.diagnostics.len();
    texts.iter().for_each(|side| {
        let _ = binder.text_in(side, &met);
    });
    if binder.diagnostics.len() > before { Err(Failed) } else { Ok(met) }
}

/// Reads the constant pattern and match type of a call; none where one is NULL.
fn pattern(binder: &mut Binder<'_>, met: TextKind, pattern: &Typed, options: Option<&Typed>) -> Result<Option<Pattern>, Failed> {
    if let Some(options) = options {
        binder.accept_value(options)?;
    }
    if [Some(pattern), options].into_iter().flatten().any(Typed::is_null_constant) {
        return Ok(None);
    }
    let Some(written) = constant_text(pattern) else {
        let message = "the pattern is not a constant".to_owned();
        return Err(binder.error_with(Code::UNSUPPORTED_PATTERN, message, pattern.span, "Write it as a text."));
    };
    let by_collation = Reading { ignores_case: met.collation.name().ends_with("_ci"), has_unix_lines: false };
    let reading = match options {
        None => by_collation,
        Some(options) => match_type(binder, options, by_collation)?,
    };
    if written.is_empty() {
        return Err(binder.error(Code::UNSUPPORTED_PATTERN, "the pattern is empty, which MySQL refuses".into(), pattern.span));
    }
    let Translated { regex, groups, tails } = match translate(&written, reading) {
        Ok(translated) => translated,
        Err(refusal) => return Err(binder.error_with(Code::UNSUPPORTED_PATTERN, refusal.message, pattern.span, refusal.hint)),
    };
    let name = format!("{reading:?}_{written}");
    match Regex::new(&regex) {
        Ok(regex) => Ok(Some(Pattern { regex, groups, tails, name })),
        Err(_) => Err(binder.error(Code::UNSUPPORTED_PATTERN, "the pattern is too large".into(), pattern.span)),
    }
}

/// A constant as UTF-8.
fn constant_text(typed: &Typed) -> Option<String> {
    match convert(typed.as_text(), typed.text_kind().charset(), Charset::UTF8MB4) {
        Expr::Literal(datafusion::common::ScalarValue::Binary(Some(bytes)), _) => String::from_utf8(bytes).ok(),
        _ => None,
    }
}

/// `c` and `i` say whether case counts, the last of them wins; `u` lets a line feed alone end a line.
fn match_type(binder: &mut Binder<'_>, options: &Typed, by_collation: Reading) -> Result<Reading, Failed> {
    let Some(text) = constant_text(options) else {
        return Err(binder.error(Code::UNSUPPORTED_PATTERN, "the match type is not a constant".into(), options.span));
    };
    text.chars().try_fold(by_collation, |reading, option| match option {
        'c' => Ok(Reading { ignores_case: false, ..reading }),
        'i' => Ok(Reading { ignores_case: true, ..reading }),
        'u' => Ok(Reading { has_unix_lines: true, ..reading }),
        _ => {
            let message = format!("the match type `{option}` is not available");
            Err(binder.error_with(Code::UNSUPPORTED_PATTERN, message, options.span, "There are `c`, `i` and `u`."))
        }
    })
}

/// The text as UTF-8, by the charset that the texts agree on.
fn subject(binder: &mut Binder<'_>, text: &Typed, met: &TextKind) -> Expr {
    convert(binder.text_in(text, met), met.charset(), Charset::UTF8MB4)
}

/// A number that insists, as a text, on the collation that it was found in.
fn found(kind: Kind, met: TextKind, args: &[Typed], value: Expr, span: Span) -> Typed {
    let shell = Typed::combine(kind, any_nullable(args), value.clone(), &args.iter().collect::<Vec<_>>(), span);
    Typed { value: Value::FoundIn(value, met), ..shell }
}

fn utf8<'c>(cell: &'c Cell<'_>) -> std::borrow::Cow<'c, str> {
    String::from_utf8_lossy(cell.as_bytes())
}

/// `text REGEXP pattern`, `REGEXP_LIKE(text, pattern[, match_type])`.
pub(super) fn regexp_like(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let met = met(binder, &[&args[0], &args[1]], span)?;
    let Some(pattern) = pattern(binder, met, &args[1], args.get(2))? else { return Ok(null(args, Kind::Boolean, span)) };
    let value = call_strict(format!("regexp_like_{}", pattern.name), Form::Bool, vec![subject(binder, &args[0], &met)], move |args| {
        Ok(Cell::Bool(pattern.regex.is_match(&utf8(&args[0]))))
    });
    Ok(found(Kind::Boolean, met, args, value, span))
}

/// A constant number, `default` where it is left out; none where it is NULL.
fn number(binder: &mut Binder<'_>, arg: Option<&Typed>, default: i128) -> Result<Option<i128>, Failed> {
    let Some(arg) = arg else { return Ok(Some(default)) };
    binder.accept_value(arg)?;
    match arg.as_int() {
        Expr::Literal(value, _) if value.is_null() => Ok(None),
        Expr::Literal(value, _) => Ok(value.to_string().parse().ok()),
        _ => {
            let message = "positions and occurrences in a pattern's function are constants".to_owned();
            Err(binder.error_with(Code::UNSUPPORTED_PATTERN, message, arg.span, "Write the number in digits."))
        }
    }
}

/// What comes of a call in which a constant is NULL.
fn null(args: &[Typed], kind: Kind, span: Span) -> Typed {
    Typed::combine(kind.clone(), true, constant(kind.form(), &Cell::Null), &args.iter().collect::<Vec<_>>(), span)
}

/// The byte at which the `position`-th character starts, or behind the last one; an error beyond.
fn start_of(text: &str, position: i128) -> Result<usize, RowError> {
    let starts = text.char_indices().map(|(at, _)| at).chain([text.len()]);
    let index = usize::try_from(position - 1).ok();
    let start = index.and_then(|index| starts.clone().nth(index));
    start.ok_or_else(|| RowError::conversion("a position lies beyond the text"))
}

/// A constant position, 1 where it is left out; none where it is NULL.
fn position(binder: &mut Binder<'_>, arg: Option<&Typed>) -> Result<Option<i128>, Failed> {
    let position = number(binder, arg, 1)?;
    match arg {
        Some(arg) if position.is_some_and(|position| position < 1) => {
            Err(binder.error_with(Code::UNSUPPORTED_PATTERN, "a position is below 1".into(), arg.span, "Positions count from 1."))
        }
        _ => Ok(position),
    }
}

const POSITION: Kind = Kind::Integer { unsigned: false, digits: 21 };

/// `REGEXP_INSTR(text, pattern[, position[, occurrence[, behind[, match_type]]]])`.
pub(super) fn regexp_instr(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let met = met(binder, &[&args[0], &args[1]], span)?;
    let pattern = pattern(binder, met, &args[1], args.get(5))?;
    let numbers = (position(binder, args.get(2))?, number(binder, args.get(3), 1)?, number(binder, args.get(4), 0)?);
    let (Some(pattern), (Some(position), Some(occurrence), Some(behind))) = (pattern, numbers) else {
        return Ok(null(args, POSITION, span));
    };
    if !matches!(behind, 0 | 1) {
        return Err(binder.error(Code::UNSUPPORTED_PATTERN, "the fifth argument is neither 0 nor 1".into(), span));
    }
    let name = format!("regexp_instr_{position}_{occurrence}_{behind}_{}", pattern.name);
    let value = call_checked(name, Form::Int, vec![subject(binder, &args[0], &met)], move |args| {
        let text = utf8(&args[0]);
        let start = if text.is_empty() { 0 } else { start_of(&text, position)? };
        if start == text.len() && start > 0 {
            return Err(RowError::conversion("a position lies beyond the text"));
        }
        // Here the text begins at the position for `^`; the other functions look at all of it.
        let rest = &text[start..];
        let found = pattern.matches(rest, 0).nth(occurrence.max(1) as usize - 1).map(|groups| whole(&groups));
        // Counted from the position on, which may lie beyond an empty text.
        let at = |(from, to): Extent| rest[..if behind == 1 { to } else { from }].chars().count() as i64 + position as i64;
        Ok(Cell::Int(found.map_or(0, at)))
    });
    Ok(found(POSITION, met, args, value, span).may_fail())
}

/// `REGEXP_SUBSTR(text, pattern[, position[, occurrence[, match_type]]])`: NULL where there is none.
pub(super) fn regexp_substr(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let text = met(binder, &[&args[0], &args[1]], span)?;
    let pattern = pattern(binder, text, &args[1], args.get(4))?;
    let numbers = (position(binder, args.get(2))?, number(binder, args.get(3), 1)?);
    let length = args[0].kind.text_length();
    let (Some(pattern), (Some(position), Some(occurrence))) = (pattern, numbers) else {
        return Ok(null(args, Kind::Text { length, text: TextKind::literal(TextKind::numeric().collation, true) }, span));
    };
    let name = format!("regexp_substr_{position}_{occurrence}_{}", pattern.name);
    let value = call_checked(name, Form::Bytes, vec![subject(binder, &args[0], &text)], move |args| {
        let text = utf8(&args[0]);
        let start = start_of(&text, position)?;
        let found = pattern.matches(&text, start).nth(occurrence.max(1) as usize - 1).map(|groups| whole(&groups));
        Ok(found.map_or(Cell::Null, |(start, end)| Cell::bytes(text.as_bytes()[start..end].to_vec())))
    });
    Ok(text_result(args, length, text, true, convert(value, Charset::UTF8MB4, text.charset()), span).may_fail())
}

/// A part of what stands in the place of a match.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Text(String),
    Group(usize),
}

/// `REGEXP_REPLACE(text, pattern, replacement[, position[, occurrence[, match_type]]])`: all occurrences where it is 0.
pub(super) fn regexp_replace(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let text = met(binder, &[&args[0], &args[1], &args[2]], span)?;
    let pattern = pattern(binder, text, &args[1], args.get(5))?;
    let numbers = (position(binder, args.get(3))?, number(binder, args.get(4), 0)?);
    let longest = Kind::Text { length: u32::MAX, text: TextKind::literal(TextKind::numeric().collation, true) };
    if args[2].is_null_constant() {
        return Ok(null(args, longest, span));
    }
    let (Some(pattern), (Some(position), Some(occurrence))) = (pattern, numbers) else { return Ok(null(args, longest, span)) };
    let Some(written) = constant_text(&args[2]) else {
        let message = "the replacement is not a constant".to_owned();
        return Err(binder.error_with(Code::UNSUPPORTED_PATTERN, message, args[2].span, "Write it as a text."));
    };
    let parts = replacement(binder, &written, pattern.groups, args[2].span)?;
    let name = format!("regexp_replace_{position}_{occurrence}_{written}_{}", pattern.name);
    let value = call_checked(name, Form::Bytes, vec![subject(binder, &args[0], &text)], move |args| {
        let text = utf8(&args[0]);
        let start = start_of(&text, position)?;
        if text.is_empty() {
            return Ok(Cell::bytes(Vec::new()));
        }
        let wanted = usize::try_from(occurrence.max(i128::from(occurrence < 0))).unwrap_or(usize::MAX);
        Ok(Cell::bytes(pattern.replaced(&text, start, &parts, wanted).into_bytes()))
    });
    Ok(text_result(args, u32::MAX, text, true, convert(value, Charset::UTF8MB4, text.charset()), span).may_fail())
}

/// Reads `$1` and `\$`: as many digits count as there are groups.
fn replacement(binder: &mut Binder<'_>, written: &str, groups: usize, span: Span) -> Result<Vec<Part>, Failed> {
    let mut parts = vec![];
    let mut text = String::new();
    let mut rest = written.chars().peekable();
    while let Some(character) = rest.next() {
        match character {
            '\\' => match rest.next() {
                Some('u' | 'U') => {
                    let message = "a character by its number, `\\u`, is not available in a replacement".to_owned();
                    return Err(binder.error_with(Code::UNSUPPORTED_PATTERN, message, span, "Write the character itself."));
                }
                next => text.extend(next),
            },
            '$' => {
                let mut group = None;
                while let Some(digit) = rest.peek().and_then(|digit| digit.to_digit(10)) {
                    let longer = group.unwrap_or(0) * 10 + digit as usize;
                    if longer > groups {
                        break;
                    }
                    group = Some(longer);
                    rest.next();
                }
                let Some(group) = group else {
                    let message = "`$` names no group of the pattern".to_owned();
                    return Err(binder.error_with(Code::UNSUPPORTED_PATTERN, message, span, "Write `\\\\$` for the sign itself."));
                };
                parts.extend([Part::Text(std::mem::take(&mut text)), Part::Group(group)]);
            }
            character => text.push(character),
        }
    }
    parts.push(Part::Text(text));
    Ok(parts)
}
