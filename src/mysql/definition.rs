//! The definition of a target table: what is written into it, and what the server does by itself when that happens.

use super::{Connection, MysqlError, catalog::Catalog};
use crate::schema::{TableName, TableSchema, read_schema_file};

/// A target table as its server has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetDefinition {
    /// Its columns and keys.
    pub table: TableSchema,
    /// What the server says of each column besides, in the order of `table.columns`.
    pub traits: Vec<ColumnTraits>,
    /// The storage engine.
    pub engine: String,
    /// Whether the engine can take a write back.
    pub transactional: bool,
    /// Whether the server keeps every version of a row (MariaDB).
    pub system_versioned: bool,
    /// The primary key, then the other unique indexes in the order of their names.
    pub unique_indexes: Vec<UniqueIndex>,
    /// The names of its triggers; none where the user may not see them (MySQL, the TRIGGER privilege).
    pub triggers: Option<Vec<String>>,
    /// Foreign keys by which a change of a row here changes rows of another table.
    pub cascades: Vec<Cascade>,
}

/// What a definition says of a column and a row image does not depend on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ColumnTraits {
    /// Left out of `SELECT *` and of an INSERT without a list of columns.
    pub invisible: bool,
    /// Filled by the server where no value is given.
    pub auto_increment: bool,
}

/// An index that takes no two equal rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UniqueIndex {
    /// Its name; `PRIMARY` for the primary key.
    pub name: String,
    /// Whether it is the primary key.
    pub primary: bool,
    /// What it compares.
    pub parts: Vec<IndexPart>,
}

/// One part of an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IndexPart {
    /// The column, as an index into the table's; none for an expression.
    pub column: Option<usize>,
    /// How much of the column is compared, if not all: in characters, of binary columns in bytes.
    pub prefix_chars: Option<u32>,
    /// Whether the index runs from the greatest to the least.
    pub descending: bool,
}

/// A foreign key of a child table that follows its parent by CASCADE or SET NULL.
///
/// A session with `foreign_key_checks = 0` follows none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cascade {
    /// The constraint's name.
    pub name: String,
    /// The table whose rows change.
    pub child: TableName,
}

impl TargetDefinition {
    /// Reads the definition of a table; none where there is no such table.
    pub async fn read(connection: &mut Connection, name: &TableName) -> Result<Option<Self>, MysqlError> {
        let mut found = Self::read_all(connection, std::slice::from_ref(name)).await?;
        Ok(found.pop().flatten())
    }

    /// Reads many definitions, in the order of their names: a few questions for each schema, and one for each table.
    pub async fn read_all(connection: &mut Connection, names: &[TableName]) -> Result<Vec<Option<Self>>, MysqlError> {
        let catalog = Catalog::read(connection, names).await?;
        let mut definitions = Vec::with_capacity(names.len());
        for name in names {
            let definition = match catalog.listed(name) {
                None => None,
                Some(listed) if !listed.is_table() => {
                    let (server, kind) = (connection.server().to_owned(), listed.kind.to_lowercase());
                    return Err(MysqlError::NoTable { server, table: name.clone(), kind });
                }
                Some(listed) => {
                    let table = read_table(connection, name).await?;
                    Some(Self {
                        traits: catalog.traits(&table),
                        engine: listed.engine.clone(),
                        transactional: listed.transactional,
                        system_versioned: listed.is_versioned(),
                        unique_indexes: catalog.unique_indexes(&table),
                        triggers: catalog.triggers(name),
                        cascades: catalog.cascades(name),
                        table,
                    })
                }
            };
            definitions.push(definition);
        }
        Ok(definitions)
    }

    /// The primary key, where there is one.
    pub fn primary_index(&self) -> Option<&UniqueIndex> {
        self.unique_indexes.iter().find(|index| index.primary)
    }
}

async fn read_table(connection: &mut Connection, name: &TableName) -> Result<TableSchema, MysqlError> {
    let rows = connection.rows(format!("SHOW CREATE TABLE {}", name.quoted())).await?;
    let created = rows.first().and_then(|row| row.text(1)).ok_or_else(|| connection.unreadable("SHOW CREATE TABLE", "definition"))?;
    let mut script = String::from("USE ");
    crate::schema::write_name(&name.schema, &mut script);
    script.push_str(";\n");
    script.push_str(created);
    let (history, problems) = read_schema_file(&script, connection.version());
    let problem = match (problems.into_iter().next(), history.tables().next()) {
        (Some(problem), _) => problem.message,
        (None, Some(table)) => return Ok(TableSchema { name: name.clone(), ..TableSchema::clone(table) }),
        (None, None) => "it creates no table".to_owned(),
    };
    Err(MysqlError::Definition { server: connection.server().to_owned(), table: name.clone(), problem })
}
