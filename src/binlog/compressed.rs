//! MariaDB's compressed parts of events: a statement's text, or the images of a rows event.

use flate2::{Decompress, FlushDecompress, Status};

use super::{DecodeError, RowsEventKind, cursor::Cursor};
use crate::change::Op;

/// Appends the inflated bytes of `part` to `out`.
///
/// The first byte has the algorithm (0 is zlib) and how many bytes, most significant first, say the inflated length.
pub(super) fn inflate(part: &[u8], max_bytes: usize, out: &mut Vec<u8>) -> Result<(), DecodeError> {
    Inflater::default().inflate(part, max_bytes, out)
}

/// Inflates one part after another with the same tables.
#[derive(Debug)]
pub(super) struct Inflater(Decompress);

impl Default for Inflater {
    fn default() -> Self {
        Self(Decompress::new(true))
    }
}

impl Inflater {
    /// See [`inflate`].
    fn inflate(&mut self, part: &[u8], max_bytes: usize, out: &mut Vec<u8>) -> Result<(), DecodeError> {
        const COMPRESSED: u8 = 0x80;
        let damaged = |offset| DecodeError::Invalid { what: "a compressed part", offset };
        let mut fields = Cursor::new(part);
        let head = fields.u8("the head of a compressed part")?;
        let length_bytes = usize::from(head & 7);
        if head & !7 != COMPRESSED || !(1..=4).contains(&length_bytes) {
            return Err(damaged(0));
        }
        let length =
            fields.take(length_bytes, "the inflated length")?.iter().fold(0, |length: usize, &byte| length << 8 | usize::from(byte));
        if length > max_bytes {
            return Err(DecodeError::TooLarge { what: "a compressed part", limit: max_bytes });
        }
        // Deflate shrinks to no less than a thousandth: a damaged length takes no more memory than that allows.
        let source = fields.rest();
        if length / 1100 > source.len() {
            return Err(damaged(1));
        }
        let start = out.len();
        out.reserve_exact(length + 1);
        self.0.reset(true);
        let status = self.0.decompress_vec(source, out, FlushDecompress::Finish);
        let whole = matches!(status, Ok(Status::StreamEnd)) && out.len() - start == length && self.0.total_in() == source.len() as u64;
        if whole { Ok(()) } else { Err(damaged(fields.offset())) }
    }

    /// Turns the body of a compressed rows event into that of an ordinary one.
    pub(super) fn rows_event(&mut self, body: &[u8], kind: RowsEventKind, max_bytes: usize, out: &mut Vec<u8>) -> Result<(), DecodeError> {
        let mut fields = Cursor::new(body);
        fields.take(8, "the table's number and flags")?;
        if kind.has_extra {
            let extra = fields.uint(2, "the length of the extra data")? as usize;
            let length = extra.checked_sub(2).ok_or(DecodeError::Invalid { what: "the length of the extra data", offset: 8 })?;
            fields.take(length, "the extra data")?;
        }
        let columns = fields.packed("the number of columns")? as usize;
        let bitmaps = if kind.op == Op::Update { 2 } else { 1 };
        fields.take(columns.div_ceil(8).saturating_mul(bitmaps), "the columns of the images")?;
        out.clear();
        out.extend_from_slice(&body[..fields.offset()]);
        self.inflate(fields.rest(), max_bytes, out)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::ZlibEncoder};

    use super::*;

    fn deflated(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).expect("memory is written");
        encoder.finish().expect("memory is written")
    }

    fn part(bytes: &[u8]) -> Vec<u8> {
        let length = (bytes.len() as u32).to_be_bytes();
        [&[0x84], &length[..], &deflated(bytes)].concat()
    }

    #[test]
    fn parts_are_inflated_whatever_their_size() {
        for length in [0, 1, 255, 256, 70_000, 3_000_000] {
            let bytes: Vec<u8> = (0..length).map(|index| (index % 7) as u8).collect();
            let mut out = b"head".to_vec();
            inflate(&part(&bytes), 4_000_000, &mut out).expect("a sound part");
            assert!(out[..4] == *b"head" && out[4..] == bytes, "{length}");
        }
    }

    #[test]
    fn damaged_parts_are_refused() {
        let sound = part(b"some text that is compressed");
        for length in 0..sound.len() {
            assert!(inflate(&sound[..length], 1000, &mut Vec::new()).is_err(), "cut at {length}");
        }
        let mut longer = sound.clone();
        longer.push(0);
        assert!(inflate(&longer, 1000, &mut Vec::new()).is_err());
        for length in [27u32, 29, 0, u32::MAX] {
            let mut other = sound.clone();
            other[1..5].copy_from_slice(&length.to_be_bytes());
            assert!(inflate(&other, usize::MAX, &mut Vec::new()).is_err(), "length {length}");
        }
        let mut algorithm = sound.clone();
        algorithm[0] |= 0x10;
        assert!(inflate(&algorithm, 1000, &mut Vec::new()).is_err());
        assert!(inflate(&sound, 27, &mut Vec::new()).is_err());
    }

    #[test]
    fn the_head_of_a_rows_event_stays_as_it_is() {
        let head = [[9, 0, 0, 0, 0, 0, 1, 0].as_slice(), &[4, 0, 7, 7], &[9], &[0xFF, 1], &[0xFF, 1]].concat();
        let kind = RowsEventKind { op: Op::Update, has_extra: true, is_partial: false };
        let mut out = vec![1, 2, 3];
        let body = [head.as_slice(), &part(b"images")].concat();
        Inflater::default().rows_event(&body, kind, 100, &mut out).expect("a sound event");
        assert_eq!(out, [head.as_slice(), b"images"].concat());
        for length in 0..body.len() {
            let cut = Inflater::default().rows_event(&body[..length], kind, 100, &mut out);
            assert!(cut.is_err(), "{length}");
        }
    }
}
