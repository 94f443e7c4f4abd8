//! Loading into servers: each target server has lanes, windows and a checkpoint of its own.

#[cfg(test)]
mod histories;
mod large;
mod options;
mod outcome;
mod server;
mod sql;
mod start;
mod target;
mod to_servers;

pub use options::{LoadOptions, MappingChange};
pub use outcome::LoadOutcome;
pub use sql::SqlTarget;
pub use to_servers::ToServers;
