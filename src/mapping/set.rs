//! The mappings of one pipeline, parsed and not yet bound to any table.

use std::{collections::HashMap, sync::Arc};

use dsl::{Code, Diagnostic, Mapping, Severity, Test};
use sha2::{Digest, Sha256};

use super::{Policies, source::SourceTables};
use crate::schema::TableName;

/// A query file: its text and the path that diagnostics name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueryText {
    /// As the user gave it.
    pub path: String,
    /// The whole file.
    pub text: String,
}

/// A problem in one of the files of a [`MappingSet`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileDiagnostic {
    /// The file, as an index into [`MappingSet::files`].
    pub file: usize,
    /// The problem.
    pub diagnostic: Diagnostic,
}

/// The mappings of one pipeline in file order, unbound.
#[derive(Debug, Clone)]
pub struct MappingSet {
    files: Arc<[QueryText]>,
    mappings: Vec<Arc<Declared>>,
    tables: Vec<(usize, dsl::CreateTable)>,
    tests: Vec<(usize, Arc<Test>)>,
}

/// One mapping as declared.
#[derive(Debug)]
pub(super) struct Declared {
    /// Its file, as an index into the set's files.
    pub(super) file: usize,
    /// Its tree.
    pub(super) tree: Mapping,
    /// The tables it reads.
    pub(super) source: SourceTables,
}

impl Declared {
    /// The mapping's name.
    pub(super) fn name(&self) -> &str {
        &self.tree.name.text
    }
}

impl MappingSet {
    /// Parses the files. A mapping with an error of its own is left out; the diagnostics say so, and nothing should
    /// run while any of them is an error.
    pub fn parse(files: Vec<QueryText>) -> (Self, Vec<FileDiagnostic>) {
        let mut set = Self { files: files.into(), mappings: Vec::new(), tables: Vec::new(), tests: Vec::new() };
        let mut diagnostics = Vec::new();
        let mut names: HashMap<String, (usize, u32)> = HashMap::new();
        for (file, query) in set.files.iter().enumerate() {
            let parsed = dsl::parse(&query.text);
            let mut found = parsed.diagnostics;
            set.tables.extend(parsed.file.tables.into_iter().map(|table| (file, table)));
            set.tests.extend(parsed.file.tests.into_iter().map(|test| (file, Arc::new(test))));
            for tree in parsed.file.mappings {
                let (source, problems) = SourceTables::compile(&tree.source);
                found.extend(problems);
                found.extend(Policies::default().with_options(&tree.options).1);
                let declared_before = names.insert(tree.name.text.to_lowercase(), (file, tree.span.start));
                if let Some((other, _)) = declared_before {
                    found.push(duplicate_mapping(&tree, &set.files[other].path));
                }
                if let Some(source) = source {
                    set.mappings.push(Arc::new(Declared { file, tree, source }));
                }
            }
            diagnostics.extend(found.into_iter().map(|diagnostic| FileDiagnostic { file, diagnostic }));
        }
        (set, diagnostics)
    }

    /// The files, in the order given.
    pub fn files(&self) -> &[QueryText] {
        &self.files
    }

    /// The `CREATE TABLE` statements of the files, with the file each is in.
    pub fn tables_in_files(&self) -> impl Iterator<Item = (usize, &dsl::CreateTable)> {
        self.tables.iter().map(|(file, table)| (*file, table))
    }

    /// The `TEST` statements of the files, with the file each is in.
    pub fn tests(&self) -> impl Iterator<Item = (usize, &Arc<Test>)> {
        self.tests.iter().map(|(file, test)| (*file, test))
    }

    /// The mappings of one file alone: what the tests of that file run over. Files keep their numbers.
    pub fn of_file(&self, file: usize) -> Self {
        let mut part = Self { files: Arc::clone(&self.files), mappings: Vec::new(), tables: Vec::new(), tests: Vec::new() };
        part.mappings.extend(self.mappings.iter().filter(|mapping| mapping.file == file).cloned());
        part
    }

    /// How many mappings there are.
    pub fn len(&self) -> usize {
        self.mappings.len()
    }

    /// Whether there is no mapping.
    pub fn is_empty(&self) -> bool {
        self.mappings.is_empty()
    }

    /// The names of the mappings, in file order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.mappings.iter().map(|mapping| mapping.name())
    }

    /// What each mapping says, in the spelling of [`MappingSet::canonical_text`] and without its name, in file order.
    pub fn bodies(&self) -> impl Iterator<Item = String> {
        let without_name = |text: String| text.split_once('\n').map_or_else(String::new, |(_, body)| body.to_owned());
        self.mappings.iter().map(move |mapping| without_name(mapping.tree.canonical()))
    }

    /// The policies of each mapping, in file order, where `defaults` hold for what it does not say.
    pub fn policies(&self, defaults: &Policies) -> impl Iterator<Item = Policies> {
        self.mappings.iter().map(|mapping| defaults.with_options(&mapping.tree.options).0)
    }

    /// Whether any mapping reads the table.
    pub fn reads(&self, table: &TableName) -> bool {
        self.mappings.iter().any(|mapping| mapping.source.contains(table))
    }

    /// The tables that mappings read by their one name, in file order; patterns name none.
    pub fn tables_named(&self) -> impl Iterator<Item = &TableName> {
        self.mappings.iter().filter_map(|mapping| match &mapping.source {
            SourceTables::One(table) => Some(table),
            SourceTables::Matching { .. } => None,
        })
    }

    /// The mappings' text in one spelling, without comments: what a checkpoint remembers (INV-10).
    pub fn canonical_text(&self) -> String {
        self.mappings.iter().map(|mapping| format!("{};\n", mapping.tree.canonical())).collect()
    }

    /// SHA-256 of the canonical text (INV-10).
    pub fn fingerprint(&self) -> [u8; 32] {
        Sha256::digest(self.canonical_text()).into()
    }

    /// The mappings, in file order.
    pub(super) fn declared(&self) -> &[Arc<Declared>] {
        &self.mappings
    }
}

fn duplicate_mapping(tree: &Mapping, other_path: &str) -> Diagnostic {
    Diagnostic {
        code: Code::DUPLICATE_MAPPING,
        severity: Severity::Error,
        message: format!("mapping `{}` is already declared in `{other_path}`", tree.name.text),
        span: tree.name.span,
        hint: None,
    }
}
