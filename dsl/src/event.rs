//! `FOR INSERT, UPDATE, DELETE`: which operations of the source an event mapping hears of.

use std::fmt::{self, Display, Formatter};

use crate::cursor::{Parser, Read};
use crate::diagnostic::{Code, Span};
use crate::token::Sign;

/// What the source does to a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Operation {
    /// `INSERT`.
    Insert,
    /// `UPDATE`.
    Update,
    /// `DELETE`.
    Delete,
}

impl Operation {
    /// All, in the order of the canonical text.
    pub const ALL: [Self; 3] = [Self::Insert, Self::Update, Self::Delete];

    /// The word of the language.
    pub fn word(self) -> &'static str {
        match self {
            Self::Insert => "INSERT",
            Self::Update => "UPDATE",
            Self::Delete => "DELETE",
        }
    }
}

/// `FOR …`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operations {
    /// The operations, as written; each once, at least one.
    pub list: Vec<Operation>,
    /// The whole clause.
    pub span: Span,
}

impl Operations {
    /// Whether the operation is among them.
    pub fn contains(&self, operation: Operation) -> bool {
        self.list.contains(&operation)
    }
}

impl Display for Operations {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let among = Operation::ALL.into_iter().filter(|operation| self.contains(*operation));
        among.enumerate().try_for_each(|(at, operation)| write!(f, "{}{}", if at == 0 { "FOR " } else { ", " }, operation.word()))
    }
}

impl Parser<'_> {
    /// Behind FOR.
    pub(crate) fn operations(&mut self, start: Span) -> Read<Operations> {
        let mut list = Vec::new();
        loop {
            let Some(operation) = Operation::ALL.into_iter().find(|operation| self.is_word(0, operation.word())) else {
                return Err(self.expected("`INSERT`, `UPDATE` or `DELETE`", "Write `FOR INSERT, UPDATE`."));
            };
            let word = self.next().span;
            if list.contains(&operation) {
                self.error(Code::DUPLICATE_CLAUSE, word, format!("`{}` stands twice in `FOR`", operation.word()), "Keep one of them.");
            }
            list.push(operation);
            if self.eat_sign(Sign::Comma).is_none() {
                break;
            }
        }
        Ok(Operations { list, span: start.to(self.last_span()) })
    }
}
