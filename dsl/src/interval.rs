//! Units of time between arguments: INTERVAL, DATE_ADD and its kin, EXTRACT, TIMESTAMPADD, TIMESTAMPDIFF, GET_FORMAT.

use crate::ast::{Expr, ExprKind, Name, UnitOp};
use crate::cursor::{Parser, Read};
use crate::diagnostic::{Code, Span};
use crate::expression::Node;
use crate::time_unit::TimeUnit;
use crate::token::{Sign, TokenKind};

impl Parser<'_> {
    /// Whether `INTERVAL` stands here and a unit of time follows, not the list of the function `INTERVAL(n, a, b)`.
    pub(crate) fn at_interval(&self) -> bool {
        self.is_word(0, "INTERVAL") && !self.is_interval_call()
    }

    /// Whether `INTERVAL (` opens a call: of two arguments or more, where the quantity of an interval is one.
    pub(crate) fn is_interval_call(&self) -> bool {
        if !self.is_sign(1, Sign::LeftParen) {
            return false;
        }
        let mut open = 0usize;
        for ahead in 1.. {
            match self.peek_at(ahead).kind {
                TokenKind::Sign(Sign::LeftParen) => open += 1,
                TokenKind::Sign(Sign::RightParen) if open == 1 => return false,
                TokenKind::Sign(Sign::RightParen) => open -= 1,
                TokenKind::Sign(Sign::Comma) if open == 1 => return true,
                TokenKind::End => return false,
                _ => {}
            }
        }
        false
    }

    /// At an operand that begins with INTERVAL: `INTERVAL n unit + date`, or the function.
    pub(crate) fn interval(&mut self) -> Read<Node> {
        if self.is_interval_call() {
            return self.call();
        }
        let start = self.peek().span;
        let (amount, unit) = self.amount()?;
        if self.eat_sign(Sign::Plus).is_none() {
            let span = start.to(self.last_span());
            let hint = "Write `date + INTERVAL …`, `date - INTERVAL …` or `INTERVAL … + date`.";
            return Err(self.error(Code::SYNTAX, span, "an interval is no value of its own", hint));
        }
        self.enter()?;
        // MySQL's grammar takes all of a comparison for the date here.
        let date = self.negation();
        self.leave();
        let date = date?;
        let span = start.to(date.outer);
        self.by_unit(UnitOp::Add, unit, vec![date, amount], span)
    }

    /// Behind `date +` or `date -`, at INTERVAL.
    pub(crate) fn moved_by_interval(&mut self, date: Node, op: UnitOp) -> Read<Node> {
        self.enter()?;
        let amount = self.amount();
        self.leave();
        let (amount, unit) = amount?;
        let span = date.outer.to(self.last_span());
        self.by_unit(op, unit, vec![date, amount], span)
    }

    /// `INTERVAL n unit`.
    fn amount(&mut self) -> Read<(Node, TimeUnit)> {
        self.next();
        if self.is_used_as_name(0) || self.at_statement_end() || self.is_sign(0, Sign::Comma) {
            return Err(self.expected("a number after `INTERVAL`", "A column of that name stands in backticks: `` `interval` ``."));
        }
        let amount = self.expression()?;
        let unit = self.unit("a unit of time after the number of `INTERVAL`")?;
        Ok((amount, unit))
    }

    fn unit(&mut self, what: &str) -> Read<TimeUnit> {
        let token = self.peek();
        let unit = if token.kind == TokenKind::Word { TimeUnit::find(self.slice(token.span)) } else { None };
        let Some(unit) = unit else {
            return Err(
                self.expected(what, "Units are `DAY`, `HOUR`, `MINUTE`, `SECOND`, `MONTH`, `YEAR`, and compounds such as `DAY_SECOND`.")
            );
        };
        self.next();
        Ok(unit)
    }

    /// A unit that is not compound.
    fn simple_unit(&mut self, name: &Name) -> Read<TimeUnit> {
        let unit = self.unit(&format!("a unit of time as the first argument of `{}`", name.text))?;
        if unit.is_compound() {
            let message = format!("`{}` takes no compound unit", name.text);
            return Err(self.error(Code::SYNTAX, self.last_span(), message, "Write `date + INTERVAL … DAY_SECOND` for such a unit."));
        }
        Ok(unit)
    }

    /// `DATE_ADD(date, INTERVAL n unit)`; ADDDATE and SUBDATE take a number of days, too.
    pub(crate) fn date_add(&mut self, name: &Name, open: Span, op: UnitOp) -> Read<Node> {
        let date = self.expression()?;
        let takes_days = matches!(name.text.as_str(), "adddate" | "subdate");
        if self.eat_sign(Sign::Comma).is_none() {
            return Err(self.expected(&format!("`,` and an interval in the call of `{}`", name.text), ""));
        }
        let (amount, unit) = if self.at_interval() {
            self.amount()?
        } else if takes_days {
            (self.expression()?, TimeUnit::Day)
        } else {
            return Err(self.expected("`INTERVAL`", "Write `INTERVAL 1 DAY`, or any other number and unit."));
        };
        let close = self.close(open, &format!("an operator or `)` in the call of `{}`", name.text))?;
        self.by_unit(op, unit, vec![date, amount], name.span.to(close))
    }

    /// `EXTRACT(unit FROM date)`.
    pub(crate) fn extract(&mut self, name: &Name, open: Span) -> Read<Node> {
        let unit = self.unit("a unit of time in `extract`")?;
        if self.eat_word("FROM").is_none() {
            return Err(self.expected("`FROM` and a date", "Write `extract(YEAR FROM date)`."));
        }
        let date = self.expression()?;
        let close = self.close(open, "an operator or `)` in the call of `extract`")?;
        self.by_unit(UnitOp::Extract, unit, vec![date], name.span.to(close))
    }

    /// `TIMESTAMPADD(unit, n, date)`, which is `date + INTERVAL n unit`.
    pub(crate) fn timestamp_add(&mut self, name: &Name, open: Span) -> Read<Node> {
        let (unit, amount, date) = self.unit_and_two(name, open)?;
        let span = name.span.to(self.last_span());
        self.by_unit(UnitOp::Add, unit, vec![date, amount], span)
    }

    /// `TIMESTAMPDIFF(unit, from, to)`.
    pub(crate) fn timestamp_diff(&mut self, name: &Name, open: Span) -> Read<Node> {
        let (unit, from, to) = self.unit_and_two(name, open)?;
        let span = name.span.to(self.last_span());
        self.by_unit(UnitOp::Difference, unit, vec![from, to], span)
    }

    fn unit_and_two(&mut self, name: &Name, open: Span) -> Read<(TimeUnit, Node, Node)> {
        let unit = self.simple_unit(name)?;
        let mut args = Vec::with_capacity(2);
        while args.len() < 2 {
            if self.eat_sign(Sign::Comma).is_none() {
                return Err(self.expected(&format!("`,` and an argument of `{}`", name.text), ""));
            }
            args.push(self.expression()?);
        }
        self.close(open, &format!("an operator or `)` in the call of `{}`", name.text))?;
        let mut args = args.into_iter();
        let (Some(first), Some(second)) = (args.next(), args.next()) else {
            return Err(self.expected("two arguments", ""));
        };
        Ok((unit, first, second))
    }

    /// `GET_FORMAT(DATE, region)` is `get_format('date', region)`.
    pub(crate) fn get_format(&mut self, name: &Name, open: Span) -> Read<Node> {
        if !self.is_any_word(0, &["DATE", "TIME", "DATETIME", "TIMESTAMP"]) {
            return Err(self.expected("`DATE`, `TIME` or `DATETIME` in `get_format`", "Write `get_format(DATE, 'ISO')`."));
        }
        let token = self.next();
        // TIMESTAMP stands for DATETIME.
        let kind = if self.slice(token.span).eq_ignore_ascii_case("TIMESTAMP") { "DATETIME" } else { self.slice(token.span) };
        let kind = crate::ast::Literal::Text { value: kind.to_ascii_lowercase(), introducer: None };
        let kind = Node::leaf(ExprKind::Literal(kind), token.span);
        if self.eat_sign(Sign::Comma).is_none() {
            return Err(self.expected("`,` and a region in `get_format`", "Regions are `'USA'`, `'JIS'`, `'ISO'`, `'EUR'`, `'INTERNAL'`."));
        }
        let region = self.expression()?;
        let close = self.close(open, "an operator or `)` in the call of `get_format`")?;
        self.call_of("get_format", name, close, vec![kind, region])
    }

    fn by_unit(&mut self, op: UnitOp, unit: TimeUnit, args: Vec<Node>, span: Span) -> Read<Node> {
        let height = args.iter().map(|arg| arg.height).max().unwrap_or(0);
        let args: Vec<Expr> = args.into_iter().map(|arg| *arg.expr).collect();
        self.node(ExprKind::ByUnit { op, unit, args }, span, height)
    }
}
