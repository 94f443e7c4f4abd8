//! Statements: where one begins and ends, which clauses it has and in which order, and how reading goes on after
//! an error: behind it, at the next clause. The clauses themselves are read by `clause`.

use crate::ast::Expr;
use crate::ast::{CreateTable, Item, Key, Mapping, MappingOption, Name, QueryFile, Route, Source};
use crate::cursor::{Parser, Read, Reported};
use crate::diagnostic::{Code, Diagnostic, Span};
use crate::event::Operations;
use crate::outline::{Outline, Role, StatementKind};
use crate::suggest::nearest;
use crate::token::{Sign, TokenKind};

/// The clauses of a mapping in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Clause {
    Select,
    From,
    Where,
    When,
    Route,
    Key,
    For,
    With,
}

impl Clause {
    const ALL: [(&'static str, Self); 8] = [
        ("SELECT", Self::Select),
        ("FROM", Self::From),
        ("WHERE", Self::Where),
        ("WHEN", Self::When),
        ("ROUTE", Self::Route),
        ("KEY", Self::Key),
        ("FOR", Self::For),
        ("WITH", Self::With),
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Select => "SELECT",
            Self::From => "FROM",
            Self::Where => "WHERE",
            Self::When => "WHEN",
            Self::Route => "ROUTE TO",
            Self::Key => "KEY",
            Self::For => "FOR",
            Self::With => "WITH",
        }
    }
}

/// What has been read of a mapping.
#[derive(Default)]
struct Parts {
    seen: Vec<Clause>,
    items: Option<Vec<Item>>,
    source: Option<Source>,
    filter: Option<Expr>,
    when: Option<Expr>,
    route: Option<Route>,
    key: Option<Key>,
    operations: Option<Operations>,
    options: Vec<MappingOption>,
    lost: bool,
}

impl Parts {
    /// Keeps the first of a clause; a lost one loses the mapping.
    fn keep<T>(&mut self, read: Read<T>, put: impl FnOnce(&mut Self, T)) {
        match read {
            Ok(part) => put(self, part),
            Err(Reported) => self.lost = true,
        }
    }
}

impl Parser<'_> {
    /// All statements of the file, what is wrong with them, and where their parts begin.
    pub(crate) fn file(mut self) -> (QueryFile, Vec<Diagnostic>, Outline) {
        let mut file = QueryFile::default();
        loop {
            while self.eat_sign(Sign::Semicolon).is_some() {}
            if self.peek().kind == TokenKind::End {
                return (file, self.diagnostics, self.outline);
            }
            self.depth = 0;
            self.open_cases = 0;
            self.constants_only = false;
            let start = self.position();
            let kind = match () {
                () if self.is_word(0, "TEST") => StatementKind::Test,
                () if self.is_word(0, "CREATE") && self.is_word(1, "MAPPING") => StatementKind::Mapping,
                () => StatementKind::Verbatim,
            };
            self.statement(&mut file);
            self.skip_statement();
            self.outline.statements.push((kind, start..self.position()));
        }
    }

    fn statement(&mut self, file: &mut QueryFile) {
        let start = self.peek();
        if self.is_word(0, "TEST") {
            file.tests.extend(self.test());
        } else if !self.is_word(0, "CREATE") {
            self.refuse_statement();
        } else if self.is_word(1, "MAPPING") {
            self.next();
            self.next();
            file.mappings.extend(self.mapping(start.span));
        } else if self.creates_table() {
            self.next();
            self.skip_statement();
            let span = start.span.to(self.last_span());
            file.tables.push(CreateTable { text: self.slice(span).to_owned(), span });
        } else {
            self.next();
            self.refuse_creation();
        }
    }

    fn creates_table(&self) -> bool {
        let table = (1..=3).find(|ahead| self.is_word(*ahead, "TABLE"));
        let between = |ahead: usize| self.is_any_word(ahead, &["OR", "REPLACE", "TEMPORARY"]);
        table.is_some_and(|at| (1..at).all(between))
    }

    fn refuse_statement(&mut self) {
        let token = self.peek();
        let word = if token.kind == TokenKind::Word { self.slice(token.span).to_ascii_uppercase() } else { String::new() };
        let hint = match word.as_str() {
            "SELECT" => "A rule begins with `CREATE MAPPING name AS`.",
            "MAPPING" => "Write `CREATE MAPPING`.",
            _ if nearest(&word, ["CREATE"]).is_some() => "Did you mean `CREATE`?",
            _ if nearest(&word, ["TEST"]).is_some() && self.peek_at(1).kind == TokenKind::Text => "Did you mean `TEST`?",
            _ => "",
        };
        if token.kind == TokenKind::Broken {
            return;
        }
        let shown = self.show(token);
        let message = format!("expected `CREATE MAPPING`, `CREATE TABLE` or `TEST`, found {shown}");
        self.error(Code::UNKNOWN_STATEMENT, token.span, message, hint);
    }

    /// Behind CREATE.
    fn refuse_creation(&mut self) {
        let token = self.peek();
        let word = self.slice(token.span);
        let hint = match word.to_ascii_uppercase().as_str() {
            "VIEW" | "RULE" => "Write `CREATE MAPPING`.".to_owned(),
            "OR" => "Write `CREATE MAPPING`: a file states all of its mappings, nothing is replaced.".to_owned(),
            _ => nearest(word, ["MAPPING", "TABLE"]).map(|near| format!("Did you mean `{near}`?")).unwrap_or_default(),
        };
        if token.kind == TokenKind::Broken {
            return;
        }
        let (span, shown) = (self.visible(token), self.show(token));
        self.error(Code::UNKNOWN_STATEMENT, span, format!("expected `MAPPING` or `TABLE` after `CREATE`, found {shown}"), &hint);
    }

    /// To the `;`, or to the next statement where it was forgotten.
    fn skip_statement(&mut self) {
        self.skip_to_statement_end();
        // A broken character may have been meant for the semicolon.
        if !self.at_creation() || matches!(self.last_kind(), None | Some(TokenKind::Broken | TokenKind::Sign(Sign::Semicolon))) {
            return;
        }
        let last = self.last_span();
        let width = self.slice(last).chars().next_back().map_or(0, char::len_utf8);
        let start = last.end.saturating_sub(u32::try_from(width).unwrap_or(0));
        let hint = "End every statement with `;`.";
        self.error(Code::MISSING_SEMICOLON, Span::new(start, last.end), "a semicolon is missing after this statement", hint);
    }

    fn skip_to_statement_end(&mut self) {
        while !self.at_statement_end() && !self.at_creation() {
            self.next();
        }
    }

    /// Whether a statement begins here, even where a clause could go on.
    pub(crate) fn at_creation(&self) -> bool {
        (self.is_word(0, "CREATE") && self.is_any_word(1, &["MAPPING", "TABLE"])) || self.at_test()
    }

    /// Behind CREATE MAPPING.
    fn mapping(&mut self, start: Span) -> Option<Mapping> {
        let before = self.diagnostics.len();
        let mut parts = Parts::default();
        let name = self.mapping_name();
        if name.is_err() {
            self.skip_to_clause(0);
        }
        while !self.at_statement_end() && !self.at_creation() {
            self.clause(&mut parts);
        }
        let span = start.to(self.last_span());
        let name = name.ok()?;
        // A misspelt clause is not missing.
        if !parts.lost && self.diagnostics.len() == before {
            self.report_missing(&parts, &name);
        }
        if parts.lost || self.diagnostics.len() > before {
            return None;
        }
        let Parts { items, source, filter, when, route, key, operations, options, .. } = parts;
        Some(Mapping { name, items: items?, source: source?, filter, when, route, key, operations, options, span })
    }

    fn mapping_name(&mut self) -> Read<Name> {
        if self.is_word(0, "AS") && self.is_word(1, "SELECT") {
            return Err(self.expected("the mapping's name", "Write `CREATE MAPPING name AS`."));
        }
        let name = self.name("the mapping's name", "Write `CREATE MAPPING name AS`.")?;
        if self.eat_word("AS").is_none() {
            let hint = format!("Write `CREATE MAPPING {} AS SELECT …`.", name.text);
            return Err(self.expected("`AS` after the mapping's name", &hint));
        }
        Ok(name)
    }

    fn report_missing(&mut self, parts: &Parts, name: &Name) {
        for (clause, hint) in [(Clause::Select, "Write `SELECT *` to keep all columns."), (Clause::From, "Write `FROM db.t`.")] {
            if !parts.seen.contains(&clause) {
                let message = format!("mapping `{}` has no `{}`", name.text, clause.name());
                self.error(Code::MISSING_CLAUSE, name.span, message, hint);
            }
        }
    }

    /// One clause, or what stands in place of one. Always moves on.
    fn clause(&mut self, parts: &mut Parts) {
        let start = self.position();
        let word = self.peek();
        let Some((_, clause)) = Clause::ALL.into_iter().find(|(text, _)| self.is_word(0, text)) else {
            self.refuse_clause(parts);
            parts.lost = true;
            return self.skip_to_clause(start);
        };
        self.next();
        self.outline.mark(word.span.start, Role::Clause);
        self.check_order(clause, word.span, parts);
        let lost_before = std::mem::take(&mut parts.lost);
        match clause {
            Clause::Select => {
                let items = self.select_list();
                parts.keep(items, |p, items| p.items = Some(items));
            }
            Clause::From => {
                let source = self.source();
                parts.keep(source, |p, source| p.source = Some(source));
            }
            Clause::Where => {
                let filter = self.expression();
                parts.keep(filter, |p, filter| p.filter = Some(*filter.expr));
            }
            Clause::When => {
                let condition = self.expression();
                parts.keep(condition, |p, condition| p.when = Some(*condition.expr));
            }
            Clause::Route => {
                let route = self.route(word.span);
                parts.keep(route, |p, route| p.route = Some(route));
            }
            Clause::Key => {
                let key = self.key(word.span);
                parts.keep(key, |p, key| p.key = Some(key));
            }
            Clause::For => {
                let operations = self.operations(word.span);
                parts.keep(operations, |p, operations| p.operations = Some(operations));
            }
            Clause::With => {
                let options = self.options();
                parts.keep(options, |p, options| p.options = options);
            }
        }
        let lost = std::mem::replace(&mut parts.lost, lost_before);
        parts.lost |= lost;
        if lost && !self.at_clause() && !self.at_statement_end() {
            self.skip_to_clause(start);
        }
    }

    fn check_order(&mut self, clause: Clause, span: Span, parts: &mut Parts) {
        if parts.seen.contains(&clause) {
            let hint = match clause {
                Clause::Where | Clause::When => "Join the conditions by `AND`.",
                Clause::With | Clause::Key | Clause::For => "Put everything into one list.",
                _ => "Keep one of them.",
            };
            self.error(Code::DUPLICATE_CLAUSE, span, format!("`{}` stands twice", clause.name()), hint);
        } else if let Some(later) = parts.seen.iter().find(|seen| **seen > clause) {
            let message = format!("`{}` stands behind `{}`", clause.name(), later.name());
            let hint = "The order is `SELECT`, `FROM`, `WHERE`, `WHEN`, `ROUTE TO`, `KEY`, `FOR`, `WITH`.";
            self.error(Code::CLAUSE_ORDER, span, message, hint);
        }
        parts.seen.push(clause);
    }

    /// At something that begins no clause of a mapping.
    fn refuse_clause(&mut self, parts: &Parts) {
        let token = self.peek();
        let word = if token.kind == TokenKind::Word { self.slice(token.span).to_ascii_uppercase() } else { String::new() };
        if self.at_foreign_clause() {
            let hint = match word.as_str() {
                "UNION" | "INTERSECT" | "EXCEPT" => "Write one mapping for each `SELECT`.",
                "PRIMARY" => "Write `KEY (…)` alone.",
                "PARTITION" | "USE" | "FORCE" | "IGNORE" => "A rule reads the binlog, not the table: delete the clause.",
                _ => "A mapping is asked row by row: delete the clause.",
            };
            let two_words = self.is_word(1, "BY");
            let span = if two_words { token.span.to(self.peek_at(1).span) } else { token.span };
            let name = if two_words { format!("{word} BY") } else { word };
            self.error(Code::UNKNOWN_CLAUSE, span, format!("`{name}` is no clause of a mapping"), hint);
            if self.is_any_word(0, &["UNION", "INTERSECT", "EXCEPT"]) {
                self.skip_to_statement_end();
            } else if self.is_word(0, "PRIMARY") {
                self.next();
            }
            return;
        }
        if word == "ON" {
            let message = if parts.route.is_some() { "`ON` stands twice" } else { "`ON` belongs to `ROUTE TO`" };
            self.error(Code::CLAUSE_ORDER, token.span, message, "Write `ROUTE TO schema, table ON 'server'`.");
            return;
        }
        let words = Clause::ALL.into_iter().filter(|(_, clause)| !parts.seen.contains(clause)).map(|(text, _)| text);
        let near = nearest(&word, words);
        let hint = match near {
            Some(near) => format!("Did you mean `{near}`?"),
            None if matches!(word.as_str(), "INSERT" | "UPDATE" | "DELETE") => "End the statement before it with `;`.".to_owned(),
            None if matches!(word.as_str(), "ISNULL" | "NOTNULL") => "Write `IS NULL` or `IS NOT NULL`.".to_owned(),
            None if self.is_sign(0, Sign::Comma) && matches!(parts.seen.last(), Some(Clause::Where | Clause::When)) => {
                "Join conditions by `AND`.".to_owned()
            }
            None => String::new(),
        };
        let what = self.what_follows(parts);
        self.expected(&what, &hint);
    }

    /// The clauses that may still come.
    fn what_follows(&self, parts: &Parts) -> String {
        let last = parts.seen.iter().max().copied();
        let all = Clause::ALL.into_iter().map(|(_, clause)| clause);
        let next: Vec<_> = all.filter(|c| last.is_none_or(|last| *c > last)).map(|c| format!("`{}`", c.name())).collect();
        match (last, next.as_slice()) {
            (None, _) => "`SELECT`".to_owned(),
            (Some(Clause::Select), _) => "an operator, `,` or `FROM`".to_owned(),
            (Some(Clause::From), _) => format!("{} or `;`", next.join(", ")),
            (Some(Clause::Where | Clause::Route | Clause::When), _) => format!("an operator, {} or `;`", next.join(", ")),
            (Some(_), []) => "`;`".to_owned(),
            (Some(_), _) => format!("{} or `;`", next.join(", ")),
        }
    }

    /// Whether a clause of SQL begins here that mappings do not have.
    pub(crate) fn at_foreign_clause(&self) -> bool {
        let words = ["HAVING", "LIMIT", "OFFSET", "UNION", "INTERSECT", "EXCEPT", "WINDOW", "PARTITION", "USE", "FORCE", "IGNORE"];
        (self.is_any_word(0, &["GROUP", "ORDER"]) && self.is_word(1, "BY"))
            || (self.is_word(0, "PRIMARY") && self.is_word(1, "KEY"))
            || self.is_any_word(0, &words)
    }

    /// Whether the word before the token `ahead` is used as a name, rightly or not: an operator or a `.` follows.
    pub(crate) fn is_used_as_name(&self, ahead: usize) -> bool {
        let signs = [Sign::Dot, Sign::Eq, Sign::NullSafeEq, Sign::NotEq, Sign::Lt, Sign::LtEq, Sign::Gt, Sign::GtEq, Sign::RightParen];
        signs.iter().any(|sign| self.is_sign(ahead, *sign))
    }

    /// Whether a clause begins here, even where a name could stand.
    pub(crate) fn at_clause(&self) -> bool {
        (self.is_any_word(0, &["SELECT", "FROM", "WHERE"]) && !self.is_used_as_name(1))
            || (self.is_word(0, "ROUTE") && self.is_word(1, "TO"))
            || (self.is_any_word(0, &["KEY", "WITH"]) && self.is_sign(1, Sign::LeftParen))
            || (self.is_word(0, "FOR") && self.is_any_word(1, &["INSERT", "UPDATE", "DELETE"]))
    }

    /// To the next clause outside of the parentheses that are open since the token at `start`; to any clause, or
    /// the end, if they are never closed. Moves on by at least one token from `start`.
    fn skip_to_clause(&mut self, start: usize) {
        if self.position() == start {
            self.next();
        }
        let here = self.position();
        let mut open = self.open_parentheses(start);
        while !self.at_statement_end() && !self.at_creation() {
            if open == 0 && self.at_clause() {
                return;
            }
            match self.next().kind {
                TokenKind::Sign(Sign::LeftParen) => open += 1,
                TokenKind::Sign(Sign::RightParen) => open = open.saturating_sub(1),
                _ => {}
            }
        }
        if open > 0 {
            self.return_to(here);
            while !self.at_statement_end() && !self.at_creation() && !self.at_clause() {
                self.next();
            }
        }
    }
}
