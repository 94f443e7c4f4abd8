//! A proxy before a source that ends or stalls each connection after so many bytes of the server's.

use std::{
    io::{Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    thread,
    time::Duration,
};

/// Listens while the test process lives.
pub(crate) struct CuttingProxy {
    port: u16,
    shared: Arc<Shared>,
}

struct Shared {
    server: u16,
    /// How many bytes of the server's pass on each connection.
    allowed: AtomicU64,
    /// How many connections were cut.
    cuts: AtomicU64,
    /// Whether a connection is left open, and silent, in place of being ended.
    stalls: bool,
}

impl CuttingProxy {
    /// Ends connections to this port of the loopback after so many bytes.
    pub(crate) fn before(server: u16, allowed: u64) -> Self {
        Self::open(server, allowed, false)
    }

    /// Lets them fall silent in place of that.
    pub(crate) fn stalling(server: u16, allowed: u64) -> Self {
        Self::open(server, allowed, true)
    }

    fn open(server: u16, allowed: u64, stalls: bool) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a loopback port is free");
        let port = listener.local_addr().expect("a bound socket has an address").port();
        let shared = Arc::new(Shared { server, allowed: allowed.into(), cuts: AtomicU64::new(0), stalls });
        let state = Arc::clone(&shared);
        thread::spawn(move || {
            for client in listener.incoming() {
                let (client, state) = (client.expect("the listener is open"), Arc::clone(&state));
                thread::spawn(move || carry(&client, &state));
            }
        });
        Self { port, shared }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Lets so many bytes pass on each further connection.
    pub(crate) fn allow(&self, bytes: u64) {
        self.shared.allowed.store(bytes, Ordering::Relaxed);
    }

    /// How many connections were cut so far.
    pub(crate) fn cuts(&self) -> u64 {
        self.shared.cuts.load(Ordering::Relaxed)
    }
}

/// Either side's end is the connection's end, so errors say nothing more.
fn carry(client: &TcpStream, state: &Shared) {
    let Ok(server) = TcpStream::connect(("127.0.0.1", state.server)) else { return };
    let copy = |socket: &TcpStream| socket.try_clone().expect("the system has descriptors left");
    let (mut asks, mut asked) = (copy(client), copy(&server));
    thread::spawn(move || {
        let _ = std::io::copy(&mut asks, &mut asked);
        let _ = asked.shutdown(Shutdown::Both);
    });
    let (mut left, mut bytes) = (state.allowed.load(Ordering::Relaxed), vec![0; 16 << 10]);
    while let Ok(length @ 1..) = (&server).read(&mut bytes) {
        let passing = (length as u64).min(left);
        left -= passing;
        if (&mut &*client).write_all(&bytes[..passing as usize]).is_err() {
            break;
        }
        if left == 0 {
            state.cuts.fetch_add(1, Ordering::Relaxed);
            if state.stalls {
                thread::sleep(Duration::from_secs(60));
            }
            break;
        }
    }
    let _ = client.shutdown(Shutdown::Both);
    let _ = server.shutdown(Shutdown::Both);
}
