//! What a set of checkpoint rows belongs to.

use sha2::{Digest, Sha256};

/// A job: one set of mappings carried from one source, under a name of the user's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Its name, at most [`Job::NAME_LENGTH_MAX`] characters.
    pub name: String,
    /// The mappings' text in one spelling (INV-10).
    pub mappings: String,
    /// SHA-256 of that text and of the version of the loader's algorithm, in hex.
    pub fingerprint: String,
}

/// Counted up whenever the loader's algorithm changes so that it could not finish what an older version began.
const ALGORITHM: u32 = 1;

impl Job {
    /// The longest name.
    pub const NAME_LENGTH_MAX: usize = 64;

    /// A job with these mappings.
    pub fn new(name: String, mappings: String) -> Self {
        let digest = Sha256::new().chain_update(ALGORITHM.to_be_bytes()).chain_update(&mappings).finalize();
        let fingerprint = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        Self { name, mappings, fingerprint }
    }
}

/// What the target remembers of a job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobRecord {
    /// The mappings' text that its rows were made by.
    pub mappings: String,
    /// The fingerprint of that.
    pub fingerprint: String,
}
