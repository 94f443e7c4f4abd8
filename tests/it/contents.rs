//! The exact content of a table as its server tells it: bytes in hex, floats by their shortest exact text, JSON canonical.

use crate::server::Server;

/// A column of a table, as information_schema tells it.
pub(crate) struct ServerColumn {
    pub(crate) name: String,
    data_type: String,
}

impl ServerColumn {
    /// An expression whose value is the cell's exact content as text.
    pub(crate) fn exact(&self) -> String {
        let name = format!("`{}`", self.name.replace('`', "``"));
        match self.data_type.as_str() {
            // As the double it equals: the server prints a FLOAT with six digits only.
            "float" => format!("{name} + 0e0"),
            "double" => name,
            "bit" => format!("{name} + 0"),
            "json" => format!("CAST({name} AS CHAR)"),
            _ => format!("HEX(CAST({name} AS BINARY))"),
        }
    }
}

/// The columns of a table, in its order.
pub(crate) fn columns(server: &Server, schema: &str, table: &str) -> Vec<ServerColumn> {
    let text = |name: &str| name.replace('\'', "''");
    let rows = server.query_text(&format!(
        "SELECT column_name, data_type FROM information_schema.columns WHERE table_schema = '{}' AND table_name = '{}' ORDER BY ordinal_position",
        text(schema),
        text(table)
    ));
    assert!(!rows.is_empty(), "{schema}.{table} exists");
    let column = |row: Vec<Option<String>>| {
        let mut values = row.into_iter().flatten();
        ServerColumn { name: values.next().expect("a name"), data_type: values.next().expect("a type").to_lowercase() }
    };
    rows.into_iter().map(column).collect()
}

/// All rows of a table, each as the exact text of its cells, sorted.
pub(crate) fn table_contents(server: &Server, schema: &str, table: &str) -> Vec<Vec<Option<String>>> {
    contents_where(server, schema, table, "TRUE")
}

/// The same for the rows that fulfil a condition.
pub(crate) fn contents_where(server: &Server, schema: &str, table: &str, condition: &str) -> Vec<Vec<Option<String>>> {
    let cells: Vec<String> = columns(server, schema, table).iter().map(ServerColumn::exact).collect();
    let name = |name: &str| name.replace('`', "``");
    let mut rows = server.query_text(&format!("SELECT {} FROM `{}`.`{}` WHERE {condition}", cells.join(", "), name(schema), name(table)));
    rows.sort();
    rows
}
