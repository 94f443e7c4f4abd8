//! MySQL's transaction payload: a whole transaction, compressed. Inflated as it is read, never held whole.

use std::io::{self, Read};

use zstd::stream::raw::{Decoder, InBuffer, Operation, OutBuffer};

use super::{DecodeError, cursor::Cursor};

/// The inflated bytes of one payload after the other.
pub(super) struct Payload {
    /// The payload as it is in the file.
    packed: Vec<u8>,
    /// How much of it is consumed.
    at: usize,
    packing: Packing,
    decoder: Decoder<'static>,
    /// How many inflated bytes are still to come, as the event says.
    left: u64,
}

/// How a payload is compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Packing {
    Zstd,
    None,
}

impl Payload {
    /// No payload; reads as empty.
    pub(super) fn new() -> io::Result<Self> {
        Ok(Self { packed: Vec::new(), at: 0, packing: Packing::None, decoder: Decoder::new()?, left: 0 })
    }

    /// Takes the payload of an event: fields of (kind, length, value) up to kind 0, then the bytes.
    pub(super) fn load(&mut self, body: &[u8]) -> Result<(), DecodeError> {
        let invalid = |what, offset| DecodeError::Invalid { what, offset };
        let mut fields = Cursor::new(body);
        let (mut size, mut packing, mut inflated) = (None, None, None);
        loop {
            let kind = fields.packed("the kind of a payload's field")?;
            if kind == 0 {
                break;
            }
            let offset = fields.offset();
            let mut value = Cursor::new(fields.counted("a payload's field")?);
            match kind {
                1 => size = Some(value.packed("the size of the payload")?),
                2 => packing = Some(value.packed("the compression of the payload")?),
                3 => inflated = Some(value.packed("the inflated size of the payload")?),
                // Later versions may say more; what must be known is above.
                4.. => {}
                0 => return Err(invalid("the kind of a payload's field", offset)),
            }
        }
        let (offset, packed) = (fields.offset(), fields.rest());
        if size.is_some_and(|size| size != packed.len() as u64) {
            return Err(invalid("the size of the payload", offset));
        }
        self.packing = match packing {
            Some(0) => Packing::Zstd,
            Some(255) => Packing::None,
            _ => return Err(invalid("the compression of the payload", offset)),
        };
        self.left = match (inflated, self.packing) {
            (Some(inflated), _) => inflated,
            (None, Packing::None) => packed.len() as u64,
            (None, Packing::Zstd) => return Err(invalid("the inflated size of the payload", offset)),
        };
        self.packed.clear();
        self.packed.extend_from_slice(packed);
        self.at = 0;
        self.decoder.reinit().map_err(|_| invalid("the payload", offset))
    }

    /// Whether all was read that the event promised, and nothing follows it.
    pub(super) fn is_finished(&self) -> bool {
        self.left == 0 && self.at == self.packed.len()
    }

    /// Inflates a piece; 0 bytes mean that no more can be made.
    fn inflate(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut output = OutBuffer::around(buffer);
        while output.pos() == 0 {
            let mut input = InBuffer::around(&self.packed[self.at..]);
            let hint = self.decoder.run(&mut input, &mut output)?;
            let read = input.pos();
            self.at += read;
            if output.pos() == 0 && read == 0 {
                break;
            }
            if hint == 0 && self.at < self.packed.len() {
                // One frame ended and another follows.
                self.decoder.reinit()?;
            }
        }
        Ok(output.pos())
    }
}

impl Read for Payload {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = match self.packing {
            Packing::None => {
                let count = buffer.len().min(self.packed.len() - self.at);
                buffer[..count].copy_from_slice(&self.packed[self.at..self.at + count]);
                self.at += count;
                count
            }
            Packing::Zstd => self.inflate(buffer)?,
        };
        self.left =
            self.left.checked_sub(count as u64).ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "more bytes than it promised"))?;
        Ok(count)
    }
}

impl std::fmt::Debug for Payload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Payload").field("at", &self.at).field("packing", &self.packing).field("left", &self.left).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(kind: u8, value: u64) -> Vec<u8> {
        [&[kind, 9, 254], &value.to_le_bytes()[..]].concat()
    }

    fn event(size: u64, packing: u64, inflated: u64, packed: &[u8]) -> Vec<u8> {
        [&field(2, packing)[..], &field(3, inflated)[..], &field(1, size), &[9, 2, 1, 1], &[0], packed].concat()
    }

    fn read(body: &[u8]) -> Option<Vec<u8>> {
        let mut payload = Payload::new().expect("memory for a decoder");
        payload.load(body).ok()?;
        let mut bytes = Vec::new();
        payload.read_to_end(&mut bytes).ok()?;
        payload.is_finished().then_some(bytes)
    }

    #[test]
    fn payloads_are_inflated_piece_by_piece() {
        let content: Vec<u8> = (0..3_000_000u32).flat_map(|number| (number / 7).to_le_bytes()).collect();
        let packed = zstd::encode_all(content.as_slice(), 3).expect("memory is read");
        assert_eq!(read(&event(packed.len() as u64, 0, content.len() as u64, &packed)).as_deref(), Some(content.as_slice()));
        assert_eq!(read(&event(5, 255, 5, b"plain")).as_deref(), Some(b"plain".as_slice()));
    }

    #[test]
    fn several_frames_make_one_payload() {
        let frames: Vec<u8> =
            [b"one ".as_slice(), b"", b"two"].iter().flat_map(|part| zstd::encode_all(*part, 3).expect("memory is read")).collect();
        assert_eq!(read(&event(frames.len() as u64, 0, 7, &frames)).as_deref(), Some(b"one two".as_slice()));
    }

    #[test]
    fn damaged_payloads_are_refused() {
        let content = b"some transaction, some transaction, some transaction";
        let packed = zstd::encode_all(content.as_slice(), 3).expect("memory is read");
        let (size, inflated) = (packed.len() as u64, content.len() as u64);
        assert!(read(&event(size, 0, inflated, &packed)).is_some());
        for wrong in [
            event(size + 1, 0, inflated, &packed),
            event(size, 1, inflated, &packed),
            event(size, 0, inflated + 1, &packed),
            event(size, 0, inflated - 1, &packed),
        ] {
            assert_eq!(read(&wrong), None);
        }
        let sound = event(size, 0, inflated, &packed);
        for length in 0..sound.len() {
            assert_eq!(read(&sound[..length]), None, "cut at {length}");
        }
        let cut = &packed[..packed.len() - 1];
        assert_eq!(read(&event(cut.len() as u64, 0, inflated, cut)), None);
    }
}
