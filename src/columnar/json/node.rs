//! A document taken apart where it changes, and written again. What no change touches stays bytes.

use std::{borrow::Cow, cmp::Ordering};

use super::{
    JsonError, MAX_DEPTH, Value,
    value::{is_inline, scalar_length},
};

/// A value of a document that may change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node<'a> {
    /// An untouched value: its kind and its bytes.
    Raw(u8, &'a [u8]),
    /// An array taken apart.
    Array(Vec<Node<'a>>),
    /// An object taken apart; its keys are ordered by length, then by bytes.
    Object(Vec<(Cow<'a, str>, Node<'a>)>),
}

/// A step of a path into a document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Leg {
    /// `.key`
    Member(String),
    /// `[index]`
    Element(usize),
}

impl Leg {
    /// Reads a path that names one place: `$.a[3]."b c"`.
    pub fn path(text: &str) -> Result<Vec<Self>, JsonError> {
        let mut rest = text.strip_prefix('$').ok_or(JsonError::Path)?;
        let mut legs = Vec::new();
        while !rest.is_empty() {
            let leg;
            if let Some(index) = rest.strip_prefix('[') {
                let (index, after) = index.split_once(']').ok_or(JsonError::Path)?;
                (leg, rest) = (Self::Element(index.parse().map_err(|_| JsonError::Path)?), after);
            } else {
                let key = rest.strip_prefix('.').ok_or(JsonError::Path)?;
                let end = if key.starts_with('"') { quoted_end(key)? } else { key.find(['.', '[']).unwrap_or(key.len()) };
                let (key, after) = key.split_at(end);
                let plain = if key.starts_with('"') { serde_json::from_str(key).map_err(|_| JsonError::Path)? } else { key.to_owned() };
                (leg, rest) = (Self::Member(plain), after);
            }
            legs.push(leg);
            if legs.len() > MAX_DEPTH {
                return Err(JsonError::TooDeep);
            }
        }
        Ok(legs)
    }
}

/// Where a quoted key ends, its quotes included.
fn quoted_end(key: &str) -> Result<usize, JsonError> {
    let mut escaped = false;
    for (index, byte) in key.bytes().enumerate().skip(1) {
        match byte {
            b'"' if !escaped => return Ok(index + 1),
            b'\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    Err(JsonError::Path)
}

impl<'a> Node<'a> {
    /// A whole document, as a column holds it. No bytes at all are null.
    pub fn document(bytes: &'a [u8]) -> Result<Self, JsonError> {
        match bytes.split_first() {
            None => Ok(Self::Raw(4, &[0])),
            Some((&kind, bytes)) => Self::raw(kind, bytes),
        }
    }

    fn raw(kind: u8, bytes: &'a [u8]) -> Result<Self, JsonError> {
        let length = match kind {
            0..=3 => match Value::at(kind, bytes)? {
                Value::Array(container) | Value::Object(container) => container.size(),
                _ => return Err(JsonError::Malformed),
            },
            kind => scalar_length(kind, bytes)?,
        };
        Ok(Self::Raw(kind, bytes.get(..length).ok_or(JsonError::Malformed)?))
    }

    /// Puts a value in the place of the one that a path names.
    pub fn replace(&mut self, path: &[Leg], value: Self) -> Result<(), JsonError> {
        *self.seek(path)? = value;
        Ok(())
    }

    /// Adds a member that the object does not have yet, or an element before the one that the path names, else at the end.
    pub fn insert(&mut self, path: &[Leg], value: Self) -> Result<(), JsonError> {
        let (leg, parent) = path.split_last().ok_or(JsonError::Misfit)?;
        match (self.seek(parent)?, leg) {
            (Self::Array(elements), &Leg::Element(index)) => elements.insert(index.min(elements.len()), value),
            (Self::Object(members), Leg::Member(key)) => {
                let place = members.binary_search_by(|(known, _)| by_key(known, key)).err().ok_or(JsonError::Misfit)?;
                members.insert(place, (Cow::Owned(key.clone()), value));
            }
            _ => return Err(JsonError::Misfit),
        }
        Ok(())
    }

    /// Removes the value that a path names.
    pub fn remove(&mut self, path: &[Leg]) -> Result<(), JsonError> {
        let (leg, parent) = path.split_last().ok_or(JsonError::Misfit)?;
        match (self.seek(parent)?, leg) {
            (Self::Array(elements), &Leg::Element(index)) if index < elements.len() => drop(elements.remove(index)),
            (Self::Object(members), Leg::Member(key)) => {
                let place = members.binary_search_by(|(known, _)| by_key(known, key)).map_err(|_| JsonError::Misfit)?;
                members.remove(place);
            }
            _ => return Err(JsonError::Misfit),
        }
        Ok(())
    }

    /// The value that a path names, taken apart together with all values above it.
    fn seek(&mut self, path: &[Leg]) -> Result<&mut Self, JsonError> {
        let mut node = self;
        node.take_apart()?;
        for leg in path {
            let child = match (node, leg) {
                (Self::Array(elements), &Leg::Element(index)) => elements.get_mut(index),
                (Self::Object(members), Leg::Member(key)) => {
                    let place = members.binary_search_by(|(known, _)| by_key(known, key)).map_err(|_| JsonError::Misfit)?;
                    members.get_mut(place).map(|(_, value)| value)
                }
                _ => None,
            };
            node = child.ok_or(JsonError::Misfit)?;
            node.take_apart()?;
        }
        Ok(node)
    }

    fn take_apart(&mut self) -> Result<(), JsonError> {
        let Self::Raw(kind @ 0..=3, bytes) = *self else {
            return Ok(());
        };
        let child = |container: super::Container<'a>, index| container.raw(index).and_then(|(kind, bytes)| Self::raw(kind, bytes));
        *self = match Value::at(kind, bytes)? {
            Value::Array(elements) => Self::Array((0..elements.len()).map(|index| child(elements, index)).collect::<Result<_, _>>()?),
            Value::Object(members) => {
                let member = |index| Ok((Cow::Borrowed(members.key(index)?), child(members, index)?));
                Self::Object((0..members.len()).map(member).collect::<Result<_, _>>()?)
            }
            _ => return Err(JsonError::Malformed),
        };
        Ok(())
    }

    /// The binary document.
    pub fn to_document(&self) -> Result<Vec<u8>, JsonError> {
        let (kind, bytes) = self.to_bytes(1)?;
        let mut document = Vec::with_capacity(bytes.len() + 1);
        document.push(kind);
        document.extend_from_slice(&bytes);
        Ok(document)
    }

    fn to_bytes(&self, depth: usize) -> Result<(u8, Cow<'a, [u8]>), JsonError> {
        if depth > MAX_DEPTH {
            return Err(JsonError::TooDeep);
        }
        let (keys, values): (Vec<&str>, Vec<&Self>) = match self {
            Self::Raw(kind, bytes) => return Ok((*kind, Cow::Borrowed(bytes))),
            Self::Array(elements) => (Vec::new(), elements.iter().collect()),
            Self::Object(members) => members.iter().map(|(key, value)| (key.as_ref(), value)).unzip(),
        };
        let values = values.into_iter().map(|value| value.to_bytes(depth + 1)).collect::<Result<Vec<_>, _>>()?;
        let is_object = matches!(self, Self::Object(_));
        let kind = if is_object { 0 } else { 2 };
        if let Some(small) = container(&keys, &values, is_object, 2) {
            return Ok((kind, small.into()));
        }
        let large = container(&keys, &values, is_object, 4).ok_or(JsonError::TooLarge)?;
        Ok((kind + 1, large.into()))
    }
}

/// The order of keys in an object: shorter ones first.
pub(super) fn by_key(left: &str, right: &str) -> Ordering {
    left.len().cmp(&right.len()).then_with(|| left.as_bytes().cmp(right.as_bytes()))
}

/// A container's bytes with counts and offsets of `width` bytes; none when it is too large for them.
fn container(keys: &[&str], values: &[(u8, Cow<'_, [u8]>)], is_object: bool, width: usize) -> Option<Vec<u8>> {
    let key_entries = if is_object { values.len() * (width + 2) } else { 0 };
    let mut offset = 2 * width + key_entries + values.len() * (width + 1);
    let behind = values.iter().filter(|(kind, _)| !is_inline(*kind, width)).map(|(_, bytes)| bytes.len()).sum::<usize>();
    let size = offset + keys.iter().map(|key| key.len()).sum::<usize>() + behind;
    let mut out = Vec::with_capacity(size);
    let number = |number: usize, width: usize, out: &mut Vec<u8>| -> Option<()> {
        if number >> (8 * width) != 0 {
            return None;
        }
        out.extend_from_slice(&number.to_le_bytes()[..width]);
        Some(())
    };
    number(values.len(), width, &mut out)?;
    number(size, width, &mut out)?;
    for key in keys {
        number(offset, width, &mut out)?;
        number(key.len(), 2, &mut out)?;
        offset += key.len();
    }
    for (kind, bytes) in values {
        out.push(*kind);
        if is_inline(*kind, width) {
            let sign = if *kind == 5 && bytes.get(1).is_some_and(|high| high & 0x80 != 0) { 0xFF } else { 0 };
            out.extend((0..width).map(|index| bytes.get(index).copied().unwrap_or(sign)));
        } else {
            number(offset, width, &mut out)?;
            offset += bytes.len();
        }
    }
    keys.iter().for_each(|key| out.extend_from_slice(key.as_bytes()));
    let behind = values.iter().filter(|(kind, _)| !is_inline(*kind, width));
    behind.for_each(|(_, bytes)| out.extend_from_slice(bytes));
    Some(out)
}
