//! A session on which a server sends its binlog.

use std::io;

use super::{
    dump::{Dump, registration},
    login::{ANSWER_LIMIT, Greeting, Login, LoginFault, refusal},
    packets::{Packets, Piece},
    socket::Socket,
};
use crate::{
    fault::FaultClass,
    mysql::{Address, Endpoint, MysqlError, Password, Tls, address::Place},
};

/// A session as replicas open it: short statements first, then the binlog and nothing else.
///
/// It waits by ticks of a tenth of a second, and holds one buffer of 1 MiB however long an event is. Dropping it ends the session.
#[derive(Debug)]
pub struct ReplicaConnection {
    packets: Packets<Socket>,
    server: String,
}

/// What a server sends.
#[derive(Debug, PartialEq, Eq)]
pub enum Heard<'a> {
    /// Nothing for a tick; what came of an event so far is kept.
    Silence,
    /// Bytes of an event, as they are in its file. Events of up to 512 KiB come whole.
    Event {
        /// The bytes.
        bytes: &'a [u8],
        /// Whether the event begins with them.
        begins: bool,
        /// Whether it ends with them.
        ends: bool,
    },
    /// The server ended the binlog.
    End,
}

const QUERY: u8 = 3;

const OK: u8 = 0;
const END: u8 = 0xFE;
const ERROR: u8 = 0xFF;

/// How the first statement is called in errors.
const LOGIN: &str = "the connection";
/// How the request for the binlog is called in errors.
const DUMP: &str = "BINLOG DUMP";

impl ReplicaConnection {
    /// Connects and logs in.
    pub fn open(endpoint: &Endpoint) -> Result<Self, MysqlError> {
        let Endpoint { address, password } = endpoint;
        let server = address.to_string();
        let not_connected = |cause: io::Error| {
            let class = if cause.kind() == io::ErrorKind::UnexpectedEof { FaultClass::Transient } else { FaultClass::of_io(&cause) };
            MysqlError::Connect { server: server.clone(), class, cause }
        };
        match Self::log_in(address, password.as_ref()) {
            Ok(packets) => Ok(Self { packets, server }),
            Err(LoginFault::Io(cause)) => Err(not_connected(cause)),
            Err(LoginFault::Refused(refusal)) => Err(MysqlError::Refused { server, statement: LOGIN.to_owned(), refusal }),
        }
    }

    fn log_in(address: &Address, password: Option<&Password>) -> Result<Packets<Socket>, LoginFault> {
        let mut packets = Packets::new(Socket::open(&address.place)?);
        let greeting = Greeting::hear(&mut packets)?;
        // A socket of this machine is as safe as TLS would make it.
        let is_encrypted = match (&address.tls, &address.place) {
            (Tls::Off, _) | (_, Place::Socket(_)) => false,
            (Tls::Prefer, _) => greeting.offers_tls,
            (Tls::Require | Tls::Verify { .. }, _) if greeting.offers_tls => true,
            (Tls::Require | Tls::Verify { .. }, _) => {
                return Err(io::Error::new(io::ErrorKind::Unsupported, "the server does not encrypt connections").into());
            }
        };
        if is_encrypted {
            Login::ask_for_tls(&mut packets)?;
            packets = packets.over(|socket| socket.encrypted(&address.place, &address.tls))?;
        }
        let is_private = packets.socket().is_private();
        Login { user: address.user(), password, is_private, is_encrypted }.run(&mut packets, greeting)?;
        Ok(packets)
    }

    /// Runs a statement that gives no rows.
    pub fn execute(&mut self, sql: &str) -> Result<(), MysqlError> {
        let verb = sql.split_ascii_whitespace().next().unwrap_or("a statement");
        let command = [&[QUERY], sql.as_bytes()].concat();
        self.ask(&command, verb)
    }

    /// Tells the server that this is a replica, under a number that no other has.
    pub fn register(&mut self, server_id: u32) -> Result<(), MysqlError> {
        self.ask(&registration(server_id), "REGISTER REPLICA")
    }

    /// Asks for the binlog; [`Self::hear`] gives it, or the server's no.
    pub fn dump(&mut self, dump: &Dump, server_id: u32) -> Result<(), MysqlError> {
        self.packets.command(&dump.command(server_id)).map_err(|cause| self.lost(DUMP, cause))
    }

    /// What comes next.
    pub fn hear(&mut self) -> Result<Heard<'_>, MysqlError> {
        let lost = |server: &str, cause| MysqlError::Lost { server: server.to_owned(), statement: DUMP.to_owned(), cause };
        let Piece { bytes, begins, ends } = match self.packets.hear() {
            Ok(Some(piece)) => piece,
            Ok(None) => return Ok(Heard::Silence),
            Err(cause) => return Err(lost(&self.server, cause)),
        };
        match bytes {
            _ if !begins => Ok(Heard::Event { bytes, begins, ends }),
            [OK, bytes @ ..] => Ok(Heard::Event { bytes, begins, ends }),
            [END, ..] => Ok(Heard::End),
            [ERROR, ..] => Err(MysqlError::Refused { server: self.server.clone(), statement: DUMP.to_owned(), refusal: refusal(bytes) }),
            _ => Err(lost(&self.server, io::Error::new(io::ErrorKind::InvalidData, "a packet that is no event"))),
        }
    }

    /// The server's address, without a password.
    pub fn server(&self) -> &str {
        &self.server
    }

    fn ask(&mut self, command: &[u8], statement: &str) -> Result<(), MysqlError> {
        let answer = self.packets.command(command).and_then(|()| self.packets.read(ANSWER_LIMIT));
        match answer.map_err(|cause| self.lost(statement, cause))?.as_slice() {
            [OK, ..] => Ok(()),
            refused @ [ERROR, ..] => {
                Err(MysqlError::Refused { server: self.server.clone(), statement: statement.to_owned(), refusal: refusal(refused) })
            }
            _ => Err(MysqlError::Unreadable { server: self.server.clone(), statement: statement.to_owned(), missing: "end without rows" }),
        }
    }

    fn lost(&self, statement: &str, cause: io::Error) -> MysqlError {
        MysqlError::Lost { server: self.server.clone(), statement: statement.to_owned(), cause }
    }
}

impl Drop for ReplicaConnection {
    fn drop(&mut self) {
        self.packets.socket().shut();
    }
}
