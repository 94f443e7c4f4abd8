//! A definition as the CREATE TABLE that makes it again, on either family of servers.

use std::fmt::Write;

use super::ddl::{Kind, Lexer, Token};
use super::quote::quoted;
use super::{Charset, Collation, Column, ColumnType, Flavor, IntegerWidth, SqlMode, TableSchema, TextWidth, UniqueKey};

/// The most bytes of an index's columns in InnoDB.
const MAX_KEY_BYTES: u64 = 3072;

impl ColumnType {
    /// The type as a definition of a column writes it: `varchar(20) CHARACTER SET …`.
    pub fn declared(&self, dialect: Flavor) -> String {
        type_clause(self, dialect)
    }
}

impl TableSchema {
    /// Writes the CREATE TABLE of a table that holds the same rows: names, types, nullability, constant defaults, what
    /// computes generated columns, primary and unique keys.
    ///
    /// Left out: hidden columns and system versioning, AUTO_INCREMENT, defaults that are expressions, and unique keys on
    /// prefixes or expressions. What a family of servers lacks becomes its nearest of the other: a collation of the same
    /// charset, `binary(16)` for MariaDB's `uuid`. Names of charsets are those of MySQL 8.0.30 and MariaDB 10.6.
    pub fn create_statement(&self, dialect: Flavor, if_not_exists: bool) -> String {
        let shown: Vec<bool> = self.columns.iter().map(|column| !column.is_hash() && !column.is_row_time()).collect();
        let columns = self.columns.iter().zip(&shown).filter(|(_, shown)| **shown);
        let mut lines: Vec<String> = columns.map(|(column, _)| column_clause(column, dialect)).collect();
        if !self.primary_key.is_empty() {
            lines.push(format!("PRIMARY KEY {}", self.key_columns(&self.primary_key)));
        }
        let sound = |key: &&UniqueKey| {
            let whole = !key.partial && !key.columns.is_empty() && key.columns.iter().all(|&column| shown[column]);
            whole && (dialect == Flavor::MariaDb || self.fits_index(&key.columns))
        };
        for key in self.unique_keys.iter().filter(sound) {
            let columns: Vec<String> = key.columns.iter().map(|&column| quoted(&self.columns[column].name)).collect();
            lines.push(format!("UNIQUE KEY {} ({})", quoted(&key.name), columns.join(", ")));
        }
        let condition = if if_not_exists { "IF NOT EXISTS " } else { "" };
        format!("CREATE TABLE {condition}{} (\n  {}\n)", self.name.quoted(), lines.join(",\n  "))
    }

    fn fits_index(&self, columns: &[usize]) -> bool {
        columns.iter().map(|&column| key_bytes(&self.columns[column].ty)).sum::<u64>() <= MAX_KEY_BYTES
    }

    /// The columns of the primary key; those too long for an index by as much as fits, which is at least as unique.
    fn key_columns(&self, columns: &[usize]) -> String {
        let mut list = Vec::new();
        for &column in columns {
            let Column { name, ty, .. } = &self.columns[column];
            let mut part = quoted(name);
            if key_bytes(ty) > MAX_KEY_BYTES {
                let width = ty.collation().map_or(1, |collation| collation.charset().max_bytes_per_char());
                let _ = write!(part, "({})", MAX_KEY_BYTES / u64::from(width) / columns.len() as u64);
            }
            list.push(part);
        }
        format!("({})", list.join(", "))
    }
}

fn column_clause(column: &Column, dialect: Flavor) -> String {
    let mut clause = format!("{} {}", quoted(&column.name), type_clause(&column.ty, dialect));
    match &column.default {
        Some(computed) if column.generated => {
            let _ = write!(clause, " {computed}");
            // MariaDB takes no word on NULL here.
            if !column.nullable && dialect == Flavor::MySql {
                clause.push_str(" NOT NULL");
            }
        }
        default => {
            clause.push_str(if column.nullable { " NULL" } else { " NOT NULL" });
            let constant =
                default.as_deref().filter(|default| Constant::read(default).is_some_and(|constant| constant.suits(&column.ty, dialect)));
            if let Some(default) = constant {
                let _ = write!(clause, " DEFAULT {default}");
            }
        }
    }
    clause
}

fn type_clause(ty: &ColumnType, dialect: Flavor) -> String {
    let unsigned = |unsigned: bool| if unsigned { " unsigned" } else { "" };
    let fsp = |name: &str, fsp: u8| if fsp == 0 { name.to_owned() } else { format!("{name}({fsp})") };
    match ty {
        ColumnType::Integer { width, unsigned: sign } => format!("{}{}", width.name(), unsigned(*sign)),
        ColumnType::Decimal { precision, scale, unsigned: sign } => format!("decimal({precision},{scale}){}", unsigned(*sign)),
        ColumnType::Float => "float".into(),
        ColumnType::Double => "double".into(),
        ColumnType::Bit { width } => format!("bit({width})"),
        ColumnType::Year => "year".into(),
        ColumnType::Date => "date".into(),
        ColumnType::Time { fsp: digits } => fsp("time", *digits),
        ColumnType::DateTime { fsp: digits } => fsp("datetime", *digits),
        ColumnType::Timestamp { fsp: digits } => fsp("timestamp", *digits),
        ColumnType::Char { length, collation } => format!("char({length}){}", charset_clause(*collation, dialect)),
        ColumnType::Varchar { length, collation } => format!("varchar({length}){}", charset_clause(*collation, dialect)),
        ColumnType::Text { width, collation } => format!("{}text{}", width.prefix(), charset_clause(*collation, dialect)),
        ColumnType::Binary { length } => format!("binary({length})"),
        ColumnType::Varbinary { length } => format!("varbinary({length})"),
        ColumnType::Blob { width } => format!("{}blob", width.prefix()),
        ColumnType::Enum { labels, collation } => format!("enum({}){}", label_list(labels), charset_clause(*collation, dialect)),
        ColumnType::Set { labels, collation } => format!("set({}){}", label_list(labels), charset_clause(*collation, dialect)),
        ColumnType::Json => "json".into(),
        ColumnType::Geometry => "geometry".into(),
        ColumnType::Vector { dimension } => match dialect {
            Flavor::MySql => format!("vector({dimension})"),
            Flavor::MariaDb => format!("varbinary({})", dimension * 4),
        },
        ColumnType::Uuid => if dialect == Flavor::MariaDb { "uuid" } else { "binary(16)" }.into(),
        ColumnType::Inet4 => if dialect == Flavor::MariaDb { "inet4" } else { "binary(4)" }.into(),
        ColumnType::Inet6 => if dialect == Flavor::MariaDb { "inet6" } else { "binary(16)" }.into(),
    }
}

fn charset_clause(collation: Collation, dialect: Flavor) -> String {
    let (collation, name) = match collation.name_on(dialect) {
        Some(name) => (collation, name),
        None => {
            let nearest = nearest(collation, dialect);
            (nearest, nearest.name_on(dialect).unwrap_or("utf8mb4_bin"))
        }
    };
    format!(" CHARACTER SET {} COLLATE {name}", collation.charset())
}

/// What stands for a collation that a family of servers lacks: the same padding and sensitivity where it can be had.
fn nearest(collation: Collation, dialect: Flavor) -> Collation {
    let name = collation.name();
    let sensitivity = ["ai_ci", "as_ci", "as_cs", "ai_cs"].into_iter().find(|end| name.ends_with(end));
    let wanted = match (dialect, sensitivity) {
        (Flavor::MariaDb, Some(end)) => format!("utf8mb4_uca1400_nopad_{end}"),
        (Flavor::MariaDb, None) if name.ends_with("_0900_bin") => "utf8mb4_nopad_bin".to_owned(),
        (Flavor::MariaDb, None) if name.ends_with("_bin") => "utf8mb4_bin".to_owned(),
        (Flavor::MariaDb, None) => "utf8mb4_general_ci".to_owned(),
        (Flavor::MySql, _) if name.starts_with("utf8mb4_uca1400_") => match sensitivity {
            Some("as_cs" | "ai_cs") => "utf8mb4_0900_as_cs".to_owned(),
            Some("as_ci") => "utf8mb4_0900_as_ci".to_owned(),
            _ => "utf8mb4_0900_ai_ci".to_owned(),
        },
        // `…_nopad_bin` and the like: as MySQL has it, with padding.
        (Flavor::MySql, _) => name.replace("_nopad", "").replace("_general_cs", "_bin"),
    };
    let found = Collation::by_name_on(&wanted, dialect).filter(|found| found.name_on(dialect).is_some());
    found.unwrap_or_else(|| {
        let charset = if collation.charset().name() == "gb18030" { Charset::UTF8MB4 } else { collation.charset() };
        if sensitivity.is_some_and(|end| end.ends_with("cs")) { charset.bin_collation() } else { charset.default_collation(dialect.into()) }
    })
}

fn key_bytes(ty: &ColumnType) -> u64 {
    match ty {
        ColumnType::Char { length, collation } | ColumnType::Varchar { length, collation } => {
            u64::from(*length) * u64::from(collation.charset().max_bytes_per_char())
        }
        ColumnType::Binary { length } | ColumnType::Varbinary { length } => u64::from(*length),
        ColumnType::Text { .. } | ColumnType::Blob { .. } | ColumnType::Json | ColumnType::Geometry | ColumnType::Vector { .. } => {
            u64::from(u32::MAX)
        }
        _ => 8,
    }
}

/// A DEFAULT that is no expression.
enum Constant {
    Null,
    Literal,
    CurrentTime,
}

impl Constant {
    /// Reads the text of a DEFAULT; none where it is an expression.
    fn read(default: &str) -> Option<Self> {
        let tokens = tokens(default)?;
        let kinds: Vec<Kind> = tokens.iter().map(|token| token.kind).collect();
        let first = tokens.first()?.text.to_ascii_uppercase();
        let current_time = matches!(first.as_str(), "CURRENT_TIMESTAMP" | "NOW");
        match kinds.as_slice() {
            [Kind::Word] if first == "NULL" => Some(Self::Null),
            [Kind::Word] if first == "TRUE" || first == "FALSE" => Some(Self::Literal),
            [Kind::String | Kind::Number | Kind::Bytes] | [Kind::Symbol('-' | '+'), Kind::Number] => Some(Self::Literal),
            [Kind::Word, Kind::String | Kind::Bytes] => first.starts_with('_').then_some(Self::Literal),
            [Kind::Word]
            | [Kind::Word, Kind::Symbol('('), Kind::Symbol(')')]
            | [Kind::Word, Kind::Symbol('('), Kind::Number, Kind::Symbol(')')]
                if current_time =>
            {
                Some(Self::CurrentTime)
            }
            _ => None,
        }
    }

    /// Whether the servers take it for a column of this type.
    fn suits(&self, ty: &ColumnType, dialect: Flavor) -> bool {
        match (self, ty) {
            (Self::Null, _) => true,
            (Self::CurrentTime, _) => matches!(ty, ColumnType::Timestamp { .. } | ColumnType::DateTime { .. }),
            (Self::Literal, ColumnType::Text { .. } | ColumnType::Blob { .. } | ColumnType::Json) => dialect == Flavor::MariaDb,
            (Self::Literal, ColumnType::Geometry | ColumnType::Vector { .. }) => false,
            (Self::Literal, _) => true,
        }
    }
}

fn tokens(text: &str) -> Option<Vec<Token<'_>>> {
    let mut lexer = Lexer::new(text, Flavor::MySql.into(), SqlMode::default());
    let mut tokens = Vec::new();
    while let Some(token) = lexer.next_token().ok()? {
        tokens.push(token);
    }
    Some(tokens)
}

fn label_list(labels: &[String]) -> String {
    let quoted: Vec<String> = labels.iter().map(|label| format!("'{}'", label.replace('\\', "\\\\").replace('\'', "''"))).collect();
    quoted.join(",")
}

impl IntegerWidth {
    /// The name of the type, in lower case.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tiny => "tinyint",
            Self::Small => "smallint",
            Self::Medium => "mediumint",
            Self::Int => "int",
            Self::Big => "bigint",
        }
    }
}

impl TextWidth {
    /// What stands before `text` or `blob` in the name of the type.
    pub fn prefix(self) -> &'static str {
        match self {
            Self::Tiny => "tiny",
            Self::Regular => "",
            Self::Medium => "medium",
            Self::Long => "long",
        }
    }
}
