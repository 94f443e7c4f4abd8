//! `TEST` statements at work: row images from constants, through the router that replay uses, compared with what was expected.
//!
//! [`check`] says what is wrong with tests before any runs; [`run`] runs those of a set of mappings, each over the mappings of
//! its own file; [`blessed`] writes what came out into a file's text. Nothing here evaluates a mapping itself.

mod bless;
mod check;
mod comparison;
mod expected;
mod found;
mod images;
mod literal;
mod run;

pub use bless::{blessed, shown};
pub use check::check;
pub use comparison::{CellDifference, Comparison};
pub use found::{CellValue, Found, FoundCell};
pub use run::{Run, TestRun, run};

/// Which columns the row images of a test carry: the source's `binlog_row_image`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum RowImages {
    /// All.
    #[default]
    Full,
    /// All, without long columns that do not change.
    NoBlob,
    /// The key before, what changes after.
    Minimal,
}
