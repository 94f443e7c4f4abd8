//! What the parser learns of tokens and no tree keeps: which words are names, where clauses and statements begin. Layout
//! needs it, and new forms of expression need not add to it: a word that is nothing else is a keyword.

use std::collections::HashMap;
use std::ops::Range;

/// What a token turned out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// A name, to be kept as it is spelled.
    Name,
    /// The name of a function that is called.
    Function,
    /// `schema` or `table` of the row's source.
    Source,
    /// The first word of a clause.
    Clause,
    /// A word that goes to a line of its own where its clause takes several: ON of a route, TO of an update.
    Turn,
}

/// What a statement is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StatementKind {
    Mapping,
    Test,
    /// A table's definition, or what was refused: its text is kept.
    Verbatim,
}

/// The outline of a file.
#[derive(Debug, Default)]
pub(crate) struct Outline {
    roles: HashMap<u32, Role>,
    /// Each statement with its tokens, by number, without the semicolon.
    pub(crate) statements: Vec<(StatementKind, Range<usize>)>,
}

impl Outline {
    /// Gives the token that starts at this byte its role; a later role replaces an earlier one.
    pub(crate) fn mark(&mut self, start: u32, role: Role) {
        self.roles.insert(start, role);
    }

    /// The role of the token that starts at this byte.
    pub(crate) fn role(&self, start: u32) -> Option<Role> {
        self.roles.get(&start).copied()
    }
}
