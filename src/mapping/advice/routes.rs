//! Routes that may be NULL, and routes that move rows.

use dsl::{BinaryOp, Code, Diagnostic, Expr, ExprKind};

use super::{note, warning};
use crate::mapping::{SeenImages, atoms::children, bind::BoundMapping, reach::is_condition};

/// Parts of a route that are NULL for some row, unless the mapping says what happens to it.
pub(super) fn nullable(bound: &BoundMapping) -> Vec<Diagnostic> {
    let tree = &bound.declared.tree;
    let decided = tree.options.iter().any(|option| option.name.text.eq_ignore_ascii_case("on_null_route"));
    let (Some(route), Some(written), false) = (&bound.route, &tree.route, decided) else { return Vec::new() };
    let trees = [Some(&written.schema), written.table.as_ref(), written.server.as_ref()];
    let parts = [Some(&route.schema), route.table.as_ref(), route.server.as_ref()];
    let mut found = Vec::new();
    for ((tree, part), word) in trees.into_iter().zip(parts).zip(["schema", "table", "server"]) {
        let (Some(tree), Some(part)) = (tree, part) else { continue };
        if part.is_nullable() {
            let columns = &bound.layout.source.columns;
            let nullable = part.columns().iter().filter_map(|index| columns.get(index)).find(|column| column.nullable);
            let because = nullable.map(|column| format!(" because `{}` may", column.name)).unwrap_or_default();
            let another = nullable.map(|column| format!("`coalesce({}, …)` gives it a place, ", column.name)).unwrap_or_default();
            let hint = format!("Such a row is an error: {another}`WITH (on_null_route = 'skip')` or 'dead_letter' decides otherwise.");
            found.push(warning(Code::NULLABLE_ROUTE, format!("the {word} may be NULL{because}"), tree.span, Some(hint)));
        }
    }
    found
}

/// Parts of a route that are a condition, and so 1, 0 or NULL: most often `||`, which joins texts elsewhere.
pub(super) fn conditions(bound: &BoundMapping) -> Vec<Diagnostic> {
    let route = bound.declared.tree.route.iter();
    let parts =
        route.flat_map(|route| [("schema", Some(&route.schema)), ("table", route.table.as_ref()), ("server", route.server.as_ref())]);
    let mut found = Vec::new();
    for (word, tree) in parts.filter_map(|(word, tree)| Some((word, tree?))).filter(|(_, tree)| is_condition(tree)) {
        let hint = match &tree.kind {
            ExprKind::Binary(_, BinaryOp::Or, _) => "`||` is OR: `concat(…, …)` joins texts.",
            _ => "`if(…, 'one', 'another')` gives each answer a name.",
        };
        let message = format!("the {word} is a condition: it is named `1` or `0`");
        found.push(warning(Code::ROUTE_NOT_TEXT, message, tree.span, Some(hint.to_owned())));
    }
    found
}

/// A route on a column that changes: by its updates in a capture, or because it is no part of a key.
pub(super) fn moving(bound: &BoundMapping, seen: &SeenImages) -> Option<Diagnostic> {
    let (route, table) = (bound.declared.tree.route.as_ref()?, &bound.layout.source);
    let trees = [Some(&route.schema), route.table.as_ref(), route.server.as_ref()].into_iter().flatten();
    let columns: Vec<(usize, &dsl::Name)> =
        trees.flat_map(columns_of).filter_map(|name| Some((table.column_index(&name.text)?, name))).collect();
    if let Some(seen) = seen.of(&table.name) {
        let (times, name) = columns.iter().map(|&(index, name)| (seen.updates_of(index), name)).max_by_key(|(times, _)| *times)?;
        let message =
            format!("{times} of {} updates in the capture change `{}`, so the row may move to another place", seen.updates(), name.text);
        return (times > 0).then(|| note(Code::MOVING_ROUTE, message, name.span, None));
    }
    // What identifies a row rarely changes, at the source as in the target.
    let is_key = |index: usize| {
        let in_target = bound.layout.key.iter().any(|&column| bound.layout.columns[column].source == Some(index));
        in_target || table.identity().is_some_and(|identity| identity.contains(&index))
    };
    let (_, name) = columns.into_iter().find(|&(index, _)| !is_key(index))?;
    let message = format!("an update of `{}` may move a row to another place", name.text);
    let hint = "The row is deleted there and inserted here; nothing is lost.".to_owned();
    Some(note(Code::MOVING_ROUTE, message, name.span, Some(hint)))
}

fn columns_of(tree: &Expr) -> Vec<&dsl::Name> {
    match &tree.kind {
        ExprKind::Column { name, .. } => vec![name],
        _ => children(tree).into_iter().flat_map(columns_of).collect(),
    }
}
