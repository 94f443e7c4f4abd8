//! `x IN (a, b)` and `CASE x WHEN a`: one value against several, each pair in its own domain.

use std::cmp::Ordering;

use datafusion::logical_expr::{Expr, or};
use dsl::{BinaryOp, Code, Span};

use super::bind::{Binder, Failed, negated};
use super::cell::{Cell, Form};
use super::compare::{Domain, comparison, domain};
use super::convert::to_context;
use super::date_compare::packed;
use super::function::{call_rows, call_strict, constant};
use super::sql_type::{Kind, ResultClass, TextKind};
use super::typed::{Context, Typed};

/// How a value is compared with the others of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Test {
    /// `CASE`: what stands behind a NULL is not evaluated; integers are equal where their bits are.
    Branch,
    /// `IN` with columns or several domains: as `Branch`, but all is evaluated up to the first match.
    Item,
    /// `IN` with constants of one domain: integers are equal where they are the same number.
    Constant,
}

impl Binder<'_> {
    /// `operand [NOT] IN (list)`.
    pub(super) fn in_list(&mut self, operand: &dsl::Expr, list: &[dsl::Expr], negated_test: bool, span: Span) -> Result<Typed, Failed> {
        let operand = self.bind(operand);
        let list = self.bind_all(list)?;
        let operand = operand?;
        for item in std::iter::once(&operand).chain(&list) {
            self.accept_value(item)?;
        }
        if std::iter::once(&operand).chain(&list).any(|part| part.kind == Kind::Json) {
            return self.json_in_list(&operand, &list, negated_test, span);
        }
        if let [item] = list.as_slice() {
            return comparison(self, &operand, if negated_test { BinaryOp::NotEq } else { BinaryOp::Eq }, item, span);
        }
        self.accept_list(&operand, &list, span)?;
        let parts: Vec<&Typed> = std::iter::once(&operand).chain(&list).collect();
        let known: Vec<&Typed> = list.iter().filter(|item| !item.is_null_literal()).collect();
        let is_alike = known.windows(2).all(|pair| domain(operand.class(), pair[0].class()) == domain(operand.class(), pair[1].class()));
        let test = if is_alike && list.iter().all(|item| item.constant) { Test::Constant } else { Test::Item };
        let null = constant(Form::Bool, &Cell::Null);
        let text = self.text_of_tests(&operand, &known, &parts, span)?;
        if let Some(text) = &text {
            self.compared_in(text, span)?;
        }
        let mut tests = Vec::new();
        for item in &list {
            tests.push(if item.is_null_literal() { null.clone() } else { self.member(test, &operand, item, text.as_ref(), span)? });
        }
        if operand.is_null_literal() {
            return Ok(Typed::combine(Kind::Boolean, true, null, &parts, span));
        }
        let any = tests.into_iter().reduce(or).unwrap_or_else(|| constant(Form::Bool, &Cell::Bool(false)));
        let value = if negated_test { negated(any) } else { any };
        Ok(Typed::combine(Kind::Boolean, parts.iter().any(|part| part.nullable || part.has_date()), value, &parts, span))
    }

    /// A JSON value is compared with each of the list.
    fn json_in_list(&mut self, operand: &Typed, list: &[Typed], negated_test: bool, span: Span) -> Result<Typed, Failed> {
        if operand.kind != Kind::Json {
            self.accept_no_json(&list.iter().collect::<Vec<_>>(), "the list of another value")?;
        }
        let tests: Vec<Typed> = list.iter().map(|item| comparison(self, operand, BinaryOp::Eq, item, span)).collect::<Result<_, _>>()?;
        let any = tests.iter().map(Typed::as_bool).reduce(or).unwrap_or_else(|| constant(Form::Bool, &Cell::Bool(false)));
        let value = if negated_test { negated(any) } else { any };
        let nullable = tests.iter().any(|test| test.nullable);
        Ok(Typed::combine(Kind::Boolean, nullable, value, &tests.iter().collect::<Vec<_>>(), span))
    }

    /// The tests of `CASE operand WHEN … WHEN …`.
    pub(super) fn branch_tests(&mut self, operand: &Typed, branches: &[Typed], span: Span) -> Result<Vec<Typed>, Failed> {
        let all: Vec<&Typed> = std::iter::once(operand).chain(branches).collect();
        for part in &all {
            self.accept_value(part)?;
        }
        if all.iter().any(|part| part.kind.is_temporal()) {
            self.accept_no_json(&all, "`CASE` with dates or times")?;
        }
        let text = self.text_of_tests(operand, &branches.iter().collect::<Vec<_>>(), &all, span)?;
        self.tests_in(operand, branches, text.as_ref(), span)
    }

    /// As [`Self::branch_tests`], with texts in a collation that is known.
    pub(super) fn tests_in(
        &mut self,
        operand: &Typed,
        branches: &[Typed],
        text: Option<&TextKind>,
        span: Span,
    ) -> Result<Vec<Typed>, Failed> {
        let mut tests = Vec::new();
        for branch in branches {
            let is_text = domain(operand.class(), branch.class()) == Domain::Text;
            // A constant that has to be converted is computed before: the server sees that it is NULL.
            let is_converted = text.is_some_and(|text| !text.charset().is_binary() && text.charset() != branch.text_kind().charset());
            let is_null = branch.is_null_literal() || (is_text && is_converted && branch.constant && branch.is_null_constant());
            let value = if is_null { constant(Form::Bool, &Cell::Null) } else { self.member(Test::Branch, operand, branch, text, span)? };
            tests.push(Typed::combine(Kind::Boolean, true, value, &[operand, branch], branch.span));
        }
        Ok(tests)
    }

    /// The collation that all parts meet in, where any two are compared as texts.
    fn text_of_tests(&mut self, operand: &Typed, known: &[&Typed], all: &[&Typed], span: Span) -> Result<Option<TextKind>, Failed> {
        let has_text = known.iter().any(|item| domain(operand.class(), item.class()) == Domain::Text);
        if !has_text {
            return Ok(None);
        }
        let text = self.common_text(all, span)?;
        for part in all {
            self.accept_wide(part, &text)?;
        }
        Ok(Some(text))
    }

    fn member(&mut self, test: Test, operand: &Typed, item: &Typed, text: Option<&TextKind>, span: Span) -> Result<Expr, Failed> {
        let equal = |name: &str, args: Vec<Expr>, order: fn(&Cell<'_>, &Cell<'_>) -> Ordering| equality(test, name, args, order);
        Ok(match domain(operand.class(), item.class()) {
            Domain::Int if test == Test::Constant => equal("int", vec![operand.as_int(), item.as_int()], packed),
            Domain::Int => equal("bits", vec![operand.as_int(), item.as_int()], |left, right| left.as_bits().cmp(&right.as_bits())),
            Domain::Decimal => {
                equal("decimal", vec![operand.as_decimal(), item.as_decimal()], |left, right| left.as_decimal().cmp(&right.as_decimal()))
            }
            Domain::Real if test == Test::Constant && operand.class() == ResultClass::Int => {
                self.accept_whole_numbers(operand, item)?;
                equal("real", vec![operand.as_real(), item.as_real()], real)
            }
            Domain::Real => equal("real", vec![operand.as_real(), item.as_real()], real),
            Domain::Text if operand.has_date() => {
                let (left, right) = (self.compared_date(operand, None, span)?, self.compared_date(item, None, span)?);
                equal("date", vec![left, right], packed)
            }
            Domain::Text if matches!(operand.kind, Kind::Time { .. }) => {
                if item.has_date() {
                    return Err(self.error(Code::TYPE_MISMATCH, "a TIME has a date by the current date only".into(), span));
                }
                let read = if matches!(item.kind, Kind::Time { .. }) {
                    item.as_native()
                } else {
                    let text = Kind::Text { length: item.kind.text_length(), text: item.text_kind() };
                    to_context(&text, item.as_text(), &Context::Kind(Kind::Time { fsp: 6 }))
                };
                equal("time", vec![operand.as_native(), read], packed)
            }
            Domain::Text => {
                let Some(text) = text else { return Ok(constant(Form::Bool, &Cell::Null)) };
                let collator = self.compared_in(text, span)?;
                let args = vec![self.text_in(operand, text), self.text_in(item, text)];
                let name = format!("text_{}", collator.name());
                // A text behind a NULL is never asked for.
                equality(Test::Branch, &name, args, move |left, right| collator.compare(left.as_bytes(), right.as_bytes()))
            }
        })
    }

    /// Refuses constants that the server may round to integers, because they all stand in one list.
    fn accept_whole_numbers(&mut self, operand: &Typed, item: &Typed) -> Result<(), Failed> {
        let is_narrow = operand.column.is_some() && matches!(operand.kind, Kind::Integer { digits: ..=10, .. });
        if is_narrow {
            return Ok(());
        }
        let message = "a number is looked for among texts or floating numbers".to_owned();
        Err(self.error_with(Code::TYPE_MISMATCH, message, item.span, "Write the list in digits, or `=` and `OR`."))
    }

    /// Refuses lists in which dates or times meet others: MySQL compares each pair by rules of its own.
    fn accept_list(&mut self, operand: &Typed, list: &[Typed], span: Span) -> Result<(), Failed> {
        let has_temporal = operand.kind.is_temporal() || list.iter().any(|item| item.kind.is_temporal());
        let are_alike = operand.kind.is_temporal() && list.iter().all(|item| item.kind.is_temporal());
        let are_constants = matches!(operand.kind, Kind::DateTime { .. })
            && operand.column.is_some()
            && list.iter().all(|item| item.constant && matches!(item.kind, Kind::Text { .. }));
        if has_temporal && !are_alike && !are_constants {
            let message = "a date or a time is in one list with values of other types".to_owned();
            return Err(self.error_with(Code::TYPE_MISMATCH, message, span, "Write `=` and `OR`, or a cast around each."));
        }
        Ok(())
    }
}

fn real(left: &Cell<'_>, right: &Cell<'_>) -> Ordering {
    left.as_real().partial_cmp(&right.as_real()).unwrap_or(Ordering::Equal)
}

fn equality(test: Test, name: &str, args: Vec<Expr>, order: impl Fn(&Cell<'_>, &Cell<'_>) -> Ordering + Send + Sync + 'static) -> Expr {
    match test {
        Test::Branch => {
            call_strict(format!("branch_{name}"), Form::Bool, args, move |args| Ok(Cell::Bool(order(&args[0], &args[1]).is_eq())))
        }
        Test::Item | Test::Constant => call_rows(format!("item_{name}"), Form::Bool, args, move |args| {
            let is_null = args.iter().any(Cell::is_null);
            Ok(if is_null { Cell::Null } else { Cell::Bool(order(&args[0], &args[1]).is_eq()) })
        }),
    }
}
