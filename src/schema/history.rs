//! The definitions of all tables at one position, moved forward by each DDL statement.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::alteration::alter;
use super::ddl::{
    Action, AlterTable, CreateTable, Cursor, DdlError, KeyKind, Kind, Lexer, ObjectName, Statement, TableOptions, TableSource, Token,
    read_statement,
};
use super::definition::Definition;
use super::{Collation, DdlEffect, ForeignKey, StatementContext, TableName, TableSchema, resolve};

/// The tables of a source as they were at one position.
#[derive(Debug, Clone, Default)]
pub struct SchemaHistory {
    tables: BTreeMap<TableName, Definition>,
    /// The default collation of each schema that a statement told of.
    schemas: HashMap<String, Collation>,
}

impl SchemaHistory {
    /// Knows no table yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The table's definition at this position, if it is known.
    pub fn get(&self, table: &TableName) -> Option<Arc<TableSchema>> {
        self.tables.get(table).map(|definition| Arc::clone(&definition.schema))
    }

    /// All definitions, by name.
    pub fn tables(&self) -> impl Iterator<Item = &Arc<TableSchema>> {
        self.tables.values().map(|definition| &definition.schema)
    }

    /// The foreign keys of a table, in the order in which they were made; none where the table is not known.
    pub fn foreign_keys(&self, table: &TableName) -> &[ForeignKey] {
        self.tables.get(table).map_or(&[], |definition| &definition.foreign_keys)
    }

    /// Takes a definition that another source gave: row metadata, a server, a file. It replaces the one known so far, whose foreign
    /// keys stay.
    pub fn insert(&mut self, schema: &TableSchema) {
        let same = self.tables.get(&schema.name).is_some_and(|known| *known.schema == *schema);
        if !same {
            let collation = self.schemas.get(&schema.name.schema).copied().unwrap_or(Collation::UTF8MB4_GENERAL_CI);
            let known = self.tables.remove(&schema.name).map_or_else(Vec::new, |known| known.foreign_keys);
            self.tables.insert(schema.name.clone(), Definition { foreign_keys: known, ..Definition::from_schema(schema, collation) });
        }
    }

    /// Takes all that another history knows; its definitions replace those known so far.
    pub fn extend(&mut self, other: Self) {
        self.tables.extend(other.tables);
        self.schemas.extend(other.schemas);
    }

    /// Forgets a table, when its definition is no longer to be trusted.
    pub fn forget(&mut self, table: &TableName) {
        self.tables.remove(table);
    }

    /// The default collation of a schema, if a statement or a caller told of it.
    pub fn schema_collation(&self, schema: &str) -> Option<Collation> {
        self.schemas.get(schema).copied()
    }

    /// Tells the default collation of a schema.
    pub fn set_schema_collation(&mut self, schema: impl Into<String>, collation: Collation) {
        self.schemas.insert(schema.into(), collation);
    }

    /// Follows one statement. On an error nothing changed, and [`DdlError::table`] names the table whose definition is no
    /// longer certain, where the statement is about one.
    pub fn apply(&mut self, context: &StatementContext, sql: &str) -> Result<Vec<DdlEffect>, DdlError> {
        let mut lexer = Lexer::new(sql, context.server, context.sql_mode);
        let mut tokens = Vec::new();
        let mut ended = None;
        while let Some(token) = lexer.next_token()? {
            match (token.kind, &ended) {
                (Kind::Delimiter, _) => ended = ended.or(Some(tokens.len())),
                // The body of a routine goes on after its `;`, which ends no statement here.
                _ => tokens.push(token),
            }
        }
        let after_end = ended.filter(|&end| end < tokens.len());
        let statement = self.read(sql, &tokens, after_end, context)?;
        self.follow(&statement, context).map_err(|error| self.blame(error, &statement, context))
    }

    fn read(&self, sql: &str, tokens: &[Token<'_>], end: Option<usize>, context: &StatementContext) -> Result<Statement, DdlError> {
        let mut cursor = Cursor::new(sql, tokens[..end.unwrap_or(tokens.len())].to_vec(), context);
        let statement =
            read_statement(&mut cursor).map_err(|error| match cursor.subject().and_then(|name| table_name(&name, context).ok()) {
                Some(table) => error.of_table(table),
                None => error,
            })?;
        match end.and_then(|end| tokens.get(end)) {
            Some(token) if statement != Statement::NoEffect => {
                Err(DdlError::Unexpected { found: format!("`{}`", token.text), expected: "one statement", span: token.span.clone() })
            }
            _ => Ok(statement),
        }
    }

    /// Follows a statement that is read already.
    pub(super) fn follow(&mut self, statement: &Statement, context: &StatementContext) -> Result<Vec<DdlEffect>, DdlError> {
        match statement {
            Statement::CreateTable(create) => self.create_table(create, context),
            Statement::CreateSequence { name, if_not_exists } => self.create_sequence(name, *if_not_exists, context),
            Statement::AlterTable(statement) => self.alter_table(statement, context),
            Statement::DropTables { names, if_exists } => {
                names.iter().map(|name| Ok(self.remove(table_name(name, context)?, *if_exists))).collect()
            }
            Statement::RenameTables { pairs, if_exists } => self.rename_tables(pairs, *if_exists, context),
            Statement::Truncate(name) => Ok(vec![DdlEffect::Truncated(table_name(name, context)?)]),
            Statement::CreateIndex { table, key } => self.alter_with(table, Action::AddKey(key.clone()), context),
            Statement::DropIndex { table, name } => self.alter_with(table, Action::DropKey { name: name.clone() }, context),
            Statement::CreateSchema { name, or_replace, if_not_exists, options } => {
                self.create_schema(name, *or_replace, *if_not_exists, options, context)
            }
            Statement::AlterSchema { name, options } => {
                let Some(name) = name.as_ref().or(context.default_schema.as_ref()) else { return Ok(Vec::new()) };
                let collation = resolve::default_collation(options, self.collation_of(name, context), context)?;
                self.schemas.insert(name.clone(), collation);
                Ok(vec![DdlEffect::SchemaAltered(name.clone())])
            }
            Statement::DropSchema { name } => Ok(vec![self.drop_schema(name)]),
            Statement::ChangesRows { verb } => Ok(vec![DdlEffect::ChangedRows { verb: verb.clone() }]),
            Statement::Use(_) | Statement::NoEffect => Ok(Vec::new()),
        }
    }

    fn create_table(&mut self, create: &CreateTable, context: &StatementContext) -> Result<Vec<DdlEffect>, DdlError> {
        let name = table_name(&create.name, context)?;
        if create.if_not_exists && self.tables.contains_key(&name) {
            return Ok(Vec::new());
        }
        let definition = match &create.source {
            TableSource::Columns => Some(Definition::create(name.clone(), create, self.collation_of(&name.schema, context), context)?),
            TableSource::Like(source) => {
                let source = self.tables.get(&table_name(source, context)?);
                source.map(|source| Definition { foreign_keys: Vec::new(), ..source.renamed(name.clone(), context.server) })
            }
            TableSource::Select => None,
        };
        let mut effects = Vec::new();
        if create.or_replace {
            effects.push(self.remove(name.clone(), true));
        }
        effects.push(match definition {
            Some(definition) => self.keep(definition),
            None => {
                self.tables.remove(&name);
                DdlEffect::CreatedUnknown(name)
            }
        });
        Ok(effects)
    }

    fn keep(&mut self, definition: Definition) -> DdlEffect {
        let schema = Arc::clone(&definition.schema);
        self.tables.insert(definition.name.clone(), definition);
        DdlEffect::Created(schema)
    }

    fn create_sequence(&mut self, name: &ObjectName, if_not_exists: bool, context: &StatementContext) -> Result<Vec<DdlEffect>, DdlError> {
        let name = table_name(name, context)?;
        if if_not_exists && self.tables.contains_key(&name) {
            return Ok(Vec::new());
        }
        let collation = self.collation_of(&name.schema, context);
        Ok(vec![self.keep(Definition::sequence(name, collation))])
    }

    fn alter_table(&mut self, statement: &AlterTable, context: &StatementContext) -> Result<Vec<DdlEffect>, DdlError> {
        let name = table_name(&statement.name, context)?;
        let mut effects = Vec::new();
        for action in &statement.actions {
            match action {
                Action::ReplaceRows => effects.push(DdlEffect::Truncated(name.clone())),
                Action::ReplaceRowsOf(other) => effects.push(DdlEffect::Truncated(table_name(other, context)?)),
                _ => {}
            }
        }
        match self.tables.get(&name) {
            None if statement.if_exists && statement.actions.is_empty() => {}
            None => effects.push(DdlEffect::AlteredUnknown(name.clone())),
            Some(before) => {
                let after = alter(before, statement, context)?;
                let (before, after_schema) = (Arc::clone(&before.schema), Arc::clone(&after.schema));
                self.tables.insert(name.clone(), after);
                let changed = !before.holds_same_rows(&after_schema);
                effects.push(if changed { DdlEffect::Altered { before, after: after_schema } } else { DdlEffect::Unchanged(name.clone()) });
            }
        }
        let rename = statement.actions.iter().rev().find_map(|action| match action {
            Action::Rename(to) => Some(to),
            _ => None,
        });
        if let Some(to) = rename {
            let to = to
                .schema
                .clone()
                .map_or_else(|| TableName::new(name.schema.clone(), to.name.clone()), |schema| TableName::new(schema, to.name.clone()));
            effects.extend(self.rename(name, to, context));
        }
        Ok(effects)
    }

    fn alter_with(&mut self, table: &ObjectName, action: Action, context: &StatementContext) -> Result<Vec<DdlEffect>, DdlError> {
        let plain = matches!(&action, Action::AddKey(key) if key.kind == KeyKind::Plain);
        let statement = AlterTable { name: table.clone(), if_exists: false, actions: vec![action], options: TableOptions::default() };
        let name = table_name(table, context)?;
        if plain && !self.tables.contains_key(&name) {
            return Ok(vec![DdlEffect::Unchanged(name)]);
        }
        self.alter_table(&statement, context)
    }

    fn remove(&mut self, table: TableName, if_exists: bool) -> DdlEffect {
        let before = self.tables.remove(&table).map(|definition| definition.schema);
        DdlEffect::Dropped { table, before, if_exists }
    }

    fn rename_tables(
        &mut self,
        pairs: &[(ObjectName, ObjectName)],
        if_exists: bool,
        context: &StatementContext,
    ) -> Result<Vec<DdlEffect>, DdlError> {
        let names = pairs.iter().map(|(from, to)| Ok((table_name(from, context)?, table_name(to, context)?)));
        let names = names.collect::<Result<Vec<_>, DdlError>>()?;
        let known = |history: &Self, from: &TableName| !if_exists || history.tables.contains_key(from);
        Ok(names.into_iter().filter_map(|(from, to)| if known(self, &from) { self.rename(from, to, context) } else { None }).collect())
    }

    /// Moves a definition to another name; none when the names are the same.
    fn rename(&mut self, from: TableName, to: TableName, context: &StatementContext) -> Option<DdlEffect> {
        if from == to {
            return None;
        }
        self.tables.remove(&to);
        if let Some(definition) = self.tables.remove(&from) {
            self.tables.insert(to.clone(), definition.renamed(to.clone(), context.server));
        }
        self.tables.values_mut().for_each(|child| child.rename_parent(&from, &to));
        Some(DdlEffect::Renamed { from, to })
    }

    fn create_schema(
        &mut self,
        name: &str,
        or_replace: bool,
        if_not_exists: bool,
        options: &TableOptions,
        context: &StatementContext,
    ) -> Result<Vec<DdlEffect>, DdlError> {
        if if_not_exists && self.schemas.contains_key(name) {
            return Ok(Vec::new());
        }
        let collation = resolve::default_collation(options, context.server_collation(), context)?;
        let mut effects = Vec::new();
        if or_replace {
            effects.push(self.drop_schema(name));
        }
        self.schemas.insert(name.to_owned(), collation);
        effects.push(DdlEffect::SchemaCreated(name.to_owned()));
        Ok(effects)
    }

    fn drop_schema(&mut self, schema: &str) -> DdlEffect {
        self.schemas.remove(schema);
        let tables: Vec<TableName> = self.tables.keys().filter(|table| table.schema == schema).cloned().collect();
        for table in &tables {
            self.tables.remove(table);
        }
        DdlEffect::SchemaDropped { schema: schema.to_owned(), tables }
    }

    fn collation_of(&self, schema: &str, context: &StatementContext) -> Collation {
        self.schemas.get(schema).copied().unwrap_or_else(|| context.server_collation())
    }

    fn blame(&self, error: DdlError, statement: &Statement, context: &StatementContext) -> DdlError {
        let name = match statement {
            Statement::CreateTable(create) => &create.name,
            Statement::AlterTable(alter) => &alter.name,
            Statement::CreateIndex { table, .. } | Statement::DropIndex { table, .. } => table,
            _ => return error,
        };
        match table_name(name, context) {
            Ok(table) => error.of_table(table),
            Err(_) => error,
        }
    }
}

/// The table that a name means in this session.
pub(super) fn table_name(name: &ObjectName, context: &StatementContext) -> Result<TableName, DdlError> {
    match name.schema.as_ref().or(context.default_schema.as_ref()) {
        Some(schema) => Ok(TableName::new(schema.clone(), name.name.clone())),
        None => Err(DdlError::NoSchema { table: name.name.clone(), span: name.span.clone() }),
    }
}
