//! The arms of CASE and IF in an expression, and expressions that tell which arm a row takes.

use dsl::{Expr, ExprKind, Literal, Span};

use super::atoms::children;

/// A CASE or an IF of an expression.
#[derive(Debug, Clone)]
pub(super) struct Choice {
    /// Its arms, in the order written; the last one of a CASE without ELSE is the CASE itself.
    pub(super) arms: Vec<Span>,
    /// Whether the last arm is not written.
    pub(super) lacks_else: bool,
    /// Its value is the number of the arm that is taken; NULL where the choice itself is not reached.
    pub(super) taken: Expr,
}

/// All choices of an expression, outer ones first.
pub(super) fn choices(tree: &Expr) -> Vec<Choice> {
    let mut found = Vec::new();
    collect(tree, &|taken| taken, &mut found);
    found
}

/// An expression that is 1 where a condition holds, 0 elsewhere.
pub(super) fn holds(condition: &Expr) -> Expr {
    case(condition.span, None, vec![(condition.clone(), number(1, condition.span))], Some(number(0, condition.span)))
}

/// Collects the choices; `within` makes NULL of an expression where the arms around it are not taken.
fn collect(tree: &Expr, within: &dyn Fn(Expr) -> Expr, found: &mut Vec<Choice>) {
    let span = tree.span;
    let Some((operand, branches, otherwise)) = branches_of(tree) else {
        children(tree).into_iter().for_each(|part| collect(part, within, found));
        return;
    };
    // The same CASE with `value` in the place of the arm `taken`, or with the numbers of all arms.
    let with = |value: &dyn Fn(usize) -> Expr| {
        let numbered = branches.iter().enumerate().map(|(number, (condition, _))| ((*condition).clone(), value(number)));
        case(span, operand.cloned(), numbered.collect(), Some(value(branches.len())))
    };
    let results: Vec<&Expr> = branches.iter().map(|(_, result)| *result).chain(otherwise).collect();
    let mut arms: Vec<Span> = results.iter().map(|result| result.span).collect();
    if otherwise.is_none() {
        arms.push(span);
    }
    let taken = within(with(&|arm| number(arm, span)));
    found.push(Choice { arms, lacks_else: otherwise.is_none(), taken });
    let conditions = operand.into_iter().chain(branches.iter().map(|(condition, _)| *condition));
    conditions.for_each(|condition| collect(condition, within, found));
    for (arm, result) in results.into_iter().enumerate() {
        let inside = |taken: Expr| within(with(&|other| if other == arm { taken.clone() } else { null(span) }));
        collect(result, &inside, found);
    }
}

/// Operand, conditions with results, and ELSE.
type Branches<'t> = (Option<&'t Expr>, Vec<(&'t Expr, &'t Expr)>, Option<&'t Expr>);

fn branches_of(tree: &Expr) -> Option<Branches<'_>> {
    match &tree.kind {
        ExprKind::Case { operand, branches, otherwise } => {
            let branches = branches.iter().map(|(condition, result)| (condition, result)).collect();
            Some((operand.as_deref(), branches, otherwise.as_deref()))
        }
        ExprKind::Call { name, args } if name.text == "if" => match args.as_slice() {
            [condition, yes, no] => Some((None, vec![(condition, yes)], Some(no))),
            _ => None,
        },
        _ => None,
    }
}

fn case(span: Span, operand: Option<Expr>, branches: Vec<(Expr, Expr)>, otherwise: Option<Expr>) -> Expr {
    Expr { kind: ExprKind::Case { operand: operand.map(Box::new), branches, otherwise: otherwise.map(Box::new) }, span }
}

fn number(value: usize, span: Span) -> Expr {
    Expr { kind: ExprKind::Literal(Literal::Integer(value.to_string())), span }
}

fn null(span: Span) -> Expr {
    Expr { kind: ExprKind::Literal(Literal::Null), span }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(text: &str) -> Vec<String> {
        let tree = dsl::parse_expression(text).expect("it is an expression");
        choices(&tree).into_iter().map(|choice| choice.taken.to_string()).collect()
    }

    #[test]
    fn an_arm_inside_an_arm_is_asked_where_the_outer_one_is_taken() {
        let outer = "CASE WHEN a THEN 0 ELSE 1 END";
        let inner = "CASE WHEN a THEN NULL ELSE CASE b WHEN 1 THEN 0 WHEN 2 THEN 1 ELSE 2 END END";
        assert_eq!(taken("concat('x', if(a, 'y', CASE b WHEN 1 THEN 'p' WHEN 2 THEN 'q' END))"), [outer, inner]);
    }

    #[test]
    fn a_case_without_else_has_an_arm_that_is_not_written() {
        let tree = dsl::parse_expression("CASE WHEN a THEN b END").expect("it is an expression");
        let found = choices(&tree);
        assert!(found[0].lacks_else);
        assert_eq!(found[0].arms, [Span::new(17, 18), Span::new(0, 22)]);
    }
}
