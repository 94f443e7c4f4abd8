//! How many rows differ under new rules, by mapping, kind and place, with some of them as samples.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{args::Format, mapping_pairs::MappingPair};
use crate::{
    load::{Difference, DifferingRow, RoutedChange, RoutedSet, Side, Whereabouts, cell_text, differing_columns, differing_row},
    mapping::{Place, RoutedBatch},
};

/// How many pairs of places are named for people, those with the most rows first; machines get all.
const FLOWS_SHOWN: usize = 16;

/// The differences of one mapping.
pub(super) struct DifferenceTally {
    pair: MappingPair,
    samples_most: usize,
    changes: u64,
    flows: BTreeMap<(Difference, Option<Place>, Option<Place>), u64>,
    samples: Vec<Sample>,
}

/// A row as it is told: for people, and for machines.
struct Sample {
    human: String,
    json: Value,
}

impl DifferenceTally {
    pub(super) fn new(pair: MappingPair, samples_most: usize) -> Self {
        Self { pair, samples_most, changes: 0, flows: BTreeMap::new(), samples: Vec::new() }
    }

    /// Whether some row differs.
    pub(super) fn differs(&self) -> bool {
        !self.flows.is_empty()
    }

    /// Counts the changes of a set, each under the old and the new rules.
    pub(super) fn count(&mut self, old: &RoutedSet, new: &RoutedSet) {
        for (index, (old_batches, new_batches)) in old.routed.iter().zip(new.routed.iter()).enumerate() {
            let side = |batches: &'_ [std::sync::Arc<RoutedBatch>], name: &Option<String>| {
                batches.iter().position(|batch| name.as_deref() == Some(batch.mapping.name()))
            };
            let (was, is) = (side(old_batches, &self.pair.old), side(new_batches, &self.pair.new));
            if was.is_none() && is.is_none() {
                continue;
            }
            let batch = &old.set.batches[index];
            for (number, change) in batch.changes.iter().enumerate() {
                self.changes += 1;
                let was: Side<'_> = was.map(|at| (&*old_batches[at], &old.places));
                let is: Side<'_> = is.map(|at| (&*new_batches[at], &new.places));
                let Some(row) = differing_row(change, number, was, is) else { continue };
                *self.flows.entry((row.difference, place(row.old).cloned(), place(row.new).cloned())).or_default() += 1;
                if self.samples.len() < self.samples_most {
                    let change = RoutedChange { change, batch, index: number, routed: old_batches };
                    self.samples.push(Sample::of(self.pair.name(), old, change, &row));
                }
            }
        }
    }

    pub(super) fn render(&self, format: Format) -> String {
        match format {
            Format::Human => self.human(),
            Format::Json => self.json_lines(),
        }
    }

    fn by_kind(&self) -> impl Iterator<Item = (Difference, u64)> + '_ {
        let count = |kind| self.flows.iter().filter(|((other, ..), _)| *other == kind).map(|(_, count)| count).sum();
        Difference::ALL.into_iter().map(move |kind| (kind, count(kind)))
    }

    fn human(&self) -> String {
        let status = match (&self.pair.old, self.pair.status()) {
            (Some(old), Some("renamed")) => format!(" (renamed from {old})"),
            (_, Some(status)) => format!(" ({status})"),
            (_, None) => String::new(),
        };
        let differing: u64 = self.flows.values().sum();
        let kinds: Vec<String> =
            self.by_kind().filter(|(_, count)| *count > 0).map(|(kind, count)| format!("{count} {}", kind.word())).collect();
        let kinds = if kinds.is_empty() { String::new() } else { format!(": {}", kinds.join(", ")) };
        let mut text = format!("{}{status}: {} changes compared, {differing} differ{kinds}\n", self.pair.name(), self.changes);
        let mut flows: Vec<_> = self.flows.iter().collect();
        flows.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        for ((kind, from, to), count) in flows.iter().take(FLOWS_SHOWN) {
            let name = |place: &Option<Place>| place.as_ref().map_or_else(|| "nowhere".to_owned(), Place::to_string);
            let way = if from == to { name(to) } else { format!("{} → {}", name(from), name(to)) };
            text.push_str(&format!("  {:<8} {count:>8}  {way}\n", kind.word()));
        }
        if flows.len() > FLOWS_SHOWN {
            text.push_str(&format!("  … and {} more pairs of places\n", flows.len() - FLOWS_SHOWN));
        }
        self.samples.iter().for_each(|sample| text.push_str(&format!("    {}\n", sample.human)));
        text
    }

    fn json_lines(&self) -> String {
        let kinds: Map<String, Value> = self.by_kind().map(|(kind, count)| (kind.word().to_owned(), count.into())).collect();
        let mut total = json!({
            "mapping": self.pair.name(), "old": self.pair.old, "new": self.pair.new, "status": self.pair.status().unwrap_or("kept"),
            "changes": self.changes, "differing": self.flows.values().sum::<u64>(),
        });
        if let Value::Object(object) = &mut total {
            object.extend(kinds);
        }
        let flow = |((kind, from, to), count): (&(Difference, Option<Place>, Option<Place>), &u64)| json!({"mapping": self.pair.name(), "difference": kind.word(), "from": from.as_ref().map(place_json), "to": to.as_ref().map(place_json), "rows": count});
        let lines = [total].into_iter().chain(self.flows.iter().map(flow)).chain(self.samples.iter().map(|sample| sample.json.clone()));
        lines.map(|line| format!("{line}\n")).collect()
    }
}

impl Sample {
    fn of(mapping: &str, set: &RoutedSet, change: RoutedChange<'_>, row: &DifferingRow<'_>) -> Self {
        let transaction = set.transaction(&change);
        let (position, source) = (change.event().position(&transaction.start.file), &change.batch.schema.name);
        let differing = match (row.old, row.new) {
            (Whereabouts::Inside { batch: old, row: old_row, .. }, Whereabouts::Inside { batch: new, row: new_row, .. }) => {
                differing_columns((old, old_row), (new, new_row))
            }
            _ => Vec::new(),
        };
        let human = format!(
            "{position}#{} {} {source}: {} → {}",
            change.change.row,
            row.difference.word(),
            side_text(row.old, &differing),
            side_text(row.new, &differing)
        );
        let json = json!({
            "mapping": mapping, "sample": row.difference.word(), "source": {"schema": source.schema, "table": source.table},
            "position": position, "row": change.change.row, "old": side_json(row.old), "new": side_json(row.new), "columns": differing,
        });
        Self { human, json }
    }
}

fn place(whereabouts: Whereabouts<'_>) -> Option<&Place> {
    match whereabouts {
        Whereabouts::Inside { place, .. } => Some(place),
        Whereabouts::Outside | Whereabouts::Failed(_) => None,
    }
}

fn place_json(place: &Place) -> Value {
    json!({"server": &*place.server, "schema": &*place.schema, "table": &*place.table})
}

/// `s_1.t_2 on default (id=7, name=x)`: the key and what differs.
fn side_text(whereabouts: Whereabouts<'_>, differing: &[&str]) -> String {
    match whereabouts {
        Whereabouts::Outside => "nowhere".to_owned(),
        Whereabouts::Failed(failure) => format!("failed ({})", failure.reason()),
        Whereabouts::Inside { place, batch, row } => {
            let layout = batch.layout();
            let differs = (0..layout.columns.len()).filter(|&column| differing.contains(&layout.columns[column].name.as_str()));
            let mut shown = layout.key.clone();
            shown.extend(differs.filter(|column| !layout.key.contains(column)));
            let cells: Vec<String> = shown.into_iter().filter_map(|column| cell(batch, row, column)).collect();
            format!("{place} ({})", cells.join(", "))
        }
    }
}

fn cell(batch: &RoutedBatch, row: usize, column: usize) -> Option<String> {
    let text = cell_text(batch, row, column)?;
    Some(format!("{}={}", batch.layout().columns[column].name, text.as_deref().unwrap_or("NULL")))
}

fn side_json(whereabouts: Whereabouts<'_>) -> Value {
    match whereabouts {
        Whereabouts::Outside => Value::Null,
        Whereabouts::Failed(failure) => json!({"target": null, "key": null, "row": null, "reason": failure.reason()}),
        Whereabouts::Inside { place, batch, row } => {
            let layout = batch.layout();
            let cells = |columns: &mut dyn Iterator<Item = usize>| -> Map<String, Value> {
                let named = |column: usize| Some((layout.columns[column].name.clone(), cell_text(batch, row, column)?.into()));
                columns.filter_map(named).collect()
            };
            let (key, whole) = (cells(&mut layout.key.iter().copied()), cells(&mut (0..layout.columns.len())));
            json!({"target": place_json(place), "key": key, "row": whole, "reason": null})
        }
    }
}
