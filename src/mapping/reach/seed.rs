//! Parts of expressions that have few values: remainders, ENUMs, conditions, numbers compared with constants.

use std::{collections::BTreeSet, fmt, sync::Arc};

use arrow::{
    array::{Array, ArrayRef, BinaryArray, BooleanArray, Int64Array, UInt64Array, make_array, new_null_array},
    compute::{cast, concat},
    datatypes::DataType,
};
use datafusion::logical_expr::Expr as Logical;
use dsl::{BinaryOp, Expr, ExprKind, IsTest, Literal, UnaryOp};

use super::range::{Range, is_condition, range};
use crate::{
    columnar::arrow_type,
    mapping::{atoms::children, expr::Scope, formula::Formula},
    schema::{Charset, ColumnType},
};

/// The most values a part may have to be listed.
const VALUES_MOST: i128 = 4096;
/// The most bits of a mask whose values are listed one by one.
const MASK_BITS_MOST: u32 = 12;
/// A text that nobody compares with.
const OTHER_TEXT: &[u8] = b"~ no such text in any rule ~";

/// A part of an expression with all of its values, NULL among them where it may be.
#[derive(Debug, Clone)]
pub(super) struct Seed {
    /// What DataFusion plans for the part: wherever it occurs, it can be replaced by one of the values.
    pub(super) logical: Logical,
    /// The values, each once.
    pub(super) values: ArrayRef,
}

/// Why an expression's values cannot be listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unlisted {
    /// It reads a column of which any value may come.
    Column {
        /// The column as written.
        name: String,
        /// Its type, in MySQL's words.
        ty: String,
    },
    /// There are too many.
    TooMany {
        /// The limit.
        most: usize,
    },
}

impl fmt::Display for Unlisted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Column { name, ty } => write!(f, "`{name}` ({ty}) may hold anything"),
            Self::TooMany { most } => write!(f, "there are more than {most}"),
        }
    }
}

/// What is found while a tree is walked.
#[derive(Default)]
pub(super) struct Seeds<'t> {
    found: Vec<Found<'t>>,
}

/// A part of a tree and how its values are told.
#[derive(Debug, Clone)]
struct Found<'t> {
    tree: &'t Expr,
    logical: Logical,
    nullable: bool,
    how: How,
}

#[derive(Debug, Clone)]
enum How {
    /// All of them.
    Listed(ArrayRef),
    /// One for each answer that its comparisons with these integers can have.
    Compared { data_type: DataType, range: Range, with: BTreeSet<i128> },
    /// The same for texts.
    ComparedTexts(BTreeSet<Vec<u8>>),
    /// NULL and any value of this type.
    IsNull(DataType),
}

impl<'t> Seeds<'t> {
    /// Finds parts that make up all that a tree reads, the largest first; none of them is added where some column has no part.
    pub(super) fn of_value(&mut self, tree: &'t Expr, scope: &Scope) -> Result<(), Unlisted> {
        let before = self.found.len();
        let mut done = self.value(tree, scope, true);
        if done.is_ok() {
            done = self.split(before, scope);
        }
        if done.is_err() {
            self.found.truncate(before);
        }
        done
    }

    /// The same for a condition: what it compares with constants needs one value for each answer only.
    pub(super) fn of_condition(&mut self, tree: &'t Expr, scope: &Scope) -> Result<(), Unlisted> {
        let before = self.found.clone();
        let done = self.condition(tree, scope);
        if done.is_err() {
            self.found = before;
        }
        done
    }

    /// All parts with their values.
    pub(super) fn finish(self) -> Vec<Seed> {
        self.found.into_iter().map(Found::seed).collect()
    }

    fn value(&mut self, tree: &'t Expr, scope: &Scope, may_be_whole: bool) -> Result<(), Unlisted> {
        let formula = Formula::bind_value(tree, scope).ok();
        if formula.as_ref().is_some_and(Formula::is_constant) {
            return Ok(());
        }
        if may_be_whole && let Some(found) = formula.as_ref().and_then(|formula| listed(tree, formula, scope)) {
            self.add(found);
            return Ok(());
        }
        match &tree.kind {
            ExprKind::Column { name, .. } => {
                let ty = formula.map_or_else(String::new, |formula| formula.output_type().words());
                Err(Unlisted::Column { name: name.text.clone(), ty })
            }
            _ => children(tree).into_iter().try_for_each(|part| self.value(part, scope, true)),
        }
    }

    /// Parts that hold others as parts of theirs give way to these, where all else in them can be told too: `id % 2 = 0` beside `id % 2`.
    fn split(&mut self, from: usize, scope: &Scope) -> Result<(), Unlisted> {
        let mut index = from;
        while index < self.found.len() {
            let tree = self.found[index].tree;
            let holds = |other: &Found<'_>| !std::ptr::eq(other.tree, tree) && holds_inside(tree, &other.logical, scope);
            if !self.found.iter().any(holds) {
                index += 1;
                continue;
            }
            let whole = self.found.remove(index);
            let count = self.found.len();
            if children(tree).into_iter().try_for_each(|part| self.value(part, scope, true)).is_err() {
                self.found.truncate(count);
                self.found.insert(index, whole);
                index += 1;
            }
        }
        Ok(())
    }

    fn condition(&mut self, tree: &'t Expr, scope: &Scope) -> Result<(), Unlisted> {
        if let Some(found) = compared(tree, scope) {
            self.add(found);
            return Ok(());
        }
        match &tree.kind {
            ExprKind::Unary(UnaryOp::Not, _) => children(tree).into_iter().try_for_each(|part| self.condition(part, scope)),
            ExprKind::Binary(_, BinaryOp::And | BinaryOp::Or | BinaryOp::Xor, _) => {
                children(tree).into_iter().try_for_each(|part| self.condition(part, scope))
            }
            _ => self.value(tree, scope, !is_condition(tree)),
        }
    }

    fn add(&mut self, found: Found<'t>) {
        let Some(known) = self.found.iter_mut().find(|known| known.logical == found.logical) else {
            self.found.push(found);
            return;
        };
        match (&mut known.how, found.how) {
            (How::Listed(_), _) | (_, How::IsNull(_)) => {}
            (how @ How::IsNull(_), more) => *how = more,
            (how, listed @ How::Listed(_)) => *how = listed,
            (How::Compared { with, .. }, How::Compared { with: more, .. }) => with.extend(more),
            (How::ComparedTexts(with), How::ComparedTexts(more)) => with.extend(more),
            // A column is a number or a text.
            (How::Compared { .. }, How::ComparedTexts(_)) | (How::ComparedTexts(_), How::Compared { .. }) => {}
        }
    }
}

/// Whether a part strictly inside of the tree is planned as `logical`.
fn holds_inside(tree: &Expr, logical: &Logical, scope: &Scope) -> bool {
    children(tree).into_iter().any(|part| {
        let same = logical_of(part, scope).is_some_and(|part| part == *logical);
        same || holds_inside(part, logical, scope)
    })
}

/// What a part is planned as: a condition as one, so that it is found inside of others.
fn logical_of(tree: &Expr, scope: &Scope) -> Option<Logical> {
    let bind = if is_condition(tree) { Formula::bind_condition } else { Formula::bind_value };
    bind(tree, scope).ok().map(|formula| formula.logical().clone())
}

/// A part whose values can all be listed.
fn listed<'t>(tree: &'t Expr, formula: &Formula, scope: &Scope) -> Option<Found<'t>> {
    let nullable = formula.is_nullable();
    let logical = logical_of(tree, scope)?;
    let null = nullable.then_some(None);
    let values: ArrayRef = if is_condition(tree) {
        Arc::new([Some(false), Some(true)].into_iter().chain(null).collect::<BooleanArray>())
    } else {
        let ty = formula.output_type();
        let numbers = few(tree, &ty, scope)?;
        integers(numbers.into_iter().map(Some).chain(nullable.then_some(None)), &arrow_type(&ty))?
    };
    Some(Found { tree, logical, nullable, how: How::Listed(values) })
}

/// The integers that stand for the values of a part.
fn few(tree: &Expr, ty: &ColumnType, scope: &Scope) -> Option<Vec<i128>> {
    match ty {
        ColumnType::Integer { .. } => {
            if let Some(values) = of_mask(tree, scope) {
                return Some(values);
            }
            let range = range(tree, scope)?;
            (range.count() <= VALUES_MOST).then(|| (range.low..=range.high).collect())
        }
        ColumnType::Enum { labels, .. } => Some((1..=labels.len() as i128).collect()),
        ColumnType::Set { labels, .. } if labels.len() <= 8 => Some((0..1 << labels.len()).collect()),
        ColumnType::Bit { width } if *width <= 8 => Some((0..1 << width).collect()),
        ColumnType::Year => Some([0].into_iter().chain(1901..=2155).collect()),
        _ => None,
    }
}

/// The values of `x & mask`: every part of the mask.
fn of_mask(tree: &Expr, scope: &Scope) -> Option<Vec<i128>> {
    let ExprKind::Binary(left, BinaryOp::BitAnd, right) = &tree.kind else { return None };
    let mask = [left, right].into_iter().find_map(|side| range(side, scope)?.only())?;
    if !(0..=i128::from(u64::MAX)).contains(&mask) || mask.count_ones() > MASK_BITS_MOST {
        return None;
    }
    let mut values = vec![mask];
    while let Some(&last) = values.last().filter(|&&last| last != 0) {
        values.push((last - 1) & mask);
    }
    values.reverse();
    Some(values)
}

/// The operand of a comparison with constants only.
fn compared<'t>(tree: &'t Expr, scope: &Scope) -> Option<Found<'t>> {
    let (operand, constants): (&Expr, Vec<&Expr>) = match &tree.kind {
        ExprKind::Binary(left, op, right) if is_comparison(*op) => {
            if is_literal(right) {
                (left, vec![right])
            } else if is_literal(left) {
                (right, vec![left])
            } else {
                return None;
            }
        }
        ExprKind::Between { expr, low, high, .. } => (expr, vec![low, high]),
        ExprKind::In { expr, list, .. } => (expr, list.iter().collect()),
        ExprKind::Is { expr, test: IsTest::Null, .. } if matches!(expr.kind, ExprKind::Column { .. }) => {
            let formula = Formula::bind_value(expr, scope).ok()?;
            let (logical, nullable) = (formula.logical().clone(), formula.is_nullable());
            let data_type = arrow_type(&formula.output_type());
            return Some(Found { tree: expr, logical, nullable, how: How::IsNull(data_type) });
        }
        _ => return None,
    };
    let formula = Formula::bind_value(operand, scope).ok().filter(|formula| !formula.is_constant())?;
    let constants: Vec<_> = constants.into_iter().filter(|tree| !matches!(tree.kind, ExprKind::Literal(Literal::Null))).collect();
    let (logical, nullable) = (formula.logical().clone(), formula.is_nullable());
    let how = if !is_condition(operand) && formula.is_integer() {
        let with = constants.iter().map(|tree| integer(tree)).collect::<Option<BTreeSet<_>>>()?;
        How::Compared { data_type: arrow_type(&formula.output_type()), range: range(operand, scope)?, with }
    } else {
        let asks_order = matches!(tree.kind, ExprKind::Between { .. } | ExprKind::Binary(_, BinaryOp::Lt | BinaryOp::LtEq, _))
            || matches!(tree.kind, ExprKind::Binary(_, BinaryOp::Gt | BinaryOp::GtEq, _));
        if asks_order || !matches!(operand.kind, ExprKind::Column { .. }) || !is_plain_text(&formula.output_type()) {
            return None;
        }
        How::ComparedTexts(constants.iter().map(|tree| ascii_text(tree)).collect::<Option<BTreeSet<_>>>()?)
    };
    Some(Found { tree: operand, logical, nullable, how })
}

fn is_comparison(op: BinaryOp) -> bool {
    use BinaryOp::{Eq, Gt, GtEq, Lt, LtEq, NotEq, NullSafeEq};
    matches!(op, Eq | NullSafeEq | NotEq | Lt | LtEq | Gt | GtEq)
}

fn is_literal(tree: &Expr) -> bool {
    match &tree.kind {
        ExprKind::Literal(_) => true,
        ExprKind::Unary(UnaryOp::Negate, operand) => matches!(operand.kind, ExprKind::Literal(_)),
        _ => false,
    }
}

fn integer(tree: &Expr) -> Option<i128> {
    match &tree.kind {
        ExprKind::Literal(Literal::Integer(digits)) => digits.parse().ok(),
        ExprKind::Literal(Literal::Bool(value)) => Some((*value).into()),
        ExprKind::Unary(UnaryOp::Negate, operand) => integer(operand).map(|value| -value),
        _ => None,
    }
}

fn ascii_text(tree: &Expr) -> Option<Vec<u8>> {
    match &tree.kind {
        ExprKind::Literal(Literal::Text { value, introducer: None }) if value.is_ascii() => Some(value.as_bytes().to_vec()),
        _ => None,
    }
}

/// A text whose ASCII characters are their bytes.
fn is_plain_text(ty: &ColumnType) -> bool {
    match ty {
        ColumnType::Char { collation, .. } | ColumnType::Varchar { collation, .. } | ColumnType::Text { collation, .. } => {
            [Charset::UTF8MB4, Charset::UTF8MB3, Charset::LATIN1, Charset::ASCII].contains(&collation.charset())
        }
        _ => false,
    }
}

impl Found<'_> {
    fn seed(self) -> Seed {
        let null = self.nullable.then_some(None);
        let values = match self.how {
            How::Listed(values) => values,
            How::Compared { data_type, range, with } => {
                let around = with.iter().flat_map(|&value| [value - 1, value, value + 1]);
                let all: BTreeSet<i128> =
                    around.chain([range.low, range.high]).filter(|value| range.low <= *value && *value <= range.high).collect();
                integers(all.into_iter().map(Some).chain(null), &data_type).expect("each of them is a value of the type")
            }
            How::IsNull(data_type) => {
                let null = new_null_array(&data_type, 1);
                let value = null.to_data().into_builder().nulls(None).build().map(make_array).expect("zeros are a value of any type");
                if self.nullable { concat(&[&value, &null]).expect("both are of one type") } else { value }
            }
            How::ComparedTexts(with) => {
                let texts = with.iter().map(|text| Some(text.as_slice())).chain([Some(OTHER_TEXT)]);
                Arc::new(texts.chain(self.nullable.then_some(None)).collect::<BinaryArray>())
            }
        };
        Seed { logical: self.logical, values }
    }
}

/// Integers in an Arrow type of integers.
fn integers(values: impl Iterator<Item = Option<i128>>, data_type: &DataType) -> Option<ArrayRef> {
    let values: Vec<Option<i128>> = values.collect();
    let wide: ArrayRef = if values.iter().flatten().any(|&value| value > i64::MAX.into()) {
        let unsigned = values.iter().map(|value| value.map(u64::try_from).transpose().ok());
        Arc::new(unsigned.collect::<Option<UInt64Array>>()?)
    } else {
        let signed = values.iter().map(|value| value.map(i64::try_from).transpose().ok());
        Arc::new(signed.collect::<Option<Int64Array>>()?)
    };
    cast(&wide, data_type).ok()
}
