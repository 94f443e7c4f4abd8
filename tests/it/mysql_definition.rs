//! Definitions of target tables as real servers give them.

use rowgate::{
    fault::FaultClass,
    mysql::{Cascade, ColumnTraits, Connection, Endpoint, IndexPart, MysqlError, Session, TargetDefinition, UniqueIndex},
    schema::{Flavor, TableName},
};

use crate::server::{Kind, Server};

const TARGETS: [Kind; 2] = [Kind::MariaDb1011, Kind::MySql97];

fn run(work: impl AsyncFn(&'static Server, Connection, String)) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime starts");
    for kind in TARGETS {
        let server = Server::shared(kind);
        let endpoint = Endpoint::parse(&server.root_url()).expect("the address is sound");
        runtime.block_on(async {
            let connection = Connection::open(&endpoint, Session::Plain).await.expect("root has no password");
            work(server, connection, server.new_schema("definition")).await;
        });
    }
}

async fn read(connection: &mut Connection, schema: &str, table: &str) -> TargetDefinition {
    let found = TargetDefinition::read(connection, &TableName::new(schema, table)).await;
    found.expect("the definition is understood").expect("the table is there")
}

fn part(column: usize) -> IndexPart {
    IndexPart { column: Some(column), prefix_chars: None, descending: false }
}

#[test]
fn keys_are_read_with_their_prefixes_and_order() {
    run(async |server, mut connection, schema| {
        server.run(&format!(
            "CREATE TABLE {schema}.keyed (b INT, a BIGINT UNSIGNED, `na``me` VARCHAR(100), t TEXT NOT NULL, z BLOB, n INT,
             PRIMARY KEY (a, b), UNIQUE KEY z_name (`na``me`(3) DESC, b), UNIQUE KEY a_text (t(7)), UNIQUE KEY m_blob (z(5)), KEY plain (n))"
        ));
        let definition = read(&mut connection, &schema, "keyed").await;
        let names: Vec<_> = definition.unique_indexes.iter().map(|index| index.name.as_str()).collect();
        assert_eq!(names, ["PRIMARY", "a_text", "m_blob", "z_name"]);
        assert_eq!(definition.primary_index().map(|index| index.parts.as_slice()), Some([part(1), part(0)].as_slice()));
        let prefix = |column, chars| IndexPart { prefix_chars: Some(chars), ..part(column) };
        assert_eq!(definition.unique_indexes[1].parts, [prefix(3, 7)]);
        assert_eq!(definition.unique_indexes[2].parts, [prefix(4, 5)]);
        assert_eq!(definition.unique_indexes[3].parts, [IndexPart { descending: true, ..prefix(2, 3) }, part(0)]);
        assert_eq!(definition.table.columns[2].name, "na`me");
        assert_eq!((definition.engine.as_str(), definition.transactional), ("InnoDB", true));
        assert_eq!(definition.table.primary_key, [1, 0]);
        assert_eq!(definition.triggers, Some(Vec::new()));
        assert!(definition.cascades.is_empty() && !definition.system_versioned);
    });
}

#[test]
fn what_the_server_does_by_itself_is_seen() {
    run(async |server, mut connection, schema| {
        server.run(&format!(
            "USE {schema};
             CREATE TABLE busy (id BIGINT AUTO_INCREMENT PRIMARY KEY, i INT DEFAULT 1 INVISIBLE, s INT AS (i + 1) STORED, v INT AS (i + 2) VIRTUAL, j JSON);
             CREATE TABLE child (id INT PRIMARY KEY, p BIGINT, CONSTRAINT follows FOREIGN KEY (p) REFERENCES busy (id) ON DELETE SET NULL);
             CREATE TABLE other (id INT PRIMARY KEY, p BIGINT, CONSTRAINT stays FOREIGN KEY (p) REFERENCES busy (id));
             CREATE TRIGGER first BEFORE INSERT ON busy FOR EACH ROW SET NEW.i = 3;
             CREATE TABLE old (a INT) ENGINE=MyISAM"
        ));
        let busy = read(&mut connection, &schema, "busy").await;
        let generated: Vec<bool> = busy.table.columns.iter().map(|column| column.generated).collect();
        assert_eq!(generated, [false, false, true, true, false]);
        let mut traits = vec![ColumnTraits::default(); 5];
        traits[0].auto_increment = true;
        traits[1].invisible = true;
        assert_eq!(busy.traits, traits);
        assert_eq!(busy.triggers, Some(vec!["first".to_owned()]));
        assert_eq!(busy.cascades, [Cascade { name: "follows".into(), child: TableName::new(&*schema, "child") }]);
        let old = read(&mut connection, &schema, "old").await;
        assert_eq!((old.engine.as_str(), old.transactional), ("MyISAM", false));
        assert!(old.unique_indexes.is_empty());
    });
}

#[test]
fn what_only_one_family_has_is_seen() {
    run(async |server, mut connection, schema| {
        if connection.version().flavor == Flavor::MySql {
            server.run(&format!(
                "CREATE TABLE {schema}.lower_names (a INT, b VARCHAR(10), UNIQUE KEY f ((lower(b)), a));
                 SET sql_generate_invisible_primary_key = ON; CREATE TABLE {schema}.keyless (a INT)"
            ));
            let lower_names = read(&mut connection, &schema, "lower_names").await;
            let parts = vec![IndexPart { column: None, prefix_chars: None, descending: false }, part(0)];
            assert_eq!(lower_names.unique_indexes, [UniqueIndex { name: "f".into(), primary: false, parts }]);
            let keyless = read(&mut connection, &schema, "keyless").await;
            assert_eq!(keyless.table.columns[0].name, "my_row_id");
            assert_eq!(keyless.traits[0], ColumnTraits { invisible: true, auto_increment: true });
        } else {
            server.run(&format!(
                "CREATE TABLE {schema}.versioned (a INT PRIMARY KEY) WITH SYSTEM VERSIONING;
                 CREATE TABLE {schema}.long_key (a INT, b TEXT, UNIQUE KEY h (b));
                 CREATE TABLE {schema}.dialect (u UUID PRIMARY KEY, i INET6, c CHAR(3) CHARACTER SET gbk CHECK (c <> ''), p POINT NOT NULL,
                   SPATIAL KEY (p), d DECIMAL(65,30) DEFAULT 1.5) ENGINE=InnoDB; CREATE SEQUENCE {schema}.numbers"
            ));
            assert!(read(&mut connection, &schema, "versioned").await.system_versioned);
            let long_key = read(&mut connection, &schema, "long_key").await;
            assert_eq!(long_key.unique_indexes[0].parts, [part(1)]);
            assert_eq!(read(&mut connection, &schema, "dialect").await.table.columns.len(), 5);
            let numbers = TargetDefinition::read(&mut connection, &TableName::new(&*schema, "numbers")).await;
            assert!(matches!(numbers, Err(MysqlError::NoTable { kind, .. }) if kind == "sequence"));
        }
    });
}

#[test]
fn missing_tables_are_missing_and_views_are_refused() {
    run(async |server, mut connection, schema| {
        server.run(&format!(
            "CREATE TABLE {schema}.There (a INT PRIMARY KEY) PARTITION BY HASH (a) PARTITIONS 2; CREATE VIEW {schema}.seen AS SELECT 1 AS a"
        ));
        let names = ["gone", "There", "there"].map(|table| TableName::new(&*schema, table));
        let elsewhere = TableName::new("no such schema", "There");
        let all: Vec<TableName> = names.into_iter().chain([elsewhere]).collect();
        let found = TargetDefinition::read_all(&mut connection, &all).await.expect("there is no view among them");
        let found: Vec<bool> = found.iter().map(Option::is_some).collect();
        assert_eq!(found, [false, true, false, false]);
        let view = TargetDefinition::read(&mut connection, &TableName::new(&*schema, "seen")).await.expect_err("it is a view");
        assert!(view.to_string().ends_with("is no table but a view"), "{view}");
        assert_eq!(view.class(), FaultClass::Definite);
    });
}

#[test]
fn a_user_who_may_not_see_triggers_is_told_apart_from_a_table_without() {
    run(async |server, mut connection, schema| {
        server.run(&format!(
            "CREATE TABLE {schema}.t (a INT); CREATE TRIGGER {schema}.x BEFORE INSERT ON {schema}.t FOR EACH ROW SET NEW.a = 1;
             CREATE USER {schema}@'%' IDENTIFIED BY 'x'; GRANT SELECT, INSERT, UPDATE, DELETE ON {schema}.* TO {schema}@'%'"
        ));
        let url = format!("mysql://{schema}:x@127.0.0.1:{}", server.port());
        let endpoint = Endpoint::parse(&url).expect("the address is sound");
        let mut small = Connection::open(&endpoint, Session::Loading).await.expect("no setting needs a privilege");
        let hidden = connection.version().flavor == Flavor::MySql;
        assert_eq!(read(&mut small, &schema, "t").await.triggers, if hidden { None } else { Some(vec!["x".to_owned()]) });
        assert_eq!(read(&mut connection, &schema, "t").await.triggers, Some(vec!["x".to_owned()]));
        server.run(&format!("GRANT TRIGGER ON {schema}.* TO {schema}@'%'"));
        let mut small = Connection::open(&endpoint, Session::Loading).await.expect("the user is known");
        assert_eq!(read(&mut small, &schema, "t").await.triggers, Some(vec!["x".to_owned()]));
    });
}
