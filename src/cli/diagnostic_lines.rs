//! Diagnostics of query files for machines: one JSON object a line, in the order of the files.

use std::io::Write;

use dsl::Severity;
use serde::Serialize;

use super::failure::Failure;
use crate::mapping::{FileDiagnostic, QueryText};

/// The names are frozen; more may be added. Lines and columns count from 1, columns in characters; the end is exclusive.
#[derive(Debug, Serialize)]
struct Line<'d> {
    file: &'d str,
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    code: String,
    severity: &'static str,
    message: &'d str,
    hint: Option<&'d str>,
}

/// Writes all of them.
pub(super) fn write(out: &mut impl Write, files: &[QueryText], problems: &[FileDiagnostic]) -> Result<(), Failure> {
    for FileDiagnostic { file, diagnostic } in problems {
        let QueryText { path, text } = &files[*file];
        let (line, column) = place(text, diagnostic.span.start);
        let (end_line, end_column) = place(text, diagnostic.span.end);
        let severity = match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        };
        let code = diagnostic.code.to_string();
        let (message, hint) = (diagnostic.message.as_str(), diagnostic.hint.as_deref());
        let object = Line { file: path, line, column, end_line, end_column, code, severity, message, hint };
        let json = serde_json::to_string(&object).expect("texts and numbers have a JSON form");
        writeln!(out, "{json}").map_err(|error| Failure::output(&error))?;
    }
    Ok(())
}

/// Line and column of a byte of the text.
pub(super) fn place(text: &str, byte: u32) -> (usize, usize) {
    let before = text.get(..byte as usize).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().map_or(0, |rest| rest.chars().count()) + 1;
    (line, column)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<serde_json::Value> {
        let files = [QueryText { path: "queries/a.sql".into(), text: text.into() }];
        let diagnostics = dsl::parse(text).diagnostics.into_iter();
        let problems: Vec<_> = diagnostics.map(|diagnostic| FileDiagnostic { file: 0, diagnostic }).collect();
        let mut out = Vec::new();
        write(&mut out, &files, &problems).expect("memory can be written");
        let out = String::from_utf8(out).expect("JSON is UTF-8");
        out.lines().map(|line| serde_json::from_str(line).expect("each line is an object")).collect()
    }

    #[test]
    fn a_line_says_where_what_and_how_to_mend_it() {
        let found = lines("-- é\nCREATE MAPPING m AS SELECT 'é' AS é FROM t;");
        let expected = serde_json::json!({
            "file": "queries/a.sql", "line": 2, "column": 42, "end_line": 2, "end_column": 43, "code": "R0012",
            "severity": "error", "message": "table `t` names no schema", "hint": "Write `db.t`."
        });
        assert_eq!(found, [expected]);
    }

    #[test]
    fn a_problem_without_a_hint_has_null_and_one_over_lines_ends_on_its_last() {
        let found = lines("CREATE MAPPING m AS SELECT * FROM db.t WHERE db.f(\n1);\n(\n;");
        assert_eq!(found[0]["hint"], serde_json::Value::Null);
        assert_eq!((&found[1]["line"], &found[1]["end_line"]), (&3.into(), &3.into()));
    }
}
