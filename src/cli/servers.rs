//! From flags to servers that can be opened.

use std::sync::Arc;

use super::{args::ServerArguments, failure::Failure, flow::with_causes};
use crate::{
    config::{Config, ConfigError, Destination},
    mysql::Endpoint,
};

/// A server and the name that mappings give it.
pub(super) type NamedServer = (Arc<str>, Endpoint);

/// The servers of these destinations; without any, all targets of the configuration.
pub(super) fn named_servers(to: &[String], arguments: &ServerArguments) -> Result<Vec<NamedServer>, Failure> {
    // Before the configuration is read: what is wrong here is seen at once.
    let destinations = to.iter().map(|text| Destination::parse(text)).collect::<Result<Vec<_>, _>>()?;
    let config = Config::find(arguments.config.as_deref())?;
    let destinations = if destinations.is_empty() { config.targets() } else { destinations };
    Ok(config.endpoints(&destinations, &arguments.password_file)?)
}

impl From<ConfigError> for Failure {
    fn from(error: ConfigError) -> Self {
        let failure = Self::wrong_input(with_causes(&error));
        match error.hint() {
            Some(hint) => failure.with_hint(hint),
            None => failure,
        }
    }
}
