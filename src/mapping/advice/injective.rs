//! Which columns of a row can be told from an expression's value: the proof that rows which differ in them get different values.

use dsl::{BinaryOp, CastType, Expr, ExprKind, Literal, UnaryOp};

use crate::{
    change::ColumnSet,
    mapping::{expr::Scope, formula::Formula},
    schema::{ColumnType, TableSchema},
};

/// The source columns that an expression's value tells.
pub(super) fn told_by(tree: &Expr, table: &TableSchema, scope: &Scope) -> ColumnSet {
    let of = |tree: &Expr| told_by(tree, table, scope);
    match &tree.kind {
        ExprKind::Column { name, .. } => table.column_index(&name.text).into_iter().collect(),
        ExprKind::Unary(UnaryOp::Negate | UnaryOp::BitNot, operand) if is_integer(operand, scope) => of(operand),
        ExprKind::Unary(UnaryOp::Plus | UnaryOp::Binary, operand) => of(operand),
        ExprKind::Binary(left, op, right) if is_integer(tree, scope) => match (is_constant(left, scope), is_constant(right, scope)) {
            (false, true) if keeps_apart(*op, right) => of(left),
            (true, false) if keeps_apart(*op, left) => of(right),
            _ => ColumnSet::default(),
        },
        ExprKind::Cast { expr, to: CastType::Signed | CastType::Unsigned | CastType::Char { length: None, .. } }
            if is_integer(expr, scope) =>
        {
            of(expr)
        }
        ExprKind::Collate { expr, .. } => of(expr),
        ExprKind::Call { name, args } => by_call(&name.text, args, table, scope),
        _ => ColumnSet::default(),
    }
}

/// Whether a constant on one side of an operator gives each integer a result of its own; what overflows fails.
fn keeps_apart(op: BinaryOp, constant: &Expr) -> bool {
    match op {
        BinaryOp::Add | BinaryOp::Subtract | BinaryOp::BitXor => true,
        BinaryOp::Multiply => {
            matches!(&constant.kind, ExprKind::Literal(Literal::Integer(digits)) if digits.bytes().any(|digit| digit != b'0'))
        }
        _ => false,
    }
}

fn by_call(name: &str, args: &[Expr], table: &TableSchema, scope: &Scope) -> ColumnSet {
    let of = |tree: &Expr| told_by(tree, table, scope);
    match (name, args) {
        ("concat", parts) => by_concat(parts, table, scope),
        ("hex" | "bin" | "oct" | "conv", [value, ..]) if is_integer(value, scope) => of(value),
        ("hex" | "to_base64", [value]) => of(value),
        // That two rows have one hash is not expected in the life of a table.
        ("md5" | "sha" | "sha1" | "sha2", [value, ..]) => of(value),
        ("coalesce" | "ifnull", [value, ..]) if Formula::bind_value(value, scope).is_ok_and(|value| !value.is_nullable()) => of(value),
        // A unique key that takes letters for equal in either case holds no two rows that differ in nothing else.
        ("lower" | "lcase" | "upper" | "ucase", [value]) if ignores_case(value, table) => of(value),
        _ => ColumnSet::default(),
    }
}

fn ignores_case(tree: &Expr, table: &TableSchema) -> bool {
    let ExprKind::Column { name, .. } = &tree.kind else { return false };
    let column = table.column_index(&name.text).map(|index| &table.columns[index]);
    column.and_then(|column| column.ty.collation()).is_some_and(|collation| collation.name().ends_with("_ci"))
}

/// Integers, and at most one text, between constants without digits: the parts can be read back from the whole.
fn by_concat(parts: &[Expr], table: &TableSchema, scope: &Scope) -> ColumnSet {
    let (mut columns, mut texts, mut separator, mut is_separated) = (ColumnSet::default(), 0, String::new(), true);
    let mut count = 0;
    for part in parts {
        if let Some(constant) = constant_text(part, scope) {
            separator.push_str(&constant);
            continue;
        }
        is_separated &= count == 0 || (!separator.is_empty() && !separator.contains(|c: char| c.is_ascii_digit() || c == '-'));
        count += 1;
        separator.clear();
        texts += usize::from(!is_integer(part, scope));
        columns = columns.union(&told_by(part, table, scope));
    }
    if count == 1 || (is_separated && texts <= 1) { columns } else { ColumnSet::default() }
}

fn constant_text(tree: &Expr, scope: &Scope) -> Option<String> {
    Formula::bind_text(tree, scope).ok()?.constant_text()?
}

fn is_constant(tree: &Expr, scope: &Scope) -> bool {
    Formula::bind_value(tree, scope).is_ok_and(|formula| formula.is_constant())
}

fn is_integer(tree: &Expr, scope: &Scope) -> bool {
    Formula::bind_value(tree, scope).is_ok_and(|formula| matches!(formula.output_type(), ColumnType::Integer { .. }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mapping::fixture::table;

    fn told(text: &str) -> Vec<&'static str> {
        let tree = dsl::parse_expression(text).expect("the text is an expression");
        let table = table("s", "t");
        let columns = told_by(&tree, &table, &Scope::of_table(&table, None));
        ["id", "k", "b", "name", "g"].into_iter().enumerate().filter(|(index, _)| columns.contains(*index)).map(|(_, name)| name).collect()
    }

    #[test]
    fn what_can_be_computed_back_is_told() {
        for text in
            ["id", "-id", "id + 7", "3 - id", "id * 2", "id ^ 5", "~id", "hex(id)", "conv(id, 10, 36)", "CAST(id AS CHAR)", "md5(id)"]
        {
            assert_eq!(told(text), ["id"], "{text}");
        }
        assert_eq!(told("concat(table, '-', id)"), ["id"]);
        assert_eq!(told("concat(id, '_', k)"), ["id", "k"]);
        assert_eq!(told("concat(name, '/', id)"), ["id", "name"]);
    }

    #[test]
    fn what_loses_something_tells_nothing() {
        for text in [
            "id % 16",
            "id DIV 2",
            "id >> 1",
            "id * 0",
            "left(name, 3)",
            "concat(id, k)",
            "concat(name, '/', name)",
            "concat(id, '-', k)",
            "lower(name)",
        ] {
            assert_eq!(told(text), [""; 0], "{text}");
        }
    }
}
