//! Changes of rows, as batches of row images with their transactions. Knows neither wire nor rules.

mod batch;
mod set;

pub use batch::{Change, ColumnSet, EventPlace, ImageBatch, Images, Op, Presence};
pub use set::{ChangeSet, Transaction};
