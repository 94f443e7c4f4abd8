//! A table of a capture as DataFusion sees it: its columns, and a scan that reads only what is asked.

use std::{fmt, pin::Pin, sync::Arc};

use arrow::datatypes::SchemaRef;
use datafusion::{
    catalog::{Session, TableProvider},
    datasource::TableType,
    error::Result,
    execution::{SendableRecordBatchStream, TaskContext},
    logical_expr::{Expr, Operator, TableProviderFilterPushDown, utils::split_conjunction},
    physical_plan::{
        ExecutionPlan,
        stream::RecordBatchReceiverStream,
        streaming::{PartitionStream, StreamingTableExec},
    },
    scalar::ScalarValue,
};

use super::{
    CaptureSource,
    layout::ImageLayout,
    origin::Origin,
    refusal::from_capture,
    scan::{Restriction, Scan, Shape},
};

/// `changes`, or a table of row images.
#[derive(Debug)]
pub(super) struct CaptureTable {
    source: CaptureSource,
    shape: Shape,
    schema: SchemaRef,
}

/// Batches that may wait for the operators while the scan reads on.
const WAITING_BATCHES: usize = 2;

impl CaptureTable {
    /// The table of all changes.
    pub(super) fn changes(source: CaptureSource) -> Self {
        let fields: Vec<_> = Origin::OF_CHANGES.iter().map(|origin| origin.field(origin.name())).collect();
        Self { source, shape: Shape::Changes, schema: Arc::new(arrow::datatypes::Schema::new(fields)) }
    }

    /// The table of the row images of one table.
    pub(super) fn images(source: CaptureSource, layout: Arc<ImageLayout>) -> Self {
        let schema = Arc::clone(&layout.schema);
        Self { source, shape: Shape::Images(layout), schema }
    }

    fn plan(&self, projection: Option<&Vec<usize>>, filters: &[Expr], limit: Option<usize>) -> Result<Arc<dyn ExecutionPlan>> {
        let columns: Vec<usize> = projection.cloned().unwrap_or_else(|| (0..self.schema.fields().len()).collect());
        let schema = Arc::new(self.schema.project(&columns)?);
        // Lines are numbered over all tables, so that a line's number does not depend on the question.
        let numbers_lines = columns.iter().any(|&column| self.schema.field(column).name() == Origin::Line.name());
        let only = match self.shape {
            Shape::Changes if !numbers_lines => filters.iter().flat_map(split_conjunction).fold(Restriction::default(), restrict),
            Shape::Changes | Shape::Images(_) => Restriction::default(),
        };
        let scan = Scan::new(self.source.clone(), self.shape.clone(), columns, Arc::clone(&schema), only);
        let stream: Arc<dyn PartitionStream> = Arc::new(ScanStream { scan: Arc::new(scan), schema: Arc::clone(&schema) });
        Ok(Arc::new(StreamingTableExec::try_new(schema, vec![stream], None, [], false, limit)?))
    }
}

/// What the trait's `async fn` stands for.
type Planned<'f> = Pin<Box<dyn Future<Output = Result<Arc<dyn ExecutionPlan>>> + Send + 'f>>;

impl TableProvider for CaptureTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn scan<'a, 's, 'p, 'e, 'f>(
        &'a self,
        _: &'s dyn Session,
        projection: Option<&'p Vec<usize>>,
        filters: &'e [Expr],
        limit: Option<usize>,
    ) -> Planned<'f>
    where
        'a: 'f,
        's: 'f,
        'p: 'f,
        'e: 'f,
        Self: 'f,
    {
        Box::pin(async move { self.plan(projection, filters, limit) })
    }

    /// `changes` skips the tables that a condition on their names rules out; DataFusion checks the rows all the same.
    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        let support = |filter: &&Expr| match (&self.shape, equality(filter)) {
            (Shape::Changes, Some(_)) => TableProviderFilterPushDown::Inexact,
            (Shape::Changes | Shape::Images(_), _) => TableProviderFilterPushDown::Unsupported,
        };
        Ok(filters.iter().map(support).collect())
    }
}

fn restrict(mut only: Restriction, filter: &Expr) -> Restriction {
    match equality(filter) {
        Some((Origin::Schema, name)) => only.schema = Some(name.to_owned()),
        Some((_, name)) => only.table = Some(name.to_owned()),
        None => {}
    }
    only
}

/// A condition `schema = 'x'` or `"table" = 'x'`.
fn equality(filter: &Expr) -> Option<(Origin, &str)> {
    let Expr::BinaryExpr(binary) = filter else { return None };
    let (Operator::Eq, Expr::Column(column), Expr::Literal(ScalarValue::Utf8(Some(name)), _)) =
        (binary.op, binary.left.as_ref(), binary.right.as_ref())
    else {
        return None;
    };
    let origin = [Origin::Schema, Origin::Table].into_iter().find(|origin| origin.name() == column.name())?;
    Some((origin, name))
}

/// The one partition of a table: a scan that begins anew whenever it is executed.
struct ScanStream {
    scan: Arc<Scan>,
    schema: SchemaRef,
}

impl fmt::Debug for ScanStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScanStream").field("schema", &self.schema).finish_non_exhaustive()
    }
}

impl PartitionStream for ScanStream {
    fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    fn execute(&self, _: Arc<TaskContext>) -> SendableRecordBatchStream {
        let mut stream = RecordBatchReceiverStream::builder(Arc::clone(&self.schema), WAITING_BATCHES);
        let batches = stream.tx();
        let scan = Arc::clone(&self.scan);
        stream.spawn_blocking(move || scan.run(|batch| batches.blocking_send(Ok(batch)).is_ok()).map_err(from_capture));
        stream.build()
    }
}
