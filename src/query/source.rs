//! A capture that can be read again and again, and how far all readings of it are.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use crate::{
    binlog::{BinlogError, Capture, CaptureReader, Interest, Item, Progress, ReadOptions},
    schema::SchemaHistory,
};

/// What each scan opens: the files, the definitions as of the first event, and how much of it is read.
#[derive(Debug, Clone)]
pub struct CaptureSource(Arc<Parts>);

struct Parts {
    capture: Capture,
    history: SchemaHistory,
    options: ReadOptions,
    watch: Option<Box<Watch>>,
    meter: Meter,
}

/// Is told of the progress of all readings together, from the threads that read.
type Watch = dyn Fn(&Progress) + Send + Sync;

/// Sums over all readings.
#[derive(Debug, Default)]
struct Meter {
    /// How many readings there will be, as far as the question tells.
    expected: AtomicU64,
    begun: AtomicU64,
    bytes: AtomicU64,
    row_events: AtomicU64,
    transactions: AtomicU64,
}

impl CaptureSource {
    /// A source over these files.
    pub fn new(capture: Capture, history: SchemaHistory, options: ReadOptions) -> Self {
        Self(Arc::new(Parts { capture, history, options, watch: None, meter: Meter::default() }))
    }

    /// The same; `watch` is told of the progress of all readings together, from the threads that read.
    ///
    /// A capture that is read twice has twice its bytes.
    pub fn watched(
        capture: Capture,
        history: SchemaHistory,
        options: ReadOptions,
        watch: impl Fn(&Progress) + Send + Sync + 'static,
    ) -> Self {
        Self(Arc::new(Parts { capture, history, options, watch: Some(Box::new(watch)), meter: Meter::default() }))
    }

    /// Says how often the capture will be read.
    pub(super) fn expect_readings(&self, count: usize) {
        self.0.meter.expected.store(count as u64, Ordering::Relaxed);
    }

    /// A reading from the beginning.
    pub(super) fn open<I: Interest>(&self, interest: I) -> Result<Reading<I>, BinlogError> {
        let Parts { capture, history, options, .. } = &*self.0;
        let reader = CaptureReader::open(capture.clone(), history.clone(), interest, options.clone())?;
        self.0.meter.begun.fetch_add(1, Ordering::Relaxed);
        Ok(Reading { reader, parts: Arc::clone(&self.0), told: Progress::default() })
    }
}

/// One reading of the capture.
pub(super) struct Reading<I> {
    reader: CaptureReader<I>,
    parts: Arc<Parts>,
    /// What the meter knows of this reading.
    told: Progress,
}

impl<I: Interest> Reading<I> {
    /// As [`CaptureReader::next`].
    pub(super) fn next(&mut self) -> Result<Option<Item>, BinlogError> {
        let item = self.reader.next()?;
        if let Some(watch) = &self.parts.watch {
            let now = self.reader.progress();
            let told = std::mem::replace(&mut self.told, now);
            watch(&self.parts.meter.add(&told, &now));
        }
        Ok(item)
    }

    /// As [`CaptureReader::interest_mut`].
    pub(super) fn interest_mut(&mut self) -> &mut I {
        self.reader.interest_mut()
    }
}

impl Meter {
    /// Adds what a reading did since it last told; gives the progress of all.
    fn add(&self, told: &Progress, now: &Progress) -> Progress {
        let sum = |counter: &AtomicU64, told: u64, now: u64| counter.fetch_add(now - told, Ordering::Relaxed) + (now - told);
        let readings = self.expected.load(Ordering::Relaxed).max(self.begun.load(Ordering::Relaxed));
        Progress {
            bytes_read: sum(&self.bytes, told.bytes_read, now.bytes_read),
            bytes_total: now.bytes_total.map(|bytes| bytes * readings),
            row_events: sum(&self.row_events, told.row_events, now.row_events),
            transactions: sum(&self.transactions, told.transactions, now.transactions),
        }
    }
}

impl fmt::Debug for Parts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Parts").field("capture", &self.capture).field("options", &self.options).finish_non_exhaustive()
    }
}
