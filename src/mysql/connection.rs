//! One session on one server.

use std::{io, time::Duration};

use futures::{StreamExt, stream};
use mysql_async::{
    Conn, DriverError, Error, InfileData, IoError, LocalInfileError, OptsBuilder, QueryResult, SslOpts, TextProtocol, Value,
    prelude::Queryable,
};
use tokio::time::timeout;

use super::{Endpoint, Executed, MysqlError, Refusal, Row, Session, Tls, Warning, address::Place, refusal::without_values};
use crate::{fault::FaultClass, schema::ServerVersion};

/// How long a server may take from the first packet to a session that is set.
const CONNECT_LIMIT: Duration = Duration::from_secs(20);

/// How long a statement may run, unless [`Connection::set_answer_limit`] says otherwise.
const ANSWER_LIMIT: Duration = Duration::from_secs(600);

/// How long a silent connection stays before the system asks whether the other side is there.
const KEEPALIVE: Duration = Duration::from_secs(30);

/// The longest packet of the protocol. The driver is given this limit; the server's own is held in [`Connection::rows`] and the like,
/// since the driver would close the connection.
const PACKET_LIMIT: usize = 1 << 30;

/// How much of a file goes into one packet of LOAD DATA LOCAL.
const FILE_PACKET: usize = 512 << 10;

/// A session on a server, for one statement at a time.
///
/// Once it is broken every call fails with [`MysqlError::Lost`]; open a new one. Dropping a call half way breaks it.
#[derive(Debug)]
pub struct Connection {
    driver: Conn,
    server: String,
    version: ServerVersion,
    max_packet: usize,
    local_infile: bool,
    folds_names: bool,
    answer_limit: Duration,
    /// A call is under way, or the session ended: set before the first packet of a statement, cleared after the last of its answer.
    broken: bool,
}

impl Connection {
    /// Connects and sets the session.
    pub async fn open(endpoint: &Endpoint, session: Session) -> Result<Self, MysqlError> {
        let server = endpoint.address.to_string();
        match timeout(CONNECT_LIMIT, Self::connect(endpoint, &server, session)).await {
            Ok(result) => result,
            Err(_) => {
                let cause = io::Error::new(io::ErrorKind::TimedOut, format!("no answer for {} s", CONNECT_LIMIT.as_secs()));
                Err(MysqlError::Connect { server, class: FaultClass::Transient, cause })
            }
        }
    }

    async fn connect(endpoint: &Endpoint, server: &str, session: Session) -> Result<Self, MysqlError> {
        let driver = match Conn::new(options(endpoint, Encryption::Asked)).await {
            Err(Error::Driver(DriverError::NoClientSslFlagFromServer)) if endpoint.address.tls == Tls::Prefer => {
                Conn::new(options(endpoint, Encryption::Left)).await
            }
            result => result,
        };
        let driver = driver.map_err(|error| not_connected(server, error))?;
        let mut connection = Self {
            driver,
            server: server.to_owned(),
            version: ServerVersion::MYSQL_9_7,
            max_packet: PACKET_LIMIT,
            local_infile: false,
            folds_names: false,
            answer_limit: ANSWER_LIMIT,
            broken: false,
        };
        connection.read_server().await?;
        connection.execute(session.settings(connection.version)).await?;
        Ok(connection)
    }

    async fn read_server(&mut self) -> Result<(), MysqlError> {
        let rows = self.rows("SELECT version(), @@max_allowed_packet, @@local_infile, @@lower_case_table_names").await?;
        let row = rows.first().ok_or_else(|| self.unreadable("SELECT", "row"))?;
        self.version = row.text(0).and_then(ServerVersion::parse).ok_or_else(|| self.unreadable("SELECT", "version"))?;
        let max_packet = row.number(1).and_then(|bytes| usize::try_from(bytes).ok());
        self.max_packet = max_packet.ok_or_else(|| self.unreadable("SELECT", "packet size"))?;
        self.local_infile = row.number(2) == Some(1);
        self.folds_names = row.number(3) != Some(0);
        Ok(())
    }

    /// The server's address, without a password.
    pub fn server(&self) -> &str {
        &self.server
    }

    /// The server's family and version.
    pub fn version(&self) -> ServerVersion {
        self.version
    }

    /// The longest statement that the server takes, in bytes.
    pub fn max_statement(&self) -> usize {
        // The packet begins with a byte for the command, and has to be shorter than the limit.
        self.max_packet - 2
    }

    /// Whether the server takes LOAD DATA LOCAL.
    pub fn takes_local_files(&self) -> bool {
        self.local_infile
    }

    /// Whether the server ignores case in the names of schemas and tables (`lower_case_table_names`).
    pub(super) fn folds_names(&self) -> bool {
        self.folds_names
    }

    /// The session's number, for `KILL`.
    pub fn id(&self) -> u32 {
        self.driver.id()
    }

    /// Sets how long a statement may run; 10 minutes at first.
    pub fn set_answer_limit(&mut self, limit: Duration) {
        self.answer_limit = limit;
    }

    /// Whether the session is gone.
    pub fn is_broken(&self) -> bool {
        self.broken || self.driver.is_disconnected()
    }

    /// Runs one statement that gives no rows. Its bytes reach the server as they are.
    pub async fn execute(&mut self, sql: impl AsRef<[u8]>) -> Result<Executed, MysqlError> {
        let all = self.execute_all(sql).await?;
        Ok(all.first().copied().unwrap_or_default())
    }

    /// Runs statements that give no rows, separated by `;`, in one round trip; answers each. The server stops at the first error,
    /// and what it did before stands as far as the transaction does.
    pub async fn execute_all(&mut self, sql: impl AsRef<[u8]>) -> Result<Vec<Executed>, MysqlError> {
        let sql = sql.as_ref();
        self.begin(sql)?;
        let result = timeout(self.answer_limit, answers(&mut self.driver, sql)).await;
        self.end(sql, result)
    }

    /// Runs a query; its rows are held in memory.
    pub async fn rows(&mut self, sql: impl AsRef<[u8]>) -> Result<Vec<Row>, MysqlError> {
        let sql = sql.as_ref();
        self.begin(sql)?;
        let result = timeout(self.answer_limit, rows(&mut self.driver, sql)).await;
        self.end(sql, result)
    }

    /// Runs a LOAD DATA LOCAL INFILE; whatever file it names, the server gets these bytes, once.
    pub async fn load_local(&mut self, sql: impl AsRef<[u8]>, file: Vec<u8>) -> Result<Executed, MysqlError> {
        self.driver.set_infile_handler(async move { Ok(packets(file)) });
        let executed = self.execute(sql).await;
        // A server that refuses at once leaves the bytes unread, and could ask for them in answer to any later statement.
        self.driver.set_infile_handler(async { Err(LocalInfileError::NoHandler.into()) });
        executed
    }

    /// The conditions of the last statement, notes among them.
    pub async fn warnings(&mut self) -> Result<Vec<Warning>, MysqlError> {
        let warning = |row: &Row| {
            let code = row.number(1).and_then(|code| u16::try_from(code).ok()).unwrap_or_default();
            let words = row.0.get(2).and_then(Option::as_deref).map(String::from_utf8_lossy).unwrap_or_default();
            Warning { level: row.text(0).unwrap_or_default().to_owned(), code, message: without_values(code, &words) }
        };
        Ok(self.rows("SHOW WARNINGS").await?.iter().map(warning).collect())
    }

    /// Ends the session in order. An open transaction is rolled back.
    pub async fn close(self) {
        if !self.is_broken() {
            // The server frees the session when the socket closes, whether it heard this or not.
            let _ = timeout(CONNECT_LIMIT, self.driver.disconnect()).await;
        }
    }

    fn begin(&mut self, sql: &[u8]) -> Result<(), MysqlError> {
        if self.is_broken() {
            let cause = io::Error::new(io::ErrorKind::NotConnected, "the session ended before");
            return Err(MysqlError::Lost { server: self.server.clone(), statement: verb(sql), cause });
        }
        if sql.len() > self.max_statement() {
            let (statement, limit) = (verb(sql), self.max_statement());
            return Err(MysqlError::TooLong { server: self.server.clone(), statement, bytes: sql.len(), limit });
        }
        self.broken = true;
        Ok(())
    }

    fn end<T>(&mut self, sql: &[u8], result: Result<Result<T, Error>, tokio::time::error::Elapsed>) -> Result<T, MysqlError> {
        let (server, statement) = (self.server.clone(), verb(sql));
        match result {
            Ok(Ok(answer)) => {
                self.broken = false;
                Ok(answer)
            }
            Ok(Err(Error::Server(error))) => {
                let refusal = Refusal::new(error.code, error.state, &error.message);
                self.broken = refusal.ends_session();
                Err(MysqlError::Refused { server, statement, refusal })
            }
            Ok(Err(error)) => Err(MysqlError::Lost { server, statement, cause: cause_of(error).1 }),
            Err(_) => Err(MysqlError::Silent { server, statement, limit: self.answer_limit }),
        }
    }

    pub(crate) fn unreadable(&self, statement: &str, missing: &'static str) -> MysqlError {
        MysqlError::Unreadable { server: self.server.clone(), statement: statement.to_owned(), missing }
    }
}

/// Whether TLS is left out although the address asks for it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Encryption {
    Asked,
    Left,
}

fn options(endpoint: &Endpoint, encryption: Encryption) -> OptsBuilder {
    let address = &endpoint.address;
    let options = OptsBuilder::default()
        .user(Some(&address.user))
        .pass(endpoint.password.as_ref().map(|password| password.reveal()))
        .prefer_socket(false)
        .tcp_keepalive(Some(KEEPALIVE))
        .client_found_rows(false)
        // Given here, these two save a question on connecting.
        .max_allowed_packet(Some(PACKET_LIMIT))
        .wait_timeout(Some(0));
    let options = match &address.place {
        Place::Tcp { host, port } => options.ip_or_hostname(host).tcp_port(*port),
        Place::Socket(path) => return options.socket(Some(path.to_string_lossy())),
    };
    let anybody = || SslOpts::default().with_danger_accept_invalid_certs(true).with_danger_skip_domain_validation(true);
    match &address.tls {
        _ if encryption == Encryption::Left => options,
        Tls::Off => options,
        Tls::Prefer | Tls::Require => options.ssl_opts(anybody()),
        Tls::Verify { authorities: None } => options.ssl_opts(SslOpts::default()),
        Tls::Verify { authorities: Some(file) } => {
            options.ssl_opts(SslOpts::default().with_disable_built_in_roots(true).with_root_certs(vec![file.clone().into()]))
        }
    }
}

/// Every statement's answer; an error of a later statement is kept by the driver until its result is dropped.
async fn answers(driver: &mut Conn, sql: &[u8]) -> Result<Vec<Executed>, Error> {
    let mut result = driver.query_iter(sql).await?;
    let mut all = Vec::with_capacity(1);
    loop {
        all.push(executed(&result));
        if result.is_empty() {
            result.drop_result().await?;
            return Ok(all);
        }
        while result.next().await?.is_some() {}
    }
}

fn executed(result: &QueryResult<'_, '_, TextProtocol>) -> Executed {
    Executed::read(result.affected_rows(), result.warnings(), &result.info())
}

async fn rows(driver: &mut Conn, sql: &[u8]) -> Result<Vec<Row>, Error> {
    let mut result = driver.query_iter(sql).await?;
    let mut rows = Vec::new();
    while let Some(row) = result.next().await? {
        rows.push(Row(row.unwrap().into_iter().map(cell).collect()));
    }
    result.drop_result().await?;
    Ok(rows)
}

fn cell(value: Value) -> Option<Vec<u8>> {
    match value {
        Value::NULL => None,
        Value::Bytes(bytes) => Some(bytes),
        // The text protocol sends bytes only.
        other => Some(other.as_sql(false).into_bytes()),
    }
}

fn packets(file: Vec<u8>) -> InfileData {
    let next = |(file, start): (Vec<u8>, usize)| async move {
        let end = file.len().min(start + FILE_PACKET);
        let packet = file[start..end].to_vec();
        (start < end).then(|| (Ok(packet.into()), (file, end)))
    };
    stream::unfold((file, 0), next).boxed()
}

/// The first word of a statement: what may be told of it (INV-7).
fn verb(sql: &[u8]) -> String {
    const LONGEST: usize = 20;
    let word = sql.iter().skip_while(|byte| byte.is_ascii_whitespace()).take_while(|byte| byte.is_ascii_alphabetic());
    let word: String = word.take(LONGEST).map(|&byte| char::from(byte.to_ascii_uppercase())).collect();
    if word.is_empty() { "a statement".to_owned() } else { word }
}

fn not_connected(server: &str, error: Error) -> MysqlError {
    let server = server.to_owned();
    match error {
        Error::Server(error) => {
            let refusal = Refusal::new(error.code, error.state, &error.message);
            MysqlError::Refused { server, statement: "the connection".to_owned(), refusal }
        }
        other => {
            let (class, cause) = cause_of(other);
            MysqlError::Connect { server, class, cause }
        }
    }
}

/// What the network or the driver says; the driver's own errors may hold packets, so their words are all that is kept (INV-7).
fn cause_of(error: Error) -> (FaultClass, io::Error) {
    match error {
        Error::Io(IoError::Io(cause)) => {
            // A server that goes away ends its stream, and a resolver that cannot be reached has no kind of its own.
            let passes = matches!(cause.kind(), io::ErrorKind::UnexpectedEof) || cause.raw_os_error().is_none() && is_lookup(&cause);
            let class = if passes { FaultClass::Transient } else { FaultClass::of_io(&cause) };
            (class, cause)
        }
        Error::Io(IoError::Tls(cause)) => (FaultClass::Definite, io::Error::other(cause.to_string())),
        Error::Driver(DriverError::ConnectionClosed) => (FaultClass::Transient, io::ErrorKind::NotConnected.into()),
        // MySQL answers an unknown user with a plugin picked at random, so that nobody learns which users there are.
        Error::Driver(DriverError::UnknownAuthPlugin { name }) => {
            (FaultClass::Definite, io::Error::other(format!("the user is unknown, or logs in by `{name}`, which is not supported")))
        }
        other => (FaultClass::Definite, io::Error::other(other.to_string())),
    }
}

fn is_lookup(cause: &io::Error) -> bool {
    cause.to_string().starts_with("failed to lookup address")
}

#[cfg(test)]
mod tests {
    use super::verb;

    #[test]
    fn only_the_verb_of_a_statement_is_told() {
        assert_eq!(verb(b"\n insert INTO t VALUES ('secret')"), "INSERT");
        assert_eq!(verb(b"/* x */ DO 1"), "a statement");
        assert_eq!(verb(b"'secret'"), "a statement");
    }
}
