//! One reading of a capture for one table of a question: only the tables and columns that are asked for are decoded.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, RecordBatch, RecordBatchOptions, UInt32Array, new_null_array},
    compute::take,
    datatypes::{Field, SchemaRef},
};

use super::{
    CaptureSource,
    layout::{ImageLayout, LayoutColumn},
    origin::{Line, Origin, Side},
    value::as_type,
};
use crate::{
    binlog::{BinlogError, Interest, Item},
    change::{ChangeSet, ColumnSet, ImageBatch, Op},
    schema::{ColumnType, TableName, TableSchema},
};

/// What a line of the table is.
#[derive(Debug, Clone)]
pub(super) enum Shape {
    /// A change of a row.
    Changes,
    /// An image of a row.
    Images(Arc<ImageLayout>),
}

/// The tables that a scan of `changes` can leave out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Restriction {
    pub(super) schema: Option<String>,
    pub(super) table: Option<String>,
}

/// A reading that can be repeated.
#[derive(Debug)]
pub(super) struct Scan {
    source: CaptureSource,
    shape: Shape,
    columns: Vec<usize>,
    schema: SchemaRef,
    only: Restriction,
}

impl Scan {
    /// A scan of these columns of the table, `schema` being their definition.
    pub(super) fn new(source: CaptureSource, shape: Shape, columns: Vec<usize>, schema: SchemaRef, only: Restriction) -> Self {
        Self { source, shape, columns, schema, only }
    }

    /// Reads the capture from its beginning and gives each batch to `send` until that says no.
    pub(super) fn run(&self, mut send: impl FnMut(RecordBatch) -> bool) -> Result<(), BinlogError> {
        let mut reader = self.source.open(Asked { scan: self })?;
        let mut lines = 0;
        while let Some(item) = reader.next()? {
            let Item::Changes(set) = item else { continue };
            for batch in self.batches(&set, lines) {
                lines += batch.num_rows() as u64;
                if batch.num_rows() > 0 && !send(batch) {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// The lines of a set, after `before` others: those of all its tables, or the images of the one that is asked for.
    fn batches(&self, set: &ChangeSet, before: u64) -> Vec<RecordBatch> {
        match &self.shape {
            Shape::Changes => vec![self.changes(set, before)],
            Shape::Images(layout) => {
                let mut before = before;
                let images = set.batches.iter().map(|batch| {
                    let images = self.images(set, batch, layout, before);
                    before += images.num_rows() as u64;
                    images
                });
                images.collect()
            }
        }
    }

    fn changes(&self, set: &ChangeSet, before: u64) -> RecordBatch {
        let all = set.batches.iter().flat_map(|batch| batch.changes.iter().map(move |change| (batch, change)));
        let mut lines: Vec<Line<'_>> = all.map(|(batch, change)| Line { batch, change, side: Side::After }).collect();
        lines.sort_unstable_by_key(|line| line.change.ordinal);
        let arrays = self.columns.iter().map(|&column| Origin::OF_CHANGES[column].array(set, &lines, before)).collect();
        self.record_batch(arrays, lines.len())
    }

    fn images(&self, set: &ChangeSet, batch: &ImageBatch, layout: &ImageLayout, before: u64) -> RecordBatch {
        let lines: Vec<Line<'_>> =
            batch.changes.iter().flat_map(|change| sides(change.op).map(|side| Line { batch, change, side })).collect();
        let order = image_order(&lines, batch.image_count);
        let array = |(&column, field): (&usize, &Arc<Field>)| match layout.column(column) {
            LayoutColumn::Origin(origin) => origin.array(set, &lines, before),
            LayoutColumn::Own(name) => match own_array(batch, name) {
                None => new_null_array(field.data_type(), lines.len()),
                Some((ty, array)) => {
                    let values = as_type(ty, array, field.data_type());
                    match &order {
                        None => values,
                        Some(order) => take(&values, order, None).expect("every image lies inside its batch"),
                    }
                }
            },
        };
        let arrays = self.columns.iter().zip(self.schema.fields()).map(array).collect();
        self.record_batch(arrays, lines.len())
    }

    fn record_batch(&self, arrays: Vec<ArrayRef>, lines: usize) -> RecordBatch {
        let options = RecordBatchOptions::new().with_row_count(Some(lines));
        RecordBatch::try_new_with_options(Arc::clone(&self.schema), arrays, &options)
            .expect("each array was made with the type of its field and a value for each line")
    }
}

/// The table's column of this name as the batch has it; none where its definition has no such column.
fn own_array<'a>(batch: &'a ImageBatch, name: &str) -> Option<(&'a ColumnType, &'a ArrayRef)> {
    let index = batch.schema.column_index(name)?;
    let array = batch.columns.get(index)?.as_ref()?;
    Some((&batch.schema.columns.get(index)?.ty, array))
}

/// The sides that a change has an image of.
fn sides(op: Op) -> impl Iterator<Item = Side> {
    let before = (op != Op::Insert).then_some(Side::Before);
    let after = (op != Op::Delete).then_some(Side::After);
    before.into_iter().chain(after)
}

/// The images of the lines as rows of their batch; none when they are all of its rows in its order.
fn image_order(lines: &[Line<'_>], images: usize) -> Option<UInt32Array> {
    let in_order = lines.len() == images && lines.iter().enumerate().all(|(row, line)| line.image() == row);
    (!in_order).then(|| lines.iter().map(|line| line.image() as u32).collect())
}

/// What a scan asks of the reader.
pub(super) struct Asked<'a> {
    scan: &'a Scan,
}

impl Interest for Asked<'_> {
    fn wants_table(&mut self, table: &TableName) -> bool {
        match &self.scan.shape {
            Shape::Changes => {
                let Restriction { schema, table: name } = &self.scan.only;
                schema.as_ref().is_none_or(|schema| *schema == table.schema) && name.as_ref().is_none_or(|name| *name == table.table)
            }
            Shape::Images(layout) => layout.name == *table,
        }
    }

    fn needs_definition(&self, _: &TableName) -> bool {
        matches!(self.scan.shape, Shape::Images(_))
    }

    fn columns(&mut self, schema: &Arc<TableSchema>) -> ColumnSet {
        match &self.scan.shape {
            Shape::Changes => ColumnSet::default(),
            Shape::Images(layout) => {
                let own = self.scan.columns.iter().filter_map(|&column| match layout.column(column) {
                    LayoutColumn::Own(name) => schema.column_index(name),
                    LayoutColumn::Origin(_) => None,
                });
                own.collect()
            }
        }
    }
}
