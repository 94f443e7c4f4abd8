//! What all cells of a capture add up to: for each table the rows that are left, and the sum of their CRC32s.
//!
//! Each image that a row got is added and each that it lost is taken away, so that what remains is the sum over the rows that
//! are there at the end, if every cell of every image was decoded right: the order does not matter, and a cell that is wrong in
//! one image only stays in the sum. `benches/peers/cells.sql` asks a server for the same of its tables.

use std::{collections::BTreeMap, fmt};

use arrow::{
    array::{ArrayRef, AsArray},
    datatypes::{Float32Type, Float64Type},
};
use rowgate::{
    change::{ChangeSet, ImageBatch, Images},
    columnar::{CellText, write_hex},
    schema::{ColumnType, TableName},
};

/// Sums by table; printed as lines of `schema.table`, rows and sum with a tab between.
#[derive(Default)]
pub(crate) struct CellSums(BTreeMap<TableName, Sum>);

#[derive(Default)]
struct Sum {
    rows: i64,
    crcs: i64,
}

impl CellSums {
    pub(crate) fn add(&mut self, set: &ChangeSet) {
        for batch in &set.batches {
            let crcs = row_crcs(batch);
            let sum = self.0.entry(batch.schema.name.clone()).or_default();
            for change in &batch.changes {
                let (gained, lost) = match change.images() {
                    Images::Inserted(row) => (Some(row), None),
                    Images::Updated { before, after } => (Some(after), Some(before)),
                    Images::Deleted(row) => (None, Some(row)),
                };
                for (row, sign) in [(gained, 1), (lost, -1)] {
                    sum.rows += row.map_or(0, |_| sign);
                    sum.crcs += row.map_or(0, |row| sign * i64::from(crcs[row]));
                }
            }
        }
    }
}

impl fmt::Display for CellSums {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|(table, sum)| writeln!(f, "{table}\t{}\t{}", sum.rows, sum.crcs))
    }
}

/// The CRC32 of each image: its cells as text with `|` between.
fn row_crcs(batch: &ImageBatch) -> Vec<u32> {
    let columns: Vec<(&ColumnType, &ArrayRef)> =
        batch.schema.columns.iter().zip(&batch.columns).filter_map(|(column, array)| Some((&column.ty, array.as_ref()?))).collect();
    let texts: Vec<CellText<'_>> = columns.iter().map(|(ty, array)| CellText::new(ty, array)).collect();
    let mut line = String::new();
    let crc = |row| {
        line.clear();
        for ((ty, array), text) in columns.iter().zip(&texts) {
            if !line.is_empty() {
                line.push('|');
            }
            match ty {
                _ if text.is_null(row) => line.push('~'),
                // All bits of the number, which its text may not have.
                ColumnType::Float => write_hex(&f64::from(array.as_primitive::<Float32Type>().value(row)).to_le_bytes(), &mut line),
                ColumnType::Double => write_hex(&array.as_primitive::<Float64Type>().value(row).to_le_bytes(), &mut line),
                _ => {
                    text.write(row, &mut line);
                }
            }
        }
        crc32fast::hash(line.as_bytes())
    };
    (0..batch.image_count).map(crc).collect()
}
