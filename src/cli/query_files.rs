//! From paths on the command line to the text of query files and table definitions.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::failure::Failure;

/// A file's name for `CREATE TABLE`s only; it holds no mappings.
const SCHEMA_FILE: &str = "schema.sql";
/// The same for the tables of the targets.
const TARGET_FILE: &str = "target.sql";

/// A text with its path.
#[derive(Debug, Clone)]
pub(super) struct TextFile {
    pub(super) path: PathBuf,
    pub(super) text: String,
}

/// One set of mappings: query files, and the `schema.sql` and `target.sql` beside them.
#[derive(Debug, Default)]
pub(super) struct QueryFolder {
    pub(super) queries: Vec<TextFile>,
    pub(super) schemas: Vec<TextFile>,
    pub(super) targets: Vec<TextFile>,
}

/// Reads all paths as one set: files as they are, folders without their subfolders.
pub(super) fn read_as_one_set(paths: &[PathBuf]) -> Result<QueryFolder, Failure> {
    let mut folder = QueryFolder::default();
    for path in paths {
        if metadata(path)?.is_dir() {
            let (files, subfolders) = list(path)?;
            if !files.iter().any(|file| !is_named(file, SCHEMA_FILE) && !is_named(file, TARGET_FILE)) {
                let failure = Failure::wrong_input(format!("`{}` holds no query file", path.display()));
                return Err(match subfolders.first() {
                    Some(first) => failure.with_hint(format!("One folder is one set of mappings: name it, such as `{}`.", first.display())),
                    None => failure.with_hint("Query files end in `.sql`."),
                });
            }
            files.iter().try_for_each(|file| folder.add(file))?;
        } else {
            folder.add(path)?;
            for beside in [SCHEMA_FILE, TARGET_FILE].map(|name| path.with_file_name(name)) {
                if beside.is_file() {
                    folder.add(&beside)?;
                }
            }
        }
    }
    Ok(folder)
}

/// Reads the files of one folder, whatever they are; its subfolders are left.
pub(super) fn read_folder(path: &Path) -> Result<QueryFolder, Failure> {
    let mut folder = QueryFolder::default();
    list(path)?.0.iter().try_for_each(|file| folder.add(file))?;
    Ok(folder)
}

/// Reads paths as `check` does: every folder at any depth that holds query files is a set; the files named alone are one.
pub(super) fn read_as_sets(paths: &[PathBuf]) -> Result<Vec<QueryFolder>, Failure> {
    let (folders, files): (Vec<_>, Vec<_>) = paths.iter().cloned().partition(|path| path.is_dir());
    let mut sets = Vec::new();
    if !files.is_empty() {
        sets.push(read_as_one_set(&files)?);
    }
    let mut open = folders;
    while let Some(folder) = open.pop() {
        let (files, subfolders) = list(&folder)?;
        open.extend(subfolders);
        if files.is_empty() {
            continue;
        }
        let mut set = QueryFolder::default();
        files.iter().try_for_each(|file| set.add(file))?;
        sets.push(set);
    }
    sets.sort_by(|a, b| a.first_path().cmp(&b.first_path()));
    if sets.is_empty() {
        return Err(Failure::wrong_input("no query file found").with_hint("Query files end in `.sql`."));
    }
    Ok(sets)
}

impl QueryFolder {
    fn add(&mut self, path: &Path) -> Result<(), Failure> {
        let list = if is_named(path, SCHEMA_FILE) {
            &mut self.schemas
        } else if is_named(path, TARGET_FILE) {
            &mut self.targets
        } else {
            &mut self.queries
        };
        if !list.iter().any(|file| file.path == path) {
            list.push(read(path)?);
        }
        Ok(())
    }

    /// Puts a text in the place of the file of its path, or adds it.
    pub(super) fn put(&mut self, file: TextFile) {
        let list = match () {
            () if is_named(&file.path, SCHEMA_FILE) => &mut self.schemas,
            () if is_named(&file.path, TARGET_FILE) => &mut self.targets,
            () => &mut self.queries,
        };
        match list.iter_mut().find(|known| known.path == file.path) {
            Some(known) => *known = file,
            None => list.push(file),
        }
    }

    fn first_path(&self) -> Option<&PathBuf> {
        self.queries.iter().chain(&self.schemas).chain(&self.targets).map(|file| &file.path).min()
    }
}

/// Reads the query files among paths and in folders at any depth, each once, in the order of their names.
pub(super) fn read_query_files(paths: &[PathBuf]) -> Result<Vec<TextFile>, Failure> {
    let sets = read_as_sets(paths)?;
    let mut files: Vec<TextFile> = sets.into_iter().flat_map(|set| set.queries).collect();
    files.sort_by(|a, b| a.path.cmp(&b.path));
    files.dedup_by(|a, b| a.path == b.path);
    Ok(files)
}

/// Reads a file as UTF-8 text.
pub(super) fn read(path: &Path) -> Result<TextFile, Failure> {
    let bytes = fs::read(path).map_err(|error| Failure::file(path, "read", &error))?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Failure::wrong_input(format!("`{}` is not UTF-8 text: byte {at} is part of no character", path.display()))
    })?;
    Ok(TextFile { path: path.to_owned(), text })
}

fn metadata(path: &Path) -> Result<fs::Metadata, Failure> {
    fs::metadata(path).map_err(|error| Failure::file(path, "read", &error))
}

fn is_named(path: &Path, wanted: &str) -> bool {
    path.file_name().is_some_and(|name| name == wanted)
}

/// The `.sql` files of a folder and its subfolders, each in the order of their names.
fn list(folder: &Path) -> Result<(Vec<PathBuf>, Vec<PathBuf>), Failure> {
    let failed = |error: std::io::Error| Failure::file(folder, "list", &error);
    let (mut files, mut subfolders) = (Vec::new(), Vec::new());
    for entry in fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.is_dir() {
            subfolders.push(path);
        } else if path.extension().is_some_and(|extension| extension == "sql") {
            files.push(path);
        }
    }
    files.sort();
    subfolders.sort();
    Ok((files, subfolders))
}
