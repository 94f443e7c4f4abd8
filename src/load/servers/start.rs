//! START: fence older processes, then read how far the lanes are, and what has to be redone.

use super::{LoadOptions, target::Target};
use crate::{
    checkpoint::{Job, JobRecord, LaneRow},
    load::{LoadError, MappingChange, lane::Failure, window::Redo},
    position::{BinlogOffset, FileOrder},
};

/// Where a server's lanes stand when a process takes over.
#[derive(Debug)]
pub(super) struct Standing {
    /// This process's.
    pub(super) epoch: u64,
    /// The last window of each lane, by the lane's number.
    pub(super) seq_of_lane: Vec<u64>,
    /// The number of the next window.
    pub(super) next_seq: u64,
    /// The range that may be half done.
    pub(super) redo: Redo,
}

/// Takes a job over on one target.
pub(super) async fn take_over<T: Target>(target: &T, job: &Job, order: &FileOrder, options: &LoadOptions) -> Result<Standing, LoadError> {
    // The first question is asked once: a target that cannot be reached is told of at once.
    let is_changed = |recorded: Option<JobRecord>| match recorded.is_some_and(|recorded| recorded.fingerprint != job.fingerprint) {
        true if options.mapping_change == MappingChange::Refuse => Err(LoadError::MappingsChanged { job: job.name.clone() }),
        changed => Ok(changed),
    };
    is_changed(target.record().await?)?;
    let rows = options.patience.keep_trying(|| target.take_over(job, options.lanes)).await?;
    let standing = Standing::of(&rows, order)?;
    // Another process may have gone over to other mappings in between; from here on only this one may.
    if is_changed(options.patience.keep_trying(|| target.record()).await?)? {
        if standing.redo.from != standing.redo.to {
            return Err(LoadError::MappingsChangedInRedo { job: job.name.clone() });
        }
        // From here on windows are made by these, and only these can redo them.
        if !options.patience.keep_trying(|| target.adopt(job, standing.epoch)).await? {
            return Err(LoadError::Fenced { lane: 0 });
        }
    }
    Ok(standing)
}

impl Standing {
    /// S = max(low), F = max(high); S = F where the last window was one lane's alone.
    fn of(rows: &[LaneRow], order: &FileOrder) -> Result<Self, LoadError> {
        let latest = |positions: &mut dyn Iterator<Item = &BinlogOffset>| -> Result<Option<BinlogOffset>, LoadError> {
            let mut latest = None;
            for position in positions {
                let rank = order.rank(position).ok_or_else(|| LoadError::ForeignPosition { position: position.clone() })?;
                if latest.as_ref().is_none_or(|(best, _)| *best < rank) {
                    latest = Some((rank, position.clone()));
                }
            }
            Ok(latest.map(|(_, position)| position))
        };
        let low = latest(&mut rows.iter().filter_map(|row| row.low.as_ref()))?;
        let high = latest(&mut rows.iter().filter_map(|row| row.high.as_ref()))?;
        let is_whole = rows.iter().any(|row| row.single && row.high.is_some() && row.high == high);
        let from = if is_whole { high.clone() } else { low };
        let lane_count = rows.iter().map(|row| usize::from(row.lane) + 1).max().unwrap_or(0);
        let mut seq_of_lane = vec![0; lane_count];
        rows.iter().for_each(|row| seq_of_lane[usize::from(row.lane)] = row.seq);
        Ok(Self {
            epoch: rows.first().map_or(0, |row| row.epoch),
            next_seq: rows.iter().map(|row| row.seq).max().unwrap_or(0) + 1,
            seq_of_lane,
            redo: Redo { from, to: high, keyless: rows.iter().find(|row| row.lane == 0).and_then(|row| row.high.clone()) },
        })
    }
}

impl From<Failure> for LoadError {
    fn from(failure: Failure) -> Self {
        Self::Target { class: failure.class, cause: failure.source }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(offset: u64) -> Option<BinlogOffset> {
        Some(BinlogOffset { file: "b".into(), offset })
    }

    fn row(lane: u16, seq: u64, low: u64, high: u64) -> LaneRow {
        LaneRow { lane, epoch: 3, seq, low: at(low), high: at(high), single: false }
    }

    fn standing(rows: &[LaneRow]) -> Standing {
        Standing::of(rows, &FileOrder::new(["b"])).expect("the file is known")
    }

    #[test]
    fn what_only_some_lanes_committed_is_redone() {
        let standing = standing(&[row(0, 5, 10, 20), row(1, 6, 20, 30)]);
        assert_eq!((standing.redo.from, standing.redo.to, standing.redo.keyless), (at(20), at(30), at(20)));
        assert_eq!((standing.next_seq, standing.seq_of_lane), (7, vec![5, 6]));
    }

    #[test]
    fn a_window_of_one_lane_alone_is_not_redone() {
        let alone = LaneRow { single: true, ..row(1, 6, 20, 30) };
        let standing = standing(&[row(0, 5, 10, 20), alone]);
        assert_eq!((standing.redo.from, standing.redo.to), (at(30), at(30)));
    }

    #[test]
    fn a_position_in_another_capture_is_refused() {
        let foreign = LaneRow { high: Some(BinlogOffset { file: "other".into(), offset: 4 }), ..row(0, 1, 4, 4) };
        assert!(matches!(Standing::of(&[foreign], &FileOrder::new(["b"])), Err(LoadError::ForeignPosition { .. })));
    }
}
