//! `rowgate replay`: a capture through the mappings into servers or SQL scripts.

use std::{
    io::{self, Write},
    path::Path,
};

use super::{
    args::ReplayArguments,
    cascade_warnings::warn_of_cascades,
    diagnostics::Painter,
    failure::{Exit, Failure},
    flow::{Flow, any_servers},
    replay_servers::{self, ServerSummary},
    servers::named_servers,
    summary::Summary,
};
use crate::{
    load::{DeadLetters, Existing, Follows, LoadError, Loader, RoutedSet, SqlScripts},
    mapping::Purpose,
    pipeline::{Outcome, Trouble},
};

pub(super) fn run(arguments: &ReplayArguments, painter: Painter) -> Result<Exit, Failure> {
    match &arguments.to[..] {
        [one] if one.starts_with("sql:") => into_scripts(arguments, &one[4..], painter),
        many if many.iter().any(|to| to.starts_with("sql:")) => Err(Failure::wrong_input("`sql:DIR` stands alone")
            .with_hint("Scripts of all servers go into one folder: give it once, and no server.")),
        _ => into_servers(arguments, painter),
    }
}

fn into_scripts(arguments: &ReplayArguments, folder: &str, painter: Painter) -> Result<Exit, Failure> {
    if folder.is_empty() {
        return Err(Failure::wrong_input("`--to sql:` names no folder"));
    }
    let mut flow = Flow::prepare(&arguments.paths, &arguments.capture, any_servers(), Purpose::Rows, painter)?;
    mind_cascades(arguments, &mut flow)?;
    let dead_letters = dead_letters(arguments, &flow)?;
    let existing = if arguments.restart { Existing::Replace } else { Existing::Keep };
    let mut replay = Replay::new(SqlScripts::create(Path::new(folder), existing)?);
    let outcome = flow.run(Trouble::Obey { dead_letters }, &mut replay)?;
    replay.summary.tell(arguments, &outcome)?;
    writeln!(
        io::stderr(),
        "scripts in `{folder}`: in the folder of each server run `mariadb … < all.sql` or `mysql --commands … < all.sql`"
    )
    .map_err(output)?;
    Ok(replay.summary.exit())
}

fn into_servers(arguments: &ReplayArguments, painter: Painter) -> Result<Exit, Failure> {
    let destinations = named_servers(&arguments.to, &arguments.servers)?;
    let mut flow = Flow::prepare(&arguments.paths, &arguments.capture, replay_servers::names(&destinations), Purpose::Rows, painter)?;
    mind_cascades(arguments, &mut flow)?;
    let dead_letters = dead_letters(arguments, &flow)?;
    let mut replay = Replay::new(replay_servers::start(arguments, destinations, &mut flow)?);
    let outcome = flow.run(Trouble::Obey { dead_letters }, &mut replay)?;
    replay.summary.tell(arguments, &outcome)?;
    let servers = ServerSummary::new(replay.loader.outcomes());
    servers.tell(arguments.format)?;
    Ok(if servers.has_dead_letters() { Exit::No } else { replay.summary.exit() })
}

fn mind_cascades(arguments: &ReplayArguments, flow: &mut Flow) -> Result<(), Failure> {
    if arguments.accept_cascades { Ok(()) } else { flow.refuse_cascades() }
}

fn dead_letters(arguments: &ReplayArguments, flow: &Flow) -> Result<Option<DeadLetters>, Failure> {
    match (&arguments.dead_letters, flow.mapping_with_dead_letters()) {
        (Some(path), _) => Ok(Some(DeadLetters::create(path)?)),
        (None, Some(mapping)) => {
            Err(Failure::wrong_input(format!("mapping `{mapping}` sends rows to the dead letters, and there is no file for them"))
                .with_hint("Add `--dead-letters FILE`."))
        }
        (None, None) => Ok(None),
    }
}

fn output(error: io::Error) -> Failure {
    Failure::output(&error)
}

/// A loader, and counts of what went where.
struct Replay<L> {
    loader: L,
    summary: Summary,
}

impl<L> Replay<L> {
    fn new(loader: L) -> Self {
        Self { loader, summary: Summary::default() }
    }
}

impl<L: Loader> Loader for Replay<L> {
    fn load(&mut self, routed: &RoutedSet) -> Result<(), LoadError> {
        self.summary.load(routed)?;
        self.loader.load(routed)
    }

    fn settle(&mut self) -> Result<Follows, LoadError> {
        self.loader.settle()
    }

    fn finish(&mut self) -> Result<(), LoadError> {
        self.loader.finish()
    }
}

impl Summary {
    fn tell(&self, arguments: &ReplayArguments, outcome: &Outcome) -> Result<(), Failure> {
        io::stdout().write_all(self.render(outcome, arguments.format).as_bytes()).map_err(output)?;
        warn_of_cascades(&outcome.unseen_cascades)?;
        self.tell_totals(outcome, &mut io::stderr()).map_err(output)
    }

    fn exit(&self) -> Exit {
        if self.failed() > 0 { Exit::No } else { Exit::Done }
    }
}
