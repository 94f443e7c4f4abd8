//! CASE, IF, IFNULL, COALESCE, NULLIF: lazy, and of the type that their branches agree on.

use datafusion::logical_expr::{BinaryExpr, Expr, Operator, or};
use dsl::{BinaryOp, Code, Span};

use super::bind::{Binder, Failed};
use super::cell::{Cell, Form};
use super::compare::{Asker, compare_for};
use super::decimal::MAX_PRECISION;
use super::function::{constant, is_fallible};
use super::sql_type::{ANY_DECIMALS, Kind, ResultClass, TextKind};
use super::typed::{Typed, Value, choose, first};
use crate::change::ColumnSet;

impl Binder<'_> {
    /// `CASE [operand] WHEN … THEN … [ELSE …] END`.
    pub(super) fn case(
        &mut self,
        operand: Option<&dsl::Expr>,
        branches: &[(dsl::Expr, dsl::Expr)],
        otherwise: Option<&dsl::Expr>,
        span: Span,
    ) -> Result<Typed, Failed> {
        let operand = operand.map(|operand| self.bind(operand)).transpose();
        let conditions = self.bind_all(branches.iter().map(|(condition, _)| condition));
        let results = self.bind_all(branches.iter().map(|(_, result)| result));
        let otherwise = otherwise.map(|otherwise| self.bind(otherwise)).transpose();
        let (operand, conditions, results, otherwise) = (operand?, conditions?, results?, otherwise?);
        let tests = match &operand {
            Some(operand) => self.branch_tests(operand, &conditions, span)?,
            None => {
                for condition in &conditions {
                    self.accept_value(condition)?;
                }
                conditions
            }
        };
        self.choose(tests, results, otherwise, span)
    }

    /// The first result whose test holds.
    fn choose(&mut self, tests: Vec<Typed>, mut results: Vec<Typed>, otherwise: Option<Typed>, span: Span) -> Result<Typed, Failed> {
        let has_otherwise = otherwise.is_some();
        results.extend(otherwise);
        let kind = self.common_kind(&results.iter().collect::<Vec<_>>(), span)?;
        self.accept_branches(&kind, &results, span)?;
        if let Kind::Text { text, .. } = &kind {
            for branch in &results {
                let _ = self.text_in(branch, text);
            }
        }
        let parts: Vec<&Typed> = tests.iter().chain(&results).collect();
        let nullable = !has_otherwise || results.iter().any(|result| result.nullable);
        let shell = Typed::combine(kind, nullable, constant(Form::Bytes, &Cell::Null), &parts, span);
        let otherwise = if has_otherwise { results.pop().map(Box::new) } else { None };
        let branches = tests.iter().map(Typed::as_bool).zip(results).collect();
        Ok(Typed { value: Value::Choose { branches, otherwise }, ..shell })
    }

    /// Refuses a TIME where the branches are dates, and a BIT.
    fn accept_branches(&mut self, kind: &Kind, branches: &[Typed], span: Span) -> Result<(), Failed> {
        if let Some(branch) = branches.iter().find(|branch| matches!(branch.kind, Kind::Bit { .. })) {
            let message = "a BIT is one of several results".to_owned();
            return Err(self.error_with(Code::TYPE_MISMATCH, message, branch.span, "Write `column + 0` for its number."));
        }
        if let Some(branch) = branches.iter().find(|branch| kind.is_temporal() && !super::temporal::converts(&branch.kind, kind)) {
            let message = format!("a {} becomes a {} by the current date", branch.kind.describe(), kind.describe());
            return Err(self.error(Code::TYPE_MISMATCH, message, span));
        }
        Ok(())
    }

    /// Branches as COALESCE needs them: texts in one charset.
    fn in_kind(&mut self, kind: &Kind, branches: Vec<Typed>, span: Span) -> Result<Vec<Typed>, Failed> {
        self.accept_branches(kind, &branches, span)?;
        let Kind::Text { text, .. } = kind else { return Ok(branches) };
        Ok(branches
            .into_iter()
            .map(|branch| {
                let value = self.text_in(&branch, text);
                Typed::combine(kind.clone(), branch.nullable, value, &[&branch], branch.span)
            })
            .collect())
    }

    /// The type that branches agree on.
    pub(super) fn common_kind(&mut self, branches: &[&Typed], span: Span) -> Result<Kind, Failed> {
        let known: Vec<&Typed> = branches.iter().copied().filter(|branch| branch.kind != Kind::Null).collect();
        let Some(first) = known.first() else { return Ok(Kind::Null) };
        let mut kind = Some(first.kind.clone());
        let mut wide = is_wide(first);
        for next in &known[1..] {
            wide |= is_wide(next);
            kind = kind.and_then(|kind| merge(&kind, &next.kind, wide));
        }
        if known.len() == 1 && matches!(kind, Some(Kind::HexLiteral { .. })) {
            kind = None;
        }
        if let Some(kind) = kind.filter(|kind| !matches!(kind, Kind::Text { .. })) {
            return Ok(kind);
        }
        for branch in &known {
            self.accept_value(branch)?;
        }
        let text = self.common_text(branches, span)?;
        let length = known.iter().map(|branch| branch.kind.text_length()).max().unwrap_or(0);
        Ok(Kind::Text { length, text })
    }
}

/// Whether it is a BIGINT UNSIGNED: every computed number without sign is, but for years.
fn is_wide(branch: &Typed) -> bool {
    matches!(branch.kind, Kind::Integer { unsigned: true, digits } if digits > 10 || (branch.computed && !matches!(branch.value, Value::YearOf(_))))
}

/// The type of a value that is one of two; none where only text holds both. `wide` where one is a BIGINT UNSIGNED.
fn merge(left: &Kind, right: &Kind, wide: bool) -> Option<Kind> {
    if left == right && !matches!(left, Kind::Enum { .. } | Kind::Set { .. } | Kind::HexLiteral { .. } | Kind::Text { .. }) {
        return Some(left.clone());
    }
    match (left, right) {
        (Kind::DateTime { fsp }, Kind::DateTime { fsp: other }) => Some(Kind::DateTime { fsp: *fsp.max(other) }),
        (Kind::Time { fsp }, Kind::Time { fsp: other }) => Some(Kind::Time { fsp: *fsp.max(other) }),
        (Kind::Date, Kind::DateTime { fsp }) | (Kind::DateTime { fsp }, Kind::Date) => Some(Kind::DateTime { fsp: *fsp }),
        (Kind::Date | Kind::Time { .. } | Kind::DateTime { .. }, Kind::Date | Kind::Time { .. } | Kind::DateTime { .. }) => {
            Some(Kind::DateTime { fsp: left.decimals().max(right.decimals()) })
        }
        (Kind::Bit { width }, Kind::Bit { width: other }) => Some(Kind::Bit { width: *width.max(other) }),
        (Kind::Float, Kind::Float) => Some(Kind::Float),
        _ => merge_numbers(left, right, wide),
    }
}

fn merge_numbers(left: &Kind, right: &Kind, wide: bool) -> Option<Kind> {
    let (precision, decimals) = (left.precision().max(right.precision()), left.decimals().max(right.decimals()));
    match (left.class(), right.class()) {
        (ResultClass::String, _) | (_, ResultClass::String) => None,
        (ResultClass::Real, _) | (_, ResultClass::Real) => Some(Kind::Double { decimals: decimals.min(ANY_DECIMALS) }),
        (ResultClass::Int, ResultClass::Int) if left.is_unsigned() == right.is_unsigned() => {
            Some(Kind::Integer { unsigned: left.is_unsigned(), digits: precision })
        }
        (ResultClass::Int, ResultClass::Int) => {
            if wide {
                Some(Kind::Decimal { precision: precision.max(20), scale: 0, unsigned: false })
            } else {
                Some(Kind::Integer { unsigned: false, digits: precision + 1 })
            }
        }
        (ResultClass::Int | ResultClass::Decimal, ResultClass::Int | ResultClass::Decimal) => {
            let whole = |kind: &Kind| kind.precision().saturating_sub(kind.decimals());
            let precision = (whole(left).max(whole(right)) + decimals).clamp(1, MAX_PRECISION);
            Some(Kind::Decimal { precision, scale: decimals, unsigned: false })
        }
    }
}

/// `IF(condition, a, b)`.
pub(super) fn if_function(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    binder.accept_value(&args[0])?;
    // For IF, as for WHERE and not for CASE, NULL counts as false.
    let test = Typed { kind: Kind::Boolean, value: Value::Native(certain(args[0].as_filter(Typed::as_bool))), ..args[0].clone() };
    binder.choose(vec![test], vec![args[1].clone()], Some(args[2].clone()), span)
}

/// A condition of which only its truth counts: within IF, AND evaluates nothing behind a NULL, under OR too.
fn certain(condition: Expr) -> Expr {
    match condition {
        Expr::BinaryExpr(BinaryExpr { left, op: Operator::And, right }) if is_fallible(&right) => {
            let right = certain(*right);
            choose(vec![(Box::new(certain(*left)), Box::new(right))], constant(Form::Bool, &Cell::Bool(false)))
        }
        Expr::BinaryExpr(BinaryExpr { left, op: Operator::Or, right }) if is_fallible(&left) || is_fallible(&right) => {
            or(certain(*left), certain(*right))
        }
        condition => condition,
    }
}

/// `COALESCE(a, b, …)` and `IFNULL(a, b)`: the first that is not NULL, in the common type.
pub(super) fn coalesce(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let parts: Vec<&Typed> = args.iter().collect();
    let kind = binder.common_kind(&parts, span)?;
    // A FLOAT is computed as DOUBLE here, and prints as one.
    let kind = match kind {
        // A label is a text here, whatever it is asked for.
        Kind::Enum { collation, .. } | Kind::Set { collation, .. } => {
            Kind::Text { length: kind.text_length(), text: TextKind::implicit(collation, false) }
        }
        kind => kind,
    };
    let args = binder.in_kind(&kind, args.to_vec(), span)?;
    let kind = match kind {
        Kind::Float => Kind::Double { decimals: ANY_DECIMALS },
        // Integers here, and JSON has them as such.
        Kind::Boolean => Kind::Integer { unsigned: false, digits: 1 },
        Kind::Year => Kind::Integer { unsigned: true, digits: 4 },
        kind => kind,
    };
    let parts: Vec<&Typed> = args.iter().collect();
    let values: Vec<Expr> = args.iter().map(|arg| super::convert::widened(arg.as_kind(&kind), kind.form())).collect();
    let value = first(values);
    let nullable = args.iter().all(|arg| arg.nullable);
    let (is_temporal, is_json) = (kind.is_temporal(), kind == Kind::Json);
    let shell = Typed::combine(kind, nullable, value.clone(), &parts, span);
    if is_json {
        return Ok(Typed { value: Value::FirstJson(value), ..shell });
    }
    Ok(if is_temporal { Typed { value: Value::First { value, branches: args.clone() }, ..shell } } else { shell })
}

/// Refuses a constant text that the comparison brings into another collation: the result would be in that collation too.
fn accept_same_collation(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<(), Failed> {
    let are_texts = args.iter().all(|arg| arg.class() == ResultClass::String);
    if !are_texts || !args[0].constant {
        return Ok(());
    }
    let met = binder.common_text(&[&args[0], &args[1]], span)?.collation;
    if met == args[0].text_kind().collation {
        return Ok(());
    }
    let message = format!("`nullif` brings this constant into collation `{met}`");
    Err(binder.error_with(Code::TYPE_MISMATCH, message, args[0].span, "Write `CASE WHEN … THEN NULL ELSE … END`."))
}

/// `NULLIF(a, b)`: NULL where they are equal, else `a`.
pub(super) fn nullif(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    if matches!(args[0].kind, Kind::HexLiteral { .. }) {
        let message = "bytes are what `nullif` may return".to_owned();
        return Err(binder.error_with(Code::TYPE_MISMATCH, message, args[0].span, "Write a number or a text."));
    }
    if matches!(args[0].value, Value::FoundIn(..)) {
        let message = "`nullif` returns a number that was found in a text".to_owned();
        return Err(binder.error_with(Code::TYPE_MISMATCH, message, args[0].span, "Write `CASE WHEN … THEN NULL ELSE … END`."));
    }
    if args[0].constant && args[1].column.is_some() {
        let message = "MySQL gives this constant the type of the column in `nullif`".to_owned();
        return Err(binder.error_with(Code::TYPE_MISMATCH, message, args[0].span, "Write `CASE WHEN … THEN NULL ELSE … END`."));
    }
    accept_same_collation(binder, args, span)?;
    let equal = compare_for(binder, Asker::Nullif, &args[0], BinaryOp::Eq, &args[1], span)?;
    let null = Typed {
        kind: Kind::Null,
        nullable: true,
        fallible: false,
        constant: true,
        computed: false,
        column: None,
        columns: ColumnSet::default(),
        value: Value::Native(constant(Form::Bytes, &Cell::Null)),
        span,
    };
    let kind = match &args[0].kind {
        Kind::Enum { collation, .. } | Kind::Set { collation, .. } => {
            let text = TextKind::implicit(*collation, false);
            Kind::Text { length: args[0].kind.text_length(), text }
        }
        kind => kind.clone(),
    };
    let shell = Typed::combine(kind, true, constant(Form::Bytes, &Cell::Null), &[&args[0], &equal], span);
    let value = Value::Choose { branches: vec![(equal.as_bool(), null)], otherwise: Some(Box::new(args[0].clone())) };
    Ok(Typed { value, ..shell })
}
