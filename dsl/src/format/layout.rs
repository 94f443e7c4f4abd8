//! The lines of a mapping and of a test: where clauses, lists and long expressions break.

use std::ops::Range;

use super::comment::Gap;
use super::doc::Doc;
use super::spelling::{is_keyword, is_prefix, spaced, spelled};
use crate::outline::{Outline, Role};
use crate::token::{Sign, Token, TokenKind};

/// The column where the content of most clauses begins.
const CONTENT: usize = 7;

/// How much deeper broken parentheses and CASEs are indented.
const STEP: usize = 4;

/// A list of more single words than this fills its lines.
const PLAIN_ITEMS: usize = 8;

/// A list stays on the line of its clause up to this width.
const SHORT: usize = 60;

/// The widest expression that others line up their AS with.
const ALIGNED: usize = 44;

/// The tokens of a file with what is known of them.
pub(super) struct Layout<'f> {
    pub(super) text: &'f str,
    pub(super) tokens: &'f [Token],
    pub(super) gaps: &'f [Gap<'f>],
    pub(super) outline: &'f Outline,
}

impl Layout<'_> {
    /// `CREATE MAPPING name AS`, then each clause on lines of its own.
    pub(super) fn mapping(&self, range: Range<usize>) -> Doc {
        let clauses = self.split(range.clone(), |at| self.role(at) == Some(Role::Clause));
        let mut parts = Vec::new();
        for (number, clause) in clauses.into_iter().enumerate() {
            if number == 0 {
                parts.push(self.run(clause));
                continue;
            }
            parts.push(Doc::HardLine);
            parts.push(self.clause(clause));
        }
        Doc::Concat(parts)
    }

    /// `TEST 'name'`, then its options, changes and results.
    pub(super) fn test(&self, range: Range<usize>) -> Doc {
        let parts = self.split(range, |at| self.role(at) == Some(Role::Clause)).into_iter().enumerate();
        let part = |(number, part): (usize, Range<usize>)| {
            if number == 0 || self.is_word(part.start, "WITH") {
                return self.run(part);
            }
            let word = spelled(self.text, self.tokens[part.start], self.outline);
            let indent = word.chars().count() + 1;
            let items = self.split_at_commas(part.start + 1..part.end);
            let items = items.into_iter().map(|item| self.test_item(item)).collect();
            Doc::Concat(vec![self.token(part.start), Doc::text(" "), Doc::nest(indent, on_lines(items))])
        };
        let mut docs: Vec<Doc> = Vec::new();
        for doc in parts.map(part) {
            if !docs.is_empty() {
                docs.push(Doc::HardLine);
            }
            docs.push(doc);
        }
        Doc::Concat(docs)
    }

    fn test_item(&self, range: Range<usize>) -> Doc {
        let mut parts = self.split(range, |at| self.role(at) == Some(Role::Turn)).into_iter();
        let Some(first) = parts.next() else { return Doc::Concat(Vec::new()) };
        let mut docs = vec![self.expression(first)];
        for part in parts {
            docs.push(Doc::nest(STEP, vec![Doc::Line, self.expression(part)]));
        }
        Doc::group(docs)
    }

    fn clause(&self, range: Range<usize>) -> Doc {
        let words = if self.is_word(range.start, "ROUTE") || self.is_word(range.start + 1, "JOIN") { 2 } else { 1 };
        let head = range.start..(range.start + words).min(range.end);
        let width: usize = head.clone().map(|at| spelled(self.text, self.tokens[at], self.outline).chars().count() + 1).sum();
        let indent = width.max(CONTENT);
        let body = head.end..range.end;
        let content = if self.is_word(range.start, "ROUTE") {
            self.route(body, indent)
        } else {
            let content = if self.is_word(range.start, "SELECT") { self.select_list(body) } else { self.expression(body) };
            Doc::Nest(indent, Box::new(content))
        };
        Doc::Concat(vec![self.run(head), Doc::text(" ".repeat(indent - width + 1)), content])
    }

    /// One line if it is short, else a line an item with the names lined up.
    fn select_list(&self, range: Range<usize>) -> Doc {
        let items = self.split_at_commas(range);
        let parts: Vec<(Doc, Option<Range<usize>>)> = items
            .iter()
            .map(|item| match (item.start..item.end).rev().find(|at| self.is_item_name(*at, item)) {
                Some(at) => (self.expression(item.start..at), Some(at..item.end)),
                None => (self.expression(item.clone()), None),
            })
            .collect();
        let plain: Vec<Doc> = parts
            .iter()
            .map(|(value, name)| match name {
                Some(name) => Doc::Concat(vec![value.clone(), Doc::text(" "), self.run(name.clone())]),
                None => value.clone(),
            })
            .collect();
        if is_short(&plain) {
            return Doc::Concat(joined(plain));
        }
        let widths = parts.iter().filter(|(_, name)| name.is_some()).filter_map(|(value, _)| value.flat_width());
        let widest = widths.filter(|width| *width <= ALIGNED).max().unwrap_or(0);
        let lines = parts.into_iter().map(|(value, name)| {
            let Some(name) = name else { return value };
            let missing = value.flat_width().map_or(0, |width| widest.saturating_sub(width));
            Doc::Concat(vec![value, Doc::text(" ".repeat(missing + 1)), self.run(name)])
        });
        let lines = lines.collect();
        Doc::Concat(on_lines(lines))
    }

    /// The AS of an item: the last one outside of parentheses.
    fn is_item_name(&self, at: usize, item: &Range<usize>) -> bool {
        self.is_word(at, "AS") && self.outside_of_parentheses(item.clone()).contains(&at)
    }

    fn route(&self, range: Range<usize>, indent: usize) -> Doc {
        let turn = range.clone().find(|at| self.role(*at) == Some(Role::Turn));
        let places = self.split_at_commas(range.start..turn.unwrap_or(range.end));
        let places: Vec<Doc> = places.into_iter().map(|item| self.expression(item)).collect();
        let server = turn.map(|at| vec![self.token(at), Doc::text(" "), self.expression(at + 1..range.end)]);
        let mut line = places.clone();
        line.extend(server.clone().map(Doc::Concat));
        if is_short(&line) {
            return Doc::Nest(indent, Box::new(Doc::Concat(joined(line))));
        }
        let mut lines = vec![Doc::nest(indent, on_lines(places))];
        if let Some(server) = server {
            // `ON` ends where the places begin.
            lines.push(Doc::nest(indent.saturating_sub(3), vec![Doc::HardLine, Doc::nest(3, server)]));
        }
        Doc::Concat(lines)
    }

    /// Conditions joined by OR, XOR and AND break before these words; all else breaks inside parentheses and CASEs.
    fn expression(&self, range: Range<usize>) -> Doc {
        self.chain(range, 0)
    }

    fn chain(&self, range: Range<usize>, level: usize) -> Doc {
        let Some((word, sign)) = CHAINS.get(level) else { return self.run(range) };
        let is_operator = |at: usize| self.is_word(at, word) || sign.is_some_and(|sign| self.is_sign(at, sign));
        let mut parts = self.split(range, |at| is_operator(at) && !self.belongs_to_between(at)).into_iter();
        let Some(first) = parts.next() else { return Doc::Concat(Vec::new()) };
        let first = self.chain(first, level + 1);
        let mut docs = vec![if parts.len() == 0 { first } else { Doc::nest(STEP, vec![first]) }];
        for part in parts {
            docs.push(Doc::Line);
            docs.push(self.token(part.start));
            docs.push(Doc::text(" "));
            docs.push(Doc::nest(STEP, vec![self.chain(part.start + 1..part.end, level + 1)]));
        }
        if docs.len() == 1 { docs.remove(0) } else { Doc::group(docs) }
    }

    /// Whether the AND at a place stands between the bounds of a BETWEEN.
    fn belongs_to_between(&self, at: usize) -> bool {
        if !self.is_word(at, "AND") {
            return false;
        }
        let mut open = 0_usize;
        for before in self.outside_of_parentheses(self.expression_start(at)..at) {
            if self.is_word(before, "BETWEEN") {
                open += 1;
            } else if self.is_word(before, "AND") {
                open = open.saturating_sub(1);
            }
        }
        open > 0
    }

    /// A place before the expression that a token is in, outside of all of its parentheses.
    fn expression_start(&self, at: usize) -> usize {
        let mut depth = 0_usize;
        for before in (0..at).rev() {
            if self.closes(before) {
                depth += 1;
            } else if self.opens(before) {
                if depth == 0 {
                    return before + 1;
                }
                depth -= 1;
            } else if self.role(before) == Some(Role::Clause) || self.is_sign(before, Sign::Semicolon) {
                return before + 1;
            }
        }
        0
    }

    /// Tokens with their spaces; parentheses and CASEs are groups of their own.
    fn run(&self, range: Range<usize>) -> Doc {
        let mut docs = Vec::new();
        let (mut at, mut before) = (range.start, None::<usize>);
        while at < range.end {
            if before.is_some_and(|before| self.is_spaced(range.start, before, at)) {
                docs.push(Doc::text(" "));
            }
            let close = if self.opens(at) { self.close_of(at, range.end) } else { None };
            let end = match close {
                Some(close) if self.is_sign(at, Sign::LeftParen) => {
                    docs.push(self.parenthesis(at, close));
                    close
                }
                Some(close) => {
                    docs.push(self.case(at, close));
                    close
                }
                None => {
                    docs.push(self.token(at));
                    at
                }
            };
            before = Some(end);
            at = end + 1;
        }
        if docs.len() == 1 { docs.remove(0) } else { Doc::Concat(docs) }
    }

    fn parenthesis(&self, open: usize, close: usize) -> Doc {
        let items: Vec<Doc> = self.split_at_commas(open + 1..close).into_iter().map(|item| self.expression(item)).collect();
        let mut inner = vec![if items.is_empty() { Doc::Concat(Vec::new()) } else { Doc::SoftLine }];
        let is_plain = |item: &Doc| matches!(item, Doc::Text(_)) || matches!(item, Doc::Concat(parts) if parts.len() == 2);
        if items.len() > PLAIN_ITEMS && items.iter().all(is_plain) {
            inner.push(Doc::Fill(items));
        } else {
            inner.extend(between(items, &Doc::Line));
        }
        Doc::group(vec![self.token(open), Doc::nest(STEP, inner), Doc::SoftLine, self.token(close)])
    }

    fn case(&self, case: usize, end: usize) -> Doc {
        let parts = self.split(case + 1..end, |at| self.is_word(at, "WHEN") || self.is_word(at, "ELSE"));
        let mut docs = vec![self.token(case)];
        for part in parts {
            if part.is_empty() {
                continue;
            }
            if !self.is_word(part.start, "WHEN") && !self.is_word(part.start, "ELSE") {
                docs.extend([Doc::text(" "), self.expression(part)]);
                continue;
            }
            let mut branch = Vec::new();
            for (number, half) in self.split(part, |at| self.is_word(at, "THEN")).into_iter().enumerate() {
                let words = vec![self.token(half.start), Doc::text(" "), self.expression(half.start + 1..half.end)];
                branch.push(if number == 0 { Doc::Concat(words) } else { Doc::nest(STEP, vec![Doc::Line, Doc::Concat(words)]) });
            }
            docs.push(Doc::nest(STEP, vec![Doc::Line, Doc::group(branch)]));
        }
        docs.extend([Doc::Line, self.token(end)]);
        Doc::group(docs)
    }

    /// A token with the comments that hang on it. Those around a whole statement are printed by who prints statements.
    fn token(&self, at: usize) -> Doc {
        let spelled = Doc::Text(spelled(self.text, self.tokens[at], self.outline));
        let is_edge = |range: &Range<usize>| (range.start == at, range.end == at + 1);
        let edges = self.outline.statements.iter().map(|(_, range)| is_edge(range));
        let (is_first, is_last) = edges.fold((false, false), |all, edge| (all.0 | edge.0, all.1 | edge.1));
        let leading = self.gaps.get(at).filter(|_| !is_first).map_or(&[][..], |gap| gap.split().1);
        let trailing = self.gaps.get(at + 1).filter(|_| !is_last).map_or(&[][..], |gap| gap.split().0);
        if leading.is_empty() && trailing.is_empty() {
            return spelled;
        }
        let mut docs: Vec<Doc> = leading.iter().map(|comment| Doc::Leading(comment.text.to_owned())).collect();
        docs.push(spelled);
        docs.extend(trailing.iter().map(|comment| Doc::Trailing(comment.text.to_owned(), comment.ends_line)));
        Doc::Concat(docs)
    }

    fn is_spaced(&self, start: usize, first: usize, second: usize) -> bool {
        let before = first.checked_sub(1).filter(|before| *before >= start).map(|before| self.tokens[before]);
        let prefix = is_prefix(self.text, before, self.tokens[first], self.outline);
        spaced(self.text, self.tokens[first], prefix, self.tokens[second], self.outline)
    }

    /// The parts that begin with the tokens that `begins` takes, outside of parentheses and CASEs; the first begins anywhere.
    fn split(&self, range: Range<usize>, begins: impl Fn(usize) -> bool) -> Vec<Range<usize>> {
        let mut parts = vec![range.clone()];
        for at in self.outside_of_parentheses(range.clone()) {
            if at > range.start && begins(at) {
                let last = parts.len() - 1;
                parts[last].end = at;
                parts.push(at..range.end);
            }
        }
        parts
    }

    /// The items of a list, each with the comma behind it.
    fn split_at_commas(&self, range: Range<usize>) -> Vec<Range<usize>> {
        if range.is_empty() {
            return Vec::new();
        }
        self.split(range, |at| self.is_sign(at - 1, Sign::Comma) && at > 0)
    }

    /// The tokens of a range that no parenthesis and no CASE of the range holds.
    fn outside_of_parentheses(&self, range: Range<usize>) -> Vec<usize> {
        let mut depth = 0_usize;
        let mut outside = Vec::new();
        for at in range {
            if self.closes(at) {
                depth = depth.saturating_sub(1);
            }
            if depth == 0 {
                outside.push(at);
            }
            if self.opens(at) {
                depth += 1;
            }
        }
        outside
    }

    fn close_of(&self, open: usize, end: usize) -> Option<usize> {
        let mut depth = 0_usize;
        for at in open..end {
            if self.opens(at) {
                depth += 1;
            } else if self.closes(at) {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Some(at);
                }
            }
        }
        None
    }

    fn opens(&self, at: usize) -> bool {
        self.is_sign(at, Sign::LeftParen) || self.is_word(at, "CASE")
    }

    fn closes(&self, at: usize) -> bool {
        self.is_sign(at, Sign::RightParen) || self.is_word(at, "END")
    }

    fn role(&self, at: usize) -> Option<Role> {
        self.tokens.get(at).and_then(|token| self.outline.role(token.span.start))
    }

    fn is_word(&self, at: usize, word: &str) -> bool {
        self.tokens.get(at).is_some_and(|token| is_keyword(self.text, *token, self.outline, word))
    }

    fn is_sign(&self, at: usize, sign: Sign) -> bool {
        self.tokens.get(at).is_some_and(|token| token.kind == TokenKind::Sign(sign))
    }
}

/// The words that join conditions, the weakest first, with the signs that mean the same.
const CHAINS: [(&str, Option<Sign>); 3] = [("OR", Some(Sign::DoublePipe)), ("XOR", None), ("AND", Some(Sign::DoubleAmpersand))];

/// Whether a list goes on the line of its clause.
fn is_short(docs: &[Doc]) -> bool {
    let width: Option<usize> = docs.iter().map(Doc::flat_width).sum();
    docs.len() == 1 || width.is_some_and(|width| width + docs.len() <= SHORT)
}

/// One after the other with spaces between.
fn joined(docs: Vec<Doc>) -> Vec<Doc> {
    between(docs, &Doc::text(" "))
}

/// Each on a line of its own.
fn on_lines(docs: Vec<Doc>) -> Vec<Doc> {
    between(docs, &Doc::HardLine)
}

fn between(docs: Vec<Doc>, separator: &Doc) -> Vec<Doc> {
    let mut all = Vec::new();
    for doc in docs {
        if !all.is_empty() {
            all.push(separator.clone());
        }
        all.push(doc);
    }
    all
}
