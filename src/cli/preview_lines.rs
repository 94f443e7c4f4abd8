//! A preview, change by change: for people one line each, for machines one JSON object each.

use std::io::Write;

use super::args::{Format, Only};
use crate::{
    load::{Line, LoadError, Loader, RoutedChange, RoutedSet},
    mapping::Transition,
};

/// Which lines are printed, and how.
#[derive(Debug, Clone, Copy)]
pub(super) struct Selection {
    pub(super) format: Format,
    pub(super) limit: Option<u64>,
    pub(super) sample: Option<u64>,
    pub(super) only: Option<Only>,
}

/// Prints the lines of a preview.
pub(super) struct PreviewLines<W> {
    out: W,
    selection: Selection,
    seen_changes: u64,
    printed_lines: u64,
}

impl<W: Write> PreviewLines<W> {
    pub(super) fn new(out: W, selection: Selection) -> Self {
        Self { out, selection, seen_changes: 0, printed_lines: 0 }
    }

    /// Whether the limit is reached, so that nothing more will be printed.
    fn is_full(&self) -> bool {
        self.selection.limit.is_some_and(|limit| self.printed_lines >= limit)
    }

    fn change(&mut self, routed: &RoutedSet, change: RoutedChange<'_>) -> Result<(), LoadError> {
        for batch in change.routed {
            if !self.selection.takes(&batch.transitions[change.index]) {
                continue;
            }
            for line in Line::of(routed, change, batch) {
                if self.is_full() {
                    return Ok(());
                }
                let text = match self.selection.format {
                    Format::Json => line.json(),
                    Format::Human => human(&line),
                };
                writeln!(self.out, "{text}").map_err(LoadError::Output)?;
                self.printed_lines += 1;
            }
        }
        Ok(())
    }
}

impl<W: Write> Loader for PreviewLines<W> {
    fn load(&mut self, routed: &RoutedSet) -> Result<(), LoadError> {
        for change in routed.changes() {
            if self.is_full() {
                break;
            }
            let sampled = self.seen_changes.is_multiple_of(self.selection.sample.unwrap_or(1));
            self.seen_changes += 1;
            if sampled {
                self.change(routed, change)?;
            }
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), LoadError> {
        self.out.flush().map_err(LoadError::Output)
    }
}

impl Selection {
    fn takes(&self, transition: &Transition) -> bool {
        match self.only {
            None => true,
            Some(Only::Moved) => matches!(transition, Transition::Move { .. }),
            Some(Only::Dropped) => matches!(transition, Transition::Nothing(_)),
            Some(Only::Failed) => matches!(transition, Transition::Failed(_)),
        }
    }
}

/// `binlog.000001:4#0 2026-01-01T00:00:00Z update s.t → s_0.t_1  id=7, status=3→4`
fn human(line: &Line<'_>) -> String {
    let whither = match (line.place, &line.reason) {
        (Some(place), _) => format!("→ {place}"),
        (None, reason) => format!("✗ {}", reason.as_deref().unwrap_or_default()),
    };
    let key = line.key();
    let cells: Vec<String> = line.columns().into_iter().filter_map(|column| changed_cell(line, column, key.contains(&column))).collect();
    format!(
        "{}#{} {} {:6} {} {whither}  {}",
        line.position,
        line.change.change.row,
        line.time,
        line.op.word(),
        line.change.batch.schema.name,
        cells.join(", ")
    )
}

/// A part of the key, a value that is new, or one that changes.
fn changed_cell(line: &Line<'_>, column: usize, key: bool) -> Option<String> {
    let cell = |row: Option<usize>| {
        let (name, text) = line.cell(row?, column);
        Some((name, text?.unwrap_or_else(|| "NULL".to_owned())))
    };
    match (cell(line.before), cell(line.after)) {
        (Some((name, before)), Some((_, after))) if before != after => Some(format!("{name}={before}→{after}")),
        (None, Some((name, after))) => Some(format!("{name}={after}")),
        (Some((name, before)), _) if key => Some(format!("{name}={before}")),
        _ => None,
    }
}
