//! What a replica asks for: from where on the server sends its binlog.

use crate::position::{BinlogOffset, MysqlGtidSet};

/// From where on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dump {
    /// From the event that begins there; the protocol knows the first 4 GiB of a file.
    From(BinlogOffset),
    /// All transactions but these: MySQL with `gtid_mode = ON`, from the first file that has another.
    Without(MysqlGtidSet),
    /// From where `@slave_connect_state` says: MariaDB.
    AfterConnectState,
}

const BINLOG_DUMP: u8 = 0x12;
const BINLOG_DUMP_GTID: u8 = 0x1E;
const REGISTER_SLAVE: u8 = 0x15;

/// MariaDB sends the statements beside their rows only to those who ask for them.
const SEND_ANNOTATIONS: u16 = 2;
/// MySQL takes the set of GTIDs for what is done.
const THROUGH_GTID: u16 = 4;

impl Dump {
    pub(super) fn command(&self, server_id: u32) -> Vec<u8> {
        let by_file = |file: &str, offset: u32| {
            let mut command = vec![BINLOG_DUMP];
            command.extend_from_slice(&offset.to_le_bytes());
            command.extend_from_slice(&SEND_ANNOTATIONS.to_le_bytes());
            command.extend_from_slice(&server_id.to_le_bytes());
            command.extend_from_slice(file.as_bytes());
            command
        };
        match self {
            Self::From(place) => by_file(&place.file, u32::try_from(place.offset).unwrap_or(u32::MAX)),
            Self::AfterConnectState => by_file("", 4),
            Self::Without(set) => {
                let mut command = vec![BINLOG_DUMP_GTID];
                command.extend_from_slice(&THROUGH_GTID.to_le_bytes());
                command.extend_from_slice(&server_id.to_le_bytes());
                command.extend_from_slice(&0_u32.to_le_bytes());
                command.extend_from_slice(&4_u64.to_le_bytes());
                let set = encoded(set);
                command.extend_from_slice(&(set.len() as u32).to_le_bytes());
                command.extend_from_slice(&set);
                command
            }
        }
    }
}

/// Who asks. The server shows it among its replicas.
pub(super) fn registration(server_id: u32) -> Vec<u8> {
    let mut command = vec![REGISTER_SLAVE];
    command.extend_from_slice(&server_id.to_le_bytes());
    // Host, user, password, port, rank, and the number of the server it is registered with.
    command.extend_from_slice(&[0; 3 + 2 + 4 + 4]);
    command
}

/// A set as servers write it into a file's head: with tags in a form of its own, which older servers do not know.
fn encoded(set: &MysqlGtidSet) -> Vec<u8> {
    let count = set.iter().count() as u64;
    let tagged = set.iter().any(|(source, _)| !source.tag.as_str().is_empty());
    let head = if tagged { 1 << 56 | count << 8 | 1 } else { count };
    let mut bytes = head.to_le_bytes().to_vec();
    for (source, intervals) in set.iter() {
        bytes.extend_from_slice(&source.uuid.0);
        if tagged {
            let tag = source.tag.as_str().as_bytes();
            // A tag has 32 bytes at most, so its length takes one byte of the serialization's numbers.
            bytes.push((tag.len() as u8) << 1);
            bytes.extend_from_slice(tag);
        }
        bytes.extend_from_slice(&(intervals.len() as u64).to_le_bytes());
        for interval in intervals {
            bytes.extend_from_slice(&interval.first.to_le_bytes());
            bytes.extend_from_slice(&(interval.last + 1).to_le_bytes());
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_written_as_servers_write_them() {
        let hex = |set: &str| {
            let set: MysqlGtidSet = set.parse().expect("a set");
            encoded(&set).iter().map(|byte| format!("{byte:02x}")).collect::<String>()
        };
        let uuid = "0388fac5-e701-11f1-88dc-02fc00000001";
        let plain = "01000000000000000388fac5e70111f188dc02fc000000010200000000000000010000000000000014000000000000002000000000000000\
                     2100000000000000";
        assert_eq!(hex(&format!("{uuid}:1-19:32")), plain);
        let tagged = "01020000000000010388fac5e70111f188dc02fc00000001000100000000000000010000000000000014000000000000000388fac5e70111f1\
                      88dc02fc000000010a6d79746167010000000000000001000000000000000200000000000000";
        assert_eq!(hex(&format!("{uuid}:1-19:mytag:1")), tagged);
        assert_eq!(hex(""), "0000000000000000");
    }

    #[test]
    fn a_place_is_asked_for_with_annotations() {
        let dump = Dump::From(BinlogOffset { file: "b.1".into(), offset: 0x0102 });
        assert_eq!(dump.command(7), b"\x12\x02\x01\x00\x00\x02\x00\x07\x00\x00\x00b.1");
    }
}
