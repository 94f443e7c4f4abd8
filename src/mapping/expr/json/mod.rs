//! JSON in expressions: values are binary documents as columns hold them, paths are constants, and texts are parsed as the
//! server parses them.
//!
//! What the functions answer follows MySQL's `item_json_func.cc`, `json_dom.cc` and `json_path.cc`; the tests compare it with a server.

mod array;
mod change;
mod coerce;
mod compare;
mod contain;
mod document;
mod lookup;
mod merge;
mod number;
mod order;
mod parse;
mod path;
mod quote;
mod returning;
mod scalar;
mod search;
mod seek;

pub(super) use array::{array, object};
pub(super) use change::{array_append, array_insert, insert, remove, replace, set};
pub(super) use coerce::{to_bool, to_condition, to_decimal, to_int, to_real, to_temporal, to_text};
pub(super) use compare::comparison;
pub(super) use contain::{contains, contains_path, overlaps};
pub(super) use lookup::{depth, extract, json_type, keys, length, valid};
pub(super) use merge::{merge_patch, merge_preserve};
pub(super) use quote::{pretty, quote, unquote};
pub(super) use search::search;
