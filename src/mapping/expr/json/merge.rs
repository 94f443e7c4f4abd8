//! Documents joined: JSON_MERGE_PRESERVE and JSON_MERGE_PATCH.

use std::borrow::Cow;

use dsl::Span;

use super::document::row_error;
use crate::columnar::json::{JsonError, Node, key_order};
use crate::mapping::expr::bind::{Binder, Failed};
use crate::mapping::expr::cell::{Cell, Form};
use crate::mapping::expr::function::{call_rows_checked, call_strict};
use crate::mapping::expr::typed::Typed;

type Members<'a> = Vec<(Cow<'a, str>, Node<'a>)>;

/// `JSON_MERGE_PRESERVE(a, b, …)`: objects member by member, all else as arrays.
pub(in super::super) fn merge_preserve(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let documents = args.iter().map(|arg| binder.json_document(arg)).collect::<Result<Vec<_>, _>>()?;
    let value = call_strict("json_merge_preserve", Form::Bytes, documents, |args| {
        let merge = || {
            let mut nodes = args.iter().map(|arg| Node::document(arg.as_bytes()));
            let mut merged = nodes.next().ok_or(JsonError::Malformed)??;
            for next in nodes {
                merged = merged_pair(merged, next?)?;
            }
            merged.to_document()
        };
        merge().map(Cell::bytes).map_err(row_error)
    });
    binder.json_result(true, value, args, span)
}

fn merged_pair<'a>(left: Node<'a>, right: Node<'a>) -> Result<Node<'a>, JsonError> {
    if left.is_object() && right.is_object() {
        let (mut merged, right) = (members(left)?, members(right)?);
        for (key, value) in right {
            match position(&merged, &key) {
                Ok(at) => {
                    let known = std::mem::replace(&mut merged[at].1, Node::Array(Vec::new()));
                    merged[at].1 = merged_pair(known, value)?;
                }
                Err(at) => merged.insert(at, (key, value)),
            }
        }
        return Ok(Node::Object(merged));
    }
    let mut merged = elements(left)?;
    merged.extend(elements(right)?);
    Ok(Node::Array(merged))
}

fn position(members: &Members<'_>, key: &str) -> Result<usize, usize> {
    members.binary_search_by(|(known, _)| key_order(known.as_bytes(), key.as_bytes()))
}

fn members<'a>(mut object: Node<'a>) -> Result<Members<'a>, JsonError> {
    object.take_apart()?;
    match object {
        Node::Object(members) => Ok(members),
        Node::Array(_) | Node::Raw(..) | Node::New(..) => Ok(Vec::new()),
    }
}

fn elements<'a>(mut node: Node<'a>) -> Result<Vec<Node<'a>>, JsonError> {
    if !node.is_array() {
        return Ok(vec![node]);
    }
    node.take_apart()?;
    match node {
        Node::Array(elements) => Ok(elements),
        other => Ok(vec![other]),
    }
}

/// `JSON_MERGE_PATCH(document, patch, …)` as RFC 7396 has it. A patch that is no object takes the place of all before it, of NULL too.
pub(in super::super) fn merge_patch(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let documents = args.iter().map(|arg| binder.json_document(arg)).collect::<Result<Vec<_>, _>>()?;
    let value = call_rows_checked("json_merge_patch", Form::Bytes, documents, |args| {
        let mut result = node(&args[0]).map_err(row_error)?;
        for patch in &args[1..] {
            let patch = node(patch).map_err(row_error)?;
            result = match (result, patch) {
                (_, None) => None,
                (_, Some(patch)) if !patch.is_object() => Some(patch),
                (None, Some(_)) => None,
                (Some(target), Some(patch)) => Some(patched(target, patch).map_err(row_error)?),
            };
        }
        result.map_or(Ok(Cell::Null), |result| result.to_document().map(Cell::bytes).map_err(row_error))
    });
    binder.json_result(true, value, args, span)
}

fn node<'a>(cell: &'a Cell<'_>) -> Result<Option<Node<'a>>, JsonError> {
    if cell.is_null() { Ok(None) } else { Node::document(cell.as_bytes()).map(Some) }
}

/// The target with a patch applied that is an object.
fn patched<'a>(target: Node<'a>, patch: Node<'a>) -> Result<Node<'a>, JsonError> {
    let mut result = if target.is_object() { members(target)? } else { Vec::new() };
    for (key, value) in members(patch)? {
        let place = position(&result, &key);
        if value.is_null() {
            if let Ok(at) = place {
                result.remove(at);
            }
            continue;
        }
        let at = place.unwrap_or_else(|at| {
            result.insert(at, (key, Node::Object(Vec::new())));
            at
        });
        let known = std::mem::replace(&mut result[at].1, Node::Array(Vec::new()));
        result[at].1 = if value.is_object() { patched(known, value)? } else { value };
    }
    Ok(Node::Object(result))
}
