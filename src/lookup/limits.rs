//! How large a lookup may be (INV-8): it stays in memory while its mappings run.

use super::LookupError;

/// The most that is read of a lookup.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Rows.
    pub rows: u64,
    /// Bytes of the cells that mappings read.
    pub bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { rows: 1_000_000, bytes: 64 << 20 }
    }
}

impl Limits {
    /// Refuses what is larger.
    pub(super) fn accept(&self, lookup: &str, rows: u64, bytes: u64) -> Result<(), LookupError> {
        let too_large = |what, most, key| LookupError::TooLarge { lookup: lookup.to_owned(), what, most, key };
        if rows > self.rows {
            return Err(too_large("rows", self.rows, "max_rows"));
        }
        if bytes > self.bytes {
            return Err(too_large("bytes", self.bytes, "max_bytes"));
        }
        Ok(())
    }
}
