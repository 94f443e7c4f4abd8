//! Statements that change definitions: they go into the history, and are given out after the changes before them.

use super::{
    BinlogError, DdlStatement, Interest, Item,
    follower::{Follower, Site},
    query_event::{QueryEvent, Session},
    statement,
};
use crate::{
    position::Gtid,
    schema::{Charset, Collation, ServerVersion, SqlMode, StatementContext},
};

impl<I: Interest> Follower<I> {
    /// Follows a statement of DDL; `sql` is it without what stands before its first word.
    pub(super) fn definition(
        &mut self,
        site: Site<'_>,
        query: &QueryEvent<'_>,
        sql: &str,
        default_schema: &str,
    ) -> Result<(), BinlogError> {
        let context = context(&query.session, default_schema, self.server);
        let escapes = query.session.backslash_escapes();
        let target = || statement::target(sql, default_schema, escapes);
        let is_skipped = self.group.as_ref().is_none_or(|group| group.is_skipped);
        if !is_skipped && statement::copies_rows(sql, escapes) && target().is_none_or(|table| self.interest.wants_table(&table)) {
            return Err(BinlogError::StatementBased { at: site.start(), statement: "CREATE TABLE … SELECT".to_owned() });
        }
        let effects = match self.history.apply(&context, sql) {
            Ok(effects) => effects,
            Err(_) if self.is_in_definitions(site) => Vec::new(),
            Err(source) => {
                // What nobody asks for may stay unread; its definition must not be used as if it had not changed.
                let Some(table) =
                    target().filter(|table| is_skipped || !self.interest.wants_table(table) || !self.interest.needs_definition(table))
                else {
                    return Err(BinlogError::Ddl { at: site.start(), source: Box::new(source) });
                };
                self.history.forget(&table);
                Vec::new()
            }
        };
        self.definitions_changed(site)?;
        let Some(group) = &self.group else { return Ok(()) };
        if effects.is_empty() || is_skipped {
            return Ok(());
        }
        let statement = DdlStatement {
            position: site.start(),
            end: site.end(),
            sql: sql.to_owned(),
            default_schema: context.default_schema,
            effects,
            gtid: group.gtid.as_ref().map(Gtid::to_string),
            time_us: group.time_us,
        };
        self.flush();
        self.ready.push_back(Item::Ddl(statement));
        Ok(())
    }
}

/// The session of a statement in the words of the schema's room.
fn context(session: &Session, default_schema: &str, server: ServerVersion) -> StatementContext {
    let collation = |number: u16| Collation::by_id(number.into(), server.flavor);
    let utf8mb4 = session.utf8mb4_default.and_then(collation).map(|collation| (Charset::UTF8MB4, collation));
    let others = session.charset_collations.iter().filter_map(|&(charset, own)| Some((collation(charset)?.charset(), collation(own)?)));
    StatementContext {
        default_schema: Some(default_schema).filter(|schema| !schema.is_empty()).map(str::to_owned),
        server,
        server_collation: session.collation_server.and_then(collation),
        sql_mode: SqlMode(session.sql_mode),
        explicit_defaults_for_timestamp: session.explicit_timestamps(server),
        charset_collations: utf8mb4.into_iter().chain(others).collect(),
    }
}
