//! The columns that say where a row comes from: the source's operation, the event, the transaction.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, StringArray, StringBuilder, TimestampMicrosecondArray, UInt32Array, UInt64Array},
    datatypes::{DataType, Field, TimeUnit},
};

use crate::change::{Change, ChangeSet, EventPlace, ImageBatch, Op, Transaction};

/// A column that does not come from the table's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    /// 'before' or 'after'.
    Side,
    /// 'insert', 'update' or 'delete': what the source did.
    Op,
    /// `file:offset` of the row's event, inside a compressed transaction `file:offset+inner`.
    Position,
    /// The row's number within its event.
    Row,
    /// The transaction's GTID.
    Gtid,
    /// When the transaction was committed.
    Time,
    /// The row's schema.
    Schema,
    /// The row's table.
    Table,
    /// `file:offset` of the transaction's first event.
    Transaction,
    /// When the event's statement began, in whole seconds.
    EventTime,
    /// The line's number in its table, in the order of the binlog.
    Line,
    /// The columns that the row image does not carry.
    Absent,
}

/// Which image of a change a line shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    Before,
    After,
}

/// A line of a table: a change, and for tables of images one of its sides.
#[derive(Debug, Clone, Copy)]
pub(super) struct Line<'a> {
    pub(super) batch: &'a ImageBatch,
    pub(super) change: &'a Change,
    pub(super) side: Side,
}

impl Origin {
    /// The columns of `changes`.
    pub(super) const OF_CHANGES: [Self; 10] = [
        Self::Position,
        Self::Row,
        Self::Gtid,
        Self::Time,
        Self::Schema,
        Self::Table,
        Self::Op,
        Self::Transaction,
        Self::EventTime,
        Self::Line,
    ];
    /// The columns before a table's own.
    pub(super) const OF_IMAGES: [Self; 9] =
        [Self::Side, Self::Op, Self::Position, Self::Row, Self::Gtid, Self::Time, Self::Transaction, Self::Line, Self::Absent];

    /// Its name where no column of the table has the same.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Side => "side",
            Self::Op => "op",
            Self::Position => "position",
            Self::Row => "row",
            Self::Gtid => "gtid",
            Self::Time => "time",
            Self::Schema => "schema",
            Self::Table => "table",
            Self::Transaction => "transaction",
            Self::EventTime => "event_time",
            Self::Line => "line",
            Self::Absent => "absent",
        }
    }

    /// The column's definition under the name that it has in a table.
    pub(super) fn field(self, name: impl Into<String>) -> Field {
        let ty = match self {
            Self::Row => DataType::UInt32,
            Self::Line => DataType::UInt64,
            Self::Time | Self::EventTime => DataType::Timestamp(TimeUnit::Microsecond, Some("+00:00".into())),
            Self::Side | Self::Op | Self::Position | Self::Gtid | Self::Schema | Self::Table | Self::Transaction | Self::Absent => {
                DataType::Utf8
            }
        };
        Field::new(name, ty, matches!(self, Self::Gtid | Self::Absent))
    }

    /// The column's values for these lines, all of them rows of `set`; `first` is the number of the first one.
    pub(super) fn array(self, set: &ChangeSet, lines: &[Line<'_>], first: u64) -> ArrayRef {
        let transaction = |line: &Line<'_>| -> &Transaction { &set.transactions[line.event().transaction as usize] };
        let texts = |text: &dyn Fn(&Line<'_>) -> &'static str| Arc::new(lines.iter().map(|line| Some(text(line))).collect::<StringArray>());
        let times = |time: &dyn Fn(&Line<'_>) -> i64| {
            Arc::new(TimestampMicrosecondArray::from_iter_values(lines.iter().map(time)).with_timezone("+00:00"))
        };
        match self {
            Self::Side => texts(&|line| line.side.word()),
            Self::Op => texts(&|line| op_word(line.change.op)),
            Self::Row => Arc::new(UInt32Array::from_iter_values(lines.iter().map(|line| line.change.row))),
            Self::Line => Arc::new(UInt64Array::from_iter_values((first..).take(lines.len()))),
            Self::Time => times(&|line| transaction(line).time_us),
            Self::EventTime => times(&|line| i64::from(line.event().time_s) * 1_000_000),
            Self::Gtid => Arc::new(lines.iter().map(|line| transaction(line).gtid.as_deref()).collect::<StringArray>()),
            Self::Schema => Arc::new(StringArray::from_iter_values(lines.iter().map(|line| &line.batch.schema.name.schema))),
            Self::Table => Arc::new(StringArray::from_iter_values(lines.iter().map(|line| &line.batch.schema.name.table))),
            Self::Position => runs(lines, |line| line.change.event, |line| line.event().position(&transaction(line).start.file)),
            Self::Transaction => runs(lines, |line| line.event().transaction, |line| transaction(line).start.to_string()),
            Self::Absent => absent(lines),
        }
    }
}

impl Line<'_> {
    /// The image's row in its batch.
    pub(super) fn image(&self) -> usize {
        let after_update = self.side == Side::After && self.change.op == Op::Update;
        self.change.image as usize + usize::from(after_update)
    }

    fn event(&self) -> EventPlace {
        self.batch.events[self.change.event as usize]
    }
}

impl Side {
    fn word(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::After => "after",
        }
    }
}

fn op_word(op: Op) -> &'static str {
    match op {
        Op::Insert => "insert",
        Op::Update => "update",
        Op::Delete => "delete",
    }
}

/// A text for each line; it is made anew only where its batch or its number differs from the line before.
fn runs<'a>(lines: &'a [Line<'a>], number: impl Fn(&Line<'a>) -> u32, text: impl Fn(&Line<'a>) -> String) -> ArrayRef {
    let mut texts = StringBuilder::with_capacity(lines.len(), lines.len() * 24);
    let (mut last, mut made) = (None, String::new());
    for line in lines {
        let run = (std::ptr::from_ref(line.batch), number(line));
        if last != Some(run) {
            (last, made) = (Some(run), text(line));
        }
        texts.append_value(&made);
    }
    Arc::new(texts.finish())
}

/// The names of the columns that an image does not carry, by comma; NULL for a full image.
fn absent(lines: &[Line<'_>]) -> ArrayRef {
    let names = |line: &Line<'_>| {
        let columns = line.batch.schema.columns.iter().enumerate();
        let missing = columns.filter(|(index, _)| !line.batch.presence.has(line.image(), *index));
        let names: Vec<&str> = missing.map(|(_, column)| column.name.as_str()).collect();
        (!names.is_empty()).then(|| names.join(","))
    };
    Arc::new(lines.iter().map(names).collect::<StringArray>())
}
