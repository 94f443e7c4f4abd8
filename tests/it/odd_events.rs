//! What the reader makes of events that are rare, refused or unknown, in files made by hand.

use std::{error::Error, sync::Arc};

use rowgate::{
    binlog::{BinlogError, Bound, Capture, CaptureReader, Everything, Interest, Item, Limits, ReadOptions},
    change::ColumnSet,
    schema::{SchemaHistory, TableName, TableSchema},
};
use tempfile::TempDir;

use crate::event_file::EventFile;

/// What a capture gave: changed rows in their order as `table op`, statements as their text, and the error that ended it.
#[derive(Debug, Default, PartialEq, Eq)]
struct Outcome {
    seen: Vec<String>,
    sets: usize,
    error: Option<String>,
}

/// Interest in all tables but one.
struct AllBut(&'static str);

impl Interest for AllBut {
    fn wants_table(&mut self, table: &TableName) -> bool {
        table.table != self.0
    }

    fn columns(&mut self, schema: &Arc<TableSchema>) -> ColumnSet {
        ColumnSet::all(schema.columns.len())
    }
}

fn outcome(reader: &mut CaptureReader<impl Interest>) -> Outcome {
    let mut outcome = Outcome::default();
    loop {
        match reader.next() {
            Ok(None) => return outcome,
            Ok(Some(Item::Ddl(statement))) => outcome.seen.push(statement.sql),
            Ok(Some(Item::Changes(set))) => {
                outcome.sets += 1;
                for batch in &set.batches {
                    outcome.seen.push(format!("{} {}", batch.changes.len(), batch.schema.name.table));
                }
            }
            Err(error) => {
                assert!(matches!(reader.next(), Ok(None)), "nothing comes after an error");
                let cause = error.source().map(|cause| format!(": {cause}")).unwrap_or_default();
                outcome.error = Some(format!("{error}{cause}"));
                return outcome;
            }
        }
    }
}

fn read_files(files: &[(&str, &EventFile)], interest: impl Interest, options: ReadOptions) -> Outcome {
    let folder = TempDir::new().expect("a temporary folder");
    let paths: Vec<_> = files.iter().map(|(name, file)| file.save(folder.path(), name)).collect();
    let capture = Capture::open(&paths).expect("binlogs in order");
    match CaptureReader::open(capture, SchemaHistory::new(), interest, options) {
        Ok(mut reader) => outcome(&mut reader),
        Err(error) => Outcome { error: Some(error.to_string()), ..Outcome::default() },
    }
}

fn read(file: &EventFile) -> Outcome {
    read_files(&[("b.000001", file)], AllBut("unwanted"), ReadOptions::default())
}

/// Asserts that the file is read to its end, and answers what was seen.
fn seen(file: &EventFile) -> Vec<String> {
    let Outcome { seen, error, .. } = read(file);
    assert_eq!(error, None);
    seen
}

/// Asserts that the file's last event is refused, and answers the words after its place.
fn refusal(before: &EventFile, file: &EventFile) -> String {
    let error = read(file).error.expect("an error");
    let place = format!("`b.000001:{}`: ", before.len());
    error.strip_prefix(&place).map(str::to_owned).unwrap_or_else(|| format!("not at {place}: {error}"))
}

const CREATE: &str = "CREATE TABLE t (id INT NOT NULL)";

/// Table `t` and a transaction that inserted two rows and is not ended.
fn open_transaction() -> EventFile {
    EventFile::mysql().statement(CREATE).begin().map("t").write(&[1, 2])
}

#[test]
fn transactions_end_with_xid_commit_or_one_phase_xa() {
    let xa = |phase: u8| [phase, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, b'x'];
    assert_eq!(seen(&open_transaction().xid()), [CREATE, "2 t"]);
    assert_eq!(seen(&open_transaction().query("COMMIT")), [CREATE, "2 t"]);
    assert_eq!(seen(&open_transaction().query("XA END X'78',X'',1").event(38, &xa(1))), [CREATE, "2 t"]);
}

#[test]
fn xa_in_two_phases_is_refused_when_its_rows_count() {
    let prepare = [0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, b'x'];
    let file = open_transaction();
    assert!(refusal(&file, &file.clone().event(38, &prepare)).contains("XA transaction in two phases"));
    let start = EventFile::mysql().statement(CREATE).statement("XA START X'78',X'',1");
    let unwanted = start.map("unwanted").write(&[1]).event(38, &prepare);
    assert_eq!(seen(&unwanted.clone().statement("XA COMMIT X'78',X'',1")), [CREATE]);
    let other = unwanted.gtid();
    assert!(refusal(&other, &other.clone().query("XA COMMIT X'79',X'',1")).contains("prepared before"));
    assert_eq!(seen(&other.query("XA ROLLBACK X'79',X'',1")), [CREATE]);
}

#[test]
fn rows_that_are_taken_back_are_refused() {
    let file = open_transaction();
    assert!(refusal(&file, &file.clone().query("ROLLBACK")).contains("ends with ROLLBACK"));
    let file = open_transaction().query("SAVEPOINT `s`").map("t").write(&[3]);
    assert!(refusal(&file, &file.clone().query("ROLLBACK TO `s`")).contains("ROLLBACK TO SAVEPOINT"));
    let harmless = open_transaction().query("SAVEPOINT `s`").map("unwanted").write(&[3]).query("ROLLBACK TO `s`").xid();
    assert_eq!(seen(&harmless), [CREATE, "2 t"]);
    assert_eq!(seen(&EventFile::mysql().begin().map("unwanted").write(&[1]).query("ROLLBACK")), [""; 0]);
}

#[test]
fn changes_that_only_a_statement_tells_are_refused() {
    for sql in [
        "INSERT INTO t VALUES (1)",
        "update t set id = 1",
        "REPLACE t VALUES (1)",
        "CALL p()",
        "LOAD DATA INFILE 'x' INTO TABLE t",
        "SELECT f()",
    ] {
        let file = EventFile::mysql().statement(CREATE).begin();
        assert!(refusal(&file, &file.clone().query(sql)).contains("statement-based change"), "{sql}");
    }
    let file = EventFile::mysql().gtid();
    assert!(refusal(&file, &file.clone().query("CREATE TABLE t AS SELECT 1 AS id")).contains("CREATE TABLE … SELECT"));
    for code in [6, 8, 9, 10, 11, 12, 17, 18] {
        let file = EventFile::mysql().begin();
        assert!(refusal(&file, &file.clone().event(code, &[0; 40])).contains("LOAD DATA"), "{code}");
    }
    let file = EventFile::mysql().begin().event(5, &[2, 1, 0, 0, 0, 0, 0, 0, 0]).event(13, &[0; 16]).event(14, b"\x01\0\0\0u\x01");
    assert!(refusal(&file, &file.clone().query("INSERT INTO t VALUES (@u)")).contains("statement-based change (INSERT)"));
}

#[test]
fn context_of_a_statement_that_changes_no_rows_does_no_harm() {
    let alter = "ALTER TABLE t ADD k INT NOT NULL AUTO_INCREMENT UNIQUE";
    let file = EventFile::mysql().statement(CREATE).gtid().event(5, &[2, 1, 0, 0, 0, 0, 0, 0, 0]).query(alter);
    assert_eq!(seen(&file), [CREATE, alter]);
}

#[test]
fn a_memory_table_that_a_restart_emptied_counts_only_where_it_is_read() {
    assert_eq!(seen(&EventFile::mysql().statement("DELETE FROM `d`.`unwanted`")), [""; 0]);
    let file = EventFile::mysql().gtid();
    assert!(refusal(&file, &file.clone().query("DELETE FROM `d`.`t`")).contains("statement-based change (DELETE)"));
}

#[test]
fn events_that_may_carry_rows_and_are_not_known_are_refused() {
    for code in [43, 99, 172, 255, 0] {
        let file = open_transaction();
        assert!(refusal(&file, &file.clone().event(code, &[0; 9])).contains(&format!("event type {code} is not known")));
        assert_eq!(seen(&file.flagged(code, 0x80, &[0; 9]).xid()), [CREATE, "2 t"]);
    }
    let file = EventFile::mysql().begin();
    assert!(refusal(&file, &file.clone().event(20, &[0; 9])).contains("before 5.1"));
    let file = EventFile::mysql();
    assert!(refusal(&file, &file.clone().event(26, &[1, 0, 0])).contains("events were lost"));
    let encrypted = read(&EventFile::mariadb().event(164, &[0; 17])).error.expect("an error");
    assert_eq!(encrypted, "`b.000001` is encrypted (MariaDB's `encrypt_binlog`)");
}

#[test]
fn events_without_rows_are_passed_over() {
    for code in [27, 28, 29, 36, 37, 41, 160, 161] {
        assert_eq!(seen(&open_transaction().event(code, b"whatever").xid()), [CREATE, "2 t"], "{code}");
    }
    let relayed = EventFile::mysql().flagged(4, 0x20, b"\x04\0\0\0\0\0\0\0source.000007").statement(CREATE);
    assert_eq!(seen(&relayed), [CREATE]);
}

#[test]
fn rows_outside_of_a_transaction_or_of_a_table_that_is_not_mapped_are_refused() {
    let file = EventFile::mysql().statement(CREATE);
    assert!(refusal(&file, &file.clone().map("t")).contains("outside of a transaction"));
    assert!(refusal(&file, &file.clone().write(&[1])).contains("outside of a transaction"));
    let unmapped = open_transaction().xid().begin();
    assert!(refusal(&unmapped, &unmapped.clone().write(&[1])).contains("table number 9"));
    let twice = open_transaction();
    assert!(refusal(&twice, &twice.clone().gtid()).contains("inside the one that began at"));
    let ended = EventFile::mysql();
    assert!(refusal(&ended, &ended.clone().xid()).contains("did not begin"));
}

#[test]
fn a_table_without_definition_is_named_with_the_ways_out() {
    let file = EventFile::mysql().begin();
    assert_eq!(refusal(&file, &file.clone().map("t")), "table `d.t` has no definition");
    assert_eq!(seen(&file.map("unwanted").write(&[1]).xid()), [""; 0]);
    let wrong = EventFile::mysql().statement("CREATE TABLE t (id INT NOT NULL, more INT)").begin();
    assert!(refusal(&wrong, &wrong.clone().map("t")).contains("1 columns in the binlog, 2 in its definition"));
}

#[test]
fn definitions_that_cannot_be_read_stop_only_the_tables_that_are_read() {
    let strange = "ALTER TABLE unwanted FROBNICATE COLUMN x";
    assert_eq!(seen(&EventFile::mysql().statement(strange).statement(CREATE)), [CREATE]);
    let file = EventFile::mysql().statement(CREATE).gtid();
    assert!(refusal(&file, &file.clone().query("ALTER TABLE t FROBNICATE COLUMN x")).contains("cannot be followed"));
}

#[test]
fn a_definition_shares_no_set_with_the_changes_around_it() {
    let alter = "ALTER TABLE t COMMENT 'x'";
    let file = open_transaction().xid().statement(alter).begin().map("t").write(&[3]).xid();
    assert_eq!(read(&file), Outcome { seen: [CREATE, "2 t", alter, "1 t"].map(str::to_owned).to_vec(), sets: 2, error: None });
}

#[test]
fn mariadb_transactions_begin_with_their_gtid() {
    let file = EventFile::mariadb().mariadb_statement(CREATE).mariadb_gtid().map("t").write(&[1]).xid();
    assert_eq!(seen(&file), [CREATE, "1 t"]);
    let open = EventFile::mariadb().mariadb_statement(CREATE).mariadb_gtid();
    let error = read(&open).error.expect("an error");
    assert!(error.contains("ends inside the transaction"), "{error}");
}

#[test]
fn a_capture_that_ends_inside_a_transaction_says_where_to_stop() {
    let sound = open_transaction().xid();
    let file = sound.clone().begin().map("t").write(&[3]);
    let folder = TempDir::new().expect("a temporary folder");
    let capture = Capture::open(&[file.save(folder.path(), "b.000001")]).expect("a binlog");
    let mut reader = CaptureReader::open(capture.clone(), SchemaHistory::new(), Everything, ReadOptions::default()).expect("no bounds");
    let error = loop {
        match reader.next() {
            Ok(item) => assert!(item.is_some(), "an error comes first"),
            Err(error) => break error,
        }
    };
    let began = format!("b.000001:{}", sound.len());
    assert!(matches!(&error, BinlogError::InsideTransaction { began: found, .. } if found.to_string() == began), "{error}");
    let hint = error.hint().expect("a way out");
    assert!(hint.contains(&format!("--stop {began}")), "{hint}");
    let options = ReadOptions { stop: Some(began.parse().expect("a position")), ..ReadOptions::default() };
    let mut reader = CaptureReader::open(capture, SchemaHistory::new(), Everything, options).expect("a file of the capture");
    assert_eq!(outcome(&mut reader).seen, [CREATE, "2 t"]);
}

#[test]
fn a_transaction_larger_than_the_limit_is_split_and_others_stay_whole() {
    let mut file = EventFile::mysql().statement(CREATE);
    for rows in [2, 2, 7, 2] {
        file = file.begin().map("t");
        for row in 0..rows {
            file = file.write(&[row]);
        }
        file = file.xid();
    }
    let folder = TempDir::new().expect("a temporary folder");
    let capture = Capture::open(&[file.save(folder.path(), "b.000001")]).expect("a binlog");
    let options = ReadOptions { limits: Limits { images_per_set: 3, ..Limits::default() }, ..ReadOptions::default() };
    let mut reader = CaptureReader::open(capture, SchemaHistory::new(), Everything, options).expect("no bounds");
    let mut sets = Vec::new();
    while let Some(item) = reader.next().expect("a sound file") {
        let Item::Changes(set) = item else { continue };
        let parts: Vec<_> = set.transactions.iter().map(|part| (part.continued, part.end.is_some())).collect();
        sets.push((set.batches.iter().map(|batch| batch.image_count).sum::<usize>(), parts));
    }
    let expected = [
        (4, vec![(false, true), (false, true)]),
        (3, vec![(false, false)]),
        (3, vec![(true, false)]),
        (3, vec![(true, true), (false, true)]),
    ];
    assert_eq!(sets, expected);
    assert_eq!((reader.progress().row_events, reader.progress().transactions), (13, 4));
}

#[test]
fn a_transaction_whose_last_row_fills_a_set_ends_before_what_follows_it() {
    let full = |file: EventFile| [1, 2, 3].into_iter().fold(file.begin().map("t"), |file, row| file.write(&[row])).xid();
    let create = EventFile::mysql().statement(CREATE);
    let altered = full(full(create).statement("ALTER TABLE t COMMENT = 'x'"));
    let folder = TempDir::new().expect("a temporary folder");
    let capture = Capture::open(&[altered.save(folder.path(), "b.000001")]).expect("a binlog");
    let options = ReadOptions { limits: Limits { images_per_set: 3, ..Limits::default() }, ..ReadOptions::default() };
    let mut reader = CaptureReader::open(capture, SchemaHistory::new(), Everything, options).expect("no bounds");
    let mut told = Vec::new();
    while let Some(item) = reader.next().expect("a sound file") {
        told.push(match item {
            Item::Ddl(_) => "statement".to_owned(),
            Item::Changes(set) => {
                let rows: usize = set.batches.iter().map(|batch| batch.image_count).sum();
                let ends = set.transactions.iter().filter(|part| part.end.is_some()).count();
                format!("{rows} rows, {ends} ends")
            }
        });
    }
    let transaction = ["3 rows, 0 ends", "0 rows, 1 ends"];
    assert_eq!(told, [&["statement"], &transaction[..], &["statement"], &transaction[..]].concat());
    assert_eq!((reader.progress().row_events, reader.progress().transactions), (6, 2));
}

#[test]
fn a_gap_between_files_is_found() {
    let first = open_transaction().xid();
    let second = EventFile::mysql().begin().map("t").write(&[3]).xid();
    let both = |first: &EventFile, name: &str| read_files(&[("b.000001", first), (name, &second)], Everything, ReadOptions::default());
    for first in [first.clone().rotate("b.000002"), first.clone().event(3, &[]), first.clone()] {
        let Outcome { seen, error, .. } = both(&first, "b.000002");
        assert_eq!((seen, error), (vec![CREATE.to_owned(), "3 t".to_owned()], None));
        let gap = both(&first, "b.000003").error.expect("an error");
        assert!(gap.starts_with("`b.000003` does not follow `b.000001`"), "{gap}");
    }
    let unnamed = read_files(&[("x", &first), ("y", &second)], Everything, ReadOptions::default());
    assert!(unnamed.error.expect("an error").contains("neither names nor GTIDs"));
    let inside = both(&open_transaction().rotate("b.000002"), "b.000002").error.expect("an error");
    assert!(inside.contains("ends inside the transaction"), "{inside}");
}

#[test]
fn bounds_by_offset_are_held_to_the_events() {
    let first = open_transaction().xid();
    let file = first.clone().begin().map("t").write(&[3]).xid();
    let bounded = |start: Option<usize>, stop: Option<usize>| {
        let place = |offset: usize| format!("b.000001:{offset}").parse::<Bound>().expect("a position");
        let options = ReadOptions { start: start.map(place), stop: stop.map(place), ..ReadOptions::default() };
        let Outcome { seen, error, .. } = read_files(&[("b.000001", &file)], Everything, options);
        error.map_or(Ok(seen), Err)
    };
    let ok = |rows: &[&str]| Ok(rows.iter().map(|row| (*row).to_owned()).collect::<Vec<_>>());
    let (middle, end) = (first.len(), file.len());
    assert_eq!(bounded(Some(4), None), ok(&[CREATE, "3 t"]));
    assert_eq!(bounded(Some(middle), None), ok(&["1 t"]), "the definition before the start is followed");
    assert_eq!(bounded(None, Some(middle)), ok(&[CREATE, "2 t"]));
    assert_eq!(bounded(Some(end), None), ok(&[]));
    assert_eq!(bounded(Some(middle), Some(middle)), ok(&[]));
    assert_eq!(bounded(None, Some(4)), ok(&[]));
    for wrong in [middle - 1, middle + 1, end - 1, end + 1] {
        assert!(bounded(Some(wrong), None).is_err(), "start {wrong}");
        assert!(bounded(None, Some(wrong)).is_err(), "stop {wrong}");
    }
    let inside = first.begin().len();
    assert!(bounded(Some(inside), None).is_err_and(|error| error.contains("within the transaction")));
    assert!(bounded(None, Some(inside)).is_err_and(|error| error.contains("within the transaction")));
    let elsewhere = ReadOptions { start: Some("other.000001:4".parse().expect("a position")), ..ReadOptions::default() };
    assert!(read_files(&[("b.000001", &file)], Everything, elsewhere).error.is_some_and(|error| error.contains("no such file")));
}

#[test]
fn bounds_by_gtid_say_what_is_done() {
    let start = EventFile::mariadb().mariadb_list(10).mariadb_statement(CREATE);
    let file = (1..5).fold(start, |file, rows| file.mariadb_gtid().map("t").write(&vec![0; rows]).xid());
    let bounded = |start: &str, stop: &str| {
        let bound = |text: &str| (!text.is_empty()).then(|| text.parse::<Bound>().expect("a GTID"));
        let limits = Limits { images_per_set: 1, ..Limits::default() };
        let options = ReadOptions { start: bound(start), stop: bound(stop), limits, ..ReadOptions::default() };
        let Outcome { seen, error, .. } = read_files(&[("b.000001", &file)], Everything, options);
        error.unwrap_or_else(|| seen.into_iter().filter(|seen| seen != CREATE).collect::<Vec<_>>().join(", "))
    };
    assert_eq!(bounded("", ""), "1 t, 2 t, 3 t, 4 t");
    assert_eq!(bounded("0-7-12", ""), "2 t, 3 t, 4 t", "what is done is passed over, whoever wrote it");
    assert_eq!(bounded("0-9-10", ""), "1 t, 2 t, 3 t, 4 t");
    assert_eq!(bounded("0-7-15,3-1-1", ""), "");
    assert_eq!(bounded("", "0-7-13"), "1 t, 2 t");
    assert_eq!(bounded("0-7-12", "0-7-14"), "2 t, 3 t");
    assert_eq!(bounded("", "0-7-10"), "");
    assert!(bounded("0-7-9", "").contains("the capture begins later"));
    assert!(bounded("", "0-7-16").contains("the capture ends before it"));
    assert!(bounded("3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5", "").contains("without such a GTID"));
}

#[test]
fn bounds_by_time_begin_and_end_with_a_transaction() {
    let file = open_transaction().xid();
    let seen = |start: Option<i64>, stop: Option<i64>| {
        let options = ReadOptions { start: start.map(Bound::Time), stop: stop.map(Bound::Time), ..ReadOptions::default() };
        read_files(&[("b.000001", &file)], Everything, options).seen
    };
    let time = 1_700_000_000_000_000;
    assert_eq!(seen(Some(time), None), [CREATE, "2 t"]);
    assert_eq!(seen(Some(time + 1), None), [""; 0]);
    assert_eq!(seen(None, Some(time)), [""; 0]);
    assert_eq!(seen(None, Some(time + 1)), [CREATE, "2 t"]);
}
