//! Collations by name and by the number that the binlog uses.

use std::collections::HashMap;
use std::fmt;
use std::sync::LazyLock;

use super::collation_table::COLLATIONS;
use super::{Charset, Flavor};

/// A collation, such as `utf8mb4_0900_ai_ci`; [`Collation::BINARY`] for byte strings.
///
/// MySQL and MariaDB number their collations alike where they share them, and use distinct numbers where
/// they do not; only the names of five Croatian ones clash (see [`Collation::by_name`]).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Collation(u16);

impl Collation {
    /// `binary`: bytes, compared as bytes.
    pub const BINARY: Self = Self(63);
    /// `utf8mb4_bin`.
    pub const UTF8MB4_BIN: Self = Self(46);
    /// `utf8mb4_general_ci`, the default of utf8mb4 before MySQL 8.0 and MariaDB 11.5.
    pub const UTF8MB4_GENERAL_CI: Self = Self(45);
    /// `utf8mb4_0900_ai_ci`, the default of utf8mb4 from MySQL 8.0.
    pub const UTF8MB4_0900_AI_CI: Self = Self(255);
    /// `utf8mb3_general_ci`, the collation of names.
    pub const UTF8MB3_GENERAL_CI: Self = Self(33);
    /// `latin1_swedish_ci`, the servers' default before MySQL 8.0.
    pub const LATIN1_SWEDISH_CI: Self = Self(8);
    /// `ascii_general_ci`.
    pub const ASCII_GENERAL_CI: Self = Self(11);

    /// Finds a collation by its full name, without regard to case; `utf8_…` is `utf8mb3_…`.
    ///
    /// `utf8mb4_croatian_ci` (and its four siblings) names MySQL's; use [`Collation::by_name_on`] for MariaDB's.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::by_name_on(name, Flavor::MySql)
    }

    /// Finds a collation by the full name that one family of servers gives it; names of the other are known too.
    pub fn by_name_on(name: &str, flavor: Flavor) -> Option<Self> {
        let mut name = name.to_ascii_lowercase();
        if let Some(rest) = name.strip_prefix("utf8_") {
            name = format!("utf8mb3_{rest}");
        }
        let table = &*TABLE;
        if flavor == Flavor::MariaDb
            && let Some(&number) = table.maria_db_numbers.get(&name)
        {
            return Some(Self(number));
        }
        table.numbers.get(&name).copied().map(Self)
    }

    /// Finds a collation of a charset by its full name, or by a name that fits several charsets (MariaDB's `uca1400_ai_ci`).
    pub fn by_name_in(charset: Charset, name: &str, flavor: Flavor) -> Option<Self> {
        let whole = Self::by_name_on(name, flavor).filter(|collation| collation.charset() == charset);
        whole.or_else(|| Self::by_name_on(&format!("{}_{name}", charset.name()), flavor).filter(|found| found.is_uca1400()))
    }

    /// Finds a collation by its number in a binlog or a connection of the given family of servers.
    ///
    /// The numbers of the two families never clash, so a number of the other family is known too: MariaDB from 11.4.5
    /// uses MySQL's numbers for its `utf8mb4_0900_…` names.
    pub fn by_id(id: u32, _flavor: Flavor) -> Option<Self> {
        let id = u16::try_from(id).ok()?;
        TABLE.rows.get(usize::from(id))?.is_some().then_some(Self(id))
    }

    /// Its number in binlogs and connections.
    pub fn id(self) -> u16 {
        self.0
    }

    /// Its full name: MySQL's where both families have the collation under different names.
    pub fn name(self) -> &'static str {
        &self.row().name
    }

    /// The name that one family of servers gives it; none where that family lacks the collation.
    pub fn name_on(self, flavor: Flavor) -> Option<&'static str> {
        let mysql = self.0 < FIRST_OF_MARIADB;
        match flavor {
            Flavor::MySql => mysql.then(|| self.name()),
            Flavor::MariaDb => match self.0 {
                122 => Some("utf16_croatian_mysql561_ci"),
                149 => Some("ucs2_croatian_mysql561_ci"),
                181 => Some("utf32_croatian_mysql561_ci"),
                213 => Some("utf8mb3_croatian_mysql561_ci"),
                245 => Some("utf8mb4_croatian_mysql561_ci"),
                // MySQL's own: `utf8mb3_tolower_ci`, gb18030 and `utf8mb4_0900_…`.
                76 | 248..=250 | 255..=323 => None,
                _ => Some(self.name()),
            },
        }
    }

    /// The charset of its strings.
    pub fn charset(self) -> Charset {
        self.row().charset
    }

    /// Whether it is `binary`: the strings are bytes, not text.
    pub fn is_binary(self) -> bool {
        self == Self::BINARY
    }

    /// Whether two strings are equal only when their bytes are (trailing spaces aside): `binary` and the `…_bin` ones.
    pub fn compares_code_points(self) -> bool {
        self.is_binary() || self.name().ends_with("_bin")
    }

    /// Whether trailing spaces are not compared (PAD SPACE); else they are (NO PAD).
    pub fn pads_spaces(self) -> bool {
        let name = self.name();
        !(self.is_binary() || name.contains("_0900_") || name.contains("nopad_"))
    }

    fn row(self) -> &'static Row {
        TABLE.rows.get(usize::from(self.0)).and_then(Option::as_ref).expect("a collation is only made from a number of the table")
    }

    fn is_uca1400(self) -> bool {
        self.0 >= FIRST_UCA1400
    }
}

impl fmt::Debug for Collation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Display for Collation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// From this number on collations are MariaDB's own.
const FIRST_OF_MARIADB: u16 = 576;
/// From this number on they are MariaDB's `uca1400` family.
const FIRST_UCA1400: u16 = 2048;
struct Row {
    name: String,
    charset: Charset,
}

struct Table {
    /// By number.
    rows: Vec<Option<Row>>,
    numbers: HashMap<String, u16>,
    /// Where MariaDB's number for a name is not MySQL's.
    maria_db_numbers: HashMap<String, u16>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut table = Table { rows: Vec::new(), numbers: HashMap::new(), maria_db_numbers: HashMap::new() };
    // Ascending: of two collations with one name the lower number is MySQL's.
    for (number, name) in COLLATIONS.iter().map(|&(number, name)| (number, name.to_owned())).chain(uca1400()) {
        let charset = name.split_once('_').map_or(name.as_str(), |(charset, _)| charset);
        let charset = Charset::by_name(charset).expect("a collation's name starts with its charset");
        match table.numbers.get(&name) {
            Some(_) => table.maria_db_numbers.insert(name.clone(), number),
            None => table.numbers.insert(name.clone(), number),
        };
        table.rows.resize_with(table.rows.len().max(usize::from(number) + 1), || None);
        table.rows[usize::from(number)] = Some(Row { name, charset });
    }
    for collation in [122_u16, 149, 181, 213, 245] {
        let charset = table.rows[usize::from(collation)].as_ref().map(|row| row.charset).expect("the number is in the table");
        table.maria_db_numbers.insert(format!("{charset}_croatian_mysql561_ci"), collation);
    }
    table
});

/// MariaDB's `<charset>_uca1400[_<language>][_nopad]_<ai|as>_<ci|cs>`: 2048 + charset × 256 + language × 8 + flags.
fn uca1400() -> impl Iterator<Item = (u16, String)> {
    const CHARSETS: [&str; 5] = ["utf8mb3", "utf8mb4", "ucs2", "utf16", "utf32"];
    const LANGUAGES: [(u16, &str); 23] = [
        (0, ""),
        (1, "icelandic_"),
        (2, "latvian_"),
        (3, "romanian_"),
        (4, "slovenian_"),
        (5, "polish_"),
        (6, "estonian_"),
        (7, "spanish_"),
        (8, "swedish_"),
        (9, "turkish_"),
        (10, "czech_"),
        (11, "danish_"),
        (12, "lithuanian_"),
        (13, "slovak_"),
        (14, "spanish2_"),
        (15, "roman_"),
        (16, "persian_"),
        (17, "esperanto_"),
        (18, "hungarian_"),
        (19, "sinhala_"),
        (20, "german2_"),
        (23, "vietnamese_"),
        (24, "croatian_"),
    ];
    const ENDS: [&str; 8] = ["ai_ci", "ai_cs", "as_ci", "as_cs", "nopad_ai_ci", "nopad_ai_cs", "nopad_as_ci", "nopad_as_cs"];
    (0..5u16).flat_map(|charset| {
        LANGUAGES.iter().flat_map(move |&(language, language_name)| {
            (0..8u16).map(move |end| {
                let name = format!("{}_uca1400_{language_name}{}", CHARSETS[usize::from(charset)], ENDS[usize::from(end)]);
                (FIRST_UCA1400 + charset * 256 + language * 8 + end, name)
            })
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_names_of_all_servers_are_known() {
        let name = |id, flavor| Collation::by_id(id, flavor).and_then(|collation| collation.name_on(flavor));
        assert_eq!(name(255, Flavor::MySql), Some("utf8mb4_0900_ai_ci"));
        assert_eq!(name(323, Flavor::MySql), Some("utf8mb4_mn_cyrl_0900_as_cs"));
        assert_eq!(name(255, Flavor::MariaDb), None);
        assert_eq!(name(248, Flavor::MariaDb), None);
        assert_eq!(name(2048, Flavor::MariaDb), Some("utf8mb3_uca1400_ai_ci"));
        assert_eq!(name(3271, Flavor::MariaDb), Some("utf32_uca1400_croatian_nopad_as_cs"));
        assert_eq!(name(245, Flavor::MySql), Some("utf8mb4_croatian_ci"));
        assert_eq!(name(245, Flavor::MariaDb), Some("utf8mb4_croatian_mysql561_ci"));
        assert_eq!(name(608, Flavor::MariaDb), Some("utf8mb4_croatian_ci"));
        assert_eq!(name(608, Flavor::MySql), None);
        assert_eq!(name(17, Flavor::MySql), None);
        assert_eq!(name(70_000, Flavor::MySql), None);
    }

    #[test]
    fn every_name_leads_back_to_its_collation() {
        let numbers = (0..4096).filter_map(|number| Collation::by_id(number, Flavor::MySql));
        assert_eq!(numbers.clone().count(), COLLATIONS.len() + 920);
        for collation in numbers {
            for flavor in [Flavor::MySql, Flavor::MariaDb] {
                if let Some(name) = collation.name_on(flavor) {
                    assert_eq!(Collation::by_name_on(name, flavor), Some(collation), "{name} on {flavor}");
                }
            }
            assert!(collation.charset().max_bytes_per_char() > 0);
        }
    }

    #[test]
    fn old_names_short_names_and_capitals_are_understood() {
        assert_eq!(Collation::by_name("UTF8_General_CI"), Some(Collation::UTF8MB3_GENERAL_CI));
        let uca = Collation::by_name_in(Charset::UTF8MB4, "uca1400_ai_ci", Flavor::MariaDb);
        assert_eq!(uca.map(Collation::id), Some(2304));
        assert_eq!(Collation::by_name_in(Charset::UTF8MB4, "latin1_bin", Flavor::MySql), None);
        assert_eq!(Collation::by_name_in(Charset::UTF8MB4, "bin", Flavor::MySql), None);
        assert_eq!(Collation::by_name("utf8mb4"), None);
    }

    #[test]
    fn constants_are_what_they_are_called() {
        assert_eq!(Collation::BINARY.name(), "binary");
        assert_eq!(Collation::UTF8MB4_BIN.name(), "utf8mb4_bin");
        assert_eq!(Collation::UTF8MB4_GENERAL_CI.name(), "utf8mb4_general_ci");
        assert_eq!(Collation::UTF8MB4_0900_AI_CI.name(), "utf8mb4_0900_ai_ci");
        assert_eq!(Collation::UTF8MB3_GENERAL_CI.name(), "utf8mb3_general_ci");
        assert_eq!(Collation::LATIN1_SWEDISH_CI.name(), "latin1_swedish_ci");
        assert_eq!(Collation::ASCII_GENERAL_CI.name(), "ascii_general_ci");
    }

    #[test]
    fn padding_follows_the_servers_pad_attribute() {
        let pads = |name| Collation::by_name(name).map(Collation::pads_spaces);
        assert_eq!(pads("utf8mb4_general_ci"), Some(true));
        assert_eq!(pads("utf8mb4_bin"), Some(true));
        assert_eq!(pads("utf8mb4_0900_bin"), Some(false));
        assert_eq!(pads("binary"), Some(false));
        assert_eq!(pads("utf8mb4_nopad_bin"), Some(false));
        assert_eq!(pads("utf8mb4_uca1400_nopad_as_cs"), Some(false));
        assert_eq!(pads("utf8mb4_uca1400_as_cs"), Some(true));
    }
}
