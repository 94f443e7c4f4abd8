//! Table definitions from files: `schema.sql` and `target.sql` beside the query files, `--schema`, and `CREATE TABLE` in query files.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    failure::Failure,
    query_files::{QueryFolder, TextFile, read},
};
use crate::{
    binlog::{Capture, CaptureReader, Interest, ReadOptions},
    capture::SchemaFile,
    change::ColumnSet,
    mapping::MappingSet,
    position::BinlogOffset,
    schema::{SchemaHistory, ServerVersion, TableName, TableSchema, read_schema_file},
};

/// Where definitions come from beside the query files.
#[derive(Debug, Default)]
pub(super) struct Dumps<'a> {
    /// `--schema`.
    pub(super) given: Option<&'a Path>,
    /// What the capture's folder holds.
    pub(super) captured: Option<SchemaFile>,
}

impl<'a> Dumps<'a> {
    /// Looks into the folder of a capture, unless other definitions are given.
    pub(super) fn find(given: Option<&'a Path>, folder: &QueryFolder, from: &[PathBuf]) -> Result<Self, Failure> {
        let [capture] = from else { return Ok(Self { given, captured: None }) };
        if given.is_some() || !folder.schemas.is_empty() {
            return Ok(Self { given, captured: None });
        }
        let captured = SchemaFile::find(capture).map_err(|error| Failure::file(capture, "read the definitions in", &error))?;
        Ok(Self { given, captured })
    }

    /// As of where the definitions are; none: as of the first event.
    pub(super) fn as_of(&self) -> Option<BinlogOffset> {
        self.captured.as_ref().map(|file| file.as_of.clone())
    }
}

/// The definitions as of the first event, as `server` reads them; of the same table the later file's holds: those of the capture's folder,
/// query files, `schema.sql`, `--schema`.
pub(super) fn read_definitions(
    mappings: &MappingSet,
    folder: &QueryFolder,
    dumps: &Dumps<'_>,
    server: ServerVersion,
) -> Result<SchemaHistory, Failure> {
    let mut history = SchemaHistory::new();
    if let Some(captured) = &dumps.captured {
        // A table that is not understood is one without a definition: it matters when its rows come, and is told then.
        history.extend(read_schema_file(&captured.text, server).0);
    }
    let mut follow = |path: &str, whole: &str, part_start, part: &str| follow(&mut history, server, path, whole, part_start, part);
    for (file, table) in mappings.tables_in_files() {
        let query = &mappings.files()[file];
        follow(&query.path, &query.text, table.span.start as usize, &table.text)?;
    }
    let dump = dumps.given.map(read).transpose()?;
    for TextFile { path, text } in folder.schemas.iter().chain(&dump) {
        follow(&path.display().to_string(), text, 0, text)?;
    }
    Ok(history)
}

/// The definitions of the targets' tables: `target.sql`, and `dump` in their place where both have a table; none where neither is given.
pub(super) fn read_target_definitions(folder: &QueryFolder, dump: Option<&Path>) -> Result<Option<SchemaHistory>, Failure> {
    let dump = dump.map(read).transpose()?;
    if folder.targets.is_empty() && dump.is_none() {
        return Ok(None);
    }
    let mut history = SchemaHistory::new();
    for TextFile { path, text } in folder.targets.iter().chain(&dump) {
        follow(&mut history, ServerVersion::MYSQL_9_7, &path.display().to_string(), text, 0, text)?;
    }
    Ok(Some(history))
}

/// The definitions as of the capture's end; none of its cells is decoded.
pub(super) fn read_through(
    capture: Capture,
    history: SchemaHistory,
    dumps: &Dumps<'_>,
    mappings: &MappingSet,
) -> Result<SchemaHistory, Failure> {
    let options = ReadOptions { definitions_as_of: dumps.as_of(), ..ReadOptions::default() };
    let mut reader = CaptureReader::open(capture, history, NoCells(mappings), options)?;
    while reader.next()?.is_some() {}
    Ok(reader.history().clone())
}

/// Reads the definitions of mapped tables and none of their cells.
struct NoCells<'m>(&'m MappingSet);

impl Interest for NoCells<'_> {
    fn wants_table(&mut self, table: &TableName) -> bool {
        self.0.reads(table)
    }

    fn columns(&mut self, _schema: &Arc<TableSchema>) -> ColumnSet {
        ColumnSet::default()
    }
}

/// The server whose definitions a capture's are: JSON and default collations are others on MariaDB.
pub(super) fn server_of(capture: &Capture) -> ServerVersion {
    capture.server().unwrap_or(ServerVersion::MYSQL_9_7)
}

/// Takes the definitions of a part of a file.
fn follow(
    history: &mut SchemaHistory,
    server: ServerVersion,
    path: &str,
    whole: &str,
    part_start: usize,
    part: &str,
) -> Result<(), Failure> {
    let (found, problems) = read_schema_file(part, server);
    let Some(first) = problems.first() else {
        history.extend(found);
        return Ok(());
    };
    let place = |at: usize| {
        let line = whole.bytes().take(part_start + at).filter(|&byte| byte == b'\n').count() + 1;
        format!("{path}:{line}")
    };
    let lines: Vec<String> = problems.iter().map(|problem| format!("{}: {}", place(problem.span.start), problem.message)).collect();
    let failure = Failure::wrong_input(lines.join("\nerror: "));
    Err(match &first.hint {
        Some(hint) => failure.with_hint(hint.clone()),
        None => failure,
    })
}
