//! `rowgate capture`: a source's binlogs into a folder, until it is told to end.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use signal_hook::{
    consts::{SIGINT, SIGTERM},
    flag,
};

use super::{
    args::SourceArguments,
    capture_notices::CaptureNotices,
    failure::{Exit, Failure},
    flow::with_causes,
};
use crate::{
    capture::{CaptureError, CapturePlan, Folder, capture},
    config::Config,
    source::{Source, SourceError, SourceSettings},
};

pub(super) fn run(arguments: &SourceArguments) -> Result<Exit, Failure> {
    let config = Config::find(arguments.servers.config.as_deref())?;
    let settings = config.source(&arguments.source, &arguments.servers.password_file)?;
    let settings = SourceSettings { server_id: arguments.server_id.or(settings.server_id), ..settings };
    let is_ended = ended_by_signals()?;
    let mut folder = Folder::open(&arguments.to).map_err(|error| failure(&error))?;
    let source = Source::new(settings, &folder.path().to_string_lossy()).map_err(|error| failure(&error.into()))?;
    let plan = CapturePlan { start: arguments.start.clone(), stop: arguments.stop.clone(), stop_at_end: arguments.stop_at_end };
    let mut notices = CaptureNotices::new(arguments.format);
    let ended = capture(&source, &mut folder, &plan, &is_ended, &mut |notice| {
        // A machine that no longer listens ends the capture in order, as a signal does.
        if notices.tell(notice).is_err() {
            is_ended.store(true, Ordering::Relaxed);
        }
    });
    notices.end(&ended)?;
    ended.map(|_| Exit::Done).map_err(|error| failure(&error))
}

/// Is set by the first SIGINT or SIGTERM; the second ends the process at once.
fn ended_by_signals() -> Result<Arc<AtomicBool>, Failure> {
    const KILLED: i32 = 130;
    let is_ended = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        flag::register_conditional_shutdown(signal, KILLED, Arc::clone(&is_ended))
            .and_then(|_| flag::register(signal, Arc::clone(&is_ended)))
            .map_err(|error| Failure::unavailable(format!("cannot listen to signals: {error}")))?;
    }
    Ok(is_ended)
}

fn failure(error: &CaptureError) -> Failure {
    let text = with_causes(error);
    let failure = match error {
        CaptureError::InUse(_)
        | CaptureError::Foreign(_)
        | CaptureError::Record { .. }
        | CaptureError::OtherServer { .. }
        | CaptureError::AlreadyBegun { .. }
        | CaptureError::Passed { .. }
        | CaptureError::Binlog(_)
        | CaptureError::Source(SourceError::Start { .. } | SourceError::NoStart(_)) => Failure::wrong_input(text),
        CaptureError::Source(_) | CaptureError::File { .. } | CaptureError::Shorter { .. } => Failure::unavailable(text),
    };
    match error.hint() {
        Some(hint) => failure.with_hint(hint),
        None => failure,
    }
}
