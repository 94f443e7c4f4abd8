//! Where the characters of a text lie, by charset, without decoding them.

use crate::schema::Charset;

/// How the bytes of a charset make characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Characters {
    charset: Charset,
    shape: Shape,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// One byte each.
    Single,
    Utf8,
    /// Two bytes each.
    Ucs2,
    Utf16 {
        little: bool,
    },
    /// Four bytes each.
    Utf32,
    /// A lead byte in this range starts two bytes.
    Double {
        first: u8,
        last: u8,
    },
    /// Shift-JIS: two ranges of lead bytes.
    Sjis,
    /// EUC-JP: 0x8F starts three bytes.
    Ujis,
    /// GB18030: two or four bytes.
    Gb18030,
}

impl Characters {
    /// The shape of a charset.
    pub(super) fn of(charset: Charset) -> Self {
        let shape = match charset.name() {
            "utf8mb4" | "utf8mb3" => Shape::Utf8,
            "ucs2" => Shape::Ucs2,
            "utf16" => Shape::Utf16 { little: false },
            "utf16le" => Shape::Utf16 { little: true },
            "utf32" => Shape::Utf32,
            "gbk" => Shape::Double { first: 0x81, last: 0xFE },
            "big5" => Shape::Double { first: 0xA1, last: 0xF9 },
            "gb2312" => Shape::Double { first: 0xA1, last: 0xF7 },
            "euckr" => Shape::Double { first: 0x81, last: 0xFE },
            "sjis" | "cp932" => Shape::Sjis,
            "ujis" | "eucjpms" => Shape::Ujis,
            "gb18030" => Shape::Gb18030,
            _ => Shape::Single,
        };
        Self { charset, shape }
    }

    /// The charset.
    pub(super) fn charset(self) -> Charset {
        self.charset
    }

    /// The charset's name.
    pub(super) fn name(self) -> &'static str {
        self.charset.name()
    }

    /// The bytes of the first character of a text that is not empty.
    pub(super) fn first(self, text: &[u8]) -> usize {
        let lead = text.first().copied().unwrap_or(0);
        let length = match self.shape {
            Shape::Single => 1,
            Shape::Utf8 => match lead {
                0xC2..=0xDF => 2,
                0xE0..=0xEF => 3,
                0xF0..=0xF4 => 4,
                _ => 1,
            },
            Shape::Ucs2 => 2,
            Shape::Utf16 { little } => {
                let high = if little { text.get(1).copied().unwrap_or(0) } else { lead };
                if (0xD8..0xDC).contains(&high) { 4 } else { 2 }
            }
            Shape::Utf32 => 4,
            Shape::Double { first, last } => 1 + usize::from((first..=last).contains(&lead)),
            Shape::Sjis => 1 + usize::from(matches!(lead, 0x81..=0x9F | 0xE0..=0xFC)),
            Shape::Ujis => match lead {
                0x8F => 3,
                0x8E | 0xA1..=0xFE => 2,
                _ => 1,
            },
            Shape::Gb18030 => match (lead, text.get(1)) {
                (0x81..=0xFE, Some(0x30..=0x39)) => 4,
                (0x81..=0xFE, Some(_)) => 2,
                _ => 1,
            },
        };
        length.min(text.len()).max(1)
    }

    /// Whether every character is one byte.
    pub(super) fn is_single_byte(self) -> bool {
        matches!(self.shape, Shape::Single)
    }

    /// Where each character ends.
    pub(super) fn ends(self, text: &[u8]) -> Vec<usize> {
        let mut ends = Vec::with_capacity(text.len());
        let mut at = 0;
        while at < text.len() {
            at += self.first(&text[at..]);
            ends.push(at);
        }
        ends
    }

    /// How many characters there are.
    pub(super) fn count(self, text: &[u8]) -> usize {
        match self.shape {
            Shape::Single => text.len(),
            _ => self.ends(text).len(),
        }
    }

    /// The characters from `start` to `end`, of a text whose `ends` are known.
    pub(super) fn slice<'t>(self, text: &'t [u8], ends: &[usize], start: usize, end: usize) -> &'t [u8] {
        let at = |character: usize| if character == 0 { 0 } else { ends.get(character - 1).copied().unwrap_or(text.len()) };
        text.get(at(start)..at(end)).unwrap_or(&[])
    }

    /// Whether a character starts at this byte (or the text ends there).
    pub(super) fn is_boundary(self, text: &[u8], at: usize) -> bool {
        at == 0 || at == text.len() || matches!(self.shape, Shape::Single) || self.ends(text).contains(&at)
    }
}
