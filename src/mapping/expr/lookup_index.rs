//! The rows of a lookup by their keys, and the functions that find them for a batch.

use std::sync::Arc;

use arrow::{
    array::{ArrayRef, AsArray, UInt32Array, UInt32Builder},
    compute::take,
    datatypes::{DataType, UInt32Type},
};
use datafusion::{
    common::{HashMap, Result, hash_map::Entry},
    logical_expr::{ColumnarValue, Expr},
};

use super::{
    cell::Reader,
    function::{call_vector_typed, result},
    lookup_key::{KeyForm, LookupKey},
};

/// The rows of a lookup by the bytes of their keys.
pub(in crate::mapping) struct LookupIndex {
    forms: Vec<KeyForm>,
    rows: HashMap<Box<[u8]>, u32>,
}

impl std::fmt::Debug for LookupIndex {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "LookupIndex({} rows)", self.rows.len())
    }
}

impl LookupIndex {
    /// The index of `count` rows whose key columns, as `keys` ask for them, are these. A row with a NULL in its key is found by nothing.
    ///
    /// # Errors
    /// The numbers of two rows that have one key.
    pub(in crate::mapping) fn build(keys: &[LookupKey], columns: Vec<ArrayRef>, count: usize) -> std::result::Result<Self, (u32, u32)> {
        let forms: Vec<KeyForm> = keys.iter().map(|key| key.form).collect();
        let readers: Vec<Reader> = columns.into_iter().map(|column| Reader::new(column, false)).collect();
        let mut rows = HashMap::with_capacity(count);
        let mut key = Vec::new();
        for row in 0..count {
            if !write_key(&forms, &readers, row, &mut key) {
                continue;
            }
            match rows.entry(key.as_slice().into()) {
                Entry::Vacant(entry) => entry.insert(row as u32),
                Entry::Occupied(entry) => return Err((*entry.get(), row as u32)),
            };
        }
        Ok(Self { forms, rows })
    }

    /// The number of the row that is found by the keys of each row of a batch.
    pub(super) fn row_of(self: &Arc<Self>, name: String, keys: Vec<Expr>) -> Expr {
        let index = Arc::clone(self);
        call_vector_typed(name, DataType::UInt32, keys, move |args, rows| index.find(args, rows))
    }

    fn find(&self, args: &[ColumnarValue], rows: usize) -> Result<ColumnarValue> {
        let constant = args.iter().all(|arg| matches!(arg, ColumnarValue::Scalar(_)));
        let rows = if constant { 1 } else { rows };
        let reader = |arg: &ColumnarValue| {
            let is_scalar = matches!(arg, ColumnarValue::Scalar(_));
            Ok(Reader::new(arg.clone().into_array(if is_scalar { 1 } else { rows })?, is_scalar))
        };
        let readers = args.iter().map(reader).collect::<Result<Vec<_>>>()?;
        let mut found = UInt32Builder::with_capacity(rows);
        let (mut key, mut last): (Vec<u8>, Vec<u8>) = (Vec::new(), Vec::new());
        let mut last_row = None;
        for row in 0..rows {
            if !write_key(&self.forms, &readers, row, &mut key) {
                found.append_null();
                continue;
            }
            // Rows of one batch often have one key.
            if row == 0 || key != last {
                last_row = self.rows.get(key.as_slice()).copied();
                std::mem::swap(&mut key, &mut last);
            }
            found.append_option(last_row);
        }
        result(Arc::new(found.finish()), constant)
    }
}

/// Writes the key of a row; false where a part of it is NULL.
fn write_key(forms: &[KeyForm], readers: &[Reader], row: usize, key: &mut Vec<u8>) -> bool {
    key.clear();
    forms.iter().zip(readers).all(|(form, reader)| form.write(&reader.cell(row), key))
}

/// The values of a lookup's column in the rows that were found.
pub(super) fn value_of(name: String, column: &ArrayRef, row: Expr) -> Expr {
    let column = Arc::clone(column);
    call_vector_typed(name, column.data_type().clone(), vec![row], move |args, rows| {
        let constant = matches!(args[0], ColumnarValue::Scalar(_));
        let found = args[0].clone().into_array(if constant { 1 } else { rows })?;
        let found: &UInt32Array = found.as_primitive::<UInt32Type>();
        result(take(&column, found, None)?, constant)
    })
}
