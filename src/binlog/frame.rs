//! Cuts a stream of bytes into events and checks their CRC32. Knows headers, not bodies.

use std::io::{self, Read};

use super::event::{EventHeader, HEADER_BYTES};

/// What follows an event's body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trailer {
    /// Nothing.
    None,
    /// Its CRC32, which is checked.
    Crc32,
    /// Its CRC32, which is not looked at.
    Unchecked,
}

/// The length of a CRC32.
pub(super) const CHECKSUM_BYTES: usize = 4;

/// Why a frame cannot be read.
#[derive(Debug)]
pub(super) enum FrameFault {
    /// The stream cannot be read.
    Io(io::Error),
    /// It ends inside the event.
    Truncated { expected: u64, found: u64 },
    /// The bytes are no event.
    NoEvent(&'static str),
    /// The event exceeds the limit.
    TooLarge { size: u64, limit: u64 },
    /// The CRC32 is not that of the bytes.
    Checksum,
}

/// One event, as a view of the reader's buffer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame<'a> {
    /// Its header.
    pub(super) header: EventHeader,
    /// Where it begins, in bytes from the start of the stream.
    pub(super) offset: u64,
    /// Header, body and trailer.
    pub(super) bytes: &'a [u8],
}

impl<'a> Frame<'a> {
    /// The body, once the trailer is checked and cut off.
    pub(super) fn body(&self, trailer: Trailer) -> Result<&'a [u8], FrameFault> {
        if trailer == Trailer::None {
            return Ok(&self.bytes[HEADER_BYTES..]);
        }
        let too_short = FrameFault::NoEvent("its size leaves no room for a checksum");
        let (content, checksum) = self.bytes.split_last_chunk::<CHECKSUM_BYTES>().ok_or(too_short)?;
        if content.len() < HEADER_BYTES {
            return Err(FrameFault::NoEvent("its size leaves no room for a checksum"));
        }
        if trailer == Trailer::Crc32 && crc32fast::hash(content) != u32::from_le_bytes(*checksum) {
            return Err(FrameFault::Checksum);
        }
        Ok(&content[HEADER_BYTES..])
    }

    /// Where it ends.
    pub(super) fn end(&self) -> u64 {
        self.offset + self.bytes.len() as u64
    }
}

/// Reads events from a stream through one buffer that is as large as the largest event at hand needs.
#[derive(Debug)]
pub(super) struct FrameReader<R> {
    source: R,
    buffer: Vec<u8>,
    /// The unread bytes are `buffer[start..end]`.
    start: usize,
    end: usize,
    /// Where `start` lies in the stream.
    offset: u64,
    max_event_bytes: usize,
}

/// What is read at once; larger than nearly all events, small enough to stay in a processor's cache.
const CHUNK_BYTES: usize = 256 << 10;
/// A buffer that a large event left behind is given back when it exceeds this.
const KEPT_BYTES: usize = 4 << 20;

impl<R: Read> FrameReader<R> {
    /// Reads from where `source` stands, which is `offset` in the stream.
    pub(super) fn new(source: R, offset: u64, max_event_bytes: usize) -> Self {
        Self { source, buffer: vec![0; CHUNK_BYTES], start: 0, end: 0, offset, max_event_bytes }
    }

    /// The source starts anew: nothing of what it gave before is read.
    pub(super) fn restart(&mut self) {
        (self.start, self.end, self.offset) = (0, 0, 0);
    }

    /// Where the next event begins.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// What is read from.
    pub(super) fn source(&self) -> &R {
        &self.source
    }

    /// The same, to be changed.
    pub(super) fn source_mut(&mut self) -> &mut R {
        &mut self.source
    }

    /// The next event; none at the end of the stream. After an error the reader stays where the faulty event begins.
    pub(super) fn next(&mut self) -> Result<Option<Frame<'_>>, FrameFault> {
        match self.fill(HEADER_BYTES).map_err(FrameFault::Io)? {
            0 => return Ok(None),
            found if found < HEADER_BYTES => {
                return Err(FrameFault::Truncated { expected: HEADER_BYTES as u64, found: found as u64 });
            }
            _ => {}
        }
        let head = self.buffer[self.start..].first_chunk().expect("fill made room for a header");
        let header = EventHeader::parse(head);
        let size = header.size as usize;
        if size < HEADER_BYTES {
            return Err(FrameFault::NoEvent("its size is less than that of a header"));
        }
        if size > self.max_event_bytes {
            return Err(FrameFault::TooLarge { size: size as u64, limit: self.max_event_bytes as u64 });
        }
        let found = self.fill(size).map_err(FrameFault::Io)?;
        if found < size {
            return Err(FrameFault::Truncated { expected: size as u64, found: found as u64 });
        }
        let frame = Frame { header, offset: self.offset, bytes: &self.buffer[self.start..self.start + size] };
        self.start += size;
        self.offset += size as u64;
        Ok(Some(frame))
    }

    /// Reads until `wanted` unread bytes are there or the stream ends; says how many there are, at most `wanted`.
    fn fill(&mut self, wanted: usize) -> io::Result<usize> {
        while self.end - self.start < wanted {
            if self.start + wanted > self.buffer.len() {
                self.make_room(wanted);
            }
            match self.source.read(&mut self.buffer[self.end..]) {
                Ok(0) => break,
                Ok(count) => self.end += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(wanted.min(self.end - self.start))
    }

    /// Moves the unread bytes to the front; grows only as the bytes come, since a damaged size promises more than there is.
    fn make_room(&mut self, wanted: usize) {
        self.buffer.copy_within(self.start..self.end, 0);
        (self.start, self.end) = (0, self.end - self.start);
        if self.end == self.buffer.len() {
            self.buffer.resize(wanted.min(self.buffer.len() * 2), 0);
        } else if self.buffer.len() > KEPT_BYTES && wanted <= CHUNK_BYTES && self.end <= CHUNK_BYTES {
            self.buffer.truncate(CHUNK_BYTES);
            self.buffer.shrink_to_fit();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An event of one body byte and a right checksum.
    fn event(body: &[u8]) -> Vec<u8> {
        let size = (HEADER_BYTES + body.len() + CHECKSUM_BYTES) as u32;
        let mut bytes = vec![0; HEADER_BYTES];
        bytes[4] = 29;
        bytes[9..13].copy_from_slice(&size.to_le_bytes());
        bytes.extend_from_slice(body);
        let checksum = crc32fast::hash(&bytes);
        bytes.extend_from_slice(&checksum.to_le_bytes());
        bytes
    }

    /// Gives one byte at a time, as a slow pipe may.
    struct Drip<'a>(&'a [u8]);

    impl Read for Drip<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = buffer.len().min(self.0.len()).min(1);
            buffer[..count].copy_from_slice(&self.0[..count]);
            self.0 = &self.0[count..];
            Ok(count)
        }
    }

    #[test]
    fn events_are_cut_and_checked_at_any_pace() {
        let bytes = [event(b"ab"), event(b""), event(&[7; 1000])].concat();
        let mut reader = FrameReader::new(Drip(&bytes), 4, 2000);
        let mut seen = Vec::new();
        while let Some(frame) = reader.next().expect("a sound stream") {
            seen.push((frame.offset, frame.body(Trailer::Crc32).expect("a right checksum").len()));
        }
        assert_eq!(seen, [(4, 2), (29, 0), (52, 1000)]);
    }

    #[test]
    fn an_event_larger_than_the_buffer_is_read_and_its_room_given_back() {
        let big = event(&vec![1; KEPT_BYTES + CHUNK_BYTES]);
        let bytes = [big.clone(), vec![event(&[2; 1000]); 2 * CHUNK_BYTES / 1000].concat()].concat();
        let mut reader = FrameReader::new(bytes.as_slice(), 0, 1 << 30);
        assert_eq!(reader.next().expect("sound").expect("an event").bytes.len(), big.len());
        while let Some(frame) = reader.next().expect("sound") {
            frame.body(Trailer::Crc32).expect("a right checksum");
        }
        assert_eq!(reader.buffer.len(), CHUNK_BYTES);
        assert_eq!(reader.offset(), bytes.len() as u64);
    }

    #[test]
    fn every_truncation_is_told_with_what_is_missing() {
        let bytes = event(b"abc");
        for length in 1..bytes.len() {
            let mut reader = FrameReader::new(&bytes[..length], 0, 2000);
            let expected = if length < HEADER_BYTES { HEADER_BYTES } else { bytes.len() } as u64;
            let fault = reader.next().expect_err("a truncated event");
            assert!(matches!(fault, FrameFault::Truncated { expected: e, found } if e == expected && found == length as u64), "{fault:?}");
        }
    }

    #[test]
    fn every_flipped_bit_is_noticed() {
        let sound = event(b"abc");
        for bit in 0..sound.len() * 8 {
            let mut bytes = sound.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            let mut reader = FrameReader::new(bytes.as_slice(), 0, 2000);
            let frame = reader.next();
            assert!(!matches!(frame.map(|frame| frame.map(|frame| frame.body(Trailer::Crc32).is_ok())), Ok(Some(true))), "bit {bit}");
        }
    }

    #[test]
    fn a_damaged_size_takes_no_memory() {
        let mut bytes = event(b"abc");
        bytes[9..13].copy_from_slice(&(1u32 << 30).to_le_bytes());
        let mut reader = FrameReader::new(bytes.as_slice(), 0, 2 << 30);
        assert!(matches!(reader.next(), Err(FrameFault::Truncated { .. })));
        assert_eq!(reader.buffer.len(), CHUNK_BYTES);
        let mut reader = FrameReader::new(bytes.as_slice(), 0, 1000);
        assert!(matches!(reader.next(), Err(FrameFault::TooLarge { limit: 1000, .. })));
        bytes[9..13].copy_from_slice(&18u32.to_le_bytes());
        let mut reader = FrameReader::new(bytes.as_slice(), 0, 1000);
        assert!(matches!(reader.next(), Err(FrameFault::NoEvent(_))));
    }
}
