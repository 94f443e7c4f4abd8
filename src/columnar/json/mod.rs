//! MySQL's binary JSON: reading it, printing it as the server prints it, changing and writing it.
//!
//! The form is documented in MySQL's own `json_binary.h`: containers with tables of offsets, scalars inline or behind them.

mod from_text;
mod node;
mod text;
mod value;

pub use from_text::document_of_text;
pub use node::{Leg, Node};
pub use text::{write_json, write_json_scalar};
pub use value::{Container, Value};

/// The deepest nesting that the servers allow.
const MAX_DEPTH: usize = 100;

/// Why a document cannot be read or changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JsonError {
    /// The bytes are no binary JSON.
    #[error("the document is not valid binary JSON")]
    Malformed,
    /// More than 100 levels.
    #[error("the document nests deeper than {MAX_DEPTH} levels")]
    TooDeep,
    /// A text is no JSON.
    #[error("the text is no JSON")]
    NoText,
    /// A path names a place that the document does not have, or that is taken.
    #[error("a change of the document names a place that does not fit it")]
    Misfit,
    /// A path that is none.
    #[error("a change of the document has a path that cannot be read")]
    Path,
    /// The result is larger than binary JSON can address.
    #[error("the document is larger than binary JSON can be")]
    TooLarge,
}
