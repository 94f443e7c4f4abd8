//! All integration tests in one binary, so that DataFusion links once.

mod precedence;
mod server;
mod tidy;
