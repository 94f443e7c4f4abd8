//! Why a destination could not take changes.

use std::{error::Error, io, path::PathBuf};

use super::{BindError, ConflictKind};
use crate::{fault::FaultClass, mapping::Conflict, position::BinlogOffset, schema::TableName};

/// Why a destination could not take changes.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The folder holds something already.
    #[error("`{}` is there already and not empty", path.display())]
    FolderInUse {
        /// The folder.
        path: PathBuf,
        /// Whether an earlier replay left it.
        ours: bool,
    },
    /// A file could not be written.
    #[error("cannot write `{}`", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        #[source]
        cause: io::Error,
    },
    /// A line could not be printed.
    #[error("cannot write the output")]
    Output(#[source] io::Error),
    /// A target table is not there.
    #[error("target table `{table}` is not there on `{server}`")]
    MissingTable {
        /// The table.
        table: TableName,
        /// The server's name.
        server: String,
    },
    /// Rows cannot go into a target table as it is.
    #[error(transparent)]
    Bind(#[from] BindError),
    /// The target holds other rows than it should, and the policy is to stop.
    #[error("conflict in `{table}`, mapping `{mapping}`: {kind}")]
    Conflict {
        /// The target table.
        table: TableName,
        /// The mapping.
        mapping: String,
        /// What the target holds.
        kind: ConflictKind,
        /// The mapping's policy: to stop, or a repair for which the image lacks cells.
        policy: Conflict,
    },
    /// A target server failed, and trying again did not help or could not.
    #[error("the target failed")]
    Target {
        /// What can be done.
        class: FaultClass,
        /// What it says.
        #[source]
        cause: Box<dyn Error + Send + Sync>,
    },
    /// Another process has taken the job over.
    #[error("another process has taken over the job; lane {lane} stops")]
    Fenced {
        /// The lane that found it out.
        lane: u16,
    },
    /// The checkpoint was made by other mappings (INV-10).
    #[error("job `{job}` was begun with other {}", what_changed(lookups))]
    MappingsChanged {
        /// The job.
        job: String,
        /// The lookups whose content is all that changed; none where the mappings did.
        lookups: Vec<String>,
    },
    /// The same, and lanes stopped apart: only the old mappings can bring them together.
    #[error("job `{job}` stopped inside a window of other mappings")]
    MappingsChangedInRedo {
        /// The job.
        job: String,
    },
    /// The checkpoint names a file that the source does not have.
    #[error("the checkpoint is at `{position}`, in a file that the capture does not have")]
    ForeignPosition {
        /// The checkpoint.
        position: BinlogOffset,
    },
    /// The source went past the end of what has to be redone.
    #[error("the last window ended at `{to}`, and the capture has no transaction that ends there but one at `{passed}`")]
    RedoMissed {
        /// Where the window ended.
        to: BinlogOffset,
        /// Where the source was.
        passed: BinlogOffset,
    },
    /// The source ended before the end of what has to be redone.
    #[error("lanes stopped apart, up to `{to}`, and what is read ends before")]
    RedoUnreached {
        /// Where they come together.
        to: BinlogOffset,
    },
    /// A lane ended without an answer.
    #[error("a lane ended: {cause}")]
    Lane {
        /// How.
        cause: String,
    },
}

/// `mappings`, or `content of LOOKUP.a, LOOKUP.b`.
fn what_changed(lookups: &[String]) -> String {
    match lookups {
        [] => "mappings".to_owned(),
        lookups => format!("content of {}", lookups.iter().map(|name| format!("`LOOKUP.{name}`")).collect::<Vec<_>>().join(", ")),
    }
}

impl LoadError {
    /// How it is to be met.
    pub fn class(&self) -> FaultClass {
        match self {
            Self::Write { cause, .. } | Self::Output(cause) => FaultClass::of_io(cause),
            Self::Target { class, .. } => *class,
            Self::Lane { .. } => FaultClass::Defect,
            Self::FolderInUse { .. }
            | Self::MissingTable { .. }
            | Self::Bind(_)
            | Self::Conflict { .. }
            | Self::Fenced { .. }
            | Self::MappingsChanged { .. }
            | Self::MappingsChangedInRedo { .. }
            | Self::ForeignPosition { .. }
            | Self::RedoMissed { .. }
            | Self::RedoUnreached { .. } => FaultClass::Definite,
        }
    }
}
