//! A column definition as written: name, type, attributes.

use std::ops::Range;

use super::{CharsetSpec, Cursor, DdlError, Kind, ReferenceSpec, TypeSpec};
use crate::schema::Charset;

/// `name type attributes` of CREATE TABLE and ALTER TABLE.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::schema) struct ColumnSpec {
    pub(in crate::schema) name: String,
    pub(in crate::schema) span: Range<usize>,
    pub(in crate::schema) ty: TypeSpec,
    pub(in crate::schema) charset: CharsetSpec,
    /// NULL or NOT NULL, where written.
    pub(in crate::schema) nullable: Option<bool>,
    /// The text after DEFAULT.
    pub(in crate::schema) default: Option<String>,
    /// ON UPDATE CURRENT_TIMESTAMP.
    pub(in crate::schema) on_update: bool,
    pub(in crate::schema) auto_increment: bool,
    pub(in crate::schema) generation: Generation,
    pub(in crate::schema) primary: bool,
    pub(in crate::schema) unique: bool,
    pub(in crate::schema) references: Option<ReferenceSpec>,
    /// WITH SYSTEM VERSIONING on a column makes the table versioned.
    pub(in crate::schema) versioned: bool,
}

/// How a column's value comes about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::schema) enum Generation {
    /// Statements set it.
    None,
    /// The clause from `GENERATED` or `AS` to `STORED` or `VIRTUAL`, in one spelling.
    Expression(String),
    /// The server sets it to when a version of the row began.
    RowStart,
    /// The server sets it to when a version of the row ended.
    RowEnd,
}

impl Cursor<'_> {
    /// `name type attributes`.
    pub(super) fn column(&mut self) -> Result<ColumnSpec, DdlError> {
        let (name, span) = self.name("a column's name")?;
        self.column_body(name, span)
    }

    /// `type attributes` of a column whose name is read.
    fn column_body(&mut self, name: String, span: Range<usize>) -> Result<ColumnSpec, DdlError> {
        let (ty, charset) = self.column_type()?;
        let serial = ty == TypeSpec::Serial;
        let mut column = ColumnSpec {
            name,
            span,
            ty,
            charset,
            nullable: serial.then_some(false),
            default: None,
            on_update: false,
            auto_increment: serial,
            generation: Generation::None,
            primary: false,
            unique: serial,
            references: None,
            versioned: false,
        };
        while self.attribute(&mut column)? {}
        Ok(column)
    }

    /// Reads one attribute; false at the end of the column.
    fn attribute(&mut self, column: &mut ColumnSpec) -> Result<bool, DdlError> {
        let Some(token) = self.peek() else { return Ok(false) };
        // ALTER TABLE may end with PARTITION BY, without a comma before it.
        let ended = matches!(token.kind, Kind::Symbol(',' | ')') | Kind::Delimiter);
        if ended || self.sees_any(&["FIRST", "AFTER", "PARTITION"]) {
            return Ok(false);
        }
        if self.charset_attribute(&mut column.charset)? || self.key_attribute(column)? || self.harmless_attribute()? {
            return Ok(true);
        }
        if self.eat_all(&["NOT", "NULL"]) {
            column.nullable = Some(false);
        } else if self.eat("NULL") {
            column.nullable = Some(true);
        } else if self.eat_all(&["SERIAL", "DEFAULT", "VALUE"]) {
            (column.nullable, column.auto_increment, column.unique) = (Some(false), true, true);
        } else if self.eat("DEFAULT") {
            column.default = Some(self.default_value()?);
        } else if self.eat_all(&["ON", "UPDATE"]) {
            let _ = self.default_value()?;
            column.on_update = true;
        } else if self.eat("AUTO_INCREMENT") {
            column.auto_increment = true;
        } else if self.eat_all(&["WITH", "SYSTEM", "VERSIONING"]) {
            column.versioned = true;
        } else if self.sees_any(&["GENERATED", "AS"]) {
            column.generation = self.generation()?;
        } else {
            return Err(self.unknown("column attribute"));
        }
        Ok(true)
    }

    fn charset_attribute(&mut self, charset: &mut CharsetSpec) -> Result<bool, DdlError> {
        if self.eat("CHARSET") || self.eat_all(&["CHARACTER", "SET"]) || self.eat_all(&["CHAR", "SET"]) {
            charset.charset = self.charset_name()?;
        } else if self.eat("COLLATE") {
            charset.collation = Some(self.collation_name()?);
        } else if self.eat("BINARY") {
            charset.binary = true;
        } else if self.eat("BYTE") {
            charset.charset = Some(Charset::BINARY);
        } else if self.eat("ASCII") {
            charset.charset = Some(Charset::LATIN1);
        } else if self.eat("UNICODE") {
            charset.charset = Some(Charset::UCS2);
        } else {
            return Ok(false);
        }
        Ok(true)
    }

    fn key_attribute(&mut self, column: &mut ColumnSpec) -> Result<bool, DdlError> {
        if self.eat("UNIQUE") {
            let _ = self.eat_any(&["KEY", "INDEX"]);
            column.unique = true;
        } else if self.eat_all(&["PRIMARY", "KEY"]) || self.eat("PRIMARY") || self.eat("KEY") {
            column.primary = true;
        } else if self.eat("REFERENCES") {
            column.references = Some(self.references(None)?);
        } else if self.sees("CONSTRAINT") && self.sees_at(2, "REFERENCES") {
            let _ = self.eat("CONSTRAINT");
            let (constraint, _) = self.name("a constraint's name")?;
            self.expect("REFERENCES")?;
            column.references = Some(self.references(Some(constraint))?);
        } else {
            return Ok(false);
        }
        Ok(true)
    }

    /// Steps over an attribute that changes neither type nor keys; false where there is none.
    fn harmless_attribute(&mut self) -> Result<bool, DdlError> {
        if self.eat("COMMENT") {
            let _ = self.string("a comment")?;
        } else if self.eat_any(&["COLUMN_FORMAT", "STORAGE", "SRID"]) {
            let _ = self.next();
        } else if self.eat("CONSTRAINT") {
            if !self.sees("CHECK") {
                let _ = self.name("a constraint's name")?;
            }
            if !self.sees("CHECK") {
                return Err(self.unexpected("`CHECK`"));
            }
        } else if self.eat("CHECK") {
            self.skip_group()?;
        } else if self.eat("COMPRESSED") {
            if self.eat_symbol('=') {
                let _ = self.next();
            }
        } else if self.sees_kind_at(1, Kind::Symbol('=')) && !self.sees("DEFAULT") {
            // An option of the storage engine: `name = value`.
            let _ = self.name("an option")?;
            let _ = (self.next().is_some(), self.next().is_some());
        } else if self.eat("ENGINE_ATTRIBUTE") || self.eat("SECONDARY_ENGINE_ATTRIBUTE") {
            let _ = self.string("an attribute")?;
        } else {
            return Ok(self.eat_any(&["VISIBLE", "INVISIBLE", "ENFORCED"])
                || self.eat_all(&["NOT", "ENFORCED"])
                || self.eat_all(&["NOT", "SECONDARY"])
                || self.eat_all(&["WITHOUT", "SYSTEM", "VERSIONING"]));
        }
        Ok(true)
    }

    /// The value after DEFAULT or ON UPDATE, as written.
    pub(super) fn default_value(&mut self) -> Result<String, DdlError> {
        let start = self.start();
        while self.eat_symbol('-') || self.eat_symbol('+') {}
        if self.eat_all(&["NEXT", "VALUE", "FOR"]) {
            let _ = self.object_name("a sequence")?;
            return Ok(self.text_from(start));
        }
        let introduced = self.sees_kind_at(1, Kind::String) || self.sees_kind_at(1, Kind::Bytes);
        let Some(kind) = self.peek().map(|token| token.kind) else { return Err(self.unexpected("a value")) };
        match kind {
            Kind::Symbol('(') => self.skip_group()?,
            Kind::Word | Kind::Name => {
                // `_utf8mb4'x'`, DATE '…', but not `1 COMMENT 'x'`.
                let introducer = kind == Kind::Word && introduced && !self.sees_any(&["NULL", "TRUE", "FALSE"]);
                let _ = self.next();
                while !introducer && self.eat_symbol('.') {
                    let _ = self.name("a name")?;
                }
                if introducer {
                    let _ = self.next();
                } else if self.sees_symbol('(') {
                    self.skip_group()?;
                }
            }
            Kind::String => {
                while self.sees_kind_at(0, Kind::String) {
                    let _ = self.next();
                }
            }
            Kind::Number | Kind::Bytes => {
                let _ = self.next();
            }
            Kind::Symbol(_) | Kind::Delimiter => return Err(self.unexpected("a value")),
        }
        Ok(self.text_from(start))
    }

    /// `[GENERATED ALWAYS] AS (…) [VIRTUAL | STORED | PERSISTENT]` or `AS ROW START | END`.
    fn generation(&mut self) -> Result<Generation, DdlError> {
        let _ = self.eat_all(&["GENERATED", "ALWAYS"]);
        self.expect("AS")?;
        if self.eat_all(&["ROW", "START"]) {
            return Ok(Generation::RowStart);
        }
        if self.eat_all(&["ROW", "END"]) {
            return Ok(Generation::RowEnd);
        }
        if !self.sees_symbol('(') {
            return Err(self.unexpected("`(`"));
        }
        let start = self.start();
        self.skip_group()?;
        let expression = self.text_from(start);
        let stored = self.eat_any(&["STORED", "PERSISTENT"]);
        let _ = !stored && self.eat("VIRTUAL");
        Ok(Generation::Expression(format!("GENERATED ALWAYS AS {expression} {}", if stored { "STORED" } else { "VIRTUAL" })))
    }
}
