//! Standard input as a file, for a command that reads its capture more than once.

use std::{
    env, fs, io,
    path::{Path, PathBuf},
    process,
};

use super::failure::Failure;

/// The paths of a capture; what `-` gives is copied to a temporary file that goes away with this.
#[derive(Debug)]
pub(super) struct CaptureCopy {
    paths: Vec<PathBuf>,
    /// Holds the copy.
    folder: Option<PathBuf>,
}

impl CaptureCopy {
    /// Takes the paths as they are, but for `-` alone.
    pub(super) fn of(paths: &[PathBuf]) -> Result<Self, Failure> {
        if paths != [Path::new("-")] {
            return Ok(Self { paths: paths.to_vec(), folder: None });
        }
        let folder = env::temp_dir().join(format!("rowgate-{}", process::id()));
        let unwritable = |error: io::Error| Failure::file(&folder, "copy standard input to", &error);
        fs::create_dir(&folder).map_err(unwritable)?;
        // The name under which positions in standard input are known.
        let copy = Self { paths: vec![folder.join("-")], folder: Some(folder.clone()) };
        let mut file = fs::File::create_new(folder.join("-")).map_err(unwritable)?;
        io::copy(&mut io::stdin().lock(), &mut file).map_err(unwritable)?;
        Ok(copy)
    }

    /// Where to read it.
    pub(super) fn paths(&self) -> &[PathBuf] {
        &self.paths
    }
}

impl Drop for CaptureCopy {
    fn drop(&mut self) {
        if let Some(folder) = &self.folder {
            // What is left in the folder for temporary files is the system's to clean.
            let _left = fs::remove_dir_all(folder);
        }
    }
}
