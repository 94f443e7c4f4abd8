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
}

impl KnownRoutes {
    /// The most combinations of values that are remembered.
    const MOST: usize = 65_536;

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
