//! Mapping rules at work: bind to a table, compile to a plan, evaluate a batch, pair the sides.
//!
//! A compiled mapping is pure (INV-3). MySQL's semantics live here and nowhere else.

pub mod expr;
