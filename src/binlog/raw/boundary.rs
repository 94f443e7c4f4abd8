//! Where transactions end, from as little of each event as tells it.

use crate::binlog::{
    event::{EventHeader, EventKind},
    gtid_event::{self, Announcement},
    query_event::QueryEvent,
    statement::Statement,
};

/// Where a log stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// Between two transactions: a file that ends here is whole.
    Between,
    /// Before a transaction that is announced; a statement alone may be all of it.
    Announced,
    /// Within a transaction.
    Within,
}

/// How much of a statement tells what it is.
const TELLING_BYTES: usize = 4096;

impl Standing {
    /// Where it stands after an event, of whose body the first part is enough.
    pub(super) fn after(self, header: &EventHeader, body: &[u8]) -> Self {
        match EventKind::of(header.code) {
            EventKind::MysqlGtid | EventKind::MysqlTaggedGtid | EventKind::AnonymousGtid => Self::Announced,
            EventKind::MariadbGtid => match gtid_event::parse_mariadb(body, header) {
                Ok(Announcement { begins: true, .. }) => Self::Within,
                Ok(_) | Err(_) => Self::Announced,
            },
            EventKind::Query => self.after_statement(body),
            EventKind::Xid | EventKind::XaPrepare | EventKind::TransactionPayload | EventKind::Incident => Self::Between,
            EventKind::QueryCompressed | EventKind::LoadData => match self {
                // Short statements, such as those that bound transactions, are not compressed.
                Self::Within => Self::Within,
                Self::Between | Self::Announced => Self::Between,
            },
            EventKind::StatementContext | EventKind::TableMap | EventKind::Rows { .. } => match self {
                Self::Between | Self::Announced => Self::Announced,
                Self::Within => Self::Within,
            },
            EventKind::FormatDescription
            | EventKind::PreviousGtids
            | EventKind::MariadbGtidList
            | EventKind::Rotate
            | EventKind::Stop
            | EventKind::StartEncryption
            | EventKind::Nothing
            | EventKind::Ancient
            | EventKind::Unknown => self,
        }
    }

    fn after_statement(self, body: &[u8]) -> Self {
        let Ok(query) = QueryEvent::parse(body, false, 0) else { return self };
        let text = String::from_utf8_lossy(&query.sql[..query.sql.len().min(TELLING_BYTES)]);
        match Statement::of(&text, "", query.session.backslash_escapes()) {
            Statement::Begin | Statement::XaStart => Self::Within,
            Statement::Commit | Statement::Rollback | Statement::XaCommit(_) | Statement::XaRollback(_) => Self::Between,
            Statement::Savepoint(_)
            | Statement::RollbackTo(_)
            | Statement::XaEnd
            | Statement::Definition(_)
            | Statement::Empties(_)
            | Statement::Rows(_)
            | Statement::Nothing => match self {
                Self::Within => Self::Within,
                Self::Between | Self::Announced => Self::Between,
            },
        }
    }
}
