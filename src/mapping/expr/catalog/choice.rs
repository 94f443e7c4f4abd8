//! One of several values; only the one that is taken can fail.

use super::entry::MANY;
use super::{Family, Function};
use crate::mapping::expr::{conditional, search};

pub(super) const FAMILY: Family = Family { name: "choice", functions: FUNCTIONS, pending: &[] };

const FUNCTIONS: &[Function] = &[
    Function::new(
        &["case"],
        "CASE [x] WHEN a THEN b … [ELSE c] END",
        "the first `b` whose `a` equals `x`, or holds",
        ("CASE 2 WHEN 1 THEN 'a' WHEN 2 THEN 'b' END", "'b'"),
    ),
    Function::new(&["if"], "IF(condition, a, b)", "`a` where the condition holds, else `b`", ("IF(1 > 2, 'a', 'b')", "'b'")).called(
        3,
        3,
        conditional::if_function,
    ),
    Function::new(&["ifnull"], "IFNULL(a, b)", "`b` where `a` is NULL", ("IFNULL(NULL, 1)", "1")).called(2, 2, conditional::coalesce),
    Function::new(&["coalesce"], "COALESCE(a, b, …)", "the first that is not NULL", ("COALESCE(NULL, NULL, 3)", "3")).called(
        1,
        MANY,
        conditional::coalesce,
    ),
    Function::new(&["nullif"], "NULLIF(a, b)", "NULL where both are equal, else `a`", ("NULLIF(1, 1)", "NULL")).called(
        2,
        2,
        conditional::nullif,
    ),
    Function::new(&["elt"], "ELT(n, a, b, …)", "the n-th text; NULL where there is none", ("ELT(2, 'a', 'b')", "'b'")).called(
        2,
        MANY,
        search::elt,
    ),
];
