//! Weights and case mappings of MySQL 9.7, as `tests/servers/collation_tables.py` read them from a server.
//!
//! The file is 4 bytes of length and a zlib stream of: the weights of utf8mb4_0900_ai_ci, utf8mb4_unicode_ci and
//! utf8mb4_general_ci where no rule gives them; lower and upper case of utf8mb4_0900_ai_ci, then of the older Unicode
//! collations; lower and upper case of single-byte charsets; weights of single-byte collations. Numbers are LEB128, steps zigzag.

use std::collections::HashMap;
use std::io::Read;
use std::sync::LazyLock;

use flate2::read::ZlibDecoder;

use super::letter_case::Case;
use crate::schema::{Charset, Collation};

/// A table of 256 bytes.
pub(super) type ByteTable = [u8; 256];

/// The weights of the characters of one Unicode collation, paged by 256.
pub(super) struct Weights {
    pages: Vec<Option<Box<[u32; 256]>>>,
    weights: Vec<u16>,
}

/// Marks a character that the table has; below it 7 bits count its weights and 24 say where they are.
const KNOWN: u32 = 1 << 31;

impl Weights {
    fn read(bytes: &mut Bytes<'_>) -> Self {
        let mut table = Self { pages: (0..0x1100).map(|_| None).collect(), weights: Vec::new() };
        let (mut character, mut weight) = (0, 0i64);
        for _ in 0..bytes.number() {
            character += bytes.number() as usize;
            let count = bytes.number() as u32;
            let entry = KNOWN | count << 24 | table.weights.len() as u32;
            for _ in 0..count {
                weight += bytes.step();
                table.weights.push(weight as u16);
            }
            let page = table.pages[character / 256].get_or_insert_with(|| Box::new([0; 256]));
            page[character % 256] = entry;
        }
        table
    }

    /// The weights of a character; none where a rule gives them.
    pub(super) fn of(&self, character: u32) -> Option<&[u16]> {
        let page = self.pages.get(character as usize / 256)?.as_ref()?;
        let entry = page[character as usize % 256];
        let start = (entry & 0xFF_FFFF) as usize;
        (entry & KNOWN != 0).then(|| &self.weights[start..start + (entry >> 24 & 0x7F) as usize])
    }
}

/// A mapping of letters to letters; others stay.
pub(super) struct CaseMap(HashMap<u32, u32>);

impl CaseMap {
    fn read(bytes: &mut Bytes<'_>) -> Self {
        let mut character = 0i64;
        let mut map = HashMap::new();
        for _ in 0..bytes.number() {
            character += bytes.number() as i64;
            map.insert(character as u32, (character + bytes.step()) as u32);
        }
        Self(map)
    }

    /// The letter's other case, or itself.
    pub(super) fn map(&self, letter: char) -> char {
        self.0.get(&(letter as u32)).and_then(|letter| char::from_u32(*letter)).unwrap_or(letter)
    }

    /// Whether ASCII stays ASCII.
    pub(super) fn is_plain_in_ascii(&self) -> bool {
        (0..128u32).all(|letter| self.0.get(&letter).is_none_or(|mapped| *mapped < 128))
    }
}

/// All tables.
pub(super) struct Tables {
    pub(super) uca_900: Weights,
    pub(super) uca_400: Weights,
    pub(super) general: Weights,
    lower_900: CaseMap,
    upper_900: CaseMap,
    lower: CaseMap,
    upper: CaseMap,
    byte_cases: HashMap<String, (ByteTable, ByteTable)>,
    byte_weights: HashMap<String, ByteTable>,
}

/// The tables, read on first use.
pub(super) static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let file = include_bytes!("collation_tables.bin");
    let length = u32::from_le_bytes([file[0], file[1], file[2], file[3]]);
    let mut plain = Vec::with_capacity(length as usize);
    ZlibDecoder::new(&file[4..]).read_to_end(&mut plain).expect("the file is part of the program and was written whole");
    let mut bytes = Bytes { rest: &plain };
    Tables {
        uca_900: Weights::read(&mut bytes),
        uca_400: Weights::read(&mut bytes),
        general: Weights::read(&mut bytes),
        lower_900: CaseMap::read(&mut bytes),
        upper_900: CaseMap::read(&mut bytes),
        lower: CaseMap::read(&mut bytes),
        upper: CaseMap::read(&mut bytes),
        byte_cases: (0..bytes.number()).map(|_| (bytes.name(), (bytes.table(), bytes.table()))).collect(),
        byte_weights: (0..bytes.number()).map(|_| (bytes.name(), bytes.table())).collect(),
    }
});

/// The case mapping of a Unicode collation, where it is known.
pub(super) fn unicode_case(collation: Collation, case: Case) -> Option<&'static CaseMap> {
    let (charset, rest) = collation.name().split_once('_')?;
    let is_unicode = matches!(charset, "utf8mb4" | "utf8mb3" | "ucs2" | "utf16" | "utf16le" | "utf32");
    let (lower, upper) = match rest {
        _ if !is_unicode => return None,
        "0900_ai_ci" | "0900_as_ci" | "0900_as_cs" | "0900_bin" => (&TABLES.lower_900, &TABLES.upper_900),
        "general_ci" | "bin" | "unicode_ci" => (&TABLES.lower, &TABLES.upper),
        _ => return None,
    };
    Some(if case == Case::Lower { lower } else { upper })
}

/// The case mapping of a single-byte charset.
pub(super) fn byte_case(charset: Charset, case: Case) -> Option<&'static ByteTable> {
    let (lower, upper) = TABLES.byte_cases.get(charset.name())?;
    Some(if case == Case::Lower { lower } else { upper })
}

/// The weights of a single-byte collation.
pub(super) fn byte_weights(collation: Collation) -> Option<&'static ByteTable> {
    TABLES.byte_weights.get(collation.name())
}

struct Bytes<'f> {
    rest: &'f [u8],
}

impl Bytes<'_> {
    fn byte(&mut self) -> u8 {
        let Some((first, rest)) = self.rest.split_first() else { return 0 };
        self.rest = rest;
        *first
    }

    fn number(&mut self) -> u64 {
        let (mut value, mut shift) = (0, 0);
        loop {
            let byte = self.byte();
            value |= u64::from(byte & 127) << shift;
            shift += 7;
            if byte < 128 {
                return value;
            }
        }
    }

    fn step(&mut self) -> i64 {
        let value = self.number() as i64;
        value >> 1 ^ -(value & 1)
    }

    fn name(&mut self) -> String {
        (0..self.number()).map(|_| char::from(self.byte())).collect()
    }

    fn table(&mut self) -> ByteTable {
        std::array::from_fn(|_| self.byte())
    }
}
