//! A TOML text that can say in which line something stands.

use std::path::Path;

use toml::{
    Spanned,
    de::{DeString, DeTable, DeValue},
};

use super::{ConfigError, Problem};

/// A text and where it was read.
#[derive(Clone, Copy)]
pub(super) struct TomlText<'t> {
    pub(super) file: &'t Path,
    pub(super) text: &'t str,
}

/// A value that the environment may take part in, and its line. It may be a password, so nothing prints it.
pub(super) struct Setting {
    pub(super) text: String,
    pub(super) line: usize,
}

impl<'t> TomlText<'t> {
    pub(super) fn parse(&self) -> Result<Spanned<DeTable<'t>>, ConfigError> {
        DeTable::parse(self.text).map_err(|error| {
            let line = self.line(error.span().map_or(self.text.len(), |span| span.start));
            // Its other form shows the line, which may hold a password.
            self.error_in(line, Problem::Syntax(error.message().to_owned()))
        })
    }

    /// What is wrong with something, told with its line.
    pub(super) fn error<T>(&self, place: &Spanned<T>, problem: Problem) -> ConfigError {
        self.error_in(self.line(place.span().start), problem)
    }

    pub(super) fn error_in(&self, line: usize, problem: Problem) -> ConfigError {
        ConfigError::File { file: self.file.to_owned(), line, problem }
    }

    /// The text of a key that takes a text.
    pub(super) fn setting(&self, key: &Spanned<DeString<'_>>, value: &Spanned<DeValue<'_>>) -> Result<Setting, ConfigError> {
        match value.get_ref().as_str() {
            Some(text) => Ok(Setting { text: text.to_owned(), line: self.line(key.span().start) }),
            None => Err(self.error(value, Problem::NoText(key.get_ref().to_string()))),
        }
    }

    pub(super) fn line(&self, offset: usize) -> usize {
        self.text.bytes().take(offset).filter(|&byte| byte == b'\n').count() + 1
    }
}

impl std::fmt::Debug for Setting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Setting(line {})", self.line)
    }
}
