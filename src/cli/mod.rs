//! Flags and output. The only room that prints (INV-2).

mod answer_cell;
mod args;
mod capture;
mod capture_copy;
mod capture_notices;
mod cascade_warnings;
mod check;
mod definitions;
mod diagnostic_lines;
mod diagnostics;
mod diff;
mod difference_tally;
mod explain;
mod failure;
mod flow;
mod fmt;
mod functions;
mod init;
mod load_failure;
mod lookups;
mod lsp;
mod mapping_pairs;
mod preview;
mod preview_lines;
mod progress;
mod query;
mod query_files;
mod replay;
mod replay_servers;
mod servers;
mod style;
mod summary;
mod test;
mod test_lines;
mod test_report;

use std::{
    io::{self, Write},
    process::ExitCode,
};

use clap::Parser;

use args::{Arguments, Command};

/// Runs the command that the process was started with; results go to stdout, everything else to stderr.
pub fn run() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => error.exit(),
    };
    let painter = diagnostics::Painter::new(arguments.color);
    let done = match arguments.command {
        Command::Check(arguments) => check::run(&arguments, painter),
        Command::Explain(arguments) => explain::run(&arguments, painter),
        Command::Fmt(arguments) => fmt::run(&arguments, painter),
        Command::Test(arguments) => test::run(&arguments, painter),
        Command::Preview(arguments) => preview::run(&arguments, painter),
        Command::Diff(arguments) => diff::run(&arguments, painter),
        Command::Replay(arguments) => replay::run(&arguments, painter),
        Command::Capture(arguments) => capture::run(&arguments),
        Command::Query(arguments) => query::run(&arguments),
        Command::Functions(arguments) => functions::run(&arguments),
        Command::Lsp(arguments) => lsp::run(&arguments),
        Command::Init(arguments) => init::run(&arguments),
    };
    match done {
        Ok(exit) => exit.into(),
        Err(failure) => {
            // With stderr closed nobody is left to be told.
            let _unheard = writeln!(io::stderr(), "{failure}");
            failure.exit.into()
        }
    }
}
