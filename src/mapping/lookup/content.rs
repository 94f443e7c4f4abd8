//! What a checkpoint remembers of lookups (INV-10): one line for each in the canonical text, which changes with its content.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::{LookupColumn, LookupTable};
use crate::columnar::{Printed, write_text};

const PREFIX: &str = "-- LOOKUP.";

/// The line of a lookup in the canonical text.
pub(in crate::mapping) fn canonical_line(table: &LookupTable) -> String {
    format!("{PREFIX}{} has {} rows, SHA-256 {}\n", table.name(), table.rows(), table.digest())
}

/// The lookups whose content is all that two canonical texts differ in; none where they differ in more.
pub fn changed_lookups(before: &str, after: &str) -> Vec<String> {
    fn parted(text: &str) -> (Vec<&str>, BTreeMap<&str, &str>) {
        let (lookups, rules): (Vec<&str>, Vec<&str>) = text.lines().partition(|line| line.starts_with(PREFIX));
        (rules, lookups.into_iter().filter_map(|line| line[PREFIX.len()..].rsplit_once(" has ")).collect())
    }
    let ((rules, old), (other_rules, new)) = (parted(before), parted(after));
    if rules != other_rules {
        return Vec::new();
    }
    new.iter().filter(|(name, content)| old.get(*name) != Some(content)).map(|(name, _)| (*name).to_owned()).collect()
}

/// SHA-256 of columns and rows, in hex. The order of rows does not count: a server has none.
pub(super) fn digest(columns: &[LookupColumn], rows: usize) -> String {
    let mut of_rows: Vec<[u8; 32]> = (0..rows).map(|row| digest_of_row(columns, row)).collect();
    of_rows.sort_unstable();
    let mut all = Sha256::new();
    for column in columns {
        all.update(format!("{} {:?}\n", column.name, column.ty));
    }
    of_rows.iter().for_each(|row| all.update(row));
    all.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn digest_of_row(columns: &[LookupColumn], row: usize) -> [u8; 32] {
    let (mut digest, mut text) = (Sha256::new(), String::new());
    for column in columns {
        text.clear();
        let kind: u8 = match write_text(&column.ty, &column.cells, row, &mut text) {
            Printed::Null => 0,
            Printed::Text => 1,
            Printed::Bytes => 2,
        };
        digest.update([kind]);
        digest.update((text.len() as u64).to_le_bytes());
        digest.update(&text);
    }
    digest.finalize().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lookups_are_named_where_nothing_else_changed() {
        let text =
            |rule: &str, tenants: &str| format!("{rule};\n-- LOOKUP.shops has 1 rows, SHA-256 aa\n-- LOOKUP.tenants has {tenants}\n");
        assert_eq!(changed_lookups(&text("a", "2 rows, SHA-256 bb"), &text("a", "3 rows, SHA-256 cc")), ["tenants"]);
        assert_eq!(changed_lookups(&text("a", "2 rows, SHA-256 bb"), &text("b", "3 rows, SHA-256 cc")), [""; 0]);
        assert_eq!(changed_lookups(&text("a", "x"), &text("a", "x")), [""; 0]);
    }
}
