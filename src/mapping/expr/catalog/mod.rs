//! What the language knows: every function and operator by family, with signature, meaning and an example; and what it refuses.
//!
//! It is the one source for binding calls by name, `rowgate functions`, the lists in `dsl/README.md` and "did you mean".

mod addresses;
mod bits;
mod choice;
mod comparison;
mod conversion;
mod dates;
mod digits;
mod entry;
mod hashes;
mod json;
mod logic;
mod numbers;
mod refused;
mod search;
mod text;

pub(super) use entry::{Call, MANY};
pub use entry::{Family, Function, Refused};
pub(super) use refused::Kind as RefusalKind;

/// All families, in the order of the language's reference.
pub const FAMILIES: &[Family] = &[
    numbers::FAMILY,
    bits::FAMILY,
    comparison::FAMILY,
    logic::FAMILY,
    choice::FAMILY,
    conversion::FAMILY,
    text::FAMILY,
    search::FAMILY,
    digits::FAMILY,
    hashes::FAMILY,
    addresses::FAMILY,
    dates::FAMILY,
    json::FAMILY,
];

/// All functions and operators.
pub fn functions() -> impl Iterator<Item = &'static Function> {
    FAMILIES.iter().flat_map(|family| family.functions)
}

/// The names of all functions that are called by name.
pub(super) fn function_names() -> impl Iterator<Item = &'static str> {
    functions().flat_map(|function| function.names).copied().filter(|name| name.starts_with(|c: char| c.is_ascii_alphabetic()))
}

/// What is refused by name: for ever, or until it is as MySQL has it.
pub fn refused() -> impl Iterator<Item = Refused> {
    let pending = FAMILIES.iter().flat_map(|family| family.pending.iter().map(|name| Refused::pending(name)));
    refused::NEVER.iter().flat_map(refused::Group::members).chain(pending)
}
