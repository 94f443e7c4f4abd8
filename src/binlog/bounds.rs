//! Where reading starts and stops, as the events pass.

use super::{BinlogError, Bound, Capture, ReadOptions};
use crate::position::{BinlogOffset, Gtid, GtidSet, MariadbGtidSet, MysqlGtid, MysqlGtidSet};

/// What is left of a start and a stop.
#[derive(Debug)]
pub(super) struct Bounds {
    start: Start,
    stop: Stop,
    /// Whether a transaction was let in.
    has_read: bool,
}

/// What is done with a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Admission {
    /// It is read.
    Read,
    /// Only its definitions count.
    Skip,
    /// It and all that follows is not read.
    Stop,
}

#[derive(Debug)]
enum Start {
    Reached,
    Offset(BinlogOffset),
    After(MysqlGtid),
    Mysql(MysqlGtidSet),
    Mariadb(MariadbGtidSet),
    Time(i64),
}

#[derive(Debug)]
enum Stop {
    Never,
    Offset(BinlogOffset),
    /// At the end of this one.
    After(MysqlGtid),
    /// What is asked for, and what of it was not seen yet.
    Mysql {
        asked: MysqlGtidSet,
        missing: MysqlGtidSet,
    },
    /// What is asked for, and what was seen.
    Mariadb {
        asked: MariadbGtidSet,
        seen: MariadbGtidSet,
    },
    Time(i64),
}

/// The first event's place in every file.
const FIRST_EVENT: u64 = 4;

impl Bounds {
    /// Refuses offsets in files that the capture does not have.
    pub(super) fn new(options: &ReadOptions, capture: &Capture) -> Result<Self, BinlogError> {
        for (bound, place) in [("start", &options.start), ("stop", &options.stop)] {
            if let Some(Bound::Offset(offset)) = place
                && !capture.file_names().any(|name| *name == *offset.file)
            {
                return Err(refused(bound, offset, "the capture has no such file"));
            }
        }
        let Self { stop, has_read, .. } = Self::of_stop(options.stop.clone());
        let start = match options.start.clone() {
            None => Start::Reached,
            Some(Bound::Offset(place)) => Start::Offset(from_first_event(place)),
            Some(Bound::Time(time_us)) => Start::Time(time_us),
            Some(Bound::Gtids(GtidSet::Mariadb(set))) => Start::Mariadb(set),
            Some(Bound::Gtids(GtidSet::Mysql(set))) => set.single().map_or(Start::Mysql(set), Start::After),
        };
        Ok(Self { start, stop, has_read })
    }

    /// Reads all up to a stop.
    pub(super) fn of_stop(stop: Option<Bound>) -> Self {
        let stop = match stop {
            None => Stop::Never,
            Some(Bound::Offset(place)) => Stop::Offset(from_first_event(place)),
            Some(Bound::Time(time_us)) => Stop::Time(time_us),
            Some(Bound::Gtids(GtidSet::Mariadb(asked))) => Stop::Mariadb { asked, seen: MariadbGtidSet::default() },
            Some(Bound::Gtids(GtidSet::Mysql(asked))) => match asked.single() {
                Some(gtid) => Stop::After(gtid),
                None => Stop::Mysql { missing: asked.clone(), asked },
            },
        };
        Self { start: Start::Reached, stop, has_read: false }
    }

    /// Whether no transaction is read yet.
    pub(super) fn is_before_start(&self) -> bool {
        match self.start {
            Start::Reached => false,
            Start::Offset(_) | Start::After(_) | Start::Time(_) => true,
            Start::Mysql(_) | Start::Mariadb(_) => !self.has_read,
        }
    }

    /// Before the event at `offset`, or at the end of the file there; says whether to read on.
    ///
    /// `began` is where the transaction began that is still open there.
    pub(super) fn before_event(&mut self, file: &str, offset: u64, began: Option<&BinlogOffset>) -> Result<Admission, BinlogError> {
        if let Start::Offset(place) = &self.start
            && *place.file == *file
            && is_reached("start", place, offset, began)?
        {
            self.start = Start::Reached;
        }
        if let Stop::Offset(place) = &self.stop
            && *place.file == *file
            && is_reached("stop", place, offset, began)?
        {
            return Ok(Admission::Stop);
        }
        Ok(Admission::Read)
    }

    /// At the end of a file.
    pub(super) fn end_of_file(&self, file: &str) -> Result<(), BinlogError> {
        let beyond = |bound, place: &BinlogOffset| Err(refused(bound, place, "the file ends before it"));
        match (&self.start, &self.stop) {
            (Start::Offset(place), _) if *place.file == *file => beyond("start", place),
            (_, Stop::Offset(place)) if *place.file == *file => beyond("stop", place),
            _ => Ok(()),
        }
    }

    /// What was done before the first file of a MySQL capture.
    pub(super) fn before_mysql_capture(&mut self, previous: &MysqlGtidSet) -> Result<(), BinlogError> {
        let purged = |place: &dyn std::fmt::Display, missing: &dyn std::fmt::Display| {
            Err(refused("start", place, &format!("the capture begins later, after {missing}")))
        };
        match &self.start {
            Start::Mysql(done) if !done.is_superset(previous) => return purged(done, &previous.difference(done)),
            Start::After(gtid) if previous.contains(gtid) => {
                let next = MysqlGtid { number: gtid.number + 1, ..gtid.clone() };
                if previous.contains(&next) {
                    return purged(gtid, previous);
                }
                self.start = Start::Reached;
            }
            _ => {}
        }
        match &mut self.stop {
            Stop::Mysql { missing, .. } => *missing = missing.difference(previous),
            Stop::After(gtid) if previous.contains(gtid) => return Err(refused("stop", gtid, "the capture begins later")),
            _ => {}
        }
        Ok(())
    }

    /// The last GTIDs before the first file of a MariaDB capture.
    pub(super) fn before_mariadb_capture(&mut self, previous: &MariadbGtidSet) -> Result<(), BinlogError> {
        if let Start::Mariadb(done) = &self.start
            && !done.is_superset(previous)
        {
            return Err(refused("start", done, &format!("the capture begins later, after {previous}")));
        }
        if let Stop::Mariadb { seen, .. } = &mut self.stop {
            *seen = previous.clone();
        }
        Ok(())
    }

    /// At the start of a transaction.
    pub(super) fn admit(&mut self, gtid: Option<&Gtid>, time_us: i64) -> Result<Admission, BinlogError> {
        let started = match (&self.start, gtid) {
            (Start::Reached, _) => true,
            (Start::Offset(_) | Start::After(_), _) => false,
            (Start::Time(start), _) => time_us >= *start,
            (Start::Mysql(done), Some(Gtid::Mysql(gtid))) => !done.contains(gtid),
            (Start::Mariadb(done), Some(Gtid::Mariadb(gtid))) => !done.contains(gtid),
            (Start::Mysql(done), _) => return Err(refused("start", done, NO_GTIDS)),
            (Start::Mariadb(done), _) => return Err(refused("start", done, NO_GTIDS)),
        };
        if started && matches!(self.start, Start::Time(_)) {
            // Times may step back; what follows the first is read all the same.
            self.start = Start::Reached;
        }
        let within = match (&self.stop, gtid) {
            (Stop::Never | Stop::Offset(_) | Stop::After(_), _) => true,
            (Stop::Time(stop), _) if time_us >= *stop => return Ok(Admission::Stop),
            (Stop::Time(_), _) => true,
            (Stop::Mysql { missing, .. }, _) if missing.is_empty() => return Ok(Admission::Stop),
            (Stop::Mariadb { asked, seen }, _) if seen.is_superset(asked) => return Ok(Admission::Stop),
            (Stop::Mysql { asked, .. }, Some(Gtid::Mysql(gtid))) => asked.contains(gtid),
            (Stop::Mariadb { asked, .. }, Some(Gtid::Mariadb(gtid))) => asked.contains(gtid),
            (Stop::Mysql { asked, .. }, _) => return Err(refused("stop", asked, NO_GTIDS)),
            (Stop::Mariadb { asked, .. }, _) => return Err(refused("stop", asked, NO_GTIDS)),
        };
        self.has_read |= started && within;
        Ok(if started && within { Admission::Read } else { Admission::Skip })
    }

    /// At the end of a transaction; says whether to read on.
    pub(super) fn pass(&mut self, gtid: Option<&Gtid>) -> Admission {
        if let (Start::After(start), Some(Gtid::Mysql(gtid))) = (&self.start, gtid)
            && start == gtid
        {
            self.start = Start::Reached;
        }
        let reached = match (&mut self.stop, gtid) {
            (Stop::After(stop), Some(Gtid::Mysql(gtid))) => stop == gtid,
            (Stop::Mysql { missing, .. }, Some(Gtid::Mysql(gtid))) => {
                let mut one = MysqlGtidSet::default();
                one.insert(gtid);
                *missing = missing.difference(&one);
                missing.is_empty()
            }
            (Stop::Mariadb { asked, seen }, Some(Gtid::Mariadb(gtid))) => {
                seen.insert(*gtid);
                seen.is_superset(asked)
            }
            _ => false,
        };
        if reached { Admission::Stop } else { Admission::Read }
    }

    /// At the end of the capture: a place that was asked for and never came is an error, a time is none.
    pub(super) fn end_of_capture(&self) -> Result<(), BinlogError> {
        match &self.start {
            Start::After(gtid) => return Err(refused("start", gtid, "the capture does not hold it")),
            Start::Reached | Start::Offset(_) | Start::Mysql(_) | Start::Mariadb(_) | Start::Time(_) => {}
        }
        match &self.stop {
            Stop::After(gtid) => Err(refused("stop", gtid, "the capture does not hold it")),
            Stop::Mysql { asked, missing } if !missing.is_empty() => Err(refused("stop", asked, &format!("the capture lacks {missing}"))),
            Stop::Mariadb { asked, seen } if !seen.is_superset(asked) => Err(refused("stop", asked, "the capture ends before it")),
            Stop::Never | Stop::Offset(_) | Stop::Mysql { .. } | Stop::Mariadb { .. } | Stop::Time(_) => Ok(()),
        }
    }
}

const NO_GTIDS: &str = "the capture has transactions without such a GTID";

/// Offsets before the first event mean the same place as the first event's.
fn from_first_event(place: BinlogOffset) -> BinlogOffset {
    BinlogOffset { offset: place.offset.max(FIRST_EVENT), ..place }
}

/// Whether `offset` is the place; an error when the place lies between events or within a transaction.
fn is_reached(bound: &'static str, place: &BinlogOffset, offset: u64, began: Option<&BinlogOffset>) -> Result<bool, BinlogError> {
    if offset > place.offset {
        return Err(refused(bound, place, "no event begins there"));
    }
    match began {
        Some(began) if offset == place.offset && began.offset != offset => {
            Err(refused(bound, place, &format!("it lies within the transaction that begins at `{began}`")))
        }
        _ => Ok(offset == place.offset),
    }
}

fn refused(bound: &'static str, place: &(impl std::fmt::Display + ?Sized), reason: &str) -> BinlogError {
    BinlogError::Bound { bound, place: place.to_string(), reason: reason.to_owned() }
}
