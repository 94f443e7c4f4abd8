//! The type of a lookup's column, as a text of MySQL.

use crate::schema::{ColumnType, ServerVersion, read_schema_file};

/// The type that a text such as `bigint unsigned` or `varchar(32) collate utf8mb4_bin` declares.
///
/// # Errors
/// What is wrong with it.
pub fn column_type(text: &str) -> Result<ColumnType, String> {
    let statement = format!("CREATE TABLE s.t (c {text});");
    let (history, problems) = read_schema_file(&statement, ServerVersion::MYSQL_9_7);
    if let Some(problem) = problems.first() {
        return Err(problem.message.clone());
    }
    let found = history.tables().next().map(|table| (table.columns.len(), table.columns.first().map(|column| column.ty.clone())));
    match found {
        Some((1, Some(ty))) => Ok(ty),
        _ => Err(format!("`{text}` is no type of one column")),
    }
}
