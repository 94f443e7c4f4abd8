//! `rowgate preview`: where would every row go? Nothing is written.

use std::io::{self, BufWriter, Write};

use super::{
    args::PreviewArguments,
    cascade_warnings::warn_of_cascades,
    diagnostics::Painter,
    failure::{Exit, Failure},
    flow::{Flow, any_servers},
    preview_lines::{PreviewLines, Selection},
    progress::AfterProgress,
    summary::Summary,
};
use crate::{
    load::{LoadError, Loader, RoutedSet},
    mapping::Purpose,
    pipeline::Trouble,
};

pub(super) fn run(arguments: &PreviewArguments, painter: Painter) -> Result<Exit, Failure> {
    let purpose = if arguments.summary { Purpose::Place } else { Purpose::Rows };
    let flow = Flow::prepare(&arguments.paths, &arguments.capture, any_servers(), purpose, painter)?;
    let selection = Selection { format: arguments.format, limit: arguments.limit, sample: arguments.sample, only: arguments.only };
    let mut preview = Preview {
        lines: (!arguments.summary).then(|| PreviewLines::new(BufWriter::new(AfterProgress::stdout(flow.progress())), selection)),
        summary: Summary::default(),
    };
    let outcome = flow.run(Trouble::Show, &mut preview)?;
    let Preview { lines, summary } = preview;
    drop(lines);
    if arguments.summary {
        io::stdout().write_all(summary.render(&outcome, arguments.format).as_bytes()).map_err(|error| Failure::output(&error))?;
    }
    let mut told = io::stderr();
    for change in &outcome.definition_changes {
        writeln!(told, "note: {change}; a replay stops here").map_err(|error| Failure::output(&error))?;
    }
    warn_of_cascades(&outcome.unseen_cascades)?;
    summary.tell_totals(&outcome, &mut told).map_err(|error| Failure::output(&error))?;
    Ok(if summary.failed() > 0 { Exit::No } else { Exit::Done })
}

/// Lines, if asked for, and always the counts.
struct Preview<W> {
    lines: Option<PreviewLines<W>>,
    summary: Summary,
}

impl<W: Write> Loader for Preview<W> {
    fn load(&mut self, routed: &RoutedSet) -> Result<(), LoadError> {
        self.summary.load(routed)?;
        self.lines.as_mut().map_or(Ok(()), |lines| lines.load(routed))
    }

    fn finish(&mut self) -> Result<(), LoadError> {
        self.lines.as_mut().map_or(Ok(()), Loader::finish)
    }
}
