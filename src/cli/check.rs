//! `rowgate check`: every problem of every mapping, before a row moves.

use std::io::{self, Write};

use dsl::Severity;

use super::{
    args::{CheckArguments, Deny, Format},
    cascade_warnings::warn_of_cascades,
    definitions::{Dumps, read_definitions, read_target_definitions, server_of},
    diagnostic_lines,
    diagnostics::{Painter, refuse},
    failure::{Exit, Failure},
    flow::{any_servers, query_texts},
    lookups::with_lookups,
    query_files::{QueryFolder, read_as_sets},
};
use crate::{
    binlog::{Capture, CaptureReader, Item, ReadOptions},
    load::check_targets,
    mapping::{MappingSet, Policies, Purpose, Router, SeenImages},
    rule_test,
    schema::ServerVersion,
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
    let set = with_lookups(set, arguments.lookups.config.as_deref())?;
    let capture = if arguments.from.is_empty() { None } else { Some(Capture::open(&arguments.from)?) };
    let server = capture.as_ref().map_or(ServerVersion::MYSQL_9_7, server_of);
    let dumps = Dumps::find(arguments.schema.as_deref(), folder, &arguments.from)?;
    let mut history = read_definitions(&set, folder, &dumps, server)?;
    let target = read_target_definitions(folder, arguments.target_schema.as_deref())?;
    let mut seen = SeenImages::default();
    let (policies, servers) = (Policies::default(), any_servers());
    if let Some(capture) = capture {
        let options = ReadOptions { definitions_as_of: dumps.as_of(), ..ReadOptions::default() };
        let router = Router::new(set.clone(), policies.clone(), servers.clone(), Purpose::Place);
        let mut reader = CaptureReader::open(capture, history, router, options)?;
        while let Some(item) = reader.next()? {
            match item {
                Item::Changes(changes) => changes.batches.iter().for_each(|batch| seen.see(batch)),
                Item::Ddl(_) => {}
            }
        }
        warn_of_cascades(reader.unseen_cascades())?;
        history = reader.history().clone();
    }
    problems.extend(set.check_with(history.tables().cloned(), &seen, &policies, &servers));
    let tables: Vec<_> = history.tables().cloned().collect();
    problems.extend(rule_test::check(&set, &tables));
    if let Some(target) = target {
        problems.extend(check_targets(&set.explain(history.tables(), &policies, &servers), &target));
        problems.sort_by_key(|found| (found.file, found.diagnostic.span));
    }
    match arguments.format {
        Format::Human => painter.draw(set.files(), &problems)?,
        Format::Json => diagnostic_lines::write(&mut io::stdout(), set.files(), &problems)?,
    }
    let least = match arguments.deny {
        Some(Deny::Warnings) => Severity::Warning,
        None => Severity::Error,
    };
    refuse(&problems, least)?;
    Ok(set)
}

fn explain(code: &str) -> Result<Exit, Failure> {
    let Some(code) = dsl::Code::find(code) else {
        return Err(Failure::wrong_input(format!("`{code}` is no code of a diagnostic")));
    };
    writeln!(io::stdout(), "{code}: {}\n\n{}", code.title(), code.explanation()).map_err(|error| Failure::output(&error))?;
    Ok(Exit::Done)
}
