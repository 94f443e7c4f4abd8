//! Places: where a target row lives, each named once and then known by its number.

use std::{collections::HashMap, fmt, sync::Arc};

use super::MappingError;

/// A target table.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// The configured name of the server.
    pub server: Arc<str>,
    /// The schema.
    pub schema: Arc<str>,
    /// The table.
    pub table: Arc<str>,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{} on {}", self.schema, self.table, self.server)
    }
}

/// The servers a route may name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Servers {
    /// Any name; a mapping without `ON` goes to `default`. For scripts and dry runs without configured targets.
    Any {
        /// The server of mappings without `ON`.
        default: Arc<str>,
    },
    /// These only; a mapping without `ON` goes to the only one.
    Named(Vec<Arc<str>>),
}

impl Servers {
    /// The server of mappings without `ON`; none where they must say it.
    pub fn default_server(&self) -> Option<Arc<str>> {
        match self {
            Self::Any { default } => Some(Arc::clone(default)),
            Self::Named(names) => names.first().filter(|_| names.len() == 1).cloned(),
        }
    }

    /// The name as configured; none if it is not.
    pub fn find(&self, name: &str) -> Option<Arc<str>> {
        match self {
            Self::Any { .. } => Some(name).filter(|name| !name.is_empty()).map(Into::into),
            Self::Named(names) => names.iter().find(|server| ***server == *name).cloned(),
        }
    }

    /// The configured name that is probably meant.
    pub(super) fn nearest(&self, name: &str) -> Option<&str> {
        match self {
            Self::Any { .. } => None,
            Self::Named(names) => dsl::nearest(name, names.iter().map(|name| &**name)),
        }
    }

    /// A configured name, for hints.
    pub(super) fn example(&self) -> Option<&str> {
        match self {
            Self::Any { .. } => None,
            Self::Named(names) => names.first().map(|name| &**name),
        }
    }
}

/// The number of a place, stable while its [`Places`] lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PlaceId(pub u32);

/// All places that routes have named so far, at most [`Places::MOST`]. A clone is cheap, and knows those named before it.
#[derive(Debug, Clone, Default)]
pub struct Places(Arc<Named>);

#[derive(Debug, Clone, Default)]
struct Named {
    places: Vec<Place>,
    numbers: HashMap<Place, PlaceId>,
}

impl Places {
    /// The most target tables one pipeline may have (INV-8); a route that computes more is a mistake in the rule.
    pub const MOST: usize = 65_536;

    /// The place of a number that [`super::Router::route`] gave.
    pub fn get(&self, id: PlaceId) -> &Place {
        &self.0.places[id.0 as usize]
    }

    /// All places with their numbers, in the order they were first named.
    pub fn iter(&self) -> impl Iterator<Item = (PlaceId, &Place)> {
        (0u32..).map(PlaceId).zip(&self.0.places)
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.places.len()
    }

    /// Whether no route has named any.
    pub fn is_empty(&self) -> bool {
        self.0.places.is_empty()
    }

    /// The number of a place; a new place gets the next one.
    pub(super) fn intern(&mut self, server: &Arc<str>, schema: &str, table: &str) -> Result<PlaceId, MappingError> {
        let place = Place { server: Arc::clone(server), schema: schema.into(), table: table.into() };
        if let Some(&id) = self.0.numbers.get(&place) {
            return Ok(id);
        }
        if self.len() >= Self::MOST {
            return Err(MappingError::TooManyPlaces { place: Box::new(place) });
        }
        let id = PlaceId(self.len() as u32);
        let named = Arc::make_mut(&mut self.0);
        named.places.push(place.clone());
        named.numbers.insert(place, id);
        Ok(id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_keeps_its_number() {
        let mut places = Places::default();
        let server: Arc<str> = "default".into();
        let first = places.intern(&server, "s", "t").expect("far below the limit");
        let other = places.intern(&server, "s", "u").expect("far below the limit");
        assert_eq!(places.intern(&server, "s", "t").expect("known"), first);
        assert_ne!(first, other);
        assert_eq!(places.get(other).to_string(), "s.u on default");
    }

    #[test]
    fn a_route_that_computes_too_many_tables_is_stopped() {
        let mut places = Places::default();
        let server: Arc<str> = "default".into();
        for number in 0..Places::MOST {
            places.intern(&server, "s", &number.to_string()).expect("within the limit");
        }
        assert!(matches!(places.intern(&server, "s", "one more"), Err(MappingError::TooManyPlaces { .. })));
    }
}
