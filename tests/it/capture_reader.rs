//! Captures of real servers through the reader: counts, damage, bounds.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use rowgate::{
    binlog::{BinlogError, Capture, CaptureReader, Everything, Item, ReadOptions},
    change::Op,
    schema::SchemaHistory,
};

fn captures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/captures")
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
