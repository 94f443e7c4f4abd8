//! A bound expression: its type, what it reads, and the physical expression that evaluates it.

use std::collections::BTreeSet;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, BooleanArray};
use arrow::datatypes::{DataType, SchemaRef};
use arrow::record_batch::RecordBatch;
use datafusion::common::{DFSchema, DataFusionError, Result as DataFusionResult};
use datafusion::logical_expr::execution_props::ExecutionProps;
use datafusion::logical_expr::physical_planning_context::PhysicalPlanningContext;
use datafusion::logical_expr::{ColumnarValue, Expr};
use datafusion::physical_expr::{PhysicalExpr, create_physical_expr};

use super::bind::Binder;
use super::function::fallible_calls;
use super::output;
use super::row_error::RowError;
use super::scope::Scope;
use super::sql_type::SqlType;
use super::typed::Typed;
use crate::change::ColumnSet;
use crate::schema::ColumnType;

/// Types an expression against the columns of a table; all its problems at once.
pub fn bind(expr: &dsl::Expr, scope: &Scope) -> Result<BoundExpr, Vec<dsl::Diagnostic>> {
    let mut binder = Binder::new(scope);
    match binder.bind(expr) {
        Ok(typed) if binder.diagnostics.is_empty() => Ok(BoundExpr::new(typed)),
        _ => Err(binder.diagnostics),
    }
}

/// An expression bound to the columns of one table.
#[derive(Debug, Clone)]
pub struct BoundExpr {
    /// Its type.
    pub ty: SqlType,
    /// Whether it may be NULL.
    pub nullable: bool,
    /// Whether a row may fail.
    pub fallible: bool,
    /// The columns that it reads, as indices into the table's definition.
    pub columns: ColumnSet,
    typed: Typed,
}

impl BoundExpr {
    fn new(typed: Typed) -> Self {
        let (ty, columns) = (SqlType(typed.kind.clone()), typed.columns.clone());
        Self { ty, nullable: typed.nullable, fallible: typed.fallible, columns, typed }
    }

    /// Whether it is a column as it stands: its values pass through unchanged.
    pub fn is_column(&self) -> bool {
        self.typed.column.is_some()
    }

    /// Whether it reads no column.
    pub fn is_constant(&self) -> bool {
        self.typed.constant
    }

    /// The names of the plan's functions that may fail for a row, each once.
    pub fn fallible_calls(&self) -> BTreeSet<String> {
        fallible_calls(&self.typed.as_native())
    }

    /// The DataFusion expression of its value in the form of [`Self::output_type`].
    pub fn logical(&self) -> Expr {
        output::lower(&self.typed)
    }

    /// The type that a column needs to hold its values; arrays of [`Self::logical`] are in that type's form of [`crate::columnar`].
    pub fn output_type(&self) -> ColumnType {
        output::column_type(&self.typed)
    }

    /// The DataFusion expression of its truth: a Boolean, NULL where MySQL has NULL.
    pub fn logical_condition(&self) -> Expr {
        self.typed.as_bool()
    }

    /// The DataFusion expression of its text in utf8mb4, as a route needs it: Binary that is UTF-8.
    pub fn logical_text(&self) -> Expr {
        output::utf8(&self.typed)
    }
}

/// A physical expression over batches of one Arrow schema.
#[derive(Debug, Clone)]
pub struct CompiledExpr(Arc<dyn PhysicalExpr>);

impl CompiledExpr {
    /// Compiles one of [`BoundExpr`]'s logical expressions for batches whose fields carry the source columns' names.
    ///
    /// # Errors
    /// Where the schema lacks a column that the expression reads.
    pub fn new(logical: &Expr, schema: &SchemaRef) -> DataFusionResult<Self> {
        let schema = DFSchema::try_from(Arc::clone(schema))?;
        let props = ExecutionProps::new();
        create_physical_expr(logical, &schema, &props, &PhysicalPlanningContext::default()).map(Self)
    }

    /// The physical expression, to put into a plan.
    pub fn physical(&self) -> &Arc<dyn PhysicalExpr> {
        &self.0
    }

    /// Evaluates a batch. A constant stays one.
    ///
    /// # Errors
    /// A [`RowError`] says that some row of the batch has no value; a smaller batch may have.
    pub fn evaluate(&self, batch: &RecordBatch) -> Result<ColumnarValue, RowError> {
        self.0.evaluate(batch).map_err(row_error)
    }

    /// Evaluates a batch into an array with a value for each row.
    ///
    /// # Errors
    /// See [`Self::evaluate`].
    pub fn evaluate_array(&self, batch: &RecordBatch) -> Result<ArrayRef, RowError> {
        self.evaluate(batch)?.into_array(batch.num_rows()).map_err(row_error)
    }

    /// Evaluates a condition: NULL counts as false.
    ///
    /// # Errors
    /// See [`Self::evaluate`].
    pub fn evaluate_condition(&self, batch: &RecordBatch) -> Result<BooleanArray, RowError> {
        let array = self.evaluate_array(batch)?;
        if array.data_type() != &DataType::Boolean {
            return Err(RowError::conversion("the expression is no condition"));
        }
        let condition = array.as_boolean();
        Ok(if condition.null_count() == 0 { condition.clone() } else { arrow::compute::prep_null_mask_filter(condition) })
    }
}

/// The row error inside DataFusion's wrappings.
fn row_error(error: DataFusionError) -> RowError {
    match error.find_root() {
        DataFusionError::External(inner) => match inner.downcast_ref::<RowError>() {
            Some(row_error) => row_error.clone(),
            None => RowError::conversion(inner.to_string()),
        },
        other => RowError::conversion(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use arrow::array::{Int64Array, StringArray};
    use arrow::compute::cast;
    use arrow::datatypes::{Field, Schema};

    use super::*;
    use crate::schema::{Column, IntegerWidth, TableName, TableSchema};

    fn task_batch() -> Scope {
        let qyid = Column {
            name: "qyid".into(),
            ty: ColumnType::Integer { width: IntegerWidth::Big, unsigned: false },
            nullable: false,
            default: None,
            generated: false,
        };
        let name = TableName::new("fintax_task", "task_batch");
        let table = TableSchema { name, columns: vec![qyid], primary_key: vec![0], unique_keys: vec![] };
        Scope::of_table(&table, None)
    }

    fn evaluate(text: &str, values: Vec<i64>) -> Vec<String> {
        let expr = dsl::parse_expression(text).expect("the text is an expression");
        let bound = bind(&expr, &task_batch()).expect("it binds");
        let schema = Arc::new(Schema::new(vec![Field::new("qyid", DataType::Int64, false)]));
        let compiled = CompiledExpr::new(&bound.logical_text(), &schema).expect("it compiles");
        let batch = RecordBatch::try_new(schema, vec![Arc::new(Int64Array::from(values))]).expect("the batch is sound");
        let array = cast(&compiled.evaluate_array(&batch).expect("no row fails"), &DataType::Utf8).expect("texts are UTF-8");
        let array: &StringArray = array.as_string();
        array.iter().map(|value| value.unwrap_or("NULL").to_owned()).collect()
    }

    #[test]
    fn the_routes_of_a_tax_payer_are_computed_as_mysql_does() {
        let ids = vec![0, 1 << 22, 3 << 22, -1];
        assert_eq!(
            evaluate("concat(schema, '_', (qyid >> 22) % 2)", ids.clone()),
            ["fintax_task_0", "fintax_task_1", "fintax_task_1", "fintax_task_1"]
        );
        assert_eq!(
            evaluate("concat(table, '_', ((qyid >> 22) >> 1) % 16)", ids),
            ["task_batch_0", "task_batch_0", "task_batch_1", "task_batch_15"]
        );
    }

    #[test]
    fn a_condition_selects_rows() {
        let expr = dsl::parse_expression("(qyid >> 22) % 2 = 0").expect("the text is an expression");
        let bound = bind(&expr, &task_batch()).expect("it binds");
        let schema = Arc::new(Schema::new(vec![Field::new("qyid", DataType::Int64, false)]));
        let compiled = CompiledExpr::new(&bound.logical_condition(), &schema).expect("it compiles");
        let batch = RecordBatch::try_new(schema, vec![Arc::new(Int64Array::from(vec![0, 1 << 22, 2 << 22]))]).expect("the batch is sound");
        let condition = compiled.evaluate_condition(&batch).expect("no row fails");
        assert_eq!(condition.iter().collect::<Vec<_>>(), [Some(true), Some(false), Some(true)]);
    }

    #[test]
    fn an_overflow_is_an_error_of_its_row() {
        let expr = dsl::parse_expression("qyid + 1").expect("the text is an expression");
        let bound = bind(&expr, &task_batch()).expect("it binds");
        assert!(bound.fallible);
        let schema = Arc::new(Schema::new(vec![Field::new("qyid", DataType::Int64, false)]));
        let compiled = CompiledExpr::new(&bound.logical(), &schema).expect("it compiles");
        let batch = RecordBatch::try_new(schema, vec![Arc::new(Int64Array::from(vec![i64::MAX]))]).expect("the batch is sound");
        let error = compiled.evaluate(&batch).expect_err("MySQL refuses it with error 1690");
        assert_eq!(error.kind.word(), "overflow");
    }
}
