//! Mapping rules at work: bind to a table, compile to a plan, evaluate a batch, pair the sides.
//!
//! A compiled mapping is pure (INV-3). MySQL's semantics live here and nowhere else.
//!
//! [`MappingSet::parse`] reads query files, [`Router`] binds their mappings to each table definition that comes along
//! and makes of each batch of row images one [`RoutedBatch`] for each mapping that reads its table.

mod advice;
mod arms;
mod atom_key;
mod atoms;
mod bind;
mod check;
mod compile;
mod coverage;
mod decisions;
mod described;
mod error;
mod event;
#[cfg(test)]
mod event_tests;
mod explanation;
pub mod expr;
#[cfg(test)]
mod fixture;
mod formula;
mod gaps;
mod image_state;
mod known_routes;
mod layout;
mod pairing;
mod place;
mod plan;
mod plan_text;
mod policy;
mod reach;
mod route;
mod router;
#[cfg(test)]
mod router_properties;
#[cfg(test)]
mod router_tests;
mod seen_images;
mod select;
mod set;
mod shared;
mod source;
mod transition;

pub use compile::{CompiledMapping, FixedPlace};
pub use coverage::{Branch, BranchKind, Coverage};
pub use described::{Described, Subject};
pub use error::MappingError;
pub use explanation::{Explanation, Fallible, KeyReason};
pub use expr::CollationKey;
pub use layout::{TargetColumn, TargetLayout};
pub use place::{Place, PlaceId, Places, Servers};
pub use plan::MappingPlan;
pub use policy::{Conflict, MissingTable, Policies, RowPolicy};
pub use reach::Unlisted;
pub use router::{Purpose, RoutedBatch, Router};
pub use seen_images::SeenImages;
pub use set::{FileDiagnostic, MappingSet, QueryText};
pub use transition::{DropReason, FailureKind, RowFailure, Side, Transition};
