//! Partial updates of JSON documents: the differences that an after image holds in the place of the document.

use super::{
    CellFault,
    cells::{packed, take},
};
use crate::columnar::json::{JsonError, Leg, Node};

/// The binary document after its differences; `before` is the binary document of the before image.
///
/// A difference is a kind (0 replace, 1 insert, 2 remove), a path and, unless it removes, a binary value, both behind their
/// length-encoded lengths.
pub(super) fn apply(before: &[u8], mut differences: &[u8]) -> Result<Vec<u8>, CellFault> {
    let mut document = Node::document(before).map_err(fault)?;
    while let Some((&kind, mut rest)) = differences.split_first() {
        let path = str::from_utf8(counted(&mut rest)?).map_err(|_| CellFault::Invalid)?;
        let path = Leg::path(path).map_err(fault)?;
        let mut value = || counted(&mut rest).and_then(|value| Node::document(value).map_err(fault));
        let changed = match kind {
            0 => document.replace(&path, value()?),
            1 => document.insert(&path, value()?),
            2 => document.remove(&path),
            _ => return Err(CellFault::Invalid),
        };
        changed.map_err(fault)?;
        differences = rest;
    }
    document.to_document().map_err(fault)
}

fn counted<'a>(rest: &mut &'a [u8]) -> Result<&'a [u8], CellFault> {
    let length = usize::try_from(packed(rest)?).map_err(|_| CellFault::Truncated)?;
    take(rest, length)
}

fn fault(error: JsonError) -> CellFault {
    match error {
        JsonError::Malformed => CellFault::Json,
        JsonError::Misfit | JsonError::NoText | JsonError::Path | JsonError::TooDeep => CellFault::Misfit,
        JsonError::TooLarge => CellFault::TooLarge,
    }
}
