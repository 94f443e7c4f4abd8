//! JSON text to a document, as the server's parser (RapidJSON) reads it: duplicate keys, numbers and limits included.

use std::borrow::Cow;

use super::number::{Number, number};
use crate::columnar::json::{JsonError, Node, Value, key_order};

/// How deep arrays and objects may nest.
const MAX_DEPTH: usize = 100;

/// Why a text is no JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum ParseError {
    /// What stands at a byte cannot stand there.
    #[error("the text is no JSON: {1} at byte {0}")]
    Syntax(usize, &'static str),
    /// More than 100 levels.
    #[error("the JSON text nests deeper than 100 levels")]
    TooDeep,
}

/// Reads a whole text.
pub(super) fn parse(text: &str) -> Result<Node<'static>, ParseError> {
    let mut parser = Parser { text: text.as_bytes(), at: 0, depth: 0 };
    parser.skip_spaces();
    if parser.at == text.len() {
        return parser.fail("the document is empty");
    }
    let node = parser.value()?;
    parser.skip_spaces();
    if parser.at < text.len() { parser.fail("something follows the document") } else { Ok(node) }
}

/// Reads a whole text into the binary form.
pub(super) fn document(text: &str) -> Result<Vec<u8>, JsonError> {
    match parse(text) {
        Ok(node) => node.to_document(),
        Err(ParseError::TooDeep) => Err(JsonError::TooDeep),
        Err(ParseError::Syntax(..)) => Err(JsonError::Malformed),
    }
}

/// What a text in quotes stands for; none where it is no JSON string.
pub(super) fn quoted(text: &str) -> Option<String> {
    let mut parser = Parser { text: text.as_bytes(), at: 0, depth: 0 };
    let value = parser.string().ok()?;
    (parser.at == text.len()).then_some(value)
}

struct Parser<'t> {
    text: &'t [u8],
    at: usize,
    depth: usize,
}

impl Parser<'_> {
    fn fail<T>(&self, what: &'static str) -> Result<T, ParseError> {
        Err(ParseError::Syntax(self.at, what))
    }

    fn peek(&self) -> Option<u8> {
        self.text.get(self.at).copied()
    }

    fn eat(&mut self, byte: u8) -> bool {
        let is_there = self.peek() == Some(byte);
        self.at += usize::from(is_there);
        is_there
    }

    fn skip_spaces(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\n' | b'\r' | b'\t')) {
            self.at += 1;
        }
    }

    fn value(&mut self) -> Result<Node<'static>, ParseError> {
        match self.peek() {
            Some(b'n') => self.word("null", Value::Null),
            Some(b't') => self.word("true", Value::Bool(true)),
            Some(b'f') => self.word("false", Value::Bool(false)),
            Some(b'"') => {
                let text = self.string()?;
                let Node::New(kind, bytes) = Node::of_value(Value::Text(&text)) else { return self.fail("a text") };
                Ok(Node::New(kind, bytes))
            }
            Some(b'[') => self.nested(Self::array),
            Some(b'{') => self.nested(Self::object),
            _ => {
                let (found, length) = number(&self.text[self.at..]).map_err(|what| ParseError::Syntax(self.at, what))?;
                self.at += length;
                Ok(Node::of_value(match found {
                    Number::Int(value) => Value::Int(value),
                    Number::UInt(value) => Value::UInt(value),
                    Number::Double(value) => Value::Double(value),
                }))
            }
        }
    }

    fn word(&mut self, word: &str, value: Value<'static>) -> Result<Node<'static>, ParseError> {
        if !self.text[self.at..].starts_with(word.as_bytes()) {
            return self.fail("this is no value");
        }
        self.at += word.len();
        Ok(Node::of_value(value))
    }

    fn nested(&mut self, read: fn(&mut Self) -> Result<Node<'static>, ParseError>) -> Result<Node<'static>, ParseError> {
        if self.depth == MAX_DEPTH {
            return Err(ParseError::TooDeep);
        }
        self.at += 1;
        self.depth += 1;
        let node = read(self);
        self.depth -= 1;
        node
    }

    fn array(&mut self) -> Result<Node<'static>, ParseError> {
        let mut elements = Vec::new();
        self.skip_spaces();
        if self.eat(b']') {
            return Ok(Node::Array(elements));
        }
        loop {
            elements.push(self.value()?);
            self.skip_spaces();
            if self.eat(b']') {
                return Ok(Node::Array(elements));
            }
            if !self.eat(b',') {
                return self.fail("a comma or `]` is missing");
            }
            self.skip_spaces();
        }
    }

    fn object(&mut self) -> Result<Node<'static>, ParseError> {
        let mut members = Vec::new();
        self.skip_spaces();
        if self.eat(b'}') {
            return Ok(Node::Object(members));
        }
        loop {
            if self.peek() != Some(b'"') {
                return self.fail("a name in quotes is missing");
            }
            let key = self.string()?;
            self.skip_spaces();
            if !self.eat(b':') {
                return self.fail("a colon is missing");
            }
            self.skip_spaces();
            members.push((Cow::Owned(key), self.value()?));
            self.skip_spaces();
            if self.eat(b'}') {
                return Ok(object(members));
            }
            if !self.eat(b',') {
                return self.fail("a comma or `}` is missing");
            }
            self.skip_spaces();
        }
    }

    /// At the opening quote.
    fn string(&mut self) -> Result<String, ParseError> {
        let start = self.at;
        self.at += 1;
        let mut value = String::new();
        loop {
            let rest = &self.text[self.at..];
            let plain = rest.iter().take_while(|byte| !matches!(byte, b'"' | b'\\' | 0..=0x1F)).count();
            match str::from_utf8(&rest[..plain]) {
                Ok(text) => value.push_str(text),
                Err(_) => return self.fail("the text is not UTF-8"),
            }
            self.at += plain;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(value);
                }
                Some(b'\\') => value.push(self.escape()?),
                Some(_) => return self.fail("a control character stands in a text"),
                None => return Err(ParseError::Syntax(start, "a quote is missing")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, ParseError> {
        self.at += 2;
        Ok(match self.text.get(self.at - 1) {
            Some(b'"') => '"',
            Some(b'\\') => '\\',
            Some(b'/') => '/',
            Some(b'b') => '\x08',
            Some(b'f') => '\x0C',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => return self.code_point(),
            _ => return self.fail("no such escape"),
        })
    }

    fn code_point(&mut self) -> Result<char, ParseError> {
        let first = self.unit()?;
        let code = if (0xD800..0xDC00).contains(&first) && self.text[self.at..].starts_with(b"\\u") {
            self.at += 2;
            let second = self.unit()?;
            if !(0xDC00..0xE000).contains(&second) {
                return self.fail("half of a surrogate pair");
            }
            0x1_0000 + ((first - 0xD800) << 10 | (second - 0xDC00))
        } else {
            first
        };
        char::from_u32(code).map_or_else(|| self.fail("half of a surrogate pair"), Ok)
    }

    fn unit(&mut self) -> Result<u32, ParseError> {
        let digits = self.text.get(self.at..self.at + 4).filter(|digits| digits.iter().all(u8::is_ascii_hexdigit));
        let Some(digits) = digits else { return self.fail("four digits are missing") };
        let code = digits.iter().fold(0, |code, digit| code << 4 | char::from(*digit).to_digit(16).unwrap_or(0));
        self.at += 4;
        Ok(code)
    }
}

/// An object of these members; of those with one key the last counts.
pub(super) fn object<'a>(mut members: Vec<(Cow<'a, str>, Node<'a>)>) -> Node<'a> {
    let is_sorted = members.windows(2).all(|pair| key_order(pair[0].0.as_bytes(), pair[1].0.as_bytes()).is_lt());
    if !is_sorted {
        members.reverse();
        members.sort_by(|left, right| key_order(left.0.as_bytes(), right.0.as_bytes()));
        members.dedup_by(|later, first| later.0 == first.0);
    }
    Node::Object(members)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::columnar::json::write_json;

    fn printed(text: &str) -> String {
        match parse(text) {
            Ok(node) => {
                let mut out = String::new();
                write_json(&node.to_document().expect("it fits"), &mut out).expect("it is sound");
                out
            }
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn the_last_of_equal_keys_counts_and_short_keys_come_first() {
        assert_eq!(printed(r#"{"bb":1,"a":2,"":0,"a":[3],"aa":4}"#), r#"{"": 0, "a": [3], "aa": 4, "bb": 1}"#);
    }

    #[test]
    fn what_is_no_json_is_refused_with_its_place() {
        assert_eq!(printed("[1,]"), "the text is no JSON: this is no value at byte 3");
        assert_eq!(printed("[1] 2"), "the text is no JSON: something follows the document at byte 4");
        assert_eq!(printed(&"[".repeat(101)), "the JSON text nests deeper than 100 levels");
        assert_eq!(printed(&format!("{}1{}", "[".repeat(100), "]".repeat(100))).len(), 201);
    }
}
