//! Calls with words between their arguments: CAST, CONVERT, TRIM, SUBSTRING, POSITION, and the refused ones.

use crate::ast::{CastType, Expr, ExprKind, Literal, Name, UnitOp};
use crate::cursor::{Parser, Read};
use crate::diagnostic::{Code, Span};
use crate::expression::Node;
use crate::token::{Sign, TokenKind};

impl Parser<'_> {
    /// Behind `name(`: the form, if the function has one of its own here.
    pub(crate) fn form(&mut self, name: &Name, open: Span) -> Option<Read<Node>> {
        Some(match name.text.as_str() {
            "cast" => self.cast(name, open),
            "convert" => self.convert(name, open),
            "trim" => self.trim(name, open),
            "substring" | "substr" | "mid" => self.substring(name, open),
            "position" => self.locate(name, open),
            "extract" => self.extract(name, open),
            "date_add" | "adddate" => self.date_add(name, open, UnitOp::Add),
            "date_sub" | "subdate" => self.date_add(name, open, UnitOp::Subtract),
            "timestampadd" => self.timestamp_add(name, open),
            "timestampdiff" => self.timestamp_diff(name, open),
            "get_format" => self.get_format(name, open),
            "match" => self.refuse_match(name),
            "row" => self.refuse_form(name, "Compare the values one by one, joined by `AND`."),
            "exists" | "any" | "all" | "some" | "values" | "default" => self.refuse_form(name, ""),
            "char_using" => self.refuse_form(name, "Write `char(… USING charset)`."),
            "trim_leading" | "trim_trailing" | "trim_both" => {
                self.refuse_form(name, "Write `trim(LEADING 'x' FROM s)`, with `TRAILING` or `BOTH` likewise.")
            }
            "char" => self.char(name, open),
            _ => return None,
        })
    }

    fn refuse_form(&mut self, name: &Name, hint: &str) -> Read<Node> {
        let span = name.span.to(self.skip_parenthesis());
        let code = if name.text == "row" { Code::ROW_CONSTRUCTOR } else { Code::UNSUPPORTED_FORM };
        self.error(code, span, format!("`{}(…)` is not available", name.text.to_ascii_uppercase()), hint);
        Ok(Node::refused(span))
    }

    fn refuse_match(&mut self, name: &Name) -> Read<Node> {
        self.skip_parenthesis();
        if self.eat_word("AGAINST").is_some() && self.eat_sign(Sign::LeftParen).is_some() {
            self.skip_parenthesis();
        }
        let span = name.span.to(self.last_span());
        self.error(Code::UNSUPPORTED_FORM, span, "`MATCH … AGAINST` is not available", "Write the pattern with `LIKE`.");
        Ok(Node::refused(span))
    }

    fn cast(&mut self, name: &Name, open: Span) -> Read<Node> {
        let operand = self.expression()?;
        if self.eat_word("AS").is_none() {
            return Err(self.expected("`AS` and a type in `CAST`", "Write `CAST(value AS type)`."));
        }
        self.cast_to(name, open, operand)
    }

    fn cast_to(&mut self, name: &Name, open: Span, operand: Node) -> Read<Node> {
        let to = self.cast_type()?;
        if let Some(array) = self.eat_word("ARRAY") {
            self.error(Code::BAD_CAST_TYPE, array, "a cast to an array is not available", "");
        }
        let close = self.close(open, "`)` after the type")?;
        let height = operand.height;
        self.node(ExprKind::Cast { expr: operand.boxed(), to }, name.span.to(close), height)
    }

    fn convert(&mut self, name: &Name, open: Span) -> Read<Node> {
        let operand = self.expression()?;
        if self.eat_sign(Sign::Comma).is_some() {
            return self.cast_to(name, open, operand);
        }
        if self.eat_word("USING").is_none() {
            return Err(self.expected("`,` and a type, or `USING` and a charset", ""));
        }
        let charset = self.charset()?;
        let close = self.close(open, "`)` after the charset")?;
        let height = operand.height;
        self.node(ExprKind::ConvertUsing { expr: operand.boxed(), charset }, name.span.to(close), height)
    }

    /// A charset's name; MySQL takes it as a text, too.
    fn charset(&mut self) -> Read<Name> {
        if self.peek().kind == TokenKind::Text {
            let text = self.text_constant("a charset", "")?;
            return Ok(Name { text: text.value, quoted: false, span: text.span });
        }
        self.name("a charset", "")
    }

    fn trim(&mut self, name: &Name, open: Span) -> Read<Node> {
        let sides = [("LEADING", "trim_leading"), ("TRAILING", "trim_trailing"), ("BOTH", "trim_both")];
        let side = sides.into_iter().find(|(word, _)| self.is_word(0, word));
        if side.is_some() {
            self.next();
        }
        let lowered = side.map_or("trim_both", |(_, lowered)| lowered);
        let removed = if side.is_some() && self.is_word(0, "FROM") { None } else { Some(self.expression()?) };
        if self.eat_word("FROM").is_none() {
            let (None, Some(operand)) = (side, removed) else {
                return Err(self.expected("`FROM` and the text to trim", "Write `trim(LEADING 'x' FROM s)`."));
            };
            let close = self.close(open, "an operator, `FROM` or `)` in the call of `trim`")?;
            return self.call_of("trim", name, close, vec![operand]);
        }
        let operand = self.expression()?;
        let close = self.close(open, "an operator or `)` in the call of `trim`")?;
        let removed = removed.unwrap_or_else(|| {
            let space = Literal::Text { value: " ".to_owned(), introducer: None };
            Node::leaf(ExprKind::Literal(space), operand.outer)
        });
        self.call_of(lowered, name, close, vec![operand, removed])
    }

    /// With commas or with `FROM … [FOR …]`.
    fn substring(&mut self, name: &Name, open: Span) -> Read<Node> {
        let mut args = vec![self.expression()?];
        if self.eat_word("FROM").is_some() {
            args.push(self.expression()?);
            if self.eat_word("FOR").is_some() {
                args.push(self.expression()?);
            }
            let close = self.close(open, &format!("an operator, `FOR` or `)` in the call of `{}`", name.text))?;
            return self.call_of(&name.text, name, close, args);
        }
        while self.eat_sign(Sign::Comma).is_some() {
            args.push(self.expression()?);
        }
        let close = self.close(open, &format!("an operator, `,` or `)` in the call of `{}`", name.text))?;
        self.call_of(&name.text, name, close, args)
    }

    /// `CHAR(a, b USING charset)` is `char_using` with the charset's name in front; without USING it is a call like any other.
    fn char(&mut self, name: &Name, open: Span) -> Read<Node> {
        let mut args = vec![self.expression()?];
        while self.eat_sign(Sign::Comma).is_some() {
            args.push(self.expression()?);
        }
        if self.eat_word("USING").is_some() {
            let charset = self.charset()?;
            let literal = Literal::Text { value: charset.text.to_ascii_lowercase(), introducer: None };
            args.insert(0, Node::leaf(ExprKind::Literal(literal), charset.span));
            let close = self.close(open, "`)` after the charset")?;
            return self.call_of("char_using", name, close, args);
        }
        let close = self.close(open, "an operator, `,` or `)` in the call of `char`")?;
        self.call_of("char", name, close, args)
    }

    /// `POSITION(a IN b)` is `locate(a, b)`. The needle binds tighter than IN.
    fn locate(&mut self, name: &Name, open: Span) -> Read<Node> {
        let needle = self.arithmetic(0)?;
        if self.eat_word("IN").is_none() {
            return Err(self.expected("`IN` and the text to search", "Write `position(needle IN text)`."));
        }
        let text = self.expression()?;
        let close = self.close(open, "an operator or `)` in the call of `position`")?;
        self.call_of("locate", name, close, vec![needle, text])
    }

    pub(crate) fn call_of(&mut self, function: &str, name: &Name, close: Span, args: Vec<Node>) -> Read<Node> {
        let height = args.iter().map(|a| a.height).max().unwrap_or(0);
        let args: Vec<Expr> = args.into_iter().map(|a| *a.expr).collect();
        let name = Name { text: function.to_owned(), quoted: false, span: name.span };
        let span = name.span.to(close);
        self.node(ExprKind::Call { name, args }, span, height)
    }

    fn cast_type(&mut self) -> Read<CastType> {
        let token = self.peek();
        let word = if token.kind == TokenKind::Word { self.slice(token.span).to_ascii_uppercase() } else { String::new() };
        if word.is_empty() {
            return Err(self.expected(
                "a type",
                "Types are `SIGNED`, `UNSIGNED`, `DECIMAL(p, s)`, `DOUBLE`, `CHAR`, `BINARY`, `DATE`, `TIME`, `DATETIME`.",
            ));
        }
        self.next();
        Ok(match word.as_str() {
            "SIGNED" | "UNSIGNED" => {
                if self.is_any_word(0, &["INTEGER", "INT"]) {
                    self.next();
                }
                if word == "SIGNED" { CastType::Signed } else { CastType::Unsigned }
            }
            "DECIMAL" | "DEC" => self.decimal(token.span)?,
            "DOUBLE" => {
                self.eat_word("PRECISION");
                CastType::Double
            }
            "REAL" => CastType::Double,
            "FLOAT" => match self.length()? {
                None => CastType::Float,
                Some((0..=24, _)) => CastType::Float,
                Some((25..=53, _)) => CastType::Double,
                Some((_, span)) => return Err(self.error(Code::BAD_CAST_TYPE, span, "FLOAT has at most 53 bits", "")),
            },
            "CHAR" | "CHARACTER" => self.char_type()?,
            "NCHAR" => {
                let length = self.length()?.map(|(length, _)| length);
                let charset = Some(Name { text: "utf8mb3".to_owned(), quoted: false, span: token.span });
                CastType::Char { length, charset }
            }
            "BINARY" => CastType::Binary { length: self.length()?.map(|(length, _)| length) },
            "DATE" => CastType::Date,
            "TIME" => CastType::Time { fsp: self.fraction()? },
            "DATETIME" => CastType::DateTime { fsp: self.fraction()? },
            "YEAR" => CastType::Year,
            "JSON" => CastType::Json,
            _ => return Err(self.unknown_cast_type(&word, token.span)),
        })
    }

    fn unknown_cast_type(&mut self, word: &str, span: Span) -> crate::cursor::Reported {
        let hint = match word {
            "INT" | "INTEGER" | "BIGINT" | "SMALLINT" | "MEDIUMINT" | "TINYINT" => "Write `SIGNED` or `UNSIGNED`.",
            "VARCHAR" | "TEXT" | "STRING" => "Write `CHAR`.",
            "VARBINARY" | "BLOB" | "BYTEA" => "Write `BINARY`.",
            "NUMERIC" | "NUMBER" => "Write `DECIMAL(p, s)`.",
            "TIMESTAMP" => "Write `DATETIME`.",
            "BOOL" | "BOOLEAN" => "Write `value IS TRUE`.",
            _ => "Types are `SIGNED`, `UNSIGNED`, `DECIMAL(p, s)`, `DOUBLE`, `CHAR`, `BINARY`, `DATE`, `TIME`, `DATETIME`.",
        };
        self.error(Code::BAD_CAST_TYPE, span, format!("a value cannot be cast to `{}`", word.to_ascii_lowercase()), hint)
    }

    fn char_type(&mut self) -> Read<CastType> {
        let length = self.length()?.map(|(length, _)| length);
        let named = |text: &str, span| Some(Name { text: text.to_owned(), quoted: false, span });
        let charset = if self.is_word(0, "CHARSET") || (self.is_any_word(0, &["CHARACTER", "CHAR"]) && self.is_word(1, "SET")) {
            if self.eat_word("CHARSET").is_none() {
                self.next();
                self.next();
            }
            Some(self.charset()?)
        } else if let Some(span) = self.eat_word("ASCII") {
            named("latin1", span)
        } else if let Some(span) = self.eat_word("UNICODE") {
            named("ucs2", span)
        } else if let Some(span) = self.eat_word("BYTE") {
            named("binary", span)
        } else {
            None
        };
        Ok(CastType::Char { length, charset })
    }

    /// `(n)`, if it stands here.
    fn length(&mut self) -> Read<Option<(u32, Span)>> {
        let Some(open) = self.eat_sign(Sign::LeftParen) else { return Ok(None) };
        let (length, span) = self.small_number("a length")?;
        self.close(open, "`)` after the length")?;
        Ok(Some((length, span)))
    }

    fn small_number(&mut self, what: &str) -> Read<(u32, Span)> {
        let token = self.peek();
        if token.kind != TokenKind::Integer {
            return Err(self.expected(what, ""));
        }
        self.next();
        match self.slice(token.span).parse() {
            Ok(number) => Ok((number, token.span)),
            Err(_) => Err(self.error(Code::BAD_CAST_TYPE, token.span, format!("{what} is at most {}", u32::MAX), "")),
        }
    }

    fn decimal(&mut self, span: Span) -> Read<CastType> {
        let Some(open) = self.eat_sign(Sign::LeftParen) else { return Ok(CastType::Decimal { precision: 10, scale: 0 }) };
        let (precision, at) = self.small_number("a precision")?;
        let (scale, scale_at) = if self.eat_sign(Sign::Comma).is_some() { self.small_number("a scale")? } else { (0, at) };
        self.close(open, "`,` or `)` after the precision")?;
        // DECIMAL(0) is DECIMAL(10) to MySQL.
        let precision = if precision == 0 && scale == 0 { 10 } else { precision };
        if precision > 65 {
            return Err(self.error(Code::BAD_CAST_TYPE, at, "DECIMAL has at most 65 digits", ""));
        }
        if scale > 30 {
            return Err(self.error(Code::BAD_CAST_TYPE, scale_at, "DECIMAL has at most 30 digits after the point", ""));
        }
        if scale > precision {
            let message = "more digits stand after the point than the number has";
            return Err(self.error(Code::BAD_CAST_TYPE, span.to(self.last_span()), message, "Write all digits first: `DECIMAL(10, 2)`."));
        }
        let narrow = |number: u32| u8::try_from(number).unwrap_or(u8::MAX);
        Ok(CastType::Decimal { precision: narrow(precision), scale: narrow(scale) })
    }

    fn fraction(&mut self) -> Read<u8> {
        match self.length()? {
            None => Ok(0),
            Some((digits @ 0..=6, _)) => Ok(u8::try_from(digits).unwrap_or(6)),
            Some((_, span)) => Err(self.error(Code::BAD_CAST_TYPE, span, "a second has at most 6 digits after the point", "")),
        }
    }
}
