//! The rows of one table and one schema version, while they gather.

use std::sync::Arc;

use super::{DecodeError, RowsEventKind, column_builder::ColumnBuilder, image::ImagePlan, resolved::ResolvedTable, rows_event::Rows};
use crate::{
    change::{Change, ColumnSet, EventPlace, ImageBatch, Op, Presence},
    columnar::arrow_type,
};

/// An [`ImageBatch`] in the making.
#[derive(Debug)]
pub(super) struct TableBatch {
    pub(super) table: Arc<ResolvedTable>,
    builders: Vec<ColumnBuilder>,
    /// The columns whose size follows from their values, and the bytes an image takes in all others.
    byte_columns: Vec<usize>,
    image_bytes: usize,
    images: u32,
    changes: Vec<Change>,
    events: Vec<EventPlace>,
    plans: Option<EventPlans>,
    /// The sets of columns seen; row by row only once an image lacks some column.
    sets: Vec<ColumnSet>,
    set_of_row: Vec<u32>,
}

/// The plans of the last event, which most often serve the next one too.
#[derive(Debug)]
struct EventPlans {
    bitmaps: (Vec<u8>, Vec<u8>),
    first: ImagePlan,
    second: ImagePlan,
}

/// How large a table's batch was, so that the next one is given the room at once.
#[derive(Debug)]
pub(super) struct BatchSize {
    pub(super) table: Arc<ResolvedTable>,
    images: usize,
    changes: usize,
    events: usize,
    /// By column: how many bytes its values of any length take.
    bytes: Vec<usize>,
}

impl TableBatch {
    /// An empty batch, with the room that the table needed last time.
    pub(super) fn new(table: Arc<ResolvedTable>, last: Option<&BatchSize>) -> Self {
        let images = last.map_or(0, |last| last.images);
        let bytes = |column| last.and_then(|last| last.bytes.get(column).copied()).unwrap_or(0);
        let columns = table.columns.iter().enumerate();
        let builders: Vec<_> = columns.map(|(index, column)| ColumnBuilder::with_room(column, images, bytes(index))).collect();
        let byte_columns = (0..builders.len()).filter(|&column| builders[column].is_bytes()).collect();
        let image_bytes = builders.iter().map(ColumnBuilder::value_bytes).sum();
        Self {
            table,
            builders,
            byte_columns,
            image_bytes,
            images: 0,
            changes: Vec::with_capacity(last.map_or(0, |last| last.changes)),
            events: Vec::with_capacity(last.map_or(0, |last| last.events)),
            plans: None,
            sets: Vec::new(),
            set_of_row: Vec::new(),
        }
    }

    pub(super) fn images(&self) -> u32 {
        self.images
    }

    pub(super) fn size(&self) -> BatchSize {
        BatchSize {
            table: Arc::clone(&self.table),
            images: self.images as usize,
            changes: self.changes.len(),
            events: self.events.len(),
            bytes: self.builders.iter().map(ColumnBuilder::counted_bytes).collect(),
        }
    }

    /// How many bytes its values take, its changes and events included.
    pub(super) fn bytes(&self) -> usize {
        let counted: usize = self.byte_columns.iter().map(|&column| self.builders[column].counted_bytes()).sum();
        let changes = self.changes.len() * size_of::<Change>() + self.events.len() * size_of::<EventPlace>();
        counted + self.images as usize * self.image_bytes + changes
    }

    /// Appends an event's rows, the first of them being change `ordinal` of the set: all of them, or in case of an error none.
    pub(super) fn append(&mut self, kind: RowsEventKind, rows: &Rows<'_>, place: EventPlace, ordinal: u32) -> Result<u32, DecodeError> {
        if rows.columns != self.builders.len() {
            let table = Box::new(self.table.schema().name.clone());
            return Err(DecodeError::ColumnCount { table, expected: self.builders.len(), found: rows.columns });
        }
        let plans = match self.plans.take() {
            Some(plans) if plans.bitmaps.0 == rows.first && plans.bitmaps.1 == rows.second => plans,
            _ => EventPlans::new(kind, rows),
        };
        let (images, changes) = (self.images, self.changes.len());
        let appended = self.append_rows(kind, rows, &plans, ordinal);
        match appended {
            Ok(()) => {
                self.events.push(place);
                self.note_presence(kind, images, &plans);
            }
            Err(_) => {
                self.builders.iter_mut().for_each(|builder| builder.truncate(images as usize));
                self.changes.truncate(changes);
                self.images = images;
            }
        }
        self.plans = Some(plans);
        appended.map(|()| (self.changes.len() - changes) as u32)
    }

    fn append_rows(&mut self, kind: RowsEventKind, rows: &Rows<'_>, plans: &EventPlans, ordinal: u32) -> Result<(), DecodeError> {
        let mut rest = rows.rows;
        let event = self.events.len() as u32;
        for row in 0.. {
            let image = self.images;
            self.read_image(&plans.first, rows, &mut rest)?;
            if kind.op == Op::Update {
                if kind.is_partial {
                    self.read_partial_image(&plans.second, rows, &mut rest)?;
                } else {
                    self.read_image(&plans.second, rows, &mut rest)?;
                }
            }
            self.changes.push(Change { op: kind.op, image, event, row, ordinal: ordinal + row });
            if rest.is_empty() {
                break;
            }
            // An image without any column takes no bytes, so that an event of such images has one row only.
            if plans.first.is_empty() && plans.second.is_empty() && !kind.is_partial {
                return Err(DecodeError::Invalid { what: "rows of no column", offset: rows.offset });
            }
        }
        Ok(())
    }

    #[inline]
    fn read_image(&mut self, plan: &ImagePlan, rows: &Rows<'_>, rest: &mut &[u8]) -> Result<(), DecodeError> {
        match plan.read(&self.table, &mut self.builders, self.images, rest) {
            Ok(()) => {
                self.images += 1;
                Ok(())
            }
            Err((column, fault)) => Err(self.cell_error(column, fault, rows, rest)),
        }
    }

    fn read_partial_image(&mut self, plan: &ImagePlan, rows: &Rows<'_>, rest: &mut &[u8]) -> Result<(), DecodeError> {
        match plan.read_partial(&self.table, &mut self.builders, self.images, rest) {
            Ok(()) => {
                self.images += 1;
                Ok(())
            }
            Err((column, fault)) => Err(self.cell_error(column, fault, rows, rest)),
        }
    }

    #[cold]
    fn cell_error(&self, column: usize, fault: super::CellFault, rows: &Rows<'_>, rest: &[u8]) -> DecodeError {
        let schema = self.table.schema();
        DecodeError::Cell {
            table: Box::new(schema.name.clone()),
            column: schema.columns.get(column).map(|column| column.name.clone()).unwrap_or_default(),
            offset: rows.offset + rows.rows.len() - rest.len(),
            fault,
        }
    }

    /// Writes down which columns the images since `images` have, once any image lacks one.
    fn note_presence(&mut self, kind: RowsEventKind, images: u32, plans: &EventPlans) {
        if self.sets.is_empty() {
            if plans.first.is_full() && plans.second.is_full() {
                return;
            }
            self.sets.push(ColumnSet::all(self.builders.len()));
            self.set_of_row.resize(images as usize, 0);
        }
        let first = self.set_number(&plans.first.set);
        let second = if kind.op == Op::Update { self.set_number(&plans.second.set) } else { first };
        for row in images..self.images {
            self.set_of_row.push(if (row - images).is_multiple_of(2) { first } else { second });
        }
    }

    fn set_number(&mut self, set: &ColumnSet) -> u32 {
        let number = self.sets.iter().position(|known| known == set).unwrap_or_else(|| {
            self.sets.push(set.clone());
            self.sets.len() - 1
        });
        number as u32
    }

    pub(super) fn finish(self) -> ImageBatch {
        let rows = self.images as usize;
        let schema = Arc::clone(self.table.schema());
        let columns = self.builders.into_iter().zip(&schema.columns);
        let columns = columns.map(|(builder, column)| builder.finish(rows, arrow_type(&column.ty))).collect();
        let presence =
            if self.sets.is_empty() { Presence::Full } else { Presence::Partial { sets: self.sets, set_of_row: self.set_of_row } };
        ImageBatch { schema, columns, image_count: rows, presence, changes: self.changes, events: self.events }
    }
}

impl EventPlans {
    fn new(kind: RowsEventKind, rows: &Rows<'_>) -> Self {
        let before = (kind.op == Op::Update).then_some(rows.first);
        Self {
            bitmaps: (rows.first.to_vec(), rows.second.to_vec()),
            first: ImagePlan::new(rows.columns, rows.first, None),
            second: ImagePlan::new(rows.columns, rows.second, before),
        }
    }
}
