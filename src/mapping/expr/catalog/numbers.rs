//! Arithmetic and functions of numbers.

use super::{Family, Function};
use crate::mapping::expr::{arithmetic, numeric, real_math};

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
    Function::new(&["sqrt"], "SQRT(x)", "square root; NULL below zero", ("SQRT(2)", "1.4142135623730951")).called(1, 1, real_math::sqrt),
    Function::new(
        &["pow", "power"],
        "POW(x, y)",
        "a DOUBLE; an error where it overflows or is no number",
        ("POW(2, 0.5)", "1.4142135623730951"),
    )
    .called(2, 2, real_math::pow),
    Function::new(&["exp"], "EXP(x)", "e to the power of `x`", ("EXP(1)", "2.718281828459045")).called(1, 1, real_math::exp),
    Function::new(&["ln"], "LN(x)", "natural logarithm; NULL where `x` is not above zero", ("LN(2)", "0.6931471805599453")).called(
        1,
        1,
        real_math::ln,
    ),
    Function::new(&["log"], "LOG([base, ]x)", "logarithm, natural without a base", ("LOG(2, 65536)", "16")).called(1, 2, real_math::log),
    Function::new(&["log2"], "LOG2(x)", "logarithm to base 2", ("LOG2(8)", "3")).called(1, 1, real_math::log2),
    Function::new(&["log10"], "LOG10(x)", "logarithm to base 10", ("LOG10(1000)", "3")).called(1, 1, real_math::log10),
    Function::new(&["pi"], "PI()", "3.14…, shown with six digits", ("PI()", "3.141593")).called(0, 0, real_math::pi),
    Function::new(&["sin"], "SIN(x)", "sine of an angle in radians", ("SIN(1)", "0.8414709848078965")).called(1, 1, real_math::sin),
    Function::new(&["cos"], "COS(x)", "cosine", ("COS(1)", "0.5403023058681398")).called(1, 1, real_math::cos),
    Function::new(&["tan"], "TAN(x)", "tangent", ("TAN(1)", "1.5574077246549023")).called(1, 1, real_math::tan),
    Function::new(&["cot"], "COT(x)", "cotangent; an error at zero", ("COT(1)", "0.6420926159343306")).called(1, 1, real_math::cot),
    Function::new(&["asin"], "ASIN(x)", "arc sine; NULL beyond 1", ("ASIN(0.5)", "0.5235987755982989")).called(1, 1, real_math::asin),
    Function::new(&["acos"], "ACOS(x)", "arc cosine; NULL beyond 1", ("ACOS(0.3)", "1.2661036727794992")).called(1, 1, real_math::acos),
    Function::new(
        &["atan", "atan2"],
        "ATAN(x), ATAN2(y, x)",
        "arc tangent, of `y / x` with regard to both signs",
        ("ATAN(-2, -1)", "-2.0344439357957027"),
    )
    .called(1, 2, real_math::atan),
    Function::new(&["degrees"], "DEGREES(x)", "radians as degrees", ("DEGREES(PI())", "180")).called(1, 1, real_math::degrees),
    Function::new(&["radians"], "RADIANS(x)", "degrees as radians", ("RADIANS(180)", "3.141592653589793")).called(1, 1, real_math::radians),
];
