//! A byte offset in a binlog file.

use std::{fmt, str::FromStr, sync::Arc};

use super::PositionError;

/// `file:offset`, the place of an event; printed as such.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BinlogOffset {
    /// The file's name, without its folder.
    pub file: Arc<str>,
    /// In bytes from the start of the file; not limited to 4 GiB as the event header's field is.
    pub offset: u64,
}

impl fmt::Display for BinlogOffset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.offset)
    }
}

impl FromStr for BinlogOffset {
    type Err = PositionError;

    /// Reads `file:offset`; the file's name may hold colons, the offset is decimal.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let malformed = || PositionError::Offset { text: text.to_owned() };
        let (file, offset) = text.rsplit_once(':').ok_or_else(malformed)?;
        if file.is_empty() || !offset.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(malformed());
        }
        Ok(Self { file: file.into(), offset: offset.parse().map_err(|_| malformed())? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_and_offset_are_read_back_as_printed() {
        for text in ["binlog.000007:4", "a:b:0", "-:18446744073709551615"] {
            assert_eq!(text.parse::<BinlogOffset>().expect("a position").to_string(), text);
        }
    }

    #[test]
    fn text_that_is_no_offset_is_refused() {
        for text in ["", "binlog.000007", ":4", "binlog.000007:", "b:+4", "b:-4", "b:0x4", "b:18446744073709551616", "b:4 "] {
            assert!(text.parse::<BinlogOffset>().is_err(), "{text}");
        }
    }
}
