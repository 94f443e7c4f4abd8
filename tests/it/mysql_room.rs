//! The room `mysql` against real servers: sessions, statements as bytes, answers, errors.

use std::{future::Future, time::Duration};

use rowgate::{
    fault::FaultClass,
    mysql::{Connection, Endpoint, MysqlError, Password, Session},
    schema::Flavor,
};

use crate::server::{Kind, Server};

const TARGETS: [Kind; 2] = [Kind::MariaDb1011, Kind::MySql97];

/// An address of a server of the tests, with options.
fn address(server: &Server, user: &str, options: &str) -> Endpoint {
    Endpoint::parse(&format!("mysql://{user}@127.0.0.1:{}{options}", server.port())).expect("the address is sound")
}

async fn open(server: &Server, session: Session) -> Connection {
    let endpoint = Endpoint::parse(&server.root_url()).expect("the address is sound");
    Connection::open(&endpoint, session).await.expect("root has no password")
}

fn run<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime starts").block_on(future)
}

/// An error and its causes, as a user reads them.
fn words(error: &MysqlError) -> String {
    let cause = std::error::Error::source(error).map(|cause| format!(": {cause}"));
    format!("{error}{}", cause.unwrap_or_default())
}

#[test]
fn users_of_both_servers_log_in_with_and_without_tls() {
    run(async {
        for kind in TARGETS {
            let server = Server::shared(kind);
            server.run("CREATE USER room_login@'%' IDENTIFIED BY 'p@ss wörd'; GRANT SELECT ON *.* TO room_login@'%'");
            // A wrong password first: MySQL has no cached hash yet, so the password itself travels, in RSA or TLS.
            for tls in ["", "?tls=off", "?tls=prefer", "?tls=require"] {
                if kind == Kind::MariaDb1011 && tls == "?tls=require" {
                    continue;
                }
                let mut endpoint = address(server, "room_login", tls);
                endpoint.password = Some(Password::new("wrong"));
                let error = Connection::open(&endpoint, Session::Plain).await.expect_err("the password is wrong");
                assert_eq!((error.class(), error.code()), (FaultClass::Definite, Some(1045)), "{tls} {error:?}");
                assert!(words(&error).contains("refuses the connection: Access denied for user 'room_login'@"), "{}", words(&error));
                endpoint.password = Some(Password::new("p@ss wörd"));
                let mut connection = Connection::open(&endpoint, Session::Loading).await.expect("the password is right");
                let cipher = connection.rows("SHOW STATUS LIKE 'Ssl_cipher'").await.expect("it is a query")[0].text(1).map(str::to_owned);
                let encrypted = cipher.is_some_and(|cipher| !cipher.is_empty());
                assert_eq!(encrypted, kind == Kind::MySql97 && matches!(tls, "?tls=prefer" | "?tls=require"), "{kind:?} {tls}");
                assert_eq!(connection.version().flavor, if kind == Kind::MySql97 { Flavor::MySql } else { Flavor::MariaDb });
                connection.close().await;
            }
        }
    });
}

#[test]
fn a_server_without_tls_and_one_with_an_unknown_certificate_are_told_apart() {
    run(async {
        let without = Connection::open(&address(Server::shared(Kind::MariaDb1011), "root", "?tls=require"), Session::Plain).await;
        let error = without.expect_err("the server has no certificate");
        assert_eq!(error.class(), FaultClass::Definite);
        assert!(words(&error).contains("SSL"), "{}", words(&error));
        let server = Server::shared(Kind::MySql97);
        server.run("CREATE USER room_tls@'%'");
        let unknown = Connection::open(&address(server, "room_tls", "?tls=verify"), Session::Plain).await;
        let error = unknown.expect_err("the server signed its own certificate");
        assert_eq!(error.class(), FaultClass::Definite);
        assert!(words(&error).contains("certificate"), "{}", words(&error));
    });
}

#[test]
fn a_server_that_is_away_or_goes_away_is_worth_another_attempt() {
    run(async {
        let nowhere = Endpoint::parse("mysql://root@127.0.0.1:1").expect("the address is sound");
        let error = Connection::open(&nowhere, Session::Plain).await.expect_err("nothing listens there");
        assert_eq!(error.class(), FaultClass::Transient);
        assert!(matches!(error, MysqlError::Connect { .. }));
        for kind in TARGETS {
            let server = Server::shared(kind);
            let mut victim = open(server, Session::Loading).await;
            server.run(&format!("KILL {}", victim.id()));
            let error = victim.execute("DO 1").await.expect_err("the session was killed");
            assert_eq!(error.class(), FaultClass::Transient, "{error:?}");
            assert!(victim.is_broken());
            let again = victim.execute("DO 1").await.expect_err("a broken session stays broken");
            assert!(matches!(again, MysqlError::Lost { .. }));
            assert_eq!(again.class(), FaultClass::Transient);
            victim.close().await;
        }
    });
}

#[test]
fn a_statement_without_an_answer_ends_at_its_limit() {
    run(async {
        let mut connection = open(Server::shared(Kind::MySql97), Session::Loading).await;
        connection.set_answer_limit(Duration::from_millis(200));
        let error = connection.execute("DO sleep(30)").await.expect_err("it takes 30 s");
        assert!(matches!(error, MysqlError::Silent { .. }) && connection.is_broken());
        assert_eq!(error.class(), FaultClass::Transient);
    });
}

#[test]
fn bytes_that_are_no_text_arrive_as_they_are() {
    run(async {
        for kind in TARGETS {
            let server = Server::shared(kind);
            let schema = server.new_schema("room_bytes");
            let mut connection = open(server, Session::Loading).await;
            let create = "(id INT PRIMARY KEY, g VARCHAR(9) CHARACTER SET gbk, b VARBINARY(9))";
            connection.execute(format!("CREATE TABLE {schema}.t {create}")).await.expect("the table is made");
            let mut insert = format!("INSERT INTO {schema}.t VALUES (1, _gbk 0xD6D0, 0xFF00), (2, _gbk '").into_bytes();
            insert.extend([0xd6, 0xd0]);
            insert.extend_from_slice(b"', _binary '");
            insert.extend([0xff, 0x80, 0x01]);
            insert.extend_from_slice(b"')");
            let executed = connection.execute(insert).await.expect("both rows fit");
            assert_eq!((executed.affected, executed.records, executed.warnings), (2, Some(2), 0), "{kind:?}");
            let rows = connection.rows(format!("SELECT HEX(g), b, NULL FROM {schema}.t ORDER BY id")).await.expect("it is a query");
            assert_eq!(rows[0].text(0), Some("D6D0"));
            assert_eq!(rows[1].0, [Some(b"D6D0".to_vec()), Some(vec![0xff, 0x80, 0x01]), None]);
        }
    });
}

#[test]
fn a_statement_longer_than_a_packet_of_the_protocol_arrives_whole() {
    const LONG: usize = 20 << 20;
    run(async {
        for kind in TARGETS {
            let server = Server::shared(kind);
            let schema = server.new_schema("room_long");
            let mut connection = open(server, Session::Loading).await;
            connection.execute(format!("CREATE TABLE {schema}.t (b LONGBLOB)")).await.expect("the table is made");
            let insert = format!("INSERT INTO {schema}.t VALUES ('{}')", "x".repeat(LONG));
            connection.execute(insert).await.expect("the server takes 256 MB");
            let rows = connection.rows(format!("SELECT b FROM {schema}.t")).await.expect("it is a query");
            assert_eq!(rows[0].0[0].as_deref().map(<[u8]>::len), Some(LONG));
            assert!(rows[0].0[0].as_deref().is_some_and(|bytes| bytes.iter().all(|&byte| byte == b'x')));
        }
    });
}

#[test]
fn the_longest_statement_is_sent_and_a_longer_one_is_not() {
    run(async {
        for kind in TARGETS {
            let server = Server::start(kind, &["--max-allowed-packet=18M"]);
            let mut connection = open(&server, Session::Loading).await;
            let longest = format!("DO '{}'", "x".repeat(connection.max_statement() - 5));
            connection.execute(&longest).await.expect("it just fits");
            let error = connection.execute(longest + " ").await.expect_err("it is a byte too long");
            assert!(matches!(error, MysqlError::TooLong { .. }) && !connection.is_broken());
            assert_eq!(error.class(), FaultClass::Definite);
        }
    });
}

#[test]
fn a_file_from_memory_is_loaded_where_the_server_allows_it() {
    run(async {
        let maria = Server::shared(Kind::MariaDb1011);
        let schema = maria.new_schema("room_load");
        let mut connection = open(maria, Session::Loading).await;
        assert!(connection.takes_local_files());
        connection.execute(format!("CREATE TABLE {schema}.t (id INT PRIMARY KEY, b LONGTEXT)")).await.expect("the table is made");
        let load = format!("LOAD DATA LOCAL INFILE 'rows' REPLACE INTO TABLE {schema}.t");
        let text = "y".repeat(100);
        let rows = |range: std::ops::Range<u32>| range.map(|id| format!("{id}\t{text}\n")).collect::<String>().into_bytes();
        let executed = connection.load_local(&load, rows(0..20_000)).await.expect("the server takes files");
        assert_eq!((executed.affected, executed.records, executed.skipped), (20_000, Some(20_000), Some(0)));
        let again = connection.load_local(&load, rows(19_990..20_010)).await.expect("the server takes files");
        // MariaDB replaces a row in place, and then counts it in neither.
        assert_eq!((again.affected, again.records, again.deleted), (20, Some(20), Some(0)));
        let empty = connection.load_local(&load, Vec::new()).await.expect("a file may be empty");
        assert_eq!(empty.records, Some(0));
        let count = connection.rows(format!("SELECT count(*), sum(length(b)) FROM {schema}.t")).await.expect("it is a query");
        assert_eq!((count[0].number(0), count[0].number(1)), (Some(20_010), Some(2_001_000)));
        let strict = format!("LOAD DATA LOCAL INFILE 'rows' INTO TABLE {schema}.t");
        let doubled = connection.load_local(&strict, b"1\tsecret\n".to_vec()).await.expect("LOCAL ignores what is there");
        assert_eq!((doubled.skipped, doubled.warnings), (Some(1), 1));
        // A file that no call offers is none, and a server that asks for it is not to be trusted.
        let error = connection.execute(&strict).await.expect_err("no call offers a file");
        assert!(connection.is_broken(), "{error:?}");

        let mysql = Server::start(Kind::MySql97, &["--local-infile=OFF"]);
        let mut connection = open(&mysql, Session::Loading).await;
        assert!(!connection.takes_local_files());
        mysql.run("CREATE DATABASE s; CREATE TABLE s.t (a INT)");
        let error = connection.load_local("LOAD DATA LOCAL INFILE 'rows' INTO TABLE s.t", b"1\n".to_vec()).await;
        let error = error.expect_err("the server takes no files");
        assert_eq!((error.class(), error.code()), (FaultClass::Definite, Some(3948)));
        assert!(words(&error).contains("Loading local data is disabled"), "{}", words(&error));
        assert!(connection.execute("DO 1").await.is_ok());
        mysql.run("SET GLOBAL local_infile = ON");
        let mut connection = open(&mysql, Session::Loading).await;
        let loaded = connection.load_local("LOAD DATA LOCAL INFILE 'rows' INTO TABLE s.t", b"1\n2\n".to_vec()).await;
        assert_eq!(loaded.expect("the server takes files now").records, Some(2));
    });
}

#[test]
fn matched_affected_and_warnings_are_what_the_server_counted() {
    run(async {
        for kind in TARGETS {
            let server = Server::shared(kind);
            let schema = server.new_schema("room_counts");
            let mut connection = open(server, Session::Loading).await;
            let script = format!(
                "CREATE TABLE {schema}.t (id INT PRIMARY KEY, v INT); INSERT INTO {schema}.t VALUES (1, 1), (2, 2), (3, 3);
                 UPDATE {schema}.t SET v = 2 WHERE id IN (1, 2, 9); DELETE FROM {schema}.t WHERE id IN (3, 8);
                 INSERT IGNORE INTO {schema}.t VALUES (1, 1), (7, 7)"
            );
            let all = connection.execute_all(script).await.expect("all statements are sound");
            let counts: Vec<_> = all.iter().map(|executed| (executed.affected, executed.matched, executed.duplicates)).collect();
            assert_eq!(counts, [(0, None, None), (3, None, Some(0)), (1, Some(2), None), (1, None, None), (1, None, Some(1))], "{kind:?}");
            assert_eq!(all[4].warnings, 1);
            let warnings = connection.warnings().await.expect("there are some");
            assert_eq!((warnings.len(), warnings[0].code), (1, 1062));
            assert!(warnings[0].message.starts_with("duplicate entry for key `"), "{warnings:?}");
            assert!(warnings[0].message.ends_with("PRIMARY`"), "{warnings:?}");
            let error = connection.execute_all(format!("DELETE FROM {schema}.t; DELETE FROM {schema}.none; DO 1")).await;
            assert_eq!(error.expect_err("the second table is missing").code(), Some(1146));
            let left = connection.rows(format!("SELECT count(*) FROM {schema}.t")).await.expect("the session is sound");
            assert_eq!(left[0].number(0), Some(0));
        }
    });
}

#[test]
fn errors_name_keys_and_columns_and_never_values() {
    run(async {
        for kind in TARGETS {
            let server = Server::shared(kind);
            let schema = server.new_schema("room_errors");
            let mut connection = open(server, Session::Loading).await;
            let create = "(id INT PRIMARY KEY, u VARCHAR(20), n TINYINT NOT NULL, d DATE, UNIQUE KEY by_u (u))";
            connection.execute(format!("CREATE TABLE {schema}.t {create}")).await.expect("the table is made");
            connection.execute(format!("INSERT INTO {schema}.t VALUES (1, 'secret', 1, NULL)")).await.expect("the row fits");
            let mut refuse = async |values: &str| {
                let error = connection.execute(format!("INSERT INTO {schema}.t VALUES {values}")).await.expect_err("the row does not fit");
                let told = format!("{} {error:?}", words(&error));
                assert!(!told.contains("secret") && !told.contains("4321"), "{told}");
                assert!(!connection.is_broken());
                (error.code(), error.class(), error.refusal().and_then(|refusal| refusal.duplicate_key()).map(str::to_owned), told)
            };
            let (code, class, key, _) = refuse("(2, 'secret', 1, NULL)").await;
            assert_eq!((code, class), (Some(1062), FaultClass::Definite));
            assert_eq!(key.as_deref(), Some(if kind == Kind::MySql97 { "t.by_u" } else { "by_u" }));
            for (values, expected, column) in [
                ("(2, 'x', 4321, NULL)", 1264, "'n'"),
                ("(2, 'secret secret secret secret', 1, NULL)", 1406, "'u'"),
                ("(2, 'x', 'secret', NULL)", 1366, "n"),
                ("(2, 'x', NULL, NULL)", 1048, "'n'"),
                ("(2, 'x', 1, 'secret')", 1292, "d"),
            ] {
                let (code, class, _, told) = refuse(values).await;
                assert_eq!((code, class), (Some(expected), FaultClass::Definite), "{told}");
                assert!(told.contains(column), "{told}");
            }
            let (code, class, ..) = refuse("(2, 'secret'").await;
            assert_eq!((code, class), (Some(1064), FaultClass::Defect));
            let (code, class, ..) = refuse("(2, 'secret')").await;
            assert_eq!((code, class), (Some(1136), FaultClass::Defect));
        }
    });
}

#[test]
fn a_loading_session_takes_zero_dates_and_refuses_what_it_would_bend() {
    run(async {
        for kind in TARGETS {
            let server = Server::shared(kind);
            let schema = server.new_schema("room_session");
            let mut connection = open(server, Session::Loading).await;
            let create = "(id BIGINT PRIMARY KEY AUTO_INCREMENT, d DATE, t TIMESTAMP NULL, p BIGINT, FOREIGN KEY (p) REFERENCES t (id))";
            connection.execute(format!("CREATE TABLE {schema}.t {create}")).await.expect("the table is made");
            let values = "(0, '0000-00-00', '0000-00-00 00:00:00', 77), (5, '2023-02-31', '2024-03-31 02:30:00', 0)";
            let executed = connection.execute(format!("INSERT INTO {schema}.t VALUES {values}")).await.expect("the rows fit");
            assert_eq!(executed.warnings, 0);
            let ids = connection.rows(format!("SELECT id, d FROM {schema}.t ORDER BY id")).await.expect("it is a query");
            assert_eq!((ids[0].number(0), ids[1].text(1)), (Some(0), Some("2023-02-31")));
            let level = if kind == Kind::MySql97 { "@@transaction_isolation" } else { "@@tx_isolation" };
            let session = connection.rows(format!("SELECT {level}, @@time_zone, @@foreign_key_checks, @@autocommit")).await;
            let session = session.expect("it is a query");
            assert_eq!((session[0].text(0), session[0].text(1)), (Some("READ-COMMITTED"), Some("+00:00")));
            assert_eq!((session[0].number(2), session[0].number(3)), (Some(0), Some(1)));
        }
    });
}

#[test]
fn a_lock_held_by_another_session_is_worth_another_attempt() {
    run(async {
        for kind in TARGETS {
            let server = Server::shared(kind);
            let schema = server.new_schema("room_locks");
            let (mut holder, mut waiter) = (open(server, Session::Loading).await, open(server, Session::Loading).await);
            let script = format!("CREATE TABLE {schema}.t (id INT PRIMARY KEY); INSERT INTO {schema}.t VALUES (1), (2)");
            holder.execute_all(script).await.expect("the table is made");
            holder.execute_all(format!("BEGIN; DELETE FROM {schema}.t WHERE id = 1")).await.expect("the row is there");
            waiter.execute("SET innodb_lock_wait_timeout = 1").await.expect("it is a setting");
            let error = waiter.execute(format!("DELETE FROM {schema}.t WHERE id IN (1, 2)")).await.expect_err("the row is locked");
            assert_eq!((error.code(), error.class()), (Some(1205), FaultClass::Transient));
            assert!(!waiter.is_broken());
        }
    });
}
