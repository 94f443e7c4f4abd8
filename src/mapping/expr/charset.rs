//! Texts of different charsets in one operation: which collation wins, and who is converted.

use datafusion::logical_expr::Expr;
use dsl::{Code, Span};
use encoding_rs::Encoding;

use super::bind::{Binder, Failed};
use super::cell::{Cell, Form};
use super::collation::Collator;
use super::function::{call_checked, call_strict};
use super::row_error::RowError;
use super::sql_type::{Coercibility, Kind, TextKind};
use super::typed::Typed;
use crate::schema::{Charset, Collation};

/// A text turned from one charset into another; `?` stands for what the other lacks.
pub(super) fn convert(value: Expr, from: Charset, to: Charset) -> Expr {
    if keeps_bytes(from, to) {
        return value;
    }
    call_strict(format!("convert_{from}_to_{to}"), Form::Bytes, vec![value], move |args| {
        let bytes = args[0].as_bytes();
        let text = from.decode(bytes).unwrap_or_else(|_| String::from_utf8_lossy(bytes));
        Ok(Cell::bytes(encode(&text, to)))
    })
}

/// A text brought into the charset that it shares with others; a character that the charset lacks is an error.
pub(super) fn convert_exactly(value: Expr, from: Charset, to: Charset) -> Expr {
    if keeps_bytes(from, to) {
        return value;
    }
    call_checked(format!("convert_exactly_{from}_to_{to}"), Form::Bytes, vec![value], move |args| {
        let bytes = args[0].as_bytes();
        let failed = || RowError::conversion(format!("a text of charset `{from}` cannot be converted to `{to}`"));
        if from.is_binary() {
            let bytes = &padded(bytes, to);
            return if is_valid(bytes, to) { Ok(Cell::bytes(bytes.clone())) } else { Err(failed()) };
        }
        let text = from.decode(bytes).map_err(|_| failed())?;
        let converted = encode(&text, to);
        let is_exact = to.decode(&converted).is_ok_and(|back| back == text);
        if is_exact { Ok(Cell::bytes(converted)) } else { Err(failed()) }
    })
}

/// Whether the bytes are a text of the charset.
pub(super) fn is_valid(bytes: &[u8], charset: Charset) -> bool {
    let fits = |text: &str| charset != Charset::UTF8MB3 || text.chars().all(|character| character as u32 <= 0xFFFF);
    charset.decode(bytes).is_ok_and(|text| fits(&text))
}

/// Bytes filled on the left to whole units of a wide charset.
fn padded(bytes: &[u8], charset: Charset) -> Vec<u8> {
    let unit = match charset.name() {
        "ucs2" | "utf16" | "utf16le" => 2,
        "utf32" => 4,
        _ => 1,
    };
    let missing = (unit - bytes.len() % unit) % unit;
    [vec![0; missing], bytes.to_vec()].concat()
}

fn keeps_bytes(from: Charset, to: Charset) -> bool {
    from == to
        || to.is_binary()
        || (from == Charset::ASCII && is_ascii_superset(to))
        || (from == Charset::UTF8MB3 && to == Charset::UTF8MB4)
}

/// Whether the charset has ASCII in single bytes.
pub(super) fn is_ascii_superset(charset: Charset) -> bool {
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
        name => match multi_byte(name) {
            Some(encoding) => text.chars().flat_map(|c| in_encoding(c, encoding)).collect(),
            None => text.as_bytes().to_vec(),
        },
    }
}

fn multi_byte(name: &str) -> Option<&'static Encoding> {
    Some(match name {
        "gbk" | "gb2312" => encoding_rs::GBK,
        "gb18030" => encoding_rs::GB18030,
        "big5" => encoding_rs::BIG5,
        "sjis" | "cp932" => encoding_rs::SHIFT_JIS,
        "ujis" | "eucjpms" => encoding_rs::EUC_JP,
        "euckr" => encoding_rs::EUC_KR,
        _ => return None,
    })
}

fn in_encoding(character: char, encoding: &'static Encoding) -> Vec<u8> {
    match encoding.encode(character.encode_utf8(&mut [0; 4])) {
        (bytes, _, false) => bytes.into_owned(),
        (_, _, true) => b"?".to_vec(),
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
    let with = |kind: &TextKind| Meeting::In(TextKind { ascii, disguised: left.disguised || right.disguised, ..*kind });
    let has = |coercibility| [left, right].iter().any(|side| side.coercibility == coercibility);
    if has(Coercibility::None) && has(Coercibility::Explicit) {
        return Meeting::Mix;
    }
    if left.collation == right.collation {
        return with(if left.coercibility <= right.coercibility { left } else { right });
    }
    if left.charset() != right.charset() {
        if [left, right].iter().any(|side| side.coercibility == Coercibility::None) {
            return Meeting::Mix;
        }
        return meet_charsets(left, right, ascii);
    }
    match left.coercibility.cmp(&right.coercibility) {
        std::cmp::Ordering::Less => with(left),
        std::cmp::Ordering::Greater => with(right),
        std::cmp::Ordering::Equal if left.coercibility == Coercibility::Explicit => Meeting::Mix,
        std::cmp::Ordering::Equal if left.collation.compares_code_points() && right.collation.compares_code_points() => Meeting::Mix,
        std::cmp::Ordering::Equal if left.collation.compares_code_points() => with(left),
        std::cmp::Ordering::Equal if right.collation.compares_code_points() => with(right),
        std::cmp::Ordering::Equal => {
            let collation = left.charset().bin_collation();
            Meeting::In(TextKind { collation, coercibility: Coercibility::None, ascii, claims_ascii: true, disguised: false })
        }
    }
}

fn meet_charsets(left: &TextKind, right: &TextKind, ascii: bool) -> Meeting {
    let with = |kind: &TextKind| Meeting::In(TextKind { ascii, disguised: left.disguised || right.disguised, ..*kind });
    let (left_binary, right_binary) = (left.charset().is_binary(), right.charset().is_binary());
    if left_binary || right_binary {
        return match left.coercibility.cmp(&right.coercibility) {
            std::cmp::Ordering::Less => with(left),
            std::cmp::Ordering::Greater => with(right),
            std::cmp::Ordering::Equal => with(if left_binary { left } else { right }),
        };
    }
    let (left_first, right_first) = (left.coercibility <= right.coercibility, right.coercibility <= left.coercibility);
    if left_first && is_superset(left, right) {
        return with(left);
    }
    if right_first && is_superset(right, left) {
        return with(right);
    }
    // A literal of the other charset is converted; where that loses characters, the row fails.
    if left.coercibility < right.coercibility && right.coercibility >= Coercibility::Coercible {
        return with(left);
    }
    if right.coercibility < left.coercibility && left.coercibility >= Coercibility::Coercible {
        return with(right);
    }
    Meeting::Mix
}

/// Whether texts of `right` become texts of `left`'s charset by themselves.
fn is_superset(left: &TextKind, right: &TextKind) -> bool {
    let supplementary = |charset: Charset| matches!(charset.name(), "utf8mb4" | "utf16" | "utf16le" | "utf32");
    if is_unicode(left.charset()) {
        let is_wider = supplementary(left.charset())
            && !supplementary(right.charset())
            && left.charset() == Charset::UTF8MB4
            && right.charset() == Charset::UTF8MB3;
        if left.coercibility < right.coercibility || !is_unicode(right.charset()) || is_wider {
            return true;
        }
    }
    let is_stronger = left.coercibility < right.coercibility || !left.ascii;
    right.ascii && is_stronger && is_ascii_superset(left.charset())
}

fn is_unicode(charset: Charset) -> bool {
    matches!(charset.name(), "utf8mb4" | "utf8mb3" | "utf16" | "utf16le" | "utf32" | "ucs2")
}

impl Binder<'_> {
    /// The collation that texts meet in, in MySQL's order of operands.
    pub(super) fn common_text(&mut self, operands: &[&Typed], span: Span) -> Result<TextKind, Failed> {
        let mut all = operands.iter().map(|operand| operand.text_kind());
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
        let value = convert_exactly(operand.as_text(), operand.text_kind().charset(), to.charset());
        self.accept_conversion(operand, &value, to.charset());
        let _ = self.accept_wide(operand, to);
        value
    }

    /// Refuses what the server brings into a charset of wide characters byte by byte.
    pub(super) fn accept_wide(&mut self, operand: &Typed, to: &TextKind) -> Result<(), Failed> {
        let is_text = matches!(operand.kind, Kind::Text { text, .. } if !text.charset().is_binary())
            || matches!(operand.kind, Kind::Null | Kind::Enum { .. } | Kind::Set { .. });
        if is_ascii_superset(to.charset()) || (is_text && !operand.computed) || operand.text_kind().charset() == to.charset() {
            return Ok(());
        }
        let message = format!("a {} becomes a text of charset `{}`", operand.kind.describe(), to.charset());
        Err(self.error_with(Code::UNSUPPORTED_COLLATION, message, operand.span, "Write `CONVERT(… USING utf8mb4)` around the other text."))
    }

    /// Refuses a constant whose conversion loses characters, as MySQL does before it reads a row.
    pub(super) fn accept_conversion(&mut self, operand: &Typed, value: &Expr, to: Charset) {
        if matches!(operand.as_text(), Expr::Literal(..)) && !matches!(value, Expr::Literal(..)) {
            let message = format!("this text cannot be converted to charset `{to}`");
            let _ = self.error(Code::COLLATION_CONFLICT, message, operand.span);
        }
    }

    /// Two texts in one charset, and the order to compare them by.
    pub(super) fn comparable(&mut self, left: &Typed, right: &Typed, span: Span) -> Result<(Expr, Expr, Collator), Failed> {
        let kind = self.common_text(&[left, right], span)?;
        let collator = self.compared_in(&kind, span)?;
        Ok((self.text_in(left, &kind), self.text_in(right, &kind), collator))
    }

    /// The order that texts are compared by once they have met.
    pub(super) fn compared_in(&mut self, kind: &TextKind, span: Span) -> Result<Collator, Failed> {
        if kind.coercibility == Coercibility::None {
            let message = "the operands are columns of different collations".to_owned();
            return Err(self.error_with(Code::COLLATION_CONFLICT, message, span, "Say which one with `COLLATE`."));
        }
        self.collator(kind.collation, span)
    }

    /// The order of a collation.
    fn collator(&mut self, collation: Collation, span: Span) -> Result<Collator, Failed> {
        Collator::of(collation).ok_or_else(|| {
            let hint = format!("Compare bytes with `COLLATE {}`.", collation.charset().bin_collation());
            self.error_with(Code::UNSUPPORTED_COLLATION, format!("the order of collation `{collation}` is not known here"), span, &hint)
        })
    }
}
