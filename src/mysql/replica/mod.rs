//! The replica's side of the protocol: a session on which a server sends its binlog, as bytes that nothing has touched.
//!
//! The driver's own stream is not used: it asks MariaDB for no annotations, inflates MySQL's transactions in memory, and copies each
//! event twice. What the events mean is the room `binlog`'s to say.

mod connection;
mod dump;
mod login;
mod packets;
mod socket;
mod tls;

pub use connection::{Heard, ReplicaConnection};
pub use dump::Dump;
