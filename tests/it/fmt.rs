//! `rowgate fmt` as its users meet it; what layout is, `tests/corpus/layout` holds.

use std::{
    fs,
    io::Write,
    process::{Command, Stdio},
};

use crate::command::rowgate;

const UNTIDY: &str = "create mapping m as select *, a as b from s.t -- why\n;";
const TIDY: &str = "CREATE MAPPING m AS\nSELECT *, a AS b\nFROM   s.t; -- why\n";

#[test]
fn the_library_is_in_canonical_layout() {
    let run = rowgate(["fmt", "--check", "queries"]).done();
    assert!(run.stdout.is_empty(), "{}", run.stdout);
}

#[test]
fn check_names_the_files_and_writes_nothing() {
    let folder = tempfile::tempdir().expect("the temporary folder is writable");
    let path = |name: &str| folder.path().join(name);
    fs::create_dir(path("deep")).expect("the temporary folder is writable");
    for (name, text) in [("deep/untidy.sql", UNTIDY), ("tidy.sql", TIDY), ("schema.sql", "use s; create table t (a int);")] {
        fs::write(path(name), text).expect("the temporary folder is writable");
    }
    let root = folder.path().display().to_string();
    let run = rowgate(["fmt", "--check", &root]);
    assert_eq!(run.code, 1, "{}", run.stderr);
    assert_eq!(run.stdout, format!("{}\n", path("deep/untidy.sql").display()));
    assert_eq!(fs::read_to_string(path("deep/untidy.sql")).expect("it is there"), UNTIDY);

    assert_eq!(rowgate(["fmt", &root]).done().stdout, run.stdout, "the files that changed");
    assert_eq!(fs::read_to_string(path("deep/untidy.sql")).expect("it is there"), TIDY);
    assert!(rowgate(["fmt", "--check", &root]).done().stdout.is_empty());
}

#[test]
fn a_wrong_file_is_drawn_and_stays_as_it_is() {
    let folder = tempfile::tempdir().expect("the temporary folder is writable");
    let (wrong, untidy) = (folder.path().join("a.sql"), folder.path().join("b.sql"));
    fs::write(&wrong, "create mapping m as select * from t;").expect("the temporary folder is writable");
    fs::write(&untidy, UNTIDY).expect("the temporary folder is writable");
    let run = rowgate(["fmt", &folder.path().display().to_string()]);
    assert_eq!(run.code, 2);
    assert!(run.stderr.contains("error[R0012]") && run.stderr.contains("a.sql:1:"), "{}", run.stderr);
    assert_eq!(fs::read_to_string(&wrong).expect("it is there"), "create mapping m as select * from t;");
    assert_eq!(fs::read_to_string(&untidy).expect("it is there"), TIDY, "a wrong file does not keep others from their layout");
}

#[test]
fn a_dash_formats_standard_input() {
    let format = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_rowgate"));
        let child = command.arg("fmt").args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut child = child.expect("the binary of this package runs");
        child.stdin.take().expect("it is piped").write_all(UNTIDY.as_bytes()).expect("it reads its input");
        let output = child.wait_with_output().expect("it ends");
        (output.status.code(), String::from_utf8(output.stdout).expect("it prints UTF-8"))
    };
    assert_eq!(format(&["-"]), (Some(0), TIDY.to_owned()));
    assert_eq!(format(&["-", "--check"]), (Some(1), String::new()));
}
