//! What is said of foreign keys that change rows of mapped tables unseen, where they are let pass.

use std::io::{self, Write};

use super::failure::Failure;
use crate::binlog::UnseenCascade;

/// A line each on stderr.
pub(super) fn warn_of_cascades(cascades: &[UnseenCascade]) -> Result<(), Failure> {
    let lines: String = cascades.iter().map(|cascade| format!("warning: {cascade}\n")).collect();
    io::stderr().write_all(lines.as_bytes()).map_err(|error| Failure::output(&error))
}
