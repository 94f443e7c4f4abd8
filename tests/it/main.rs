//! All integration tests in one binary, so that DataFusion links once.

mod capture_reader;
mod charsets;
mod ddl;
mod decoding;
mod precedence;
mod server;
mod tidy;
