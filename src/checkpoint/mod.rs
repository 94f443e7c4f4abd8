//! How far each lane of each target is, durable in the target itself: a lane's row commits with the data it speaks of (INV-4).
//!
//! What the rows mean, and which statements keep them true, is the loader's algorithm; this room owns their form.

mod job;
mod lane_row;
mod store;

pub use job::{Job, JobRecord};
pub use lane_row::{Claim, LaneRow};
pub use store::{LANES_MOST, Store, TABLES};
