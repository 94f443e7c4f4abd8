//! Charsets: how the bytes of a text value become characters.

use std::borrow::Cow;
use std::fmt;
use std::sync::LazyLock;

use encoding_rs::Encoding;
use thiserror::Error;

use super::charset_exceptions::EXCEPTIONS;
use super::charset_table::SINGLE_BYTE;
use super::collation_table::CHARSETS;
use super::{Collation, Flavor, ServerVersion};

/// The charset of a text value.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Charset(u8);

/// Why bytes are not text of their charset. Never holds the bytes (INV-7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CharsetError {
    /// The bytes at this offset are no character of the charset.
    #[error("byte {offset} of the value begins no character of charset `{charset}`")]
    Malformed {
        /// The charset's name.
        charset: &'static str,
        /// Where, in bytes from the start of the value.
        offset: usize,
    },
}

impl Charset {
    /// `binary`: bytes without characters.
    pub const BINARY: Self = Self::known("binary");
    /// `ascii`.
    pub const ASCII: Self = Self::known("ascii");
    /// `latin1`, which is cp1252.
    pub const LATIN1: Self = Self::known("latin1");
    /// `utf8mb3`, also called `utf8`.
    pub const UTF8MB3: Self = Self::known("utf8mb3");
    /// `utf8mb4`.
    pub const UTF8MB4: Self = Self::known("utf8mb4");
    /// `ucs2`.
    pub const UCS2: Self = Self::known("ucs2");

    const fn known(name: &str) -> Self {
        let mut index = 0;
        while index < CHARSETS.len() {
            if same(CHARSETS[index].0.as_bytes(), name.as_bytes()) {
                return Self(index as u8);
            }
            index += 1;
        }
        Self(u8::MAX)
    }

    /// Finds a charset by name, without regard to case; `utf8` is utf8mb3 as in MySQL and in binlogs of MariaDB.
    pub fn by_name(name: &str) -> Option<Self> {
        let name = if name.eq_ignore_ascii_case("utf8") { "utf8mb3" } else { name };
        let index = CHARSETS.iter().position(|(known, ..)| known.eq_ignore_ascii_case(name))?;
        u8::try_from(index).ok().map(Self)
    }

    /// Its name, in lower case.
    pub fn name(self) -> &'static str {
        CHARSETS[usize::from(self.0)].0
    }

    /// The most bytes that one character takes.
    pub fn max_bytes_per_char(self) -> u8 {
        CHARSETS[usize::from(self.0)].1
    }

    /// Whether this is `binary`.
    pub fn is_binary(self) -> bool {
        self == Self::BINARY
    }

    /// The collation of a text of this charset where a definition names none.
    ///
    /// utf8mb4's is `utf8mb4_0900_ai_ci` from MySQL 8.0 on; MariaDB's Unicode charsets have `…_uca1400_ai_ci` from 11.5 on.
    pub fn default_collation(self, server: ServerVersion) -> Collation {
        if server.is_mysql_from(80_000) && self == Self::UTF8MB4 {
            return Collation::UTF8MB4_0900_AI_CI;
        }
        if server.is_mariadb_from(110_500)
            && let Some(collation) = Collation::by_name(&format!("{}_uca1400_ai_ci", self.name()))
        {
            return collation;
        }
        let number = CHARSETS[usize::from(self.0)].2;
        Collation::by_id(u32::from(number), Flavor::MySql).expect("the table's defaults are in the table")
    }

    /// The collation that compares code points: `…_bin`, or `binary`.
    pub fn bin_collation(self) -> Collation {
        if self.is_binary() {
            return Collation::BINARY;
        }
        Collation::by_name(&format!("{}_bin", self.name())).expect("every charset of text has its `_bin` collation")
    }

    /// Turns the bytes of a value into text, exactly as the servers convert them to utf8mb4.
    ///
    /// `binary` has no characters: its bytes count as UTF-8 here, and are refused where they are not.
    pub fn decode(self, bytes: &[u8]) -> Result<Cow<'_, str>, CharsetError> {
        let plain = |bytes| str::from_utf8(bytes).map(Cow::Borrowed);
        match self.name() {
            "utf8mb4" | "utf8mb3" | "binary" => plain(bytes).map_err(|error| self.malformed(error.valid_up_to())),
            "utf16" | "ucs2" => self.decode_utf16(bytes, u16::from_be_bytes),
            "utf16le" => self.decode_utf16(bytes, u16::from_le_bytes),
            "utf32" => self.decode_utf32(bytes),
            "swe7" => bytes.iter().enumerate().map(|(offset, &byte)| swe7(byte).ok_or(self.malformed(offset))).collect(),
            _ if bytes.is_ascii() => plain(bytes).map_err(|error| self.malformed(error.valid_up_to())),
            name => match (UPPER_HALVES[usize::from(self.0)], multi_byte(name)) {
                (Some(upper_half), _) => self.decode_single_byte(bytes, upper_half),
                (None, Some(encoding)) => self.decode_multi_byte(bytes, encoding),
                // ascii, with a byte that is not.
                (None, None) => Err(self.malformed(bytes.iter().position(|byte| !byte.is_ascii()).unwrap_or(0))),
            },
        }
    }

    fn decode_single_byte(self, bytes: &[u8], upper_half: &[u16; 128]) -> Result<Cow<'static, str>, CharsetError> {
        let character = |(offset, &byte): (usize, &u8)| match byte.checked_sub(0x80) {
            None => Ok(char::from(byte)),
            Some(index) => char::from_u32(u32::from(upper_half[usize::from(index)]))
                .filter(|&c| c != char::REPLACEMENT_CHARACTER)
                .ok_or(self.malformed(offset)),
        };
        bytes.iter().enumerate().map(character).collect()
    }

    fn decode_multi_byte(self, bytes: &[u8], encoding: &'static Encoding) -> Result<Cow<'static, str>, CharsetError> {
        let exceptions = EXCEPTIONS.iter().find(|(name, _)| *name == self.name()).map_or(&[][..], |(_, exceptions)| exceptions);
        let mut text = String::with_capacity(bytes.len() * 3 / 2);
        let mut rest = bytes;
        while !rest.is_empty() {
            let malformed = self.malformed(bytes.len() - rest.len());
            let length = character_length(self.name(), rest).ok_or(malformed)?;
            let (character, after) = rest.split_at_checked(length).ok_or(malformed)?;
            let code = character.iter().fold(0, |code, &byte| code << 8 | u32::from(byte));
            let run = exceptions.partition_point(|&(first, ..)| first <= code).checked_sub(1).map(|index| exceptions[index]);
            match run.filter(|&(_, last, _)| code <= last) {
                Some((_, _, 0)) => return Err(malformed),
                Some((first, _, start)) => text.push(char::from_u32(start + code - first).ok_or(malformed)?),
                None => {
                    let decoded = encoding.decode_without_bom_handling_and_without_replacement(character).ok_or(malformed)?;
                    // What the web reads as a character and more is none here.
                    if decoded.chars().nth(1).is_some() {
                        return Err(malformed);
                    }
                    text.push_str(&decoded);
                }
            }
            rest = after;
        }
        Ok(text.into())
    }

    fn decode_utf16(self, bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<Cow<'static, str>, CharsetError> {
        let (pairs, rest) = bytes.as_chunks::<2>();
        let mut text = String::with_capacity(bytes.len());
        let mut offset = 0;
        for character in char::decode_utf16(pairs.iter().map(|&pair| unit(pair))) {
            let character = character.ok().filter(|&c| self != Self::UCS2 || c < '\u{10000}').ok_or(self.malformed(offset))?;
            text.push(character);
            offset += 2 * character.len_utf16();
        }
        if rest.is_empty() { Ok(text.into()) } else { Err(self.malformed(offset)) }
    }

    fn decode_utf32(self, bytes: &[u8]) -> Result<Cow<'static, str>, CharsetError> {
        let (units, rest) = bytes.as_chunks::<4>();
        let character = |(index, &unit): (usize, &[u8; 4])| char::from_u32(u32::from_be_bytes(unit)).ok_or(self.malformed(index * 4));
        let text: String = units.iter().enumerate().map(character).collect::<Result<_, _>>()?;
        if rest.is_empty() { Ok(text.into()) } else { Err(self.malformed(units.len() * 4)) }
    }

    fn malformed(self, offset: usize) -> CharsetError {
        CharsetError::Malformed { charset: self.name(), offset }
    }
}

impl fmt::Debug for Charset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Charset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The upper half of each charset that has a single byte a character.
static UPPER_HALVES: LazyLock<Vec<Option<&'static [u16; 128]>>> = LazyLock::new(|| {
    let upper_half = |name| SINGLE_BYTE.iter().find(|(known, _)| *known == name).map(|(_, upper_half)| upper_half);
    CHARSETS.iter().map(|(name, ..)| upper_half(*name)).collect()
});

fn multi_byte(name: &str) -> Option<&'static Encoding> {
    match name {
        "gbk" | "gb2312" => Some(encoding_rs::GBK),
        "gb18030" => Some(encoding_rs::GB18030),
        "big5" => Some(encoding_rs::BIG5),
        "sjis" | "cp932" => Some(encoding_rs::SHIFT_JIS),
        "ujis" | "eucjpms" => Some(encoding_rs::EUC_JP),
        "euckr" => Some(encoding_rs::EUC_KR),
        _ => None,
    }
}

/// How many bytes the character has that starts here, by its first bytes; none where none starts so.
fn character_length(name: &str, bytes: &[u8]) -> Option<usize> {
    let second = bytes.get(1).copied().unwrap_or(0);
    Some(match (name, bytes.first().copied().unwrap_or(0)) {
        (_, ..=0x7F) => 1,
        ("sjis" | "cp932", 0xA1..=0xDF) => 1,
        ("sjis" | "cp932", 0x81..=0x9F | 0xE0..=0xFC) => 2,
        ("ujis" | "eucjpms", 0x8F) => 3,
        ("ujis" | "eucjpms", 0x8E | 0xA1..=0xFE) => 2,
        ("gb18030", 0x81..=0xFE) if second.is_ascii_digit() => 4,
        ("gbk" | "gb18030" | "euckr", 0x81..=0xFE) => 2,
        ("gb2312", 0xA1..=0xF7) | ("big5", 0xA1..=0xF9) => 2,
        _ => return None,
    })
}

/// Swedish ASCII: ten letters in the place of brackets and the like.
fn swe7(byte: u8) -> Option<char> {
    Some(match byte {
        b'@' => 'É',
        b'[' => 'Ä',
        b'\\' => 'Ö',
        b']' => 'Å',
        b'^' => 'Ü',
        b'`' => 'é',
        b'{' => 'ä',
        b'|' => 'ö',
        b'}' => 'å',
        b'~' => 'ü',
        0x7F.. => return None,
        other => char::from(other),
    })
}

const fn same(left: &[u8], right: &[u8]) -> bool {
    if left.len() != right.len() {
        return false;
    }
    let mut index = 0;
    while index < left.len() {
        if left[index] != right[index] {
            return false;
        }
        index += 1;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decode(charset: &str, bytes: &[u8]) -> Result<String, CharsetError> {
        Charset::by_name(charset).expect("the charset exists").decode(bytes).map(Cow::into_owned)
    }

    #[test]
    fn constants_are_what_they_are_called() {
        let all = [Charset::BINARY, Charset::ASCII, Charset::LATIN1, Charset::UTF8MB3, Charset::UTF8MB4, Charset::UCS2];
        assert_eq!(all.map(Charset::name), ["binary", "ascii", "latin1", "utf8mb3", "utf8mb4", "ucs2"]);
        assert_eq!(Charset::by_name("UTF8"), Some(Charset::UTF8MB3));
        assert_eq!(Charset::by_name("utf9"), None);
    }

    #[test]
    fn the_default_collation_of_utf8mb4_depends_on_the_server() {
        let default = |version| ServerVersion::parse(version).map(|server| Charset::UTF8MB4.default_collation(server).name());
        assert_eq!(default("5.6.24"), Some("utf8mb4_general_ci"));
        assert_eq!(default("9.7.4"), Some("utf8mb4_0900_ai_ci"));
        assert_eq!(default("10.11.19-MariaDB"), Some("utf8mb4_general_ci"));
        assert_eq!(default("11.5.2-MariaDB"), Some("utf8mb4_uca1400_ai_ci"));
        assert_eq!(Charset::LATIN1.default_collation(ServerVersion::MARIADB_10_11), Collation::LATIN1_SWEDISH_CI);
        assert_eq!(Charset::BINARY.bin_collation(), Collation::BINARY);
    }

    #[test]
    fn text_of_each_kind_of_charset_is_read() {
        assert_eq!(decode("utf8mb4", "é😀".as_bytes()), Ok("é😀".into()));
        assert_eq!(decode("latin1", b"\x80\xE9\x81"), Ok("€é\u{81}".into()));
        assert_eq!(decode("latin5", b"\xDD"), Ok("İ".into()));
        assert_eq!(decode("koi8r", b"\xC1"), Ok("а".into()));
        assert_eq!(decode("swe7", b"@~"), Ok("Éü".into()));
        assert_eq!(decode("ucs2", b"\0a\x20\xAC"), Ok("a€".into()));
        assert_eq!(decode("utf16", b"\xD8\x3D\xDE\x00"), Ok("😀".into()));
        assert_eq!(decode("utf16le", b"a\0"), Ok("a".into()));
        assert_eq!(decode("utf32", b"\0\x01\xF6\0"), Ok("😀".into()));
        assert_eq!(decode("gbk", b"\xD6\xD0"), Ok("中".into()));
    }

    #[test]
    fn bytes_that_are_no_characters_are_refused_with_their_place() {
        let malformed = |charset, offset| Err(CharsetError::Malformed { charset, offset });
        assert_eq!(decode("utf8mb4", b"ab\xFF"), malformed("utf8mb4", 2));
        assert_eq!(decode("ascii", b"a\x80"), malformed("ascii", 1));
        assert_eq!(decode("cp1250", b"a\x81"), malformed("cp1250", 1));
        assert_eq!(decode("ucs2", b"\xD8\x3D\xDE\x00"), malformed("ucs2", 0));
        assert_eq!(decode("utf16", b"\0a\0"), malformed("utf16", 2));
        assert_eq!(decode("utf32", b"\0\x11\0\0"), malformed("utf32", 0));
        assert_eq!(decode("swe7", b"a\x7F"), malformed("swe7", 1));
    }
}
