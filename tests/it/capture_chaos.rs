//! Whatever ends a capture, its folder becomes the server's files, byte for byte.

use std::{
    fs,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::Duration,
};

use crate::{
    capturing::Capturing,
    cutting_proxy::CuttingProxy,
    random_history::Random,
    server::{Kind, Server},
};

/// Servers whose files hold what a careless reader loses: compressed events and transactions, annotations, small files.
fn start(kind: Kind) -> Server {
    let options: &[&str] = match kind {
        Kind::MariaDb1011 => &["--max-binlog-size=256K", "--log-bin-compress", "--log-bin-compress-min-len=10", "--gtid-domain-id=7"],
        Kind::MySql97 => &["--max-binlog-size=256K", "--binlog-transaction-compression=ON", "--binlog-rows-query-log-events=ON"],
        Kind::MySql56 => &["--max-binlog-size=256K"],
    };
    Server::start(kind, options)
}

/// How often something happens: more with `ROWGATE_SLOW=1`.
fn rounds(usual: u64) -> u64 {
    if std::env::var_os("ROWGATE_SLOW").is_some() { usual * 10 } else { usual }
}

#[test]
fn a_capture_that_is_killed_again_and_again_ends_with_the_servers_files() {
    for kind in Kind::ALL {
        let server = start(kind);
        let capturing = Capturing::of(&server);
        let mut random = Random::new(56);
        let is_written = AtomicBool::new(false);
        thread::scope(|scope| {
            scope.spawn(|| {
                for number in 0..rounds(1) {
                    server.run(&server.workload(&format!("w{number}"), 3000));
                }
                is_written.store(true, Ordering::Relaxed);
            });
            let mut kills = 0;
            while !is_written.load(Ordering::Relaxed) || kills < rounds(12) {
                let start: &[&str] = if capturing.files().is_empty() { &["--start", "earliest"] } else { &[] };
                let running = capturing.start(start);
                thread::sleep(Duration::from_millis(30 + random.below(250)));
                running.kill();
                kills += 1;
            }
        });
        server.run("FLUSH BINARY LOGS");
        let start: &[&str] = if capturing.files().is_empty() { &["--start", "earliest"] } else { &[] };
        capturing.catch_up(start).done();
        capturing.assert_same(&server, 1);
    }
}

#[test]
fn a_file_that_ends_anywhere_is_gone_on_with_at_its_last_whole_event() {
    for kind in Kind::ALL {
        let server = start(kind);
        server.run(&server.workload("w", 30));
        let capturing = Capturing::of(&server);
        capturing.catch_up(&["--start", "earliest"]).done();
        let last = capturing.files().pop().expect("there is a file");
        let whole = capturing.bytes(&last);
        let (path, mut random) = (capturing.path().join(&last), Random::new(57));
        for round in 0..rounds(8) {
            let cut = 4 + random.below(whole.len() as u64 - 4) as usize;
            let mut bytes = whole[..cut].to_vec();
            match round % 4 {
                // A power cut leaves what was never written, as zeros or as anything.
                1 => bytes.resize(whole.len() + 100, 0),
                2 => bytes.extend_from_slice(&[0xA5; 300]),
                _ => {}
            }
            fs::write(&path, bytes).expect("the folder is writable");
            capturing.catch_up(&[]).done();
            assert!(capturing.bytes(&last) == whole, "{kind:?}, cut at {cut}");
        }
    }
}

#[test]
fn a_connection_that_is_cut_within_an_event_loses_nothing() {
    for kind in Kind::ALL {
        let server = start(kind);
        server.run("CREATE USER 'r'@'127.0.0.1'; GRANT ALL ON *.* TO 'r'@'127.0.0.1';");
        server.run(&server.workload("w", 2000));
        server.run("FLUSH BINARY LOGS");
        let proxy = CuttingProxy::before(server.port(), 200_011);
        let capturing = Capturing::from(format!("mysql://r@127.0.0.1:{}?tls=off", proxy.port()));
        capturing.catch_up(&["--start", "earliest"]).done();
        assert!(proxy.cuts() > 1, "{} cuts", proxy.cuts());
        capturing.assert_same(&server, 1);
    }
}

#[test]
fn a_source_that_crashes_or_restarts_is_waited_for() {
    for kind in Kind::ALL {
        let mut server = start(kind);
        let capturing = Capturing::of(&server);
        let running = capturing.start(&["--start", "earliest"]);
        running.until("begun", |text| text.contains("\"begun\""));
        server.run(&server.workload("a", 300));
        server.crash();
        server.run(&server.workload("b", 300));
        server.restart();
        server.run(&server.workload("c", 300));
        running.until("level with the source", |_| capturing.is_level_with(&server));
        assert!(running.text().contains("\"waiting\""), "{}", running.text());
        running.signal("-TERM");
        let ended = running.wait().done();
        assert!(ended.text.contains("\"ended\""), "{}", ended.text);
        capturing.assert_same(&server, 1);
    }
}

#[test]
fn a_source_that_falls_silent_is_connected_to_again() {
    let server = start(Kind::MariaDb1011);
    server.run("CREATE USER 'r'@'127.0.0.1'; GRANT ALL ON *.* TO 'r'@'127.0.0.1';");
    let proxy = CuttingProxy::stalling(server.port(), u64::MAX);
    let address = format!("mysql://r@127.0.0.1:{}?tls=off", proxy.port());
    let capturing = Capturing::from("quick".to_owned());
    fs::write(capturing.path().join("rowgate.toml"), format!("[source.quick]\nurl = '{address}'\nheartbeat = '100ms'\n"))
        .expect("the folder is writable");
    proxy.allow(5_000);
    let running = capturing.start(&["--start", "earliest"]);
    running.until("waiting", |text| text.contains("has not answered BINLOG DUMP for 2 s"));
    proxy.allow(u64::MAX);
    server.run(&server.workload("w", 30));
    running.until("level with the source", |_| capturing.is_level_with(&server));
    running.signal("-INT");
    running.wait().done();
    capturing.assert_same(&server, 1);
}

#[test]
fn a_signal_ends_a_capture_with_a_whole_transaction() {
    let server = start(Kind::MySql97);
    let capturing = Capturing::of(&server);
    let running = capturing.start(&[]);
    running.until("begun", |text| text.contains("\"begun\""));
    thread::scope(|scope| {
        scope.spawn(|| server.run(&server.workload("w", 2000)));
        thread::sleep(Duration::from_millis(700));
        running.signal("-TERM");
        running.wait().done();
    });
    let query = ["query", "SELECT count(*) AS n FROM changes", "--format", "json", "--from"];
    let path = capturing.path().display().to_string();
    crate::command::rowgate(query.into_iter().chain([path.as_str()])).done();
    capturing.catch_up(&[]).done();
    capturing.assert_same(&server, 1);
}
