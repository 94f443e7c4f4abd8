//! Values of MariaDB's COMPRESSED columns.

use flate2::{Decompress, FlushDecompress, Status};

use super::CellFault;

/// Appends the plain form of a stored value.
///
/// The first byte says how: 0 is a plain value; with the high bit set the rest is deflated, its low three bits count
/// the bytes of the big-endian plain length that follows, and bit 3 says that the zlib header is left out.
pub(super) fn inflate(stored: &[u8], out: &mut Vec<u8>) -> Result<(), CellFault> {
    let Some((&head, stored)) = stored.split_first() else {
        return Ok(());
    };
    match head >> 4 {
        0 => {
            out.extend_from_slice(stored);
            Ok(())
        }
        8 => {
            let (length, deflated) = stored.split_at_checked(usize::from(head & 7)).ok_or(CellFault::Truncated)?;
            let length = length.iter().fold(0_usize, |length, &byte| length << 8 | usize::from(byte));
            // Deflate cannot make a thousandth of anything, so a length beyond that is a lie, not a reason to allocate.
            if length / 1_100 > deflated.len() {
                return Err(CellFault::Compressed);
            }
            let start = out.len();
            out.reserve(length + 1);
            let mut inflate = Decompress::new(head & 8 == 0);
            let status = inflate.decompress_vec(deflated, out, FlushDecompress::Finish).map_err(|_| CellFault::Compressed)?;
            if status == Status::StreamEnd && out.len() - start == length { Ok(()) } else { Err(CellFault::Compressed) }
        }
        _ => Err(CellFault::Compressed),
    }
}
