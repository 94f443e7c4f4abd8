//! A found cell as a constant of the language, which its column stores as the same value.

use dsl::{Expr, ExprKind, Literal, Span, UnaryOp};

use super::found::{CellValue, FoundCell};
use crate::schema::ColumnType;

/// None where an image lacks the cell.
pub(super) fn literal(cell: &FoundCell) -> Option<Expr> {
    Some(match &cell.value {
        CellValue::Absent => return None,
        CellValue::Null => expression(ExprKind::Literal(Literal::Null)),
        CellValue::Bytes(hex) => {
            let digits = hex.trim_start_matches("0x").as_bytes();
            let digit = |byte: u8| char::from(byte).to_digit(16).unwrap_or(0) as u8;
            let value = digits.chunks(2).map(|pair| pair.iter().fold(0, |value, byte| value << 4 | digit(*byte))).collect();
            expression(ExprKind::Literal(Literal::Bytes { value, introducer: None }))
        }
        CellValue::Text(text) => match cell.ty {
            ColumnType::Integer { .. } | ColumnType::Decimal { .. } | ColumnType::Float | ColumnType::Double | ColumnType::Year => {
                number(text)
            }
            // The error value has no label.
            ColumnType::Enum { .. } if text.is_empty() => number("0"),
            _ => expression(ExprKind::Literal(Literal::Text { value: text.clone(), introducer: None })),
        },
    })
}

fn number(text: &str) -> Expr {
    if let Some(digits) = text.strip_prefix('-') {
        return expression(ExprKind::Unary(UnaryOp::Negate, Box::new(number(digits))));
    }
    let digits = text.to_owned();
    expression(ExprKind::Literal(if text.contains(['e', 'E']) {
        Literal::Float(digits)
    } else if text.contains('.') {
        Literal::Decimal(digits)
    } else {
        Literal::Integer(digits)
    }))
}

fn expression(kind: ExprKind) -> Expr {
    Expr { kind, span: Span::default() }
}
