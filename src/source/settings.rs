//! Which server is the source, and how it is asked.

use std::{sync::Arc, time::Duration};

use crate::mysql::Endpoint;

/// A source as the configuration has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceSettings {
    /// Its name there; `default` for one that is given by its address.
    pub name: Arc<str>,
    /// Where it is and what opens it.
    pub endpoint: Endpoint,
    /// The number under which it knows us, unlike that of every server and replica around it; none: one is derived.
    pub server_id: Option<u32>,
    /// How often it says that it is there while it has nothing to send.
    pub heartbeat: Duration,
}

impl SourceSettings {
    /// How often a source is to speak, where nothing else is said.
    pub const HEARTBEAT: Duration = Duration::from_secs(10);

    /// How long a source may be silent: three heartbeats, and time for one to be late.
    pub(super) fn silence_limit(&self) -> Duration {
        self.heartbeat * 3 + Duration::from_secs(2)
    }
}
