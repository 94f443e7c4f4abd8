//! Operands: constants, columns, parentheses, CASE and calls. Functions with words between their arguments are read by `forms`.

use crate::ast::{ExprKind, Literal, Name};
use crate::cursor::{Parser, Read};
use crate::diagnostic::{Code, Span};
use crate::expression::Node;
use crate::outline::Role;
use crate::refused;
use crate::token::{Sign, Token, TokenKind};
use crate::{value, words};

impl Parser<'_> {
    /// An operand; what is refused by name leaves NULL in its place.
    pub(crate) fn operand(&mut self) -> Read<Node> {
        let token = self.peek();
        match token.kind {
            TokenKind::Word => self.word_operand(token),
            TokenKind::QuotedName if self.is_sign(1, Sign::LeftParen) => self.call(),
            TokenKind::QuotedName => self.column(),
            TokenKind::Sign(Sign::LeftParen) => self.parenthesis(),
            TokenKind::Text | TokenKind::NationalText => Ok(self.text_literal(None)),
            TokenKind::Hex | TokenKind::Bits => self.bytes_literal(None),
            TokenKind::Integer => Ok(self.literal(Literal::Integer)),
            TokenKind::Decimal => Ok(self.literal(Literal::Decimal)),
            TokenKind::Float => Ok(self.literal(Literal::Float)),
            TokenKind::NullEscape => Ok(self.literal(|_| Literal::Null)),
            TokenKind::Variable if self.is_sign(1, Sign::Assign) => Ok(Node::refused(self.next().span)),
            TokenKind::Variable => {
                Ok(self.refuse_token(Code::VARIABLE, "the variable", "A rule knows only its row: use a column or a constant."))
            }
            TokenKind::Sign(Sign::Question) => Ok(self.refuse_token(Code::PLACEHOLDER, "the placeholder", "Write the value.")),
            _ => Err(self.expected_value()),
        }
    }

    fn expected_value(&mut self) -> crate::cursor::Reported {
        let before = self.slice(self.last_span());
        let what = if before.is_empty() { "a value".to_owned() } else { format!("a value after `{before}`") };
        let found = self.peek();
        let ends_case = self.is_word(0, "END") && self.open_cases > 0;
        let is_name = found.kind == TokenKind::Word && self.is_used_as_name(1) && !ends_case;
        let hint =
            if is_name { format!("A column of that name stands in backticks: `` `{}` ``.", self.slice(found.span)) } else { String::new() };
        self.expected(&what, &hint)
    }

    fn refuse_token(&mut self, code: Code, what: &str, hint: &str) -> Node {
        let token = self.next();
        let message = format!("{what} `{}` is not available", self.slice(token.span));
        self.error(code, token.span, message, hint);
        Node::refused(token.span)
    }

    fn word_operand(&mut self, token: Token) -> Read<Node> {
        let word = self.slice(token.span).to_ascii_uppercase();
        let next = self.peek_at(1).kind;
        let is_call = next == TokenKind::Sign(Sign::LeftParen);
        // Within CASE, END is its end, even where MySQL would take it for a column.
        let ends_case = word == "END" && self.open_cases > 0;
        match word.as_str() {
            _ if next == TokenKind::Sign(Sign::Dot) => self.column(),
            "CASE" => self.case(),
            "INTERVAL" if self.is_interval_call() => self.call(),
            "INTERVAL" => self.interval(),
            "NOT" => {
                let hint = "Put it into parentheses: `(NOT …)`.";
                Err(self.error(Code::SYNTAX, token.span, "`NOT` cannot stand behind an operator without parentheses", hint))
            }
            _ if self.at_clause() || ends_case => Err(self.expected_value()),
            _ if is_call && !words::is_uncallable(&word) => self.call(),
            _ if words::is_not_operand(&word) => Err(self.expected_value()),
            "NULL" => Ok(self.literal(|_| Literal::Null)),
            "TRUE" => Ok(self.literal(|_| Literal::Bool(true))),
            "FALSE" => Ok(self.literal(|_| Literal::Bool(false))),
            "SCHEMA" => Ok(self.source_name(ExprKind::SourceSchema)),
            "TABLE" => Ok(self.source_name(ExprKind::SourceTable)),
            _ => self.introduced_or_column(&word, next),
        }
    }

    /// `_charset'text'`, `DATE 'text'`, or a column.
    fn introduced_or_column(&mut self, word: &str, next: TokenKind) -> Read<Node> {
        let charset = word.strip_prefix('_').map(str::to_ascii_lowercase);
        match (charset, next, word) {
            (Some(charset), TokenKind::Text, _) => Ok(self.text_literal(Some(charset))),
            (Some(charset), TokenKind::Hex | TokenKind::Bits, _) => self.bytes_literal(Some(charset)),
            (None, TokenKind::Text, "DATE") => Ok(self.typed_literal(Literal::Date)),
            (None, TokenKind::Text, "TIME") => Ok(self.typed_literal(Literal::Time)),
            (None, TokenKind::Text, "TIMESTAMP") => Ok(self.typed_literal(Literal::Timestamp)),
            _ => self.column(),
        }
    }

    fn source_name(&mut self, kind: ExprKind) -> Node {
        let span = self.next().span;
        self.outline.mark(span.start, Role::Source);
        self.refuse_column(span);
        Node::leaf(kind, span)
    }

    fn literal(&mut self, kind: impl FnOnce(String) -> Literal) -> Node {
        let token = self.next();
        Node::leaf(ExprKind::Literal(kind(self.slice(token.span).to_owned())), token.span)
    }

    /// At the text, or at the introducer before it. Adjacent texts are one.
    fn text_literal(&mut self, introducer: Option<String>) -> Node {
        let start = self.peek().span;
        if introducer.is_some() {
            self.next();
        }
        let national = self.peek().kind == TokenKind::NationalText;
        let introducer = introducer.or_else(|| national.then(|| "utf8mb3".to_owned()));
        let first = self.next().span;
        let mut text = value::text(self.slice(first));
        while self.peek().kind == TokenKind::Text {
            let next = self.next().span;
            text.push_str(&value::text(self.slice(next)));
        }
        Node::leaf(ExprKind::Literal(Literal::Text { value: text, introducer }), start.to(self.last_span()))
    }

    fn bytes_literal(&mut self, introducer: Option<String>) -> Read<Node> {
        let start = self.peek().span;
        if introducer.is_some() {
            self.next();
        }
        let token = self.next();
        let raw = self.slice(token.span);
        let (bytes, hint) = match token.kind {
            TokenKind::Hex => (value::hex(raw), "Between the quotes stands an even number of hexadecimal digits."),
            _ => (value::bits(raw), "Between the quotes stand zeros and ones."),
        };
        let Some(value) = bytes else {
            let message = format!("{} is no constant", self.show(token));
            return Err(self.error(Code::BAD_LITERAL, token.span, message, hint));
        };
        let literal = match token.kind {
            TokenKind::Bits if introducer.is_none() => Literal::Bits(value),
            _ => Literal::Bytes { value, introducer },
        };
        Ok(Node::leaf(ExprKind::Literal(literal), start.to(token.span)))
    }

    /// `DATE 'text'` and its like.
    fn typed_literal(&mut self, kind: impl FnOnce(String) -> Literal) -> Node {
        let start = self.next().span;
        let text = self.next().span;
        Node::leaf(ExprKind::Literal(kind(value::text(self.slice(text)))), start.to(text))
    }

    /// `column` or `table.column`.
    fn column(&mut self) -> Read<Node> {
        let first = self.name("a column", "")?;
        if !first.quoted && words::is_bare_function(&first.text) && !self.is_sign(0, Sign::Dot) {
            let span = first.span;
            let name = Name { text: first.text.to_ascii_lowercase(), ..first };
            return Ok(Node::leaf(ExprKind::Call { name, args: Vec::new() }, span));
        }
        if self.eat_sign(Sign::Dot).is_none() {
            let span = first.span;
            self.refuse_column(span);
            return Ok(Node::leaf(ExprKind::Column { qualifier: None, name: first }, span));
        }
        if self.is_sign(0, Sign::Star) {
            let star = self.next().span;
            return Err(self.error(Code::SYNTAX, first.span.to(star), format!("`{}.*` has one table too many", first.text), "Write `*`."));
        }
        let name = self.name("a column after the point", "")?;
        let span = first.span.to(name.span);
        if self.is_sign(0, Sign::Dot) {
            self.next();
            let last = self.name("a column after the point", "")?;
            let hint = format!("Write `{}.{}` or `{}`.", name.text, last.text, last.text);
            self.error(Code::SYNTAX, span.to(last.span), "a column is qualified by its table alone", &hint);
            return Ok(Node::refused(span.to(last.span)));
        }
        if self.is_sign(0, Sign::LeftParen) {
            let open = self.next().span;
            self.error(Code::UNSUPPORTED_FORM, span, format!("the stored function `{}.{}` is not available", first.text, name.text), "");
            let close = self.skip_parenthesis();
            return Ok(Node::refused(span.to(open).to(close)));
        }
        self.refuse_column(span);
        Ok(Node::leaf(ExprKind::Column { qualifier: Some(first), name }, span))
    }

    fn parenthesis(&mut self) -> Read<Node> {
        let open = self.next().span;
        if self.at_subquery() {
            let close = self.refuse_subquery(open);
            return Ok(Node::refused(open.to(close)));
        }
        let inner = self.expression()?;
        if self.is_sign(0, Sign::Comma) {
            let close = self.skip_parenthesis();
            let hint = "Compare the values one by one, joined by `AND`.";
            self.error(Code::ROW_CONSTRUCTOR, open.to(close), "a row of values cannot be compared", hint);
            return Ok(Node::refused(open.to(close)));
        }
        let close = self.close(open, "an operator or `)`")?;
        Ok(Node { outer: open.to(close), ..inner })
    }

    pub(crate) fn at_subquery(&self) -> bool {
        self.is_word(0, "SELECT") || (self.is_word(0, "WITH") && self.peek_at(1).kind == TokenKind::Word && self.is_word(2, "AS"))
    }

    /// Behind the `(` of a subquery.
    pub(crate) fn refuse_subquery(&mut self, open: Span) -> Span {
        let close = self.skip_parenthesis();
        let hint = "A rule sees one row at a time: use its columns and constants.";
        self.error(Code::SUBQUERY, open.to(close), "a subquery cannot stand in a rule", hint);
        close
    }

    fn case(&mut self) -> Read<Node> {
        let start = self.next().span;
        self.open_cases += 1;
        let node = self.case_body(start);
        self.open_cases -= 1;
        node
    }

    fn case_body(&mut self, start: Span) -> Read<Node> {
        let mut height = 0;
        let operand = if self.is_word(0, "WHEN") { None } else { Some(self.part(&mut height)?) };
        let mut branches = Vec::new();
        while self.eat_word("WHEN").is_some() {
            let condition = self.part(&mut height)?;
            if self.eat_word("THEN").is_none() {
                return Err(self.expected("`THEN`", ""));
            }
            branches.push((condition, self.part(&mut height)?));
        }
        if branches.is_empty() {
            return Err(self.expected("`WHEN`", ""));
        }
        let otherwise = if self.eat_word("ELSE").is_some() { Some(Box::new(self.part(&mut height)?)) } else { None };
        let Some(end) = self.eat_word("END") else {
            let what = if otherwise.is_some() { "`END`" } else { "`WHEN`, `ELSE` or `END`" };
            return Err(self.expected(what, "A `CASE` is closed by `END`."));
        };
        let operand = operand.map(Box::new);
        self.node(ExprKind::Case { operand, branches, otherwise }, start.to(end), height)
    }

    /// A part of a larger node.
    pub(crate) fn part(&mut self, height: &mut usize) -> Read<crate::ast::Expr> {
        let node = self.expression()?;
        *height = node.height.max(*height);
        Ok(*node.expr)
    }

    /// `name(args)`: a known form with words inside, or any function.
    pub(crate) fn call(&mut self) -> Read<Node> {
        let token = self.next();
        let mut name = self.name_of(token);
        self.outline.mark(token.span.start, Role::Function);
        name.text = name.text.to_ascii_lowercase();
        name.quoted = false;
        let open = self.next().span;
        if self.at_subquery() {
            let close = self.refuse_subquery(open);
            return Ok(Node::refused(token.span.to(close)));
        }
        if let Some(node) = self.form(&name, open) {
            return node;
        }
        let aggregate = refused::aggregate(&name.text);
        if aggregate.is_some() || refused::is_window(&name.text) {
            let close = self.skip_parenthesis();
            let span = token.span.to(close);
            if !self.is_word(0, "OVER") {
                let (code, what) =
                    if aggregate.is_some() { (Code::AGGREGATE, "the aggregate") } else { (Code::WINDOW, "the window function") };
                let hint = aggregate.filter(|hint| !hint.is_empty()).unwrap_or("A rule sees one row at a time.");
                self.error(code, span, format!("{what} `{}()` cannot stand in a rule", name.text), hint);
            }
            return Ok(self.over(Node::refused(span)));
        }
        let node = self.arguments(name, open)?;
        Ok(self.over(node))
    }

    fn arguments(&mut self, name: Name, open: Span) -> Read<Node> {
        let mut args = Vec::new();
        let mut height = 0;
        while !self.is_sign(0, Sign::RightParen) {
            args.push(self.part(&mut height)?);
            if self.eat_sign(Sign::Comma).is_none() {
                break;
            }
            if self.is_sign(0, Sign::RightParen) {
                return Err(self.expected_value());
            }
        }
        let close = self.close(open, &format!("an operator, `,` or `)` in the call of `{}`", name.text))?;
        let span = name.span.to(close);
        self.node(ExprKind::Call { name, args }, span, height)
    }

    /// `OVER` behind a call.
    fn over(&mut self, node: Node) -> Node {
        if !(self.is_word(0, "OVER") && (self.is_sign(1, Sign::LeftParen) || self.peek_at(1).kind == TokenKind::Word)) {
            return node;
        }
        let start = self.next().span;
        let end = if self.eat_sign(Sign::LeftParen).is_some() { self.skip_parenthesis() } else { self.next().span };
        self.error(Code::WINDOW, start.to(end), "`OVER` cannot stand in a rule", "A rule sees one row at a time.");
        Node::refused(node.outer.to(end))
    }
}
