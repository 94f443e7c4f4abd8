//! Names as MySQL and MariaDB read them back, whatever is in them.

use super::TableName;

/// Appends a name in backticks.
pub fn write_name(name: &str, out: &mut String) {
    out.push('`');
    out.push_str(&name.replace('`', "``"));
    out.push('`');
}

/// A name in backticks.
pub(super) fn quoted(name: &str) -> String {
    let mut quoted = String::with_capacity(name.len() + 2);
    write_name(name, &mut quoted);
    quoted
}

impl TableName {
    /// `` `schema`.`table` ``.
    pub fn quoted(&self) -> String {
        let mut quoted = String::with_capacity(self.schema.len() + self.table.len() + 5);
        write_name(&self.schema, &mut quoted);
        quoted.push('.');
        write_name(&self.table, &mut quoted);
        quoted
    }
}
