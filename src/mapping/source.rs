//! Which tables a mapping reads: `FROM s.t`, `FROM LIKE …`, `FROM REGEXP …`.

use dsl::{Code, Diagnostic, PatternPair, Severity, Source, Text};
use regex::Regex;

use crate::schema::TableName;

/// A compiled `FROM`. Names compare as the binlog spells them: case counts.
#[derive(Debug, Clone)]
pub(super) enum SourceTables {
    /// One table.
    One(TableName),
    /// Every table whose schema and table name match.
    Matching {
        /// Matches the whole name of the schema.
        schema: NamePattern,
        /// Matches the whole name of the table.
        table: NamePattern,
    },
}

impl SourceTables {
    /// Compiles a `FROM`; a pattern that is none is an error, a careless one a note.
    pub(super) fn compile(source: &Source) -> (Option<Self>, Vec<Diagnostic>) {
        let mut diagnostics = Vec::new();
        let mut pair = |patterns: &PatternPair, compile: fn(&Text, &mut Vec<Diagnostic>) -> Option<NamePattern>| {
            let schema = compile(&patterns.schema, &mut diagnostics);
            let table = compile(&patterns.table, &mut diagnostics);
            Some(Self::Matching { schema: schema?, table: table? })
        };
        let tables = match source {
            Source::Table { schema, table, .. } => Some(Self::One(TableName::new(&schema.text, &table.text))),
            Source::Like(patterns) => pair(patterns, NamePattern::like),
            Source::Regexp(patterns) => pair(patterns, NamePattern::regexp),
        };
        (tables, diagnostics)
    }

    /// Whether the mapping reads this table.
    pub(super) fn contains(&self, name: &TableName) -> bool {
        match self {
            Self::One(table) => table == name,
            Self::Matching { schema, table } => schema.matches(&name.schema) && table.matches(&name.table),
        }
    }

    /// Whether this can be more than one table.
    pub(super) fn is_pattern(&self) -> bool {
        matches!(self, Self::Matching { .. })
    }

    /// Whether the schemas, and whether the tables, can have more than one name.
    pub(super) fn varies(&self) -> (bool, bool) {
        match self {
            Self::One(_) => (false, false),
            Self::Matching { schema, table } => (schema.varies(), table.varies()),
        }
    }
}

/// A pattern of whole names.
#[derive(Debug, Clone)]
pub(super) enum NamePattern {
    Like(Vec<LikePart>),
    Regexp(Regex),
}

/// A step of a LIKE pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LikePart {
    Char(char),
    AnyChar,
    AnyText,
}

impl NamePattern {
    fn like(pattern: &Text, diagnostics: &mut Vec<Diagnostic>) -> Option<Self> {
        let mut parts = Vec::new();
        let mut chars = pattern.value.chars();
        while let Some(char) = chars.next() {
            parts.push(match char {
                '%' => LikePart::AnyText,
                '_' => LikePart::AnyChar,
                // A backslash at the end stands for itself, as in MySQL.
                '\\' => LikePart::Char(chars.next().unwrap_or('\\')),
                other => LikePart::Char(other),
            });
        }
        if parts.contains(&LikePart::AnyChar) {
            diagnostics.push(Diagnostic {
                code: Code::LIKE_UNDERSCORE,
                severity: Severity::Note,
                message: "`_` stands for any one character here".to_owned(),
                span: pattern.span,
                hint: Some("Write `\\_` for an underscore.".to_owned()),
            });
        }
        Some(Self::Like(parts))
    }

    fn regexp(pattern: &Text, diagnostics: &mut Vec<Diagnostic>) -> Option<Self> {
        match Regex::new(&format!(r"\A(?:{})\z", pattern.value)) {
            // A pattern such as `a)|(b` is only an expression between our parentheses.
            Ok(regex) if Regex::new(&pattern.value).is_ok() => Some(Self::Regexp(regex)),
            _ => {
                diagnostics.push(Diagnostic {
                    code: Code::BAD_REGEXP,
                    severity: Severity::Error,
                    message: format!("`{}` is not a regular expression", pattern.value),
                    span: pattern.span,
                    hint: Regex::new(&pattern.value).err().and_then(|error| last_line(&error)),
                });
                None
            }
        }
    }

    fn varies(&self) -> bool {
        match self {
            Self::Like(parts) => parts.iter().any(|part| !matches!(part, LikePart::Char(_))),
            // `\A(?:…)\z` around letters only is one name.
            Self::Regexp(regex) => regex.as_str().chars().filter(|char| !(char.is_alphanumeric() || *char == '_')).count() > 7,
        }
    }

    fn matches(&self, name: &str) -> bool {
        match self {
            Self::Like(parts) => like_matches(parts, name),
            Self::Regexp(regex) => regex.is_match(name),
        }
    }
}

/// What the regex crate says at the end of its drawing.
fn last_line(error: &regex::Error) -> Option<String> {
    let text = error.to_string();
    let reason = text.lines().last()?.trim().trim_start_matches("error: ");
    let mut letters = reason.chars();
    let first = letters.next()?;
    Some(format!("{}{}.", first.to_uppercase(), letters.as_str()))
}

/// Goes back to the last `%` only, so that no pattern takes more than `parts × name` steps.
fn like_matches(parts: &[LikePart], name: &str) -> bool {
    let name: Vec<char> = name.chars().collect();
    let (mut part, mut at) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    while at < name.len() {
        match parts.get(part) {
            Some(LikePart::AnyText) => {
                retry = Some((part, at));
                part += 1;
                continue;
            }
            Some(LikePart::AnyChar) => {
                (part, at) = (part + 1, at + 1);
                continue;
            }
            Some(LikePart::Char(char)) if *char == name[at] => {
                (part, at) = (part + 1, at + 1);
                continue;
            }
            Some(LikePart::Char(_)) | None => {}
        }
        let Some((star, taken)) = retry else { return false };
        retry = Some((star, taken + 1));
        (part, at) = (star + 1, taken + 1);
    }
    parts[part..].iter().all(|rest| *rest == LikePart::AnyText)
}

#[cfg(test)]
mod tests {
    use dsl::Span;

    use super::*;

    fn text(value: &str) -> Text {
        Text { value: value.to_owned(), span: Span::new(0, 1) }
    }

    fn like(schema: &str, table: &str) -> (SourceTables, Vec<Diagnostic>) {
        let (tables, diagnostics) = SourceTables::compile(&Source::Like(PatternPair { schema: text(schema), table: text(table) }));
        (tables.expect("a LIKE pattern always compiles"), diagnostics)
    }

    #[test]
    fn like_means_what_mysql_means_by_it() {
        let (tables, diagnostics) = like(r"shop\_%", r"orders\__");
        assert!(tables.contains(&TableName::new("shop_1", "orders_1")));
        assert!(tables.contains(&TableName::new("shop_", "orders_x")));
        assert!(!tables.contains(&TableName::new("shop1", "orders_1")), "an escaped underscore is no wildcard");
        assert!(!tables.contains(&TableName::new("shop_1", "orders_10")));
        assert!(!tables.contains(&TableName::new("SHOP_1", "orders_1")), "names compare bytewise");
        assert_eq!(diagnostics.len(), 1, "only the table's pattern has a wildcard underscore");
    }

    #[test]
    fn a_percent_sign_takes_as_much_as_the_rest_needs() {
        let (tables, _) = like("a%b%c", "%");
        for (name, expected) in [("abc", true), ("aXbYbZc", true), ("abcX", false), ("ac", false), ("aébéc", true)] {
            assert_eq!(tables.contains(&TableName::new(name, "")), expected, "{name}");
        }
    }

    #[test]
    fn a_regular_expression_matches_the_whole_name() {
        let pair = PatternPair { schema: text("shop_[0-9]+|mall"), table: text("orders") };
        let (tables, _) = SourceTables::compile(&Source::Regexp(pair));
        let tables = tables.expect("both expressions are well formed");
        assert!(tables.contains(&TableName::new("shop_12", "orders")));
        assert!(tables.contains(&TableName::new("mall", "orders")));
        assert!(!tables.contains(&TableName::new("my_shop_12", "orders")));
        assert!(!tables.contains(&TableName::new("shop_12", "orders_2")));
    }

    #[test]
    fn a_broken_regular_expression_is_an_error_with_its_reason() {
        for broken in ["shop[", "a)|(b"] {
            let (tables, diagnostics) = SourceTables::compile(&Source::Regexp(PatternPair { schema: text(broken), table: text("t") }));
            assert!(tables.is_none());
            assert!(diagnostics[0].hint.is_some(), "{broken}");
        }
    }
}
