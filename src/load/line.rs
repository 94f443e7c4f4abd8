//! What a target is told of one change, as a line: the form that previews print and dead letters keep.

use arrow::array::Array;
use chrono::{DateTime, SecondsFormat};
use serde::{Serialize, Serializer};

use super::{RoutedChange, RoutedSet};
use crate::{
    change::{Images, Op},
    columnar,
    mapping::{Place, RoutedBatch, Transition},
    schema::ColumnType,
};

/// What one target is told of one change.
///
/// A row that moves is two lines. A line without a target (dropped, failed) shows the source's columns, as far as
/// they were read; one with a target shows the target's.
#[derive(Debug, Clone)]
pub struct Line<'a> {
    /// The change and all that the mappings make of it.
    pub change: RoutedChange<'a>,
    /// What this mapping makes of it.
    pub batch: &'a RoutedBatch,
    /// What the target is told.
    pub op: LineOp,
    /// Where; none for what no target is told.
    pub place: Option<&'a Place>,
    /// The image before, by its row.
    pub before: Option<usize>,
    /// The image after, by its row.
    pub after: Option<usize>,
    /// Why no target is told; its first word is the kind.
    pub reason: Option<String>,
    /// The event's [`crate::change::EventPlace::position`].
    pub position: String,
    /// When the transaction was committed, in RFC 3339.
    pub time: String,
    gtid: Option<&'a str>,
}

/// What a target is told of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineOp {
    /// A new row.
    Insert,
    /// A row that stays where it is.
    Update,
    /// A row that goes.
    Delete,
    /// Nothing: the row is outside the mapping.
    None,
    /// A row that the policy must decide.
    Error,
}

impl<'a> Line<'a> {
    /// The lines of one change under one mapping: one, or two for a row that moves.
    pub fn of(routed: &'a RoutedSet, change: RoutedChange<'a>, batch: &'a RoutedBatch) -> Vec<Self> {
        let transaction = routed.transaction(&change);
        let line = |op, place, before, after| Self {
            change,
            batch,
            op,
            place,
            before,
            after,
            reason: None,
            position: change.event().position(&transaction.start.file),
            time: rfc3339(transaction.time_us),
            gtid: transaction.gtid.as_deref(),
        };
        let untold = |op, reason| {
            let (before, after) = match change.change.images() {
                Images::Inserted(after) => (None, Some(after)),
                Images::Updated { before, after } => (Some(before), Some(after)),
                Images::Deleted(before) => (Some(before), None),
            };
            vec![Self { reason: Some(reason), ..line(op, None, before, after) }]
        };
        let place = |id| Some(routed.places.get(id));
        match &batch.transitions[change.index] {
            Transition::Nothing(reason) => untold(LineOp::None, reason.text()),
            Transition::Failed(failure) => untold(LineOp::Error, failure.reason()),
            Transition::Insert { to, after } => vec![line(LineOp::Insert, place(*to), None, Some(*after as usize))],
            Transition::Delete { from, before } => vec![line(LineOp::Delete, place(*from), Some(*before as usize), None)],
            Transition::Update { at, before, after } => {
                vec![line(LineOp::Update, place(*at), Some(*before as usize), Some(*after as usize))]
            }
            Transition::Move { from, to, before, after } => {
                vec![
                    line(LineOp::Delete, place(*from), Some(*before as usize), None),
                    line(LineOp::Insert, place(*to), None, Some(*after as usize)),
                ]
            }
        }
    }

    /// The line as a JSON object; its names are frozen, more may be added.
    pub fn json(&self) -> String {
        let source = &self.change.batch.schema.name;
        let columns = self.columns();
        let image = |row| Image { line: self, row, columns: columns.clone() };
        let json = JsonLine {
            mapping: self.batch.mapping.name(),
            change: match self.change.change.op {
                Op::Insert => "insert",
                Op::Update => "update",
                Op::Delete => "delete",
            },
            op: self.op.word(),
            source: JsonTable { schema: &source.schema, table: &source.table },
            target: self.place.map(|place| JsonPlace { server: &place.server, schema: &place.schema, table: &place.table }),
            key: self.after.or(self.before).map(|row| Image { line: self, row, columns: self.key() }),
            before: self.before.map(image),
            after: self.after.map(image),
            position: &self.position,
            row: self.change.change.row,
            time: &self.time,
            gtid: self.gtid,
            reason: self.reason.as_deref(),
        };
        serde_json::to_string(&json).expect("names are strings, and a string takes any text")
    }

    /// The columns that identify the row, by index.
    pub fn key(&self) -> Vec<usize> {
        match self.place {
            Some(_) => self.batch.layout().key.clone(),
            None => self.change.batch.schema.identity().unwrap_or_default().to_vec(),
        }
    }

    /// All columns, by index.
    pub fn columns(&self) -> Vec<usize> {
        let count = match self.place {
            Some(_) => self.batch.layout().columns.len(),
            None => self.change.batch.schema.columns.len(),
        };
        (0..count).collect()
    }

    /// The name of a column and its cell as MySQL prints it: none where the image lacks it, an inner none for NULL.
    pub fn cell(&self, row: usize, column: usize) -> (&'a str, Option<Option<String>>) {
        let (name, ty, array, present): (_, &ColumnType, _, _) = match self.place {
            Some(_) => {
                let target = &self.batch.layout().columns[column];
                (target.name.as_str(), &target.ty, &self.batch.columns[column], self.batch.presence.has(row, column))
            }
            None => {
                let images = self.change.batch;
                let source = &images.schema.columns[column];
                (source.name.as_str(), &source.ty, &images.columns[column], images.presence.has(row, column))
            }
        };
        let text = array.as_deref().filter(|_| present).map(|array| text(ty, array, row));
        (name, text)
    }
}

/// The frozen form of a line.
#[derive(Serialize)]
struct JsonLine<'a> {
    mapping: &'a str,
    change: &'static str,
    op: &'static str,
    source: JsonTable<'a>,
    target: Option<JsonPlace<'a>>,
    key: Option<Image<'a>>,
    before: Option<Image<'a>>,
    after: Option<Image<'a>>,
    position: &'a str,
    row: u32,
    time: &'a str,
    gtid: Option<&'a str>,
    reason: Option<&'a str>,
}

#[derive(Serialize)]
struct JsonTable<'a> {
    schema: &'a str,
    table: &'a str,
}

#[derive(Serialize)]
struct JsonPlace<'a> {
    server: &'a str,
    schema: &'a str,
    table: &'a str,
}

/// Cells of one image by their column's name, in the table's order; absent ones are left out.
struct Image<'a> {
    line: &'a Line<'a>,
    row: usize,
    columns: Vec<usize>,
}

impl Serialize for Image<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let cells = self.columns.iter().map(|&column| self.line.cell(self.row, column));
        serializer.collect_map(cells.filter_map(|(name, text)| Some((name, text?))))
    }
}

impl LineOp {
    /// The word of the JSON form.
    pub fn word(self) -> &'static str {
        match self {
            Self::Insert => "insert",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::None => "none",
            Self::Error => "error",
        }
    }
}

fn text(ty: &ColumnType, array: &dyn Array, row: usize) -> Option<String> {
    if array.is_null(row) {
        return None;
    }
    let mut text = String::new();
    columnar::write_text(ty, array, row, &mut text);
    Some(text)
}

fn rfc3339(time_us: i64) -> String {
    DateTime::from_timestamp_micros(time_us).map_or_else(|| time_us.to_string(), |time| time.to_rfc3339_opts(SecondsFormat::AutoSi, true))
}
