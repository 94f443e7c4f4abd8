//! `rowgate replay --to mysql://…`: the servers, the job, and what is said of them at the end.

use std::{
    io::{self, Write},
    sync::Arc,
};

use super::{
    args::{Format, ReplayArguments},
    failure::Failure,
    flow::Flow,
    servers::NamedServer,
};
use crate::{
    binlog::Bound,
    checkpoint::Job,
    load::{LoadOptions, LoadOutcome, MappingChange, SqlTarget, ToServers},
    mapping::Servers,
};

/// The servers that routes may name.
pub(super) fn names(destinations: &[NamedServer]) -> Servers {
    Servers::Named(destinations.iter().map(|(name, _)| Arc::clone(name)).collect())
}

/// Takes the job over on every server; the flow goes on where the slowest of them is.
pub(super) fn start(arguments: &ReplayArguments, destinations: Vec<NamedServer>, flow: &mut Flow) -> Result<ToServers, Failure> {
    let job = job(arguments, flow)?;
    let targets: Vec<_> = destinations.into_iter().map(|(name, endpoint)| (name, Arc::new(SqlTarget::new(endpoint, &job.name)))).collect();
    let mapping_change = if arguments.accept_mapping_change { MappingChange::Accept } else { MappingChange::Refuse };
    let options = LoadOptions { lanes: arguments.lanes, mapping_change, ..LoadOptions::default() }.with_window_rows(arguments.window_rows);
    if arguments.restart {
        ToServers::forget(&targets)?;
    }
    let loader = ToServers::start(targets, &job, &flow.order(), &options)?;
    if let Some(position) = loader.resume_at().cloned() {
        match &arguments.capture.start {
            None => flow.resume_at(position),
            // Behind a statement that stopped the replay and was run on the targets by hand.
            Some(Bound::Offset(start)) if loader.may_skip_to(start, &flow.order()) => {}
            // The same command again, after a crash.
            Some(Bound::Offset(start)) if flow.order().rank(start) <= flow.order().rank(&position) => {
                writeln!(io::stderr(), "note: job `{}` is at `{position}` already, behind `--start`, and goes on there", job.name)
                    .map_err(|error| Failure::output(&error))?;
                flow.resume_at(position);
            }
            Some(start) => {
                return Err(Failure::wrong_input(format!(
                    "job `{}` is at `{position}`, and whether that is before or behind `--start {start}` is not known",
                    job.name
                ))
                .with_hint("Leave `--start` out to go on there, name another `--job`, or forget how far it is: `--restart`."));
            }
        }
    }
    Ok(loader)
}

fn job(arguments: &ReplayArguments, flow: &Flow) -> Result<Job, Failure> {
    let path = arguments.paths.first().and_then(|path| path.canonicalize().ok());
    let of_path = path.as_ref().and_then(|path| path.file_stem()).map(|name| name.to_string_lossy().into_owned());
    let name = arguments.job.clone().or(of_path).unwrap_or_else(|| "replay".to_owned());
    if name.is_empty() || name.chars().count() > Job::NAME_LENGTH_MAX {
        return Err(
            Failure::wrong_input(format!("a job's name has 1 to {} characters", Job::NAME_LENGTH_MAX)).with_hint("Name it: `--job NAME`.")
        );
    }
    Ok(Job::new(name, flow.mappings().canonical_text()))
}

/// What was loaded into each server.
pub(super) struct ServerSummary<'a>(&'a [LoadOutcome]);

impl<'a> ServerSummary<'a> {
    pub(super) fn new(outcomes: &'a [LoadOutcome]) -> Self {
        Self(outcomes)
    }

    /// Whether rows are in `retl.rowgate_dead_letter`.
    pub(super) fn has_dead_letters(&self) -> bool {
        self.0.iter().any(|server| server.dead_letters() > 0)
    }

    /// Prints a line a server, and one for each table that held other rows than it should.
    pub(super) fn tell(&self, format: Format) -> Result<(), Failure> {
        let mut text = String::new();
        for server in self.0 {
            match format {
                Format::Human => self.human(server, &mut text),
                Format::Json => json(server, &mut text),
            }
        }
        let told = match format {
            Format::Human => io::stderr().write_all(text.as_bytes()),
            Format::Json => io::stdout().write_all(text.as_bytes()),
        };
        told.map_err(|error| Failure::output(&error))
    }

    fn human(&self, server: &LoadOutcome, out: &mut String) {
        out.push_str(&format!(
            "`{}`: {} changes as {} rows in {} transactions",
            server.server,
            server.changes,
            server.rows(),
            server.commits()
        ));
        if server.retries() > 0 {
            out.push_str(&format!(", {} tried again", server.retries()));
        }
        if server.dead_letters() > 0 {
            out.push_str(&format!(", {} in retl.rowgate_dead_letter", server.dead_letters()));
        }
        out.push('\n');
        for (table, kind, count) in server.conflicts().iter() {
            out.push_str(&format!("  conflicts in `{table}`: {count} {}\n", kind.word()));
        }
    }
}

fn json(server: &LoadOutcome, out: &mut String) {
    let conflicts: Vec<_> = server
        .conflicts()
        .iter()
        .map(
            |(table, kind, count)| serde_json::json!({ "schema": table.schema, "table": table.table, "kind": kind.word(), "count": count }),
        )
        .collect();
    let line = serde_json::json!({
        "server": &*server.server,
        "changes": server.changes,
        "rows": server.rows(),
        "transactions": server.commits(),
        "windows": server.windows,
        "retries": server.retries(),
        "dead_letters": server.dead_letters(),
        "conflicts": conflicts,
    });
    out.push_str(&format!("{line}\n"));
}
