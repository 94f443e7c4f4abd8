//! `rowgate fmt`: query files in their canonical layout.

use std::{
    fs,
    io::{self, Read, Write},
    path::Path,
};

use dsl::FormatError;

use super::{
    args::FmtArguments,
    diagnostics::Painter,
    failure::{Exit, Failure},
    query_files::{TextFile, read_query_files},
};
use crate::mapping::{FileDiagnostic, QueryText};

pub(super) fn run(arguments: &FmtArguments, painter: Painter) -> Result<Exit, Failure> {
    if arguments.paths.iter().any(|path| path == Path::new("-")) {
        return standard_input(arguments, painter);
    }
    let files = read_query_files(&arguments.paths)?;
    let (mut changed, mut wrong) = (0, None);
    for file in &files {
        match formatted(file, painter) {
            Ok(text) if text == file.text => {}
            Ok(text) => {
                changed += 1;
                if !arguments.check {
                    fs::write(&file.path, text).map_err(|error| Failure::file(&file.path, "write", &error))?;
                }
                say(&file.path.display().to_string())?;
            }
            Err(failure) => {
                wrong.get_or_insert(failure);
            }
        }
    }
    match wrong {
        Some(failure) => Err(failure),
        None if arguments.check && changed > 0 => {
            let are = if changed == 1 { "1 file is" } else { &format!("{changed} files are") };
            Err(Failure::no(format!("{are} not in canonical layout")).with_hint("`rowgate fmt` writes it."))
        }
        None => Ok(Exit::Done),
    }
}

fn standard_input(arguments: &FmtArguments, painter: Painter) -> Result<Exit, Failure> {
    if arguments.paths.len() > 1 {
        return Err(Failure::wrong_input("`-` stands alone: standard input is one file"));
    }
    let mut bytes = Vec::new();
    io::stdin().read_to_end(&mut bytes).map_err(|error| Failure::file(Path::new("-"), "read", &error))?;
    let text = String::from_utf8(bytes).map_err(|_| Failure::wrong_input("standard input is not UTF-8 text"))?;
    let file = TextFile { path: "-".into(), text };
    let text = formatted(&file, painter)?;
    if !arguments.check {
        io::stdout().write_all(text.as_bytes()).map_err(|error| Failure::output(&error))?;
        return Ok(Exit::Done);
    }
    if text == file.text { Ok(Exit::Done) } else { Err(Failure::no("standard input is not in canonical layout")) }
}

/// The file in canonical layout; its errors are drawn.
fn formatted(file: &TextFile, painter: Painter) -> Result<String, Failure> {
    let path = file.path.display().to_string();
    match dsl::format(&file.text) {
        Ok(text) => Ok(text),
        Err(FormatError::Wrong(found)) => {
            let problems: Vec<FileDiagnostic> = found.into_iter().map(|diagnostic| FileDiagnostic { file: 0, diagnostic }).collect();
            let failure = painter.draw(&[QueryText { path, text: file.text.clone() }], &problems);
            failure.and_then(|()| Err(Failure::wrong_input("the query file has errors")))
        }
        Err(FormatError::Defect) => {
            Err(Failure::unavailable(format!("the layout of `{path}` would change what it says: it stays as it is, and this is a defect")))
        }
    }
}

fn say(line: &str) -> Result<(), Failure> {
    writeln!(io::stdout(), "{line}").map_err(|error| Failure::output(&error))
}
