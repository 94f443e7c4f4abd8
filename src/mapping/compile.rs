//! A bound mapping made ready to run: its plan, and the plan's expressions as DataFusion's physical ones.

use std::sync::Arc;

use arrow::{
    array::{RecordBatch, RecordBatchOptions},
    datatypes::{Field, Schema},
};

use super::{
    MappingError, Policies, Purpose, Servers, Side, TargetLayout,
    bind::BoundMapping,
    decisions::TwoWays,
    event::Events,
    formula::{Compiled, Formula},
    plan::MappingPlan,
    route::Route,
};
use crate::{
    change::{ColumnSet, ImageBatch},
    columnar::arrow_type,
};

/// A mapping compiled for one table definition. Evaluating it is pure (INV-3).
#[derive(Debug)]
pub struct CompiledMapping {
    name: Arc<str>,
    file: usize,
    policies: Policies,
    layout: Arc<TargetLayout>,
    fixed_place: FixedPlace,
    plan: MappingPlan,
    /// The source columns that expressions read, and their batches' schema.
    inputs: Vec<usize>,
    input_schema: Arc<Schema>,
    needs: Needs,
    pub(super) decisions: TwoWays,
    pub(super) events: Option<Events>,
    pub(super) route: Route,
    pub(super) items: Vec<Item>,
}

/// The parts of a target's name that are the same for all rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FixedPlace {
    /// The schema; none where it is computed.
    pub schema: Option<String>,
    /// The table; none where it is computed.
    pub table: Option<String>,
    /// The server; none where it is computed, or is the only one.
    pub server: Option<String>,
}

/// A computed target column.
#[derive(Debug)]
pub(super) struct Item {
    /// Its index in the layout.
    pub(super) column: usize,
    /// What computes it, in the form of its column's type.
    pub(super) value: Compiled,
    /// The source columns it reads.
    pub(super) reads: ColumnSet,
}

/// The source columns behind each decision.
#[derive(Debug)]
pub(super) struct Needs {
    /// What `WHERE` reads.
    pub(super) filter: ColumnSet,
    /// What `ROUTE TO` reads.
    pub(super) route: ColumnSet,
    /// What `WHEN` reads of the image before.
    pub(super) when_before: ColumnSet,
    /// What `WHEN` reads of the image after.
    pub(super) when_after: ColumnSet,
    /// What the values of the key depend on.
    pub(super) key: ColumnSet,
    /// All source columns to decode.
    pub(super) all: ColumnSet,
}

impl CompiledMapping {
    pub(super) fn new(bound: &BoundMapping, servers: &Servers, purpose: Purpose) -> Result<Self, MappingError> {
        let table = &bound.layout.source;
        let needs = Needs::of(bound, purpose);
        let inputs: Vec<usize> = read_by_expressions(bound).iter().collect();
        let field = |&index: &usize| Field::new(&table.columns[index].name, arrow_type(&table.columns[index].ty), true);
        let input_schema = Arc::new(Schema::new(inputs.iter().map(field).collect::<Vec<_>>()));
        let decisions = TwoWays::compile(bound, &input_schema)?;
        let events = bound.events.as_ref().map(|events| Events::compile(events, table)).transpose()?;
        let route = Route::compile(bound, servers, &input_schema)?;
        let mut items = Vec::new();
        for (column, formula) in bound.items.iter().enumerate() {
            let Some(formula) = formula else { continue };
            let value = formula.compile(&input_schema)?;
            items.push(Item { column, value, reads: formula.columns().clone() });
        }
        Ok(Self {
            name: bound.declared.name().into(),
            file: bound.declared.file,
            policies: bound.policies.clone(),
            layout: Arc::clone(&bound.layout),
            fixed_place: FixedPlace::of(bound),
            plan: MappingPlan::new(bound),
            inputs,
            input_schema,
            needs,
            decisions,
            events,
            route,
            items,
        })
    }

    /// The mapping's name.
    pub fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// Its file, as an index into [`super::MappingSet::files`].
    pub fn file(&self) -> usize {
        self.file
    }

    /// Its policies, over the pipeline's.
    pub fn policies(&self) -> &Policies {
        &self.policies
    }

    /// What its target rows hold.
    pub fn layout(&self) -> &Arc<TargetLayout> {
        &self.layout
    }

    /// What is known of its targets without a row.
    pub fn fixed_place(&self) -> &FixedPlace {
        &self.fixed_place
    }

    /// Whether it hears of some changes only: it is no view of its table then, and a row that it changes or removes may be absent in the
    /// target, one that it puts may be there.
    pub fn is_event_mapping(&self) -> bool {
        self.events.is_some()
    }

    /// The plan of the whole mapping over its source table.
    pub fn plan(&self) -> &MappingPlan {
        &self.plan
    }

    /// Whether columns of two mappings over one table are computed in the same way, so that they are equal in every row.
    pub fn computes_alike((one, column): (&Self, usize), (other, twin): (&Self, usize)) -> bool {
        one.layout.columns[column].ty == other.layout.columns[twin].ty && one.plan.value(column) == other.plan.value(twin)
    }

    /// The source columns that must be decoded.
    pub fn columns_read(&self) -> &ColumnSet {
        &self.needs.all
    }

    pub(super) fn needs(&self) -> &Needs {
        &self.needs
    }

    /// The columns that expressions read, of all images.
    pub(super) fn input(&self, batch: &ImageBatch) -> Result<RecordBatch, MappingError> {
        let column = |&index: &usize| {
            let array = batch.columns.get(index).and_then(Option::as_ref);
            let missing = || MappingError::ColumnNotDecoded {
                table: batch.schema.name.clone(),
                column: batch.schema.columns.get(index).map_or_else(String::new, |column| column.name.clone()),
            };
            array.cloned().ok_or_else(missing)
        };
        let columns = self.inputs.iter().map(column).collect::<Result<Vec<_>, _>>()?;
        let options = RecordBatchOptions::new().with_row_count(Some(batch.image_count));
        Ok(RecordBatch::try_new_with_options(Arc::clone(&self.input_schema), columns, &options)?)
    }
}

impl FixedPlace {
    fn of(bound: &BoundMapping) -> Self {
        let source = &bound.layout.source.name;
        let Some(route) = &bound.route else {
            return Self { schema: Some(source.schema.clone()), table: Some(source.table.clone()), server: None };
        };
        let fixed = |part: &Formula| part.constant_text().flatten();
        Self {
            schema: fixed(&route.schema),
            table: route.table.as_ref().map_or_else(|| Some(source.table.clone()), fixed),
            server: route.server.as_ref().and_then(fixed),
        }
    }
}

fn read_by_expressions(bound: &BoundMapping) -> ColumnSet {
    let route = bound.route.iter().flat_map(|route| route.parts().map(|(_, part)| part));
    let items = bound.items.iter().flatten();
    bound.filter.iter().chain(route).chain(items).fold(ColumnSet::default(), |set, formula| set.union(formula.columns()))
}

impl Needs {
    fn of(bound: &BoundMapping, purpose: Purpose) -> Self {
        let filter = bound.filter.as_ref().map_or_else(ColumnSet::default, |filter| filter.columns().clone());
        let parts = bound.route.iter().flat_map(|route| route.parts());
        let route = parts.fold(ColumnSet::default(), |set, (_, part)| set.union(part.columns()));
        let when = |side| bound.events.as_ref().map_or_else(ColumnSet::default, |events| events.reads(side));
        let (when_before, when_after) = (when(Side::Before), when(Side::After));
        let mut key = ColumnSet::default();
        for &column in &bound.layout.key {
            match (&bound.items[column], bound.layout.columns[column].source) {
                (Some(formula), _) => key = key.union(formula.columns()),
                (None, Some(source)) => key.insert(source),
                (None, None) => {}
            }
        }
        // Computed columns are evaluated even where only places are asked for: a row that fails has none.
        let mut all = read_by_expressions(bound).union(&key).union(&when_before).union(&when_after);
        if purpose == Purpose::Rows {
            all = bound.layout.columns.iter().filter_map(|column| column.source).fold(all, |mut set, source| {
                set.insert(source);
                set
            });
        }
        Self { filter, route, when_before, when_after, key, all }
    }
}
