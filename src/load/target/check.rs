//! Mappings against the definitions of target tables, before a server is asked: missing tables, columns, indexes, and values that do not fit.

use std::{collections::HashSet, sync::Arc};

use dsl::{Code, Diagnostic, Severity, nearest};

use super::fit::misfit;
use crate::{
    mapping::{Explanation, FileDiagnostic, MissingTable, TargetLayout},
    schema::{SchemaHistory, TableName, TableSchema},
};

/// How many missing tables a message names.
const NAMED_MOST: usize = 3;

/// What is wrong with mappings in the light of the target's definitions, which are those of all its servers.
///
/// The tables that a mapping can reach are compared; where these cannot be listed, those of the definitions that bear a column's name alike.
pub fn check_targets(mappings: &[Explanation], target: &SchemaHistory) -> Vec<FileDiagnostic> {
    let mut found = Vec::new();
    let mut said = HashSet::new();
    for mapping in mappings {
        let mut diagnostics = Vec::new();
        let tables = match mapping.targets() {
            Ok(places) => {
                let names: Vec<_> = places.iter().map(|place| TableName::new(&*place.schema, &*place.table)).collect();
                diagnostics.extend(missing_tables(mapping, &names, target));
                names.iter().filter_map(|name| target.get(name)).collect()
            }
            Err(_) => alike(mapping, target),
        };
        for table in tables {
            diagnostics.extend(compare(mapping, &table));
        }
        for diagnostic in diagnostics {
            // The shards of a table are mostly alike, and so is what is wrong with them.
            let about = diagnostic.message.split("target table").next().unwrap_or_default().to_owned();
            if said.insert((mapping.file(), diagnostic.code, diagnostic.span, about)) {
                found.push(FileDiagnostic { file: mapping.file(), diagnostic });
            }
        }
    }
    found
}

/// Definitions that hold most of what a mapping writes.
fn alike(mapping: &Explanation, target: &SchemaHistory) -> Vec<Arc<TableSchema>> {
    let columns = &mapping.layout().columns;
    let is_alike = |table: &&Arc<TableSchema>| {
        columns.iter().filter(|column| table.column_index(&column.name).is_some()).count() * 4 >= columns.len() * 3
    };
    target.tables().filter(is_alike).cloned().collect()
}

fn missing_tables(mapping: &Explanation, names: &[TableName], target: &SchemaHistory) -> Option<Diagnostic> {
    let missing: Vec<_> = names.iter().filter(|name| target.get(name).is_none()).collect();
    let first = missing.first().filter(|_| mapping.policies().on_missing_table == MissingTable::Error)?;
    let shown: Vec<String> = missing.iter().take(NAMED_MOST).map(|name| format!("`{name}`")).collect();
    let message = match missing.len() {
        1 => format!("target table {} is not defined", shown[0]),
        count if count <= NAMED_MOST => format!("target tables {} are not defined", shown.join(", ")),
        count => format!("target tables {} and {} more are not defined", shown.join(", "), count - NAMED_MOST),
    };
    let known: Vec<String> = target.tables().map(|table| table.name.to_string()).collect();
    let hint = match nearest(&first.to_string(), known.iter().map(String::as_str)).filter(|_| missing.len() == 1) {
        Some(near) => format!("Did you mean `{near}`?"),
        None => "Add them to the target's definitions, or have them made: `WITH (on_missing_table = 'create')`.".to_owned(),
    };
    Some(Diagnostic { code: Code::UNKNOWN_TARGET, severity: Severity::Warning, message, span: mapping.route_span(), hint: Some(hint) })
}

fn compare(mapping: &Explanation, table: &TableSchema) -> Vec<Diagnostic> {
    let layout = mapping.layout();
    let mut found = Vec::new();
    for (index, given) in layout.columns.iter().enumerate() {
        let span = mapping.column_span(index);
        let Some(target) = table.column_index(&given.name).map(|column| &table.columns[column]) else {
            if !given.generated {
                found.push(lacking_column(given.name.as_str(), layout, table, span));
            }
            continue;
        };
        if given.generated || target.generated {
            continue;
        }
        if let Some(misfit) = misfit(given, mapping.integer_range(index), target) {
            let message = format!("column `{}` {} (target table `{}`)", target.name, misfit.why, table.name);
            found.push(Diagnostic { code: Code::UNFIT_VALUE, severity: misfit.severity, message, span, hint: Some(misfit.hint) });
        }
    }
    found.extend(columns_without_value(mapping, table));
    found.extend(lacking_index(mapping, table));
    found
}

fn lacking_column(name: &str, layout: &TargetLayout, table: &TableSchema, span: dsl::Span) -> Diagnostic {
    let without_value = || table.columns.iter().map(|column| column.name.as_str()).filter(|name| layout.column_index(name).is_none());
    let only = without_value().next().filter(|_| without_value().count() == 1);
    let hint = match nearest(name, without_value()).or(only) {
        Some(near) => format!("Did you mean `{near}`? Write `… AS {near}`."),
        None => format!("Add it to the target, or leave it out: `* EXCEPT ({name})`."),
    };
    let message = format!("there is no column `{name}` in target table `{}`", table.name);
    Diagnostic { code: Code::UNKNOWN_TARGET_COLUMN, severity: Severity::Error, message, span, hint: Some(hint) }
}

fn columns_without_value(mapping: &Explanation, table: &TableSchema) -> Vec<Diagnostic> {
    // The first column of a key may be AUTO_INCREMENT, of which definitions do not tell.
    let counts = |index: usize| {
        let first_of_unique = table.unique_keys.iter().any(|key| key.columns.first() == Some(&index));
        first_of_unique || table.primary_key.first() == Some(&index)
    };
    let lacking = table.columns.iter().enumerate().filter(|(index, column)| {
        let needs_value = !column.nullable && column.default.is_none() && !column.generated && !column.is_hash();
        needs_value && !counts(*index) && mapping.layout().column_index(&column.name).is_none()
    });
    let say = |(_, column): (usize, &crate::schema::Column)| Diagnostic {
        code: Code::MISSING_VALUE,
        severity: Severity::Error,
        message: format!("column `{}` gets no value, is NOT NULL and has no default (target table `{}`)", column.name, table.name),
        span: mapping.select_span(),
        hint: Some(format!("Select one: `… AS {}`.", column.name)),
    };
    lacking.map(say).collect()
}

fn lacking_index(mapping: &Explanation, table: &TableSchema) -> Option<Diagnostic> {
    let layout = mapping.layout();
    let in_key = |column: &usize| {
        layout.key.iter().any(|&key| layout.columns[key].name.to_lowercase() == table.columns[*column].name.to_lowercase())
    };
    let unique = table.unique_keys.iter().filter(|key| !key.partial).map(|key| key.columns.as_slice());
    let indexes: Vec<&[usize]> = [table.primary_key.as_slice()].into_iter().chain(unique).filter(|columns| !columns.is_empty()).collect();
    if layout.is_keyless() || indexes.iter().any(|columns| columns.iter().all(in_key)) {
        return None;
    }
    let names = |columns: &[usize]| columns.iter().map(|&column| table.columns[column].name.as_str()).collect::<Vec<_>>().join(", ");
    let key: Vec<&str> = layout.key.iter().map(|&column| layout.columns[column].name.as_str()).collect();
    Some(Diagnostic {
        code: Code::NO_TARGET_INDEX,
        severity: Severity::Error,
        message: format!("no PRIMARY or UNIQUE index lies within the key ({}) in target table `{}`", key.join(", "), table.name),
        span: mapping.key_span(),
        hint: Some(match indexes.first() {
            Some(index) => format!("Write `KEY ({})`, which the target has, or give it `PRIMARY KEY ({})`.", names(index), key.join(", ")),
            None => format!("Give the target `PRIMARY KEY ({})`.", key.join(", ")),
        }),
    })
}
