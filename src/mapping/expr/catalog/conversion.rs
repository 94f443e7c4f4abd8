//! From one type, charset or collation to another.

use super::{Family, Function};

pub(super) const FAMILY: Family = Family { name: "conversion", functions: FUNCTIONS, pending: &[] };

const FUNCTIONS: &[Function] = &[
    Function::new(
        &["cast"],
        "CAST(x AS type)",
        "types: SIGNED, UNSIGNED, DECIMAL(p, s), DOUBLE, FLOAT, CHAR(n), BINARY(n), DATE, TIME(n), DATETIME(n), YEAR",
        ("CAST('12abc' AS SIGNED)", "12"),
    ),
    Function::new(&["convert"], "CONVERT(x, type)", "as `CAST(x AS type)`", ("CONVERT(1.5, CHAR)", "'1.5'")),
    Function::new(
        &["using"],
        "CONVERT(x USING charset)",
        "a text in another charset; `?` stands for what that charset lacks",
        ("CONVERT('日本' USING latin1)", "'??'"),
    ),
    Function::new(&["binary"], "BINARY x", "the bytes of a text", ("BINARY 'a' = 'A'", "0")),
    Function::new(&["collate"], "x COLLATE collation", "a text that insists on a collation", ("'a' COLLATE utf8mb4_bin = 'A'", "0")),
];
