//! An expression with its type, and how it is read as a number, as text or as a condition.
//!
//! MySQL asks an operand for what it needs (`val_int`, `val_real`, `val_decimal`, `val_str`); a conditional passes the
//! question on to the branch that it takes. `Typed` does the same when it is lowered.

use datafusion::common::ScalarValue;
use datafusion::logical_expr::{Case, Expr, is_not_null};
use dsl::Span;

use super::cell::{Cell, Form};
use super::function::{call_strict, constant, is_fallible};
use super::moment::Reading;
use super::sql_type::{ANY_DECIMALS, Kind, ResultClass, TextKind};
use super::{charset, convert, moment};
use crate::change::ColumnSet;
use crate::schema::ColumnType;

/// The characters of the longest date and time.
const DATED_LENGTH: u32 = 29;

/// A typed expression.
#[derive(Debug, Clone)]
pub(super) struct Typed {
    pub(super) kind: Kind,
    pub(super) nullable: bool,
    /// Whether a row may fail (overflow and the like).
    pub(super) fallible: bool,
    /// Whether it reads no column.
    pub(super) constant: bool,
    /// Whether it is neither a column nor a literal.
    pub(super) computed: bool,
    /// The column that it is as it stands.
    pub(super) column: Option<SourceColumn>,
    pub(super) columns: ColumnSet,
    pub(super) value: Value,
    pub(super) span: Span,
}

/// A column of the source table, to be passed through unchanged.
#[derive(Debug, Clone)]
pub(super) struct SourceColumn {
    pub(super) ty: ColumnType,
    pub(super) read: Expr,
}

/// How a value comes about.
#[derive(Debug, Clone)]
pub(super) enum Value {
    /// An expression in the native form of the type.
    Native(Expr),
    /// A number found in a text: written as text, it insists on that text's collation.
    FoundIn(Expr, TextKind),
    /// A number that is a year, and merges with other numbers as one.
    YearOf(Expr),
    /// The remainder of a number without sign as DOUBLE: DIV takes it for one without sign too.
    UnsignedReal(Expr),
    /// A cast to DOUBLE or FLOAT.
    RealCast(Expr),
    /// A quotient, which is an integer by all its digits and anything else by those of its type.
    Rounded { exact: Expr, rounded: Expr },
    /// A text made of a date or a time, which is that date's or time's number where one is asked for.
    Dated { text: Expr, may_be_time: bool },
    /// A date made of one with zeros in it; NULL where those do not count.
    Lenient { lenient: Expr, strict: Expr },
    /// A date or a time that is a sum, or was read by a format: as an integer it is its rounded number (`235960`), and the text of
    /// a TIME has six digits of a fraction, or none.
    Sum(Expr),
    /// A date or a time that is the first of several; what is none in a context gives way to the next.
    First { value: Expr, branches: Vec<Typed> },
    /// The first branch whose condition holds.
    Choose { branches: Vec<(Expr, Typed)>, otherwise: Option<Box<Typed>> },
}

/// What an operand is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Context {
    /// BIGINT, the 64 bits of any integer.
    Int { unsigned: bool },
    /// DOUBLE.
    Real,
    /// DECIMAL.
    Decimal,
    /// Text in the charset of the type.
    Text,
    /// A condition.
    Bool,
    /// The native form of a type, converted where it is another's.
    Kind(Kind),
    /// DATE, TIME or DATETIME by CAST: zero dates are NULL.
    Cast(Kind),
    /// DATETIME with six digits; a date with zeros in it counts.
    LooseDateTime,
    /// As [`Self::LooseDateTime`], of a number by the digits of its date alone, however few.
    AnyDate,
    /// DATE of a day that there is; of a number, also of one that its month has not.
    DayNumber,
    /// DATETIME with six digits for comparison: what is no date is the zero date.
    ComparedDateTime,
    /// A date or a time, whichever it is, as a code of [`super::moment`].
    Moment(Reading),
}

impl Context {
    /// Whether a date is asked for by what a value is, not by its type.
    fn reads_date(&self) -> bool {
        match self {
            Self::Cast(_) | Self::LooseDateTime | Self::AnyDate | Self::DayNumber | Self::ComparedDateTime | Self::Moment(_) => true,
            Self::Int { .. } | Self::Real | Self::Decimal | Self::Text | Self::Bool | Self::Kind(_) => false,
        }
    }

    /// Whether a date or a time will do, in a text too.
    fn reads_either(&self) -> bool {
        matches!(self, Self::Moment(Reading::Sum | Reading::Difference | Reading::Format))
    }

    /// The Arrow form of an answer.
    pub(super) fn form(&self) -> Form {
        match self {
            Self::Int { unsigned: true } => Form::UInt,
            Self::Int { unsigned: false } => Form::Int,
            Self::Real => Form::Real,
            Self::Decimal => Form::Decimal,
            Self::Text => Form::Bytes,
            Self::Bool => Form::Bool,
            Self::Kind(kind) | Self::Cast(kind) => kind.form(),
            Self::LooseDateTime | Self::AnyDate | Self::DayNumber | Self::ComparedDateTime => Form::UInt,
            Self::Moment(_) => Form::Int,
        }
    }
}

impl Typed {
    /// Asks for the value in a context.
    pub(super) fn as_context(&self, context: &Context) -> Expr {
        match &self.value {
            Value::YearOf(expr) | Value::FoundIn(expr, _) => convert::to_context(&self.kind, expr.clone(), context),
            Value::UnsignedReal(expr) => match context {
                Context::Int { unsigned } => convert::computed_real_to_int(expr.clone(), *unsigned),
                _ => convert::to_context(&self.kind, expr.clone(), context),
            },
            Value::RealCast(expr) => match context {
                Context::Int { unsigned } => convert::cast_real_to_int(expr.clone(), *unsigned),
                _ => convert::to_context(&self.kind, expr.clone(), context),
            },
            Value::Rounded { exact, rounded } => match context {
                Context::Int { .. } => convert::to_context(&self.kind, exact.clone(), context),
                _ => convert::to_context(&self.kind, rounded.clone(), context),
            },
            Value::Sum(value) => match (&self.kind, context) {
                (Kind::Time { .. }, Context::Text | Context::Kind(Kind::Text { .. })) => moment::text_of_time(value.clone()),
                (_, Context::Int { .. }) => {
                    let number = convert::to_context(&self.kind, value.clone(), &Context::Decimal);
                    convert::to_context(&moment::NUMBER, number, context)
                }
                _ => convert::to_context(&self.kind, value.clone(), context),
            },
            Value::Dated { text, .. } => self.dated_as(text, context),
            Value::Lenient { lenient, strict } => {
                let value = if matches!(context, Context::Cast(_) | Context::DayNumber) { strict } else { lenient };
                convert::to_context(&self.kind, value.clone(), context)
            }
            // For a sum or a format, the server reads the text of what was chosen.
            Value::Choose { .. } if matches!(self.kind, Kind::Text { .. }) && context.reads_either() => {
                convert::to_context(&self.kind, self.as_text(), context)
            }
            Value::First { branches, .. } if context.reads_date() => {
                first(branches.iter().map(|branch| branch.as_context(context)).collect())
            }
            Value::First { value, .. } => convert::to_context(&self.kind, value.clone(), context),
            Value::Native(expr) => match (&self.kind, context) {
                (Kind::Text { .. }, Context::Int { unsigned }) if self.column.is_some() => {
                    convert::column_text_to_int(&self.kind, expr.clone(), *unsigned)
                }
                (Kind::Double { .. }, Context::Text) if self.column.is_some() => convert::column_real_to_text(expr.clone()),
                // What was computed must fit a BIGINT; a column or a literal is clipped.
                (Kind::Float | Kind::Double { .. }, Context::Int { unsigned }) if self.computed => {
                    convert::computed_real_to_int(expr.clone(), *unsigned)
                }
                _ => convert::to_context(&self.kind, expr.clone(), context),
            },
            Value::Choose { branches, otherwise } => {
                let asked = |branch: &Typed| self.branch_as(branch, context);
                let when = branches.iter().map(|(condition, branch)| (Box::new(condition.clone()), Box::new(asked(branch))));
                let otherwise = match otherwise {
                    Some(branch) => asked(branch),
                    None => constant(context.form(), &Cell::Null),
                };
                choose(when.collect(), otherwise)
            }
        }
    }

    /// Asks a text made of a date or a time.
    fn dated_as(&self, text: &Expr, context: &Context) -> Expr {
        match context {
            Context::Int { .. } | Context::Real | Context::Decimal | Context::Bool => {
                convert::to_context(&moment::NUMBER, moment::number_of_text(text.clone()), context)
            }
            Context::Cast(time @ Kind::Time { .. }) | Context::Kind(time @ Kind::Time { .. }) => moment::time_of_text(text.clone(), time),
            Context::Moment(Reading::Date) => convert::to_context(&self.kind, text.clone(), &Context::Moment(Reading::DateTime)),
            _ => convert::to_context(&self.kind, text.clone(), context),
        }
    }

    /// Asks a branch; its text is brought into the charset of the whole.
    fn branch_as(&self, branch: &Self, context: &Context) -> Expr {
        match (&self.kind, context) {
            (Kind::Text { text, .. }, Context::Text | Context::Kind(Kind::Text { .. })) => {
                charset::convert_exactly(branch.as_text(), branch.text_kind().charset(), text.charset())
            }
            (kind, Context::Text) if kind.is_temporal() => convert::to_context(kind, branch.as_kind(kind), context),
            _ => convert::widened(branch.as_context(context), context.form()),
        }
    }

    /// What its text knows about its characters.
    pub(super) fn text_kind(&self) -> TextKind {
        match &self.value {
            Value::FoundIn(_, text) => *text,
            _ => self.kind.text_kind(),
        }
    }

    /// Whether it is a year, as a type or as the result of YEAR.
    pub(super) fn is_year(&self) -> bool {
        self.kind == Kind::Year || matches!(self.value, Value::YearOf(_))
    }

    /// Its truth as an operand of AND, OR, XOR and NOT, where it is compared with 0.
    pub(super) fn as_condition(&self) -> Expr {
        match self.kind {
            Kind::Double { decimals } if decimals < ANY_DECIMALS => {
                // A DOUBLE of a fixed number of digits is 0 where none of them shows.
                let tolerance = 5.0 / 10f64.powi(i32::from(decimals) + 1);
                call_strict(format!("real_is_true_{decimals}"), Form::Bool, vec![self.as_real()], move |args| {
                    Ok(Cell::Bool(args[0].as_real().abs() >= tolerance))
                })
            }
            _ => self.as_bool(),
        }
    }

    /// Whether it passes questions on to branches.
    pub(super) fn is_choice(&self) -> bool {
        matches!(self.value, Value::Choose { .. })
    }

    /// Whether it is the constant NULL itself.
    pub(super) fn is_null_literal(&self) -> bool {
        self.kind == Kind::Null && !self.computed
    }

    /// Whether it is NULLIF of a date that is no column: comparing may make it NULL to MySQL.
    pub(super) fn is_nullif_of_date(&self) -> bool {
        match &self.value {
            Value::Choose { branches, otherwise: Some(otherwise) } => {
                let is_nullif = matches!(branches.as_slice(), [(_, branch)] if branch.is_null_literal());
                is_nullif && otherwise.has_date() && otherwise.computed
            }
            _ => false,
        }
    }

    /// Whether it is a constant that is NULL.
    pub(super) fn is_null_constant(&self) -> bool {
        matches!(self.as_text(), Expr::Literal(value, _) if value.is_null())
    }

    /// Whether it holds a date.
    pub(super) fn has_date(&self) -> bool {
        matches!(self.kind, Kind::Date | Kind::DateTime { .. })
    }

    /// Whether it is a TIME, or may be one in a branch.
    pub(super) fn may_be_time(&self) -> bool {
        self.any_leaf(&|leaf| matches!(leaf.kind, Kind::Time { .. }) || matches!(leaf.value, Value::Dated { may_be_time: true, .. }))
    }

    /// Whether it is a cast to DOUBLE or FLOAT, or may be one in a branch.
    pub(super) fn may_be_real_cast(&self) -> bool {
        self.any_leaf(&|leaf| matches!(leaf.value, Value::RealCast(_)))
    }

    /// Whether it is a BIT, or may be one in a branch.
    pub(super) fn may_be_bit(&self) -> bool {
        self.any_leaf(&|leaf| matches!(leaf.kind, Kind::Bit { .. }))
    }

    /// Whether something holds of what it may be.
    fn any_leaf(&self, test: &dyn Fn(&Self) -> bool) -> bool {
        match &self.value {
            Value::Choose { branches, otherwise } => {
                let otherwise = otherwise.as_deref().into_iter();
                branches.iter().map(|(_, branch)| branch).chain(otherwise).any(|branch| branch.any_leaf(test))
            }
            Value::First { branches, .. } => branches.iter().any(|branch| branch.any_leaf(test)),
            Value::Native(_)
            | Value::UnsignedReal(_)
            | Value::FoundIn(..)
            | Value::YearOf(_)
            | Value::RealCast(_)
            | Value::Dated { .. }
            | Value::Sum(_)
            | Value::Lenient { .. }
            | Value::Rounded { .. } => test(self),
        }
    }

    /// The value in the native form of its type.
    pub(super) fn as_native(&self) -> Expr {
        self.as_kind(&self.kind)
    }

    /// The value in the native form of another type.
    pub(super) fn as_kind(&self, kind: &Kind) -> Expr {
        self.as_context(&Context::Kind(kind.clone()))
    }

    /// BIGINT, signed or not as the type says.
    pub(super) fn as_int(&self) -> Expr {
        self.as_context(&Context::Int { unsigned: self.kind.is_unsigned() })
    }

    /// DOUBLE.
    pub(super) fn as_real(&self) -> Expr {
        self.as_context(&Context::Real)
    }

    /// DECIMAL.
    pub(super) fn as_decimal(&self) -> Expr {
        self.as_context(&Context::Decimal)
    }

    /// Text in the charset of the type.
    pub(super) fn as_text(&self) -> Expr {
        self.as_context(&Context::Text)
    }

    /// A condition.
    pub(super) fn as_bool(&self) -> Expr {
        self.as_context(&Context::Bool)
    }

    /// What MySQL computes with.
    pub(super) fn class(&self) -> ResultClass {
        self.kind.class()
    }

    /// A result of `self` and others: reads what they read, and may fail where they may.
    pub(super) fn combine(kind: Kind, nullable: bool, value: Expr, parts: &[&Typed], span: Span) -> Self {
        Self {
            kind,
            nullable,
            fallible: parts.iter().any(|part| part.fallible) || is_fallible(&value),
            constant: parts.iter().all(|part| part.constant),
            computed: true,
            column: None,
            columns: parts.iter().fold(ColumnSet::default(), |set, part| set.union(&part.columns)),
            value: Value::Native(value),
            span,
        }
    }

    /// The year of a date.
    pub(super) fn year(value: Expr, date: &Typed, span: Span) -> Self {
        let shell = Self::combine(Kind::Integer { unsigned: true, digits: 4 }, true, value.clone(), &[date], span);
        Self { value: Value::YearOf(value), ..shell }
    }

    /// A text made of a date or a time, which is computed with as that date or time.
    pub(super) fn dated(text: Expr, may_be_time: bool, parts: &[&Typed], span: Span) -> Self {
        let kind = Kind::Text { length: DATED_LENGTH, text: TextKind::literal(TextKind::numeric().collation, true) };
        let shell = Self::combine(kind, true, text.clone(), parts, span);
        Self { value: Value::Dated { text, may_be_time }, ..shell }
    }

    /// A date or a time that is a sum, or was read by a format.
    pub(super) fn sum(kind: Kind, value: Expr, parts: &[&Typed], span: Span) -> Self {
        let shell = Self::combine(kind, true, value.clone(), parts, span);
        Self { value: Value::Sum(value), ..shell }
    }

    /// A constant.
    pub(super) fn literal(kind: Kind, value: Expr, span: Span) -> Self {
        let nullable = kind == Kind::Null;
        Self {
            kind,
            nullable,
            fallible: false,
            constant: true,
            computed: false,
            column: None,
            columns: ColumnSet::default(),
            value: Value::Native(value),
            span,
        }
    }

    /// Marks it as one that may fail.
    pub(super) fn may_fail(mut self) -> Self {
        self.fallible |= !matches!(&self.value, Value::Native(Expr::Literal(..)));
        self
    }

    /// Its value, where it is a constant that does not fail.
    pub(super) fn literal_text(&self) -> Option<Vec<u8>> {
        match self.as_text() {
            Expr::Literal(ScalarValue::Binary(bytes), _) => bytes,
            _ => None,
        }
    }
}

/// The first of several that is not NULL.
pub(super) fn first(values: Vec<Expr>) -> Expr {
    let mut values = values.into_iter().rev();
    let last = values.next().unwrap_or_else(|| constant(Form::Bytes, &Cell::Null));
    values.fold(last, |otherwise, value| match &value {
        Expr::Literal(literal, _) if literal.is_null() => otherwise,
        Expr::Literal(..) => value,
        _ => choose(vec![(Box::new(is_not_null(value.clone())), Box::new(value))], otherwise),
    })
}

/// `CASE WHEN … THEN … ELSE … END`; branches that constants decide are left out.
pub(super) fn choose(when: Vec<(Box<Expr>, Box<Expr>)>, otherwise: Expr) -> Expr {
    let mut branches = Vec::with_capacity(when.len());
    let mut last = otherwise;
    for (condition, result) in when {
        match *condition {
            Expr::Literal(ScalarValue::Boolean(Some(true)), _) => {
                last = *result;
                break;
            }
            Expr::Literal(..) => {}
            _ => branches.push((condition, result)),
        }
    }
    if branches.is_empty() { last } else { Expr::Case(Case::new(None, branches, Some(Box::new(last)))) }
}
