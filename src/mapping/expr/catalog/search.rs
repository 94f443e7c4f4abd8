//! Texts looked for in texts.

use super::entry::MANY;
use super::{Family, Function};
use crate::mapping::expr::{regexp, search};

pub(super) const FAMILY: Family = Family { name: "search", functions: FUNCTIONS, pending: &[] };

const FUNCTIONS: &[Function] = &[
    Function::new(
        &["locate"],
        "LOCATE(needle, s[, position])",
        "where it stands, from 1; 0 where it does not",
        ("LOCATE('C', 'abcabc', 4)", "6"),
    )
    .called(2, 3, search::locate),
    Function::new(&["position"], "POSITION(needle IN s)", "as `LOCATE`", ("POSITION('b' IN 'abc')", "2")).called(2, 2, search::locate),
    Function::new(&["instr"], "INSTR(s, needle)", "as `LOCATE`, the other way round", ("INSTR('abc', 'c')", "3")).called(
        2,
        2,
        search::instr,
    ),
    Function::new(
        &["field"],
        "FIELD(x, a, b, …)",
        "the number of the first that equals `x`; 0 where none does",
        ("FIELD('b', 'a', 'B')", "2"),
    )
    .called(2, MANY, search::field),
    Function::new(
        &["find_in_set"],
        "FIND_IN_SET(s, list)",
        "the number of the element between commas that equals",
        ("FIND_IN_SET('b', 'a,b')", "2"),
    )
    .called(2, 2, search::find_in_set),
    Function::new(
        &["substring_index"],
        "SUBSTRING_INDEX(s, delimiter, count)",
        "what stands before the count-th delimiter, behind it where negative",
        ("SUBSTRING_INDEX('a.b.c', '.', -2)", "'b.c'"),
    )
    .called(3, 3, search::substring_index),
    Function::new(
        &["regexp", "rlike"],
        "x [NOT] REGEXP pattern, x [NOT] RLIKE pattern",
        "`REGEXP_LIKE(x, pattern)`",
        ("'Invoice 17' REGEXP '[0-9]+$'", "1"),
    ),
    Function::new(
        &["regexp_like"],
        "REGEXP_LIKE(s, pattern[, match_type])",
        "whether a part of `s` matches; case counts as the collation says, or by `'c'` and `'i'`",
        ("REGEXP_LIKE('ABC', 'b', 'c')", "0"),
    )
    .called(2, 3, regexp::regexp_like),
    Function::new(
        &["regexp_instr"],
        "REGEXP_INSTR(s, pattern[, position[, occurrence[, behind[, match_type]]]])",
        "where the match starts, or the place behind it; 0 where there is none",
        ("REGEXP_INSTR('dog cat dog', 'dog', 2)", "9"),
    )
    .called(2, 6, regexp::regexp_instr),
    Function::new(
        &["regexp_substr"],
        "REGEXP_SUBSTR(s, pattern[, position[, occurrence[, match_type]]])",
        "the match; NULL where there is none",
        ("REGEXP_SUBSTR('abc def ghi', '[a-z]+', 1, 3)", "'ghi'"),
    )
    .called(2, 5, regexp::regexp_substr),
    Function::new(
        &["regexp_replace"],
        "REGEXP_REPLACE(s, pattern, replacement[, position[, occurrence[, match_type]]])",
        "matches replaced, all of them or one; `$1` is the first group",
        ("REGEXP_REPLACE('a-1 b-2', '([a-z])-', '$1')", "'a1 b2'"),
    )
    .called(3, 6, regexp::regexp_replace),
];
