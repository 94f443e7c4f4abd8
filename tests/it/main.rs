//! All integration tests in one binary, so that DataFusion links once.

mod capture_reader;
mod charsets;
mod command;
mod contents;
mod ddl;
mod decoding;
mod precedence;
mod replay;
mod server;
mod tidy;
