//! Opens a capture's files as streams of bytes, decompressed where they are `.gz` or `.zst`.

use std::{
    fs::File,
    io::{self, BufReader, Read},
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use flate2::read::MultiGzDecoder;

/// A binlog's bytes.
pub(super) type Input = Box<dyn Read + Send>;

/// The first bytes of a binlog.
pub(super) const MAGIC: [u8; 4] = [0xFE, b'b', b'i', b'n'];
/// The first bytes of a binlog that MySQL encrypted.
pub(super) const ENCRYPTED_MAGIC: [u8; 4] = [0xFD, b'b', b'i', b'n'];

const GZIP: [u8; 2] = [0x1F, 0x8B];
const ZSTD: [u8; 4] = [0x28, 0xB5, 0x2F, 0xFD];

/// Opens a file; `read` counts the bytes taken from it, as they are on disk.
pub(super) fn open(path: &Path, read: &Arc<AtomicU64>) -> io::Result<Input> {
    decompressed(Counted { inner: File::open(path)?, read: Arc::clone(read) })
}

/// Opens standard input.
pub(super) fn open_stdin(read: &Arc<AtomicU64>) -> io::Result<Input> {
    decompressed(Counted { inner: io::stdin(), read: Arc::clone(read) })
}

/// The first four bytes of the content; fewer when it has fewer.
pub(super) fn head(mut input: impl Read) -> io::Result<([u8; 4], usize)> {
    let mut head = [0; 4];
    let mut count = 0;
    while count < head.len() {
        match input.read(&mut head[count..]) {
            Ok(0) => break,
            Ok(more) => count += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok((head, count))
}

/// Tells compression from the first bytes, so that names and standard input need not say it.
fn decompressed(mut raw: impl Read + Send + 'static) -> io::Result<Input> {
    let (head, count) = head(&mut raw)?;
    let whole = io::Cursor::new(head).take(count as u64).chain(raw);
    if head.starts_with(&GZIP) {
        return Ok(Box::new(MultiGzDecoder::new(BufReader::with_capacity(BUFFER_BYTES, whole))));
    }
    if head == ZSTD {
        return Ok(Box::new(zstd::Decoder::with_buffer(BufReader::with_capacity(BUFFER_BYTES, whole))?));
    }
    Ok(Box::new(whole))
}

/// What is read at once from a compressed file.
const BUFFER_BYTES: usize = 128 << 10;

/// Counts what passes.
struct Counted<R> {
    inner: R,
    read: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    fn content(raw: Vec<u8>) -> Vec<u8> {
        let mut bytes = Vec::new();
        decompressed(io::Cursor::new(raw)).and_then(|mut input| input.read_to_end(&mut bytes)).expect("a sound stream");
        bytes
    }

    #[test]
    fn compression_is_told_from_the_first_bytes() {
        let plain = [MAGIC.as_slice(), &[7; 1000]].concat();
        let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
        gzip.write_all(&plain).expect("memory is written");
        let gzip = gzip.finish().expect("memory is written");
        assert_eq!(content(gzip.clone()), plain);
        assert_eq!(content([gzip.clone(), gzip].concat()), plain.repeat(2));
        assert_eq!(content(zstd::encode_all(plain.as_slice(), 3).expect("memory is read")), plain);
        assert_eq!(content(plain.clone()), plain);
        for length in 0..4 {
            assert_eq!(content(plain[..length].to_vec()), plain[..length]);
        }
    }
}
