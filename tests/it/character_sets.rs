//! Charsets and collations against all three servers: names, numbers, widths, defaults, padding, and every byte and pair of bytes.

use rowgate::schema::{Charset, Collation, Flavor};

use crate::server::{Kind, Server};

/// The hexadecimal digits as a table.
const DIGITS: &str = "(SELECT '0' x UNION ALL SELECT '1' UNION ALL SELECT '2' UNION ALL SELECT '3' UNION ALL SELECT '4' UNION ALL SELECT '5' \
    UNION ALL SELECT '6' UNION ALL SELECT '7' UNION ALL SELECT '8' UNION ALL SELECT '9' UNION ALL SELECT 'A' UNION ALL SELECT 'B' \
    UNION ALL SELECT 'C' UNION ALL SELECT 'D' UNION ALL SELECT 'E' UNION ALL SELECT 'F')";

#[test]
fn every_byte_of_a_single_byte_charset_is_what_the_servers_make_of_it() {
    for kind in Kind::ALL {
        for charset in charsets(Server::shared(kind), 1) {
            let charset = Charset::by_name(&charset).expect("every charset of a server is known");
            if !charset.is_binary() {
                compare(Server::shared(kind), charset, &[String::new()]);
            }
        }
    }
}

#[test]
fn every_sequence_of_a_multi_byte_charset_is_what_the_servers_make_of_it() {
    for kind in Kind::ALL {
        for name in ["gbk", "gb2312", "gb18030", "big5", "sjis", "cp932", "ujis", "eucjpms", "euckr"] {
            let charset = Charset::by_name(name).expect("the charset is known");
            if name == "gb18030" && kind != Kind::MySql97 {
                continue;
            }
            let leads: Vec<String> = (0x81..=0xFE).map(|lead| format!("{lead:02X}")).collect();
            compare(Server::shared(kind), charset, &leads);
        }
    }
}

#[test]
fn every_charset_of_the_servers_has_their_width_and_default() {
    for kind in Kind::ALL {
        let server = Server::shared(kind);
        let version = server.query_text("SELECT version()")[0][0].clone().and_then(|text| rowgate::schema::ServerVersion::parse(&text));
        let version = version.expect("the server tells its version");
        let rows = triples(server, "SELECT character_set_name, maxlen, default_collate_name FROM information_schema.character_sets");
        assert!(rows.len() > 35);
        for row in rows {
            let [name, width, collation] = row.map(|value| value.expect("none of them is NULL"));
            let charset = Charset::by_name(&name).expect("every charset of a server is known");
            assert_eq!(charset.max_bytes_per_char().to_string(), width, "{name} on {kind:?}");
            assert_eq!(Some(charset.default_collation(version)), Collation::by_name_on(&collation, version.flavor), "{name} on {kind:?}");
        }
    }
}

#[test]
fn every_collation_of_the_servers_has_their_number_and_padding() {
    for (kind, flavor) in [(Kind::MariaDb1011, Flavor::MariaDb), (Kind::MySql97, Flavor::MySql), (Kind::MySql56, Flavor::MySql)] {
        let query = match kind {
            Kind::MariaDb1011 => "SELECT full_collation_name, id, '' FROM information_schema.collation_character_set_applicability",
            Kind::MySql97 => "SELECT collation_name, id, pad_attribute FROM information_schema.collations",
            Kind::MySql56 => "SELECT collation_name, id, '' FROM information_schema.collations",
        };
        let rows = triples(Server::shared(kind), query);
        assert!(rows.len() > 200);
        for row in rows {
            let [name, id, padding] = row.map(|value| value.expect("none of them is NULL"));
            let collation = Collation::by_name_on(&name, flavor).expect("every collation of a server is known");
            assert_eq!(collation.id().to_string(), id, "{name} on {kind:?}");
            assert_eq!(Collation::by_id(collation.id().into(), flavor), Some(collation));
            assert!(padding.is_empty() || (padding == "PAD SPACE") == collation.pads_spaces(), "{name} on {kind:?}");
        }
    }
}

/// Compares all characters that begin with one of these leads: none, one or two bytes, in hexadecimal.
fn compare(server: &Server, charset: Charset, leads: &[String]) {
    let select = |lead: &String| {
        format!(
            "SELECT GROUP_CONCAT(COALESCE(HEX(CONVERT(CONVERT(UNHEX(h) USING {charset}) USING utf32)), '-') ORDER BY h SEPARATOR ' ') \
             FROM (SELECT CONCAT('{lead}', a.x, b.x) h FROM {DIGITS} a, {DIGITS} b) all_bytes;\n"
        )
    };
    let script: String = leads.iter().map(select).collect();
    let answers = server.query_text(&format!("SET SESSION group_concat_max_len = 100000;\n{script}"));
    assert_eq!(answers.len(), leads.len());
    for (lead, answer) in leads.iter().zip(answers) {
        let answer = answer[0].as_deref().expect("there are 256 of them");
        let theirs: Vec<Option<char>> = answer.split(' ').map(character).collect();
        let prefix: Vec<u8> = (0..lead.len()).step_by(2).filter_map(|at| u8::from_str_radix(&lead[at..at + 2], 16).ok()).collect();
        assert_eq!(theirs.len(), 256);
        for (last, theirs) in (0..=255_u8).zip(theirs) {
            let bytes = [prefix.as_slice(), &[last]].concat();
            let text = charset.decode(&bytes).ok();
            let ours = text.and_then(|text| Some(text.chars().next()).filter(|_| text.chars().count() == 1)).flatten();
            // The servers make `?` of what is no character; it is one only where it is written so.
            // U+FFFD is how they write a hole of tis620, but a character of big5.
            let hole = |c| c == char::REPLACEMENT_CHARACTER && charset.max_bytes_per_char() == 1;
            let theirs = theirs.filter(|&c| !hole(c) && (c != '?' || bytes == b"?"));
            assert_eq!(ours, theirs, "{bytes:02X?} in {charset} on {:?}", server.kind());
        }
    }
}

fn triples(server: &Server, query: &str) -> Vec<[Option<String>; 3]> {
    let triple = |row: Vec<Option<String>>| row.try_into().expect("the query asks for three columns");
    server.query_text(query).into_iter().map(triple).collect()
}

/// The one character of a UTF-32 text.
fn character(hex: &str) -> Option<char> {
    (hex.len() == 8).then(|| u32::from_str_radix(hex, 16).ok().and_then(char::from_u32)).flatten()
}

fn charsets(server: &Server, width: u8) -> Vec<String> {
    let query = format!("SELECT character_set_name FROM information_schema.character_sets WHERE maxlen = {width}");
    server.query_text(&query).into_iter().filter_map(|mut row| row.pop().flatten()).collect()
}
