//! Binlogs as bytes: what a server sends is kept as it is, and only so much of it is read as tells where events, transactions and files end.

mod boundary;
mod error;
mod file;
mod head;
mod log;
mod stream;

pub use error::RawError;
pub use head::FileHead;
pub use log::{EventEnd, RawLog};
pub use stream::{RawItem, RawStream};
