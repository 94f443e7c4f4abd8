//! What a session is set to before its first statement.

use crate::schema::{Flavor, ServerVersion};

/// What a connection is for.
///
/// Every session has UTC, utf8mb4, strict SQL mode that takes zero and invalid dates (they are in sources), and English messages:
/// counts and key names are read from them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Session {
    /// Looks around and makes tables.
    Plain,
    /// Writes rows.
    ///
    /// - Foreign keys are not checked: rows arrive by key, not in the order of parents and children.
    /// - READ COMMITTED. Each statement of the loader names rows by a whole unique key, so InnoDB locks the index records of these
    ///   rows and nothing between them, and a lane cannot wait for the gap beside a row of another lane. It is safe for
    ///   `SELECT … FOR UPDATE`, UPDATE and DELETE by key: these read the latest committed version and wait for a row that another
    ///   session has changed, at any isolation level. (At this level an UPDATE that *scans* skips a locked row whose committed
    ///   version its WHERE refuses; a look-up by a whole unique key waits instead.) What goes away is the lock on the absence of a
    ///   row: two sessions may both find a key missing, and the second INSERT is error 1062. A plain SELECT sees what was committed
    ///   when it began, not when the transaction began. A server with `binlog_format = STATEMENT` refuses to write (error 1665).
    /// - A long list of keys stays a range look-up, `id IN (…)` as well as `(a, b) IN ((…), …)`: MySQL would scan beyond
    ///   `range_optimizer_max_mem_size`, MariaDB would make a SELECT's list a joined temporary table beyond
    ///   `in_predicate_conversion_threshold`. Both still prefer a scan where the list names a third of the table or more, and a
    ///   DELETE that scans waits for every locked row it meets. Seen on MariaDB 10.11 and MySQL 9.7: SELECT and UPDATE keep to
    ///   the index with `FORCE INDEX (PRIMARY)`. A DELETE cannot (in the form `DELETE t FROM t FORCE INDEX …` both ignore it), but
    ///   does with `LIMIT n`, n the number of keys, unless the list is about as long as the table; on MySQL with the hint
    ///   `DELETE /*+ INDEX(t PRIMARY) */ FROM t …` always.
    /// - MariaDB keeps every warning of a statement. MySQL takes a privilege for that, and keeps 1,024.
    /// - No statement limit, and a wait for the next statement that outlasts a slow source.
    Loading,
}

impl Session {
    /// One statement that sets the session.
    pub(super) fn settings(self, server: ServerVersion) -> String {
        let mut settings = String::from(
            "SET NAMES utf8mb4, time_zone = '+00:00', lc_messages = 'en_US', autocommit = 1, sql_auto_is_null = 0, sql_safe_updates = 0, \
             sql_mode = 'STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO,NO_ENGINE_SUBSTITUTION,ALLOW_INVALID_DATES'",
        );
        if self == Self::Loading {
            settings.push_str(", foreign_key_checks = 0, wait_timeout = 86400, net_read_timeout = 600, net_write_timeout = 600");
            settings.push_str(match server.flavor {
                Flavor::MySql if server.number >= 50_720 => {
                    ", transaction_isolation = 'READ-COMMITTED', range_optimizer_max_mem_size = 0, max_execution_time = 0"
                }
                Flavor::MySql => ", tx_isolation = 'READ-COMMITTED'",
                // 11.1 renamed it, and still takes this name.
                Flavor::MariaDb => ", tx_isolation = 'READ-COMMITTED', max_statement_time = 0, max_error_count = 65535",
            });
            if server.is_mariadb_from(100_318) {
                settings.push_str(", in_predicate_conversion_threshold = 0");
            }
        }
        settings
    }
}
