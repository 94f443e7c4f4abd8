//! Bytes of a text as lines and columns of the protocol, which counts UTF-16 units, and back.

use dsl::Span;
use lsp_types::{Position, Range};

/// The byte of a position; the end of the line where it has fewer columns.
pub(super) fn byte_at(text: &str, position: Position) -> usize {
    let mut start = 0;
    for _ in 0..position.line {
        match text[start..].find('\n') {
            Some(end) => start += end + 1,
            None => return text.len(),
        }
    }
    let line = text[start..].split('\n').next().unwrap_or("");
    let mut units = 0;
    for (at, character) in line.char_indices() {
        if units >= position.character as usize {
            return start + at;
        }
        units += character.len_utf16();
    }
    start + line.trim_end_matches('\r').len()
}

/// The position of a byte.
pub(super) fn position_of(text: &str, byte: usize) -> Position {
    let before = text.get(..byte).unwrap_or(text);
    let line = before.matches('\n').count();
    let column: usize = before.rsplit('\n').next().unwrap_or("").chars().map(char::len_utf16).sum();
    Position::new(u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column).unwrap_or(u32::MAX))
}

/// The range of a span.
pub(super) fn range_of(text: &str, span: Span) -> Range {
    Range::new(position_of(text, span.start as usize), position_of(text, span.end as usize))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_utf16_units() {
        let text = "a😀b\r\nçd";
        for (byte, line, column) in [(0, 0, 0), (1, 0, 1), (5, 0, 3), (8, 1, 0), (10, 1, 1)] {
            assert_eq!(position_of(text, byte), Position::new(line, column));
            assert_eq!(byte_at(text, Position::new(line, column)), byte);
        }
        assert_eq!(byte_at(text, Position::new(0, 99)), 6, "before the end of the line");
        assert_eq!(byte_at(text, Position::new(9, 0)), text.len());
    }
}
