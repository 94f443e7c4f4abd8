//! Large transactions and large rows pass through in bounded memory (INV-8).

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::Duration,
};

use crate::server::{Kind, Server};

/// What a run may hold at once; the same for a million rows and for one of 16 MB.
const RESIDENT_LIMIT_KIB: u64 = 256 << 10;

const MAPPING: &str =
    "CREATE MAPPING shards AS SELECT * FROM large.lines WHERE id >= 0 ROUTE TO schema, concat(table, '_', id % 4) KEY (id);\n";

const TABLE: &str = "CREATE DATABASE large; CREATE TABLE large.lines (id BIGINT PRIMARY KEY, note VARCHAR(60), body LONGBLOB);\n";

/// Runs `rowgate` and answers the most memory it held, in KiB, and what it printed.
fn peak_of(arguments: &[String]) -> (u64, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rowgate"));
    let mut running =
        command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the binary of this package runs");
    let status = Path::new("/proc").join(running.id().to_string()).join("status");
    let mut peak = 0;
    while running.try_wait().expect("the process can be waited for").is_none() {
        // The kernel keeps the high-water mark, so that little is missed between two looks.
        let text = fs::read_to_string(&status).unwrap_or_default();
        let mark = text.lines().find_map(|line| line.strip_prefix("VmHWM:")).and_then(|rest| rest.trim().strip_suffix(" kB"));
        peak = mark.and_then(|number| number.trim().parse().ok()).unwrap_or(peak);
        thread::sleep(Duration::from_millis(10));
    }
    let output = running.wait_with_output().expect("the process has ended");
    let text = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{text}");
    assert!(peak > 1024, "the kernel told nothing");
    (peak, text)
}

/// Previews and replays the capture; both must stay under the limit.
fn assert_bounded(files: &[PathBuf]) {
    let folder = tempfile::tempdir().expect("the temporary folder is writable");
    let rules = folder.path().join("shards.sql");
    fs::write(&rules, MAPPING).expect("the folder is writable");
    let from = files.iter().map(|file| file.display().to_string());
    let arguments = |command: &str, options: &[String]| -> Vec<String> {
        let mut arguments = vec![command.to_owned(), rules.display().to_string()];
        arguments.extend(options.iter().cloned());
        arguments.push("--from".to_owned());
        arguments.extend(from.clone());
        arguments
    };
    let scripts = format!("sql:{}", folder.path().join("out").display());
    let runs = [arguments("preview", &["--summary".to_owned()]), arguments("replay", &["--to".to_owned(), scripts])];
    for run in runs {
        let (peak, text) = peak_of(&run);
        assert!(peak <= RESIDENT_LIMIT_KIB, "`{}` held {peak} KiB at once:\n{text}", run[0]);
    }
}

#[test]
fn a_transaction_of_a_million_rows_passes_in_bounded_memory() {
    let server = Server::start(Kind::MariaDb1011, &["--max-binlog-size=1G"]);
    let insert = "INSERT INTO large.lines SELECT seq, CONCAT('line ', seq, REPEAT('.', 40)), NULL FROM large.seq_1_to_1000000;\n";
    assert_bounded(&server.record(&format!("{TABLE}{insert}")));
}

#[test]
fn a_compressed_transaction_of_a_million_rows_passes_in_bounded_memory() {
    let server = Server::start(Kind::MySql97, &["--max-binlog-size=1G", "--binlog-transaction-compression=ON"]);
    let insert = "SET SESSION cte_max_recursion_depth = 1000000; INSERT INTO large.lines WITH RECURSIVE n (id) AS (SELECT 1 UNION ALL SELECT id + 1 FROM n \
                  WHERE id < 1000000) SELECT id, CONCAT('line ', id, LEFT(SHA2(id, 224), 40)), NULL FROM n;\n";
    assert_bounded(&server.record(&format!("{TABLE}{insert}")));
}

#[test]
fn rows_of_16_megabytes_pass_in_bounded_memory() {
    let server = Server::start(Kind::MariaDb1011, &[]);
    let rows: String =
        (1..=4).map(|id| format!("INSERT INTO large.lines VALUES ({id}, 'large', REPEAT('\\0x{id}\\'', 4 << 20));\n")).collect();
    let changes = "UPDATE large.lines SET id = id + 10;\nDELETE FROM large.lines WHERE id = 11;\n";
    assert_bounded(&server.record(&format!("{TABLE}{rows}{changes}")));
}

#[test]
fn a_capture_passes_an_event_of_64_megabytes_in_a_small_part_of_it() {
    const LIMIT_KIB: u64 = 48 << 10;
    for kind in Kind::ALL {
        // MySQL 5.6 takes no row larger than a tenth of InnoDB's log.
        let options: &[&str] = if kind == Kind::MySql56 { &["--innodb-log-file-size=1G"] } else { &[] };
        let server = Server::start(kind, options);
        server.run(TABLE);
        server.run("INSERT INTO large.lines VALUES (1, 'large', REPEAT('x', 64 << 20)); FLUSH BINARY LOGS");
        let folder = tempfile::tempdir().expect("the temporary folder is writable");
        let to = folder.path().display().to_string();
        let arguments = ["capture", "--source", &server.root_url(), "--to", &to, "--start", "earliest", "--stop-at-end"];
        let (peak, text) = peak_of(&arguments.map(str::to_owned));
        assert!(peak <= LIMIT_KIB, "{peak} KiB at once:\n{text}");
        let name = "binlog.000001";
        let same = fs::read(server.data().join(name)).expect("readable") == fs::read(folder.path().join(name)).expect("readable");
        assert!(same, "{kind:?}: {name}");
    }
}
