//! The syntax tree of a query file.
//!
//! Every node that a diagnostic may blame carries its [`Span`]. The tree keeps what was written:
//! names as spelled, numbers as text; meaning (types, tables, collations) is given by who binds it.

use crate::diagnostic::Span;
use crate::event::Operations;
use crate::test_tree::Test;
use crate::time_unit::TimeUnit;

/// The statements of one query file, in order.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct QueryFile {
    /// The mappings.
    pub mappings: Vec<Mapping>,
    /// The table definitions, as text for `schema::ddl`.
    pub tables: Vec<CreateTable>,
    /// The tests.
    pub tests: Vec<Test>,
}

/// `CREATE TABLE …`: the text of the statement, unread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreateTable {
    /// The statement without its `;`.
    pub text: String,
    /// Where it stands.
    pub span: Span,
}

/// `CREATE MAPPING name AS SELECT … FROM …`.
#[derive(Debug, Clone, PartialEq)]
pub struct Mapping {
    /// The mapping's name, unique in a pipeline.
    pub name: Name,
    /// The select list: what a target row holds.
    pub items: Vec<Item>,
    /// The source table or tables.
    pub source: Source,
    /// `WHERE`: asked of each row image; NULL counts as false.
    pub filter: Option<Expr>,
    /// `WHEN`: asked of each change, of both of its images; makes an event mapping.
    pub when: Option<Expr>,
    /// `ROUTE TO … ON …`.
    pub route: Option<Route>,
    /// `KEY (…)`: the identity of a target row, in target column names.
    pub key: Option<Key>,
    /// `FOR …`: the operations that are heard of; makes an event mapping.
    pub operations: Option<Operations>,
    /// `WITH (…)`: policies, in the order written.
    pub options: Vec<MappingOption>,
    /// The whole statement.
    pub span: Span,
}

/// A name as written.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Name {
    /// The name without its backticks.
    pub text: String,
    /// Whether it stood in backticks.
    pub quoted: bool,
    /// Where it stands.
    pub span: Span,
}

/// One entry of a select list.
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// `* [EXCEPT (…)] [REPLACE (expr AS name, …)]`.
    Star {
        /// Columns left out.
        except: Vec<Name>,
        /// Columns whose value is another; place and name stay.
        replace: Vec<(Expr, Name)>,
        /// From `*` to the end of its last list.
        span: Span,
    },
    /// `column` or `expr AS name`; a bare column keeps its name.
    Column {
        /// What the target column holds.
        expr: Expr,
        /// The target column's name.
        name: Name,
    },
}

/// `FROM …`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// One table.
    Table {
        /// Its schema.
        schema: Name,
        /// Its name.
        table: Name,
        /// `AS alias`.
        alias: Option<Name>,
    },
    /// `LIKE 'schema'.'table'`: every table whose names match both patterns.
    Like(PatternPair),
    /// `REGEXP 'schema'.'table'`: every table whose whole names match both expressions.
    Regexp(PatternPair),
}

/// The two patterns of `LIKE` or `REGEXP` sources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatternPair {
    /// The pattern of the schema's name.
    pub schema: Text,
    /// The pattern of the table's name.
    pub table: Text,
}

/// A string constant of the grammar (not of an expression).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// Its value, escapes undone.
    pub value: String,
    /// Where it stands, quotes included.
    pub span: Span,
}

/// `ROUTE TO schema [, table] [ON server]`.
#[derive(Debug, Clone, PartialEq)]
pub struct Route {
    /// The target schema.
    pub schema: Expr,
    /// The target table; the source's name when absent.
    pub table: Option<Expr>,
    /// The target server; the only configured one when absent.
    pub server: Option<Expr>,
    /// The whole clause.
    pub span: Span,
}

/// `KEY (a, b)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Key {
    /// Target column names.
    pub columns: Vec<Name>,
    /// The whole clause.
    pub span: Span,
}

/// `name = value` of a `WITH` list.
#[derive(Debug, Clone, PartialEq)]
pub struct MappingOption {
    /// The option's name.
    pub name: Name,
    /// Its value.
    pub value: OptionValue,
    /// Where the value stands.
    pub value_span: Span,
}

/// The value of an option.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OptionValue {
    /// `'text'`.
    Text(String),
    /// A number, as written.
    Number(String),
    /// `TRUE` or `FALSE`.
    Bool(bool),
}

/// A scalar expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it stands; parentheses around it are not part of it.
    pub span: Span,
}

/// The kinds of expression.
#[derive(Debug, Clone, PartialEq)]
pub enum ExprKind {
    /// A constant.
    Literal(Literal),
    /// A column, perhaps qualified by the source's alias or table name.
    Column {
        /// The qualifier.
        qualifier: Option<Name>,
        /// The column.
        name: Name,
    },
    /// `schema`: the name of the row's source schema.
    SourceSchema,
    /// `table`: the name of the row's source table.
    SourceTable,
    /// A prefix operator.
    Unary(UnaryOp, Box<Expr>),
    /// An operator between two operands.
    Binary(Box<Expr>, BinaryOp, Box<Expr>),
    /// `expr IS [NOT] NULL | TRUE | FALSE | UNKNOWN`.
    Is {
        /// The operand.
        expr: Box<Expr>,
        /// What is asked.
        test: IsTest,
        /// `IS NOT`.
        negated: bool,
    },
    /// `expr [NOT] BETWEEN low AND high`.
    Between {
        /// The operand.
        expr: Box<Expr>,
        /// The lower bound, included.
        low: Box<Expr>,
        /// The upper bound, included.
        high: Box<Expr>,
        /// `NOT BETWEEN`.
        negated: bool,
    },
    /// `expr [NOT] IN (a, b, …)`.
    In {
        /// The operand.
        expr: Box<Expr>,
        /// The list; never empty.
        list: Vec<Expr>,
        /// `NOT IN`.
        negated: bool,
    },
    /// `expr [NOT] LIKE pattern [ESCAPE text]`.
    Like {
        /// The operand.
        expr: Box<Expr>,
        /// The pattern.
        pattern: Box<Expr>,
        /// The escape text; a backslash when absent.
        escape: Option<Box<Expr>>,
        /// `NOT LIKE`.
        negated: bool,
    },
    /// `CASE [operand] WHEN … THEN … [ELSE …] END`.
    Case {
        /// What the branches are compared with.
        operand: Option<Box<Expr>>,
        /// `(condition, result)`; never empty.
        branches: Vec<(Expr, Expr)>,
        /// `ELSE`.
        otherwise: Option<Box<Expr>>,
    },
    /// `CAST(expr AS type)` or `CONVERT(expr, type)`.
    Cast {
        /// The operand.
        expr: Box<Expr>,
        /// The type.
        to: CastType,
    },
    /// `CONVERT(expr USING charset)`.
    ConvertUsing {
        /// The operand.
        expr: Box<Expr>,
        /// The charset.
        charset: Name,
    },
    /// `expr COLLATE collation`.
    Collate {
        /// The operand.
        expr: Box<Expr>,
        /// The collation.
        collation: Name,
    },
    /// `name(args)`. TRIM, SUBSTRING and other functions with words inside are lowered to this form:
    /// `TRIM(LEADING 'x' FROM s)` is `trim_leading(s, 'x')`, likewise `trim_trailing` and `trim_both`;
    /// `SUBSTRING(s FROM a FOR b)` is `substring(s, a, b)`.
    Call {
        /// The function's name, in lower case; its span is the name's alone.
        name: Name,
        /// The arguments.
        args: Vec<Expr>,
    },
    /// What is done by a unit of time. DATE_ADD, ADDDATE, TIMESTAMPADD and `INTERVAL n unit + date` are `date + INTERVAL n unit`.
    ByUnit {
        /// What is done.
        op: UnitOp,
        /// The unit.
        unit: TimeUnit,
        /// The date and the amount, the date alone, or two dates, as the operation says.
        args: Vec<Expr>,
    },
}

/// What is done by a unit of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UnitOp {
    /// `date + INTERVAL amount unit`: the date, the amount.
    Add,
    /// `date - INTERVAL amount unit`: the date, the amount.
    Subtract,
    /// `EXTRACT(unit FROM date)`: the date.
    Extract,
    /// `TIMESTAMPDIFF(unit, from, to)`: both.
    Difference,
}

/// A constant.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// `NULL` or `\N`.
    Null,
    /// `TRUE` or `FALSE`: 1 or 0.
    Bool(bool),
    /// Digits only, without sign: BIGINT, BIGINT UNSIGNED or DECIMAL by its size.
    Integer(String),
    /// Digits with a point, without exponent: DECIMAL.
    Decimal(String),
    /// A number with an exponent: DOUBLE.
    Float(String),
    /// `'text'`, `"text"`, adjacent ones joined; `_charset'text'` names its charset.
    Text {
        /// The value, escapes undone.
        value: String,
        /// The charset introducer without its underscore, in lower case.
        introducer: Option<String>,
    },
    /// `0b…`, `b'…'`: as bytes in hexadecimal digits, but a number with a sign.
    Bits(Vec<u8>),
    /// `0x…`, `x'…'`: a binary string, a number without sign in numeric context. An introducer makes it text, bits too.
    Bytes {
        /// The value; an odd number of digits is padded with zeros on the left.
        value: Vec<u8>,
        /// The charset introducer without its underscore, in lower case.
        introducer: Option<String>,
    },
    /// `DATE 'text'`.
    Date(String),
    /// `TIME 'text'`.
    Time(String),
    /// `TIMESTAMP 'text'`: a DATETIME.
    Timestamp(String),
}

/// A prefix operator.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UnaryOp {
    /// `-`
    Negate,
    /// `+`
    Plus,
    /// `~`
    BitNot,
    /// `NOT` or `!`
    Not,
    /// `BINARY`
    Binary,
}

/// An operator between two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BinaryOp {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `DIV`
    IntDivide,
    /// `%` or `MOD`
    Modulo,
    /// `<<`
    ShiftLeft,
    /// `>>`
    ShiftRight,
    /// `&`
    BitAnd,
    /// `|`
    BitOr,
    /// `^`
    BitXor,
    /// `=`
    Eq,
    /// `<=>`
    NullSafeEq,
    /// `<>` or `!=`
    NotEq,
    /// `<`
    Lt,
    /// `<=`
    LtEq,
    /// `>`
    Gt,
    /// `>=`
    GtEq,
    /// `AND` or `&&`
    And,
    /// `OR` or `||`
    Or,
    /// `XOR`
    Xor,
}

/// What `IS` asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IsTest {
    /// `IS NULL` and `IS UNKNOWN`.
    Null,
    /// `IS TRUE`.
    True,
    /// `IS FALSE`.
    False,
}

/// The type of a cast.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum CastType {
    /// `SIGNED [INTEGER]`.
    Signed,
    /// `UNSIGNED [INTEGER]`.
    Unsigned,
    /// `DECIMAL[(precision[, scale])]`; (10, 0) when not written.
    Decimal {
        /// All digits.
        precision: u8,
        /// Digits after the point.
        scale: u8,
    },
    /// `DOUBLE` or `REAL`.
    Double,
    /// `FLOAT`.
    Float,
    /// `CHAR[(length)] [CHARACTER SET charset]`.
    Char {
        /// In characters.
        length: Option<u32>,
        /// The charset; the default one when absent.
        charset: Option<Name>,
    },
    /// `BINARY[(length)]`.
    Binary {
        /// In bytes.
        length: Option<u32>,
    },
    /// `DATE`.
    Date,
    /// `TIME[(fsp)]`.
    Time {
        /// Digits of the fraction of a second.
        fsp: u8,
    },
    /// `DATETIME[(fsp)]`.
    DateTime {
        /// Digits of the fraction of a second.
        fsp: u8,
    },
    /// `YEAR`.
    Year,
    /// `JSON`.
    Json,
}
