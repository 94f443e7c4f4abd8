//! Properties of routing: a batch is its rows, cut wherever one likes (INV-3), and a mapping's plan run by DataFusion
//! says the same as its router.

use std::sync::Arc;

use arrow::{
    array::{Array, AsArray, RecordBatch},
    util::display::array_value_to_string,
};
use datafusion::{
    datasource::{MemTable, provider_as_source},
    prelude::SessionContext,
};
use proptest::{collection::vec, option, prelude::*, sample::select};

use super::{
    CompiledMapping, RoutedBatch, Router, Transition,
    fixture::{Edit, Row, batch_of, partial, router_for, said, table},
};
use crate::change::{ImageBatch, Op};

/// Rules over `s.t` whose parts fail, are NULL, are texts or integers, for some rows each.
const RULES: [&str; 11] = [
    "CREATE MAPPING m AS SELECT * FROM s.t;",
    "CREATE MAPPING m AS SELECT * FROM s.t WHERE (k >> 22) % 2 = 0
        ROUTE TO concat(schema, '_', (k >> 22) % 2), concat(table, '_', ((k >> 22) >> 1) % 16) KEY (k, id);",
    "CREATE MAPPING m AS SELECT * FROM s.t WHERE k % 3 <> 0 ROUTE TO concat('s', k % 5) WITH (on_null_route = 'skip');",
    "CREATE MAPPING m AS SELECT * FROM s.t ROUTE TO concat('s', k DIV 2), name ON concat('n', b % 2);",
    "CREATE MAPPING m AS SELECT *, b - 3 AS less FROM s.t WHERE b <> 1 ROUTE TO concat('s', b - 2) WITH (on_row_error = 'dead_letter');",
    "CREATE MAPPING m AS SELECT * FROM s.t WHERE b - 1 > 1 ROUTE TO concat('s', b - 1), concat('t', (b - 1) % 4) WITH (on_row_error = 'skip');",
    "CREATE MAPPING m AS SELECT * FROM s.t ROUTE TO if(k IS NULL, 'none', concat('s', 5 DIV k)),
        CASE b WHEN 0 THEN concat('n', name) ELSE concat('t', b - 1) END WITH (on_row_error = 'skip');",
    "CREATE MAPPING m AS SELECT *, b - 3 AS less FROM s.t ROUTE TO concat('s', b - 2) WITH (on_row_error = 'skip');",
    "CREATE MAPPING m AS SELECT * REPLACE (id % 4 AS id) FROM s.t WHERE name <> 'a' KEY (id);",
    "CREATE MAPPING m AS SELECT id, concat(name, k) AS label FROM s.t WHERE k + 9223372036854775800 > 0;",
    "CREATE MAPPING m AS SELECT * FROM s.t WHERE k IS NOT NULL
        ROUTE TO concat('s', 5 DIV k), concat('t', name, b - 1) WITH (on_null_route = 'skip');",
];

fn rows() -> impl Strategy<Value = Row> {
    let k = prop_oneof![4 => -8i64..8, 2 => any::<i64>(), 1 => (0i64..64).prop_map(|shard| shard << 22)];
    let b = prop_oneof![4 => 0u64..6, 1 => any::<u64>()];
    let absent: [&'static [usize]; 4] = [&[], &[], &[1, 3], &[2, 3, 4]];
    let name = select(vec!["", "a", "A", "bb", "x ", "é"]);
    (0i64..6, option::weighted(0.9, k), b, name, select(absent.to_vec())).prop_map(|(id, k, b, name, absent)| Row {
        id,
        k,
        b,
        name: name.to_owned(),
        absent,
    })
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let edit = prop_oneof![
        rows().prop_map(Edit::Insert),
        rows().prop_map(Edit::Delete),
        // What the after image lacks and the before image has was completed.
        (rows(), rows()).prop_map(|(before, after)| Edit::Update(partial(before, after.absent), after)),
    ];
    vec(edit, 1..40)
}

fn whole(edits: Vec<Edit>) -> Vec<Edit> {
    let whole = |row: Row| partial(row, &[]);
    let edit = |edit| match edit {
        Edit::Insert(row) => Edit::Insert(whole(row)),
        Edit::Delete(row) => Edit::Delete(whole(row)),
        Edit::Update(before, after) => Edit::Update(whole(before), whole(after)),
    };
    edits.into_iter().map(edit).collect()
}

/// What a change became: its transition in words, and the target cells of the images that it names.
fn answers(router: &mut Router, edits: &[Edit]) -> Vec<(String, Vec<Vec<String>>)> {
    let batch = batch_of(&table("s", "t"), edits);
    let routed = router.route(&batch).expect("the rule fits the table").remove(0);
    let answer = |transition: &Transition| {
        let rows = match transition {
            Transition::Nothing(_) | Transition::Failed(_) => Vec::new(),
            Transition::Insert { after: row, .. } | Transition::Delete { before: row, .. } => vec![*row],
            Transition::Update { before, after, .. } | Transition::Move { before, after, .. } => vec![*before, *after],
        };
        (said(router, transition), rows.into_iter().map(|row| cells(&routed, row as usize)).collect())
    };
    routed.transitions.iter().map(answer).collect()
}

fn cells(routed: &RoutedBatch, row: usize) -> Vec<String> {
    let cell = |(index, array): (usize, &Option<arrow::array::ArrayRef>)| match array {
        Some(array) if routed.presence.has(row, index) => array_value_to_string(array, row).expect("every array prints"),
        _ => "absent".to_owned(),
    };
    routed.columns.iter().enumerate().map(cell).collect()
}

/// The rows of the after images inside the mapping, each as (server, schema, table, cells…), in order.
fn by_router(router: &mut Router, batch: &ImageBatch) -> Vec<Vec<String>> {
    let routed = router.route(batch).expect("the rule fits the table").remove(0);
    let row = |transition: &Transition| match transition {
        Transition::Insert { to, after } => {
            let place = router.places().get(*to);
            let mut row = vec![place.server.to_string(), place.schema.to_string(), place.table.to_string()];
            row.extend(cells(&routed, *after as usize));
            Some(row)
        }
        _ => None,
    };
    routed.transitions.iter().filter_map(row).collect()
}

/// The same rows as DataFusion finds them with the mapping's plan.
fn by_plan(mapping: &CompiledMapping, batch: &ImageBatch) -> Vec<Vec<String>> {
    let schema = mapping.plan().source_schema();
    let columns = batch.columns.iter().map(|column| column.clone().expect("the fixture has every column")).collect();
    let input = RecordBatch::try_new(Arc::clone(schema), columns).expect("the columns fit the scan");
    let source = MemTable::try_new(Arc::clone(schema), vec![vec![input]]).expect("one partition of one batch");
    let plan = mapping.plan().over(provider_as_source(Arc::new(source))).expect("the plan builds");
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime without drivers always builds");
    let context = SessionContext::new();
    let batches = runtime.block_on(async { context.execute_logical_plan(plan).await?.collect().await }).expect("the plan runs");
    let mut rows = Vec::new();
    for batch in &batches {
        for row in 0..batch.num_rows() {
            let cell = |(index, column): (usize, &arrow::array::ArrayRef)| match column.as_binary_opt::<i32>() {
                Some(texts) if index < 3 && texts.is_valid(row) => String::from_utf8_lossy(texts.value(row)).into_owned(),
                _ => array_value_to_string(column, row).expect("every array prints"),
            };
            rows.push(batch.columns().iter().enumerate().map(cell).collect());
        }
    }
    rows
}

/// How many cases of each property are tried.
fn cases() -> ProptestConfig {
    let slow = std::env::var_os("ROWGATE_SLOW").is_some();
    ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(if slow { 4_000 } else { 64 }) }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn a_batch_is_its_rows_wherever_it_is_cut(rule in select(RULES.to_vec()), edits in edits(), cut in any::<prop::sample::Index>()) {
        let whole = answers(&mut router_for(rule), &edits);
        let mut router = router_for(rule);
        let (left, right) = edits.split_at(cut.index(edits.len()));
        let mut parts = answers(&mut router, left);
        parts.extend(answers(&mut router, right));
        prop_assert_eq!(&parts, &whole);
        let mut alone = router_for(rule);
        let rows: Vec<_> = edits.iter().flat_map(|edit| answers(&mut alone, std::slice::from_ref(edit))).collect();
        prop_assert_eq!(&rows, &whole);
    }

    #[test]
    fn each_image_is_judged_by_itself(rule in select(RULES.to_vec()), edits in edits()) {
        // An update is where its images would be: the delete of its before image, the insert of its after image.
        let edits = whole(edits);
        let mut router = router_for(rule);
        for edit in &edits {
            let Edit::Update(before, after) = edit else { continue };
            let together = &answers(&mut router, std::slice::from_ref(edit))[0].0;
            let apart: Vec<String> = [Edit::Delete(before.clone()), Edit::Insert(after.clone())]
                .iter()
                .map(|edit| answers(&mut router, std::slice::from_ref(edit)).remove(0).0)
                .collect();
            let places: Vec<&str> = apart.iter().filter_map(|said| said.split_once(' ')).map(|(_, place)| place).collect();
            let expected = match (apart[0].split(' ').next(), apart[1].split(' ').next()) {
                (Some("failed"), _) => apart[0].clone(),
                (_, Some("failed")) => apart[1].clone(),
                (Some("delete"), Some("insert")) if together.starts_with("update") => format!("update {}", places[1]),
                (Some("delete"), Some("insert")) => format!("move {} {}", places[0], places[1]),
                (Some("delete"), _) => apart[0].clone(),
                _ => apart[1].clone(),
            };
            prop_assert_eq!(together, &expected);
            prop_assert!(!together.starts_with("update") || places[0] == places[1]);
        }
    }

    #[test]
    fn the_plan_says_what_the_router_says(rule in select(RULES.to_vec()), rows in vec(rows(), 1..40)) {
        let inserts: Vec<Edit> = rows.into_iter().map(|row| Edit::Insert(partial(row, &[]))).collect();
        let mut router = router_for(rule);
        // A plan has no policy for rows that fail or go nowhere: both see the rows that do neither.
        let good: Vec<Edit> = inserts.iter().zip(answers(&mut router, &inserts)).filter(|(_, (said, _))| {
            said.starts_with("insert") || said == "nothing where_false"
        }).map(|(edit, _)| edit.clone()).collect();
        prop_assume!(!good.is_empty());
        let batch = batch_of(&table("s", "t"), &good);
        prop_assert!(batch.changes.iter().all(|change| change.op == Op::Insert));
        let mapping = Arc::clone(router.mappings(&batch.schema).expect("the rule fits the table").next().expect("one mapping reads it"));
        prop_assert_eq!(by_plan(&mapping, &batch), by_router(&mut router, &batch));
    }
}

#[test]
fn explain_shows_filter_and_routes() {
    let mut router = router_for(RULES[1]);
    let text = router.mappings(&table("s", "t")).expect("it fits").next().expect("one mapping").plan().explain().expect("it builds");
    let starts: Vec<&str> = text.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let expected = ["Projection", "__server", "__schema", "__table", "id", "k", "b", "name", "g", "Filter", "TableScan:"];
    assert_eq!(starts, expected, "{text}");
}
