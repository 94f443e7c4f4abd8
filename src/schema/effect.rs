//! What a statement did to tables and schemas.

use std::sync::Arc;

use super::{TableName, TableSchema};

/// One effect of a DDL statement; a statement may have several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DdlEffect {
    /// A table was made, and its definition is known.
    Created(Arc<TableSchema>),
    /// A table was made whose columns only the server knows: by SELECT, or LIKE a table that is not known.
    CreatedUnknown(TableName),
    /// The columns or keys of a table changed: names, types, order, nullability, what is generated, primary or unique keys.
    Altered {
        /// Before the statement.
        before: Arc<TableSchema>,
        /// After it.
        after: Arc<TableSchema>,
    },
    /// A table whose definition is not known was altered in some way.
    AlteredUnknown(TableName),
    /// A table was altered, but neither columns nor keys changed: indexes, defaults, comments, options, partitions.
    Unchanged(TableName),
    /// A table is gone, with its rows.
    Dropped {
        /// The table.
        table: TableName,
        /// Its definition, if it was known.
        before: Option<Arc<TableSchema>>,
        /// The statement allowed that there was no such table (IF EXISTS, OR REPLACE).
        if_exists: bool,
    },
    /// A table has another name.
    Renamed {
        /// Its old name.
        from: TableName,
        /// Its new name.
        to: TableName,
    },
    /// Rows of a table went or came without row events: TRUNCATE; DROP, TRUNCATE, EXCHANGE PARTITION; IMPORT, DISCARD TABLESPACE.
    Truncated(TableName),
    /// A schema was made.
    SchemaCreated(String),
    /// A schema's default charset changed.
    SchemaAltered(String),
    /// A schema is gone.
    SchemaDropped {
        /// The schema.
        schema: String,
        /// Its tables, as far as they were known.
        tables: Vec<TableName>,
    },
    /// The statement itself changes rows (INSERT, CALL, …): it was logged as a statement, and no row events tell what it did.
    ChangedRows {
        /// Its first word, in upper case.
        verb: String,
    },
}

impl DdlEffect {
    /// The table under the name it had before the statement; none for effects on schemas and unknown tables.
    pub fn table(&self) -> Option<&TableName> {
        match self {
            Self::Created(schema) | Self::Altered { before: schema, .. } => Some(&schema.name),
            Self::CreatedUnknown(table)
            | Self::AlteredUnknown(table)
            | Self::Unchanged(table)
            | Self::Dropped { table, .. }
            | Self::Renamed { from: table, .. }
            | Self::Truncated(table) => Some(table),
            Self::SchemaCreated(_) | Self::SchemaAltered(_) | Self::SchemaDropped { .. } | Self::ChangedRows { .. } => None,
        }
    }
}
