//! Smaller expressions made from one that fails: a part takes the place of what holds it, a constant that of a part.

use dsl::{Expr, ExprKind, Span};

/// What a part may be replaced by.
const CONSTANTS: [&str; 5] = ["1", "0", "''", "NULL", "'a'"];

/// The smallest expression that still fails, taking the smallest step that `fails` confirms until none does.
///
/// `fails` is asked about many texts at once and answers for each.
pub(crate) fn shrink(text: &str, mut fails: impl FnMut(&[String]) -> Vec<bool>) -> String {
    let mut smallest = text.to_owned();
    loop {
        let steps = smaller(&smallest);
        let answers = fails(&steps);
        match steps.into_iter().zip(answers).find(|(_, fails)| *fails) {
            Some((step, _)) => smallest = step,
            None => return smallest,
        }
    }
}

/// All texts that one step makes, the shortest first; each is shorter than `text`.
fn smaller(text: &str) -> Vec<String> {
    let Ok(expr) = dsl::parse_expression(text) else { return Vec::new() };
    let mut steps = Vec::new();
    visit(&expr, text, &mut steps);
    steps.retain(|step| step.len() < text.len());
    steps.sort_by_key(|step| (step.len(), step.clone()));
    steps.dedup();
    steps
}

fn visit(expr: &Expr, text: &str, steps: &mut Vec<String>) {
    let parts = parts(expr);
    let own = expr.span;
    let mut replace = |span: Span, by: &str| steps.push(format!("{}{by}{}", &text[..span.start as usize], &text[span.end as usize..]));
    parts.iter().for_each(|part| replace(own, &operand(part, text)));
    CONSTANTS.iter().for_each(|constant| replace(own, constant));
    let bytes = text.as_bytes();
    if own.start > 0 && bytes[own.start as usize - 1] == b'(' && bytes.get(own.end as usize) == Some(&b')') {
        replace(Span::new(own.start - 1, own.end + 1), slice(text, own));
    }
    if matches!(expr.kind, ExprKind::Call { .. } | ExprKind::In { .. }) {
        // One of many arguments is left out, with the comma beside it.
        for pair in parts.windows(2) {
            replace(Span::new(pair[0].span.end, pair[1].span.end), "");
            replace(Span::new(pair[0].span.start, pair[1].span.start), "");
        }
    }
    parts.into_iter().for_each(|part| visit(part, text, steps));
}

fn slice(text: &str, span: Span) -> &str {
    &text[span.start as usize..span.end as usize]
}

/// A part as it may stand anywhere.
fn operand(part: &Expr, text: &str) -> String {
    let own = slice(text, part.span);
    match part.kind {
        ExprKind::Literal(_) | ExprKind::Column { .. } | ExprKind::Call { .. } | ExprKind::Case { .. } | ExprKind::Cast { .. } => {
            own.into()
        }
        _ => format!("({own})"),
    }
}

/// The operands, arguments and branches.
fn parts(expr: &Expr) -> Vec<&Expr> {
    match &expr.kind {
        ExprKind::Literal(_) | ExprKind::Column { .. } | ExprKind::SourceSchema | ExprKind::SourceTable => Vec::new(),
        ExprKind::Unary(_, operand) => vec![operand],
        ExprKind::Binary(left, _, right) => vec![left, right],
        ExprKind::Is { expr, .. } | ExprKind::Cast { expr, .. } | ExprKind::ConvertUsing { expr, .. } | ExprKind::Collate { expr, .. } => {
            vec![expr]
        }
        ExprKind::Between { expr, low, high, .. } => vec![expr, low, high],
        ExprKind::In { expr, list, .. } => std::iter::once(expr.as_ref()).chain(list).collect(),
        ExprKind::Like { expr, pattern, escape, .. } => [expr, pattern].into_iter().chain(escape).map(AsRef::as_ref).collect(),
        ExprKind::Case { operand, branches, otherwise } => {
            let branches = branches.iter().flat_map(|(condition, result)| [condition, result]);
            operand.as_deref().into_iter().chain(branches).chain(otherwise.as_deref()).collect()
        }
        ExprKind::Call { args, .. } | ExprKind::ByUnit { args, .. } => args.iter().collect(),
    }
}
