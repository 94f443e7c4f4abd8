//! Reading MySQL's and MariaDB's DDL: text in, statements out, as far as they change tables.
//!
//! A tolerant reader: it understands names, types, keys and options, and steps over what changes neither columns nor
//! keys. What it cannot prove harmless is an error with the guilty token. Knows no earlier definitions.

mod alter;
mod clauses;
mod column;
mod column_type;
mod create;
mod cursor;
mod error;
mod lexer;
mod references;
mod statement;

pub use error::DdlError;

pub(super) use alter::{Action, AlterTable, Place};
pub(super) use clauses::{KeyKind, KeyPart, KeySpec, ObjectName, Period, TableOptions};
pub(super) use column::{ColumnSpec, Generation};
pub(super) use column_type::{CharsetSpec, TypeSpec};
pub(super) use create::{CreateTable, TableElement, TableSource};
pub(super) use cursor::Cursor;
pub(super) use lexer::{Kind, Lexer, Token};
pub(super) use references::ReferenceSpec;
pub(super) use statement::{Statement, read_statement};
