//! Which columns of a lookup a mapping reads: the others need not be.

use dsl::{Expr, ExprKind, Item, Lookup, Mapping};

use crate::mapping::atoms::children;

/// The columns of the lookup that stand anywhere in the mapping, in lower case.
pub(in crate::mapping) fn columns_read(mapping: &Mapping, lookup: &Lookup) -> Vec<String> {
    let mut columns = Vec::new();
    let mut open = expressions(mapping);
    while let Some(tree) = open.pop() {
        if let ExprKind::Column { qualifier: Some(qualifier), name } = &tree.kind
            && qualifier.text.eq_ignore_ascii_case(&lookup.qualifier().text)
        {
            columns.push(name.text.to_lowercase());
        }
        open.extend(children(tree));
    }
    columns
}

fn expressions(mapping: &Mapping) -> Vec<&Expr> {
    let items = mapping.items.iter().flat_map(|item| match item {
        Item::Star { replace, .. } => replace.iter().map(|(expr, _)| expr).collect(),
        Item::Column { expr, .. } => vec![expr],
    });
    let route = mapping.route.iter().flat_map(|route| [Some(&route.schema), route.table.as_ref(), route.server.as_ref()]).flatten();
    let on = mapping.lookups.iter().map(|lookup| &lookup.on);
    items.chain(route).chain(on).chain(&mapping.filter).collect()
}
