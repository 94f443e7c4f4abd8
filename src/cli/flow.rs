//! From flags to a flow that is ready to run: query files, definitions, router, capture.

use std::{
    error::Error,
    path::{Path, PathBuf},
    sync::Arc,
};

use dsl::Code;

use super::{
    args::CaptureArguments,
    definitions::{Dumps, read_definitions, server_of},
    diagnostics::Painter,
    failure::Failure,
    load_failure::load_failure,
    lookups::with_lookups,
    progress::CaptureProgress,
    query_files::{TextFile, read_as_one_set},
};
use crate::{
    binlog::{BinlogError, Bound, Capture, CaptureReader, CascadePolicy, ReadOptions, UnseenCascade},
    load::Loader,
    mapping::{FileDiagnostic, MappingError, MappingSet, Policies, Purpose, QueryText, Router, RowPolicy, Servers},
    pipeline::{Outcome, Pipeline, PipelineError, Trouble},
    position::{BinlogOffset, FileOrder},
    schema::SchemaHistory,
};

/// The server of rules without `ON`, where no servers are configured.
const DEFAULT_SERVER: &str = "default";

/// A capture and the mappings it goes through.
pub(super) struct Flow {
    capture: Capture,
    options: ReadOptions,
    history: SchemaHistory,
    router: Router,
    progress: Arc<CaptureProgress>,
    painter: Painter,
    files: Vec<QueryText>,
}

impl Flow {
    /// Reads and binds everything that can be known before the first event; problems of query files are drawn.
    pub(super) fn prepare(
        paths: &[PathBuf],
        capture: &CaptureArguments,
        config: Option<&Path>,
        servers: Servers,
        purpose: Purpose,
        painter: Painter,
    ) -> Result<Self, Failure> {
        let folder = read_as_one_set(paths)?;
        let (mappings, problems) = MappingSet::parse(query_texts(&folder.queries));
        painter.draw(mappings.files(), &problems)?;
        let mappings = with_lookups(mappings, config)?;
        let dumps = Dumps::find(capture.schema.as_deref(), &folder, &capture.from)?;
        let options = ReadOptions { definitions_as_of: dumps.as_of(), ..read_options(capture) };
        let capture = Capture::open(&capture.from)?;
        let history = read_definitions(&mappings, &folder, &dumps, server_of(&capture))?;
        let files = mappings.files().to_vec();
        painter.draw(mappings.files(), &lookup_problems(&mappings, &history, &servers))?;
        let router = Router::new(mappings, Policies::default(), servers, purpose);
        let progress = Arc::new(CaptureProgress::start(capture.bytes()));
        Ok(Self { capture, options, history, router, progress, painter, files })
    }

    /// The bar under which the flow runs.
    pub(super) fn progress(&self) -> Arc<CaptureProgress> {
        Arc::clone(&self.progress)
    }

    /// The mappings.
    pub(super) fn mappings(&self) -> &MappingSet {
        self.router.set()
    }

    /// The order of positions in the capture.
    pub(super) fn order(&self) -> FileOrder {
        FileOrder::new(self.capture.file_names())
    }

    /// The first mapping that sends rows to the dead letters.
    pub(super) fn mapping_with_dead_letters(&self) -> Option<String> {
        let letters = |policies: &Policies| [policies.on_null_route, policies.on_row_error].contains(&RowPolicy::DeadLetter);
        let set = self.mappings();
        set.names().zip(set.policies(&Policies::default())).find(|(_, policies)| letters(policies)).map(|(name, _)| name.to_owned())
    }

    /// Lets no row move where foreign keys change rows that the binlog does not show: neither where the definitions that are known say so,
    /// nor from a statement of the capture on.
    pub(super) fn refuse_cascades(&mut self) -> Result<(), Failure> {
        self.options.cascades = CascadePolicy::Refuse;
        let (set, server) = (self.router.set(), server_of(&self.capture));
        match UnseenCascade::all(&self.history, server, |table| set.reads(table)).first() {
            Some(cascade) => Err(Failure::wrong_input(cascade.to_string()).with_hint(cascade.hint())),
            None => Ok(()),
        }
    }

    /// Goes on where a checkpoint is.
    pub(super) fn resume_at(&mut self, position: BinlogOffset) {
        self.options.start = Some(Bound::Offset(position));
    }

    /// Runs the flow under a progress bar.
    pub(super) fn run(self, trouble: Trouble, loader: &mut dyn Loader) -> Result<Outcome, Failure> {
        let Self { capture, options, history, router, progress, painter, files } = self;
        let reader = CaptureReader::open(capture, history, router, options)?;
        progress.restart();
        let outcome = Pipeline::new(reader, trouble).run(loader, |now| progress.at(now));
        progress.finish();
        outcome.map_err(|error| match error {
            PipelineError::Mapping(MappingError::Refused { diagnostics, .. }) => match painter.draw(&files, &diagnostics) {
                Err(failure) => failure,
                Ok(()) => Failure::wrong_input("a mapping does not fit its table"),
            },
            error => failure(&error),
        })
    }
}

/// What is wrong with lookups, as far as the tables that are known by now tell: a key found twice is seen before a row moves.
fn lookup_problems(mappings: &MappingSet, history: &SchemaHistory, servers: &Servers) -> Vec<FileDiagnostic> {
    if mappings.lookups_read().is_empty() {
        return Vec::new();
    }
    let mut found = mappings.check(history.tables().cloned(), &Policies::default(), servers);
    found.retain(|found| [Code::UNKNOWN_LOOKUP, Code::LOOKUP_CONDITION, Code::LOOKUP_KEY_TWICE].contains(&found.diagnostic.code));
    found
}

/// The servers of rules that are shown or written as scripts: any name will do.
pub(super) fn any_servers() -> Servers {
    Servers::Any { default: DEFAULT_SERVER.into() }
}

/// Which part of the capture counts.
pub(super) fn read_options(arguments: &CaptureArguments) -> ReadOptions {
    ReadOptions { start: arguments.start.clone(), stop: arguments.stop.clone(), ..ReadOptions::default() }
}

/// Query files as the mapping room takes them.
pub(super) fn query_texts(files: &[TextFile]) -> Vec<QueryText> {
    files.iter().map(|file| QueryText { path: file.path.display().to_string(), text: file.text.clone() }).collect()
}

/// What stopped a flow, as a command ends.
pub(super) fn failure(error: &PipelineError) -> Failure {
    match error {
        PipelineError::Capture(error) => capture_failure(error),
        PipelineError::Load(error) => load_failure(error),
        PipelineError::Mapping(error) => Failure::wrong_input(with_causes(error)),
        PipelineError::Row { failure, .. } => Failure::no(error.to_string()).with_hint(format!(
            "`preview --only failed` shows all such rows; the mapping decides about them: `WITH ({} = 'skip')` or `'dead_letter'`.",
            if failure.kind.word() == "null_route" { "on_null_route" } else { "on_row_error" }
        )),
        PipelineError::Definition(change) => Failure::wrong_input(error.to_string()).with_hint(format!(
            "Row changes do not tell what this does to a target: replay with `--stop {0}`, run the statement on the targets, go on with `--start {1}`.",
            change.position, change.end
        )),
    }
}

impl From<BinlogError> for Failure {
    fn from(error: BinlogError) -> Self {
        capture_failure(&error)
    }
}

fn capture_failure(error: &BinlogError) -> Failure {
    let failure = Failure::wrong_input(with_causes(error));
    match error.hint() {
        Some(hint) => failure.with_hint(hint),
        None => failure,
    }
}

/// An error and what it came from, one after the other.
pub(super) fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(&format!(": {error}"));
        cause = error.source();
    }
    text
}
