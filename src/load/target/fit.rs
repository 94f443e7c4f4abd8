//! Whether the values of a mapping's column fit a target column, by their types alone: what is lost in silence, and what the target
//! would refuse when it comes.

use dsl::Severity;

use super::narrowing::narrowing;
use crate::{
    mapping::TargetColumn,
    schema::{Charset, Column, ColumnType, IntegerWidth, TextWidth},
};

/// Why values do not fit, as what follows on "column `c` …".
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Misfit {
    /// An error where the target would change values in silence; a note where the type of an expression says more than its values.
    pub(super) severity: Severity,
    pub(super) why: String,
    /// What to do, a full sentence.
    pub(super) hint: String,
}

/// What is wrong with the mapping's column in the target's, if anything is; `range` is where its integers lie.
pub(super) fn misfit(given: &TargetColumn, range: Option<(i128, i128)>, target: &Column) -> Option<Misfit> {
    let name = &given.name;
    let widen = format!("Give the target's column the type {}", given.ty.words());
    if let Some(narrowing) = narrowing(given, &target.ty) {
        let why = format!("{narrowing} of `{name}` ({})", given.ty.words());
        let hint = match &target.ty {
            ColumnType::Integer { .. } => format!("{widen}, or say what is meant: `round({name}) AS {name}`."),
            ty => format!("{widen}, or say what is meant: `CAST({name} AS {}) AS {name}`.", ty.words()),
        };
        return Some(Misfit { severity: Severity::Error, why, hint });
    }
    // An expression's type is often wider than its values.
    let severity = if given.source.is_some() { Severity::Warning } else { Severity::Note };
    if let Some(why) = too_narrow(given, range, &target.ty) {
        let hint = match (&given.ty, &target.ty) {
            (ColumnType::Char { .. } | ColumnType::Varchar { .. } | ColumnType::Text { .. }, to) if to.collation().is_some() => {
                match room(to) {
                    Some(room) => format!("{widen}, or cut what is longer: `left({name}, {room}) AS {name}`."),
                    None => format!("{widen}."),
                }
            }
            _ => format!("{widen}: what does not fit is refused when it comes."),
        };
        return Some(Misfit { severity, why, hint });
    }
    if !given.nullable || target.nullable {
        return None;
    }
    let why = format!("is NOT NULL, and `{name}` may be NULL");
    Some(Misfit { severity, why, hint: format!("`coalesce({name}, …) AS {name}` gives such a row a value.") })
}

fn too_narrow(given: &TargetColumn, range: Option<(i128, i128)>, to: &ColumnType) -> Option<String> {
    let from = &given.ty;
    if from == to {
        return None;
    }
    let holds = |what: &str| format!("is {}, and `{}` ({}) may {what}", to.words(), given.name, from.words());
    if let Some((low, high)) = integers_of(to) {
        return match (from, range) {
            (ColumnType::Integer { .. }, Some((least, _))) if least < 0 && low == 0 => is_told(given, range).then(|| holds("be negative")),
            (ColumnType::Integer { .. }, Some((least, most))) => (is_told(given, range) && (least < low || most > high))
                .then(|| holds(&format!("be {}", if most > high { most } else { least }))),
            (ColumnType::Integer { .. } | ColumnType::Decimal { .. } | ColumnType::Year | ColumnType::Bit { .. }, _) => None,
            _ => Some(holds("be no number")),
        };
    }
    match (from, to) {
        (_, ColumnType::Decimal { precision, scale, unsigned }) => {
            of_decimal(given, range, (*precision, *scale, *unsigned)).map(|what| holds(&what))
        }
        (ColumnType::Enum { labels, .. }, ColumnType::Enum { labels: known, .. })
        | (ColumnType::Set { labels, .. }, ColumnType::Set { labels: known, .. }) => {
            let lacking = labels.iter().find(|label| !known.contains(label))?;
            Some(holds(&format!("be '{lacking}', which is no label there")))
        }
        (_, ColumnType::Enum { .. } | ColumnType::Set { .. }) => Some(holds("be no label of it")),
        (ColumnType::Json, ColumnType::Json) => None,
        (_, ColumnType::Json) => Some(holds("be no JSON")),
        (ColumnType::Bit { width: given }, ColumnType::Bit { width }) => (given > width).then(|| holds("have more bits")),
        (ColumnType::DateTime { .. }, ColumnType::Timestamp { .. }) => Some(holds("lie outside of 1970 to 2038")),
        (ColumnType::DateTime { .. } | ColumnType::Timestamp { .. }, ColumnType::Date) => Some(holds("have a time of day")),
        (ColumnType::Date | ColumnType::Timestamp { .. } | ColumnType::DateTime { .. }, ColumnType::DateTime { .. }) => None,
        (ColumnType::Timestamp { .. }, ColumnType::Timestamp { .. }) | (ColumnType::Time { .. }, ColumnType::Time { .. }) => None,
        (_, ColumnType::Date | ColumnType::DateTime { .. } | ColumnType::Timestamp { .. } | ColumnType::Time { .. }) => {
            Some(holds("be no such time"))
        }
        _ => of_text(given, to).map(|what| holds(&what)),
    }
}

/// Whether the range of an expression says more than that it is an integer.
fn is_told(given: &TargetColumn, range: Option<(i128, i128)>) -> bool {
    given.source.is_some() || range.is_some_and(|(low, high)| low > i64::MIN.into() && high < i64::MAX.into())
}

fn integers_of(ty: &ColumnType) -> Option<(i128, i128)> {
    let ColumnType::Integer { width, unsigned } = ty else { return None };
    let bits = match width {
        IntegerWidth::Tiny => 8,
        IntegerWidth::Small => 16,
        IntegerWidth::Medium => 24,
        IntegerWidth::Int => 32,
        IntegerWidth::Big => 64,
    };
    Some(if *unsigned { (0, (1 << bits) - 1) } else { (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) })
}

fn of_decimal(given: &TargetColumn, range: Option<(i128, i128)>, (precision, scale, unsigned): (u8, u8, bool)) -> Option<String> {
    let whole = u32::from(precision - scale);
    match &given.ty {
        ColumnType::Decimal { precision: digits, scale: after, unsigned: sign } => {
            if *after > scale {
                Some(format!("have {after} digits after the point"))
            } else if u32::from(digits - after) > whole {
                Some(format!("have {} digits before the point", digits - after))
            } else {
                (unsigned && !sign && given.source.is_some()).then(|| "be negative".to_owned())
            }
        }
        ColumnType::Integer { .. } => {
            let (low, high) = range.filter(|_| is_told(given, range))?;
            let limit = 10_i128.checked_pow(whole)?;
            (low <= -limit || high >= limit).then(|| format!("be {}", if high >= limit { high } else { low }))
        }
        ColumnType::Float | ColumnType::Double => Some("have digits that it does not hold".to_owned()),
        ColumnType::Year | ColumnType::Bit { .. } => None,
        _ => Some("be no number".to_owned()),
    }
}

fn of_text(given: &TargetColumn, to: &ColumnType) -> Option<String> {
    if let (Some(from), Some(charset)) = (given.ty.collation(), to.collation())
        && given.source.is_some()
        && !holds_all(charset.charset(), from.charset())
    {
        return Some(format!("hold characters of {} that {} lacks", from.charset(), charset.charset()));
    }
    let (longest, room) = (longest(&given.ty)?, room(to)?);
    (longest > room).then(|| format!("be {longest} long"))
}

/// Whether every character of one charset is in another.
fn holds_all(charset: Charset, of: Charset) -> bool {
    let unicode = |charset: Charset| ["utf8mb4", "utf16", "utf16le", "utf32", "gb18030"].contains(&charset.name());
    let plane = |charset: Charset| ["utf8mb3", "ucs2"].contains(&charset.name());
    charset == of || of == Charset::ASCII || unicode(charset) || (plane(charset) && !unicode(of))
}

/// The most characters, or bytes of a binary string, that a value has.
fn longest(ty: &ColumnType) -> Option<u64> {
    match ty {
        ColumnType::Char { length, .. } | ColumnType::Varchar { length, .. } => Some((*length).into()),
        ColumnType::Binary { length } | ColumnType::Varbinary { length } => Some((*length).into()),
        ColumnType::Text { width, .. } | ColumnType::Blob { width } => Some(bytes_of(*width)),
        ColumnType::Enum { labels, .. } => labels.iter().map(|label| label.chars().count() as u64).max(),
        ColumnType::Set { labels, .. } => Some(labels.iter().map(|label| label.chars().count() as u64 + 1).sum::<u64>().saturating_sub(1)),
        ColumnType::Integer { width, unsigned } => {
            let digits = match width {
                IntegerWidth::Tiny => 3,
                IntegerWidth::Small => 5,
                IntegerWidth::Medium => 7,
                IntegerWidth::Int => 10,
                IntegerWidth::Big => 19,
            };
            let wider = *unsigned && matches!(width, IntegerWidth::Medium | IntegerWidth::Big);
            Some(digits + u64::from(wider || !unsigned))
        }
        ColumnType::Decimal { precision, scale, unsigned } => {
            Some(u64::from(*precision) + u64::from(*scale > 0) + u64::from(!unsigned) + u64::from(precision == scale))
        }
        ColumnType::Date => Some(10),
        ColumnType::DateTime { fsp } | ColumnType::Timestamp { fsp } => Some(19 + fraction(*fsp)),
        ColumnType::Time { fsp } => Some(10 + fraction(*fsp)),
        ColumnType::Year => Some(4),
        _ => None,
    }
}

fn fraction(fsp: u8) -> u64 {
    if fsp == 0 { 0 } else { 1 + u64::from(fsp) }
}

/// How many characters, or bytes, certainly have room in a column.
fn room(ty: &ColumnType) -> Option<u64> {
    match ty {
        ColumnType::Char { length, .. } | ColumnType::Varchar { length, .. } => Some((*length).into()),
        ColumnType::Binary { length } | ColumnType::Varbinary { length } => Some((*length).into()),
        ColumnType::Text { width, .. } | ColumnType::Blob { width } => Some(bytes_of(*width)),
        _ => None,
    }
}

fn bytes_of(width: TextWidth) -> u64 {
    match width {
        TextWidth::Tiny => u8::MAX.into(),
        TextWidth::Regular => u16::MAX.into(),
        TextWidth::Medium => (1 << 24) - 1,
        TextWidth::Long => u32::MAX.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{ServerVersion, TableName, read_schema_file};

    /// What is said of a source column of one type that goes into a target column of another.
    fn said(from: &str, to: &str) -> String {
        let ddl = format!("CREATE TABLE s.t (a {from}, b {to});");
        let (history, problems) = read_schema_file(&ddl, ServerVersion::MYSQL_9_7);
        assert!(problems.is_empty(), "{problems:?}");
        let table = history.get(&TableName::new("s", "t")).expect("the text defines it");
        let source = &table.columns[0];
        let given = TargetColumn {
            name: "a".into(),
            ty: source.ty.clone(),
            nullable: source.nullable,
            source: Some(0),
            is_key: false,
            generated: false,
        };
        let range = integers_of(&source.ty);
        misfit(&given, range, &table.columns[1]).map_or_else(String::new, |misfit| format!("{:?}: {}", misfit.severity, misfit.why))
    }

    #[test]
    fn what_the_target_refuses_is_a_warning() {
        for (from, to, what) in [
            ("bigint", "int", "is INT, and `a` (BIGINT) may be 9223372036854775807"),
            ("int", "int unsigned", "is INT UNSIGNED, and `a` (INT) may be negative"),
            ("varchar(64)", "varchar(20)", "is VARCHAR(20), and `a` (VARCHAR(64)) may be 64 long"),
            ("bigint", "varchar(10)", "is VARCHAR(10), and `a` (BIGINT) may be 20 long"),
            (
                "varchar(9)",
                "varchar(9) CHARACTER SET latin1",
                "is VARCHAR(9), and `a` (VARCHAR(9)) may hold characters of utf8mb4 that latin1 lacks",
            ),
            ("enum('a','b')", "enum('a')", "is ENUM, and `a` (ENUM) may be 'b', which is no label there"),
            ("varchar(9)", "int", "is INT, and `a` (VARCHAR(9)) may be no number"),
            ("decimal(20,6)", "decimal(10,6)", "is DECIMAL(10,6), and `a` (DECIMAL(20,6)) may have 14 digits before the point"),
            ("decimal(20,6)", "decimal(20,2)", "is DECIMAL(20,2), and `a` (DECIMAL(20,6)) may have 6 digits after the point"),
            ("datetime", "timestamp", "is TIMESTAMP, and `a` (DATETIME) may lie outside of 1970 to 2038"),
            ("int", "int NOT NULL", "is NOT NULL, and `a` may be NULL"),
        ] {
            assert_eq!(said(from, to), format!("Warning: {what}"), "{from} → {to}");
        }
    }

    #[test]
    fn what_the_target_bends_in_silence_is_an_error() {
        assert_eq!(said("datetime(6)", "datetime"), "Error: cuts fractions of seconds of `a` (DATETIME(6))");
        assert_eq!(said("decimal(9,2)", "int"), "Error: rounds fractions of `a` (DECIMAL(9,2))");
    }

    #[test]
    fn what_fits_is_not_mentioned() {
        for (from, to) in [
            ("int", "bigint"),
            ("int unsigned", "bigint"),
            ("tinyint", "smallint"),
            ("varchar(20)", "text"),
            ("int", "varchar(11)"),
            ("int unsigned", "varchar(10)"),
            ("char(3) CHARACTER SET ascii", "varchar(3) CHARACTER SET latin1"),
            ("varchar(3) CHARACTER SET latin1", "varchar(3)"),
            ("enum('a')", "enum('b','a')"),
            ("enum('abc')", "varchar(3)"),
            ("int", "decimal(10)"),
            ("date", "datetime"),
            ("timestamp", "datetime"),
            ("json", "json"),
            ("int NOT NULL", "int"),
        ] {
            assert_eq!(said(from, to), "", "{from} → {to}");
        }
    }
}
