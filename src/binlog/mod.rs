//! Binlog files: framing, events, and row images decoded straight into Arrow builders.
//!
//! Only this room sees wire events (INV-2).
