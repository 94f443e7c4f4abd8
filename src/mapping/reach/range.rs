//! Between which integers an expression's values lie, as far as its text tells.

use dsl::{BinaryOp, Expr, ExprKind, IsTest, Literal, UnaryOp};

use crate::{
    mapping::{expr::Scope, formula::Formula},
    schema::{ColumnType, IntegerWidth},
};

/// A range of integers, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::mapping) struct Range {
    pub(in crate::mapping) low: i128,
    pub(in crate::mapping) high: i128,
}

/// The integers that functions of anything give.
const BY_FUNCTION: &[(&str, i128, i128)] = &[
    ("ascii", 0, 255),
    ("bit_count", 0, 64),
    ("crc32", 0, u32::MAX as i128),
    ("day", 0, 31),
    ("dayofmonth", 0, 31),
    ("dayofweek", 1, 7),
    ("dayofyear", 1, 366),
    ("hour", 0, 838),
    ("isnull", 0, 1),
    ("microsecond", 0, 999_999),
    ("minute", 0, 59),
    ("month", 0, 12),
    ("quarter", 0, 4),
    ("second", 0, 59),
    ("sign", -1, 1),
    ("strcmp", -1, 1),
    ("week", 0, 53),
    ("weekday", 0, 6),
    ("year", 0, 9999),
];

impl Range {
    fn one(value: i128) -> Self {
        Self { low: value, high: value }
    }

    /// The integers of a type.
    pub(in crate::mapping) fn of_type(width: IntegerWidth, unsigned: bool) -> Self {
        let bits = match width {
            IntegerWidth::Tiny => 8,
            IntegerWidth::Small => 16,
            IntegerWidth::Medium => 24,
            IntegerWidth::Int => 32,
            IntegerWidth::Big => 64,
        };
        if unsigned { Self { low: 0, high: (1 << bits) - 1 } } else { Self { low: -(1 << (bits - 1)), high: (1 << (bits - 1)) - 1 } }
    }

    /// The only value, where there is one.
    pub(super) fn only(self) -> Option<i128> {
        (self.low == self.high).then_some(self.low)
    }

    /// How many integers lie in it.
    pub(super) fn count(self) -> i128 {
        self.high - self.low + 1
    }

    fn union(self, other: Self) -> Self {
        Self { low: self.low.min(other.low), high: self.high.max(other.high) }
    }

    /// What lies in both; values outside of a type are errors of their rows.
    fn clipped(self, whole: Self) -> Option<Self> {
        let both = Self { low: self.low.max(whole.low), high: self.high.min(whole.high) };
        (both.low <= both.high).then_some(both)
    }

    fn of_corners(left: Self, right: Self, apply: fn(i128, i128) -> Option<i128>) -> Option<Self> {
        let corners = [(left.low, right.low), (left.low, right.high), (left.high, right.low), (left.high, right.high)];
        let values = corners.into_iter().map(|(left, right)| apply(left, right)).collect::<Option<Vec<_>>>()?;
        Some(Self { low: *values.iter().min()?, high: *values.iter().max()? })
    }
}

/// The range of an integer expression; none where it is no integer.
pub(in crate::mapping) fn range(tree: &Expr, scope: &Scope) -> Option<Range> {
    let formula = Formula::bind_value(tree, scope).ok()?;
    let ColumnType::Integer { width, unsigned } = formula.output_type() else { return None };
    let whole = Range::of_type(width, unsigned);
    Some(narrowed(tree, scope).and_then(|range| range.clipped(whole)).unwrap_or(whole))
}

/// Whether an integer operator gives a result of its type for all values that its operands can have.
pub(in crate::mapping) fn never_overflows(tree: &Expr, scope: &Scope) -> bool {
    let Some(whole) = Formula::bind_value(tree, scope).ok().and_then(|formula| match formula.output_type() {
        ColumnType::Integer { width, unsigned } => Some(Range::of_type(width, unsigned)),
        _ => None,
    }) else {
        return false;
    };
    let result = match &tree.kind {
        ExprKind::Binary(left, op, right) => {
            range(left, scope).zip(range(right, scope)).and_then(|(left, right)| of_operator(left, *op, right))
        }
        ExprKind::Unary(UnaryOp::Negate, operand) => range(operand, scope).map(|operand| Range { low: -operand.high, high: -operand.low }),
        ExprKind::Call { name, args } if ["mod", "abs"].contains(&&*name.text) => of_call(&name.text, args, scope),
        _ => None,
    };
    result.is_some_and(|result| whole.low <= result.low && result.high <= whole.high)
}

/// Whether an expression is a condition: 1, 0 or NULL.
pub(in crate::mapping) fn is_condition(tree: &Expr) -> bool {
    match &tree.kind {
        ExprKind::Is { test: IsTest::Null | IsTest::True | IsTest::False, .. }
        | ExprKind::Between { .. }
        | ExprKind::In { .. }
        | ExprKind::Like { .. }
        | ExprKind::Unary(UnaryOp::Not, _) => true,
        ExprKind::Binary(_, op, _) => is_test(*op),
        _ => false,
    }
}

/// Whether an operator asks instead of computing.
fn is_test(op: BinaryOp) -> bool {
    match op {
        BinaryOp::Eq
        | BinaryOp::NullSafeEq
        | BinaryOp::NotEq
        | BinaryOp::Lt
        | BinaryOp::LtEq
        | BinaryOp::Gt
        | BinaryOp::GtEq
        | BinaryOp::And
        | BinaryOp::Or
        | BinaryOp::Xor => true,
        BinaryOp::Add
        | BinaryOp::Subtract
        | BinaryOp::Multiply
        | BinaryOp::Divide
        | BinaryOp::IntDivide
        | BinaryOp::Modulo
        | BinaryOp::ShiftLeft
        | BinaryOp::ShiftRight
        | BinaryOp::BitAnd
        | BinaryOp::BitOr
        | BinaryOp::BitXor => false,
    }
}

/// What the form of an expression says beyond its type.
fn narrowed(tree: &Expr, scope: &Scope) -> Option<Range> {
    match &tree.kind {
        _ if is_condition(tree) => Some(Range { low: 0, high: 1 }),
        ExprKind::Literal(Literal::Integer(digits)) => digits.parse().ok().map(Range::one),
        ExprKind::Literal(Literal::Bool(value)) => Some(Range::one((*value).into())),
        ExprKind::Unary(UnaryOp::Negate, operand) => range(operand, scope).map(|operand| Range { low: -operand.high, high: -operand.low }),
        ExprKind::Unary(UnaryOp::Plus, operand) => range(operand, scope),
        ExprKind::Binary(left, op, right) => of_operator(range(left, scope)?, *op, range(right, scope)?),
        ExprKind::Case { branches, otherwise, .. } => {
            let results = branches.iter().map(|(_, result)| result).chain(otherwise.as_deref());
            of_results(results, scope)
        }
        ExprKind::Cast { expr, .. } => range(expr, scope),
        ExprKind::Call { name, args } => of_call(&name.text, args, scope),
        _ => None,
    }
}

fn of_operator(left: Range, op: BinaryOp, right: Range) -> Option<Range> {
    match op {
        BinaryOp::Add => Range::of_corners(left, right, i128::checked_add),
        BinaryOp::Subtract => Range::of_corners(left, right, i128::checked_sub),
        BinaryOp::Multiply => Range::of_corners(left, right, i128::checked_mul),
        BinaryOp::IntDivide => right.only().filter(|&divisor| divisor != 0).and(Range::of_corners(left, right, i128::checked_div)),
        BinaryOp::Modulo => remainder(left, right),
        BinaryOp::BitAnd => {
            let mask = [left, right].into_iter().filter_map(Range::only).find(|&mask| mask >= 0)?;
            Some(Range { low: 0, high: mask })
        }
        BinaryOp::ShiftRight => {
            let bits = right.only().filter(|bits| (0..64).contains(bits))?;
            // A negative number is shifted as the 64 bits that it is.
            let left = if left.low < 0 { Range { low: 0, high: u64::MAX.into() } } else { left };
            Some(Range { low: left.low >> bits, high: left.high >> bits })
        }
        _ => None,
    }
}

/// The remainder has the sign of what is divided.
fn remainder(left: Range, right: Range) -> Option<Range> {
    let most = right.low.abs().max(right.high.abs()) - 1;
    if most < 0 {
        return None;
    }
    Some(Range { low: left.low.clamp(-most, 0), high: left.high.clamp(0, most) })
}

fn of_call(name: &str, args: &[Expr], scope: &Scope) -> Option<Range> {
    match (name, args) {
        ("mod", [left, right]) => remainder(range(left, scope)?, range(right, scope)?),
        ("abs", [operand]) => {
            let operand = range(operand, scope)?;
            let least = if operand.low <= 0 && operand.high >= 0 { 0 } else { operand.low.abs().min(operand.high.abs()) };
            Some(Range { low: least, high: operand.low.abs().max(operand.high.abs()) })
        }
        ("if", [_, results @ ..]) => of_results(results, scope),
        ("ifnull" | "coalesce" | "least" | "greatest", results) => of_results(results, scope),
        ("nullif", [operand, _]) => range(operand, scope),
        _ => BY_FUNCTION.iter().find(|(known, ..)| *known == name).map(|&(_, low, high)| Range { low, high }),
    }
}

/// The range of several expressions of which one is taken.
fn of_results<'e>(results: impl IntoIterator<Item = &'e Expr>, scope: &Scope) -> Option<Range> {
    let ranges = results.into_iter().filter(|result| !matches!(result.kind, ExprKind::Literal(Literal::Null)));
    ranges.map(|result| range(result, scope)).reduce(|left, right| Some(left?.union(right?)))?
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mapping::fixture::table;

    fn of(text: &str) -> Option<(i128, i128)> {
        let tree = dsl::parse_expression(text).expect("the text is an expression");
        range(&tree, &Scope::of_table(&table("s", "t"), None)).map(|range| (range.low, range.high))
    }

    #[test]
    fn remainders_are_small_and_have_the_sign_of_what_is_divided() {
        assert_eq!(of("b % 2"), Some((0, 1)));
        assert_eq!(of("k % 2"), Some((-1, 1)));
        assert_eq!(of("mod(b, 16)"), Some((0, 15)));
        assert_eq!(of("(k >> 22) % 2"), Some((0, 1)), "a shifted number has no sign");
        assert_eq!(of("3 % 16"), Some((0, 3)));
        assert_eq!(of("b % 0"), Some((0, u64::MAX.into())));
    }

    #[test]
    fn a_range_follows_from_the_parts() {
        assert_eq!(of("1 + b % 4"), Some((1, 4)));
        assert_eq!(of("if(k > 1, 3, -4)"), Some((-4, 3)));
        assert_eq!(of("CASE WHEN k > 1 THEN 1 ELSE NULL END"), Some((1, 1)));
        assert_eq!(of("b & 6"), Some((0, 6)));
        assert_eq!(of("k = 3"), Some((0, 1)));
        assert_eq!(of("(b % 100) DIV 10"), Some((0, 9)));
        assert_eq!(of("abs(k % 8)"), Some((0, 7)));
    }

    #[test]
    fn what_says_nothing_has_the_range_of_its_type() {
        assert_eq!(of("k"), Some((i64::MIN.into(), i64::MAX.into())));
        assert_eq!(of("name"), None);
        assert_eq!(of("k / 2"), None);
    }
}
