//! How two texts of one collation compare.

use std::borrow::Cow;
use std::cmp::Ordering;

use super::collation_table::{ByteTable, TABLES, Weights, byte_weights};
use crate::schema::{Charset, Collation};

/// The order of one collation.
#[derive(Clone, Copy)]
pub(super) struct Collator {
    collation: Collation,
    order: Order,
}

#[derive(Clone, Copy)]
enum Order {
    /// The bytes themselves.
    Bytes,
    /// Code points of a charset whose bytes are in another order.
    CodePoints,
    /// A weight for each byte.
    Table(&'static ByteTable),
    /// Unicode's weights in their version 9, ignoring what has none.
    Uca900,
    /// Unicode's weights in their version 4.
    Uca400,
    /// A weight for each character of the basic plane.
    General,
}

impl Collator {
    /// The order of a collation; none where it is not known here.
    pub(super) fn of(collation: Collation) -> Option<Self> {
        let (charset, rest) = collation.name().split_once('_').unwrap_or(("binary", ""));
        let is_unicode = matches!(charset, "utf8mb4" | "utf8mb3" | "ucs2" | "utf16" | "utf32");
        let order = match rest {
            "bin" if matches!(charset, "ucs2" | "utf16" | "utf16le" | "utf32") => Order::CodePoints,
            _ if collation.compares_code_points() => Order::Bytes,
            "0900_ai_ci" => Order::Uca900,
            "unicode_ci" if is_unicode => Order::Uca400,
            "general_ci" if is_unicode => Order::General,
            _ => Order::Table(byte_weights(collation)?),
        };
        Some(Self { collation, order })
    }

    /// The collation's name.
    pub(super) fn name(&self) -> &'static str {
        self.collation.name()
    }

    /// Its charset.
    pub(super) fn charset(&self) -> Charset {
        self.collation.charset()
    }

    /// Compares two texts in the collation's charset.
    pub(super) fn compare(&self, left: &[u8], right: &[u8]) -> Ordering {
        let pads = self.collation.pads_spaces();
        match self.order {
            Order::Bytes if !pads => left.cmp(right),
            Order::Bytes => compare_padded(left, right, |byte| byte),
            Order::Table(weights) => compare_padded(left, right, |byte| weights[usize::from(byte)]),
            Order::CodePoints | Order::Uca900 | Order::Uca400 | Order::General => {
                if left == right {
                    return Ordering::Equal;
                }
                let (left, right) = (self.decode(left), self.decode(right));
                self.compare_weights(&left, &right, pads)
            }
        }
    }

    /// Appends bytes that two texts of a single-byte charset share exactly when they compare equal.
    pub(super) fn write_byte_key(&self, text: &[u8], out: &mut Vec<u8>) {
        let weight = |byte: u8| match self.order {
            Order::Table(weights) => weights[usize::from(byte)],
            Order::Bytes | Order::CodePoints | Order::Uca900 | Order::Uca400 | Order::General => byte,
        };
        let start = out.len();
        out.extend(text.iter().map(|&byte| weight(byte)));
        self.trim_key(out, start, &[weight(b' ')]);
    }

    /// The same for a text of any other charset.
    pub(super) fn write_unicode_key(&self, text: &str, out: &mut Vec<u8>) {
        let start = out.len();
        out.extend(WeightStream::new(self, text).flat_map(u32::to_be_bytes));
        let space: Vec<u8> = WeightStream::new(self, " ").flat_map(u32::to_be_bytes).collect();
        self.trim_key(out, start, &space);
    }

    /// Takes off trailing spaces where they do not count.
    fn trim_key(&self, key: &mut Vec<u8>, start: usize, space: &[u8]) {
        while self.collation.pads_spaces() && key[start..].ends_with(space) {
            key.truncate(key.len() - space.len());
        }
    }

    /// Whether two texts are equal where no spaces are filled in.
    pub(super) fn equals(&self, left: &[u8], right: &[u8]) -> bool {
        self.starts_with(left, right) && self.starts_with(right, left)
    }

    /// Whether a text starts with another.
    pub(super) fn starts_with(&self, text: &[u8], start: &[u8]) -> bool {
        match self.order {
            Order::Bytes => text.starts_with(start),
            Order::Table(weights) => {
                let weight = |byte: &u8| weights[usize::from(*byte)];
                text.len() >= start.len() && text.iter().zip(start).all(|(left, right)| weight(left) == weight(right))
            }
            Order::CodePoints | Order::Uca900 | Order::Uca400 | Order::General => {
                let (text, start) = (self.decode(text), self.decode(start));
                let mut weights = WeightStream::new(self, &text);
                WeightStream::new(self, &start).all(|weight| weights.next() == Some(weight))
            }
        }
    }

    fn compare_weights(&self, left: &str, right: &str, pads: bool) -> Ordering {
        let mut space = Vec::new();
        self.weights(' ', &mut space);
        let space = space.first().copied().unwrap_or(0);
        let (mut left, mut right) = (WeightStream::new(self, left), WeightStream::new(self, right));
        loop {
            let ordering = match (left.next(), right.next()) {
                (None, None) => return Ordering::Equal,
                (Some(left), Some(right)) => left.cmp(&right),
                (Some(left), None) if pads => left.cmp(&space),
                (None, Some(right)) if pads => space.cmp(&right),
                (Some(_), None) => Ordering::Greater,
                (None, Some(_)) => Ordering::Less,
            };
            if ordering.is_ne() {
                return ordering;
            }
        }
    }

    /// Whether two characters count as one in LIKE.
    pub(super) fn same_character(&self, left: &[u8], right: &[u8]) -> bool {
        match self.order {
            _ if left == right => true,
            Order::Bytes | Order::CodePoints => false,
            Order::Table(weights) => {
                left.iter().map(|byte| weights[usize::from(*byte)]).eq(right.iter().map(|byte| weights[usize::from(*byte)]))
            }
            Order::Uca900 | Order::Uca400 | Order::General => {
                let weights = |character: &[u8]| {
                    let mut weights = Vec::new();
                    self.decode(character).chars().for_each(|character| self.weights(character, &mut weights));
                    weights
                };
                weights(left) == weights(right)
            }
        }
    }

    fn decode<'t>(&self, text: &'t [u8]) -> Cow<'t, str> {
        self.charset().decode(text).unwrap_or_else(|_| String::from_utf8_lossy(text))
    }

    /// Adds the weights of a character.
    fn weights(&self, character: char, into: &mut Vec<u32>) {
        let code = character as u32;
        match self.order {
            Order::Uca900 => uca(&TABLES.uca_900, code, implicit_900, into),
            Order::Uca400 => uca(&TABLES.uca_400, code, implicit_400, into),
            Order::General if code > 0xFFFF => into.push(0xFFFD),
            Order::General => {
                into.push(TABLES.general.of(code).and_then(|weights| weights.first()).map_or(code, |weight| u32::from(*weight)));
            }
            Order::Bytes | Order::CodePoints | Order::Table(_) => into.push(code),
        }
    }
}

/// The weights of a text, one after the other.
struct WeightStream<'a> {
    collator: &'a Collator,
    characters: std::str::Chars<'a>,
    pending: Vec<u32>,
    at: usize,
}

impl<'a> WeightStream<'a> {
    fn new(collator: &'a Collator, text: &'a str) -> Self {
        Self { collator, characters: text.chars(), pending: Vec::new(), at: 0 }
    }
}

impl Iterator for WeightStream<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        while self.at == self.pending.len() {
            self.pending.clear();
            self.at = 0;
            let character = self.characters.next()?;
            self.collator.weights(character, &mut self.pending);
        }
        self.at += 1;
        self.pending.get(self.at - 1).copied()
    }
}

fn uca(table: &Weights, code: u32, implicit: fn(u32, &mut Vec<u32>), into: &mut Vec<u32>) {
    match table.of(code) {
        Some(weights) => into.extend(weights.iter().map(|weight| u32::from(*weight))),
        None => implicit(code, into),
    }
}

/// Weights that follow a rule: Hangul syllables are their letters', other characters have two from their code.
fn implicit_900(code: u32, into: &mut Vec<u32>) {
    if (0xAC00..=0xD7A3).contains(&code) {
        let index = code - 0xAC00;
        let letters = [0x1100 + index / 588, 0x1161 + index % 588 / 28, 0x11A7 + index % 28];
        let count = if index.is_multiple_of(28) { 2 } else { 3 };
        for letter in &letters[..count] {
            uca(&TABLES.uca_900, *letter, |_, _| {}, into);
        }
        return;
    }
    if (0x17000..=0x18AFF).contains(&code) {
        into.extend([0xFB00, (code - 0x17000) | 0x8000]);
        return;
    }
    let compatibility = matches!(code, 0xFA0E | 0xFA0F | 0xFA11 | 0xFA13 | 0xFA14 | 0xFA1F | 0xFA21 | 0xFA23 | 0xFA24 | 0xFA27..=0xFA29);
    let lead = match code {
        0x4E00..=0x9FD5 => 0xFB40,
        _ if compatibility => 0xFB40,
        0x3400..=0x4DB5 | 0x20000..=0x2A6D6 | 0x2A700..=0x2B734 | 0x2B740..=0x2B81D | 0x2B820..=0x2CEA1 => 0xFB80,
        _ => 0xFBC0,
    };
    into.extend([lead + (code >> 15), code & 0x7FFF | 0x8000]);
}

fn implicit_400(code: u32, into: &mut Vec<u32>) {
    let lead = match code {
        0x3400..=0x4DB5 => 0xFB80,
        0x4E00..=0x9FA5 => 0xFB40,
        0x1_0000.. => return into.push(0xFFFD),
        _ => 0xFBC0,
    };
    into.extend([lead + (code >> 15), code & 0x7FFF | 0x8000]);
}

/// Compares as if the shorter text went on with spaces.
fn compare_padded(left: &[u8], right: &[u8], weight: impl Fn(u8) -> u8) -> Ordering {
    let length = left.len().max(right.len());
    let at = |text: &[u8], index: usize| weight(text.get(index).copied().unwrap_or(b' '));
    (0..length).map(|index| at(left, index).cmp(&at(right, index))).find(|ordering| ordering.is_ne()).unwrap_or(Ordering::Equal)
}
