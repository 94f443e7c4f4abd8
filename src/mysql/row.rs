//! A row of an answer, in the bytes that the server sent.

/// A row: each cell as the text protocol has it, or NULL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row(pub Vec<Option<Vec<u8>>>);

impl Row {
    /// The text of a cell; none for NULL, for bytes that are no UTF-8, and where the row has no such cell.
    pub fn text(&self, cell: usize) -> Option<&str> {
        std::str::from_utf8(self.0.get(cell)?.as_deref()?).ok()
    }

    /// The number in a cell; none for NULL and for anything else.
    pub fn number(&self, cell: usize) -> Option<u64> {
        self.text(cell)?.parse().ok()
    }
}
