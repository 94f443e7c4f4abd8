//! `mapping::CollationKey` against the servers: texts that a unique index takes for one have one key (LD-7).

use std::collections::HashMap;

use rowgate::{
    mapping::CollationKey,
    schema::{Charset, Collation},
};

use crate::server::{Kind, Server};

/// Collations with keys of their own, and who has them.
const UNICODE: [(&str, Kind); 8] = [
    ("utf8mb4_0900_ai_ci", Kind::MySql97),
    ("utf8mb4_general_ci", Kind::MySql97),
    ("utf8mb4_unicode_ci", Kind::MySql97),
    ("utf8mb4_bin", Kind::MySql97),
    ("utf8mb4_0900_bin", Kind::MySql97),
    ("utf8mb4_general_ci", Kind::MariaDb1011),
    ("utf8mb4_unicode_ci", Kind::MariaDb1011),
    ("utf8mb4_bin", Kind::MariaDb1011),
];

/// Texts beyond single characters: expansions, contractions, ignorable characters, combining marks, spaces.
const TEXTS: [&str; 44] = [
    "",
    " ",
    "  ",
    "\t",
    "\n",
    "a",
    "A",
    "a ",
    "A  ",
    " a",
    "á",
    "a\u{301}",
    "Á",
    "ss",
    "ß",
    "SS",
    "ẞ",
    "ae",
    "æ",
    "Æ",
    "oe",
    "œ",
    "ij",
    "ĳ",
    "ﬁ",
    "fi",
    "a\u{0}",
    "\u{0}a",
    "a\u{200b}",
    "a\u{ad}b",
    "ab",
    "AB",
    "a\u{301}\u{323}",
    "a\u{323}\u{301}",
    "税",
    "税\u{3000}",
    "ﾃ",
    "テ",
    "て",
    "🚀",
    "🚁",
    "İ",
    "i\u{307}",
    "가",
];

fn key(collation: Collation, charset: Charset, text: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    CollationKey::of(charset, collation, None).expect("the collation is supported").write(text, &mut out);
    out
}

/// The texts by number in a table with an index of the collation; answers which of them the server takes for one, as lists.
fn classes(server: &Server, name: &str, column: &str, values: &[String]) -> Vec<Vec<usize>> {
    let schema = server.new_schema(name);
    server.run(&format!("CREATE TABLE {schema}.t (n INT PRIMARY KEY, c {column}, KEY (c))"));
    for (part, values) in values.chunks(5000).enumerate() {
        let rows: Vec<String> = values.iter().enumerate().map(|(number, value)| format!("({}, {value})", part * 5000 + number)).collect();
        server.run(&format!("SET SESSION sql_mode = ''; INSERT INTO {schema}.t VALUES {}", rows.join(", ")));
    }
    let rows = server.query_text(&format!(
        "SET SESSION group_concat_max_len = 100000000; SELECT group_concat(n ORDER BY n) FROM {schema}.t GROUP BY c HAVING count(*) > 1"
    ));
    let numbers = |list: &str| list.split(',').map(|number| number.parse().expect("a number")).collect();
    rows.into_iter().flatten().flatten().map(|list| numbers(&list)).collect()
}

/// Asserts that texts of one class have one key; answers how many classes of more than one text there were.
fn assert_not_finer(what: &str, classes: &[Vec<usize>], key: impl Fn(usize) -> Vec<u8>, shown: impl Fn(usize) -> String) -> usize {
    let mut finer = Vec::new();
    for class in classes {
        let first = key(class[0]);
        finer.extend(class[1..].iter().filter(|&&other| key(other) != first).map(|&other| (shown(class[0]), shown(other))));
    }
    assert!(finer.is_empty(), "{what}: {} pairs are equal to the index only, as {:?}", finer.len(), &finer[..finer.len().min(10)]);
    classes.len()
}

/// How many classes of keys hold texts that the server tells apart.
fn coarser(values: usize, classes: &[Vec<usize>], key: impl Fn(usize) -> Vec<u8>) -> usize {
    let mut class_of: HashMap<usize, usize> = HashMap::new();
    for (class, members) in classes.iter().enumerate() {
        members.iter().for_each(|&member| {
            class_of.insert(member, class);
        });
    }
    let mut first: HashMap<Vec<u8>, usize> = HashMap::new();
    let mut coarser = 0;
    for value in 0..values {
        let other = *first.entry(key(value)).or_insert(value);
        let same = other == value || class_of.get(&other).is_some_and(|class| class_of.get(&value) == Some(class));
        coarser += usize::from(!same);
    }
    coarser
}

/// Characters of the basic plane, or all in the slow run, and the special texts.
fn unicode_texts() -> Vec<String> {
    let last = if std::env::var_os("ROWGATE_SLOW").is_some() { 0x10_FFFF } else { 0xFFFF };
    let characters = (0..=last).filter_map(char::from_u32).map(String::from);
    let pairs = TEXTS.iter().flat_map(|left| TEXTS.iter().map(move |right| format!("{left}{right}")));
    characters.chain(pairs).collect()
}

#[test]
fn unicode_texts_that_an_index_takes_for_one_have_one_key() {
    let texts = unicode_texts();
    let literals: Vec<String> = texts.iter().map(|text| literal("utf8mb4", text.as_bytes())).collect();
    for (name, kind) in UNICODE {
        let collation = Collation::by_name(name).expect("the collation is known");
        let of = |number: usize| key(collation, collation.charset(), texts[number].as_bytes());
        let classes =
            classes(Server::shared(kind), "collation_keys", &format!("VARCHAR(20) CHARACTER SET utf8mb4 COLLATE {name}"), &literals);
        let equal = assert_not_finer(&format!("{name} on {kind:?}"), &classes, of, |number| texts[number].escape_unicode().to_string());
        assert!(equal > 0, "{name} on {kind:?}: doubled texts are equal at least");
        let coarser = coarser(texts.len(), &classes, of);
        assert_eq!(coarser, 0, "{name} on {kind:?}: texts with one key that the index tells apart");
    }
}

#[test]
fn every_character_of_gbk_has_the_key_of_those_that_are_equal_to_it() {
    let mut texts: Vec<Vec<u8>> = (0x00..0x80).map(|byte| vec![byte]).collect();
    for first in 0x81..=0xFE_u8 {
        texts.extend((0x40..=0xFE_u8).filter(|&second| second != 0x7F).map(|second| vec![first, second]));
    }
    let spaced: Vec<Vec<u8>> = texts.iter().map(|text| [text.as_slice(), b" "].concat()).collect();
    texts.extend(spaced);
    let literals: Vec<String> = texts.iter().map(|text| literal("gbk", text)).collect();
    for kind in [Kind::MariaDb1011, Kind::MySql97] {
        for name in ["gbk_chinese_ci", "gbk_bin"] {
            let collation = Collation::by_name(name).expect("the collation is known");
            let of = |number: usize| key(collation, collation.charset(), &texts[number]);
            let classes = classes(Server::shared(kind), "gbk_keys", &format!("VARCHAR(20) CHARACTER SET gbk COLLATE {name}"), &literals);
            let equal = assert_not_finer(&format!("{name} on {kind:?}"), &classes, of, |number| format!("{:02x?}", texts[number]));
            assert!(equal > 20_000, "{name} on {kind:?}: a trailing space never counts");
        }
    }
}

#[test]
fn bytes_of_single_byte_charsets_have_the_key_of_those_that_are_equal_to_them() {
    let texts: Vec<Vec<u8>> = (0..=255_u8).flat_map(|byte| [vec![byte], vec![byte, b' '], vec![b'a', byte]]).collect();
    for kind in [Kind::MariaDb1011, Kind::MySql97] {
        for name in ["latin1_swedish_ci", "latin1_general_ci", "latin1_bin", "latin1_general_cs", "binary"] {
            let collation = Collation::by_name(name).expect("the collation is known");
            let charset = collation.charset().name();
            if CollationKey::of(collation.charset(), collation, None).is_none() {
                continue;
            }
            let literals: Vec<String> = texts.iter().map(|text| literal(charset, text)).collect();
            let column =
                if name == "binary" { "VARBINARY(20)".to_owned() } else { format!("VARCHAR(20) CHARACTER SET {charset} COLLATE {name}") };
            let of = |number: usize| key(collation, collation.charset(), &texts[number]);
            let classes = classes(Server::shared(kind), "byte_keys", &column, &literals);
            assert_not_finer(&format!("{name} on {kind:?}"), &classes, of, |number| format!("{:02x?}", texts[number]));
            assert_eq!(coarser(texts.len(), &classes, of), 0, "{name} on {kind:?}: texts with one key that the index tells apart");
        }
    }
}

/// Texts that the target stores in another charset are compared there.
#[test]
fn texts_of_another_charset_have_the_key_of_what_the_target_stores() {
    let texts: Vec<Vec<u8>> = (0..=255_u8).flat_map(|byte| [vec![byte], vec![byte, b' ']]).collect();
    for (from, server) in [("latin1", Kind::MySql97), ("latin1", Kind::MariaDb1011), ("cp1251", Kind::MySql97), ("gbk", Kind::MariaDb1011)]
    {
        let charset = Charset::by_name(from).expect("the charset is known");
        let texts: Vec<Vec<u8>> = if from == "gbk" {
            (0xA1..=0xFE_u8).flat_map(|low| (0xA1..=0xF7_u8).map(move |high| vec![high, low])).collect()
        } else {
            texts.clone()
        };
        let literals: Vec<String> = texts.iter().map(|text| literal(from, text)).collect();
        for name in ["utf8mb4_general_ci", "utf8mb4_unicode_ci"] {
            let collation = Collation::by_name(name).expect("the collation is known");
            let of = |number: usize| key(collation, charset, &texts[number]);
            let classes =
                classes(Server::shared(server), "cross_keys", &format!("VARCHAR(20) CHARACTER SET utf8mb4 COLLATE {name}"), &literals);
            // What the charset does not have becomes `?`; strict sessions refuse it.
            let classes: Vec<Vec<usize>> =
                classes.into_iter().filter(|class| class.iter().all(|&number| charset.decode(&texts[number]).is_ok())).collect();
            assert_not_finer(&format!("{from} in {name} on {server:?}"), &classes, of, |number| format!("{:02x?}", texts[number]));
        }
    }
}

fn literal(charset: &str, bytes: &[u8]) -> String {
    let hex: String = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
    format!("_{charset} x'{hex}'")
}
