//! `rowgate replay`: a capture through the mappings into SQL scripts.

use std::{
    io::{self, Write},
    path::Path,
};

use super::{
    args::ReplayArguments,
    diagnostics::Painter,
    failure::{Exit, Failure},
    flow::Flow,
    summary::Summary,
};
use crate::{
    load::{DeadLetters, Existing, LoadError, Loader, RoutedSet, SqlScripts},
    mapping::Purpose,
    pipeline::Trouble,
};

pub(super) fn run(arguments: &ReplayArguments, painter: Painter) -> Result<Exit, Failure> {
    let Some(folder) = arguments.to.strip_prefix("sql:").filter(|folder| !folder.is_empty()) else {
        return Err(Failure::wrong_input(format!("`--to {}` is no destination that replay can write to", arguments.to))
            .with_hint("`sql:DIR` writes SQL scripts; loading into servers is still to come."));
    };
    let mut flow = Flow::prepare(&arguments.paths, &arguments.capture, Purpose::Rows, painter)?;
    let wants_letters = flow.mapping_with_dead_letters();
    let dead_letters = match (&arguments.dead_letters, wants_letters) {
        (Some(path), _) => Some(DeadLetters::create(path)?),
        (None, Some(mapping)) => {
            return Err(Failure::wrong_input(format!("mapping `{mapping}` sends rows to the dead letters, and there is no file for them"))
                .with_hint("Add `--dead-letters FILE`."));
        }
        (None, None) => None,
    };
    let existing = if arguments.restart { Existing::Replace } else { Existing::Keep };
    let mut replay = Replay { scripts: SqlScripts::create(Path::new(folder), existing)?, summary: Summary::default() };
    let outcome = flow.run(Trouble::Obey { dead_letters }, &mut replay)?;
    let summary = replay.summary;
    let output = |error: io::Error| Failure::output(&error);
    io::stdout().write_all(summary.render(&outcome, arguments.format).as_bytes()).map_err(output)?;
    let mut told = io::stderr();
    summary.tell_totals(&outcome, &mut told).map_err(output)?;
    writeln!(told, "scripts in `{folder}`: in the folder of each server run `mariadb … < all.sql` or `mysql --commands … < all.sql`")
        .map_err(output)?;
    Ok(if summary.failed() > 0 { Exit::No } else { Exit::Done })
}

/// Scripts and counts.
struct Replay {
    scripts: SqlScripts,
    summary: Summary,
}

impl Loader for Replay {
    fn load(&mut self, routed: &RoutedSet<'_>) -> Result<(), LoadError> {
        self.summary.load(routed)?;
        self.scripts.load(routed)
    }

    fn finish(&mut self) -> Result<(), LoadError> {
        self.scripts.finish()
    }
}
