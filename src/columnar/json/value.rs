//! A view of a binary JSON document: nothing is copied, every offset is checked when it is followed.

use std::cmp::Ordering;

use super::{JsonError, key_order};

/// A value inside a document.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'a> {
    /// null
    Null,
    /// true, false
    Bool(bool),
    /// A signed integer.
    Int(i64),
    /// An unsigned integer.
    UInt(u64),
    /// A double.
    Double(f64),
    /// A string.
    Text(&'a str),
    /// A value of another MySQL type: its type code and its bytes.
    Opaque(u8, &'a [u8]),
    /// An array.
    Array(Container<'a>),
    /// An object.
    Object(Container<'a>),
}

/// An array or object: its table of entries and what lies behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Container<'a> {
    bytes: &'a [u8],
    count: usize,
    /// 4 where counts and offsets are, 2 in small containers.
    width: usize,
    is_object: bool,
}

impl<'a> Value<'a> {
    /// The value of a whole document, as a column holds it. No bytes at all are null.
    pub fn document(bytes: &'a [u8]) -> Result<Self, JsonError> {
        match bytes.split_first() {
            None => Ok(Self::Null),
            Some((&kind, bytes)) => Self::at(kind, bytes),
        }
    }

    /// The value of a kind whose bytes start here.
    pub(super) fn at(kind: u8, bytes: &'a [u8]) -> Result<Self, JsonError> {
        Ok(match kind {
            0 => Self::Object(Container::new(bytes, 2, true)?),
            1 => Self::Object(Container::new(bytes, 4, true)?),
            2 => Self::Array(Container::new(bytes, 2, false)?),
            3 => Self::Array(Container::new(bytes, 4, false)?),
            4 => match array(bytes)? {
                [0] => Self::Null,
                [1] => Self::Bool(true),
                [2] => Self::Bool(false),
                [_] => return Err(JsonError::Malformed),
            },
            5 => Self::Int(i64::from(i16::from_le_bytes(array(bytes)?))),
            6 => Self::UInt(u64::from(u16::from_le_bytes(array(bytes)?))),
            7 => Self::Int(i64::from(i32::from_le_bytes(array(bytes)?))),
            8 => Self::UInt(u64::from(u32::from_le_bytes(array(bytes)?))),
            9 => Self::Int(i64::from_le_bytes(array(bytes)?)),
            10 => Self::UInt(u64::from_le_bytes(array(bytes)?)),
            11 => Self::Double(f64::from_le_bytes(array(bytes)?)),
            12 => Self::Text(str::from_utf8(counted(bytes)?.0).map_err(|_| JsonError::Malformed)?),
            15 => {
                let (&code, bytes) = bytes.split_first().ok_or(JsonError::Malformed)?;
                Self::Opaque(code, counted(bytes)?.0)
            }
            _ => return Err(JsonError::Malformed),
        })
    }
}

/// How many of the bytes from here on belong to a scalar of a kind.
pub(super) fn scalar_length(kind: u8, bytes: &[u8]) -> Result<usize, JsonError> {
    let length = match kind {
        4 => 1,
        5 | 6 => 2,
        7 | 8 => 4,
        9..=11 => 8,
        12 => counted(bytes)?.1,
        15 => 1 + counted(bytes.get(1..).ok_or(JsonError::Malformed)?)?.1,
        _ => return Err(JsonError::Malformed),
    };
    if length <= bytes.len() { Ok(length) } else { Err(JsonError::Malformed) }
}

impl<'a> Container<'a> {
    fn new(bytes: &'a [u8], width: usize, is_object: bool) -> Result<Self, JsonError> {
        let (count, size) = (little(bytes, 0, width)?, little(bytes, width, width)?);
        let bytes = bytes.get(..size).ok_or(JsonError::Malformed)?;
        let container = Self { bytes, count, width, is_object };
        let table = container.entry_start(count).ok_or(JsonError::Malformed)?;
        if table <= size { Ok(container) } else { Err(JsonError::Malformed) }
    }

    /// How many elements or members it has.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Its bytes, tables and all.
    pub(super) fn bytes(&self) -> &'a [u8] {
        self.bytes
    }

    /// The kind that says what it is, and how wide its tables are.
    pub(super) fn kind(&self) -> u8 {
        u8::from(!self.is_object) * 2 + u8::from(self.width == 4)
    }

    /// How many bytes it takes, tables and all.
    pub fn size(&self) -> usize {
        self.bytes.len()
    }

    /// The value of the member of this key.
    pub fn member(&self, key: &str) -> Result<Option<Value<'a>>, JsonError> {
        self.position(key)?.map(|index| self.value(index)).transpose()
    }

    /// Which member has this key.
    pub fn position(&self, key: &str) -> Result<Option<usize>, JsonError> {
        let (mut low, mut high) = (0, if self.is_object { self.count } else { 0 });
        while low < high {
            let middle = low + (high - low) / 2;
            match key_order(self.key_bytes(middle)?, key.as_bytes()) {
                Ordering::Equal => return Ok(Some(middle)),
                Ordering::Less => low = middle + 1,
                Ordering::Greater => high = middle,
            }
        }
        Ok(None)
    }

    /// The key of a member.
    pub fn key(&self, index: usize) -> Result<&'a str, JsonError> {
        str::from_utf8(self.key_bytes(index)?).map_err(|_| JsonError::Malformed)
    }

    fn key_bytes(&self, index: usize) -> Result<&'a [u8], JsonError> {
        let entry = 2 * self.width + index * (self.width + 2);
        let offset = little(self.bytes, entry, self.width)?;
        let length = little(self.bytes, entry + self.width, 2)?;
        self.bytes.get(offset..).and_then(|rest| rest.get(..length)).ok_or(JsonError::Malformed)
    }

    /// An element, or the value of a member.
    pub fn value(&self, index: usize) -> Result<Value<'a>, JsonError> {
        let (kind, bytes) = self.raw(index)?;
        Value::at(kind, bytes)
    }

    /// The kind of an element and the bytes it starts at.
    pub(super) fn raw(&self, index: usize) -> Result<(u8, &'a [u8]), JsonError> {
        let entry = self.entry_start(index).ok_or(JsonError::Malformed)?;
        let &kind = self.bytes.get(entry).ok_or(JsonError::Malformed)?;
        let inline = self.bytes.get(entry + 1..entry + 1 + self.width).ok_or(JsonError::Malformed)?;
        if is_inline(kind, self.width) {
            return Ok((kind, inline));
        }
        let offset = little(inline, 0, self.width)?;
        Ok((kind, self.bytes.get(offset..).ok_or(JsonError::Malformed)?))
    }

    /// Where the entry of a value starts; the one past the last is where the tables end.
    fn entry_start(&self, index: usize) -> Option<usize> {
        let keys = if self.is_object { self.count.checked_mul(self.width + 2)? } else { 0 };
        index.checked_mul(self.width + 1)?.checked_add(keys)?.checked_add(2 * self.width)
    }
}

/// Whether a value of a kind lies in its entry, in the place of its offset.
pub(super) fn is_inline(kind: u8, width: usize) -> bool {
    matches!(kind, 4..=6) || width == 4 && matches!(kind, 7 | 8)
}

fn array<const N: usize>(bytes: &[u8]) -> Result<[u8; N], JsonError> {
    bytes.first_chunk().copied().ok_or(JsonError::Malformed)
}

fn little(bytes: &[u8], start: usize, width: usize) -> Result<usize, JsonError> {
    let bytes = start.checked_add(width).and_then(|end| bytes.get(start..end)).ok_or(JsonError::Malformed)?;
    Ok(bytes.iter().rev().fold(0, |value, &byte| value << 8 | usize::from(byte)))
}

/// Bytes behind a length in groups of seven bits, and how many bytes both take.
fn counted(bytes: &[u8]) -> Result<(&[u8], usize), JsonError> {
    let mut length = 0_usize;
    for (index, &byte) in bytes.iter().take(5).enumerate() {
        length |= usize::from(byte & 0x7F) << (7 * index);
        if byte & 0x80 == 0 {
            let end = (index + 1).checked_add(length).ok_or(JsonError::Malformed)?;
            return Ok((bytes.get(index + 1..end).ok_or(JsonError::Malformed)?, end));
        }
    }
    Err(JsonError::Malformed)
}
