//! Why it is not known which server is meant or what opens it. No error quotes what may be a password.

use std::{io, path::PathBuf};

use super::Problem;
use crate::{fault::FaultClass, mysql::AddressError};

/// What is wrong with the configuration or a destination.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A file cannot be read.
    #[error("cannot read `{}`", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        cause: io::Error,
    },
    /// A line of `rowgate.toml`; what is wrong with it is the cause.
    #[error("{}:{line}", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        #[source]
        problem: Problem,
    },
    /// The text has no form of a destination.
    #[error("`{0}…` is no destination")]
    NoDestination(String),
    /// The address of a destination is not understood.
    #[error("the address of `{name}` is not understood")]
    Address {
        /// The destination's name.
        name: String,
        /// Why.
        #[source]
        cause: AddressError,
    },
    /// Every user of the machine could read the password.
    #[error("the address of `{0}` on the command line holds a password")]
    OpenPassword(String),
    /// A folder for scripts where a server is wanted.
    #[error("`sql:{}` is no server", .0.display())]
    NoServer(PathBuf),
    /// A name that no target has.
    #[error("`{name}` is no target")]
    UnknownTarget {
        /// The name.
        name: String,
        /// What to do about it.
        hint: String,
    },
    /// The text has no form of a source.
    #[error("`{0}…` is no source")]
    NoSource(String),
    /// A name that no source has.
    #[error("`{name}` is no source")]
    UnknownSource {
        /// The name.
        name: String,
        /// What to do about it.
        hint: String,
    },
    /// Two destinations with one name.
    #[error("two destinations are called `{0}`")]
    SameName(String),
    /// A password file for a destination that is not there.
    #[error("the password file `{}` is for `{target}`, which is no destination here", path.display())]
    UselessPasswordFile {
        /// The file.
        path: PathBuf,
        /// The name it was given for.
        target: String,
    },
    /// Two password files for the same destinations.
    #[error("there are two password files for {}", target.as_ref().map_or("all destinations".to_owned(), |name| format!("`{name}`")))]
    SamePasswordFile {
        /// The destination; none for all.
        target: Option<String>,
    },
    /// Nothing is in the file.
    #[error("the password file `{}` is empty", .0.display())]
    EmptyPasswordFile(PathBuf),
}

impl ConfigError {
    /// How it is to be met.
    pub fn class(&self) -> FaultClass {
        match self {
            Self::Read { cause, .. } => FaultClass::of_io(cause),
            Self::File { .. }
            | Self::NoDestination(_)
            | Self::Address { .. }
            | Self::OpenPassword(_)
            | Self::NoServer(_)
            | Self::UnknownTarget { .. }
            | Self::NoSource(_)
            | Self::UnknownSource { .. }
            | Self::SameName(_)
            | Self::UselessPasswordFile { .. }
            | Self::SamePasswordFile { .. }
            | Self::EmptyPasswordFile(_) => FaultClass::Definite,
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::File { problem, .. } => problem.hint(),
            Self::NoDestination(_) => Some(
                "A destination reads `mysql://user@host:port`, `NAME=mysql://user@host:port`, `NAME` for a target of rowgate.toml, or \
                 `sql:DIR` for scripts."
                    .to_owned(),
            ),
            Self::OpenPassword(_) => Some(
                "Every user of this machine can read it there. Leave it out, and give it by `--password-file FILE`, in the environment \
                 as `ROWGATE_PASSWORD`, or in a rowgate.toml."
                    .to_owned(),
            ),
            Self::NoServer(_) => Some("Give either one `sql:DIR`, which needs no server, or servers.".to_owned()),
            Self::NoSource(_) => Some("A source reads `mysql://user@host:port`, or `NAME` for a source of rowgate.toml.".to_owned()),
            Self::UnknownTarget { hint, .. } | Self::UnknownSource { hint, .. } => Some(hint.clone()),
            Self::SameName(_) => Some("Name each: `NAME=mysql://user@host:port`.".to_owned()),
            Self::Read { .. }
            | Self::Address { .. }
            | Self::UselessPasswordFile { .. }
            | Self::SamePasswordFile { .. }
            | Self::EmptyPasswordFile(_) => None,
        }
    }
}
