//! A progress bar on stderr with rate and time left; nothing when stderr is no terminal.

use std::time::Duration;

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

/// Rows a second, rounded down; 0 before the first millisecond has passed.
pub(super) fn rate(rows: u64, elapsed: Duration) -> u64 {
    rows.saturating_mul(1000).checked_div(elapsed.as_millis() as u64).unwrap_or(0)
}
