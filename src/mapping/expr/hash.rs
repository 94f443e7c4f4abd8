//! CRC32, MD5, SHA1, SHA2: of the bytes of a text, in its own charset.

use datafusion::logical_expr::Expr;
use dsl::Span;
use md5::{Digest, Md5};
use sha1::Sha1;
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

/// `SHA1(s)`, as MariaDB and MySQL before 9.6 have it.
pub(super) fn sha1(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    binder.accept_value(&args[0])?;
    let value = call_strict("sha1", Form::Bytes, vec![args[0].as_text()], |args| Ok(hexadecimal(&Sha1::digest(args[0].as_bytes()))));
    Ok(digest(&args[0], 40, args[0].nullable, value, span))
}

/// `SHA2(s, bits)`: NULL where bits are none of 0, 224, 256, 384, 512.
pub(super) fn sha2(binder: &mut Binder<'_>, args: &[Typed], span: Span) -> Result<Typed, Failed> {
    args.iter().try_for_each(|arg| binder.accept_value(arg))?;
    let length = match args[1].as_int() {
        Expr::Literal(bits, _) => bits.to_string().parse().ok().and_then(width).map_or(128, |bits| bits / 4),
        _ => 128,
    };
    // Both are evaluated, also where one is NULL.
    let value = call_rows("sha2", Form::Bytes, vec![args[0].as_text(), args[1].as_int()], |args| {
        let bytes = args[0].as_bytes();
        Ok(match width(args[1].as_int()) {
            _ if args.iter().any(Cell::is_null) => Cell::Null,
            Some(224) => hexadecimal(&Sha224::digest(bytes)),
            Some(256) => hexadecimal(&Sha256::digest(bytes)),
            Some(384) => hexadecimal(&Sha384::digest(bytes)),
            Some(_) => hexadecimal(&Sha512::digest(bytes)),
            None => Cell::Null,
        })
    });
    let shell = digest(&args[0], length, true, value, span);
    Ok(Typed { columns: shell.columns.union(&args[1].columns), constant: shell.constant && args[1].constant, ..shell })
}

/// The bits of a digest; none where SHA2 has no such.
fn width(bits: i128) -> Option<u32> {
    match bits {
        0 => Some(256),
        224 | 256 | 384 | 512 => u32::try_from(bits).ok(),
        _ => None,
    }
}

fn digest(of: &Typed, length: u32, nullable: bool, value: Expr, span: Span) -> Typed {
    let text = TextKind::literal(TextKind::numeric().collation, true);
    Typed::combine(Kind::Text { length, text }, nullable, value, &[of], span)
}

fn hexadecimal<'a>(bytes: &[u8]) -> Cell<'a> {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    Cell::bytes(bytes.iter().flat_map(|byte| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]).collect())
}
