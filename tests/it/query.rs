//! `rowgate query`: answers over the captures of real servers equal what the servers say, and wrong questions are told why.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use rowgate::{
    binlog::{Capture, ReadOptions},
    query::{CaptureSource, ask as ask_capture},
    schema::SchemaHistory,
};
use serde_json::{Map, Value, json};

use crate::command::{Run, rowgate};

const SMALL: [&str; 4] = ["maria-small.binlog", "maria-small-compress.binlog", "mysql97-small.binlog", "mysql97-small-txpayload.binlog"];

fn captures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/captures")
}

fn ask(sql: &str, capture: &Path, format: &str) -> Run {
    rowgate(["query".as_ref(), sql.as_ref(), "--from".as_ref(), capture.as_os_str(), "--format".as_ref(), format.as_ref()])
}

/// The lines of the answer.
fn answer(sql: &str, capture: &str) -> Vec<Map<String, Value>> {
    let run = ask(sql, &captures().join(capture), "json");
    assert_eq!(run.code, 0, "{sql}\n{}", run.stderr);
    run.stdout.lines().map(|line| serde_json::from_str(line).expect("one object a line")).collect()
}

/// The only line of the answer, as an array of its values; its columns are called `a`, `b` and so on.
fn one_line(sql: &str, capture: &str) -> Value {
    let lines = answer(sql, capture);
    assert_eq!(lines.len(), 1, "{sql}");
    lines.into_iter().flatten().map(|(_, value)| value).collect()
}

#[test]
fn changes_count_what_the_manifest_says_for_each_table_and_op() {
    let manifest: Vec<Value> =
        serde_json::from_str(&fs::read_to_string(captures().join("manifest.json")).expect("readable")).expect("JSON");
    for capture in manifest.iter().filter(|capture| SMALL.iter().any(|name| capture["file"] == *name)) {
        let file = capture["file"].as_str().expect("a name");
        let mut counted: BTreeMap<String, BTreeMap<String, Value>> = BTreeMap::new();
        for line in answer(r#"SELECT "table", op, count(*) AS n FROM changes WHERE schema = 'fintax_task' GROUP BY 1, 2"#, file) {
            let [table, op] = ["table", "op"].map(|name| line[name].as_str().expect("text").to_owned());
            counted.entry(table).or_default().insert(op, line["n"].clone());
        }
        for (table, ops) in capture["rows"].as_object().expect("tables") {
            for (op, expected) in ops.as_object().expect("counts") {
                let found = counted.get(table).and_then(|ops| ops.get(op)).cloned().unwrap_or(json!(0));
                assert_eq!(found, *expected, "{file}: {table} {op}");
            }
        }
        let totals = one_line("SELECT count(*) AS a, count(DISTINCT transaction) AS b FROM changes", file);
        assert_eq!(totals, json!([capture["total_row_events"], capture["transactions"]]), "{file}");
    }
}

#[test]
fn position_and_row_tell_a_change_from_all_others_whichever_tables_are_read() {
    let all = "SELECT count(*) AS a, count(DISTINCT concat(position, '#', row)) AS b FROM changes";
    for file in SMALL {
        let counted = one_line(all, file);
        assert_eq!(counted[0], counted[1], "{file}");
        // The first question decodes one table, the second counts on all: both give a change the same address.
        let strangers = r#"SELECT count(*) AS a FROM fintax_task.task_log l
             LEFT JOIN changes c ON c.position = l.position AND c.row = l.row AND c."table" = 'task_log' AND c.op = l.op
             WHERE c.position IS NULL"#;
        assert_eq!(one_line(strangers, file), json!([0]), "{file}");
    }
    let inside = one_line("SELECT count(*) AS a FROM changes WHERE position LIKE '%:%+%'", "mysql97-small-txpayload.binlog");
    assert!(inside[0].as_u64() > Some(0), "compressed transactions have places inside: {inside}");
}

#[test]
fn a_condition_on_names_reads_the_same_rows_as_one_that_cannot_be_pushed_down() {
    let file = "maria-small.binlog";
    let pushed = answer(r#"SELECT position, row FROM changes WHERE "table" = 'taxpayer' AND schema = 'fintax_task'"#, file);
    let checked = answer(r#"SELECT position, row FROM changes WHERE concat("table", '') = 'taxpayer'"#, file);
    assert_eq!(pushed.len(), 80);
    assert_eq!(pushed, checked);
    let numbered = "SELECT min(line) AS a, max(line) AS b FROM changes WHERE";
    assert_eq!(
        one_line(&format!(r#"{numbered} "table" = 'task_log'"#), file),
        one_line(&format!(r#"{numbered} concat("table", '') = 'task_log'"#), file)
    );
}

/// The rows that a dump holds of a table, each cell as the dump writes it.
fn dumped(dump: &str, table: &str) -> Vec<Vec<Value>> {
    let text = fs::read_to_string(captures().join(dump)).expect("readable");
    let mut rows = Vec::new();
    for statement in text.split(&format!("INSERT INTO `{table}` VALUES")).skip(1) {
        let mut letters = statement.trim_start().chars().peekable();
        while letters.next_if_eq(&'(').is_some() {
            rows.push(dumped_row(&mut letters));
            let _comma = letters.next_if_eq(&',');
            while letters.next_if(|letter| letter.is_whitespace()).is_some() {}
        }
    }
    rows
}

fn dumped_row(letters: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Vec<Value> {
    let (mut cells, mut cell, mut quoted) = (Vec::new(), String::new(), false);
    while let Some(letter) = letters.next() {
        match letter {
            '\'' => {
                quoted = true;
                while let Some(inner) = letters.next() {
                    match inner {
                        '\'' => break,
                        '\\' => cell.push(match letters.next().expect("an escape has two letters") {
                            'n' => '\n',
                            '0' => '\0',
                            other => other,
                        }),
                        plain => cell.push(plain),
                    }
                }
            }
            ',' | ')' => {
                let text = std::mem::take(&mut cell);
                cells.push(if !quoted && text == "NULL" { Value::Null } else { Value::String(text) });
                quoted = false;
                if letter == ')' {
                    break;
                }
            }
            plain => cell.push(plain),
        }
    }
    cells
}

/// A cell of an answer as a dump writes it.
fn as_dumped(cell: &Value) -> Value {
    match cell {
        Value::Number(number) => json!(number.to_string()),
        // A DOUBLE that is whole has no point in a dump.
        Value::String(text) => json!(text.strip_suffix(".0").unwrap_or(text)),
        other => other.clone(),
    }
}

#[test]
fn the_newest_images_are_the_rows_that_the_server_had_at_the_end() {
    const COLUMNS: [&str; 12] =
        ["id", "qyid", "batch_no", "tax_period", "status", "is_deleted", "amount", "rate", "created_at", "updated_at", "remark", "kind"];
    let newest = "SELECT * EXCEPT (rate, updated_at), cast(rate AS varchar) AS rate, to_char(updated_at, '%Y-%m-%d %H:%M:%S%.3f') AS updated_at \
                  FROM (SELECT *, row_number() OVER (PARTITION BY id ORDER BY line DESC) AS newest FROM fintax_task.task_batch) \
                  WHERE newest = 1 AND side = 'after' ORDER BY id";
    for file in SMALL {
        let dump = format!("{}.endstate.sql", file.split_once("-small").expect("a small capture").0.to_owned() + "-small");
        let mut expected = dumped(&dump, "task_batch");
        expected.sort_by_key(|row| row[0].as_str().and_then(|id| id.parse::<u64>().ok()));
        let found: Vec<Vec<Value>> =
            answer(newest, file).iter().map(|line| COLUMNS.map(|column| as_dumped(&line[column])).to_vec()).collect();
        assert_eq!(found.len(), 691, "{file}");
        for (found, expected) in found.iter().zip(&expected) {
            assert_eq!(found, expected, "{file}");
        }
        assert_eq!(found.len(), expected.len(), "{file}");
    }
}

#[test]
fn every_type_shows_as_documented() {
    for (file, is_mysql) in [("maria-tiny.binlog", false), ("mysql97-tiny.binlog", true)] {
        let line = answer("SELECT * FROM tiny.kinds WHERE op = 'insert' AND id = 1", file).remove(0);
        for (column, expected) in [
            ("id", json!(1)),
            ("note", json!("row one")),
            ("amount", json!("-12.500000")),
            ("big", json!("12345678901234567890.500000000000000000000000000000")),
            ("rate", json!(0.1)),
            ("day", json!("2024-02-29")),
            ("span", json!("-838:59:58.999999")),
            ("at", json!("9999-12-31 23:59:59.999999")),
            ("stamp", json!("2026-01-02T03:04:05.678Z")),
            ("born", json!(2026)),
            ("flags", json!(513)),
            ("kind", json!("税")),
            ("marks", json!("a,c")),
            ("fixed", json!("0xFF00FE01")),
            ("body", json!("0x00FF")),
            ("side", json!("after")),
            ("row", json!(0)),
            ("absent", Value::Null),
            ("later", Value::Null),
        ] {
            assert_eq!(line[column], expected, "{file}: {column}");
        }
        let big = one_line("SELECT id FROM tiny.kinds WHERE note LIKE 'row three%' AND op = 'insert'", file);
        assert_eq!(big, json!(["18446744073709551615"]));
        if is_mysql {
            let doc = one_line("SELECT doc FROM tiny.kinds WHERE doc IS NOT NULL AND side = 'after' AND op = 'update'", file);
            assert_eq!(doc, json!([r#"{"k": [1, "税", null, 2.5]}"#]));
        }
    }
}

#[test]
fn a_column_added_inside_the_capture_is_null_before_and_its_value_after() {
    for file in ["maria-tiny.binlog", "mysql97-tiny.binlog"] {
        let lines = answer("SELECT later, count(*) AS n FROM tiny.kinds WHERE op = 'insert' GROUP BY later ORDER BY later", file);
        let counts: Vec<Value> = lines.into_iter().map(|line| line.into_iter().map(|(_, value)| value).collect()).collect();
        assert_eq!(counts, [json!([-7, 1]), json!([null, 4])], "{file}");
    }
}

#[test]
fn images_join_the_changes_they_belong_to() {
    for file in ["maria-small.binlog", "mysql97-small.binlog"] {
        let joined = one_line(
            r#"SELECT count(*) AS a, count(DISTINCT c.line) AS b, min(c.op) AS c, max(c.op) AS d, bool_and(c.time = b.time AND c.op = b.op) AS e
               FROM fintax_task.task_batch b JOIN changes c ON c.position = b.position AND c.row = b.row AND c."table" = 'task_batch'
               WHERE b.side = 'before'"#,
            file,
        );
        assert_eq!(joined, json!([898, 898, "delete", "update", true]), "{file}");
        let moved = one_line(
            "SELECT count(*) FROM fintax_task.task_batch b JOIN fintax_task.task_batch a ON a.line = b.line + 1
             WHERE b.op = 'update' AND b.side = 'before' AND a.side = 'after' AND (a.position, a.row) = (b.position, b.row)",
            file,
        );
        assert_eq!(moved, json!([688]), "{file}");
    }
}

#[test]
fn answers_are_in_the_order_of_the_binlog_unless_asked_otherwise() {
    for file in SMALL {
        let lines: Vec<Value> = answer("SELECT line, * EXCEPT (line) FROM changes WHERE op <> 'delete'", file)
            .into_iter()
            .map(|line| line["line"].clone())
            .collect();
        assert!(lines.is_sorted_by_key(|line| line.as_u64()), "{file}");
        assert_eq!(lines.len(), 1762, "{file}");
    }
}

#[test]
fn the_sql_that_is_promised_works() {
    let file = "maria-small.binlog";
    for sql in [
        "SELECT transaction, gtid, time, count(*) AS n FROM changes GROUP BY 1, 2, 3 ORDER BY n DESC, transaction LIMIT 10",
        "SELECT date_trunc('minute', time) AS minute, \"table\", count(*) AS n FROM changes GROUP BY 1, 2 ORDER BY 1, 2",
        "WITH big AS (SELECT transaction FROM changes GROUP BY 1 HAVING count(*) > 50) SELECT * FROM changes WHERE transaction IN (SELECT * FROM big)",
        "SELECT sum(amount), avg(rate), min(created_at), max(updated_at), approx_distinct(qyid) FROM fintax_task.task_batch",
        "SELECT id, lag(status) OVER (PARTITION BY id ORDER BY line) FROM fintax_task.task_batch ORDER BY id LIMIT 3 OFFSET 2",
        "SELECT try_cast(c_date AS date), sum(c_bigdec) FROM fintax_task.task_detail GROUP BY 1",
        "SELECT upper(code), lpad(reg_no, 12, '0'), strpos(label, '/') FROM fintax_task.taxpayer WHERE name_gbk = '发票'",
        "SELECT count(*) FROM changes UNION ALL SELECT count(*) FROM fintax_task.task_log",
        "SELECT table_schema, table_name FROM information_schema.tables WHERE table_schema = 'fintax_task'",
        "SHOW TABLES",
        "DESCRIBE fintax_task.task_batch",
        "EXPLAIN SELECT id FROM fintax_task.task_batch WHERE side = 'after'",
        "(SELECT 1 AS one)",
        "/* a comment */ VALUES (1, 'x')",
    ] {
        assert!(!answer(sql, file).is_empty(), "{sql}");
    }
}

#[test]
fn progress_counts_every_reading_of_the_capture() {
    let path = captures().join("maria-small.binlog");
    let capture = Capture::open(&[&path]).expect("a shipped capture");
    let bytes = capture.bytes().expect("a file has a size");
    let furthest = Arc::new(AtomicU64::new(0));
    let seen = Arc::clone(&furthest);
    let source = CaptureSource::watched(capture, SchemaHistory::new(), ReadOptions::default(), move |now| {
        assert_eq!(now.bytes_total, Some(3 * bytes));
        seen.fetch_max(now.bytes_read, Ordering::Relaxed);
    });
    let answer =
        ask_capture("SELECT count(*) FROM fintax_task.task_log l JOIN changes c ON c.line = l.line", source).expect("a sound question");
    assert_eq!(answer.map(|batch| batch.expect("a sound capture").num_rows()).sum::<usize>(), 1);
    // The survey and one reading for each table.
    assert_eq!(furthest.load(Ordering::Relaxed), 3 * bytes);
}

#[test]
fn people_get_a_table_with_numbers_to_the_right() {
    let sql = r#"SELECT "table", op, count(*) AS n FROM changes GROUP BY 1, 2 ORDER BY 1, 2"#;
    compare("query-table.txt", &ask(sql, &captures().join("mysql97-small.binlog"), "human").done().stdout);
}

#[test]
fn a_long_answer_is_one_table_and_its_later_lines_are_no_narrower() {
    let sql = "SELECT line, CASE WHEN line < 1500 THEN 'x' ELSE 'a longer word' END AS word FROM fintax_task.task_batch";
    let run = ask(sql, &captures().join("mysql97-small.binlog"), "human").done();
    let lines: Vec<&str> = run.stdout.lines().collect();
    assert_eq!(lines[lines.len() - 1], "2487 lines");
    assert_eq!(lines.len(), 2487 + 3, "titles, a rule and the count");
    assert!(lines[2..1002].iter().all(|line| line.find('x') == lines[2].find('x')));
    assert!(run.stderr.is_empty());
}

#[test]
fn a_wrong_question_is_told_why_and_ends_with_2() {
    let questions = [
        "SELEC 1",
        "SELECT * FROM chnges",
        "SELECT * FROM task_batch",
        "SELECT * FROM fintax_task.task_batches",
        "SELECT * FROM fintax_task.TASK_LOG, shop.orders",
        "SELECT qyId, stat FROM fintax_task.task_batch",
        "SELECT \"qyId\" FROM fintax_task.task_batch",
        "SELECT op, count(*) FROM changes",
        "SELECT nosuch(op) FROM changes",
        "SELECT b.id FROM fintax_task.task_batch b JOIN fintax_task.task_batch a ON id = id",
        "SELECT cast(batch_no AS int) FROM fintax_task.task_batch",
        "SELECT 1; SELECT 2",
        "",
        "DELETE FROM changes",
        "CREATE TABLE t AS SELECT * FROM changes",
        "COPY changes TO '/tmp/changes.csv'",
        "INSERT INTO changes SELECT * FROM changes",
        "SET datafusion.execution.batch_size = 1",
        "EXPLAIN INSERT INTO changes SELECT * FROM changes",
        "CREATE EXTERNAL TABLE t STORED AS CSV LOCATION '/etc/passwd'",
    ];
    let mut told = String::new();
    for sql in questions {
        let run = ask(sql, &captures().join("mysql97-small.binlog"), "human");
        told.push_str(&format!("> {sql}\n{}\n", run.stderr));
        assert_eq!(run.code, 2, "{sql}\n{}", run.stderr);
    }
    compare("query-messages.txt", &told);
}

#[test]
fn a_damaged_capture_ends_with_2_and_names_the_place_even_inside_a_join() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let whole = fs::read(captures().join("maria-small.binlog")).expect("readable");
    let cut = folder.path().join("cut.binlog");
    fs::write(&cut, &whole[..whole.len() - 1000]).expect("writable");
    for sql in [
        "SELECT count(*) FROM changes",
        "SELECT count(*) FROM fintax_task.task_batch",
        "SELECT count(*) FROM changes a JOIN changes b ON a.line = b.line",
    ] {
        let run = ask(sql, &cut, "json");
        assert_eq!(run.code, 2, "{sql}\n{}", run.stderr);
        assert!(run.stderr.contains("`cut.binlog:"), "{sql}\n{}", run.stderr);
        assert_eq!(run.stdout, "", "{sql}");
    }
}

#[test]
fn changes_are_counted_where_nothing_defines_their_tables() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let whole = fs::read(captures().join("maria-small.binlog")).expect("readable");
    let first = one_line("SELECT transaction AS a FROM changes WHERE line = 0", "maria-small.binlog");
    let start: usize = first[0].as_str().and_then(|place| place.rsplit(':').next()?.parse().ok()).expect("file:offset");
    // The file's head is its format description, behind the four bytes that begin every binlog.
    let head = 4 + u32::from_le_bytes([whole[13], whole[14], whole[15], whole[16]]) as usize;
    let path = folder.path().join("undefined.binlog");
    fs::write(&path, [&whole[..head], &whole[start..]].concat()).expect("writable");
    let counted = ask("SELECT count(*) AS n FROM changes", &path, "json").done();
    assert_eq!(counted.stdout, "{\"n\":1980}\n");
    let refused = ask("SELECT * FROM fintax_task.task_log", &path, "json");
    assert_eq!(refused.code, 2);
    assert!(refused.stderr.contains("`fintax_task.task_log` has no definition"), "{}", refused.stderr);
}

#[test]
fn standard_input_can_be_asked_although_it_is_read_more_than_once() {
    let input = fs::File::open(captures().join("mysql97-small.binlog")).expect("readable");
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_rowgate"));
    let sql = "SELECT count(*) AS n, min(split_part(position, ':', 1)) AS file FROM fintax_task.taxpayer";
    let output = command.args(["query", sql, "--from", "-", "--format", "json"]).stdin(input).output().expect("the binary runs");
    assert_eq!(String::from_utf8_lossy(&output.stdout), "{\"n\":119,\"file\":\"-\"}\n", "{}", String::from_utf8_lossy(&output.stderr));
}

/// Compares with the file in `tests/golden`; `ROWGATE_ACCEPT=1` writes it.
fn compare(name: &str, found: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    if std::env::var_os("ROWGATE_ACCEPT").is_some() {
        fs::write(&path, found).expect("writable");
    }
    let expected = fs::read_to_string(&path).expect("the file is part of the project");
    assert_eq!(found, expected, "{}", path.display());
}
