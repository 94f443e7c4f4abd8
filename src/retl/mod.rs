//! The schema `retl` of a target: what is in it, who makes it, who may use it.
//!
//! Otter's name and Otter's tables, so that what its users have (scripts that fill `retl_buffer`, marks of their own transactions)
//! keeps its meaning; beside them the tables of [`crate::checkpoint`].

mod account;
mod object;
mod script;

pub use account::{Account, AccountError};
pub use object::{Ensured, Object};
pub use script::administrator_script;
