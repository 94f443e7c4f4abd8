//! The mapping language: query text in, syntax tree with spans and diagnostics out.
//!
//! This crate knows grammar and names, nothing of types, tables, Arrow or servers. It parses a file
//! without schema, clock or network and reports every problem it finds (INV-1). `sqlparser` does the
//! tokens and the scalar expressions; none of its types shows in this interface.

mod ast;
mod binding;
mod diagnostic;

pub use ast::*;
pub use diagnostic::{Code, Diagnostic, Severity, Span};
