//! What a server says of a statement that it carried out.

/// The answer to a statement that gives no rows.
///
/// The counts behind `affected` come from the server's own sentence (`Rows matched: 3  Changed: 1  Warnings: 0`), which is there
/// for some statements only: an UPDATE, a LOAD DATA, an INSERT of several rows, an ALTER TABLE that copies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Executed {
    /// Rows that were changed. An UPDATE does not count a row that had the new values already; a REPLACE and an upsert count a
    /// replaced row twice.
    pub affected: u64,
    /// Rows that the WHERE of an UPDATE found.
    pub matched: Option<u64>,
    /// Rows that an INSERT, a LOAD DATA or an ALTER TABLE read.
    pub records: Option<u64>,
    /// Rows that an INSERT found to be there already: ignored, replaced or updated.
    pub duplicates: Option<u64>,
    /// Rows that a LOAD DATA … REPLACE deleted.
    pub deleted: Option<u64>,
    /// Rows that a LOAD DATA ignored.
    pub skipped: Option<u64>,
    /// How many conditions SHOW WARNINGS has; notes count.
    pub warnings: u16,
}

impl Executed {
    pub(super) fn read(affected: u64, warnings: u16, sentence: &str) -> Self {
        Self {
            affected,
            matched: count(sentence, "Rows matched: "),
            records: count(sentence, "Records: "),
            duplicates: count(sentence, "Duplicates: "),
            deleted: count(sentence, "Deleted: "),
            skipped: count(sentence, "Skipped: "),
            warnings,
        }
    }
}

fn count(sentence: &str, label: &str) -> Option<u64> {
    let (_, after) = sentence.split_once(label)?;
    let end = after.find(|character: char| !character.is_ascii_digit()).unwrap_or(after.len());
    after[..end].parse().ok()
}

/// A condition of the last statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// `Note`, `Warning` or `Error`.
    pub level: String,
    /// The server's number for it.
    pub code: u16,
    /// What it says, without cell values (INV-7).
    pub message: String,
}

impl Warning {
    /// Whether it says only that a form of the statement will go (a charset's name among them), and nothing of values.
    pub fn is_about_syntax(&self) -> bool {
        const DEPRECATED_SYNTAX: u16 = 1287;
        const DEPRECATED_WITHOUT_REPLACEMENT: u16 = 1681;
        const UTF8_WILL_BE_UTF8MB4: u16 = 3719;
        const DEPRECATED_COLLATION: u16 = 3778;
        matches!(self.code, DEPRECATED_SYNTAX | DEPRECATED_WITHOUT_REPLACEMENT | UTF8_WILL_BE_UTF8MB4 | DEPRECATED_COLLATION)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_servers_sentence_gives_the_counts_it_has() {
        let update = Executed::read(1, 0, "Rows matched: 3  Changed: 1  Warnings: 0");
        assert_eq!((update.matched, update.records), (Some(3), None));
        let load = Executed::read(3, 1, "Records: 2  Deleted: 1  Skipped: 0  Warnings: 1");
        assert_eq!((load.records, load.deleted, load.skipped, load.matched), (Some(2), Some(1), Some(0), None));
        assert_eq!(Executed::read(7, 0, ""), Executed { affected: 7, ..Executed::default() });
    }
}
