//! Whether documents hold values or places: JSON_CONTAINS, JSON_CONTAINS_PATH, JSON_OVERLAPS, MEMBER OF.

use std::cmp::Ordering;

use datafusion::logical_expr::Expr;
use dsl::{Code, Span};

use super::compare::ordering;
use super::document::{Wildcards, row_error, value};
use super::lookup::{listed, null_of};
use super::order::{Rank, compare, rank};
use super::path::Path;
use super::seek::{Wrap, find, seek};
use crate::columnar::json::{Container, JsonError, Value};
use crate::mapping::expr::bind::{Binder, Failed};
use crate::mapping::expr::cell::{Cell, Form};
use crate::mapping::expr::function::call_strict;
use crate::mapping::expr::sql_type::Kind;
use crate::mapping::expr::typed::Typed;

/// `JSON_CONTAINS(document, candidate[, path])`.
pub(in super::super) fn contains(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let documents = vec![binder.json_document(&args[0])?, binder.json_document(&args[1])?];
    let path = match args.get(2) {
        None => Some(Path::default()),
        Some(arg) => binder.json_path(arg, Wildcards::Refused)?,
    };
    let Some(path) = path else {
        let value = call_strict("json_null_contains", Form::Bool, documents, |_| Ok(Cell::Null));
        return binder.json_typed(Kind::Boolean, true, value, args, span);
    };
    let result = call_strict(format!("json_contains_{path}"), Form::Bool, documents, move |args| {
        match find(value(&args[0])?, &path.legs, Wrap::Yes).map_err(row_error)? {
            Some(found) => holds_all(found, value(&args[1])?).map(Cell::Bool).map_err(row_error),
            None => Ok(Cell::Null),
        }
    });
    binder.json_typed(Kind::Boolean, true, result, args, span)
}

/// Whether a value holds another: an object its members, an array its elements.
fn holds_all(document: Value<'_>, candidate: Value<'_>) -> Result<bool, JsonError> {
    match document {
        Value::Object(members) => {
            let Value::Object(wanted) = candidate else { return Ok(false) };
            if wanted.len() > members.len() {
                return Ok(false);
            }
            for index in 0..wanted.len() {
                let found = members.member(wanted.key(index)?)?;
                let is_held = match found {
                    Some(found) => holds_all(found, wanted.value(index)?)?,
                    None => false,
                };
                if !is_held {
                    return Ok(false);
                }
            }
            Ok(true)
        }
        Value::Array(elements) => {
            let candidates = match candidate {
                Value::Array(candidates) => sorted(candidates)?,
                other => vec![other],
            };
            holds_elements(&sorted(elements)?, &candidates)
        }
        other => Ok(compare(other, candidate)?.is_eq()),
    }
}

/// Both lists are sorted, and an array among the candidates looks for one that is no less than the last that was passed.
fn holds_elements(elements: &[Value<'_>], candidates: &[Value<'_>]) -> Result<bool, JsonError> {
    let mut start = 0;
    for candidate in candidates {
        let mut is_held = false;
        for (at, element) in elements.iter().enumerate().skip(start) {
            let is_array = rank(*element).cmp(&Rank::Array);
            if matches!(candidate, Value::Array(_)) {
                match is_array {
                    Ordering::Less => {
                        start = at;
                        continue;
                    }
                    Ordering::Greater => break,
                    Ordering::Equal => {}
                }
            }
            is_held = match element {
                Value::Array(_) | Value::Object(_) => holds_all(*element, *candidate)?,
                _ => compare(*element, *candidate)?.is_eq(),
            };
            if is_held {
                break;
            }
        }
        if !is_held {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The elements in their order, each value once.
fn sorted<'a>(elements: Container<'a>) -> Result<Vec<Value<'a>>, JsonError> {
    let mut values = (0..elements.len()).map(|index| elements.value(index)).collect::<Result<Vec<_>, _>>()?;
    let mut failed = None;
    values.sort_by(|left, right| {
        compare(*left, *right).unwrap_or_else(|error| {
            failed = Some(error);
            Ordering::Equal
        })
    });
    if let Some(error) = failed {
        return Err(error);
    }
    values.dedup_by(|later, first| compare(*later, *first).is_ok_and(Ordering::is_eq));
    Ok(values)
}

/// How many of several paths have to name something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quantity {
    One,
    All,
}

impl Binder<'_> {
    /// `'one'` or `'all'`, a constant; none where it is NULL.
    pub(super) fn one_or_all(&mut self, arg: &Typed) -> Result<Option<Quantity>, Failed> {
        if arg.constant && arg.is_null_constant() {
            return Ok(None);
        }
        match arg.literal_text().filter(|_| arg.constant).map(|text| text.to_ascii_lowercase()).as_deref() {
            Some(b"one") => Ok(Some(Quantity::One)),
            Some(b"all") => Ok(Some(Quantity::All)),
            _ => Err(self.error(Code::TYPE_MISMATCH, "here stands `'one'` or `'all'`".into(), arg.span)),
        }
    }
}

/// `JSON_CONTAINS_PATH(document, one or all, path, …)`.
pub(in super::super) fn contains_path(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let document = binder.json_document(&args[0])?;
    let Some(quantity) = binder.one_or_all(&args[1])? else {
        let value = call_strict("json_null_contains_path", Form::Bool, vec![null_of(document)], |_| Ok(Cell::Null));
        return binder.json_typed(Kind::Boolean, true, value, args, span);
    };
    let mut paths = Vec::new();
    let mut has_null = false;
    for arg in &args[2..] {
        // Behind a NULL nothing is asked.
        match binder.json_path(arg, Wildcards::Allowed)? {
            Some(path) if !has_null => paths.push(path),
            Some(_) => {}
            None => has_null = true,
        }
    }
    let name = format!("json_contains_path_{quantity:?}_{has_null}_{}", listed(&paths));
    let result = call_strict(name, Form::Bool, vec![document], move |args| {
        let root = value(&args[0])?;
        for path in &paths {
            let is_there = !seek(root, path, Wrap::Yes).map_err(row_error)?.is_empty();
            if is_there == (quantity == Quantity::One) {
                return Ok(Cell::Bool(is_there));
            }
        }
        Ok(if has_null { Cell::Null } else { Cell::Bool(quantity == Quantity::All) })
    });
    binder.json_typed(Kind::Boolean, true, result, args, span)
}

/// `JSON_OVERLAPS(a, b)`.
pub(in super::super) fn overlaps(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let documents = vec![binder.json_document(&args[0])?, binder.json_document(&args[1])?];
    let result = call_strict("json_overlaps", Form::Bool, documents, |args| {
        overlap(value(&args[0])?, value(&args[1])?).map(Cell::Bool).map_err(row_error)
    });
    binder.json_typed(Kind::Boolean, true, result, args, span)
}

fn overlap(left: Value<'_>, right: Value<'_>) -> Result<bool, JsonError> {
    match (left, right) {
        (Value::Array(elements), other) | (other, Value::Array(elements)) => {
            let others = match other {
                Value::Array(others) => (0..others.len()).map(|index| others.value(index)).collect::<Result<Vec<_>, _>>()?,
                other => vec![other],
            };
            for index in 0..elements.len() {
                let element = elements.value(index)?;
                for other in &others {
                    if compare(element, *other)?.is_eq() {
                        return Ok(true);
                    }
                }
            }
            Ok(false)
        }
        (Value::Object(left), Value::Object(right)) => {
            for index in 0..left.len() {
                if let Some(member) = right.member(left.key(index)?)?
                    && compare(member, left.value(index)?)?.is_eq()
                {
                    return Ok(true);
                }
            }
            Ok(false)
        }
        (left, right) => Ok(compare(left, right)?.is_eq()),
    }
}

impl Binder<'_> {
    /// `value MEMBER OF (array)`.
    pub(in super::super) fn member_of(&mut self, wanted: &dsl::Expr, array: &dsl::Expr, span: Span) -> Result<Typed, Failed> {
        let args = self.bind_all([wanted, array])?;
        let values: Vec<Expr> = vec![self.json_atom(&args[0])?, self.json_document(&args[1])?];
        let result = call_strict("json_member_of", Form::Bool, values, |args| {
            let Value::Array(elements) = value(&args[1])? else { return Ok(Cell::Bool(ordering(&args[0], &args[1])?.is_eq())) };
            let wanted = value(&args[0])?;
            for index in 0..elements.len() {
                if elements.value(index).and_then(|element| compare(wanted, element)).map_err(row_error)?.is_eq() {
                    return Ok(Cell::Bool(true));
                }
            }
            Ok(Cell::Bool(false))
        });
        self.json_typed(Kind::Boolean, true, result, &args, span)
    }
}
