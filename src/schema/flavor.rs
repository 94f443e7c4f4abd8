//! Which server speaks: MySQL or MariaDB, and its version where the meaning of a definition hangs on it.

use std::fmt;

/// The two families of servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Flavor {
    /// MySQL and Percona Server.
    MySql,
    /// MariaDB.
    MariaDb,
}

/// A server's family and version.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ServerVersion {
    /// Its family.
    pub flavor: Flavor,
    /// `major * 10000 + minor * 100 + patch`: 5.6.24 is 50624, 10.11.19 is 101119.
    pub number: u32,
}

impl ServerVersion {
    /// MySQL 9.7, whose meaning of expressions is the language's.
    pub const MYSQL_9_7: Self = Self { flavor: Flavor::MySql, number: 90700 };
    /// MySQL 5.6, the oldest source.
    pub const MYSQL_5_6: Self = Self { flavor: Flavor::MySql, number: 50600 };
    /// MariaDB 10.11.
    pub const MARIADB_10_11: Self = Self { flavor: Flavor::MariaDb, number: 101100 };

    /// Reads a server's own words: `9.7.4`, `5.6.24-log`, `10.11.19-MariaDB-0+deb12u1-log`, `5.5.5-10.6.1-MariaDB`.
    pub fn parse(text: &str) -> Option<Self> {
        let maria_db = text.to_ascii_lowercase().contains("mariadb");
        let flavor = if maria_db { Flavor::MariaDb } else { Flavor::MySql };
        // MariaDB 10 and 11 once hid behind this prefix, because old replicas refused a major version of two digits.
        let numbers = if maria_db { text.strip_prefix("5.5.5-").unwrap_or(text) } else { text };
        let end = numbers.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(numbers.len());
        let mut parts = numbers[..end].split('.').map(|part| part.parse::<u32>().ok().filter(|&part| part < 1000));
        let (major, minor) = (parts.next()??, parts.next()??);
        let patch = parts.next().flatten().unwrap_or(0);
        Some(Self { flavor, number: major * 10_000 + minor * 100 + patch.min(99) })
    }

    /// Whether this is MySQL of at least the given version number.
    pub fn is_mysql_from(self, number: u32) -> bool {
        self.flavor == Flavor::MySql && self.number >= number
    }

    /// Whether this is MariaDB of at least the given version number.
    pub fn is_mariadb_from(self, number: u32) -> bool {
        self.flavor == Flavor::MariaDb && self.number >= number
    }
}

impl From<Flavor> for ServerVersion {
    /// The version that speaks for its family where nothing else is known.
    fn from(flavor: Flavor) -> Self {
        match flavor {
            Flavor::MySql => Self::MYSQL_9_7,
            Flavor::MariaDb => Self::MARIADB_10_11,
        }
    }
}

impl fmt::Display for Flavor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::MySql => "MySQL",
            Self::MariaDb => "MariaDB",
        })
    }
}

impl fmt::Display for ServerVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { flavor, number } = self;
        write!(f, "{flavor} {}.{}.{}", number / 10_000, number / 100 % 100, number % 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_from_the_servers_own_words() {
        let read = |text| ServerVersion::parse(text).map(|version| version.to_string());
        assert_eq!(read("9.7.4"), Some("MySQL 9.7.4".into()));
        assert_eq!(read("5.6.24-log"), Some("MySQL 5.6.24".into()));
        assert_eq!(read("8.0.36-28-percona"), Some("MySQL 8.0.36".into()));
        assert_eq!(read("10.11.19-MariaDB-0+deb12u1-log"), Some("MariaDB 10.11.19".into()));
        assert_eq!(read("5.5.5-10.6.1-MariaDB"), Some("MariaDB 10.6.1".into()));
        assert_eq!(read("5.5-log"), Some("MySQL 5.5.0".into()));
        assert_eq!(read("nonsense"), None);
        assert_eq!(read(""), None);
        assert_eq!(read("99999999999.1"), None);
    }
}
