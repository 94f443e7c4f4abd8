//! The canonical text of a mapping: one spelling for all texts that mean the same tree, without comments, with
//! every operator in parentheses. It is fingerprinted (INV-10): a change here changes every fingerprint.
//!
//! `parse` reads it back to the same tree. What is bare and what stands in backticks is decided here alone.

use std::fmt::{self, Display, Formatter, Write as _};

use crate::ast::{
    BinaryOp, CastType, Expr, ExprKind, IsTest, Item, Literal, Mapping, Name, OptionValue, PatternPair, Source, UnaryOp, UnitOp,
};
use crate::time_unit::TimeUnit;
use crate::words;

impl Mapping {
    /// The canonical text, without a semicolon.
    pub fn canonical(&self) -> String {
        self.to_string()
    }
}

impl Display for Mapping {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "CREATE MAPPING {} AS", Bare(&self.name))?;
        writeln!(f, "SELECT {}", List(&self.items))?;
        write!(f, "FROM {}", self.source)?;
        if let Some(filter) = &self.filter {
            write!(f, "\nWHERE {filter}")?;
        }
        if let Some(when) = &self.when {
            write!(f, "\nWHEN {when}")?;
        }
        if let Some(route) = &self.route {
            write!(f, "\nROUTE TO {}", route.schema)?;
            if let Some(table) = &route.table {
                write!(f, ", {table}")?;
            }
            if let Some(server) = &route.server {
                write!(f, " ON {server}")?;
            }
        }
        if let Some(key) = &self.key {
            write!(f, "\nKEY ({})", Names(&key.columns))?;
        }
        if let Some(operations) = &self.operations {
            write!(f, "\n{operations}")?;
        }
        for (at, option) in self.options.iter().enumerate() {
            let before = if at == 0 { "\nWITH (" } else { ", " };
            write!(f, "{before}{} = {}", Bare(&option.name), option.value)?;
        }
        if self.options.is_empty() { Ok(()) } else { f.write_char(')') }
    }
}

impl Display for Item {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Star { except, replace, .. } => {
                f.write_char('*')?;
                if !except.is_empty() {
                    write!(f, " EXCEPT ({})", Names(except))?;
                }
                for (at, (expr, name)) in replace.iter().enumerate() {
                    let before = if at == 0 { " REPLACE (" } else { ", " };
                    write!(f, "{before}{expr} AS {}", Bare(name))?;
                }
                if replace.is_empty() { Ok(()) } else { f.write_char(')') }
            }
            Self::Column { expr, name } => match &expr.kind {
                ExprKind::Column { name: column, .. } if column.text == name.text => write!(f, "{expr}"),
                _ => write!(f, "{expr} AS {}", Bare(name)),
            },
        }
    }
}

impl Display for Source {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Table { schema, table, alias } => {
                write!(f, "{}.{}", Bare(schema), Bare(table))?;
                alias.as_ref().map_or(Ok(()), |alias| write!(f, " AS {}", Bare(alias)))
            }
            Self::Like(pair) => write!(f, "LIKE {pair}"),
            Self::Regexp(pair) => write!(f, "REGEXP {pair}"),
        }
    }
}

impl Display for PatternPair {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", Quoted(&self.schema.value), Quoted(&self.table.value))
    }
}

impl Display for OptionValue {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => Quoted(text).fmt(f),
            Self::Number(number) => f.write_str(number),
            Self::Bool(value) => f.write_str(if *value { "TRUE" } else { "FALSE" }),
        }
    }
}

/// The expression with every operator inside another in parentheses.
impl Display for Expr {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ExprKind::Literal(literal) => literal.fmt(f),
            ExprKind::Column { qualifier, name } => {
                if let Some(qualifier) = qualifier {
                    write!(f, "{}.", Bare(qualifier))?;
                }
                Bare(name).fmt(f)
            }
            ExprKind::SourceSchema => f.write_str("schema"),
            ExprKind::SourceTable => f.write_str("table"),
            ExprKind::Unary(op, operand) => write!(f, "{op}{}", Operand(operand)),
            ExprKind::Binary(left, op, right) => write!(f, "{} {op} {}", Operand(left), Operand(right)),
            ExprKind::Is { expr, test, negated } => write!(f, "{} IS {}{test}", Operand(expr), not(*negated)),
            ExprKind::Between { expr, low, high, negated } => {
                write!(f, "{} {}BETWEEN {} AND {}", Operand(expr), not(*negated), Operand(low), Operand(high))
            }
            ExprKind::In { expr, list, negated } => write!(f, "{} {}IN ({})", Operand(expr), not(*negated), List(list)),
            ExprKind::Like { expr, pattern, escape, negated } => {
                write!(f, "{} {}LIKE {}", Operand(expr), not(*negated), Operand(pattern))?;
                escape.as_ref().map_or(Ok(()), |escape| write!(f, " ESCAPE {}", Operand(escape)))
            }
            ExprKind::Case { operand, branches, otherwise } => {
                f.write_str("CASE")?;
                if let Some(operand) = operand {
                    write!(f, " {operand}")?;
                }
                for (condition, result) in branches {
                    write!(f, " WHEN {condition} THEN {result}")?;
                }
                if let Some(otherwise) = otherwise {
                    write!(f, " ELSE {otherwise}")?;
                }
                f.write_str(" END")
            }
            ExprKind::Cast { expr, to } => write!(f, "CAST({expr} AS {to})"),
            ExprKind::ConvertUsing { expr, charset } => write!(f, "CONVERT({expr} USING {})", Bare(charset)),
            ExprKind::Collate { expr, collation } => write!(f, "{} COLLATE {}", Operand(expr), Bare(collation)),
            ExprKind::Call { name, args } => call(f, &name.text, args),
            ExprKind::ByUnit { op, unit, args } => by_unit(f, *op, *unit, args),
        }
    }
}

fn not(negated: bool) -> &'static str {
    if negated { "NOT " } else { "" }
}

fn call(f: &mut Formatter<'_>, name: &str, args: &[Expr]) -> fmt::Result {
    let side = match name {
        "trim_leading" => "LEADING",
        "trim_trailing" => "TRAILING",
        "trim_both" => "BOTH",
        _ => "",
    };
    match args {
        [Expr { kind: ExprKind::Literal(Literal::Text { value, .. }), .. }, region] if name == "get_format" => {
            write!(f, "get_format({}, {region})", value.to_ascii_uppercase())
        }
        [charset, numbers @ ..] if name == "char_using" => write!(f, "char({} USING {})", List(numbers), NamedBy(charset)),
        _ if name == "interval" => write!(f, "interval({})", List(args)),
        [operand, removed] if !side.is_empty() => write!(f, "trim({side} {removed} FROM {operand})"),
        _ if words::is_plain(name) && !words::is_uncallable(name) => write!(f, "{name}({})", List(args)),
        _ => write!(f, "`{}`({})", name.replace('`', "``"), List(args)),
    }
}

/// Each operation has the number of arguments that the parser gives it.
fn by_unit(f: &mut Formatter<'_>, op: UnitOp, unit: TimeUnit, args: &[Expr]) -> fmt::Result {
    match (op, args) {
        (UnitOp::Add, [date, amount]) => write!(f, "{} + INTERVAL {} {unit}", Operand(date), Operand(amount)),
        (UnitOp::Subtract, [date, amount]) => write!(f, "{} - INTERVAL {} {unit}", Operand(date), Operand(amount)),
        (UnitOp::Extract, [date]) => write!(f, "extract({unit} FROM {date})"),
        _ => write!(f, "timestampdiff({unit}, {})", List(args)),
    }
}

impl Display for Literal {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("NULL"),
            Self::Bool(value) => f.write_str(if *value { "TRUE" } else { "FALSE" }),
            Self::Integer(digits) | Self::Decimal(digits) | Self::Float(digits) => f.write_str(digits),
            Self::Text { value, introducer } => {
                introduce(f, introducer.as_deref())?;
                Quoted(value).fmt(f)
            }
            Self::Bits(value) => {
                f.write_str("b'")?;
                value.iter().try_for_each(|byte| write!(f, "{byte:08b}"))?;
                f.write_str("'")
            }
            Self::Bytes { value, introducer } => {
                introduce(f, introducer.as_deref())?;
                // MariaDB takes `x'…'` for text where it takes `0x…` for a number, as MySQL takes both.
                f.write_str(if value.is_empty() { "x''" } else { "0x" })?;
                value.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
            }
            Self::Date(text) => write!(f, "DATE {}", Quoted(text)),
            Self::Time(text) => write!(f, "TIME {}", Quoted(text)),
            Self::Timestamp(text) => write!(f, "TIMESTAMP {}", Quoted(text)),
        }
    }
}

fn introduce(f: &mut Formatter<'_>, charset: Option<&str>) -> fmt::Result {
    charset.map_or(Ok(()), |charset| write!(f, "_{charset} "))
}

impl Display for UnaryOp {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Negate => "-",
            Self::Plus => "+",
            Self::BitNot => "~",
            Self::Not => "NOT ",
            Self::Binary => "BINARY ",
        })
    }
}

impl Display for BinaryOp {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::IntDivide => "DIV",
            Self::Modulo => "%",
            Self::ShiftLeft => "<<",
            Self::ShiftRight => ">>",
            Self::BitAnd => "&",
            Self::BitOr => "|",
            Self::BitXor => "^",
            Self::Eq => "=",
            Self::NullSafeEq => "<=>",
            Self::NotEq => "<>",
            Self::Lt => "<",
            Self::LtEq => "<=",
            Self::Gt => ">",
            Self::GtEq => ">=",
            Self::And => "AND",
            Self::Or => "OR",
            Self::Xor => "XOR",
        })
    }
}

impl Display for IsTest {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Null => "NULL",
            Self::True => "TRUE",
            Self::False => "FALSE",
        })
    }
}

impl Display for CastType {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self {
            Self::Signed => f.write_str("SIGNED"),
            Self::Unsigned => f.write_str("UNSIGNED"),
            Self::Decimal { precision, scale } => write!(f, "DECIMAL({precision}, {scale})"),
            Self::Double => f.write_str("DOUBLE"),
            Self::Float => f.write_str("FLOAT"),
            Self::Char { length, charset } => {
                f.write_str("CHAR")?;
                measure(f, length.as_ref())?;
                charset.as_ref().map_or(Ok(()), |charset| write!(f, " CHARACTER SET {}", Bare(charset)))
            }
            Self::Binary { length } => {
                f.write_str("BINARY")?;
                measure(f, length.as_ref())
            }
            Self::Date => f.write_str("DATE"),
            Self::Time { fsp } => {
                f.write_str("TIME")?;
                measure(f, Some(fsp).filter(|fsp| **fsp > 0))
            }
            Self::DateTime { fsp } => {
                f.write_str("DATETIME")?;
                measure(f, Some(fsp).filter(|fsp| **fsp > 0))
            }
            Self::Year => f.write_str("YEAR"),
            Self::Json => f.write_str("JSON"),
        }
    }
}

fn measure(f: &mut Formatter<'_>, number: Option<&impl Display>) -> fmt::Result {
    number.map_or(Ok(()), |number| write!(f, "({number})"))
}

/// An expression inside another: in parentheses if it is an operator.
struct Operand<'e>(&'e Expr);

impl Display for Operand<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.0.kind {
            ExprKind::Literal(_)
            | ExprKind::Column { .. }
            | ExprKind::SourceSchema
            | ExprKind::SourceTable
            | ExprKind::Case { .. }
            | ExprKind::Cast { .. }
            | ExprKind::ConvertUsing { .. }
            | ExprKind::Call { .. }
            | ExprKind::ByUnit { op: UnitOp::Extract | UnitOp::Difference, .. } => self.0.fmt(f),
            ExprKind::Unary(..)
            | ExprKind::Binary(..)
            | ExprKind::Is { .. }
            | ExprKind::Between { .. }
            | ExprKind::In { .. }
            | ExprKind::Like { .. }
            | ExprKind::Collate { .. }
            | ExprKind::ByUnit { .. } => write!(f, "({})", self.0),
        }
    }
}

/// The name as the canonical text has it: in backticks only where it has to be.
impl Display for Name {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        Bare(self).fmt(f)
    }
}

/// A name, in backticks only where it has to be.
pub(crate) struct Bare<'n>(pub(crate) &'n Name);

impl Display for Bare<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let text = &self.0.text;
        if words::is_plain(text) && !words::is_reserved(text) { f.write_str(text) } else { write!(f, "`{}`", text.replace('`', "``")) }
    }
}

/// A name that is an argument: what stands in its text.
struct NamedBy<'e>(&'e Expr);

impl Display for NamedBy<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match &self.0.kind {
            ExprKind::Literal(Literal::Text { value, .. }) => f.write_str(value),
            _ => self.0.fmt(f),
        }
    }
}

struct Names<'n>(&'n [Name]);

impl Display for Names<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (at, name) in self.0.iter().enumerate() {
            write!(f, "{}{}", if at == 0 { "" } else { ", " }, Bare(name))?;
        }
        Ok(())
    }
}

struct List<'l, T>(&'l [T]);

impl<T: Display> Display for List<'_, T> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (at, item) in self.0.iter().enumerate() {
            write!(f, "{}{item}", if at == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}

/// A text in single quotes, on one line.
pub(crate) struct Quoted<'t>(pub(crate) &'t str);

impl Display for Quoted<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_char('\'')?;
        for c in self.0.chars() {
            match c {
                '\'' => f.write_str("''")?,
                '\\' => f.write_str("\\\\")?,
                '\0' => f.write_str("\\0")?,
                '\n' => f.write_str("\\n")?,
                '\r' => f.write_str("\\r")?,
                '\t' => f.write_str("\\t")?,
                '\x1a' => f.write_str("\\Z")?,
                c => f.write_char(c)?,
            }
        }
        f.write_char('\'')
    }
}
