//! The canonical layout: `tests/corpus/layout` holds query files and, beside each, what `rowgate fmt` makes of it. Run with
//! `ROWGATE_BLESS=1` to write the expectations anew; read them before you keep them.

use std::fs;
use std::path::{Path, PathBuf};

use dsl::{FormatError, format, parse};

fn files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(folder);
    let mut open = vec![folder];
    let mut found = Vec::new();
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).expect("the folder is there") {
            let path = entry.expect("it can be listed").path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "sql") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

fn read(path: &Path) -> String {
    fs::read_to_string(path).expect("a query file is UTF-8")
}

/// Formats a text; what has been formatted stays as it is.
fn settled(text: &str) -> String {
    let once = format(text);
    let Ok(formatted) = &once else {
        assert!(once.is_ok(), "{once:?} for:\n{text}");
        return String::new();
    };
    assert_eq!(format(formatted).as_ref(), Ok(formatted), "twice is not once for:\n{text}");
    formatted.clone()
}

#[test]
fn every_file_gets_the_layout_that_stands_beside_it() {
    let bless = std::env::var("ROWGATE_BLESS").is_ok_and(|v| v == "1");
    let mut wrong = Vec::new();
    let files = files("tests/corpus/layout");
    assert!(files.len() >= 5, "only {} files", files.len());
    for path in files {
        let found = settled(&read(&path));
        let expected = path.with_extension("formatted");
        if bless {
            fs::write(&expected, &found).expect("the corpus can be written");
        }
        if fs::read_to_string(&expected).unwrap_or_default() != found {
            wrong.push(format!("{}:\n{found}", path.display()));
        }
    }
    assert!(wrong.is_empty(), "not as expected (ROWGATE_BLESS=1 writes anew):\n{}", wrong.join("\n"));
}

#[test]
fn what_can_be_read_can_be_formatted() {
    let mut formatted = 0;
    for path in files("tests/corpus/dsl").into_iter().chain(files("queries")) {
        let text = read(&path);
        if parse(&text).diagnostics.is_empty() {
            settled(&text);
            formatted += 1;
        } else {
            assert!(matches!(format(&text), Err(FormatError::Wrong(_))), "{} has errors", path.display());
        }
    }
    assert!(formatted >= 10, "only {formatted} files have no errors");
}

#[test]
fn the_library_is_formatted() {
    for path in files("queries") {
        let text = read(&path);
        assert_eq!(settled(&text), text, "{}: run `rowgate fmt queries`", path.display());
    }
}
