//! The values that a path names in a binary document, found without building a tree.

use super::path::{Leg, Path};
use crate::columnar::json::{JsonError, Value};

/// A value that is found, with the way to it where that is asked for.
pub(super) struct Hit<'a> {
    pub(super) value: Value<'a>,
    pub(super) place: Vec<Step<'a>>,
}

/// A step on the way to a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step<'a> {
    Member(&'a str),
    Cell(usize),
}

/// Whether a value that is no array counts as the only element of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wrap {
    Yes,
    No,
}

/// All values that a path names, each once, in the order of the document.
pub(super) fn seek<'a>(root: Value<'a>, path: &Path, wrap: Wrap) -> Result<Vec<Hit<'a>>, JsonError> {
    // Without `**` a path names no value twice, and no way is as long as a document is deep.
    let mut search = Search { wrap, hits: Vec::new(), place: Vec::new(), visits: visits(root) };
    search.visit(root, &path.legs)?;
    if path.legs.contains(&Leg::Ellipsis) {
        let mut known = Vec::with_capacity(search.hits.len());
        search.hits.retain(|hit| {
            let is_new = !known.contains(&hit.place);
            if is_new {
                known.push(hit.place.clone());
            }
            is_new
        });
    }
    Ok(search.hits)
}

/// The only value that a path without wildcards names.
pub(super) fn find<'a>(root: Value<'a>, legs: &[Leg], wrap: Wrap) -> Result<Option<Value<'a>>, JsonError> {
    let mut value = root;
    for leg in legs {
        value = match (value, leg) {
            (Value::Object(members), Leg::Member(key)) => match members.member(key)? {
                Some(member) => member,
                None => return Ok(None),
            },
            (Value::Array(elements), Leg::Cell(index)) => match index.within(elements.len()) {
                Some(place) => elements.value(place)?,
                None => return Ok(None),
            },
            (Value::Array(_), _) => return Ok(None),
            (other, Leg::Cell(_)) if wrap == Wrap::Yes && leg.wraps() => other,
            _ => return Ok(None),
        };
    }
    Ok(Some(value))
}

/// Levels of containers, one for a value without parts.
pub(super) fn depth(value: Value<'_>) -> Result<usize, JsonError> {
    fn levels(value: Value<'_>, visits: &mut usize) -> Result<usize, JsonError> {
        *visits = visits.checked_sub(1).ok_or(JsonError::Malformed)?;
        let (Value::Array(parts) | Value::Object(parts)) = value else { return Ok(1) };
        let mut deepest = 0;
        for index in 0..parts.len() {
            deepest = deepest.max(levels(parts.value(index)?, visits)?);
        }
        Ok(deepest + 1)
    }
    levels(value, &mut visits(value))
}

/// As many values as a sound document of this size can hold; a forged one could lead through one value for ever.
fn visits(root: Value<'_>) -> usize {
    match root {
        Value::Array(container) | Value::Object(container) => container.size() + 1,
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::UInt(_) | Value::Double(_) | Value::Text(_) | Value::Opaque(..) => 1,
    }
}

struct Search<'a> {
    wrap: Wrap,
    hits: Vec<Hit<'a>>,
    place: Vec<Step<'a>>,
    visits: usize,
}

impl<'a> Search<'a> {
    fn visit(&mut self, value: Value<'a>, legs: &[Leg]) -> Result<(), JsonError> {
        let Some((leg, rest)) = legs.split_first() else {
            self.hits.push(Hit { value, place: self.place.clone() });
            return Ok(());
        };
        match (leg, value) {
            (Leg::Ellipsis, _) => self.visit_all(value, legs, rest),
            (Leg::Member(key), Value::Object(members)) => match members.position(key)? {
                Some(index) => self.enter(Step::Member(members.key(index)?), members.value(index)?, rest),
                None => Ok(()),
            },
            (Leg::AnyMember, Value::Object(members)) => {
                for index in 0..members.len() {
                    self.enter(Step::Member(members.key(index)?), members.value(index)?, rest)?;
                }
                Ok(())
            }
            (Leg::Cell(_) | Leg::Range(..) | Leg::AnyCell, Value::Array(elements)) => {
                for index in leg.range(elements.len()) {
                    self.enter(Step::Cell(index), elements.value(index)?, rest)?;
                }
                Ok(())
            }
            _ if self.wrap == Wrap::Yes && leg.wraps() => self.visit(value, rest),
            _ => Ok(()),
        }
    }

    /// A value and all inside of it.
    fn visit_all(&mut self, value: Value<'a>, legs: &[Leg], rest: &[Leg]) -> Result<(), JsonError> {
        self.visits = self.visits.checked_sub(1).ok_or(JsonError::Malformed)?;
        let visits = self.visits;
        self.visit(value, rest)?;
        self.visits = visits;
        match value {
            Value::Array(elements) => {
                for index in 0..elements.len() {
                    self.enter(Step::Cell(index), elements.value(index)?, legs)?;
                }
            }
            Value::Object(members) => {
                for index in 0..members.len() {
                    self.enter(Step::Member(members.key(index)?), members.value(index)?, legs)?;
                }
            }
            Value::Null | Value::Bool(_) | Value::Int(_) | Value::UInt(_) | Value::Double(_) | Value::Text(_) | Value::Opaque(..) => {}
        }
        Ok(())
    }

    fn enter(&mut self, step: Step<'a>, value: Value<'a>, legs: &[Leg]) -> Result<(), JsonError> {
        self.place.push(step);
        let visited = self.visit(value, legs);
        self.place.pop();
        visited
    }
}
