//! Text of every charset, against what the servers convert it to.

use rowgate::schema::Charset;

use crate::server::{Kind, Server};

/// Bytes that may be a character: all of one byte, of two, and of three behind the shift to a third set.
const CANDIDATES: &str = "
SET SESSION cte_max_recursion_depth = 1000;
CREATE TABLE one (b VARBINARY(1));
INSERT INTO one WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 255) SELECT UNHEX(LPAD(HEX(i), 2, '0')) FROM n;
CREATE TABLE candidates (c VARBINARY(4));
INSERT INTO candidates SELECT b FROM one UNION ALL SELECT CONCAT(x.b, y.b) FROM one x, one y WHERE x.b >= 0x80 AND y.b >= 0x30;
INSERT INTO candidates SELECT CONCAT(0x8F, c) FROM candidates WHERE LENGTH(c) = 2 AND c >= 0xA1A1;
INSERT INTO candidates SELECT CONCAT(x.b, 0x30, y.b, 0x35) FROM one x, one y WHERE x.b >= 0x81 AND y.b >= 0x81;
";

fn bytes_of(hex: &str) -> Vec<u8> {
    let digits = hex.as_bytes().chunks(2).map(|pair| str::from_utf8(pair).expect("hexadecimal digits"));
    digits.map(|pair| u8::from_str_radix(pair, 16).expect("hexadecimal digits")).collect()
}

#[test]
fn each_character_is_what_the_server_converts_it_to_or_none() {
    let server = Server::shared(Kind::MySql97);
    let schema = server.new_schema("charsets");
    server.run(&format!("USE {schema}; {CANDIDATES}"));
    for name in ["gbk", "gb2312", "gb18030", "big5", "sjis", "cp932", "ujis", "eucjpms", "euckr"] {
        let charset = Charset::by_name(name).expect("it is known");
        let convert = format!("SELECT HEX(c), HEX(CONVERT(CONVERT(c USING {name}) USING utf8mb4)) FROM {schema}.candidates");
        let (mut same, mut wrong) = (0, Vec::new());
        for row in server.query_text(&convert) {
            let bytes = bytes_of(row[0].as_deref().expect("it is not NULL"));
            let theirs = row[1].as_deref().map(|hex| String::from_utf8(bytes_of(hex)).expect("UTF-8"));
            // A character that utf8mb4 lacks becomes a question mark, half a character of eucjpms becomes nothing.
            let theirs = theirs.filter(|text| !text.is_empty() && (!text.contains('?') || bytes.contains(&b'?')));
            let ours = charset.decode(&bytes).ok().map(String::from);
            if ours == theirs {
                same += 1;
            } else {
                wrong.push(format!("{bytes:02X?} is {theirs:?}, not {ours:?}"));
            }
        }
        assert!(wrong.is_empty(), "{} characters of {name} differ:\n{}", wrong.len(), wrong[..wrong.len().min(20)].join("\n"));
        assert!(same > 60_000, "{same} of {name}");
    }
}
