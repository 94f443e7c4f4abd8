//! The files of an editor: open ones as they are typed, the others of their folders as they are on disk.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use dsl::{Code, Diagnostic, Severity, Span};

use super::{
    super::{
        definitions::{Dumps, read_definitions},
        flow::{any_servers, query_texts},
        query_files::{QueryFolder, TextFile, read_folder},
    },
    sample::Samples,
};
use crate::{
    mapping::{FileDiagnostic, MappingSet, Policies},
    rule_test,
    schema::{ServerVersion, TableSchema},
};

/// The open files and what they are checked against.
#[derive(Debug)]
pub(super) struct Workspace {
    /// A dump with definitions.
    schema: Option<TextFile>,
    /// What a capture tells.
    pub(super) samples: Samples,
    /// The open files, by path.
    pub(super) open: BTreeMap<PathBuf, String>,
}

/// The set of mappings of a folder, with the tables that are known for it.
#[derive(Debug)]
pub(super) struct Folder {
    pub(super) set: MappingSet,
    pub(super) tables: Vec<Arc<TableSchema>>,
    /// Every problem of every file.
    pub(super) problems: Vec<FileDiagnostic>,
}

impl Folder {
    /// The number of a file in the set.
    pub(super) fn file(&self, path: &Path) -> Option<usize> {
        self.set.files().iter().position(|file| Path::new(&file.path) == path)
    }
}

impl Workspace {
    pub(super) fn new(schema: Option<TextFile>, samples: Samples) -> Self {
        Self { schema, samples, open: BTreeMap::new() }
    }

    /// The folder of a file, checked.
    pub(super) fn folder_of(&self, path: &Path) -> Folder {
        let files = self.files_beside(path);
        let (set, mut problems) = MappingSet::parse(query_texts(&files.queries));
        let mut history = match read_definitions(&set, &files, &Dumps::default(), ServerVersion::MYSQL_9_7) {
            Ok(history) => history,
            Err(failure) => {
                // Without definitions every table would be unknown: that alone is said.
                problems.push(FileDiagnostic { file: 0, diagnostic: unreadable(&failure.to_string()) });
                return Folder { set, tables: Vec::new(), problems };
            }
        };
        for table in self.samples.tables() {
            if history.get(&table.name).is_none() {
                history.insert(&table);
            }
        }
        let tables: Vec<Arc<TableSchema>> = history.tables().cloned().collect();
        problems.extend(set.check(tables.iter().cloned(), &Policies::default(), &any_servers()));
        problems.extend(rule_test::check(&set, &tables));
        // Lookups are not read at each keystroke: what they hold is told by `check`.
        problems.retain(|found| found.diagnostic.code != Code::UNKNOWN_LOOKUP);
        Folder { set, tables, problems }
    }

    /// The files of the folder, open ones as they are typed.
    fn files_beside(&self, path: &Path) -> QueryFolder {
        let parent = path.parent().unwrap_or(Path::new("")).to_owned();
        let mut folder = read_folder(&parent).unwrap_or_default();
        for (open, text) in self.open.iter().filter(|(open, _)| open.parent() == Some(&parent)) {
            folder.put(TextFile { path: open.clone(), text: text.clone() });
        }
        folder.schemas.extend(self.schema.clone());
        folder
    }
}

fn unreadable(message: &str) -> Diagnostic {
    let message = message.trim_start_matches("error: ").to_owned();
    Diagnostic { code: Code::UNKNOWN_TABLE, severity: Severity::Error, message, span: Span::default(), hint: None }
}
