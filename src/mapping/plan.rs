//! A mapping as a DataFusion plan: filter and projection over its source table.
//!
//! What `explain` shows and what runs a mapping over a whole table. Routing a batch evaluates the same expressions.

use std::sync::Arc;

use arrow::datatypes::{Field, Schema, SchemaRef};
use datafusion::{
    common::Column,
    logical_expr::{Expr, LogicalPlan, LogicalPlanBuilder, TableSource, builder::LogicalTableSource},
    prelude::lit,
};

use super::{MappingError, bind::BoundMapping, plan_text::plan_text};
use crate::{columnar::arrow_type, schema::TableSchema};

/// The expressions of a mapping's plan.
#[derive(Debug, Clone)]
pub struct MappingPlan {
    table: String,
    schema: SchemaRef,
    filter: Option<Expr>,
    output: Vec<Expr>,
}

impl MappingPlan {
    /// The names of the columns that say where a row goes; they stand before the target columns.
    pub const PLACE_COLUMNS: [&'static str; 3] = ["__server", "__schema", "__table"];

    pub(super) fn new(bound: &BoundMapping) -> Self {
        let source = &bound.layout.source;
        let text = |text: &str| lit(text.as_bytes().to_vec());
        let route = bound.route.as_ref();
        let part =
            |part: Option<&super::formula::Formula>, default: &str| part.map_or_else(|| text(default), |part| part.logical().clone());
        let server = part(route.and_then(|route| route.server.as_ref()), &bound.default_server);
        let schema = part(route.map(|route| &route.schema), &source.name.schema);
        let table = part(route.and_then(|route| route.table.as_ref()), &source.name.table);
        let places = [server, schema, table].into_iter().zip(Self::PLACE_COLUMNS).map(|(part, name)| part.alias(name));
        let columns = bound.layout.columns.iter().zip(&bound.items).map(|(column, item)| {
            let value = match (item, column.source) {
                (Some(formula), _) => formula.logical().clone(),
                (None, Some(index)) => Expr::Column(Column::from_name(&source.columns[index].name)),
                (None, None) => lit(datafusion::scalar::ScalarValue::Null),
            };
            value.alias(&column.name)
        });
        Self {
            table: source.name.to_string(),
            schema: table_schema(source),
            filter: bound.filter.as_ref().map(|filter| filter.logical().clone()),
            output: places.chain(columns).collect(),
        }
    }

    /// What gives a target column its value.
    pub(super) fn value(&self, column: usize) -> &Expr {
        match &self.output[Self::PLACE_COLUMNS.len() + column] {
            Expr::Alias(alias) => &alias.expr,
            value => value,
        }
    }

    /// The columns of the source table in columnar form, as the plan scans them.
    pub fn source_schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// The plan over a table named as the source, for display.
    ///
    /// # Errors
    /// When DataFusion refuses it: a defect.
    pub fn logical_plan(&self) -> Result<LogicalPlan, MappingError> {
        self.over(Arc::new(LogicalTableSource::new(Arc::clone(&self.schema))))
    }

    /// The plan over any table that holds the source's columns in columnar form.
    ///
    /// # Errors
    /// When DataFusion refuses it: a defect.
    pub fn over(&self, table: Arc<dyn TableSource>) -> Result<LogicalPlan, MappingError> {
        let scan = LogicalPlanBuilder::scan(self.table.replace('.', "_"), table, None)?;
        let filtered = match &self.filter {
            Some(filter) => scan.filter(filter.clone())?,
            None => scan,
        };
        Ok(filtered.project(self.output.clone())?.build()?)
    }

    /// The plan for people, one operator a line and the expressions of each under it.
    ///
    /// # Errors
    /// As [`MappingPlan::logical_plan`].
    pub fn explain(&self) -> Result<String, MappingError> {
        Ok(plan_text(&self.logical_plan()?))
    }
}

fn table_schema(table: &TableSchema) -> SchemaRef {
    let fields = table.columns.iter().map(|column| Field::new(&column.name, arrow_type(&column.ty), true));
    Arc::new(Schema::new(fields.collect::<Vec<_>>()))
}
