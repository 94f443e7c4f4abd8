//! Texts built, cut and measured.

use super::entry::MANY;
use super::{Family, Function};
use crate::mapping::expr::{fill, flag_text, letter_case, number_format, quoted, text};

pub(super) const FAMILY: Family = Family { name: "text", functions: FUNCTIONS, pending: &[] };

const FUNCTIONS: &[Function] = &[
    Function::new(&["concat"], "CONCAT(a, b, …)", "joined; NULL where one is NULL", ("CONCAT('a', 1, 'b')", "'a1b'")).called(
        1,
        MANY,
        text::concat,
    ),
    Function::new(
        &["concat_ws"],
        "CONCAT_WS(separator, a, b, …)",
        "joined by a separator, NULLs left out",
        ("CONCAT_WS('-', 'a', NULL, 'b')", "'a-b'"),
    )
    .called(2, MANY, text::concat_ws),
    Function::new(&["left"], "LEFT(s, count)", "the first characters", ("LEFT('héllo', 2)", "'hé'")).called(2, 2, text::left),
    Function::new(&["right"], "RIGHT(s, count)", "the last characters", ("RIGHT('hello', 2)", "'lo'")).called(2, 2, text::right),
    Function::new(
        &["substring", "substr"],
        "SUBSTRING(s, position[, length]), SUBSTRING(s FROM position [FOR length])",
        "a part; positions count from 1, from the end where negative",
        ("SUBSTRING('abcdef', -3, 2)", "'de'"),
    )
    .called(2, 3, text::substring),
    Function::new(&["mid"], "MID(s, position, length)", "as `SUBSTRING`", ("MID('abcdef', 2, 3)", "'bcd'")).called(3, 3, text::substring),
    Function::new(&["lower", "lcase"], "LOWER(s)", "small letters", ("LOWER('ÀB')", "'àb'")).called(1, 1, letter_case::lower),
    Function::new(&["upper", "ucase"], "UPPER(s)", "capital letters", ("UPPER('àb')", "'ÀB'")).called(1, 1, letter_case::upper),
    Function::new(&["lpad"], "LPAD(s, length, padding)", "filled on the left, or cut", ("LPAD('7', 3, '0')", "'007'")).called(
        3,
        3,
        fill::lpad,
    ),
    Function::new(&["rpad"], "RPAD(s, length, padding)", "filled on the right, or cut", ("RPAD('7', 3, '.')", "'7..'")).called(
        3,
        3,
        fill::rpad,
    ),
    Function::new(&["repeat"], "REPEAT(s, count)", "so many times", ("REPEAT('ab', 2)", "'abab'")).called(2, 2, fill::repeat),
    Function::new(&["space"], "SPACE(count)", "so many spaces", ("CONCAT('a', SPACE(2), 'b')", "'a  b'")).called(1, 1, fill::space),
    Function::new(&["reverse"], "REVERSE(s)", "characters from the last to the first", ("REVERSE('abc')", "'cba'")).called(
        1,
        1,
        fill::reverse,
    ),
    Function::new(&["replace"], "REPLACE(s, from, to)", "every `from` replaced, byte by byte", ("REPLACE('aAa', 'a', 'x')", "'xAx'"))
        .called(3, 3, text::replace),
    Function::new(
        &["trim"],
        "TRIM([[LEADING | TRAILING | BOTH] [what] FROM] s)",
        "without spaces, or `what`, at its ends",
        ("TRIM(LEADING '0' FROM '0070')", "'70'"),
    )
    .called(1, 1, text::trim_both),
    Function::new(&["ltrim"], "LTRIM(s)", "without spaces at its start", ("LTRIM('  a')", "'a'")).called(1, 1, text::trim_leading),
    Function::new(&["rtrim"], "RTRIM(s)", "without spaces at its end", ("RTRIM('a  ')", "'a'")).called(1, 1, text::trim_trailing),
    Function::new(&["length", "octet_length"], "LENGTH(s)", "bytes", ("LENGTH('é')", "2")).called(1, 1, text::length),
    Function::new(&["char_length", "character_length"], "CHAR_LENGTH(s)", "characters", ("CHAR_LENGTH('é')", "1")).called(
        1,
        1,
        text::char_length,
    ),
    Function::new(&["bit_length"], "BIT_LENGTH(s)", "bits", ("BIT_LENGTH('é')", "16")).called(1, 1, text::bit_length),
    Function::new(
        &["insert"],
        "INSERT(s, position, length, new)",
        "characters replaced by others",
        ("INSERT('Quadratic', 3, 4, 'What')", "'QuWhattic'"),
    )
    .called(4, 4, text::insert),
    Function::new(
        &["format"],
        "FORMAT(x, places[, 'en_US'])",
        "rounded, with commas between thousands",
        ("FORMAT(12332.1, 2)", "'12,332.10'"),
    )
    .called(2, 3, number_format::format),
    Function::new(&["quote"], "QUOTE(s)", "a text as a constant of SQL; `NULL` for NULL", ("QUOTE('it''s')", "''it\\'s''")).called(
        1,
        1,
        quoted::quote,
    ),
    Function::new(&["soundex"], "SOUNDEX(s)", "how an English word sounds", ("SOUNDEX('Hello')", "'H400'")).called(1, 1, quoted::soundex),
    Function::new(&["sounds"], "a SOUNDS LIKE b", "`SOUNDEX(a) = SOUNDEX(b)`", ("'Hello' SOUNDS LIKE 'Hallo'", "1")),
    Function::new(&["to_base64"], "TO_BASE64(s)", "Base64 in lines of 76 characters", ("TO_BASE64('abc')", "'YWJj'")).called(
        1,
        1,
        quoted::to_base64,
    ),
    Function::new(
        &["from_base64"],
        "FROM_BASE64(s)",
        "the bytes that Base64 stands for; NULL where it is none",
        ("FROM_BASE64('YWJj')", "'abc'"),
    )
    .called(1, 1, quoted::from_base64),
    Function::new(
        &["char"],
        "CHAR(n, … [USING charset])",
        "the bytes of numbers; NULLs are left out",
        ("CHAR(77, 121, '83' USING utf8mb4)", "'MyS'"),
    )
    .called(1, MANY, flag_text::char),
    Function::new(
        &["export_set"],
        "EXPORT_SET(bits, on, off[, separator[, count]])",
        "a text for each bit, from the lowest on",
        ("EXPORT_SET(5, 'Y', 'N', ',', 4)", "'Y,N,Y,N'"),
    )
    .called(3, 5, flag_text::export_set),
    Function::new(
        &["make_set"],
        "MAKE_SET(bits, a, b, …)",
        "the texts whose bits are set, with commas between them",
        ("MAKE_SET(1 | 4, 'a', 'b', 'c')", "'a,c'"),
    )
    .called(2, MANY, flag_text::make_set),
];
