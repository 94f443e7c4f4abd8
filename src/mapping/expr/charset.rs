//! Texts of different charsets in one operation: which collation wins, and who is converted.

use datafusion::logical_expr::Expr;
use dsl::{Code, Span};

use super::bind::{Binder, Failed};
use super::cell::{Cell, Form};
use super::collation::Collator;
use super::function::call_strict;
use super::row_error::RowError;
use super::sql_type::{Coercibility, TextKind};
use super::typed::Typed;
use crate::schema::{Charset, Collation};

/// A text turned from one charset into another.
pub(super) fn convert(value: Expr, from: Charset, to: Charset) -> Expr {
    if from == to
        || to.is_binary()
        || (from == Charset::ASCII && is_ascii_superset(to))
        || (from == Charset::UTF8MB3 && to == Charset::UTF8MB4)
    {
        return value;
    }
    call_strict(format!("convert_{from}_to_{to}"), Form::Bytes, vec![value], move |args| {
        let bytes = args[0].as_bytes();
        let text = from.decode(bytes).map_err(|error| RowError::conversion(error.to_string()))?;
        Ok(Cell::bytes(encode(&text, to)))
    })
}

fn is_ascii_superset(charset: Charset) -> bool {
    !matches!(charset.name(), "ucs2" | "utf16" | "utf16le" | "utf32" | "swe7")
}

/// A text in the bytes of a charset; `?` stands for what the charset lacks.
pub(super) fn encode(text: &str, charset: Charset) -> Vec<u8> {
    match charset.name() {
        "utf8mb4" | "binary" => text.as_bytes().to_vec(),
        "utf8mb3" => text.chars().map(|c| if c as u32 > 0xFFFF { '?' } else { c }).collect::<String>().into_bytes(),
        "utf16" => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        "utf16le" => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        "ucs2" => text.chars().map(|c| u16::try_from(c as u32).unwrap_or(u16::from(b'?'))).flat_map(u16::to_be_bytes).collect(),
        "utf32" => text.chars().flat_map(|c| (c as u32).to_be_bytes()).collect(),
        _ if charset.max_bytes_per_char() == 1 => text.chars().map(|c| single_byte(c, charset)).collect(),
        _ => text.bytes().collect(),
    }
}

fn single_byte(character: char, charset: Charset) -> u8 {
    if character.is_ascii() && is_ascii_superset(charset) {
        return character as u8;
    }
    let matches = |byte: &u8| charset.decode(&[*byte]).is_ok_and(|text| text.chars().eq([character]));
    (0..=u8::MAX).find(matches).unwrap_or(b'?')
}

/// The collation that two texts meet in.
pub(super) enum Meeting {
    /// This one.
    In(TextKind),
    /// None: an illegal mix.
    Mix,
}

/// Which of two texts' collations wins, by MySQL's rules of coercibility.
pub(super) fn meet(left: &TextKind, right: &TextKind) -> Meeting {
    let ascii = left.ascii && right.ascii;
    let with = |kind: &TextKind| Meeting::In(TextKind { ascii, ..*kind });
    if left.collation == right.collation {
        return with(if left.coercibility <= right.coercibility { left } else { right });
    }
    if left.charset() != right.charset() {
        return meet_charsets(left, right, ascii);
    }
    match left.coercibility.cmp(&right.coercibility) {
        std::cmp::Ordering::Less => with(left),
        std::cmp::Ordering::Greater => with(right),
        std::cmp::Ordering::Equal if left.coercibility == Coercibility::Explicit => Meeting::Mix,
        std::cmp::Ordering::Equal if left.collation.compares_code_points() => with(left),
        std::cmp::Ordering::Equal if right.collation.compares_code_points() => with(right),
        std::cmp::Ordering::Equal => {
            let collation = left.charset().bin_collation();
            Meeting::In(TextKind { collation, coercibility: Coercibility::None, ascii })
        }
    }
}

fn meet_charsets(left: &TextKind, right: &TextKind, ascii: bool) -> Meeting {
    let with = |kind: &TextKind| Meeting::In(TextKind { ascii, ..*kind });
    let (left_binary, right_binary) = (left.charset().is_binary(), right.charset().is_binary());
    if left_binary || right_binary {
        return match left.coercibility.cmp(&right.coercibility) {
            std::cmp::Ordering::Less => with(left),
            std::cmp::Ordering::Greater => with(right),
            std::cmp::Ordering::Equal => with(if left_binary { left } else { right }),
        };
    }
    let (left_wide, right_wide) = (is_unicode(left.charset()), is_unicode(right.charset()));
    if left_wide && left.coercibility <= right.coercibility && (!right_wide || is_wider(left.charset(), right.charset())) {
        return with(left);
    }
    if right_wide && right.coercibility <= left.coercibility && (!left_wide || is_wider(right.charset(), left.charset())) {
        return with(right);
    }
    if right.ascii && left.coercibility <= right.coercibility {
        return with(left);
    }
    if left.ascii && right.coercibility <= left.coercibility {
        return with(right);
    }
    // A literal of the other charset may be converted; that it loses nothing is checked where it is.
    if left.coercibility < right.coercibility && right.coercibility >= Coercibility::Coercible {
        return with(left);
    }
    if right.coercibility < left.coercibility && left.coercibility >= Coercibility::Coercible {
        return with(right);
    }
    Meeting::Mix
}

fn is_unicode(charset: Charset) -> bool {
    matches!(charset.name(), "utf8mb4" | "utf8mb3" | "utf16" | "utf16le" | "utf32" | "ucs2")
}

fn is_wider(charset: Charset, than: Charset) -> bool {
    charset.max_bytes_per_char() > than.max_bytes_per_char() && than != Charset::UTF8MB4
}

impl Binder<'_> {
    /// The collation that texts meet in, in MySQL's order of operands.
    pub(super) fn common_text(&mut self, operands: &[&Typed], span: Span) -> Result<TextKind, Failed> {
        let mut all = operands.iter().map(|operand| operand.kind.text_kind());
        let mut met = all.next().unwrap_or_else(TextKind::null);
        for next in all {
            met = match meet(&met, &next) {
                Meeting::In(kind) => kind,
                Meeting::Mix => {
                    let message = format!("operands insist on different collations, `{}` and `{}`", met.collation, next.collation);
                    return Err(self.error_with(Code::COLLATION_CONFLICT, message, span, "Say which one with `COLLATE`."));
                }
            };
        }
        if met.coercibility == Coercibility::Ignorable && met.collation == Collation::BINARY {
            return Ok(met);
        }
        Ok(met)
    }

    /// An operand's text in the charset of `to`.
    pub(super) fn text_in(&mut self, operand: &Typed, to: &TextKind) -> Expr {
        convert(operand.as_text(), operand.kind.text_kind().charset(), to.charset())
    }

    /// Two texts in one charset, and the order to compare them by.
    pub(super) fn comparable(&mut self, left: &Typed, right: &Typed, span: Span) -> Result<(Expr, Expr, Collator), Failed> {
        let kind = self.common_text(&[left, right], span)?;
        if kind.coercibility == Coercibility::None {
            let message = format!(
                "the operands' collations `{}` and `{}` do not mix",
                left.kind.text_kind().collation,
                right.kind.text_kind().collation
            );
            return Err(self.error_with(Code::COLLATION_CONFLICT, message, span, "Say which one with `COLLATE`."));
        }
        let collator = self.collator(kind.collation, span)?;
        Ok((self.text_in(left, &kind), self.text_in(right, &kind), collator))
    }

    /// The order of a collation.
    pub(super) fn collator(&mut self, collation: Collation, span: Span) -> Result<Collator, Failed> {
        Collator::of(collation).ok_or_else(|| {
            let hint = format!("Compare bytes with `COLLATE {}`.", collation.charset().bin_collation());
            self.error_with(Code::UNSUPPORTED_COLLATION, format!("the order of collation `{collation}` is not known here"), span, &hint)
        })
    }
}
