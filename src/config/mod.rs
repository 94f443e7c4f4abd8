//! Which servers are meant and what opens them: `rowgate.toml`, destinations on the command line, passwords.
//!
//! Connects to nothing. A password is read where its server is wanted and never printed.

mod destination;
mod endpoints;
mod environment;
mod error;
mod lookup_section;
mod password_file;
mod problem;
mod rowgate_toml;
mod server_section;
mod source_section;
mod toml_text;

pub use destination::Destination;
pub use error::ConfigError;
pub use password_file::PasswordFile;
pub use problem::Problem;
pub use rowgate_toml::Config;
