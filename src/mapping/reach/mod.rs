//! What values expressions can have, told from their text and the types of columns: the places that a route can name, conditions that
//! no row meets, rows that two mappings send to one place.
//!
//! A route or a condition is a function of a few parts with few values each (`id % 16`, an ENUM, a comparison). All combinations of
//! these are asked of the same plans that rows are asked of.

mod combinations;
mod condition;
mod range;
mod seed;
mod targets;

pub(super) use condition::{Never, never_true};
pub(super) use range::{Range, is_condition, never_overflows, range};
pub use seed::Unlisted;
pub(super) use targets::{Shared, shared_place, targets};
