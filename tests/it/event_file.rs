//! Binlog files made by hand: the start of a real server's file, then events that no server here writes.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// A binlog under construction.
#[derive(Debug, Clone)]
pub(crate) struct EventFile {
    bytes: Vec<u8>,
    sequence: u64,
}

const HEADER: usize = 19;
const SERVER_ID: u32 = 7;

impl EventFile {
    /// Magic and format description of a shipped capture.
    fn of(capture: &str) -> Self {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/captures").join(capture);
        let bytes = fs::read(path).expect("the capture is shipped");
        let size = u32::from_le_bytes(bytes[13..17].try_into().expect("four bytes")) as usize;
        Self { bytes: bytes[..4 + size].to_vec(), sequence: 0 }
    }

    /// A file of MySQL 9.7.
    pub(crate) fn mysql() -> Self {
        Self::of("mysql97-small.binlog")
    }

    /// A file of MariaDB 10.11.
    pub(crate) fn mariadb() -> Self {
        Self::of("maria-small.binlog")
    }

    /// The same with an event.
    pub(crate) fn event(self, code: u8, body: &[u8]) -> Self {
        self.flagged(code, 0, body)
    }

    /// The same with an event that has flags.
    pub(crate) fn flagged(mut self, code: u8, flags: u16, body: &[u8]) -> Self {
        let start = self.bytes.len();
        let size = (HEADER + body.len() + 4) as u32;
        self.bytes.extend(1_700_000_000u32.to_le_bytes());
        self.bytes.push(code);
        self.bytes.extend(SERVER_ID.to_le_bytes());
        self.bytes.extend(size.to_le_bytes());
        self.bytes.extend((start as u32 + size).to_le_bytes());
        self.bytes.extend(flags.to_le_bytes());
        self.bytes.extend(body);
        let checksum = crc32fast::hash(&self.bytes[start..]);
        self.bytes.extend(checksum.to_le_bytes());
        self
    }

    /// The next anonymous GTID of MySQL.
    pub(crate) fn gtid(self) -> Self {
        self.event(34, &[0; 25])
    }

    /// The next GTID of MariaDB in domain 0, which begins a transaction.
    pub(crate) fn mariadb_gtid(self) -> Self {
        self.numbered(0x0C)
    }

    /// The next GTID of MariaDB in domain 0, and a statement that is a transaction by itself.
    pub(crate) fn mariadb_statement(self, sql: &str) -> Self {
        self.numbered(0x29).query(sql)
    }

    fn numbered(mut self, flags: u8) -> Self {
        self.sequence += 1;
        let body = [&self.sequence.to_le_bytes()[..], &[0, 0, 0, 0, flags], &[0; 6]].concat();
        self.event(162, &body)
    }

    /// MariaDB's last GTID before the file, of domain 0.
    pub(crate) fn mariadb_list(mut self, sequence: u64) -> Self {
        self.sequence = sequence;
        self.event(163, &[&[1, 0, 0, 0, 0, 0, 0, 0, SERVER_ID as u8, 0, 0, 0][..], &sequence.to_le_bytes()].concat())
    }

    /// A statement in schema `d`.
    pub(crate) fn query(self, sql: &str) -> Self {
        let head = [1, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, b'd', 0];
        self.event(2, &[&head[..], sql.as_bytes()].concat())
    }

    /// A GTID and a statement.
    pub(crate) fn statement(self, sql: &str) -> Self {
        self.gtid().query(sql)
    }

    /// GTID, BEGIN.
    pub(crate) fn begin(self) -> Self {
        self.statement("BEGIN")
    }

    /// Table number 9 is `d`.`<table>`, with one column INT NOT NULL.
    pub(crate) fn map(self, table: &str) -> Self {
        let name = [&[table.len() as u8], table.as_bytes(), &[0]].concat();
        self.event(19, &[&[9, 0, 0, 0, 0, 0, 1, 0, 1, b'd', 0][..], &name, &[1, 3, 0, 0]].concat())
    }

    /// Rows inserted into table number 9.
    pub(crate) fn write(self, values: &[i32]) -> Self {
        let rows: Vec<u8> = values.iter().flat_map(|value| [&[0][..], &value.to_le_bytes()].concat()).collect();
        self.event(30, &[&[9, 0, 0, 0, 0, 0, 1, 0, 2, 0, 1, 1][..], &rows].concat())
    }

    /// The end of a transaction.
    pub(crate) fn xid(self) -> Self {
        self.event(16, &[0; 8])
    }

    /// The end of a file.
    pub(crate) fn rotate(self, next: &str) -> Self {
        self.event(4, &[&4u64.to_le_bytes(), next.as_bytes()].concat())
    }

    /// Where the next event will begin.
    pub(crate) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Writes the file and answers its path.
    pub(crate) fn save(&self, folder: &Path, name: &str) -> PathBuf {
        let path = folder.join(name);
        fs::write(&path, &self.bytes).expect("the temporary folder is writable");
        path
    }
}
