//! The mapping language: query text in, syntax tree with spans and diagnostics out.
//!
//! This crate knows grammar and names, nothing of types, tables, Arrow or servers. It parses a file
//! without schema, clock or network and reports every problem it finds (INV-1). `README.md` beside it is
//! the reference of the language.

mod ast;
mod canonical;
mod clause;
mod codes;
mod cursor;
mod diagnostic;
mod event;
mod expression;
mod format;
mod forms;
mod interval;
mod lexer;
mod operand;
mod outline;
mod parse;
mod refused;
mod statement;
mod suggest;
mod test_canonical;
mod test_statement;
mod test_tree;
mod time_unit;
mod token;
mod value;
mod words;

pub use ast::*;
pub use diagnostic::{Code, Diagnostic, Severity, Span};
pub use event::{Operation, Operations};
pub use format::{FormatError, format};
pub use parse::{MAX_FILE_BYTES, Parsed, parse, parse_expression};
pub use suggest::nearest;
pub use test_tree::{ExpectedPlace, ExpectedResult, GivenChange, RowChange, Test, TestRow};
pub use time_unit::TimeUnit;
