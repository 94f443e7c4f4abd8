//! What a user may say about loading.

use crate::{
    checkpoint,
    load::{lane::Patience, window::WindowLimits},
};

/// How changes are loaded into servers.
#[derive(Debug, Clone, Copy)]
pub struct LoadOptions {
    /// Connections to each server.
    pub lanes: u16,
    /// What is done when the mappings are not those that the checkpoint was made by.
    pub mapping_change: MappingChange,
    pub(crate) window: WindowLimits,
    pub(crate) patience: Patience,
}

/// Whether other mappings may go on where a job's checkpoint is (INV-10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MappingChange {
    /// It is refused: rows that were loaded already may belong elsewhere now.
    #[default]
    Refuse,
    /// The user has seen to these.
    Accept,
}

impl Default for LoadOptions {
    fn default() -> Self {
        let window = WindowLimits { changes: Self::WINDOW_ROWS, bytes: 32 << 20 };
        Self { lanes: 4, mapping_change: MappingChange::default(), window, patience: Patience::default() }
    }
}

impl LoadOptions {
    /// The most lanes of one server.
    pub const LANES_MOST: u16 = checkpoint::LANES_MOST;
    /// Changes of the source after which a window ends, unless the user says otherwise.
    pub const WINDOW_ROWS: u64 = 100_000;

    /// The same with windows that end after so many changes of the source.
    #[must_use]
    pub fn with_window_rows(mut self, rows: u64) -> Self {
        self.window.changes = rows;
        self
    }
}
