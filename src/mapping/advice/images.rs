//! What row images may lack of the columns that a mapping needs, and columns that the target computes itself.

use dsl::{Code, Diagnostic, Expr, ExprKind, Item, Name};

use super::{note, warning};
use crate::mapping::{SeenImages, atoms::children, bind::BoundMapping};

const FULL: &str = "set `binlog_row_image = FULL` at the source";

/// A column that the source computes, and very likely the target too, is given another value.
pub(super) fn replaced_generated(bound: &BoundMapping) -> Vec<Diagnostic> {
    let table = &bound.layout.source;
    let replaced = bound.declared.tree.items.iter().flat_map(|item| match item {
        Item::Star { replace, .. } => replace.as_slice(),
        Item::Column { .. } => &[],
    });
    let generated = replaced.filter(|(_, name)| table.column_index(&name.text).is_some_and(|index| table.columns[index].generated));
    let warn = |(_, name): &(Expr, Name)| {
        let message = format!("`{}` is a generated column: if the target's is too, no value can be written into it", name.text);
        let hint = format!("Leave it out: `* EXCEPT ({})`.", name.text);
        warning(Code::GENERATED_COLUMN, message, name.span, Some(hint))
    };
    generated.map(warn).collect()
}

/// The first column that the mapping must know of every row and that row images lack: those of a capture, or perhaps those of a source
/// that does not write FULL ones.
pub(super) fn partial(bound: &BoundMapping, seen: &SeenImages) -> Option<Diagnostic> {
    let table = &bound.layout.source;
    if let Some(seen) = seen.of(&table.name) {
        let column = needed(bound, &|index| seen.is_absent(index))?;
        let message = format!("the mapping needs `{}` of every row, and row images in the capture lack it", column.text);
        return Some(warning(Code::PARTIAL_IMAGE, message, column.span, Some(format!("Such rows are errors (`on_row_error`): {FULL}."))));
    }
    // Without a key, MINIMAL images are whole before images.
    let identity = table.identity()?;
    let column = needed(bound, &|index| !identity.contains(&index))?;
    let message = format!("the mapping needs `{}` of every row, and row images other than FULL may lack it", column.text);
    Some(note(Code::PARTIAL_IMAGE, message, column.span, Some(format!("Such rows are errors (`on_row_error`): {FULL}."))))
}

/// The first column that the mapping must know of every row and that may be absent.
fn needed<'t>(bound: &'t BoundMapping, absent: &dyn Fn(usize) -> bool) -> Option<&'t Name> {
    let (tree, table) = (&bound.declared.tree, &bound.layout.source);
    let items = tree.items.iter().flat_map(|item| match item {
        Item::Star { replace, .. } => replace.iter().map(|(expr, _)| expr).collect(),
        // A bare column is passed on, and may be absent.
        Item::Column { expr, .. } => {
            if matches!(expr.kind, ExprKind::Column { .. }) {
                Vec::new()
            } else {
                vec![expr]
            }
        }
    });
    let route = tree.route.iter().flat_map(|route| [Some(&route.schema), route.table.as_ref(), route.server.as_ref()]).flatten();
    let may_lack = |name: &Name| table.column_index(&name.text).is_some_and(absent);
    let read = tree.filter.iter().chain(&tree.when).chain(route).chain(items).find_map(|tree| first_column(tree, &may_lack));
    let in_key = || {
        let source = |index: &usize| bound.layout.columns[*index].source.is_some_and(absent);
        let at = bound.layout.key.iter().position(source)?;
        tree.key.as_ref()?.columns.get(at)
    };
    read.or_else(in_key)
}

fn first_column<'t>(tree: &'t Expr, wanted: &dyn Fn(&Name) -> bool) -> Option<&'t Name> {
    match &tree.kind {
        ExprKind::Column { name, .. } => Some(name).filter(|name| wanted(name)),
        _ => children(tree).into_iter().find_map(|part| first_column(part, wanted)),
    }
}
