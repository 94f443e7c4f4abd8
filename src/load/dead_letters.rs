//! Rows that a policy sends aside: one JSON object a line, in the form of a preview's lines.

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::{Path, PathBuf},
};

use super::{Line, LoadError, RoutedChange, RoutedSet};
use crate::mapping::RoutedBatch;

/// A file of dead letters.
pub struct DeadLetters {
    path: PathBuf,
    out: BufWriter<File>,
    letters: u64,
}

impl DeadLetters {
    /// Begins a new file; one that is there already is refused, for it may be the only copy of its rows.
    pub fn create(path: &Path) -> Result<Self, LoadError> {
        let file = File::create_new(path).map_err(|cause| LoadError::Write { path: path.to_owned(), cause })?;
        Ok(Self { path: path.to_owned(), out: BufWriter::new(file), letters: 0 })
    }

    /// Keeps one change that a mapping could not route.
    pub fn add(&mut self, routed: &RoutedSet, change: RoutedChange<'_>, batch: &RoutedBatch) -> Result<(), LoadError> {
        for line in Line::of(routed, change, batch) {
            writeln!(self.out, "{}", line.json()).map_err(|cause| LoadError::Write { path: self.path.clone(), cause })?;
            self.letters += 1;
        }
        Ok(())
    }

    /// Makes the letters durable; returns how many there are.
    pub fn finish(mut self) -> Result<u64, LoadError> {
        let failed = |cause| LoadError::Write { path: self.path.clone(), cause };
        self.out.flush().map_err(failed)?;
        self.out.get_ref().sync_all().map_err(failed)?;
        Ok(self.letters)
    }
}
