//! A file with a password: `--password-file [NAME=]FILE`.

use std::{
    convert::Infallible,
    fs,
    path::{Path, PathBuf},
    str::FromStr,
};

use super::{ConfigError, rowgate_toml::is_name};
use crate::mysql::Password;

/// A file and whose password it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasswordFile {
    /// The destination; none for all that have no file of their own.
    pub(super) target: Option<String>,
    pub(super) path: PathBuf,
}

impl PasswordFile {
    /// Reads a password: all of the file but the line break at its end.
    pub(super) fn read(path: &Path) -> Result<Password, ConfigError> {
        let text = fs::read_to_string(path).map_err(|cause| ConfigError::Read { path: path.to_owned(), cause })?;
        let password = text.strip_suffix('\n').map_or(text.as_str(), |line| line.strip_suffix('\r').unwrap_or(line));
        match password {
            "" => Err(ConfigError::EmptyPasswordFile(path.to_owned())),
            password => Ok(Password::new(password)),
        }
    }
}

impl FromStr for PasswordFile {
    type Err = Infallible;

    /// Reads `FILE` or `NAME=FILE`; a file with a `=` in its name can be written `./FILE`.
    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(match text.split_once('=').filter(|(name, _)| is_name(name)) {
            Some((name, path)) => Self { target: Some(name.to_owned()), path: path.into() },
            None => Self { target: None, path: text.into() },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Password, ConfigError> {
        let folder = tempfile::tempdir().expect("the temporary folder is writable");
        let path = folder.path().join("password");
        fs::write(&path, text).expect("the temporary folder is writable");
        PasswordFile::read(&path)
    }

    #[test]
    fn one_line_break_at_the_end_is_not_part_of_the_password() {
        for text in [" p@ss word ", " p@ss word \n", " p@ss word \r\n"] {
            assert_eq!(read(text).expect("the file has a password"), Password::new(" p@ss word "));
        }
        assert_eq!(read("a\n\n").expect("the file has a password"), Password::new("a\n"));
        assert!(matches!(read("\n"), Err(ConfigError::EmptyPasswordFile(_))));
    }

    #[test]
    fn a_name_before_the_equals_sign_is_a_destination() {
        let parse = |text: &str| text.parse::<PasswordFile>().expect("no text is refused");
        assert_eq!(parse("shard0=/run/x=y"), PasswordFile { target: Some("shard0".to_owned()), path: "/run/x=y".into() });
        assert_eq!(parse("/run/secret"), PasswordFile { target: None, path: "/run/secret".into() });
        assert_eq!(parse("./a=b"), PasswordFile { target: None, path: "./a=b".into() });
    }
}
