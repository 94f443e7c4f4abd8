//! All integration tests in one binary, so that DataFusion links once.

mod server;
mod tidy;
