//! The rows of `shop.orders`: the same numbers and texts that benches/peers/rules.lua makes.

use std::sync::Arc;

use arrow::array::{ArrayRef, BinaryArray, Decimal128Array, Int8Array, Int32Array, Int64Array, UInt32Array, UInt64Array};
use rowgate::{
    change::{Change, ColumnSet, EventPlace, ImageBatch, Op, Presence},
    schema::TableSchema,
};

pub(crate) const ROWS: usize = 8192;
const REGIONS: [Option<&str>; 4] = [Some("eu"), Some("us"), Some("cn"), None];
const PREFIXES: [&str; 4] = ["AB", "CD", "EF", "GH"];

/// A batch of inserted rows with the columns that are read.
pub(crate) fn inserts(schema: &Arc<TableSchema>, read: &ColumnSet) -> ImageBatch {
    let columns = schema.columns.iter().enumerate().map(|(index, column)| read.contains(index).then(|| array(&column.name)));
    let change = |row: usize| Change { op: Op::Insert, image: row as u32, event: 0, row: row as u32, ordinal: row as u32 };
    ImageBatch {
        schema: Arc::clone(schema),
        columns: columns.collect(),
        image_count: ROWS,
        presence: Presence::Full,
        changes: (0..ROWS).map(change).collect(),
        events: vec![EventPlace { offset: 4, inner: None, time_s: 0, transaction: 0 }],
    }
}

fn array(column: &str) -> ArrayRef {
    let rows = 0..ROWS as u64;
    let texts = |text: &dyn Fn(u64) -> Option<String>| -> ArrayRef {
        Arc::new(rows.clone().map(|row| text(row).map(String::into_bytes)).collect::<BinaryArray>())
    };
    match column {
        "id" => Arc::new(Int64Array::from_iter_values(rows.map(|row| row as i64 + 1))),
        "qyid" => Arc::new(Int64Array::from_iter_values(rows.map(|row| {
            let tenant = tenant(row) as i64;
            ((1_700_000_000_000 + tenant * 7919 * 13) << 22) | (tenant % 4096)
        }))),
        "tenant" => Arc::new(Int32Array::from_iter_values(rows.map(|row| tenant(row) as i32))),
        "code" => texts(&|row| Some(format!("{}-{:05}", PREFIXES[row as usize % 4], tenant(row)))),
        "name" => texts(&|row| Some(format!("name of {}", tenant(row)))),
        "region" => texts(&|row| REGIONS[row as usize % 4].map(str::to_owned)),
        "status" => Arc::new(Int8Array::from_iter_values(rows.map(|row| (row % 5) as i8 - 1))),
        "amount" => {
            let amounts = Decimal128Array::from_iter_values(rows.map(|row| i128::from(row % 1000) * 1_250_000));
            Arc::new(amounts.with_precision_and_scale(20, 6).expect("the amounts have fewer digits"))
        }
        "placed" => Arc::new(UInt64Array::from_iter_values(rows.map(|row| {
            let (year, month, day) = date(row);
            ((((year * 13 + month) << 5 | day) << 17) | 12 << 12) << 24
        }))),
        "due" => Arc::new(UInt32Array::from_iter_values(rows.map(|row| {
            let (year, month, day) = date(row);
            (year << 9 | month << 5 | day) as u32
        }))),
        _ => Arc::new(rows.map(|row| Some(document(tenant(row) as u16, REGIONS[row as usize % 4].unwrap_or("")))).collect::<BinaryArray>()),
    }
}

/// Of 2,000 tenants.
fn tenant(row: u64) -> u64 {
    row.wrapping_mul(2_654_435_761) % 2000
}

fn date(row: u64) -> (u64, u64, u64) {
    (2020 + row % 6, 1 + row % 12, 1 + row % 28)
}

/// `{"n": number, "region": text}` as MySQL stores it: a small object with an inline number and a short text.
fn document(number: u16, region: &str) -> Vec<u8> {
    let mut bytes = vec![0];
    let mut push = |values: &[u16]| values.iter().for_each(|value| bytes.extend(value.to_le_bytes()));
    push(&[2, 26 + region.len() as u16, 18, 1, 19, 6]);
    bytes.push(5);
    bytes.extend(number.to_le_bytes());
    bytes.push(12);
    bytes.extend(25u16.to_le_bytes());
    bytes.extend(b"nregion");
    bytes.push(region.len() as u8);
    bytes.extend(region.as_bytes());
    bytes
}
