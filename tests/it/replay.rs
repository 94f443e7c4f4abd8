//! Replay into SQL scripts, held against real servers: what the scripts leave is what the mapping says.

use std::{collections::BTreeMap, fs, path::Path};

use crate::{
    command::{Run, rowgate},
    contents::{columns, table_contents},
    server::{Kind, Server},
};

const TABLES: [&str; 4] = ["task_batch", "task_detail", "taxpayer", "task_log"];
const TARGETS: [Kind; 2] = [Kind::MariaDb1011, Kind::MySql97];

/// Row events of the workload for each of its inserts.
fn inserts() -> u32 {
    if std::env::var_os("ROWGATE_SLOW").is_some() { 260_000 } else { 26_000 }
}

/// A server's workload as it left it, with the binlog of it.
struct Recorded {
    server: Server,
    binlogs: Vec<std::path::PathBuf>,
}

impl Recorded {
    fn new(kind: Kind) -> Self {
        let server = Server::start(kind, &[]);
        let workload = server.workload("fintax_task", inserts());
        let binlogs = server.record(&workload);
        Self { server, binlogs }
    }

    fn replay(&self, queries: &Path, scripts: &Path) -> Run {
        let mut arguments =
            vec!["replay".to_owned(), queries.display().to_string(), "--to".to_owned(), format!("sql:{}", scripts.display())];
        arguments.push("--from".to_owned());
        arguments.extend(self.binlogs.iter().map(|path| path.display().to_string()));
        rowgate(arguments)
    }
}

/// Makes the tables of the source's workload on a target, in another schema.
fn create_tables(source: &Server, target: &Server, schema: &str) {
    let workload = source.workload("fintax_task", 1);
    let (head, _) = workload.split_once("BEGIN;").expect("the workload begins with its tables");
    target.run(
        &head
            .replace("CREATE DATABASE fintax_task", &format!("CREATE DATABASE {schema}"))
            .replace("USE fintax_task", &format!("USE {schema}")),
    );
}

/// Cells that both kinds of server print alike: MariaDB keeps JSON as it was written, MySQL in its canonical form.
fn comparable(server: &Server, schema: &str, table: &str) -> Vec<Vec<Option<String>>> {
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

/// One text for one JSON value, whether the server gave it in hex or not.
fn canonical_json(cell: &str) -> String {
    let text = if cell.starts_with('{') { cell.to_owned() } else { String::from_utf8(unhex(cell)).expect("JSON is UTF-8") };
    serde_json::from_str::<serde_json::Value>(&text).expect("the server keeps valid JSON").to_string()
}

fn unhex(hex: &str) -> Vec<u8> {
    (0..hex.len() / 2).map(|byte| u8::from_str_radix(&hex[2 * byte..2 * byte + 2], 16).expect("hex digits")).collect()
}

#[test]
fn scripts_of_an_identity_mapping_leave_the_sources_tables() {
    let folder = tempfile::tempdir().expect("the temporary folder is writable");
    for source in Kind::ALL {
        let recorded = Recorded::new(source);
        for target in TARGETS.map(Server::shared) {
            let schema = format!("identity_{source:?}").to_lowercase();
            let queries = folder.path().join(format!("{schema}.sql"));
            let mapping =
                |table: &&str| format!("CREATE MAPPING same_{table} AS SELECT * FROM fintax_task.{table} ROUTE TO '{schema}', table;\n");
            fs::write(&queries, TABLES.iter().map(mapping).collect::<String>()).expect("the temporary folder is writable");
            let scripts = folder.path().join(format!("{schema}_{:?}", target.kind()));
            recorded.replay(&queries, &scripts).done();
            create_tables(&recorded.server, target, &schema);
            target.try_script(&scripts.join("default/all.sql")).expect("the scripts load");
            for table in TABLES {
                let (expected, found) = (comparable(&recorded.server, "fintax_task", table), comparable(target, &schema, table));
                assert_eq!(expected.len(), found.len(), "rows of {table} from {source:?} on {:?}", target.kind());
                assert_eq!(expected, found, "{table} from {source:?} on {:?}", target.kind());
            }
        }
    }
}

#[test]
fn each_row_sits_where_the_server_evaluates_the_route_to_be() {
    let folder = tempfile::tempdir().expect("the temporary folder is writable");
    for kind in TARGETS {
        let recorded = Recorded::new(kind);
        for (rule, filter) in [("fintax_task", "(qyid >> 22) % 2 = 0"), ("all_shards", "TRUE")] {
            let scripts = folder.path().join(format!("{rule}_{kind:?}"));
            recorded.replay(&Path::new("queries").join(rule), &scripts).done();
            let target = Server::start(kind, &[]);
            create_tables(&recorded.server, &target, "fintax_task");
            for schema in 0..2 {
                let tables: String = (0..16)
                    .map(|table| format!("CREATE TABLE fintax_task_{schema}.task_batch_{table} LIKE fintax_task.task_batch;\n"))
                    .collect();
                target.run(&format!("CREATE DATABASE fintax_task_{schema};\n{tables}"));
            }
            target.try_script(&scripts.join("default/all.sql")).expect("the scripts load");
            let expected = routed_by_the_server(&recorded.server, filter);
            assert!(expected.len() >= 16, "the workload reaches every shard");
            for schema in 0..2 {
                for table in 0..16 {
                    let place = (format!("fintax_task_{schema}"), format!("task_batch_{table}"));
                    let found = table_contents(&target, &place.0, &place.1);
                    assert_eq!(expected.get(&place).cloned().unwrap_or_default(), found, "{place:?} by {rule} from {kind:?}");
                }
            }
        }
    }
}

type Rows = Vec<Vec<Option<String>>>;

/// The rows of task_batch by the place that the server's own evaluation of the route gives.
fn routed_by_the_server(server: &Server, filter: &str) -> BTreeMap<(String, String), Rows> {
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
