//! Every column type at its edges: what a server's binlog decodes to, against what the server itself says.

use std::{collections::BTreeMap, fs, path::PathBuf, sync::Arc};

use rowgate::{
    binlog::{BinlogError, Capture, CaptureReader, Interest, Item, ReadOptions},
    change::{ChangeSet, ColumnSet, ImageBatch, Images, Presence},
    columnar::{CellText, write_double, write_hex},
    schema::{ColumnType, SchemaHistory, TableName, TableSchema},
};

use crate::server::{Kind, Server};

/// Interest in all of one schema: other tests work on the same server.
struct Schema(String);

impl Interest for Schema {
    fn wants_table(&mut self, table: &TableName) -> bool {
        table.schema == self.0
    }

    fn columns(&mut self, schema: &Arc<TableSchema>) -> ColumnSet {
        ColumnSet::all(schema.columns.len())
    }
}

/// All changes of a schema in some binlog files.
fn decode(files: &[PathBuf], schema: &str) -> Result<Vec<ChangeSet>, BinlogError> {
    let interest = Schema(schema.to_owned());
    let mut reader = CaptureReader::open(Capture::open(files)?, SchemaHistory::new(), interest, ReadOptions::default())?;
    let mut sets = Vec::new();
    while let Some(item) = reader.next()? {
        if let Item::Changes(set) = item {
            sets.push(set);
        }
    }
    Ok(sets)
}

/// How to ask the server for a column's value as [`printed`] gives it.
fn oracle(name: &str, ty: &ColumnType) -> String {
    match ty {
        ColumnType::Integer { .. } => format!("`{name}` + 0"),
        // A column of fixed decimals prints them; the product prints all that is there, and keeps -0.
        ColumnType::Double | ColumnType::Float => format!("`{name}` * 1e0"),
        ColumnType::Decimal { .. }
        | ColumnType::Year
        | ColumnType::Date
        | ColumnType::Time { .. }
        | ColumnType::DateTime { .. }
        | ColumnType::Timestamp { .. }
        | ColumnType::Uuid
        | ColumnType::Inet4
        | ColumnType::Inet6 => format!("CAST(`{name}` AS CHAR)"),
        ColumnType::Char { .. }
        | ColumnType::Varchar { .. }
        | ColumnType::Text { .. }
        | ColumnType::Enum { .. }
        | ColumnType::Set { .. } => {
            format!("CONCAT('0x', HEX(CONVERT(`{name}` USING utf8mb4)))")
        }
        ColumnType::Json => format!("CONCAT('0x', HEX(CAST(`{name}` AS CHAR)))"),
        ColumnType::Bit { .. } => format!("CONCAT('0x', HEX(CAST(`{name}` AS BINARY)))"),
        ColumnType::Binary { .. }
        | ColumnType::Varbinary { .. }
        | ColumnType::Blob { .. }
        | ColumnType::Geometry
        | ColumnType::Vector { .. } => format!("CONCAT('0x', HEX(`{name}`))"),
    }
}

/// What stands for a cell that its image lacks.
const LACKING: &str = "lacking";

fn printed(ty: &ColumnType, text: &CellText<'_>, batch: &ImageBatch, column: usize, row: usize) -> Option<String> {
    use arrow::array::AsArray;
    let mut out = String::new();
    if !batch.presence.has(row, column) {
        return Some(LACKING.into());
    }
    if text.is_null(row) {
        return None;
    }
    match ty {
        ColumnType::Float => {
            let array = batch.columns[column].as_ref().expect("it was wanted");
            let value = array.as_primitive::<arrow::datatypes::Float32Type>().value(row);
            write_double(f64::from(value), &mut out).expect("a string takes any text");
        }
        ColumnType::Char { .. }
        | ColumnType::Varchar { .. }
        | ColumnType::Text { .. }
        | ColumnType::Enum { .. }
        | ColumnType::Set { .. }
        | ColumnType::Json => {
            let mut plain = String::new();
            text.write(row, &mut plain);
            write_hex(plain.as_bytes(), &mut out);
        }
        _ => {
            text.write(row, &mut out);
        }
    }
    Some(out)
}

/// Compares all rows of all tables of a schema with what the server has now. Answers how many cells were equal.
fn assert_rows_are_the_servers(server: &Server, schema: &str, sets: &[ChangeSet]) -> usize {
    let mut tables: BTreeMap<&str, Rows> = BTreeMap::new();
    let mut definitions = BTreeMap::new();
    for batch in sets.iter().flat_map(|set| &set.batches) {
        gather(batch, tables.entry(&batch.schema.name.table).or_default());
        definitions.insert(batch.schema.name.table.as_str(), &batch.schema);
    }
    let mut cells = 0;
    let mut wrong = Vec::new();
    for (table, ours) in tables {
        let definition = definitions[table];
        let columns: Vec<_> = definition.columns.iter().map(|column| oracle(&column.name, &column.ty)).collect();
        let answer = server.query_text(&format!("SELECT {} FROM {schema}.`{table}`", columns.join(", ")));
        assert_eq!(ours.len(), answer.len(), "rows of {table}");
        for theirs in answer {
            for (column, (ours, theirs)) in ours[&theirs[0]].iter().zip(&theirs).enumerate() {
                cells += 1;
                if ours != theirs && ours.as_deref() != Some(LACKING) {
                    let column = &definition.columns[column];
                    let cut = |value: &Option<String>| value.clone().map(|value| value.chars().take(150).collect::<String>());
                    wrong.push(format!("{table}.{} {:?}: {:?}, the server says {:?}", column.name, column.ty, cut(ours), cut(theirs)));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {cells} cells differ:\n{}", wrong.len(), wrong.join("\n"));
    cells
}

/// The last image of each row, by its first column.
type Rows = BTreeMap<Option<String>, Vec<Option<String>>>;

fn gather(batch: &ImageBatch, rows: &mut Rows) {
    let texts = batch.schema.columns.iter().zip(&batch.columns);
    let texts: Vec<_> = texts.map(|(column, array)| CellText::new(&column.ty, array.as_ref().expect("all are wanted"))).collect();
    for change in &batch.changes {
        let row = match change.images() {
            Images::Inserted(row) | Images::Updated { after: row, .. } | Images::Deleted(row) => row,
        };
        let columns = batch.schema.columns.iter().zip(&texts).enumerate();
        let values: Vec<_> = columns.map(|(column, (schema, text))| printed(&schema.ty, text, batch, column, row)).collect();
        rows.insert(values[0].clone(), values);
    }
}

#[test]
fn every_type_at_its_edges_is_what_the_server_says() {
    let edges = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/servers/edges.sql")).expect("it is here");
    for kind in Kind::ALL {
        let server = Server::shared(kind);
        let schema = server.new_schema("edges");
        let files = server.record(&format!("USE {schema};\n{edges}"));
        let cells = assert_rows_are_the_servers(server, &schema, &decode(&files, &schema).expect("a sound binlog"));
        assert!(cells > 400, "{cells} of {kind:?}");
    }
}

#[test]
fn full_row_metadata_defines_every_type() {
    let edges = fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/servers/edges.sql")).expect("it is here");
    for kind in [Kind::MariaDb1011, Kind::MySql97] {
        let server = Server::start(kind, &["--binlog-row-metadata=FULL"]);
        let schema = server.new_schema("edges");
        let (definitions, rows): (Vec<_>, Vec<_>) = edges.split_inclusive(";\n").partition(|statement| statement.contains("CREATE TABLE"));
        server.run(&format!("USE {schema};\n{}", definitions.concat()));
        // The binlog of the definitions is left out.
        let session = "SET NAMES utf8mb4; SET sql_mode = 'ALLOW_INVALID_DATES,NO_ENGINE_SUBSTITUTION';";
        let files = server.record(&format!("USE {schema}; {session}\n{}", rows.concat()));
        let cells = assert_rows_are_the_servers(&server, &schema, &decode(&files, &schema).expect("a sound binlog"));
        assert!(cells > 400, "{cells} of {kind:?}");
    }
}

/// Documents of every kind of value and size, and strings that JSON must escape.
const DOCUMENTS: &str = r#"
CREATE TABLE documents (id INT PRIMARY KEY AUTO_INCREMENT, j JSON);
CREATE TABLE kinds (e ENUM('a', 'z税'), s SET('x', 'y'), y YEAR, g GEOMETRY, bt BIT(9), b BLOB, vb VARBINARY(9), bin BINARY(3), ts TIMESTAMP(3), dt DATETIME, d DATE, t TIME(2), dc DECIMAL(65,30), f FLOAT, db DOUBLE);
INSERT INTO kinds VALUES ('z税', 'x,y', 2024, ST_GeomFromText('LINESTRING(0 0, 1 1.5)'), 257, REPEAT(0xFE, 200), 'vb', 'b', '2024-02-29 01:02:03.5', '1000-01-01 00:00:00', '9999-12-31', '-838:59:58.99', -12345678901234567890123456789012345.5, 0.1, 1e22);
INSERT INTO documents (j) SELECT JSON_OBJECT('e', e, 's', s, 'y', y, 'g', g, 'ts', ts, 'dt', dt, 'd', d, 't', t, 'dc', dc, 'f', f, 'db', db) FROM kinds;
INSERT INTO documents (j) SELECT JSON_ARRAY(bt, b, vb, bin) FROM kinds;
INSERT INTO documents (j) SELECT CAST(b AS JSON) FROM kinds;
INSERT INTO documents (j) VALUES (JSON_QUOTE(CONCAT(CHAR(1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31 USING utf8mb4), CHAR(127, 34, 92, 47 USING utf8mb4))));
INSERT INTO documents (j) VALUES (JSON_OBJECT('"', 1, '\\', 2, '
', 3, 'ключ', 4, '🚀', 5, '', 6, 'b', 7, 'aa', 8, 'B', 9));
INSERT INTO documents (j) VALUES (CONCAT(REPEAT('[', 100), REPEAT(']', 100))), (CONCAT(REPEAT('{"a":', 99), '1', REPEAT('}', 99)));
INSERT INTO documents (j) VALUES (CONCAT('[', REPEAT('1,', 70000), '2147483647, 4294967295, 2147483648, -32769, 65536, null, true]'));
INSERT INTO documents (j) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900) SELECT JSON_OBJECTAGG(CONCAT(REPEAT('k', i MOD 250), i), i * 1000) FROM n;
INSERT INTO documents (j) WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900) SELECT JSON_OBJECTAGG(CONCAT(REPEAT('k', i MOD 50), i), REPEAT('v', i)) FROM n;
INSERT INTO documents (j) VALUES ('1e-7'), ('123456789012345678901234567890'), ('0.1'), ('1.0'), ('1e15'), ('123456789012345.6'), ('1e16'), ('-1e-5'), ('1.7976931348623157e308'), ('2.5e-310');
"#;

#[test]
fn documents_print_as_the_server_prints_them() {
    let server = Server::shared(Kind::MySql97);
    let schema = server.new_schema("documents");
    let files = server.record(&format!("USE {schema};\n{DOCUMENTS}"));
    let cells = assert_rows_are_the_servers(server, &schema, &decode(&files, &schema).expect("a sound binlog"));
    assert!(cells > 40, "{cells}");
}

/// Every way in which a part of a document changes.
const UPDATES: &str = r#"
CREATE TABLE parts (id INT PRIMARY KEY, a INT, j JSON, k JSON NOT NULL, t TEXT);
INSERT INTO parts VALUES
  (1, 1, '{"a": 1, "b": [1, 2, {"c": "x"}], "long": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}', '[]', 't'),
  (2, 2, '[10, 20, 30]', '{}', 't'), (3, 3, NULL, '[1]', 't'), (4, 4, '{"a b": {"\\"": 1}, "ä": {"x.y": [0]}}', '{"k": 70000}', 't');
SET SESSION binlog_row_value_options = 'PARTIAL_JSON';
UPDATE parts SET j = JSON_SET(j, '$.a', 2), t = 'u' WHERE id = 1;
UPDATE parts SET j = JSON_SET(j, '$.b[2].c', 'yy', '$.b[0]', NULL, '$.new', JSON_ARRAY(1, 70000, 1e10)) WHERE id = 1;
UPDATE parts SET j = JSON_REMOVE(j, '$.b[1]') WHERE id = 1;
UPDATE parts SET j = JSON_REPLACE(j, '$.long', REPEAT('b', 70)), k = JSON_SET(k, '$[5]', TRUE) WHERE id = 1;
UPDATE parts SET j = JSON_SET(j, '$.big', REPEAT('z', 70000)) WHERE id = 1;
UPDATE parts SET j = JSON_REMOVE(j, '$.big', '$.new[0]') WHERE id = 1;
UPDATE parts SET j = JSON_SET(j, '$[1]', JSON_OBJECT('deep', JSON_ARRAY())), a = a + 1 WHERE id = 2;
UPDATE parts SET j = JSON_SET(j, '$[9]', 'end'), k = JSON_SET(k, '$.x', 1) WHERE id = 2;
UPDATE parts SET j = JSON_SET(j, '$[1].deep[0]', CAST('2024-01-01' AS DATE), '$[1].dec', 1.50) WHERE id = 2;
UPDATE parts SET j = '{"whole": "document"}', k = JSON_SET(k, '$[0]', 2) WHERE id = 3;
UPDATE parts SET j = JSON_SET(j, '$."a b"."\\""', 2, '$."ä"."x.y"[0]', 'y', '$."c d"', 3), k = JSON_SET(k, '$.k', -70000) WHERE id = 4;
UPDATE parts SET k = JSON_SET(k, '$.k', 1), a = NULL;
UPDATE parts SET j = NULL WHERE id = 4;
"#;

#[test]
fn partial_updates_of_documents_are_applied_to_the_document_before() {
    let server = Server::shared(Kind::MySql97);
    for image in ["FULL", "NOBLOB"] {
        let schema = server.new_schema("parts");
        let files = server.record(&format!("USE {schema}; SET SESSION binlog_row_image = '{image}';\n{UPDATES}"));
        let sets = decode(&files, &schema).expect("a sound binlog");
        let cells = assert_rows_are_the_servers(server, &schema, &sets);
        assert_eq!(cells, 20, "{image}");
        let mut batches = sets.iter().flat_map(|set| &set.batches);
        assert_eq!(batches.all(|batch| batch.presence == Presence::Full), image == "FULL");
    }
}

#[test]
fn a_partial_update_without_the_document_before_is_an_error() {
    let server = Server::shared(Kind::MySql97);
    let schema = server.new_schema("parts");
    let files = server.record(&format!("USE {schema}; SET SESSION binlog_row_image = 'MINIMAL';\n{UPDATES}"));
    let error = decode(&files, &schema).expect_err("MINIMAL images lack the document");
    let mut message = error.to_string();
    let mut source = std::error::Error::source(&error);
    while let Some(cause) = source {
        message += &format!(": {cause}");
        source = cause.source();
    }
    assert!(message.contains("column `j`") && message.contains("partial JSON update"), "{message}");
}
