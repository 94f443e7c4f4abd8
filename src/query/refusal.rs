//! DataFusion's errors as ours.

use std::sync::Arc;

use datafusion::{
    common::{SchemaError, utils::datafusion_strsim::levenshtein},
    error::DataFusionError,
};

use super::{QueryError, session::MEMORY_LIMIT_BYTES};
use crate::binlog::BinlogError;

/// When an error arose: its kind alone does not tell a wrong question from a wrong value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    Planning,
    Running,
}

/// What an error of DataFusion means to the user.
pub(super) fn refusal(error: &DataFusionError, stage: Stage) -> QueryError {
    if let Some(capture) = capture_error(error) {
        return QueryError::Capture(capture);
    }
    match error.find_root() {
        DataFusionError::SQL(parser, _) => QueryError::Syntax { reason: reason(&parser.to_string().replace("sql parser error: ", "")) },
        DataFusionError::SchemaError(schema, _) => wrong_column(schema),
        DataFusionError::ResourcesExhausted(reason) => {
            QueryError::Memory { limit_bytes: MEMORY_LIMIT_BYTES, operator: operator(reason).to_owned() }
        }
        root => {
            let reason = reason(&root.message());
            match stage {
                Stage::Planning => QueryError::Plan { reason },
                Stage::Running => QueryError::Evaluation { reason },
            }
        }
    }
}

/// Wraps an error of a scan for its way through DataFusion.
pub(super) fn from_capture(error: BinlogError) -> DataFusionError {
    DataFusionError::External(Box::new(Arc::new(error)))
}

/// The capture's own error, wherever in the chain it is.
fn capture_error(error: &DataFusionError) -> Option<Arc<BinlogError>> {
    match error {
        DataFusionError::External(inner) => match inner.downcast_ref::<Arc<BinlogError>>() {
            Some(capture) => Some(Arc::clone(capture)),
            None => inner.downcast_ref::<DataFusionError>().and_then(capture_error),
        },
        DataFusionError::Context(_, inner) | DataFusionError::Diagnostic(_, inner) => capture_error(inner),
        DataFusionError::Shared(inner) => capture_error(inner),
        DataFusionError::Collection(all) => all.iter().find_map(capture_error),
        // Every other kind is DataFusion's or Arrow's own.
        _ => None,
    }
}

fn wrong_column(error: &SchemaError) -> QueryError {
    match error {
        SchemaError::FieldNotFound { field, valid_fields } => {
            let columns: Vec<String> = valid_fields.iter().map(|column| written(column.name())).collect();
            let near = nearest(field.name(), valid_fields.iter().map(|column| column.name())).map(written);
            QueryError::UnknownColumn { name: field.flat_name(), near, columns }
        }
        SchemaError::AmbiguousReference { field } => {
            QueryError::Plan { reason: format!("`{}` is a column of more than one table", field.flat_name()) }
        }
        SchemaError::DuplicateQualifiedField { name, .. } | SchemaError::DuplicateUnqualifiedField { name } => {
            QueryError::Plan { reason: format!("two columns are called `{name}`") }
        }
    }
}

/// The name as a question must write it: in double quotes where the SQL would read something else.
pub(super) fn written(name: &str) -> String {
    let plain = |character: char| character.is_ascii_lowercase() || character.is_ascii_digit() || character == '_';
    if name.chars().all(plain) && !name.starts_with(|first: char| first.is_ascii_digit()) && !RESERVED.contains(&name) {
        name.to_owned()
    } else {
        format!("\"{}\"", name.replace('"', "\"\""))
    }
}

/// Words that are no column where they stand bare.
const RESERVED: [&str; 24] = [
    "all", "and", "as", "by", "case", "cast", "distinct", "end", "except", "false", "from", "group", "having", "in", "interval", "join",
    "limit", "not", "null", "on", "order", "select", "table", "where",
];

/// The known name that differs least from `name`; none when all differ in more than a third of it.
pub(super) fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let lower = name.to_lowercase();
    let distances = known.map(|known| (levenshtein(&lower, &known.to_lowercase()), known));
    let (distance, nearest) = distances.min()?;
    (distance * 3 <= name.chars().count().max(3)).then_some(nearest)
}

/// The operator that ran out of memory, as DataFusion's message names it.
fn operator(reason: &str) -> &str {
    let quoted = reason.split("allocation for ").nth(1).or_else(|| reason.split("allocate additional ").nth(1));
    quoted.and_then(|rest| rest.split(['[', '(', '#']).next()).map_or("an operator", str::trim)
}

/// A message of DataFusion's in our form: one line, lower case, no full stop.
fn reason(message: &str) -> String {
    // A call that no function takes is reported as a defect of DataFusion first and as what it is after that.
    let message = message.find("No function matches").map_or(message, |start| &message[start..]);
    let line = message.split_whitespace().collect::<Vec<_>>().join(" ");
    let line = line.trim_end_matches('.');
    let mut letters = line.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), Some(second)) if !second.is_uppercase() => first.to_lowercase().chain(letters).collect(),
        (Some(_), _) => line.to_owned(),
        (None, _) => "no reason is given".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_written_as_a_question_must_write_them() {
        let names = [
            ("op", "op"),
            ("table", "\"table\""),
            ("Orders", "\"Orders\""),
            ("2024_x", "\"2024_x\""),
            ("a\"b", "\"a\"\"b\""),
            ("税", "\"税\""),
        ];
        for (name, expected) in names {
            assert_eq!(written(name), expected);
        }
    }

    #[test]
    fn a_name_is_near_when_little_of_it_differs() {
        let known = ["qyid", "batch_no", "status"];
        assert_eq!(nearest("qyId", known.into_iter()), Some("qyid"));
        assert_eq!(nearest("batchno", known.into_iter()), Some("batch_no"));
        assert_eq!(nearest("amount", known.into_iter()), None);
    }

    #[test]
    fn an_error_of_the_capture_is_found_under_whatever_datafusion_wrapped_it_in() {
        let own = || from_capture(BinlogError::Empty { path: "x".to_owned() });
        let wrapped = [
            own(),
            own().context("while joining"),
            DataFusionError::Shared(Arc::new(own())),
            DataFusionError::External(Box::new(own())),
            DataFusionError::Collection(vec![DataFusionError::Plan("other".to_owned()), own()]),
        ];
        for error in &wrapped {
            assert!(matches!(refusal(error, Stage::Running), QueryError::Capture(_)), "{error}");
        }
    }

    #[test]
    fn messages_are_one_line_in_lower_case_without_a_full_stop() {
        assert_eq!(reason("Cannot do this.\nTry that.\n\tOr that."), "cannot do this. Try that. Or that");
        assert_eq!(reason("SQL is wrong"), "SQL is wrong");
        assert_eq!(reason(""), "no reason is given");
    }
}
