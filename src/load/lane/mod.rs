//! Lanes: connections that apply their part of a window, each in one transaction with its checkpoint row.

mod conflict;
mod patience;
mod runner;
mod session;
mod tally;
mod transaction;

pub(crate) use crate::fault::Patience;
pub use conflict::{ConflictKind, Conflicts};
pub(crate) use runner::{Lane, LaneJob};
pub(crate) use session::{Connector, Failure, Rows, Session, SessionError, Statement};
pub(crate) use tally::Tally;
pub(crate) use transaction::Work;
