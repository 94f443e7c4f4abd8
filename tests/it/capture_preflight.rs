//! What a capture refuses before it begins, or as soon as it can be known.

use std::{fs, path::Path};

use crate::{
    capturing::Capturing,
    server::{Kind, Server},
};

#[test]
fn a_folder_belongs_to_one_process_and_to_one_server() {
    let (server, other) = (Server::start(Kind::MariaDb1011, &[]), Server::start(Kind::MySql56, &[]));
    let capturing = Capturing::of(&server);
    let running = capturing.start(&[]);
    running.until("begun", |text| text.contains("\"begun\""));
    capturing.catch_up(&[]).refused(2, &["another process captures into"]);
    running.signal("-INT");
    running.wait().done();
    let elsewhere = Capturing { source: other.root_url(), folder: capturing.folder };
    elsewhere.catch_up(&[]).refused(2, &["holds binlogs of MariaDB with server_id", "is MySQL with server_uuid"]);
    let copied = Capturing::of(&server);
    fs::copy(elsewhere.path().join("binlog.000001"), copied.path().join("binlog.000001")).expect("the folder is writable");
    copied.catch_up(&[]).refused(2, &["holds binlogs that no capture made"]);
}

#[test]
fn missing_privileges_are_told_with_the_statement_that_grants_them() {
    for kind in Kind::ALL {
        let server = Server::start(kind, &[]);
        server.run("CREATE USER 'r'@'127.0.0.1' IDENTIFIED BY 'p@ss: word'");
        let capturing = Capturing::from(format!("secret=mysql://r@127.0.0.1:{}?tls=off", server.port()));
        let monitor = if kind == Kind::MariaDb1011 { "BINLOG MONITOR" } else { "REPLICATION CLIENT" };
        let grant = format!("GRANT REPLICATION SLAVE, {monitor} ON *.* TO 'r'@'127.0.0.1';");
        capturing.catch_up(&[]).refused(3, &[&grant]);
        server.run(&format!("GRANT {monitor} ON *.* TO 'r'@'127.0.0.1'"));
        capturing.catch_up(&[]).refused(3, &[&grant]);
        assert!(capturing.files().is_empty());
        server.run(&grant);
        // The password is new to the server's cache, so that it is asked for in full.
        server.run("FLUSH PRIVILEGES");
        let ended = capturing.catch_up(&[]).done();
        assert!(ended.text.contains("\"tables\":0"), "{}", ended.text);
        capturing.assert_same(&server, 1);
        let wrong = Capturing::from(format!("other=mysql://r@127.0.0.1:{}?tls=off", server.port()));
        let ended = wrong.catch_up(&[]);
        assert!(!ended.text.contains("p@ss"), "{}", ended.text);
        ended.refused(3, &["Access denied"]);
    }
}

#[test]
fn servers_that_write_no_rows_are_told() {
    for kind in Kind::ALL {
        let silent = Server::start(kind, &["--skip-log-bin"]);
        Capturing::of(&silent).catch_up(&[]).refused(3, &["writes no binlog", "log_bin"]);
        let statements = Server::start(kind, &["--binlog-format=MIXED", "--binlog-row-image=minimal", "--binlog-checksum=NONE"]);
        statements.run("CREATE DATABASE p; CREATE TABLE p.t (id INT PRIMARY KEY); INSERT INTO p.t VALUES (1); FLUSH BINARY LOGS");
        statements.run("SET GLOBAL binlog_checksum = 'CRC32'; INSERT INTO p.t VALUES (2); FLUSH BINARY LOGS");
        statements.run("SET GLOBAL binlog_checksum = 'NONE'; INSERT INTO p.t VALUES (3)");
        let capturing = Capturing::of(&statements);
        let ended = capturing.catch_up(&["--start", "earliest"]).done();
        assert!(ended.text.contains("`binlog_format` is MIXED") && ended.text.contains("`binlog_row_image` is MINIMAL"), "{}", ended.text);
        // Files with checksums and without them, whatever the server's setting is now.
        capturing.assert_same(&statements, 1);
    }
}

#[test]
fn two_replicas_with_one_number_are_told_apart_from_a_lost_connection() {
    for kind in Kind::ALL {
        let server = Server::start(kind, &[]);
        let (first, second) = (Capturing::of(&server), Capturing::of(&server));
        let own = server.port().to_string();
        first.catch_up(&["--server-id", &own]).refused(3, &["knows another server or replica by the number", "--server-id N"]);
        let running = first.start(&["--server-id", "77"]);
        running.until("begun", |text| text.contains("\"begun\""));
        running.until("connected", |text| text.contains("\"status\""));
        let pushing = second.start(&["--server-id", "77"]);
        if kind == Kind::MySql56 {
            // It serves both, and neither takes anything from the other.
            pushing.until("connected", |text| text.contains("\"status\""));
            running.signal("-TERM");
            running.wait().done();
            pushing.signal("-TERM");
            pushing.wait().done();
            continue;
        }
        running.wait().refused(3, &["knows another server or replica by the number 77", "--server-id N"]);
        pushing.signal("-TERM");
        pushing.wait().done();
    }
}

#[test]
fn a_capture_is_encrypted_as_its_address_says() {
    let certificate = |name: &str| Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/certificates").join(name).display().to_string();
    let (certificate_option, key_option) =
        (format!("--ssl-cert={}", certificate("server.pem")), format!("--ssl-key={}", certificate("server-key.pem")));
    for kind in [Kind::MariaDb1011, Kind::MySql97] {
        let server = Server::start(kind, &[&certificate_option, &key_option]);
        let required = "CREATE USER 'r'@'127.0.0.1' IDENTIFIED BY 'p@ss: word' REQUIRE SSL; GRANT ALL ON *.* TO 'r'@'127.0.0.1';";
        server.run(required);
        server.run(&server.workload("w", 300));
        let capturing = |options: &str| Capturing::from(format!("secret=mysql://r@127.0.0.1:{}?{options}", server.port()));
        let (authority, other) = (certificate("authority.pem"), certificate("other-authority.pem"));
        for options in ["tls=prefer".to_owned(), "tls=require".to_owned(), format!("tls_ca={authority}")] {
            let encrypted = capturing(&options);
            encrypted.catch_up(&["--start", "earliest"]).done();
            encrypted.assert_same(&server, 1);
        }
        capturing("tls=off").catch_up(&[]).refused(3, &[]);
        capturing(&format!("tls_ca={other}")).catch_up(&[]).refused(3, &["certificate"]);
    }
}
