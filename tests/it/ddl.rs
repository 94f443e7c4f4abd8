//! DDL against real servers: after each statement of the corpus, the history says what information_schema says.

use std::{collections::BTreeMap, fmt::Write, fs, path::Path};

use rowgate::schema::{
    Column, ColumnType, DdlEffect, Flavor, SchemaHistory, ServerVersion, StatementContext, TableName, TableSchema, read_schema_file,
};

use crate::server::{Kind, Server};

/// Each table of a schema as lines that both sides can give.
type Tables = BTreeMap<String, Vec<String>>;

/// A statement of the corpus.
pub(crate) struct Statement {
    /// The file and line of its start.
    pub(crate) place: String,
    pub(crate) sql: String,
}

#[test]
fn every_statement_of_the_corpus_leaves_what_mariadb_says() {
    follow_corpus(Kind::MariaDb1011);
}

#[test]
fn every_statement_of_the_corpus_leaves_what_mysql_9_says() {
    follow_corpus(Kind::MySql97);
}

#[test]
fn every_statement_of_the_corpus_leaves_what_mysql_5_says() {
    follow_corpus(Kind::MySql56);
}

#[test]
fn a_table_made_from_its_definition_has_that_definition() {
    for kind in [Kind::MariaDb1011, Kind::MySql97] {
        let server = Server::shared(kind);
        for (file, statements) in corpus(kind) {
            let schema = server.new_schema("ddl_again");
            let (history, _) = follow(kind, &schema, &statements);
            let made = server.new_schema("ddl_made");
            let tables: Vec<TableSchema> = history.tables().map(|table| moved(table, &made)).filter(|table| !is_sequence(table)).collect();
            let mut script = session(kind);
            for table in &tables {
                let _ = writeln!(script, "{};", table.create_statement(flavor(kind), true));
            }
            server.run(&script);
            let found = server_tables(server, &made);
            for table in &tables {
                let expected = without_partial_keys(&our_table(table));
                let shown = found.get(&table.name.table).map(|lines| without_partial_keys(lines));
                assert_eq!(shown.as_ref(), Some(&expected), "{file}: {} on {kind:?}", table.name);
            }
        }
    }
}

#[test]
fn a_definition_of_one_family_makes_a_table_on_the_other() {
    for (from, to) in [(Kind::MariaDb1011, Kind::MySql97), (Kind::MySql97, Kind::MariaDb1011), (Kind::MySql56, Kind::MariaDb1011)] {
        let server = Server::shared(to);
        for (_, statements) in corpus(from) {
            let (history, _) = follow(from, "s", &statements);
            let made = server.new_schema("ddl_other");
            let tables: Vec<TableSchema> = history.tables().map(|table| moved(table, &made)).filter(is_plain).collect();
            let mut script = session(to);
            for table in &tables {
                let _ = writeln!(script, "{};", table.create_statement(flavor(to), false));
            }
            server.run(&script);
            let found = server_tables(server, &made);
            for table in tables {
                assert_eq!(found.get(&table.name.table).map(|lines| names(lines)), Some(names(&our_table(&table))), "{}", table.name);
            }
        }
    }
}

#[test]
fn a_dump_by_the_servers_own_tool_is_read() {
    let server = Server::shared(Kind::MariaDb1011);
    for (file, statements) in corpus(Kind::MariaDb1011) {
        let schema = server.new_schema("ddl_dump");
        server.run(&script(Kind::MariaDb1011, &schema, &statements, |_| String::new()));
        let mut dump = format!("CREATE DATABASE {schema}; USE {schema};\n");
        for table in server_tables(server, &schema).keys() {
            let name = table.replace('`', "``");
            let shown = server.query_text(&format!("SHOW CREATE TABLE `{schema}`.`{name}`"));
            let text = shown.first().and_then(|row| row.get(1)).and_then(Clone::clone).expect("SHOW CREATE TABLE gives its text");
            let _ = writeln!(dump, "{text};");
        }
        let (history, problems) = read_schema_file(&dump, version(Kind::MariaDb1011));
        assert!(problems.is_empty(), "{file}: {problems:#?}");
        assert_eq!(our_tables(&history, &schema), server_tables(server, &schema), "{file}");
    }
}

#[test]
fn damaged_statements_give_an_error_or_an_effect_and_never_a_panic() {
    let statements: Vec<Statement> = Kind::ALL.into_iter().flat_map(corpus).flat_map(|(_, statements)| statements).collect();
    let texts: Vec<&str> = statements.iter().map(|statement| statement.sql.as_str()).collect();
    let context = StatementContext::new(ServerVersion::MARIADB_10_11).with_schema("s");
    let mut history = SchemaHistory::new();
    let mut errors = 0;
    for (index, text) in texts.iter().enumerate() {
        let other = texts[(index * 7 + 3) % texts.len()];
        for (cut, _) in text.char_indices().step_by(3) {
            let tail = other.char_indices().nth(cut).map_or("", |(at, _)| &other[at..]);
            let dropped = text[cut..].char_indices().nth(1).map_or("", |(at, _)| &text[cut + at..]);
            for damaged in [text[..cut].to_owned(), format!("{}{tail}", &text[..cut]), format!("{}{dropped}", &text[..cut])] {
                match history.apply(&context, &damaged) {
                    Ok(_) => {}
                    Err(error) => {
                        assert!(error.span().end <= damaged.len() && damaged.is_char_boundary(error.span().start), "{error}: {damaged}");
                        errors += 1;
                    }
                }
            }
        }
    }
    assert!(errors > 10_000, "{errors} of the damaged statements were refused");
}

/// Runs each file of the corpus and compares after each statement the tables that the history says it touched, and all in the end.
fn follow_corpus(kind: Kind) {
    let server = Server::shared(kind);
    let (mut statements_seen, mut problems) = (0, Vec::new());
    for (file, statements) in corpus(kind) {
        let schema = server.new_schema("ddl");
        let (last, states) = follow(kind, &schema, &statements);
        let touched: Vec<Vec<String>> = states.iter().map(|(touched, _)| touched.clone()).collect();
        let answers = script(kind, &schema, &statements, |index| touched_query(&schema, index, &touched[index]));
        let found = answers_by_statement(server, &answers);
        for (index, (touched, ours)) in states.iter().enumerate() {
            let theirs = found.get(&index).cloned().unwrap_or_default();
            let ours: Tables = ours.iter().filter(|(table, _)| touched.contains(table)).map(|(k, v)| (k.clone(), v.clone())).collect();
            if ours != theirs {
                let Statement { place, sql } = &statements[index];
                problems.push(format!("{place} on {kind:?}: {sql}\n  ours   {ours:?}\n  theirs {theirs:?}"));
            }
        }
        if our_tables(&last, &schema) != server_tables(server, &schema) {
            problems.push(format!("at the end of {file} on {kind:?}"));
        }
        statements_seen += statements.len();
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert!(statements_seen > 100, "{kind:?} ran {statements_seen} statements of the corpus");
}

/// The tables that each statement touches, and all tables after it.
type States = Vec<(Vec<String>, Tables)>;

fn follow(kind: Kind, schema: &str, statements: &[Statement]) -> (SchemaHistory, States) {
    let mut history = SchemaHistory::new();
    let context = StatementContext::new(version(kind)).with_schema(schema);
    history.apply(&context, &format!("CREATE DATABASE `{schema}` DEFAULT CHARACTER SET utf8mb4")).expect("the statement is understood");
    let mut problems = Vec::new();
    let states = statements.iter().map(|statement| {
        let effects = history.apply(&context, &statement.sql);
        let effects = effects.unwrap_or_else(|error| {
            problems.push(format!("{} on {kind:?}: {error}: {}", statement.place, statement.sql));
            Vec::new()
        });
        // MySQL writes CREATE … SELECT into its binlog with the columns; here only the server knows them.
        for effect in &effects {
            if let DdlEffect::CreatedUnknown(table) = effect {
                assert_eq!(table.table, "from_query");
                history.apply(&context, "CREATE TABLE from_query (a INT NOT NULL)").expect("the statement is understood");
            }
        }
        let touched = effects.iter().flat_map(touched).map(|table| table.table.clone()).collect();
        (touched, our_tables(&history, schema))
    });
    let states = states.collect();
    assert!(problems.is_empty(), "{problems:#?}");
    (history, states)
}

fn touched(effect: &DdlEffect) -> Vec<&TableName> {
    match effect {
        DdlEffect::Renamed { from, to } => vec![from, to],
        other => other.table().into_iter().collect(),
    }
}

fn our_tables(history: &SchemaHistory, schema: &str) -> Tables {
    let here = history.tables().filter(|table| table.name.schema == schema);
    here.map(|table| (table.name.table.clone(), our_table(table))).collect()
}

/// Columns, then keys, as information_schema would list them; hidden columns are not in it.
fn our_table(table: &TableSchema) -> Vec<String> {
    let implicit = |column: &Column| column.is_row_time() && matches!(column.name.as_str(), "row_start" | "row_end");
    let columns = table.columns.iter().filter(|column| !column.is_hash() && !implicit(column));
    let mut lines: Vec<String> = columns.map(our_column).collect();
    let name = |&column: &usize| table.columns[column].name.clone();
    let mut keys: Vec<String> = table.unique_keys.iter().map(|key| key_line(&key.name, key.partial, &key.columns, name)).collect();
    if !table.primary_key.is_empty() {
        keys.push(key_line("PRIMARY", false, &table.primary_key, name));
    }
    keys.sort();
    lines.extend(keys);
    lines
}

fn key_line(name: &str, partial: bool, columns: &[usize], column_name: impl Fn(&usize) -> String) -> String {
    let columns: Vec<String> = columns.iter().map(column_name).collect();
    format!("key {name} ({}){}", columns.join(","), if partial { " partial" } else { "" })
}

fn our_column(column: &Column) -> String {
    let quoted = |labels: &[String]| {
        labels.iter().map(|label| format!("'{}'", label.replace('\\', "\\\\").replace('\'', "''"))).collect::<Vec<_>>().join(",")
    };
    let unsigned = |unsigned: &bool| if *unsigned { " unsigned" } else { "" };
    let ty = match &column.ty {
        ColumnType::Integer { width, unsigned: sign } => format!("{}{}", width.name(), unsigned(sign)),
        ColumnType::Decimal { precision, scale, unsigned: sign } => format!("decimal({precision},{scale}){}", unsigned(sign)),
        ColumnType::Float => "float".into(),
        ColumnType::Double => "double".into(),
        ColumnType::Bit { width } => format!("bit({width})"),
        ColumnType::Year => "year".into(),
        ColumnType::Date => "date".into(),
        ColumnType::Time { fsp } => format!("time({fsp})"),
        ColumnType::DateTime { fsp } => format!("datetime({fsp})"),
        ColumnType::Timestamp { fsp } => format!("timestamp({fsp})"),
        ColumnType::Char { length, collation } => format!("char({length}) {collation}"),
        ColumnType::Varchar { length, collation } => format!("varchar({length}) {collation}"),
        ColumnType::Text { width, collation } => format!("{}text {collation}", width.prefix()),
        ColumnType::Binary { length } => format!("binary({length})"),
        ColumnType::Varbinary { length } => format!("varbinary({length})"),
        ColumnType::Blob { width } => format!("{}blob", width.prefix()),
        ColumnType::Enum { labels, collation } => format!("enum({}) {collation}", quoted(labels)),
        ColumnType::Set { labels, collation } => format!("set({}) {collation}", quoted(labels)),
        ColumnType::Json => "json".into(),
        ColumnType::Geometry => "geometry".into(),
        ColumnType::Vector { dimension } => format!("vector({dimension})"),
        ColumnType::Uuid => "uuid".into(),
        ColumnType::Inet4 => "inet4".into(),
        ColumnType::Inet6 => "inet6".into(),
    };
    column_line(&column.name, &ty, column.nullable, column.generated)
}

fn column_line(name: &str, ty: &str, nullable: bool, generated: bool) -> String {
    format!("{name} {ty}{}{}", if nullable { "" } else { " NOT NULL" }, if generated { " GENERATED" } else { "" })
}

fn server_tables(server: &Server, schema: &str) -> Tables {
    let query = columns_query(0, &format!("table_schema = '{schema}'")) + &keys_query(0, &format!("table_schema = '{schema}'"));
    answers_by_statement(server, &query).remove(&0).unwrap_or_default()
}

fn touched_query(schema: &str, statement: usize, tables: &[String]) -> String {
    if tables.is_empty() {
        return String::new();
    }
    let names: Vec<String> = tables.iter().map(|table| format!("'{}'", table.replace('\'', "''"))).collect();
    let condition = format!("table_schema = '{schema}' AND table_name IN ({})", names.join(","));
    columns_query(statement, &condition) + &keys_query(statement, &condition)
}

fn columns_query(statement: usize, condition: &str) -> String {
    format!(
        "SELECT 'column', {statement}, table_name, column_name, data_type, column_type, character_maximum_length, numeric_precision, \
         numeric_scale, datetime_precision, collation_name, is_nullable, extra FROM information_schema.columns \
         WHERE {condition} ORDER BY table_name, ordinal_position;\n"
    )
}

fn keys_query(statement: usize, condition: &str) -> String {
    format!(
        "SELECT 'key', {statement}, table_name, index_name, column_name, sub_part FROM information_schema.statistics \
         WHERE non_unique = 0 AND {condition} ORDER BY table_name, index_name, seq_in_index;\n"
    )
}

/// The tables that each numbered pair of queries found.
fn answers_by_statement(server: &Server, script: &str) -> BTreeMap<usize, Tables> {
    let mut answers: BTreeMap<usize, Tables> = BTreeMap::new();
    let mut keys: BTreeMap<(usize, String, String), (Vec<String>, bool)> = BTreeMap::new();
    for row in server.query_text(script) {
        let field = |index: usize| row.get(index).and_then(Clone::clone).unwrap_or_default();
        if !matches!(field(0).as_str(), "column" | "key") {
            // ANALYZE PARTITION answers too.
            continue;
        }
        let statement = field(1).parse().expect("the statement's number was asked for");
        let columns = answers.entry(statement).or_default().entry(field(2)).or_default();
        if field(0) == "column" {
            columns.push(server_column(&field));
        } else {
            let (parts, partial) = keys.entry((statement, field(2), field(3))).or_default();
            *partial |= !field(5).is_empty() || field(4).is_empty();
            parts.extend(Some(field(4)).filter(|name| !name.is_empty()));
        }
    }
    let mut lines: BTreeMap<(usize, String), Vec<String>> = BTreeMap::new();
    for ((statement, table, name), (parts, partial)) in keys {
        // Parts that only a prefix of the primary key covers identify a row all the same.
        let line = format!("key {name} ({}){}", parts.join(","), if partial && name != "PRIMARY" { " partial" } else { "" });
        lines.entry((statement, table)).or_default().push(line);
    }
    for ((statement, table), mut keys) in lines {
        keys.sort();
        answers.entry(statement).or_default().entry(table).or_default().extend(keys);
    }
    answers
}

fn server_column(field: &dyn Fn(usize) -> String) -> String {
    let (data_type, column_type) = (field(4), field(5));
    let unsigned = if column_type.contains("unsigned") { " unsigned" } else { "" };
    let length = |name: &str| format!("{name}({})", field(6));
    let fsp = |name: &str| format!("{name}({})", if field(9).is_empty() { "0".to_owned() } else { field(9) });
    let collation = field(10).replace("utf8_", "utf8mb3_");
    let ty = match data_type.as_str() {
        "tinyint" | "smallint" | "mediumint" | "int" | "bigint" => format!("{data_type}{unsigned}"),
        "decimal" => format!("decimal({},{}){unsigned}", field(7), field(8)),
        "bit" => format!("bit({})", field(7)),
        "time" | "datetime" | "timestamp" => fsp(&data_type),
        "char" | "varchar" => format!("{} {collation}", length(&data_type)),
        "tinytext" | "text" | "mediumtext" | "longtext" => format!("{data_type} {collation}"),
        "binary" | "varbinary" => length(&data_type),
        // `column_type` says `char(0)`'s bytes; labels are as SHOW CREATE TABLE prints them.
        "enum" | "set" => format!("{column_type} {}", if collation.is_empty() { "binary".to_owned() } else { collation }),
        "point" | "linestring" | "polygon" | "multipoint" | "multilinestring" | "multipolygon" | "geometrycollection"
        | "geomcollection" => "geometry".to_owned(),
        "vector" => column_type,
        other => other.to_owned(),
    };
    let extra = field(12).to_uppercase();
    let generated = extra.contains("VIRTUAL GENERATED") || extra.contains("STORED GENERATED") || extra.contains("INVISIBLE, ROW");
    column_line(&field(3), &ty, field(11) == "YES", generated)
}

/// The statements, each with a question behind it.
pub(crate) fn script(kind: Kind, schema: &str, statements: &[Statement], query: impl Fn(usize) -> String) -> String {
    let mut script = format!("{}USE `{schema}`;\n", session(kind));
    for (index, statement) in statements.iter().enumerate() {
        let _ = writeln!(script, "{}\n;\n{}", statement.sql, query(index));
    }
    script
}

/// What the corpus needs of its session.
fn session(kind: Kind) -> String {
    match kind {
        Kind::MariaDb1011 | Kind::MySql56 => "SET NAMES utf8mb4;\n".to_owned(),
        Kind::MySql97 => "SET NAMES utf8mb4; SET sql_require_primary_key = 0;\n".to_owned(),
    }
}

/// The files of the corpus, each with the statements that this server knows.
pub(crate) fn corpus(kind: Kind) -> Vec<(String, Vec<Statement>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus/ddl");
    let mut paths: Vec<_> = fs::read_dir(&folder)
        .expect("the corpus is there")
        .map(|entry| entry.expect("the corpus can be listed").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "sql"))
        .collect();
    paths.sort();
    let file = |path: &std::path::PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).expect("names in the corpus are UTF-8").to_owned();
        let text = fs::read_to_string(path).expect("the corpus is readable text");
        let statements = statements(&name, &text, kind);
        (name, statements)
    };
    paths.iter().map(file).collect()
}

/// `-- only: a b` and `-- not: a b` hold for the lines below, or inside a statement for it alone; a line that ends in `;` ends a
/// statement.
fn statements(file: &str, text: &str, kind: Kind) -> Vec<Statement> {
    let name = match kind {
        Kind::MariaDb1011 => "mariadb",
        Kind::MySql97 => "mysql97",
        Kind::MySql56 => "mysql56",
    };
    let suits = |line: &str| match (line.split_once("-- only:"), line.split_once("-- not:")) {
        (Some((_, servers)), _) => Some(servers.contains(name)),
        (_, Some((_, servers))) => Some(!servers.contains(name)),
        (None, None) => None,
    };
    let (mut statements, mut open, mut section, mut own) = (Vec::new(), String::new(), true, true);
    let mut start = 0;
    for (number, line) in text.lines().enumerate() {
        if open.is_empty() && line.starts_with("--") {
            section = suits(line).unwrap_or(section);
            continue;
        }
        if open.is_empty() {
            start = number + 1;
        }
        own &= suits(line).unwrap_or(true);
        let _ = writeln!(open, "{line}");
        if line.trim_end().ends_with(';') {
            let sql = open.trim_end().trim_end_matches(';').to_owned();
            if section && own {
                statements.push(Statement { place: format!("{file}:{start}"), sql });
            }
            open.clear();
            own = true;
        }
    }
    assert!(open.trim().is_empty(), "{file} ends inside a statement: {open}");
    statements
}

pub(crate) fn version(kind: Kind) -> ServerVersion {
    match kind {
        Kind::MariaDb1011 => ServerVersion::MARIADB_10_11,
        Kind::MySql97 => ServerVersion::MYSQL_9_7,
        Kind::MySql56 => ServerVersion::MYSQL_5_6,
    }
}

fn flavor(kind: Kind) -> Flavor {
    version(kind).flavor
}

fn moved(table: &TableSchema, schema: &str) -> TableSchema {
    TableSchema { name: TableName::new(schema, table.name.table.clone()), ..table.clone() }
}

/// CREATE SEQUENCE makes it, not CREATE TABLE.
fn is_sequence(table: &TableSchema) -> bool {
    table.name.table == "counter"
}

/// Without expressions, which mean something to one family only.
fn is_plain(table: &TableSchema) -> bool {
    !is_sequence(table) && !table.columns.iter().any(|column| column.generated)
}

fn without_partial_keys(lines: &[String]) -> Vec<String> {
    let row_time = |line: &str| line.ends_with("timestamp(6) NOT NULL GENERATED");
    lines.iter().filter(|line| !line.ends_with(" partial") && !row_time(line)).cloned().collect()
}

/// The first word of each column's line.
fn names(lines: &[String]) -> Vec<String> {
    let columns = lines.iter().filter(|line| !line.starts_with("key "));
    columns.map(|line| line.split(' ').next().unwrap_or_default().to_owned()).collect()
}
