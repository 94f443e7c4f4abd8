//! The canonical layout of a query file: what `rowgate fmt` writes.
//!
//! It is printed from the tokens, so that nothing gets lost: every comment, every needed backtick, every number as it was
//! written. Words that are neither names nor functions become upper case, functions lower case; definitions of tables keep
//! their text. The result is read again before it is given out: it means the same, and holds the same comments.

mod comment;
mod doc;
mod layout;
mod spelling;
mod statements;

use crate::cursor::Parser;
use crate::diagnostic::{Diagnostic, Severity};
use crate::lexer::lex;
use crate::parse::{Parsed, in_order, parse, too_large};

/// Why a text has no canonical layout.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FormatError {
    /// It is wrong: these are its errors.
    Wrong(Vec<Diagnostic>),
    /// Its layout would change what it says: a defect of ours. The text stays as it is.
    Defect,
}

/// The text in canonical layout. What has it already is unchanged; mappings keep their canonical text and so their fingerprint.
///
/// # Errors
/// [`FormatError::Wrong`] when the text has errors.
pub fn format(text: &str) -> Result<String, FormatError> {
    if let Some(refusal) = too_large(text) {
        return Err(FormatError::Wrong(vec![refusal]));
    }
    let lexed = lex(text);
    let (file, found, outline) = Parser::new(text, &lexed.tokens).file();
    let diagnostics = in_order(lexed.diagnostics, found);
    if diagnostics.iter().any(|diagnostic| diagnostic.severity == Severity::Error) {
        return Err(FormatError::Wrong(diagnostics));
    }
    let formatted = statements::print(text, &lexed.tokens, &outline);
    let before = Parsed { file, diagnostics };
    if says_the_same(&before, &parse(&formatted)) && comment::texts(text) == comment::texts(&formatted) {
        Ok(formatted)
    } else {
        Err(FormatError::Defect)
    }
}

fn says_the_same(before: &Parsed, after: &Parsed) -> bool {
    let (old, new) = (&before.file, &after.file);
    let mappings = |file: &crate::QueryFile| file.mappings.iter().map(crate::Mapping::canonical).collect::<Vec<_>>();
    let tests = |file: &crate::QueryFile| file.tests.iter().map(ToString::to_string).collect::<Vec<_>>();
    let tables = |file: &crate::QueryFile| file.tables.iter().map(|table| table.text.clone()).collect::<Vec<_>>();
    after.diagnostics.len() == before.diagnostics.len()
        && mappings(old) == mappings(new)
        && tests(old) == tests(new)
        && tables(old) == tables(new)
}
