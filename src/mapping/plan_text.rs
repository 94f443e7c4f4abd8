//! A mapping's plan as text for people: DataFusion's operators, one a line, and the expressions under them with their constants as SQL has them.

use std::fmt::Write as _;

use datafusion::{
    logical_expr::{Case, Expr, LogicalPlan, expr::ScalarFunction},
    scalar::ScalarValue,
};

/// The plan, each operator under the one it feeds.
pub(super) fn plan_text(plan: &LogicalPlan) -> String {
    let mut text = String::new();
    write_operator(plan, 0, &mut text);
    text
}

fn write_operator(plan: &LogicalPlan, depth: usize, text: &mut String) {
    let indent = "  ".repeat(depth);
    let written = match plan {
        LogicalPlan::Projection(projection) => {
            text.push_str(&format!("{indent}Projection\n"));
            projection.expr.iter().try_for_each(|expr| writeln!(text, "{indent}    {}", expression_text(expr)))
        }
        LogicalPlan::Filter(filter) => writeln!(text, "{indent}Filter {}", expression_text(&filter.predicate)),
        other => writeln!(text, "{indent}{}", other.display()),
    };
    written.expect("a string takes all");
    plan.inputs().into_iter().for_each(|input| write_operator(input, depth + 1, text));
}

/// An expression of a plan.
fn expression_text(expr: &Expr) -> String {
    match expr {
        Expr::Alias(alias) => format!("{} = {}", alias.name, expression_text(&alias.expr)),
        Expr::Column(column) => column.name.clone(),
        Expr::Literal(value, _) => literal_text(value),
        Expr::ScalarFunction(ScalarFunction { func, args }) => {
            // Some names carry the bytes of labels and the like.
            let name = func.name().split('[').next().unwrap_or_default().trim_end_matches('_');
            format!("{name}({})", args.iter().map(expression_text).collect::<Vec<_>>().join(", "))
        }
        Expr::BinaryExpr(binary) => format!("({} {} {})", expression_text(&binary.left), binary.op, expression_text(&binary.right)),
        Expr::IsNotNull(operand) => format!("{} IS NOT NULL", expression_text(operand)),
        Expr::Case(case) => case_text(case),
        other => other.to_string(),
    }
}

fn case_text(Case { expr, when_then_expr, else_expr }: &Case) -> String {
    let mut text = String::from("CASE");
    let mut push = |word: &str, expr: &Expr| text.push_str(&format!(" {word}{}", expression_text(expr)));
    if let Some(operand) = expr {
        push("", operand);
    }
    for (when, then) in when_then_expr {
        push("WHEN ", when);
        push("THEN ", then);
    }
    if let Some(otherwise) = else_expr {
        push("ELSE ", otherwise);
    }
    text + " END"
}

fn literal_text(value: &ScalarValue) -> String {
    match value {
        _ if value.is_null() => "NULL".to_owned(),
        ScalarValue::Binary(Some(bytes)) => match std::str::from_utf8(bytes) {
            Ok(text) if !text.contains(char::is_control) => format!("'{}'", text.replace('\'', "''")),
            _ => format!("0x{}", bytes.iter().map(|byte| format!("{byte:02X}")).collect::<String>()),
        },
        other => other.to_string(),
    }
}
