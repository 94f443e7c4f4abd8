//! JSON paths: `$.a[3]."b c"[*]**.d[1 to last]`, read as MySQL's `json_path.cc` reads them.

use std::fmt::{self, Display, Formatter};

use super::parse::quoted;
use crate::columnar::json::quote_json;

/// A path from the root of a document to values in it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Path {
    pub(super) legs: Vec<Leg>,
}

/// A step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Leg {
    /// `.key`
    Member(String),
    /// `.*`
    AnyMember,
    /// `[index]`
    Cell(Index),
    /// `[first to last]`
    Range(Index, Index),
    /// `[*]`
    AnyCell,
    /// `**`
    Ellipsis,
}

/// A place in an array, counted from its start or from its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Index {
    pub(super) number: usize,
    pub(super) from_end: bool,
}

impl Index {
    /// The place in an array of so many elements; none where it lies outside.
    pub(super) fn within(self, length: usize) -> Option<usize> {
        if self.from_end { length.checked_sub(self.number + 1) } else { Some(self.number).filter(|place| *place < length) }
    }

    /// The place at which an element is put in: at an end of the array, where the index lies outside.
    pub(super) fn clamped(self, length: usize) -> usize {
        self.within(length).unwrap_or(if self.from_end { 0 } else { length })
    }
}

impl Leg {
    /// Whether it names a value that is no array, as if that were the only element of one.
    pub(super) fn wraps(&self) -> bool {
        match self {
            Self::Cell(index) => index.within(1).is_some(),
            Self::Range(..) => !self.range(1).is_empty(),
            Self::Member(_) | Self::AnyMember | Self::AnyCell | Self::Ellipsis => false,
        }
    }

    /// The places that it names in an array of so many elements.
    pub(super) fn range(&self, length: usize) -> std::ops::Range<usize> {
        match self {
            Self::Cell(index) => index.within(length).map_or(0..0, |place| place..place + 1),
            Self::Range(first, last) => {
                let (start, end) = (first.clamped(length), last.within(length).map_or(last.clamped(length), |place| place + 1));
                if start < end { start..end } else { 0..0 }
            }
            Self::AnyCell => 0..length,
            Self::Member(_) | Self::AnyMember | Self::Ellipsis => 0..0,
        }
    }
}

impl Path {
    /// Reads a path; where it is none, the place where reading stopped.
    pub(super) fn parse(text: &str) -> Result<Self, usize> {
        let mut reader = Reader { text: text.as_bytes(), at: 0 };
        match reader.path() {
            Some(path) => Ok(path),
            None => Err(reader.at),
        }
    }

    /// Whether it may name several values.
    pub(super) fn is_wild(&self) -> bool {
        self.legs.iter().any(|leg| !matches!(leg, Leg::Member(_) | Leg::Cell(_)))
    }
}

impl Display for Path {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str("$")?;
        self.legs.iter().try_for_each(|leg| write!(f, "{leg}"))
    }
}

impl Display for Leg {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Member(key) if is_identifier(key) => write!(f, ".{key}"),
            Self::Member(key) => {
                let mut text = String::new();
                quote_json(key, &mut text);
                write!(f, ".{text}")
            }
            Self::AnyMember => f.write_str(".*"),
            Self::Cell(index) => write!(f, "[{index}]"),
            Self::Range(first, last) => write!(f, "[{first} to {last}]"),
            Self::AnyCell => f.write_str("[*]"),
            Self::Ellipsis => f.write_str("**"),
        }
    }
}

impl Display for Index {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match (self.from_end, self.number) {
            (false, number) => write!(f, "{number}"),
            (true, 0) => f.write_str("last"),
            (true, number) => write!(f, "last-{number}"),
        }
    }
}

struct Reader<'t> {
    text: &'t [u8],
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    fn eat(&mut self, byte: u8) -> bool {
        let is_there = self.peek() == Some(byte);
        self.at += usize::from(is_there);
        is_there
    }

    fn skip_spaces(&mut self) {
        while self.peek().is_some_and(is_space) {
            self.at += 1;
        }
    }

    fn path(&mut self) -> Option<Path> {
        self.skip_spaces();
        if self.next()? != b'$' {
            return None;
        }
        self.skip_spaces();
        let mut legs = Vec::new();
        while let Some(byte) = self.peek() {
            legs.push(match byte {
                b'[' => self.cell()?,
                b'.' => self.member()?,
                b'*' => self.ellipsis()?,
                _ => return None,
            });
            self.skip_spaces();
        }
        if legs.last() == Some(&Leg::Ellipsis) { None } else { Some(Path { legs }) }
    }

    fn ellipsis(&mut self) -> Option<Leg> {
        self.at += 1;
        if self.next()? != b'*' || self.peek()? == b'*' { None } else { Some(Leg::Ellipsis) }
    }

    fn cell(&mut self) -> Option<Leg> {
        self.at += 1;
        self.skip_spaces();
        let leg = if self.eat(b'*') {
            Leg::AnyCell
        } else {
            let first = self.index()?;
            self.skip_spaces();
            let rest = &self.text[self.at..];
            let is_range = rest.len() > 3 && is_space(self.text[self.at - 1]) && rest.starts_with(b"to") && is_space(rest[2]);
            if is_range { self.range_from(first)? } else { Leg::Cell(first) }
        };
        self.skip_spaces();
        if self.next()? == b']' { Some(leg) } else { None }
    }

    fn range_from(&mut self, first: Index) -> Option<Leg> {
        self.at += 3;
        self.skip_spaces();
        let last = self.index()?;
        // Both count from one side: a range that holds nothing in any array is none.
        let is_empty =
            first.from_end == last.from_end && if first.from_end { first.number < last.number } else { last.number < first.number };
        if is_empty { None } else { Some(Leg::Range(first, last)) }
    }

    fn index(&mut self) -> Option<Index> {
        let from_end = self.text[self.at..].starts_with(b"last");
        if from_end {
            self.at += 4;
            self.skip_spaces();
            if !self.eat(b'-') {
                return Some(Index { number: 0, from_end });
            }
            self.skip_spaces();
        }
        let digits = self.text[self.at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let number = str::from_utf8(&self.text[self.at..self.at + digits]).ok()?.parse::<u32>().ok()?;
        self.at += digits;
        Some(Index { number: number as usize, from_end })
    }

    fn member(&mut self) -> Option<Leg> {
        self.at += 1;
        self.skip_spaces();
        let first = self.peek()?;
        if self.eat(b'*') {
            return Some(Leg::AnyMember);
        }
        let rest = &self.text[self.at..];
        let length = if first == b'"' { quoted_length(rest) } else { rest.iter().take_while(|byte| !ends_name(**byte)).count() };
        let raw = str::from_utf8(&rest[..length]).ok()?;
        self.at += length;
        if first == b'"' {
            return quoted(raw).map(Leg::Member);
        }
        quoted(&format!("\"{raw}\"")).filter(|name| is_identifier(name)).map(Leg::Member)
    }
}

fn ends_name(byte: u8) -> bool {
    is_space(byte) || matches!(byte, b'[' | b'.' | b'*')
}

/// How long a quoted name is, its quotes included; all that is left where the second one is missing.
fn quoted_length(text: &[u8]) -> usize {
    let mut at = 1;
    while at < text.len() {
        match text[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    text.len()
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b'\t'..=b'\r' | b' ')
}

/// Whether a key needs no quotes. The server asks a table of bytes for the last byte of each code point.
fn is_identifier(name: &str) -> bool {
    let is_letter = |code: u32| !is_combining(code) && matches!(code & 0xFF, 0x41..=0x5A | 0x61..=0x7A | 0x80..=0xFE);
    let starts = |code: u32| is_letter(code) || matches!(code, 0x24 | 0x5F);
    let goes_on = |code: u32| {
        let is_digit = matches!(code & 0xFF, 0x30..=0x39);
        let connects = matches!(code, 0x203F | 0x2040 | 0x2054 | 0xFE33 | 0xFE34 | 0xFE4D..=0xFE4F | 0xFF3F);
        starts(code) || is_combining(code) || is_digit || connects || matches!(code, 0x200C | 0x200D)
    };
    let mut codes = name.chars().map(u32::from);
    codes.next().is_some_and(starts) && codes.all(goes_on)
}

fn is_combining(code: u32) -> bool {
    (0x300..=0x36F).contains(&code)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(text: &str) -> String {
        Path::parse(text).map_or_else(|at| format!("stops at {at}"), |path| path.to_string())
    }

    #[test]
    fn paths_are_read_and_printed_as_the_server_does() {
        assert_eq!(printed(" $ . a [ 0 ] "), "$.a[0]");
        assert_eq!(printed("$[last - 1 to last]**.\"b c\".*[*]"), "$[last-1 to last]**.\"b c\".*[*]");
        assert_eq!(printed("$.\\u0061.\"b\""), "$.a.b");
        assert_eq!(printed("$[2 to 1]"), "stops at 8");
        assert_eq!(printed("$.1a"), "stops at 4");
        assert_eq!(printed("$.a**"), "stops at 5");
        assert_eq!(printed("$.a[4294967296]"), "stops at 4");
        assert_eq!(printed("a"), "stops at 1");
    }

    #[test]
    fn an_index_beyond_the_array_is_put_in_at_its_end() {
        let index = |number, from_end| Index { number, from_end };
        assert_eq!((index(5, false).within(2), index(5, false).clamped(2)), (None, 2));
        assert_eq!((index(1, true).within(2), index(1, true).clamped(2)), (Some(0), 0));
        assert_eq!((index(2, true).within(2), index(2, true).clamped(2)), (None, 0));
    }
}
