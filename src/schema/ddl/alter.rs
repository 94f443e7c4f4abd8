//! ALTER TABLE: a list of actions, each either understood or proven to leave columns and keys alone.

use super::clauses::{CharsetName, CollationName};
use super::{ColumnSpec, Cursor, DdlError, KeySpec, Kind, ObjectName, Period, TableElement, TableOptions};

/// `ALTER TABLE name action, …` as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::schema) struct AlterTable {
    pub(in crate::schema) name: ObjectName,
    pub(in crate::schema) if_exists: bool,
    pub(in crate::schema) actions: Vec<Action>,
    pub(in crate::schema) options: TableOptions,
}

/// Where a column goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::schema) enum Place {
    /// At the end, or where it is.
    Unsaid,
    First,
    After(String),
}

/// One action that changes something about columns, keys, names or rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::schema) enum Action {
    AddColumn {
        column: Box<ColumnSpec>,
        place: Place,
        if_not_exists: bool,
    },
    /// CHANGE and MODIFY; `old` is the column's name before.
    ChangeColumn {
        old: String,
        column: Box<ColumnSpec>,
        place: Place,
        if_exists: bool,
    },
    DropColumn {
        name: String,
        if_exists: bool,
    },
    RenameColumn {
        old: String,
        new: String,
    },
    /// None drops the default.
    SetDefault {
        name: String,
        default: Option<String>,
        if_exists: bool,
    },
    AddKey(KeySpec),
    AddPeriod(Period),
    DropPrimaryKey,
    DropKey {
        name: String,
    },
    DropForeignKey {
        name: String,
    },
    /// DROP CONSTRAINT: a key's name, or another constraint's.
    DropConstraint {
        name: String,
    },
    RenameKey {
        old: String,
        new: String,
    },
    Rename(ObjectName),
    Convert {
        charset: CharsetName,
        collation: Option<CollationName>,
    },
    AddVersioning,
    DropVersioning,
    /// Rows go or come without row events: DROP, TRUNCATE and EXCHANGE PARTITION, IMPORT and DISCARD TABLESPACE.
    ReplaceRows,
    /// EXCHANGE PARTITION … WITH TABLE: the other table.
    ReplaceRowsOf(ObjectName),
}

impl Action {
    fn add(element: TableElement, if_not_exists: bool) -> Self {
        match element {
            TableElement::Column(column) => Self::AddColumn { column, place: Place::Unsaid, if_not_exists },
            TableElement::Key(key) => Self::AddKey(key),
            TableElement::Period(period) => Self::AddPeriod(period),
        }
    }
}

/// Options whose name alone tells that they change neither columns nor keys.
const HARMLESS_OPTIONS: [&str; 27] = [
    "AUTO_INCREMENT",
    "AVG_ROW_LENGTH",
    "CHECKSUM",
    "COMMENT",
    "COMPRESSION",
    "CONNECTION",
    "DATA",
    "DELAY_KEY_WRITE",
    "ENCRYPTION",
    "ENGINE",
    "ENGINE_ATTRIBUTE",
    "AUTOEXTEND_SIZE",
    "INDEX",
    "INSERT_METHOD",
    "KEY_BLOCK_SIZE",
    "MAX_ROWS",
    "MIN_ROWS",
    "PACK_KEYS",
    "PAGE_CHECKSUM",
    "PASSWORD",
    "ROW_FORMAT",
    "SECONDARY_ENGINE",
    "SECONDARY_ENGINE_ATTRIBUTE",
    "STATS_AUTO_RECALC",
    "STATS_PERSISTENT",
    "STATS_SAMPLE_PAGES",
    "TABLESPACE",
];

impl Cursor<'_> {
    /// What follows `ALTER [ONLINE] [IGNORE] TABLE`.
    pub(super) fn alter_table(&mut self) -> Result<AlterTable, DdlError> {
        let if_exists = self.eat_all(&["IF", "EXISTS"]);
        let name = self.object_name("a table's name")?;
        let mut table = AlterTable { name, if_exists, actions: Vec::new(), options: TableOptions::default() };
        if self.eat("WAIT") {
            let _ = self.next();
        }
        let _ = self.eat("NOWAIT");
        while !self.at_end() {
            self.action(&mut table)?;
            // Table options may follow each other without a comma, and so may a PARTITION BY after anything.
            let _ = self.eat_symbol(',');
        }
        Ok(table)
    }

    fn action(&mut self, table: &mut AlterTable) -> Result<(), DdlError> {
        if self.charset_option(&mut table.options)? || self.engine_option(&mut table.options)? || self.partitioning()? {
            return Ok(());
        }
        if self.eat("ADD") {
            self.add(&mut table.actions)
        } else if self.eat("DROP") {
            self.drop_action(&mut table.actions)
        } else if self.sees_any(&["CHANGE", "MODIFY"]) {
            self.change(&mut table.actions)
        } else if self.eat("ALTER") {
            self.alter_part(&mut table.actions)
        } else if self.eat("RENAME") {
            self.rename(&mut table.actions)
        } else if self.eat("CONVERT") {
            self.convert(table)
        } else if self.sees_any(&["TRUNCATE", "EXCHANGE", "DISCARD", "IMPORT"]) {
            self.replace_rows(table)
        } else {
            self.harmless_action()
        }
    }

    fn add(&mut self, actions: &mut Vec<Action>) -> Result<(), DdlError> {
        if self.eat_all(&["SYSTEM", "VERSIONING"]) {
            actions.push(Action::AddVersioning);
            return Ok(());
        }
        if self.sees("PARTITION") {
            return self.skip_element();
        }
        if self.sees_key() {
            let constraint = self.constraint()?;
            self.skip_element()?;
            actions.extend(constraint.map(|element| Action::add(element, false)));
            return Ok(());
        }
        let _ = self.eat("COLUMN");
        let if_not_exists = self.eat_all(&["IF", "NOT", "EXISTS"]);
        if self.sees_symbol('(') {
            actions.extend(self.table_elements()?.into_iter().map(|element| Action::add(element, if_not_exists)));
            return Ok(());
        }
        let column = Box::new(self.column()?);
        let place = self.place()?;
        actions.push(Action::AddColumn { column, place, if_not_exists });
        Ok(())
    }

    fn drop_action(&mut self, actions: &mut Vec<Action>) -> Result<(), DdlError> {
        if self.eat_all(&["PRIMARY", "KEY"]) {
            actions.push(Action::DropPrimaryKey);
        } else if self.eat_all(&["SYSTEM", "VERSIONING"]) {
            actions.push(Action::DropVersioning);
        } else if self.sees("PARTITION") {
            actions.push(Action::ReplaceRows);
            self.partition_list()?;
        } else if self.eat_all(&["FOREIGN", "KEY"]) {
            let _ = self.eat_all(&["IF", "EXISTS"]);
            actions.push(Action::DropForeignKey { name: self.name("a constraint's name")?.0 });
        } else if self.eat_all(&["PERIOD", "FOR"]) || self.eat("CHECK") {
            let _ = self.eat_all(&["IF", "EXISTS"]);
            let _ = self.name("a name")?;
        } else if self.eat_any(&["KEY", "INDEX"]) {
            let _ = self.eat_all(&["IF", "EXISTS"]);
            actions.push(Action::DropKey { name: self.name("a key's name")?.0 });
        } else if self.eat("CONSTRAINT") {
            let _ = self.eat_all(&["IF", "EXISTS"]);
            actions.push(Action::DropConstraint { name: self.name("a constraint's name")?.0 });
        } else {
            let _ = self.eat("COLUMN");
            let if_exists = self.eat_all(&["IF", "EXISTS"]);
            let (name, _) = self.name("a column")?;
            let _ = self.eat_any(&["RESTRICT", "CASCADE"]);
            actions.push(Action::DropColumn { name, if_exists });
        }
        Ok(())
    }

    fn change(&mut self, actions: &mut Vec<Action>) -> Result<(), DdlError> {
        let rename = self.eat("CHANGE");
        let _ = !rename && self.eat("MODIFY");
        let _ = self.eat("COLUMN");
        let if_exists = self.eat_all(&["IF", "EXISTS"]);
        let old = if rename { Some(self.name("a column")?.0) } else { None };
        let column = Box::new(self.column()?);
        let place = self.place()?;
        let old = old.unwrap_or_else(|| column.name.clone());
        actions.push(Action::ChangeColumn { old, column, place, if_exists });
        Ok(())
    }

    fn place(&mut self) -> Result<Place, DdlError> {
        if self.eat("FIRST") {
            Ok(Place::First)
        } else if self.eat("AFTER") {
            Ok(Place::After(self.name("a column")?.0))
        } else {
            Ok(Place::Unsaid)
        }
    }

    /// ALTER of a column's default, or of an index's or a check's state.
    fn alter_part(&mut self, actions: &mut Vec<Action>) -> Result<(), DdlError> {
        let second_is_verb = |cursor: &Self| cursor.sees_at(1, "SET") || cursor.sees_at(1, "DROP");
        if self.sees_any(&["INDEX", "KEY", "CHECK", "CONSTRAINT"]) && !second_is_verb(self) {
            return self.skip_element();
        }
        let _ = self.eat("COLUMN");
        let if_exists = self.eat_all(&["IF", "EXISTS"]);
        let (name, _) = self.name("a column")?;
        if self.eat_all(&["SET", "VISIBLE"]) || self.eat_all(&["SET", "INVISIBLE"]) {
            return Ok(());
        }
        let default = if self.eat_all(&["SET", "DEFAULT"]) {
            Some(self.default_value()?)
        } else if self.eat_all(&["DROP", "DEFAULT"]) {
            None
        } else {
            return Err(self.unknown("ALTER TABLE action"));
        };
        actions.push(Action::SetDefault { name, default, if_exists });
        Ok(())
    }

    fn rename(&mut self, actions: &mut Vec<Action>) -> Result<(), DdlError> {
        // A table may be called `column` or `key` only in backticks: these words are reserved.
        if self.eat("COLUMN") {
            let _ = self.eat_all(&["IF", "EXISTS"]);
            let (old, _) = self.name("a column")?;
            self.expect("TO")?;
            let (new, _) = self.name("a column's name")?;
            actions.push(Action::RenameColumn { old, new });
        } else if self.eat_any(&["KEY", "INDEX"]) {
            let _ = self.eat_all(&["IF", "EXISTS"]);
            let (old, _) = self.name("a key's name")?;
            self.expect("TO")?;
            let (new, _) = self.name("a key's name")?;
            actions.push(Action::RenameKey { old, new });
        } else {
            let _ = self.eat_any(&["TO", "AS"]) || self.eat_symbol('=');
            actions.push(Action::Rename(self.object_name("a table's name")?));
        }
        Ok(())
    }

    /// `CONVERT TO CHARACTER SET x [COLLATE y]`; MariaDB's CONVERT TABLE and CONVERT PARTITION move rows.
    fn convert(&mut self, table: &mut AlterTable) -> Result<(), DdlError> {
        if self.sees_any(&["PARTITION", "TABLE"]) {
            if self.eat("TABLE") {
                table.actions.push(Action::ReplaceRowsOf(self.object_name("a table's name")?));
            }
            table.actions.push(Action::ReplaceRows);
            return self.skip_element();
        }
        self.expect("TO")?;
        if !self.eat_all(&["CHARACTER", "SET"]) && !self.eat("CHARSET") {
            return Err(self.unexpected("`CHARACTER SET`"));
        }
        let charset = self.charset_name()?;
        let collation = if self.eat("COLLATE") { Some(self.collation_name()?) } else { None };
        table.actions.push(Action::Convert { charset, collation });
        Ok(())
    }

    fn replace_rows(&mut self, table: &mut AlterTable) -> Result<(), DdlError> {
        table.actions.push(Action::ReplaceRows);
        let exchange = self.eat("EXCHANGE");
        if !exchange && self.eat_any(&["DISCARD", "IMPORT"]) && self.eat("TABLESPACE") {
            return Ok(());
        }
        let _ = self.eat("TRUNCATE");
        if !self.sees("PARTITION") {
            return Err(self.unexpected("`PARTITION`"));
        }
        self.partition_list()?;
        if exchange {
            self.expect("WITH")?;
            self.expect("TABLE")?;
            table.actions.push(Action::ReplaceRowsOf(self.object_name("a table's name")?));
            let _ = self.eat_all(&["WITH", "VALIDATION"]) || self.eat_all(&["WITHOUT", "VALIDATION"]);
        } else {
            let _ = self.eat("TABLESPACE");
        }
        Ok(())
    }

    /// `PARTITION [IF EXISTS] p, …`.
    fn partition_list(&mut self) -> Result<(), DdlError> {
        self.expect("PARTITION")?;
        let _ = self.eat_all(&["IF", "EXISTS"]);
        loop {
            let _ = self.name("a partition")?;
            if !self.eat_symbol(',') {
                return Ok(());
            }
        }
    }

    /// `PARTITION BY …` and what rearranges partitions without changing rows; false where there is neither.
    fn partitioning(&mut self) -> Result<bool, DdlError> {
        const VERBS: [&str; 9] =
            ["ANALYZE", "CHECK", "OPTIMIZE", "REBUILD", "REPAIR", "COALESCE", "REORGANIZE", "SECONDARY_LOAD", "SECONDARY_UNLOAD"];
        if self.sees_all(&["PARTITION", "BY"]) || self.sees_any(&VERBS) {
            // Lists of partitions have commas of their own; nothing may follow them.
            while !self.at_end() {
                self.skip_group()?;
            }
            return Ok(true);
        }
        Ok(self.eat_all(&["REMOVE", "PARTITIONING"]) || self.eat_all(&["UPGRADE", "PARTITIONING"]))
    }

    /// Steps over an action that changes neither columns nor keys nor rows.
    fn harmless_action(&mut self) -> Result<(), DdlError> {
        let plain = self.eat("FORCE")
            || self.eat_all(&["ENABLE", "KEYS"])
            || self.eat_all(&["DISABLE", "KEYS"])
            || self.eat_all(&["WITH", "VALIDATION"])
            || self.eat_all(&["WITHOUT", "VALIDATION"]);
        if plain {
            return Ok(());
        }
        if self.eat_all(&["ORDER", "BY"]) {
            while !self.at_end() {
                self.skip_group()?;
            }
            return Ok(());
        }
        if self.eat_any(&["ALGORITHM", "LOCK"]) {
            let _ = self.eat_symbol('=');
            let _ = self.name("a way to alter")?;
            return Ok(());
        }
        if self.eat("UNION") {
            let _ = self.eat_symbol('=');
            return self.skip_group();
        }
        // Storage engines of MariaDB have options of their own: `name = value`.
        if !self.sees_any(&HARMLESS_OPTIONS) && !self.sees_kind_at(1, Kind::Symbol('=')) {
            return Err(self.unknown("ALTER TABLE action"));
        }
        let two_words = self.sees_any(&["DATA", "INDEX"]);
        let _ = self.next();
        if two_words {
            self.expect("DIRECTORY")?;
        }
        let _ = self.eat_symbol('=');
        let _ = self.next();
        if self.eat("STORAGE") {
            let _ = self.next();
        }
        Ok(())
    }
}
