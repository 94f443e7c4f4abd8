//! Where captures begin and end, and what is told when the source no longer has the place.

use std::{fs, thread, time::Duration};

use crate::{
    capturing::Capturing,
    command::rowgate,
    server::{Kind, Server},
};

/// A server with four files: the second begins before `INSERT … (1)`, the third before (2), the fourth before (3).
fn four_files(kind: Kind) -> Server {
    let server = Server::start(kind, if kind == Kind::MySql97 { &["--gtid-mode=ON", "--enforce-gtid-consistency=ON"] } else { &[] });
    server.run("CREATE DATABASE p; CREATE TABLE p.t (id INT PRIMARY KEY) ENGINE=InnoDB; FLUSH BINARY LOGS; INSERT INTO p.t VALUES (1)");
    // Times in binlogs are whole seconds.
    thread::sleep(Duration::from_millis(1100));
    server.run("FLUSH BINARY LOGS; INSERT INTO p.t VALUES (2)");
    thread::sleep(Duration::from_millis(1100));
    server.run("FLUSH BINARY LOGS; INSERT INTO p.t VALUES (3)");
    server
}

/// The first file of a capture that begins there.
fn first_file(server: &Server, start: &str) -> String {
    let capturing = Capturing::of(server);
    capturing.catch_up(&["--start", start]).done();
    let first = capturing.files().remove(0);
    let number = first.rsplit('.').next().and_then(|digits| digits.parse().ok()).expect("names end in numbers");
    capturing.assert_same(server, number);
    first
}

fn text_of(server: &Server, query: &str) -> String {
    server.query_text(query).remove(0).remove(0).expect("it is not NULL").replace('\n', "")
}

#[test]
fn a_capture_begins_with_the_file_that_holds_its_start() {
    for kind in Kind::ALL {
        let server = four_files(kind);
        assert_eq!(first_file(&server, "current"), "binlog.000004");
        assert_eq!(first_file(&server, "earliest"), "binlog.000001");
        assert_eq!(first_file(&server, "binlog.000003:4"), "binlog.000003");
        let ended = fs::metadata(server.data().join("binlog.000002")).expect("the file is there").modified().expect("files have times");
        // A transaction of the second file was committed a second before its end.
        let within: chrono::DateTime<chrono::Utc> = (ended - Duration::from_secs(1)).into();
        assert!(["binlog.000001", "binlog.000002"].contains(&first_file(&server, &within.to_rfc3339()).as_str()));
        assert_eq!(first_file(&server, "2100-01-01T00:00:00Z"), "binlog.000003");
        let refused = Capturing::of(&server).catch_up(&["--start", "2001-01-01T00:00:00Z"]);
        refused.refused(3, &["has purged what follows", "`binlog.000001`", "--start earliest"]);
        match kind {
            Kind::MySql97 => {
                let executed = text_of(&server, "SELECT @@global.gtid_executed AS e");
                let (uuid, _) = executed.split_once(':').expect("a set has a colon");
                assert_eq!(first_file(&server, &format!("{uuid}:1-3")), "binlog.000003");
                assert_eq!(first_file(&server, &format!("{uuid}:4")), "binlog.000003");
                assert_eq!(first_file(&server, &executed), "binlog.000004");
            }
            Kind::MariaDb1011 => {
                let executed = text_of(&server, "SELECT @@global.gtid_binlog_pos AS e");
                let (domain, sequence) = executed.rsplit_once('-').expect("a GTID has dashes");
                let sequence: u64 = sequence.parse().expect("a number");
                assert_eq!(first_file(&server, &format!("{domain}-{}", sequence - 2)), "binlog.000003");
            }
            Kind::MySql56 => {}
        }
    }
}

#[test]
fn a_capture_ends_where_it_is_told_and_goes_on_from_there() {
    let server = four_files(Kind::MySql97);
    let executed = text_of(&server, "SELECT @@global.gtid_executed AS e");
    let (uuid, _) = executed.split_once(':').expect("a set has a colon");
    let rows = |capturing: &Capturing| {
        let path = capturing.path().display().to_string();
        let answer = rowgate(["query", "SELECT count(*) AS n FROM changes", "--format", "json", "--from", &path]).done();
        answer.stdout.trim().to_owned()
    };
    let capturing = Capturing::of(&server);
    capturing.start(&["--start", "earliest", "--stop", &format!("{uuid}:3")]).wait().done();
    assert_eq!(rows(&capturing), "{\"n\":1}");
    capturing.start(&["--stop", &format!("{uuid}:1-4")]).wait().done();
    assert_eq!(rows(&capturing), "{\"n\":2}");
    capturing.start(&["--stop", "binlog.000004:4"]).wait().done();
    assert_eq!(rows(&capturing), "{\"n\":2}");
    capturing.start(&["--stop", "binlog.000003:4"]).wait().refused(2, &["behind `--stop binlog.000003:4`"]);
    capturing.start(&["--start", "earliest"]).wait().refused(2, &["goes on there", "--start earliest"]);
    capturing.start(&["--stop", &(chrono::Utc::now() + chrono::TimeDelta::seconds(2)).to_rfc3339()]);
    thread::sleep(Duration::from_secs(3));
    server.run("INSERT INTO p.t VALUES (4)");
    thread::sleep(Duration::from_secs(1));
    assert_eq!(rows(&capturing), "{\"n\":3}");
    capturing.catch_up(&[]).done();
    capturing.assert_same(&server, 1);
}

#[test]
fn what_the_source_purged_is_told_before_anything_is_cut_off() {
    for kind in Kind::ALL {
        let server = four_files(kind);
        let capturing = Capturing::of(&server);
        capturing.start(&["--start", "earliest", "--stop", "binlog.000002:4"]).wait().done();
        server.run("PURGE BINARY LOGS TO 'binlog.000003'");
        let torn = [capturing.bytes("binlog.000001"), vec![1; 50]].concat();
        let path = capturing.path().join("binlog.000001");
        fs::write(&path, &torn).expect("the folder is writable");
        capturing.catch_up(&[]).refused(3, &["has purged what follows `binlog.000001:", "begin with `binlog.000003`"]);
        assert_eq!(capturing.bytes("binlog.000001"), torn);
        Capturing::of(&server).catch_up(&["--start", "binlog.000001:4"]).refused(3, &["has purged what follows `binlog.000001:4`"]);
        Capturing::of(&server).catch_up(&["--start", "binlog.000009:4"]).refused(2, &["no such file"]);
        assert_eq!(first_file(&server, "earliest"), "binlog.000003");
    }
}

#[test]
fn a_source_that_was_reset_is_not_gone_on_with() {
    for kind in Kind::ALL {
        let server = Server::start(kind, &[]);
        server.run("CREATE DATABASE p");
        let capturing = Capturing::of(&server);
        capturing.catch_up(&[]).done();
        let held = capturing.bytes("binlog.000001");
        thread::sleep(Duration::from_millis(1100));
        server.run(if kind == Kind::MySql97 { "RESET BINARY LOGS AND GTIDS" } else { "RESET MASTER" });
        capturing.catch_up(&[]).refused(3, &["`binlog.000001` ends at", "new folder"]);
        server.run("CREATE DATABASE q; CREATE DATABASE r; CREATE DATABASE s");
        capturing.catch_up(&[]).refused(3, &["another event here than was captured", "new folder"]);
        assert!(capturing.bytes("binlog.000001") == held, "what was captured stays");
    }
}
