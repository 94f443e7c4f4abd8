//! What `WHERE` and the route's integers have in common, computed once a batch.
//!
//! Rules ask the same thing twice: `WHERE (qyid >> 22) % 2 = 0 ROUTE TO concat(schema, '_', (qyid >> 22) % 2)`.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, RecordBatch, RecordBatchOptions},
    datatypes::{Field, Schema, SchemaRef},
};
use datafusion::{
    common::{
        Column, DataFusionError, HashMap,
        tree_node::{Transformed, TreeNode, TreeNodeRecursion},
    },
    logical_expr::Expr,
};

use super::{MappingError, formula::Compiled};

/// The most subexpressions that are shared.
const SHARED_MOST: usize = 8;
/// How the names of their columns start.
const PREFIX: &str = "__shared_";

/// Subexpressions that become columns of a batch, each after those it uses.
#[derive(Debug)]
pub(super) struct Shared {
    columns: Vec<Compiled>,
    /// The batch's schema before any of them, after the first, after the second…
    schemas: Vec<SchemaRef>,
}

impl Shared {
    /// Takes out what the expressions have in common: they then read it from columns of [`Shared::schema`]. None where they
    /// have nothing in common.
    pub(super) fn take_out(expressions: &mut [&mut Expr], input: &SchemaRef) -> Result<Option<Self>, MappingError> {
        let mut definitions: Vec<(String, Expr)> = Vec::new();
        if input.fields().iter().any(|field| field.name().starts_with(PREFIX)) {
            return Ok(None);
        }
        while definitions.len() < SHARED_MOST {
            let all = expressions.iter().map(|expression| &**expression).chain(definitions.iter().map(|(_, definition)| definition));
            let Some(common) = largest_common(all)? else { break };
            let name = format!("{PREFIX}{}", definitions.len());
            for expression in
                expressions.iter_mut().map(|expression| &mut **expression).chain(definitions.iter_mut().map(|(_, definition)| definition))
            {
                let replaced = expression.clone().transform_down(|node| {
                    Ok(if node == common { Transformed::new(column(&name), true, TreeNodeRecursion::Jump) } else { Transformed::no(node) })
                })?;
                *expression = replaced.data;
            }
            definitions.push((name, common));
        }
        if definitions.is_empty() {
            return Ok(None);
        }
        let (mut columns, mut schemas) = (Vec::new(), vec![Arc::clone(input)]);
        // What was found later is smaller: the earlier ones use it.
        for (name, definition) in definitions.iter().rev() {
            let schema = &schemas[columns.len()];
            let compiled = Compiled::new(definition, schema)?;
            let field = Arc::new(Field::new(name, compiled.data_type().clone(), true));
            let fields: Vec<_> = schema.fields().iter().cloned().chain([field]).collect();
            schemas.push(Arc::new(Schema::new(fields)));
            columns.push(compiled);
        }
        Ok(Some(Self { columns, schemas }))
    }

    /// The schema of a batch with all of them.
    pub(super) fn schema(&self) -> &SchemaRef {
        &self.schemas[self.columns.len()]
    }

    /// The batch with all of them; none where one of them fails for some row, be it one that nobody asks for.
    pub(super) fn extend(&self, input: &RecordBatch) -> Option<RecordBatch> {
        let options = RecordBatchOptions::new().with_row_count(Some(input.num_rows()));
        let mut batch = input.clone();
        for (compiled, schema) in self.columns.iter().zip(self.schemas.iter().skip(1)) {
            let mut columns: Vec<ArrayRef> = batch.columns().to_vec();
            columns.push(compiled.try_evaluate(&batch)?);
            batch = RecordBatch::try_new_with_options(Arc::clone(schema), columns, &options).ok()?;
        }
        Some(batch)
    }
}

/// The largest call that occurs twice.
fn largest_common<'e>(expressions: impl Iterator<Item = &'e Expr>) -> Result<Option<Expr>, DataFusionError> {
    let mut seen: HashMap<&Expr, usize> = HashMap::new();
    let mut largest: Option<(usize, &Expr)> = None;
    for expression in expressions {
        expression.apply(|node| {
            if matches!(node, Expr::ScalarFunction(_)) && !node.column_refs().is_empty() {
                let times = seen.entry(node).or_default();
                *times += 1;
                let size = size(node)?;
                if *times == 2 && largest.is_none_or(|(other, _)| size > other) {
                    largest = Some((size, node));
                }
            }
            Ok(TreeNodeRecursion::Continue)
        })?;
    }
    Ok(largest.map(|(_, node)| node.clone()))
}

fn size(expression: &Expr) -> Result<usize, DataFusionError> {
    let mut size = 0;
    expression.apply(|_| {
        size += 1;
        Ok(TreeNodeRecursion::Continue)
    })?;
    Ok(size)
}

fn column(name: &str) -> Expr {
    Expr::Column(Column::from_name(name))
}
