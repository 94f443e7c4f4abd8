//! The order of JSON values: by their types first, numbers by their exact values, containers part by part.

use std::cmp::Ordering;

use super::scalar::{code, decimal_of};
use crate::columnar::json::{JsonError, Value};
use crate::mapping::expr::decimal::Dec;

/// No DECIMAL has as many digits before its point.
const BEYOND_DECIMALS: f64 = 1e81;

/// Types in the order that values of different ones have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    Null,
    Number,
    Text,
    Object,
    Array,
    Bool,
    Date,
    Time,
    DateTime,
    Opaque,
}

/// The rank of a value's type.
pub(super) fn rank(value: Value<'_>) -> Rank {
    match value {
        Value::Null => Rank::Null,
        Value::Int(_) | Value::UInt(_) | Value::Double(_) | Value::Opaque(code::DECIMAL, _) => Rank::Number,
        Value::Text(_) => Rank::Text,
        Value::Object(_) => Rank::Object,
        Value::Array(_) => Rank::Array,
        Value::Bool(_) => Rank::Bool,
        Value::Opaque(code::DATE, _) => Rank::Date,
        Value::Opaque(code::TIME, _) => Rank::Time,
        Value::Opaque(code::DATETIME | code::TIMESTAMP, _) => Rank::DateTime,
        Value::Opaque(..) => Rank::Opaque,
    }
}

/// Compares two values.
pub(super) fn compare(left: Value<'_>, right: Value<'_>) -> Result<Ordering, JsonError> {
    let by_rank = rank(left).cmp(&rank(right));
    if by_rank.is_ne() {
        return Ok(by_rank);
    }
    Ok(match (left, right) {
        (Value::Text(left), Value::Text(right)) => left.as_bytes().cmp(right.as_bytes()),
        (Value::Bool(left), Value::Bool(right)) => left.cmp(&right),
        (Value::Array(left), Value::Array(right)) => {
            for index in 0..left.len().min(right.len()) {
                let ordering = compare(left.value(index)?, right.value(index)?)?;
                if ordering.is_ne() {
                    return Ok(ordering);
                }
            }
            left.len().cmp(&right.len())
        }
        (Value::Object(left), Value::Object(right)) => {
            if left.len() != right.len() {
                return Ok(left.len().cmp(&right.len()));
            }
            for index in 0..left.len() {
                let keys = left.key(index)?.as_bytes().cmp(right.key(index)?.as_bytes());
                let ordering = if keys.is_eq() { compare(left.value(index)?, right.value(index)?)? } else { keys };
                if ordering.is_ne() {
                    return Ok(ordering);
                }
            }
            Ordering::Equal
        }
        (Value::Opaque(left_code, left_bytes), Value::Opaque(right_code, right_bytes)) => match rank(left) {
            Rank::Number => numbers(left, right)?,
            Rank::Date | Rank::Time | Rank::DateTime => packed(left_bytes)?.cmp(&packed(right_bytes)?),
            _ => left_code.cmp(&right_code).then_with(|| left_bytes.cmp(right_bytes)),
        },
        _ if rank(left) == Rank::Number => numbers(left, right)?,
        _ => Ordering::Equal,
    })
}

/// The packed form of a date or a time.
pub(super) fn packed(bytes: &[u8]) -> Result<i64, JsonError> {
    bytes.try_into().map(i64::from_le_bytes).map_err(|_| JsonError::Malformed)
}

fn numbers(left: Value<'_>, right: Value<'_>) -> Result<Ordering, JsonError> {
    Ok(match (left, right) {
        (Value::Double(left), Value::Double(right)) => left.partial_cmp(&right).unwrap_or(Ordering::Equal),
        (Value::Double(left), other) => double_with_exact(left, &exact(other)?),
        (other, Value::Double(right)) => double_with_exact(right, &exact(other)?).reverse(),
        (Value::Int(left), Value::Int(right)) => left.cmp(&right),
        (left, right) => exact(left)?.cmp(&exact(right)?),
    })
}

fn exact(value: Value<'_>) -> Result<Dec, JsonError> {
    Ok(match value {
        Value::Int(value) => Dec::from_integer(value.into()),
        Value::UInt(value) => Dec::from_integer(value.into()),
        Value::Opaque(_, bytes) => decimal_of(bytes)?,
        _ => Dec::from_integer(0),
    })
}

/// A DOUBLE meets an exact number as a DECIMAL; what no DECIMAL holds is beyond all of them, or nearer to zero.
fn double_with_exact(double: f64, exact: &Dec) -> Ordering {
    let sign = |is_zero: bool, is_negative: bool| {
        if is_zero {
            0
        } else if is_negative {
            -1
        } else {
            1
        }
    };
    let (left, right) = (sign(double == 0.0, double < 0.0), sign(exact.is_zero(), exact.is_negative()));
    if left != right || left == 0 {
        return left.cmp(&right);
    }
    if double.abs() >= BEYOND_DECIMALS {
        return left.cmp(&0);
    }
    Dec::from_real(double).cmp(exact)
}
