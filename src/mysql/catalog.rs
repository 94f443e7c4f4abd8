//! What `information_schema` says of some tables, one question for each schema and kind.

use std::collections::{BTreeMap, BTreeSet};

use super::{Cascade, ColumnTraits, Connection, IndexPart, MysqlError, Row, UniqueIndex, quote::quoted_string};
use crate::schema::{Flavor, TableName, TableSchema};

/// The answers for the tables that were asked for.
pub(super) struct Catalog {
    /// Whether names are the same in any case.
    folds_names: bool,
    /// Whether triggers are seen without a privilege: MariaDB hides their statements only.
    shows_triggers: bool,
    tables: Vec<(TableName, Listed)>,
    /// EXTRA of columns that have any: table, column, text.
    extras: Vec<(TableName, String, String)>,
    /// Parts of unique indexes: table, index, its part, column.
    parts: Vec<(TableName, String, IndexPart, Option<String>)>,
    triggers: Vec<(TableName, String)>,
    /// By the parent.
    cascades: Vec<(TableName, Cascade)>,
    /// Statements that granted what the user may do.
    grants: Vec<String>,
}

/// A name that is taken.
pub(super) struct Listed {
    /// `BASE TABLE`, `SYSTEM VERSIONED`, `VIEW`, `SEQUENCE`, …
    pub(super) kind: String,
    pub(super) engine: String,
    pub(super) transactional: bool,
}

impl Listed {
    pub(super) fn is_table(&self) -> bool {
        self.kind == "BASE TABLE" || self.is_versioned()
    }

    pub(super) fn is_versioned(&self) -> bool {
        self.kind == "SYSTEM VERSIONED"
    }
}

impl Catalog {
    pub(super) async fn read(connection: &mut Connection, names: &[TableName]) -> Result<Self, MysqlError> {
        let mut catalog = Self {
            folds_names: connection.folds_names(),
            shows_triggers: connection.version().flavor == Flavor::MariaDb,
            tables: Vec::new(),
            extras: Vec::new(),
            parts: Vec::new(),
            triggers: Vec::new(),
            cascades: Vec::new(),
            grants: Vec::new(),
        };
        let mut schemas: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for name in names {
            schemas.entry(&name.schema).or_default().insert(&name.table);
        }
        for (schema, tables) in schemas {
            catalog.read_schema(connection, schema, &tables).await?;
        }
        let question = grants_question(connection).await?;
        let grants = connection.rows(question).await?;
        catalog.grants = grants.iter().filter_map(|row| row.text(0)).map(str::to_owned).collect();
        Ok(catalog)
    }

    async fn read_schema(&mut self, connection: &mut Connection, schema: &str, tables: &BTreeSet<&str>) -> Result<(), MysqlError> {
        let list: Vec<String> = tables.iter().map(|table| quoted_string(table)).collect();
        let (of, list) = (quoted_string(schema), list.join(", "));
        let name = |row: &Row| Some(TableName::new(schema, row.text(0)?));
        let text = |row: &Row, cell: usize| row.text(cell).unwrap_or_default().to_owned();

        // MariaDB answers such a question from the files of one folder only if the schema is one constant.
        let question = format!(
            "SELECT t.TABLE_NAME, t.TABLE_TYPE, t.ENGINE, e.TRANSACTIONS FROM information_schema.TABLES t \
             LEFT JOIN information_schema.ENGINES e ON e.ENGINE = t.ENGINE WHERE t.TABLE_SCHEMA = {of} AND t.TABLE_NAME IN ({list})"
        );
        for row in connection.rows(question).await? {
            let listed = Listed { kind: text(&row, 1), engine: text(&row, 2), transactional: row.text(3) == Some("YES") };
            self.tables.extend(name(&row).map(|table| (table, listed)));
        }
        let question = format!(
            "SELECT TABLE_NAME, COLUMN_NAME, EXTRA FROM information_schema.COLUMNS \
             WHERE TABLE_SCHEMA = {of} AND TABLE_NAME IN ({list}) AND EXTRA <> ''"
        );
        for row in connection.rows(question).await? {
            self.extras.extend(name(&row).map(|table| (table, text(&row, 1), text(&row, 2))));
        }
        let question = format!(
            "SELECT TABLE_NAME, INDEX_NAME, COLUMN_NAME, SUB_PART, COLLATION FROM information_schema.STATISTICS \
             WHERE TABLE_SCHEMA = {of} AND TABLE_NAME IN ({list}) AND NON_UNIQUE = 0 \
             ORDER BY TABLE_NAME, INDEX_NAME <> 'PRIMARY', INDEX_NAME, SEQ_IN_INDEX"
        );
        for row in connection.rows(question).await? {
            let prefix_chars = row.number(3).and_then(|length| u32::try_from(length).ok());
            let part = IndexPart { column: None, prefix_chars, descending: row.text(4) == Some("D") };
            self.parts.extend(name(&row).map(|table| (table, text(&row, 1), part, row.text(2).map(str::to_owned))));
        }
        let question = format!(
            "SELECT EVENT_OBJECT_TABLE, TRIGGER_NAME FROM information_schema.TRIGGERS \
             WHERE EVENT_OBJECT_SCHEMA = {of} AND EVENT_OBJECT_TABLE IN ({list})"
        );
        for row in connection.rows(question).await? {
            self.triggers.extend(name(&row).map(|table| (table, text(&row, 1))));
        }
        let question = format!(
            "SELECT REFERENCED_TABLE_NAME, CONSTRAINT_NAME, CONSTRAINT_SCHEMA, TABLE_NAME FROM information_schema.REFERENTIAL_CONSTRAINTS \
             WHERE UNIQUE_CONSTRAINT_SCHEMA = {of} AND REFERENCED_TABLE_NAME IN ({list}) \
             AND (DELETE_RULE IN ('CASCADE', 'SET NULL') OR UPDATE_RULE IN ('CASCADE', 'SET NULL'))"
        );
        for row in connection.rows(question).await? {
            let cascade = Cascade { name: text(&row, 1), child: TableName::new(text(&row, 2), text(&row, 3)) };
            self.cascades.extend(name(&row).map(|table| (table, cascade)));
        }
        Ok(())
    }

    pub(super) fn listed<'a>(&'a self, name: &'a TableName) -> Option<&'a Listed> {
        self.of(&self.tables, name).next().map(|(_, listed)| listed)
    }

    pub(super) fn traits(&self, table: &TableSchema) -> Vec<ColumnTraits> {
        let mut traits = vec![ColumnTraits::default(); table.columns.len()];
        let extras = self.extras.iter().filter(|(of, ..)| self.is_same(of, &table.name));
        for (_, column, extra) in extras {
            if let Some(column) = table.column_index(column) {
                let words = extra.to_ascii_lowercase();
                traits[column] = ColumnTraits { invisible: words.contains("invisible"), auto_increment: words.contains("auto_increment") };
            }
        }
        traits
    }

    pub(super) fn unique_indexes(&self, table: &TableSchema) -> Vec<UniqueIndex> {
        let mut indexes: Vec<UniqueIndex> = Vec::new();
        for (_, name, part, column) in self.parts.iter().filter(|(of, ..)| self.is_same(of, &table.name)) {
            let column = column.as_deref().and_then(|column| table.column_index(column));
            let part = IndexPart { column, ..*part };
            match indexes.last_mut().filter(|index| index.name == *name) {
                Some(index) => index.parts.push(part),
                None => indexes.push(UniqueIndex { name: name.clone(), primary: name == "PRIMARY", parts: vec![part] }),
            }
        }
        indexes
    }

    pub(super) fn triggers(&self, name: &TableName) -> Option<Vec<String>> {
        let seen: Vec<String> = self.of(&self.triggers, name).map(|(_, trigger)| trigger.clone()).collect();
        let all = self.shows_triggers || !seen.is_empty() || self.grants.iter().any(|grant| shows_triggers(grant, name));
        all.then_some(seen)
    }

    pub(super) fn cascades(&self, name: &TableName) -> Vec<Cascade> {
        self.of(&self.cascades, name).map(|(_, cascade)| cascade.clone()).collect()
    }

    fn of<'a, T>(&'a self, entries: &'a [(TableName, T)], name: &'a TableName) -> impl Iterator<Item = &'a (TableName, T)> {
        entries.iter().filter(|(of, _)| self.is_same(of, name))
    }

    /// MariaDB compares names in `information_schema` without case, even where tables differ by it.
    fn is_same(&self, one: &TableName, other: &TableName) -> bool {
        one == other
            || self.folds_names
                && one.schema.to_lowercase() == other.schema.to_lowercase()
                && one.table.to_lowercase() == other.table.to_lowercase()
    }
}

/// The question for what the user may do, by roles too: MySQL names the roles only, unless it is asked for what they bring.
async fn grants_question(connection: &mut Connection) -> Result<String, MysqlError> {
    if !connection.version().is_mysql_from(80_000) {
        return Ok("SHOW GRANTS".to_owned());
    }
    let roles = connection.rows("SELECT CURRENT_ROLE()").await?;
    match roles.first().and_then(|row| row.text(0)) {
        None | Some("NONE") => Ok("SHOW GRANTS".to_owned()),
        Some(roles) => Ok(format!("SHOW GRANTS FOR CURRENT_USER() USING {roles}")),
    }
}

/// Whether a line of SHOW GRANTS lets its user see the triggers of a table.
fn shows_triggers(grant: &str, name: &TableName) -> bool {
    let Some((privileges, object)) = grant.split_once(" ON ") else { return false };
    if !privileges.contains("TRIGGER") && !privileges.contains("ALL PRIVILEGES") {
        return false;
    }
    let object = object.split_once(" TO ").map_or(object, |(object, _)| object);
    if object == "*.*" {
        return true;
    }
    let Some((schema, table)) = object.trim_start_matches("TABLE ").split_once('.') else { return false };
    let (schema, table) = (schema.trim_matches('`').replace("``", "`"), table.trim_matches('`').replace("``", "`"));
    match table.as_str() {
        "*" => matches_pattern(&schema, &name.schema),
        table => schema == name.schema && table == name.table,
    }
}

/// The pattern of schemas in a grant: `%` and `_`, with `\` before those that mean themselves.
fn matches_pattern(pattern: &str, text: &str) -> bool {
    let mut rest = pattern.chars();
    match rest.next() {
        None => text.is_empty(),
        Some('%') => text.char_indices().map(|(at, _)| &text[at..]).chain([""]).any(|tail| matches_pattern(rest.as_str(), tail)),
        Some(first) => {
            let mut characters = text.chars();
            let expected = if first == '\\' { rest.next() } else { Some(first) };
            let any = first == '_';
            characters.next().is_some_and(|found| any || Some(found) == expected) && matches_pattern(rest.as_str(), characters.as_str())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grants_tell_whether_triggers_are_seen() {
        let name = TableName::new("shop_1", "orders");
        let shows = |grant: &str| shows_triggers(grant, &name);
        assert!(shows("GRANT ALL PRIVILEGES ON *.* TO `root`@`localhost` WITH GRANT OPTION"));
        assert!(shows("GRANT SELECT, TRIGGER ON `shop\\_1`.* TO `a`@`%`"));
        assert!(shows("GRANT TRIGGER ON `shop%`.* TO `a`@`%`"));
        assert!(shows("GRANT TRIGGER ON `shop_1`.`orders` TO `a`@`%`"));
        assert!(!shows("GRANT SELECT, INSERT ON *.* TO `a`@`%`"));
        assert!(!shows("GRANT TRIGGER ON `shop\\_2`.* TO `a`@`%`"));
        assert!(!shows("GRANT TRIGGER ON `shop_1`.`lines` TO `a`@`%`"));
    }
}
