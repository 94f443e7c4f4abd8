//! Functions of MySQL that mappings refuse for good, by reason.

use super::Refused;

/// Which diagnostic tells of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::mapping::expr) enum Kind {
    /// The same row may give another value at the next replay.
    Changing,
    /// What it gives is not known, or not known yet.
    Pending,
}

/// Functions that are refused for one reason.
#[derive(Debug)]
pub(super) struct Group {
    kind: Kind,
    reason: &'static str,
    hint: Option<&'static str>,
    names: &'static [&'static str],
}

impl Group {
    /// Its functions.
    pub(super) fn members(&self) -> impl Iterator<Item = Refused> + '_ {
        self.names.iter().map(|name| Refused { name, reason: self.reason, hint: self.hint, kind: self.kind })
    }
}

const fn changing(reason: &'static str, hint: &'static str, names: &'static [&'static str]) -> Group {
    Group { kind: Kind::Changing, reason, hint: Some(hint), names }
}

const fn unknown(reason: &'static str, hint: &'static str, names: &'static [&'static str]) -> Group {
    Group { kind: Kind::Pending, reason, hint: Some(hint), names }
}

const ROW_ONLY: &str = "Compare with a column or a constant.";

/// What is never available.
#[rustfmt::skip]
pub(super) const NEVER: &[Group] = &[
    changing("differs at each replay", ROW_ONLY, &[
        "curdate", "current_date", "current_time", "current_timestamp", "curtime", "localtime", "localtimestamp", "now", "rand",
        "random_bytes", "sysdate", "utc_date", "utc_time", "utc_timestamp", "uuid", "uuid_short",
    ]),
    changing("depends on the session", ROW_ONLY, &[
        "connection_id", "current_role", "current_user", "database", "found_rows", "icu_version", "last_insert_id", "ps_current_thread_id",
        "ps_thread_id", "roles_graphml", "row_count", "session_user", "statement_digest", "statement_digest_text", "system_user", "user",
        "version",
    ]),
    changing("depends on the server, not on the row", ROW_ONLY, &[
        "benchmark", "get_lock", "is_free_lock", "is_used_lock", "load_file", "master_pos_wait", "release_all_locks",
        "release_lock", "sleep", "source_pos_wait", "wait_for_executed_gtid_set",
    ]),
    unknown("depends on variables of the session", "Do it at the source, and carry the bytes.", &["aes_decrypt", "aes_encrypt"]),
    unknown("gives bytes that depend on the version of zlib", "Carry the bytes of the column as they are.", &["compress"]),
    unknown("is not available yet", "Do it at the source.", &["extractvalue", "uncompress", "uncompressed_length", "updatexml"]),
    unknown("tells how MySQL types a text, not what it holds", "Write the charset or the collation as a text.", &["charset", "coercibility", "collation"]),
    unknown("gives bytes that depend on the version of the collation", "Compare the texts themselves.", &["weight_string"]),
    unknown("names a result, and means nothing in an expression", "Write the value alone.", &["any_value", "name_const"]),
];
