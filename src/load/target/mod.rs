//! What a target table means for loading: the binding of a layout to it, and what is refused before a row moves.

mod binding;
mod check;
mod fit;
mod index_value;
mod narrowing;
mod refusal;

pub(crate) use binding::{TableBinding, UpdateWay};
pub use check::check_targets;
pub use refusal::BindError;
