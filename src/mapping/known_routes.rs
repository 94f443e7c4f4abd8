//! The routes that were computed before, by the values they depend on.

use datafusion::common::HashMap;

use super::{MappingError, PlaceId, route::Routed};

/// Remembers routes. Forgets all of them when they are too many (INV-8).
#[derive(Debug, Default)]
pub(super) struct KnownRoutes {
    by_key: HashMap<Box<[u8]>, Routed>,
    last_key: Vec<u8>,
    last: Option<Routed>,
    whole_table: Option<PlaceId>,
    /// The latest route of a pair of integers in each slot; those of other pairs in a slot are in `by_key` only.
    by_pair: Vec<Option<([u64; 2], Routed)>>,
}

impl KnownRoutes {
    /// The most combinations of values that are remembered.
    const MOST: usize = 65_536;
    /// How many slots there are for pairs of integers; a power of two.
    const PAIR_SLOTS: usize = 1024;

    /// The only place of a mapping that does not route.
    pub(super) fn whole_table(&mut self, place: impl FnOnce() -> Result<PlaceId, MappingError>) -> Result<PlaceId, MappingError> {
        match self.whole_table {
            Some(place) => Ok(place),
            None => Ok(*self.whole_table.insert(place()?)),
        }
    }

    /// Looks up a key; a run of one key costs one comparison a row.
    #[inline]
    pub(super) fn get(&mut self, key: &[u8]) -> Option<Routed> {
        if self.last.is_some() && self.last_key == key {
            return self.last;
        }
        let found = *self.by_key.get(key)?;
        self.last = Some(found);
        self.last_key.clear();
        self.last_key.extend_from_slice(key);
        Some(found)
    }

    /// Looks up a route of two integers. It may be known by its key nevertheless.
    #[inline]
    pub(super) fn get_pair(&self, pair: [u64; 2]) -> Option<Routed> {
        match self.by_pair.get(Self::slot(pair))? {
            Some((other, routed)) if *other == pair => Some(*routed),
            Some(_) | None => None,
        }
    }

    /// Remembers a route of two integers in the slot of their pair.
    pub(super) fn insert_pair(&mut self, pair: [u64; 2], routed: Routed) {
        if self.by_pair.is_empty() {
            self.by_pair.resize(Self::PAIR_SLOTS, None);
        }
        self.by_pair[Self::slot(pair)] = Some((pair, routed));
    }

    /// Neighbouring numbers are in different slots.
    fn slot([first, second]: [u64; 2]) -> usize {
        let mixed = first.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ second.wrapping_mul(0xC2B2_AE3D_27D4_EB4F);
        (mixed >> (64 - Self::PAIR_SLOTS.ilog2())) as usize
    }

    /// Remembers a key.
    pub(super) fn insert(&mut self, key: Box<[u8]>, routed: Routed) {
        if self.by_key.len() >= Self::MOST {
            self.by_key.clear();
        }
        self.by_key.insert(key, routed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut known = KnownRoutes::default();
        for number in 0..=KnownRoutes::MOST {
            known.insert(number.to_le_bytes().as_slice().into(), Routed::To(PlaceId(7)));
        }
        assert_eq!(known.by_key.len(), 1);
        assert_eq!(known.get(&KnownRoutes::MOST.to_le_bytes()), Some(Routed::To(PlaceId(7))));
        assert_eq!(known.get(&0usize.to_le_bytes()), None);
    }
}
