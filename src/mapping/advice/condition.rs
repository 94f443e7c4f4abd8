//! `WHERE` that no row meets.

use dsl::{BinaryOp, Code, Diagnostic, Expr, ExprKind, Literal};

use super::warning;
use crate::mapping::{
    atoms::children,
    bind::BoundMapping,
    reach::{self, Never},
};

/// A condition that is false or NULL for every row.
pub(super) fn never_true(bound: &BoundMapping) -> Option<Diagnostic> {
    let (filter, written) = (bound.filter.as_ref()?, bound.declared.tree.filter.as_ref()?);
    let say = |span, hint| Some(warning(Code::NEVER_TRUE, "`WHERE` is never true: the mapping takes no row".to_owned(), span, hint));
    if let Some(comparison) = null_comparison(written) {
        return say(comparison.span, Some("A comparison with NULL is NULL: write `IS NULL` or `<=> NULL`.".to_owned()));
    }
    if filter.is_never_true() {
        return say(written.span, names_column(written, bound));
    }
    match reach::never_true(written, &bound.scope)? {
        Never::Alone { span, .. } if is_turned_around(find(written, span)) => {
            say(span, Some("`BETWEEN` names the lower end first.".to_owned()))
        }
        Never::Alone { span, operand: Some((operand, range)) } => {
            let operand = find(written, operand).map_or_else(|| "It".to_owned(), |tree| format!("`{tree}`"));
            let hint = if range.high - range.low == 1 {
                format!("{operand} is {} or {}.", range.low, range.high)
            } else {
                format!("{operand} lies between {} and {}.", range.low, range.high)
            };
            say(span, Some(hint))
        }
        Never::Alone { span, operand: None } => say(span, None),
        Never::Together { span } => say(span, Some("Each part can be true, but not both in one row: `OR` may be meant.".to_owned())),
    }
}

/// `x = NULL` is why most conditions are never true.
fn null_comparison(filter: &Expr) -> Option<&Expr> {
    let is_null = |tree: &Expr| matches!(tree.kind, ExprKind::Literal(Literal::Null));
    let ExprKind::Binary(left, op, right) = &filter.kind else { return None };
    match op {
        BinaryOp::And => null_comparison(left).or_else(|| null_comparison(right)),
        BinaryOp::Eq | BinaryOp::NotEq | BinaryOp::Lt | BinaryOp::LtEq | BinaryOp::Gt | BinaryOp::GtEq
            if is_null(left) || is_null(right) =>
        {
            Some(filter)
        }
        _ => None,
    }
}

/// `schema` and `table` are names of the source, also where the table has a column called so.
fn names_column(tree: &Expr, bound: &BoundMapping) -> Option<String> {
    let word = match &tree.kind {
        ExprKind::SourceSchema => "schema",
        ExprKind::SourceTable => "table",
        _ => return children(tree).into_iter().find_map(|part| names_column(part, bound)),
    };
    bound.layout.source.column_index(word)?;
    Some(format!("`{word}` is the name of the row's source {word} here: the column is written in backticks."))
}

/// `BETWEEN` whose first end is the greater of two integers.
fn is_turned_around(tree: Option<&Expr>) -> bool {
    let integer = |tree: &Expr| match &tree.kind {
        ExprKind::Literal(Literal::Integer(digits)) => digits.parse::<i128>().ok(),
        _ => None,
    };
    match tree.map(|tree| &tree.kind) {
        Some(ExprKind::Between { low, high, negated: false, .. }) => {
            matches!((integer(low), integer(high)), (Some(low), Some(high)) if low > high)
        }
        _ => false,
    }
}

fn find(tree: &Expr, span: dsl::Span) -> Option<&Expr> {
    if tree.span == span {
        return Some(tree);
    }
    children(tree).into_iter().find_map(|part| find(part, span))
}
