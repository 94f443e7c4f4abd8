//! A replica's session by GTID: what the server is asked for is what it understands.

use std::time::{Duration, Instant};

use rowgate::{
    mysql::{Dump, Endpoint, Heard, MysqlError, ReplicaConnection},
    position::MysqlGtidSet,
};

use crate::server::{Kind, Server};

/// What comes within a second, as one run of bytes.
fn sent(server: &Server, settings: &[&str], dump: &Dump) -> Result<Vec<u8>, MysqlError> {
    let endpoint = Endpoint::parse(&server.root_url()).expect("the address is sound");
    let mut session = ReplicaConnection::open(&endpoint)?;
    for setting in settings {
        session.execute(setting)?;
    }
    session.register(4711)?;
    session.dump(dump, 4711)?;
    let (until, mut sent) = (Instant::now() + Duration::from_secs(1), Vec::new());
    while Instant::now() < until {
        if let Heard::Event { bytes, .. } = session.hear()? {
            sent.extend_from_slice(bytes);
        }
    }
    Ok(sent)
}

/// Which of the schemas that the test made are spoken of.
fn seen(sent: &[u8]) -> Vec<&'static str> {
    let is_in = |name: &&str| sent.windows(name.len()).any(|window| window == name.as_bytes());
    ["schema_one", "schema_two", "schema_three"].into_iter().filter(is_in).collect()
}

#[test]
fn mysql_sends_what_a_set_lacks_with_and_without_tags() {
    let server = Server::start(Kind::MySql97, &["--gtid-mode=ON", "--enforce-gtid-consistency=ON"]);
    server.run("CREATE DATABASE schema_one; CREATE DATABASE schema_two");
    server.run("SET gtid_next = 'AUTOMATIC:blue'; CREATE DATABASE schema_three");
    let uuid = server.query_text("SELECT @@server_uuid AS u").remove(0).remove(0).expect("it is not NULL");
    let settings = ["SET @master_binlog_checksum = 'CRC32', @source_binlog_checksum = 'CRC32'"];
    let without = |set: String| {
        let set: MysqlGtidSet = set.parse().expect("a set");
        sent(&server, &settings, &Dump::Without(set)).expect("the server knows the set")
    };
    assert_eq!(seen(&without(String::new())), ["schema_one", "schema_two", "schema_three"]);
    assert_eq!(seen(&without(format!("{uuid}:1"))), ["schema_two", "schema_three"]);
    assert_eq!(seen(&without(format!("{uuid}:1:blue:1"))), ["schema_two"]);
}

#[test]
fn mariadb_sends_what_follows_the_connect_state() {
    let server = Server::start(Kind::MariaDb1011, &["--gtid-domain-id=3"]);
    server.run("CREATE DATABASE schema_one; CREATE DATABASE schema_two; CREATE DATABASE schema_three");
    let after = |number: u32| {
        let state = format!("SET @slave_connect_state = '3-{}-{number}'", server.port());
        let settings = ["SET @mariadb_slave_capability = 4", "SET @master_binlog_checksum = 'CRC32'", &state];
        sent(&server, &settings, &Dump::AfterConnectState)
    };
    assert_eq!(seen(&after(1).expect("the server has what follows")), ["schema_two", "schema_three"]);
    assert_eq!(seen(&after(2).expect("the server has what follows")), ["schema_three"]);
    let refused = after(99).expect_err("the server has not come so far");
    assert_eq!(refused.code(), Some(1236), "{refused:?}");
}
