//! A GTID and a set of them, of either flavour.

use std::{fmt, str::FromStr};

use thiserror::Error;

use super::{MariadbGtid, MariadbGtidSet, MysqlGtid, MysqlGtidSet};

/// Text that names no position.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PositionError {
    /// Not `file:offset`.
    #[error("`{text}` is not a binlog position such as `binlog.000007:4`")]
    Offset {
        /// What was given.
        text: String,
    },
    /// A date, but no time of the world.
    #[error("`{text}` is not a time with its zone such as `2026-11-23T01:50:04Z`")]
    Time {
        /// What was given.
        text: String,
    },
    /// Not a GTID or a set of them.
    #[error("`{text}` is not a GTID set: {reason}")]
    Gtid {
        /// What was given.
        text: String,
        /// What is wrong with it.
        reason: &'static str,
    },
}

/// The global identifier of one transaction.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Gtid {
    /// `uuid:number` or `uuid:tag:number`.
    Mysql(MysqlGtid),
    /// `domain-server-sequence`.
    Mariadb(MariadbGtid),
}

impl fmt::Display for Gtid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mysql(gtid) => gtid.fmt(f),
            Self::Mariadb(gtid) => gtid.fmt(f),
        }
    }
}

/// What a server has done: MySQL's set of GTIDs, or MariaDB's last GTID of each domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GtidSet {
    /// `uuid:1-5:7,uuid:tag:1-3`.
    Mysql(MysqlGtidSet),
    /// `0-1-100,7-2-5`: all transactions of domain 0 up to 100, and of domain 7 up to 5.
    Mariadb(MariadbGtidSet),
}

impl GtidSet {
    /// Whether the set covers the transaction; a GTID of the other flavour never is.
    pub fn contains(&self, gtid: &Gtid) -> bool {
        match (self, gtid) {
            (Self::Mysql(set), Gtid::Mysql(gtid)) => set.contains(gtid),
            (Self::Mariadb(set), Gtid::Mariadb(gtid)) => set.contains(gtid),
            (Self::Mysql(_), Gtid::Mariadb(_)) | (Self::Mariadb(_), Gtid::Mysql(_)) => false,
        }
    }

    /// Whether `self` covers all that `other` covers.
    pub fn is_superset(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Mysql(own), Self::Mysql(other)) => own.is_superset(other),
            (Self::Mariadb(own), Self::Mariadb(other)) => own.is_superset(other),
            (Self::Mysql(_), Self::Mariadb(_)) | (Self::Mariadb(_), Self::Mysql(_)) => other.is_empty(),
        }
    }

    /// Whether it covers nothing.
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Mysql(set) => set.is_empty(),
            Self::Mariadb(set) => set.is_empty(),
        }
    }
}

impl fmt::Display for GtidSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mysql(set) => set.fmt(f),
            Self::Mariadb(set) => set.fmt(f),
        }
    }
}

impl FromStr for GtidSet {
    type Err = PositionError;

    /// Reads either flavour: a MySQL set has a colon, a MariaDB list has none.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.contains(':') { text.parse().map(Self::Mysql) } else { text.parse().map(Self::Mariadb) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flavour_is_told_from_the_text() {
        assert!(matches!("0-1-2".parse(), Ok(GtidSet::Mariadb(_))));
        assert!(matches!("3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5".parse(), Ok(GtidSet::Mysql(_))));
        assert!("binlog.000001:4".parse::<GtidSet>().is_err());
    }

    #[test]
    fn sets_of_different_flavours_have_nothing_in_common() {
        let mysql: GtidSet = "3e11fa47-71ca-11e1-9e33-c80aa9429562:1-5".parse().expect("a set");
        let mariadb: GtidSet = "0-1-2".parse().expect("a list");
        assert!(!mysql.is_superset(&mariadb));
        assert!(!mariadb.contains(&Gtid::Mysql("3e11fa47-71ca-11e1-9e33-c80aa9429562:1".parse().expect("a GTID"))));
    }
}
