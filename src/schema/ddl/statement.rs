//! Which statement a text is, and whether it may touch tables at all.

use super::{AlterTable, CreateTable, Cursor, DdlError, KeyKind, KeySpec, ObjectName, TableOptions};

/// A statement, as far as it changes tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::schema) enum Statement {
    CreateTable(CreateTable),
    /// MariaDB's CREATE SEQUENCE: a table of one row.
    CreateSequence {
        name: ObjectName,
        if_not_exists: bool,
    },
    AlterTable(AlterTable),
    DropTables {
        names: Vec<ObjectName>,
        if_exists: bool,
    },
    RenameTables {
        pairs: Vec<(ObjectName, ObjectName)>,
        if_exists: bool,
    },
    Truncate(ObjectName),
    CreateIndex {
        table: ObjectName,
        key: KeySpec,
    },
    DropIndex {
        table: ObjectName,
        name: String,
    },
    CreateSchema {
        name: String,
        or_replace: bool,
        if_not_exists: bool,
        options: TableOptions,
    },
    AlterSchema {
        name: Option<String>,
        options: TableOptions,
    },
    DropSchema {
        name: String,
    },
    Use(String),
    /// The statement itself, not row events, changes rows.
    ChangesRows {
        verb: String,
    },
    /// Changes no table.
    NoEffect,
}

/// Statements that change no table, by their first word.
const NO_EFFECT: [&str; 41] = [
    "ANALYZE",
    "BEGIN",
    "BINLOG",
    "CACHE",
    "CHANGE",
    "CHECK",
    "CHECKSUM",
    "CLONE",
    "COMMIT",
    "DEALLOCATE",
    "DELIMITER",
    "DESC",
    "DESCRIBE",
    "DO",
    "END",
    "EXPLAIN",
    "FLUSH",
    "GET",
    "GRANT",
    "HANDLER",
    "HELP",
    "INSTALL",
    "KILL",
    "LOCK",
    "OPTIMIZE",
    "PREPARE",
    "PURGE",
    "RELEASE",
    "REPAIR",
    "RESET",
    "REVOKE",
    "ROLLBACK",
    "SAVEPOINT",
    "SELECT",
    "SET",
    "SHOW",
    "SHUTDOWN",
    "START",
    "STOP",
    "UNINSTALL",
    "UNLOCK",
];
/// Statements that change rows by themselves.
const CHANGES_ROWS: [&str; 8] = ["INSERT", "UPDATE", "DELETE", "REPLACE", "LOAD", "CALL", "EXECUTE", "WITH"];
/// What CREATE, ALTER and DROP may name besides tables, schemas and indexes.
const OTHER_OBJECTS: [&str; 21] = [
    "AGGREGATE",
    "ALGORITHM",
    "DEFINER",
    "EVENT",
    "FUNCTION",
    "INSTANCE",
    "LIBRARY",
    "LOGFILE",
    "MATERIALIZED",
    "PACKAGE",
    "PROCEDURE",
    "RESOURCE",
    "ROLE",
    "SERVER",
    "SPATIAL",
    "SQL",
    "TABLESPACE",
    "TRIGGER",
    "UNDO",
    "USER",
    "VIEW",
];

/// Reads a statement from its first token; the cursor must hold this statement only.
pub(in crate::schema) fn read_statement(cursor: &mut Cursor<'_>) -> Result<Statement, DdlError> {
    let Some(first) = cursor.peek() else { return Ok(Statement::NoEffect) };
    let verb = first.text.to_ascii_uppercase();
    if cursor.sees_any(&NO_EFFECT) || cursor.sees("XA") {
        return Ok(Statement::NoEffect);
    }
    if cursor.sees_any(&CHANGES_ROWS) {
        return Ok(Statement::ChangesRows { verb });
    }
    let statement = match verb.as_str() {
        "CREATE" if cursor.eat("CREATE") => cursor.create()?,
        "ALTER" if cursor.eat("ALTER") => cursor.alter()?,
        "DROP" if cursor.eat("DROP") => cursor.drop_statement()?,
        "RENAME" if cursor.eat("RENAME") => cursor.rename_tables()?,
        "TRUNCATE" if cursor.eat("TRUNCATE") => {
            let _ = cursor.eat("TABLE");
            let table = cursor.object_name("a table's name")?;
            cursor.wait();
            Statement::Truncate(table)
        }
        "USE" if cursor.eat("USE") => Statement::Use(cursor.name("a schema")?.0),
        // `(SELECT …)`, and MySQL's IMPORT TABLE, which brings rows.
        "(" => return Ok(Statement::NoEffect),
        "IMPORT" => return Ok(Statement::ChangesRows { verb }),
        _ => return Err(cursor.unknown("statement")),
    };
    if statement == Statement::NoEffect || cursor.at_end() { Ok(statement) } else { Err(cursor.unexpected("the end")) }
}

impl Cursor<'_> {
    /// What follows CREATE.
    fn create(&mut self) -> Result<Statement, DdlError> {
        let or_replace = self.eat_all(&["OR", "REPLACE"]);
        if self.eat("TEMPORARY") {
            return Ok(Statement::NoEffect);
        }
        if self.eat("TABLE") {
            return self.create_table(or_replace).map(Statement::CreateTable);
        }
        if self.eat_any(&["DATABASE", "SCHEMA"]) {
            let if_not_exists = self.eat_all(&["IF", "NOT", "EXISTS"]);
            let (name, _) = self.name("a schema's name")?;
            return Ok(Statement::CreateSchema { name, or_replace, if_not_exists, options: self.schema_options()? });
        }
        if self.eat("SEQUENCE") {
            let if_not_exists = self.eat_all(&["IF", "NOT", "EXISTS"]);
            let name = self.object_name("a sequence's name")?;
            self.skip_all();
            return Ok(Statement::CreateSequence { name, if_not_exists });
        }
        let unique = self.eat("UNIQUE");
        let special = !self.sees_all(&["SPATIAL", "REFERENCE"])
            && (self.eat("ONLINE") || self.eat("OFFLINE") || self.eat_any(&["FULLTEXT", "SPATIAL", "VECTOR"]));
        let unique = unique || self.eat("UNIQUE");
        if self.eat("INDEX") {
            return self.create_index(unique);
        }
        if unique || special || !self.sees_any(&OTHER_OBJECTS) {
            return Err(self.unknown("CREATE statement"));
        }
        Ok(Statement::NoEffect)
    }

    /// What follows `CREATE [UNIQUE] INDEX`.
    fn create_index(&mut self, unique: bool) -> Result<Statement, DdlError> {
        let if_not_exists = self.eat_all(&["IF", "NOT", "EXISTS"]);
        let (name, _) = self.name("an index's name")?;
        let hash = self.key_algorithm();
        self.expect("ON")?;
        let table = self.object_name("a table's name")?;
        let kind = if unique { KeyKind::Unique } else { KeyKind::Plain };
        let mut key = KeySpec { kind, name: Some(name), parts: Vec::new(), hash, period: None, if_not_exists, references: None };
        self.wait();
        self.key_parts(&mut key)?;
        self.skip_all();
        Ok(Statement::CreateIndex { table, key })
    }

    /// What follows ALTER.
    fn alter(&mut self) -> Result<Statement, DdlError> {
        while self.eat_any(&["ONLINE", "OFFLINE", "IGNORE"]) {}
        if self.eat("TABLE") {
            return self.alter_table().map(Statement::AlterTable);
        }
        if self.eat_any(&["DATABASE", "SCHEMA"]) {
            let option = self.sees_any(&["DEFAULT", "CHARACTER", "CHARSET", "COLLATE", "ENCRYPTION", "READ"]);
            let name = if option { None } else { Some(self.name("a schema")?.0) };
            return Ok(Statement::AlterSchema { name, options: self.schema_options()? });
        }
        // ALTER SEQUENCE changes its one row, which a row event tells.
        if self.sees_any(&OTHER_OBJECTS) || self.sees("SEQUENCE") {
            return Ok(Statement::NoEffect);
        }
        Err(self.unknown("ALTER statement"))
    }

    /// The options of a schema; those that say nothing about charsets are stepped over.
    fn schema_options(&mut self) -> Result<TableOptions, DdlError> {
        let mut options = TableOptions::default();
        while !self.at_end() {
            if !self.charset_option(&mut options)? {
                self.skip_group()?;
            }
        }
        Ok(options)
    }

    /// What follows DROP.
    fn drop_statement(&mut self) -> Result<Statement, DdlError> {
        if self.eat("TEMPORARY") {
            return Ok(Statement::NoEffect);
        }
        if self.eat_any(&["TABLE", "TABLES", "SEQUENCE"]) {
            let if_exists = self.eat_all(&["IF", "EXISTS"]);
            let mut names = vec![self.object_name("a table's name")?];
            while self.eat_symbol(',') {
                names.push(self.object_name("a table's name")?);
            }
            self.wait();
            let _ = self.eat_any(&["RESTRICT", "CASCADE"]);
            return Ok(Statement::DropTables { names, if_exists });
        }
        if self.eat_any(&["DATABASE", "SCHEMA"]) {
            let _ = self.eat_all(&["IF", "EXISTS"]);
            return Ok(Statement::DropSchema { name: self.name("a schema")?.0 });
        }
        while self.eat_any(&["ONLINE", "OFFLINE"]) {}
        if self.eat("INDEX") {
            let _ = self.eat_all(&["IF", "EXISTS"]);
            let (name, _) = self.name("an index")?;
            self.expect("ON")?;
            let table = self.object_name("a table's name")?;
            self.skip_all();
            return Ok(Statement::DropIndex { table, name });
        }
        // DROP PREPARE is another spelling of DEALLOCATE PREPARE.
        if self.sees_any(&OTHER_OBJECTS) || self.sees("PREPARE") {
            return Ok(Statement::NoEffect);
        }
        Err(self.unknown("DROP statement"))
    }

    /// What follows RENAME.
    fn rename_tables(&mut self) -> Result<Statement, DdlError> {
        if self.sees("USER") {
            return Ok(Statement::NoEffect);
        }
        if !self.eat_any(&["TABLE", "TABLES"]) {
            return Err(self.unknown("RENAME statement"));
        }
        let if_exists = self.eat_all(&["IF", "EXISTS"]);
        let mut pairs = Vec::new();
        loop {
            let from = self.object_name("a table's name")?;
            self.wait();
            self.expect("TO")?;
            pairs.push((from, self.object_name("a table's name")?));
            if !self.eat_symbol(',') {
                return Ok(Statement::RenameTables { pairs, if_exists });
            }
        }
    }

    /// MariaDB's `WAIT n` and `NOWAIT`.
    fn wait(&mut self) {
        if self.eat("WAIT") {
            let _ = self.next();
        }
        let _ = self.eat("NOWAIT");
    }

    fn skip_all(&mut self) {
        while self.next().is_some() {}
    }
}
