//! All integration tests in one binary, so that DataFusion links once.

mod capture_reader;
mod ddl;
mod precedence;
mod server;
mod tidy;
