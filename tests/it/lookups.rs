//! `JOIN LOOKUP`: the rows that servers join, from files and tables, and what is said of lookups that cannot be read.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    path::{Path, PathBuf},
    sync::Arc,
};

use arrow::{
    array::{ArrayRef, RecordBatch, StringArray, UInt64Array},
    datatypes::{DataType, Field, Schema},
};
use parquet::arrow::ArrowWriter;
use serde_json::Value;
use tempfile::TempDir;

use crate::{
    command::{Run, rowgate},
    loading_case::{CROSSED, Job, Source},
    server::{Kind, Server},
};

/// Query files with a `rowgate.toml` beside them.
struct Case(TempDir);

impl Case {
    fn new(files: &[(&str, &str)]) -> Self {
        let case = Self(tempfile::tempdir().expect("the temporary folder is writable"));
        files.iter().for_each(|(name, text)| case.write(name, text));
        case
    }

    fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).expect("the temporary folder is writable");
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn run(&self, command: &str, arguments: &[&str], from: &[PathBuf]) -> Run {
        let mut all = vec![command.to_owned(), self.path("rules.sql").display().to_string()];
        all.extend(["--config".to_owned(), self.path("rowgate.toml").display().to_string()]);
        all.extend(arguments.iter().map(|&argument| argument.to_owned()));
        if !from.is_empty() {
            all.push("--from".to_owned());
        }
        all.extend(from.iter().map(|file| file.display().to_string()));
        rowgate(all)
    }

    /// `v` of each row's `id`, by mapping.
    fn values(&self, from: &[PathBuf]) -> BTreeMap<String, BTreeMap<String, Option<String>>> {
        let mut values: BTreeMap<String, BTreeMap<String, Option<String>>> = BTreeMap::new();
        for line in self.run("preview", &["--format", "json"], from).done().stdout.lines() {
            let line: Value = serde_json::from_str(line).expect("a line is JSON");
            let text = |value: &Value| value.as_str().map(str::to_owned);
            let mapping = text(&line["mapping"]).expect("a line names its mapping");
            let id = text(&line["after"]["id"]).expect("every row has an id");
            values.entry(mapping).or_default().insert(id, text(&line["after"]["v"]));
        }
        values
    }
}

/// Lookups for the differential test: name, type of the key, keys. Each key's value is its number.
const KEYS: [(&str, &str, &[&str]); 9] = [
    ("integers", "BIGINT", &["-9223372036854775808", "-1", "0", "1", "2", "5", "9223372036854775807", "2024", "120", "24"]),
    ("unsigned", "BIGINT UNSIGNED", &["0", "1", "5", "9223372036854775807", "9223372036854775808", "18446744073709551615"]),
    ("decimals", "DECIMAL(24,4)", &["-1.0000", "0.0000", "0.5000", "1.0000", "1.2500", "1.2505", "5.0000", "18446744073709551615.0000"]),
    ("reals", "DOUBLE", &["-1", "0", "0.1", "0.5", "1.25", "5", "1e300", "9223372036854775807"]),
    ("texts", "VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci", &["", "a", "B", "ß", "é", "税", "ab", "0", "c d"]),
    ("bytes", "VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin", &["", "a", "A", "b", "é", "e", "税", "0"]),
    ("dates", "DATE", &["2024-02-29", "1000-01-01", "9999-12-31", "2024-01-01"]),
    ("datetimes", "DATETIME(3)", &["2024-02-29 00:00:00.000", "2024-02-29 10:00:00.500", "2024-01-01 00:00:00.000"]),
    ("years", "YEAR", &["1901", "2024", "2155"]),
];

const ROW_COLUMNS: &str = "id INT PRIMARY KEY, i INT, b BIGINT UNSIGNED, d DECIMAL(10,3), f DOUBLE,
    s VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci, sb VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin,
    l VARCHAR(20) CHARACTER SET latin1 COLLATE latin1_swedish_ci, dt DATE, dtt DATETIME(3), y YEAR, e ENUM('a', 'B', 'x') CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci";

const ROWS: &str = "(1, 0, 0, 0, 0, '', '', '', '2024-02-29', '2024-02-29 00:00:00', 2024, 'a'),
    (2, 1, 1, 1, 0.1, 'a', 'a', 'a', '2024-01-01', '2024-02-29 10:00:00.5', 1901, 'B'),
    (3, -1, 18446744073709551615, -1, -1, 'A', 'A', 'A', '1000-01-01', '2024-01-01', 2155, 'x'),
    (4, 5, 5, 5.000, 5, 'b', 'b', 'é', '9999-12-31', '2024-02-29 10:00:00.501', 2000, NULL),
    (5, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL),
    (6, 2, 9223372036854775808, 1.25, 1.25, 'a ', 'a ', 'a ', '2024-03-01', '1000-01-01', 2024, 'a'),
    (7, 2147483647, 9223372036854775807, 1.250, 0.5, 'é', 'é', 'e', '2024-02-28', '9999-12-31 23:59:59.999', 2024, 'a'),
    (8, 120, 24, 0.500, 1e300, 'E', 'e', 'E ', '2024-02-29', '2024-02-29 00:00:00', 2024, 'a'),
    (9, -2147483648, 1, 1.251, 9223372036854775807, 's', '税', 'ß', '2024-02-29', '2024-02-29 00:00:00', 2024, 'a'),
    (10, 24, 2024, 120, 24, 'ß', 'AB', 'ab', '2024-02-29', '2024-02-29 00:00:00', 2024, 'a'),
    (11, 2024, 120, 2024, 2024, '税', '0', 'c  d', '2024-02-29', '2024-02-29 00:00:00', 2024, 'a'),
    (12, 7, 12, 0.001, 12, 'ab  ', '', 'C D', '2024-02-29', '2024-02-29 00:00:00', 2024, 'a')";

/// Each lookup with the conditions that find its rows.
const CONDITIONS: [(&str, &[&str]); 9] = [
    (
        "integers",
        &["r.k = t.i", "t.b = r.k", "r.k = t.d", "r.k = t.i % 7", "r.k = t.i AND r.k = t.b", "r.k = t.y", "r.k = t.f", "r.k = t.id >> 1"],
    ),
    ("unsigned", &["r.k = t.i", "r.k = t.b", "r.k = t.d", "r.k = t.i << 63"]),
    ("decimals", &["r.k = t.d", "r.k = t.i", "r.k = t.b", "r.k = t.d / 4", "r.k = t.f"]),
    ("reals", &["r.k = t.f", "r.k = t.i", "r.k = t.d", "r.k = t.b"]),
    (
        "texts",
        &[
            "r.k = t.s",
            "r.k = t.sb",
            "r.k = t.l",
            "r.k = concat(t.s, '')",
            "r.k = lower(t.s)",
            "r.k = t.e",
            "r.k = t.s COLLATE utf8mb4_unicode_ci",
            "r.k = 'A'",
        ],
    ),
    ("bytes", &["r.k = t.s", "r.k = t.sb", "r.k = t.l", "r.k = left(t.s, 1)"]),
    ("dates", &["r.k = t.dt", "r.k = t.dtt", "r.k = DATE '2024-01-01'"]),
    ("datetimes", &["r.k = t.dt", "r.k = t.dtt"]),
    ("years", &["r.k = t.y", "r.k = t.i"]),
];

fn toml_of(keys: &[(&str, &str, &[&str])]) -> String {
    let section = |(name, ty, _): &(&str, &str, &[&str])| {
        format!("[lookup.{name}]\nfile = '{name}.csv'\nnull = 'NULL'\ncolumns = {{ k = \"{ty}\", v = \"varchar(20)\" }}\n")
    };
    keys.iter().map(section).collect()
}

#[test]
fn a_join_finds_the_rows_that_servers_find() {
    for kind in [Kind::MariaDb1011, Kind::MySql97] {
        let mut source = Source::new(kind, "lookups", &format!("CREATE TABLE t ({ROW_COLUMNS});"));
        let case = Case::new(&[("rowgate.toml", &toml_of(&KEYS))]);
        let mut create = String::new();
        for (name, ty, keys) in KEYS {
            let lines: String = keys.iter().enumerate().map(|(v, key)| format!("\"{key}\",{v}\n")).collect();
            case.write(&format!("{name}.csv"), &format!("k,v\n{lines}NULL,none\n"));
            let rows: Vec<String> = keys.iter().enumerate().map(|(v, key)| format!("('{key}', {v})")).collect();
            create.push_str(&format!(
                "CREATE TABLE l_{name} (k {ty}, v VARCHAR(20)); INSERT INTO l_{name} VALUES {}, (NULL, 'none');\n",
                rows.join(", ")
            ));
        }
        source.run(&format!("SET NAMES utf8mb4; {create} INSERT INTO t VALUES {ROWS};"));
        let mut rules = String::new();
        let conditions = || CONDITIONS.iter().flat_map(|(lookup, conditions)| conditions.iter().map(move |condition| (lookup, condition)));
        for (number, (lookup, condition)) in conditions().enumerate() {
            let from = format!("{}.t AS t LEFT JOIN LOOKUP.{lookup} AS r ON {condition}", source.schema);
            rules.push_str(&format!("CREATE MAPPING m{number} AS SELECT id, r.v AS v FROM {from} ROUTE TO 'x';\n"));
        }
        case.write("rules.sql", &rules);
        let values = case.values(source.files());
        for (number, (lookup, condition)) in conditions().enumerate() {
            let sql = format!("SELECT t.id, r.v FROM `{0}`.t LEFT JOIN `{0}`.l_{lookup} r ON {condition}", source.schema);
            let expected: BTreeMap<String, Option<String>> = source
                .server
                .query_text(&sql)
                .into_iter()
                .map(|mut row| (row.remove(0).expect("every row has an id"), row.remove(0)))
                .collect();
            assert_eq!(values[&format!("m{number}")], expected, "{lookup} ON {condition}, {kind:?}");
        }
    }
}

const TENANTS: &str = "tenant_id,shard\n1,shard_a\n2,shard_b\n18446744073709551615,\n";
const TENANTS_TOML: &str =
    "[lookup.tenants]\nfile = \"tenants.csv\"\ncolumns = { tenant_id = \"bigint unsigned\", shard = \"varchar(32)\" }\n";

fn parquet(path: &Path) {
    let ids: ArrayRef = Arc::new(UInt64Array::from(vec![Some(u64::MAX), Some(2), Some(1), None]));
    let shards: ArrayRef = Arc::new(StringArray::from(vec![None, Some("shard_b"), Some("shard_a"), Some("none")]));
    let fields = vec![Field::new("tenant_id", DataType::UInt64, true), Field::new("shard", DataType::Utf8, true)];
    let batch = RecordBatch::try_new(Arc::new(Schema::new(fields)), vec![ids, shards]).expect("the columns fit");
    let file = File::create(path).expect("the temporary folder is writable");
    let mut writer = ArrowWriter::try_new(file, batch.schema(), None).expect("Parquet has these types");
    writer.write(&batch).expect("the batch fits");
    writer.close().expect("the file is writable");
}

#[test]
fn a_tenant_map_routes_from_csv_parquet_and_a_server_alike() {
    for (kind, target) in CROSSED {
        let mut source = Source::new(kind, "tenant_map", "CREATE TABLE t (id INT PRIMARY KEY, tenant_id BIGINT UNSIGNED);");
        source.run(
            "CREATE TABLE tenants (tenant_id BIGINT UNSIGNED, shard VARCHAR(32), more JSON);
             INSERT INTO tenants VALUES (1, 'shard_a', NULL), (2, 'shard_b', '{}'), (18446744073709551615, NULL, NULL);
             INSERT INTO t VALUES (1, 1), (2, 2), (3, 3), (4, NULL), (5, 18446744073709551615), (6, 1);
             UPDATE t SET tenant_id = 2 WHERE id = 6;",
        );
        let server = source.server.root_url();
        let sections = [
            TENANTS_TOML.to_owned(),
            "[lookup.tenants]\nfile = 'tenants.parquet'\n".to_owned(),
            format!("[source.main]\nurl = '{server}'\n[lookup.tenants]\ntable = '{}.tenants'\nsource = 'main'\n", source.schema),
        ];
        let create =
            ["shard_a", "shard_b"].map(|table| format!("CREATE TABLE {table} (id INT PRIMARY KEY, tenant_id BIGINT UNSIGNED);")).concat();
        for section in sections {
            let case = Case::new(&[("tenants.csv", TENANTS), ("rowgate.toml", &section)]);
            parquet(&case.path("tenants.parquet"));
            let job = Job::without_mapping("tenant_map", target, &create);
            job.map(&format!(
                "CREATE MAPPING by_tenant AS SELECT * FROM {}.t LEFT JOIN LOOKUP.tenants ON tenants.tenant_id = t.tenant_id
                 ROUTE TO '{}', tenants.shard WITH (on_null_route = 'skip');",
                source.schema, job.schema
            ));
            let config = case.path("rowgate.toml").display().to_string();
            job.try_replay(source.files(), &["--config", &config]).done();
            let ids = |table: &str| {
                let rows = job.target.query_text(&format!("SELECT id FROM `{}`.{table} ORDER BY id", job.schema));
                rows.into_iter().flatten().flatten().collect::<Vec<_>>().join(" ")
            };
            assert_eq!((ids("shard_a"), ids("shard_b")), ("1".to_owned(), "2 6".to_owned()), "{section}");
        }
    }
}

#[test]
fn a_changed_lookup_is_named_and_stops_its_job() {
    let (kind, target) = CROSSED[0];
    let mut source = Source::new(kind, "lookup_changes", "CREATE TABLE t (id INT PRIMARY KEY, tenant_id BIGINT UNSIGNED);");
    source.run("INSERT INTO t VALUES (1, 1);");
    let job = Job::without_mapping("lookup_changes", target, "CREATE TABLE t (id INT PRIMARY KEY, shard VARCHAR(32));");
    let rule = format!(
        "CREATE MAPPING m AS SELECT id, r.shard FROM {}.t AS t JOIN LOOKUP.tenants AS r ON r.tenant_id = t.tenant_id ROUTE TO '{}';",
        source.schema, job.schema
    );
    job.map(&rule);
    let case = Case::new(&[("tenants.csv", TENANTS), ("rowgate.toml", TENANTS_TOML)]);
    let config = case.path("rowgate.toml").display().to_string();
    job.try_replay(source.files(), &["--config", &config]).done();
    // The same content in another order is the same.
    case.write("tenants.csv", "shard,tenant_id\n,18446744073709551615\nshard_b,2\n\"shard_a\",1\n");
    job.try_replay(source.files(), &["--config", &config]).done();
    case.write("tenants.csv", &TENANTS.replace("shard_b", "shard_c"));
    let refused = job.try_replay(source.files(), &["--config", &config]);
    assert_eq!(refused.code, 2, "{}", refused.stderr);
    assert!(refused.stderr.contains("was begun with other content of `LOOKUP.tenants`"), "{}", refused.stderr);
    assert!(!refused.stderr.contains("shard_"), "{}", refused.stderr);
    job.try_replay(source.files(), &["--config", &config, "--accept-mapping-change"]).done();
    job.map(&rule.replace("SELECT id", "SELECT t.id"));
    let refused = job.try_replay(source.files(), &["--config", &config]);
    assert!(refused.stderr.contains("was begun with other mappings"), "{}", refused.stderr);
}

/// What `check` says, exit code and all.
fn checked(csv: &str, toml: &str, rule: &str) -> String {
    let case = Case::new(&[("tenants.csv", csv), ("rowgate.toml", toml)]);
    case.write("rules.sql", &format!("CREATE TABLE s.t (id INT PRIMARY KEY, tenant_id BIGINT UNSIGNED, code VARCHAR(9));\n{rule}"));
    let run = case.run("check", &[], &[]);
    let folder = format!("{}/", case.0.path().display());
    format!("{} {}", run.code, run.stderr.replace(&folder, ""))
}

const RULE: &str =
    "CREATE MAPPING m AS SELECT * FROM s.t AS t LEFT JOIN LOOKUP.tenants AS r ON r.tenant_id = t.tenant_id ROUTE TO r.shard;";

fn assert_says(said: &str, parts: &[&str]) {
    parts.iter().for_each(|part| assert!(said.contains(part), "`{part}` is not in:\n{said}"));
}

#[test]
fn check_warns_that_a_lookup_may_have_no_row() {
    let said = checked(TENANTS, TENANTS_TOML, RULE);
    assert_says(&said, &["0 ", "R3005", "the schema may be NULL because `LOOKUP.tenants` may have no row for it"]);
}

#[test]
fn a_key_found_twice_is_told_by_its_lines_and_columns() {
    let said = checked("tenant_id,shard\n1,a\n7,secret\n\n7,b\n", TENANTS_TOML, RULE);
    assert_says(&said, &["2 ", "R3045", "lookup `tenants` has one key (`tenant_id`) twice: lines 3 and 5 of `tenants.csv`"]);
    assert!(!said.contains("secret"), "{said}");
    // What is one key depends on the comparison.
    let toml = "[lookup.tenants]\nfile = 'tenants.csv'\ncolumns = { tenant_id = \"varchar(9)\", shard = \"varchar(9)\" }\n";
    let rule = RULE.replace("t.tenant_id", "t.code");
    assert_says(&checked("tenant_id,shard\nA,1\na,2\n", toml, &rule), &["R3045", "lines 2 and 3"]);
    let binary = rule.replace("t.code", "t.code COLLATE utf8mb4_bin");
    assert!(checked("tenant_id,shard\nA,1\na,2\n", toml, &binary).starts_with("0 "));
}

#[test]
fn a_lookup_that_is_not_there_is_told_by_name() {
    assert_says(&checked(TENANTS, "", RULE), &["2 ", "R1022", "no lookup `tenants` is configured", "[lookup.tenants]", "--config"]);
    let near = RULE.replace("LOOKUP.tenants", "LOOKUP.tenant");
    assert_says(&checked(TENANTS, TENANTS_TOML, &near), &["R1022", "no lookup `tenant` is configured"]);
    let missing = TENANTS_TOML.replace("tenants.csv", "other.csv");
    assert_says(&checked(TENANTS, &missing, RULE), &["2 ", "lookup `tenants`: cannot read `other.csv`"]);
}

#[test]
fn a_condition_that_is_no_key_is_refused() {
    let says = |condition: &str, parts: &[&str]| {
        let rule = RULE.replace("r.tenant_id = t.tenant_id", condition);
        assert_says(&checked(TENANTS, TENANTS_TOML, &rule), parts);
    };
    let no_equality = ["2 ", "R2023", "`ON` compares columns of `r` by `=` with expressions of the row"];
    for condition in
        ["r.tenant_id > t.tenant_id", "r.tenant_id <=> t.id", "r.tenant_id = 1 OR r.tenant_id = 2", "t.id = 1", "r.tenant_id = r.tenant_id"]
    {
        says(condition, &no_equality);
    }
    says("r.tenant_id = t.code", &["2 ", "R2023", "is looked up by", "CAST"]);
    says("r.tenantid = t.id", &["2 ", "R1001", "`tenantid` is not a column of"]);
    says("r.tenant_id = before.id", &["2 ", "R1020"]);
    let rule = RULE.replace("ROUTE TO", "WHEN r.shard = 'x' ROUTE TO");
    assert_says(&checked(TENANTS, TENANTS_TOML, &rule), &["2 ", "R1021", "`r` belongs to a row, and `WHEN` is asked of a change"]);
    let rule = RULE.replace("AS r ON r.", "AS t ON t.");
    assert_says(&checked(TENANTS, TENANTS_TOML, &rule), &["2 ", "R1014", "`t` names something else already"]);
}

#[test]
fn what_is_wrong_in_a_file_is_told_with_its_line_and_without_its_value() {
    let line = |csv: &str| checked(csv, TENANTS_TOML, RULE);
    assert_says(&line("tenant_id,shard\n1,a\nxyz,b\n"), &["2 ", "lookup `tenants`: `tenants.csv`, line 3: `tenant_id` is no integer"]);
    assert!(!line("tenant_id,shard\n1,a\nxyz,b\n").contains("xyz"));
    assert_says(&line("tenant_id,shard\n1,a,c\n"), &["line 2: has 3 fields, and the header has 2"]);
    assert_says(&line("tenant,shard\n1,a\n"), &["column `tenant_id` is declared, and the header of `tenants.csv` has `tenant`, `shard`"]);
    assert_says(&line("tenant_id,tenant_id,shard\n1,2,a\n"), &["column `tenant_id` stands twice in the header"]);
    let long = format!("tenant_id,shard\n1,{}\n", "x".repeat(33));
    assert_says(&line(&long), &["line 2: `shard` is longer than its type allows"]);
}

#[test]
fn a_lookup_has_a_limit_that_its_section_sets() {
    let limited = |key: &str| checked(TENANTS, &format!("{TENANTS_TOML}{key}\n"), RULE);
    assert_says(&limited("max_rows = 2"), &["2 ", "lookup `tenants` has more than 2 rows", "`max_rows`"]);
    assert_says(&limited("max_bytes = 10"), &["2 ", "lookup `tenants` has more than 10 bytes", "`max_bytes`"]);
    assert!(limited("max_rows = 3").starts_with("0 "));
}

#[test]
fn an_image_that_lacks_the_key_of_a_lookup_is_named() {
    let mut source = Source::new(CROSSED[0].0, "lookup_minimal", "CREATE TABLE t (id INT PRIMARY KEY, tenant_id BIGINT UNSIGNED, v INT);");
    source.run("INSERT INTO t VALUES (1, 1, 1); SET SESSION binlog_row_image = 'MINIMAL'; UPDATE t SET v = 2;");
    let rule = RULE.replace("s.t", &format!("{}.t", source.schema));
    let case = Case::new(&[("tenants.csv", TENANTS), ("rowgate.toml", TENANTS_TOML), ("rules.sql", &rule)]);
    let run = case.run("preview", &[], source.files());
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert!(run.stdout.contains("missing_column") && run.stdout.contains("`tenant_id`"), "{}", run.stdout);
}

#[test]
fn a_table_that_a_server_does_not_have_is_told() {
    let server = Server::shared(Kind::MariaDb1011).root_url();
    let toml = |table: &str| format!("[target.a]\nurl = '{server}'\n[lookup.tenants]\ntable = '{table}'\ntarget = 'a'\n");
    assert_says(
        &checked("", &toml("mysql.no_such_table"), RULE),
        &["2 ", "lookup `tenants`: there is no table `mysql.no_such_table` on `a`"],
    );
}
