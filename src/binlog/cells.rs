//! One value of a row image: its length, and its form from wire bytes to an Arrow value.

use arrow::datatypes::i256;

use super::{CellFault, PhysicalType, resolved::length_bytes};
use crate::columnar::{Date, DecimalForm, Time};

/// How long a value is on the wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Extent {
    /// So many bytes.
    Fixed(u8),
    /// As many as its first bytes say.
    Counted {
        /// How many bytes count.
        length_bytes: u8,
    },
}

impl Extent {
    /// The extent of a physical type; none where it is not known.
    pub(super) fn new(physical: PhysicalType) -> Option<Self> {
        use PhysicalType as P;
        Some(match physical {
            P::Tiny | P::Year => Self::Fixed(1),
            P::Short => Self::Fixed(2),
            P::Int24 | P::Date | P::Time => Self::Fixed(3),
            P::Long | P::Float | P::Timestamp => Self::Fixed(4),
            P::LongLong | P::Double | P::DateTime => Self::Fixed(8),
            P::Decimal { precision, scale } => Self::Fixed(DecimalForm::new(precision, scale)?.bytes() as u8),
            P::Bit { width } => Self::Fixed(width.div_ceil(8)),
            P::Time2 { fsp } => Self::Fixed(3 + fsp.div_ceil(2)),
            P::DateTime2 { fsp } => Self::Fixed(5 + fsp.div_ceil(2)),
            P::Timestamp2 { fsp } => Self::Fixed(4 + fsp.div_ceil(2)),
            P::Enum { bytes } | P::Set { bytes } => Self::Fixed(bytes),
            P::Fixed { bytes } | P::Variable { bytes, .. } => Self::Counted { length_bytes: length_bytes(bytes) },
            P::Blob { length_bytes, .. } | P::Json { length_bytes } | P::Geometry { length_bytes } | P::Vector { length_bytes } => {
                Self::Counted { length_bytes }
            }
            P::Unknown { .. } => return None,
        })
    }

    /// Passes a value by.
    #[inline]
    pub(super) fn skip(self, rest: &mut &[u8]) -> Result<(), CellFault> {
        match self {
            Self::Fixed(bytes) => take(rest, usize::from(bytes)).map(|_| ()),
            Self::Counted { length_bytes } => counted(rest, length_bytes).map(|_| ()),
        }
    }
}

/// From which wire form to which Arrow value.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum CellForm {
    /// Nobody asked for the column.
    Skipped,
    Int8,
    UInt8,
    Int16,
    UInt16,
    Int24,
    UInt24,
    Int32,
    UInt32,
    Int64,
    UInt64,
    Float,
    Double,
    Decimal128(DecimalForm),
    Decimal256(DecimalForm),
    Bit {
        width: u8,
    },
    Year,
    Date,
    OldTime,
    OldDateTime,
    OldTimestamp,
    Time {
        fsp: u8,
    },
    DateTime {
        fsp: u8,
    },
    Timestamp {
        fsp: u8,
    },
    Enum {
        bytes: u8,
        labels: u16,
    },
    Set {
        bytes: u8,
        labels: u8,
    },
    Bytes(BytesForm),
}

/// A value that stays bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BytesForm {
    /// How many bytes count its length.
    pub(super) length_bytes: u8,
    /// The greatest length.
    pub(super) most: u32,
    /// The length it is filled up to with zero bytes.
    pub(super) padded: u32,
    /// MariaDB's COMPRESSED.
    pub(super) compressed: bool,
}

#[inline]
pub(super) fn take<'a>(rest: &mut &'a [u8], length: usize) -> Result<&'a [u8], CellFault> {
    let (taken, left) = rest.split_at_checked(length).ok_or(CellFault::Truncated)?;
    *rest = left;
    Ok(taken)
}

#[inline]
pub(super) fn array<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], CellFault> {
    let (taken, left) = rest.split_first_chunk::<N>().ok_or(CellFault::Truncated)?;
    *rest = left;
    Ok(*taken)
}

#[inline]
pub(super) fn counted<'a>(rest: &mut &'a [u8], length_bytes: u8) -> Result<&'a [u8], CellFault> {
    let length = match length_bytes {
        1 => usize::from(array::<1>(rest)?[0]),
        2 => usize::from(u16::from_le_bytes(array(rest)?)),
        bytes => little(take(rest, usize::from(bytes))?) as usize,
    };
    take(rest, length)
}

/// A length-encoded integer.
pub(super) fn packed(rest: &mut &[u8]) -> Result<u64, CellFault> {
    match array(rest)? {
        [small @ 0..=250] => Ok(u64::from(small)),
        [252] => Ok(little(take(rest, 2)?)),
        [253] => Ok(little(take(rest, 3)?)),
        [254] => Ok(little(take(rest, 8)?)),
        [_] => Err(CellFault::Invalid),
    }
}

#[inline]
pub(super) fn uint24(rest: &mut &[u8]) -> Result<u32, CellFault> {
    let [a, b, c] = array(rest)?;
    Ok(u32::from_le_bytes([a, b, c, 0]))
}

#[inline]
pub(super) fn int24(rest: &mut &[u8]) -> Result<i32, CellFault> {
    let [a, b, c] = array(rest)?;
    Ok(i32::from_le_bytes([0, a, b, c]) >> 8)
}

/// A little-endian integer of up to 8 bytes.
#[inline]
fn little(bytes: &[u8]) -> u64 {
    bytes.iter().rev().fold(0, |value, &byte| value << 8 | u64::from(byte))
}

/// A big-endian integer of up to 8 bytes.
#[inline]
fn big(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0, |value, &byte| value << 8 | u64::from(byte))
}

#[inline]
pub(super) fn decimal_128(form: DecimalForm, rest: &mut &[u8]) -> Result<i128, CellFault> {
    form.read_128(take(rest, form.bytes())?).ok_or(CellFault::Invalid)
}

pub(super) fn decimal_256(form: DecimalForm, rest: &mut &[u8]) -> Result<i256, CellFault> {
    form.read_256(take(rest, form.bytes())?).ok_or(CellFault::Invalid)
}

pub(super) fn bit_value(width: u8, rest: &mut &[u8]) -> Result<u64, CellFault> {
    let value = big(take(rest, usize::from(width.div_ceil(8)))?);
    if width < 64 && value >> width != 0 { Err(CellFault::Invalid) } else { Ok(value) }
}

/// YEAR counts from 1900; its 0 is the zero year.
#[inline]
pub(super) fn year(rest: &mut &[u8]) -> Result<u16, CellFault> {
    let [year] = array(rest)?;
    Ok(if year == 0 { 0 } else { 1900 + u16::from(year) })
}

/// DATE lies on the wire as its packed form in three bytes.
#[inline]
pub(super) fn date(rest: &mut &[u8]) -> Result<u32, CellFault> {
    let packed = uint24(rest)?;
    if Date::unpack(packed).is_valid() { Ok(packed) } else { Err(CellFault::Invalid) }
}

pub(super) fn old_time(rest: &mut &[u8]) -> Result<i64, CellFault> {
    let digits = int24(rest)?;
    let positive = digits.unsigned_abs();
    let (hours, minutes, seconds) = (positive / 10_000, (positive / 100 % 100) as u8, (positive % 100) as u8);
    let time = Time { negative: digits < 0, hours, minutes, seconds, microseconds: 0 };
    if time.is_valid() { Ok(time.micros()) } else { Err(CellFault::Invalid) }
}

pub(super) fn old_date_time(rest: &mut &[u8]) -> Result<u64, CellFault> {
    let digits = u64::from_le_bytes(array(rest)?);
    let part = |divisor: u64| (digits / divisor % 100) as u8;
    let year = u16::try_from(digits / 10_000_000_000).map_err(|_| CellFault::Invalid)?;
    let date = Date { year, month: part(100_000_000), day: part(1_000_000) };
    let time = crate::columnar::DateTime { date, hour: part(10_000), minute: part(100), second: part(1), microsecond: 0 };
    if time.is_valid() { Ok(time.pack()) } else { Err(CellFault::Invalid) }
}

pub(super) fn old_timestamp(rest: &mut &[u8]) -> Result<i64, CellFault> {
    Ok(i64::from(u32::from_le_bytes(array(rest)?)) * 1_000_000)
}

/// How many microseconds one unit of a fraction of so many bytes is.
const FRACTION_UNIT: [u32; 4] = [0, 10_000, 100, 1];

/// Reads a fraction of a second behind its whole part.
#[inline]
fn fraction(fsp: u8, bytes: &[u8]) -> Result<u32, CellFault> {
    let us = big(bytes) as u32 * FRACTION_UNIT[usize::from(fsp.div_ceil(2).min(3))];
    if us <= 999_999 { Ok(us) } else { Err(CellFault::Invalid) }
}

/// TIME: sign and magnitude in one big-endian number around its middle; the fraction is part of it.
#[inline]
pub(super) fn time(fsp: u8, rest: &mut &[u8]) -> Result<i64, CellFault> {
    let fraction_bytes = usize::from(fsp.div_ceil(2));
    let number = big(take(rest, 3 + fraction_bytes)?) as i64 - (0x80_0000 << (8 * fraction_bytes));
    let positive = number.unsigned_abs();
    let whole = positive >> (8 * fraction_bytes);
    let unit = FRACTION_UNIT[fraction_bytes.min(3)];
    let time = Time {
        negative: number < 0,
        hours: (whole >> 12) as u32,
        minutes: (whole >> 6 & 0x3F) as u8,
        seconds: (whole & 0x3F) as u8,
        microseconds: (positive & !(u64::MAX << (8 * fraction_bytes))) as u32 * unit,
    };
    if time.is_valid() { Ok(time.micros()) } else { Err(CellFault::Invalid) }
}

/// DATETIME: the packed form without its fraction, in five bytes with the sign bit set, then the fraction.
#[inline]
pub(super) fn date_time(fsp: u8, rest: &mut &[u8]) -> Result<u64, CellFault> {
    let whole = big(&array::<5>(rest)?) ^ 0x80_0000_0000;
    let us = fraction(fsp, take(rest, usize::from(fsp.div_ceil(2)))?)?;
    let months = whole >> 22;
    let is_valid = months < 10_000 * 13 && whole >> 12 & 0x1F <= 23 && whole >> 6 & 0x3F <= 59 && whole & 0x3F <= 59;
    if is_valid { Ok(whole << 24 | u64::from(us)) } else { Err(CellFault::Invalid) }
}

#[inline]
pub(super) fn timestamp(fsp: u8, rest: &mut &[u8]) -> Result<i64, CellFault> {
    let seconds = u32::from_be_bytes(array(rest)?);
    let us = fraction(fsp, take(rest, usize::from(fsp.div_ceil(2)))?)?;
    Ok(i64::from(seconds) * 1_000_000 + i64::from(us))
}

#[inline]
pub(super) fn enum_value(bytes: u8, labels: u16, rest: &mut &[u8]) -> Result<u16, CellFault> {
    let value = little(take(rest, usize::from(bytes))?) as u16;
    if value <= labels { Ok(value) } else { Err(CellFault::Invalid) }
}

#[inline]
pub(super) fn set_value(bytes: u8, labels: u8, rest: &mut &[u8]) -> Result<u64, CellFault> {
    let value = little(take(rest, usize::from(bytes))?);
    if labels < 64 && value >> labels != 0 { Err(CellFault::Invalid) } else { Ok(value) }
}
