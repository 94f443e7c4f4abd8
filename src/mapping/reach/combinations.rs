//! Every combination of the values that parts of expressions have, as a batch to ask expressions of.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, BooleanArray, RecordBatch, RecordBatchOptions, UInt32Array},
    compute::take,
    datatypes::{Field, Schema},
};
use datafusion::{
    common::{
        Column,
        tree_node::{Transformed, TreeNode, TreeNodeRecursion},
    },
    logical_expr::Expr,
};

use super::seed::{Seed, Unlisted};
use crate::mapping::formula::Compiled;

/// How the names of the parts' columns start.
const PREFIX: &str = "__part_";

/// The combinations, one a row.
#[derive(Debug)]
pub(super) struct Combinations {
    parts: Vec<Expr>,
    batch: RecordBatch,
}

impl Combinations {
    /// The most combinations that are looked at (INV-8).
    pub(super) const MOST: usize = 65_536;

    /// Of no parts there is one combination.
    pub(super) fn new(seeds: Vec<Seed>) -> Result<Self, Unlisted> {
        let counts = seeds.iter().map(|seed| seed.values.len());
        let count = counts.clone().try_fold(1usize, |product, count| product.checked_mul(count).filter(|&product| product <= Self::MOST));
        let count = count.ok_or(Unlisted::TooMany { most: Self::MOST })?;
        let mut columns: Vec<ArrayRef> = Vec::with_capacity(seeds.len());
        let mut fields = Vec::with_capacity(seeds.len());
        let mut repeat = 1;
        for (number, seed) in seeds.iter().enumerate() {
            let values = seed.values.len();
            let rows: UInt32Array = (0..count).map(|row| (row / repeat % values) as u32).collect();
            columns.push(take(&seed.values, &rows, None).expect("each row number is that of a value"));
            fields.push(Field::new(format!("{PREFIX}{number}"), seed.values.data_type().clone(), true));
            repeat *= values;
        }
        let options = RecordBatchOptions::new().with_row_count(Some(count));
        let batch = RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), columns, &options)
            .expect("each column has a value for each combination");
        Ok(Self { parts: seeds.into_iter().map(|seed| seed.logical).collect(), batch })
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.batch.num_rows()
    }

    /// The expression's values with the rows that fail as NULL; none where it reads more than the parts.
    pub(super) fn evaluate(&self, logical: &Expr) -> Option<ArrayRef> {
        let replaced = logical.clone().transform_down(|node| {
            Ok(match self.parts.iter().position(|part| *part == node) {
                Some(number) => {
                    let column = Expr::Column(Column::from_name(format!("{PREFIX}{number}")));
                    Transformed::new(column, true, TreeNodeRecursion::Jump)
                }
                None => Transformed::no(node),
            })
        });
        let replaced = replaced.ok()?.data;
        if replaced.column_refs().iter().any(|column| !column.name.starts_with(PREFIX)) {
            return None;
        }
        let compiled = Compiled::new(&replaced, self.batch.schema_ref()).ok()?;
        let values = compiled.evaluate(&self.batch).ok()?;
        Some(values.array)
    }

    /// The combinations for which a condition is true; all of them where it reads more than the parts.
    pub(super) fn where_true(&self, condition: &Expr) -> Option<BooleanArray> {
        let array = self.evaluate(condition)?;
        let answers = array.as_boolean_opt()?;
        Some((0..answers.len()).map(|row| Some(answers.is_valid(row) && answers.value(row))).collect())
    }
}
