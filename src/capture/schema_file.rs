//! `schema.sql` in the folder of a capture: the definitions of the source's tables as of a place in its binlog.

use std::{fs, io, path::Path};

use crate::{position::BinlogOffset, source::Definitions};

/// The file's name.
const NAME: &str = "schema.sql";

/// How the line begins that says as of when the definitions are.
const POSITION: &str = "-- Position\t";

/// A file of definitions that a capture made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaFile {
    /// The script.
    pub text: String,
    /// What the server's statements before this place did is in them.
    pub as_of: BinlogOffset,
}

impl SchemaFile {
    pub(super) const NAME: &str = NAME;

    /// Reads that of a folder; none where there is none, or where nothing says as of when it is.
    pub fn find(folder: &Path) -> io::Result<Option<Self>> {
        let text = match fs::read_to_string(folder.join(NAME)) {
            Ok(text) => text,
            Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => return Ok(None),
            Err(error) => return Err(error),
        };
        let as_of = text.lines().find_map(|line| line.strip_prefix(POSITION)).and_then(|place| place.trim().parse().ok());
        Ok(as_of.map(|as_of| Self { text, as_of }))
    }

    pub(super) fn script(definitions: &Definitions, as_of: &BinlogOffset, server: &str) -> String {
        format!(
            "-- The tables of {server} as rowgate capture found them.\n-- They hold from this place of its binlog on; what lies before may \
             have had others.\n{POSITION}{as_of}\n{}",
            definitions.script()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{ServerVersion, TableName, read_schema_file};

    #[test]
    fn what_is_written_is_read_back_with_its_place() {
        let folder = tempfile::tempdir().expect("the temporary folder is writable");
        assert_eq!(SchemaFile::find(folder.path()).expect("nothing is there"), None);
        let tables = vec![
            (TableName::new("a`b", "t"), "CREATE TABLE `t` (\n  `id` int(11) NOT NULL,\n  PRIMARY KEY (`id`)\n)".to_owned()),
            (TableName::new("s", "j"), "CREATE TABLE `j` (`doc` json) DEFAULT CHARSET=utf8mb4".to_owned()),
        ];
        let definitions = Definitions { version: ServerVersion::MARIADB_10_11, tables };
        let place: BinlogOffset = "binlog.000003:1234".parse().expect("a place");
        let script = SchemaFile::script(&definitions, &place, "mysql://a@b:3306");
        fs::write(folder.path().join(NAME), &script).expect("the temporary folder is writable");
        let read = SchemaFile::find(folder.path()).expect("it is readable").expect("it is there");
        assert_eq!(read.as_of, place);
        let (history, problems) = read_schema_file(&read.text, ServerVersion::MYSQL_9_7);
        assert_eq!(problems, []);
        assert_eq!(history.tables().map(|table| table.name.to_string()).collect::<Vec<_>>(), ["a`b.t", "s.j"]);
        let json = history.get(&TableName::new("s", "j")).expect("it is defined");
        assert!(json.columns[0].ty.collation().is_some(), "MariaDB's JSON is text");
    }
}
