//! `rowgate check`: every problem of every mapping, before a row moves.

use std::{
    io::{self, Write},
    sync::Arc,
};

use super::{
    args::{CheckArguments, Format},
    definitions::{Dumps, read_definitions, server_of},
    diagnostic_lines,
    diagnostics::{Painter, refuse_errors},
    failure::{Exit, Failure},
    flow::query_texts,
    query_files::{QueryFolder, read_as_sets},
};
use crate::{
    binlog::{Capture, CaptureReader, Interest, ReadOptions},
    change::ColumnSet,
    mapping::{MappingSet, Policies, Servers},
    schema::{ServerVersion, TableName, TableSchema},
};

pub(super) fn run(arguments: &CheckArguments, painter: Painter) -> Result<Exit, Failure> {
    if let Some(code) = &arguments.explain {
        return explain(code);
    }
    let (mut mappings, mut files, mut failed) = (0, 0, None);
    for folder in read_as_sets(&arguments.paths)? {
        let set = match check(arguments, &folder, painter) {
            Ok(set) => set,
            Err(failure) => {
                failed.get_or_insert(failure);
                continue;
            }
        };
        mappings += set.len();
        files += set.files().len();
    }
    match failed {
        Some(failure) => Err(failure),
        None if arguments.format == Format::Json => Ok(Exit::Done),
        None => {
            writeln!(io::stdout(), "{mappings} mappings in {files} files: no errors").map_err(|error| Failure::output(&error))?;
            Ok(Exit::Done)
        }
    }
}

/// Checks one set against all definitions that are known for it.
fn check(arguments: &CheckArguments, folder: &QueryFolder, painter: Painter) -> Result<MappingSet, Failure> {
    let (set, mut problems) = MappingSet::parse(query_texts(&folder.queries));
    let capture = if arguments.from.is_empty() { None } else { Some(Capture::open(&arguments.from)?) };
    let server = capture.as_ref().map_or(ServerVersion::MYSQL_9_7, server_of);
    let dumps = Dumps::find(arguments.schema.as_deref(), folder, &arguments.from)?;
    let mut history = read_definitions(&set, folder, &dumps, server)?;
    if let Some(capture) = capture {
        let options = ReadOptions { definitions_as_of: dumps.as_of(), ..ReadOptions::default() };
        let mut reader = CaptureReader::open(capture, history, NoCells(set.clone()), options)?;
        while reader.next()?.is_some() {}
        history = reader.history().clone();
    }
    problems.extend(set.check(history.tables().cloned(), &Policies::default(), &Servers::Any { default: "default".into() }));
    match arguments.format {
        Format::Human => painter.draw(set.files(), &problems)?,
        Format::Json => {
            diagnostic_lines::write(&mut io::stdout(), set.files(), &problems)?;
            refuse_errors(&problems)?;
        }
    }
    Ok(set)
}

/// Reads the definitions of mapped tables and none of their cells.
struct NoCells(MappingSet);

impl Interest for NoCells {
    fn wants_table(&mut self, table: &TableName) -> bool {
        self.0.reads(table)
    }

    fn columns(&mut self, _schema: &Arc<TableSchema>) -> ColumnSet {
        ColumnSet::default()
    }
}

fn explain(code: &str) -> Result<Exit, Failure> {
    let Some(code) = dsl::Code::find(code) else {
        return Err(Failure::wrong_input(format!("`{code}` is no code of a diagnostic")));
    };
    writeln!(io::stdout(), "{code}: {}\n\n{}", code.title(), code.explanation()).map_err(|error| Failure::output(&error))?;
    Ok(Exit::Done)
}
