//! The places that a mapping's route can name, and the rows that two mappings send to one place.

use std::{collections::BTreeSet, sync::Arc};

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray};
use dsl::Expr;

use super::{
    combinations::Combinations,
    condition::conjuncts,
    seed::{Seeds, Unlisted},
};
use crate::mapping::{Place, bind::BoundMapping, expr::Scope, formula::Formula, select::name_problem};

/// The places that rows of one table can go to under a mapping, or why they cannot be listed.
///
/// Parts of a route that depend on each other are taken as independent, so that some of the places may never be named.
pub(in crate::mapping) fn targets(bound: &BoundMapping) -> Result<BTreeSet<Place>, Unlisted> {
    let mut seeds = Seeds::default();
    for tree in route_trees(bound) {
        seeds.of_value(tree, &bound.scope)?;
    }
    let combinations = Combinations::new(seeds.finish())?;
    let taken = taken(&[bound], &combinations);
    let route = RouteTexts::evaluate(bound, &combinations).ok_or(Unlisted::TooMany { most: Combinations::MOST })?;
    Ok((0..combinations.count()).filter(|&row| taken.value(row)).filter_map(|row| route.place(row)).collect())
}

/// Where two mappings send the same row of one table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::mapping) enum Shared {
    /// For one to this place.
    Place(Place),
    /// Wherever it goes: both route alike.
    EveryPlace,
}

/// Where two mappings send the same row of one table; none where they never do, or it cannot be told.
pub(in crate::mapping) fn shared_place(first: &BoundMapping, second: &BoundMapping) -> Option<Shared> {
    let mut seeds = Seeds::default();
    let mut listed = true;
    for bound in [first, second] {
        listed &= route_trees(bound).into_iter().all(|tree| seeds.of_value(tree, &bound.scope).is_ok());
    }
    if !listed && !same_route(first, second) {
        return None;
    }
    for bound in [first, second] {
        for part in bound.declared.tree.filter.iter().flat_map(conjuncts) {
            // A part that cannot be told may be true.
            let _untold = seeds.of_condition(part, &bound.scope);
        }
    }
    let combinations = Combinations::new(seeds.finish()).ok()?;
    let taken = taken(&[first, second], &combinations);
    if !listed {
        return taken.values().set_indices().next().map(|_| Shared::EveryPlace);
    }
    let (one, other) = (RouteTexts::evaluate(first, &combinations)?, RouteTexts::evaluate(second, &combinations)?);
    let both = |row| one.place(row).filter(|place| other.place(row).as_ref() == Some(place)).map(Shared::Place);
    taken.values().set_indices().find_map(both)
}

fn route_trees(bound: &BoundMapping) -> Vec<&Expr> {
    let route = bound.declared.tree.route.iter();
    route.flat_map(|route| [Some(&route.schema), route.table.as_ref(), route.server.as_ref()]).flatten().collect()
}

/// Whether both routes are planned alike, so that they name one place for one row.
fn same_route(first: &BoundMapping, second: &BoundMapping) -> bool {
    let parts = |bound: &BoundMapping| {
        bound.route.as_ref().map(|route| route.parts().map(|(word, part)| (word, part.logical().clone())).collect::<Vec<_>>())
    };
    parts(first) == parts(second)
}

/// The combinations that every told part of every `WHERE` takes.
fn taken(mappings: &[&BoundMapping], combinations: &Combinations) -> BooleanArray {
    let mut taken = vec![true; combinations.count()];
    for bound in mappings {
        for part in bound.declared.tree.filter.iter().flat_map(conjuncts) {
            let Some(answers) = told(part, &bound.scope, combinations) else { continue };
            taken.iter_mut().zip(answers.values()).for_each(|(taken, answer)| *taken &= answer);
        }
    }
    taken.into()
}

/// For which combinations a condition is true; none where it reads more than their parts.
pub(super) fn told(condition: &Expr, scope: &Scope, combinations: &Combinations) -> Option<BooleanArray> {
    let formula = Formula::bind_condition(condition, scope).ok()?;
    combinations.where_true(formula.logical())
}

/// The texts of a route's parts for each combination.
struct RouteTexts {
    schema: Part,
    table: Part,
    server: Part,
}

enum Part {
    Fixed(Arc<str>),
    Texts(ArrayRef),
}

impl RouteTexts {
    fn evaluate(bound: &BoundMapping, combinations: &Combinations) -> Option<Self> {
        let source = &bound.layout.source.name;
        let part = |part: Option<&Formula>, fixed: &str| match part {
            None => Some(Part::Fixed(fixed.into())),
            Some(part) => combinations.evaluate(part.logical()).map(Part::Texts),
        };
        let route = bound.route.as_ref();
        Some(Self {
            schema: part(route.map(|route| &route.schema), &source.schema)?,
            table: part(route.and_then(|route| route.table.as_ref()), &source.table)?,
            server: part(route.and_then(|route| route.server.as_ref()), &bound.default_server)?,
        })
    }

    /// The place; none where a part is no name.
    fn place(&self, row: usize) -> Option<Place> {
        let name = |part: &Part| part.text(row).filter(|name| name_problem(name).is_none());
        let server = self.server.text(row).filter(|name| !name.is_empty())?;
        Some(Place { server, schema: name(&self.schema)?, table: name(&self.table)? })
    }
}

impl Part {
    fn text(&self, row: usize) -> Option<Arc<str>> {
        match self {
            Self::Fixed(text) => Some(Arc::clone(text)),
            Self::Texts(array) => {
                let texts = array.as_binary_opt::<i32>()?;
                texts.is_valid(row).then(|| texts.value(row)).and_then(|bytes| std::str::from_utf8(bytes).ok()).map(Into::into)
            }
        }
    }
}
