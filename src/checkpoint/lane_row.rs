//! A lane's checkpoint row, and the claim by which a lane's transaction takes it first.

use crate::position::BinlogOffset;

/// How far one lane is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LaneRow {
    /// The lane's number, from 0.
    pub lane: u16,
    /// Who may write it: the last process that started.
    pub epoch: u64,
    /// The number of the last window that this lane committed.
    pub seq: u64,
    /// Every lane has committed everything up to here; none: nothing.
    pub low: Option<BinlogOffset>,
    /// The end of the last window that this lane committed; none: no window.
    pub high: Option<BinlogOffset>,
    /// Whether that window was this lane's alone.
    pub single: bool,
}

/// What a lane's transaction writes into its row before it writes anything else (LD-5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The lane's number.
    pub lane: u16,
    /// The epoch of this process.
    pub epoch: u64,
    /// The window that this lane committed last, by its number.
    pub previous: u64,
    /// The window that is being applied.
    pub seq: u64,
    /// Where it begins.
    pub low: Option<BinlogOffset>,
    /// Where it ends; none while that is not known, see [`super::Store::seal`].
    pub high: Option<BinlogOffset>,
    /// Whether it is this lane's alone.
    pub single: bool,
}
