//! Target rows that several mappings, or several tables of one, may write.

use std::collections::{BTreeMap, BTreeSet};

use dsl::{Code, Diagnostic, Span};

use super::{
    keys::{VOUCH, merged_tables},
    warning,
};
use crate::mapping::{
    FileDiagnostic, Place,
    bind::BoundMapping,
    reach::{Shared, shared_place, targets},
};

/// The mappings of a set, each bound to each of its tables.
#[derive(Default)]
pub(in crate::mapping) struct Overlaps(Vec<BoundMapping>);

/// The most tables that are compared with each other where they meet in one place, and for one pair of mappings (INV-8).
const COMPARED_MOST: usize = 256;

impl Overlaps {
    pub(in crate::mapping) fn add(&mut self, bound: BoundMapping) {
        // The author knows that its rows meet no others, or what a target holds is no view of a table anyway.
        if !bound.policies.distinct_keys && !bound.layout.is_keyless() && bound.events.is_none() {
            self.0.push(bound);
        }
    }

    /// What is to be said of mappings that meet, once for each pair.
    pub(in crate::mapping) fn finish(self) -> Vec<FileDiagnostic> {
        let mut said = BTreeSet::new();
        let mut found = Vec::new();
        let mut say = |first: &BoundMapping, second: &BoundMapping, diagnostic: Diagnostic| {
            if said.insert((order(first), order(second))) {
                found.push(FileDiagnostic { file: second.declared.file, diagnostic });
            }
        };
        for (second, first) in self.pairs_of_a_table() {
            if is_one_key(first, second)
                && let Some(shared) = shared_place(first, second)
            {
                say(first, second, of_one_table(first, second, &shared));
            }
        }
        let mut in_place: BTreeMap<Place, Vec<&BoundMapping>> = BTreeMap::new();
        for bound in &self.0 {
            for place in targets(bound).into_iter().flatten() {
                let here = in_place.entry(place).or_default();
                if here.len() < COMPARED_MOST {
                    here.push(bound);
                }
            }
        }
        for (place, here) in in_place {
            for (index, second) in here.iter().enumerate() {
                let meets = |first: &&&BoundMapping| first.layout.source.name != second.layout.source.name && may_meet(first, second);
                for first in here[..index].iter().filter(meets) {
                    match of_two_tables(first, second, &place) {
                        Some(diagnostic) => say(first, second, diagnostic),
                        None => continue,
                    }
                }
            }
        }
        found
    }

    /// The pairs of mappings that read one table, the later one first.
    fn pairs_of_a_table(&self) -> Vec<(&BoundMapping, &BoundMapping)> {
        let mut pairs = Vec::new();
        let mut times: BTreeMap<_, usize> = BTreeMap::new();
        for (index, second) in self.0.iter().enumerate() {
            for first in self.0[..index].iter().filter(|first| first.layout.source.name == second.layout.source.name) {
                let times = times.entry((order(first), order(second))).or_default();
                *times += 1;
                if *times <= COMPARED_MOST {
                    pairs.push((second, first));
                }
            }
        }
        pairs
    }
}

fn order(bound: &BoundMapping) -> (usize, Span) {
    (bound.declared.file, bound.declared.tree.span)
}

/// Where a mapping says where its rows go.
fn place_span(bound: &BoundMapping) -> Span {
    let tree = &bound.declared.tree;
    tree.route.as_ref().map_or(tree.name.span, |route| route.span)
}

fn of_one_table(first: &BoundMapping, second: &BoundMapping, shared: &Shared) -> Diagnostic {
    let (one, other, table) = (first.declared.name(), second.declared.name(), &second.layout.source.name);
    let message = match shared {
        Shared::Place(place) => {
            format!("`{other}` writes rows of `{table}` to `{}.{}` that `{one}` writes there too", place.schema, place.table)
        }
        Shared::EveryPlace => format!("`{other}` writes rows of `{table}` to the very places where `{one}` writes them"),
    };
    let hint = "Let their conditions exclude each other, or give one of them another place.".to_owned();
    warning(Code::SHARED_ROW, message, place_span(second), Some(hint))
}

fn of_two_tables(first: &BoundMapping, second: &BoundMapping, place: &Place) -> Option<Diagnostic> {
    let (one, other) = (&first.layout.source.name, &second.layout.source.name);
    let place = format!("{}.{}", place.schema, place.table);
    if order(first) == order(second) {
        // That is said of the pattern already.
        if merged_tables(second).is_some() {
            return None;
        }
        let message = format!("rows of `{one}` and of `{other}` go to `{place}`, and the key does not tell them apart");
        let span = second.declared.tree.key.as_ref().map_or_else(|| place_span(second), |key| key.span);
        let hint = format!("Select `schema` and `table` whole into columns of `KEY`, or, {VOUCH}.");
        return Some(warning(Code::KEY_COLLISION, message, span, Some(hint)));
    }
    let message = format!(
        "`{}` brings rows of `{other}` to `{place}`, where `{}` brings rows of `{one}`: two of them may have one key",
        second.declared.name(),
        first.declared.name()
    );
    let hint = format!("Put what tells them apart into both keys, such as `table AS from_table`, or, {VOUCH}.");
    Some(warning(Code::SHARED_ROW, message, place_span(second), Some(hint)))
}

/// The key's columns by their names in lower case.
fn key(bound: &BoundMapping) -> BTreeMap<String, usize> {
    bound.layout.key.iter().map(|&index| (bound.layout.columns[index].name.to_lowercase(), index)).collect()
}

/// Whether one row of a table has the same key under both.
fn is_one_key(first: &BoundMapping, second: &BoundMapping) -> bool {
    let (one, other) = (key(first), key(second));
    let same = |(one, other): (&usize, &usize)| match (&first.items[*one], &second.items[*other]) {
        (None, None) => first.layout.columns[*one].source == second.layout.columns[*other].source,
        (Some(one), Some(other)) => one.logical() == other.logical(),
        (None, Some(_)) | (Some(_), None) => false,
    };
    one.keys().eq(other.keys()) && one.values().zip(other.values()).all(same)
}

/// Whether rows of two tables may have one key: no part of it is a constant that differs.
fn may_meet(first: &BoundMapping, second: &BoundMapping) -> bool {
    let (one, other) = (key(first), key(second));
    let differs = |(one, other): (&usize, &usize)| match (&first.items[*one], &second.items[*other]) {
        (Some(one), Some(other)) => one.is_constant() && other.is_constant() && one.logical() != other.logical(),
        _ => false,
    };
    one.keys().eq(other.keys()) && !one.values().zip(other.values()).any(differs)
}
