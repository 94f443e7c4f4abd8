//! Functions of other databases, and what MySQL has in their place.

/// Names that MySQL does not have, each with what does the same there.
const FOREIGN: &[(&str, &str)] = &[
    ("array_length", "json_length(x)"),
    ("charindex", "locate(part, text)"),
    ("datepart", "year(x), month(x), …"),
    ("decode", "CASE x WHEN … THEN … ELSE … END"),
    ("dateadd", "x + INTERVAL n DAY"),
    ("getdate", "a column or a constant: the clock differs at each replay"),
    ("iif", "if(condition, x, y)"),
    ("len", "char_length(x)"),
    ("nvl", "ifnull(x, y)"),
    ("nvl2", "if(x IS NOT NULL, y, z)"),
    ("regexp_matches", "x REGEXP pattern"),
    ("split_part", "substring_index(text, separator, n)"),
    ("string_concat", "concat(x, y)"),
    ("strlen", "char_length(x)"),
    ("strpos", "locate(part, text)"),
    ("to_char", "date_format(x, '%Y-%m-%d'), or CAST(x AS CHAR)"),
    ("to_date", "CAST(x AS DATE)"),
    ("to_number", "CAST(x AS SIGNED), or CAST(x AS DECIMAL(20, 6))"),
    ("toupper", "upper(x)"),
    ("tolower", "lower(x)"),
];

/// What MySQL has in place of a function that it does not have.
pub(super) fn in_mysql(name: &str) -> Option<&'static str> {
    FOREIGN.iter().find(|(foreign, _)| *foreign == name).map(|(_, own)| *own)
}
