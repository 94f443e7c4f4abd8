//! A TCP proxy before a target server that loses connections and processes at named points of a lane's transaction.
//!
//! It knows of the protocol only how packets are framed, and of the statements only the claim of a lane's row and COMMIT; others are told
//! apart by words of theirs.

use std::{
    collections::{BTreeSet, HashMap},
    io::{self, Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    sync::{Arc, Condvar, Mutex, MutexGuard},
    thread,
    time::{Duration, Instant},
};

use crate::loss::{Loss, Moment, take_loss};

/// Where in a lane's transaction something happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Point {
    /// The claim is sent and does not arrive.
    BeforeClaim,
    /// The claim is answered; nothing else arrives.
    AfterClaim,
    /// COMMIT is sent and does not arrive.
    BeforeCommit,
    /// COMMIT is carried out; its answer does not arrive.
    AnswerLost,
    /// COMMIT is answered.
    AfterCommit,
}

impl Point {
    pub(crate) const ALL: [Self; 5] = [Self::BeforeClaim, Self::AfterClaim, Self::BeforeCommit, Self::AnswerLost, Self::AfterCommit];
}

/// What the other lanes of the window have done by then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Others {
    /// Whatever they came to.
    AsTheyCome,
    /// So many have committed.
    Committed(usize),
    /// None has committed.
    Waiting,
}

/// What happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    /// The connection is lost.
    Cut,
    /// The connection is lost, and what was sent on it reaches the server later.
    CutThenDeliver(Duration),
    /// The process is killed.
    Kill,
    /// The process is killed, and what it had sent reaches the server later.
    KillThenDeliver(Duration),
    /// What was sent waits until [`FaultProxy::release`].
    Hold,
}

/// Something that happens once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fault {
    /// None is the lane that comes there first.
    pub(crate) lane: Option<u16>,
    /// Counted from 1 among the windows that lanes claimed since the proxy was armed.
    pub(crate) window: usize,
    pub(crate) point: Point,
    pub(crate) others: Others,
    pub(crate) act: Act,
}

/// How long a fault waits for other lanes, and other lanes for it, unless [`FaultProxy::with_patience`] says otherwise.
const PATIENCE: Duration = Duration::from_secs(10);

/// A proxy on a port of its own. Dropping it ends every connection.
pub(crate) struct FaultProxy {
    port: u16,
    shared: Arc<Shared>,
}

type Crash = Box<dyn Fn() + Send>;

struct Shared {
    target: u16,
    state: Mutex<State>,
    changed: Condvar,
    crash: Mutex<Option<Crash>>,
    patience: Duration,
}

#[derive(Default)]
struct State {
    armed: Vec<Fault>,
    happening: Vec<Fault>,
    fired: Vec<Fault>,
    /// The sequence numbers of the windows that were claimed.
    windows: Vec<u64>,
    committed: HashMap<u64, BTreeSet<u16>>,
    released: bool,
    losses: Vec<Loss>,
    /// How many processes were killed.
    kills: u32,
    closed: bool,
    sockets: Vec<TcpStream>,
}

impl FaultProxy {
    /// Listens before the server on this port of 127.0.0.1.
    pub(crate) fn before(target: u16) -> Self {
        Self::with_patience(target, PATIENCE)
    }

    /// The same where lanes may wait for each other in vain: for a lock, or for a fault whose lane has nothing to do.
    pub(crate) fn with_patience(target: u16, patience: Duration) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a loopback port is free");
        let port = listener.local_addr().expect("a bound socket has an address").port();
        let shared = Arc::new(Shared { target, state: Mutex::default(), changed: Condvar::new(), crash: Mutex::new(None), patience });
        let accepting = Arc::clone(&shared);
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                if accepting.state().closed {
                    return;
                }
                // A server that is away refuses: the client sees its connection end.
                if let Ok(server) = TcpStream::connect(("127.0.0.1", accepting.target)) {
                    Link::open(&accepting, client, server);
                }
            }
        });
        Self { port, shared }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Forgets what was, and lets these faults happen, each once; `crash` kills the process.
    pub(crate) fn arm(&self, faults: &[Fault], crash: impl Fn() + Send + 'static) {
        *self.shared.crash.lock().expect("no thread panics with it") = Some(Box::new(crash));
        let mut state = self.shared.state();
        state.armed = faults.to_vec();
        state.fired.clear();
        state.windows.clear();
        state.committed.clear();
        state.released = false;
    }

    /// Lets connections be lost with these statements.
    pub(crate) fn lose(&self, losses: &[Loss]) {
        self.shared.state().losses = losses.to_vec();
    }

    /// The statements of [`FaultProxy::lose`] that have not come.
    pub(crate) fn unlost(&self) -> Vec<Loss> {
        self.shared.state().losses.clone()
    }

    /// The faults that happened since the proxy was armed.
    pub(crate) fn fired(&self) -> Vec<Fault> {
        self.shared.state().fired.clone()
    }

    /// Waits until so many faults have happened.
    pub(crate) fn wait_fired(&self, count: usize) {
        let is_reached = self.shared.wait_for(Duration::from_secs(30), |state| state.fired.len() >= count);
        assert!(is_reached, "{count} faults are expected, these happened: {:?}", self.fired());
    }

    /// How many windows were claimed since the proxy was armed.
    pub(crate) fn windows(&self) -> usize {
        self.shared.state().windows.len()
    }

    /// The lanes that committed a window, by its number since the proxy was armed.
    pub(crate) fn committed(&self, window: usize) -> BTreeSet<u16> {
        let state = self.shared.state();
        let seq = state.windows.get(window - 1);
        seq.and_then(|seq| state.committed.get(seq)).cloned().unwrap_or_default()
    }

    /// Lets go what is held.
    pub(crate) fn release(&self) {
        self.shared.state().released = true;
        self.shared.changed.notify_all();
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        let mut state = self.shared.state();
        state.closed = true;
        state.released = true;
        for socket in state.sockets.drain(..) {
            // It may have ended before.
            let _ = socket.shutdown(Shutdown::Both);
        }
        drop(state);
        self.shared.changed.notify_all();
        // Wakes the listener, which then ends.
        let _ = TcpStream::connect(("127.0.0.1", self.port));
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no thread panics with it")
    }

    /// Whether the state came to be so within the limit.
    fn wait_for(&self, limit: Duration, is_so: impl Fn(&State) -> bool) -> bool {
        let started = Instant::now();
        let mut state = self.state();
        while !is_so(&state) {
            let Some(left) = limit.checked_sub(started.elapsed()) else { return false };
            state = self.changed.wait_timeout(state, left).expect("no thread panics with it").0;
        }
        true
    }
}

/// A lane's part of a window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Part {
    lane: u16,
    seq: u64,
}

/// Where a lane's transaction is on a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    Idle,
    Claiming(Part),
    Claimed(Part),
    Committing(Part),
    /// The next answer is lost.
    Losing,
}

/// A packet, as far as it matters.
enum Told {
    Claim(Part),
    Commit,
    Other,
}

/// One connection.
struct Link {
    shared: Arc<Shared>,
    client: TcpStream,
    server: TcpStream,
    /// The processes that were killed before this one opened it.
    kills_before: u32,
    stage: Mutex<Stage>,
}

/// What becomes of a packet.
enum Fate {
    Passes,
    IsLost,
}

impl Link {
    fn open(shared: &Arc<Shared>, client: TcpStream, server: TcpStream) {
        let copy = |socket: &TcpStream| socket.try_clone().expect("the system has descriptors left");
        for socket in [&client, &server] {
            socket.set_nodelay(true).expect("the socket is open");
        }
        let mut state = shared.state();
        state.sockets.extend([copy(&client), copy(&server)]);
        let kills_before = state.kills;
        drop(state);
        let link = Arc::new(Self { shared: Arc::clone(shared), client, server, kills_before, stage: Mutex::new(Stage::Idle) });
        let back = Arc::clone(&link);
        // Either side's end is the link's end, so the error says nothing more.
        thread::spawn(move || {
            let _ = link.carry_statements();
            link.cut();
        });
        thread::spawn(move || {
            let _ = back.carry_answers();
            back.cut();
        });
    }

    fn cut(&self) {
        for socket in [&self.client, &self.server] {
            let _ = socket.shutdown(Shutdown::Both);
        }
    }

    fn carry_statements(&self) -> io::Result<()> {
        loop {
            let packet = read_packet(&mut &self.client)?;
            match self.before(&packet) {
                Fate::Passes => (&self.server).write_all(&packet)?,
                Fate::IsLost => return Ok(()),
            }
        }
    }

    fn carry_answers(&self) -> io::Result<()> {
        let mut bytes = vec![0; 64 << 10];
        loop {
            let length = (&self.server).read(&mut bytes)?;
            if length == 0 {
                return Ok(());
            }
            let stage = *self.stage();
            if stage == Stage::Losing {
                return Ok(());
            }
            let Stage::Committing(part) = stage else {
                // A client that is gone hears nothing, and what it sent may still be under way to the server.
                let _ = (&self.client).write_all(&bytes[..length]);
                continue;
            };
            *self.stage() = Stage::Idle;
            if bytes.get(4) == Some(&0) {
                self.shared.state().committed.entry(part.seq).or_default().insert(part.lane);
                self.shared.changed.notify_all();
            }
            if let Fate::IsLost = self.meet(Point::AnswerLost, part, &[]) {
                return Ok(());
            }
            let _ = (&self.client).write_all(&bytes[..length]);
            if let Fate::IsLost = self.meet(Point::AfterCommit, part, &[]) {
                return Ok(());
            }
        }
    }

    fn stage(&self) -> MutexGuard<'_, Stage> {
        self.stage.lock().expect("no thread panics with it")
    }

    /// Everything that may happen before a packet is passed on.
    fn before(&self, packet: &[u8]) -> Fate {
        match take_loss(&mut self.shared.state().losses, packet) {
            Some(Moment::Sent) => return Fate::IsLost,
            Some(Moment::Answered) => *self.stage() = Stage::Losing,
            None => {}
        }
        let answered = *self.stage();
        if let Stage::Claiming(part) = answered {
            *self.stage() = Stage::Claimed(part);
            if let Fate::IsLost = self.meet(Point::AfterClaim, part, packet) {
                return Fate::IsLost;
            }
        }
        let stage = *self.stage();
        match (told(packet), stage) {
            (_, Stage::Losing) => Fate::Passes,
            (Told::Claim(part), _) => {
                let mut state = self.shared.state();
                if !state.windows.contains(&part.seq) {
                    state.windows.push(part.seq);
                }
                drop(state);
                *self.stage() = Stage::Claiming(part);
                self.meet(Point::BeforeClaim, part, packet)
            }
            (Told::Commit, Stage::Claimed(part)) => {
                if let Fate::IsLost = self.wait_for_fault_of_others(part) {
                    return Fate::IsLost;
                }
                let fate = self.meet(Point::BeforeCommit, part, packet);
                *self.stage() = Stage::Committing(part);
                fate
            }
            (Told::Commit | Told::Other, _) => Fate::Passes,
        }
    }

    /// Lets a fault happen, if one is armed for here.
    fn meet(&self, point: Point, part: Part, packet: &[u8]) -> Fate {
        let mut state = self.shared.state();
        let window = state.number_of(part.seq);
        let is_here =
            |fault: &Fault| fault.point == point && fault.lane.is_none_or(|lane| lane == part.lane) && Some(fault.window) == window;
        let Some(fault) = state.armed.iter().copied().find(is_here) else { return Fate::Passes };
        drop(state);
        if let Others::Committed(count) = fault.others {
            let others =
                |state: &State| state.committed.get(&part.seq).map_or(0, |lanes| lanes.iter().filter(|lane| **lane != part.lane).count());
            self.shared.wait_for(self.shared.patience, |state| others(state) >= count);
        }
        state = self.shared.state();
        let Some(index) = state.armed.iter().position(|armed| *armed == fault) else { return Fate::Passes };
        let fault = state.armed.remove(index);
        state.happening.push(fault);
        drop(state);
        let fate = self.act(fault.act, packet);
        state = self.shared.state();
        state.happening.retain(|other| *other != fault);
        state.fired.push(fault);
        drop(state);
        self.shared.changed.notify_all();
        if let (Fate::Passes, Act::Hold) = (&fate, fault.act) {
            self.shared.wait_for(Duration::from_secs(60), |state| state.released);
        }
        if let Act::CutThenDeliver(delay) | Act::KillThenDeliver(delay) = fault.act {
            thread::sleep(delay);
            // The server may have given the connection up meanwhile.
            let _ = (&self.server).write_all(packet);
            thread::sleep(Duration::from_millis(300));
        }
        fate
    }

    fn act(&self, act: Act, packet: &[u8]) -> Fate {
        if let Act::Kill | Act::KillThenDeliver(_) = act
            && let Some(crash) = &*self.shared.crash.lock().expect("no thread panics with it")
        {
            crash();
            self.shared.state().kills += 1;
        }
        match act {
            Act::Hold => return Fate::Passes,
            Act::CutThenDeliver(_) | Act::KillThenDeliver(_) if !packet.is_empty() => {
                let _ = self.client.shutdown(Shutdown::Both);
            }
            Act::Cut | Act::Kill | Act::CutThenDeliver(_) | Act::KillThenDeliver(_) => self.cut(),
        }
        Fate::IsLost
    }

    /// A lane does not commit while a fault of another one waits to be the first in this window.
    fn wait_for_fault_of_others(&self, part: Part) -> Fate {
        let mut state = self.shared.state();
        let window = state.number_of(part.seq);
        for fault in state.armed.iter_mut().filter(|fault| fault.others == Others::Waiting && Some(fault.window) == window) {
            fault.lane.get_or_insert(part.lane);
        }
        drop(state);
        let is_free = |state: &State| {
            let window = state.number_of(part.seq);
            let goes_first =
                |fault: &Fault| fault.others == Others::Waiting && fault.lane != Some(part.lane) && Some(fault.window) == window;
            !state.armed.iter().chain(&state.happening).any(goes_first)
        };
        self.shared.wait_for(self.shared.patience, is_free);
        // A process that is gone says no more.
        if self.shared.state().kills > self.kills_before { Fate::IsLost } else { Fate::Passes }
    }
}

impl State {
    fn number_of(&self, seq: u64) -> Option<usize> {
        self.windows.iter().position(|window| *window == seq).map(|index| index + 1)
    }
}

/// A whole packet with its header.
fn read_packet(from: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut packet = vec![0; 4];
    from.read_exact(&mut packet)?;
    let length = usize::from(packet[0]) | usize::from(packet[1]) << 8 | usize::from(packet[2]) << 16;
    packet.resize(4 + length, 0);
    from.read_exact(&mut packet[4..])?;
    Ok(packet)
}

fn told(packet: &[u8]) -> Told {
    const QUERY: u8 = 3;
    let [_, _, _, 0, QUERY, text @ ..] = packet else { return Told::Other };
    if text == b"COMMIT" {
        return Told::Commit;
    }
    let text = String::from_utf8_lossy(&text[..text.len().min(2000)]);
    let number = |before: &str| {
        let (_, rest) = text.split_once(before)?;
        rest.split(|character: char| !character.is_ascii_digit()).next()?.parse().ok()
    };
    let is_claim = text.contains("UPDATE retl.rowgate_checkpoint SET seq = ");
    match (number("SET seq = "), number("AND lane = ")) {
        (Some(seq), Some(lane)) if is_claim => Told::Claim(Part { lane: lane as u16, seq }),
        _ => Told::Other,
    }
}
