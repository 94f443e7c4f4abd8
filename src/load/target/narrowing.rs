//! Target columns that hold less than a mapping gives them, where the server says nothing: it rounds, cuts or pads in silence.
//!
//! What a server refuses or warns of is not here: strict sessions and the check of warnings see to it.

use crate::{
    mapping::TargetColumn,
    schema::{ColumnType, IntegerWidth},
};

/// What the server would do to values of the mapping's column on their way into a column of type `to`.
///
/// An expression's type is often wider than its values (`unhex()` is VARBINARY, `x / 2` DECIMAL), so that only what no value of it
/// would survive by chance is told of expressions: lost fractions.
pub(super) fn narrowing(column: &TargetColumn, to: &ColumnType) -> Option<&'static str> {
    let from = &column.ty;
    if let (Some(given), Some(kept)) = (second_digits(from), second_digits(to))
        && given > kept
    {
        return Some("cuts fractions of seconds");
    }
    if matches!(to, ColumnType::Integer { .. }) && has_fractions(from) {
        return Some("rounds fractions");
    }
    column.source?;
    match to {
        ColumnType::Float if !fits_mantissa(from, f32::MANTISSA_DIGITS) && *from != ColumnType::Float => Some("rounds to a FLOAT"),
        ColumnType::Double if !fits_mantissa(from, f64::MANTISSA_DIGITS) && !matches!(from, ColumnType::Float | ColumnType::Double) => {
            Some("rounds to a DOUBLE")
        }
        ColumnType::Char { .. } if matches!(from, ColumnType::Varchar { .. } | ColumnType::Text { .. }) => Some("drops trailing spaces"),
        ColumnType::Binary { length } => match from {
            ColumnType::Binary { length: given } if given == length => None,
            ColumnType::Binary { .. } | ColumnType::Varbinary { .. } | ColumnType::Blob { .. } => Some("pads values with zero bytes"),
            _ => None,
        },
        _ => None,
    }
}

/// Digits of a fraction of a second.
fn second_digits(ty: &ColumnType) -> Option<u8> {
    match ty {
        ColumnType::Time { fsp } | ColumnType::DateTime { fsp } | ColumnType::Timestamp { fsp } => Some(*fsp),
        _ => None,
    }
}

fn has_fractions(ty: &ColumnType) -> bool {
    matches!(ty, ColumnType::Float | ColumnType::Double | ColumnType::Decimal { scale: 1.., .. })
}

/// Whether each number of this type has its own floating-point number; what is no number is not asked.
fn fits_mantissa(ty: &ColumnType, bits: u32) -> bool {
    match ty {
        ColumnType::Integer { width, .. } => {
            bits >= match width {
                IntegerWidth::Tiny => 8,
                IntegerWidth::Small => 16,
                IntegerWidth::Medium => 24,
                IntegerWidth::Int => 32,
                IntegerWidth::Big => 64,
            }
        }
        ColumnType::Float | ColumnType::Double | ColumnType::Decimal { .. } => false,
        _ => true,
    }
}
