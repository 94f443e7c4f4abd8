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
mod cell;
mod characters;
mod charset;
mod collation;
mod collation_key;
mod collation_table;
mod column;
mod compare;
mod conditional;
mod convert;
mod date_compare;
mod date_format;
mod decimal;
mod fill;
mod function;
mod functions;
mod hash;
mod integer;
mod letter_case;
mod like;
mod literal;
mod lookup_index;
mod lookup_key;
mod member;
mod number_text;
mod numeric;
mod output;
mod radix;
mod relation;
mod row_error;
mod scope;
mod search;
mod sql_type;
mod temporal;
mod temporal_text;
mod text;
mod typed;

pub use bound::{BoundExpr, CompiledExpr, bind};
pub use collation_key::CollationKey;
pub use functions::function_names;
pub(super) use lookup_index::LookupIndex;
pub(super) use lookup_key::{LookupKey, lookup_key};
pub(super) use relation::Relation;
pub use row_error::{RowError, RowErrorKind};
pub use scope::{Scope, ScopeColumn};
pub use sql_type::SqlType;
