//! Conditions that no row can meet.

use dsl::{BinaryOp, Expr, ExprKind, Span};

use super::{
    combinations::Combinations,
    range::{Range, is_condition, range},
    seed::Seeds,
    targets::told,
};
use crate::mapping::expr::Scope;

/// Why a condition is never true.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::mapping) enum Never {
    /// One of the parts that AND joins cannot be true.
    Alone {
        /// The part.
        span: Span,
        /// What it asks of, as written, and between which integers that lies.
        operand: Option<(Span, Range)>,
    },
    /// Each part can be true, but not together.
    Together {
        /// Two parts that exclude each other, or all of them.
        span: Span,
    },
}

/// The parts that AND joins.
pub(super) fn conjuncts(tree: &Expr) -> Vec<&Expr> {
    match &tree.kind {
        ExprKind::Binary(left, BinaryOp::And, right) => [conjuncts(left), conjuncts(right)].concat(),
        _ => vec![tree],
    }
}

/// Whether no row can meet a condition, as far as the ranges of its parts tell.
pub(in crate::mapping) fn never_true(filter: &Expr, scope: &Scope) -> Option<Never> {
    let parts = conjuncts(filter);
    if let Some(part) = parts.iter().find(|part| excludes_all(&[**part], scope)) {
        return Some(Never::Alone { span: part.span, operand: asked(part, scope) });
    }
    for (index, first) in parts.iter().enumerate() {
        if let Some(second) = parts[index + 1..].iter().find(|second| excludes_all(&[*first, **second], scope)) {
            return Some(Never::Together { span: first.span.to(second.span) });
        }
    }
    excludes_all(&parts, scope).then_some(Never::Together { span: filter.span })
}

/// Whether the conditions are never true together.
fn excludes_all(parts: &[&Expr], scope: &Scope) -> bool {
    let mut seeds = Seeds::default();
    let mut some_told = false;
    for part in parts {
        some_told |= seeds.of_condition(part, scope).is_ok();
    }
    let Some(combinations) = Some(seeds.finish()).filter(|_| some_told).and_then(|seeds| Combinations::new(seeds).ok()) else {
        return false;
    };
    let answers: Vec<_> = parts.iter().filter_map(|part| told(part, scope, &combinations)).collect();
    !answers.is_empty() && (0..combinations.count()).all(|row| answers.iter().any(|answers| !answers.value(row)))
}

/// What a comparison asks of, where that is a number of few values.
fn asked(part: &Expr, scope: &Scope) -> Option<(Span, Range)> {
    let operand = match &part.kind {
        ExprKind::Binary(left, _, right) if matches!(right.kind, ExprKind::Literal(_)) => Some(left),
        ExprKind::Binary(left, _, right) if matches!(left.kind, ExprKind::Literal(_)) => Some(right),
        ExprKind::In { expr, .. } | ExprKind::Between { expr, .. } => Some(expr),
        _ => None,
    };
    let operand = operand.filter(|operand| !is_condition(operand))?;
    Some((operand.span, range(operand, scope)?))
}
