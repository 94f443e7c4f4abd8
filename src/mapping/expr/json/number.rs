//! Numbers of JSON text, as RapidJSON classes and reads them.

/// A number as the parser classes it: without sign where it needs more than 32 bits and none is written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Number {
    Int(i64),
    UInt(u64),
    Double(f64),
}

/// The greatest power of ten that a DOUBLE holds.
const GREATEST_POWER: i64 = 308;
/// Digits behind the point that count for the bound of an exponent.
const SIGNIFICANT_DIGITS: u32 = 17;
/// The largest whole number up to which every one is a DOUBLE.
const EXACT: u64 = (1 << 53) - 1;

/// Reads the number at the start of a text, and how many bytes it takes.
pub(super) fn number(text: &[u8]) -> Result<(Number, usize), &'static str> {
    let mut reader = Reader { text, at: 0, negative: false, whole: 0, is_real: false, significant: 0, shift: 0 };
    reader.negative = reader.eat(b'-');
    reader.whole_part()?;
    reader.fraction()?;
    reader.exponent()?;
    let number = if reader.is_real {
        let written = str::from_utf8(&text[..reader.at]).unwrap_or_default();
        Number::Double(written.parse().ok().filter(|value: &f64| value.is_finite()).ok_or("the number is too large for a DOUBLE")?)
    } else if reader.negative {
        Number::Int((reader.whole as i64).wrapping_neg())
    } else if reader.whole > u32::MAX.into() {
        Number::UInt(reader.whole)
    } else {
        Number::Int(reader.whole as i64)
    };
    Ok((number, reader.at))
}

struct Reader<'t> {
    text: &'t [u8],
    at: usize,
    negative: bool,
    whole: u64,
    /// Whether it cannot be an integer.
    is_real: bool,
    significant: u32,
    /// Minus the digits behind the point that count.
    shift: i64,
}

impl Reader<'_> {
    fn eat(&mut self, byte: u8) -> bool {
        let is_there = self.text.get(self.at) == Some(&byte);
        self.at += usize::from(is_there);
        is_there
    }

    fn digit(&self) -> Option<u64> {
        self.text.get(self.at).filter(|byte| byte.is_ascii_digit()).map(|byte| u64::from(byte - b'0'))
    }

    fn whole_part(&mut self) -> Result<(), &'static str> {
        if self.eat(b'0') {
            return Ok(());
        }
        let most = if self.negative { 1 << 63 } else { u64::MAX };
        let first = self.at;
        while let Some(digit) = self.digit() {
            let next = self.whole.checked_mul(10).and_then(|whole| whole.checked_add(digit)).filter(|whole| *whole <= most);
            match next {
                Some(whole) if !self.is_real => self.whole = whole,
                _ => self.is_real = true,
            }
            self.significant += u32::from(!self.is_real && self.at > first);
            self.at += 1;
        }
        if self.at == first { Err("this is no value") } else { Ok(()) }
    }

    fn fraction(&mut self) -> Result<(), &'static str> {
        if !self.eat(b'.') {
            return Ok(());
        }
        if self.digit().is_none() {
            return Err("digits are missing behind the point");
        }
        let mut is_zero = self.whole == 0;
        let is_exact = !self.is_real;
        self.is_real = true;
        while let Some(digit) = self.digit() {
            is_zero &= digit == 0;
            if is_exact && self.whole <= EXACT {
                self.whole = self.whole * 10 + digit;
                self.shift -= 1;
                self.significant += u32::from(!is_zero);
            } else if self.significant < SIGNIFICANT_DIGITS {
                self.shift -= 1;
                self.significant += u32::from(!is_zero);
            }
            self.at += 1;
        }
        Ok(())
    }

    fn exponent(&mut self) -> Result<(), &'static str> {
        if !self.eat(b'e') && !self.eat(b'E') {
            return Ok(());
        }
        self.is_real = true;
        let negative = !self.eat(b'+') && self.eat(b'-');
        if self.digit().is_none() {
            return Err("digits are missing in the exponent");
        }
        let mut exponent = 0;
        while let Some(digit) = self.digit() {
            exponent = (exponent * 10 + digit as i64).min(1 << 40);
            self.at += 1;
            // A zero of such a power is refused too.
            if !negative && exponent > GREATEST_POWER - self.shift {
                return Err("the number is too large for a DOUBLE");
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_class_and_the_value_that_the_server_gives_them() {
        let read = |text: &str| number(text.as_bytes()).map(|(number, _)| number);
        assert_eq!(read("4294967295"), Ok(Number::Int(4_294_967_295)));
        assert_eq!(read("4294967296"), Ok(Number::UInt(4_294_967_296)));
        assert_eq!(read("-9223372036854775808"), Ok(Number::Int(i64::MIN)));
        assert_eq!(read("18446744073709551616"), Ok(Number::Double(18_446_744_073_709_551_616.0)));
        assert_eq!(read("123456789012345678901234567890"), Ok(Number::Double(1.234_567_890_123_456_8e29)));
        assert_eq!(read("1e-400"), Ok(Number::Double(0.0)));
        assert_eq!(read("0.01e310"), Ok(Number::Double(1e308)));
        assert_eq!(read("0e999"), Err("the number is too large for a DOUBLE"));
        assert_eq!(read("1."), Err("digits are missing behind the point"));
        assert_eq!(number(b"01"), Ok((Number::Int(0), 1)));
    }
}
