//! One row image: which of the table's columns it carries, and its way into the column builders.

use super::{CellFault, cells, column_builder::ColumnBuilder, cursor::bit, json_update, resolved::ResolvedTable};
use crate::change::ColumnSet;

/// What becomes of each column in the images of one event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ImagePlan {
    steps: Vec<Step>,
    /// How many columns the image carries, each with a NULL bit.
    present: usize,
    /// The columns that its row will have: those it carries and those completed from the before image.
    pub(super) set: ColumnSet,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// The image carries the column.
    Read,
    /// Only the before image does.
    Keep,
    /// Neither does.
    Lack,
}

impl ImagePlan {
    /// The plan of an image that carries the columns of `bitmap`, `before` being those of its before image.
    pub(super) fn new(columns: usize, bitmap: &[u8], before: Option<&[u8]>) -> Self {
        let step = |column| match (bit(bitmap, column), before.is_some_and(|before| bit(before, column))) {
            (true, _) => Step::Read,
            (false, true) => Step::Keep,
            (false, false) => Step::Lack,
        };
        let steps: Vec<Step> = (0..columns).map(step).collect();
        let present = steps.iter().filter(|&&step| step == Step::Read).count();
        let set = (0..columns).filter(|&column| steps[column] != Step::Lack).collect();
        Self { steps, present, set }
    }

    /// Whether every column of the table has a value.
    pub(super) fn is_full(&self) -> bool {
        !self.steps.contains(&Step::Lack)
    }

    /// Whether an image carries no column, so that it takes no bytes.
    pub(super) fn is_empty(&self) -> bool {
        self.present == 0
    }

    /// Appends one image as `row`. In case of an error, says at which column; the builders are then of unequal length.
    pub(super) fn read(
        &self,
        table: &ResolvedTable,
        builders: &mut [ColumnBuilder],
        row: u32,
        rest: &mut &[u8],
    ) -> Result<(), (usize, CellFault)> {
        let nulls = cells::take(rest, self.present.div_ceil(8)).map_err(|fault| (0, fault))?;
        let mut number = 0;
        for (column, (builder, step)) in builders.iter_mut().zip(&self.steps).enumerate() {
            match step {
                Step::Read => {
                    let is_null = nulls[number / 8] >> (number % 8) & 1 == 1;
                    number += 1;
                    if !is_null {
                        builder.push(rest).map_err(|fault| (column, fault))?;
                    } else if table.columns[column].nullable {
                        builder.push_null(row);
                    } else {
                        return Err((column, CellFault::Null));
                    }
                }
                Step::Keep => builder.push_last(row).map_err(|fault| (column, fault))?,
                Step::Lack => builder.push_null(row),
            }
        }
        Ok(())
    }

    /// Appends the after image of a partial update as `row`: JSON columns may hold differences to the row before.
    pub(super) fn read_partial(
        &self,
        table: &ResolvedTable,
        builders: &mut [ColumnBuilder],
        row: u32,
        rest: &mut &[u8],
    ) -> Result<(), (usize, CellFault)> {
        let options = cells::packed(rest).map_err(|fault| (0, fault))?;
        if options & !1 != 0 {
            return Err((0, CellFault::Invalid));
        }
        let json_columns = table.columns.iter().filter(|column| column.json).count();
        let partial = cells::take(rest, if options == 1 { json_columns.div_ceil(8) } else { 0 }).map_err(|fault| (0, fault))?;
        let nulls = cells::take(rest, self.present.div_ceil(8)).map_err(|fault| (0, fault))?;
        let (mut number, mut json) = (0, 0);
        for (column, (builder, step)) in builders.iter_mut().zip(&self.steps).enumerate() {
            let resolved = &table.columns[column];
            // Each JSON column of the table has a bit, also one that this image does not carry.
            let is_partial = resolved.json && bit(partial, json);
            json += usize::from(resolved.json);
            let is_null = *step == Step::Read && bit(nulls, number);
            number += usize::from(*step == Step::Read);
            match step {
                Step::Read if is_null && resolved.nullable => builder.push_null(row),
                Step::Read if is_null => return Err((column, CellFault::Null)),
                Step::Read if is_partial => Self::update(builder, row, rest).map_err(|fault| (column, fault))?,
                Step::Read => builder.push(rest).map_err(|fault| (column, fault))?,
                Step::Keep => builder.push_last(row).map_err(|fault| (column, fault))?,
                Step::Lack => builder.push_null(row),
            }
        }
        Ok(())
    }

    fn update(builder: &mut ColumnBuilder, row: u32, rest: &mut &[u8]) -> Result<(), CellFault> {
        let differences = cells::counted(rest, 4)?;
        if builder.is_skipped() {
            return Ok(());
        }
        let before = row.checked_sub(1).and_then(|before| builder.last_bytes(before)).ok_or(CellFault::NoDocument)?;
        let after = json_update::apply(before, differences)?;
        builder.push_bytes(&after)
    }
}
