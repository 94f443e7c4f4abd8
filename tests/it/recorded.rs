//! The workload as each kind of server left it, with the binlog of it, and what the server's own evaluation of a rule gives.

use std::{collections::BTreeMap, path::PathBuf, sync::OnceLock};

use crate::{
    contents::{columns, table_contents},
    loading::{TARGETS, prepare},
    server::{Kind, Server},
};

pub(crate) const TABLES: [&str; 4] = ["task_batch", "task_detail", "taxpayer", "task_log"];

/// Rows as the exact text of their cells.
pub(crate) type Rows = Vec<Vec<Option<String>>>;

/// The inserts of the workload; it has about twice as many row events.
pub(crate) fn inserts() -> u32 {
    if std::env::var_os("ROWGATE_SLOW").is_some() { 260_000 } else { 26_000 }
}

/// A server that has nothing but the workload, in its schema `fintax_task`, and what tests load into other schemas afterwards.
pub(crate) struct Recorded {
    pub(crate) server: Server,
    pub(crate) binlogs: Vec<PathBuf>,
}

impl Recorded {
    /// The one of this kind for the whole test binary.
    pub(crate) fn shared(kind: Kind) -> &'static Self {
        static SHARED: [OnceLock<Recorded>; 3] = [const { OnceLock::new() }; 3];
        SHARED[kind as usize].get_or_init(|| {
            let server = Server::start(kind, &[]);
            let workload = server.workload("fintax_task", inserts());
            let binlogs = server.record(&workload);
            if TARGETS.contains(&kind) {
                prepare(&server);
            }
            Self { server, binlogs }
        })
    }
}

/// Makes the tables of the source's workload on a target, in another schema.
pub(crate) fn create_tables(source: &Server, target: &Server, schema: &str) {
    let workload = source.workload("fintax_task", 1);
    let (head, _) = workload.split_once("BEGIN;").expect("the workload begins with its tables");
    target.run(
        &head
            .replace("CREATE DATABASE fintax_task", &format!("CREATE DATABASE {schema}"))
            .replace("USE fintax_task", &format!("USE {schema}")),
    );
}

/// Cells that both kinds of server print alike: MariaDB keeps JSON as it was written, MySQL in its canonical form.
pub(crate) fn comparable(server: &Server, schema: &str, table: &str) -> Rows {
    let json: Vec<usize> =
        columns(server, schema, table).iter().enumerate().filter(|(_, column)| column.name == "c_json").map(|(index, _)| index).collect();
    let mut rows = table_contents(server, schema, table);
    for row in &mut rows {
        for &column in &json {
            row[column] = row[column].take().map(|cell| canonical_json(&cell));
        }
    }
    rows.sort();
    rows
}

/// The rows of task_batch by the place that the server's own evaluation of the shards' route gives.
pub(crate) fn routed_by_the_server(server: &Server, filter: &str) -> BTreeMap<(String, String), Rows> {
    let cells: Vec<String> = columns(server, "fintax_task", "task_batch").iter().map(|column| column.exact()).collect();
    let rows = server.query_text(&format!(
        "SELECT concat('fintax_task', '_', (qyid >> 22) % 2), concat('task_batch', '_', ((qyid >> 22) >> 1) % 16), {} FROM fintax_task.task_batch WHERE {filter}",
        cells.join(", ")
    ));
    let mut placed: BTreeMap<_, Rows> = BTreeMap::new();
    for mut row in rows {
        let cells = row.split_off(2);
        let mut place = row.into_iter().map(|name| name.expect("the route is not NULL"));
        let place = (place.next().expect("a schema"), place.next().expect("a table"));
        placed.entry(place).or_default().push(cells);
    }
    placed.values_mut().for_each(|rows| rows.sort());
    placed
}

/// One text for one JSON value, whether the server gave it in hex or not.
fn canonical_json(cell: &str) -> String {
    let text = if cell.starts_with('{') { cell.to_owned() } else { String::from_utf8(unhex(cell)).expect("JSON is UTF-8") };
    serde_json::from_str::<serde_json::Value>(&text).expect("the server keeps valid JSON").to_string()
}

fn unhex(hex: &str) -> Vec<u8> {
    (0..hex.len() / 2).map(|byte| u8::from_str_radix(&hex[2 * byte..2 * byte + 2], 16).expect("hex digits")).collect()
}
