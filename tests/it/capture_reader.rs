//! Captures of real servers through the reader: counts, damage, bounds.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use rowgate::{
    binlog::{BinlogError, Bound, Capture, CaptureReader, Checksums, Everything, Interest, Item, ReadOptions},
    change::{ColumnSet, Op},
    position::BinlogOffset,
    schema::{Flavor, SchemaHistory, TableName, TableSchema},
};
use tempfile::TempDir;

use crate::server::{Kind, Server};

fn captures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/captures")
}

/// Interest in no table: events are framed, rows are not decoded.
struct Nothing;

impl Interest for Nothing {
    fn wants_table(&mut self, _table: &TableName) -> bool {
        false
    }

    fn columns(&mut self, _schema: &Arc<TableSchema>) -> ColumnSet {
        ColumnSet::default()
    }
}

/// All items of files, or the error that ends them.
fn read(paths: &[PathBuf], options: ReadOptions) -> Result<Vec<Item>, BinlogError> {
    let mut reader = CaptureReader::open(Capture::open(paths)?, SchemaHistory::new(), Everything, options)?;
    let mut items = Vec::new();
    while let Some(item) = reader.next()? {
        items.push(item);
    }
    Ok(items)
}

/// Row events by table and operation, and transactions.
fn count(items: &[Item]) -> (BTreeMap<(String, Op), u64>, u64) {
    let (mut rows, mut transactions) = (BTreeMap::new(), 0);
    for item in items {
        let Item::Changes(set) = item else { continue };
        transactions += set.transactions.iter().filter(|transaction| !transaction.continued).count() as u64;
        for batch in &set.batches {
            for change in &batch.changes {
                *rows.entry((batch.schema.name.table.clone(), change.op)).or_default() += 1;
            }
        }
    }
    (rows, transactions)
}

#[test]
fn every_row_event_of_the_shipped_captures_is_read() {
    let manifest = fs::read_to_string(captures().join("manifest.json")).expect("the manifest is shipped");
    let manifest: Vec<serde_json::Value> = serde_json::from_str(&manifest).expect("the manifest is JSON");
    for entry in &manifest {
        let file = captures().join(entry["file"].as_str().expect("a file's name"));
        let items = read(&[file], ReadOptions::default()).expect("a sound capture");
        let (rows, transactions) = count(&items);
        assert_eq!(Some(transactions), entry["transactions"].as_u64(), "{}", entry["file"]);
        let mut expected = BTreeMap::new();
        for (table, counts) in entry["rows"].as_object().expect("counts by table") {
            for (op, name) in [(Op::Insert, "insert"), (Op::Update, "update"), (Op::Delete, "delete")] {
                expected.insert((table.clone(), op), counts[name].as_u64().expect("a count"));
            }
        }
        expected.retain(|_, count| *count > 0);
        assert_eq!(rows, expected, "{}", entry["file"]);
        let statements = items.iter().filter(|item| matches!(item, Item::Ddl(_))).count();
        assert!(statements >= 4, "the schema and its tables");
    }
}

/// Three files of a server: definitions and rows of transactions that are not alike, with what each kind of server has of its own.
fn three_files(kind: Kind) -> (TempDir, Vec<PathBuf>) {
    let options: &[&str] = if kind == Kind::MySql97 { &["--gtid-mode=ON", "--enforce-gtid-consistency=ON"] } else { &[] };
    let server = Server::start(kind, options);
    let own = match kind {
        Kind::MySql97 => {
            "SET gtid_next = 'AUTOMATIC:tag'; INSERT INTO t VALUES (10); SET gtid_next = 'AUTOMATIC';
             SET binlog_transaction_compression = ON; INSERT INTO t VALUES (11), (12); SET binlog_transaction_compression = OFF;
             XA START 'x'; INSERT INTO t VALUES (13); XA END 'x'; XA COMMIT 'x' ONE PHASE; CREATE TABLE c AS SELECT id FROM t;"
        }
        Kind::MariaDb1011 => {
            "SET GLOBAL log_bin_compress = ON; SET GLOBAL log_bin_compress_min_len = 10; INSERT INTO t SELECT seq FROM seq_10_to_11;
             SET STATEMENT max_statement_time = 100 FOR INSERT INTO t VALUES (12);
             XA START 'x'; INSERT INTO t VALUES (13); XA END 'x'; XA COMMIT 'x' ONE PHASE; CREATE TABLE c AS SELECT id FROM t;"
        }
        Kind::MySql56 => {
            "INSERT INTO t VALUES (10); INSERT INTO t VALUES (11), (12), (13); CREATE TABLE c (id INT NOT NULL); INSERT INTO c SELECT id FROM t;"
        }
    };
    server.run("CREATE DATABASE d; USE d; CREATE TABLE t (id INT NOT NULL PRIMARY KEY); CREATE TABLE m (id INT NOT NULL) ENGINE = MyISAM; FLUSH BINARY LOGS");
    server.run(
        "USE d; BEGIN; INSERT INTO t VALUES (1); SAVEPOINT s; INSERT INTO t VALUES (2); ROLLBACK TO s; INSERT INTO t VALUES (3); COMMIT;
         INSERT INTO m VALUES (1), (2); GRANT SELECT ON d.* TO CURRENT_USER(); CREATE VIEW v AS SELECT * FROM t; FLUSH BINARY LOGS",
    );
    server.run(&format!("USE d; {own}"));
    let folder = TempDir::new().expect("a temporary folder");
    let files = server.binlog_files();
    let own_files = files.iter().skip(files.len() - 3);
    let copies = own_files.map(|file| {
        let copy = folder.path().join(file.file_name().expect("a file has a name"));
        fs::copy(file, &copy).expect("the temporary folder is writable");
        copy
    });
    let copies = copies.collect();
    (folder, copies)
}

#[test]
fn files_of_real_servers_are_followed_and_gaps_between_them_found() {
    for kind in Kind::ALL {
        let (folder, files) = three_files(kind);
        let whole = count(&read(&[folder.path().to_owned()], ReadOptions::default()).expect("three files that follow"));
        let row = |table: &str, count| ((table.to_owned(), Op::Insert), count);
        assert_eq!(whole.0, BTreeMap::from([row("t", 6), row("m", 2), row("c", 6)]), "{kind:?}");
        let backwards: Vec<PathBuf> = files.iter().rev().cloned().collect();
        assert_eq!(count(&read(&backwards, ReadOptions::default()).expect("the same files")), whole, "{kind:?}");
        let gap = read(&[files[0].clone(), files[2].clone()], ReadOptions::default()).expect_err("the second file is missing");
        assert!(matches!(gap, BinlogError::Gap { .. }), "{kind:?}: {gap}");
        // Under names that say nothing, GTIDs must.
        let renamed = ["x", "y", "z"].map(|name| folder.path().join(name));
        for (file, name) in files.iter().zip(&renamed) {
            fs::rename(file, name).expect("the temporary folder is writable");
        }
        let unnamed = read(&renamed, ReadOptions::default()).map(|items| count(&items));
        if kind == Kind::MySql56 {
            assert!(matches!(unnamed, Err(BinlogError::Gap { .. })), "5.6 has no GTIDs by default");
        } else {
            assert_eq!(unnamed.expect("GTIDs that follow"), whole, "{kind:?}");
            let gap = read(&[renamed[0].clone(), renamed[2].clone()], ReadOptions::default()).expect_err("the second file is missing");
            assert!(matches!(gap, BinlogError::Gap { .. }), "{kind:?}: {gap}");
        }
    }
}

/// Where each event of a file begins, and its end.
fn boundaries(bytes: &[u8]) -> Vec<usize> {
    let mut places = vec![4];
    let mut at = 4;
    while at < bytes.len() {
        at += u32::from_le_bytes(bytes[at + 9..at + 13].try_into().expect("four bytes")) as usize;
        places.push(at);
    }
    places
}

#[test]
fn starts_and_stops_beside_an_event_are_refused() {
    let entries = fs::read_dir(captures()).expect("captures are shipped");
    let files = entries.map(|entry| entry.expect("a readable folder").path());
    for file in files.filter(|file| file.extension().is_some_and(|extension| extension == "binlog")) {
        let name = file.file_name().expect("a file has a name").to_string_lossy().into_owned();
        for place in boundaries(&fs::read(&file).expect("the capture is shipped")) {
            for offset in [place - 1, place + 1].into_iter().filter(|&offset| offset > 4) {
                let bound = || Some(Bound::Offset(BinlogOffset { file: name.as_str().into(), offset: offset as u64 }));
                let start = ReadOptions { start: bound(), checksums: Checksums::Ignore, ..ReadOptions::default() };
                let stop = ReadOptions { stop: bound(), checksums: Checksums::Ignore, ..ReadOptions::default() };
                for options in [start, stop] {
                    let mut reader =
                        CaptureReader::open(Capture::open(&[&file]).expect("a capture"), SchemaHistory::new(), Nothing, options)
                            .expect("a file of the capture");
                    let error = loop {
                        match reader.next() {
                            Ok(item) => assert!(item.is_some(), "{name}:{offset} is no event"),
                            Err(error) => break error,
                        }
                    };
                    assert!(matches!(error, BinlogError::Bound { .. }), "{name}:{offset}: {error}");
                }
            }
        }
    }
}

#[test]
fn compressed_files_are_read_as_they_are_and_their_damage_has_a_place() {
    let whole = fs::read(captures().join("maria-tiny.binlog")).expect("the capture is shipped");
    let packed = zstd::encode_all(whole.as_slice(), 3).expect("memory is read");
    let folder = TempDir::new().expect("a temporary folder");
    let path = folder.path().join("b.000001.zst");
    let contents = |bytes: &[u8]| {
        fs::write(&path, bytes).expect("the temporary folder is writable");
        read(std::slice::from_ref(&path), ReadOptions::default()).map(|items| count(&items))
    };
    let sound = contents(&whole).expect("a sound file");
    assert_eq!(contents(&packed).expect("a sound file"), sound);
    for length in (20..packed.len()).step_by(7) {
        let error = contents(&packed[..length]).expect_err("a cut file").to_string();
        assert!(error.contains("b.000001"), "{error}");
    }
}

#[test]
fn a_capture_says_which_server_wrote_it() {
    let flavor = |name: &str| {
        let capture = Capture::open(&[captures().join(name)]).expect("the capture is there");
        capture.server().expect("its first event says so").flavor
    };
    assert_eq!(flavor("maria-small.binlog"), Flavor::MariaDb);
    assert_eq!(flavor("mysql97-small.binlog"), Flavor::MySql);
}
