//! The lookups that a set of mappings joins, read as `rowgate.toml` says.

use std::path::Path;

use super::{failure::Failure, flow::with_causes};
use crate::{
    config::Config,
    fault::FaultClass,
    lookup::LookupError,
    mapping::{Lookups, MappingSet},
};

/// The set with its lookups. Without any nothing is read; one that is not configured is told when the mapping is bound.
pub(super) fn with_lookups(set: MappingSet, config: Option<&Path>) -> Result<MappingSet, Failure> {
    let joined = set.lookups_read();
    if joined.is_empty() {
        return Ok(set);
    }
    let config = Config::find(config)?;
    let mut tables = Vec::new();
    for (name, columns) in &joined {
        if let Some(source) = config.lookup(name)? {
            tables.push(source.read(columns)?);
        }
    }
    Ok(set.with_lookups(Lookups::new(tables)))
}

impl From<LookupError> for Failure {
    fn from(error: LookupError) -> Self {
        let text = with_causes(&error);
        let failure = match (&error, error.class()) {
            (LookupError::Server { .. }, _) | (_, FaultClass::Transient) => Self::unavailable(text),
            (_, FaultClass::Definite | FaultClass::Defect) => Self::wrong_input(text),
        };
        match error.hint() {
            Some(hint) => failure.with_hint(hint),
            None => failure,
        }
    }
}
