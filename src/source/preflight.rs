//! What a server is, whether it can be a source, and which binlogs it has.

use super::SourceError;
use crate::{
    mysql::{Connection, MysqlError},
    position::BinlogOffset,
    schema::{Flavor, ServerVersion},
};

/// Access denied: for what takes a privilege on the whole server.
pub(super) const NOT_ALLOWED: [u16; 3] = [1045, 1142, 1227];

/// `ER_NO_BINARY_LOGGING`
const NO_BINARY_LOGGING: u16 = 1381;

/// Which server it is, whatever its address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// MySQL or MariaDB.
    pub flavor: Flavor,
    /// MySQL's `server_uuid`; MariaDB has none.
    pub uuid: Option<String>,
    /// `server_id`.
    pub server_id: u32,
}

/// A file of SHOW BINARY LOGS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedFile {
    /// Its name.
    pub name: String,
    /// Its size, so far.
    pub bytes: u64,
}

/// A source at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerState {
    /// Its family and version.
    pub version: ServerVersion,
    /// Which server it is.
    pub identity: Identity,
    /// Its binlogs, in order; never none.
    pub files: Vec<ListedFile>,
    /// Where the last of them ends.
    pub end: BinlogOffset,
    /// What of its settings will be missed in its binlogs.
    pub notes: Vec<String>,
}

impl ServerState {
    /// How many bytes of binlog follow a place; none where its file is gone.
    pub fn bytes_after(&self, place: &BinlogOffset) -> Option<u64> {
        let at = self.files.iter().position(|file| file.name == *place.file)?;
        let bytes: u64 = self.files[at..].iter().map(|file| file.bytes).sum();
        Some(bytes.saturating_sub(place.offset))
    }
}

/// Server settings by name.
struct Settings(Vec<(String, String)>);

impl Settings {
    async fn read(session: &mut Connection) -> Result<Self, MysqlError> {
        let rows = session
            .rows(
                "SHOW GLOBAL VARIABLES WHERE Variable_name IN ('log_bin', 'server_id', 'server_uuid', 'binlog_format', 'binlog_row_image', \
                 'encrypt_binlog', 'binlog_encryption')",
            )
            .await?;
        let text = |cell: Option<&str>| cell.unwrap_or_default().to_owned();
        Ok(Self(rows.iter().map(|row| (text(row.text(0)).to_lowercase(), text(row.text(1)))).collect()))
    }

    fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    fn is_on(&self, name: &str) -> bool {
        matches!(self.get(name), Some("ON" | "1"))
    }
}

/// Looks at the server.
pub(super) async fn look(session: &mut Connection) -> Result<ServerState, SourceError> {
    let settings = Settings::read(session).await?;
    let server = || session.server().to_owned();
    if !settings.is_on("log_bin") {
        return Err(SourceError::NoBinlog { server: server() });
    }
    for variable in ["encrypt_binlog", "binlog_encryption"] {
        if settings.is_on(variable) {
            return Err(SourceError::Encrypted { server: server(), variable });
        }
    }
    let version = session.version();
    let identity = Identity {
        flavor: version.flavor,
        uuid: settings.get("server_uuid").filter(|uuid| !uuid.is_empty()).map(str::to_owned),
        server_id: settings.get("server_id").and_then(|number| number.parse().ok()).unwrap_or_default(),
    };
    let notes = notes(&settings);
    let listed = listed(session).await;
    let (files, end) = match listed {
        Err(MysqlError::Refused { refusal, .. }) if NOT_ALLOWED.contains(&refusal.code) => {
            return Err(missing_privileges(session).await);
        }
        Err(MysqlError::Refused { server, refusal, .. }) if refusal.code == NO_BINARY_LOGGING => {
            return Err(SourceError::NoBinlog { server });
        }
        other => other?,
    };
    Ok(ServerState { version, identity, files, end, notes })
}

async fn listed(session: &mut Connection) -> Result<(Vec<ListedFile>, BinlogOffset), MysqlError> {
    let status = if session.version().is_mysql_from(80_200) { "SHOW BINARY LOG STATUS" } else { "SHOW MASTER STATUS" };
    // The end first: a file that is begun in between is listed, and nothing before the end is missed.
    let rows = session.rows(status).await?;
    let end = rows.first().and_then(|row| Some(BinlogOffset { file: row.text(0)?.into(), offset: row.number(1)? }));
    let rows = session.rows("SHOW BINARY LOGS").await?;
    let file = |row: &crate::mysql::Row| Some(ListedFile { name: row.text(0)?.to_owned(), bytes: row.number(1)? });
    let files: Vec<ListedFile> = rows.iter().filter_map(file).collect();
    match end {
        Some(end) if !files.is_empty() => Ok((files, end)),
        _ => Err(session.unreadable("SHOW", "binlog file")),
    }
}

fn notes(settings: &Settings) -> Vec<String> {
    let mut notes = Vec::new();
    if let Some(format @ ("STATEMENT" | "MIXED")) = settings.get("binlog_format") {
        notes.push(format!("`binlog_format` is {format}: changes that the server logs as statements cannot be replayed; set it to ROW"));
    }
    if let Some(image @ ("MINIMAL" | "NOBLOB")) = settings.get("binlog_row_image").map(str::to_uppercase).as_deref() {
        notes.push(format!(
            "`binlog_row_image` is {image}: row images lack columns, so rules that read them may fail, and replay is slower"
        ));
    }
    notes
}

/// The error for a user who may not read the binlog, with all privileges that it takes.
pub(super) async fn missing_privileges(session: &mut Connection) -> SourceError {
    let user = match session.rows("SELECT CURRENT_USER()").await {
        Ok(rows) => rows.first().and_then(|row| row.text(0)).unwrap_or_default().to_owned(),
        Err(error) => return error.into(),
    };
    let monitor = if session.version().is_mariadb_from(100_502) { "BINLOG MONITOR" } else { "REPLICATION CLIENT" };
    let (name, host) = user.rsplit_once('@').unwrap_or((&user, "%"));
    let quoted = |text: &str| {
        let mut quoted = String::new();
        crate::mysql::write_string(text, &mut quoted);
        quoted
    };
    SourceError::Privileges {
        server: session.server().to_owned(),
        privileges: format!("REPLICATION SLAVE or {monitor}"),
        grant: format!("GRANT REPLICATION SLAVE, {monitor} ON *.* TO {}@{};", quoted(name), quoted(host)),
    }
}
