//! Operators and their precedence, as MySQL's own grammar nests them (sql_yacc.yy): `expr` over `bool_pri`
//! over `predicate` over `bit_expr` over `simple_expr`. What that grammar refuses without parentheses is
//! refused here too, with the parentheses as hint. Operands are read by `operand`.

use crate::ast::{BinaryOp, Expr, ExprKind, IsTest, Name, UnaryOp, UnitOp};
use crate::cursor::{Parser, Read};
use crate::diagnostic::{Code, Span};
use crate::token::{Sign, TokenKind};

/// Parentheses, calls and prefix operators that may be open at once.
pub(crate) const MAX_DEPTH: usize = 300;

/// Levels of a tree: a chain of operators nests to the left.
pub(crate) const MAX_HEIGHT: usize = 128;

/// An expression, where it stands with the parentheses around it, and the levels of its tree.
#[derive(Debug)]
pub(crate) struct Node {
    /// Boxed, so that the frames it returns through stay small.
    pub(crate) expr: Box<Expr>,
    pub(crate) outer: Span,
    pub(crate) height: usize,
}

impl Node {
    /// An expression without operands.
    pub(crate) fn leaf(kind: ExprKind, span: Span) -> Self {
        Self { expr: Box::new(Expr { kind, span }), outer: span, height: 1 }
    }

    /// Stands where something has been refused, so that reading can go on.
    pub(crate) fn refused(span: Span) -> Self {
        Self::leaf(ExprKind::Literal(crate::ast::Literal::Null), span)
    }

    pub(crate) fn boxed(self) -> Box<Expr> {
        self.expr
    }
}

impl Parser<'_> {
    /// An expression of any kind: `OR` binds weakest.
    pub(crate) fn expression(&mut self) -> Read<Node> {
        self.enter()?;
        let node = self.logical(0);
        self.leave();
        node
    }

    /// One level deeper, or the refusal.
    pub(crate) fn enter(&mut self) -> Read<()> {
        self.depth += 1;
        if self.depth <= MAX_DEPTH {
            return Ok(());
        }
        self.depth -= 1;
        let span = self.visible(self.peek());
        let message = format!("this expression is nested deeper than {MAX_DEPTH} levels");
        Err(self.error(Code::TOO_DEEP, span, message, "Take parentheses away, or compute a part of it at the source."))
    }

    pub(crate) fn leave(&mut self) {
        self.depth -= 1;
    }

    /// A node over operands whose highest has `height`.
    pub(crate) fn node(&mut self, kind: ExprKind, span: Span, height: usize) -> Read<Node> {
        if height < MAX_HEIGHT {
            return Ok(Node { expr: Box::new(Expr { kind, span }), outer: span, height: height + 1 });
        }
        let message = format!("this expression has more than {MAX_HEIGHT} levels");
        Err(self.error(Code::TOO_DEEP, self.last_span(), message, "Write a chain of `x = … OR x = …` as `x IN (…)`."))
    }

    /// OR, XOR, AND and NOT; operators weaker than `floor` are left to the caller.
    fn logical(&mut self, floor: u8) -> Read<Node> {
        let mut left = self.negation()?;
        while let Some((op, power)) = self.logical_operator().filter(|(_, power)| *power > floor) {
            self.next();
            let right = self.logical(power)?;
            left = self.binary(left, op, right)?;
        }
        Ok(left)
    }

    fn logical_operator(&self) -> Option<(BinaryOp, u8)> {
        match self.peek().kind {
            TokenKind::Sign(Sign::DoublePipe) => Some((BinaryOp::Or, 1)),
            TokenKind::Sign(Sign::DoubleAmpersand) => Some((BinaryOp::And, 3)),
            TokenKind::Word if self.is_word(0, "OR") => Some((BinaryOp::Or, 1)),
            TokenKind::Word if self.is_word(0, "XOR") => Some((BinaryOp::Xor, 2)),
            TokenKind::Word if self.is_word(0, "AND") => Some((BinaryOp::And, 3)),
            _ => None,
        }
    }

    pub(crate) fn negation(&mut self) -> Read<Node> {
        let Some(not) = self.eat_word("NOT") else { return self.comparison() };
        self.enter()?;
        let operand = self.negation();
        self.leave();
        self.prefix(UnaryOp::Not, not, operand?)
    }

    /// Comparisons and IS, from left to right.
    fn comparison(&mut self) -> Read<Node> {
        let mut left = self.predicate()?;
        loop {
            if let Some(op) = self.comparison_operator() {
                self.next();
                let right = self.predicate()?;
                left = self.binary(left, op, right)?;
            } else if self.eat_word("IS").is_some() {
                let chains = self.is_word(0, "NULL") || (self.is_word(0, "NOT") && self.is_word(1, "NULL"));
                left = self.is_test(left)?;
                if !chains {
                    return self.ends_here(left, "IS");
                }
            } else {
                return Ok(left);
            }
        }
    }

    fn comparison_operator(&self) -> Option<BinaryOp> {
        let TokenKind::Sign(sign) = self.peek().kind else { return None };
        match sign {
            Sign::Eq => Some(BinaryOp::Eq),
            Sign::NullSafeEq => Some(BinaryOp::NullSafeEq),
            Sign::NotEq => Some(BinaryOp::NotEq),
            Sign::Lt => Some(BinaryOp::Lt),
            Sign::LtEq => Some(BinaryOp::LtEq),
            Sign::Gt => Some(BinaryOp::Gt),
            Sign::GtEq => Some(BinaryOp::GtEq),
            _ => None,
        }
    }

    /// Behind IS.
    fn is_test(&mut self, operand: Node) -> Read<Node> {
        let negated = self.eat_word("NOT").is_some();
        let tests = [("NULL", IsTest::Null), ("UNKNOWN", IsTest::Null), ("TRUE", IsTest::True), ("FALSE", IsTest::False)];
        let Some((_, test)) = tests.into_iter().find(|(word, _)| self.is_word(0, word)) else {
            let hint = "Compare values with `=`, or with `<=>` where NULL equals NULL.";
            return Err(self.expected("`NULL`, `TRUE`, `FALSE` or `UNKNOWN`", hint));
        };
        let span = operand.outer.to(self.next().span);
        let height = operand.height;
        self.node(ExprKind::Is { expr: operand.boxed(), test, negated }, span, height)
    }

    /// IN, BETWEEN and LIKE. Their operands bind tighter; the upper bound of BETWEEN is a predicate itself.
    fn predicate(&mut self) -> Read<Node> {
        let left = self.arithmetic(0)?;
        self.predicate_behind(left)
    }

    /// What may stand behind the left operand. Apart from [`Parser::predicate`], which is on the stack once for each open parenthesis.
    fn predicate_behind(&mut self, left: Node) -> Read<Node> {
        let at = usize::from(self.is_word(0, "NOT") && self.is_any_word(1, &["IN", "LIKE", "BETWEEN", "REGEXP", "RLIKE"]));
        let negated = at == 1;
        if self.is_word(at, "IN") {
            self.skip(at + 1);
            let node = self.in_list(left, negated)?;
            self.ends_here(node, "IN (…)")
        } else if self.is_word(at, "LIKE") {
            self.skip(at + 1);
            let node = self.like(left, negated)?;
            self.ends_here(node, "LIKE")
        } else if self.is_word(at, "BETWEEN") {
            self.skip(at + 1);
            self.between(left, negated)
        } else if self.is_any_word(at, &["REGEXP", "RLIKE"]) {
            self.skip(at + 1);
            self.regexp(left, negated)
        } else if self.is_word(0, "SOUNDS") && self.is_word(1, "LIKE") {
            self.skip(2);
            self.sounds_like(left)
        } else {
            self.refused_predicate(left)
        }
    }

    /// `text REGEXP pattern` is `regexp_like(text, pattern)`.
    fn regexp(&mut self, text: Node, negated: bool) -> Read<Node> {
        let pattern = self.arithmetic(0)?;
        let span = text.outer.to(pattern.outer);
        let height = text.height.max(pattern.height);
        let mut node = self.calling("regexp_like", vec![*text.expr, *pattern.expr], span, height)?;
        if negated {
            let height = node.height;
            node = self.node(ExprKind::Unary(UnaryOp::Not, node.boxed()), span, height)?;
        }
        self.ends_here(node, "REGEXP")
    }

    /// `a SOUNDS LIKE b` is `soundex(a) = soundex(b)`.
    fn sounds_like(&mut self, left: Node) -> Read<Node> {
        let right = self.arithmetic(0)?;
        let (left_span, right_span) = (left.outer, right.outer);
        let left = self.calling("soundex", vec![*left.expr], left_span, left.height)?;
        let right = self.calling("soundex", vec![*right.expr], right_span, right.height)?;
        let node = self.binary(left, BinaryOp::Eq, right)?;
        self.ends_here(node, "SOUNDS LIKE")
    }

    fn calling(&mut self, name: &str, args: Vec<Expr>, span: Span, height: usize) -> Read<Node> {
        let name = Name { text: name.to_owned(), quoted: false, span };
        self.node(ExprKind::Call { name, args }, span, height)
    }

    fn skip(&mut self, tokens: usize) {
        for _ in 0..tokens {
            self.next();
        }
    }

    fn in_list(&mut self, operand: Node, negated: bool) -> Read<Node> {
        if !self.is_sign(0, Sign::LeftParen) {
            return Err(self.expected("`(` after `IN`", "Write the values in parentheses: `IN (1, 2)`."));
        }
        let open = self.next().span;
        if self.at_subquery() {
            let close = self.refuse_subquery(open);
            return Ok(Node::refused(operand.outer.to(close)));
        }
        if self.is_sign(0, Sign::RightParen) {
            return Err(self.expected("a value in the list of `IN`", "An empty list is never true: leave the condition out."));
        }
        let mut height = operand.height;
        let mut list = Vec::new();
        loop {
            let value = self.expression()?;
            height = height.max(value.height);
            list.push(*value.expr);
            if self.eat_sign(Sign::Comma).is_none() {
                break;
            }
        }
        let close = self.close(open, "`,` or `)` in the list of `IN`")?;
        let span = operand.outer.to(close);
        self.node(ExprKind::In { expr: operand.boxed(), list, negated }, span, height)
    }

    fn like(&mut self, operand: Node, negated: bool) -> Read<Node> {
        let pattern = self.simple()?;
        let escape = if self.eat_word("ESCAPE").is_some() { Some(self.simple()?) } else { None };
        let last = escape.as_ref().unwrap_or(&pattern);
        let span = operand.outer.to(last.outer);
        let height = operand.height.max(pattern.height).max(escape.as_ref().map_or(0, |e| e.height));
        let escape = escape.map(Node::boxed);
        self.node(ExprKind::Like { expr: operand.boxed(), pattern: pattern.boxed(), escape, negated }, span, height)
    }

    fn between(&mut self, operand: Node, negated: bool) -> Read<Node> {
        let low = self.arithmetic(0)?;
        if self.eat_word("AND").is_none() {
            return Err(self.expected("`AND` and the upper bound of `BETWEEN`", ""));
        }
        self.enter()?;
        let high = self.predicate();
        self.leave();
        let high = high?;
        let span = operand.outer.to(high.outer);
        let height = operand.height.max(low.height).max(high.height);
        let kind = ExprKind::Between { expr: operand.boxed(), low: low.boxed(), high: high.boxed(), negated };
        self.node(kind, span, height)
    }

    /// MEMBER OF is read, so that reading goes on behind it, and refused by name.
    fn refused_predicate(&mut self, left: Node) -> Read<Node> {
        let (name, words, hint) = if self.is_word(0, "MEMBER") && (self.is_word(1, "OF") || self.is_sign(1, Sign::LeftParen)) {
            ("MEMBER OF", 1 + usize::from(self.is_word(1, "OF")), "")
        } else {
            return Ok(left);
        };
        let start = self.peek().span;
        self.skip(words);
        let span = start.to(self.last_span());
        self.error(Code::UNSUPPORTED_OPERATOR, span, format!("the operator `{name}` is not available"), hint);
        let right = self.arithmetic(0)?;
        Ok(Node::refused(left.outer.to(right.outer)))
    }

    /// MySQL's grammar has no operator of the same level behind `node`; parentheses say what was meant.
    fn ends_here(&mut self, node: Node, what: &str) -> Read<Node> {
        let words = ["IN", "LIKE", "BETWEEN", "REGEXP", "RLIKE", "IS", "DIV", "MOD"];
        let is_test = matches!(node.expr.kind, ExprKind::Is { .. });
        let goes_on = self.arithmetic_operator().is_some()
            || (self.is_any_word(0, &words) && (is_test || !self.is_word(0, "IS")))
            || (self.is_word(0, "NOT") && self.is_any_word(1, &words))
            || (is_test && self.comparison_operator().is_some());
        if !goes_on {
            return Ok(node);
        }
        let token = self.peek();
        let shown = self.show(token);
        let message = format!("{shown} cannot follow `{what}` without parentheses");
        Err(self.error(Code::SYNTAX, token.span, message, "Put the part that belongs together into parentheses."))
    }

    /// `|`, `&`, shifts, sums, products and `^`, in this order from weak to strong.
    pub(crate) fn arithmetic(&mut self, floor: u8) -> Read<Node> {
        let mut left = self.simple()?;
        while let Some((op, power)) = self.arithmetic_operator().filter(|(_, power)| *power > floor) {
            self.next();
            left = self.operation(left, op, power)?;
        }
        Ok(left)
    }

    /// Behind an operator: its right operand, or an interval. Apart from `arithmetic`, whose frames stand on the stack by the hundred.
    fn operation(&mut self, left: Node, op: BinaryOp, power: u8) -> Read<Node> {
        let moves = match op {
            BinaryOp::Add => Some(UnitOp::Add),
            BinaryOp::Subtract => Some(UnitOp::Subtract),
            _ => None,
        };
        if let Some(op) = moves.filter(|_| self.at_interval()) {
            return self.moved_by_interval(left, op);
        }
        let right = self.arithmetic(power)?;
        self.binary(left, op, right)
    }

    fn arithmetic_operator(&self) -> Option<(BinaryOp, u8)> {
        match self.peek().kind {
            TokenKind::Sign(Sign::Pipe) => Some((BinaryOp::BitOr, 1)),
            TokenKind::Sign(Sign::Ampersand) => Some((BinaryOp::BitAnd, 2)),
            TokenKind::Sign(Sign::ShiftLeft) => Some((BinaryOp::ShiftLeft, 3)),
            TokenKind::Sign(Sign::ShiftRight) => Some((BinaryOp::ShiftRight, 3)),
            TokenKind::Sign(Sign::Plus) => Some((BinaryOp::Add, 4)),
            TokenKind::Sign(Sign::Minus) => Some((BinaryOp::Subtract, 4)),
            TokenKind::Sign(Sign::Star) => Some((BinaryOp::Multiply, 5)),
            TokenKind::Sign(Sign::Slash) => Some((BinaryOp::Divide, 5)),
            TokenKind::Sign(Sign::Percent) => Some((BinaryOp::Modulo, 5)),
            TokenKind::Sign(Sign::Caret) => Some((BinaryOp::BitXor, 6)),
            TokenKind::Word if self.is_word(0, "DIV") => Some((BinaryOp::IntDivide, 5)),
            TokenKind::Word if self.is_word(0, "MOD") => Some((BinaryOp::Modulo, 5)),
            _ => None,
        }
    }

    /// Prefix operators over COLLATE over an operand.
    pub(crate) fn simple(&mut self) -> Read<Node> {
        let op = match self.peek().kind {
            TokenKind::Sign(Sign::Minus) => UnaryOp::Negate,
            TokenKind::Sign(Sign::Plus) => UnaryOp::Plus,
            TokenKind::Sign(Sign::Tilde) => UnaryOp::BitNot,
            TokenKind::Sign(Sign::Bang) => UnaryOp::Not,
            TokenKind::Word if self.is_word(0, "BINARY") => UnaryOp::Binary,
            _ => return self.collated(),
        };
        let sign = self.next().span;
        self.enter()?;
        let operand = self.simple();
        self.leave();
        self.prefix(op, sign, operand?)
    }

    fn collated(&mut self) -> Read<Node> {
        let mut node = self.operand()?;
        loop {
            if self.eat_word("COLLATE").is_some() {
                let collation = self.collation()?;
                let span = node.outer.to(collation.span);
                let height = node.height;
                node = self.node(ExprKind::Collate { expr: node.boxed(), collation }, span, height)?;
            } else if let TokenKind::Sign(sign @ (Sign::Arrow | Sign::LongArrow)) = self.peek().kind {
                node = self.refuse_path(&node, sign);
            } else if let Some(sign) = self.eat_sign(Sign::Assign) {
                let hint = "Compare with `=`; nothing can be assigned.";
                self.error(Code::ASSIGNMENT, sign, "an assignment cannot stand in a rule", hint);
                let value = self.simple()?;
                node = Node::refused(node.outer.to(value.outer));
            } else {
                return Ok(node);
            }
        }
    }

    /// A collation's name; MySQL takes it as a text, too.
    fn collation(&mut self) -> Read<Name> {
        if self.peek().kind == TokenKind::Text {
            let text = self.text_constant("a collation", "")?;
            return Ok(Name { text: text.value, quoted: false, span: text.span });
        }
        self.name("a collation after `COLLATE`", "")
    }

    fn refuse_path(&mut self, node: &Node, sign: Sign) -> Node {
        let arrow = self.next().span;
        let name = if sign == Sign::Arrow { "->" } else { "->>" };
        self.error(Code::UNSUPPORTED_OPERATOR, arrow, format!("the operator `{name}` is not available"), "");
        if self.peek().kind == TokenKind::Text {
            self.next();
        }
        Node::refused(node.outer.to(self.last_span()))
    }

    fn prefix(&mut self, op: UnaryOp, sign: Span, operand: Node) -> Read<Node> {
        let span = sign.to(operand.outer);
        let height = operand.height;
        self.node(ExprKind::Unary(op, operand.boxed()), span, height)
    }

    fn binary(&mut self, left: Node, op: BinaryOp, right: Node) -> Read<Node> {
        let span = left.outer.to(right.outer);
        let height = left.height.max(right.height);
        self.node(ExprKind::Binary(left.boxed(), op, right.boxed()), span, height)
    }
}
