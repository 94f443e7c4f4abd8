//! Texts as a collation's unique index sees them.

use std::borrow::Cow;

use super::collation::Collator;
use crate::schema::{Charset, Collation};

/// Makes of a text bytes that are the same for all texts that a unique index takes for one value.
///
/// Texts that the index tells apart may share their bytes too (gbk); the reverse never happens.
#[derive(Clone, Copy)]
pub struct CollationKey {
    charset: Charset,
    rule: Rule,
    /// The text counts up to so many characters.
    characters: Option<u32>,
}

#[derive(Clone, Copy)]
enum Rule {
    /// Of a charset whose characters are single bytes.
    Bytes(Collator),
    Unicode(Collator),
    /// Upper case without trailing spaces: at least as coarse as `gbk_chinese_ci`, which folds letters of ASCII only, and takes `~`
    /// for `Y`.
    Folded,
}

impl CollationKey {
    /// For texts of `charset` in an index of `collation` that covers `characters` of them; none where that index's
    /// equality is not known.
    pub fn of(charset: Charset, collation: Collation, characters: Option<u32>) -> Option<Self> {
        let rule = match collation.name() {
            "gbk_chinese_ci" => Rule::Folded,
            _ if collation.charset().max_bytes_per_char() > 1 => Rule::Unicode(Collator::of(collation)?),
            _ if charset == collation.charset() => Rule::Bytes(Collator::of(collation)?),
            _ => return None,
        };
        Some(Self { charset, rule, characters })
    }

    /// Appends the bytes of a text.
    pub fn write(&self, text: &[u8], out: &mut Vec<u8>) {
        match self.rule {
            Rule::Bytes(collator) => {
                let end = self.characters.map_or(text.len(), |count| text.len().min(count as usize));
                collator.write_byte_key(&text[..end], out);
            }
            Rule::Unicode(collator) => collator.write_unicode_key(self.counted(&self.decode(text)), out),
            Rule::Folded => {
                let folded = self.counted(&self.decode(text)).to_uppercase().replace('~', "Y");
                out.extend_from_slice(folded.trim_end_matches(' ').as_bytes());
            }
        }
    }

    fn decode<'t>(&self, text: &'t [u8]) -> Cow<'t, str> {
        self.charset.decode(text).unwrap_or_else(|_| String::from_utf8_lossy(text))
    }

    /// The characters that count.
    fn counted<'t>(&self, text: &'t str) -> &'t str {
        let end = self.characters.and_then(|count| text.char_indices().nth(count as usize));
        end.map_or(text, |(end, _)| &text[..end])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn same(collation: &str, left: &str, right: &str) -> bool {
        let collation = Collation::by_name(collation).expect("the test names known collations");
        let key = CollationKey::of(collation.charset(), collation, None).expect("its equality is known");
        let bytes = |text: &str| {
            let mut out = Vec::new();
            key.write(text.as_bytes(), &mut out);
            out
        };
        bytes(left) == bytes(right)
    }

    #[test]
    fn letters_and_spaces_count_as_the_collation_says() {
        assert!(same("utf8mb4_general_ci", "a", "A  "));
        assert!(same("utf8mb4_0900_ai_ci", "é", "E"));
        assert!(!same("utf8mb4_0900_ai_ci", "a", "a "));
        assert!(same("utf8mb4_bin", "a", "a "));
        assert!(!same("utf8mb4_bin", "a", "A"));
        assert!(same("latin1_swedish_ci", "a", "A "));
        assert!(same("gbk_chinese_ci", "a", "A "));
        assert!(same("gbk_chinese_ci", "y", "~"));
        assert!(!same("binary", "a", "a "));
    }

    #[test]
    fn only_the_characters_of_a_prefix_count() {
        let collation = Collation::UTF8MB4_GENERAL_CI;
        let key = CollationKey::of(collation.charset(), collation, Some(2)).expect("its equality is known");
        let bytes = |text: &str| {
            let mut out = Vec::new();
            key.write(text.as_bytes(), &mut out);
            out
        };
        assert_eq!(bytes("税务a"), bytes("税务b"));
        assert_ne!(bytes("税务"), bytes("税a"));
    }

    #[test]
    fn an_unknown_collation_has_no_key() {
        let collation = Collation::by_name("utf8mb4_de_pb_0900_ai_ci").expect("the server has it");
        assert!(CollationKey::of(collation.charset(), collation, None).is_none());
    }
}
