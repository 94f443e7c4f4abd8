//! What a capture tells: a line that moves on a terminal, or one JSON object a line.

use std::{
    io::{self, Write},
    time::{Duration, Instant},
};

use indicatif::{BinaryBytes, HumanCount, ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::{Value, json};

use super::{args::Format, failure::Failure, flow::with_causes, progress::rate};
use crate::{
    capture::{CaptureError, CaptureOutcome, CaptureStatus, Notice},
    source::ServerState,
};

/// Tells what a capture does.
pub(super) struct CaptureNotices {
    format: Format,
    bar: ProgressBar,
    /// What was written by when, for the rate of now.
    last: (Instant, u64),
    begun_at: Instant,
}

impl CaptureNotices {
    pub(super) fn new(format: Format) -> Self {
        let target = match format {
            Format::Human => ProgressDrawTarget::stderr_with_hz(5),
            Format::Json => ProgressDrawTarget::hidden(),
        };
        let bar = ProgressBar::with_draw_target(None, target);
        bar.set_style(ProgressStyle::with_template("{spinner} {msg}").expect("the template is constant and names indicatif's own keys"));
        let now = Instant::now();
        Self { format, bar, last: (now, 0), begun_at: now }
    }

    pub(super) fn tell(&mut self, notice: &Notice<'_>) -> io::Result<()> {
        let rate_now = match notice {
            Notice::Status(status) => self.rate(status.bytes),
            Notice::Begun { .. } | Notice::Resumed { .. } | Notice::Waiting { .. } => 0,
        };
        match self.format {
            Format::Json => writeln!(io::stdout(), "{}", object(notice, rate_now)),
            Format::Human => {
                self.human(notice, rate_now);
                Ok(())
            }
        }
    }

    /// Takes the moving line away and says what was captured.
    pub(super) fn end(&self, ended: &Result<CaptureOutcome, CaptureError>) -> Result<(), Failure> {
        self.bar.finish_and_clear();
        let Ok(CaptureOutcome { status, reconnects }) = ended else { return Ok(()) };
        let told = match self.format {
            Format::Json => {
                let mut ended = fields(status, rate(status.bytes, self.begun_at.elapsed()));
                ended["event"] = json!("ended");
                ended["reconnects"] = json!(reconnects);
                writeln!(io::stdout(), "{ended}")
            }
            Format::Human => writeln!(
                io::stdout(),
                "captured up to {}: {} in {} events and {} transactions",
                status.position,
                BinaryBytes(status.bytes),
                HumanCount(status.events),
                HumanCount(status.transactions)
            ),
        };
        told.map_err(|error| Failure::output(&error))
    }

    /// Bytes a second since the last time.
    fn rate(&mut self, bytes: u64) -> u64 {
        let (then, before) = std::mem::replace(&mut self.last, (Instant::now(), bytes));
        rate(bytes.saturating_sub(before), then.elapsed())
    }

    fn human(&self, notice: &Notice<'_>, rate_now: u64) {
        // With stderr closed nobody is left to be told.
        let say = |line: String| self.bar.suspend(|| drop(writeln!(io::stderr(), "{line}")));
        match notice {
            Notice::Begun { first_file, end, tables, state } => {
                notes(state).for_each(&say);
                say(format!("begins with {first_file}; the source is at {end}"));
                if *tables == 0 {
                    say("note: the user sees no table: schema.sql is empty; GRANT SELECT on those that rules read shows them".to_owned());
                } else {
                    say(format!("schema.sql holds {tables} tables as of {end}"));
                }
                if **first_file != *end.file {
                    say(format!(
                        "note: the capture begins before {end}; for events before it, today's definitions hold unless the binlog itself says \
                         other ones (CREATE TABLE, FULL metadata)"
                    ));
                }
            }
            Notice::Resumed { at, cut, state } => {
                notes(state).for_each(&say);
                match cut {
                    0 => say(format!("goes on at {at}")),
                    cut => say(format!("goes on at {at}; {cut} bytes of an event that was not whole are cut off")),
                }
            }
            Notice::Waiting { error, wait } => {
                say(format!("waiting: {}; again in {} s", with_causes(error), seconds(*wait)));
            }
            Notice::Status(status) => {
                self.bar.set_message(line(status, rate_now));
                self.bar.tick();
            }
        }
    }
}

fn notes(state: &ServerState) -> impl Iterator<Item = String> {
    state.notes.iter().map(|note| format!("note: {note}"))
}

fn seconds(wait: Duration) -> String {
    format!("{:.1}", wait.as_secs_f64())
}

fn line(status: &CaptureStatus, rate_now: u64) -> String {
    let CaptureStatus { position, events, behind_s, behind_bytes, .. } = status;
    let behind = match (behind_s, behind_bytes) {
        (0, _) => "at the source's end".to_owned(),
        (seconds, Some(bytes)) => format!("{seconds} s and {} behind", BinaryBytes(*bytes)),
        (seconds, None) => format!("{seconds} s behind"),
    };
    format!("{position} · {}/s · {} events · {behind}", BinaryBytes(rate_now), HumanCount(*events))
}

fn object(notice: &Notice<'_>, rate_now: u64) -> Value {
    match notice {
        Notice::Begun { first_file, end, tables, state } => json!({
            "event": "begun", "file": first_file, "schema_as_of": end.to_string(), "tables": tables, "notes": state.notes,
        }),
        Notice::Resumed { at, cut, state } => {
            json!({ "event": "resumed", "position": at.to_string(), "cut_bytes": cut, "notes": state.notes })
        }
        Notice::Waiting { error, wait } => {
            json!({ "event": "waiting", "reason": with_causes(error), "wait_seconds": wait.as_secs_f64() })
        }
        Notice::Status(status) => fields(status, rate_now),
    }
}

fn fields(status: &CaptureStatus, bytes_per_second: u64) -> Value {
    let CaptureStatus { position, bytes, events, transactions, behind_s, behind_bytes } = status;
    json!({
        "event": "status",
        "position": position.to_string(),
        "bytes": bytes,
        "events": events,
        "transactions": transactions,
        "bytes_per_second": bytes_per_second,
        "behind_seconds": behind_s,
        "behind_bytes": behind_bytes,
    })
}
