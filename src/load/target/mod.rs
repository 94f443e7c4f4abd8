//! What a target table means for loading: the binding of a layout to it, and what is refused before a row moves.

mod binding;
mod index_value;
mod narrowing;
mod refusal;

pub(crate) use binding::{TableBinding, UpdateWay};
pub use refusal::BindError;
