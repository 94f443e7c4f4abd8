//! The tables of a capture, found by a first reading, and their place in a DataFusion session.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use datafusion::{
    catalog::{CatalogProvider, MemoryCatalogProvider, MemorySchemaProvider, SchemaProvider, TableProvider},
    prelude::SessionContext,
};

use super::{
    CaptureSource, QueryError,
    layout::ImageLayout,
    refusal::{Stage, refusal, written},
    table::CaptureTable,
};
use crate::{
    binlog::{BinlogError, Interest},
    change::ColumnSet,
    schema::{TableName, TableSchema},
};

/// The tables that questions about a capture may use: `changes`, and one for each table whose rows changed.
#[derive(Debug)]
pub struct CaptureTables {
    source: CaptureSource,
    layouts: Vec<Arc<ImageLayout>>,
    /// All tables whose rows changed, those without a layout too.
    met: BTreeSet<TableName>,
}

impl CaptureTables {
    /// The catalog that [`CaptureTables::register`] adds to a session.
    pub const CATALOG: &str = "capture";
    /// The schema of `changes`; a schema of the source that has this name shares it.
    pub const SCHEMA: &str = "rowgate";
    pub(super) const CHANGES: &str = "changes";

    /// Reads the capture once, without its values, for every table whose rows changed. One that nothing defines is left out.
    pub fn survey(source: CaptureSource) -> Result<Self, BinlogError> {
        Self::read(source, None)
    }

    /// The same for these tables alone, each of which must be defined; the others are passed over.
    pub fn survey_of(source: CaptureSource, tables: BTreeSet<TableName>) -> Result<Self, BinlogError> {
        Self::read(source, Some(tables))
    }

    /// `changes` alone; nothing is read.
    pub fn without_survey(source: CaptureSource) -> Self {
        Self { source, layouts: Vec::new(), met: BTreeSet::new() }
    }

    fn read(source: CaptureSource, only: Option<BTreeSet<TableName>>) -> Result<Self, BinlogError> {
        let mut reader = source.open(Survey { only, ..Survey::default() })?;
        while reader.next()?.is_some() {}
        let Survey { versions, met, .. } = std::mem::take(reader.interest_mut());
        let layouts = versions.into_iter().map(|(name, versions)| Arc::new(ImageLayout::new(name, &versions))).collect();
        Ok(Self { source, layouts, met })
    }

    /// Adds the tables to a session as `schema.table` of the catalog [`CaptureTables::CATALOG`], which it makes.
    pub fn register(&self, session: &SessionContext) -> Result<(), QueryError> {
        let catalog = MemoryCatalogProvider::new();
        let mut schemas: BTreeMap<&str, MemorySchemaProvider> = BTreeMap::new();
        let refuse = |error| refusal(&error, Stage::Planning);
        let changes: Arc<dyn TableProvider> = Arc::new(CaptureTable::changes(self.source.clone()));
        schemas.entry(Self::SCHEMA).or_default().register_table(Self::CHANGES.to_owned(), changes).map_err(refuse)?;
        for layout in &self.layouts {
            let schema = schemas.entry(&layout.name.schema).or_default();
            // Only a source's own table `rowgate.changes` is in the way.
            if !schema.table_exist(&layout.name.table) {
                let images: Arc<dyn TableProvider> = Arc::new(CaptureTable::images(self.source.clone(), Arc::clone(layout)));
                schema.register_table(layout.name.table.clone(), images).map_err(refuse)?;
            }
        }
        for (name, schema) in schemas {
            catalog.register_schema(name, Arc::new(schema)).map_err(refuse)?;
        }
        session.register_catalog(Self::CATALOG, Arc::new(catalog));
        Ok(())
    }

    /// All tables, as a question writes them.
    pub(super) fn names(&self) -> Vec<String> {
        let images = self.met.iter().map(|name| format!("{}.{}", written(&name.schema), written(&name.table)));
        std::iter::once(Self::CHANGES.to_owned()).chain(images).collect()
    }
}

/// Collects the definitions that rows have.
#[derive(Debug, Default)]
struct Survey {
    /// None: all tables.
    only: Option<BTreeSet<TableName>>,
    met: BTreeSet<TableName>,
    versions: BTreeMap<TableName, Vec<Arc<TableSchema>>>,
}

impl Interest for Survey {
    fn wants_table(&mut self, table: &TableName) -> bool {
        if !self.met.contains(table) {
            self.met.insert(table.clone());
        }
        self.only.as_ref().is_none_or(|only| only.contains(table))
    }

    fn columns(&mut self, schema: &Arc<TableSchema>) -> ColumnSet {
        let versions = self.versions.entry(schema.name.clone()).or_default();
        if !versions.iter().any(|known| known.columns == schema.columns) {
            versions.push(Arc::clone(schema));
        }
        ColumnSet::default()
    }

    fn needs_definition(&self, _: &TableName) -> bool {
        self.only.is_some()
    }
}
