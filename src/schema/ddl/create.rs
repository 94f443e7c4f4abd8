//! CREATE TABLE, and what else makes a table.

use super::{ColumnSpec, Cursor, DdlError, KeySpec, ObjectName, Period, TableOptions};

/// `CREATE TABLE …` as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::schema) struct CreateTable {
    pub(in crate::schema) name: ObjectName,
    pub(in crate::schema) or_replace: bool,
    pub(in crate::schema) if_not_exists: bool,
    pub(in crate::schema) elements: Vec<TableElement>,
    pub(in crate::schema) options: TableOptions,
    pub(in crate::schema) source: TableSource,
}

/// What stands between the parentheses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::schema) enum TableElement {
    Column(Box<ColumnSpec>),
    Key(KeySpec),
    Period(Period),
}

/// Where columns come from besides the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::schema) enum TableSource {
    /// From nowhere else.
    Columns,
    /// LIKE another table.
    Like(ObjectName),
    /// SELECT: only the server knows them.
    Select,
}

impl Cursor<'_> {
    /// What follows `CREATE [OR REPLACE] TABLE`.
    pub(super) fn create_table(&mut self, or_replace: bool) -> Result<CreateTable, DdlError> {
        let if_not_exists = self.eat_all(&["IF", "NOT", "EXISTS"]);
        let name = self.object_name("a table's name")?;
        let mut table = CreateTable {
            name,
            or_replace,
            if_not_exists,
            elements: Vec::new(),
            options: TableOptions::default(),
            source: TableSource::Columns,
        };
        if self.eat("LIKE") {
            table.source = TableSource::Like(self.object_name("a table's name")?);
            return Ok(table);
        }
        if self.sees_symbol('(') && self.sees_at(1, "LIKE") {
            let _ = self.next();
            self.expect("LIKE")?;
            table.source = TableSource::Like(self.object_name("a table's name")?);
            self.expect_symbol(')', "`)`")?;
            return Ok(table);
        }
        // `CREATE TABLE t (SELECT …)` has no list; a column may be called `with` only in backticks.
        let query_in_parentheses = ["SELECT", "WITH", "VALUES", "TABLE"].iter().any(|keyword| self.sees_at(1, keyword));
        if self.sees_symbol('(') && !query_in_parentheses {
            table.elements = self.table_elements()?;
        }
        self.table_options(&mut table)?;
        if table.elements.is_empty() && table.source == TableSource::Columns {
            return Err(self.unexpected("columns"));
        }
        Ok(table)
    }

    /// `(column or key, …)`.
    pub(super) fn table_elements(&mut self) -> Result<Vec<TableElement>, DdlError> {
        self.expect_symbol('(', "`(`")?;
        let mut elements = Vec::new();
        loop {
            if self.sees_key() {
                let constraint = self.constraint()?;
                self.skip_element()?;
                elements.extend(constraint);
            } else {
                elements.push(TableElement::Column(Box::new(self.column()?)));
            }
            if !self.eat_symbol(',') {
                break;
            }
        }
        self.expect_symbol(')', "`,` or `)`")?;
        Ok(elements)
    }

    /// Everything behind the list: options, partitions, a query.
    fn table_options(&mut self, table: &mut CreateTable) -> Result<(), DdlError> {
        while !self.at_end() {
            if self.charset_option(&mut table.options)? || self.engine_option(&mut table.options)? {
                continue;
            }
            if self.eat_all(&["WITH", "SYSTEM", "VERSIONING"]) {
                table.options.versioned = true;
            } else if self.eat_all(&["PARTITION", "BY"]) {
                // RANGE, LIST, HASH, KEY: their lists are in parentheses, so a query behind them is seen below.
                continue;
            } else if self.sees_any(&["SELECT", "WITH", "VALUES", "TABLE", "AS"]) || self.sees_symbol('(') && self.sees_at(1, "SELECT") {
                table.source = TableSource::Select;
                while self.next().is_some() {}
            } else if self.sees_symbol(')') {
                return Err(self.unexpected("a table option"));
            } else {
                self.skip_group()?;
            }
        }
        Ok(())
    }

    /// `ENGINE [=] x`.
    pub(super) fn engine_option(&mut self, options: &mut TableOptions) -> Result<bool, DdlError> {
        if !self.sees_any(&["ENGINE", "TYPE"]) {
            return Ok(false);
        }
        let _ = self.next();
        let _ = self.eat_symbol('=');
        options.engine = self.next().map(|token| token.text.to_ascii_uppercase());
        Ok(true)
    }
}
