//! What partial row images lack of the columns that a mapping needs.

use super::{CompiledMapping, Side};
use crate::change::{ColumnSet, Presence};

/// For each kind of image in a batch, the first column that it lacks of those behind each decision.
#[derive(Debug)]
pub(super) struct Gaps<'a> {
    /// None where all images are whole.
    partial: Option<Partial<'a>>,
}

#[derive(Debug)]
struct Partial<'a> {
    set_of_row: &'a [u32],
    of_set: Vec<SetGaps>,
}

/// The first column that a set lacks of what each decision needs.
#[derive(Debug)]
struct SetGaps {
    filter: Option<usize>,
    when_before: Option<usize>,
    when_after: Option<usize>,
    route: Option<usize>,
    key: Option<usize>,
    /// For each computed column.
    items: Vec<Option<usize>>,
    /// Of the columns that are passed on and written.
    passed: Option<usize>,
}

impl<'a> Gaps<'a> {
    pub(super) fn new(mapping: &CompiledMapping, presence: &'a Presence) -> Self {
        let Presence::Partial { sets, set_of_row } = presence else { return Self { partial: None } };
        let needs = mapping.needs();
        let written = mapping.layout().written().filter_map(|(_, column)| column.source).collect();
        let gaps = |set: &ColumnSet| SetGaps {
            filter: lacking(set, &needs.filter),
            when_before: lacking(set, &needs.when_before),
            when_after: lacking(set, &needs.when_after),
            route: lacking(set, &needs.route),
            key: lacking(set, &needs.key),
            items: mapping.items.iter().map(|item| lacking(set, &item.reads)).collect(),
            passed: lacking(set, &written),
        };
        Self { partial: Some(Partial { set_of_row, of_set: sets.iter().map(gaps).collect() }) }
    }

    /// Whether every image is whole.
    pub(super) fn is_empty(&self) -> bool {
        self.partial.is_none()
    }

    /// The first column that the image lacks of what `WHERE` reads.
    pub(super) fn filter(&self, row: u32) -> Option<usize> {
        self.of_row(row)?.filter
    }

    /// The first column that the image on this side of its change lacks of what `WHEN` reads there.
    pub(super) fn when(&self, row: u32, side: Side) -> Option<usize> {
        let gaps = self.of_row(row)?;
        match side {
            Side::Before => gaps.when_before,
            Side::After => gaps.when_after,
        }
    }

    /// The first column that the image lacks of what `ROUTE TO` reads.
    pub(super) fn route(&self, row: u32) -> Option<usize> {
        self.of_row(row)?.route
    }

    /// The first column that the image lacks of what the key depends on.
    pub(super) fn key(&self, row: u32) -> Option<usize> {
        self.of_row(row)?.key
    }

    /// The first column that the image lacks of what a computed column reads.
    pub(super) fn item(&self, row: u32, item: usize) -> Option<usize> {
        self.of_row(row)?.items[item]
    }

    /// The first column that the image lacks of those passed on.
    pub(super) fn passed(&self, row: u32) -> Option<usize> {
        self.of_row(row)?.passed
    }

    fn of_row(&self, row: u32) -> Option<&SetGaps> {
        let partial = self.partial.as_ref()?;
        partial.of_set.get(partial.set_of_row[row as usize] as usize)
    }
}

fn lacking(set: &ColumnSet, needed: &ColumnSet) -> Option<usize> {
    needed.iter().find(|&column| !set.contains(column))
}

/// The presence of target columns in images whose source columns are present so.
pub(super) fn target_presence(mapping: &CompiledMapping, presence: &Presence) -> Presence {
    let Presence::Partial { sets, set_of_row } = presence else { return Presence::Full };
    let of_set = |set: &ColumnSet| {
        let passed = mapping.layout().columns.iter().enumerate();
        let passed = passed.filter(|(_, column)| column.source.is_some_and(|source| set.contains(source))).map(|(index, _)| index);
        let computed = mapping.items.iter().filter(|item| lacking(set, &item.reads).is_none()).map(|item| item.column);
        passed.chain(computed).collect()
    };
    Presence::Partial { sets: sets.iter().map(of_set).collect(), set_of_row: set_of_row.clone() }
}
