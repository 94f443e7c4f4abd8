//! FLOAT and DOUBLE as MySQL prints them, and as text that gives back the same bits.

use std::fmt::{self, Write};

/// Digits before the point from which a whole number takes its exponent form, and zeros behind it likewise.
const MOST_PLAIN_DIGITS: i32 = 15;

/// Writes a double as `SELECT` prints it: the shortest digits that give it back.
pub fn write_double(value: f64, out: &mut impl Write) -> fmt::Result {
    let mut text = Digits::default();
    write!(text, "{value:e}")?;
    text.write_plainly(out)
}

/// Writes a float as `SELECT` prints it: six significant digits, so that text does not always give back the value.
pub fn write_float(value: f32, out: &mut impl Write) -> fmt::Result {
    let mut text = Digits::default();
    write!(text, "{:.5e}", f64::from(value))?;
    text.write_plainly(out)
}

/// Writes a double as a literal that gives back the same bits. A float as a double gives back the float, too.
///
/// The exponent is always there: without it a literal is a DECIMAL.
pub fn write_double_literal(value: f64, out: &mut impl Write) -> fmt::Result {
    write!(out, "{value:e}")
}

/// Rust's exponent form of a number, on the stack.
#[derive(Default)]
struct Digits {
    text: [u8; 32],
    length: usize,
}

impl Write for Digits {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let end = self.length + text.len();
        self.text.get_mut(self.length..end).ok_or(fmt::Error)?.copy_from_slice(text.as_bytes());
        self.length = end;
        Ok(())
    }
}

impl Digits {
    /// Writes the number as the server's `my_gcvt` does.
    fn write_plainly(&self, out: &mut impl Write) -> fmt::Result {
        let text = str::from_utf8(&self.text[..self.length]).map_err(|_| fmt::Error)?;
        let (sign, text) = text.strip_prefix('-').map_or(("", text), |rest| ("-", rest));
        out.write_str(sign)?;
        // Infinities and NaN have no exponent; no column holds them.
        let Some((mantissa, exponent)) = text.split_once('e') else {
            return out.write_str(text);
        };
        let exponent: i32 = exponent.parse().map_err(|_| fmt::Error)?;
        let (first, rest) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let rest = rest.trim_end_matches('0');
        let (point, count) = (exponent + 1, rest.len() as i32 + 1);
        if point < 1 - MOST_PLAIN_DIGITS || point > MOST_PLAIN_DIGITS && count <= point {
            out.write_str(first)?;
            if !rest.is_empty() {
                write!(out, ".{rest}")?;
            }
            return write!(out, "e{exponent}");
        }
        if point <= 0 {
            return write!(out, "0.{:0<zeros$}{first}{rest}", "", zeros = point.unsigned_abs() as usize);
        }
        let whole = point as usize - 1;
        match rest.len() <= whole {
            true => write!(out, "{first}{rest:0<whole$}"),
            false => write!(out, "{first}{}.{}", &rest[..whole], &rest[whole..]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn double(value: f64) -> String {
        let mut text = String::new();
        write_double(value, &mut text).expect("a string takes any text");
        text
    }

    fn float(value: f32) -> String {
        let mut text = String::new();
        write_float(value, &mut text).expect("a string takes any text");
        text
    }

    #[test]
    fn doubles_change_to_the_exponent_form_where_the_server_does() {
        assert_eq!(double(0.0), "0");
        assert_eq!(double(-0.0), "-0");
        assert_eq!(double(1e14), "100000000000000");
        assert_eq!(double(1e15), "1e15");
        assert_eq!(double(123_456_789_012_345.0), "123456789012345");
        assert_eq!(double(1_234_567_890_123_456.0), "1.234567890123456e15");
        assert_eq!(double(1_234_567_890_123_456.5), "1234567890123456.5");
        assert_eq!(double(1e-15), "0.000000000000001");
        assert_eq!(double(1.5e-15), "0.0000000000000015");
        assert_eq!(double(1e-16), "1e-16");
        assert_eq!(double(-1.797_693_134_862_315_7e308), "-1.7976931348623157e308");
        assert_eq!(double(5e-324), "5e-324");
        assert_eq!(double(0.1), "0.1");
    }

    #[test]
    fn floats_have_six_digits() {
        assert_eq!(float(0.1), "0.1");
        assert_eq!(float(16_777_216.0), "16777200");
        assert_eq!(float(-1.234_567_9), "-1.23457");
        assert_eq!(float(3.402_823_5e38), "3.40282e38");
        assert_eq!(float(1_234_565.0), "1234560");
    }

    #[test]
    fn literals_give_back_the_same_bits() {
        for value in [0.1_f32, f32::MIN_POSITIVE, f32::MAX, 16_777_215.0, 1e-45] {
            let mut text = String::new();
            write_double_literal(f64::from(value), &mut text).expect("a string takes any text");
            assert!(text.contains('e'));
            let read: f64 = text.parse().expect("a double");
            assert_eq!((read as f32).to_bits(), value.to_bits());
        }
    }
}
