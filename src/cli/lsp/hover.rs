//! What an editor shows of the thing pointed at: its type, a value from the capture, what a function does.

use std::path::Path;

use lsp_types::{Hover, HoverContents, MarkupContent, MarkupKind};

use super::{place::range_of, sample::Samples, workspace::Workspace};
use crate::{
    mapping::{Subject, expr::functions},
    schema::{Flavor, TableSchema},
};

/// The columns of a table that are listed.
const COLUMNS_SHOWN: usize = 40;

/// What stands at a byte of an open file.
pub(super) fn at(workspace: &Workspace, text: &str, path: &Path, byte: usize) -> Option<Hover> {
    let folder = workspace.folder_of(path);
    let found = folder.set.describe(folder.file(path)?, u32::try_from(byte).ok()?, &folder.tables)?;
    let shown = match &found.subject {
        Subject::Table(table) => table_text(table),
        Subject::Column(table, index) => column_text(table, *index, &workspace.samples),
        Subject::Call(name, ty) => call_text(name, ty.as_deref()),
        Subject::Value(ty) => format!("`{ty}`"),
    };
    let contents = HoverContents::Markup(MarkupContent { kind: MarkupKind::Markdown, value: shown });
    Some(Hover { contents, range: Some(range_of(text, found.span)) })
}

/// `name type NOT NULL DEFAULT …`, as a definition has it.
pub(super) fn definition(table: &TableSchema, index: usize) -> String {
    let column = &table.columns[index];
    let null = if column.nullable { "" } else { " NOT NULL" };
    let default = match &column.default {
        Some(clause) if column.generated => format!(" {clause}"),
        Some(default) => format!(" DEFAULT {default}"),
        None => String::new(),
    };
    format!("{} {}{null}{default}", column.name, column.ty.declared(Flavor::MySql))
}

fn table_text(table: &TableSchema) -> String {
    let mut lines: Vec<String> =
        (0..table.columns.len().min(COLUMNS_SHOWN)).map(|index| format!("  {}", definition(table, index))).collect();
    if table.columns.len() > COLUMNS_SHOWN {
        lines.push(format!("  … {} more", table.columns.len() - COLUMNS_SHOWN));
    }
    format!("```sql\n{}\n{}\n```", table.name, lines.join("\n"))
}

fn column_text(table: &TableSchema, index: usize, samples: &Samples) -> String {
    let is_key = if table.primary_key.contains(&index) { ", part of the primary key" } else { "" };
    let sample = samples.value(&table.name, &table.columns[index].name).map(|value| format!("\n\nin the capture: `{value}`"));
    format!("```sql\n{}\n```\nof `{}`{is_key}{}", definition(table, index), table.name, sample.unwrap_or_default())
}

fn call_text(name: &str, ty: Option<&str>) -> String {
    let result = ty.map(|ty| format!("\n\ngives `{ty}`")).unwrap_or_default();
    match functions().find(|function| function.names.contains(&name)) {
        Some(function) => {
            format!("```sql\n{}\n```\n{}\n\n`{}` = `{}`{result}", function.signature, function.meaning, function.example, function.result)
        }
        None => format!("`{name}`{result}"),
    }
}
