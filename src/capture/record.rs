//! `capture.json`: whose binlogs a folder holds.

use serde::{Deserialize, Serialize};

use crate::source::{Identity, ServerState};

/// What is remembered beside the files. Names stay; later versions may add some.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Record {
    /// The form of this record.
    version: u32,
    /// `MySQL` or `MariaDB`.
    flavor: String,
    /// The server's version when the capture was begun.
    server_version: String,
    /// MySQL's `server_uuid`.
    server_uuid: Option<String>,
    /// `server_id`.
    server_id: u32,
    /// What the capture was begun with.
    start: String,
    /// The file it was begun with.
    first_file: String,
}

const VERSION: u32 = 1;

impl Record {
    pub(super) fn new(state: &ServerState, start: String, first_file: String) -> Self {
        let Identity { flavor, uuid, server_id } = &state.identity;
        Self {
            version: VERSION,
            flavor: flavor.to_string(),
            server_version: state.version.to_string(),
            server_uuid: uuid.clone(),
            server_id: *server_id,
            start,
            first_file,
        }
    }

    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let record: Self = serde_json::from_str(text).map_err(|error| error.to_string())?;
        if record.version != VERSION {
            return Err(format!("its version is {}, and {VERSION} is known", record.version));
        }
        Ok(record)
    }

    pub(super) fn text(&self) -> String {
        let text = serde_json::to_string_pretty(self).expect("texts and numbers have a form in JSON");
        text + "\n"
    }

    /// The file that the capture was begun with.
    pub(super) fn first_file(&self) -> &str {
        &self.first_file
    }

    /// Whether this is the server. One that has no UUID is known by its number.
    pub(super) fn is_of(&self, identity: &Identity) -> bool {
        let same_number = || self.server_id == identity.server_id;
        self.flavor == identity.flavor.to_string() && self.server_uuid == identity.uuid && (self.server_uuid.is_some() || same_number())
    }

    /// The server in words.
    pub(super) fn server(&self) -> String {
        words(&self.flavor, self.server_uuid.as_deref(), self.server_id)
    }
}

/// A server in words.
pub(super) fn words_of(identity: &Identity) -> String {
    words(&identity.flavor.to_string(), identity.uuid.as_deref(), identity.server_id)
}

fn words(flavor: &str, uuid: Option<&str>, server_id: u32) -> String {
    match uuid {
        Some(uuid) => format!("{flavor} with server_uuid {uuid}"),
        None => format!("{flavor} with server_id {server_id}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        position::BinlogOffset,
        schema::{Flavor, ServerVersion},
        source::ListedFile,
    };

    fn state(flavor: Flavor, uuid: Option<&str>, server_id: u32) -> ServerState {
        ServerState {
            version: ServerVersion::from(flavor),
            identity: Identity { flavor, uuid: uuid.map(str::to_owned), server_id },
            files: vec![ListedFile { name: "b.000001".to_owned(), bytes: 4 }],
            end: BinlogOffset { file: "b.000001".into(), offset: 4 },
            notes: Vec::new(),
        }
    }

    #[test]
    fn a_server_is_known_by_its_uuid_and_without_one_by_its_number() {
        let of = |state: &ServerState| {
            let record = Record::new(state, "current".to_owned(), "b.000001".to_owned());
            Record::parse(&record.text()).expect("its own text")
        };
        let mysql = of(&state(Flavor::MySql, Some("u"), 1));
        assert!(mysql.is_of(&state(Flavor::MySql, Some("u"), 2).identity));
        assert!(!mysql.is_of(&state(Flavor::MySql, Some("v"), 1).identity));
        let mariadb = of(&state(Flavor::MariaDb, None, 1));
        assert!(mariadb.is_of(&state(Flavor::MariaDb, None, 1).identity));
        assert!(!mariadb.is_of(&state(Flavor::MariaDb, None, 2).identity));
        assert!(!mariadb.is_of(&state(Flavor::MySql, None, 1).identity));
    }

    #[test]
    fn a_record_of_another_form_is_refused() {
        let record = Record::new(&state(Flavor::MySql, None, 1), String::new(), String::new());
        let later = record.text().replace("\"version\": 1", "\"version\": 2");
        assert_eq!(Record::parse(&later).expect_err("a later form"), "its version is 2, and 1 is known");
        assert!(Record::parse("{}").is_err());
    }
}
