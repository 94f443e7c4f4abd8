//! What may stand at the cursor: tables, columns, functions, words of clauses, options.

use std::{path::Path, sync::Arc};

use dsl::{Name, Span};
use lsp_types::{CompletionItem, CompletionItemKind, InsertTextFormat};

use super::{hover::definition, statement::Around, workspace::Workspace};
use crate::{
    mapping::{Policies, expr::functions},
    schema::TableSchema,
};

/// The words that begin clauses of a mapping, in their order.
const CLAUSES: [&str; 8] = ["SELECT", "FROM", "WHERE", "WHEN", "ROUTE TO", "KEY", "FOR", "WITH"];
/// The words that tell where in a statement the cursor is.
const PLACES: [&str; 12] = ["SELECT", "FROM", "WHERE", "WHEN", "ROUTE", "KEY", "FOR", "WITH", "GIVEN", "EXPECT", "INTO", "UPDATE"];
/// The words of expressions.
const OPERATORS: [&str; 16] =
    ["AND", "OR", "NOT", "XOR", "IN", "BETWEEN", "LIKE", "REGEXP", "IS NULL", "IS NOT NULL", "CASE", "WHEN", "THEN", "ELSE", "END", "NULL"];

/// Everything that may stand at a byte of an open file.
pub(super) fn at(workspace: &Workspace, text: &str, path: &Path, byte: usize) -> Vec<CompletionItem> {
    let around = Around::read(text, byte);
    if around.quoted {
        return Vec::new();
    }
    let tables = workspace.folder_of(path).tables;
    if around.is_empty() {
        return statements();
    }
    let is_test = around.all.first().is_some_and(|piece| piece.text.eq_ignore_ascii_case("TEST"));
    if is_test { in_test(&around, &tables) } else { in_mapping(&around, &tables) }
}

fn in_mapping(around: &Around<'_>, tables: &[Arc<TableSchema>]) -> Vec<CompletionItem> {
    let place = around.last_of(&PLACES);
    let source = around.source();
    let table = source.as_ref().and_then(|(schema, name, _)| find(tables, schema, name));
    if around.is_in_list_of("WITH") {
        return Policies::option_names().map(|name| item(name, CompletionItemKind::PROPERTY, "an option")).collect();
    }
    match (place, around.qualifier()) {
        (Some("FROM"), Some(schema)) if !around.before.iter().any(|piece| piece.text.eq_ignore_ascii_case("ON")) => {
            tables_of(tables, &schema)
        }
        (Some("FROM"), None) if around.follows("FROM") => table_names(tables),
        // `before.`, `after.`, the table's name or its alias.
        (_, Some(_)) => table.map(columns).unwrap_or_default(),
        (Some("KEY"), None) => table.map(columns).unwrap_or_default(),
        (Some("SELECT" | "WHERE" | "WHEN" | "ROUTE"), None) => {
            let mut items = table.map(columns).unwrap_or_default();
            items.extend(calls());
            items.extend(OPERATORS.iter().map(|word| item(word, CompletionItemKind::KEYWORD, "")));
            items.extend(["schema", "table"].map(|word| item(word, CompletionItemKind::CONSTANT, "the name of the row's source")));
            if place == Some("WHEN") {
                items.extend(["before", "after"].map(|word| item(word, CompletionItemKind::VARIABLE, "an image of the row")));
            }
            items.extend(clauses(around));
            items
        }
        _ => clauses(around),
    }
}

fn in_test(around: &Around<'_>, tables: &[Arc<TableSchema>]) -> Vec<CompletionItem> {
    if around.is_in_list_of("WITH") {
        return vec![item("image", CompletionItemKind::PROPERTY, "'full', 'noblob' or 'minimal'")];
    }
    if let Some((schema, name)) = around.row_table() {
        // A target's columns are mostly those of the table that the test changes.
        let given = || around.given_table().and_then(|(schema, name)| find(tables, &schema, &name));
        return find(tables, &schema, &name).or_else(given).map(columns).unwrap_or_default();
    }
    match around.qualifier() {
        Some(schema) => tables_of(tables, &schema),
        None if around.follows("INTO") || around.follows("UPDATE") || around.follows("FROM") => table_names(tables),
        None => {
            let words = ["WITH", "GIVEN", "EXPECT", "INSERT INTO", "UPDATE", "DELETE FROM", "TO", "NOTHING", "ERROR"];
            words.iter().map(|word| item(word, CompletionItemKind::KEYWORD, "")).collect()
        }
    }
}

fn statements() -> Vec<CompletionItem> {
    let mapping = "CREATE MAPPING ${1:name} AS\nSELECT *\nFROM   ${2:db.t}\nROUTE TO '${3:target}';";
    let test = "TEST '${1:what is tested}'\nGIVEN INSERT INTO ${2:db.t} (${3:id = 1})\nEXPECT $0;";
    [("CREATE MAPPING", mapping), ("TEST", test), ("CREATE TABLE", "CREATE TABLE ${1:db.t} (\n  $0\n);")]
        .map(|(label, snippet)| CompletionItem {
            insert_text: Some(snippet.to_owned()),
            insert_text_format: Some(InsertTextFormat::SNIPPET),
            ..item(label, CompletionItemKind::SNIPPET, "a statement")
        })
        .into()
}

/// The clauses that may still come.
fn clauses(around: &Around<'_>) -> Vec<CompletionItem> {
    let begins = |clause: &str| clause.split(' ').next().unwrap_or(clause).to_owned();
    let last = CLAUSES.iter().rposition(|clause| around.before.iter().any(|piece| piece.text.eq_ignore_ascii_case(&begins(clause))));
    CLAUSES.iter().skip(last.map_or(0, |last| last + 1)).map(|clause| item(clause, CompletionItemKind::KEYWORD, "a clause")).collect()
}

fn calls() -> impl Iterator<Item = CompletionItem> {
    let named = functions().flat_map(|function| function.names.iter().map(move |name| (name, function)));
    let callable = named.filter(|(name, _)| name.starts_with(|c: char| c.is_ascii_alphabetic()));
    callable.map(|(name, function)| CompletionItem {
        documentation: Some(lsp_types::Documentation::String(format!("{}\n{} = {}", function.meaning, function.example, function.result))),
        ..item(name, CompletionItemKind::FUNCTION, function.signature)
    })
}

fn columns(table: &Arc<TableSchema>) -> Vec<CompletionItem> {
    let column = |index: usize| item(&named(&table.columns[index].name), CompletionItemKind::FIELD, &definition(table, index));
    (0..table.columns.len()).map(column).collect()
}

fn table_names(tables: &[Arc<TableSchema>]) -> Vec<CompletionItem> {
    let name = |table: &Arc<TableSchema>| format!("{}.{}", named(&table.name.schema), named(&table.name.table));
    tables.iter().map(|table| item(&name(table), CompletionItemKind::CLASS, "a table")).collect()
}

fn tables_of(tables: &[Arc<TableSchema>], schema: &str) -> Vec<CompletionItem> {
    let own = tables.iter().filter(|table| table.name.schema == schema);
    own.map(|table| item(&named(&table.name.table), CompletionItemKind::CLASS, "a table")).collect()
}

fn find<'t>(tables: &'t [Arc<TableSchema>], schema: &str, table: &str) -> Option<&'t Arc<TableSchema>> {
    tables.iter().find(|known| known.name.schema == schema && known.name.table == table)
}

/// The name as a rule writes it, in backticks where it needs them.
fn named(text: &str) -> String {
    Name { text: text.to_owned(), quoted: false, span: Span::default() }.to_string()
}

fn item(label: &str, kind: CompletionItemKind, detail: &str) -> CompletionItem {
    let detail = (!detail.is_empty()).then(|| detail.to_owned());
    CompletionItem { label: label.to_owned(), kind: Some(kind), detail, ..CompletionItem::default() }
}
