//! DECIMAL as MySQL computes with it: every value has its own scale, a buffer of nine words of nine
//! digits bounds all of them, and division works in whole words.

use std::cmp::Ordering;

use num_bigint::{BigInt, Sign};
use num_integer::Integer;
use num_traits::{Pow, Signed, ToPrimitive, Zero};

/// Scale, sign and 34 bytes of mantissa: 81 digits fit.
pub(super) const DECIMAL_BYTES: usize = 36;
/// The words of nine digits that a value may take.
const WORDS: u32 = 9;
const WORD_DIGITS: u32 = 9;
/// The greatest scale of a DECIMAL type.
pub(super) const MAX_SCALE: u8 = 30;
/// The greatest precision of a DECIMAL type.
pub(super) const MAX_PRECISION: u8 = 65;

/// A decimal number: `mantissa` / 10^`scale`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Dec {
    mantissa: BigInt,
    scale: u8,
}

/// A result whose whole part does not fit into nine words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Overflow;

fn power_of_ten(exponent: u32) -> BigInt {
    BigInt::from(10u8).pow(exponent)
}

fn words(digits: u32) -> u32 {
    digits.div_ceil(WORD_DIGITS)
}

impl Dec {
    /// `mantissa` / 10^`scale`.
    pub(super) fn new(mantissa: BigInt, scale: u8) -> Self {
        Self { mantissa, scale }
    }

    /// A whole number.
    pub(super) fn from_integer(value: i128) -> Self {
        Self::new(BigInt::from(value), 0)
    }

    /// Digits before and after a point, as a literal has them.
    pub(super) fn from_digits(whole: &str, fraction: &str, negative: bool) -> Self {
        let digits: String = whole.chars().chain(fraction.chars()).collect();
        let magnitude = BigInt::parse_bytes(digits.as_bytes(), 10).unwrap_or_default();
        Self::new(if negative { -magnitude } else { magnitude }, fraction.len() as u8)
    }

    /// The greatest number of the type, with this sign.
    pub(super) fn greatest(negative: bool) -> Self {
        let magnitude = power_of_ten(MAX_PRECISION.into()) - 1u8;
        Self::new(if negative { -magnitude } else { magnitude }, 0)
    }

    /// Its bytes in an array.
    pub(super) fn to_bytes(&self) -> [u8; DECIMAL_BYTES] {
        let mut bytes = [0; DECIMAL_BYTES];
        bytes[0] = self.scale;
        bytes[1] = u8::from(self.mantissa.is_negative());
        let (_, magnitude) = self.mantissa.to_bytes_le();
        let length = magnitude.len().min(DECIMAL_BYTES - 2);
        bytes[2..2 + length].copy_from_slice(&magnitude[..length]);
        bytes
    }

    /// Reads what [`Self::to_bytes`] wrote.
    pub(super) fn from_bytes(bytes: &[u8]) -> Self {
        let sign = if bytes[1] == 1 { Sign::Minus } else { Sign::Plus };
        Self::new(BigInt::from_bytes_le(sign, &bytes[2..]), bytes[0])
    }

    /// The mantissa.
    pub(super) fn mantissa(&self) -> &BigInt {
        &self.mantissa
    }

    /// Whether it is below zero.
    pub(super) fn is_negative(&self) -> bool {
        self.mantissa.is_negative()
    }

    /// Whether it is zero.
    pub(super) fn is_zero(&self) -> bool {
        self.mantissa.is_zero()
    }

    /// Digits before the point, without leading zeros.
    pub(super) fn whole_digits(&self) -> u32 {
        let whole = (self.mantissa.abs() / power_of_ten(self.scale.into())).to_string();
        if whole == "0" { 0 } else { whole.len() as u32 }
    }

    fn at_scale(&self, scale: u8) -> BigInt {
        &self.mantissa * power_of_ten(u32::from(scale.saturating_sub(self.scale)))
    }

    /// Cuts what the buffer does not hold.
    fn fit(self) -> Result<Self, Overflow> {
        let whole = words(self.whole_digits());
        if whole > WORDS {
            return Err(Overflow);
        }
        let fraction = words(self.scale.into());
        if whole + fraction <= WORDS {
            return Ok(self);
        }
        let scale = ((WORDS - whole) * WORD_DIGITS) as u8;
        Ok(self.truncated(scale))
    }

    /// The sum.
    pub(super) fn add(&self, other: &Self) -> Result<Self, Overflow> {
        self.sum(other, self.is_negative() == other.is_negative())
    }

    /// The sum; that of numbers of different signs is zero without digits after the point where they are equal.
    fn sum(&self, other: &Self, same_sign: bool) -> Result<Self, Overflow> {
        let scale = self.scale.max(other.scale);
        let sum = Self::new(self.at_scale(scale) + other.at_scale(scale), scale);
        if !same_sign && sum.is_zero() { Ok(Self::from_integer(0)) } else { sum.fit() }
    }

    /// The difference.
    pub(super) fn subtract(&self, other: &Self) -> Result<Self, Overflow> {
        self.sum(&other.negated(), self.is_negative() != other.is_negative())
    }

    /// The product. Where the buffer cannot hold all its words, the factors lose words of their fractions first.
    pub(super) fn multiply(&self, other: &Self) -> Result<Self, Overflow> {
        if self.is_zero() || other.is_zero() {
            return Ok(Self::from_integer(0));
        }
        let whole = words(self.whole_digits() + other.whole_digits());
        let (first, second) = (words(self.scale.into()), words(other.scale.into()));
        if whole > WORDS {
            return Err(Overflow);
        }
        let excess = (whole + first + second).saturating_sub(WORDS);
        if excess == 0 {
            return Ok(Self::new(&self.mantissa * &other.mantissa, self.scale + other.scale));
        }
        let (less, more) = (excess / 2, excess - excess / 2);
        let (cut_first, cut_second) = if first <= second { (less, more) } else { (more, less) };
        // Where a factor has no fraction left to lose, it loses the last word of its whole part, as on the server.
        let cut = |value: &Self, words: u32, by: u32| match words.checked_sub(by) {
            Some(kept) => value.truncated((kept * WORD_DIGITS).min(value.scale.into()) as u8),
            None => {
                let unit = power_of_ten((by - words) * WORD_DIGITS);
                Self::new(value.truncated(0).mantissa / &unit * unit, 0)
            }
        };
        let (left, right) = (cut(self, first, cut_first), cut(other, second, cut_second));
        Self::new(&left.mantissa * &right.mantissa, left.scale + right.scale).fit()
    }

    /// The quotient, truncated at the end of a word of digits, at least `increment` digits after the dividend's last; none where
    /// `other` is zero.
    pub(super) fn divide(&self, other: &Self, increment: u8) -> Option<Result<Self, Overflow>> {
        if other.is_zero() {
            return None;
        }
        if self.is_zero() {
            return Some(Ok(Self::from_integer(0)));
        }
        let (first, second) = (words(self.scale.into()) * WORD_DIGITS, words(other.scale.into()) * WORD_DIGITS);
        let padding = first - u32::from(self.scale) + second - u32::from(other.scale);
        let scale = words(first + second + u32::from(increment).saturating_sub(padding)) * WORD_DIGITS;
        let shift = scale + u32::from(other.scale) - u32::from(self.scale);
        let quotient = &self.mantissa * power_of_ten(shift) / &other.mantissa;
        Some(Self::new(quotient, scale as u8).fit())
    }

    /// The remainder, with the dividend's sign; none where `other` is zero.
    pub(super) fn modulo(&self, other: &Self) -> Option<Self> {
        if other.is_zero() {
            return None;
        }
        if self.is_zero() {
            return Some(Self::from_integer(0));
        }
        let scale = self.scale.max(other.scale);
        Some(Self::new(self.at_scale(scale) % other.at_scale(scale), scale))
    }

    /// The opposite.
    pub(super) fn negated(&self) -> Self {
        Self::new(-&self.mantissa, self.scale)
    }

    /// Rounded half away from zero to `scale` digits after the point, or before it where negative.
    pub(super) fn rounded(&self, scale: i32) -> Self {
        let room = ((WORDS - words(self.whole_digits()).min(WORDS)) * WORD_DIGITS) as i32;
        let scale = scale.min(room);
        let drop = i32::from(self.scale) - scale;
        if drop <= 0 {
            let scale = scale.min(u8::MAX.into()) as u8;
            return Self::new(self.at_scale(scale), scale);
        }
        let unit = power_of_ten(drop.unsigned_abs());
        let (quotient, remainder) = self.mantissa.abs().div_rem(&unit);
        let quotient = if remainder * 2u8 >= unit { quotient + 1u8 } else { quotient };
        let quotient = if self.is_negative() { -quotient } else { quotient };
        if scale >= 0 { Self::new(quotient, scale as u8) } else { Self::new(quotient * power_of_ten(scale.unsigned_abs()), 0) }
    }

    /// Cut after `scale` digits behind the point, or before it where negative.
    pub(super) fn cut(&self, scale: i32) -> Self {
        let drop = i32::from(self.scale) - scale;
        if drop <= 0 {
            return self.rounded(scale);
        }
        let kept = &self.mantissa / power_of_ten(drop.unsigned_abs());
        if scale >= 0 { Self::new(kept, scale as u8) } else { Self::new(kept * power_of_ten(scale.unsigned_abs()), 0) }
    }

    /// Rounded to `scale` digits where it has more.
    pub(super) fn at_most(&self, scale: u8) -> Self {
        if self.scale > scale { self.rounded(scale.into()) } else { self.clone() }
    }

    /// Cut after `scale` digits behind the point.
    pub(super) fn truncated(&self, scale: u8) -> Self {
        if scale >= self.scale {
            return Self::new(self.at_scale(scale), scale);
        }
        Self::new(&self.mantissa / power_of_ten(u32::from(self.scale - scale)), scale)
    }

    /// The greatest whole number that is not above it.
    pub(super) fn floor(&self) -> Self {
        Self::new(self.mantissa.div_floor(&power_of_ten(self.scale.into())), 0)
    }

    /// The smallest whole number that is not below it.
    pub(super) fn ceiling(&self) -> Self {
        self.negated().floor().negated()
    }

    /// The whole part of its magnitude, clipped to 64 bits, and the nanoseconds behind it, further digits cut.
    pub(super) fn whole_and_nanos(&self) -> (u64, u32) {
        let magnitude = if self.is_negative() { self.negated() } else { self.clone() };
        let whole = magnitude.truncated(0);
        let nanos = magnitude.subtract(&whole).ok().and_then(|fraction| u32::try_from(fraction.truncated(9).mantissa()).ok());
        (whole.to_integer(true) as u64, nanos.unwrap_or(0))
    }

    /// Rounded to a whole number and clipped to 64 bits of the sign asked for.
    pub(super) fn to_integer(&self, unsigned: bool) -> i128 {
        let whole = self.rounded(0).mantissa;
        let (least, greatest) = if unsigned { (0, i128::from(u64::MAX)) } else { (i64::MIN.into(), i64::MAX.into()) };
        let beyond = if whole.is_negative() { least } else { greatest };
        whole.to_i128().map_or(beyond, |value| value.clamp(least, greatest))
    }

    /// The nearest DOUBLE.
    pub(super) fn to_real(&self) -> f64 {
        format!("{}e-{}", self.mantissa, self.scale).parse().unwrap_or(0.0)
    }

    /// Its digits, all of its scale.
    pub(super) fn to_text(&self) -> String {
        let digits = self.mantissa.abs().to_string();
        let sign = if self.is_negative() { "-" } else { "" };
        let scale = usize::from(self.scale);
        if scale == 0 {
            return format!("{sign}{digits}");
        }
        let digits = format!("{digits:0>width$}", width = scale + 1);
        let (whole, fraction) = digits.split_at(digits.len() - scale);
        format!("{sign}{whole}.{fraction}")
    }

    /// Clipped to what DECIMAL(`precision`, `scale`) holds, after rounding.
    pub(super) fn clipped(&self, precision: u8, scale: u8) -> Self {
        let rounded = self.rounded(scale.into());
        let limit = power_of_ten(precision.into());
        if rounded.mantissa.abs() < limit {
            return rounded;
        }
        let greatest = limit - 1u8;
        Self::new(if rounded.is_negative() { -greatest } else { greatest }, scale)
    }

    /// Whether DECIMAL(`precision`, `scale`) holds it after rounding.
    pub(super) fn fits(&self, precision: u8, scale: u8) -> bool {
        self.rounded(scale.into()).mantissa.abs() < power_of_ten(precision.into())
    }

    /// The number at the start of `text`; zero where there is none. Digits beyond the buffer are cut, a whole part beyond it is
    /// the greatest number.
    pub(super) fn from_text(text: &[u8]) -> Self {
        let number = super::number_text::decimal_prefix(text);
        let exponent = number.exponent;
        let digits = number.digits.trim_start_matches('0');
        if number.has_endless_exponent {
            return Self::new(BigInt::zero(), 0);
        }
        if digits.is_empty() {
            return Self::new(BigInt::zero(), number.scale.clamp(0, MAX_SCALE.into()) as u8);
        }
        let scale = number.scale - exponent;
        let whole = digits.len() as i64 - scale;
        if whole > i64::from(WORDS * WORD_DIGITS) {
            return Self::greatest(number.negative);
        }
        let room = i64::from((WORDS - words(whole.max(0) as u32)) * WORD_DIGITS);
        let keep = if scale > room { digits.len() as i64 - (scale - room) } else { digits.len() as i64 };
        if keep <= 0 {
            return Self::new(BigInt::zero(), 0);
        }
        let mantissa = BigInt::parse_bytes(&digits.as_bytes()[..keep as usize], 10).unwrap_or_default();
        let scale = scale.min(room);
        let mantissa = if scale < 0 { mantissa * power_of_ten(scale.unsigned_abs() as u32) } else { mantissa };
        Self::new(if number.negative { -mantissa } else { mantissa }, scale.max(0) as u8)
    }

    /// The shortest decimal that reads back as this DOUBLE.
    pub(super) fn from_real(value: f64) -> Self {
        Self::from_text(format!("{value:e}").as_bytes())
    }
}

impl PartialOrd for Dec {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Dec {
    fn cmp(&self, other: &Self) -> Ordering {
        let scale = self.scale.max(other.scale);
        self.at_scale(scale).cmp(&other.at_scale(scale))
    }
}
