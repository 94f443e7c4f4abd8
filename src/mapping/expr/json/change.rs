//! Documents with some parts changed: JSON_SET, JSON_INSERT, JSON_REPLACE, JSON_REMOVE, JSON_ARRAY_APPEND, JSON_ARRAY_INSERT.

use std::borrow::Cow;

use datafusion::logical_expr::Expr;
use dsl::{Code, Span};

use super::array::node;
use super::document::{Wildcards, row_error};
use super::lookup::{listed, null_of};
use super::path::{Leg, Path};
use crate::columnar::json::{JsonError, Node, key_order};
use crate::mapping::expr::bind::{Binder, Failed};
use crate::mapping::expr::cell::{Cell, Form};
use crate::mapping::expr::function::{call_rows_checked, call_strict, guarded_by, is_fallible};
use crate::mapping::expr::typed::Typed;

/// What is done at the place that a path names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Change {
    Set,
    Insert,
    Replace,
    ArrayAppend,
    ArrayInsert,
}

impl Change {
    /// Whether the value is asked for although the place may not be there.
    fn always_reads_value(self) -> bool {
        matches!(self, Self::Set | Self::Replace)
    }
}

/// `JSON_SET(document, path, value, …)`: changes what is there, adds what is not.
pub(in super::super) fn set(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    changed(binder, args, Change::Set, span)
}

/// `JSON_INSERT(document, path, value, …)`: adds what is not there.
pub(in super::super) fn insert(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    changed(binder, args, Change::Insert, span)
}

/// `JSON_REPLACE(document, path, value, …)`: changes what is there.
pub(in super::super) fn replace(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    changed(binder, args, Change::Replace, span)
}

/// `JSON_ARRAY_APPEND(document, path, value, …)`.
pub(in super::super) fn array_append(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    changed(binder, args, Change::ArrayAppend, span)
}

/// `JSON_ARRAY_INSERT(document, path, value, …)`: the path names an element, before which the value is put.
pub(in super::super) fn array_insert(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    changed(binder, args, Change::ArrayInsert, span)
}

fn changed(binder: &mut Binder<'_>, args: &[Typed], change: Change, span: Span) -> Result<Typed, Failed> {
    if args.len().is_multiple_of(2) {
        return Err(binder.error(Code::WRONG_ARGUMENT_COUNT, "behind the document stand paths and values in pairs".into(), span));
    }
    let mut values = vec![binder.json_document(&args[0])?];
    let mut paths = Vec::new();
    for pair in args[1..].chunks(2) {
        let Some(path) = binder.json_path(&pair[0], Wildcards::Refused)? else {
            // The values before are asked for, and may fail.
            let value = call_rows_checked("json_change_null", Form::Bytes, guarded_by(values, 1), |_| Ok(Cell::Null));
            return binder.json_result(true, value, args, span);
        };
        if change == Change::ArrayInsert && !matches!(path.legs.last(), Some(Leg::Cell(_))) {
            let message = "this path has to name an element of an array".to_owned();
            return Err(binder.error_with(Code::BAD_JSON_PATH, message, pair[0].span, "It ends in `[0]`, `[last]` or the like."));
        }
        let value = binder.json_atom(&pair[1])?;
        if is_fallible(&value) && !change.always_reads_value() {
            let message = "this value may fail, and MySQL asks for it only where its place is there".to_owned();
            return Err(binder.error_with(Code::TYPE_MISMATCH, message, pair[1].span, "Write `JSON_SET`, or a value that cannot fail."));
        }
        paths.push(path);
        values.push(value);
    }
    let name = format!("json_{change:?}_{}", listed(&paths));
    let value = call_rows_checked(name, Form::Bytes, guarded_by(values, 1), move |args| {
        if args[0].is_null() {
            return Ok(Cell::Null);
        }
        let apply = || {
            let mut root = Node::document(args[0].as_bytes())?;
            for (path, value) in paths.iter().zip(&args[1..]) {
                apply(&mut root, path, node(value)?, change)?;
            }
            root.to_document()
        };
        apply().map(Cell::bytes).map_err(row_error)
    });
    binder.json_result(true, value, args, span)
}

fn apply<'a>(root: &mut Node<'a>, path: &Path, value: Node<'a>, change: Change) -> Result<(), JsonError> {
    match change {
        Change::Set | Change::Insert | Change::Replace => {
            let parent = path.legs.split_last().map(|(_, parent)| parent);
            if let Some(found) = place(root, &path.legs)? {
                // The root is there always, but nothing is inserted in its place.
                if change != Change::Insert {
                    *found = value;
                }
            } else if change != Change::Replace
                && let (Some(parent), Some(leg)) = (parent, path.legs.last())
                && let Some(parent) = place(root, parent)?
            {
                add(parent, leg, value);
            }
        }
        Change::ArrayAppend => {
            if let Some(found) = place(root, &path.legs)? {
                wrap(found);
                if let Node::Array(elements) = found {
                    elements.push(value);
                }
            }
        }
        Change::ArrayInsert => {
            if let Some((Leg::Cell(index), parent)) = path.legs.split_last()
                && let Some(Node::Array(elements)) = exact_place(root, parent)?
            {
                elements.insert(index.clamped(elements.len()), value);
            }
        }
    }
    Ok(())
}

/// Adds a value to the container that its path leads to; a value that is no array becomes the first element of one.
fn add<'a>(parent: &mut Node<'a>, leg: &Leg, value: Node<'a>) {
    match (parent, leg) {
        (Node::Object(members), Leg::Member(key)) => {
            if let Err(at) = members.binary_search_by(|(known, _)| key_order(known.as_bytes(), key.as_bytes())) {
                members.insert(at, (Cow::Owned(key.clone()), value));
            }
        }
        (parent, Leg::Cell(index)) => {
            wrap(parent);
            if let Node::Array(elements) = parent {
                elements.insert(index.clamped(elements.len()), value);
            }
        }
        _ => {}
    }
}

/// Makes a value that is no array the only element of one.
fn wrap(node: &mut Node<'_>) {
    if !node.is_array() {
        let inner = std::mem::replace(node, Node::Array(Vec::new()));
        *node = Node::Array(vec![inner]);
    }
}

/// The value that a path names, taken apart; a value that is no array counts as the only element of one.
fn place<'n, 'a>(root: &'n mut Node<'a>, legs: &[Leg]) -> Result<Option<&'n mut Node<'a>>, JsonError> {
    let mut node = root;
    for leg in legs {
        node.take_apart()?;
        if !node.is_array() && leg.wraps() {
            continue;
        }
        match step(node, leg) {
            Some(next) => node = next,
            None => return Ok(None),
        }
    }
    node.take_apart()?;
    Ok(Some(node))
}

/// As [`place`], where only arrays have elements.
fn exact_place<'n, 'a>(root: &'n mut Node<'a>, legs: &[Leg]) -> Result<Option<&'n mut Node<'a>>, JsonError> {
    let mut node = root;
    for leg in legs {
        node.take_apart()?;
        match step(node, leg) {
            Some(next) => node = next,
            None => return Ok(None),
        }
    }
    node.take_apart()?;
    Ok(Some(node))
}

fn step<'n, 'a>(node: &'n mut Node<'a>, leg: &Leg) -> Option<&'n mut Node<'a>> {
    match (node, leg) {
        (Node::Array(elements), Leg::Cell(index)) => {
            let place = index.within(elements.len())?;
            elements.get_mut(place)
        }
        (Node::Object(members), Leg::Member(key)) => {
            let at = members.binary_search_by(|(known, _)| key_order(known.as_bytes(), key.as_bytes())).ok()?;
            members.get_mut(at).map(|(_, value)| value)
        }
        _ => None,
    }
}

/// `JSON_REMOVE(document, path, …)`.
pub(in super::super) fn remove(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let document = binder.json_document(&args[0])?;
    let mut paths = Vec::new();
    for arg in &args[1..] {
        let Some(path) = binder.json_path(arg, Wildcards::Refused)? else {
            return binder.json_result(true, null_of(document), args, span);
        };
        if path.legs.is_empty() {
            return Err(binder.error(Code::BAD_JSON_PATH, "`$` is the whole document, which cannot be removed".into(), arg.span));
        }
        paths.push(path);
    }
    let value: Expr = call_strict(format!("json_remove_{}", listed(&paths)), Form::Bytes, vec![document], move |args| {
        let apply = || {
            let mut root = Node::document(args[0].as_bytes())?;
            for path in &paths {
                take_out(&mut root, path)?;
            }
            root.to_document()
        };
        apply().map(Cell::bytes).map_err(row_error)
    });
    binder.json_result(true, value, args, span)
}

fn take_out(root: &mut Node<'_>, path: &Path) -> Result<(), JsonError> {
    let legs = without_wrapping(root, path)?;
    let Some((leg, parent)) = legs.split_last() else { return Ok(()) };
    match (exact_place(root, parent)?, leg) {
        (Some(Node::Array(elements)), Leg::Cell(index)) => {
            if let Some(at) = index.within(elements.len()) {
                elements.remove(at);
            }
        }
        (Some(Node::Object(members)), Leg::Member(key)) => members.retain(|(known, _)| known != key),
        _ => {}
    }
    Ok(())
}

/// The path without the steps that name a value as its own only element.
fn without_wrapping(root: &mut Node<'_>, path: &Path) -> Result<Vec<Leg>, JsonError> {
    let mut legs = Vec::with_capacity(path.legs.len());
    let mut node = Some(root);
    for leg in &path.legs {
        if let Some(node) = &mut node {
            node.take_apart()?;
            if leg.wraps() && !node.is_array() {
                continue;
            }
        }
        legs.push(leg.clone());
        node = node.and_then(|node| step(node, leg));
    }
    Ok(legs)
}
