//! A progress bar on stderr with rate and time left; nothing when stderr is no terminal.

use std::{
    io::{self, IsTerminal, StdoutLock, Write},
    sync::Arc,
    time::Duration,
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::binlog::Progress;

/// The progress of reading a capture.
pub(super) struct CaptureProgress {
    bar: ProgressBar,
}

impl CaptureProgress {
    /// Starts a bar over `bytes`, or one without an end when the size is not known.
    pub(super) fn start(bytes: Option<u64>) -> Self {
        let bar = ProgressBar::with_draw_target(bytes, ProgressDrawTarget::stderr_with_hz(10));
        let template = match bytes {
            Some(_) => "{bar:32} {percent:>3}% {bytes}/{total_bytes} · {msg} · {eta} left",
            None => "{spinner} {bytes} · {msg}",
        };
        bar.set_style(ProgressStyle::with_template(template).expect("the template is constant and names indicatif's own keys"));
        Self { bar }
    }

    /// Counts the time from now on.
    pub(super) fn restart(&self) {
        self.bar.reset_elapsed();
    }

    /// Shows how far the capture is read and how many row events that was; nothing once the bar is taken away.
    pub(super) fn at(&self, now: &Progress) {
        if self.bar.is_hidden() || self.bar.is_finished() {
            return;
        }
        if let Some(bytes) = now.bytes_total {
            self.bar.set_length(bytes);
        }
        self.bar.set_position(now.bytes_read);
        self.bar.set_message(format!("{} rows · {} rows/s", now.row_events, rate(now.row_events, self.bar.elapsed())));
    }

    /// Takes the bar away.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

/// Standard output; where it is a screen, the bar is taken away before anything is written there.
pub(super) struct AfterProgress {
    out: StdoutLock<'static>,
    progress: Arc<CaptureProgress>,
    is_screen: bool,
}

impl AfterProgress {
    pub(super) fn stdout(progress: Arc<CaptureProgress>) -> Self {
        let out = io::stdout().lock();
        Self { is_screen: out.is_terminal(), out, progress }
    }
}

impl Write for AfterProgress {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.is_screen {
            self.progress.finish();
        }
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Rows a second, rounded down; 0 before the first millisecond has passed.
pub(super) fn rate(rows: u64, elapsed: Duration) -> u64 {
    rows.saturating_mul(1000).checked_div(elapsed.as_millis() as u64).unwrap_or(0)
}
