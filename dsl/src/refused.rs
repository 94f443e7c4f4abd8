//! What MySQL has and rules do not: lists of names, with what to write in their place.

/// The hint for an aggregate; `None` if the function is none.
pub(crate) fn aggregate(name: &str) -> Option<&'static str> {
    Some(match name {
        "max" => "For the greatest of several values write `greatest(a, b)`.",
        "min" => "For the least of several values write `least(a, b)`.",
        "group_concat" => "To join values of one row write `concat_ws(',', a, b)`.",
        "count" | "sum" | "avg" | "bit_and" | "bit_or" | "bit_xor" | "std" | "stddev" | "stddev_pop" | "stddev_samp" | "var_pop"
        | "var_samp" | "variance" | "json_arrayagg" | "json_objectagg" | "st_collect" | "grouping" => "",
        _ => return None,
    })
}

/// Functions that need `OVER`.
pub(crate) fn is_window(name: &str) -> bool {
    matches!(
        name,
        "row_number"
            | "rank"
            | "dense_rank"
            | "percent_rank"
            | "cume_dist"
            | "ntile"
            | "lag"
            | "lead"
            | "first_value"
            | "last_value"
            | "nth_value"
    )
}
