//! The query event: a statement with the session that ran it. What the statement does is [`super::statement`]'s to say.

use std::borrow::Cow;

use super::{DecodeError, compressed, cursor::Cursor};
use crate::schema::{Charset, CharsetError, Collation, Flavor, ServerVersion};

/// A statement and what of its session bears on its meaning.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct QueryEvent<'a> {
    /// The schema that unqualified names mean; empty for none.
    pub(super) default_schema: &'a [u8],
    /// The statement, in the client's charset.
    pub(super) sql: Cow<'a, [u8]>,
    /// The session.
    pub(super) session: Session,
}

/// The status variables of a query event, as far as they are of use.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Session {
    /// `sql_mode` as its bits.
    pub(super) sql_mode: u64,
    /// The number of the collation of `character_set_client`.
    pub(super) client: Option<u16>,
    /// The number of `collation_server`.
    pub(super) collation_server: Option<u16>,
    /// The number of MySQL's `default_collation_for_utf8mb4`.
    pub(super) utf8mb4_default: Option<u16>,
    /// MariaDB's `character_set_collations`: a collation of each charset, and the default that replaces its own.
    pub(super) charset_collations: Vec<(u16, u16)>,
    /// Options of the session; which bit means what depends on the server.
    flags: Option<u32>,
    /// MySQL's `explicit_defaults_for_timestamp`.
    explicit_timestamps: Option<bool>,
}

/// `NO_BACKSLASH_ESCAPES` in `sql_mode`.
const NO_BACKSLASH_ESCAPES: u64 = 1 << 20;

impl Session {
    /// Whether a backslash in a string escapes.
    pub(super) fn backslash_escapes(&self) -> bool {
        self.sql_mode & NO_BACKSLASH_ESCAPES == 0
    }

    /// `explicit_defaults_for_timestamp`, where the event says it.
    pub(super) fn explicit_timestamps(&self, server: ServerVersion) -> Option<bool> {
        /// MariaDB's bit in the options of the session, which it writes since the variable is the session's.
        const EXPLICIT: u32 = 1 << 24;
        match server.flavor {
            Flavor::MySql => self.explicit_timestamps,
            Flavor::MariaDb => self.flags.filter(|_| server.number >= 101_001).map(|flags| flags & EXPLICIT != 0),
        }
    }

    /// The statement's bytes as text.
    pub(super) fn decode<'s>(&self, sql: &'s [u8], flavor: Flavor) -> Result<Cow<'s, str>, CharsetError> {
        let collation = self.client.and_then(|number| Collation::by_id(number.into(), flavor));
        // `binary` as the client's charset says nothing of the text; servers treat it as their own names, in UTF-8.
        let charset = collation.map(Collation::charset).filter(|charset| !charset.is_binary()).unwrap_or(Charset::UTF8MB4);
        charset.decode(sql)
    }
}

impl<'a> QueryEvent<'a> {
    /// Reads the event, and inflates its statement when MariaDB compressed it.
    pub(super) fn parse(body: &'a [u8], is_compressed: bool, max_bytes: usize) -> Result<Self, DecodeError> {
        let mut fields = Cursor::new(body);
        fields.take(8, "the thread and its time")?;
        let schema_length = fields.u8("the length of the schema's name")?;
        fields.take(2, "the error code")?;
        let variables = fields.uint(2, "the length of the status variables")? as usize;
        let session = Session::parse(fields.take(variables, "the status variables")?);
        let default_schema = fields.take(schema_length.into(), "the schema's name")?;
        fields.u8("the end of the schema's name")?;
        let mut sql = Cow::Borrowed(fields.rest());
        if is_compressed {
            let mut inflated = Vec::new();
            compressed::inflate(&sql, max_bytes, &mut inflated)?;
            sql = Cow::Owned(inflated);
        }
        Ok(Self { default_schema, sql, session })
    }
}

impl Session {
    /// Reads status variables up to the first that is not known: their lengths are not self-describing, and servers stop there as well.
    fn parse(variables: &[u8]) -> Self {
        let mut session = Self::default();
        let mut fields = Cursor::new(variables);
        while !fields.is_empty() && session.read(&mut fields).is_some() {}
        session
    }

    /// Reads one variable; none when it is not known or cut short.
    fn read(&mut self, fields: &mut Cursor<'_>) -> Option<()> {
        const WHAT: &str = "a status variable";
        let number = |fields: &mut Cursor<'_>| fields.uint(2, WHAT).ok().map(|number| number as u16);
        let skip = |fields: &mut Cursor<'_>, length: usize| fields.take(length, WHAT).ok().map(drop);
        let skip_counted = |fields: &mut Cursor<'_>, extra: usize| {
            let length = fields.u8(WHAT).ok()?;
            fields.take(usize::from(length) + extra, WHAT).ok().map(drop)
        };
        match fields.u8(WHAT).ok()? {
            0 => fields.uint(4, WHAT).ok().map(|flags| self.flags = Some(flags as u32)),
            // auto_increment, data written.
            3 | 10 => skip(fields, 4),
            1 => fields.uint(8, WHAT).ok().map(|mode| self.sql_mode = mode),
            // The catalog with its final NUL.
            2 => skip_counted(fields, 1),
            4 => {
                self.client = Some(number(fields)?);
                number(fields)?;
                self.collation_server = Some(number(fields)?);
                Some(())
            }
            // Time zone, the catalog.
            5 | 6 => skip_counted(fields, 0),
            // lc_time_names, the collation of the schema, MariaDB's GTID flags.
            7 | 8 | 130 => skip(fields, 2),
            // Updated tables, the xid of a DDL statement, MariaDB's the same.
            9 | 17 | 129 => skip(fields, 8),
            // Who invoked it: user and host.
            11 => skip_counted(fields, 0).and_then(|()| skip_counted(fields, 0)),
            12 => skip_schema_names(fields),
            // Microseconds, MariaDB's the same.
            13 | 128 => skip(fields, 3),
            16 => fields.u8(WHAT).ok().map(|on| self.explicit_timestamps = Some(on != 0)),
            // sql_require_primary_key, default_table_encryption.
            19 | 20 => skip(fields, 1),
            18 => {
                self.utf8mb4_default = Some(number(fields)?);
                Some(())
            }
            // MariaDB's character_set_collations.
            131 => {
                for _ in 0..fields.u8(WHAT).ok()? {
                    let pair = (number(fields)?, number(fields)?);
                    self.charset_collations.push(pair);
                }
                Some(())
            }
            _ => None,
        }
    }
}

/// The schemas a statement changes: their number, then names that end with NUL.
fn skip_schema_names(fields: &mut Cursor<'_>) -> Option<()> {
    const TOO_MANY: u8 = 254;
    const WHAT: &str = "a schema's name";
    let count = fields.u8(WHAT).ok()?;
    for _ in 0..if count == TOO_MANY { 0 } else { count } {
        let length = fields.rest().iter().position(|&byte| byte == 0)?;
        fields.take(length + 1, WHAT).ok()?;
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::binlog::frame::{FrameReader, Trailer};

    /// The bodies of all events of a code in a file.
    fn bodies(file: &[u8], code: u8) -> Vec<Vec<u8>> {
        let mut reader = FrameReader::new(&file[4..], 4, 1 << 24);
        let mut found = Vec::new();
        while let Some(frame) = reader.next().expect("a sound file") {
            if frame.header.code == code {
                found.push(frame.body(Trailer::Crc32).expect("a right checksum").to_vec());
            }
        }
        found
    }

    #[test]
    fn statements_of_real_servers_are_read_with_their_session() {
        let mysql = bodies(include_bytes!("../../tests/captures/mysql97-small.binlog"), 2);
        let create = QueryEvent::parse(&mysql[1], false, 1 << 20).expect("a query event");
        assert_eq!(create.default_schema, b"fintax_task");
        assert!(create.sql.starts_with(b"CREATE TABLE task_batch ("));
        assert_eq!(create.session.client, Some(255));
        assert_eq!(create.session.utf8mb4_default, Some(255));
        let text = create.session.decode(&create.sql, Flavor::MySql).expect("text");
        assert!(text.contains("'补报'"));
    }

    #[test]
    fn compressed_statements_of_mariadb_are_inflated() {
        let compressed = bodies(include_bytes!("../../tests/captures/maria-small-compress.binlog"), 165);
        let plain = bodies(include_bytes!("../../tests/captures/maria-small.binlog"), 2);
        let inflated = QueryEvent::parse(&compressed[0], true, 1 << 20).expect("a query event");
        assert_eq!(inflated.sql, QueryEvent::parse(&plain[1], false, 1 << 20).expect("a query event").sql);
        assert_eq!(inflated.session.collation_server, Some(45));
        assert_eq!(inflated.session.explicit_timestamps(ServerVersion::MARIADB_10_11), Some(true));
        assert!(QueryEvent::parse(&compressed[0], true, 100).is_err());
        for length in 0..compressed[0].len() {
            let cut = QueryEvent::parse(&compressed[0][..length], true, 1 << 20);
            assert!(cut.is_err(), "{length}");
        }
    }

    #[test]
    fn an_unknown_variable_ends_the_session_but_not_the_statement() {
        let session = Session::parse(&[1, 0, 0, 0x10, 0, 0, 0, 0, 0, 99, 1, 2, 3]);
        assert!(!session.backslash_escapes());
        assert_eq!(session.client, None);
        assert_eq!(Session::parse(&[12, 2, b'a', 0, b'b', 0, 18, 33, 0]).utf8mb4_default, Some(33));
        let session = Session::parse(&[12, 254, 131, 1, 1, 0, 2, 0, 11, 1, b'u', 1, b'h', 16, 1, 18, 33, 0]);
        assert_eq!((session.utf8mb4_default, session.charset_collations.as_slice()), (Some(33), [(1, 2)].as_slice()));
        assert_eq!(session.explicit_timestamps(ServerVersion::MYSQL_9_7), Some(true));
    }
}
