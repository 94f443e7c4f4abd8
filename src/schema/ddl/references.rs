//! FOREIGN KEY and REFERENCES: what columns refer to, and what happens to their rows when that goes.

use super::{Cursor, DdlError, KeyKind, KeySpec, ObjectName};
use crate::schema::{Flavor, ReferentialAction};

/// `REFERENCES table … ON DELETE … ON UPDATE …` as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::schema) struct ReferenceSpec {
    /// The constraint's name; none where the server makes one.
    pub(in crate::schema) constraint: Option<String>,
    pub(in crate::schema) parent: ObjectName,
    pub(in crate::schema) on_delete: ReferentialAction,
    pub(in crate::schema) on_update: ReferentialAction,
}

impl Cursor<'_> {
    /// What follows `[CONSTRAINT x] FOREIGN KEY`.
    pub(super) fn foreign_key(&mut self, constraint: Option<String>) -> Result<KeySpec, DdlError> {
        let if_not_exists = self.eat_all(&["IF", "NOT", "EXISTS"]);
        let index = if self.sees_symbol('(') { None } else { Some(self.name("`(`")?.0) };
        // The index is named after the constraint, if that has a name; on MariaDB so is the constraint after the index.
        let constraint = constraint.or_else(|| index.clone().filter(|_| self.context.server.flavor == Flavor::MariaDb));
        let name = constraint.clone().or(index);
        let mut key = KeySpec { kind: KeyKind::Plain, name, parts: Vec::new(), hash: false, period: None, if_not_exists, references: None };
        self.key_columns(&mut key)?;
        self.expect("REFERENCES")?;
        key.references = Some(self.references(constraint)?);
        Ok(key)
    }

    /// What follows REFERENCES.
    pub(super) fn references(&mut self, constraint: Option<String>) -> Result<ReferenceSpec, DdlError> {
        let parent = self.object_name("a table")?;
        if self.sees_symbol('(') {
            self.skip_group()?;
        }
        let (on_delete, on_update) = (ReferentialAction::Refuse, ReferentialAction::Refuse);
        let mut references = ReferenceSpec { constraint, parent, on_delete, on_update };
        loop {
            if self.eat("MATCH") {
                let _ = self.next();
            } else if self.eat_all(&["ON", "DELETE"]) {
                references.on_delete = self.referential_action()?;
            } else if self.eat_all(&["ON", "UPDATE"]) {
                references.on_update = self.referential_action()?;
            } else {
                return Ok(references);
            }
        }
    }

    fn referential_action(&mut self) -> Result<ReferentialAction, DdlError> {
        if self.eat("RESTRICT") || self.eat_all(&["NO", "ACTION"]) {
            Ok(ReferentialAction::Refuse)
        } else if self.eat("CASCADE") {
            Ok(ReferentialAction::Cascade)
        } else if self.eat_all(&["SET", "NULL"]) {
            Ok(ReferentialAction::SetNull)
        } else if self.eat_all(&["SET", "DEFAULT"]) {
            // MariaDB takes the words and refuses the change.
            let is_done = self.context.server.flavor == Flavor::MySql;
            Ok(if is_done { ReferentialAction::SetDefault } else { ReferentialAction::Refuse })
        } else {
            Err(self.unexpected("a referential action"))
        }
    }
}
