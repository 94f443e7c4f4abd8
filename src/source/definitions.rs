//! The definitions of a server's tables, as a script.

use super::SourceError;
use crate::{
    mysql::{Connection, MysqlError},
    schema::{Flavor, ServerVersion, TableName, write_name},
};

/// CREATE TABLE statements of all tables that the user sees, but for the server's own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Definitions {
    /// The server that printed them.
    pub version: ServerVersion,
    /// Name and statement of each, ordered by schema.
    pub tables: Vec<(TableName, String)>,
}

/// No such schema or table, an invalid view, a table that the user may not see: gone or hidden since it was listed.
const GONE: [u16; 6] = [1044, 1049, 1142, 1146, 1356, 1370];

impl Definitions {
    pub(super) async fn read(session: &mut Connection) -> Result<Self, SourceError> {
        let listed = session
            .rows(
                "SELECT TABLE_SCHEMA, TABLE_NAME FROM information_schema.TABLES WHERE TABLE_TYPE IN ('BASE TABLE', 'SYSTEM VERSIONED') \
                 AND TABLE_SCHEMA NOT IN ('mysql', 'information_schema', 'performance_schema', 'sys') ORDER BY TABLE_SCHEMA, TABLE_NAME",
            )
            .await?;
        let mut tables = Vec::with_capacity(listed.len());
        for row in &listed {
            let (Some(schema), Some(table)) = (row.text(0), row.text(1)) else { continue };
            let name = TableName::new(schema, table);
            match session.rows(format!("SHOW CREATE TABLE {}", name.quoted())).await {
                Ok(rows) => tables.extend(rows.first().and_then(|row| row.text(1)).map(|text| (name, text.to_owned()))),
                Err(MysqlError::Refused { refusal, .. }) if GONE.contains(&refusal.code) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(Self { version: session.version(), tables })
    }

    /// The script, in the form of the servers' own dumps.
    pub fn script(&self) -> String {
        let ServerVersion { flavor, number } = self.version;
        let suffix = match flavor {
            Flavor::MySql => "",
            Flavor::MariaDb => "-MariaDB",
        };
        let mut script = format!("-- Server version\t{}.{}.{}{suffix}\n", number / 10_000, number / 100 % 100, number % 100);
        let mut schema = None;
        for (name, create) in &self.tables {
            if schema != Some(&name.schema) {
                schema = Some(&name.schema);
                script.push_str("\nUSE ");
                write_name(&name.schema, &mut script);
                script.push_str(";\n");
            }
            script.push_str(create);
            script.push_str(";\n");
        }
        script
    }
}
