//! JSON: reading documents, comparing with them, making and changing them.

use super::entry::MANY;
use super::{Family, Function};
use crate::mapping::expr::json;

pub(super) const FAMILY: Family =
    Family { name: "JSON", functions: FUNCTIONS, pending: &["json_schema_valid", "json_schema_validation_report"] };

const FUNCTIONS: &[Function] = &[
    Function::new(
        &["json_extract", "->"],
        "JSON_EXTRACT(doc, path, …), column -> path",
        "the value at a path; an array where a path has wildcards or there are several; NULL where nothing is there",
        ("JSON_EXTRACT('{\"a\": [10, 20]}', '$.a[*]')", "'[10, 20]'"),
    )
    .called(2, MANY, json::extract),
    Function::new(
        &["json_value"],
        "JSON_VALUE(doc, path [RETURNING type] [NULL | ERROR | DEFAULT x ON EMPTY] [… ON ERROR])",
        "one value as an SQL type, CHAR(512) unless another is written; JSON's null is NULL",
        ("JSON_VALUE('{\"a\": \"12\"}', '$.a' RETURNING SIGNED)", "12"),
    ),
    Function::new(
        &["json_unquote", "->>"],
        "JSON_UNQUOTE(value), column ->> path",
        "a JSON string without quotes and escapes; other values as they print; `->>` is that of `->`",
        ("JSON_UNQUOTE(JSON_EXTRACT('[\"a\"]', '$[0]'))", "'a'"),
    )
    .called(1, 1, json::unquote),
    Function::new(&["json_contains"], "JSON_CONTAINS(doc, candidate[, path])", "whether a document holds a value, as member or element", ("JSON_CONTAINS('[1, [2, 3]]', '[2]')", "1"))
        .called(2, 3, json::contains),
    Function::new(
        &["json_contains_path"],
        "JSON_CONTAINS_PATH(doc, 'one' | 'all', path, …)",
        "whether something is at one of the paths, or at all",
        ("JSON_CONTAINS_PATH('{\"a\": null}', 'one', '$.a', '$.b')", "1"),
    )
    .called(3, MANY, json::contains_path),
    Function::new(&["json_overlaps"], "JSON_OVERLAPS(a, b)", "whether two arrays share an element, or two objects a member", ("JSON_OVERLAPS('[1, 2]', '[2, 3]')", "1"))
        .called(2, 2, json::overlaps),
    Function::new(&["member of"], "x MEMBER OF (array)", "whether an array has an element that equals `x`", ("1 MEMBER OF ('[1, 2]')", "1")),
    Function::new(
        &["json_search"],
        "JSON_SEARCH(doc, 'one' | 'all', pattern[, escape[, path, …]])",
        "the path of a string that matches as LIKE does, or an array of all",
        ("JSON_SEARCH('{\"a\": \"xyz\"}', 'one', 'x%')", "'\"$.a\"'"),
    )
    .called(3, MANY, json::search),
    Function::new(&["json_keys"], "JSON_KEYS(doc[, path])", "the keys of an object, shorter ones first", ("JSON_KEYS('{\"bb\": 1, \"a\": 2}')", "'[\"a\", \"bb\"]'"))
        .called(1, 2, json::keys),
    Function::new(&["json_length"], "JSON_LENGTH(doc[, path])", "how many parts a container has; 1 for other values", ("JSON_LENGTH('[1, [2, 3]]')", "2"))
        .called(1, 2, json::length),
    Function::new(&["json_depth"], "JSON_DEPTH(doc)", "levels; 1 for what has no parts", ("JSON_DEPTH('[1, [2, 3]]')", "3")).called(1, 1, json::depth),
    Function::new(
        &["json_type"],
        "JSON_TYPE(doc)",
        "OBJECT, ARRAY, STRING, INTEGER, UNSIGNED INTEGER, DOUBLE, DECIMAL, BOOLEAN, NULL, DATE, TIME, DATETIME, TIMESTAMP, BLOB, BIT or OPAQUE",
        ("JSON_TYPE('1.0')", "'DOUBLE'"),
    )
    .called(1, 1, json::json_type),
    Function::new(&["json_valid"], "JSON_VALID(x)", "whether it is JSON, or a text of it", ("JSON_VALID('[1,]')", "0")).called(1, 1, json::valid),
    Function::new(&["json_array"], "JSON_ARRAY(a, b, …)", "an array; conditions are true or false, NULL is null", ("JSON_ARRAY(1, 'a', 1 = 1, NULL)", "'[1, \"a\", true, null]'"))
        .called(0, MANY, json::array),
    Function::new(&["json_object"], "JSON_OBJECT(key, value, …)", "an object; the last of equal keys counts, a key that is NULL is an error", ("JSON_OBJECT('a', 1.50)", "'{\"a\": 1.50}'"))
        .called(0, MANY, json::object),
    Function::new(&["json_quote"], "JSON_QUOTE(text)", "the text as a JSON string", ("JSON_QUOTE('a\"b')", "'\"a\\\"b\"'")).called(1, 1, json::quote),
    Function::new(&["json_set"], "JSON_SET(doc, path, value, …)", "changes what is there, adds what is not", ("JSON_SET('{\"a\": 1}', '$.a', 2, '$.b', 3)", "'{\"a\": 2, \"b\": 3}'"))
        .called(3, MANY, json::set),
    Function::new(&["json_insert"], "JSON_INSERT(doc, path, value, …)", "adds what is not there", ("JSON_INSERT('{\"a\": 1}', '$.a', 2, '$.b', 3)", "'{\"a\": 1, \"b\": 3}'"))
        .called(3, MANY, json::insert),
    Function::new(&["json_replace"], "JSON_REPLACE(doc, path, value, …)", "changes what is there", ("JSON_REPLACE('{\"a\": 1}', '$.a', 2, '$.b', 3)", "'{\"a\": 2}'"))
        .called(3, MANY, json::replace),
    Function::new(&["json_remove"], "JSON_REMOVE(doc, path, …)", "takes out, one path after the other", ("JSON_REMOVE('[1, 2, 3]', '$[0]', '$[0]')", "'[3]'"))
        .called(2, MANY, json::remove),
    Function::new(&["json_array_append"], "JSON_ARRAY_APPEND(doc, path, value, …)", "at the end of the array at a path", ("JSON_ARRAY_APPEND('{\"a\": 1}', '$.a', 2)", "'{\"a\": [1, 2]}'"))
        .called(3, MANY, json::array_append),
    Function::new(&["json_array_insert"], "JSON_ARRAY_INSERT(doc, path, value, …)", "before the element at a path", ("JSON_ARRAY_INSERT('[1, 2]', '$[1]', 9)", "'[1, 9, 2]'"))
        .called(3, MANY, json::array_insert),
    Function::new(
        &["json_merge_patch"],
        "JSON_MERGE_PATCH(doc, patch, …)",
        "as RFC 7396 has it: null removes a member",
        ("JSON_MERGE_PATCH('{\"a\": 1, \"b\": 2}', '{\"a\": null}')", "'{\"b\": 2}'"),
    )
    .called(2, MANY, json::merge_patch),
    Function::new(
        &["json_merge_preserve", "json_merge"],
        "JSON_MERGE_PRESERVE(a, b, …)",
        "objects member by member, all else as arrays",
        ("JSON_MERGE_PRESERVE('[1]', '2')", "'[1, 2]'"),
    )
    .called(2, MANY, json::merge_preserve),
    Function::new(&["json_pretty"], "JSON_PRETTY(doc)", "over several lines", ("JSON_PRETTY('[]')", "'[]'")).called(1, 1, json::pretty),
];
