//! DECIMAL: MySQL's binary form (groups of nine digits) to integers of 128 and 256 bits, and both to text.

use std::fmt;

use arrow::datatypes::i256;

const GROUP_DIGITS: u8 = 9;
/// How many bytes hold 0 to 9 digits.
const GROUP_BYTES: [u8; 10] = [0, 1, 1, 2, 2, 3, 3, 4, 4, 4];
const POWERS: [u64; 10] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000, 100_000_000, 1_000_000_000];
/// As many whole groups as 128 bits hold.
const HALF_DIGITS: u8 = 36;

/// How DECIMAL(precision, scale) lies in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DecimalForm {
    /// The digits of each group, from the front.
    groups: [u8; 10],
    group_count: u8,
    bytes: u8,
}

impl DecimalForm {
    /// The form of a type; none when precision is not 1 to 65 or scale exceeds precision.
    pub fn new(precision: u8, scale: u8) -> Option<Self> {
        if !(1..=65).contains(&precision) || scale > precision {
            return None;
        }
        let whole = precision - scale;
        let mut form = Self { groups: [0; 10], group_count: 0, bytes: 0 };
        form.push(whole % GROUP_DIGITS);
        (0..whole / GROUP_DIGITS).for_each(|_| form.push(GROUP_DIGITS));
        (0..scale / GROUP_DIGITS).for_each(|_| form.push(GROUP_DIGITS));
        form.push(scale % GROUP_DIGITS);
        Some(form)
    }

    fn push(&mut self, digits: u8) {
        if digits > 0 {
            self.groups[usize::from(self.group_count)] = digits;
            self.group_count += 1;
            self.bytes += GROUP_BYTES[usize::from(digits)];
        }
    }

    /// How many bytes a value has.
    #[inline]
    pub fn bytes(self) -> usize {
        usize::from(self.bytes)
    }

    /// The unscaled value of a DECIMAL of at most 38 digits; none when a group is no decimal number.
    #[inline]
    pub fn read_128(self, bytes: &[u8]) -> Option<i128> {
        let (mask, mut value, mut digits) = (sign_mask(bytes)?, 0_u64, 0);
        let mut groups = Groups { form: self, bytes, mask, at: 0, group: 0 };
        let mut wide = None;
        while let Some((group, count)) = groups.next()? {
            digits += count;
            let power = POWERS[usize::from(count)];
            match &mut wide {
                None if digits <= 18 => value = value * power + group,
                None => wide = Some(i128::from(value) * i128::from(power) + i128::from(group)),
                Some(wide) => *wide = wide.checked_mul(i128::from(power))?.checked_add(i128::from(group))?,
            }
        }
        let value = wide.unwrap_or(i128::from(value));
        Some(if mask == 0 { value } else { -value })
    }

    /// The unscaled value of a DECIMAL of any precision; none when a group is no decimal number.
    pub fn read_256(self, bytes: &[u8]) -> Option<i256> {
        let mask = sign_mask(bytes)?;
        let mut groups = Groups { form: self, bytes, mask, at: 0, group: 0 };
        let (mut high, mut low, mut low_power, mut digits) = (0_i128, 0_i128, 1_i128, 0);
        while let Some((group, count)) = groups.next()? {
            let (power, group) = (i128::from(POWERS[usize::from(count)]), i128::from(group));
            digits += count;
            if digits <= HALF_DIGITS {
                high = high * power + group;
            } else {
                low = low * power + group;
                low_power *= power;
            }
        }
        let value = i256::from_i128(high).wrapping_mul(i256::from_i128(low_power)).wrapping_add(i256::from_i128(low));
        Some(if mask == 0 { value } else { value.wrapping_neg() })
    }
}

/// All bits of a negative value are inverted; then the first bit is inverted in any value.
#[inline]
fn sign_mask(bytes: &[u8]) -> Option<u8> {
    bytes.first().map(|first| if first & 0x80 == 0 { 0xFF } else { 0 })
}

struct Groups<'a> {
    form: DecimalForm,
    bytes: &'a [u8],
    mask: u8,
    at: usize,
    group: u8,
}

impl Groups<'_> {
    /// The next group's value and its number of digits; the outer none says that it is no number.
    #[inline]
    fn next(&mut self) -> Option<Option<(u64, u8)>> {
        if self.group == self.form.group_count {
            return Some(None);
        }
        let digits = self.form.groups[usize::from(self.group)];
        let length = usize::from(GROUP_BYTES[usize::from(digits)]);
        let mut value = 0_u64;
        for &byte in self.bytes.get(self.at..self.at + length)? {
            value = value << 8 | u64::from(byte ^ self.mask);
        }
        if self.at == 0 {
            value ^= 0x80 << (8 * (length - 1));
        }
        self.at += length;
        self.group += 1;
        (value < POWERS[usize::from(digits)]).then_some(Some((value, digits)))
    }
}

/// Writes an unscaled value with all digits of its scale: `-0.50`.
pub fn write_decimal(unscaled: i256, scale: u8, out: &mut impl fmt::Write) -> fmt::Result {
    write_scaled(&unscaled.to_string(), scale, out)
}

/// The same, of a value that is text already.
pub(super) fn write_scaled(text: &str, scale: u8, out: &mut impl fmt::Write) -> fmt::Result {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", text),
    };
    let scale = usize::from(scale);
    out.write_str(sign)?;
    if scale == 0 {
        return out.write_str(digits);
    }
    match digits.len().checked_sub(scale) {
        Some(0) | None => write!(out, "0.{digits:0>scale$}"),
        Some(whole) => {
            out.write_str(&digits[..whole])?;
            out.write_str(".")?;
            out.write_str(&digits[whole..])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(precision: u8, scale: u8, bytes: &[u8]) -> Option<String> {
        let form = DecimalForm::new(precision, scale).expect("a type");
        assert_eq!(form.bytes(), bytes.len());
        let value = form.read_256(bytes)?;
        if precision <= 38 {
            assert_eq!(form.read_128(bytes).map(i256::from_i128), Some(value));
        }
        let mut text = String::new();
        write_decimal(value, scale, &mut text).expect("a string takes any text");
        Some(text)
    }

    #[test]
    fn the_manuals_example_is_read() {
        let positive = [0x81, 0x0D, 0xFB, 0x38, 0xD2, 0x04, 0xD2];
        assert_eq!(text(14, 4, &positive).as_deref(), Some("1234567890.1234"));
        assert_eq!(text(14, 4, &positive.map(|byte| !byte)).as_deref(), Some("-1234567890.1234"));
    }

    #[test]
    fn values_below_one_keep_their_zeros() {
        assert_eq!(text(5, 5, &[0x80, 0x00, 0x01]).as_deref(), Some("0.00001"));
        assert_eq!(text(4, 2, &[0x80, 0x05]).as_deref(), Some("0.05"));
        assert_eq!(text(4, 2, &[0x7F, 0xFA]).as_deref(), Some("-0.05"));
        assert_eq!(text(3, 0, &[0x80, 0x00]).as_deref(), Some("0"));
    }

    #[test]
    fn sixty_five_digits_are_exact() {
        let mut bytes = vec![0x85, 0xF5, 0xE0, 0xFF];
        (0..3).for_each(|_| bytes.extend([0x3B, 0x9A, 0xC9, 0xFF]));
        (0..3).for_each(|_| bytes.extend([0x3B, 0x9A, 0xC9, 0xFF]));
        bytes.extend([0x03, 0xE7]);
        let nines = format!("{}.{}", "9".repeat(35), "9".repeat(30));
        assert_eq!(text(65, 30, &bytes), Some(nines.clone()));
        bytes.iter_mut().for_each(|byte| *byte = !*byte);
        assert_eq!(text(65, 30, &bytes), Some(format!("-{nines}")));
    }

    #[test]
    fn a_group_above_its_digits_is_refused() {
        assert_eq!(text(4, 2, &[0x80, 0x64]), None);
        assert_eq!(text(9, 0, &[0xFF, 0xFF, 0xFF, 0xFF]), None);
    }
}
