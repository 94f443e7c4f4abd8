//! The select list over one table definition, and the key of what it makes.

use std::collections::HashSet;

use dsl::{Code, Expr, Item, Name, Span, nearest};

use super::{bind::Binder, formula::Formula, layout::TargetColumn};

/// The most characters a name may have in MySQL.
pub(super) const NAME_LENGTH_MAX: usize = 64;

/// A target column before the key is known.
pub(super) struct Selected {
    column: TargetColumn,
    formula: Option<Formula>,
    /// What gave it its value; to blame when that loses the key.
    span: Span,
}

impl Selected {
    /// The column with its place in the key.
    pub(super) fn into_target(mut self, is_key: bool) -> (TargetColumn, Option<Formula>) {
        self.column.is_key = is_key;
        (self.column, self.formula)
    }
}

/// Expands `*`, EXCEPT, REPLACE and the other items; what is wrong is reported and left out.
pub(super) fn expand(binder: &mut Binder<'_>) -> Vec<Selected> {
    let mut selected: Vec<Selected> = Vec::new();
    let mut names = HashSet::new();
    for item in &binder.tree.items {
        let added = match item {
            Item::Star { except, replace, span } => star(binder, except, replace, *span),
            Item::Column { expr, name } => self::item(binder, expr, name).into_iter().collect(),
        };
        for column in added {
            if names.insert(column.column.name.to_lowercase()) {
                selected.push(column);
            } else {
                let message = format!("the target has two columns `{}`", column.column.name);
                let hint =
                    matches!(item, Item::Column { .. }).then(|| "Use `* REPLACE (… AS name)` to give a column another value.".to_owned());
                let span = item_name_span(item);
                binder.error(Code::DUPLICATE_COLUMN, message, span, hint);
            }
        }
    }
    if selected.is_empty() && names.is_empty() {
        let span = binder.tree.items.first().map_or(binder.tree.name.span, item_name_span);
        binder.error(Code::EMPTY_SELECT_LIST, "the select list leaves no column".to_owned(), span, None);
    }
    selected
}

fn item_name_span(item: &Item) -> Span {
    match item {
        Item::Star { span, .. } => *span,
        Item::Column { name, .. } => name.span,
    }
}

fn star(binder: &mut Binder<'_>, except: &[Name], replace: &[(Expr, Name)], span: Span) -> Vec<Selected> {
    let table = binder.table;
    let left_out = named_columns(binder, except.iter());
    let replaced = named_columns(binder, replace.iter().map(|(_, name)| name));
    for (index, name) in &replaced {
        if left_out.iter().any(|(other, _)| other == index) {
            binder.error(Code::DUPLICATE_COLUMN, format!("`{}` is both left out and replaced", name.text), name.span, None);
        }
    }
    let mut selected = Vec::new();
    for index in 0..table.columns.len() {
        if left_out.iter().any(|(other, _)| *other == index) {
            continue;
        }
        match replaced.iter().find(|(other, _)| *other == index) {
            None => selected.push(passed(binder, index, table.columns[index].name.clone(), span)),
            Some((_, name)) => {
                let tree = replace.iter().find(|(_, other)| other == *name).map(|(tree, _)| tree);
                selected.extend(tree.and_then(|tree| valued(binder, tree, table.columns[index].name.clone(), name.span)));
            }
        }
    }
    selected
}

/// The columns of EXCEPT or REPLACE, each once.
fn named_columns<'n>(binder: &mut Binder<'_>, names: impl Iterator<Item = &'n Name>) -> Vec<(usize, &'n Name)> {
    let mut found: Vec<(usize, &Name)> = Vec::new();
    for name in names {
        match binder.table.column_index(&name.text) {
            None => binder.unknown_column(name, None),
            Some(index) if found.iter().any(|(other, _)| *other == index) => {
                binder.error(Code::DUPLICATE_COLUMN, format!("`{}` stands here twice", name.text), name.span, None);
            }
            Some(index) => found.push((index, name)),
        }
    }
    found
}

fn item(binder: &mut Binder<'_>, tree: &Expr, name: &Name) -> Option<Selected> {
    if let Some(problem) = name_problem(&name.text) {
        binder.error(Code::BAD_NAME, format!("a column name {problem}"), name.span, None);
        return None;
    }
    // A bare column keeps the spelling of its definition, not of the query.
    let bare = tree.span == name.span;
    match binder.column(tree) {
        Some(index) if bare => Some(passed(binder, index, binder.table.columns[index].name.clone(), name.span)),
        _ => valued(binder, tree, name.text.clone(), name.span),
    }
}

/// What keeps a text from being a name in MySQL.
pub(super) fn name_problem(name: &str) -> Option<&'static str> {
    if name.is_empty() {
        Some("is empty")
    } else if name.chars().count() > NAME_LENGTH_MAX {
        Some("is longer than 64 characters")
    } else if name.ends_with(' ') {
        Some("ends in a space")
    } else if name.chars().any(|char| char == '\0' || char > '\u{FFFF}') {
        Some("holds a character that no name may hold")
    } else {
        None
    }
}

/// A column whose value is `tree`: passed on if that is a source column, computed otherwise.
fn valued(binder: &mut Binder<'_>, tree: &Expr, name: String, span: Span) -> Option<Selected> {
    if let Some(index) = binder.column(tree) {
        return Some(passed(binder, index, name, span));
    }
    let formula = binder.formula(Formula::bind_value, tree)?;
    let (ty, nullable) = (formula.output_type(), formula.is_nullable());
    let column = TargetColumn { name, ty, nullable, source: None, is_key: false, generated: false };
    Some(Selected { column, formula: Some(formula), span })
}

fn passed(binder: &Binder<'_>, index: usize, name: String, span: Span) -> Selected {
    let source = &binder.table.columns[index];
    let (ty, nullable, generated) = (source.ty.clone(), source.nullable, source.generated);
    Selected { column: TargetColumn { name, ty, nullable, source: Some(index), is_key: false, generated }, formula: None, span }
}

/// The key's columns in the select list: as written, else as the source table's key is carried through.
pub(super) fn key(binder: &mut Binder<'_>, selected: &[Selected]) -> Vec<usize> {
    match &binder.tree.key {
        Some(key) => written_key(binder, &key.columns, selected),
        None => carried_key(binder, selected),
    }
}

fn written_key(binder: &mut Binder<'_>, names: &[Name], selected: &[Selected]) -> Vec<usize> {
    let mut key = Vec::new();
    for name in names {
        let lower = name.text.to_lowercase();
        match selected.iter().position(|item| item.column.name.to_lowercase() == lower) {
            None => {
                let source = binder.table.column_index(&name.text);
                let renamed = selected.iter().find(|item| source.is_some() && item.column.source == source);
                let meant = || nearest(&name.text, selected.iter().map(|item| item.column.name.as_str()));
                let hint = match renamed {
                    Some(item) => Some(format!("It is `{}` there.", item.column.name)),
                    None => meant().map(|column| format!("Did you mean `{column}`?")),
                };
                binder.error(Code::UNKNOWN_COLUMN, format!("`{}` is not a column of the target", name.text), name.span, hint);
            }
            Some(index) if key.contains(&index) => {
                binder.error(Code::DUPLICATE_COLUMN, format!("`{}` is in the key twice", name.text), name.span, None);
            }
            Some(index) => key.push(index),
        }
    }
    key
}

fn carried_key(binder: &mut Binder<'_>, selected: &[Selected]) -> Vec<usize> {
    let Some(identity) = binder.table.identity() else { return Vec::new() };
    let mut key = Vec::new();
    for &part in identity {
        match selected.iter().position(|item| item.column.source == Some(part)) {
            Some(index) => key.push(index),
            None => lost_key(binder, part, selected),
        }
    }
    key
}

fn lost_key(binder: &mut Binder<'_>, part: usize, selected: &[Selected]) {
    let name = &binder.table.columns[part].name;
    let replaced = selected.iter().find(|item| item.column.name.eq_ignore_ascii_case(name)).map(|item| item.span);
    let left_out = binder.tree.items.iter().find_map(|item| match item {
        Item::Star { except, .. } => except.iter().find(|column| column.text.eq_ignore_ascii_case(name)).map(|column| column.span),
        Item::Column { .. } => None,
    });
    let message = format!("the select list loses `{name}`, a part of the key of `{}`", binder.table.name);
    let hint = "Select it, or say with `KEY (…)` what identifies a target row.".to_owned();
    binder.error(Code::LOST_KEY, message, replaced.or(left_out).unwrap_or(binder.tree.name.span), Some(hint));
}
