//! What is in the schema, and the statement that makes each part.

use std::fmt;

use crate::{
    checkpoint,
    mysql::{Connection, MysqlError},
};

const CREATE_SCHEMA: &str = "CREATE DATABASE IF NOT EXISTS retl DEFAULT CHARACTER SET utf8mb4";

/// How each table's statement begins; the name follows.
const CREATE_TABLE: &str = "CREATE TABLE IF NOT EXISTS retl.";

/// Otter's tables, as its setup has them. The times have defaults: without them servers before 8 would want a zero date.
const OTTER_TABLES: [&str; 3] = [
    "CREATE TABLE IF NOT EXISTS retl.retl_buffer (
  ID bigint NOT NULL AUTO_INCREMENT,
  TABLE_ID int NOT NULL,
  FULL_NAME varchar(512),
  TYPE char(1) NOT NULL,
  PK_DATA varchar(256) NOT NULL,
  GMT_CREATE timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
  GMT_MODIFIED timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (ID)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4",
    "CREATE TABLE IF NOT EXISTS retl.retl_mark (
  ID bigint NOT NULL AUTO_INCREMENT,
  CHANNEL_ID int,
  CHANNEL_INFO varchar(128),
  PRIMARY KEY (ID)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4",
    "CREATE TABLE IF NOT EXISTS retl.xdual (
  ID bigint NOT NULL AUTO_INCREMENT,
  X timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
  PRIMARY KEY (ID)
) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4",
];

/// How many rows `retl_mark` is filled with: a transaction that marks itself updates one of them, and inserts none.
const MARKS: u64 = 1000;

/// A part of the schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Object(Kind);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Schema,
    /// Its CREATE TABLE.
    Table(&'static str),
    Marks,
}

/// What became of an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ensured {
    /// It was missing.
    Made,
    /// It was there, in whatever form.
    WasThere,
}

impl Object {
    /// All of them, in the order in which they can be made.
    pub fn all() -> impl Iterator<Item = Self> {
        let tables = OTTER_TABLES.into_iter().chain(checkpoint::TABLES).map(Kind::Table);
        [Kind::Schema].into_iter().chain(tables).chain([Kind::Marks]).map(Self)
    }

    /// A statement that makes it where it is missing, and does no harm where it is there.
    pub fn statement(self) -> String {
        match self.0 {
            Kind::Schema => CREATE_SCHEMA.to_owned(),
            Kind::Table(create) => create.to_owned(),
            Kind::Marks => {
                let rows: Vec<String> = (1..=MARKS).map(|id| format!("({id},0)")).collect();
                format!("INSERT IGNORE INTO retl.retl_mark (ID, CHANNEL_ID) VALUES {}", rows.join(","))
            }
        }
    }

    /// Makes it where it is missing. To find it there takes no privilege but those to use it.
    pub async fn ensure(self, connection: &mut Connection) -> Result<Ensured, MysqlError> {
        let (question, whole) = match self.0 {
            Kind::Schema => ("SELECT count(*) FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = 'retl'".to_owned(), 1),
            Kind::Table(create) => {
                let tables = "SELECT count(*) FROM information_schema.TABLES WHERE TABLE_SCHEMA = 'retl' AND TABLE_NAME";
                (format!("{tables} = '{}'", table_name(create)), 1)
            }
            Kind::Marks => (format!("SELECT count(*) FROM retl.retl_mark WHERE ID BETWEEN 1 AND {MARKS}"), MARKS),
        };
        let found = connection.rows(question).await?;
        if found.first().and_then(|row| row.number(0)) == Some(whole) {
            return Ok(Ensured::WasThere);
        }
        connection.execute(self.statement()).await?;
        Ok(Ensured::Made)
    }
}

impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Kind::Schema => f.write_str("schema retl"),
            Kind::Table(create) => write!(f, "table retl.{}", table_name(create)),
            Kind::Marks => write!(f, "rows 1 to {MARKS} of retl.retl_mark"),
        }
    }
}

fn table_name(create: &'static str) -> &'static str {
    let (name, _) = create.strip_prefix(CREATE_TABLE).and_then(|rest| rest.split_once(' ')).unwrap_or_default();
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_object_has_the_name_that_its_statement_gives() {
        let names: Vec<String> = Object::all().map(|object| object.to_string()).collect();
        let tables = ["retl_buffer", "retl_mark", "xdual", "rowgate_job", "rowgate_checkpoint", "rowgate_dead_letter"]
            .map(|name| format!("table retl.{name}"));
        assert_eq!(names.first().map(String::as_str), Some("schema retl"));
        assert_eq!(names[1..7], tables);
        assert_eq!(names[7], "rows 1 to 1000 of retl.retl_mark");
    }
}
