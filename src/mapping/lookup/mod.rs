//! Lookups: small tables beside the row, read at start, found by the key that `ON` compares.

mod bind;
mod content;
mod reads;
mod table;

pub(super) use bind::{bind_lookups, mentions};
pub(super) use content::canonical_line;
pub use content::changed_lookups;
pub(super) use reads::columns_read;
pub use table::{LookupColumn, LookupTable, Lookups, Origin};
