//! JSON.

use super::{Family, Function};

pub(super) const FAMILY: Family = Family { name: "JSON", functions: FUNCTIONS, pending: PENDING };

#[rustfmt::skip]
const PENDING: &[&str] = &[
    "json_array", "json_array_append", "json_array_insert", "json_contains", "json_contains_path", "json_depth", "json_extract", "json_insert",
    "json_keys", "json_length", "json_merge", "json_merge_patch", "json_merge_preserve", "json_object", "json_overlaps", "json_pretty", "json_quote",
    "json_remove", "json_replace", "json_schema_valid", "json_schema_validation_report", "json_search", "json_set", "json_storage_free",
    "json_storage_size", "json_type", "json_unquote", "json_valid", "json_value",
];

const FUNCTIONS: &[Function] = &[];
