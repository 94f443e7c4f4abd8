//! Servers as clients see them: addresses, sessions, statements as bytes, errors, the definitions of tables.
//!
//! Knows nothing of mappings or windows. What a session is set to is a promise to those who write statements, see [`Session`].

mod address;
mod catalog;
mod connection;
mod definition;
mod error;
mod executed;
mod password;
mod quote;
mod refusal;
mod replica;
mod row;
mod session;

pub use address::{Address, AddressError, Endpoint, Tls};
pub use connection::Connection;
pub use definition::{Cascade, ColumnTraits, IndexPart, TargetDefinition, UniqueIndex};
pub use error::MysqlError;
pub use executed::{Executed, Warning};
pub use password::Password;
pub use quote::write_string;
pub use refusal::Refusal;
pub use replica::{Dump, Heard, ReplicaConnection};
pub use row::Row;
pub use session::Session;
