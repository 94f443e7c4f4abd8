//! Reading bytes of an event's body from the front, with the place kept for errors.

use super::DecodeError;

/// The unread rest of a body and how far into it we are.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'a> {
    body: &'a [u8],
    at: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(body: &'a [u8]) -> Self {
        Self { body, at: 0 }
    }

    /// Bytes read so far.
    pub(super) fn offset(&self) -> usize {
        self.at
    }

    pub(super) fn rest(&self) -> &'a [u8] {
        &self.body[self.at..]
    }

    pub(super) fn is_empty(&self) -> bool {
        self.at == self.body.len()
    }

    pub(super) fn take(&mut self, length: usize, what: &'static str) -> Result<&'a [u8], DecodeError> {
        let taken = self.rest().get(..length).ok_or(DecodeError::Truncated { what, offset: self.at })?;
        self.at += length;
        Ok(taken)
    }

    pub(super) fn u8(&mut self, what: &'static str) -> Result<u8, DecodeError> {
        Ok(self.take(1, what)?[0])
    }

    /// A little-endian integer of 1 to 8 bytes.
    pub(super) fn uint(&mut self, length: usize, what: &'static str) -> Result<u64, DecodeError> {
        Ok(self.take(length, what)?.iter().rev().fold(0, |value, &byte| value << 8 | u64::from(byte)))
    }

    /// A length-encoded integer.
    pub(super) fn packed(&mut self, what: &'static str) -> Result<u64, DecodeError> {
        match self.u8(what)? {
            small @ 0..=250 => Ok(u64::from(small)),
            252 => self.uint(2, what),
            253 => self.uint(3, what),
            254 => self.uint(8, what),
            _ => Err(DecodeError::Invalid { what, offset: self.at - 1 }),
        }
    }

    /// A length-encoded integer that counts bytes or things of at least one byte in the rest of the body.
    pub(super) fn count(&mut self, what: &'static str) -> Result<usize, DecodeError> {
        let offset = self.at;
        let count = self.packed(what)?;
        match usize::try_from(count) {
            Ok(count) if count <= self.rest().len() => Ok(count),
            _ => Err(DecodeError::Truncated { what, offset }),
        }
    }

    /// The next bytes as a cursor of their own, which keeps their place in the body.
    pub(super) fn part(&mut self, length: usize, what: &'static str) -> Result<Self, DecodeError> {
        let at = self.at;
        self.take(length, what)?;
        Ok(Self { body: &self.body[..self.at], at })
    }

    /// Bytes behind their length-encoded length.
    pub(super) fn counted(&mut self, what: &'static str) -> Result<&'a [u8], DecodeError> {
        let length = self.count(what)?;
        self.take(length, what)
    }

    /// A bitmap of `bits` bits.
    pub(super) fn bitmap(&mut self, bits: usize, what: &'static str) -> Result<&'a [u8], DecodeError> {
        self.take(bits.div_ceil(8), what)
    }
}

/// Whether bit `index` of a little-endian bitmap is set; bits beyond its end are not.
pub(super) fn bit(bitmap: &[u8], index: usize) -> bool {
    bitmap.get(index / 8).is_some_and(|byte| byte >> (index % 8) & 1 == 1)
}
