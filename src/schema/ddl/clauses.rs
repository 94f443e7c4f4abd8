//! The clauses that CREATE TABLE, ALTER TABLE and CREATE INDEX share: names, keys, charsets, table options.

use std::ops::Range;

use super::{Cursor, DdlError, Kind, ReferenceSpec, TableElement};
use crate::schema::{Charset, Collation, Flavor, StatementContext};

/// `[schema.]name` as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::schema) struct ObjectName {
    pub(in crate::schema) schema: Option<String>,
    pub(in crate::schema) name: String,
    pub(in crate::schema) span: Range<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::schema) enum KeyKind {
    Primary,
    Unique,
    /// An index that allows duplicates; only its name matters.
    Plain,
}

/// PRIMARY KEY, UNIQUE, KEY, … of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::schema) struct KeySpec {
    pub(in crate::schema) kind: KeyKind,
    pub(in crate::schema) name: Option<String>,
    pub(in crate::schema) parts: Vec<KeyPart>,
    /// USING HASH, which on MariaDB's InnoDB makes a hidden column.
    pub(in crate::schema) hash: bool,
    /// `p WITHOUT OVERLAPS`: the key ends with the two columns of the period `p`.
    pub(in crate::schema) period: Option<String>,
    pub(in crate::schema) if_not_exists: bool,
    /// What its columns refer to. The index of such a key is not made where another one serves.
    pub(in crate::schema) references: Option<ReferenceSpec>,
}

/// One part of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::schema) struct KeyPart {
    /// The column; none for an expression.
    pub(in crate::schema) column: Option<String>,
    /// In characters, or bytes for binary columns.
    pub(in crate::schema) prefix: Option<u32>,
    pub(in crate::schema) span: Range<usize>,
}

/// PERIOD FOR: the columns of a period; SYSTEM_TIME's are those of row versions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::schema) struct Period {
    pub(in crate::schema) name: String,
    pub(in crate::schema) start: String,
    pub(in crate::schema) end: String,
}

/// The options of a table or schema that say something about columns.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(in crate::schema) struct TableOptions {
    pub(in crate::schema) charset: Option<CharsetName>,
    pub(in crate::schema) collation: Option<CollationName>,
    pub(in crate::schema) engine: Option<String>,
    /// WITH SYSTEM VERSIONING.
    pub(in crate::schema) versioned: bool,
}

/// A charset as named; none stands for DEFAULT.
pub(in crate::schema) type CharsetName = Option<Charset>;

/// A collation as named, unresolved: MariaDB's short names need the charset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::schema) struct CollationName {
    /// None stands for DEFAULT.
    pub(in crate::schema) name: Option<String>,
    pub(in crate::schema) span: Range<usize>,
}

impl CollationName {
    /// The collation of this name, in the given charset where one is.
    pub(in crate::schema) fn resolve(
        &self,
        charset: Option<Charset>,
        fallback: Charset,
        context: &StatementContext,
    ) -> Result<Collation, DdlError> {
        let flavor = context.server.flavor;
        let Some(name) = &self.name else { return Ok(context.default_collation(charset.unwrap_or(fallback))) };
        let whole = || Collation::by_name_on(name, flavor).filter(|found| charset.is_none_or(|charset| found.charset() == charset));
        whole().or_else(|| Collation::by_name_in(charset.unwrap_or(fallback), name, flavor)).ok_or_else(|| {
            let what = charset.map_or("collation".to_owned(), |charset| format!("collation of charset `{charset}`"));
            DdlError::NoCollation { what, name: name.clone(), span: self.span.clone() }
        })
    }
}

impl Cursor<'_> {
    /// The name after CHARACTER SET.
    pub(super) fn charset_name(&mut self) -> Result<CharsetName, DdlError> {
        if self.eat("DEFAULT") {
            return Ok(None);
        }
        let (name, span) = self.word_or_string("a charset")?;
        match Charset::by_name(&name) {
            Some(charset) => Ok(Some(charset)),
            None => Err(DdlError::NoCollation { what: "charset".into(), name, span }),
        }
    }

    /// The name after COLLATE.
    pub(super) fn collation_name(&mut self) -> Result<CollationName, DdlError> {
        if self.eat("DEFAULT") {
            return Ok(CollationName { name: None, span: self.last_span() });
        }
        let (name, span) = self.word_or_string("a collation")?;
        Ok(CollationName { name: Some(name), span })
    }

    fn word_or_string(&mut self, expected: &'static str) -> Result<(String, Range<usize>), DdlError> {
        if self.sees_kind_at(0, Kind::String) {
            let text = self.string(expected)?;
            return Ok((text, self.last_span()));
        }
        self.name(expected)
    }

    /// `[DEFAULT] CHARACTER SET [=] x` or `[DEFAULT] COLLATE [=] x`; false, and nothing read, where there is neither.
    pub(super) fn charset_option(&mut self, options: &mut TableOptions) -> Result<bool, DdlError> {
        let ahead = usize::from(self.sees("DEFAULT"));
        let charset = self.sees_at(ahead, "CHARSET") || self.sees_at(ahead, "CHARACTER") && self.sees_at(ahead + 1, "SET");
        let collation = self.sees_at(ahead, "COLLATE");
        if !charset && !collation {
            return Ok(false);
        }
        let _ = self.eat("DEFAULT");
        if charset {
            let _ = self.eat("CHARSET") || self.eat_all(&["CHARACTER", "SET"]);
            let _ = self.eat_symbol('=');
            options.charset = Some(self.charset_name()?);
            // Before MySQL 8.0 the later of the two options counts.
            if self.context.server.flavor == Flavor::MySql && !self.context.server.is_mysql_from(80_000) {
                options.collation = None;
            }
        } else {
            let _ = self.eat("COLLATE");
            let _ = self.eat_symbol('=');
            options.collation = Some(self.collation_name()?);
        }
        Ok(true)
    }

    /// Whether a key, a constraint or a period begins here rather than a column.
    pub(super) fn sees_key(&self) -> bool {
        self.sees_any(&["CONSTRAINT", "PRIMARY", "UNIQUE", "KEY", "INDEX", "FULLTEXT", "SPATIAL", "FOREIGN", "CHECK"])
            || self.sees("VECTOR") && (self.sees_at(1, "KEY") || self.sees_at(1, "INDEX"))
            || self.sees_all(&["PERIOD", "FOR"])
    }

    /// A key or period of a table; none for a constraint that makes no index.
    pub(super) fn constraint(&mut self) -> Result<Option<TableElement>, DdlError> {
        if self.eat_all(&["PERIOD", "FOR"]) {
            let _ = self.eat_all(&["IF", "NOT", "EXISTS"]);
            let (name, _) = self.name("a period's name")?;
            self.expect_symbol('(', "`(`")?;
            let (start, _) = self.name("a column")?;
            self.expect_symbol(',', "`,`")?;
            let (end, _) = self.name("a column")?;
            self.expect_symbol(')', "`)`")?;
            return Ok(Some(TableElement::Period(Period { name, start, end })));
        }
        Ok(self.key()?.map(TableElement::Key))
    }

    /// A key; none for CHECK.
    fn key(&mut self) -> Result<Option<KeySpec>, DdlError> {
        let mut constraint = None;
        if self.eat("CONSTRAINT") {
            let _ = self.eat_all(&["IF", "NOT", "EXISTS"]);
            if !self.sees_any(&["PRIMARY", "UNIQUE", "FOREIGN", "CHECK"]) {
                constraint = Some(self.name("a constraint's name")?.0);
            }
        }
        if self.eat("CHECK") {
            self.skip_element()?;
            return Ok(None);
        }
        if self.eat_all(&["PRIMARY", "KEY"]) {
            return self.key_body(KeyKind::Primary, None).map(Some);
        }
        if self.eat("UNIQUE") {
            let _ = self.eat_any(&["KEY", "INDEX"]);
            return self.key_body(KeyKind::Unique, constraint).map(Some);
        }
        if self.eat_all(&["FOREIGN", "KEY"]) {
            return self.foreign_key(constraint).map(Some);
        }
        if !self.eat_any(&["FULLTEXT", "SPATIAL", "VECTOR"]) && !self.sees_any(&["KEY", "INDEX"]) {
            return Err(self.unknown("key"));
        }
        let _ = self.eat_any(&["KEY", "INDEX"]);
        self.key_body(KeyKind::Plain, None).map(Some)
    }

    /// `[IF NOT EXISTS] [name] [USING …] (parts) …`; a constraint's name serves where the key has none.
    fn key_body(&mut self, kind: KeyKind, constraint: Option<String>) -> Result<KeySpec, DdlError> {
        let if_not_exists = self.eat_all(&["IF", "NOT", "EXISTS"]);
        let mut name = None;
        if !self.sees_symbol('(') && !self.sees_key_algorithm() {
            name = Some(self.name("`(`")?.0);
        }
        let name = name.or(constraint);
        let mut key = KeySpec { kind, name, parts: Vec::new(), hash: self.key_algorithm(), period: None, if_not_exists, references: None };
        self.key_parts(&mut key)?;
        Ok(key)
    }

    /// `(parts) [options]` of a key; the options are stepped over.
    pub(super) fn key_parts(&mut self, key: &mut KeySpec) -> Result<(), DdlError> {
        self.key_columns(key)?;
        while self.peek().is_some_and(|token| !matches!(token.kind, Kind::Symbol(',' | ')') | Kind::Delimiter)) {
            if self.sees_key_algorithm() { key.hash = self.key_algorithm() } else { self.skip_group()? }
        }
        Ok(())
    }

    /// `(parts)` of a key.
    pub(super) fn key_columns(&mut self, key: &mut KeySpec) -> Result<(), DdlError> {
        self.expect_symbol('(', "`(`")?;
        loop {
            let start = self.start();
            if self.sees_symbol('(') {
                self.skip_group()?;
                key.parts.push(KeyPart { column: None, prefix: None, span: start..self.last_span().end });
            } else {
                let (column, span) = self.name("a column")?;
                if self.eat_all(&["WITHOUT", "OVERLAPS"]) {
                    key.period = Some(column);
                } else {
                    let mut prefix = None;
                    if self.eat_symbol('(') {
                        prefix = Some(self.number("a length")?);
                        self.expect_symbol(')', "`)`")?;
                    }
                    key.parts.push(KeyPart { column: Some(column), prefix, span });
                }
            }
            let _ = self.eat_any(&["ASC", "DESC"]);
            if !self.eat_symbol(',') {
                break;
            }
        }
        self.expect_symbol(')', "`,` or `)`")
    }

    fn sees_key_algorithm(&self) -> bool {
        let algorithm = |ahead| self.sees_at(ahead, "BTREE") || self.sees_at(ahead, "HASH") || self.sees_at(ahead, "RTREE");
        self.sees_any(&["USING", "TYPE"]) && algorithm(1)
    }

    /// Reads `USING …`, if it is there, and tells whether it was HASH.
    pub(super) fn key_algorithm(&mut self) -> bool {
        if !self.sees_key_algorithm() {
            return false;
        }
        let hash = self.sees_at(1, "HASH");
        self.at_least(2);
        hash
    }

    fn at_least(&mut self, count: usize) {
        for _ in 0..count {
            let _ = self.next();
        }
    }
}
