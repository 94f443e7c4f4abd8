//! `JOIN LOOKUP.name ON …` meets the lookup and the row: its columns come into scope.

use dsl::{BinaryOp, Code, Expr, ExprKind, Lookup, nearest};

use super::{LookupTable, Lookups, table::NoIndex};
use crate::{
    mapping::{
        atoms::children,
        bind::Binder,
        expr::{LookupKey, Relation, Scope, ScopeColumn, lookup_key},
    },
    schema::TableName,
};

/// Brings the columns of all lookups into scope, each after those before it; what is wrong is reported.
pub(in crate::mapping) fn bind_lookups(binder: &mut Binder<'_>, lookups: &Lookups) {
    for tree in &binder.tree.lookups {
        let relation = relation(binder, tree, lookups).unwrap_or_else(|| Relation::unknown(&tree.qualifier().text));
        binder.scope.add(relation);
    }
}

fn relation(binder: &mut Binder<'_>, tree: &Lookup, lookups: &Lookups) -> Option<Relation> {
    let qualifier = tree.qualifier();
    let image = ["before", "after"].iter().any(|image| qualifier.text.eq_ignore_ascii_case(image));
    if image || binder.scope.knows(&qualifier.text) {
        let message = format!("`{}` names something else already", qualifier.text);
        let hint = "Give the lookup a name of its own: `AS name`.".to_owned();
        binder.error(Code::AMBIGUOUS_NAME, message, qualifier.span, Some(hint));
        return None;
    }
    let Some(table) = lookups.get(&tree.name.text) else {
        let near = nearest(&tree.name.text, lookups.names()).map(|near| format!("Did you mean `{near}`?"));
        let declare = format!("Declare it as `[lookup.{}]` in rowgate.toml; `--config FILE` names one elsewhere.", tree.name.text);
        let message = format!("no lookup `{}` is configured", tree.name.text);
        binder.error(Code::UNKNOWN_LOOKUP, message, tree.name.span, near.or(Some(declare)));
        return None;
    };
    let keys = keys(binder, tree, table)?;
    let index = match table.index(&keys) {
        Ok(index) => index,
        Err(NoIndex::Twice(rows)) => {
            let names: Vec<String> = key_columns(tree).map(|name| format!("`{name}`")).collect();
            let message = format!("lookup `{}` has one key ({}) twice: {rows}", table.name(), names.join(", "));
            binder.error(Code::LOOKUP_KEY_TWICE, message, tree.on.span, None);
            return None;
        }
        Err(NoIndex::Failed(why)) => {
            binder.error(Code::LOOKUP_CONDITION, format!("a key of lookup `{}` has no value: {why}", table.name()), tree.on.span, None);
            return None;
        }
    };
    let content = format!("{}_{}", table.name(), &table.digest()[..8]);
    let columns = table.columns().iter().map(|column| (column.name.as_str(), &column.ty, &column.cells));
    Some(Relation::of_lookup(&qualifier.text, &content, columns, &keys, &index))
}

/// The equalities of `ON`; none where one of them is none.
fn keys(binder: &mut Binder<'_>, tree: &Lookup, table: &LookupTable) -> Option<Vec<LookupKey>> {
    let columns = table.columns().iter().enumerate();
    let column = |(index, column): (usize, &super::LookupColumn)| ScopeColumn {
        name: column.name.clone(),
        ty: column.ty.clone(),
        nullable: true,
        index,
    };
    let scope = Scope::new(TableName::new("LOOKUP", table.name()), tree.qualifier().text.clone(), columns.map(column).collect());
    let mut keys = Vec::new();
    for equality in conjuncts(&tree.on) {
        let Some((column, expr)) = sides(equality, &tree.qualifier().text) else {
            let qualifier = &tree.qualifier().text;
            let message = format!("`ON` compares columns of `{qualifier}` by `=` with expressions of the row");
            binder.error(Code::LOOKUP_CONDITION, message, equality.span, Some(format!("Write `{qualifier}.column = …`, joined by `AND`.")));
            continue;
        };
        match lookup_key((column, &scope), (expr, &binder.scope), equality.span) {
            Ok(key) => keys.push(key),
            Err(found) => binder.report(found),
        }
    }
    (keys.len() == conjuncts(&tree.on).len()).then_some(keys)
}

fn conjuncts(on: &Expr) -> Vec<&Expr> {
    match &on.kind {
        ExprKind::Binary(left, BinaryOp::And, right) => conjuncts(left).into_iter().chain(conjuncts(right)).collect(),
        _ => vec![on],
    }
}

/// The lookup's column and the row's expression.
fn sides<'e>(equality: &'e Expr, qualifier: &str) -> Option<(&'e Expr, &'e Expr)> {
    let ExprKind::Binary(left, BinaryOp::Eq, right) = &equality.kind else { return None };
    [(left, right), (right, left)]
        .into_iter()
        .find(|(column, expr)| is_column_of(column, qualifier) && !mentions(expr, qualifier))
        .map(|(column, expr)| (&**column, &**expr))
}

fn key_columns(tree: &Lookup) -> impl Iterator<Item = &str> {
    let qualifier = &tree.qualifier().text;
    conjuncts(&tree.on).into_iter().filter_map(move |equality| match &sides(equality, qualifier)?.0.kind {
        ExprKind::Column { name, .. } => Some(name.text.as_str()),
        _ => None,
    })
}

fn is_column_of(tree: &Expr, of: &str) -> bool {
    matches!(&tree.kind, ExprKind::Column { qualifier: Some(qualifier), .. } if qualifier.text.eq_ignore_ascii_case(of))
}

/// Whether a column of that qualifier is in an expression.
pub(in crate::mapping) fn mentions(tree: &Expr, qualifier: &str) -> bool {
    is_column_of(tree, qualifier) || children(tree).into_iter().any(|part| mentions(part, qualifier))
}
