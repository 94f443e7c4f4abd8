//! MariaDB's GTIDs: `domain-server-sequence`, and the last one of each domain.

use std::{collections::BTreeMap, fmt, str::FromStr};

use super::PositionError;

/// `domain-server-sequence`: sequences rise within a domain, whichever server wrote them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MariadbGtid {
    /// The replication domain.
    pub domain: u32,
    /// The server that first committed the transaction.
    pub server: u32,
    /// Its number in the domain.
    pub sequence: u64,
}

impl fmt::Display for MariadbGtid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}-{}", self.domain, self.server, self.sequence)
    }
}

impl FromStr for MariadbGtid {
    type Err = PositionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let malformed = |reason| PositionError::Gtid { text: text.to_owned(), reason };
        let mut parts = text.trim().split('-').map(decimal);
        let (Some(domain), Some(server), Some(sequence), None) = (parts.next(), parts.next(), parts.next(), parts.next()) else {
            return Err(malformed("MariaDB's GTIDs are `domain-server-sequence`"));
        };
        let number = || malformed("a number is too large or not decimal");
        let narrow = |part: Option<u64>| part.and_then(|value| u32::try_from(value).ok()).ok_or_else(number);
        Ok(Self { domain: narrow(domain)?, server: narrow(server)?, sequence: sequence.ok_or_else(number)? })
    }
}

/// A MariaDB replication position: everything of each listed domain up to and including its GTID.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MariadbGtidSet(BTreeMap<u32, MariadbGtid>);

impl MariadbGtidSet {
    /// Whether the transaction is at or before its domain's GTID.
    pub fn contains(&self, gtid: &MariadbGtid) -> bool {
        self.0.get(&gtid.domain).is_some_and(|last| gtid.sequence <= last.sequence)
    }

    /// Moves the GTID's domain up to it; a domain never moves back. Says whether it moved.
    pub fn insert(&mut self, gtid: MariadbGtid) -> bool {
        let moves = !self.contains(&gtid);
        if moves {
            self.0.insert(gtid.domain, gtid);
        }
        moves
    }

    /// Whether `self` has passed all that `other` has passed.
    pub fn is_superset(&self, other: &Self) -> bool {
        other.0.values().all(|gtid| gtid.sequence == 0 || self.contains(gtid))
    }

    /// The last GTID of a domain.
    pub fn last(&self, domain: u32) -> Option<&MariadbGtid> {
        self.0.get(&domain)
    }

    /// The last GTID of each domain, by domain.
    pub fn iter(&self) -> impl Iterator<Item = &MariadbGtid> {
        self.0.values()
    }

    /// Whether no domain is listed.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<MariadbGtid> for MariadbGtidSet {
    fn from_iter<I: IntoIterator<Item = MariadbGtid>>(gtids: I) -> Self {
        let mut set = Self::default();
        for gtid in gtids {
            set.insert(gtid);
        }
        set
    }
}

impl fmt::Display for MariadbGtidSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, gtid) in self.0.values().enumerate() {
            write!(f, "{}{gtid}", if index == 0 { "" } else { "," })?;
        }
        Ok(())
    }
}

impl FromStr for MariadbGtidSet {
    type Err = PositionError;

    /// Reads `0-1-2,1-1-7`; the empty text is the empty list, a domain named twice is refused.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut set = Self::default();
        for part in text.split(',').filter(|_| !text.trim().is_empty()) {
            let gtid: MariadbGtid = part.parse()?;
            if set.0.insert(gtid.domain, gtid).is_some() {
                return Err(PositionError::Gtid { text: text.to_owned(), reason: "a domain is named twice" });
            }
        }
        Ok(set)
    }
}

/// A decimal number without sign.
fn decimal(text: &str) -> Option<u64> {
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(text: &str) -> MariadbGtidSet {
        text.parse().expect("a list of GTIDs")
    }

    fn gtid(text: &str) -> MariadbGtid {
        text.parse().expect("a GTID")
    }

    #[test]
    fn lists_are_printed_by_domain() {
        assert_eq!(set("7-2-5, 0-1-100").to_string(), "0-1-100,7-2-5");
        assert_eq!(set("").to_string(), "");
        assert_eq!(set("  "), MariadbGtidSet::default());
        assert_eq!(set("4294967295-4294967295-18446744073709551615").to_string(), "4294967295-4294967295-18446744073709551615");
    }

    #[test]
    fn malformed_lists_are_refused() {
        for text in [
            "0",
            "0-1",
            "0-1-2-3",
            "a-1-2",
            "0--2",
            "0-1-",
            "+0-1-2",
            "0-1-2,",
            "0-1-2,0-2-3",
            "4294967296-1-1",
            "0-1-18446744073709551616",
        ] {
            assert!(text.parse::<MariadbGtidSet>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_domain_covers_every_server_up_to_its_sequence() {
        let set = set("0-1-100,7-2-5");
        assert!(set.contains(&gtid("0-1-100")));
        assert!(set.contains(&gtid("0-9-99")));
        assert!(!set.contains(&gtid("0-1-101")));
        assert!(!set.contains(&gtid("1-1-1")));
    }

    #[test]
    fn a_domain_moves_only_forward() {
        let mut done = set("0-1-100");
        assert!(!done.insert(gtid("0-2-50")));
        assert!(done.insert(gtid("0-2-101")));
        assert!(done.insert(gtid("3-2-1")));
        assert_eq!(done.to_string(), "0-2-101,3-2-1");
        assert_eq!(done.last(0), Some(&gtid("0-2-101")));
    }

    #[test]
    fn superset_asks_every_domain() {
        assert!(set("0-1-100,1-1-1").is_superset(&set("0-2-100")));
        assert!(!set("0-1-100").is_superset(&set("0-1-100,1-1-1")));
        assert!(!set("0-1-99").is_superset(&set("0-1-100")));
        assert!(set("").is_superset(&set("5-1-0")));
    }
}
