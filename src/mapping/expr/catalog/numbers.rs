//! Arithmetic and functions of numbers.

use super::{Family, Function};
use crate::mapping::expr::{arithmetic, numeric};

pub(super) const FAMILY: Family = Family { name: "numbers", functions: FUNCTIONS, pending: &[] };

const FUNCTIONS: &[Function] = &[
    Function::new(&["+"], "a + b", "sum; a BIGINT that overflows is an error of the row", ("1 + 0.5", "1.5")),
    Function::new(&["-"], "a - b, -a", "difference, negation; below zero is an error where an operand is UNSIGNED", ("1 - 2.5", "-1.5")),
    Function::new(&["*"], "a * b", "product", ("1.5 * 2", "3.0")),
    Function::new(&["/"], "a / b", "quotient with four more digits than `a`; NULL where `b` is 0", ("7 / 2", "3.5000")),
    Function::new(&["div"], "a DIV b", "quotient without fraction; NULL where `b` is 0", ("-7 DIV 2", "-3")),
    Function::new(&["%", "mod"], "a % b, a MOD b, MOD(a, b)", "remainder with the sign of `a`; NULL where `b` is 0", ("-7 % 2", "-1"))
        .called(2, 2, arithmetic::modulo_function),
    Function::new(&["abs"], "ABS(x)", "magnitude", ("ABS(-1.5)", "1.5")).called(1, 1, numeric::abs),
    Function::new(&["ceiling", "ceil"], "CEILING(x)", "the least integer that is not below `x`", ("CEILING(1.2)", "2")).called(
        1,
        1,
        numeric::ceiling,
    ),
    Function::new(&["floor"], "FLOOR(x)", "the greatest integer that is not above `x`", ("FLOOR(-1.2)", "-2")).called(1, 1, numeric::floor),
    Function::new(&["round"], "ROUND(x[, places])", "rounded, half away from zero (a DOUBLE: half to even)", ("ROUND(2.345, 2)", "2.35"))
        .called(1, 2, numeric::round),
    Function::new(&["sign"], "SIGN(x)", "-1, 0 or 1", ("SIGN(-1.5)", "-1")).called(1, 1, numeric::sign),
    Function::new(&["truncate"], "TRUNCATE(x, places)", "cut to so many digits after the point", ("TRUNCATE(-1.999, 2)", "-1.99")).called(
        2,
        2,
        numeric::truncate,
    ),
];
