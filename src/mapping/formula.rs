//! One compiled expression of a mapping: where a mapping's own code meets [`super::expr`].

use std::collections::BTreeSet;

use arrow::{
    array::{ArrayRef, RecordBatch, RecordBatchOptions, UInt32Array, new_null_array},
    compute::{concat, take},
    datatypes::{DataType, SchemaRef},
};
use datafusion::{logical_expr::Expr, scalar::ScalarValue};

use super::{
    MappingError,
    expr::{self, BoundExpr, CompiledExpr, RowError, Scope},
};
use crate::{change::ColumnSet, schema::ColumnType};

/// An expression bound to one table definition, in the role that it has in its mapping.
#[derive(Debug, Clone)]
pub(super) struct Formula {
    bound: BoundExpr,
    logical: Expr,
}

impl Formula {
    /// Binds an expression as the value of a target column, in the columnar form of [`Formula::output_type`].
    pub(super) fn bind_value(tree: &dsl::Expr, scope: &Scope) -> Result<Self, Vec<dsl::Diagnostic>> {
        let bound = expr::bind(tree, scope)?;
        Ok(Self { logical: bound.logical(), bound })
    }

    /// Binds a condition.
    pub(super) fn bind_condition(tree: &dsl::Expr, scope: &Scope) -> Result<Self, Vec<dsl::Diagnostic>> {
        let bound = expr::bind(tree, scope)?;
        Ok(Self { logical: bound.logical_condition(), bound })
    }

    /// Binds an expression of any type as UTF-8 text, as `concat` would make it.
    pub(super) fn bind_text(tree: &dsl::Expr, scope: &Scope) -> Result<Self, Vec<dsl::Diagnostic>> {
        let bound = expr::bind(tree, scope)?;
        Ok(Self { logical: bound.logical_text(), bound })
    }

    /// Whether its values are integers.
    pub(super) fn is_integer(&self) -> bool {
        matches!(self.bound.output_type(), ColumnType::Integer { .. })
    }

    /// Whether it may be NULL.
    pub(super) fn is_nullable(&self) -> bool {
        self.bound.nullable
    }

    /// The names of the plan's functions that may fail for a row, each once.
    pub(super) fn fallible_calls(&self) -> BTreeSet<String> {
        self.bound.fallible_calls()
    }

    /// Whether it may fail for a row.
    pub(super) fn is_fallible(&self) -> bool {
        self.bound.fallible
    }

    /// The source columns it reads.
    pub(super) fn columns(&self) -> &ColumnSet {
        &self.bound.columns
    }

    /// Whether it reads no column, so that it has one value for all rows of a table.
    pub(super) fn is_constant(&self) -> bool {
        self.bound.is_constant()
    }

    /// Whether it is a condition that is false or NULL for every row.
    pub(super) fn is_never_true(&self) -> bool {
        match &self.logical {
            Expr::Literal(value, _) => value.is_null() || *value == ScalarValue::Boolean(Some(false)),
            _ => false,
        }
    }

    /// The text of a constant; outer none if it is none, inner none if it is NULL.
    pub(super) fn constant_text(&self) -> Option<Option<String>> {
        match &self.logical {
            Expr::Literal(ScalarValue::Binary(Some(bytes)), _) => Some(Some(String::from_utf8_lossy(bytes).into_owned())),
            Expr::Literal(value, _) if value.is_null() => Some(None),
            _ => None,
        }
    }

    /// What DataFusion plans for it.
    pub(super) fn logical(&self) -> &Expr {
        &self.logical
    }

    /// The type of a target column that holds its values.
    pub(super) fn output_type(&self) -> ColumnType {
        self.bound.output_type()
    }

    /// Compiles it for batches of `schema`.
    pub(super) fn compile(&self, schema: &SchemaRef) -> Result<Compiled, MappingError> {
        Compiled::new(&self.logical, schema)
    }
}

/// An expression ready to run.
#[derive(Debug, Clone)]
pub(super) struct Compiled {
    expression: CompiledExpr,
    data_type: DataType,
}

/// The values of an expression and the rows that have none.
#[derive(Debug)]
pub(super) struct Values {
    /// As many rows as were asked for; NULL where a row failed.
    pub(super) array: ArrayRef,
    /// The failed rows in ascending order.
    pub(super) failures: Vec<(u32, RowError)>,
}

impl Compiled {
    /// Compiles a plan's expression for batches of `schema`.
    pub(super) fn new(logical: &Expr, schema: &SchemaRef) -> Result<Self, MappingError> {
        let expression = CompiledExpr::new(logical, schema)?;
        let data_type = expression.physical().data_type(schema)?;
        Ok(Self { expression, data_type })
    }

    /// The Arrow type of its values.
    pub(super) fn data_type(&self) -> &DataType {
        &self.data_type
    }

    /// The values for all rows. If rows fail, halves the batch until each of them stands alone.
    pub(super) fn evaluate(&self, batch: &RecordBatch) -> Result<Values, MappingError> {
        match self.expression.evaluate_array(batch) {
            Ok(array) => Ok(Values { array, failures: Vec::new() }),
            Err(error) => self.evaluate_halves(batch, error),
        }
    }

    /// The values for all rows; none if any row fails.
    pub(super) fn try_evaluate(&self, batch: &RecordBatch) -> Option<ArrayRef> {
        self.expression.evaluate_array(batch).ok()
    }

    /// The values for some rows, each at its own row number. Other rows hold anything, and none of them fails.
    pub(super) fn evaluate_rows(&self, batch: &RecordBatch, rows: &[u32]) -> Result<Values, MappingError> {
        let count = batch.num_rows();
        if rows.is_empty() {
            return Ok(Values { array: new_null_array(&self.data_type, count), failures: Vec::new() });
        }
        if rows.len() >= count / 4
            && let Some(array) = self.try_evaluate(batch)
        {
            return Ok(Values { array, failures: Vec::new() });
        }
        let mut values = self.evaluate(&gather(batch, rows)?)?;
        let mut position = vec![None; count];
        for (index, &row) in (0u32..).zip(rows) {
            position[row as usize] = Some(index);
        }
        values.array = take(&values.array, &UInt32Array::from(position), None)?;
        for (row, _) in &mut values.failures {
            *row = rows[*row as usize];
        }
        Ok(values)
    }

    fn evaluate_halves(&self, batch: &RecordBatch, error: RowError) -> Result<Values, MappingError> {
        let rows = batch.num_rows();
        if rows <= 1 {
            return Ok(Values { array: new_null_array(&self.data_type, rows), failures: vec![(0, error)] });
        }
        let middle = rows / 2;
        let mut left = self.evaluate(&batch.slice(0, middle))?;
        let right = self.evaluate(&batch.slice(middle, rows - middle))?;
        left.failures.extend(right.failures.into_iter().map(|(row, error)| (row + middle as u32, error)));
        left.array = concat(&[&left.array, &right.array])?;
        Ok(left)
    }
}

/// The rows of a batch, in the order given.
pub(super) fn gather(batch: &RecordBatch, rows: &[u32]) -> Result<RecordBatch, MappingError> {
    let indices = UInt32Array::from(rows.to_vec());
    let columns = batch.columns().iter().map(|column| take(column, &indices, None)).collect::<Result<Vec<_>, _>>()?;
    let options = RecordBatchOptions::new().with_row_count(Some(rows.len()));
    Ok(RecordBatch::try_new_with_options(batch.schema(), columns, &options)?)
}
