//! The constants of EXPECT, as target columns store them.

use dsl::Expr;

use super::found::CellValue;
use crate::{mapping::expr::store, schema::ColumnType};

/// The constant in the form in which a found cell is printed; none where the column cannot hold it.
pub(super) fn expected_value(value: &Expr, ty: &ColumnType) -> Option<CellValue> {
    let array = store(value, ty).ok()?;
    Some(CellValue::of(ty, &array, 0))
}
