//! How two texts of one collation compare.

use std::cmp::Ordering;

use crate::schema::Collation;

/// The order of one collation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Collator {
    collation: Collation,
}

impl Collator {
    /// The order of a collation; none where it is not known here.
    pub(super) fn of(collation: Collation) -> Option<Self> {
        collation.compares_code_points().then_some(Self { collation })
    }

    /// The collation's name.
    pub(super) fn name(&self) -> &'static str {
        self.collation.name()
    }

    /// Compares two texts in the collation's charset.
    pub(super) fn compare(&self, left: &[u8], right: &[u8]) -> Ordering {
        if !self.collation.pads_spaces() {
            return left.cmp(right);
        }
        compare_padded(left, right, |byte| byte)
    }
}

/// Compares as if the shorter text went on with spaces.
fn compare_padded(left: &[u8], right: &[u8], weight: impl Fn(u8) -> u8) -> Ordering {
    let length = left.len().max(right.len());
    let at = |text: &[u8], index: usize| weight(text.get(index).copied().unwrap_or(b' '));
    (0..length).map(|index| at(left, index).cmp(&at(right, index))).find(|ordering| ordering.is_ne()).unwrap_or(Ordering::Equal)
}
