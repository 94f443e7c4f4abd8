//! GREATEST, LEAST, INTERVAL.

use std::cmp::Ordering;

use datafusion::logical_expr::{Expr, is_null};
use dsl::{Code, Span};

use super::bind::{Binder, Failed};
use super::cell::{Cell, Form};
use super::function::{call_rows, call_strict, constant};
use super::sql_type::{ANY_DECIMALS, Kind, ResultClass};
use super::typed::{Typed, choose};

/// `GREATEST(a, b, …)`: NULL where one is NULL.
pub(super) fn greatest(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    extreme(binder, args, Ordering::Greater, span)
}

/// `LEAST(a, b, …)`.
pub(super) fn least(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    extreme(binder, args, Ordering::Less, span)
}

/// The argument that no other surpasses. Of values that count as equal, the greatest is the last one and the least the first.
fn extreme(binder: &mut Binder<'_>, args: &[Typed], wanted: Ordering, span: Span) -> Result<Typed, Failed> {
    for arg in args {
        accept(binder, arg, args, span)?;
    }
    let parts: Vec<&Typed> = args.iter().collect();
    let kind = match binder.common_kind(&parts, span)? {
        // A FLOAT is computed as DOUBLE, and a year is a number.
        Kind::Float => Kind::Double { decimals: ANY_DECIMALS },
        Kind::Year => Kind::Integer { unsigned: true, digits: 4 },
        kind => kind,
    };
    let nullable = args.iter().any(|arg| arg.nullable);
    let word = if wanted == Ordering::Greater { "greatest" } else { "least" };
    let (value, kind) = match &kind {
        Kind::Text { .. } | Kind::Enum { .. } | Kind::Set { .. } | Kind::HexLiteral { .. } => {
            let text = binder.common_text(&parts, span)?;
            let collator = binder.compared_in(&text, span)?;
            let values = args.iter().map(|arg| binder.text_in(arg, &text)).collect();
            let name = format!("{word}_text_{}", collator.name());
            let value = pick(name, Form::Bytes, values, wanted, move |left, right| collator.compare(left.as_bytes(), right.as_bytes()));
            let length = args.iter().map(|arg| arg.kind.text_length()).max().unwrap_or(0);
            (value, Kind::Text { length, text: text.of_function() })
        }
        _ => {
            let values: Vec<Expr> = args.iter().map(|arg| super::convert::widened(arg.as_kind(&kind), kind.form())).collect();
            let name = format!("{word}_{:?}", kind.form()).to_lowercase();
            let value = match kind.form() {
                Form::Real | Form::Float => pick(name, kind.form(), values, wanted, |left, right| {
                    left.as_real().partial_cmp(&right.as_real()).unwrap_or(Ordering::Equal)
                }),
                Form::Decimal => pick(name, kind.form(), values, wanted, |left, right| left.as_decimal().cmp(&right.as_decimal())),
                Form::Bool | Form::Int | Form::UInt | Form::Time | Form::Bytes => {
                    pick(name, kind.form(), values, wanted, |left, right| left.as_int().cmp(&right.as_int()))
                }
            };
            (value, kind)
        }
    };
    Ok(Typed::combine(kind, nullable, value, &parts, span))
}

/// Refuses a date or a time beside anything else: the server compares texts as dates then, whatever they hold.
fn accept(binder: &mut Binder<'_>, arg: &Typed, all: &[Typed], span: Span) -> Result<(), Failed> {
    binder.accept_value(arg)?;
    if matches!(arg.kind, Kind::Bit { .. }) {
        let message = "a BIT is one of several values".to_owned();
        return Err(binder.error_with(Code::TYPE_MISMATCH, message, arg.span, "Write `column + 0` for its number."));
    }
    let is_alike = |other: &Typed| {
        let are_times = matches!((&arg.kind, &other.kind), (Kind::Time { .. }, Kind::Time { .. }));
        other.kind == Kind::Null || are_times || (arg.has_date() && other.has_date())
    };
    if arg.kind.is_temporal() && !all.iter().all(is_alike) {
        let message = format!("a {} and values of another type have no greatest or least", arg.kind.describe());
        return Err(binder.error_with(Code::TYPE_MISMATCH, message, span, "Write `CAST(… AS DATETIME)` or `CAST(… AS CHAR)` around each."));
    }
    Ok(())
}

fn pick(
    name: String,
    form: Form,
    values: Vec<Expr>,
    wanted: Ordering,
    compare: impl Fn(&Cell<'_>, &Cell<'_>) -> Ordering + Send + Sync + 'static,
) -> Expr {
    call_strict(name, form, values, move |args| {
        let mut best = &args[0];
        for arg in &args[1..] {
            let ordering = compare(arg, best);
            if ordering == wanted || (ordering.is_eq() && wanted == Ordering::Greater) {
                best = arg;
            }
        }
        Ok(best.clone())
    })
}

/// `INTERVAL(n, a, b, …)`: how many of the bounds, in their order, `n` has reached; -1 where it is NULL.
pub(super) fn interval(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    for arg in args {
        binder.accept_value(arg)?;
    }
    let (n, bounds) = (&args[0], &args[1..]);
    let is_exact = |typed: &Typed| matches!(typed.class(), ResultClass::Int | ResultClass::Decimal);
    let is_above = |bound: &Typed| {
        if is_exact(n) && is_exact(bound) {
            call_strict("bound_above_decimal", Form::Bool, vec![n.as_decimal(), bound.as_decimal()], |args| {
                Ok(Cell::Bool(args[1].as_decimal() > args[0].as_decimal()))
            })
        } else {
            call_strict("bound_above_real", Form::Bool, vec![real_of(n), bound.as_real()], |args| {
                Ok(Cell::Bool(args[1].as_real() > args[0].as_real()))
            })
        }
    };
    let number = |number: usize| constant(Form::Int, &Cell::Int(number as i64 - 1));
    let tests: Vec<Expr> = bounds.iter().map(is_above).collect();
    let value = if searches_in_halves(bounds) {
        halved(tests)
    } else {
        let branches = tests.into_iter().zip(1..).map(|(test, index)| (Box::new(test), Box::new(number(index))));
        choose(branches.collect(), number(args.len()))
    };
    let value = match n.as_native() {
        Expr::Literal(n, _) if n.is_null() => number(0),
        Expr::Literal(..) => value,
        n => choose(vec![(Box::new(is_null(n)), Box::new(number(0)))], value),
    };
    let kind = Kind::Integer { unsigned: false, digits: 2 };
    Ok(Typed::combine(kind, false, value, &args.iter().collect::<Vec<_>>(), span))
}

/// The server reads an exact number as DECIMAL first.
fn real_of(n: &Typed) -> Expr {
    if n.class() == ResultClass::Real || n.class() == ResultClass::String {
        return n.as_real();
    }
    call_strict("decimal_to_real", Form::Real, vec![n.as_decimal()], |args| Ok(Cell::Real(args[0].as_decimal().to_real())))
}

/// From eight constant bounds on, the server takes them for sorted.
fn searches_in_halves(bounds: &[Typed]) -> bool {
    bounds.len() >= 8 && bounds.iter().all(|bound| bound.constant && !bound.is_null_constant())
}

/// The search through bounds that are said to be sorted, `tests[i]` telling whether bound `i` is above.
fn halved(tests: Vec<Expr>) -> Expr {
    call_rows("interval_in_halves", Form::Int, tests, |tests| {
        let is_above = |index: usize| tests[index] == Cell::Bool(true);
        let (mut start, mut end) = (0, tests.len() - 1);
        while start != end {
            let middle = (start + end).div_ceil(2);
            if is_above(middle) { end = middle - 1 } else { start = middle }
        }
        Ok(Cell::Int(if is_above(start) { 0 } else { start as i64 + 1 }))
    })
}
