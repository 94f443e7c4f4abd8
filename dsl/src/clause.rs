//! The clauses of a mapping: select list, source, route, key, options.

use crate::ast::{ExprKind, Item, Key, MappingOption, Name, OptionValue, PatternPair, Route, Source};
use crate::cursor::{Parser, Read, Reported};
use crate::diagnostic::{Code, Span};
use crate::expression::Node;
use crate::outline::Role;
use crate::suggest::nearest;
use crate::token::{Sign, TokenKind};
use crate::value;

impl Parser<'_> {
    /// Behind SELECT. A wrong item does not hide the wrong ones behind it.
    pub(crate) fn select_list(&mut self) -> Read<Vec<Item>> {
        if let Some(span) = self.eat_word("DISTINCT") {
            self.error(Code::UNKNOWN_CLAUSE, span, "`DISTINCT` is no part of a mapping", "A mapping is asked row by row: delete the word.");
        }
        let mut items = Vec::new();
        let mut lost = false;
        loop {
            let start = self.position();
            match self.item() {
                Ok(item) => items.push(item),
                Err(Reported) => {
                    lost = true;
                    self.skip_to_comma(start);
                }
            }
            let Some(comma) = self.eat_sign(Sign::Comma) else { break };
            if self.is_word(0, "FROM") {
                self.error(Code::SYNTAX, comma, "a comma stands before `FROM`", "Delete the comma.");
                return Err(Reported);
            }
        }
        if lost { Err(Reported) } else { Ok(items) }
    }

    /// To the next comma outside of parentheses, or to FROM.
    fn skip_to_comma(&mut self, start: usize) {
        let mut open = self.open_parentheses(start);
        while !self.at_statement_end() && !self.at_creation() {
            let outside = open == 0;
            if outside && (self.is_sign(0, Sign::Comma) || self.at_clause()) {
                return;
            }
            match self.next().kind {
                TokenKind::Sign(Sign::LeftParen) => open += 1,
                TokenKind::Sign(Sign::RightParen) => open = open.saturating_sub(1),
                _ => {}
            }
        }
    }

    fn item(&mut self) -> Read<Item> {
        if let Some(star) = self.eat_sign(Sign::Star) {
            return self.star(star);
        }
        if self.is_word(0, "FROM") {
            return Err(self.expected("a column, an expression or `*`", "Write `SELECT *` to keep all columns."));
        }
        let node = self.expression()?;
        if self.eat_word("AS").is_some() {
            let name = self.alias()?;
            return Ok(Item::Column { expr: *node.expr, name });
        }
        self.unnamed(node)
    }

    fn alias(&mut self) -> Read<Name> {
        let hint = "Write `AS name`.";
        // `AS FROM db.t` lacks the name; `AS from FROM db.t` has one.
        if self.is_word(0, "FROM") && matches!(self.peek_at(1).kind, TokenKind::Word | TokenKind::QuotedName) && !self.is_word(1, "FROM") {
            return Err(self.expected("a name after `AS`", hint));
        }
        self.name("a name after `AS`", hint)
    }

    /// An expression without AS: only a column names itself.
    fn unnamed(&mut self, node: Node) -> Read<Item> {
        let token = self.peek();
        let is_name = matches!(token.kind, TokenKind::Word | TokenKind::QuotedName);
        if is_name && !self.at_clause() {
            let name = self.slice(token.span);
            if nearest(name, ["FROM"]).is_some() && self.peek_at(1).kind != TokenKind::Sign(Sign::Comma) {
                return Err(self.expected("an operator, `AS name`, `,` or `FROM`", "Did you mean `FROM`?"));
            }
            let message = format!("`{}` follows an expression without `AS`", self.name_of(token).text);
            let hint = format!("Write `AS {name}`, or a comma if it is another column.");
            self.next();
            return Err(self.error(Code::MISSING_ALIAS, token.span, message, &hint));
        }
        let own_name = match &node.expr.kind {
            ExprKind::Column { name, .. } => Some(name.clone()),
            ExprKind::SourceSchema | ExprKind::SourceTable => {
                Some(Name { text: self.slice(node.expr.span).to_ascii_lowercase(), quoted: false, span: node.expr.span })
            }
            _ => None,
        };
        match own_name {
            Some(name) => Ok(Item::Column { expr: *node.expr, name }),
            None if self.is_sign(0, Sign::Comma) || self.at_clause() || self.at_statement_end() => {
                Err(self.error(Code::MISSING_ALIAS, node.outer, "this expression has no name", "Write `AS name` behind it."))
            }
            None => Err(self.expected("an operator, `AS name`, `,` or `FROM`", "")),
        }
    }

    fn star(&mut self, star: Span) -> Read<Item> {
        let mut except = Vec::new();
        let mut replace = Vec::new();
        if self.is_any_word(0, &["EXCEPT", "EXCLUDE"]) {
            if self.is_word(0, "EXCLUDE") {
                return Err(self.expected("`EXCEPT`", "Did you mean `EXCEPT (…)`?"));
            }
            self.next();
            except = self.names("a column to leave out", "Write `* EXCEPT (a, b)`.")?.0;
        }
        if self.eat_word("REPLACE").is_some() {
            let open = self.open("`(` after `REPLACE`", "Write `* REPLACE (expr AS name)`.")?;
            loop {
                let node = self.expression()?;
                if self.eat_word("AS").is_none() {
                    return Err(self.expected("an operator or `AS` and the replaced column", "Write `* REPLACE (expr AS name)`."));
                }
                replace.push((*node.expr, self.alias()?));
                if self.eat_sign(Sign::Comma).is_none() {
                    break;
                }
            }
            self.close(open, "`,` or `)`")?;
        }
        let next = self.peek();
        if matches!(next.kind, TokenKind::Word | TokenKind::QuotedName) && !self.at_clause() {
            let hint = match self.slice(next.span).to_ascii_uppercase().as_str() {
                "EXCEPT" => "`EXCEPT` stands before `REPLACE`.",
                word if nearest(word, ["FROM"]).is_some() => "Did you mean `FROM`?",
                _ => "",
            };
            return Err(self.expected("`EXCEPT`, `REPLACE`, `,` or `FROM` after `*`", hint));
        }
        Ok(Item::Star { except, replace, span: star.to(self.last_span()) })
    }

    fn open(&mut self, what: &str, hint: &str) -> Read<Span> {
        match self.eat_sign(Sign::LeftParen) {
            Some(span) => Ok(span),
            None => Err(self.expected(what, hint)),
        }
    }

    /// `(a, b)`, with the span of `)`.
    fn names(&mut self, what: &str, hint: &str) -> Read<(Vec<Name>, Span)> {
        let open = self.open("`(`", hint)?;
        let mut names = Vec::new();
        loop {
            names.push(self.name(what, hint)?);
            if self.eat_sign(Sign::Comma).is_none() {
                break;
            }
        }
        let close = self.close(open, "`,` or `)`")?;
        Ok((names, close))
    }

    /// Behind FROM.
    pub(crate) fn source(&mut self) -> Read<Source> {
        if let Some(open) = self.is_sign(0, Sign::LeftParen).then(|| self.peek().span) {
            self.next();
            let close = self.skip_parenthesis();
            let message = "a mapping reads a table, not a subquery";
            return Err(self.error(Code::SUBQUERY, open.to(close), message, "Write `FROM db.t`."));
        }
        let source = match self.peek_at(1).kind {
            TokenKind::Text if self.is_word(0, "LIKE") => Source::Like(self.patterns()?),
            TokenKind::Text if self.is_any_word(0, &["REGEXP", "RLIKE"]) => Source::Regexp(self.patterns()?),
            TokenKind::Word | TokenKind::QuotedName if self.is_any_word(0, &["LIKE", "REGEXP", "RLIKE"]) && !self.is_word(1, "AS") => {
                Source::Like(self.patterns()?)
            }
            _ => self.table()?,
        };
        self.refuse_joins()?;
        Ok(source)
    }

    /// At LIKE or REGEXP.
    fn patterns(&mut self) -> Read<PatternPair> {
        self.next();
        let hint = "Write two texts: `LIKE 'shop\\_%'.'orders\\_%'`.";
        let schema = self.text_constant("the pattern of the schema", hint)?;
        if self.eat_sign(Sign::Dot).is_none() {
            return Err(self.expected("`.` and the pattern of the table", hint));
        }
        let table = self.text_constant("the pattern of the table", hint)?;
        Ok(PatternPair { schema, table })
    }

    fn table(&mut self) -> Read<Source> {
        if self.at_clause() {
            return Err(self.expected("the source table", "Write `FROM db.t`."));
        }
        let schema = self.name("the source table", "Write `FROM db.t`.")?;
        if self.eat_sign(Sign::Dot).is_none() {
            let hint = format!("Write `db.{}`.", self.slice(schema.span));
            let message = format!("table `{}` names no schema", schema.text);
            self.error(Code::MISSING_SCHEMA, schema.span, message, &hint);
            // The mapping is lost with this error, what follows is read all the same.
            let alias = self.source_alias()?;
            return Ok(Source::Table { table: schema.clone(), schema, alias });
        }
        let table = self.name("a table's name after the point", "")?;
        if self.is_sign(0, Sign::Dot) {
            let message = "a table is named by its schema and its name";
            let span = schema.span.to(table.span);
            return Err(self.error(Code::SYNTAX, span, message, "Write `db.t`; a name with a point in it stands in backticks."));
        }
        let alias = self.source_alias()?;
        Ok(Source::Table { schema, table, alias })
    }

    fn source_alias(&mut self) -> Read<Option<Name>> {
        if self.eat_word("AS").is_some() {
            return self.name("a name after `AS`", "").map(Some);
        }
        let token = self.peek();
        let is_name = matches!(token.kind, TokenKind::Word | TokenKind::QuotedName) && !self.is_word(0, "WHEN");
        // A word before the next clause or the end is an alias; other words are left to who reads clauses.
        let here = self.position();
        self.next();
        let stands_alone = self.at_clause() || self.is_word(0, "WHEN") || self.at_statement_end() || self.at_join();
        self.return_to(here);
        if is_name && stands_alone && !self.at_clause() && !self.at_join() && !self.at_foreign_clause() {
            self.next();
            let message = format!("the alias `{}` stands without `AS`", self.name_of(token).text);
            let hint = format!("Write `AS {}`.", self.slice(token.span));
            self.error(Code::MISSING_ALIAS, token.span, message, &hint);
        }
        Ok(None)
    }

    fn at_join(&self) -> bool {
        let side = usize::from(self.is_any_word(0, &["LEFT", "RIGHT", "INNER", "CROSS", "NATURAL"]));
        let outer = side + usize::from(side == 1 && self.is_word(1, "OUTER"));
        self.is_sign(0, Sign::Comma) || self.is_word(outer, "JOIN") || self.is_word(0, "STRAIGHT_JOIN")
    }

    fn refuse_joins(&mut self) -> Read<()> {
        if !self.at_join() {
            return Ok(());
        }
        if self.is_sign(0, Sign::Comma) {
            let comma = self.next().span;
            return Err(self.error(Code::JOIN, comma, "a mapping reads one table", "Write one mapping for each table."));
        }
        let start = self.peek().span;
        while !self.is_any_word(0, &["JOIN", "STRAIGHT_JOIN"]) {
            self.next();
        }
        let join = self.next().span;
        if let Some(lookup) = self.eat_word("LOOKUP") {
            return Err(self.error(Code::LOOKUP_NOT_AVAILABLE, start.to(lookup), "`LOOKUP` is not available yet", ""));
        }
        Err(self.error(Code::JOIN, start.to(join), "a mapping reads one table, without joins", "Write one mapping for each table."))
    }

    /// Behind ROUTE.
    pub(crate) fn route(&mut self, start: Span) -> Read<Route> {
        if self.eat_word("TO").is_none() {
            return Err(self.expected("`TO` after `ROUTE`", "Write `ROUTE TO schema, table`."));
        }
        let schema = *self.expression()?.expr;
        if self.is_sign(0, Sign::Dot) {
            let dot = self.next().span;
            let hint = "Separate schema and table by a comma.";
            return Err(self.error(Code::SYNTAX, dot, "a point cannot stand between schema and table", hint));
        }
        let table = if self.eat_sign(Sign::Comma).is_some() { Some(*self.expression()?.expr) } else { None };
        if let Some(comma) = self.eat_sign(Sign::Comma) {
            let hint = "A server stands behind `ON`: `ROUTE TO schema, table ON 'server'`.";
            return Err(self.error(Code::SYNTAX, comma, "`ROUTE TO` has a schema and a table", hint));
        }
        let on = self.peek().span.start;
        let server = if self.eat_word("ON").is_some() {
            self.outline.mark(on, Role::Turn);
            Some(*self.expression()?.expr)
        } else {
            None
        };
        Ok(Route { schema, table, server, span: start.to(self.last_span()) })
    }

    /// Behind KEY.
    pub(crate) fn key(&mut self, start: Span) -> Read<Key> {
        let (columns, close) = self.names("a target column", "Write the names of target columns: `KEY (a, b)`.")?;
        Ok(Key { columns, span: start.to(close) })
    }

    /// Behind WITH.
    pub(crate) fn options(&mut self) -> Read<Vec<MappingOption>> {
        let open = self.open("`(` after `WITH`", "Write `WITH (name = value)`.")?;
        let mut options = Vec::new();
        loop {
            let name = self.name("the name of an option", "Write `WITH (name = value)`.")?;
            if self.eat_sign(Sign::Eq).is_none() {
                let hint = format!("Write `{} = 'value'`.", name.text);
                return Err(self.expected("`=` after the option", &hint));
            }
            let (value, value_span) = self.option_value()?;
            options.push(MappingOption { name, value, value_span });
            if self.eat_sign(Sign::Comma).is_none() {
                break;
            }
        }
        self.close(open, "`,` or `)` in the list of options")?;
        Ok(options)
    }

    fn option_value(&mut self) -> Read<(OptionValue, Span)> {
        let token = self.peek();
        let raw = self.slice(token.span);
        let value = match token.kind {
            TokenKind::Text => OptionValue::Text(value::text(raw)),
            TokenKind::Integer | TokenKind::Decimal | TokenKind::Float => OptionValue::Number(raw.to_owned()),
            TokenKind::Word if raw.eq_ignore_ascii_case("TRUE") => OptionValue::Bool(true),
            TokenKind::Word if raw.eq_ignore_ascii_case("FALSE") => OptionValue::Bool(false),
            TokenKind::Word if !raw.eq_ignore_ascii_case("NULL") => {
                return Err(self.expected("a text, a number, `TRUE` or `FALSE`", &format!("Write `'{raw}'`.")));
            }
            _ => return Err(self.expected("a text, a number, `TRUE` or `FALSE`", "")),
        };
        self.next();
        Ok((value, token.span))
    }
}
