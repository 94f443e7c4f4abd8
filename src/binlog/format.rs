//! The format description: which server wrote a file, and what follows each event's body.

use super::{
    cursor::Cursor,
    event::{FLAG_IN_USE, HEADER_BYTES},
    frame::{CHECKSUM_BYTES, Frame, FrameFault, Trailer},
};
use crate::schema::{Flavor, ServerVersion};

/// What the first event of a file says about the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FormatDescription {
    /// The server that wrote the file.
    pub(super) server: ServerVersion,
    /// Whether events end with a CRC32.
    pub(super) checksummed: bool,
    /// Whether the server had the file open when it was copied.
    pub(super) in_use: bool,
}

/// Why a format description is not taken.
#[derive(Debug)]
pub(super) enum FormatFault {
    /// The event is damaged.
    Frame(FrameFault),
    /// It is sound and describes something that is not read.
    Unsupported(String),
}

/// The bytes of the body before the list of header lengths.
const FIXED_BYTES: usize = 2 + 50 + 4 + 1;
/// The lengths of the fixed parts, by event code, on which the other readers of this module stand; 0 where the server writes no such event.
const FIXED_PARTS: [(usize, u8); 9] = [(2, 13), (4, 8), (19, 8), (23, 8), (24, 8), (25, 8), (30, 10), (31, 10), (32, 10)];

impl FormatDescription {
    /// Reads the event; it always has a CRC32 of its own, whatever it says of the others.
    pub(super) fn parse(frame: &Frame<'_>, verify: bool) -> Result<Self, FormatFault> {
        let damaged = |reason| FormatFault::Frame(FrameFault::NoEvent(reason));
        let body = &frame.bytes[HEADER_BYTES..];
        if body.len() < FIXED_BYTES + 1 + CHECKSUM_BYTES {
            return Err(damaged("its format description is too short"));
        }
        let mut fields = Cursor::new(body);
        let version = fields.uint(2, "the binlog version").expect("the length was checked");
        let text = fields.take(50, "the server's version").expect("the length was checked");
        let text = String::from_utf8_lossy(text.split(|&byte| byte == 0).next().unwrap_or_default());
        // The bytes may be damaged, and the checksum's place hangs on the version: so version first, checksum second, words last.
        let server = ServerVersion::parse(&text);
        if verify && !has_right_checksum(frame) && server.is_none_or(is_supported) {
            return Err(FormatFault::Frame(FrameFault::Checksum));
        }
        if version != 4 {
            return Err(FormatFault::Unsupported(format!("binlog version {version} is not read, only 4 (servers since 5.0)")));
        }
        let Some(server) = server.filter(|&server| is_supported(server)) else {
            return Err(FormatFault::Unsupported(format!(
                "a binlog of server version `{text}` is not read, only MySQL from 5.6.1 and MariaDB from 10.0"
            )));
        };
        if body[FIXED_BYTES - 1] as usize != HEADER_BYTES {
            return Err(damaged("its format description has another header length than 19"));
        }
        let (lengths, tail) = body[FIXED_BYTES..].split_at(body.len() - FIXED_BYTES - 1 - CHECKSUM_BYTES);
        if let Some((code, _)) =
            FIXED_PARTS.iter().find(|&&(code, length)| lengths.get(code - 1).is_some_and(|&own| own != length && own != 0))
        {
            return Err(FormatFault::Unsupported(format!("events of type {code} have an unknown layout in this file")));
        }
        let checksummed = match tail[0] {
            0 => false,
            1 => true,
            other => return Err(FormatFault::Unsupported(format!("checksum algorithm {other} is not known"))),
        };
        Ok(Self { server, checksummed, in_use: frame.header.flags & FLAG_IN_USE != 0 })
    }

    /// What ends the events of the file.
    pub(super) fn trailer(&self, verify: bool) -> Trailer {
        match (self.checksummed, verify) {
            (false, _) => Trailer::None,
            (true, true) => Trailer::Crc32,
            (true, false) => Trailer::Unchecked,
        }
    }
}

/// Whether servers of this version write format descriptions with a checksum and events that are known here.
fn is_supported(server: ServerVersion) -> bool {
    match server.flavor {
        Flavor::MySql => server.number >= 50601,
        Flavor::MariaDb => server.number >= 100_000,
    }
}

/// Checks the CRC32 as the server computed it: before it marked the file as in use.
fn has_right_checksum(frame: &Frame<'_>) -> bool {
    const FLAGS: usize = HEADER_BYTES - 2;
    let Some((content, checksum)) = frame.bytes.split_last_chunk::<CHECKSUM_BYTES>() else { return false };
    let mut crc = crc32fast::Hasher::new();
    crc.update(&content[..FLAGS]);
    crc.update(&[content[FLAGS] & !(FLAG_IN_USE as u8)]);
    crc.update(&content[FLAGS + 1..]);
    crc.finalize() == u32::from_le_bytes(*checksum)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::binlog::frame::FrameReader;

    const MARIADB: &[u8] = include_bytes!("../../tests/captures/maria-small.binlog");
    const MYSQL: &[u8] = include_bytes!("../../tests/captures/mysql97-small.binlog");

    fn parse(file: &[u8], verify: bool) -> Result<FormatDescription, FormatFault> {
        let mut reader = FrameReader::new(&file[4..], 4, 1 << 20);
        let frame = reader.next().expect("sound").expect("an event");
        FormatDescription::parse(&frame, verify)
    }

    /// The event with a change, and its checksum made right again.
    fn changed(file: &[u8], change: impl FnOnce(&mut [u8])) -> Vec<u8> {
        let size = u32::from_le_bytes([file[13], file[14], file[15], file[16]]) as usize;
        let mut bytes = file[..4 + size].to_vec();
        change(&mut bytes[4..]);
        let checksum = crc32fast::hash(&bytes[4..size]);
        bytes[size..].copy_from_slice(&checksum.to_le_bytes());
        bytes
    }

    #[test]
    fn real_servers_are_recognised() {
        let maria_db = parse(MARIADB, true).expect("a format description");
        assert_eq!(maria_db.server.to_string(), "MariaDB 10.11.19");
        assert!(maria_db.checksummed && !maria_db.in_use);
        let my_sql = parse(MYSQL, true).expect("a format description");
        assert_eq!(my_sql.server.to_string(), "MySQL 9.7.4");
    }

    #[test]
    fn the_mark_of_a_file_in_use_is_not_part_of_the_checksum() {
        let mut bytes = changed(MYSQL, |_| ());
        bytes[4 + 17] |= 1;
        assert!(parse(&bytes, true).expect("a format description").in_use);
    }

    #[test]
    fn damage_is_told_from_a_format_that_is_not_read() {
        let mut damaged = changed(MYSQL, |_| ());
        damaged[40] ^= 1;
        assert!(matches!(parse(&damaged, true), Err(FormatFault::Frame(FrameFault::Checksum))));
        let unsupported = |change: fn(&mut [u8])| match parse(&changed(MYSQL, change), true) {
            Err(FormatFault::Unsupported(what)) => what,
            other => format!("{other:?}"),
        };
        assert!(unsupported(|event| event[19] = 3).contains("version 3"));
        assert!(unsupported(|event| event[21..26].copy_from_slice(b"5.5.1")).contains("`5.5.1"));
        assert!(unsupported(|event| event[19 + FIXED_BYTES + 18] = 6).contains("type 19"));
        assert!(unsupported(|event| event[event.len() - 5] = 9).contains("algorithm 9"));
    }
}
