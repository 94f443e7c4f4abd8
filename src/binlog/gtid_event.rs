//! The events that name transactions: MySQL's GTIDs (plain, tagged, anonymous) and sets before a file, MariaDB's GTIDs and lists.

use super::{DecodeError, cursor::Cursor, event::EventHeader};
use crate::position::{Gtid, Interval, MariadbGtid, MariadbGtidSet, MysqlGtid, MysqlGtidSet, ServerUuid, Source, Tag};

/// What a GTID event says of the transaction that follows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Announcement {
    /// Its GTID; none when it is anonymous.
    pub(super) gtid: Option<Gtid>,
    /// When it was committed on the server that wrote it first, in microseconds since 1970 UTC, where the event says it.
    pub(super) commit_time_us: Option<i64>,
    /// Whether the event also begins the transaction, so that no BEGIN follows.
    pub(super) begins: bool,
}

/// Reads MySQL's GTID and anonymous GTID events, from 5.6 (no commit times) on.
pub(super) fn parse_mysql(body: &[u8], anonymous: bool) -> Result<Announcement, DecodeError> {
    /// `last_committed` and `sequence_number` follow; 5.6 has none of the rest.
    const LOGICAL_TIMESTAMPS: u8 = 2;
    let mut fields = Cursor::new(body);
    fields.u8("the flags")?;
    let uuid = uuid(&mut fields)?;
    let number = fields.uint(8, "the transaction's number")?;
    let gtid = MysqlGtid { source: Source { uuid, tag: Tag::default() }, number };
    let mut commit_time_us = None;
    if !fields.is_empty() && fields.u8("the kind of logical timestamps")? == LOGICAL_TIMESTAMPS {
        fields.take(16, "the logical timestamps")?;
        if !fields.is_empty() {
            commit_time_us = Some(commit_time(&mut fields)?);
        }
    }
    Ok(Announcement { gtid: (!anonymous).then_some(Gtid::Mysql(gtid)), commit_time_us, begins: false })
}

/// Seven bytes; when their highest bit is set, the time of the first server follows that of this one.
fn commit_time(fields: &mut Cursor<'_>) -> Result<i64, DecodeError> {
    const HAS_ORIGINAL: u64 = 1 << 55;
    let immediate = fields.uint(7, "the commit time")?;
    let time = if immediate & HAS_ORIGINAL == 0 { immediate } else { fields.uint(7, "the original commit time")? };
    Ok((time & !HAS_ORIGINAL) as i64)
}

/// Reads MySQL's tagged GTID event (8.3 and later): a message of its serialization library, numbered fields that may be absent.
pub(super) fn parse_mysql_tagged(body: &[u8]) -> Result<Announcement, DecodeError> {
    let mut fields = Cursor::new(body);
    let invalid = |what| move |offset| DecodeError::Invalid { what, offset };
    if variable(&mut fields)? != 1 {
        return Err(invalid("the version of the serialization")(0));
    }
    variable(&mut fields)?;
    let last_required = variable(&mut fields)?;
    let (mut uuid, mut number, mut tag) = (None, None, Tag::default());
    let (mut immediate, mut original) = (None, None);
    while !fields.is_empty() {
        let at = fields.offset();
        match variable(&mut fields)? {
            0 => drop(variable(&mut fields)?),
            1 => uuid = Some(spread_uuid(&mut fields)?),
            2 => number = u64::try_from(signed_variable(&mut fields)?).ok(),
            3 => tag = counted_tag(&mut fields)?,
            4 | 5 => drop(signed_variable(&mut fields)?),
            6 => immediate = i64::try_from(variable(&mut fields)?).ok(),
            7 => original = i64::try_from(variable(&mut fields)?).ok(),
            8..=11 => drop(variable(&mut fields)?),
            // Fields of later versions follow the known ones; their lengths are not known.
            later if later > last_required => break,
            _ => return Err(invalid("a field of a later version that must be understood")(at)),
        }
    }
    let (Some(uuid), Some(number)) = (uuid, number) else { return Err(invalid("the GTID")(fields.offset())) };
    let gtid = Gtid::Mysql(MysqlGtid { source: Source { uuid, tag }, number });
    Ok(Announcement { gtid: Some(gtid), commit_time_us: original.or(immediate), begins: false })
}

/// Each of the sixteen bytes as a number of variable length.
fn spread_uuid(fields: &mut Cursor<'_>) -> Result<ServerUuid, DecodeError> {
    let mut uuid = [0; 16];
    for byte in &mut uuid {
        let offset = fields.offset();
        *byte = u8::try_from(variable(fields)?).map_err(|_| DecodeError::Invalid { what: "the server's UUID", offset })?;
    }
    Ok(ServerUuid(uuid))
}

/// A tag behind its length.
fn counted_tag(fields: &mut Cursor<'_>) -> Result<Tag, DecodeError> {
    let offset = fields.offset();
    let invalid = DecodeError::Invalid { what: "the tag", offset };
    let length = usize::try_from(variable(fields)?).unwrap_or(usize::MAX);
    let tag = fields.take(length, "the tag")?;
    std::str::from_utf8(tag).ok().and_then(Tag::parse).ok_or(invalid)
}

fn uuid(fields: &mut Cursor<'_>) -> Result<ServerUuid, DecodeError> {
    let bytes = fields.take(16, "the server's UUID")?;
    Ok(ServerUuid(bytes.try_into().expect("sixteen bytes were taken")))
}

/// An unsigned integer of the serialization library: the low one bits of the first byte count the bytes that follow.
fn variable(fields: &mut Cursor<'_>) -> Result<u64, DecodeError> {
    const WHAT: &str = "a number of variable length";
    let first = fields.u8(WHAT)?;
    let more = first.trailing_ones() as usize;
    let rest = fields.uint(more, WHAT)?;
    // From seven on the first byte has no bit of the value left.
    Ok(if more >= 7 { rest } else { u64::from(first >> (more + 1)) | rest << (7 - more) })
}

/// A signed one: the sign is the lowest bit, negative values are inverted.
fn signed_variable(fields: &mut Cursor<'_>) -> Result<i64, DecodeError> {
    let coded = variable(fields)?;
    let magnitude = (coded >> 1) as i64;
    Ok(if coded & 1 == 1 { !magnitude } else { magnitude })
}

/// Reads MySQL's set of all GTIDs before a file, with or without tags.
pub(super) fn parse_previous_gtids(body: &[u8]) -> Result<MysqlGtidSet, DecodeError> {
    let mut fields = Cursor::new(body);
    let head = fields.uint(8, "the number of sources")?;
    // Tagged sets say so in the first and the last byte, with the number between them.
    let tagged = head >> 56 == 1;
    let sources = if tagged { head >> 8 & 0xFFFF_FFFF_FFFF } else { head };
    let mut set = MysqlGtidSet::default();
    for _ in 0..sources {
        let uuid = uuid(&mut fields)?;
        let tag = if tagged { counted_tag(&mut fields)? } else { Tag::default() };
        let source = Source { uuid, tag };
        for _ in 0..fields.uint(8, "the number of intervals")? {
            let offset = fields.offset();
            let first = fields.uint(8, "the start of an interval")?;
            let end = fields.uint(8, "the end of an interval")?;
            if first == 0 || end <= first || end > i64::MAX as u64 {
                return Err(DecodeError::Invalid { what: "an interval", offset });
            }
            set.insert_interval(source.clone(), Interval { first, last: end - 1 });
        }
    }
    Ok(set)
}

/// What MariaDB's GTID event says beyond what is common.
const STANDALONE: u8 = 1;
/// The statement that completes a prepared XA transaction follows, without BEGIN.
const COMPLETED_XA: u8 = 128;

/// Reads MariaDB's GTID event.
pub(super) fn parse_mariadb(body: &[u8], header: &EventHeader) -> Result<Announcement, DecodeError> {
    let mut fields = Cursor::new(body);
    let sequence = fields.uint(8, "the sequence number")?;
    let domain = fields.uint(4, "the domain")? as u32;
    let flags = fields.u8("the flags")?;
    let gtid = MariadbGtid { domain, server: header.server_id, sequence };
    Ok(Announcement { gtid: Some(Gtid::Mariadb(gtid)), commit_time_us: None, begins: flags & (STANDALONE | COMPLETED_XA) == 0 })
}

/// Reads MariaDB's last GTIDs before a file: of each domain the greatest, as a server may be named more than once.
pub(super) fn parse_mariadb_list(body: &[u8]) -> Result<MariadbGtidSet, DecodeError> {
    /// The four bits above are flags.
    const COUNT: u64 = 0x0FFF_FFFF;
    let mut fields = Cursor::new(body);
    let count = fields.uint(4, "the number of GTIDs")? & COUNT;
    let mut set = MariadbGtidSet::default();
    for _ in 0..count {
        let domain = fields.uint(4, "a domain")? as u32;
        let server = fields.uint(4, "a server's number")? as u32;
        set.insert(MariadbGtid { domain, server, sequence: fields.uint(8, "a sequence number")? });
    }
    Ok(set)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(hex: &str) -> Vec<u8> {
        hex.split_whitespace().map(|byte| u8::from_str_radix(byte, 16).expect("hexadecimal")).collect()
    }

    /// Every way to cut a body short is refused or gives a whole announcement, never a panic.
    fn cut(body: &[u8], parse: impl Fn(&[u8]) -> bool) {
        for length in 0..body.len() {
            parse(&body[..length]);
        }
        assert!(!parse(&body[..0]));
    }

    #[test]
    fn the_gtid_of_mysql_9_7_is_read() {
        let body = bytes(
            "01 03 88 fa c5 e7 01 11 f1 88 dc 02 fc 00 00 00 01 08 00 00 00 00 00 00 00 02 09 00 00 00 00 00 00 00 0a 00 00 00 00 00 00 00 ca 99 9a 1b eb 60 06 fc cb 01 50 62 01 00",
        );
        let read = parse_mysql(&body, false).expect("a GTID event");
        assert_eq!(read.gtid.expect("a GTID").to_string(), "0388fac5-e701-11f1-88dc-02fc00000001:8");
        assert_eq!(read.commit_time_us, Some(1_795_412_756_961_738));
        assert_eq!(parse_mysql(&body, true).expect("an anonymous event").gtid, None);
        cut(&body, |body| parse_mysql(body, false).is_ok());
    }

    #[test]
    fn the_time_of_the_first_server_goes_before_that_of_a_replica() {
        let mut body = bytes(
            "00 03 88 fa c5 e7 01 11 f1 88 dc 02 fc 00 00 00 01 08 00 00 00 00 00 00 00 02 09 00 00 00 00 00 00 00 0a 00 00 00 00 00 00 00",
        );
        assert_eq!(parse_mysql(&body[..25], false).expect("5.6's").commit_time_us, None);
        body.extend(bytes("05 00 00 00 00 00 80 04 00 00 00 00 00 00"));
        assert_eq!(parse_mysql(&body, false).expect("8.0's").commit_time_us, Some(4));
    }

    #[test]
    fn tagged_gtids_of_mysql_9_7_are_read() {
        let body = bytes(
            "02 76 00 00 00 02 06 21 02 e9 03 15 03 9d 03 02 22 c5 03 21 02 71 03 04 f1 03 00 00 00 02 04 04 06 0a 6d 79 74 61 67 08 10 0a 18 0c 7f 30 bc 99 1b eb 60 06 10 61 04 12 83 12 0b",
        );
        let read = parse_mysql_tagged(&body).expect("a GTID event");
        assert_eq!(read.gtid.expect("a GTID").to_string(), "0388fac5-e701-11f1-88dc-02fc00000001:mytag:1");
        assert_eq!(read.commit_time_us, Some(1_795_412_756_905_008));
        cut(&body, |body| parse_mysql_tagged(body).is_ok());
        let body = bytes(
            "02 88 00 00 00 02 a9 02 a9 02 a9 02 a9 02 a9 02 a9 02 a9 02 a9 02 fd 03 fd 03 02 46 8a ce 25 02 ad 02 04 0f 00 ca 9a 3b 06 0c 7a 7a 5f 74 61 67 08 10 0a 1c 0c 7f ae ce 99 1b eb 60 06 10 85 04 12 83 12 0b",
        );
        let read = parse_mysql_tagged(&body).expect("a GTID event");
        assert_eq!(read.gtid.expect("a GTID").to_string(), "aaaaaaaa-aaaa-aaaa-ffff-0123456789ab:zz_tag:4000000000");
    }

    #[test]
    fn previous_gtids_are_read_with_and_without_tags() {
        assert!(parse_previous_gtids(&[0; 8]).expect("an empty set").is_empty());
        let plain = bytes(
            "01 00 00 00 00 00 00 00 03 88 fa c5 e7 01 11 f1 88 dc 02 fc 00 00 00 01 02 00 00 00 00 00 00 00 01 00 00 00 00 00 00 00 14 00 00 00 00 00 00 00 20 00 00 00 00 00 00 00 21 00 00 00 00 00 00 00",
        );
        assert_eq!(parse_previous_gtids(&plain).expect("a set").to_string(), "0388fac5-e701-11f1-88dc-02fc00000001:1-19:32");
        let tagged = bytes(
            "01 03 00 00 00 00 00 01 03 88 fa c5 e7 01 11 f1 88 dc 02 fc 00 00 00 01 00 01 00 00 00 00 00 00 00 01 00 00 00 00 00 00 00 14 00 00 00 00 00 00 00 03 88 fa c5 e7 01 11 f1 88 dc 02 fc 00 00 00 01 0a 6d 79 74 61 67 01 00 00 00 00 00 00 00 01 00 00 00 00 00 00 00 02 00 00 00 00 00 00 00 aa aa aa aa aa aa aa aa ff ff 01 23 45 67 89 ab 0c 7a 7a 5f 74 61 67 01 00 00 00 00 00 00 00 00 28 6b ee 00 00 00 00 01 28 6b ee 00 00 00 00",
        );
        let text = "0388fac5-e701-11f1-88dc-02fc00000001:1-19:mytag:1,aaaaaaaa-aaaa-aaaa-ffff-0123456789ab:zz_tag:4000000000";
        assert_eq!(parse_previous_gtids(&tagged).expect("a set").to_string(), text);
        cut(&tagged, |body| parse_previous_gtids(body).is_ok());
        assert!(parse_previous_gtids(&[0xFF; 8]).is_err());
    }

    #[test]
    fn mariadb_gtids_begin_transactions_unless_they_stand_alone() {
        let header = EventHeader { time_s: 1, code: 162, server_id: 3410, size: 0, end_position: 0, flags: 0 };
        let body = bytes("01 00 00 00 00 00 00 00 07 00 00 00 29 00 00 00 00 00 00");
        let alone = parse_mariadb(&body, &header).expect("a GTID event");
        assert_eq!(alone.gtid.expect("a GTID").to_string(), "7-3410-1");
        assert!(!alone.begins);
        let mut transaction = body.clone();
        transaction[12] = 0x0C;
        assert!(parse_mariadb(&transaction, &header).expect("a GTID event").begins);
        cut(&body, |body| parse_mariadb(body, &header).is_ok());
    }

    #[test]
    fn mariadb_lists_keep_the_greatest_of_each_domain() {
        let body = bytes("02 00 00 10 00 00 00 00 01 00 00 00 05 00 00 00 00 00 00 00 00 00 00 00 02 00 00 00 03 00 00 00 00 00 00 00");
        assert_eq!(parse_mariadb_list(&body).expect("a list").to_string(), "0-1-5");
        cut(&body, |body| parse_mariadb_list(body).is_ok());
    }
}
