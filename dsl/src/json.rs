//! JSON among the operators and calls: `->`, `->>`, `MEMBER OF`, and `JSON_VALUE` with its clauses.

use crate::ast::{CastType, Expr, ExprKind, JsonAnswer, JsonValue, Literal, Name, UnaryOp};
use crate::cursor::{Parser, Read};
use crate::diagnostic::{Code, Span};
use crate::expression::Node;
use crate::token::{Sign, TokenKind};

/// What `JSON_VALUE` answers for a value that is not there, and for one that does not convert.
type Answers = (Option<JsonAnswer>, Option<JsonAnswer>);

impl Parser<'_> {
    /// At the arrow behind an operand: `column -> path` is `json_extract(column, path)`.
    pub(crate) fn arrow(&mut self, node: Node, sign: Sign) -> Read<Node> {
        let arrow = self.next().span;
        let shown = self.slice(arrow).to_owned();
        if !matches!(node.expr.kind, ExprKind::Column { .. }) {
            let hint = "Write `json_extract(document, path)`; around it `json_unquote(…)` for `->>`.";
            return Err(self.error(Code::SYNTAX, arrow, format!("`{shown}` stands behind a column only"), hint));
        }
        if self.peek().kind != TokenKind::Text {
            return Err(self.expected(&format!("a path in quotes after `{shown}`"), "Paths look like this: `'$.name'`."));
        }
        let path = self.text_constant("a path", "")?;
        let span = node.outer.to(path.span);
        let height = node.height;
        let path = Expr { kind: ExprKind::Literal(Literal::Text { value: path.value, introducer: None }), span: path.span };
        let extract = self.node(call("json_extract", vec![*node.expr, path], arrow), span, height)?;
        if sign == Sign::Arrow {
            return Ok(extract);
        }
        let height = extract.height;
        self.node(call("json_unquote", vec![*extract.expr], arrow), span, height)
    }

    /// Behind `value MEMBER`.
    pub(crate) fn member_of(&mut self, value: Node) -> Read<Node> {
        self.eat_word("OF");
        let Some(open) = self.eat_sign(Sign::LeftParen) else {
            return Err(self.expected("`(` after `MEMBER OF`", "Write the array in parentheses: `1 MEMBER OF (column)`."));
        };
        let array = self.simple()?;
        let close = self.close(open, "`)` after the array")?;
        let (span, height) = (value.outer.to(close), value.height.max(array.height));
        self.node(ExprKind::MemberOf { value: value.boxed(), array: array.boxed() }, span, height)
    }

    /// Behind `json_value(`.
    pub(crate) fn json_value(&mut self, name: &Name, open: Span) -> Read<Node> {
        let document = self.simple()?;
        if self.eat_sign(Sign::Comma).is_none() {
            return Err(self.expected("`,` and a path", "Write `json_value(document, '$.name')`."));
        }
        if self.peek().kind != TokenKind::Text {
            return Err(self.expected("a path in quotes", "Paths look like this: `'$.name'`."));
        }
        let path = self.simple()?;
        let returning = if self.eat_word("RETURNING").is_some() { Some(self.returned_type()?) } else { None };
        let (on_empty, on_error) = self.answers()?;
        let close = self.close(open, "`RETURNING`, `… ON EMPTY`, `… ON ERROR` or `)` in the call of `json_value`")?;
        let height = document.height.max(path.height);
        let value = JsonValue { document: *document.expr, path: *path.expr, returning, on_empty, on_error };
        self.node(ExprKind::JsonValue(Box::new(value)), name.span.to(close), height)
    }

    fn returned_type(&mut self) -> Read<CastType> {
        let to = self.cast_type()?;
        if let Some(array) = self.eat_word("ARRAY") {
            return Err(self.error(Code::BAD_CAST_TYPE, array, "`json_value` returns no array", ""));
        }
        Ok(to)
    }

    /// `… ON EMPTY` and `… ON ERROR`, each at most once and in this order.
    fn answers(&mut self) -> Read<Answers> {
        let (mut on_empty, mut on_error) = (None, None);
        while let Some(answer) = self.answer()? {
            if self.eat_word("ON").is_none() {
                return Err(self.expected("`ON EMPTY` or `ON ERROR`", ""));
            }
            let place = match (&on_empty, &on_error) {
                (None, None) if self.eat_word("EMPTY").is_some() => &mut on_empty,
                (_, None) if self.eat_word("ERROR").is_some() => &mut on_error,
                _ => return Err(self.expected("`EMPTY`, then `ERROR`", "`ON EMPTY` stands before `ON ERROR`, each at most once.")),
            };
            *place = Some(answer);
        }
        Ok((on_empty, on_error))
    }

    fn answer(&mut self) -> Read<Option<JsonAnswer>> {
        if self.is_word(0, "NULL") && self.is_word(1, "ON") {
            self.next();
            return Ok(Some(JsonAnswer::Null));
        }
        if self.is_word(0, "ERROR") && self.is_word(1, "ON") {
            self.next();
            return Ok(Some(JsonAnswer::Error));
        }
        if self.eat_word("DEFAULT").is_none() {
            return Ok(None);
        }
        let is_bare = !self.is_sign(0, Sign::LeftParen);
        let value = self.simple()?;
        if !is_bare || !is_constant(&value.expr) {
            let hint = "Write a text or a number, or `NULL ON …`.";
            return Err(self.error(Code::SYNTAX, value.outer, "a default of `json_value` is a constant", hint));
        }
        Ok(Some(JsonAnswer::Default(value.boxed())))
    }
}

/// A literal other than NULL, perhaps with a sign.
fn is_constant(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Literal(literal) => *literal != Literal::Null,
        ExprKind::Unary(UnaryOp::Negate | UnaryOp::Plus, operand) => {
            matches!(operand.kind, ExprKind::Literal(Literal::Integer(_) | Literal::Decimal(_) | Literal::Float(_)))
        }
        _ => false,
    }
}

fn call(name: &str, args: Vec<Expr>, span: Span) -> ExprKind {
    ExprKind::Call { name: Name { text: name.to_owned(), quoted: false, span }, args }
}
