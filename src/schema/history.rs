//! The definitions of all tables at one position, moved forward by each DDL statement.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use super::alteration::alter;
use super::ddl::{
    Action, AlterTable, CreateTable, Cursor, DdlError, KeyKind, Kind, Lexer, ObjectName, Statement, TableOptions, TableSource, Token,
    read_statement,
};
use super::definition::Definition;
use super::{Collation, DdlEffect, StatementContext, TableName, TableSchema, resolve};

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

    /// Takes a definition that another source gave: row metadata, a server, a file. It replaces the one known so far.
    pub fn insert(&mut self, schema: &TableSchema) {
        let same = self.tables.get(&schema.name).is_some_and(|known| *known.schema == *schema);
        if !same {
            let collation = self.schemas.get(&schema.name.schema).copied().unwrap_or(Collation::UTF8MB4_GENERAL_CI);
            self.tables.insert(schema.name.clone(), Definition::from_schema(schema, collation));
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
                self.tables.get(&table_name(source, context)?).map(|source| source.renamed(name.clone(), context.server))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{Charset, ServerVersion};

    /// Follows statements in schema `s` and gives the last one's effects in words.
    fn last_effects(server: ServerVersion, statements: &[&str]) -> String {
        let mut history = SchemaHistory::new();
        let context = StatementContext::new(server).with_schema("s");
        let told = statements.iter().map(|statement| match history.apply(&context, statement) {
            Ok(effects) => effects.iter().map(in_words).collect::<Vec<_>>().join(", "),
            Err(error) => format!("error: {error}"),
        });
        told.last().unwrap_or_default()
    }

    fn in_words(effect: &DdlEffect) -> String {
        match effect {
            DdlEffect::Created(schema) => format!("created {}", schema.name),
            DdlEffect::CreatedUnknown(table) => format!("created unknown {table}"),
            DdlEffect::Altered { after, .. } => format!("altered {}", after.name),
            DdlEffect::AlteredUnknown(table) => format!("altered unknown {table}"),
            DdlEffect::Unchanged(table) => format!("unchanged {table}"),
            DdlEffect::Dropped { table, before, .. } => format!("dropped {}{table}", if before.is_some() { "" } else { "unknown " }),
            DdlEffect::Renamed { from, to } => format!("renamed {from} {to}"),
            DdlEffect::Truncated(table) => format!("truncated {table}"),
            DdlEffect::SchemaCreated(schema) => format!("schema created {schema}"),
            DdlEffect::SchemaAltered(schema) => format!("schema altered {schema}"),
            DdlEffect::SchemaDropped { schema, tables } => format!("schema dropped {schema} with {}", tables.len()),
            DdlEffect::ChangedRows { verb } => format!("rows changed by {verb}"),
        }
    }

    fn mysql(statements: &[&str]) -> String {
        last_effects(ServerVersion::MYSQL_9_7, statements)
    }

    const T: &str = "CREATE TABLE t (a INT PRIMARY KEY, b VARCHAR(5))";

    #[test]
    fn an_alter_counts_only_where_columns_or_keys_change() {
        for neutral in [
            "ALTER TABLE t ENGINE = InnoDB, COMMENT = 'x'",
            "ALTER TABLE t ADD INDEX (b)",
            "CREATE INDEX i ON t (b)",
            "ALTER TABLE t ALTER b SET DEFAULT 'y'",
            "ALTER TABLE t MODIFY b VARCHAR(5) COMMENT 'new'",
            "ALTER TABLE t",
            "/* tool */ ALTER TABLE `t` -- why\n ADD KEY k (a, b);",
        ] {
            assert_eq!(mysql(&[T, neutral]), "unchanged s.t", "{neutral}");
        }
        for change in [
            "ALTER TABLE t ADD c INT",
            "CREATE UNIQUE INDEX u ON t (b)",
            "ALTER TABLE t MODIFY b VARCHAR(6)",
            "ALTER TABLE t DROP PRIMARY KEY",
        ] {
            assert_eq!(mysql(&[T, change]), "altered s.t", "{change}");
        }
    }

    #[test]
    fn rows_that_go_without_row_events_are_told() {
        assert_eq!(mysql(&[T, "TRUNCATE t"]), "truncated s.t");
        assert_eq!(mysql(&[T, "TRUNCATE TABLE other.t;"]), "truncated other.t");
        assert_eq!(mysql(&[T, "ALTER TABLE t TRUNCATE PARTITION p1, p2"]), "truncated s.t, unchanged s.t");
        assert_eq!(mysql(&[T, "ALTER TABLE t DROP PARTITION p1"]), "truncated s.t, unchanged s.t");
        assert_eq!(mysql(&[T, "ALTER TABLE t EXCHANGE PARTITION p WITH TABLE u"]), "truncated s.t, truncated s.u, unchanged s.t");
        assert_eq!(mysql(&[T, "ALTER TABLE t IMPORT TABLESPACE"]), "truncated s.t, unchanged s.t");
        assert_eq!(mysql(&[T, "DROP TABLE IF EXISTS t, u"]), "dropped s.t, dropped unknown s.u");
        assert_eq!(mysql(&[T, "DROP DATABASE s"]), "schema dropped s with 1");
        assert_eq!(mysql(&["CREATE OR REPLACE TABLE t (a INT)"]), "dropped unknown s.t, created s.t");
        assert_eq!(mysql(&["insert into t values (1)"]), "rows changed by INSERT");
        assert_eq!(mysql(&["CREATE TABLE t (a INT) IGNORE AS SELECT 1 AS b"]), "created unknown s.t");
        assert_eq!(mysql(&["CREATE TABLE t (a INT) START TRANSACTION"]), "created s.t");
    }

    #[test]
    fn names_move_in_the_order_of_the_statement() {
        assert_eq!(mysql(&[T, "RENAME TABLE t TO u, u TO other.v"]), "renamed s.t s.u, renamed s.u other.v");
        assert_eq!(mysql(&[T, "ALTER TABLE t ADD c INT, RENAME other.v"]), "altered s.t, renamed s.t other.v");
        assert_eq!(mysql(&[T, "RENAME TABLE t TO u", "ALTER TABLE u ADD x INT"]), "altered s.u");
        assert_eq!(mysql(&[T, "RENAME TABLE t TO u", "ALTER TABLE t ADD x INT"]), "altered unknown s.t");
    }

    #[test]
    fn what_changes_no_table_has_no_effect() {
        for sql in [
            "",
            "BEGIN",
            "/* only a comment */",
            "GRANT ALL ON *.* TO 'a'@'b'",
            "CREATE USER x IDENTIFIED BY 'y'",
            "CREATE DEFINER=`r`@`%` PROCEDURE p() BEGIN DROP TABLE t; TRUNCATE t; END",
            "CREATE ALGORITHM=MERGE VIEW v AS SELECT 1",
            "CREATE OR REPLACE VIEW v AS SELECT 1",
            "ALTER EVENT e DISABLE",
            "CREATE TEMPORARY TABLE t (a INT)",
            "DROP /*!40005 TEMPORARY */ TABLE IF EXISTS t",
            "SET @a = 'DROP TABLE t'",
            "FLUSH TABLES",
            "DROP SPATIAL REFERENCE SYSTEM 5",
            "XA COMMIT 'x'",
            "CREATE TABLE IF NOT EXISTS t (other INT)",
        ] {
            assert_eq!(mysql(&[T, sql]), "", "{sql}");
        }
    }

    #[test]
    fn what_is_not_understood_is_an_error_that_names_table_and_token() {
        assert_eq!(
            mysql(&[T, "ALTER TABLE t FROBNICATE x"]),
            "error: table `s.t`: ALTER TABLE action `FROBNICATE` at byte 14 is not known, so its effect on the table is not"
        );
        assert_eq!(mysql(&[T, "ALTER TABLE t DROP nothing"]), "error: table `s.t`: table `s.t` has no column `nothing`");
        assert_eq!(mysql(&["CREATE TABLE x (a INT, A INT)"]), "error: table `s.x`: table `s.x` has two columns `A`");
        assert_eq!(
            mysql(&["CREATE TABLE x (a INT"]),
            "error: table `s.x`: unexpected end of the statement at byte 21: expected `,` or `)`"
        );
        assert_eq!(mysql(&["CREATE TABLE x (a CHAR(3) COLLATE latin9_x)"]), "error: table `s.x`: `latin9_x` at byte 34 is no collation");
        assert_eq!(mysql(&["FROBNICATE"]), "error: statement `FROBNICATE` at byte 0 is not known, so its effect on the table is not");
        assert_eq!(mysql(&["DROP TABLE t; DROP TABLE u"]), "error: unexpected `DROP` at byte 14: expected one statement");
        assert_eq!(mysql(&["DROP TABLE t u 'secret'"]), "error: table `s.t`: unexpected `u` at byte 13: expected the end");
    }

    #[test]
    fn a_failed_statement_leaves_the_history_as_it_was() {
        let mut history = SchemaHistory::new();
        let context = StatementContext::new(ServerVersion::MYSQL_9_7).with_schema("s");
        history.apply(&context, T).expect("the statement is understood");
        let before = history.get(&TableName::new("s", "t"));
        let error = history.apply(&context, "ALTER TABLE t ADD c INT, FROBNICATE").expect_err("the action is unknown");
        assert_eq!(error.table(), Some(&TableName::new("s", "t")));
        assert_eq!(history.get(&TableName::new("s", "t")), before);
    }

    #[test]
    fn hidden_columns_of_mariadb_lie_behind_the_others() {
        let names = |statements: &[&str]| {
            let mut history = SchemaHistory::new();
            let context = StatementContext::new(ServerVersion::MARIADB_10_11).with_schema("s");
            for statement in statements {
                history.apply(&context, statement).expect("the statement is understood");
            }
            let table = history.get(&TableName::new("s", "t")).expect("the table is known");
            table.columns.iter().map(|column| column.name.clone()).collect::<Vec<_>>().join(" ")
        };
        let create = "CREATE TABLE t (a INT PRIMARY KEY, b TEXT UNIQUE) WITH SYSTEM VERSIONING";
        assert_eq!(names(&[create]), "a b row_start row_end DB_ROW_HASH_1");
        let add = "ALTER TABLE t ADD c TEXT, ADD UNIQUE (c), ADD d INT FIRST";
        assert_eq!(names(&[create, add]), "d a b c row_start row_end DB_ROW_HASH_1 DB_ROW_HASH_2");
        assert_eq!(names(&[create, add, "ALTER TABLE t DROP SYSTEM VERSIONING, DROP KEY b"]), "d a b c DB_ROW_HASH_1");
        assert_eq!(names(&["CREATE TABLE t (b VARCHAR(3072) CHARACTER SET latin1 UNIQUE)"]), "b");
        assert_eq!(names(&["CREATE TABLE t (b VARCHAR(3073) CHARACTER SET latin1 UNIQUE)"]), "b DB_ROW_HASH_1");
    }

    #[test]
    fn a_definition_from_elsewhere_can_be_altered() {
        let mut history = SchemaHistory::new();
        let context = StatementContext::new(ServerVersion::MARIADB_10_11).with_schema("s");
        history.apply(&context, "CREATE TABLE t (a INT PRIMARY KEY, b TEXT UNIQUE, c INT UNIQUE)").expect("the statement is understood");
        let given = history.get(&TableName::new("s", "t")).expect("the table is known");
        let mut other = SchemaHistory::new();
        other.insert(&given);
        let effects = other.apply(&context, "ALTER TABLE t DROP PRIMARY KEY, ADD d INT AFTER a").expect("the statement is understood");
        let [DdlEffect::Altered { after, .. }] = effects.as_slice() else { return assert_eq!(effects, []) };
        let names: Vec<_> = after.columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names, ["a", "d", "b", "c", "DB_ROW_HASH_1"]);
        assert_eq!(after.unique_keys[1].columns, [3]);
        assert!(after.primary_key.is_empty());
    }

    #[test]
    fn charsets_come_from_the_schema_and_the_session() {
        let mut history = SchemaHistory::new();
        let mut context = StatementContext::new(ServerVersion::MYSQL_9_7).with_schema("s");
        context.server_collation = Some(Collation::LATIN1_SWEDISH_CI);
        let mut collation = |context: &StatementContext, statements: &[&str]| {
            for statement in statements {
                history.apply(context, statement).expect("the statement is understood");
            }
            let table = history.get(&TableName::new("s", "t")).expect("the table is known");
            table.columns[0].ty.collation().map(Collation::name)
        };
        assert_eq!(collation(&context, &["CREATE TABLE t (a CHAR(3))"]), Some("latin1_swedish_ci"));
        assert_eq!(
            collation(&context, &["ALTER DATABASE s CHARACTER SET utf8mb4", "CREATE TABLE t (a CHAR(3))"]),
            Some("utf8mb4_0900_ai_ci")
        );
        context.charset_collations.push((Charset::UTF8MB4, Collation::UTF8MB4_GENERAL_CI));
        assert_eq!(collation(&context, &["CREATE TABLE t (a CHAR(3) CHARSET utf8mb4)"]), Some("utf8mb4_general_ci"));
        assert_eq!(
            collation(&context, &["CREATE OR REPLACE DATABASE s COLLATE latin1_bin", "CREATE TABLE t (a CHAR(3))"]),
            Some("latin1_bin")
        );
    }
}
