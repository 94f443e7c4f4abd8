//! What is wrong with tests, before any runs.

use std::{collections::HashSet, sync::Arc};

use dsl::{Code, Diagnostic, ExpectedPlace, ExpectedResult, Name, OptionValue, RowChange, Severity, Test, TestRow, nearest};

use super::{
    RowImages,
    images::{change_set, error},
};
use crate::{
    mapping::{
        CompiledMapping, FailureKind, FileDiagnostic, MappingSet, Policies, Purpose, Router, Servers,
        expr::{RowErrorKind, store},
    },
    schema::{TableName, TableSchema},
};

/// The words of `image`, the default first.
const IMAGES: [(&str, RowImages); 3] = [("full", RowImages::Full), ("noblob", RowImages::NoBlob), ("minimal", RowImages::Minimal)];

/// All problems of the tests of a set, by file and place. What is wrong with mappings is not among them.
pub fn check(set: &MappingSet, tables: &[Arc<TableSchema>]) -> Vec<FileDiagnostic> {
    let mut found = Vec::new();
    let mut names = HashSet::new();
    let mut routers: Vec<(usize, Router)> = Vec::new();
    for (file, test) in set.tests() {
        if routers.last().is_none_or(|(of, _)| *of != file) {
            let servers = Servers::Any { default: "default".into() };
            routers.push((file, Router::new(set.of_file(file), Policies::default(), servers, Purpose::Place)));
        }
        let (_, router) = routers.last_mut().expect("it was put there if it was not");
        let mut problems = check_test(test, tables, router);
        if !names.insert((file, test.name.value.clone())) {
            let message = format!("a test of this file already says `{}`", test.name.value);
            problems.push(error(Code::DUPLICATE_TEST, message, test.name.span, None));
        }
        found.extend(problems.into_iter().map(|diagnostic| FileDiagnostic { file, diagnostic }));
    }
    found.sort_by_key(|found| (found.file, found.diagnostic.span));
    found
}

/// The row images that a test asks for, and what is wrong with how it asks.
pub(super) fn row_images(test: &Test) -> (RowImages, Vec<Diagnostic>) {
    let (mut images, mut problems) = (RowImages::default(), Vec::new());
    for (index, option) in test.options.iter().enumerate() {
        let name = option.name.text.to_ascii_lowercase();
        if name != "image" {
            let hint = nearest(&name, ["image"]).map(|known| format!("Did you mean `{known}`?"));
            problems.push(error(Code::UNKNOWN_OPTION, format!("`{name}` is not an option of a test"), option.name.span, hint));
        } else if index > 0 && test.options[..index].iter().any(|other| other.name.text.eq_ignore_ascii_case(&name)) {
            problems.push(error(Code::DUPLICATE_OPTION, format!("option `{name}` is set twice"), option.name.span, None));
        } else {
            let word = match &option.value {
                OptionValue::Text(text) => IMAGES.iter().find(|(word, _)| text.eq_ignore_ascii_case(word)),
                OptionValue::Number(_) | OptionValue::Bool(_) => None,
            };
            match word {
                Some((_, word)) => images = *word,
                None => {
                    let message = "option `image` takes one of 'full', 'noblob', 'minimal'".to_owned();
                    problems.push(error(Code::BAD_OPTION_VALUE, message, option.value_span, None));
                }
            }
        }
    }
    (images, problems)
}

fn check_test(test: &Test, tables: &[Arc<TableSchema>], router: &mut Router) -> Vec<Diagnostic> {
    let (images, mut problems) = row_images(test);
    let (_, wrong_changes) = change_set(test, tables, images);
    problems.extend(wrong_changes);
    let mut mappings: Vec<Arc<CompiledMapping>> = Vec::new();
    let mut bind_all = true;
    for given in &test.given {
        let name = TableName::new(&given.schema.text, &given.table.text);
        let Some(table) = tables.iter().find(|table| table.name == name) else {
            bind_all = false;
            continue;
        };
        if !router.reads(&name) {
            let message = format!("no mapping of this file reads `{name}`");
            let span = given.schema.span.to(given.table.span);
            problems.push(Diagnostic { code: Code::TEST_READS_NOTHING, severity: Severity::Warning, message, span, hint: None });
        }
        match router.mappings(table) {
            Ok(found) => mappings.extend(found.cloned()),
            // The mapping's own problems were told already.
            Err(_) => bind_all = false,
        }
    }
    for result in &test.expected {
        match result {
            ExpectedResult::Error { reason, .. } => problems.extend(check_reason(reason)),
            ExpectedResult::Row { place, change, .. } if bind_all && !mappings.is_empty() => {
                problems.extend(check_place(place, &mappings));
                problems.extend(change.rows().flat_map(|row| check_row(row, change, &mappings)));
            }
            ExpectedResult::Row { .. } => {}
        }
    }
    problems
}

fn check_reason(reason: &Name) -> Option<Diagnostic> {
    let kinds = [
        FailureKind::NullRoute,
        FailureKind::MissingColumn,
        FailureKind::EmptyName,
        FailureKind::TooLongName,
        FailureKind::BadName,
        FailureKind::UnknownServer,
    ];
    let words = kinds.map(FailureKind::word).into_iter().chain([RowErrorKind::Overflow, RowErrorKind::Conversion].map(RowErrorKind::word));
    let words: Vec<&str> = words.collect();
    if words.iter().any(|word| word.eq_ignore_ascii_case(&reason.text)) {
        return None;
    }
    let meant = nearest(&reason.text, words.iter().copied());
    let hint = meant.map_or_else(|| format!("It is one of {}.", words.join(", ")), |word| format!("Did you mean `{word}`?"));
    Some(error(Code::TEST_REASON, format!("`{}` is no reason of an error", reason.text), reason.span, Some(hint)))
}

/// A place that constant routes rule out.
fn check_place(place: &ExpectedPlace, mappings: &[Arc<CompiledMapping>]) -> Option<Diagnostic> {
    let fits = |fixed: &Option<String>, written: &str| fixed.as_ref().is_none_or(|fixed| fixed == written);
    let is_possible = |mapping: &Arc<CompiledMapping>| {
        let fixed = mapping.fixed_place();
        let server = place.server.as_ref().is_none_or(|server| fits(&fixed.server, &server.value));
        fits(&fixed.schema, &place.schema.text) && fits(&fixed.table, &place.table.text) && server
    };
    if mappings.iter().any(is_possible) {
        return None;
    }
    let whole =
        mappings.iter().map(|mapping| mapping.fixed_place()).find_map(|fixed| Some((fixed.schema.as_ref()?, fixed.table.as_ref()?)));
    let hint = whole.map(|(schema, table)| format!("Its rows go to `{schema}.{table}`."));
    let message = format!("no mapping of this file fills `{}.{}`", place.schema.text, place.table.text);
    Some(error(Code::TEST_PLACE, message, place.span(), hint))
}

fn check_row(row: &TestRow, change: &RowChange, mappings: &[Arc<CompiledMapping>]) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    for (index, (name, value)) in row.cells.iter().enumerate() {
        if row.cells[..index].iter().any(|(other, _)| other.text.eq_ignore_ascii_case(&name.text)) {
            problems.push(error(Code::DUPLICATE_COLUMN, format!("`{}` stands here twice", name.text), name.span, None));
            continue;
        }
        let layouts = mappings.iter().map(|mapping| mapping.layout());
        let columns: Vec<_> = layouts.filter_map(|layout| Some(&layout.columns[layout.column_index(&name.text)?])).collect();
        if columns.is_empty() {
            let known = mappings.iter().flat_map(|mapping| &mapping.layout().columns).map(|column| column.name.as_str());
            let hint = nearest(&name.text, known).map(|column| format!("Did you mean `{column}`?"));
            let verb = if matches!(change, RowChange::Delete(_)) { "had" } else { "gets" };
            let message = format!("no target row of this test {verb} a column `{}`", name.text);
            problems.push(error(Code::UNKNOWN_COLUMN, message, name.span, hint));
            continue;
        }
        let stored: Vec<_> = columns.iter().map(|column| store(value, &column.ty)).collect();
        if let Some(Err(found)) = stored.iter().find(|stored| stored.is_err()).filter(|_| stored.iter().all(Result::is_err)) {
            problems.extend(found.iter().cloned());
        }
    }
    problems
}
