//! Rows that are put, by event mappings and in a redo: whatever row has their key becomes them, and where none has it they come.
//!
//! Nobody knows which of them are there, so no count is checked; a row in another row's way is a conflict all the same (LD-8).

use super::{
    lane::SessionError,
    sql_writer::{SqlWriter, Table, conflict_or_failure, refuse_warnings},
    statement::{write_cell, write_insert_head, write_same_key},
    target::UpdateWay,
    window::RowRef,
};
use crate::{mysql::Connection, schema::write_name};

impl SqlWriter {
    /// Puts rows in their order: a later one of the same key holds.
    pub(super) async fn put(&self, connection: &mut Connection, table: &Table<'_>, rows: &[RowRef]) -> Result<u64, SessionError> {
        let is_upsert = table.binding.updates == UpdateWay::Upsert && rows.iter().all(|&row| table.batches.view(row).is_whole());
        if is_upsert {
            return self.put_many(connection, table, rows).await;
        }
        for row in rows {
            self.put_one(connection, table, row).await?;
        }
        Ok(rows.len() as u64)
    }

    /// The key is the only unique index, so an INSERT can meet no other row. The key is set too: a text may be another to its bytes.
    async fn put_many(&self, connection: &mut Connection, table: &Table<'_>, rows: &[RowRef]) -> Result<u64, SessionError> {
        let columns = &table.binding.written;
        let tail = self.upsert_tail(table, columns);
        let mut rest = rows;
        while let Some(&first) = rest.first() {
            let mut sql = String::new();
            write_insert_head("INSERT", &table.name, table.batches.view(first).batch, columns, &mut sql);
            let count = self.write_rows(table, columns, rest.iter().copied(), &tail, &mut sql);
            let executed = connection.execute(sql).await.map_err(conflict_or_failure)?;
            refuse_warnings(connection, executed).await?;
            rest = &rest[count..];
        }
        Ok(rows.len() as u64)
    }

    /// The row that is there keeps the columns that only the target has, unless the image leaves columns to their defaults.
    async fn put_one(&self, connection: &mut Connection, table: &Table<'_>, row: &RowRef) -> Result<(), SessionError> {
        let view = table.batches.view(*row);
        if view.is_whole() && table.binding.updates != UpdateWay::Replace {
            let mut sql = format!("UPDATE {}", table.name);
            for (nth, &column) in table.binding.written.iter().enumerate() {
                sql.push_str(if nth == 0 { " SET " } else { ", " });
                write_name(&view.layout().columns[column].name, &mut sql);
                sql.push_str(" = ");
                write_cell(view.batch, column, view.row, &mut sql);
            }
            sql.push_str(" WHERE ");
            write_same_key(view.batch, view.row, &mut sql);
            let executed = connection.execute(sql).await.map_err(conflict_or_failure)?;
            refuse_warnings(connection, executed).await?;
            if executed.matched.unwrap_or(executed.affected) > 0 {
                return Ok(());
            }
        } else {
            self.delete(connection, table, std::slice::from_ref(row)).await?;
        }
        self.insert(connection, table, "INSERT", std::slice::from_ref(row)).await?;
        Ok(())
    }
}
