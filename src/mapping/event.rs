//! Event mappings: which changes of the source a mapping hears of, by `FOR` and `WHEN`.
//!
//! A change that is not heard of asks nothing of any target; one that is asks what it asks under a plain mapping.

use std::sync::Arc;

use arrow::{
    array::{Array, ArrayRef, AsArray, BooleanArray, RecordBatch, RecordBatchOptions, UInt32Array},
    compute::take,
    datatypes::{Field, Schema, SchemaRef},
};
use dsl::{Code, Operation, Operations};

use super::{
    DropReason, MappingError, Side,
    bind::Binder,
    expr::RowError,
    formula::{Compiled, Formula},
};
use crate::{
    change::{Change, ColumnSet, ImageBatch, Images, Op},
    columnar::arrow_type,
    schema::TableSchema,
};

/// `FOR` and `WHEN`, bound to one table definition; an event mapping has one of them at least.
#[derive(Debug, Clone)]
pub(super) struct BoundEvents {
    operations: Option<Operations>,
    when: Option<BoundWhen>,
}

/// `WHEN`, and what it reads of each image.
#[derive(Debug, Clone)]
struct BoundWhen {
    formula: Formula,
    before: ColumnSet,
    after: ColumnSet,
}

impl BoundEvents {
    /// Binds; none where the mapping has neither clause.
    pub(super) fn bind(binder: &mut Binder<'_>) -> Option<Self> {
        let tree = binder.tree;
        if tree.operations.is_none() && tree.when.is_none() {
            return None;
        }
        let width = binder.table.columns.len();
        let when = tree.when.as_ref().and_then(|when| binder.when(when)).map(|formula| {
            let (before, after): (Vec<_>, Vec<_>) = formula.columns().iter().partition(|&column| column < width);
            BoundWhen { formula, before: before.into_iter().collect(), after: after.into_iter().map(|column| column - width).collect() }
        });
        Some(Self { operations: tree.operations.clone(), when })
    }

    /// Refuses what would have to find target rows that nothing identifies.
    pub(super) fn accept_keyless(&self, binder: &mut Binder<'_>) {
        if self.operations.as_ref().is_some_and(|operations| operations.list == [Operation::Insert]) {
            return;
        }
        let tree = binder.tree;
        let span = tree.operations.as_ref().map_or(tree.when.as_ref().map_or(tree.name.span, |when| when.span), |clause| clause.span);
        let message = format!("nothing identifies the target rows that an update or a delete of `{}` changes", binder.table.name);
        let hint = "Write `FOR INSERT`, or say with `KEY (…)` what identifies a target row.";
        binder.error(Code::KEYLESS_EVENTS, message, span, Some(hint.to_owned()));
    }

    /// Whether the mapping hears of an operation, as far as `FOR` says.
    pub(super) fn hears(&self, operation: Operation) -> bool {
        self.operations.as_ref().is_none_or(|operations| operations.contains(operation))
    }

    /// `WHEN`.
    pub(super) fn condition(&self) -> Option<&Formula> {
        self.when.as_ref().map(|when| &when.formula)
    }

    /// What `WHEN` reads of an image.
    pub(super) fn reads(&self, side: Side) -> ColumnSet {
        self.when.as_ref().map_or_else(ColumnSet::default, |when| when.reads(side).clone())
    }
}

impl BoundWhen {
    fn reads(&self, side: Side) -> &ColumnSet {
        match side {
            Side::Before => &self.before,
            Side::After => &self.after,
        }
    }
}

/// `FOR` and `WHEN`, ready to be asked.
#[derive(Debug)]
pub(super) struct Events {
    bound: BoundEvents,
    when: Option<When>,
}

/// `WHEN` over batches whose rows are changes: a field for each column that it reads of an image.
#[derive(Debug)]
struct When {
    condition: Compiled,
    schema: SchemaRef,
    columns: Vec<(Side, usize)>,
}

/// What `WHEN` says of some changes, by their position among those asked.
pub(super) struct Heard {
    conditions: BooleanArray,
    /// The changes that it fails for, in ascending order.
    pub(super) failures: Vec<(u32, RowError)>,
}

impl Heard {
    /// Whether it is true; a change that it fails for is not.
    pub(super) fn is_true(&self, position: usize) -> bool {
        self.conditions.is_valid(position) && self.conditions.value(position)
    }
}

impl Events {
    pub(super) fn compile(bound: &BoundEvents, table: &TableSchema) -> Result<Self, MappingError> {
        let when = bound.when.as_ref().map(|when| When::compile(when, table)).transpose()?;
        Ok(Self { bound: bound.clone(), when })
    }

    /// Why `FOR` keeps the change from the mapping; none where it hears of it.
    pub(super) fn unheard(&self, op: Op) -> Option<DropReason> {
        let operation = match op {
            Op::Insert => Operation::Insert,
            Op::Update => Operation::Update,
            Op::Delete => Operation::Delete,
        };
        (!self.bound.hears(operation)).then_some(DropReason::NotFor(op))
    }

    /// Whether `FOR` keeps any change from the mapping.
    pub(super) fn hears_all(&self) -> bool {
        Operation::ALL.into_iter().all(|operation| self.bound.hears(operation))
    }

    /// Asks `WHEN` of some changes; none where there is no `WHEN`. An image that a change does not have is a row of NULLs.
    pub(super) fn ask(&self, batch: &ImageBatch, changes: &[&Change]) -> Result<Option<Heard>, MappingError> {
        let Some(when) = &self.when else { return Ok(None) };
        let values = when.condition.evaluate(&when.input(batch, changes)?)?;
        let conditions = values.array.as_boolean_opt().ok_or(MappingError::NoCondition)?.clone();
        Ok(Some(Heard { conditions, failures: values.failures }))
    }
}

impl When {
    fn compile(bound: &BoundWhen, table: &TableSchema) -> Result<Self, MappingError> {
        let of = |side: Side| bound.reads(side).iter().map(move |column| (side, column));
        let columns: Vec<_> = of(Side::Before).chain(of(Side::After)).collect();
        let field = |&(side, column): &(Side, usize)| {
            let column = &table.columns[column];
            Field::new(format!("{}.{}", side.word(), column.name), arrow_type(&column.ty), true)
        };
        let schema = Arc::new(Schema::new(columns.iter().map(field).collect::<Vec<_>>()));
        Ok(Self { condition: bound.formula.compile(&schema)?, schema, columns })
    }

    fn input(&self, batch: &ImageBatch, changes: &[&Change]) -> Result<RecordBatch, MappingError> {
        let rows = |side: Side| changes.iter().map(|change| image(change, side).map(|row| row as u32)).collect::<UInt32Array>();
        let (before, after) = (rows(Side::Before), rows(Side::After));
        let column = |&(side, column): &(Side, usize)| -> Result<ArrayRef, MappingError> {
            let array = batch.columns.get(column).and_then(Option::as_ref);
            let missing = || MappingError::ColumnNotDecoded {
                table: batch.schema.name.clone(),
                column: batch.schema.columns.get(column).map_or_else(String::new, |column| column.name.clone()),
            };
            Ok(take(array.ok_or_else(missing)?, if side == Side::Before { &before } else { &after }, None)?)
        };
        let columns = self.columns.iter().map(column).collect::<Result<Vec<_>, _>>()?;
        let options = RecordBatchOptions::new().with_row_count(Some(changes.len()));
        Ok(RecordBatch::try_new_with_options(Arc::clone(&self.schema), columns, &options)?)
    }
}

/// The row of one image of a change; none where the change does not have it.
pub(super) fn image(change: &Change, side: Side) -> Option<usize> {
    match (change.images(), side) {
        (Images::Updated { before, .. }, Side::Before) | (Images::Deleted(before), Side::Before) => Some(before),
        (Images::Updated { after, .. }, Side::After) | (Images::Inserted(after), Side::After) => Some(after),
        (Images::Inserted(_), Side::Before) | (Images::Deleted(_), Side::After) => None,
    }
}
