//! From the syntax tree to a typed expression: names, operators, every problem that shows before a row is read.

use datafusion::logical_expr::Expr;
use datafusion::prelude::{and, or};
use dsl::{BinaryOp, Code, Diagnostic, ExprKind, IsTest, Severity, Span, UnaryOp};

use super::cell::{Cell, Form};
use super::compare::comparison;
use super::function::{call_rows, call_strict, constant, is_fallible};
use super::scope::Scope;
use super::sql_type::{Kind, ResultClass, TextKind};
use super::typed::{Context, Typed, Value};
use super::{arithmetic, bits};
use crate::change::ColumnSet;
use crate::schema::Collation;

/// A diagnostic was recorded; there is nothing to go on with.
#[derive(Debug)]
pub(super) struct Failed;

/// Binds one expression to a scope and collects what is wrong with it.
pub(super) struct Binder<'a> {
    pub(super) scope: &'a Scope,
    pub(super) diagnostics: Vec<Diagnostic>,
}

impl<'a> Binder<'a> {
    pub(super) fn new(scope: &'a Scope) -> Self {
        Self { scope, diagnostics: Vec::new() }
    }

    /// Records an error.
    pub(super) fn error(&mut self, code: Code, message: String, span: Span) -> Failed {
        self.diagnostics.push(Diagnostic { code, severity: Severity::Error, message, span, hint: None });
        Failed
    }

    /// Records an error and what to do about it.
    pub(super) fn error_with(&mut self, code: Code, message: String, span: Span, hint: &str) -> Failed {
        self.diagnostics.push(Diagnostic { code, severity: Severity::Error, message, span, hint: Some(hint.to_owned()) });
        Failed
    }

    /// Types an expression.
    pub(super) fn bind(&mut self, expr: &dsl::Expr) -> Result<Typed, Failed> {
        let span = expr.span;
        match &expr.kind {
            ExprKind::Literal(literal) => self.literal(literal, span),
            ExprKind::Column { qualifier, name } => self.column(qualifier.as_ref(), name, span),
            ExprKind::SourceSchema => Ok(source_name(&self.scope.source.schema, span)),
            ExprKind::SourceTable => Ok(source_name(&self.scope.source.table, span)),
            ExprKind::Unary(op, operand) => self.unary(*op, operand, span),
            ExprKind::Binary(left, op, right) => self.binary(left, *op, right, span),
            ExprKind::Is { expr, test, negated } => self.is(expr, *test, *negated, span),
            ExprKind::Between { expr, low, high, negated } => self.between(expr, low, high, *negated, span),
            ExprKind::In { expr, list, negated } => self.in_list(expr, list, *negated, span),
            ExprKind::Like { expr, pattern, escape, negated } => self.like(expr, pattern, escape.as_deref(), *negated, span),
            ExprKind::Case { operand, branches, otherwise } => self.case(operand.as_deref(), branches, otherwise.as_deref(), span),
            ExprKind::Cast { expr, to } => self.cast(expr, to, span),
            ExprKind::ConvertUsing { expr, charset } => self.convert_using(expr, charset, span),
            ExprKind::Collate { expr, collation } => self.collate(expr, collation, span),
            ExprKind::Call { name, args } => self.call(name, args, span),
            ExprKind::ByUnit { op, unit, args } => self.by_unit(*op, *unit, args, span),
        }
    }

    /// Types several expressions; all their problems are recorded.
    pub(super) fn bind_all<'e>(&mut self, exprs: impl IntoIterator<Item = &'e dsl::Expr>) -> Result<Vec<Typed>, Failed> {
        let all: Vec<_> = exprs.into_iter().map(|expr| self.bind(expr)).collect();
        all.into_iter().collect()
    }

    fn bind_two(&mut self, left: &dsl::Expr, right: &dsl::Expr) -> Result<(Typed, Typed), Failed> {
        let (left, right) = (self.bind(left), self.bind(right));
        Ok((left?, right?))
    }

    fn unary(&mut self, op: UnaryOp, operand: &dsl::Expr, span: Span) -> Result<Typed, Failed> {
        let operand = self.bind(operand)?;
        if op != UnaryOp::Plus {
            self.accept_value(&operand)?;
        }
        match op {
            UnaryOp::Plus => Ok(operand),
            UnaryOp::Negate if operand.constant && operand.class() == ResultClass::Int && is_fallible(&operand.as_int()) => {
                Err(self.error(Code::CONSTANT_OUT_OF_RANGE, "this constant has no value".into(), operand.span))
            }
            UnaryOp::Negate => Ok(arithmetic::negate(&operand, span)),
            UnaryOp::BitNot => self.bit_not(&operand, span),
            UnaryOp::Not => Ok(Typed::combine(Kind::Boolean, operand.nullable, negated(operand.as_condition()), &[&operand], span)),
            UnaryOp::Binary => self.cast_binary(&operand, None, span),
        }
    }

    fn binary(&mut self, left: &dsl::Expr, op: BinaryOp, right: &dsl::Expr, span: Span) -> Result<Typed, Failed> {
        let (left, right) = self.bind_two(left, right)?;
        self.accept_value(&left)?;
        self.accept_value(&right)?;
        match op {
            BinaryOp::Add | BinaryOp::Subtract | BinaryOp::Multiply | BinaryOp::Divide | BinaryOp::IntDivide | BinaryOp::Modulo => {
                let (left, right) = (self.as_number(&left, op, &right)?, self.as_number(&right, op, &left)?);
                Ok(arithmetic::binary(&left, op, &right, span))
            }
            BinaryOp::ShiftLeft | BinaryOp::ShiftRight | BinaryOp::BitAnd | BinaryOp::BitOr | BinaryOp::BitXor => Ok({
                for side in [&left, &right] {
                    if side.computed && matches!(side.kind, Kind::Decimal { .. }) {
                        let message = "bits of a computed DECIMAL are used".to_owned();
                        return Err(self.error_with(Code::TYPE_MISMATCH, message, side.span, "Write `CAST(… AS UNSIGNED)`."));
                    }
                }
                bits::binary(&left, op, &right, span)
            }),
            BinaryOp::Eq | BinaryOp::NullSafeEq | BinaryOp::NotEq | BinaryOp::Lt | BinaryOp::LtEq | BinaryOp::Gt | BinaryOp::GtEq => {
                comparison(self, &left, op, &right, span)
            }
            BinaryOp::And => Ok(logical(&left, &right, and(left.as_condition(), right.as_condition()), span)),
            BinaryOp::Or => Ok(logical(&left, &right, or(left.as_condition(), right.as_condition()), span)),
            BinaryOp::Xor => {
                let value = call_strict("xor", Form::Bool, vec![left.as_condition(), right.as_condition()], |args| {
                    Ok(Cell::Bool(args[0].as_int() != args[1].as_int()))
                });
                Ok(logical(&left, &right, value, span))
            }
        }
    }

    /// An operand of arithmetic: bytes in digits are a number, and bits one with a sign among integers alone.
    pub(super) fn as_number(&mut self, operand: &Typed, op: BinaryOp, other: &Typed) -> Result<Typed, Failed> {
        let Kind::HexLiteral { length, signed } = operand.kind else { return Ok(operand.clone()) };
        if length > 8 {
            let message = "more than eight bytes are computed with as a number".to_owned();
            return Err(self.error_with(Code::TYPE_MISMATCH, message, operand.span, "Write the number in decimal digits."));
        }
        let digits = Kind::Bit { width: (length * 8) as u8 }.precision();
        let divides = matches!(op, BinaryOp::Divide | BinaryOp::IntDivide);
        // Bits have a sign among integers alone; a quotient is one of DECIMALs.
        let (kind, context) = if divides || other.kind.numeric_class() != ResultClass::Int {
            (Kind::Decimal { precision: digits, scale: 0, unsigned: !signed }, Context::Int { unsigned: true })
        } else {
            (Kind::Integer { unsigned: !signed, digits }, Context::Int { unsigned: !signed })
        };
        let value = operand.as_context(&context);
        let value = if kind.form() == Form::Decimal {
            call_strict("number_to_decimal", Form::Decimal, vec![value], |args| Ok(Cell::Decimal(args[0].as_decimal())))
        } else {
            value
        };
        Ok(Typed::literal(kind, value, operand.span))
    }

    fn bit_not(&mut self, operand: &Typed, span: Span) -> Result<Typed, Failed> {
        Ok(bits::not(operand, span))
    }

    fn is(&mut self, operand: &dsl::Expr, test: IsTest, negated: bool, span: Span) -> Result<Typed, Failed> {
        let is_test = matches!(&operand.kind, ExprKind::Is { test: IsTest::Null, .. } | ExprKind::Binary(_, BinaryOp::NullSafeEq, _));
        let operand = self.bind(operand)?;
        let value = match test {
            // MySQL does not evaluate a test that is never NULL.
            IsTest::Null if is_test => constant(Form::Bool, &Cell::Bool(negated)),
            IsTest::Null => self.null_test(&operand, negated)?,
            IsTest::True | IsTest::False => {
                self.accept_value(&operand)?;
                let wanted = test == IsTest::True;
                call_rows(format!("is_{wanted}"), Form::Bool, vec![operand.as_bool()], move |args| {
                    Ok(Cell::Bool((args[0] == Cell::Bool(wanted)) != negated))
                })
            }
        };
        Ok(Typed::combine(Kind::Boolean, false, value, &[&operand], span))
    }

    /// `operand IS [NOT] NULL`.
    pub(super) fn null_test(&mut self, operand: &Typed, negated: bool) -> Result<Expr, Failed> {
        if operand.is_nullif_of_date() {
            let message = "`nullif` of a computed date is asked whether it is NULL".to_owned();
            return Err(self.error_with(Code::TYPE_MISMATCH, message, operand.span, "Ask for what `nullif` compares."));
        }
        // For IS NULL, a number that is never NULL is not evaluated.
        if !negated && !operand.nullable && operand.class() != ResultClass::String {
            return Ok(constant(Form::Bool, &Cell::Bool(false)));
        }
        Ok(call_rows("is_null", Form::Bool, vec![operand.as_native()], move |args| Ok(Cell::Bool(args[0].is_null() != negated))))
    }

    fn between(&mut self, operand: &dsl::Expr, low: &dsl::Expr, high: &dsl::Expr, negated_test: bool, span: Span) -> Result<Typed, Failed> {
        let (operand, (low, high)) = (self.bind(operand), self.bind_two(low, high)?);
        let operand = operand?;
        let test = self.range_test(&operand, &low, &high, span)?;
        let value = if negated_test { negated(test) } else { test };
        let nullable = operand.nullable || low.nullable || high.nullable;
        Ok(Typed::combine(Kind::Boolean, nullable, value, &[&operand, &low, &high], span))
    }

    /// Refuses a constant that fails beside a column of numbers or dates: the server computes it before it reads a row.
    pub(super) fn accept_beside(&mut self, column: &Typed, constant: &Typed) -> Result<(), Failed> {
        let is_text = matches!(column.kind, Kind::Text { .. } | Kind::Enum { .. } | Kind::Set { .. });
        if column.column.is_none() || is_text || !constant.constant || !is_fallible(&constant.as_native()) {
            return Ok(());
        }
        Err(self.error(Code::CONSTANT_OUT_OF_RANGE, "this constant has no value".into(), constant.span))
    }

    /// Refuses an operand that no operator takes.
    pub(super) fn accept_value(&mut self, operand: &Typed) -> Result<(), Failed> {
        match &operand.kind {
            Kind::Opaque(_) | Kind::Json => {
                let message = format!("{} values can be carried and tested for NULL, but not computed with", operand.kind.describe());
                Err(self.error(Code::UNSUPPORTED_TYPE, message, operand.span))
            }
            _ => Ok(()),
        }
    }
}

/// Three-valued NOT.
pub(super) fn negated(condition: Expr) -> Expr {
    call_strict("not", Form::Bool, vec![condition], |args| Ok(Cell::Bool(args[0] == Cell::Bool(false))))
}

fn logical(left: &Typed, right: &Typed, value: Expr, span: Span) -> Typed {
    Typed::combine(Kind::Boolean, left.nullable || right.nullable, value, &[left, right], span)
}

/// `schema` or `table`: VARCHAR(64) NOT NULL, utf8mb4_bin. A batch is of one table, so it is a constant.
fn source_name(name: &str, span: Span) -> Typed {
    let text = TextKind::implicit(Collation::UTF8MB4_BIN, false);
    Typed {
        kind: Kind::Text { length: 64, text },
        nullable: false,
        fallible: false,
        constant: true,
        computed: false,
        column: None,
        columns: ColumnSet::default(),
        value: Value::Native(constant(Form::Bytes, &Cell::Bytes(name.as_bytes().into()))),
        span,
    }
}
