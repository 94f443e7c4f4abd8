//! `cargo bench --bench mapping`: the seed's rule on 8,192 rows and on one row, from image batch to transitions, as a line of JSON.

use std::{error::Error, fs, hint::black_box, sync::Arc, time::Instant};

use arrow::array::{ArrayRef, Int64Array, UInt64Array};
use rowgate::{
    change::{Change, ColumnSet, EventPlace, ImageBatch, Op, Presence},
    mapping::{MappingSet, Policies, Purpose, QueryText, Router, Servers},
    schema::{ServerVersion, TableName, TableSchema, read_schema_file},
};

const ROWS: usize = 8192;
const ROUNDS: usize = 501;

#[expect(clippy::print_stdout, reason = "a benchmark tells its figures")]
fn main() -> Result<(), Box<dyn Error>> {
    let (history, _) = read_schema_file(&fs::read_to_string("queries/fintax_task/schema.sql")?, ServerVersion::MYSQL_9_7);
    let schema = history.get(&TableName::new("fintax_task", "task_batch")).ok_or("the schema file defines the table")?;
    let path = "queries/fintax_task/task_batch.sql".to_owned();
    let (set, problems) = MappingSet::parse(vec![QueryText { text: fs::read_to_string(&path)?, path }]);
    assert!(problems.is_empty(), "{problems:?}");
    let mut router = Router::new(set, Policies::default(), Servers::Any { default: "default".into() }, Purpose::Place);
    let read = router.columns_read(&schema)?;
    let many = inserts(&schema, &read, ROWS);
    let one = inserts(&schema, &read, 1);
    let many_ns = median_ns(20, || router.route(&many).map(black_box))?;
    let one_ns = median_ns(500, || router.route(&one).map(black_box))?;
    println!(r#"{{"rows":{ROWS},"ns_per_row":{:.1},"ns_for_one_row":{one_ns:.0}}}"#, many_ns / ROWS as f64);
    Ok(())
}

/// The median of many short rounds, in ns a call: others on the machine disturb some of them.
fn median_ns<T, E: Error + 'static>(calls: u32, mut call: impl FnMut() -> Result<T, E>) -> Result<f64, Box<dyn Error>> {
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        let started = Instant::now();
        for _ in 0..calls {
            call()?;
        }
        rounds.push(started.elapsed().as_nanos() as f64 / f64::from(calls));
    }
    rounds.sort_by(f64::total_cmp);
    Ok(rounds[ROUNDS / 2])
}

/// Inserted rows with ids as the workload makes them: 2,000 tax payers over 32 shards, half of which the rule takes.
fn inserts(schema: &Arc<TableSchema>, read: &ColumnSet, rows: usize) -> ImageBatch {
    let numbers = 0..rows as u64;
    let id: ArrayRef = Arc::new(UInt64Array::from_iter_values(numbers.clone().map(|row| ((1_700_000_000_000 + row) << 22) | (row % 4096))));
    let qyid: ArrayRef = Arc::new(Int64Array::from_iter_values(numbers.map(|row| {
        let taxpayer = row.wrapping_mul(2_654_435_761) % 2000;
        ((1_700_000_000_000 + taxpayer as i64 * 7919 * 13) << 22) | (taxpayer as i64 % 4096)
    })));
    let columns = (0..schema.columns.len()).map(|column| match schema.columns[column].name.as_str() {
        _ if !read.contains(column) => None,
        "id" => Some(Arc::clone(&id)),
        _ => Some(Arc::clone(&qyid)),
    });
    let change = |row: usize| Change { op: Op::Insert, image: row as u32, event: 0, row: row as u32, ordinal: row as u32 };
    ImageBatch {
        schema: Arc::clone(schema),
        columns: columns.collect(),
        image_count: rows,
        presence: Presence::Full,
        changes: (0..rows).map(change).collect(),
        events: vec![EventPlace { offset: 4, inner: None, time_s: 0, transaction: 0 }],
    }
}
