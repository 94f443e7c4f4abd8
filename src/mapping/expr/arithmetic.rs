//! `+ - * / DIV %` and unary minus on BIGINT, DECIMAL and DOUBLE.

use arrow::datatypes::{Int64Type, UInt64Type};
use datafusion::{logical_expr::Expr, scalar::ScalarValue};
use dsl::{BinaryOp, Span};

use super::bind::{Binder, Failed};
use super::cell::{Cell, Form};
use super::decimal::{Dec, MAX_PRECISION, MAX_SCALE, Overflow};
use super::function::{call_checked, call_eager, call_strict, call_vector_checked, call_vector_eager, guarded_by};
use super::integer::{Outcome, zip_checked};
use super::row_error::RowError;
use super::sql_type::{ANY_DECIMALS, Kind, ResultClass};
use super::typed::{Typed, Value};

/// How many digits `/` adds to the dividend's scale (`div_precision_increment`).
const DIVISION_INCREMENT: u8 = 4;

/// Types and lowers an arithmetic operator.
pub(super) fn binary(left: &Typed, op: BinaryOp, right: &Typed, span: Span) -> Typed {
    let class = match (left.kind.numeric_class(), right.kind.numeric_class()) {
        (ResultClass::Real | ResultClass::String, _) | (_, ResultClass::Real | ResultClass::String) => ResultClass::Real,
        (ResultClass::Decimal, _) | (_, ResultClass::Decimal) => ResultClass::Decimal,
        (ResultClass::Int, ResultClass::Int) if op == BinaryOp::Divide => ResultClass::Decimal,
        (ResultClass::Int, ResultClass::Int) => ResultClass::Int,
    };
    match (op, class) {
        (BinaryOp::IntDivide, _) => int_divide(left, right, class, span),
        (_, ResultClass::Int) => integers(left, op, right, span),
        (_, ResultClass::Decimal) => decimals(left, op, right, span),
        (_, ResultClass::Real | ResultClass::String) => reals(left, op, right, span),
    }
}

/// `MOD(a, b)`.
pub(super) fn modulo_function(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    args.iter().try_for_each(|arg| binder.accept_value(arg))?;
    let [left, right] = args else { return Err(Failed) };
    let op = BinaryOp::Modulo;
    Ok(binary(&binder.as_number(left, op, right)?, op, &binder.as_number(right, op, left)?, span))
}

/// Whether the result may be NULL: where an operand is, and where something is divided by what may be zero.
fn gives_null(op: BinaryOp, left: &Typed, right: &Typed) -> bool {
    let divides = matches!(op, BinaryOp::Divide | BinaryOp::Modulo | BinaryOp::IntDivide);
    left.nullable || right.nullable || (divides && !is_nonzero_integer(right))
}

fn is_nonzero_integer(divisor: &Typed) -> bool {
    match &divisor.value {
        Value::Native(Expr::Literal(ScalarValue::Int64(Some(value)), _)) => *value != 0,
        Value::Native(Expr::Literal(ScalarValue::UInt64(Some(value)), _)) => *value != 0,
        _ => false,
    }
}

fn symbol(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Add => "+",
        BinaryOp::Subtract => "-",
        BinaryOp::Multiply => "*",
        BinaryOp::Divide => "/",
        BinaryOp::IntDivide => "DIV",
        _ => "%",
    }
}

fn wide(bits: u64, unsigned: bool) -> i128 {
    if unsigned { i128::from(bits) } else { i128::from(bits as i64) }
}

fn signed_result(value: i128, op: BinaryOp) -> Outcome<i64> {
    i64::try_from(value).map(Some).map_err(|_| RowError::overflow("BIGINT", symbol(op)))
}

fn unsigned_result(value: i128, op: BinaryOp) -> Outcome<u64> {
    u64::try_from(value).map(Some).map_err(|_| RowError::overflow("BIGINT UNSIGNED", symbol(op)))
}

fn integers(left: &Typed, op: BinaryOp, right: &Typed, span: Span) -> Typed {
    let (left_unsigned, right_unsigned) = (left.kind.is_unsigned(), right.kind.is_unsigned());
    let args = vec![left.as_int(), right.as_int()];
    if op == BinaryOp::Modulo {
        let digits = left.kind.precision().max(right.kind.precision());
        let kind = Kind::Integer { unsigned: left_unsigned, digits };
        let value = modulo(args, left_unsigned, right_unsigned);
        return Typed::combine(kind, gives_null(op, left, right), value, &[left, right], span);
    }
    let unsigned = left_unsigned || right_unsigned;
    let name = format!("{}_{}_{}", operation(op), sign(left_unsigned), sign(right_unsigned));
    let compute = move |left: u64, right: u64| {
        let (left, right) = (wide(left, left_unsigned), wide(right, right_unsigned));
        match op {
            BinaryOp::Add => left + right,
            BinaryOp::Subtract => left - right,
            _ => left.saturating_mul(right),
        }
    };
    let value = if unsigned {
        call_vector_checked(name, Form::UInt, args, move |args, rows| {
            zip_checked::<UInt64Type>(args, rows, |left, right| unsigned_result(compute(left, right), op))
        })
    } else {
        call_vector_checked(name, Form::Int, args, move |args, rows| {
            zip_checked::<Int64Type>(args, rows, |left, right| signed_result(compute(left, right), op))
        })
    };
    let (first, second) = (left.kind.precision(), right.kind.precision());
    let digits = if op == BinaryOp::Multiply { first + second } else { first.max(second) + 1 };
    let kind = Kind::Integer { unsigned, digits: digits.min(if unsigned { 20 } else { 19 }) };
    Typed::combine(kind, gives_null(op, left, right), value, &[left, right], span).may_fail()
}

/// The remainder has the dividend's sign; `x % 0` is NULL.
fn modulo(args: Vec<Expr>, left_unsigned: bool, right_unsigned: bool) -> Expr {
    let magnitude = |bits: u64, unsigned: bool| if unsigned { bits } else { (bits as i64).unsigned_abs() };
    let name = format!("modulo_{}_{}", sign(left_unsigned), sign(right_unsigned));
    if left_unsigned {
        return call_vector_eager(name, Form::UInt, args, move |args, rows| {
            zip_checked::<UInt64Type>(args, rows, |left, right| Ok(remainder_of(left, magnitude(right, right_unsigned))))
        });
    }
    call_vector_eager(name, Form::Int, args, move |args, rows| {
        zip_checked::<Int64Type>(args, rows, |left, right| {
            let remainder = remainder_of(magnitude(left, false), magnitude(right, right_unsigned));
            Ok(remainder.map(|remainder| if (left as i64) < 0 { (remainder as i64).wrapping_neg() } else { remainder as i64 }))
        })
    })
}

/// None where `divisor` is 0. Rules mostly divide by powers of two, and masking is far cheaper than dividing.
fn remainder_of(value: u64, divisor: u64) -> Option<u64> {
    if divisor.is_power_of_two() { Some(value & (divisor - 1)) } else { value.checked_rem(divisor) }
}

fn sign(unsigned: bool) -> &'static str {
    if unsigned { "unsigned" } else { "signed" }
}

fn operation(op: BinaryOp) -> &'static str {
    match op {
        BinaryOp::Add => "add",
        BinaryOp::Subtract => "subtract",
        BinaryOp::Multiply => "multiply",
        BinaryOp::Divide => "divide",
        BinaryOp::IntDivide => "int_divide",
        _ => "modulo",
    }
}

fn decimals(left: &Typed, op: BinaryOp, right: &Typed, span: Span) -> Typed {
    let kind = decimal_kind(&left.kind, op, &right.kind);
    let (scale, unsigned) = (kind.decimals(), kind.is_unsigned());
    if op == BinaryOp::Divide {
        return quotient(left, right, kind, span);
    }
    let name = format!("{}_decimal_{scale}_{}", operation(op), sign(unsigned));
    let value = call_checked(name, Form::Decimal, vec![left.as_decimal(), right.as_decimal()], move |args| {
        let (left, right) = (args[0].as_decimal(), args[1].as_decimal());
        let result = match op {
            BinaryOp::Add => Some(left.add(&right)),
            BinaryOp::Subtract => Some(left.subtract(&right)),
            BinaryOp::Multiply => Some(left.multiply(&right).map(|value| value.at_most(scale))),
            _ => left.modulo(&right).map(Ok),
        };
        match result {
            None => Ok(Cell::Null),
            Some(Ok(value)) if op == BinaryOp::Subtract && unsigned && value.is_negative() => {
                Err(RowError::overflow("DECIMAL UNSIGNED", symbol(op)))
            }
            Some(Ok(value)) => Ok(Cell::Decimal(value)),
            Some(Err(Overflow)) => Err(RowError::overflow("DECIMAL", symbol(op))),
        }
    });
    Typed::combine(kind, gives_null(op, left, right), value, &[left, right], span).may_fail()
}

/// `/`: rounded to the digits of its type, but the server rounds all its digits where it takes it for an integer.
fn quotient(left: &Typed, right: &Typed, kind: Kind, span: Span) -> Typed {
    let scale = kind.decimals();
    let divided = |name: String, rounded: bool| {
        call_checked(name, Form::Decimal, vec![left.as_decimal(), right.as_decimal()], move |args| {
            // Zero keeps no digits after its point.
            if args[0].as_decimal().is_zero() && !args[1].as_decimal().is_zero() {
                return Ok(Cell::Decimal(Dec::from_integer(0)));
            }
            match args[0].as_decimal().divide(&args[1].as_decimal(), DIVISION_INCREMENT) {
                None => Ok(Cell::Null),
                Some(Ok(value)) => Ok(Cell::Decimal(if rounded { value.at_most(scale) } else { value })),
                Some(Err(Overflow)) => Err(RowError::overflow("DECIMAL", "/")),
            }
        })
    };
    let exact = divided("divide_decimal".into(), false);
    let shell = Typed::combine(kind, gives_null(BinaryOp::Divide, left, right), exact.clone(), &[left, right], span);
    let rounded = divided(format!("divide_decimal_{scale}"), true);
    Typed { value: Value::Rounded { exact, rounded }, ..shell }
}

fn decimal_kind(left: &Kind, op: BinaryOp, right: &Kind) -> Kind {
    let (left_scale, right_scale) = (left.decimals().min(MAX_SCALE), right.decimals().min(MAX_SCALE));
    let (left_whole, right_whole) = (left.precision().saturating_sub(left_scale), right.precision().saturating_sub(right_scale));
    let (whole, scale) = match op {
        BinaryOp::Add | BinaryOp::Subtract => (left_whole.max(right_whole) + 1, left_scale.max(right_scale)),
        BinaryOp::Multiply => (left_whole + right_whole, left_scale + right_scale),
        BinaryOp::Divide => (left_whole + right_scale, left_scale + DIVISION_INCREMENT),
        _ => (left_whole.max(right_whole), left_scale.max(right_scale)),
    };
    let scale = scale.min(MAX_SCALE);
    let unsigned = if op == BinaryOp::Modulo { left.is_unsigned() } else { left.is_unsigned() && right.is_unsigned() };
    Kind::Decimal { precision: (whole + scale).clamp(1, MAX_PRECISION), scale, unsigned }
}

fn reals(left: &Typed, op: BinaryOp, right: &Typed, span: Span) -> Typed {
    let (first, second) = (left.kind.decimals(), right.kind.decimals());
    let decimals = match op {
        BinaryOp::Divide => first.max(second).saturating_add(DIVISION_INCREMENT),
        _ => first.max(second),
    };
    let kind = Kind::Double { decimals: decimals.min(ANY_DECIMALS) };
    let value = call_eager(format!("{}_real", operation(op)), Form::Real, vec![left.as_real(), right.as_real()], move |args| {
        let (left, right) = (args[0].as_real(), args[1].as_real());
        let value = match op {
            BinaryOp::Add => left + right,
            BinaryOp::Subtract => left - right,
            BinaryOp::Multiply => left * right,
            _ if right == 0.0 => return Ok(Cell::Null),
            BinaryOp::Divide => left / right,
            _ => left % right,
        };
        if value.is_finite() { Ok(Cell::Real(value)) } else { Err(RowError::overflow("DOUBLE", symbol(op))) }
    });
    let shell = Typed::combine(kind, gives_null(op, left, right), value.clone(), &[left, right], span).may_fail();
    if op == BinaryOp::Modulo && has_no_sign(left) { Typed { value: Value::UnsignedReal(value), ..shell } } else { shell }
}

fn has_no_sign(operand: &Typed) -> bool {
    operand.kind.is_unsigned() || matches!(operand.value, Value::UnsignedReal(_))
}

fn int_divide(left: &Typed, right: &Typed, class: ResultClass, span: Span) -> Typed {
    let (left_unsigned, right_unsigned) = (left.kind.is_unsigned(), right.kind.is_unsigned());
    let unsigned = has_no_sign(left) || has_no_sign(right);
    let kind = Kind::Integer { unsigned, digits: if unsigned { 20 } else { 19 } };
    let form = if unsigned { Form::UInt } else { Form::Int };
    let name = format!("int_divide_{}_{}_{unsigned}_{class:?}", sign(left_unsigned), sign(right_unsigned)).to_lowercase();
    let value = if class == ResultClass::Int {
        let args = vec![left.as_int(), right.as_int()];
        // A date is divided as a DECIMAL: a NULL dividend ends the matter.
        let is_int = |operand: &Typed| operand.class() == ResultClass::Int;
        let args = if is_int(left) && is_int(right) { args } else { guarded_by(args, 1) };
        let divide = move |left: u64, right: u64| wide(left, left_unsigned).checked_div(wide(right, right_unsigned));
        if unsigned {
            call_vector_checked(name, form, args, move |args, rows| {
                zip_checked::<UInt64Type>(args, rows, |left, right| {
                    divide(left, right).map_or(Ok(None), |value| unsigned_result(value, BinaryOp::IntDivide))
                })
            })
        } else {
            call_vector_checked(name, form, args, move |args, rows| {
                zip_checked::<Int64Type>(args, rows, |left, right| {
                    // MySQL refuses -2^63 as a quotient, too.
                    let quotient = divide(left, right).map(|value| if value == i64::MIN.into() { value - 1 } else { value });
                    quotient.map_or(Ok(None), |value| signed_result(value, BinaryOp::IntDivide))
                })
            })
        }
    } else {
        call_checked(name, form, vec![left.as_decimal(), right.as_decimal()], move |args| {
            int_divide_decimals(&args[0].as_decimal(), &args[1].as_decimal(), unsigned)
        })
    };
    Typed::combine(kind, gives_null(BinaryOp::IntDivide, left, right), value, &[left, right], span).may_fail()
}

fn int_divide_decimals<'a>(left: &Dec, right: &Dec, unsigned: bool) -> Result<Cell<'a>, RowError> {
    let of = if unsigned { "BIGINT UNSIGNED" } else { "BIGINT" };
    let Some(quotient) = left.divide(right, 0) else { return Ok(Cell::Null) };
    let quotient = quotient.map_err(|Overflow| RowError::overflow(of, "DIV"))?.truncated(0);
    let value: i128 = quotient.mantissa().try_into().unwrap_or(i128::MAX);
    if unsigned {
        unsigned_result(value, BinaryOp::IntDivide).map(|value| value.map_or(Cell::Null, Cell::UInt))
    } else {
        signed_result(value, BinaryOp::IntDivide).map(|value| value.map_or(Cell::Null, Cell::Int))
    }
}

/// Unary minus.
pub(super) fn negate(operand: &Typed, span: Span) -> Typed {
    match operand.kind.class() {
        ResultClass::Int if is_beyond_bigint(operand) => {
            let value = call_strict("negate_decimal", Form::Decimal, vec![operand.as_decimal()], |args| {
                Ok(Cell::Decimal(args[0].as_decimal().negated()))
            });
            let kind = Kind::Decimal { precision: operand.kind.precision(), scale: 0, unsigned: false };
            Typed::combine(kind, operand.nullable, value, &[operand], span)
        }
        ResultClass::Int => {
            let unsigned = operand.kind.is_unsigned();
            let value = call_checked(format!("negate_{}", sign(unsigned)), Form::Int, vec![operand.as_int()], |args| {
                i64::try_from(-args[0].as_int()).map(Cell::Int).map_err(|_| RowError::overflow("BIGINT", "-"))
            });
            let kind = Kind::Integer { unsigned: false, digits: operand.kind.precision().min(19) };
            Typed::combine(kind, operand.nullable, value, &[operand], span).may_fail()
        }
        ResultClass::Decimal => {
            let value = call_strict("negate_decimal", Form::Decimal, vec![operand.as_decimal()], |args| {
                Ok(Cell::Decimal(args[0].as_decimal().negated()))
            });
            let scale = operand.kind.decimals();
            let kind = Kind::Decimal { precision: operand.kind.precision(), scale, unsigned: false };
            Typed::combine(kind, operand.nullable, value, &[operand], span)
        }
        ResultClass::Real | ResultClass::String => {
            let value = call_strict("negate_real", Form::Real, vec![operand.as_real()], |args| Ok(Cell::Real(-args[0].as_real())));
            Typed::combine(Kind::Double { decimals: operand.kind.decimals() }, operand.nullable, value, &[operand], span)
        }
    }
}

/// A constant without an opposite in BIGINT (or below zero) becomes a DECIMAL; only the literal 2^63 does not.
fn is_beyond_bigint(operand: &Typed) -> bool {
    if !operand.constant {
        return false;
    }
    match operand.as_int() {
        Expr::Literal(ScalarValue::UInt64(Some(value)), _) => value > 1 << 63 || (value == 1 << 63 && operand.computed),
        Expr::Literal(ScalarValue::Int64(Some(value)), _) => value < 0,
        _ => false,
    }
}
