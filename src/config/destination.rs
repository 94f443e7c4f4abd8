//! Where changes go, as the command line says it.

use std::{path::PathBuf, sync::Arc};

use super::{ConfigError, rowgate_toml::is_name};
use crate::mysql::Endpoint;

/// The name of a server whose address is given without one.
const DEFAULT_NAME: &str = "default";

/// One `--to`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Destination {
    /// `sql:DIR`: scripts.
    Scripts(PathBuf),
    /// `[NAME=]mysql://user@host:port`: a server that `rowgate.toml` has no part in.
    Server {
        /// What rules call it; `default` without a name.
        name: Arc<str>,
        /// Where it is.
        endpoint: Endpoint,
    },
    /// `NAME`: a target of `rowgate.toml`.
    Target(Arc<str>),
}

impl Destination {
    /// Reads a destination; a password in it is refused. No error quotes what may be one, so clap must not parse it: it would.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let malformed = || ConfigError::NoDestination(text.split([':', '@']).next().unwrap_or_default().to_owned());
        if let Some(folder) = text.strip_prefix("sql:").filter(|folder| !folder.is_empty()) {
            return Ok(Self::Scripts(folder.into()));
        }
        let Some(scheme_end) = text.find("://") else {
            return if is_name(text) { Ok(Self::Target(text.into())) } else { Err(malformed()) };
        };
        let (name, url) = match text[..scheme_end].find('=') {
            Some(end) => (&text[..end], &text[end + 1..]),
            None => (DEFAULT_NAME, text),
        };
        if !is_name(name) {
            return Err(malformed());
        }
        let endpoint = Endpoint::parse(url).map_err(|cause| ConfigError::Address { name: name.to_owned(), cause })?;
        if endpoint.has_password() {
            return Err(ConfigError::OpenPassword(name.to_owned()));
        }
        Ok(Self::Server { name: name.into(), endpoint })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        match Destination::parse(text).expect("the test gives a destination") {
            Destination::Scripts(folder) => format!("scripts in {}", folder.display()),
            Destination::Server { name, endpoint } => format!("{name} at {}", endpoint.address),
            Destination::Target(name) => format!("target {name}"),
        }
    }

    #[test]
    fn scripts_servers_and_targets_are_told_apart() {
        assert_eq!(read("sql:out/a=b"), "scripts in out/a=b");
        assert_eq!(read("mysql://a@b"), "default at mysql://a@b:3306");
        assert_eq!(read("shard-0=mysql://a@b:3307"), "shard-0 at mysql://a@b:3307");
        assert_eq!(read("mysql://a@localhost?socket=/run/x=y"), "default at mysql://a@localhost?socket=/run/x=y");
        assert_eq!(read("shard0"), "target shard0");
    }

    #[test]
    fn a_password_on_the_command_line_is_refused_and_not_repeated() {
        let error = Destination::parse("shard0=mysql://a:secret@b").expect_err("it holds a password");
        assert_eq!(error.to_string(), "the address of `shard0` on the command line holds a password");
        assert!(error.hint().is_some_and(|hint| hint.contains("--password-file") && hint.contains("ROWGATE_PASSWORD")), "{error:?}");
        assert!(!format!("{error:?}").contains("secret"));
    }

    #[test]
    fn what_is_no_destination_is_refused_without_what_may_be_a_password() {
        for text in ["", "sql:", "db1:3306", "root:secret@db1", "out/scripts", "a b=mysql://a@b", "-x", "=mysql://a@b"] {
            let error = Destination::parse(text).expect_err(text);
            assert!(matches!(error, ConfigError::NoDestination(_)), "{text}: {error:?}");
            assert!(!format!("{error} {error:?}").contains("secret"), "{error:?}");
        }
        for text in ["mysql://b:3306", "postgres://a:secret@b", "x=mysql://a@b/shop"] {
            let error = Destination::parse(text).expect_err(text);
            assert!(matches!(error, ConfigError::Address { .. }), "{text}: {error:?}");
            assert!(!format!("{error:?}").contains("secret"), "{error:?}");
        }
    }
}
