//! Constants as columns of characters, bytes, labels and documents store them.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::cell::Cell;
use super::characters::Characters;
use super::collation::Collator;
use super::sql_type::Kind;
use super::stored::{Constant, Misfit, misfit};
use crate::columnar::json::document_of_text;
use crate::schema::Charset;

/// The text in the column's charset. Spaces beyond the length are cut, and all spaces at the end of a CHAR.
pub(super) fn as_characters(
    constant: &Constant<'_>,
    charset: Charset,
    length: Option<u32>,
    is_char: bool,
) -> Result<Cell<'static>, Misfit> {
    let text = constant.text_in(charset).map_err(|_| Misfit(format!("its charset `{charset}` lacks a character of the text")))?;
    let characters = Characters::of(charset);
    let ends = characters.ends(&text);
    let space = super::charset::encode(" ", charset);
    let is_space = |at: usize| text.get(at.checked_sub(1).map_or(0, |before| ends[before])..ends[at]) == Some(space.as_slice());
    let kept = (0..ends.len()).rev().find(|at| !is_space(*at)).map_or(0, |at| at + 1);
    let most = length.map_or(usize::MAX, |length| length as usize);
    if kept > most {
        return misfit(format!("the text has {kept} characters"));
    }
    let count = if is_char { kept } else { ends.len().min(most) };
    let end = count.checked_sub(1).map_or(0, |last| ends[last]);
    Ok(Cell::bytes(text[..end].to_vec()))
}

/// The bytes, of a text those of UTF-8.
pub(super) fn as_bytes(constant: &Constant<'_>, most: u64) -> Result<Vec<u8>, Misfit> {
    let bytes = constant.text()?;
    if bytes.len() as u64 > most { misfit(format!("it has {} bytes", bytes.len())) } else { Ok(bytes) }
}

/// The number of an ENUM's label; a text of digits that is no label is the number itself.
pub(super) fn label_number(text: &[u8], labels: &[String], collator: Option<Collator>) -> Result<u64, Misfit> {
    if let Some(index) = label(text, labels, collator.as_ref()) {
        return Ok(index as u64 + 1);
    }
    let number = std::str::from_utf8(text).ok().and_then(|text| text.parse::<u64>().ok());
    match number.filter(|number| *number <= labels.len() as u64) {
        Some(number) => Ok(number),
        None => misfit("it has no such label"),
    }
}

/// The bits of a SET's labels, which commas separate, or the bits as a number.
pub(super) fn label_set(text: &[u8], labels: &[String], collator: Option<Collator>) -> Result<u64, Misfit> {
    if text.is_empty() {
        return Ok(0);
    }
    let bit = |part: &[u8]| label(part, labels, collator.as_ref()).map(|index| 1_u64 << index);
    let bits = text.split(|byte| *byte == b',').map(bit).collect::<Option<Vec<_>>>();
    let named = bits.map(|bits| bits.into_iter().fold(0, |set, bit| set | bit));
    let number = || std::str::from_utf8(text).ok()?.parse::<u64>().ok().filter(|number| u128::from(*number) < 1 << labels.len());
    named.or_else(number).ok_or(Misfit("it has no such label".to_owned()))
}

fn label(text: &[u8], labels: &[String], collator: Option<&Collator>) -> Option<usize> {
    let text = text.trim_ascii_end();
    let exact = labels.iter().position(|label| label.as_bytes() == text);
    exact.or_else(|| {
        // Labels are kept in UTF-8, whatever their charset.
        let collator = collator.filter(|collator| matches!(collator.charset().name(), "utf8mb4" | "utf8mb3" | "ascii"))?;
        labels.iter().position(|label| collator.equals(label.as_bytes(), text))
    })
}

/// A document in MySQL's binary form.
pub(super) fn as_json(constant: &Constant<'_>) -> Result<Vec<u8>, Misfit> {
    if matches!(constant.kind(), Kind::Json) {
        return Ok(constant.native()?.as_bytes().to_vec());
    }
    if !constant.is_text() {
        return misfit("a document is written as a text");
    }
    let text = String::from_utf8(constant.text()?).map_err(|_| Misfit("the text is not UTF-8".to_owned()))?;
    document_of_text(&text).map_err(|error| Misfit(error.to_string()))
}

/// A UUID as it is stored: its 16 bytes.
pub(super) fn as_uuid(constant: &Constant<'_>) -> Result<Vec<u8>, Misfit> {
    let text = constant.text()?;
    if text.len() == 16 {
        return Ok(text);
    }
    let digits: Vec<u8> = text.into_iter().filter(|byte| *byte != b'-').collect();
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let pair = |pair: &[u8]| Some((digit(pair[0])? << 4 | digit(pair[1])?) as u8);
    let bytes = (digits.len() == 32).then(|| digits.chunks_exact(2).map(pair).collect::<Option<Vec<_>>>()).flatten();
    bytes.ok_or(Misfit("the text is no UUID".to_owned()))
}

/// The four bytes of an address.
pub(super) fn as_inet4(constant: &Constant<'_>) -> Result<Vec<u8>, Misfit> {
    let address: Option<Ipv4Addr> = String::from_utf8(constant.text()?).ok().and_then(|text| text.parse().ok());
    address.map(|address| address.octets().to_vec()).ok_or(Misfit("the text is no IPv4 address".to_owned()))
}

/// The sixteen bytes of an address; one of IPv4 is mapped.
pub(super) fn as_inet6(constant: &Constant<'_>) -> Result<Vec<u8>, Misfit> {
    let text = String::from_utf8(constant.text()?).unwrap_or_default();
    let mapped = || text.parse().ok().map(|address: Ipv4Addr| address.to_ipv6_mapped());
    let address: Option<Ipv6Addr> = text.parse().ok().or_else(mapped);
    address.map(|address| address.octets().to_vec()).ok_or(Misfit("the text is no IPv6 address".to_owned()))
}
