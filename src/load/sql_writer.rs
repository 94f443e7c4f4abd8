//! Rows as statements of a server: many rows each, with a check of what each statement found.

use super::{
    lane::{ConflictKind, Failure, Rows, SessionError, Statement},
    load_data::{takes_fields, takes_row, write_columns, write_line},
    statement::{write_cell, write_insert_head, write_row, write_same_key, write_same_row, write_update},
    target::{TableBinding, UpdateWay},
    window::{Batches, RowRef},
};
use crate::{
    fault::FaultClass,
    mapping::Place,
    mysql::{Connection, Executed, MysqlError},
    schema::{Flavor, ServerVersion, write_name},
};

/// A statement of many rows ends here: longer ones are no faster, and lock and log in larger pieces.
const STATEMENT_BYTES: usize = 1 << 20;
/// Keys of one DELETE.
const KEYS_MOST: usize = 1000;
/// The most that a DELETE has around its keys: two names of a table and one of an index, all in backticks.
const DELETE_BYTES: usize = 4 << 10;
/// Statements that go in one packet.
const STATEMENTS_MOST: usize = 500;
/// From so many rows on they go as a file; fewer are not worth it, and only an INSERT says what is wrong with a row.
const FILE_ROWS_LEAST: usize = 32;
/// A file of many rows ends here.
const FILE_BYTES: usize = 4 << 20;

/// Writes rows in the dialect of one server.
pub(super) struct SqlWriter {
    dialect: Dialect,
    /// Whether the server takes LOAD DATA LOCAL.
    takes_files: bool,
    /// Where a statement of many rows ends.
    statement_bytes: usize,
    /// The longest that the server takes.
    longest: usize,
}

/// How an upsert names the row that was to be inserted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Dialect {
    /// `VALUES (…) AS new … c = new.c`, from MySQL 8.0.19, which warns of the other form.
    RowAlias,
    /// `c = VALUES(c)`.
    ValuesFunction,
}

/// What becomes of rows that are there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FileMode {
    /// None may be there.
    Insert,
    /// All have to be there, and to differ. The server counts those that it replaces as deleted, and a row that was so already as neither.
    Replace,
}

impl FileMode {
    fn verb(self) -> &'static str {
        match self {
            Self::Insert => "",
            Self::Replace => "REPLACE ",
        }
    }
}

/// An error of the server that says that a row is there already.
pub(super) fn conflict_or_failure(error: MysqlError) -> SessionError {
    match error.refusal().and_then(|refusal| refusal.duplicate_key()) {
        Some(_) => SessionError::Conflict(ConflictKind::Present),
        None => SessionError::Failed(error.into()),
    }
}

impl SqlWriter {
    /// In the dialect of this connection's server, and within its limits.
    pub(super) fn new(connection: &Connection) -> Self {
        let ServerVersion { flavor, number } = connection.version();
        let aliases = flavor == Flavor::MySql && number >= 80_019;
        Self {
            dialect: if aliases { Dialect::RowAlias } else { Dialect::ValuesFunction },
            takes_files: connection.takes_local_files(),
            statement_bytes: STATEMENT_BYTES.min(connection.max_statement() / 2),
            longest: connection.max_statement(),
        }
    }

    /// Writes the rows, and counts those that the statements touched.
    pub(super) async fn write(&self, connection: &mut Connection, statement: Statement<'_>) -> Result<u64, SessionError> {
        let Statement { place, binding, batches, rows } = statement;
        let table = Table { name: quoted(place), binding, batches };
        match rows {
            Rows::Clear(rows) => self.delete(connection, &table, rows).await,
            Rows::Remove(rows) => {
                let found = self.delete(connection, &table, rows).await?;
                expect(found, rows.len() as u64)
            }
            Rows::RemoveCopies(rows) => remove_copies(connection, &table, rows).await,
            Rows::Insert(rows) if self.goes_as_file(&table, rows.iter().copied()) => {
                self.load(connection, &table, FileMode::Insert, rows.iter().copied()).await?;
                Ok(rows.len() as u64)
            }
            Rows::Insert(rows) => self.insert(connection, &table, "INSERT", rows).await,
            Rows::Replace(rows) => self.insert(connection, &table, "REPLACE", rows).await,
            Rows::Put(rows) => self.put(connection, &table, rows).await,
            Rows::Change(rows) if binding.updates == UpdateWay::Upsert => {
                if binding.writes_all && self.goes_as_file(&table, rows.iter().map(|&(_, after)| after)) {
                    self.load(connection, &table, FileMode::Replace, rows.iter().map(|&(_, after)| after)).await?;
                    Ok(rows.len() as u64)
                } else {
                    self.upsert(connection, &table, rows).await
                }
            }
            Rows::Change(rows) | Rows::Update(rows) => self.update(connection, &table, rows).await,
        }
    }
}

/// The target table of a statement.
pub(super) struct Table<'a> {
    pub(super) name: String,
    pub(super) binding: &'a TableBinding,
    pub(super) batches: &'a Batches,
}

impl Table<'_> {
    /// `column IN (` or `(column, column) IN (`.
    fn list_head(&self, columns: &[usize]) -> String {
        let mut head = String::new();
        for (nth, &column) in columns.iter().enumerate() {
            head.push_str(if nth > 0 { ", " } else { "" });
            write_name(&self.binding.layout.columns[column].name, &mut head);
        }
        if columns.len() > 1 { format!("({head}) IN (") } else { format!("{head} IN (") }
    }

    /// Names the index of the key to MySQL; to MariaDB it is a comment.
    fn hint(&self) -> String {
        let Some(index) = self.binding.key_index() else { return String::new() };
        let mut hint = String::from("/*+ INDEX(");
        write_name(&self.binding.definition.table.name.table, &mut hint);
        hint.push(' ');
        write_name(&index.name, &mut hint);
        hint.push_str(") */ ");
        hint
    }

    /// The columns of the row that a statement may set.
    fn columns(&self, row: RowRef) -> Vec<usize> {
        let view = self.batches.view(row);
        self.binding.written.iter().copied().filter(|&column| view.batch.presence.has(view.row, column)).collect()
    }

    fn write_row(&self, columns: &[usize], row: RowRef, out: &mut String) {
        let view = self.batches.view(row);
        write_row(view.batch, columns, view.row, out);
    }
}

impl SqlWriter {
    pub(super) async fn insert(
        &self,
        connection: &mut Connection,
        table: &Table<'_>,
        verb: &str,
        rows: &[RowRef],
    ) -> Result<u64, SessionError> {
        let mut rest = rows;
        while let Some(&first) = rest.first() {
            let columns = table.columns(first);
            let mut sql = String::with_capacity(self.statement_bytes + (16 << 10));
            write_insert_head(verb, &table.name, table.batches.view(first).batch, &columns, &mut sql);
            let count = self.write_rows(table, &columns, rest.iter().copied(), "", &mut sql);
            let executed = connection.execute(sql).await.map_err(conflict_or_failure)?;
            refuse_warnings(connection, executed).await?;
            rest = &rest[count..];
        }
        Ok(rows.len() as u64)
    }

    /// Whether the rows can be sent as a file, and are worth it: they are many, or one of them may be too long for a statement, in which
    /// a byte takes two.
    fn goes_as_file(&self, table: &Table<'_>, rows: impl ExactSizeIterator<Item = RowRef> + Clone) -> bool {
        let binding = table.binding;
        let is_long = |row: RowRef| table.batches.view(row).bytes(&binding.written) > self.longest / 3;
        self.takes_files
            && binding.keeps_charsets
            && (rows.len() >= FILE_ROWS_LEAST || rows.clone().any(is_long))
            && binding.written.iter().all(|&column| takes_fields(&binding.layout.columns[column].ty))
            && rows.map(|row| table.batches.view(row)).all(|row| row.is_whole() && takes_row(row, &binding.written))
    }

    /// Sends rows as files. Whatever the server says about one of them sends all of them by INSERT, which says more.
    async fn load(
        &self,
        connection: &mut Connection,
        table: &Table<'_>,
        mode: FileMode,
        mut rows: impl Iterator<Item = RowRef>,
    ) -> Result<(), SessionError> {
        let columns = &table.binding.written;
        let mut next = rows.next();
        let Some(first) = next else { return Ok(()) };
        let verb = mode.verb();
        let mut sql = format!("LOAD DATA LOCAL INFILE 'rows' {verb}INTO TABLE {} CHARACTER SET binary ", table.name);
        write_columns(table.batches.view(first), columns, &mut sql);
        let mut text = String::new();
        while next.is_some() {
            let mut file = Vec::with_capacity(FILE_BYTES + (64 << 10));
            let mut count = 0;
            while let Some(row) = next.filter(|_| file.len() < FILE_BYTES) {
                write_line(table.batches.view(row), columns, &mut text, &mut file);
                count += 1;
                next = rows.next();
            }
            let executed = connection.load_local(&sql, file).await.map_err(conflict_or_failure)?;
            if count == 1 {
                refuse_warnings(connection, executed).await?;
            }
            if executed.warnings > 0 || executed.skipped.unwrap_or(0) > 0 || executed.records != Some(count) {
                return Err(SessionError::Conflict(ConflictKind::Present));
            }
            if mode == FileMode::Replace && executed.deleted != Some(count) {
                return Err(SessionError::Conflict(ConflictKind::Missing));
            }
        }
        Ok(())
    }

    /// Changes rows by their key, which is the only thing that an INSERT of them can meet. A row that was found counts two, one that
    /// was not counts one, and one that was so already counts nothing.
    async fn upsert(&self, connection: &mut Connection, table: &Table<'_>, rows: &[(RowRef, RowRef)]) -> Result<u64, SessionError> {
        let layout = &table.binding.layout;
        let changing: Vec<usize> = table.binding.written.iter().copied().filter(|column| !layout.key.contains(column)).collect();
        let tail = self.upsert_tail(table, &changing);
        let mut rest = rows;
        while let Some(&(_, first)) = rest.first() {
            let mut sql = String::with_capacity(self.statement_bytes + (16 << 10));
            let columns = &table.binding.written;
            write_insert_head("INSERT", &table.name, table.batches.view(first).batch, columns, &mut sql);
            let count = self.write_rows(table, columns, rest.iter().map(|&(_, after)| after), &tail, &mut sql);
            let executed = connection.execute(sql).await.map_err(conflict_or_failure)?;
            refuse_warnings(connection, executed).await?;
            let changed = executed.affected == 2 * count as u64;
            let was_so = count == 1 && executed.affected == 0;
            if !(changed || was_so) {
                return Err(SessionError::Conflict(ConflictKind::Missing));
            }
            rest = &rest[count..];
        }
        Ok(rows.len() as u64)
    }

    /// Adds rows while they have these columns and the statement has room; at least one. Then comes the tail. Says how many rows these are.
    pub(super) fn write_rows(
        &self,
        table: &Table<'_>,
        columns: &[usize],
        rows: impl Iterator<Item = RowRef>,
        tail: &str,
        sql: &mut String,
    ) -> usize {
        let mut count = 0;
        for row in rows {
            let is_alike = count == 0 || table.batches.view(row).is_whole() || table.columns(row) == columns;
            if count > 0 && (sql.len() >= self.statement_bytes || !is_alike) {
                break;
            }
            let length = sql.len();
            if count > 0 {
                sql.push(',');
            }
            table.write_row(columns, row, sql);
            if count > 0 && sql.len() + tail.len() > self.longest {
                sql.truncate(length);
                break;
            }
            count += 1;
        }
        sql.push_str(tail);
        count
    }

    /// The end of an upsert that sets these columns.
    pub(super) fn upsert_tail(&self, table: &Table<'_>, columns: &[usize]) -> String {
        let layout = &table.binding.layout;
        let mut tail = String::from(match self.dialect {
            Dialect::RowAlias => " AS new ON DUPLICATE KEY UPDATE ",
            Dialect::ValuesFunction => " ON DUPLICATE KEY UPDATE ",
        });
        for (nth, &column) in columns.iter().enumerate() {
            let mut name = String::new();
            write_name(&layout.columns[column].name, &mut name);
            tail.push_str(if nth > 0 { ", " } else { "" });
            tail.push_str(&match self.dialect {
                Dialect::RowAlias => format!("{name} = new.{name}"),
                Dialect::ValuesFunction => format!("{name} = VALUES({name})"),
            });
        }
        tail
    }

    /// Sets what changed, row by row.
    async fn update(&self, connection: &mut Connection, table: &Table<'_>, rows: &[(RowRef, RowRef)]) -> Result<u64, SessionError> {
        let mut rest = rows;
        let mut sql = String::new();
        while !rest.is_empty() {
            sql.clear();
            let (mut taken, mut statements) = (0, 0);
            for &(before, after) in rest {
                if statements >= STATEMENTS_MOST || taken > 0 && sql.len() >= self.statement_bytes {
                    break;
                }
                let length = sql.len();
                let (before, after) = (table.batches.view(before), table.batches.view(after));
                write_update(&table.name, &table.binding.written, before, after, &mut sql);
                if taken > 0 && sql.len() > self.longest {
                    sql.truncate(length);
                    break;
                }
                statements += usize::from(sql.len() > length);
                taken += 1;
            }
            let answers = connection.execute_all(sql.trim_end()).await.map_err(conflict_or_failure)?;
            // Only of the last statement can the server be asked what it warns of: row by row, each is.
            if statements > 1 && answers.iter().any(|executed| executed.warnings > 0) {
                return Err(SessionError::Conflict(ConflictKind::Missing));
            }
            for executed in answers.into_iter().take(statements) {
                refuse_warnings(connection, executed).await?;
                expect(executed.matched.unwrap_or(executed.affected), 1)?;
            }
            rest = &rest[taken..];
        }
        Ok(rows.len() as u64)
    }

    /// Deletes by key; says how many were found.
    pub(super) async fn delete(&self, connection: &mut Connection, table: &Table<'_>, rows: &[RowRef]) -> Result<u64, SessionError> {
        let mut found = 0;
        let mut rest = rows;
        // Without the hint MySQL, and without the limit MariaDB, scans the table when the list is a large part of it.
        let hint = table.hint();
        while !rest.is_empty() {
            let (count, condition) = self.key_condition(table, rest);
            let sql = format!("DELETE {hint}FROM {} WHERE {condition} LIMIT {count}", table.name);
            found += connection.execute(sql).await.map_err(conflict_or_failure)?.affected;
            rest = &rest[count..];
        }
        Ok(found)
    }

    /// The condition that finds the first rows by their keys, and how many they are. A key with NULL, which no list finds, has a
    /// condition of its own.
    fn key_condition(&self, table: &Table<'_>, rows: &[RowRef]) -> (usize, String) {
        let has_null = |row: &RowRef| table.binding.has_null_key(table.batches.view(*row));
        let listed = rows.iter().take(KEYS_MOST).take_while(|&row| !has_null(row)).count();
        if listed > 0 {
            return self.key_lists(table, &rows[..listed]);
        }
        let (view, mut condition) = (table.batches.view(rows[0]), String::new());
        write_same_key(view.batch, view.row, &mut condition);
        (1, condition)
    }

    /// `key IN (…)` for as many of the rows as fit: first the columns of an index, then the rest of the key beside them.
    fn key_lists(&self, table: &Table<'_>, rows: &[RowRef]) -> (usize, String) {
        let lists: Vec<&[usize]> = table.binding.key_lists().collect();
        let mut texts: Vec<String> = lists.iter().map(|columns| table.list_head(columns)).collect();
        let mut count = 0;
        for &row in rows {
            if count > 0 && texts.iter().map(String::len).sum::<usize>() >= self.statement_bytes {
                break;
            }
            let view = table.batches.view(row);
            let lengths: Vec<usize> = texts.iter().map(String::len).collect();
            for (columns, text) in lists.iter().zip(&mut texts) {
                text.push_str(if count > 0 { "," } else { "" });
                match columns {
                    [column] => write_cell(view.batch, *column, view.row, text),
                    columns => write_row(view.batch, columns, view.row, text),
                }
            }
            if count > 0 && texts.iter().map(String::len).sum::<usize>() + DELETE_BYTES > self.longest {
                texts.iter_mut().zip(lengths).for_each(|(text, length)| text.truncate(length));
                break;
            }
            count += 1;
        }
        (count, texts.join(") AND ") + ")")
    }
}

/// Deletes copies of rows that only their bytes identify.
async fn remove_copies(connection: &mut Connection, table: &Table<'_>, rows: &[(RowRef, u32)]) -> Result<u64, SessionError> {
    for &(row, copies) in rows {
        let view = table.batches.view(row);
        let mut sql = format!("DELETE FROM {} WHERE ", table.name);
        write_same_row(view.batch, &table.columns(row), view.row, &mut sql);
        sql.push_str(&format!(" LIMIT {copies}"));
        let executed = connection.execute(sql).await.map_err(conflict_or_failure)?;
        expect(executed.affected, copies.into())?;
    }
    Ok(rows.iter().map(|&(_, copies)| u64::from(copies)).sum())
}

/// The number of rows that statements found (LD-6).
fn expect(found: u64, planned: u64) -> Result<u64, SessionError> {
    if found == planned { Ok(found) } else { Err(SessionError::Conflict(ConflictKind::Missing)) }
}

/// A warning says that a value was bent: nothing bent is committed.
pub(super) async fn refuse_warnings(connection: &mut Connection, executed: Executed) -> Result<(), SessionError> {
    if executed.warnings == 0 {
        return Ok(());
    }
    let warnings = connection.warnings().await.map_err(|error| SessionError::Failed(error.into()))?;
    let Some(bent) = warnings.iter().find(|warning| !warning.is_about_syntax()) else {
        // The server keeps so many of them only: one of a value may hide behind those of syntax. Fewer rows have fewer.
        let all_are_shown = warnings.len() >= usize::from(executed.warnings);
        return if all_are_shown { Ok(()) } else { Err(SessionError::Conflict(ConflictKind::Present)) };
    };
    let source = format!("the server bends a value: {} ({} {})", bent.message, bent.level.to_lowercase(), bent.code);
    Err(SessionError::Failed(Failure { class: FaultClass::Definite, source: source.into() }))
}

fn quoted(place: &Place) -> String {
    let mut name = String::new();
    write_name(&place.schema, &mut name);
    name.push('.');
    write_name(&place.table, &mut name);
    name
}
