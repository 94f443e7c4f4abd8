//! The mappings of a pipeline at work: binds them to each table definition that comes along, and routes its batches.

use std::{collections::HashMap, sync::Arc};

use arrow::array::ArrayRef;

use super::{
    CompiledMapping, FileDiagnostic, MappingError, MappingSet, Places, Policies, Servers, TargetLayout, Transition,
    bind::bind,
    gaps::{Gaps, target_presence},
    image_state::ImageStates,
    known_routes::KnownRoutes,
    pairing::transitions,
};
use crate::{
    change::{ColumnSet, ImageBatch, Presence},
    schema::{TableName, TableSchema},
};

/// What the routed rows are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Purpose {
    /// Where rows go: columns that are only passed on are not read.
    Place,
    /// The rows themselves.
    Rows,
}

/// Routes batches through the mappings that read their table.
#[derive(Debug)]
pub struct Router {
    set: MappingSet,
    policies: Policies,
    servers: Servers,
    purpose: Purpose,
    tables: HashMap<TableName, Vec<BoundTable>>,
    places: Places,
}

/// What one mapping makes of one batch.
#[derive(Debug, Clone)]
pub struct RoutedBatch {
    /// The mapping.
    pub mapping: Arc<CompiledMapping>,
    /// One array for each column of [`RoutedBatch::layout`], in the type of [`crate::columnar::arrow_type`], with the
    /// row numbers of the image batch; none where the router's purpose does not need it. Rows that no transition names
    /// hold anything.
    pub columns: Vec<Option<ArrayRef>>,
    /// Which target cells the images carry, by target column.
    pub presence: Presence,
    /// One transition for each change of the image batch, in the same order.
    pub transitions: Vec<Transition>,
}

impl RoutedBatch {
    /// What the target rows hold.
    pub fn layout(&self) -> &Arc<TargetLayout> {
        self.mapping.layout()
    }
}

/// The mappings that read a table, compiled for one of its definitions.
#[derive(Debug)]
struct BoundTable {
    schema: Arc<TableSchema>,
    mappings: Vec<BoundHere>,
    columns_read: ColumnSet,
}

#[derive(Debug)]
struct BoundHere {
    mapping: Arc<CompiledMapping>,
    known: KnownRoutes,
}

impl Router {
    /// The most definitions of one table that stay compiled; an older one is compiled again when it comes back.
    pub const VERSIONS_MOST: usize = 4;

    /// Nothing is bound yet; `policies` hold where a mapping says nothing else.
    pub fn new(set: MappingSet, policies: Policies, servers: Servers, purpose: Purpose) -> Self {
        Self { set, policies, servers, purpose, tables: HashMap::new(), places: Places::default() }
    }

    /// The mappings.
    pub fn set(&self) -> &MappingSet {
        &self.set
    }

    /// The places that routes have named so far.
    pub fn places(&self) -> &Places {
        &self.places
    }

    /// Whether any mapping reads the table.
    pub fn reads(&self, table: &TableName) -> bool {
        self.set.reads(table)
    }

    /// The mappings that read the table, compiled for this definition, in file order.
    ///
    /// # Errors
    /// [`MappingError::Refused`] when a mapping does not fit the definition.
    pub fn mappings(&mut self, schema: &Arc<TableSchema>) -> Result<impl Iterator<Item = &Arc<CompiledMapping>>, MappingError> {
        Ok(self.bound(schema)?.0.mappings.iter().map(|bound| &bound.mapping))
    }

    /// The columns of the table that must be decoded before [`Router::route`] is asked.
    ///
    /// # Errors
    /// As [`Router::mappings`].
    pub fn columns_read(&mut self, schema: &Arc<TableSchema>) -> Result<ColumnSet, MappingError> {
        Ok(self.bound(schema)?.0.columns_read.clone())
    }

    /// What each mapping that reads the table makes of the batch, in file order.
    ///
    /// # Errors
    /// [`MappingError::Refused`] as above; [`MappingError::TooManyPlaces`]. A row that fails is no error but a
    /// transition.
    pub fn route(&mut self, batch: &ImageBatch) -> Result<Vec<RoutedBatch>, MappingError> {
        let (table, places) = self.bound(&batch.schema)?;
        table.mappings.iter_mut().map(|bound| bound.route(batch, places)).collect()
    }

    fn bound(&mut self, schema: &Arc<TableSchema>) -> Result<(&mut BoundTable, &mut Places), MappingError> {
        if !self.tables.contains_key(&schema.name) {
            self.tables.insert(schema.name.clone(), Vec::new());
        }
        let versions = self.tables.get_mut(&schema.name).expect("it was put in if it was not there");
        let known = versions.iter().position(|table| Arc::ptr_eq(&table.schema, schema) || table.schema == *schema);
        let index = match known {
            Some(index) => index,
            None => {
                let table = BoundTable::new(schema, &self.set, &self.policies, &self.servers, self.purpose)?;
                if versions.len() >= Self::VERSIONS_MOST {
                    versions.remove(0);
                }
                versions.push(table);
                versions.len() - 1
            }
        };
        Ok((&mut versions[index], &mut self.places))
    }
}

impl BoundTable {
    fn new(
        schema: &Arc<TableSchema>,
        set: &MappingSet,
        policies: &Policies,
        servers: &Servers,
        purpose: Purpose,
    ) -> Result<Self, MappingError> {
        let mut mappings = Vec::new();
        let mut refusals = Vec::new();
        for declared in set.declared().iter().filter(|declared| declared.source.contains(&schema.name)) {
            let (bound, diagnostics) = bind(declared, schema, policies, servers);
            match bound {
                Some(bound) => {
                    let mapping = Arc::new(CompiledMapping::new(&bound, servers, purpose)?);
                    mappings.push(BoundHere { mapping, known: KnownRoutes::default() });
                }
                None => refusals.extend(diagnostics.into_iter().map(|diagnostic| FileDiagnostic { file: declared.file, diagnostic })),
            }
        }
        if !refusals.is_empty() {
            return Err(MappingError::Refused { table: schema.name.clone(), diagnostics: refusals });
        }
        let columns_read = mappings.iter().fold(ColumnSet::default(), |set, bound| set.union(bound.mapping.columns_read()));
        Ok(Self { schema: Arc::clone(schema), mappings, columns_read })
    }
}

impl BoundHere {
    fn route(&mut self, batch: &ImageBatch, places: &mut Places) -> Result<RoutedBatch, MappingError> {
        let mapping = &*self.mapping;
        let input = mapping.input(batch)?;
        let gaps = Gaps::new(mapping, &batch.presence);
        let images = ImageStates::evaluate(mapping, batch, input, &gaps, &mut self.known, places)?;
        let mut columns: Vec<Option<ArrayRef>> = Vec::with_capacity(mapping.layout().columns.len());
        columns.extend(mapping.layout().columns.iter().map(|column| batch.columns.get(column.source?)?.clone()));
        for (item, array) in mapping.items.iter().zip(&images.items) {
            columns[item.column] = Some(Arc::clone(array));
        }
        let transitions = transitions(mapping, batch, &gaps, &images, &columns)?;
        let presence = target_presence(mapping, &batch.presence);
        Ok(RoutedBatch { mapping: Arc::clone(&self.mapping), columns, presence, transitions })
    }
}
