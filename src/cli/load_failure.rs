//! What is said when a destination cannot take changes, and with which exit code.

use super::{failure::Failure, flow::with_causes};
use crate::{fault::FaultClass, load::LoadError, mapping::Conflict, mysql::MysqlError};

impl From<LoadError> for Failure {
    fn from(error: LoadError) -> Self {
        load_failure(&error)
    }
}

/// Says what to do about it.
pub(super) fn load_failure(error: &LoadError) -> Failure {
    let text = with_causes(error);
    match error {
        LoadError::FolderInUse { ours: true, .. } => {
            Failure::wrong_input(text).with_hint("An earlier replay left it; `--restart` replaces its scripts.")
        }
        LoadError::FolderInUse { ours: false, .. } => Failure::wrong_input(text).with_hint("Choose an empty or a new folder."),
        LoadError::Write { .. } | LoadError::Output(_) | LoadError::Lane { .. } => Failure::unavailable(text),
        LoadError::MissingTable { .. } => {
            Failure::wrong_input(text).with_hint("Create it, or let the mapping do so: `WITH (on_missing_table = 'create')`.")
        }
        LoadError::Bind(refused) => Failure::wrong_input(text).with_hint(refused.hint()),
        LoadError::Conflict { policy: Conflict::Repair, .. } => Failure::no(text)
            .with_hint("It cannot be repaired: the image lacks cells (MINIMAL or NOBLOB), or the table has no key. Load the row again from the source."),
        LoadError::Conflict { .. } => Failure::no(text).with_hint(
            "Nothing of this window was committed. The mapping decides about such rows: `WITH (on_conflict = 'repair')` makes the \
             target what the mapping says, `'dead_letter'` keeps the change in `retl.rowgate_dead_letter`.",
        ),
        LoadError::Target { class: FaultClass::Transient, .. } => Failure::unavailable(text).with_hint(GOES_ON),
        LoadError::Target { .. } if text.contains("'retl") => {
            Failure::unavailable(text).with_hint("`rowgate init --to …` makes the schema `retl` and its tables; `--print` shows what the user needs.")
        }
        LoadError::Target { cause, .. } => Failure::unavailable(text).with_hint(target_hint(cause.downcast_ref())),
        LoadError::Fenced { .. } => Failure::unavailable(text).with_hint("Two processes with one `--job`: let one of them end."),
        LoadError::MappingsChanged { .. } => Failure::wrong_input(text).with_hint(
            "Rows that were loaded may belong elsewhere now. `--accept-mapping-change` goes on with the new mappings; `--restart` begins anew; \
             another `--job` keeps both.",
        ),
        LoadError::MappingsChangedInRedo { .. } => {
            Failure::wrong_input(text).with_hint("Run the old mappings once more until they end, then the new ones.")
        }
        LoadError::ForeignPosition { .. } | LoadError::RedoMissed { .. } => {
            Failure::wrong_input(text).with_hint("Replay the capture that the job was begun with, or forget the job: `--restart`.")
        }
        LoadError::RedoUnreached { to } => Failure::wrong_input(text).with_hint(format!("Read at least up to `{to}`: a later `--stop`.")),
    }
}

/// What is left to say where nothing else is known.
const GOES_ON: &str = "The same command goes on where the checkpoint is.";

/// What to do about what a server says, by its number for it.
fn target_hint(error: Option<&MysqlError>) -> String {
    let first = match error {
        Some(MysqlError::TooLong { bytes, .. }) => {
            let needed = bytes.div_ceil(1 << 20) + 1;
            return format!(
                "A row of the source is longer than the target takes: `SET GLOBAL max_allowed_packet = {needed} << 20` there (MySQL and MariaDB take \
                 up to 1 GiB). {GOES_ON}"
            );
        }
        Some(error) => match error.code() {
            // Out of range, truncated, incorrect, too long, NULL, no default; CHECK; no such partition.
            Some(1048 | 1264 | 1265 | 1292 | 1364 | 1366 | 1367 | 1406 | 1526 | 3819 | 4025) => {
                "A value does not fit the target's column: compare the definitions."
            }
            Some(1045 | 1698) => {
                "The server does not know this user with this password, from this host or without TLS: `--password-file FILE` names the password, `?tls=…` of the \
                 address is about TLS."
            }
            Some(1044 | 1142 | 1143 | 1227 | 1370) => "`rowgate init --print` shows what the user needs.",
            Some(1644) => "A trigger or routine of the target refuses the row.",
            _ => "",
        },
        // What the writer found itself: the server bent a value.
        None => "A value does not fit the target's column: compare the definitions.",
    };
    format!("{first} {GOES_ON}").trim_start().to_owned()
}
