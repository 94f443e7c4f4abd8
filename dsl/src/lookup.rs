//! `[LEFT] JOIN LOOKUP.name [AS alias] ON expr`: small tables beside the row.

use crate::ast::{Expr, Name};
use crate::cursor::{Parser, Read};
use crate::diagnostic::{Code, Span};
use crate::outline::Role;
use crate::token::{Sign, TokenKind};

/// A lookup that a mapping joins. It is always joined left: where no row of it matches, its columns are NULL.
#[derive(Debug, Clone, PartialEq)]
pub struct Lookup {
    /// Its configured name.
    pub name: Name,
    /// `AS alias`.
    pub alias: Option<Name>,
    /// Which of its rows belongs to a row of the source.
    pub on: Expr,
    /// From `LEFT` or `JOIN` to the end of the condition.
    pub span: Span,
}

impl Lookup {
    /// What stands before the point of its columns.
    pub fn qualifier(&self) -> &Name {
        self.alias.as_ref().unwrap_or(&self.name)
    }
}

impl Parser<'_> {
    /// Behind the source table. Joins of other things are refused.
    pub(crate) fn lookups(&mut self) -> Read<Vec<Lookup>> {
        let mut lookups = Vec::new();
        while self.at_join() {
            lookups.push(self.lookup()?);
        }
        Ok(lookups)
    }

    fn lookup(&mut self) -> Read<Lookup> {
        if self.is_sign(0, Sign::Comma) {
            let comma = self.next().span;
            return Err(self.error(Code::JOIN, comma, "a mapping reads one table", "Write one mapping for each table."));
        }
        let start = self.peek().span;
        let is_left = self.is_any_word(0, &["LEFT", "JOIN"]);
        while !self.is_any_word(0, &["JOIN", "STRAIGHT_JOIN"]) {
            self.next();
        }
        let join = self.next().span;
        if !(self.is_word(0, "LOOKUP") && self.is_sign(1, Sign::Dot)) {
            let hint = "Write one mapping for each table, or configure a small one as a lookup: `LEFT JOIN LOOKUP.name ON …`.";
            return Err(self.error(Code::JOIN, start.to(join), "a mapping reads one table, without joins", hint));
        }
        if !is_left {
            let hint = "Write `LEFT JOIN`; `WHERE` leaves out rows that found nothing.";
            self.error(Code::JOIN, start.to(join), "a lookup is joined left: what it does not have is NULL", hint);
        }
        self.outline.mark(start.start, Role::Clause);
        self.next();
        self.next();
        if self.is_word(0, "ON") {
            return Err(self.expected("the name of a lookup after `LOOKUP.`", ""));
        }
        let name = self.name("the name of a lookup after `LOOKUP.`", "")?;
        let alias = self.lookup_alias()?;
        if self.eat_word("ON").is_none() {
            let qualifier = alias.as_ref().unwrap_or(&name);
            let hint = format!("Write `ON {}.id = …`.", self.slice(qualifier.span));
            return Err(self.expected("`ON` and the condition of the lookup", &hint));
        }
        let on = *self.expression()?.expr;
        Ok(Lookup { name, alias, on, span: start.to(self.last_span()) })
    }

    fn lookup_alias(&mut self) -> Read<Option<Name>> {
        if self.eat_word("AS").is_some() {
            return self.name("a name after `AS`", "").map(Some);
        }
        let token = self.peek();
        if matches!(token.kind, TokenKind::Word | TokenKind::QuotedName) && self.is_word(1, "ON") && !self.is_word(0, "ON") {
            let alias = self.name("a name", "")?;
            let message = format!("the alias `{}` stands without `AS`", alias.text);
            let hint = format!("Write `AS {}`.", self.slice(alias.span));
            self.error(Code::MISSING_ALIAS, alias.span, message, &hint);
        }
        Ok(None)
    }
}
