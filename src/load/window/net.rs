//! The net change of each row of one target table: its first before image and its last after image.
//!
//! A row is told from others by the bytes of its key; which rows a target's index takes for one is `component`'s matter.

use std::hash::{BuildHasher, RandomState};

use hashbrown::HashTable;

use super::batches::RowRef;

/// What a window does to one row.
#[derive(Debug, Clone)]
pub(crate) struct Net {
    key_start: u32,
    key_end: u32,
    /// The row as the window found it; none where it was absent.
    pub(crate) before: Option<RowRef>,
    /// The row as the window leaves it; none where it is gone.
    pub(crate) after: Option<RowRef>,
    /// Who put the row there last: where several source rows feed one target key, only its owner removes it.
    owner: Option<Owner>,
    /// Whether a second source row put the target row while the first one's was there.
    contested: bool,
    /// What is known of the row in the target.
    pub(crate) belief: Belief,
    /// All images the row had, where the window keeps them; one, where nobody knows what the target holds.
    pub(crate) images: Vec<RowRef>,
}

/// The source row, as a hash, that put a target row where it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Owner(pub(crate) u64);

/// Whether what the target holds is known from the changes that were carried over before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Belief {
    /// The target is a view of the source.
    Known,
    /// An event mapping let some changes through: its row may be there or not.
    Unknown,
}

/// Whether every image of a row is kept, or only its first and its last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Images {
    /// First and last.
    Net,
    /// All, for a window that is redone.
    All,
}

/// The net changes of one target table, in the order in which its rows were first touched.
#[derive(Debug)]
pub(crate) struct NetChanges {
    images: Images,
    keys: Vec<u8>,
    by_key: HashTable<Slot>,
    hasher: RandomState,
    nets: Vec<Net>,
    /// Images kept in all rows' lists.
    kept_images: usize,
}

/// A row in the table of keys, with the hash of its key: a table that grows reads no keys.
#[derive(Debug, Clone, Copy)]
struct Slot {
    hash: u64,
    index: u32,
}

/// What one change does to one row.
#[derive(Debug, Clone, Copy)]
pub(crate) enum RowChange {
    /// The row appears.
    Put(RowRef),
    /// The row goes.
    Remove(RowRef),
    /// The row changes under its key.
    Change(RowRef, RowRef),
}

impl NetChanges {
    pub(super) fn new(images: Images) -> Self {
        Self { images, keys: Vec::new(), by_key: HashTable::new(), hasher: RandomState::new(), nets: Vec::new(), kept_images: 0 }
    }

    /// Adds a change of the row with these key bytes.
    pub(super) fn add(&mut self, key: &[u8], owner: Owner, change: RowChange, belief: Belief) {
        let (before, after) = match change {
            RowChange::Put(after) => (None, Some(after)),
            RowChange::Remove(before) => (Some(before), None),
            RowChange::Change(before, after) => (Some(before), Some(after)),
        };
        let keeps_all = self.images == Images::All;
        self.kept_images += if keeps_all || belief == Belief::Unknown { 2 } else { 0 };
        let net = self.entry(key, before, before.map(|_| owner));
        if keeps_all {
            net.images.extend(before.into_iter().chain(after));
        }
        if belief == Belief::Unknown {
            net.belief = belief;
            if net.images.is_empty() {
                net.images.extend(before.or(after));
            }
        }
        // Changes of an event mapping do what they say, one after the other.
        let foreign = belief == Belief::Known && net.owner.is_some_and(|present| present != owner);
        if after.is_none() && foreign {
            // The window began with the other source row's target row: nothing else of this window put it there.
            if !net.contested {
                net.before = net.before.or(before);
            }
            return;
        }
        net.contested |= foreign;
        net.after = after;
        net.owner = after.map(|_| owner);
    }

    /// All rows that were touched.
    pub(crate) fn rows(&self) -> &[Net] {
        &self.nets
    }

    /// In bytes.
    pub(super) fn memory(&self) -> usize {
        self.keys.capacity()
            + self.nets.capacity() * size_of::<Net>()
            + self.by_key.capacity() * size_of::<Slot>()
            + self.kept_images * size_of::<RowRef>()
    }

    fn entry(&mut self, key: &[u8], before: Option<RowRef>, owner: Option<Owner>) -> &mut Net {
        let Self { keys, by_key, hasher, nets, .. } = self;
        let of = |net: &Net| &keys[net.key_start as usize..net.key_end as usize];
        let hash = hasher.hash_one(key);
        let found = by_key.find(hash, |slot| slot.hash == hash && of(&nets[slot.index as usize]) == key).map(|slot| slot.index);
        let index = found.unwrap_or_else(|| {
            let index = nets.len() as u32;
            let key_start = keys.len() as u32;
            keys.extend_from_slice(key);
            nets.push(Net {
                key_start,
                key_end: keys.len() as u32,
                before,
                after: before,
                owner,
                contested: false,
                belief: Belief::Known,
                images: Vec::new(),
            });
            by_key.insert_unique(hash, Slot { hash, index }, |slot| slot.hash);
            index
        });
        &mut nets[index as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Owner = Owner(1);
    const B: Owner = Owner(2);

    fn row(row: u32) -> RowRef {
        RowRef { batch: 0, row }
    }

    fn net(changes: &[(Owner, RowChange)]) -> Net {
        let mut nets = NetChanges::new(Images::Net);
        changes.iter().for_each(|&(owner, change)| nets.add(b"k", owner, change, Belief::Known));
        assert_eq!(nets.rows().len(), 1);
        nets.rows()[0].clone()
    }

    #[test]
    fn a_row_keeps_its_first_before_and_its_last_after_image() {
        let net = net(&[(A, RowChange::Change(row(0), row(1))), (A, RowChange::Change(row(2), row(3)))]);
        assert_eq!((net.before, net.after), (Some(row(0)), Some(row(3))));
    }

    #[test]
    fn a_row_that_comes_and_goes_was_and_is_absent() {
        let net = net(&[(A, RowChange::Put(row(0))), (A, RowChange::Remove(row(1)))]);
        assert_eq!((net.before, net.after), (None, None));
    }

    #[test]
    fn a_row_is_not_removed_by_the_source_row_that_lost_it() {
        let net = net(&[(A, RowChange::Put(row(0))), (B, RowChange::Put(row(1))), (A, RowChange::Remove(row(2)))]);
        assert_eq!(net.after, Some(row(1)));
    }

    #[test]
    fn a_row_copied_before_it_is_deleted_was_there_when_the_window_began() {
        let net = net(&[(B, RowChange::Put(row(0))), (A, RowChange::Remove(row(1)))]);
        assert_eq!((net.before, net.after), (Some(row(1)), Some(row(0))));
        let copied_when_new = [(A, RowChange::Put(row(0))), (B, RowChange::Put(row(1))), (A, RowChange::Remove(row(2)))];
        assert_eq!(self::net(&copied_when_new).before, None);
    }

    #[test]
    fn the_last_change_of_an_event_mapping_holds_whoever_made_it() {
        let mut nets = NetChanges::new(Images::Net);
        for (owner, change) in [(A, RowChange::Put(row(0))), (B, RowChange::Put(row(1))), (A, RowChange::Remove(row(2)))] {
            nets.add(b"k", owner, change, Belief::Unknown);
        }
        let net = &nets.rows()[0];
        assert_eq!((net.after, net.belief, net.images.as_slice()), (None, Belief::Unknown, [row(0)].as_slice()));
    }

    #[test]
    fn keys_are_told_apart_by_their_bytes() {
        let mut nets = NetChanges::new(Images::Net);
        nets.add(b"a", A, RowChange::Put(row(0)), Belief::Known);
        nets.add(b"A", A, RowChange::Put(row(1)), Belief::Known);
        nets.add(b"a", A, RowChange::Remove(row(2)), Belief::Known);
        assert_eq!(nets.rows().iter().map(|net| net.after).collect::<Vec<_>>(), [None, Some(row(1))]);
    }
}
