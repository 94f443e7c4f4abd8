//! A MySQL function as DataFusion sees it: a name that says all, a result form, a kernel.

use std::collections::BTreeSet;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use arrow::array::{Array, ArrayRef};
use arrow::datatypes::DataType;
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::common::{DataFusionError, Result, ScalarValue};
use datafusion::logical_expr::{
    Case, ColumnarValue, Expr, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility, and, is_not_null,
};

use super::cell::{Cell, Form, Reader, Writer};
use super::row_error::RowError;

type Kernel = dyn Fn(&[ColumnarValue], usize) -> Result<ColumnarValue> + Send + Sync;

/// A kernel under a name. Two functions of the same name are the same function, so the name carries every parameter.
struct MysqlFunction {
    name: String,
    returns: DataType,
    /// Whether a row may fail.
    fallible: bool,
    signature: Signature,
    kernel: Arc<Kernel>,
}

impl std::fmt::Debug for MysqlFunction {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.name)
    }
}

impl PartialEq for MysqlFunction {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && self.returns == other.returns
    }
}

impl Eq for MysqlFunction {}

impl Hash for MysqlFunction {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl ScalarUDFImpl for MysqlFunction {
    fn name(&self) -> &str {
        &self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(self.returns.clone())
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        (self.kernel)(&args.args, args.number_rows)
    }
}

/// Calls a kernel that works on whole arrays. `name` says all that the kernel depends on.
pub(super) fn call_vector(
    name: impl Into<String>,
    form: Form,
    args: Vec<Expr>,
    kernel: impl Fn(&[ColumnarValue], usize) -> Result<ColumnarValue> + Send + Sync + 'static,
) -> Expr {
    build(name.into(), form.data_type(), guarded(args), false, kernel)
}

/// As [`call_vector`], for operators that evaluate all their operands first.
pub(super) fn call_vector_eager(
    name: impl Into<String>,
    form: Form,
    args: Vec<Expr>,
    kernel: impl Fn(&[ColumnarValue], usize) -> Result<ColumnarValue> + Send + Sync + 'static,
) -> Expr {
    build(name.into(), form.data_type(), args, false, kernel)
}

/// As [`call_vector`], for a kernel that may fail.
pub(super) fn call_vector_checked(
    name: impl Into<String>,
    form: Form,
    args: Vec<Expr>,
    kernel: impl Fn(&[ColumnarValue], usize) -> Result<ColumnarValue> + Send + Sync + 'static,
) -> Expr {
    build(name.into(), form.data_type(), args, true, kernel)
}

/// Calls a kernel whose result is of any Arrow type.
pub(super) fn call_typed(
    name: impl Into<String>,
    returns: DataType,
    args: Vec<Expr>,
    kernel: impl Fn(&[ColumnarValue], usize) -> Result<ColumnarValue> + Send + Sync + 'static,
) -> Expr {
    build(name.into(), returns, args, true, kernel)
}

fn build(
    name: String,
    returns: DataType,
    args: Vec<Expr>,
    fallible: bool,
    kernel: impl Fn(&[ColumnarValue], usize) -> Result<ColumnarValue> + Send + Sync + 'static,
) -> Expr {
    let name = format!("mysql_{name}");
    if let Some(folded) = fold(&kernel, &args) {
        return folded;
    }
    let signature = Signature::any(args.len(), Volatility::Immutable);
    ScalarUDF::new_from_impl(MysqlFunction { name, returns, fallible, signature, kernel: Arc::new(kernel) }).call(args)
}

/// Whether a row of this expression may fail.
pub(super) fn is_fallible(expr: &Expr) -> bool {
    expr.exists(|part| Ok(function_of(part).is_some_and(|function| function.fallible))).unwrap_or(true)
}

/// The names of the functions in it that may fail, each once.
pub(super) fn fallible_calls(expr: &Expr) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let walked = expr.apply(|part| {
        names.extend(function_of(part).filter(|function| function.fallible).map(|function| function.name.clone()));
        Ok(TreeNodeRecursion::Continue)
    });
    walked.map(|_| names).unwrap_or_default()
}

fn function_of(expr: &Expr) -> Option<&MysqlFunction> {
    match expr {
        Expr::ScalarFunction(call) => call.func.inner().downcast_ref::<MysqlFunction>(),
        _ => None,
    }
}

/// MySQL stops at the first NULL operand: an operand that may fail is not evaluated behind one.
fn guarded(args: Vec<Expr>) -> Vec<Expr> {
    let count = args.len();
    guarded_by(args, count)
}

/// As [`guarded`], where only the first `count` operands guard those behind them.
pub(super) fn guarded_by(mut args: Vec<Expr>, count: usize) -> Vec<Expr> {
    for index in 1..args.len() {
        let earlier: Vec<Expr> =
            args[..index.min(count)].iter().filter(|arg| !matches!(arg, Expr::Literal(value, _) if !value.is_null())).cloned().collect();
        let Some(is_known) = earlier.into_iter().map(is_not_null).reduce(and) else { continue };
        if is_fallible(&args[index]) {
            let when = vec![(Box::new(is_known), Box::new(args[index].clone()))];
            args[index] = Expr::Case(Case::new(None, when, None));
        }
    }
    args
}

/// A call on constants is a constant, unless it fails: then it fails only for rows that reach it.
fn fold(kernel: &dyn Fn(&[ColumnarValue], usize) -> Result<ColumnarValue>, args: &[Expr]) -> Option<Expr> {
    let constants: Option<Vec<ColumnarValue>> = args
        .iter()
        .map(|arg| match arg {
            Expr::Literal(value, _) => Some(ColumnarValue::Scalar(value.clone())),
            _ => None,
        })
        .collect();
    match kernel(&constants?, 1) {
        Ok(ColumnarValue::Scalar(value)) => Some(Expr::Literal(value, None)),
        Ok(ColumnarValue::Array(array)) => ScalarValue::try_from_array(&array, 0).ok().map(|value| Expr::Literal(value, None)),
        Err(_) => None,
    }
}

/// Calls a kernel that sees one row at a time, NULLs included.
pub(super) fn call_rows(
    name: impl Into<String>,
    form: Form,
    args: Vec<Expr>,
    kernel: impl for<'a> Fn(&[Cell<'a>]) -> Result<Cell<'a>, RowError> + Send + Sync + 'static,
) -> Expr {
    rows(name.into(), form, args, false, kernel)
}

fn rows(
    name: String,
    form: Form,
    args: Vec<Expr>,
    fallible: bool,
    kernel: impl for<'a> Fn(&[Cell<'a>]) -> Result<Cell<'a>, RowError> + Send + Sync + 'static,
) -> Expr {
    build(name, form.data_type(), args, fallible, move |args, rows| {
        let constant = args.iter().all(|arg| matches!(arg, ColumnarValue::Scalar(_)));
        let rows = if constant { 1 } else { rows };
        let readers = args.iter().map(reader).collect::<Result<Vec<_>>>()?;
        let mut writer = Writer::new(form, rows);
        let mut cells = Vec::with_capacity(readers.len());
        for row in 0..rows {
            cells.clear();
            cells.extend(readers.iter().map(|reader| reader.cell(row)));
            writer.push(&kernel(&cells).map_err(row_error)?);
        }
        result(writer.finish(), constant)
    })
}

/// Calls a kernel that sees one row at a time; a NULL argument makes a NULL result.
pub(super) fn call_strict(
    name: impl Into<String>,
    form: Form,
    args: Vec<Expr>,
    kernel: impl for<'a> Fn(&[Cell<'a>]) -> Result<Cell<'a>, RowError> + Send + Sync + 'static,
) -> Expr {
    rows(name.into(), form, guarded(args), false, move |cells| if cells.iter().any(Cell::is_null) { Ok(Cell::Null) } else { kernel(cells) })
}

/// As [`call_checked`], for operators that evaluate all their operands first.
pub(super) fn call_eager(
    name: impl Into<String>,
    form: Form,
    args: Vec<Expr>,
    kernel: impl for<'a> Fn(&[Cell<'a>]) -> Result<Cell<'a>, RowError> + Send + Sync + 'static,
) -> Expr {
    rows(name.into(), form, args, true, move |cells| if cells.iter().any(Cell::is_null) { Ok(Cell::Null) } else { kernel(cells) })
}

/// As [`call_strict`], for functions that evaluate all their operands first.
pub(super) fn call_on_all(
    name: impl Into<String>,
    form: Form,
    args: Vec<Expr>,
    kernel: impl for<'a> Fn(&[Cell<'a>]) -> Result<Cell<'a>, RowError> + Send + Sync + 'static,
) -> Expr {
    rows(name.into(), form, args, false, move |cells| if cells.iter().any(Cell::is_null) { Ok(Cell::Null) } else { kernel(cells) })
}

/// As [`call_strict`], for a kernel that may fail.
pub(super) fn call_checked(
    name: impl Into<String>,
    form: Form,
    args: Vec<Expr>,
    kernel: impl for<'a> Fn(&[Cell<'a>]) -> Result<Cell<'a>, RowError> + Send + Sync + 'static,
) -> Expr {
    rows(name.into(), form, guarded(args), true, move |cells| if cells.iter().any(Cell::is_null) { Ok(Cell::Null) } else { kernel(cells) })
}

/// Wraps a row error for the caller of the physical expression.
pub(super) fn row_error(error: RowError) -> DataFusionError {
    DataFusionError::External(Box::new(error))
}

/// An array, or its only row as a constant.
pub(super) fn result(array: ArrayRef, constant: bool) -> Result<ColumnarValue> {
    Ok(if constant { ColumnarValue::Scalar(ScalarValue::try_from_array(&array, 0)?) } else { ColumnarValue::Array(array) })
}

fn reader(arg: &ColumnarValue) -> Result<Reader> {
    Ok(match arg {
        ColumnarValue::Array(array) => Reader::new(Arc::clone(array), false),
        ColumnarValue::Scalar(value) => Reader::new(value.to_array()?, true),
    })
}

/// A constant in the form that kernels read.
pub(super) fn constant(form: Form, cell: &Cell<'_>) -> Expr {
    let mut writer = Writer::new(form, 1);
    writer.push(cell);
    let array = writer.finish();
    debug_assert_eq!(array.len(), 1);
    let value = ScalarValue::try_from_array(&array, 0).expect("an array of one row has a row 0");
    Expr::Literal(value, None)
}
