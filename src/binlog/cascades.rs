//! Foreign keys whose doings the binlog does not show: InnoDB changes the rows that refer to a row below what is logged.

use std::fmt;

use crate::schema::{SchemaHistory, ServerVersion, TableName};

/// A foreign key by which rows of a wanted table go or change without row events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnseenCascade {
    /// The table whose rows change.
    pub table: TableName,
    /// The foreign key's name.
    pub constraint: String,
    /// The table that it refers to.
    pub parent: TableName,
    /// What it does, as statements write it: `ON DELETE CASCADE`.
    pub actions: String,
    /// The server whose binlog it is.
    pub server: ServerVersion,
}

/// What is done about them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CascadePolicy {
    /// They are noted.
    #[default]
    Note,
    /// The first ends the reading: its table cannot be followed.
    Refuse,
}

impl UnseenCascade {
    /// Those of the tables that are known and wanted, in the order of their names.
    pub fn all(history: &SchemaHistory, server: ServerVersion, mut wants: impl FnMut(&TableName) -> bool) -> Vec<Self> {
        if server.logs_cascades() {
            return Vec::new();
        }
        let mut found = Vec::new();
        for table in history.tables() {
            let acting =
                history.foreign_keys(&table.name).iter().map(|key| (key, key.actions())).filter(|(_, actions)| !actions.is_empty());
            for (key, actions) in acting.filter(|_| wants(&table.name)) {
                let (table, constraint, parent) = (table.name.clone(), key.name.clone(), key.parent.clone());
                found.push(Self { table, constraint, parent, actions, server });
            }
        }
        found
    }

    /// What the user can do, as a sentence.
    pub fn hint(&self) -> String {
        format!(
            "Rows that the source deletes or changes by it would stay as they are. Let the application do it: `ALTER TABLE {} DROP FOREIGN KEY {}` \
             on the source, and capture from there. `--accept-cascades` goes on: right where no row of `{}` goes or gets another key.",
            self.table, self.constraint, self.parent
        )
    }
}

impl fmt::Display for UnseenCascade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { table, constraint, parent, actions, server } = self;
        write!(
            f,
            "rows of `{table}` follow those of `{parent}` (`{constraint}` {actions}), and {}'s binlog does not show it",
            server.flavor
        )
    }
}
