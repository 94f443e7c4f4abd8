//! What an administrator runs on a target, one text for MySQL and MariaDB.

use std::fmt::Write;

use super::{Account, Object};
use crate::schema::write_name;

/// What stands where the administrator has to write a schema's name. It is no SQL, so the script cannot be run unread.
const SCHEMA: &str = "<schema>";

/// Makes the schema `retl`, the user, and the least privileges that loading into these schemas takes. `%` in a schema's name stands for any
/// characters, as in GRANT. Until the password is written in, the script is no SQL.
pub fn administrator_script(account: &Account, schemas: &[String]) -> String {
    let mut script = String::from(
        "-- What Rowgate needs on a target, for an administrator to run with the client of MySQL or MariaDB.\n\
         -- Fill in what stands in <…>. It may be run again: what is there stays as it is.\n\n",
    );
    let mut line = |text: std::fmt::Arguments<'_>| writeln!(script, "{text}").expect("a String takes any text");
    line(format_args!("CREATE USER IF NOT EXISTS {account} IDENTIFIED BY <password in quotes>;\n"));
    line(format_args!("-- What Rowgate remembers here, and Otter's tables."));
    for object in Object::all() {
        line(format_args!("{};", object.statement()));
    }
    line(format_args!("GRANT SELECT, INSERT, UPDATE, DELETE ON retl.* TO {account};\n"));
    line(format_args!("-- Schemas that mappings load into; a table's name in place of the * is enough too."));
    line(format_args!("-- MySQL shows triggers only to those who may make them, and a table with triggers has to be known. MariaDB shows"));
    line(format_args!("-- them anyway and skips the words between /* and */."));
    let placeholder = [SCHEMA.to_owned()];
    let schemas: Vec<String> = if schemas.is_empty() { placeholder.to_vec() } else { schemas.iter().map(|name| pattern(name)).collect() };
    for schema in &schemas {
        line(format_args!("GRANT SELECT, INSERT, UPDATE, DELETE /*!50700 , TRIGGER */ ON {schema}.* TO {account};"));
    }
    line(format_args!("-- Only if mappings make missing tables, WITH (on_missing_table = 'create'):"));
    for schema in &schemas {
        line(format_args!("-- GRANT CREATE ON {schema}.* TO {account};"));
    }
    script
}

/// A schema's name where GRANT takes a pattern: an underscore would stand for any character.
fn pattern(schema: &str) -> String {
    let mut quoted = String::new();
    write_name(&schema.replace('_', "\\_"), &mut quoted);
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script(schemas: &[&str]) -> String {
        let account = "rowgate@10.0.%".parse().expect("it is a user");
        administrator_script(&account, &schemas.iter().map(|&name| name.to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn a_script_names_the_user_and_the_schemas_and_grants_nothing_global() {
        let script = script(&["shop_1", "shop_2%"]);
        assert!(script.contains("DELETE /*!50700 , TRIGGER */ ON `shop\\_1`.* TO 'rowgate'@'10.0.%';\n"), "{script}");
        assert!(script.contains("ON `shop\\_2%`.* TO"), "{script}");
        assert!(!script.contains("*.*") && !script.contains(SCHEMA), "{script}");
    }

    #[test]
    fn a_script_that_nobody_filled_in_stops_at_its_first_statement() {
        let script = script(&[]);
        let first = script.lines().find(|line| !line.starts_with("--") && !line.is_empty());
        assert_eq!(first, Some("CREATE USER IF NOT EXISTS 'rowgate'@'10.0.%' IDENTIFIED BY <password in quotes>;"));
        assert!(script.contains("ON <schema>.* TO"), "{script}");
    }
}
