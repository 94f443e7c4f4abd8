//! Replay into SQL scripts, held against real servers: what the scripts leave is what the mapping says.

use std::{fs, path::Path};

use crate::{
    command::{Run, rowgate},
    contents::table_contents,
    recorded::{Recorded, TABLES, comparable, create_tables, routed_by_the_server},
    server::{Kind, Server},
};

const TARGETS: [Kind; 2] = [Kind::MariaDb1011, Kind::MySql97];

fn replay(recorded: &Recorded, queries: &Path, scripts: &Path) -> Run {
    let mut arguments = vec!["replay".to_owned(), queries.display().to_string(), "--to".to_owned(), format!("sql:{}", scripts.display())];
    arguments.push("--from".to_owned());
    arguments.extend(recorded.binlogs.iter().map(|path| path.display().to_string()));
    rowgate(arguments)
}

#[test]
fn scripts_of_an_identity_mapping_leave_the_sources_tables() {
    let folder = tempfile::tempdir().expect("the temporary folder is writable");
    for source in Kind::ALL {
        let recorded = Recorded::shared(source);
        for target in TARGETS.map(Server::shared) {
            let schema = format!("identity_{source:?}").to_lowercase();
            let queries = folder.path().join(format!("{schema}.sql"));
            let mapping =
                |table: &&str| format!("CREATE MAPPING same_{table} AS SELECT * FROM fintax_task.{table} ROUTE TO '{schema}', table;\n");
            fs::write(&queries, TABLES.iter().map(mapping).collect::<String>()).expect("the temporary folder is writable");
            let scripts = folder.path().join(format!("{schema}_{:?}", target.kind()));
            replay(recorded, &queries, &scripts).done();
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
        let recorded = Recorded::shared(kind);
        for (rule, filter) in [("fintax_task", "(qyid >> 22) % 2 = 0"), ("all_shards", "TRUE")] {
            let scripts = folder.path().join(format!("{rule}_{kind:?}"));
            replay(recorded, &Path::new("queries").join(rule), &scripts).done();
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
