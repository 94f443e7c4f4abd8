//! `TEST` statements. A wrong change or result does not hide the wrong ones behind it.

use crate::ast::{MappingOption, Name, Text};
use crate::cursor::{Parser, Read, Reported};
use crate::diagnostic::{Code, Span};
use crate::outline::Role;
use crate::suggest::nearest;
use crate::test_tree::{ExpectedPlace, ExpectedResult, GivenChange, RowChange, Test, TestRow};
use crate::token::{Sign, TokenKind};

/// What a change of a test begins with.
const VERBS: &str = "`INSERT INTO`, `UPDATE` or `DELETE FROM`";

/// Where the rows of a test stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Given,
    Expected,
}

impl Parser<'_> {
    /// Whether a test begins here, even where a name could stand.
    pub(crate) fn at_test(&self) -> bool {
        self.is_word(0, "TEST") && self.peek_at(1).kind == TokenKind::Text
    }

    /// At TEST.
    pub(crate) fn test(&mut self) -> Option<Test> {
        let before = self.diagnostics.len();
        let start = self.next().span;
        let hint = "Write `TEST 'what is tested' GIVEN … EXPECT …`.";
        let name = self.text_constant("what the test says, as a text", hint);
        if name.is_err() {
            self.skip_to_part();
        }
        let options = if self.eat_part("WITH", Role::Clause) { self.options() } else { Ok(Vec::new()) };
        if options.is_err() {
            self.skip_to_part();
        }
        let given = self.given();
        let expected = self.expected_results(given.is_err());
        if expected.is_ok() && !self.at_statement_end() && !self.at_creation() {
            self.expected("`,` or `;`", "");
        }
        if self.diagnostics.len() > before {
            return None;
        }
        let (name, options): (Text, Vec<MappingOption>) = (name.ok()?, options.ok()?);
        let span = start.to(self.last_span());
        let (expected, expected_span) = expected.ok()?;
        Some(Test { name, options, given: given.ok()?, expected, expected_span, span })
    }

    /// `GIVEN change, …`.
    fn given(&mut self) -> Read<Vec<GivenChange>> {
        let has_word = self.part_word("GIVEN", "`GIVEN` and a change", "Write `GIVEN INSERT INTO db.t (id = 1)`.");
        if has_word.is_err() && !self.is_any_word(0, &["INSERT", "UPDATE", "DELETE"]) {
            return Err(Reported);
        }
        let changes = self.list(Self::given_change);
        has_word.and(changes)
    }

    /// The word that begins a part; a slip of it is reported and taken for it.
    fn part_word(&mut self, word: &str, what: &str, hint: &str) -> Read<()> {
        if self.eat_part(word, Role::Clause) {
            return Ok(());
        }
        let found = self.slice(self.peek().span);
        let is_slip = nearest(found, [word]).is_some();
        let meant = format!("Did you mean `{word}`?");
        let refusal = self.expected(what, if is_slip { &meant } else { hint });
        if is_slip {
            self.next();
        } else {
            self.skip_to_part();
            self.eat_word(word);
        }
        Err(refusal)
    }

    /// `EXPECT NOTHING` or `EXPECT result, …`, with the place of what stands behind the word.
    fn expected_results(&mut self, given_is_lost: bool) -> Read<(Vec<ExpectedResult>, Span)> {
        let is_slip = nearest(self.slice(self.peek().span), ["EXPECT"]).is_some();
        if !given_is_lost || is_slip || self.is_word(0, "EXPECT") {
            self.part_word("EXPECT", "`,` or `EXPECT`", "Write `EXPECT NOTHING` if no target is told anything.")?;
        }
        let start = self.peek().span;
        let results = self.results();
        Ok((results?, start.to(self.last_span())))
    }

    fn results(&mut self) -> Read<Vec<ExpectedResult>> {
        if self.eat_word("NOTHING").is_some() {
            return Ok(Vec::new());
        }
        self.list(Self::expected_result)
    }

    /// One or more, separated by commas. All wrong ones are reported.
    fn list<T>(&mut self, read: fn(&mut Self) -> Read<T>) -> Read<Vec<T>> {
        let (mut items, mut lost) = (Vec::new(), false);
        loop {
            let start = self.position();
            match read(self) {
                Ok(item) => items.push(item),
                Err(Reported) => {
                    lost = true;
                    self.skip_to_comma_or_part(start);
                }
            }
            if self.eat_sign(Sign::Comma).is_none() {
                return if lost { Err(Reported) } else { Ok(items) };
            }
        }
    }

    fn given_change(&mut self) -> Read<GivenChange> {
        let start = self.peek().span;
        let verb = self.verb(VERBS)?;
        let schema = self.name("a table", "Write `db.t`.")?;
        let table = self.table_behind(&schema)?;
        let change = self.row_change(verb, Side::Given)?;
        Ok(GivenChange { schema, table, change, span: start.to(self.last_span()) })
    }

    fn expected_result(&mut self) -> Read<ExpectedResult> {
        let start = self.peek().span;
        if self.eat_word("ERROR").is_some() {
            let reason = self.name("the reason of the error", "Write the first word that `preview` gives, as `ERROR null_route`.")?;
            return Ok(ExpectedResult::Error { reason, span: start.to(self.last_span()) });
        }
        let verb = self.verb("`NOTHING`, `INSERT INTO`, `UPDATE`, `DELETE FROM` or `ERROR`")?;
        let schema = self.name("a target table", "Write `db.t`.")?;
        let table = self.table_behind(&schema)?;
        let server = match self.eat_word("ON") {
            Some(_) => Some(self.text_constant("a server's name, as a text", "Write `ON 'server'`.")?),
            None => None,
        };
        let change = self.row_change(verb, Side::Expected)?;
        let place = ExpectedPlace { schema, table, server };
        Ok(ExpectedResult::Row { place, change, span: start.to(self.last_span()) })
    }

    fn verb(&mut self, what: &str) -> Read<Verb> {
        for (first, second, verb) in [("INSERT", "INTO", Verb::Insert), ("DELETE", "FROM", Verb::Delete)] {
            if self.eat_word(first).is_some() {
                if self.eat_word(second).is_none() {
                    return Err(self.expected(&format!("`{second}`"), &format!("Write `{first} {second} db.t (…)`.")));
                }
                return Ok(verb);
            }
        }
        if self.eat_word("UPDATE").is_some() {
            return Ok(Verb::Update);
        }
        let word = self.slice(self.peek().span);
        let near = nearest(word, ["INSERT", "UPDATE", "DELETE", "NOTHING", "ERROR"]);
        Err(self.expected(what, &near.map(|near| format!("Did you mean `{near}`?")).unwrap_or_default()))
    }

    fn table_behind(&mut self, schema: &Name) -> Read<Name> {
        if self.eat_sign(Sign::Dot).is_none() {
            let hint = format!("Write `db.{}`.", self.slice(schema.span));
            return Err(self.error(Code::MISSING_SCHEMA, schema.span, format!("table `{}` names no schema", schema.text), &hint));
        }
        self.name("a table's name after the point", "")
    }

    fn row_change(&mut self, verb: Verb, side: Side) -> Read<RowChange> {
        let row = self.test_row()?;
        let span = self.peek().span;
        let to = match self.eat_part("TO", Role::Turn) {
            true if verb != Verb::Update => {
                return Err(self.error(Code::SYNTAX, span, "only an `UPDATE` has a `TO`", "Put all columns into one list."));
            }
            true => Some(self.test_row()?),
            false if verb == Verb::Update && side == Side::Given => {
                return Err(self.expected("`TO` and what changes", "Write `UPDATE db.t (id = 1, a = 1) TO (a = 2)`."));
            }
            false => None,
        };
        Ok(match verb {
            Verb::Insert => RowChange::Insert(row),
            Verb::Delete => RowChange::Delete(row),
            Verb::Update => RowChange::Update(row, to),
        })
    }

    fn test_row(&mut self) -> Read<TestRow> {
        let Some(open) = self.eat_sign(Sign::LeftParen) else {
            return Err(self.expected("`(` and the columns of a row", "Write `(column = constant, …)`."));
        };
        let mut cells = Vec::new();
        loop {
            let column = self.name("a column", "Write `(column = constant, …)`.")?;
            if self.eat_sign(Sign::Eq).is_none() {
                let hint = format!("Write `{} = constant`.", self.slice(column.span));
                return Err(self.expected("`=` after the column", &hint));
            }
            cells.push((column, self.constant()?));
            if self.eat_sign(Sign::Comma).is_none() {
                break;
            }
        }
        let close = self.close(open, "an operator, `,` or `)` in a row")?;
        Ok(TestRow { cells, span: open.to(close) })
    }

    /// An expression that reads no row.
    fn constant(&mut self) -> Read<crate::ast::Expr> {
        self.constants_only = true;
        let node = self.expression();
        self.constants_only = false;
        Ok(*node?.expr)
    }

    /// Says that a column cannot stand here, if it cannot.
    pub(crate) fn refuse_column(&mut self, span: Span) {
        if self.constants_only {
            let hint = format!("A text stands in quotes: `'{}'`.", self.slice(span).trim_matches('`'));
            self.error(Code::TEST_NOT_CONSTANT, span, "a column cannot stand in a value of a test", &hint);
        }
    }

    /// Takes the word that begins a part, if it stands here.
    fn eat_part(&mut self, word: &str, role: Role) -> bool {
        let Some(span) = self.eat_word(word) else { return false };
        self.outline.mark(span.start, role);
        true
    }

    /// To GIVEN or EXPECT, or to the end.
    fn skip_to_part(&mut self) {
        while !self.at_statement_end() && !self.at_creation() && !self.is_any_word(0, &["GIVEN", "EXPECT"]) {
            self.next();
        }
    }

    /// To the next comma outside of parentheses, or to EXPECT.
    fn skip_to_comma_or_part(&mut self, start: usize) {
        let mut open = self.open_parentheses(start);
        while !self.at_statement_end() && !self.at_creation() && !self.is_word(0, "EXPECT") {
            if open == 0 && self.is_sign(0, Sign::Comma) {
                return;
            }
            match self.next().kind {
                TokenKind::Sign(Sign::LeftParen) => open += 1,
                TokenKind::Sign(Sign::RightParen) => open = open.saturating_sub(1),
                _ => {}
            }
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verb {
    Insert,
    Update,
    Delete,
}
