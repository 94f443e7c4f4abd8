//! MySQL's GTIDs: `uuid[:tag]:number`, and sets of them as intervals.

use std::{collections::BTreeMap, fmt, str::FromStr};

use super::PositionError;

/// A server's `server_uuid`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ServerUuid(pub [u8; 16]);

impl fmt::Display for ServerUuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, byte) in self.0.iter().enumerate() {
            if matches!(index, 4 | 6 | 8 | 10) {
                f.write_str("-")?;
            }
            write!(f, "{byte:02x}")?;
        }
        Ok(())
    }
}

impl ServerUuid {
    /// Reads 32 hexadecimal digits, with dashes at the usual places or none.
    fn parse(text: &str) -> Option<Self> {
        let dashed = text.len() == 36;
        if !dashed && text.len() != 32 {
            return None;
        }
        let mut digits = text.bytes().enumerate().filter_map(|(index, byte)| match (dashed && matches!(index, 8 | 13 | 18 | 23), byte) {
            (true, b'-') => None,
            (true, _) => Some(None),
            (false, _) => Some((byte as char).to_digit(16)),
        });
        let mut bytes = [0; 16];
        for byte in &mut bytes {
            let (high, low) = (digits.next()??, digits.next()??);
            *byte = (high << 4 | low) as u8;
        }
        Some(Self(bytes))
    }
}

/// The tag of a GTID (MySQL 8.3 and later): up to 32 of `a-z0-9_`, lower case; empty for none.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Tag(Option<Box<str>>);

impl Tag {
    /// Checks and lower-cases a tag; the empty text is no tag.
    pub fn parse(text: &str) -> Option<Self> {
        if text.is_empty() {
            return Some(Self(None));
        }
        let starts_well = |byte: &u8| byte.is_ascii_alphabetic() || *byte == b'_';
        let goes_on_well = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        let valid = text.len() <= 32 && text.as_bytes().first().is_some_and(starts_well) && text.bytes().all(goes_on_well);
        valid.then(|| Self(Some(text.to_ascii_lowercase().into())))
    }

    /// The tag's text, empty for none.
    pub fn as_str(&self) -> &str {
        self.0.as_deref().unwrap_or_default()
    }
}

/// Who numbers transactions: a server, or one of its tags.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Source {
    /// The server.
    pub uuid: ServerUuid,
    /// Its tag.
    pub tag: Tag,
}

/// `uuid:number` or `uuid:tag:number`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MysqlGtid {
    /// Who numbered it.
    pub source: Source,
    /// Its number, from 1 to 2^63 − 2.
    pub number: u64,
}

impl fmt::Display for MysqlGtid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.source.uuid)?;
        if !self.source.tag.as_str().is_empty() {
            write!(f, ":{}", self.source.tag.as_str())?;
        }
        write!(f, ":{}", self.number)
    }
}

impl FromStr for MysqlGtid {
    type Err = PositionError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let set: MysqlGtidSet = text.parse()?;
        set.single().ok_or_else(|| PositionError::Gtid { text: text.to_owned(), reason: "it names more or less than one transaction" })
    }
}

/// A run of numbers, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interval {
    /// The first.
    pub first: u64,
    /// The last; not below `first`.
    pub last: u64,
}

/// A set of MySQL GTIDs: for each source its numbers, as ascending intervals that neither meet nor overlap.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MysqlGtidSet(BTreeMap<Source, Vec<Interval>>);

/// The greatest number a transaction can have.
const MAX_NUMBER: u64 = i64::MAX as u64 - 1;

impl MysqlGtidSet {
    /// Whether the GTID is in the set.
    pub fn contains(&self, gtid: &MysqlGtid) -> bool {
        let Some(intervals) = self.0.get(&gtid.source) else { return false };
        let after = intervals.partition_point(|interval| interval.first <= gtid.number);
        after > 0 && gtid.number <= intervals[after - 1].last
    }

    /// Adds one GTID. Says whether it was new.
    pub fn insert(&mut self, gtid: &MysqlGtid) -> bool {
        if self.contains(gtid) {
            return false;
        }
        self.insert_interval(gtid.source.clone(), Interval { first: gtid.number, last: gtid.number });
        true
    }

    /// Adds a run of numbers of one source.
    pub fn insert_interval(&mut self, source: Source, added: Interval) {
        let intervals = self.0.entry(source).or_default();
        // Those that touch the new one: from the first that ends at or after its left neighbour, to the last that begins before its right one.
        let from = intervals.partition_point(|own| own.last.saturating_add(1) < added.first);
        let to = intervals.partition_point(|own| own.first <= added.last.saturating_add(1));
        let merged =
            intervals[from..to].iter().fold(added, |sum, own| Interval { first: sum.first.min(own.first), last: sum.last.max(own.last) });
        intervals.splice(from..to, [merged]);
    }

    /// Adds all of another set.
    pub fn union(&mut self, other: &Self) {
        for (source, intervals) in &other.0 {
            for &interval in intervals {
                self.insert_interval(source.clone(), interval);
            }
        }
    }

    /// What is in `self` and not in `other`.
    pub fn difference(&self, other: &Self) -> Self {
        let mut rest = Self::default();
        for (source, intervals) in &self.0 {
            let removed = other.0.get(source).map_or(&[][..], Vec::as_slice);
            let kept: Vec<Interval> = intervals.iter().flat_map(|&interval| without(interval, removed)).collect();
            if !kept.is_empty() {
                rest.0.insert(source.clone(), kept);
            }
        }
        rest
    }

    /// Whether every GTID of `other` is in `self`.
    pub fn is_superset(&self, other: &Self) -> bool {
        other.difference(self).is_empty()
    }

    /// Whether it holds no GTID.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The only GTID of the set.
    pub fn single(&self) -> Option<MysqlGtid> {
        let mut sources = self.0.iter();
        let (Some((source, intervals)), None) = (sources.next(), sources.next()) else { return None };
        match intervals.as_slice() {
            [only] if only.first == only.last => Some(MysqlGtid { source: source.clone(), number: only.first }),
            _ => None,
        }
    }

    /// The intervals of each source.
    pub fn iter(&self) -> impl Iterator<Item = (&Source, &[Interval])> {
        self.0.iter().map(|(source, intervals)| (source, intervals.as_slice()))
    }
}

impl fmt::Display for MysqlGtidSet {
    /// As `@@gtid_executed` prints it, on one line: `uuid:1-5:7:tag:1-3,uuid:…`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut previous = None;
        for (source, intervals) in &self.0 {
            if previous != Some(source.uuid) {
                write!(f, "{}{}", if previous.is_none() { "" } else { "," }, source.uuid)?;
                previous = Some(source.uuid);
            }
            if !source.tag.as_str().is_empty() {
                write!(f, ":{}", source.tag.as_str())?;
            }
            for Interval { first, last } in intervals {
                if first == last { write!(f, ":{first}")? } else { write!(f, ":{first}-{last}")? }
            }
        }
        Ok(())
    }
}

impl FromStr for MysqlGtidSet {
    type Err = PositionError;

    /// Reads what a server prints; spaces and line breaks around parts are allowed, as are empty parts between commas.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let malformed = |reason| PositionError::Gtid { text: text.to_owned(), reason };
        let mut set = Self::default();
        for group in text.split(',').map(str::trim).filter(|group| !group.is_empty()) {
            let mut parts = group.split(':').map(str::trim);
            let uuid = parts.next().and_then(ServerUuid::parse).ok_or_else(|| malformed("a server's UUID is 32 hexadecimal digits"))?;
            let mut source = Source { uuid, tag: Tag::default() };
            let mut intervals = 0;
            for part in parts {
                if part.starts_with(|first: char| first.is_ascii_digit()) {
                    set.insert_interval(source.clone(), parse_interval(part).map_err(malformed)?);
                    intervals += 1;
                } else {
                    source.tag = Tag::parse(part)
                        .filter(|tag| !tag.as_str().is_empty())
                        .ok_or_else(|| malformed("a tag has 1 to 32 letters, digits and underscores"))?;
                    intervals = 0;
                }
            }
            if intervals == 0 {
                return Err(malformed("a UUID or tag is followed by no number"));
            }
        }
        Ok(set)
    }
}

/// `5` or `1-5`.
fn parse_interval(text: &str) -> Result<Interval, &'static str> {
    let number = |digits: &str| {
        let digits = digits.trim();
        let decimal = digits.bytes().all(|byte| byte.is_ascii_digit());
        let value = digits.parse().ok().filter(|&value: &u64| decimal && (1..=MAX_NUMBER).contains(&value));
        value.ok_or("transaction numbers are decimal, from 1 to 2^63 - 2")
    };
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    let interval = Interval { first: number(first)?, last: number(last)? };
    if interval.last < interval.first {
        return Err("an interval ends before it begins");
    }
    Ok(interval)
}

/// What is left of `interval` after all of `removed` (ascending, disjoint) is taken out.
fn without(interval: Interval, removed: &[Interval]) -> Vec<Interval> {
    let mut kept = Vec::new();
    let mut next = interval.first;
    let from = removed.partition_point(|hole| hole.last < interval.first);
    for hole in removed[from..].iter().take_while(|hole| hole.first <= interval.last) {
        if next < hole.first {
            kept.push(Interval { first: next, last: hole.first - 1 });
        }
        next = next.max(hole.last.saturating_add(1));
    }
    if next <= interval.last {
        kept.push(Interval { first: next, last: interval.last });
    }
    kept
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    const A: &str = "3e11fa47-71ca-11e1-9e33-c80aa9429562";
    const B: &str = "4e11fa47-71ca-11e1-9e33-c80aa9429562";

    fn set(text: &str) -> MysqlGtidSet {
        text.replace('A', A).replace('B', B).parse().expect("a GTID set")
    }

    fn short(set: &MysqlGtidSet) -> String {
        set.to_string().replace(A, "A").replace(B, "B")
    }

    #[test]
    fn sets_are_printed_as_the_server_prints_them() {
        assert_eq!(short(&set("B:1,\n A:7:1-5 , ,A:6")), "A:1-7,B:1");
        assert_eq!(short(&set("A:1-3:tag_1:5:2-4:9")), "A:1-3:tag_1:2-5:9");
        assert_eq!(short(&set("A:x:1,A:1,A:X:2")), "A:1:x:1-2");
        assert_eq!(short(&set("")), "");
        let bare = "3E11FA4771CA11E19E33C80AA9429562:5".parse::<MysqlGtidSet>().expect("a set");
        assert_eq!(short(&bare), "A:5");
    }

    #[test]
    fn malformed_sets_are_refused() {
        for text in [
            "A",
            "A:",
            "A:0",
            "A:-1",
            "A:5-3",
            "A:1-",
            "A:1-2-3",
            "A:9223372036854775807",
            "A:1:2x",
            "A:tag",
            "A:tag:",
            "A:1:9tag",
            "A:t-g:1",
            "A:a23456789012345678901234567890123:1",
            "3e11fa47:1",
            "3e11fa47-71ca-11e1-9e33-c80aa942956g:1",
            "3e11fa47071ca-11e1-9e33-c80aa9429562:1",
            "A:é:1",
            "A:+1",
            "é:1",
        ] {
            let text = text.replace('A', A);
            assert!(text.parse::<MysqlGtidSet>().is_err(), "{text}");
        }
    }

    #[test]
    fn one_gtid_is_read_and_printed() {
        for text in ["A:5", "A:tag:5"] {
            let text = text.replace('A', A);
            assert_eq!(text.parse::<MysqlGtid>().expect("a GTID").to_string(), text);
        }
        assert!(format!("{A}:1-2").parse::<MysqlGtid>().is_err());
        assert!(format!("{A}:1,{B}:1").parse::<MysqlGtid>().is_err());
    }

    #[test]
    fn neighbours_are_joined_whatever_their_order() {
        let mut own = MysqlGtidSet::default();
        for part in ["A:5", "A:1", "A:3", "A:2", "A:4"] {
            own.union(&set(part));
        }
        assert_eq!(short(&own), "A:1-5");
        own.union(&set("A:9223372036854775806"));
        own.union(&set("A:1-9223372036854775806"));
        assert_eq!(short(&own), "A:1-9223372036854775806");
    }

    #[test]
    fn tags_number_apart() {
        let own = set("A:1-5:t:1");
        assert!(!own.contains(&set("A:t:2").single().expect("one GTID")));
        assert!(own.contains(&set("A:t:1").single().expect("one GTID")));
        assert_eq!(short(&own.difference(&set("A:1-3"))), "A:4-5:t:1");
    }

    fn numbers() -> impl Strategy<Value = BTreeSet<u64>> {
        prop::collection::btree_set(1u64..40, 0..30)
    }

    fn of(numbers: &BTreeSet<u64>) -> MysqlGtidSet {
        let source = set("A:1").single().expect("one GTID").source;
        let mut own = MysqlGtidSet::default();
        for &number in numbers.iter().rev() {
            own.insert(&MysqlGtid { source: source.clone(), number });
        }
        own
    }

    proptest! {
        #[test]
        fn the_algebra_is_that_of_sets(left in numbers(), right in numbers()) {
            let (own, other) = (of(&left), of(&right));
            let mut both = own.clone();
            both.union(&other);
            prop_assert_eq!(&both, &of(&left.union(&right).copied().collect()));
            prop_assert_eq!(&own.difference(&other), &of(&left.difference(&right).copied().collect()));
            prop_assert_eq!(own.is_superset(&other), left.is_superset(&right));
            prop_assert_eq!(&own.to_string().parse::<MysqlGtidSet>().expect("its own text"), &own);
        }
    }
}
