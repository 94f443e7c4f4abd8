//! The integers that a route is made of.
//!
//! Most routes are texts around a few small integers: `concat(table, '_', (qyid >> 22) % 16)`. Integers can be computed
//! for a whole batch in no time and looked up; the texts need to be made once for each distinct combination only.

use dsl::{Expr, ExprKind};

use super::{expr::Scope, formula::Formula};

/// The largest integer subexpressions that read columns, each once; none if a column is read outside of them.
///
/// An expression is a function of its atoms: all else in it is constant for a table. (Where an atom fails for a row,
/// the expression may not, as in `if(x = 0, 'none', y DIV x)`: the row is then evaluated whole.)
pub(super) fn atoms<'a>(trees: impl IntoIterator<Item = &'a Expr>, scope: &Scope) -> Option<Vec<Formula>> {
    let mut atoms: Vec<Formula> = Vec::new();
    let mut open: Vec<&Expr> = trees.into_iter().collect();
    while let Some(tree) = open.pop() {
        if let Ok(formula) = Formula::bind_value(tree, scope) {
            if formula.is_constant() {
                continue;
            }
            if formula.is_integer() {
                if !atoms.iter().any(|atom| atom.logical() == formula.logical()) {
                    atoms.push(formula);
                }
                continue;
            }
        }
        // A part such as `NULL` in a place of its own kind need not bind alone; what it holds may.
        let parts = children(tree);
        if parts.is_empty() && matches!(tree.kind, ExprKind::Column { .. }) {
            return None;
        }
        open.extend(parts);
    }
    Some(atoms)
}

/// The expressions directly inside one.
pub(super) fn children(tree: &Expr) -> Vec<&Expr> {
    match &tree.kind {
        ExprKind::Literal(_) | ExprKind::Column { .. } | ExprKind::SourceSchema | ExprKind::SourceTable => Vec::new(),
        ExprKind::Unary(_, expr)
        | ExprKind::Is { expr, .. }
        | ExprKind::Cast { expr, .. }
        | ExprKind::ConvertUsing { expr, .. }
        | ExprKind::Collate { expr, .. } => vec![expr],
        ExprKind::Binary(left, _, right) => vec![left, right],
        ExprKind::Between { expr, low, high, .. } => vec![expr, low, high],
        ExprKind::In { expr, list, .. } => std::iter::once(&**expr).chain(list).collect(),
        ExprKind::Like { expr, pattern, escape, .. } => {
            [Some(expr), Some(pattern), escape.as_ref()].into_iter().flatten().map(|part| &**part).collect()
        }
        ExprKind::Case { operand, branches, otherwise } => {
            let ends = [operand.as_deref(), otherwise.as_deref()].into_iter().flatten();
            branches.iter().flat_map(|(condition, result)| [condition, result]).chain(ends).collect()
        }
        ExprKind::Call { args, .. } | ExprKind::ByUnit { args, .. } => args.iter().collect(),
    }
}
