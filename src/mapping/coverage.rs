//! Which mappings, and which of their branches, some rows reach: what tests have not tried.
//!
//! A branch is an outcome of `WHERE`, an arm of CASE or IF, or a part of `ROUTE TO` that is NULL or fails. Which outcome a row
//! has is asked of the mapping's own expressions, with numbers in the place of the arms' values.

use std::{collections::HashMap, sync::Arc};

use arrow::{
    array::{Array, AsArray, RecordBatch},
    datatypes::{Field, Int64Type, Schema},
};
use dsl::Span;

use super::{
    DropReason, MappingError, MappingSet, Policies, RoutedBatch, Servers, Transition,
    arms::{choices, holds},
    bind::{BoundMapping, bind, scope},
    formula::{Compiled, Formula, Values},
    set::Declared,
};
use crate::{
    change::{ColumnSet, ImageBatch},
    columnar::arrow_type,
    schema::{TableName, TableSchema},
};

/// A branch of a mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Branch {
    /// The mapping's file, as an index into [`MappingSet::files`].
    pub file: usize,
    /// The mapping's name.
    pub mapping: String,
    /// The part of the mapping that has the branch.
    pub span: Span,
    /// Which.
    pub kind: BranchKind,
}

/// The kinds of branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum BranchKind {
    /// The mapping is asked of any row at all.
    Mapping,
    /// `WHERE` is true.
    WhereTrue,
    /// `WHERE` is false or NULL.
    WhereFalse,
    /// `WHEN` is true.
    WhenTrue,
    /// `WHEN` is false or NULL.
    WhenFalse,
    /// This arm of a CASE or an IF is taken.
    Arm,
    /// No arm of a CASE without ELSE is taken.
    NoArm,
    /// This part of `ROUTE TO` is NULL.
    RouteNull,
    /// This part of `ROUTE TO` has no value.
    RouteError,
}

/// The branches of all mappings of a set, and which of them were reached.
#[derive(Debug)]
pub struct Coverage {
    branches: Vec<Branch>,
    reached: Vec<bool>,
    tables: HashMap<TableName, Vec<Probes>>,
}

/// The questions to one mapping over one table.
#[derive(Debug)]
struct Probes {
    mapping: usize,
    schema: Arc<Schema>,
    inputs: Vec<usize>,
    filter: Option<(Probe, [usize; 2])>,
    /// The others, and whether they are asked of all rows or of those that `WHERE` takes.
    rest: Vec<(Probe, Asked, bool)>,
}

#[derive(Debug)]
struct Probe {
    compiled: Compiled,
    reads: ColumnSet,
}

/// What the value of a probe says.
#[derive(Debug)]
enum Asked {
    /// The number of the arm that is taken.
    Arms(Vec<usize>),
    /// NULL is one branch, a failure the other.
    Route { null: Option<usize>, error: Option<usize> },
}

impl Coverage {
    /// The branches of the mappings, as they are bound to the tables that they read; none is reached yet.
    ///
    /// # Errors
    /// A defect: what was bound cannot be compiled.
    pub fn new<'t>(set: &MappingSet, tables: impl IntoIterator<Item = &'t Arc<TableSchema>>) -> Result<Self, MappingError> {
        let mut coverage = Self { branches: Vec::new(), reached: Vec::new(), tables: HashMap::new() };
        let any = Servers::Any { default: "default".into() };
        for declared in set.declared() {
            coverage.branch(declared, declared.tree.name.span, BranchKind::Mapping);
            if let Some(when) = &declared.tree.when {
                for kind in [BranchKind::WhenTrue, BranchKind::WhenFalse] {
                    coverage.branch(declared, when.span, kind);
                }
            }
        }
        for table in tables {
            for declared in set.declared().iter().filter(|declared| declared.source.contains(&table.name)) {
                if let (Some(bound), _) = bind(declared, table, &Policies::default(), &any) {
                    let probes = Probes::of(&mut coverage, declared, &bound, table)?;
                    coverage.tables.entry(table.name.clone()).or_default().push(probes);
                }
            }
        }
        Ok(coverage)
    }

    /// Takes note of the branches of a file's mappings that the images of a batch reach.
    ///
    /// # Errors
    /// A defect: arrays do not fit together.
    pub fn observe(&mut self, file: usize, batch: &ImageBatch) -> Result<(), MappingError> {
        let Some(tables) = self.tables.get(&batch.schema.name) else { return Ok(()) };
        for probes in tables.iter().filter(|probes| self.branches[probes.mapping].file == file) {
            probes.observe(batch, &mut self.reached)?;
        }
        Ok(())
    }

    /// Takes note of what `WHEN` said of the changes of a batch.
    pub fn observe_changes(&mut self, routed: &RoutedBatch) {
        let mut told = |kind: BranchKind| {
            let mapping = &routed.mapping;
            let is_it = |branch: &Branch| branch.kind == kind && branch.file == mapping.file() && *branch.mapping == **mapping.name();
            if let Some(branch) = self.branches.iter().position(is_it) {
                self.reached[branch] = true;
            }
        };
        for transition in &routed.transitions {
            match transition {
                Transition::Nothing(DropReason::WhenFalse) => told(BranchKind::WhenFalse),
                // The change may have been dropped before `WHEN` was asked.
                Transition::Nothing(_) | Transition::Failed(_) => {}
                Transition::Insert { .. } | Transition::Delete { .. } | Transition::Update { .. } | Transition::Move { .. } => {
                    told(BranchKind::WhenTrue);
                }
            }
        }
    }

    /// How many branches there are.
    pub fn len(&self) -> usize {
        self.branches.len()
    }

    /// How many of them were reached.
    pub fn reached(&self) -> usize {
        self.reached.iter().filter(|reached| **reached).count()
    }

    /// Whether there is nothing to reach.
    pub fn is_empty(&self) -> bool {
        self.branches.is_empty()
    }

    /// The branches that no image reached, by file and place. Of a mapping that was asked of no row the mapping alone.
    pub fn unreached(&self) -> Vec<&Branch> {
        let all = self.branches.iter().zip(&self.reached);
        let silent: Vec<(usize, &str)> = all
            .clone()
            .filter(|(branch, reached)| branch.kind == BranchKind::Mapping && !**reached)
            .map(|(branch, _)| (branch.file, branch.mapping.as_str()))
            .collect();
        let is_told = |branch: &Branch| branch.kind == BranchKind::Mapping || !silent.contains(&(branch.file, &branch.mapping));
        let mut unreached: Vec<&Branch> = all.filter(|(branch, reached)| !**reached && is_told(branch)).map(|(branch, _)| branch).collect();
        unreached.sort_by_key(|branch| (branch.file, branch.span, branch.kind));
        unreached
    }

    /// The number of a branch, which tables of one mapping share.
    fn branch(&mut self, declared: &Declared, span: Span, kind: BranchKind) -> usize {
        let branch = Branch { file: declared.file, mapping: declared.name().to_owned(), span, kind };
        self.branches.iter().position(|known| *known == branch).unwrap_or_else(|| {
            self.branches.push(branch);
            self.reached.push(false);
            self.branches.len() - 1
        })
    }
}

impl Probes {
    fn of(coverage: &mut Coverage, declared: &Declared, bound: &BoundMapping, table: &TableSchema) -> Result<Self, MappingError> {
        let tree = &declared.tree;
        let scope = scope(declared, table);
        let filter = tree.filter.as_ref().map(|filter| {
            let branches = [BranchKind::WhereFalse, BranchKind::WhereTrue].map(|kind| coverage.branch(declared, filter.span, kind));
            (holds(filter), branches)
        });
        let items = tree.items.iter().flat_map(|item| match item {
            dsl::Item::Star { replace, .. } => replace.iter().map(|(expr, _)| expr).collect(),
            dsl::Item::Column { expr, .. } => vec![expr],
        });
        let parts = tree.route.iter().flat_map(|route| [Some(&route.schema), route.table.as_ref(), route.server.as_ref()]).flatten();
        let mut trees = Vec::new();
        let in_filter = tree.filter.iter().flat_map(choices).map(|choice| (choice, true));
        for (choice, is_in_filter) in in_filter.chain(parts.clone().chain(items).flat_map(choices).map(|choice| (choice, false))) {
            let last = choice.arms.len() - 1;
            let kind = |arm| if choice.lacks_else && arm == last { BranchKind::NoArm } else { BranchKind::Arm };
            let arms = choice.arms.iter().enumerate().map(|(arm, span)| coverage.branch(declared, *span, kind(arm)));
            trees.push((choice.taken, Asked::Arms(arms.collect()), is_in_filter));
        }
        for (part, formula) in parts.zip(bound.route.iter().flat_map(|route| route.parts().map(|(_, formula)| formula))) {
            let mut branch = |is_possible: bool, kind| is_possible.then(|| coverage.branch(declared, part.span, kind));
            let (null, error) =
                (branch(formula.is_nullable(), BranchKind::RouteNull), branch(formula.is_fallible(), BranchKind::RouteError));
            trees.push((part.clone(), Asked::Route { null, error }, false));
        }
        let mapping = coverage.branch(declared, tree.name.span, BranchKind::Mapping);
        // What stands alone may not bind where the whole does: such a branch is not told.
        let bind = |tree: &dsl::Expr| Formula::bind_value(tree, &scope).ok();
        let filter = filter.and_then(|(tree, branches)| Some((bind(&tree)?, branches)));
        let rest: Vec<_> = trees.into_iter().filter_map(|(tree, asked, in_filter)| Some((bind(&tree)?, asked, in_filter))).collect();
        let read = filter.iter().map(|(formula, _)| formula).chain(rest.iter().map(|(formula, ..)| formula));
        let inputs: Vec<usize> = read.fold(ColumnSet::default(), |set, formula| set.union(formula.columns())).iter().collect();
        let field = |&index: &usize| Field::new(&table.columns[index].name, arrow_type(&table.columns[index].ty), true);
        let schema = Arc::new(Schema::new(inputs.iter().map(field).collect::<Vec<_>>()));
        let probe =
            |formula: Formula| Ok::<_, MappingError>(Probe { compiled: formula.compile(&schema)?, reads: formula.columns().clone() });
        let filter = filter.map(|(formula, branches)| Ok::<_, MappingError>((probe(formula)?, branches))).transpose()?;
        let rest = rest
            .into_iter()
            .map(|(formula, asked, in_filter)| Ok((probe(formula)?, asked, in_filter)))
            .collect::<Result<_, MappingError>>()?;
        Ok(Self { mapping, schema, inputs, filter, rest })
    }

    fn observe(&self, batch: &ImageBatch, reached: &mut [bool]) -> Result<(), MappingError> {
        if batch.image_count == 0 {
            return Ok(());
        }
        reached[self.mapping] = true;
        let columns = self.inputs.iter().filter_map(|&index| batch.columns.get(index)?.clone()).collect::<Vec<_>>();
        let options = arrow::array::RecordBatchOptions::new().with_row_count(Some(batch.image_count));
        let input = RecordBatch::try_new_with_options(Arc::clone(&self.schema), columns, &options)?;
        let all = || 0..batch.image_count as u32;
        let mut inside: Vec<u32> = all().collect();
        if let Some((probe, branches)) = &self.filter {
            let rows = probe.rows(batch, all());
            let values = probe.compiled.evaluate_rows(&input, &rows)?;
            inside.clear();
            for (row, taken) in numbers(&values, &rows) {
                reached[branches[usize::from(taken == 1)]] = true;
                if taken == 1 {
                    inside.push(row);
                }
            }
        }
        for (probe, asked, is_in_filter) in &self.rest {
            let rows = if *is_in_filter { probe.rows(batch, all()) } else { probe.rows(batch, inside.iter().copied()) };
            let values = probe.compiled.evaluate_rows(&input, &rows)?;
            match asked {
                Asked::Arms(branches) => numbers(&values, &rows).for_each(|(_, arm)| reached[branches[arm as usize]] = true),
                Asked::Route { null, error } => {
                    let failed = |row: &u32| values.failures.iter().any(|(failed, _)| failed == row);
                    let is_null = rows.iter().any(|row| values.array.is_null(*row as usize) && !failed(row));
                    null.iter().filter(|_| is_null).for_each(|branch| reached[*branch] = true);
                    error.iter().filter(|_| !values.failures.is_empty()).for_each(|branch| reached[*branch] = true);
                }
            }
        }
        Ok(())
    }
}

impl Probe {
    /// Of some images, those that carry what the probe reads.
    fn rows(&self, batch: &ImageBatch, rows: impl Iterator<Item = u32>) -> Vec<u32> {
        rows.filter(|row| self.reads.iter().all(|column| batch.presence.has(*row as usize, column))).collect()
    }
}

/// The rows that have a number, with it.
fn numbers<'v>(values: &'v Values, rows: &'v [u32]) -> impl Iterator<Item = (u32, i64)> {
    let array = values.array.as_primitive_opt::<Int64Type>();
    let number = move |row: &u32| array.filter(|array| array.is_valid(*row as usize)).map(|array| (*row, array.value(*row as usize)));
    rows.iter().filter_map(number)
}
