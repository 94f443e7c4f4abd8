//! What can be wrong in a line of `rowgate.toml`, without a word of a password.

use crate::mysql::AddressError;

/// What is wrong with a line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// No TOML.
    #[error("{0}")]
    Syntax(String),
    /// A key or section that nobody reads.
    #[error("unknown key `{key}`")]
    UnknownKey {
        /// The key.
        key: String,
        /// A sentence about those that are known.
        known: String,
    },
    /// Something else stands where a section belongs.
    #[error("a section `[{0}]` is expected")]
    NoSection(String),
    /// A server's or a lookup's name with characters that no name has.
    #[error("`{0}` is no name of a server")]
    Name(String),
    /// The key takes another kind of value.
    #[error("`{0}` takes a text")]
    NoText(String),
    /// The key takes a number.
    #[error("`{0}` takes a whole number")]
    NoNumber(String),
    /// A lookup's section does not say what it is.
    #[error("{0}")]
    Lookup(String),
    /// The number of a replica is another.
    #[error("`server_id` takes a number from 1 to {}", u32::MAX)]
    ServerId,
    /// No time that a server could keep to.
    #[error("`{0}` is no value of `heartbeat`")]
    Heartbeat(String),
    /// Nobody knows where the server is.
    #[error("the section has no `url`")]
    NoUrl,
    /// The address is not understood.
    #[error("the value of `url` is not understood")]
    Address(#[source] AddressError),
    /// Two of `password`, `password_file` and a password in `url`.
    #[error("the server has two passwords")]
    TwoPasswords,
    /// A word that says nothing about encryption.
    #[error("`{0}` is no value of `tls`")]
    Tls(String),
    /// Certificates for a connection that does not look at any.
    #[error("`tls_ca` needs `tls = \"verify\"`")]
    UselessAuthorities,
    /// `${…}` names a variable that is not there.
    #[error("the environment has no variable `{0}`")]
    Variable(String),
    /// A `${` without its end.
    #[error("a `${{` has no `}}`")]
    OpenVariable,
}

impl Problem {
    pub(super) fn unknown_key(key: &str, known: &[&str]) -> Self {
        let known = match dsl::nearest(key, known.iter().copied()) {
            Some(near) => format!("Did you mean `{near}`?"),
            None => format!("Known here: `{}`.", known.join("`, `")),
        };
        Self::UnknownKey { key: key.to_owned(), known }
    }

    pub(super) fn hint(&self) -> Option<String> {
        match self {
            Self::UnknownKey { known, .. } => Some(known.clone()),
            Self::NoSection(_) => Some("A server is a section such as `[target.shard0]`, with its keys below.".to_owned()),
            Self::Name(_) => Some("Names have letters, digits, `_`, `-` and `.`.".to_owned()),
            Self::NoUrl => Some("Add `url = \"mysql://user@host:port\"`.".to_owned()),
            Self::TwoPasswords => Some("Keep one of `password`, `password_file` and the password in `url`.".to_owned()),
            Self::Tls(_) => Some("It takes `off`, `prefer`, `require` or `verify`.".to_owned()),
            Self::Heartbeat(_) => Some("It takes a time from `100ms` to `3600s`, such as `10s`.".to_owned()),
            Self::Variable(_) | Self::OpenVariable => Some("`${NAME}` is the environment's; write `$${` for a `${` itself.".to_owned()),
            Self::Syntax(_)
            | Self::NoText(_)
            | Self::NoNumber(_)
            | Self::Lookup(_)
            | Self::Address(_)
            | Self::UselessAuthorities
            | Self::ServerId => None,
        }
    }
}
