//! Texts looked for in texts.

use super::entry::MANY;
use super::{Family, Function};
use crate::mapping::expr::search;

pub(super) const FAMILY: Family = Family { name: "search", functions: FUNCTIONS, pending: PENDING };

const PENDING: &[&str] = &["regexp_instr", "regexp_like", "regexp_replace", "regexp_substr"];

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
];
