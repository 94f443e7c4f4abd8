//! `rowgate test`: the `TEST` statements of query files.

use std::{
    fs,
    io::{self, BufWriter, Write},
    path::Path,
    sync::Arc,
};

use dsl::Severity;

use super::{
    args::{Format, TestArguments},
    definitions::{Dumps, read_definitions},
    diagnostics::Painter,
    failure::{Exit, Failure},
    flow::{query_texts, with_causes},
    lookups::with_lookups,
    query_files::{QueryFolder, read_as_sets},
    test_lines,
    test_report::{Report, Totals},
};
use crate::{
    mapping::{FileDiagnostic, MappingError, MappingSet, Policies, Servers},
    rule_test::{self, Run, TestRun, blessed},
    schema::{ServerVersion, TableSchema},
};

pub(super) fn run(arguments: &TestArguments, painter: Painter) -> Result<Exit, Failure> {
    let mut totals = Totals::default();
    let mut wrong = None;
    let mut out = BufWriter::new(io::stdout());
    let mut unreached = Vec::new();
    for folder in read_as_sets(&arguments.paths)? {
        match run_set(arguments, folder, painter) {
            Ok(done) => {
                totals.add(&done.run, done.blessed);
                match arguments.format {
                    Format::Human => unreached.extend(Report { style: painter.stdout(), set: &done.set }.write(&mut out, &done.run)?),
                    Format::Json => test_lines::write(&mut out, &done.set, &done.run, arguments.filter.is_none())?,
                }
            }
            Err(failure) => {
                out.flush().map_err(|error| Failure::output(&error))?;
                wrong.get_or_insert(failure);
            }
        }
    }
    if let Some(failure) = wrong {
        return Err(failure);
    }
    if totals.tests() == 0 {
        return Err(no_test(arguments));
    }
    match arguments.format {
        Format::Human => totals.write(&mut out, painter.stdout(), if arguments.filter.is_none() { &unreached } else { &[] })?,
        Format::Json => test_lines::write_totals(&mut out, &totals)?,
    }
    out.flush().map_err(|error| Failure::output(&error))?;
    Ok(if totals.failed > 0 { Exit::No } else { Exit::Done })
}

fn no_test(arguments: &TestArguments) -> Failure {
    match &arguments.filter {
        Some(text) => Failure::wrong_input(format!("no test has `{text}` in its name")),
        None => Failure::wrong_input("no query file holds a test")
            .with_hint("Write `TEST 'what is tested' GIVEN INSERT INTO db.t (id = 1) EXPECT …;` beside the mapping."),
    }
}

/// A set whose tests were run.
struct Done {
    set: MappingSet,
    run: Run,
    blessed: usize,
}

fn run_set(arguments: &TestArguments, folder: QueryFolder, painter: Painter) -> Result<Done, Failure> {
    let (set, run) = run_once(arguments, &folder, painter)?;
    let failed = run.tests.iter().filter(|test| !test.passed()).count();
    if !arguments.bless || failed == 0 {
        return Ok(Done { set, run, blessed: 0 });
    }
    let folder = bless(folder, &run)?;
    let (set, run) = run_once(arguments, &folder, painter)?;
    let blessed = failed - run.tests.iter().filter(|test| !test.passed()).count();
    Ok(Done { set, run, blessed })
}

fn run_once(arguments: &TestArguments, folder: &QueryFolder, painter: Painter) -> Result<(MappingSet, Run), Failure> {
    let (set, mut problems) = MappingSet::parse(query_texts(&folder.queries));
    let set = with_lookups(set, arguments.lookups.config.as_deref())?;
    let dumps = Dumps { given: arguments.schema.as_deref(), captured: None };
    let history = read_definitions(&set, folder, &dumps, ServerVersion::MYSQL_9_7)?;
    let tables: Vec<Arc<TableSchema>> = history.tables().cloned().collect();
    if set.tests().next().is_some() {
        let servers = Servers::Any { default: "default".into() };
        problems.extend(set.check(tables.iter().cloned(), &Policies::default(), &servers));
    }
    // What is merely doubtful in mappings is told by `check`.
    problems.retain(|problem| problem.diagnostic.severity == Severity::Error);
    problems.extend(rule_test::check(&set, &tables));
    painter.draw(set.files(), &problems)?;
    let wanted = |name: &str| arguments.filter.as_ref().is_none_or(|text| name.contains(text.as_str()));
    match rule_test::run(&set, &tables, wanted) {
        Ok(run) => Ok((set, run)),
        Err(MappingError::Refused { diagnostics, .. }) => Err(refused(&set, &diagnostics, painter)),
        Err(error) => Err(Failure::wrong_input(with_causes(&error))),
    }
}

fn refused(set: &MappingSet, diagnostics: &[FileDiagnostic], painter: Painter) -> Failure {
    match painter.draw(set.files(), diagnostics) {
        Err(failure) => failure,
        Ok(()) => Failure::wrong_input("a mapping does not fit its table"),
    }
}

/// Writes what came out into the files of failed tests; answers the folder as it is then.
fn bless(mut folder: QueryFolder, run: &Run) -> Result<QueryFolder, Failure> {
    for (number, file) in folder.queries.iter_mut().enumerate() {
        let tests: Vec<&TestRun> = run.tests.iter().filter(|test| test.file == number && !test.passed()).collect();
        if tests.is_empty() {
            continue;
        }
        file.text = blessed(&file.text, &tests);
        write_file(&file.path, &file.text)?;
    }
    Ok(folder)
}

fn write_file(path: &Path, text: &str) -> Result<(), Failure> {
    fs::write(path, text).map_err(|error| Failure::file(path, "write", &error))
}
