//! A mapping over one of its tables, laid open: what it reads, where rows can go, what can fail, what identifies a row.

use std::{collections::BTreeSet, sync::Arc};

use dsl::{Expr, Item, Span};

use super::{
    CompiledMapping, MappingError, MappingSet, Place, Policies, Purpose, Servers, Side, TargetLayout,
    advice::written_item,
    atoms::children,
    bind::{BoundMapping, bind},
    formula::Formula,
    reach::{self, Unlisted},
};
use crate::{
    change::ColumnSet,
    schema::{ColumnType, TableSchema},
};

/// A mapping bound to one table.
#[derive(Debug, Clone)]
pub struct Explanation {
    bound: BoundMapping,
}

/// The smallest expression that may fail for a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fallible {
    /// Where it stands: `WHERE`, `ROUTE TO`, or the name of a target column in backticks.
    pub place: String,
    /// The expression in its canonical text.
    pub expression: String,
    /// The words of what can happen: `overflow`, `conversion`, …
    pub kinds: Vec<&'static str>,
}

/// Why a key is the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyReason {
    /// `KEY` says it.
    Written,
    /// It is the source's primary key.
    PrimaryKey,
    /// The source has no primary key; it is its first unique key without NULL.
    UniqueKey,
    /// There is none.
    Keyless,
}

impl MappingSet {
    /// Every mapping over every table that it reads and that it fits, in file order.
    pub fn explain<'t>(
        &self,
        tables: impl IntoIterator<Item = &'t Arc<TableSchema>>,
        policies: &Policies,
        servers: &Servers,
    ) -> Vec<Explanation> {
        let tables: Vec<_> = tables.into_iter().collect();
        let of_mapping = |declared| tables.iter().filter_map(move |table| Some((declared, bind(declared, table, policies, servers).0?)));
        let read = self.declared().iter().flat_map(|declared| of_mapping(declared));
        read.filter(|(declared, bound)| declared.source.contains(&bound.layout.source.name))
            .map(|(_, bound)| Explanation { bound })
            .collect()
    }
}

impl Explanation {
    /// The mapping's name.
    pub fn mapping(&self) -> &str {
        self.bound.declared.name()
    }

    /// Its file, as an index into [`MappingSet::files`].
    pub fn file(&self) -> usize {
        self.bound.declared.file
    }

    /// What a target row holds; its source is the table.
    pub fn layout(&self) -> &Arc<TargetLayout> {
        &self.bound.layout
    }

    /// What happens to rows and places that are not as they should be.
    pub fn policies(&self) -> &Policies {
        &self.bound.policies
    }

    /// The places that rows can go to, at most, or why they cannot be listed.
    ///
    /// # Errors
    /// Where a part of the route may be anything.
    pub fn targets(&self) -> Result<BTreeSet<Place>, Unlisted> {
        reach::targets(&self.bound)
    }

    /// The mapping ready to run.
    ///
    /// # Errors
    /// When DataFusion refuses it: a defect.
    pub fn compile(&self, servers: &Servers) -> Result<CompiledMapping, MappingError> {
        CompiledMapping::new(&self.bound, servers, Purpose::Rows)
    }

    /// The names of the source columns that expressions read.
    pub fn columns_read(&self) -> Vec<&str> {
        let route = self.bound.route.iter().flat_map(|route| route.parts().map(|(_, part)| part));
        let all = self.bound.filter.iter().chain(route).chain(self.bound.items.iter().flatten());
        let events = self.bound.events.iter().flat_map(|events| [Side::Before, Side::After].map(|side| events.reads(side)));
        let asked = events.fold(ColumnSet::default(), |set, columns| set.union(&columns));
        self.names(&all.fold(asked, |set, formula| set.union(formula.columns())))
    }

    /// The names of the source columns of a set.
    pub fn names(&self, columns: &ColumnSet) -> Vec<&str> {
        columns.iter().filter_map(|index| self.bound.layout.source.columns.get(index)).map(|column| column.name.as_str()).collect()
    }

    /// `FOR …` and `WHEN …`, where the mapping filters changes.
    pub fn changes_heard(&self) -> Option<String> {
        let tree = &self.bound.declared.tree;
        let operations = tree.operations.as_ref().map(|operations| {
            let words: Vec<_> = operations.list.iter().map(|operation| operation.word()).collect();
            format!("FOR {}", words.join(", "))
        });
        let clauses: Vec<_> = tree.when.as_ref().map(|when| format!("WHEN {when}")).into_iter().chain(operations).collect();
        (!clauses.is_empty()).then(|| clauses.join(" "))
    }

    /// Why the key is the key.
    pub fn key_reason(&self) -> KeyReason {
        let source = &self.bound.layout.source;
        if self.bound.declared.tree.key.is_some() {
            KeyReason::Written
        } else if self.bound.layout.is_keyless() {
            KeyReason::Keyless
        } else if source.primary_key.is_empty() {
            KeyReason::UniqueKey
        } else {
            KeyReason::PrimaryKey
        }
    }

    /// The smallest expressions that may fail for a row, in the order in which they are asked.
    pub fn fallible(&self) -> Vec<Fallible> {
        let tree = &self.bound.declared.tree;
        let route = tree.route.iter().flat_map(|route| [Some(&route.schema), route.table.as_ref(), route.server.as_ref()]).flatten();
        let asked = tree.filter.iter().map(|tree| ("`WHERE`".to_owned(), tree)).chain(route.map(|tree| ("`ROUTE TO`".to_owned(), tree)));
        let items = self.bound.layout.columns.iter().zip(&self.bound.items).filter(|(_, item)| item.is_some());
        let items = items.filter_map(|(column, _)| Some((format!("`{}`", column.name), written_item(&tree.items, &column.name)?)));
        let mut found = Vec::new();
        for (place, tree) in asked.chain(items) {
            self.collect_fallible(&place, tree, &mut found);
        }
        found.extend(self.fallible_when());
        found.dedup();
        found
    }

    /// `WHEN` as a whole: it is asked of two rows at once.
    fn fallible_when(&self) -> Option<Fallible> {
        let calls = self.bound.events.as_ref()?.condition()?.fallible_calls();
        let kinds: BTreeSet<_> = calls.iter().map(|call| failure_word(call)).collect();
        let expression = self.bound.declared.tree.when.as_ref()?.to_string();
        (!kinds.is_empty()).then(|| Fallible { place: "`WHEN`".to_owned(), expression, kinds: kinds.into_iter().collect() })
    }

    fn collect_fallible(&self, place: &str, tree: &Expr, found: &mut Vec<Fallible>) {
        let kinds = |tree: &Expr| Formula::bind_value(tree, &self.bound.scope).map(|formula| formula.fallible_calls()).unwrap_or_default();
        let whole = kinds(tree);
        if whole.is_empty() {
            return;
        }
        let parts = children(tree);
        let in_parts: BTreeSet<String> = parts.iter().flat_map(|part| kinds(part)).collect();
        parts.iter().for_each(|part| self.collect_fallible(place, part, found));
        let own: BTreeSet<&'static str> = whole.iter().filter(|call| !in_parts.contains(*call)).map(|call| failure_word(call)).collect();
        if !own.is_empty() && !reach::never_overflows(tree, &self.bound.scope) {
            found.push(Fallible { place: place.to_owned(), expression: tree.to_string(), kinds: own.into_iter().collect() });
        }
    }

    /// Between which integers the values of a target column lie, where they are integers and it says more than a computed column's type.
    pub fn integer_range(&self, column: usize) -> Option<(i128, i128)> {
        let target = &self.bound.layout.columns[column];
        let range = match target.source {
            Some(source) => match self.bound.layout.source.columns[source].ty {
                ColumnType::Integer { width, unsigned } => reach::Range::of_type(width, unsigned),
                _ => return None,
            },
            None => reach::range(written_item(&self.bound.declared.tree.items, &target.name)?, &self.bound.scope)?,
        };
        Some((range.low, range.high))
    }

    /// What gives a target column its value, in the text of the mapping's file.
    pub fn column_span(&self, column: usize) -> Span {
        let tree = &self.bound.declared.tree;
        let name = &self.bound.layout.columns[column].name;
        if let Some(item) = written_item(&tree.items, name) {
            return item.span;
        }
        let star = tree.items.iter().find_map(|item| match item {
            Item::Star { span, .. } => Some(*span),
            Item::Column { .. } => None,
        });
        star.unwrap_or(tree.name.span)
    }

    /// The select list.
    pub fn select_span(&self) -> Span {
        let tree = &self.bound.declared.tree;
        let of_item = |item: &Item| match item {
            Item::Star { span, .. } => *span,
            Item::Column { expr, name } => expr.span.to(name.span),
        };
        tree.items.iter().map(of_item).reduce(Span::to).unwrap_or(tree.name.span)
    }

    /// Where the mapping says where its rows go.
    pub fn route_span(&self) -> Span {
        let tree = &self.bound.declared.tree;
        tree.route.as_ref().map_or(tree.name.span, |route| route.span)
    }

    /// Where the mapping says what identifies a row.
    pub fn key_span(&self) -> Span {
        let tree = &self.bound.declared.tree;
        tree.key.as_ref().map_or(tree.name.span, |key| key.span)
    }
}

/// The word of what a function of the plan can answer instead of a value.
fn failure_word(call: &str) -> &'static str {
    const CONVERSIONS: [&str; 4] = ["mysql_convert", "mysql_bytes", "mysql_json", "mysql_regexp"];
    if CONVERSIONS.iter().any(|start| call.starts_with(start)) { "conversion" } else { "overflow" }
}
