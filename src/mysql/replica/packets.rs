//! Packets as the protocol frames them, given out in pieces as they come: a packet of any length passes through one small buffer.

use std::{
    io::{self, Read, Write},
    time::{Duration, Instant},
};

/// A packet up to this length comes in one piece.
pub(super) const PIECE_BYTES: usize = 512 << 10;

/// What is read at once.
const BUFFER_BYTES: usize = 1 << 20;

/// A packet of this length goes on in the next one.
const LONGEST: usize = 0xFF_FFFF;

const HEADER_BYTES: usize = 4;

/// A part of a packet: one that is continued over several frames counts as one.
#[derive(Debug)]
pub(super) struct Piece<'a> {
    pub(super) bytes: &'a [u8],
    /// Whether the packet begins with it.
    pub(super) begins: bool,
    /// Whether the packet ends with it.
    pub(super) ends: bool,
}

#[derive(Debug)]
pub(super) struct Packets<S> {
    socket: S,
    buffer: Vec<u8>,
    /// What was received and not given out is `buffer[start..end]`.
    start: usize,
    end: usize,
    /// The frame at hand: how much of it is to be given out, once its header was read.
    frame: Option<usize>,
    /// Whether the packet goes on after the frame at hand.
    continues: bool,
    /// Whether a piece of the packet was given out.
    is_inside: bool,
    sequence: u8,
}

impl<S: Read + Write> Packets<S> {
    pub(super) fn new(socket: S) -> Self {
        Self { socket, buffer: vec![0; BUFFER_BYTES], start: 0, end: 0, frame: None, continues: false, is_inside: false, sequence: 0 }
    }

    pub(super) fn socket(&self) -> &S {
        &self.socket
    }

    /// Goes on over another socket, which is made of this one; nothing more may have come on it.
    pub(super) fn over<T>(self, change: impl FnOnce(S) -> io::Result<T>) -> io::Result<Packets<T>> {
        let Self { socket, buffer, start, end, frame, continues, is_inside, sequence } = self;
        if start != end {
            // Somebody between put words into an open conversation that are to be taken for encrypted ones.
            return Err(io::Error::new(io::ErrorKind::InvalidData, "the server spoke before the connection was encrypted"));
        }
        Ok(Packets { socket: change(socket)?, buffer, start, end, frame, continues, is_inside, sequence })
    }

    /// The next piece; none when nothing more came for a tick. What came stays, so the next call goes on.
    pub(super) fn hear(&mut self) -> io::Result<Option<Piece<'_>>> {
        let left = match self.frame {
            Some(left) => left,
            None => {
                if !self.fill(HEADER_BYTES)? {
                    return Ok(None);
                }
                let [a, b, c, sequence] = *self.buffer[self.start..].first_chunk().expect("so many bytes were filled");
                let length = u32::from_le_bytes([a, b, c, 0]) as usize;
                self.start += HEADER_BYTES;
                self.sequence = sequence.wrapping_add(1);
                self.continues = length == LONGEST;
                *self.frame.insert(length)
            }
        };
        if !self.fill(left.min(PIECE_BYTES))? {
            return Ok(None);
        }
        let length = left.min(self.end - self.start);
        self.frame = (length < left).then_some(left - length);
        let begins = !self.is_inside;
        let ends = self.frame.is_none() && !self.continues;
        self.is_inside = !ends;
        let bytes = &self.buffer[self.start..self.start + length];
        self.start += length;
        Ok(Some(Piece { bytes, begins, ends }))
    }

    /// A whole packet of a conversation, which is short.
    pub(super) fn read(&mut self, limit: Duration) -> io::Result<Vec<u8>> {
        let (until, mut packet) = (Instant::now() + limit, Vec::new());
        loop {
            let Some(Piece { bytes, ends, .. }) = self.hear()? else {
                if Instant::now() < until {
                    continue;
                }
                return Err(io::Error::new(io::ErrorKind::TimedOut, format!("no answer for {} s", limit.as_secs())));
            };
            packet.extend_from_slice(bytes);
            if ends {
                return Ok(packet);
            }
            if packet.len() > BUFFER_BYTES {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "the answer is longer than any that was asked for"));
            }
        }
    }

    /// Answers in the conversation at hand.
    pub(super) fn write(&mut self, payload: &[u8]) -> io::Result<()> {
        if payload.len() >= LONGEST {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "the packet is too long"));
        }
        let mut packet = Vec::with_capacity(HEADER_BYTES + payload.len());
        packet.extend_from_slice(&(payload.len() as u32).to_le_bytes()[..3]);
        packet.push(self.sequence);
        packet.extend_from_slice(payload);
        self.sequence = self.sequence.wrapping_add(1);
        self.socket.write_all(&packet)?;
        self.socket.flush()
    }

    /// Begins a conversation.
    pub(super) fn command(&mut self, payload: &[u8]) -> io::Result<()> {
        self.sequence = 0;
        self.write(payload)
    }

    /// Receives until so many bytes are there; no when nothing came for a tick.
    fn fill(&mut self, wanted: usize) -> io::Result<bool> {
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
        }
        while self.end - self.start < wanted {
            if self.start + wanted > self.buffer.len() {
                self.buffer.copy_within(self.start..self.end, 0);
                (self.start, self.end) = (0, self.end - self.start);
            }
            match self.socket.read(&mut self.buffer[self.end..]) {
                Ok(0) => return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the server closed the connection")),
                Ok(count) => self.end += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) if matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) => return Ok(false),
                Err(error) => return Err(error),
            }
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives what a server sends a few bytes at a time, with a tick between.
    struct Slow {
        bytes: Vec<u8>,
        at: usize,
        step: usize,
        is_tick: bool,
    }

    impl Read for Slow {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.is_tick = !self.is_tick;
            if self.is_tick {
                return Err(io::ErrorKind::WouldBlock.into());
            }
            let count = self.step.min(buffer.len()).min(self.bytes.len() - self.at);
            buffer[..count].copy_from_slice(&self.bytes[self.at..self.at + count]);
            self.at += count;
            Ok(count)
        }
    }

    impl Write for Slow {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn frames(packet: &[u8]) -> Vec<u8> {
        let mut frames = Vec::new();
        let mut rest = packet;
        loop {
            let (frame, after) = rest.split_at(rest.len().min(LONGEST));
            frames.extend_from_slice(&(frame.len() as u32).to_le_bytes()[..3]);
            frames.push(0);
            frames.extend_from_slice(frame);
            rest = after;
            if frame.len() < LONGEST {
                return frames;
            }
        }
    }

    #[test]
    fn packets_of_any_length_arrive_at_any_pace() {
        let contents: [Vec<u8>; 4] = [vec![], vec![7; 100], (0..LONGEST + 9).map(|at| at as u8).collect(), vec![3; LONGEST]];
        for step in [61_000, 5_000_000] {
            let bytes = contents.iter().flat_map(|content| frames(content)).collect();
            let mut packets = Packets::new(Slow { bytes, at: 0, step, is_tick: false });
            for content in &contents {
                let mut packet = Vec::new();
                loop {
                    let Some(piece) = packets.hear().expect("the stream is sound") else { continue };
                    assert_eq!(piece.begins, packet.is_empty());
                    packet.extend_from_slice(piece.bytes);
                    if piece.ends {
                        break;
                    }
                }
                assert!(packet == *content, "{} bytes for {}", packet.len(), content.len());
            }
            assert!(packets.buffer.len() == BUFFER_BYTES);
        }
    }

    #[test]
    fn a_packet_that_fits_comes_in_one_piece() {
        let mut packets = Packets::new(Slow { bytes: frames(&vec![1; PIECE_BYTES]), at: 0, step: 1000, is_tick: false });
        let length = loop {
            if let Some(piece) = packets.hear().expect("the stream is sound") {
                assert!(piece.begins && piece.ends);
                break piece.bytes.len();
            }
        };
        assert_eq!(length, PIECE_BYTES);
    }
}
