//! JSON_SEARCH: the paths of the strings that match a pattern.

use datafusion::logical_expr::Expr;
use dsl::{Code, Span};

use super::contain::Quantity;
use super::document::{Wildcards, row_error, value};
use super::lookup::{listed, null_of};
use super::path::{Index, Leg, Path};
use super::seek::{Step, Wrap, seek};
use crate::columnar::json::{JsonError, Node, Value};
use crate::mapping::expr::bind::{Binder, Failed};
use crate::mapping::expr::cell::{Cell, Form};
use crate::mapping::expr::function::{call_rows, constant, guarded_by};
use crate::mapping::expr::like::Pattern;
use crate::mapping::expr::sql_type::{Kind, TextKind};
use crate::mapping::expr::typed::Typed;
use crate::schema::Collation;

/// `JSON_SEARCH(document, one or all, pattern[, escape[, path, …]])`.
pub(in super::super) fn search(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let document = binder.json_document(&args[0])?;
    let quantity = binder.one_or_all(&args[1])?;
    let escape = match args.get(3) {
        Some(escape) if !escape.is_null_constant() => binder.escape_of(escape)?,
        _ => Some('\\'),
    };
    let mut paths = Vec::new();
    let mut has_null = quantity.is_none();
    for arg in args.iter().skip(4) {
        match binder.json_path(arg, Wildcards::Allowed)? {
            Some(path) => paths.push(path),
            None => has_null = true,
        }
    }
    if has_null {
        return binder.json_result(true, null_of(document), args, span);
    }
    // The strings of a document are a literal of `utf8mb4_bin` to the server, which a column's collation outweighs.
    let strings = TextKind::literal(Collation::UTF8MB4_BIN, false);
    let strings = Typed::literal(Kind::Text { length: u32::MAX, text: strings }, constant(Form::Bytes, &Cell::bytes(Vec::new())), span);
    let (_, pattern, collator) = binder.comparable(&strings, &args[2], span)?;
    if collator.charset() != crate::schema::Charset::UTF8MB4 {
        let message = "the pattern is of another charset than the document".to_owned();
        return Err(binder.error_with(Code::UNSUPPORTED_COLLATION, message, args[2].span, "Write `CONVERT(… USING utf8mb4)` around it."));
    }
    let name = format!("json_search_{quantity:?}_{}_{escape:?}_{}", collator.name(), listed(&paths));
    let result: Expr = call_rows(name, Form::Bytes, guarded_by(vec![document, pattern], 1), move |args| {
        if args[0].is_null() || args[1].is_null() {
            return Ok(Cell::Null);
        }
        let pattern = Pattern::new(args[1].as_bytes(), collator, escape);
        let mut found = Found { pattern, only_one: quantity == Some(Quantity::One), paths: Vec::new() };
        found.search(value(&args[0])?, &paths).map_err(row_error)?;
        let mut found = found.paths.iter().map(|path| Node::of_value(Value::Text(path)));
        let result = match (found.len(), found.next()) {
            (1, Some(path)) => path,
            (_, Some(first)) => Node::Array(std::iter::once(first).chain(found).collect()),
            (_, None) => return Ok(Cell::Null),
        };
        result.to_document().map(Cell::bytes).map_err(row_error)
    });
    binder.json_result(true, result, args, span)
}

struct Found<'p> {
    pattern: Pattern<'p>,
    only_one: bool,
    paths: Vec<String>,
}

impl Found<'_> {
    fn search(&mut self, root: Value<'_>, paths: &[Path]) -> Result<(), JsonError> {
        if paths.is_empty() {
            return self.visit(root, &mut Path::default());
        }
        for path in paths {
            for hit in seek(root, path, Wrap::No)? {
                // A path without wildcards stands as it was written.
                let mut place = if path.is_wild() { Path { legs: hit.place.iter().map(leg).collect() } } else { path.clone() };
                self.visit(hit.value, &mut place)?;
            }
        }
        Ok(())
    }

    fn is_done(&self) -> bool {
        self.only_one && !self.paths.is_empty()
    }

    fn visit(&mut self, value: Value<'_>, place: &mut Path) -> Result<(), JsonError> {
        if self.is_done() {
            return Ok(());
        }
        match value {
            Value::Text(text) => {
                if self.pattern.matches(text.as_bytes()) {
                    let path = place.to_string();
                    if !self.paths.contains(&path) {
                        self.paths.push(path);
                    }
                }
            }
            Value::Array(elements) => {
                for index in 0..elements.len() {
                    self.enter(leg(&Step::Cell(index)), elements.value(index)?, place)?;
                }
            }
            Value::Object(members) => {
                for index in 0..members.len() {
                    self.enter(leg(&Step::Member(members.key(index)?)), members.value(index)?, place)?;
                }
            }
            Value::Null | Value::Bool(_) | Value::Int(_) | Value::UInt(_) | Value::Double(_) | Value::Opaque(..) => {}
        }
        Ok(())
    }

    fn enter(&mut self, leg: Leg, value: Value<'_>, place: &mut Path) -> Result<(), JsonError> {
        place.legs.push(leg);
        let visited = self.visit(value, place);
        place.legs.pop();
        visited
    }
}

fn leg(step: &Step<'_>) -> Leg {
    match step {
        Step::Member(key) => Leg::Member((*key).to_owned()),
        Step::Cell(number) => Leg::Cell(Index { number: *number, from_end: false }),
    }
}
