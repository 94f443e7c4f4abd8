//! Why rows cannot be loaded into a target table. Found before the first row moves.

use crate::{
    fault::FaultClass,
    mysql::TargetDefinition,
    schema::{TableName, write_name},
};

/// What stands between a mapping's rows and a target table.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BindError {
    /// The mapping writes a column that the target lacks.
    #[error("target table `{table}` has no column `{column}`")]
    NoColumn {
        /// The target table.
        table: TableName,
        /// The mapping's column.
        column: String,
    },
    /// The target's column would change values, and its server would not say so.
    #[error("column `{column}` of target table `{table}` {narrowing}")]
    Narrower {
        /// The target table.
        table: TableName,
        /// The column.
        column: String,
        /// What would happen to values.
        narrowing: &'static str,
    },
    /// No unique index of the target lies within the mapping's key, so rows could not be found again.
    #[error("target table `{table}` has no PRIMARY or UNIQUE index within the mapping's key ({})", key.join(", "))]
    NoIndexOfKey {
        /// The target table.
        table: TableName,
        /// The columns of the mapping's key.
        key: Vec<String>,
    },
    /// The target keeps what a rolled back transaction did.
    #[error("target table `{table}` is of engine {engine}, which has no transactions")]
    Engine {
        /// The target table.
        table: TableName,
        /// Its engine.
        engine: String,
    },
    /// A trigger would change rows behind the loader.
    #[error("target table `{table}` has the trigger `{trigger}`")]
    Trigger {
        /// The target table.
        table: TableName,
        /// The trigger.
        trigger: String,
    },
    /// Triggers are not shown to the user.
    #[error("the user may not see whether target table `{table}` has triggers")]
    UnseenTriggers {
        /// The target table.
        table: TableName,
    },
    /// The target keeps versions of rows of its own.
    #[error("target table `{table}` is system-versioned")]
    SystemVersioned {
        /// The target table.
        table: TableName,
    },
}

impl BindError {
    /// What to do.
    pub fn hint(&self) -> String {
        match self {
            Self::NoColumn { column, .. } => {
                format!("Add the column to the target, or leave it out: `SELECT * EXCEPT (`{column}`)`.")
            }
            Self::Narrower { column, .. } => {
                format!(
                    "Give the target the source's type, or say what is meant: `SELECT * REPLACE (CAST(`{column}` AS …) AS `{column}`)`."
                )
            }
            Self::NoIndexOfKey { key, .. } => {
                format!("Give the target `PRIMARY KEY ({})`, or name an index's columns in the mapping's `KEY`.", key.join(", "))
            }
            Self::Engine { table, .. } => format!("`ALTER TABLE {table} ENGINE = InnoDB`."),
            Self::Trigger { trigger, .. } => {
                format!("The source's binlog already holds what its triggers did: `DROP TRIGGER {trigger}` on the target.")
            }
            Self::UnseenTriggers { table } => {
                let mut schema = String::new();
                write_name(&table.schema, &mut schema);
                format!(
                    "MySQL shows triggers to those only who may make them: `GRANT TRIGGER ON {schema}.* TO` the user; `rowgate init --print` shows \
                     all that it needs."
                )
            }
            Self::SystemVersioned { table } => format!("`ALTER TABLE {table} DROP SYSTEM VERSIONING` on the target."),
        }
    }

    /// A table's definition stays until somebody changes it.
    pub fn class(&self) -> FaultClass {
        FaultClass::Definite
    }
}

/// Refuses tables whose rows would not be what statements make them.
pub(super) fn check_is_loadable(definition: &TargetDefinition) -> Result<(), BindError> {
    let table = definition.table.name.clone();
    if !definition.transactional {
        return Err(BindError::Engine { table, engine: definition.engine.clone() });
    }
    if definition.system_versioned {
        return Err(BindError::SystemVersioned { table });
    }
    match definition.triggers.as_deref() {
        None => Err(BindError::UnseenTriggers { table }),
        Some([trigger, ..]) => Err(BindError::Trigger { table, trigger: trigger.clone() }),
        Some([]) => Ok(()),
    }
}
