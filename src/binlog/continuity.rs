//! Whether one file follows another: by their names, the rotate event between them, and the GTIDs that a file says went before it.

use super::{BinlogError, capture::series};
use crate::position::{Gtid, MariadbGtidSet, MysqlGtidSet};

/// What was seen of GTIDs, and how the current file hangs on the one before.
#[derive(Debug, Default)]
pub(super) struct Continuity {
    mysql: MysqlGtidSet,
    mariadb: MariadbGtidSet,
    /// The file before the current one and the current one; none in the first file.
    link: Option<Link>,
}

#[derive(Debug)]
struct Link {
    file: String,
    next: String,
    /// Whether their names say that they follow; else GTIDs must.
    is_proven: bool,
}

impl Continuity {
    /// From one file to the next; `rotate` is the name in the rotate event that ends the first.
    pub(super) fn next_file(&mut self, file: &str, rotate: Option<&str>, next: &str) -> Result<(), BinlogError> {
        self.check_proven()?;
        let gap = |reason: String| Err(BinlogError::Gap { file: file.to_owned(), next: next.to_owned(), reason });
        let is_proven = match (rotate, series(file), series(next)) {
            (Some(rotate), _, _) if rotate == next => true,
            // Renamed files keep their numbers.
            (Some(rotate), _, Some((_, number))) => match series(rotate) {
                Some((_, expected)) if expected == number => true,
                _ => return gap(format!("the next file was `{rotate}`")),
            },
            // After a stop or a crash the server goes on with the next number.
            (None, Some((_, number)), Some((_, next))) if number + 1 == next => true,
            (None, Some((_, number)), Some(_)) => return gap(format!("the next number is {:06}", number + 1)),
            (_, _, None) | (None, None, _) => false,
        };
        self.link = Some(Link { file: file.to_owned(), next: next.to_owned(), is_proven });
        Ok(())
    }

    /// MySQL's word on what went before the file. Says whether this is the first file.
    pub(super) fn previous_mysql(&mut self, previous: &MysqlGtidSet) -> Result<bool, BinlogError> {
        let missing = self.mysql.difference(previous);
        let unseen = previous.difference(&self.mysql);
        self.mysql.union(previous);
        let Some(link) = &mut self.link else { return Ok(true) };
        if !missing.is_empty() {
            return Err(link.gap(format!("it was begun without {missing}")));
        }
        if !link.is_proven && !unseen.is_empty() {
            return Err(link.gap(format!("{unseen} went before it and is missing")));
        }
        link.is_proven |= !previous.is_empty();
        Ok(false)
    }

    /// MariaDB's word on what went before the file. Says whether this is the first file.
    pub(super) fn previous_mariadb(&mut self, previous: &MariadbGtidSet) -> Result<bool, BinlogError> {
        let seen = std::mem::replace(&mut self.mariadb, previous.clone());
        let Some(link) = &mut self.link else { return Ok(true) };
        if !previous.is_superset(&seen) {
            return Err(link.gap(format!("it was begun at {previous}, the file before it ends at {seen}")));
        }
        if !link.is_proven && !seen.is_superset(previous) {
            return Err(link.gap(format!("it was begun at {previous}, the file before it ends at {seen}")));
        }
        link.is_proven |= !previous.is_empty();
        Ok(false)
    }

    /// A transaction begins: by now the file must be known to follow.
    pub(super) fn check_proven(&self) -> Result<(), BinlogError> {
        match &self.link {
            Some(link) if !link.is_proven => Err(link.gap("neither names nor GTIDs say that it does".to_owned())),
            _ => Ok(()),
        }
    }

    /// A transaction ended.
    pub(super) fn pass(&mut self, gtid: Option<&Gtid>) {
        match gtid {
            Some(Gtid::Mysql(gtid)) => drop(self.mysql.insert(gtid)),
            Some(Gtid::Mariadb(gtid)) => drop(self.mariadb.insert(*gtid)),
            None => {}
        }
    }
}

impl Link {
    fn gap(&self, reason: String) -> BinlogError {
        BinlogError::Gap { file: self.file.clone(), next: self.next.clone(), reason }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(file: &str, rotate: Option<&str>, next: &str) -> Result<Continuity, BinlogError> {
        let mut continuity = Continuity::default();
        continuity.next_file(file, rotate, next)?;
        Ok(continuity)
    }

    #[test]
    fn names_and_rotate_events_prove_what_follows() {
        for (file, rotate, after) in [
            ("b.000001", Some("b.000002"), "b.000002"),
            ("copy-b.000001", Some("b.000002"), "copy-b.000002"),
            ("b.000001", None, "b.000002"),
            ("b.999999", None, "b.1000000"),
            ("monday", Some("tuesday"), "tuesday"),
        ] {
            let continuity = next(file, rotate, after).expect("it follows");
            assert!(continuity.check_proven().is_ok(), "{after}");
        }
        for (file, rotate, after) in
            [("b.000001", Some("b.000002"), "b.000003"), ("b.000001", None, "b.000003"), ("b.000002", None, "b.000001")]
        {
            assert!(next(file, rotate, after).is_err(), "{after}");
        }
    }

    #[test]
    fn gtids_prove_what_names_do_not_say() {
        let set = |text: &str| text.replace('A', "3e11fa47-71ca-11e1-9e33-c80aa9429562").parse::<MysqlGtidSet>().expect("a set");
        let proven = |seen: &str, previous: &str| {
            let mut continuity = Continuity { mysql: set(seen), ..Continuity::default() };
            continuity.next_file("monday", Some("b.000002"), "tuesday")?;
            continuity.previous_mysql(&set(previous))?;
            continuity.check_proven()
        };
        assert!(proven("A:1-5", "A:1-5").is_ok());
        assert!(proven("A:1-5", "A:1-6").is_err());
        assert!(proven("A:1-5", "A:1-4").is_err());
        assert!(proven("", "").is_err());
    }

    #[test]
    fn files_of_two_servers_do_not_follow_though_their_names_do() {
        let mut continuity = next("b.000001", None, "b.000002").expect("names that follow");
        continuity.mariadb = "0-1-7".parse().expect("a list");
        assert!(continuity.previous_mariadb(&"0-2-5".parse().expect("a list")).is_err());
        assert!(continuity.previous_mariadb(&"0-2-5".parse().expect("a list")).is_ok());
    }
}
