//! What may surprise in a mapping that works: rows it never takes, keys that may meet, routes that may be NULL or move, changes it never hears of.

mod condition;
mod events;
mod images;
mod injective;
mod keys;
mod overlaps;
mod routes;

use dsl::{Code, Diagnostic, Expr, Item, Severity, Source, Span};

use super::{SeenImages, bind::BoundMapping};

pub(super) use overlaps::Overlaps;

/// All that is to be said about a mapping and one of its tables, apart from what other mappings do.
pub(super) fn advice(bound: &BoundMapping, seen: &SeenImages) -> Vec<Diagnostic> {
    let mut advice = Vec::new();
    advice.extend(condition::never_true(bound));
    advice.extend(routes::conditions(bound));
    advice.extend(routes::nullable(bound));
    advice.extend(routes::moving(bound, seen));
    advice.extend(keys::nullable(bound));
    advice.extend(keys::unproven(bound));
    advice.extend(keys::merged_tables(bound));
    advice.extend(keys::none(bound));
    advice.extend(images::replaced_generated(bound));
    advice.extend(images::partial(bound, seen));
    advice.extend(events::filtered(bound));
    advice
}

/// Where a mapping names its tables.
pub(super) fn source_span(source: &Source) -> Span {
    match source {
        Source::Table { schema, table, .. } => schema.span.to(table.span),
        Source::Like(pair) | Source::Regexp(pair) => pair.schema.span.to(pair.table.span),
    }
}

fn warning(code: Code, message: String, span: Span, hint: Option<String>) -> Diagnostic {
    Diagnostic { code, severity: Severity::Warning, message, span, hint }
}

fn note(code: Code, message: String, span: Span, hint: Option<String>) -> Diagnostic {
    Diagnostic { code, severity: Severity::Note, message, span, hint }
}

/// What computes the target column of that name, where it is not one of `*`.
pub(super) fn written_item<'t>(items: &'t [Item], column: &str) -> Option<&'t Expr> {
    items.iter().find_map(|item| match item {
        Item::Column { expr, name } => Some(expr).filter(|_| name.text.eq_ignore_ascii_case(column)),
        Item::Star { replace, .. } => replace.iter().find(|(_, name)| name.text.eq_ignore_ascii_case(column)).map(|(expr, _)| expr),
    })
}
