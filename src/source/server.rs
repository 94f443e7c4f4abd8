//! A source and the sessions on it.

use std::{cell::RefCell, fmt::Write, time::Duration};

use md5::{Digest, Md5};
use tokio::runtime::{Builder, Runtime};

use super::{Definitions, ServerState, SourceError, SourceSettings, Start, preflight, start};
use crate::{
    binlog::FileHead,
    mysql::{Connection, Dump, MysqlError, ReplicaConnection, Session},
    position::BinlogOffset,
    schema::{Flavor, ServerVersion},
};

/// A live server whose binlog is read.
pub struct Source {
    settings: SourceSettings,
    server_id: u32,
    runtime: Runtime,
    /// The session for questions, while it lasts.
    session: RefCell<Option<Connection>>,
}

/// How long a question about what the server is may take.
const ANSWER_LIMIT: Duration = Duration::from_secs(30);

impl Source {
    /// A source that is connected to when it is asked. `replica` tells this reader from all others: of it and the machine's name the
    /// number is derived, where none is set.
    pub fn new(settings: SourceSettings, replica: &str) -> Result<Self, SourceError> {
        let runtime = Builder::new_current_thread().enable_all().build().map_err(SourceError::Runtime)?;
        let server_id = settings.server_id.unwrap_or_else(|| derived_id(replica));
        Ok(Self { settings, server_id, runtime, session: RefCell::new(None) })
    }

    /// The server's address, without a password.
    pub fn server(&self) -> String {
        self.settings.endpoint.address.to_string()
    }

    /// The number under which the server knows us.
    pub fn server_id(&self) -> u32 {
        self.server_id
    }

    /// How long it may be silent on a session of [`Self::open`].
    pub fn silence_limit(&self) -> Duration {
        self.settings.silence_limit()
    }

    /// What the server is and has, now.
    ///
    /// # Errors
    /// Also when it cannot be a source: without binlog, with encrypted ones, for a user who may not read them.
    pub fn look(&self) -> Result<ServerState, SourceError> {
        let state = self.ask(async |session| preflight::look(session).await)?;
        if state.identity.server_id == self.server_id {
            return Err(SourceError::ServerIdTaken { server: self.server(), server_id: self.server_id });
        }
        Ok(state)
    }

    /// Whether the user may read the binlog: the missing privilege is told with its statement.
    pub fn check_privileges(&self) -> Result<(), SourceError> {
        let mut replica = ReplicaConnection::open(&self.settings.endpoint)?;
        match replica.register(self.server_id) {
            Err(MysqlError::Refused { refusal, .. }) if preflight::NOT_ALLOWED.contains(&refusal.code) => {
                self.ask(async |session| Err(preflight::missing_privileges(session).await))
            }
            other => Ok(other?),
        }
    }

    /// The definitions of all tables that the user sees.
    pub fn definitions(&self) -> Result<Definitions, SourceError> {
        self.ask(async |session| Definitions::read(session).await)
    }

    /// The file that a capture begins with.
    pub fn first_file(&self, state: &ServerState, from: &Start) -> Result<String, SourceError> {
        start::first_file(&self.server(), state, from, |file| self.head(state.version, file))
    }

    /// What a file of the server says of itself.
    fn head(&self, version: ServerVersion, file: &str) -> Result<FileHead, SourceError> {
        let place = BinlogOffset { file: file.into(), offset: 4 };
        let mut connection = self.open(version, &Dump::From(place))?;
        FileHead::read(&mut connection, file).map_err(|error| SourceError::of_stream(error, self.server_id))
    }

    /// A session on which the binlog comes, from there on.
    pub fn open(&self, version: ServerVersion, dump: &Dump) -> Result<ReplicaConnection, SourceError> {
        let mut connection = ReplicaConnection::open(&self.settings.endpoint)?;
        for statement in self.session_settings(version) {
            connection.execute(&statement)?;
        }
        connection.register(self.server_id)?;
        connection.dump(dump, self.server_id)?;
        Ok(connection)
    }

    fn session_settings(&self, version: ServerVersion) -> Vec<String> {
        let heartbeat_ns = self.settings.heartbeat.as_nanos();
        let mut own = String::new();
        match version.flavor {
            Flavor::MariaDb => {
                // Before anything else: without it GTIDs come disguised as statements, and compressed events not at all.
                own.push_str("SET @mariadb_slave_capability = 4, @slave_gtid_strict_mode = 0, @slave_gtid_ignore_duplicates = 0");
            }
            Flavor::MySql => {
                let _infallible = write!(own, "SET @source_heartbeat_period = {heartbeat_ns}, @source_binlog_checksum = 'CRC32'");
            }
        }
        // Events come as they are in the file, with the checksum they have there: of a server whose `binlog_checksum` is NONE now, older
        // files may have them all the same.
        vec![
            own,
            format!("SET @master_heartbeat_period = {heartbeat_ns}, @master_binlog_checksum = 'CRC32'"),
            "SET net_write_timeout = 600".to_owned(),
        ]
    }

    /// Forgets the session for questions: what ended the binlog's may have ended it too.
    pub fn hang_up(&self) {
        self.session.take();
    }

    /// Asks on the session for questions; opens another when it was lost, and leaves it open for the next question.
    fn ask<T>(&self, question: impl AsyncFnOnce(&mut Connection) -> Result<T, SourceError>) -> Result<T, SourceError> {
        let kept = self.session.take().filter(|session| !session.is_broken());
        self.runtime.block_on(async {
            let mut session = match kept {
                Some(session) => session,
                None => {
                    let mut session = Connection::open(&self.settings.endpoint, Session::Plain).await?;
                    session.set_answer_limit(ANSWER_LIMIT);
                    session
                }
            };
            let answer = question(&mut session).await;
            if !session.is_broken() {
                self.session.replace(Some(session));
            }
            answer
        })
    }
}

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Source").field("settings", &self.settings).field("server_id", &self.server_id).finish_non_exhaustive()
    }
}

/// A number from the upper half, where administrators seldom number servers by hand; the same for the same reader.
fn derived_id(replica: &str) -> u32 {
    const UPPER_HALF: u32 = 1 << 31;
    let machine = std::fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let digest = Md5::digest(format!("{machine}\0{replica}"));
    let [a, b, c, d] = *digest.first_chunk().expect("a digest has 16 bytes");
    u32::from_le_bytes([a, b, c, d]) | UPPER_HALF
}
