//! The socket under a replica's session. A read gives up after a tick, so that whoever waits can look around.

use std::{
    io::{self, Read, Write},
    net::{Shutdown, TcpStream, ToSocketAddrs},
    os::unix::net::UnixStream,
    time::Duration,
};

use super::tls::{TlsSocket, encrypted};
use crate::mysql::{Tls, address::Place};

/// How long a read waits.
pub(super) const TICK: Duration = Duration::from_millis(100);

/// How long the first answer of a host, or a write, may take.
const LIMIT: Duration = Duration::from_secs(20);

#[derive(Debug)]
pub(super) enum Socket {
    Tcp(TcpStream),
    Tls(Box<TlsSocket>),
    Unix(UnixStream),
}

impl Socket {
    pub(super) fn open(place: &Place) -> io::Result<Self> {
        match place {
            Place::Tcp { host, port } => {
                let socket = connect(host, *port)?;
                socket.set_nodelay(true)?;
                socket.set_read_timeout(Some(TICK))?;
                socket.set_write_timeout(Some(LIMIT))?;
                Ok(Self::Tcp(socket))
            }
            Place::Socket(path) => {
                let socket = UnixStream::connect(path)?;
                socket.set_read_timeout(Some(TICK))?;
                socket.set_write_timeout(Some(LIMIT))?;
                Ok(Self::Unix(socket))
            }
        }
    }

    /// Encrypts what passes from here on.
    pub(super) fn encrypted(self, place: &Place, tls: &Tls) -> io::Result<Self> {
        match (self, place) {
            (Self::Tcp(socket), Place::Tcp { host, .. }) => Ok(Self::Tls(Box::new(encrypted(socket, host, tls, LIMIT)?))),
            (socket, _) => Ok(socket),
        }
    }

    /// Whether nobody between sees what passes.
    pub(super) fn is_private(&self) -> bool {
        match self {
            Self::Tls(_) | Self::Unix(_) => true,
            Self::Tcp(_) => false,
        }
    }

    /// Tells the server that nobody listens any more.
    pub(super) fn shut(&self) {
        let _gone_already = match self {
            Self::Tcp(socket) => socket.shutdown(Shutdown::Both),
            Self::Tls(socket) => socket.sock.shutdown(Shutdown::Both),
            Self::Unix(socket) => socket.shutdown(Shutdown::Both),
        };
    }
}

/// Tries each address of the host.
fn connect(host: &str, port: u16) -> io::Result<TcpStream> {
    let mut failure = io::Error::new(io::ErrorKind::HostUnreachable, "the host has no address");
    for address in (host, port).to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, LIMIT) {
            Ok(socket) => return Ok(socket),
            Err(error) => failure = error,
        }
    }
    Err(failure)
}

impl Read for Socket {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(socket) => socket.read(buffer),
            Self::Tls(socket) => socket.read(buffer),
            Self::Unix(socket) => socket.read(buffer),
        }
    }
}

impl Write for Socket {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Tcp(socket) => socket.write(bytes),
            Self::Tls(socket) => socket.write(bytes),
            Self::Unix(socket) => socket.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Tcp(socket) => socket.flush(),
            Self::Tls(socket) => socket.flush(),
            Self::Unix(socket) => socket.flush(),
        }
    }
}
