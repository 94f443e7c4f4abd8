//! What stands at a place of a query file, for who points at it.

use std::sync::Arc;

use dsl::{Expr, ExprKind, Item, Mapping, RowChange, Source, Span, Test};

use super::{
    MappingSet,
    atoms::children,
    expr::{Scope, bind},
    set::Declared,
};
use crate::schema::{TableName, TableSchema};

/// What stands at a place.
#[derive(Debug, Clone)]
pub struct Described {
    /// The whole of it.
    pub span: Span,
    /// What it is.
    pub subject: Subject,
}

/// The kinds of things that can be pointed at.
#[derive(Debug, Clone)]
pub enum Subject {
    /// A table.
    Table(Arc<TableSchema>),
    /// A column of a table.
    Column(Arc<TableSchema>, usize),
    /// A call, by its name in lower case, with the type of its value where it binds.
    Call(String, Option<String>),
    /// Any other expression, by the type of its value.
    Value(String),
}

impl MappingSet {
    /// What stands at a byte of a file; none where it is a word of the language, or the statement has errors.
    pub fn describe(&self, file: usize, byte: u32, tables: &[Arc<TableSchema>]) -> Option<Described> {
        let holds = |span: Span| span.start <= byte && byte < span.end;
        if let Some((_, test)) = self.tests().find(|(of, test)| *of == file && holds(test.span)) {
            return in_test(test, &holds, tables);
        }
        let declared = self.declared().iter().find(|declared| declared.file == file && holds(declared.tree.span))?;
        let table = tables.iter().find(|table| declared.source.contains(&table.name))?;
        if let Source::Table { schema, table: name, .. } = &declared.tree.source
            && holds(schema.span.to(name.span))
        {
            return Some(Described { span: schema.span.to(name.span), subject: Subject::Table(Arc::clone(table)) });
        }
        in_mapping(declared, &holds, table)
    }
}

fn in_test(test: &Test, holds: &dyn Fn(Span) -> bool, tables: &[Arc<TableSchema>]) -> Option<Described> {
    let given = test.given.iter().find(|given| holds(given.span))?;
    let table = tables.iter().find(|table| table.name == TableName::new(&given.schema.text, &given.table.text))?;
    let name = given.schema.span.to(given.table.span);
    if holds(name) {
        return Some(Described { span: name, subject: Subject::Table(Arc::clone(table)) });
    }
    let (RowChange::Insert(_) | RowChange::Delete(_) | RowChange::Update(..)) = &given.change;
    let (column, _) = given.change.rows().flat_map(|row| &row.cells).find(|(column, _)| holds(column.span))?;
    let index = table.column_index(&column.text)?;
    Some(Described { span: column.span, subject: Subject::Column(Arc::clone(table), index) })
}

fn in_mapping(declared: &Declared, holds: &dyn Fn(Span) -> bool, table: &Arc<TableSchema>) -> Option<Described> {
    let tree = &declared.tree;
    let image = super::bind::scope(declared, table);
    if let Some(when) = tree.when.as_ref().filter(|when| holds(when.span)) {
        return described(innermost(when, holds), &Scope::of_change(table, None), table);
    }
    let expression = expressions(tree).find(|expression| holds(expression.span))?;
    described(innermost(expression, holds), &image, table)
}

/// All expressions of a mapping but `WHEN`.
fn expressions(tree: &Mapping) -> impl Iterator<Item = &Expr> {
    let items = tree.items.iter().flat_map(|item| match item {
        Item::Star { replace, .. } => replace.iter().map(|(expr, _)| expr).collect(),
        Item::Column { expr, .. } => vec![expr],
    });
    let route = tree.route.iter().flat_map(|route| [Some(&route.schema), route.table.as_ref(), route.server.as_ref()]).flatten();
    items.chain(tree.filter.iter()).chain(route)
}

fn innermost<'t>(tree: &'t Expr, holds: &dyn Fn(Span) -> bool) -> &'t Expr {
    match children(tree).into_iter().find(|part| holds(part.span)) {
        Some(part) => innermost(part, holds),
        None => tree,
    }
}

fn described(tree: &Expr, scope: &Scope, table: &Arc<TableSchema>) -> Option<Described> {
    let bound = bind(tree, scope).ok();
    let ty = bound.map(|bound| format!("{}{}", bound.ty, if bound.nullable { "" } else { " NOT NULL" }));
    let subject = match &tree.kind {
        ExprKind::Column { name, .. } => Subject::Column(Arc::clone(table), table.column_index(&name.text)?),
        ExprKind::Call { name, .. } => Subject::Call(name.text.clone(), ty),
        _ => Subject::Value(ty?),
    };
    Some(Described { span: tree.span, subject })
}
