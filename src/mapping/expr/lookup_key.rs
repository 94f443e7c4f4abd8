//! Equality as a key: what two operands of `=` become so that their bytes are the same exactly where MySQL takes them for equal.

use datafusion::logical_expr::Expr;
use dsl::{BinaryOp, Code, Diagnostic, Span};

use super::{
    bind::{Binder, Failed},
    cell::Cell,
    collation::Collator,
    compare::{Asker, Domain, domain, exact_domain, temporal_operands},
    scope::Scope,
    sql_type::ANY_DECIMALS,
    typed::Typed,
};
use crate::change::ColumnSet;

/// One equality of a lookup's `ON`.
pub(in crate::mapping) struct LookupKey {
    /// The form of both sides.
    pub(super) form: KeyForm,
    /// The lookup's side, over the columns of the lookup.
    pub(in crate::mapping) lookup: Expr,
    /// The row's side.
    pub(super) row: Expr,
    /// The source columns that the row's side reads.
    pub(super) reads: ColumnSet,
    /// The lookup's column and the form; two keys of one lookup with one name are one key.
    pub(in crate::mapping) name: String,
}

/// How the bytes of a key are made.
#[derive(Clone, Copy)]
pub(super) enum KeyForm {
    /// Integers of either sign, and packed times.
    Integer,
    Decimal,
    Real,
    Text(Collator),
}

/// Binds `column = expr`, the column in the scope of a lookup, the expression in that of a row.
pub(in crate::mapping) fn lookup_key(
    (column, lookup): (&dsl::Expr, &Scope),
    (expr, row): (&dsl::Expr, &Scope),
    span: Span,
) -> Result<LookupKey, Vec<Diagnostic>> {
    let (mut of_lookup, mut of_row) = (Binder::new(lookup), Binder::new(row));
    let sides = (of_lookup.bind(column), of_row.bind(expr));
    let key = match sides {
        (Ok(column), Ok(expr)) => meet(&mut of_row, &column, &expr, span),
        _ => Err(Failed),
    };
    let mut diagnostics = of_lookup.diagnostics;
    diagnostics.append(&mut of_row.diagnostics);
    key.map_err(|Failed| diagnostics)
}

fn meet(binder: &mut Binder<'_>, column: &Typed, expr: &Typed, span: Span) -> Result<LookupKey, Failed> {
    for (side, other) in [(column, expr), (expr, column)] {
        binder.accept_value(side)?;
        binder.accept_beside(side, other)?;
    }
    let temporal = temporal_operands(binder, Asker::Operator, column, BinaryOp::Eq, expr, span)?;
    let (form, lookup, row) = match temporal {
        Some([lookup, row]) => (KeyForm::Integer, lookup, row),
        None => match exact_domain(column, expr).unwrap_or_else(|| domain(column.class(), expr.class())) {
            Domain::Int => (KeyForm::Integer, column.as_int(), expr.as_int()),
            Domain::Decimal => (KeyForm::Decimal, column.as_decimal(), expr.as_decimal()),
            Domain::Real => {
                accept_reals(binder, column, expr)?;
                (KeyForm::Real, column.as_real(), expr.as_real())
            }
            Domain::Text => {
                let (lookup, row, collator) = binder.comparable(column, expr, span)?;
                (KeyForm::Text(collator), lookup, row)
            }
        },
    };
    Ok(LookupKey { name: format!("{lookup} as {}", form.word()), form, lookup, row, reads: expr.columns.clone() })
}

/// Refuses a text beside a number, which MySQL compares as it finds best, and numbers that are equal within a tolerance.
fn accept_reals(binder: &mut Binder<'_>, column: &Typed, expr: &Typed) -> Result<(), Failed> {
    let is_text = |side: &Typed| side.class() == super::sql_type::ResultClass::String;
    if is_text(column) != is_text(expr) {
        let message = format!("a key of type {} is looked up by {}", column.kind.describe(), expr.kind.describe());
        let hint = "Write a `CAST` around the expression, or declare the lookup's column as what the row has.";
        return Err(binder.error_with(Code::LOOKUP_CONDITION, message, expr.span, hint));
    }
    if column.kind.decimals().max(expr.kind.decimals()) < ANY_DECIMALS {
        let message = "floating point numbers of a fixed number of digits are equal within a tolerance, which no key has".to_owned();
        return Err(binder.error_with(Code::LOOKUP_CONDITION, message, expr.span, "Write `CAST(… AS DECIMAL(…))`."));
    }
    Ok(())
}

impl KeyForm {
    fn word(&self) -> &'static str {
        match self {
            Self::Integer => "integer",
            Self::Decimal => "decimal",
            Self::Real => "real",
            Self::Text(collator) => collator.name(),
        }
    }

    /// Appends the bytes of a value, self-delimiting; false for NULL, which is equal to nothing.
    pub(super) fn write(&self, cell: &Cell<'_>, out: &mut Vec<u8>) -> bool {
        if cell.is_null() {
            return false;
        }
        match self {
            Self::Integer => out.extend_from_slice(&cell.as_int().to_le_bytes()),
            Self::Real => out.extend_from_slice(&(cell.as_real() + 0.0).to_bits().to_le_bytes()),
            Self::Decimal => delimited(out, |out| out.extend_from_slice(shortest(&cell.as_decimal().to_text()).as_bytes())),
            Self::Text(collator) => delimited(out, |out| write_text(collator, cell.as_bytes(), out)),
        }
        true
    }
}

/// Puts the length of what is written in front of it.
fn delimited(out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
    let start = out.len();
    out.extend_from_slice(&[0; 4]);
    write(out);
    let length = (out.len() - start - 4) as u32;
    out[start..start + 4].copy_from_slice(&length.to_le_bytes());
}

/// A decimal number without zeros that say nothing.
fn shortest(text: &str) -> &str {
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { text };
    if text == "-0" { "0" } else { text }
}

fn write_text(collator: &Collator, text: &[u8], out: &mut Vec<u8>) {
    if collator.charset().max_bytes_per_char() == 1 {
        return collator.write_byte_key(text, out);
    }
    match collator.charset().decode(text) {
        Ok(text) => collator.write_unicode_key(&text, out),
        // No text of the charset: equal to its own bytes only.
        Err(_) => out.extend_from_slice(text),
    }
}
