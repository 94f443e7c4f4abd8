//! How an error is to be met. Knows no error of another room: each room classes its own, and only `pipeline` acts on it.

mod patience;

use std::io;

pub(crate) use patience::Patience;

/// What can be done about an error. Every error at a room's door answers `class()` with it; an error that is only ever the
/// cause of another leaves the answer to that one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FaultClass {
    /// It may be over the next time: try again, within limits.
    Transient,
    /// The same again fails again until somebody changes a rule, a table, a file: stop what it touches.
    Definite,
    /// Ours: what we built does not fit itself. Stop, and report it.
    Defect,
}

impl FaultClass {
    /// The system's word about a file or a connection: transient where waiting can help.
    pub fn of_io(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::AddrInUse
            | io::ErrorKind::BrokenPipe
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::HostUnreachable
            | io::ErrorKind::Interrupted
            | io::ErrorKind::NetworkDown
            | io::ErrorKind::NetworkUnreachable
            | io::ErrorKind::NotConnected
            | io::ErrorKind::OutOfMemory
            | io::ErrorKind::QuotaExceeded
            | io::ErrorKind::ResourceBusy
            | io::ErrorKind::StorageFull
            | io::ErrorKind::TimedOut
            | io::ErrorKind::WouldBlock => Self::Transient,
            // The kinds are not ours and grow with the standard library; what is not known to pass is taken to stay.
            _ => Self::Definite,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lost_connection_or_a_full_disk_may_pass_and_a_missing_file_does_not() {
        let class = |kind| FaultClass::of_io(&io::Error::from(kind));
        assert_eq!(class(io::ErrorKind::ConnectionReset), FaultClass::Transient);
        assert_eq!(class(io::ErrorKind::StorageFull), FaultClass::Transient);
        assert_eq!(class(io::ErrorKind::NotFound), FaultClass::Definite);
        assert_eq!(class(io::ErrorKind::InvalidData), FaultClass::Definite);
    }
}
