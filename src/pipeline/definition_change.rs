//! What DDL inside a capture means for the mappings: replay changes no target definition.

use std::fmt;

use crate::{
    binlog::DdlStatement,
    position::BinlogOffset,
    schema::{DdlEffect, TableName},
};

/// A statement of the capture that changes a mapped table in a way that no row change follows.
#[derive(Debug, Clone)]
pub struct DefinitionChange {
    /// Where the statement is.
    pub position: BinlogOffset,
    /// The byte after it.
    pub end: BinlogOffset,
    /// The table it changes.
    pub table: TableName,
    /// What it does to it.
    pub kind: DefinitionChangeKind,
    /// The statement.
    pub sql: String,
}

/// What a statement does to a mapped table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DefinitionChangeKind {
    /// TRUNCATE TABLE.
    Truncates,
    /// DROP TABLE, or DROP DATABASE with it.
    Drops,
    /// RENAME TABLE, or ALTER TABLE … RENAME.
    Renames,
    /// ALTER TABLE that changes columns or keys.
    Alters,
}

impl DefinitionChange {
    /// The first effect of a statement that concerns a mapped table whose rows may already have gone to targets.
    pub(super) fn of(statement: &DdlStatement, reads: impl Fn(&TableName) -> bool) -> Option<Self> {
        statement.effects.iter().find_map(|effect| {
            let (table, kind) = touched(effect, &reads)?;
            Some(Self {
                position: statement.position.clone(),
                end: statement.end.clone(),
                table: table.clone(),
                kind,
                sql: statement.sql.clone(),
            })
        })
    }
}

/// The mapped table whose rows or definition an effect changes without row events, and how.
fn touched(effect: &DdlEffect, reads: impl Fn(&TableName) -> bool) -> Option<(&TableName, DefinitionChangeKind)> {
    let mapped = |table: &&TableName| reads(table);
    match effect {
        DdlEffect::Truncated(table) => Some((table, DefinitionChangeKind::Truncates)).filter(|(table, _)| mapped(table)),
        // DROP TABLE IF EXISTS before the first CREATE: there was no such table, as far as the capture goes.
        DdlEffect::Dropped { before: None, if_exists: true, .. } => None,
        DdlEffect::Dropped { table, .. } => Some((table, DefinitionChangeKind::Drops)).filter(|(table, _)| mapped(table)),
        // Rows come with the new name as they go with the old one.
        DdlEffect::Renamed { from, to } => [from, to].into_iter().find(mapped).map(|table| (table, DefinitionChangeKind::Renames)),
        DdlEffect::SchemaDropped { tables, .. } => tables.iter().find(mapped).map(|table| (table, DefinitionChangeKind::Drops)),
        DdlEffect::Altered { after, .. } => Some((&after.name, DefinitionChangeKind::Alters)).filter(|(table, _)| mapped(table)),
        DdlEffect::AlteredUnknown(table) => Some((table, DefinitionChangeKind::Alters)).filter(|(table, _)| mapped(table)),
        DdlEffect::Created(_)
        | DdlEffect::CreatedUnknown(_)
        | DdlEffect::Unchanged(_)
        | DdlEffect::SchemaCreated(_)
        | DdlEffect::SchemaAltered(_)
        | DdlEffect::ChangedRows { .. } => None,
    }
}

impl fmt::Display for DefinitionChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let does = match self.kind {
            DefinitionChangeKind::Truncates => "truncates",
            DefinitionChangeKind::Drops => "drops",
            DefinitionChangeKind::Renames => "renames",
            DefinitionChangeKind::Alters => "alters",
        };
        write!(f, "`{}`: a statement {does} the mapped table `{}`: {}", self.position, self.table, self.sql)
    }
}
