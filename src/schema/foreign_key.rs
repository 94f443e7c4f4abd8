//! Foreign keys: which rows of a table the server itself changes when a row of another one goes or gets another key.

use std::fmt;

use super::ddl::KeySpec;
use super::definition::{Definition, same_name};
use super::{ServerVersion, TableName};

/// A foreign key of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForeignKey {
    /// The constraint's name.
    pub name: String,
    /// The columns that refer, in order.
    pub columns: Vec<String>,
    /// The table that they refer to.
    pub parent: TableName,
    /// What happens here when a row of the parent is deleted.
    pub on_delete: ReferentialAction,
    /// What happens here when a referenced column of the parent changes.
    pub on_update: ReferentialAction,
}

/// What a server does to the rows that refer to a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReferentialAction {
    /// Nothing: it refuses the change (RESTRICT, NO ACTION).
    Refuse,
    /// They go or change with it.
    Cascade,
    /// Their columns become NULL.
    SetNull,
    /// Their columns get their defaults.
    SetDefault,
}

impl ForeignKey {
    /// The actions that change rows, as statements write them: `ON DELETE CASCADE ON UPDATE SET NULL`; empty where none does.
    pub fn actions(&self) -> String {
        let changes = |event, action| (action != ReferentialAction::Refuse).then(|| format!("ON {event} {action}"));
        let actions: Vec<String> = changes("DELETE", self.on_delete).into_iter().chain(changes("UPDATE", self.on_update)).collect();
        actions.join(" ")
    }
}

impl Definition {
    /// Adds the foreign keys among these keys; `dropped` are those that the same statement takes away.
    pub(super) fn add_foreign_keys(&mut self, specs: &[KeySpec], dropped: &[ForeignKey]) {
        if self.engine.as_deref().is_some_and(|engine| !ENGINES.contains(&engine)) {
            return;
        }
        for spec in specs {
            let Some(references) = &spec.references else { continue };
            let is_there = |name: &String| self.foreign_keys.iter().any(|key| same_name(&key.name, name));
            if spec.if_not_exists && references.constraint.as_ref().is_some_and(is_there) {
                continue;
            }
            let parent = &references.parent;
            let key = ForeignKey {
                name: references.constraint.clone().unwrap_or_else(|| self.next_foreign_key(dropped)),
                columns: spec.parts.iter().filter_map(|part| part.column.clone()).collect(),
                parent: TableName::new(parent.schema.as_ref().unwrap_or(&self.name.schema), &parent.name),
                on_delete: references.on_delete,
                on_update: references.on_update,
            };
            self.foreign_keys.push(key);
        }
    }

    /// The name that the server gives: `table_ibfk_n`, one more than the greatest there is.
    fn next_foreign_key(&self, dropped: &[ForeignKey]) -> String {
        let table = &self.name.table;
        let numbers = self.foreign_keys.iter().chain(dropped).filter_map(|key| number_of(&key.name, table)?.parse::<u32>().ok());
        format!("{table}{GIVEN}{}", numbers.max().unwrap_or(0) + 1)
    }

    /// Names that the server gave go with the table's.
    pub(super) fn rename_foreign_keys(&mut self, old: &str) {
        let table = &self.name.table;
        for key in &mut self.foreign_keys {
            if let Some(number) = number_of(&key.name, old) {
                key.name = format!("{table}{GIVEN}{number}");
            }
        }
    }

    /// A table has another name now.
    pub(super) fn rename_parent(&mut self, from: &TableName, to: &TableName) {
        self.foreign_keys.iter_mut().filter(|key| key.parent == *from).for_each(|key| key.parent = to.clone());
    }
}

/// The engines that have foreign keys; others read and forget them.
const ENGINES: [&str; 3] = ["INNODB", "NDB", "NDBCLUSTER"];
/// What stands between the table's name and a number in names that the server gives.
const GIVEN: &str = "_ibfk_";

/// The number in a name that the server gave.
fn number_of<'a>(name: &'a str, table: &str) -> Option<&'a str> {
    let number = name.strip_prefix(table)?.strip_prefix(GIVEN)?;
    number.bytes().all(|byte| byte.is_ascii_digit()).then_some(number)
}

impl fmt::Display for ReferentialAction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Refuse => "RESTRICT",
            Self::Cascade => "CASCADE",
            Self::SetNull => "SET NULL",
            Self::SetDefault => "SET DEFAULT",
        })
    }
}

impl ServerVersion {
    /// Whether the binlog has row events for what foreign keys do to rows that refer to others.
    ///
    /// InnoDB used to do it below what is logged. From 9.6 on MySQL does it above, unless `innodb_native_foreign_keys` is on.
    /// Seen on MariaDB 10.11, MySQL 5.6 and 9.7.
    pub fn logs_cascades(self) -> bool {
        self.is_mysql_from(90_600)
    }

    /// Whether `REFERENCES` in a column's definition makes a foreign key; others read and forget it.
    pub(super) fn has_inline_references(self) -> bool {
        self.is_mysql_from(90_000) || self.is_mariadb_from(100_500)
    }
}
