//! From rows to places: `ROUTE TO`, made text once for each distinct combination of the integers it depends on.

use std::sync::Arc;

use arrow::{
    array::{Array, AsArray, BinaryArray, RecordBatch},
    datatypes::Schema,
};
use datafusion::common::HashMap;

use super::{
    FailureKind, MappingError, PlaceId, Places, Servers,
    atom_key::AtomKeys,
    bind::BoundMapping,
    expr::RowError,
    formula::{Compiled, Formula, gather},
    known_routes::KnownRoutes,
    select::name_problem,
};
use crate::schema::TableName;

/// Where a row goes, or why nowhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Routed {
    /// To this place.
    To(PlaceId),
    /// Nowhere: a part of the route is no name.
    Nowhere(RoutePart, Misroute),
}

/// A part of a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum RoutePart {
    Schema,
    Table,
    Server,
}

/// Why a part of a route is no name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Misroute {
    Null,
    Empty,
    TooLong,
    Bad,
    UnknownServer,
}

/// A compiled `ROUTE TO`.
#[derive(Debug)]
pub(super) enum Route {
    /// Rows keep their schema and table.
    Same {
        /// The source's name.
        table: TableName,
        /// The server.
        server: Arc<str>,
    },
    /// The route is computed.
    Computed(Box<ComputedRoute>),
}

/// The parts of a route that is computed.
#[derive(Debug)]
pub(super) struct ComputedRoute {
    schema: Compiled,
    table: Option<Compiled>,
    server: Option<Compiled>,
    source_table: String,
    default_server: Arc<str>,
    servers: Servers,
}

/// The places of some rows, in the order of the rows, and the rows that have none because an expression failed.
#[derive(Debug, Default)]
pub(super) struct Routes {
    /// None where the row failed.
    pub(super) routed: Vec<Option<Routed>>,
    /// By position, in ascending order.
    pub(super) failures: Vec<(usize, RowError)>,
}

impl Route {
    pub(super) fn compile(bound: &BoundMapping, servers: &Servers, input: &Arc<Schema>) -> Result<Self, MappingError> {
        let source = &bound.layout.source.name;
        let Some(route) = &bound.route else {
            return Ok(Self::Same { table: source.clone(), server: Arc::clone(&bound.default_server) });
        };
        let compile = |part: &Formula| part.compile(input);
        Ok(Self::Computed(Box::new(ComputedRoute {
            schema: compile(&route.schema)?,
            table: route.table.as_ref().map(compile).transpose()?,
            server: route.server.as_ref().map(compile).transpose()?,
            source_table: source.table.clone(),
            default_server: Arc::clone(&bound.default_server),
            servers: servers.clone(),
        })))
    }

    /// Routes `rows` of the batch; with the `atoms` that the route is a function of, if it is one.
    pub(super) fn evaluate(
        &self,
        atoms: Option<&[Compiled]>,
        batch: &RecordBatch,
        rows: &[u32],
        known: &mut KnownRoutes,
        places: &mut Places,
    ) -> Result<Routes, MappingError> {
        if rows.is_empty() {
            return Ok(Routes::default());
        }
        match self {
            Self::Same { table, server } => {
                let place = known.whole_table(|| places.intern(server, &table.schema, &table.table))?;
                Ok(Routes { routed: vec![Some(Routed::To(place)); rows.len()], failures: Vec::new() })
            }
            Self::Computed(route) => match atoms {
                Some(atoms) => route.by_atoms(atoms, batch, rows, known, places),
                None => route.by_text(batch, rows, known, places),
            },
        }
    }
}

impl ComputedRoute {
    /// Looks each combination of the atoms up, and makes the texts for one row of each new one.
    fn by_atoms(
        &self,
        atoms: &[Compiled],
        batch: &RecordBatch,
        rows: &[u32],
        known: &mut KnownRoutes,
        places: &mut Places,
    ) -> Result<Routes, MappingError> {
        let keys = AtomKeys::evaluate(atoms, batch, rows)?;
        let mut routes = Routes { routed: Vec::with_capacity(rows.len()), failures: Vec::new() };
        let mut key = Vec::new();
        // One row stands for all of its new key; a row whose atoms failed stands for itself.
        let mut standing: Vec<u32> = Vec::new();
        let mut standing_of_key: HashMap<Vec<u8>, usize> = HashMap::new();
        let mut waiting: Vec<(usize, usize)> = Vec::new();
        for (position, &row) in rows.iter().enumerate() {
            let pair = keys.pair(position, row);
            if let Some(routed) = pair.and_then(|pair| known.get_pair(pair)) {
                routes.routed.push(Some(routed));
                continue;
            }
            let whole = keys.write(position, row, &mut key);
            let found = if whole { known.get(&key) } else { None };
            routes.routed.push(found);
            if let (Some(pair), Some(routed)) = (pair, found) {
                known.insert_pair(pair, routed);
            }
            if found.is_some() {
                continue;
            }
            let next = standing.len();
            let stands = if whole { *standing_of_key.entry_ref(key.as_slice()).or_insert(next) } else { next };
            if stands == next {
                standing.push(row);
            }
            waiting.push((position, stands));
        }
        if waiting.is_empty() {
            return Ok(routes);
        }
        let results = self.resolve_rows(batch, &standing, places)?;
        for (key, stands) in standing_of_key {
            if let Ok(routed) = results[stands] {
                known.insert(key.into(), routed);
            }
        }
        for (position, stands) in waiting {
            match &results[stands] {
                Ok(routed) => routes.routed[position] = Some(*routed),
                Err(error) => routes.failures.push((position, error.clone())),
            }
        }
        Ok(routes)
    }

    /// Makes the texts of all rows, and looks each combination up.
    fn by_text(&self, batch: &RecordBatch, rows: &[u32], known: &mut KnownRoutes, places: &mut Places) -> Result<Routes, MappingError> {
        let texts = Texts::evaluate(self, batch, rows)?;
        let mut routes = Routes { routed: Vec::with_capacity(rows.len()), failures: Vec::new() };
        let mut failed = texts.failures.iter().peekable();
        let mut key = Vec::new();
        for position in 0..rows.len() {
            if let Some((_, error)) = failed.next_if(|(failed, _)| *failed == position) {
                routes.failures.push((position, error.clone()));
                routes.routed.push(None);
                continue;
            }
            texts.write_key(position, &mut key);
            let routed = match known.get(&key) {
                Some(routed) => routed,
                None => {
                    let routed = self.resolve(&texts, position, places)?;
                    known.insert(key.as_slice().into(), routed);
                    routed
                }
            };
            routes.routed.push(Some(routed));
        }
        Ok(routes)
    }

    fn resolve_rows(&self, batch: &RecordBatch, rows: &[u32], places: &mut Places) -> Result<Vec<Result<Routed, RowError>>, MappingError> {
        let texts = Texts::evaluate(self, batch, rows)?;
        let mut failed = texts.failures.iter().peekable();
        let resolve = |position| match failed.next_if(|(failed, _)| *failed == position) {
            Some((_, error)) => Ok(Err(error.clone())),
            None => self.resolve(&texts, position, places).map(Ok),
        };
        (0..rows.len()).map(resolve).collect()
    }

    /// The place that the texts of one row name.
    fn resolve(&self, texts: &Texts, position: usize, places: &mut Places) -> Result<Routed, MappingError> {
        let schema = match name_of(&texts.schema, position) {
            Ok(name) => name,
            Err(why) => return Ok(Routed::Nowhere(RoutePart::Schema, why)),
        };
        let table = match texts.table.as_ref().map_or(Ok(self.source_table.as_str()), |table| name_of(table, position)) {
            Ok(name) => name,
            Err(why) => return Ok(Routed::Nowhere(RoutePart::Table, why)),
        };
        let server = match texts.server.as_ref().map(|server| server_of(server, position)) {
            None => Some(Arc::clone(&self.default_server)),
            Some(Ok(name)) => self.servers.find(name),
            Some(Err(why)) => return Ok(Routed::Nowhere(RoutePart::Server, why)),
        };
        let Some(server) = server else {
            return Ok(Routed::Nowhere(RoutePart::Server, Misroute::UnknownServer));
        };
        places.intern(&server, schema, table).map(Routed::To)
    }
}

/// The texts of a route's parts for some rows.
struct Texts {
    schema: BinaryArray,
    table: Option<BinaryArray>,
    server: Option<BinaryArray>,
    /// The first error of each failed row, by position in ascending order.
    failures: Vec<(usize, RowError)>,
}

impl Texts {
    fn evaluate(route: &ComputedRoute, batch: &RecordBatch, rows: &[u32]) -> Result<Self, MappingError> {
        let gathered = if rows.len() == batch.num_rows() { batch.clone() } else { gather(batch, rows)? };
        let mut failures: Vec<(usize, RowError)> = Vec::new();
        let mut text = |part: &Compiled| {
            let values = part.evaluate(&gathered)?;
            failures.extend(values.failures.into_iter().map(|(row, error)| (row as usize, error)));
            values.array.as_binary_opt::<i32>().cloned().ok_or(MappingError::RouteNotText)
        };
        let schema = text(&route.schema)?;
        let table = route.table.as_ref().map(&mut text).transpose()?;
        let server = route.server.as_ref().map(&mut text).transpose()?;
        failures.sort_by_key(|(position, _)| *position);
        failures.dedup_by_key(|(position, _)| *position);
        Ok(Self { schema, table, server, failures })
    }

    fn write_key(&self, position: usize, key: &mut Vec<u8>) {
        key.clear();
        for part in [Some(&self.schema), self.table.as_ref(), self.server.as_ref()].into_iter().flatten() {
            let text = part.is_valid(position).then(|| part.value(position));
            key.extend_from_slice(&text.map_or(u32::MAX, |text| text.len() as u32).to_le_bytes());
            key.extend_from_slice(text.unwrap_or_default());
        }
    }
}

fn name_of(texts: &BinaryArray, position: usize) -> Result<&str, Misroute> {
    let name = server_of(texts, position)?;
    if name.chars().count() > super::select::NAME_LENGTH_MAX {
        return Err(Misroute::TooLong);
    }
    if name_problem(name).is_some() { Err(Misroute::Bad) } else { Ok(name) }
}

fn server_of(texts: &BinaryArray, position: usize) -> Result<&str, Misroute> {
    if texts.is_null(position) {
        return Err(Misroute::Null);
    }
    let name = std::str::from_utf8(texts.value(position)).map_err(|_| Misroute::Bad)?;
    if name.is_empty() { Err(Misroute::Empty) } else { Ok(name) }
}

impl RoutePart {
    fn word(self) -> &'static str {
        match self {
            Self::Schema => "schema",
            Self::Table => "table",
            Self::Server => "server",
        }
    }
}

impl Misroute {
    /// The kind of failure that it is.
    pub(super) fn kind(self) -> FailureKind {
        match self {
            Self::Null => FailureKind::NullRoute,
            Self::Empty => FailureKind::EmptyName,
            Self::TooLong => FailureKind::TooLongName,
            Self::Bad => FailureKind::BadName,
            Self::UnknownServer => FailureKind::UnknownServer,
        }
    }

    /// What is said about it.
    pub(super) fn message(self, part: RoutePart) -> String {
        let part = part.word();
        match self {
            Self::Null => format!("the {part} of `ROUTE TO` is NULL"),
            Self::Empty => format!("the {part} of `ROUTE TO` is an empty name"),
            Self::TooLong => format!("the {part} of `ROUTE TO` is a name of more than 64 characters"),
            Self::Bad => format!("the {part} of `ROUTE TO` is no name: it ends in a space or holds a character that no name may hold"),
            Self::UnknownServer => "the server of `ROUTE TO` is not configured".to_owned(),
        }
    }
}
