//! Values as they lie in a binary document: the narrowest form that holds a number, texts behind their length.

use super::Value;

impl Value<'_> {
    /// The kind and the bytes of the value; a container's bytes are its own.
    pub(super) fn encoded(self) -> (u8, Vec<u8>) {
        match self {
            Self::Null => (4, vec![0]),
            Self::Bool(value) => (4, vec![if value { 1 } else { 2 }]),
            Self::Int(value) => signed(value),
            Self::UInt(value) => unsigned(value),
            Self::Double(value) => (11, value.to_le_bytes().to_vec()),
            Self::Text(text) => (12, counted(text.as_bytes(), Vec::with_capacity(text.len() + 2))),
            Self::Opaque(code, bytes) => (15, counted(bytes, vec![code])),
            Self::Array(container) | Self::Object(container) => (container.kind(), container.bytes().to_vec()),
        }
    }

    /// The value as a document of its own.
    pub fn to_document(self) -> Vec<u8> {
        if let Self::Array(container) | Self::Object(container) = self {
            let mut document = Vec::with_capacity(container.bytes().len() + 1);
            document.push(container.kind());
            document.extend_from_slice(container.bytes());
            return document;
        }
        let (kind, mut bytes) = self.encoded();
        bytes.insert(0, kind);
        bytes
    }
}

fn signed(value: i64) -> (u8, Vec<u8>) {
    if let Ok(value) = i16::try_from(value) {
        (5, value.to_le_bytes().to_vec())
    } else if let Ok(value) = i32::try_from(value) {
        (7, value.to_le_bytes().to_vec())
    } else {
        (9, value.to_le_bytes().to_vec())
    }
}

fn unsigned(value: u64) -> (u8, Vec<u8>) {
    if let Ok(value) = u16::try_from(value) {
        (6, value.to_le_bytes().to_vec())
    } else if let Ok(value) = u32::try_from(value) {
        (8, value.to_le_bytes().to_vec())
    } else {
        (10, value.to_le_bytes().to_vec())
    }
}

/// Appends bytes behind their length, which stands in groups of seven bits.
fn counted(bytes: &[u8], mut out: Vec<u8>) -> Vec<u8> {
    let mut length = bytes.len();
    while length > 0x7F {
        out.push((length & 0x7F) as u8 | 0x80);
        length >>= 7;
    }
    out.push(length as u8);
    out.extend_from_slice(bytes);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_reads_back_from_its_own_document() {
        let long = "x".repeat(20_000);
        let values = [
            Value::Null,
            Value::Bool(true),
            Value::Bool(false),
            Value::Int(-1),
            Value::Int(40_000),
            Value::Int(i64::MIN),
            Value::UInt(0),
            Value::UInt(70_000),
            Value::UInt(u64::MAX),
            Value::Double(-0.0),
            Value::Text(""),
            Value::Text(&long),
            Value::Opaque(252, &[1, 2, 3]),
        ];
        for value in values {
            assert_eq!(Value::document(&value.to_document()), Ok(value));
        }
    }
}
