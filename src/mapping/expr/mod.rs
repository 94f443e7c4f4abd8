//! Scalar expressions that mean what MySQL 9.7 means by them, in its default session with `time_zone = '+00:00'`.
//!
//! [`bind`] types a tree by MySQL's rules and lowers it to a DataFusion expression made of our own `mysql_…` functions, AND, OR and
//! CASE. A [`BoundExpr`] is compiled once for a batch's Arrow schema and evaluated batch by batch.

mod arithmetic;
mod between;
mod bind;
mod bits;
mod bound;
mod calendar;
mod cast;
mod catalog;
mod cell;
mod characters;
mod charset;
mod collation;
mod collation_key;
mod collation_table;
mod compare;
mod conditional;
mod convert;
mod date_compare;
mod date_format;
mod decimal;
mod extremes;
mod fill;
mod flag_text;
mod function;
mod functions;
mod hash;
mod identifiers;
mod integer;
mod letter_case;
mod like;
mod literal;
mod member;
mod network;
mod number_format;
mod number_text;
mod numeric;
mod output;
mod pattern;
mod pattern_class;
mod quoted;
mod radix;
mod real_math;
mod regexp;
mod row_error;
mod scope;
mod search;
mod sql_type;
mod temporal;
mod temporal_text;
mod text;
mod typed;

pub use bound::{BoundExpr, CompiledExpr, bind};
pub use catalog::{FAMILIES, Family, Function, Refused, functions, refused};
pub use collation_key::CollationKey;
pub use row_error::{RowError, RowErrorKind};
pub use scope::{Scope, ScopeColumn};
pub use sql_type::SqlType;
