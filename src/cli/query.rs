//! `rowgate query`: the answer as a table, page by page, or as one JSON object a line.

use std::{
    io::{self, BufWriter, Write},
    sync::Arc,
};

use arrow::array::RecordBatch;
use comfy_table::{CellAlignment, ColumnConstraint, Table, TableComponent, Width, presets};

use super::{
    answer_cell::{Cells, is_number},
    args::{CaptureArguments, Format, QueryArguments},
    capture_copy::CaptureCopy,
    definitions::{Dumps, read_definitions, server_of},
    failure::{Exit, Failure},
    flow::with_causes,
    progress::{AfterProgress, CaptureProgress},
    query_files::QueryFolder,
};
use crate::{
    binlog::{Capture, ReadOptions},
    mapping::MappingSet,
    query::{Answer, CaptureSource, QueryError, ask},
};

/// Asks the capture and prints the answer; nothing but the answer is on stdout.
pub(super) fn run(arguments: &QueryArguments) -> Result<Exit, Failure> {
    let copy = CaptureCopy::of(&arguments.capture.from)?;
    let capture = Capture::open(copy.paths())?;
    let progress = Arc::new(CaptureProgress::start(capture.bytes()));
    let printed = answer(arguments, capture, &progress);
    progress.finish();
    match printed {
        Ok(Printed { cut: 0 }) => Ok(Exit::Done),
        Ok(Printed { cut }) => {
            // With stderr closed nobody is left to be told.
            let _unheard = writeln!(io::stderr(), "note: {cut} long values are cut at `…`; `--format json` has them whole");
            Ok(Exit::Done)
        }
        // Whoever read the answer has seen enough.
        Err(Stopped::Output(error)) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Exit::Done),
        Err(Stopped::Output(error)) => Err(Failure::output(&error)),
        Err(Stopped::Answer(error)) => Err(error.into()),
        Err(Stopped::Definitions(failure)) => Err(failure),
    }
}

/// Asks and prints under a progress bar, which goes away before the first line of the answer comes to its terminal.
fn answer(arguments: &QueryArguments, capture: Capture, progress: &Arc<CaptureProgress>) -> Result<Printed, Stopped> {
    let CaptureArguments { from, schema, start, stop } = &arguments.capture;
    let no_mappings = MappingSet::parse(Vec::new()).0;
    let no_queries = QueryFolder::default();
    let dumps = Dumps::find(schema.as_deref(), &no_queries, from).map_err(Stopped::Definitions)?;
    let history = read_definitions(&no_mappings, &no_queries, &dumps, server_of(&capture));
    let history = history.map_err(Stopped::Definitions)?;
    let options = ReadOptions { start: start.clone(), stop: stop.clone(), definitions_as_of: dumps.as_of(), ..ReadOptions::default() };
    let bar = Arc::clone(progress);
    let answer = ask(&arguments.sql, CaptureSource::watched(capture, history, options, move |now| bar.at(now)))?;
    let mut out = BufWriter::new(AfterProgress::stdout(Arc::clone(progress)));
    match arguments.format {
        Format::Human => print_table(answer, &mut out),
        Format::Json => print_lines(answer, &mut out),
    }
}

/// An answer that is printed to its end.
struct Printed {
    /// How many values are not shown whole.
    cut: u64,
}

/// Why an answer is not printed to its end.
enum Stopped {
    Definitions(Failure),
    Answer(QueryError),
    Output(io::Error),
}

impl From<QueryError> for Stopped {
    fn from(error: QueryError) -> Self {
        Self::Answer(error)
    }
}

impl From<io::Error> for Stopped {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

impl From<QueryError> for Failure {
    fn from(error: QueryError) -> Self {
        let unavailable = error.is_unavailable();
        let message = with_causes(&error);
        let failure = if unavailable { Self::unavailable(message) } else { Self::wrong_input(message) };
        match error.hint() {
            Some(hint) => failure.with_hint(hint),
            None => failure,
        }
    }
}

/// One object a line, its keys in the order of the columns.
fn print_lines(answer: Answer, out: &mut impl Write) -> Result<Printed, Stopped> {
    let keys = answer.columns().iter().map(serde_json::to_string).collect::<Result<Vec<_>, _>>().map_err(io::Error::from)?;
    for batch in answer {
        let batch = batch?;
        let columns = cells(&batch)?;
        for row in 0..batch.num_rows() {
            let mut before = "{";
            for (key, cells) in keys.iter().zip(&columns) {
                write!(out, "{before}{key}:")?;
                cells.write_json(row, out)?;
                before = ",";
            }
            out.write_all(if columns.is_empty() { b"{}\n" } else { b"}\n" })?;
        }
    }
    out.flush()?;
    Ok(Printed { cut: 0 })
}

/// Lines that are laid out together; a later page may be wider, none is narrower.
const PAGE_LINES: usize = 1000;

fn print_table(answer: Answer, out: &mut impl Write) -> Result<Printed, Stopped> {
    let mut pages = Pages {
        alignments: answer.schema().fields().iter().map(|field| alignment(is_number(field.data_type()))).collect(),
        widths: vec![0; answer.columns().len()],
        titles: Some(answer.columns().to_vec()),
        lines: Vec::new(),
    };
    let (mut count, mut cut) = (0_u64, 0_u64);
    for batch in answer {
        let batch = batch?;
        let columns = cells(&batch)?;
        for row in 0..batch.num_rows() {
            let shown = columns.iter().map(|cells| cells.shown(row));
            pages.lines.push(
                shown
                    .map(|(text, whole)| {
                        cut += u64::from(!whole);
                        text
                    })
                    .collect(),
            );
            count += 1;
            if pages.lines.len() == PAGE_LINES {
                pages.print(out)?;
            }
        }
    }
    pages.print(out)?;
    writeln!(out, "{count} {}", if count == 1 { "line" } else { "lines" })?;
    out.flush()?;
    Ok(Printed { cut })
}

/// A table that is printed before its last line is known.
struct Pages {
    alignments: Vec<CellAlignment>,
    /// Of the columns printed so far, with their padding.
    widths: Vec<u16>,
    /// None once they are printed.
    titles: Option<Vec<String>>,
    lines: Vec<Vec<String>>,
}

impl Pages {
    fn print(&mut self, out: &mut impl Write) -> io::Result<()> {
        if self.lines.is_empty() && self.titles.is_none() {
            return Ok(());
        }
        let mut table = Table::new();
        table.load_preset(presets::NOTHING);
        table.set_style(TableComponent::HeaderLines, '─').set_style(TableComponent::MiddleHeaderIntersections, '─');
        if let Some(titles) = self.titles.take() {
            table.set_header(titles);
        }
        table.add_rows(self.lines.drain(..));
        for (column, alignment) in self.alignments.iter().enumerate() {
            let width = self.widths[column];
            if let Some(column) = table.column_mut(column) {
                column.set_cell_alignment(*alignment);
                column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(width)));
            }
        }
        for (known, width) in self.widths.iter_mut().zip(table.column_max_content_widths()) {
            *known = (*known).max(width.saturating_add(PADDING));
        }
        for line in table.lines() {
            writeln!(out, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

/// One space at each side of a cell.
const PADDING: u16 = 2;

fn alignment(number: bool) -> CellAlignment {
    if number { CellAlignment::Right } else { CellAlignment::Left }
}

/// The cells of a batch; every type of DataFusion's has a text.
fn cells(batch: &RecordBatch) -> Result<Vec<Cells<'_>>, Stopped> {
    Cells::of(batch).map_err(|error| Stopped::Output(io::Error::other(error)))
}
