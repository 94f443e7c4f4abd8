//! `tests/corpus/dsl`: query files, and beside each what is said about it and how its mappings are read. Run with
//! `ROWGATE_BLESS=1` to write the expectations anew; read them before you keep them.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use dsl::{Diagnostic, Severity, parse};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/corpus/dsl")
}

/// The line under the text, as people see it: the guilty part marked.
fn drawn(text: &str, diagnostic: &Diagnostic) -> String {
    let (start, end) = (diagnostic.span.start as usize, diagnostic.span.end as usize);
    let line_start = text[..start].rfind('\n').map_or(0, |at| at + 1);
    let line_end = text[start..].find(['\n', '\r']).map_or(text.len(), |at| start + at);
    let line = text[..line_start].matches('\n').count() + 1;
    let marked = text[start..end.clamp(start, line_end)].chars().count().max(1);
    let indent = text[line_start..start].chars().count();
    let severity = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "note",
    };
    let mut out = format!("{line}:{} {severity} {} {}\n", indent + 1, diagnostic.code, diagnostic.message);
    let number = format!("{line:4} | ");
    writeln!(out, "{number}{}", &text[line_start..line_end]).expect("a string takes all");
    writeln!(out, "{}{}", " ".repeat(number.len() + indent), "^".repeat(marked)).expect("a string takes all");
    if let Some(hint) = &diagnostic.hint {
        writeln!(out, "     hint: {hint}").expect("a string takes all");
    }
    out
}

fn outcome(text: &str) -> String {
    let parsed = parse(text);
    let mut out = String::new();
    for diagnostic in &parsed.diagnostics {
        writeln!(out, "{}", drawn(text, diagnostic)).expect("a string takes all");
    }
    for mapping in &parsed.file.mappings {
        writeln!(out, "{mapping};\n").expect("a string takes all");
    }
    for test in &parsed.file.tests {
        writeln!(out, "{test};\n").expect("a string takes all");
    }
    for table in &parsed.file.tables {
        writeln!(out, "{};\n", table.text).expect("a string takes all");
    }
    out
}

#[test]
fn every_file_is_read_as_expected() {
    let bless = std::env::var("ROWGATE_BLESS").is_ok_and(|v| v == "1");
    let mut names: Vec<_> = fs::read_dir(folder()).expect("the corpus is there").map(|e| e.expect("it can be listed").path()).collect();
    names.retain(|path| path.extension().is_some_and(|e| e == "sql"));
    names.sort();
    assert!(names.len() >= 10, "only {} files", names.len());
    let mut wrong = Vec::new();
    for path in names {
        let text = fs::read_to_string(&path).expect("a query file is UTF-8");
        let found = outcome(&text);
        let expected = path.with_extension("expected");
        if bless {
            fs::write(&expected, &found).expect("the corpus can be written");
        }
        if fs::read_to_string(&expected).unwrap_or_default() != found {
            wrong.push(format!("{}:\n{found}", path.display()));
        }
        let is_good = path.file_name().is_some_and(|n| n.to_string_lossy().starts_with("good"));
        if is_good {
            assert!(parse(&text).diagnostics.is_empty(), "{} is not good:\n{found}", path.display());
        }
    }
    assert!(wrong.is_empty(), "not as expected (ROWGATE_BLESS=1 writes anew):\n{}", wrong.join("\n"));
}

#[test]
fn a_hundred_thousand_parentheses_are_an_error_and_no_crash() {
    for (open, close) in [
        ("(", ")"),
        ("-", ""),
        ("NOT ", ""),
        ("f(", ")"),
        ("CASE WHEN ", " THEN 1 END"),
        ("a BETWEEN 1 AND ", ""),
        ("1 + (", ")"),
        ("d + INTERVAL (", ") DAY"),
    ] {
        let text = format!("CREATE MAPPING m AS SELECT * FROM db.t WHERE {}1{};", open.repeat(100_000), close.repeat(100_000));
        let parsed = parse(&text);
        assert_eq!(parsed.diagnostics.len(), 1, "{open}");
        assert_eq!(parsed.diagnostics[0].code, dsl::Code::TOO_DEEP, "{open}");
    }
}

#[test]
fn long_chains_are_refused_before_anyone_walks_them() {
    for operator in [" OR ", " + ", " = ", " COLLATE b COLLATE ", " IS NULL = "] {
        let text = vec!["a"; 100_000].join(operator);
        let problems = dsl::parse_expression(&text).expect_err("it is too deep");
        assert_eq!(problems[0].code, dsl::Code::TOO_DEEP, "{operator}");
    }
    assert!(dsl::parse_expression(&vec!["a"; 100].join(" OR ")).is_ok());
    assert!(dsl::parse_expression(&format!("a IN ({})", vec!["1"; 100_000].join(","))).is_ok());
}

#[test]
fn a_huge_file_is_refused_unread() {
    let parsed = parse(&" ".repeat(dsl::MAX_FILE_BYTES + 1));
    assert_eq!(parsed.diagnostics.len(), 1);
    assert_eq!(parsed.diagnostics[0].code, dsl::Code::TOO_LARGE);
}

#[test]
fn the_rules_in_the_documents_are_rules() {
    let documents = [include_str!("../README.md"), include_str!("../CODES.md")];
    let fenced = documents.iter().flat_map(|text| text.split("```sql\n").skip(1)).filter_map(|behind| behind.split("```").next());
    let rules: Vec<_> = fenced.filter(|sql| sql.contains("CREATE MAPPING")).collect();
    assert!(rules.len() >= 6, "only {} rules", rules.len());
    for rule in rules {
        let parsed = parse(rule);
        assert!(parsed.diagnostics.is_empty() && !parsed.file.mappings.is_empty(), "{rule}\n{:?}", parsed.diagnostics);
    }
}
