//! What ALTER TABLE makes of a definition, in the order in which the servers work: every old column is dropped, changed
//! in place or kept; then new and moved columns find their places; then come keys.

use super::ddl::{Action, AlterTable, ColumnSpec, DdlError, KeyKind, KeySpec, Place};
use super::definition::{Definition, Key, inline_keys, same_name};
use super::{Collation, Column, ForeignKey, StatementContext, resolve};

/// Applies all actions of a statement but renames of the table, which the history does.
pub(super) fn alter(before: &Definition, statement: &AlterTable, context: &StatementContext) -> Result<Definition, DdlError> {
    let mut after = before.clone();
    after.engine = statement.options.engine.clone().or(after.engine);
    let converted = conversion(before, statement, context)?;
    after.collation = match converted {
        Some(collation) => collation,
        None => resolve::default_collation(&statement.options, before.collation, context)?,
    };
    let drafts = drafts(before, after.collation, &statement.actions, context)?;
    after.columns = place(before, &drafts, &statement.actions)?;
    if let Some(collation) = converted {
        for column in &mut after.columns {
            column.ty = resolve::convert(&column.ty, collation, context.server.flavor);
        }
    }
    set_defaults(&mut after, &statement.actions)?;
    after.keys = before.keys.iter().filter_map(|key| kept_key(key, before, &drafts, &statement.actions)).collect();
    for action in &statement.actions {
        match action {
            Action::AddPeriod(period) => after.set_period(period),
            Action::AddVersioning => after.set_versioning(true),
            Action::DropVersioning => after.set_versioning(false),
            _ => {}
        }
    }
    let (kept, dropped) = before.foreign_keys.iter().cloned().partition(|key| !is_foreign_key_dropped(key, &statement.actions));
    after.foreign_keys = kept;
    after
        .foreign_keys
        .iter_mut()
        .flat_map(|key| &mut key.columns)
        .for_each(|name| *name = new_name(name, before, &drafts, &statement.actions));
    let new_keys = new_keys(&drafts, &statement.actions, context);
    after.add_foreign_keys(&new_keys, &dropped);
    after.add_keys(&new_keys)?;
    after.publish(context.server);
    Ok(after)
}

/// One column that the statement adds or changes.
struct Draft<'a> {
    spec: &'a ColumnSpec,
    place: &'a Place,
    /// The column it replaces, as an index into the old columns; none when it is new.
    old: Option<usize>,
    column: Column,
}

/// The columns that the statement adds or changes; those that IF [NOT] EXISTS makes void are left out.
fn drafts<'a>(
    before: &Definition,
    collation: Collation,
    actions: &'a [Action],
    context: &StatementContext,
) -> Result<Vec<Draft<'a>>, DdlError> {
    let mut drafts = Vec::new();
    for action in actions {
        let (spec, place, old) = match action {
            Action::AddColumn { column, place, if_not_exists } => {
                if *if_not_exists && before.position(&column.name).is_some() && !is_dropped(&column.name, actions) {
                    continue;
                }
                (column.as_ref(), place, None)
            }
            Action::ChangeColumn { old, column, place, if_exists } => match before.position(old) {
                None if *if_exists => continue,
                None => return Err(before.no_column(old, column.span.clone())),
                Some(position) => (column.as_ref(), place, Some(position)),
            },
            _ => continue,
        };
        drafts.push(Draft { spec, place, old, column: resolve::column(spec, collation, context)? });
    }
    resolve::promote_timestamps(drafts.iter_mut().map(|draft| (draft.spec, &mut draft.column)), context);
    Ok(drafts)
}

/// The columns in their new order.
fn place(before: &Definition, drafts: &[Draft<'_>], actions: &[Action]) -> Result<Vec<Column>, DdlError> {
    check_names(before, actions)?;
    let mut columns = Vec::new();
    for (index, column) in before.columns.iter().enumerate() {
        match drafts.iter().find(|draft| draft.old == Some(index)) {
            Some(draft) if *draft.place == Place::Unsaid => columns.push(draft.column.clone()),
            Some(_) => {}
            None => columns.extend(kept_column(column, actions)),
        }
    }
    for draft in drafts.iter().filter(|draft| draft.old.is_none() || *draft.place != Place::Unsaid) {
        let at = match draft.place {
            Place::Unsaid => columns.len(),
            Place::First => 0,
            Place::After(name) => match columns.iter().position(|other| same_name(&other.name, name)) {
                Some(position) => position + 1,
                None => return Err(before.no_column(name, draft.spec.span.clone())),
            },
        };
        columns.insert(at, draft.column.clone());
    }
    for draft in drafts {
        if columns.iter().filter(|column| same_name(&column.name, &draft.column.name)).count() > 1 {
            return Err(before.two_columns(draft.spec));
        }
    }
    Ok(columns)
}

/// Refuses a DROP or RENAME of a column that is not there.
fn check_names(before: &Definition, actions: &[Action]) -> Result<(), DdlError> {
    for action in actions {
        let name = match action {
            Action::DropColumn { name, if_exists: false } => name,
            Action::RenameColumn { old, .. } => old,
            _ => continue,
        };
        if before.position(name).is_none() {
            return Err(before.no_column(name, 0..0));
        }
    }
    Ok(())
}

fn is_dropped(column: &str, actions: &[Action]) -> bool {
    actions.iter().any(|action| matches!(action, Action::DropColumn { name, .. } if same_name(name, column)))
}

fn renamed<'a>(column: &'a str, actions: &'a [Action]) -> &'a str {
    let new_name = |action: &'a Action| match action {
        Action::RenameColumn { old, new } if same_name(old, column) => Some(new.as_str()),
        _ => None,
    };
    actions.iter().find_map(new_name).unwrap_or(column)
}

fn kept_column(column: &Column, actions: &[Action]) -> Option<Column> {
    let name = renamed(&column.name, actions).to_owned();
    (!is_dropped(&column.name, actions)).then(|| Column { name, ..column.clone() })
}

/// The collation of CONVERT TO CHARACTER SET.
fn conversion(before: &Definition, statement: &AlterTable, context: &StatementContext) -> Result<Option<Collation>, DdlError> {
    let convert = statement.actions.iter().find_map(|action| match action {
        Action::Convert { charset, collation } => Some((*charset, collation)),
        _ => None,
    });
    let Some((charset, collation)) = convert else { return Ok(None) };
    // DEFAULT is the schema's charset, which the table's own stands for here.
    let charset = charset.unwrap_or(before.collation.charset());
    match collation {
        Some(collation) => collation.resolve(Some(charset), charset, context).map(Some),
        None => Ok(Some(context.default_collation(charset))),
    }
}

fn set_defaults(after: &mut Definition, actions: &[Action]) -> Result<(), DdlError> {
    for action in actions {
        let Action::SetDefault { name, default, if_exists } = action else { continue };
        match after.position(name) {
            Some(position) => after.columns[position].default.clone_from(default),
            None if *if_exists => {}
            None => return Err(after.no_column(name, 0..0)),
        }
    }
    Ok(())
}

/// An old key under the new columns' names; none when the statement drops it or all its columns.
fn kept_key(key: &Key, before: &Definition, drafts: &[Draft<'_>], actions: &[Action]) -> Option<Key> {
    let dropped = actions.iter().any(|action| match action {
        Action::DropPrimaryKey => key.kind == KeyKind::Primary,
        Action::DropKey { name } | Action::DropConstraint { name } => same_name(name, &key.name),
        _ => false,
    });
    if dropped {
        return None;
    }
    let mut kept = key.clone();
    let rename = actions.iter().find_map(|action| match action {
        Action::RenameKey { old, new } if same_name(old, &key.name) => Some(new),
        _ => None,
    });
    kept.name = rename.unwrap_or(&key.name).clone();
    kept.parts.retain_mut(|part| {
        let Some(name) = &mut part.column else { return true };
        if is_dropped(name, actions) {
            return false;
        }
        *name = new_name(name, before, drafts, actions);
        true
    });
    (!kept.parts.is_empty()).then_some(kept)
}

/// What an old column that stays is called after the statement.
fn new_name(column: &str, before: &Definition, drafts: &[Draft<'_>], actions: &[Action]) -> String {
    let draft = before.position(column).and_then(|position| drafts.iter().find(|draft| draft.old == Some(position)));
    draft.map_or_else(|| renamed(column, actions), |draft| &draft.column.name).to_owned()
}

fn is_foreign_key_dropped(key: &ForeignKey, actions: &[Action]) -> bool {
    actions.iter().any(|action| match action {
        Action::DropForeignKey { name } | Action::DropConstraint { name } => same_name(name, &key.name),
        _ => false,
    })
}

/// New keys, those of column attributes included, in the order of the statement.
fn new_keys(drafts: &[Draft<'_>], actions: &[Action], context: &StatementContext) -> Vec<KeySpec> {
    let mut keys = Vec::new();
    for action in actions {
        match action {
            Action::AddKey(key) => keys.push(key.clone()),
            Action::AddColumn { column, .. } | Action::ChangeColumn { column, .. }
                if drafts.iter().any(|draft| std::ptr::eq(draft.spec, column.as_ref())) =>
            {
                keys.extend(inline_keys(column, context.server));
            }
            _ => {}
        }
    }
    keys
}
