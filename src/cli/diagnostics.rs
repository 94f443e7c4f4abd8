//! Diagnostics of query files, drawn under the lines they speak of.

use std::io::{self, IsTerminal, Write};

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use dsl::Severity;

use super::{args::When, failure::Failure, style::Style};
use crate::mapping::{FileDiagnostic, QueryText};

/// Draws diagnostics on stderr.
#[derive(Debug, Clone, Copy)]
pub(super) struct Painter {
    color: bool,
    when: When,
}

impl Painter {
    pub(super) fn new(color_when: When) -> Self {
        let color = match color_when {
            When::Auto => io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none(),
            When::Always => true,
            When::Never => false,
        };
        Self { color, when: color_when }
    }

    /// The style of what goes to stdout.
    pub(super) fn stdout(self) -> Style {
        Style::new(self.when)
    }

    /// Draws all; a failure when one of them is an error.
    pub(super) fn draw(self, files: &[QueryText], problems: &[FileDiagnostic]) -> Result<(), Failure> {
        let renderer = if self.color { Renderer::styled() } else { Renderer::plain() };
        for FileDiagnostic { file, diagnostic } in problems {
            let level = match diagnostic.severity {
                Severity::Error => Level::ERROR,
                Severity::Warning => Level::WARNING,
                Severity::Note => Level::NOTE,
            };
            let span = diagnostic.span.start as usize..diagnostic.span.end as usize;
            let code = diagnostic.code.to_string();
            let snippet = Snippet::source(&files[*file].text).path(&files[*file].path).annotation(AnnotationKind::Primary.span(span));
            let mut group = level.primary_title(&diagnostic.message).id(&code).element(snippet);
            if let Some(hint) = &diagnostic.hint {
                group = group.element(Level::HELP.message(hint));
            }
            writeln!(io::stderr(), "{}\n", renderer.render(&[group])).map_err(|error| Failure::output(&error))?;
        }
        refuse(problems, Severity::Error)
    }
}

/// A failure when one of the problems weighs as much as `least`.
pub(super) fn refuse(problems: &[FileDiagnostic], least: Severity) -> Result<(), Failure> {
    let count = |severity| problems.iter().filter(|problem| problem.diagnostic.severity == severity).count();
    let counted = |count: usize, word: &str| match count {
        1 => format!("1 {word}"),
        many => format!("{many} {word}s"),
    };
    let (errors, warnings) = (count(Severity::Error), count(Severity::Warning));
    match (errors, if least <= Severity::Warning { warnings } else { 0 }) {
        (0, 0) => Ok(()),
        (errors, 0) => Err(Failure::wrong_input(format!("{} in the query files", counted(errors, "error")))),
        (0, warnings) => Err(Failure::wrong_input(format!("{} in the query files", counted(warnings, "warning")))),
        (errors, warnings) => {
            let both = format!("{} and {}", counted(errors, "error"), counted(warnings, "warning"));
            Err(Failure::wrong_input(format!("{both} in the query files")))
        }
    }
}
