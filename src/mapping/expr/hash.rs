//! CRC32, MD5, SHA2: of the bytes of a text, in its own charset.

use datafusion::logical_expr::Expr;
use dsl::{Code, Span};
use md5::{Digest, Md5};
use sha2::{Sha224, Sha256, Sha384, Sha512};

use super::bind::{Binder, Failed};
use super::cell::{Cell, Form};
use super::function::{call_rows, call_strict};
use super::sql_type::{Kind, TextKind};
use super::typed::Typed;

/// `CRC32(s)`.
pub(super) fn crc32(_: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let value =
        call_strict("crc32", Form::UInt, vec![args[0].as_text()], |args| Ok(Cell::UInt(crc32fast::hash(args[0].as_bytes()).into())));
    Ok(Typed::combine(Kind::Integer { unsigned: true, digits: 10 }, args[0].nullable, value, &[&args[0]], span))
}

/// `MD5(s)`, as MariaDB and MySQL before 9.6 have it.
pub(super) fn md5(_: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let value = call_strict("md5", Form::Bytes, vec![args[0].as_text()], |args| Ok(hexadecimal(&Md5::digest(args[0].as_bytes()))));
    Ok(digest(&args[0], 32, args[0].nullable, value, span))
}

/// `SHA2(s, bits)`; bits must be a constant. NULL where bits are none of 0, 224, 256, 384, 512.
pub(super) fn sha2(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    let Expr::Literal(bits, _) = args[1].as_int() else {
        let hint = "Write 224, 256, 384 or 512.";
        return Err(binder.error_with(Code::TYPE_MISMATCH, "the bits of `sha2` are not a constant".into(), args[1].span, hint));
    };
    let bits = match bits.to_string().as_str() {
        "0" | "256" => 256,
        "224" => 224,
        "384" => 384,
        "512" => 512,
        // The text is computed all the same, and may fail.
        _ => {
            let value = call_rows("sha2_of_no_width", Form::Bytes, vec![args[0].as_text()], |_| Ok(Cell::Null));
            return Ok(digest(&args[0], 128, true, value, span));
        }
    };
    let value = call_strict(format!("sha2_{bits}"), Form::Bytes, vec![args[0].as_text()], move |args| {
        let bytes = args[0].as_bytes();
        Ok(match bits {
            224 => hexadecimal(&Sha224::digest(bytes)),
            256 => hexadecimal(&Sha256::digest(bytes)),
            384 => hexadecimal(&Sha384::digest(bytes)),
            _ => hexadecimal(&Sha512::digest(bytes)),
        })
    });
    Ok(digest(&args[0], bits / 4, args[0].nullable, value, span))
}

fn digest(of: &Typed, length: u32, nullable: bool, value: Expr, span: Span) -> Typed {
    let text = TextKind::literal(TextKind::numeric().collation, true);
    Typed::combine(Kind::Text { length, text }, nullable, value, &[of], span)
}

fn hexadecimal<'a>(bytes: &[u8]) -> Cell<'a> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    Cell::bytes(bytes.iter().flat_map(|byte| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]).collect())
}
