//! What a statement's meaning hangs on besides its text: the session that ran it.

use super::{Charset, Collation, Flavor, ServerVersion};

/// The session of a DDL statement, as a query event of the binlog tells it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementContext {
    /// The schema of names without one; none when the session had none.
    pub default_schema: Option<String>,
    /// The server that ran the statement.
    pub server: ServerVersion,
    /// `@@collation_server`, the collation of a new schema; none takes the server's default.
    pub server_collation: Option<Collation>,
    /// `@@sql_mode`.
    pub sql_mode: SqlMode,
    /// `@@explicit_defaults_for_timestamp`; none takes the server's default.
    pub explicit_defaults_for_timestamp: Option<bool>,
    /// The default collations of charsets that the session overrides: MySQL's `default_collation_for_utf8mb4`,
    /// MariaDB's `character_set_collations`.
    pub charset_collations: Vec<(Charset, Collation)>,
}

impl StatementContext {
    /// A session with the server's own defaults.
    pub fn new(server: ServerVersion) -> Self {
        Self {
            default_schema: None,
            server,
            server_collation: None,
            sql_mode: SqlMode::default(),
            explicit_defaults_for_timestamp: None,
            charset_collations: Vec::new(),
        }
    }

    /// The same session in another schema.
    pub fn with_schema(mut self, schema: impl Into<String>) -> Self {
        self.default_schema = Some(schema.into());
        self
    }

    /// The collation of texts of a charset where a definition names none.
    pub(super) fn default_collation(&self, charset: Charset) -> Collation {
        let overridden = self.charset_collations.iter().find(|(known, _)| *known == charset);
        overridden.map_or_else(|| charset.default_collation(self.server), |&(_, collation)| collation)
    }

    /// The collation of a schema that names none.
    pub(super) fn server_collation(&self) -> Collation {
        self.server_collation.unwrap_or(match self.server.flavor {
            Flavor::MySql if self.server.number >= 80_000 => Collation::UTF8MB4_0900_AI_CI,
            Flavor::MariaDb if self.server.number >= 110_600 => self.default_collation(Charset::UTF8MB4),
            Flavor::MySql | Flavor::MariaDb => Collation::LATIN1_SWEDISH_CI,
        })
    }

    /// Whether a TIMESTAMP is like any other column; else it is NOT NULL where its definition does not say.
    pub(super) fn explicit_timestamps(&self) -> bool {
        let by_default = self.server.is_mysql_from(80_002) || self.server.is_mariadb_from(101_000);
        self.explicit_defaults_for_timestamp.unwrap_or(by_default)
    }
}

/// The bits of `@@sql_mode`, as query events carry them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct SqlMode(pub u64);

impl SqlMode {
    /// REAL is FLOAT.
    pub const REAL_AS_FLOAT: u64 = 1;
    /// Double quotes hold names.
    pub const ANSI_QUOTES: u64 = 1 << 2;
    /// A backslash in a string is a backslash.
    pub const NO_BACKSLASH_ESCAPES: u64 = 1 << 20;

    /// Whether REAL is FLOAT.
    pub fn real_as_float(self) -> bool {
        self.0 & Self::REAL_AS_FLOAT != 0
    }

    /// Whether double quotes hold names.
    pub fn ansi_quotes(self) -> bool {
        self.0 & Self::ANSI_QUOTES != 0
    }

    /// Whether a backslash in a string is a backslash.
    pub fn no_backslash_escapes(self) -> bool {
        self.0 & Self::NO_BACKSLASH_ESCAPES != 0
    }
}
