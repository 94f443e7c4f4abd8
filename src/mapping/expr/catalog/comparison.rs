//! Comparisons and tests.

use super::entry::MANY;
use super::{Family, Function};
use crate::mapping::expr::{extremes, search};

pub(super) const FAMILY: Family = Family { name: "comparison", functions: FUNCTIONS, pending: &[] };

const FUNCTIONS: &[Function] = &[
    Function::new(&["="], "a = b", "equal: numbers by value, texts by collation, a text and a number as DOUBLE", ("'10abc' = 10", "1")),
    Function::new(&["<=>"], "a <=> b", "equal, where NULL equals NULL", ("NULL <=> NULL", "1")),
    Function::new(&["<>", "!="], "a <> b, a != b", "not equal", ("1 <> 2", "1")),
    Function::new(&["<"], "a < b", "less", ("'a' < 'B'", "1")),
    Function::new(&["<="], "a <= b", "less or equal", ("1 <= 1.0", "1")),
    Function::new(&[">"], "a > b", "greater", ("2 > 10", "0")),
    Function::new(&[">="], "a >= b", "greater or equal", ("'2' >= '10'", "1")),
    Function::new(&["between"], "x [NOT] BETWEEN a AND b", "whether `x` is neither below `a` nor above `b`", ("2 BETWEEN 1 AND 3", "1")),
    Function::new(&["in"], "x [NOT] IN (a, b, …)", "whether one equals; NULL where none does and one is NULL", ("2 IN (1, NULL)", "NULL")),
    Function::new(
        &["like"],
        "x [NOT] LIKE pattern [ESCAPE c]",
        "`%` is any text, `_` any character, by collation",
        ("'Abc' LIKE 'a_%'", "1"),
    ),
    Function::new(&["is"], "x IS [NOT] NULL | TRUE | FALSE | UNKNOWN", "a test that is never NULL", ("NULL IS TRUE", "0")),
    Function::new(&["isnull"], "ISNULL(x)", "`x IS NULL`", ("ISNULL(NULL)", "1")).called(1, 1, search::is_null),
    Function::new(&["strcmp"], "STRCMP(a, b)", "-1, 0 or 1: the order of two texts by collation", ("STRCMP('a', 'b')", "-1")).called(
        2,
        2,
        search::strcmp,
    ),
    Function::new(
        &["greatest"],
        "GREATEST(a, b, …)",
        "the greatest; NULL where one is NULL; texts by collation",
        ("GREATEST(2, 10, 3.5)", "10.0"),
    )
    .called(2, MANY, extremes::greatest),
    Function::new(&["least"], "LEAST(a, b, …)", "the least; beside a text, numbers are texts", ("LEAST(2, 10, '3')", "'10'")).called(
        2,
        MANY,
        extremes::least,
    ),
    Function::new(
        &["interval"],
        "INTERVAL(n, a, b, …)",
        "how many of the ascending bounds `n` has reached; -1 for NULL",
        ("INTERVAL(15, 0, 10, 20)", "2"),
    )
    .called(2, MANY, extremes::interval),
];
