//! A lookup in a table of a configured server, which has its types.

use std::collections::BTreeSet;

use tokio::runtime::Builder;

use super::{
    LookupError, LookupSource,
    cells::{Cells, Writer},
};
use crate::{
    mapping::{LookupColumn, LookupTable, Origin},
    mysql::{Connection, Endpoint, MysqlError, Session, TargetDefinition},
    schema::{Column, ColumnType, TableName, write_name},
};

pub(super) fn read(
    source: &LookupSource,
    table: &TableName,
    server: &str,
    endpoint: &Endpoint,
    wanted: &BTreeSet<String>,
) -> Result<LookupTable, LookupError> {
    let failed = |cause: Box<dyn std::error::Error + Send + Sync>| LookupError::Read {
        lookup: source.name.clone(),
        path: table.to_string().into(),
        cause,
    };
    let runtime = Builder::new_current_thread().enable_all().build().map_err(|error| failed(error.into()))?;
    let asked = runtime.block_on(ask(source, table, endpoint, wanted)).map_err(|refused| match refused {
        Refused::Server(cause) => LookupError::Server { lookup: source.name.clone(), cause: Box::new(cause) },
        Refused::NoTable => LookupError::NoTable { lookup: source.name.clone(), table: table.clone(), server: server.to_owned() },
        Refused::Lookup(error) => error,
    })?;
    let origin = Origin::Table { table: table.to_string(), server: server.to_owned() };
    Ok(LookupTable::new(&source.name, asked, origin))
}

/// Why there is no answer.
enum Refused {
    Server(MysqlError),
    NoTable,
    Lookup(LookupError),
}

impl From<MysqlError> for Refused {
    fn from(error: MysqlError) -> Self {
        Self::Server(error)
    }
}

async fn ask(
    source: &LookupSource,
    table: &TableName,
    endpoint: &Endpoint,
    wanted: &BTreeSet<String>,
) -> Result<Vec<LookupColumn>, Refused> {
    let mut connection = Connection::open(endpoint, Session::Plain).await?;
    let definition = TargetDefinition::read(&mut connection, table).await?.ok_or(Refused::NoTable)?;
    let columns: Vec<&Column> = definition.table.columns.iter().filter(|column| wanted.contains(&column.name.to_lowercase())).collect();
    let mut read = Vec::new();
    for column in &columns {
        let refused = || Refused::Lookup(source.column_error(&column.name, "has a type that lookups do not read"));
        read.push(Cells::of(&column.ty).ok_or_else(refused)?);
    }
    let from = quoted(table);
    // What is too large is not even asked for.
    let lengths = columns.iter().map(|column| format!("COALESCE(SUM(OCTET_LENGTH({})), 0)", name(&column.name)));
    let sizes =
        connection.rows(format!("SELECT COUNT(*){} FROM {from}", lengths.map(|length| format!(", {length}")).collect::<String>())).await?;
    let size = |cell: usize| sizes.first().and_then(|row| row.number(cell)).unwrap_or(u64::MAX);
    let bytes = (1..=columns.len()).fold(0_u64, |sum, cell| sum.saturating_add(size(cell)));
    source.limits.accept(&source.name, size(0), bytes).map_err(Refused::Lookup)?;
    let exact: Vec<String> = columns.iter().map(|column| exact(column)).collect();
    let list = if exact.is_empty() { "NULL".to_owned() } else { exact.join(", ") };
    // Rows may have come since they were counted.
    let rows = connection.rows(format!("SELECT {list} FROM {from} LIMIT {}", source.limits.rows.saturating_add(1))).await?;
    source.limits.accept(&source.name, rows.len() as u64, 0).map_err(Refused::Lookup)?;
    for row in &rows {
        for (number, cells) in read.iter_mut().enumerate() {
            match row.0.get(number).and_then(Option::as_deref) {
                None => cells.push_null(),
                Some(bytes) => cells.push(bytes, Writer::Server).map_err(|problem| {
                    Refused::Lookup(source.column_error(&columns[number].name, format!("holds a value that {problem}")))
                })?,
            }
        }
    }
    connection.close().await;
    let finish = |(column, cells): (&&Column, Cells)| {
        let cells = cells.finish().map_err(|error| Refused::Lookup(source.column_error(&column.name, error.to_string())))?;
        Ok(LookupColumn { name: column.name.clone(), ty: column.ty.clone(), cells })
    };
    columns.iter().zip(read).map(finish).collect()
}

/// What gives the cell's exact content: a text's bytes as they are stored, a FLOAT as the DOUBLE that it equals.
fn exact(column: &Column) -> String {
    let name = name(&column.name);
    match column.ty {
        ColumnType::Float => format!("{name} + 0e0"),
        _ if column.ty.collation().is_some() => format!("CAST({name} AS BINARY)"),
        _ => name,
    }
}

fn name(name: &str) -> String {
    let mut quoted = String::new();
    write_name(name, &mut quoted);
    quoted
}

fn quoted(table: &TableName) -> String {
    format!("{}.{}", name(&table.schema), name(&table.table))
}
