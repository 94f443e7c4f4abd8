//! A capture that can be read again and again.

use std::sync::Arc;

use crate::{
    binlog::{BinlogError, Capture, CaptureReader, Interest, ReadOptions},
    schema::SchemaHistory,
};

/// What each scan opens: the files, the definitions as of the first event, and how much of it is read.
#[derive(Debug, Clone)]
pub struct CaptureSource(Arc<Parts>);

#[derive(Debug)]
struct Parts {
    capture: Capture,
    history: SchemaHistory,
    options: ReadOptions,
}

impl CaptureSource {
    /// A source over these files.
    pub fn new(capture: Capture, history: SchemaHistory, options: ReadOptions) -> Self {
        Self(Arc::new(Parts { capture, history, options }))
    }

    /// A reader at the beginning.
    pub(super) fn open<I: Interest>(&self, interest: I) -> Result<CaptureReader<I>, BinlogError> {
        let Parts { capture, history, options } = &*self.0;
        CaptureReader::open(capture.clone(), history.clone(), interest, options.clone())
    }
}
