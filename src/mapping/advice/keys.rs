//! Keys under which two rows may meet.

use dsl::{Code, Diagnostic, Expr, ExprKind, Item};

use super::{injective::told_by, source_span, warning, written_item};
use crate::{
    change::ColumnSet,
    mapping::{TargetLayout, atoms::children, bind::BoundMapping},
};

/// What the author can do who knows that no two rows meet.
pub(super) const VOUCH: &str = "if they never meet, say so: `WITH (distinct_keys = TRUE)`";

/// Nothing tells equal rows apart.
pub(super) fn none(bound: &BoundMapping) -> Option<Diagnostic> {
    if !bound.layout.is_keyless() {
        return None;
    }
    let message = format!("nothing identifies a row of `{}`: equal rows cannot be told apart", bound.layout.source.name);
    let hint = Some("Say with `KEY (…)` what identifies a target row.".to_owned());
    Some(warning(Code::NO_IDENTITY, message, source_span(&bound.declared.tree.source), hint))
}

/// Columns of a written key that are NULL in some row.
pub(super) fn nullable(bound: &BoundMapping) -> Vec<Diagnostic> {
    let Some(written) = &bound.declared.tree.key else { return Vec::new() };
    let columns = bound.layout.key.iter().map(|&index| &bound.layout.columns[index]).zip(&written.columns);
    let nullable = columns.filter(|(column, _)| column.nullable);
    let hint = "Rows with NULL there are told apart by nothing: take a column that is NOT NULL, or `coalesce` it.";
    nullable
        .map(|(column, name)| {
            let message = format!("key column `{}` may be NULL", column.name);
            warning(Code::NULLABLE_KEY, message, name.span, Some(hint.to_owned()))
        })
        .collect()
}

/// A written key that tells no unique key of the source: two source rows may become one target row.
pub(super) fn unproven(bound: &BoundMapping) -> Option<Diagnostic> {
    let written = bound.declared.tree.key.as_ref().filter(|_| !bound.policies.distinct_keys)?;
    let TargetLayout { source, columns, key } = &*bound.layout;
    let mut told = ColumnSet::default();
    for &index in key {
        match columns[index].source {
            Some(column) => told.insert(column),
            None => {
                let computed = written_item(&bound.declared.tree.items, &columns[index].name);
                told = computed.map_or_else(ColumnSet::default, |tree| told_by(tree, source, &bound.scope)).union(&told);
            }
        }
    }
    let whole = source.unique_keys.iter().filter(|unique| !unique.partial).map(|unique| unique.columns.as_slice());
    let mut unique = [source.primary_key.as_slice()].into_iter().chain(whole).filter(|unique| !unique.is_empty());
    let identity = source.identity();
    if unique.any(|unique| unique.iter().all(|&column| told.contains(column))) {
        return None;
    }
    let lacking = identity.into_iter().flatten().filter(|&&column| !told.contains(column));
    let lacking: Vec<&str> = lacking.map(|&column| source.columns[column].name.as_str()).collect();
    let computed = lacking.iter().find(|name| written_item(&bound.declared.tree.items, name).is_some_and(|tree| !is_column(tree)));
    let lacking: Vec<String> = lacking.iter().map(|name| format!("`{name}`")).collect();
    let message = format!("the key holds no unique key of `{}`: two of its rows may become one", source.name);
    let hint = match (lacking.is_empty(), computed) {
        (true, _) => format!("Put a unique key of the source into `KEY`, or, {VOUCH}."),
        (false, None) => format!("Put {} into `KEY` too, or, {VOUCH}.", lacking.join(", ")),
        (false, Some(name)) => format!("`{name}` is computed with a loss here: select it as it is, or, {VOUCH}."),
    };
    Some(warning(Code::KEY_COLLISION, message, written.span, Some(hint)))
}

/// A pattern whose tables flow into one place, under a key that does not tell them apart.
pub(super) fn merged_tables(bound: &BoundMapping) -> Option<Diagnostic> {
    let declared = &bound.declared;
    let route = declared.tree.route.as_ref().filter(|_| declared.source.is_pattern() && !bound.policies.distinct_keys)?;
    let (schema_varies, table_varies) = declared.source.varies();
    let is_key = |name: &dsl::Name| bound.layout.key.iter().any(|&index| bound.layout.columns[index].name.eq_ignore_ascii_case(&name.text));
    let in_key = declared.tree.items.iter().flat_map(|item| match item {
        Item::Column { expr, name } if is_key(name) => vec![expr],
        Item::Star { replace, .. } => replace.iter().filter(|(_, name)| is_key(name)).map(|(expr, _)| expr).collect(),
        Item::Column { .. } => Vec::new(),
    });
    let place = [Some(&route.schema), route.table.as_ref(), route.server.as_ref()].into_iter().flatten();
    let telling: Vec<&Expr> = place.chain(in_key).collect();
    let says = |kind: &ExprKind| telling.iter().any(|tree| mentions(tree, kind));
    let lost_schema = schema_varies && !says(&ExprKind::SourceSchema);
    let lost_table = table_varies && route.table.is_some() && !says(&ExprKind::SourceTable);
    let (select, added) = match (lost_schema, lost_table) {
        (false, false) => return None,
        (true, false) => ("schema AS from_schema", "from_schema"),
        (false, true) => ("table AS from_table", "from_table"),
        (true, true) => ("schema AS from_schema, table AS from_table", "from_schema, from_table"),
    };
    let key: Vec<&str> = bound.layout.key.iter().map(|&index| bound.layout.columns[index].name.as_str()).collect();
    let span = declared.tree.key.as_ref().map_or(route.span, |key| key.span);
    let message = "rows of several tables go to one place, and the key does not tell their tables apart".to_owned();
    let hint = format!("Select `{select}` too and write `KEY ({added}, {})`, or, {VOUCH}.", key.join(", "));
    Some(warning(Code::KEY_COLLISION, message, span, Some(hint)))
}

fn is_column(tree: &Expr) -> bool {
    matches!(tree.kind, ExprKind::Column { .. })
}

fn mentions(tree: &Expr, kind: &ExprKind) -> bool {
    tree.kind == *kind || children(tree).into_iter().any(|part| mentions(part, kind))
}
