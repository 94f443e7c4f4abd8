//! Components: rows that share a value in a unique index of the target, directly or over others. A component is one lane's.

use std::{
    collections::{HashMap, hash_map::DefaultHasher},
    hash::{BuildHasher, BuildHasherDefault, Hash},
};

/// Union-find over rows, joined by the values that they share.
pub(super) struct Components<V> {
    parent: Vec<u32>,
    row_of_value: HashMap<V, u32, FixedState>,
}

/// Seeded alike in every run, so that lanes stay the same.
type FixedState = BuildHasherDefault<DefaultHasher>;

impl<V: Hash + Eq> Components<V> {
    pub(super) fn new(rows: usize) -> Self {
        Self { parent: (0..rows as u32).collect(), row_of_value: HashMap::default() }
    }

    /// Joins the row with all that share the value.
    pub(super) fn add(&mut self, row: u32, value: V) {
        match self.row_of_value.get(&value).copied() {
            None => {
                self.row_of_value.insert(value, row);
            }
            Some(other) => {
                let (row, other) = (self.root(row), self.root(other));
                // The lower number stays the root, so that components keep the order of their first rows.
                self.parent[row.max(other) as usize] = row.min(other);
            }
        }
    }

    /// The row that stands for the component.
    pub(super) fn root(&mut self, mut row: u32) -> u32 {
        while self.parent[row as usize] != row {
            let grandparent = self.parent[self.parent[row as usize] as usize];
            self.parent[row as usize] = grandparent;
            row = grandparent;
        }
        row
    }
}

/// A hash that is the same in every run.
pub(super) fn stable_hash(bytes: &[u8]) -> u64 {
    FixedState::default().hash_one(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_share_a_value_over_others_are_one_component() {
        let mut components = Components::new(4);
        for (row, value) in [(0, 'a'), (1, 'b'), (2, 'b'), (2, 'a'), (3, 'c')] {
            components.add(row, value);
        }
        assert_eq!((0..4).map(|row| components.root(row)).collect::<Vec<_>>(), [0, 0, 0, 3]);
    }
}
