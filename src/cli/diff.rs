//! `rowgate diff`: which rows of a capture would be elsewhere, or others, under new rules.

use std::{
    io::{self, Write},
    path::Path,
};

use super::{
    args::DiffArguments,
    definitions::{Dumps, read_definitions, server_of},
    diagnostics::Painter,
    difference_tally::DifferenceTally,
    failure::{Exit, Failure},
    flow::{any_servers, failure, query_texts, read_options, with_causes},
    lookups::with_lookups,
    mapping_pairs::MappingPair,
    progress::CaptureProgress,
    query_files::{QueryFolder, read_as_one_set},
};
use crate::{
    binlog::{Capture, CaptureReader, ReadOptions},
    mapping::{MappingError, MappingSet, Policies, Purpose, QueryText, Router},
    pipeline::{ComparisonError, TwoRouters, compare},
};

pub(super) fn run(arguments: &DiffArguments, painter: Painter) -> Result<Exit, Failure> {
    let (old_folder, old) = rules(&arguments.old, arguments, painter)?;
    let (new_folder, new) = rules(&arguments.new, arguments, painter)?;
    let capture = Capture::open(&arguments.capture.from)?;
    let (from, schema, server) = (&arguments.capture.from, arguments.capture.schema.as_deref(), server_of(&capture));
    let dumps = Dumps::find(schema, &old_folder, from)?;
    let mut history = read_definitions(&old, &old_folder, &dumps, server)?;
    history.extend(read_definitions(&new, &new_folder, &Dumps::find(schema, &new_folder, from)?, server)?);
    let options = ReadOptions { definitions_as_of: dumps.as_of(), ..read_options(&arguments.capture) };
    let samples = arguments.sample.unwrap_or_default();
    let mut tallies: Vec<_> = MappingPair::all(&old, &new).into_iter().map(|pair| DifferenceTally::new(pair, samples)).collect();
    let (old_files, new_files) = (old.files().to_vec(), new.files().to_vec());
    let router = |set| Router::new(set, Policies::default(), any_servers(), Purpose::Rows);
    let routers = TwoRouters { old: router(old), new: router(new) };
    let progress = CaptureProgress::start(capture.bytes());
    let reader = CaptureReader::open(capture, history, routers, options)?;
    progress.restart();
    let compared = compare(reader, |old, new| tallies.iter_mut().for_each(|tally| tally.count(old, new)), |now| progress.at(now));
    progress.finish();
    compared.map_err(|error| match error {
        ComparisonError::Old(error) => refused(&error, &old_files, painter),
        ComparisonError::New(error) => refused(&error, &new_files, painter),
        ComparisonError::Flow(error) => failure(&error),
    })?;
    let text: String = tallies.iter().map(|tally| tally.render(arguments.format)).collect();
    io::stdout().write_all(text.as_bytes()).map_err(|error| Failure::output(&error))?;
    Ok(if tallies.iter().any(DifferenceTally::differs) { Exit::No } else { Exit::Done })
}

fn rules(path: &Path, arguments: &DiffArguments, painter: Painter) -> Result<(QueryFolder, MappingSet), Failure> {
    let folder = read_as_one_set(&[path.to_owned()])?;
    let (set, problems) = MappingSet::parse(query_texts(&folder.queries));
    painter.draw(set.files(), &problems)?;
    Ok((folder, with_lookups(set, arguments.lookups.config.as_deref())?))
}

fn refused(error: &MappingError, files: &[QueryText], painter: Painter) -> Failure {
    match error {
        MappingError::Refused { diagnostics, .. } => match painter.draw(files, diagnostics) {
            Err(failure) => failure,
            Ok(()) => Failure::wrong_input("a mapping does not fit its table"),
        },
        error => Failure::wrong_input(with_causes(error)),
    }
}
